"""What came to the national system and what went since the export before: lines for a summary, rows
for a sheet. Rows that nothing identifies come first, for a person must look at them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from registry.exchange.national_template import NationalEntry
from registry.exchange.national_changes import Changes
from registry.messages import _, language
from registry.vocab import label
from reports.fields import field_title, id_words
from reports.workbook import Book, Cell, Look, SheetColumn


def change_lines(changes: Changes) -> Iterator[tuple[str, int, str]]:
    """What is counted, how many, and what to do about it."""
    yield _("Rows that came since the export before"), len(changes.came), ""
    yield _("Rows that went since the export before"), len(changes.went), ""
    if changes.resumed:
        yield _("Rows that run again since the export before"), len(changes.resumed), ""
    if changes.unidentified:
        what = _(
            "They have neither code nor id nor link: see whether one that went is one that came."
        )
        yield _("of these that nothing identifies"), len(changes.unidentified), what
    for name, count in changes.changed.items():
        yield _("Rows with another value: {field}").format(field=field_title(name)), count, ""


def changes_sheet(book: Book, changes: Changes, platform: Callable[[str], str]) -> None:
    """A sheet with every row that came, went or runs again; none where nothing did."""
    if not changes.came and not changes.went and not changes.resumed:
        return
    columns = [
        SheetColumn(_("No."), 5),
        SheetColumn(_("Since the export before"), 12),
        SheetColumn(field_title("host_unit"), 24),
        SheetColumn(field_title("platform"), 12),
        SheetColumn(field_title("name"), 24),
        SheetColumn(field_title("national_code"), 16),
        SheetColumn(field_title("identifier"), 18),
        SheetColumn(field_title("url"), 28),
        SheetColumn(field_title("state"), 10),
        SheetColumn(_("Remark"), 36),
    ]
    rows = (_row(n, *each, platform) for n, each in enumerate(_ordered(changes), start=1))
    title = _("Came and went")
    notes = [_("Against the export kept before this one.")]
    book.sheet(title, columns, rows, title=title, notes=notes, frozen=2)


def _ordered(changes: Changes) -> Iterator[tuple[NationalEntry, str, bool]]:
    """Row, what became of it, whether anything identifies it."""
    doubtful = {id(row) for row in changes.unidentified}
    became = (
        (_("came"), changes.came),
        (_("went"), changes.went),
        (_("runs again"), changes.resumed),
    )
    for identified in (False, True):
        for what, rows in became:
            yield from (
                (r, what, identified) for r in rows if (id(r) not in doubtful) is identified
            )


def _row(
    number: int, row: NationalEntry, became: str, identified: bool, platform: Callable[[str], str]
) -> list[Any]:
    asked = "" if identified else _("Nothing identifies this row: a person must look.")
    return [
        Cell(number, Look.CENTRE),
        Cell(became, Look.PLAIN if identified else Look.MARKED),
        row.host_unit,
        platform(row.platform),
        row.name,
        row.national_code,
        id_words(row.identifiers),
        row.url,
        label(row.state, language()),
        asked,
    ]
