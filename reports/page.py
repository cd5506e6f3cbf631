"""`index.html`: one page that says how things stand. A file that needs nothing else: no script, no
picture, nothing fetched; everything from outside is escaped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from registry.vocab import Verdict
from reports.files import write_file
from reports.page_data import PageData, share
from reports.templating import rendered

VERDICTS = (Verdict.FRESH, Verdict.STALE, Verdict.GONE, Verdict.PENDING, Verdict.UNKNOWN)
"""The order of the verdicts in tables and bars."""


def write_page(data: PageData, path: Path) -> None:
    """Render the page to a file. Raises Refused when it cannot be written."""
    write_file(path, render_page(data).encode("utf-8", "replace"))


def render_page(data: PageData) -> str:
    """The page as HTML."""
    filters: dict[str, Callable[..., object]] = {"widths": _widths, "share": share}
    return rendered("index.html", filters, data=data, verdicts=VERDICTS)


def _widths(counts: Mapping[Verdict, int]) -> list[tuple[Verdict, str]]:
    """Verdict → width of its piece of the bar, in per cent."""
    total = sum(counts.values()) or 1
    return [(v, f"{counts.get(v, 0) * 100 / total:.2f}") for v in VERDICTS if counts.get(v, 0)]
