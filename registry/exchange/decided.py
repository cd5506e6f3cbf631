"""A reconciling's workbook read back: which decision stands in which row, with every fault at once.

It is read by its columns and keys, so sheets may be renamed, split, sorted, filtered, and saved by
any program. It looks nothing up: what a decision does is `reconcilers.deciding`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from registry.errors import BadInput, Fault, TaizhangError
from registry.exchange.cells import CellFault, span_of
from registry.exchange.decision_sheet import (
    FindingKey,
    PairKey,
    Part,
    Stamp,
    choice_of,
    is_name_title,
    part_of,
    read_key,
    read_stamp,
)
from registry.exchange.edited import edited_cells
from registry.exchange.readers import read_workbook
from registry.exchange.sheets import Cell, Row, Sheet, cell_text, written
from registry.messages import _
from registry.text import quoted
from registry.vocab import Choice

_HEADER_WITHIN = 20
_AHEAD = timedelta(days=365)
"""A last day without a year is the coming one."""


@dataclass(frozen=True, slots=True)
class DecidedRow:
    """One row in which something was decided."""

    place: Fault
    """Where it stands: file, sheet, row."""
    key: FindingKey | PairKey
    choice: Choice
    until: date | None = None
    remark: str = ""
    names: tuple[str, ...] = ()
    """The accounts that the row names for whoever reads it, on both sides; empty cells left out."""
    fields: str = ""
    """The fields in which the other side is right, as somebody wrote them."""
    notice: str = ""
    """The link of a public notice."""
    keep: str = ""
    """Which of several accounts is kept, in the words of the cell's list."""
    host: str = ""
    """Whose account it is, where an opening is filed and the row names another unit or none."""
    unread: frozenset[Part] = frozenset()
    """Cells that hold something that cannot be read; each is a fault of the book already."""

    def fault(self, message: str, remedy: str = "", part: Part = Part.DECISION) -> Fault:
        """A fault of this row, in the column of `part`."""
        return replace(self.place, message=message, remedy=remedy, column=part.title)


@dataclass(slots=True)
class DecidedBook:
    """A workbook as filled in; rows without a decision, or of which key or decision cannot be read,
    are not in it."""

    file: str
    sha256: str
    stamps: list[Stamp] = field(default_factory=list)
    rows: list[DecidedRow] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    idle: int = 0
    """Rows with a remark or a day, and no decision."""
    edited: list[Fault] = field(default_factory=list)
    """Cells beside the green ones that were changed, and columns that were added: nothing of it is
    read."""


def read_decided(path: Path, *, today: date) -> DecidedBook:
    """Every decision in the workbook: none in one that had nothing to decide, which its summary's
    stamp tells. Raises UnreadableFile, BadInput where it is no such workbook.

    Faults of rows are in the result: what can be read is, so that all can be told together.
    """
    source = read_workbook(path)
    book = DecidedBook(path.name, source.sha256)
    known = False
    for sheet in source.sheets:
        found = _header(sheet)
        if found is None:
            known = known or any(_stamps(sheet.rows[:_HEADER_WITHIN]))
            book.faults += _without_decisions(sheet, path.name)
            continue
        known = True
        position, places = found
        book.stamps += _stamps(sheet.rows[:position])
        place, names = Fault("", file=path.name, sheet=sheet.name), _names(sheet.rows[position])
        reader = _SheetReader(place, places, names, today, book)
        for row in sheet.rows[position + 1 :]:
            reader.read(row)
        book.edited += edited_cells(sheet, position, places, place)
    if not known:
        raise BadInput(
            _("{file} is no workbook of a reconciling.").format(file=path.name),
            (),
            _("Fill in the reconcile.xlsx that `taizhang reconcile run` has written."),
        )
    book.rows = list(_once(book))
    return book


def is_filled_in(path: Path, *, today: date) -> bool:
    """Whether there is a file with work of a person in it: a workbook with a decision, a day or a
    remark, or one that is no workbook of a reconciling."""
    if not path.exists():
        return False
    try:
        book = read_decided(path, today=today)
    except TaizhangError:
        return True
    return bool(book.rows or book.idle or book.faults or book.edited)


def _header(sheet: Sheet) -> tuple[int, Mapping[Part, int]] | None:
    """The position of the header row with the place of each column; None for another sheet."""
    for position, row in enumerate(sheet.rows[:_HEADER_WITHIN]):
        places: dict[Part, int] = {}
        for index, cell in enumerate(row.cells):
            part = part_of(cell) if isinstance(cell, str) else None
            if part is not None:
                places.setdefault(part, index)
        if Part.DECISION in places and places.keys() - {Part.DECISION}:
            return position, places
    return None


def _without_decisions(sheet: Sheet, file: str) -> Iterator[Fault]:
    """A fault where rows have their keys and no column is that of the decisions: what was decided in
    them cannot be read."""
    cells = ((row.number, cell) for row in sheet.rows for cell in row.cells)
    keyed = (number for number, cell in cells if isinstance(cell, str) and read_key(cell))
    first = next(keyed, None)
    if first is not None:
        yield Fault(
            _("The rows of this sheet have keys, and no column is headed {title}.").format(
                title=Part.DECISION.title
            ),
            _("Give the column of the decisions its heading back, and save the workbook."),
            *(file, sheet.name, first, Part.DECISION.title),
        )


def _names(header: Row) -> tuple[int, ...]:
    """The places of the columns that name the accounts."""
    cells = enumerate(header.cells)
    return tuple(at for at, cell in cells if isinstance(cell, str) and is_name_title(cell))


def _stamps(rows: tuple[Row, ...]) -> Iterator[Stamp]:
    for row in rows:
        for cell in row.cells:
            stamp = read_stamp(cell) if isinstance(cell, str) else None
            if stamp is not None:
                yield stamp


@dataclass(slots=True)
class _SheetReader:
    """One sheet being read into the book."""

    place: Fault
    places: Mapping[Part, int]
    names: tuple[int, ...]
    today: date
    book: DecidedBook

    def read(self, row: Row) -> None:
        """Take a row's decision, or note why it cannot be taken."""
        word, remark = self._text(row, Part.DECISION), self._text(row, Part.REMARK)
        if not word:
            others = (Part.UNTIL, Part.FIELDS, Part.NOTICE, Part.KEEP, Part.HOST)
            self.book.idle += bool(remark or any(self._text(row, part) for part in others))
            return
        key, choice = self._key(row), self._choice(row, word)
        before = len(self.book.faults)
        until = self._until(row)
        unread = {Part.UNTIL} if len(self.book.faults) > before else ()
        if key is not None and choice is not None:
            place = replace(self.place, row=row.number)
            names = tuple(filter(None, (written(row.at(at)) for at in self.names)))
            decided = DecidedRow(
                *(place, key, choice, until, remark, names),
                fields=self._text(row, Part.FIELDS),
                notice=self._text(row, Part.NOTICE),
                keep=self._text(row, Part.KEEP),
                host=self._text(row, Part.HOST),
                unread=frozenset(unread),
            )
            self.book.rows.append(decided)

    def _key(self, row: Row) -> FindingKey | PairKey | None:
        text = self._text(row, Part.KEY)
        key = read_key(text)
        if key is None:
            message = (
                _("The row's key is damaged: {text}.").format(text=quoted(text))
                if text
                else _("The row has no key: it was added, or the hidden column was deleted.")
            )
            remedy = _("Write the workbook anew with `taizhang reconcile run`, and fill it in.")
            self._fault(row, Part.KEY, message, remedy)
        return key

    def _choice(self, row: Row, word: str) -> Choice | None:
        choice = choice_of(word)
        if choice is None:
            message = _("{text} is none of the decisions.").format(text=quoted(word))
            self._fault(row, Part.DECISION, message, _("Choose one from the list of the cell."))
        return choice

    def _until(self, row: Row) -> date | None:
        cell = self._cell(row, Part.UNTIL)
        try:
            span = span_of(cell, year=None, today=self.today + _AHEAD)
        except CellFault as error:
            self._fault(row, Part.UNTIL, error.message, _("Write a day like 2026-12-31."))
            return None
        if span is not None and span.first != span.last:
            message = _("{text} is not one day.").format(text=quoted(cell_text(cell)))
            self._fault(row, Part.UNTIL, message, _("Write a day like 2026-12-31."))
        return span.first if span else None

    def _cell(self, row: Row, part: Part) -> Cell:
        place = self.places.get(part)
        return None if place is None else row.at(place)

    def _text(self, row: Row, part: Part) -> str:
        return written(self._cell(row, part))

    def _fault(self, row: Row, part: Part, message: str, remedy: str) -> None:
        place = replace(self.place, row=row.number, column=part.title)
        self.book.faults.append(replace(place, message=message, remedy=remedy))


def _said(row: DecidedRow) -> tuple[object, ...]:
    return row.choice, row.until, row.remark, row.fields, row.notice, row.keep, row.host


def _once(book: DecidedBook) -> Iterator[DecidedRow]:
    """Each key once: a row that was copied says the same, or there is a fault."""
    first: dict[FindingKey | PairKey, DecidedRow] = {}
    for row in book.rows:
        known = first.setdefault(row.key, row)
        if known is row:
            yield row
            continue
        message = _("Sheet {sheet}, row {row} is about the same and says something else.")
        message = message.format(sheet=known.place.sheet, row=known.place.row)
        if known.names != row.names:
            book.faults.append(row.fault(message, _("Leave one of the two empty."), Part.KEY))
        elif _said(known) != _said(row):
            book.faults.append(row.fault(message, _("Leave one of the two empty.")))
