"""`index.html`: one page that says how things stand. A file that needs nothing else: no script, no
picture, nothing fetched; everything from outside is escaped.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from registry.messages import _, language
from registry.vocab import Verdict, label
from reports.cells import clean
from reports.files import write_file
from reports.page_data import PageData, share
from reports.workbook import printed_at

VERDICTS = (Verdict.FRESH, Verdict.STALE, Verdict.GONE, Verdict.PENDING, Verdict.UNKNOWN)
"""The order of the verdicts in tables and bars."""


def write_page(data: PageData, path: Path) -> None:
    """Render the page to a file. Raises Refused when it cannot be written."""
    write_file(path, render_page(data).encode("utf-8", "replace"))


def render_page(data: PageData) -> str:
    """The page as HTML."""
    environment = Environment(
        loader=PackageLoader("reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: clean(value) if type(value) is str else value,
    )
    lang = language().value
    environment.globals.update(_=_)
    environment.filters.update(
        moment=printed_at, label=lambda value: label(value, lang), widths=_widths, share=share
    )
    template = environment.get_template("index.html")
    return template.render(data=data, lang=lang, verdicts=VERDICTS)


def _widths(counts: Mapping[Verdict, int]) -> list[tuple[Verdict, str]]:
    """Verdict → width of its piece of the bar, in per cent."""
    total = sum(counts.values()) or 1
    return [(v, f"{counts.get(v, 0) * 100 / total:.2f}") for v in VERDICTS if counts.get(v, 0)]
