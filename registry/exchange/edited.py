"""What was changed in a reconciling's workbook beside the green cells: only those are read, so each other
one is named, with the way to bring it about. Workbooks of older versions do not tell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from registry.errors import Fault
from registry.exchange.decision_sheet import Part, cell_mark, fields_of, read_titles, told_apart
from registry.exchange.sheets import Row, Sheet, written
from registry.messages import _
from registry.text import quoted


def edited_cells(
    sheet: Sheet, position: int, places: Mapping[Part, int], place: Fault
) -> Iterator[Fault]:
    """A fault for each cell that was changed, in the order of the rows, and one for each column that was
    added and holds anything. `position`: of the header among the rows; `places`: of the columns that are
    read; `place`: file and sheet."""
    if Part.CELLS not in places or position == 0:
        return
    at = places[Part.CELLS]
    titles = read_titles(written(sheet.rows[position - 1].at(at)))
    head, own = sheet.rows[position], set(places.values())
    others = [(n, written(head.at(n))) for n in range(sheet.width) if n not in own]
    known = _known(others, titles)
    rows = sheet.rows[position + 1 :]
    if titles:
        for row in rows:
            marks = written(row.at(at)).split()
            for column, title in others if marks else ():
                shown_as = known.get(column, "")
                if shown_as and cell_mark(shown_as, written(row.at(column))) not in marks:
                    yield _changed(row, column, title, places, place)
        for column, title in others:
            if column not in known:
                yield from _added(rows, column, title, place)


def _known(others: Sequence[tuple[int, str]], titles: Collection[str]) -> dict[int, str]:
    """The columns that were there, and by which title the marks of their cells are made: empty where one
    of its namesakes was deleted, so that nobody knows which of them it is."""
    known = {}
    counts = Counter(title for _n, title in others)
    for (n, title), apart in zip(others, told_apart(title for _n, title in others), strict=True):
        if cell_mark(apart, "") in titles:
            deleted = cell_mark(f"{title} {counts[title] + 1}", "") in titles
            known[n] = "" if deleted else apart
    return known


def _changed(row: Row, column: int, title: str, places: Mapping[Part, int], place: Fault) -> Fault:
    text = written(row.at(column))
    told = _("It was changed to “{text}”, and this column is not read.")
    gone = _("It was emptied, and this column is not read.")
    message = told.format(text=quoted(text)) if text else gone
    return replace(
        place, message=message, remedy=_remedy(title, places), row=row.number, column=title
    )


def _remedy(title: str, places: Mapping[Part, int]) -> str:
    """How that is brought about which somebody wanted who wrote into the column."""
    fields, _unknown = fields_of(title)
    if Part.HOST in places and ("host_unit" in fields or title in _RESPONSIBLE):
        green = _("Write the host unit into the green column {column}.")
        return green.format(column=Part.HOST.title)
    if fields:
        return _(
            "To change the ledger, choose the filing in the green column, or file it with"
            " `taizhang filing change`; what the other side shows is changed there."
        )
    return _("Write it into the green column {column}.").format(column=Part.REMARK.title)


_RESPONSIBLE = ("责任单位", "Responsible unit")


def _added(rows: tuple[Row, ...], column: int, title: str, place: Fault) -> Iterator[Fault]:
    """The column, if anything stands in it, with its first row that holds something."""
    for row in rows:
        text = written(row.at(column))
        if text:
            yield replace(
                place,
                message=_("This column was added; nothing in it is read, as “{text}”.").format(
                    text=quoted(text)
                ),
                remedy=_("Write it into the green column {column}.").format(
                    column=Part.REMARK.title
                ),
                row=row.number,
                column=title or _("without a title"),
            )
            return
