"""Tables and summaries on a terminal. Whatever text comes from outside is printed as text: it can
neither style a line nor move the cursor.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from registry.vocab import Lang, Severity
from reports.cells import one_line, shown

_UNBOUNDED = 100_000
"""Columns of a console that is a file or a pipe: nothing is folded or cut there."""

STYLES: Mapping[Severity, str] = {
    Severity.VETO: "bold red",
    Severity.FAULT: "red",
    Severity.WARNING: "yellow",
    Severity.ADVICE: "cyan",
}


def console(stream: TextIO | None = None) -> Console:
    """A console on `stream` (standard output by default) that reads no mark-up in what it prints.

    On a terminal it folds long cells; in a pipe or a file each row stays one line.
    """
    stream = stream or sys.stdout
    width = None if stream.isatty() else _UNBOUNDED
    return Console(file=stream, width=width, markup=False, highlight=False, emoji=False)


def text(value: Any, lang: str = Lang.ZH, style: str = "") -> Text:
    """One value as a single harmless line."""
    return Text(one_line(shown(value, lang)), style=style, overflow="fold")


def table(
    titles: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    right: Sequence[int] = (),
    caption: str = "",
    lang: str = Lang.ZH,
) -> Table:
    """A table of `rows` under `titles`; the columns numbered in `right` are set to the right."""
    made = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for number, title in enumerate(titles):
        justify = "right" if number in right else "left"
        made.add_column(Text(one_line(title)), justify=justify, overflow="fold")  # type: ignore[arg-type]
    for row in rows:
        made.add_row(*(value if isinstance(value, Text) else text(value, lang) for value in row))
    made.caption = Text(one_line(caption)) if caption else None
    return made


def print_table(
    titles: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    right: Sequence[int] = (),
    stream: TextIO | None = None,
    lang: str = Lang.ZH,
) -> None:
    """Print a table; a pipe or a file gets it without trailing white space."""
    target = console(stream)
    made = table(titles, rows, right=right, lang=lang)
    if target.is_terminal:
        target.print(made)
        return
    with target.capture() as captured:
        target.print(made)
    lines = (line.rstrip() for line in captured.get().splitlines())
    target.file.write("\n".join(lines) + "\n")


def print_pairs(
    title: str,
    pairs: Mapping[str, Any] | Sequence[tuple[str, Any]],
    *,
    stream: TextIO | None = None,
    lang: str = Lang.ZH,
) -> None:
    """Print a summary: a title, then one line per name and value."""
    target = console(stream)
    if title:
        target.print(Text(one_line(title), style="bold"))
    items = list(pairs.items()) if isinstance(pairs, Mapping) else list(pairs)
    for name, value in items:
        line = Text("  ")
        line.append(one_line(name), style="dim")
        line.append("：" if lang == Lang.ZH else ": ", style="dim")
        target.print(line.append_text(text(value, lang)), soft_wrap=True)


def severity_text(severity: Severity, lang: str = Lang.ZH) -> Text:
    """A severity in its colour."""
    return text(severity, lang, STYLES[severity])
