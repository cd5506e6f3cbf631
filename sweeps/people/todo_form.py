"""`todo.xlsx` read back: what people filled in, with every fault at once in the sheet's own rows.

Nothing is taken from a form with a fault; a row left empty says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from registry.dates import SHANGHAI, DateError, parse_span, parse_when, shanghai_date, start_of_day
from registry.errors import BadInput, Fault
from registry.exchange.readers import read_workbook
from registry.exchange.sheets import Cell, Row, Sheet, cell_text
from registry.messages import _
from registry.names import fold_name
from registry.vocab import Existence, Lang, LinkKind, Precision, label
from sweeps.people.hand import Seen, SeenEntry, contradictions
from sweeps.people.todo_layout import (
    ACCOUNT_COLUMNS,
    EMPTY,
    GONE,
    MENU_COLUMNS,
    MENUS,
    OPENS,
    POINT,
    RESTRICTED,
    RESULTS,
    TRIALS,
    UNSEEN,
    UPDATED,
    Column,
)


@dataclass(frozen=True, slots=True)
class TodoAnswer:
    """One filled-in row."""

    row: int
    """The sheet's own number, from 1."""
    account_uid: str
    looked_at: datetime
    seen: Seen | None = None
    entry: SeenEntry | None = None
    dated: bool = False
    """True when the row itself names the day of looking."""


@dataclass(frozen=True, slots=True)
class TodoForm:
    """A form as filled in; rows left empty are not in it."""

    at: datetime | None
    """The time point T for which it was written; None when that line is gone."""
    answers: tuple[TodoAnswer, ...]
    sha256: str


def read_todo(path: Path, *, now: datetime) -> TodoForm:
    """What people filled in. Raises BadInput with all faults, UnreadableFile for no workbook."""
    book = read_workbook(path)
    faults: list[Fault] = []
    answers: list[TodoAnswer] = []
    at: datetime | None = None
    found = False
    for sheet in book.sheets:
        columns = MENU_COLUMNS if sheet.name == MENUS else ACCOUNT_COLUMNS
        header = _header(sheet, columns)
        if header is None:
            continue
        found, at = True, at or _time_point(sheet)
        form = _Form(path.name, sheet, header, now, faults)
        answers += form.entries() if columns is MENU_COLUMNS else form.accounts()
    if not found:
        faults.append(
            Fault(
                _("No sheet has the columns of the list to fill in."),
                _("Write the list anew with `taizhang sweep todo` and fill in that file."),
                file=path.name,
            )
        )
    if faults:
        raise BadInput(_("The filled-in list has faults; nothing was taken."), faults)
    return TodoForm(at, tuple(answers), book.sha256)


def _header(sheet: Sheet, columns: Sequence[Column]) -> tuple[int, dict[str, int]] | None:
    """The header's row number and the place of each column; None when this is no such sheet."""
    titles = {fold_name(column.title): column.key for column in columns}
    needed = {"uid", "result"}
    for row in sheet.rows[:20]:
        places: dict[str, int] = {}
        for place, cell in enumerate(row.cells):
            key = titles.get(fold_name(cell_text(cell)))
            if key:
                places.setdefault(key, place)
        if needed <= places.keys():
            return row.number, places
    return None


def _time_point(sheet: Sheet) -> datetime | None:
    for row in sheet.rows[:3]:
        for cell in row.cells:
            text = cell_text(cell)
            if text.startswith(POINT):
                try:
                    return _of_shanghai(datetime.fromisoformat(text[len(POINT) :].strip()))
                except ValueError:
                    return None
    return None


def _of_shanghai(at: datetime) -> datetime:
    """In UTC; a moment without a zone, as the form writes it, is one of Shanghai."""
    return (at if at.tzinfo else at.replace(tzinfo=SHANGHAI)).astimezone(UTC)


class _Form:
    """One sheet being read; faults are collected."""

    def __init__(
        self,
        file: str,
        sheet: Sheet,
        header: tuple[int, dict[str, int]],
        now: datetime,
        faults: list[Fault],
    ) -> None:
        self._file = file
        self._sheet = sheet
        self._header, self._places = header
        self._now = now
        self._faults = faults

    def accounts(self) -> Iterator[TodoAnswer]:
        """The answers about accounts."""
        for row in self._filled("result", "last_post", "shown"):
            before = len(self._faults)
            looked_at = self._looked_at(row)
            seen = self._seen(row)
            for fault in contradictions(seen, looked_at=looked_at, now=self._now):
                self._fault(row, "last_post", fault.message, fault.remedy)
            if len(self._faults) == before:
                dated = bool(self._text(row, "looked_on"))
                yield TodoAnswer(row.number, self._text(row, "uid"), looked_at, seen, dated=dated)

    def entries(self) -> Iterator[TodoAnswer]:
        """The answers about menu entries; what could not be tried is none."""
        kinds = {label(kind, Lang.ZH): kind for kind in LinkKind}
        for row in self._filled("result"):
            before = len(self._faults)
            result, looked_at = self._choice(row, TRIALS), self._looked_at(row)
            if len(self._faults) > before or result == UNSEEN:
                continue
            entry = SeenEntry(
                self._text(row, "path"),
                self._text(row, "label"),
                result == OPENS,
                kinds.get(self._text(row, "kind"), LinkKind.UNKNOWN),
                self._text(row, "url"),
                self._text(row, "appid"),
                self._text(row, "page"),
                self._text(row, "note"),
            )
            dated = bool(self._text(row, "looked_on"))
            yield TodoAnswer(
                row.number, self._text(row, "uid"), looked_at, entry=entry, dated=dated
            )

    def _filled(self, *keys: str) -> Iterator[Row]:
        """The rows below the header in which a person wrote something into one of `keys`."""
        for row in self._sheet.rows:
            if row.number <= self._header or not any(self._text(row, key) for key in keys):
                continue
            if not self._text(row, "uid"):
                self._fault(
                    row,
                    "uid",
                    _("The row has lost its number."),
                    _("Write the list anew and copy the answers over."),
                )
                continue
            yield row

    def _seen(self, row: Row) -> Seen:
        result = self._choice(row, RESULTS) if self._text(row, "result") else UPDATED
        last, precision = self._last_post(row)
        if result == UPDATED and last is None and not self._cell(row, "last_post"):
            self._fault(
                row,
                "last_post",
                _("The day of the last post is missing."),
                _("Fill it in, or choose another result."),
            )
        if result in {EMPTY, GONE, UNSEEN} and last is not None:
            self._fault(
                row,
                "last_post",
                _("The result and the day of the last post contradict each other."),
                _("Leave one of them out."),
            )
            last = None
        existence = {
            GONE: Existence.GONE_SIGNAL,
            RESTRICTED: Existence.RESTRICTED,
            UNSEEN: Existence.UNKNOWN,
        }.get(result, Existence.EXISTS)
        return Seen(
            existence,
            last,
            precision,
            result == EMPTY,
            self._text(row, "shown"),
            self._text(row, "subject"),
            self._text(row, "note"),
        )

    def _choice(self, row: Row, choices: tuple[str, ...]) -> str:
        text = self._text(row, "result")
        folded = {fold_name(choice): choice for choice in choices}
        found = folded.get(fold_name(text))
        if found is None:
            self._fault(
                row,
                "result",
                _("{text} is none of the results.").format(text=text[:40]),
                _("Choose one from the list: {choices}.").format(choices="、".join(choices)),
            )
        return found or UNSEEN

    def _last_post(self, row: Row) -> tuple[datetime | None, Precision]:
        value = self._cell(row, "last_post")
        if value is None or not self._text(row, "last_post"):
            return None, Precision.DAY
        try:
            if isinstance(value, str) and ":" in value.replace("：", ":"):
                when = parse_when(value, seen_at=self._now)
                return when.at, when.precision
            if isinstance(value, datetime) and (value.hour or value.minute):
                return (
                    value.replace(tzinfo=value.tzinfo or SHANGHAI).astimezone(UTC),
                    Precision.MINUTE,
                )
            return start_of_day(self._day(value)), Precision.DAY
        except (DateError, TypeError):
            self._no_day(row, "last_post")
            return None, Precision.DAY

    def _looked_at(self, row: Row) -> datetime:
        """The day of looking; today's is now, an earlier one counts to its end."""
        value = self._cell(row, "looked_on")
        if value is None or not self._text(row, "looked_on"):
            return self._now
        try:
            day = self._day(value)
        except (DateError, TypeError):
            self._no_day(row, "looked_on")
            return self._now
        today = shanghai_date(self._now)
        end = start_of_day(day + timedelta(days=1)) - timedelta(seconds=1)
        return self._now if day == today else end

    def _day(self, value: Cell) -> date:
        if value is None or isinstance(value, (bool, time, timedelta)):
            raise TypeError("no day")
        span = parse_span(value, year=None, today=shanghai_date(self._now))
        if span.first != span.last:
            raise TypeError(f"{span.first} – {span.last}")
        return span.first

    def _cell(self, row: Row, key: str) -> Cell:
        place = self._places.get(key)
        return None if place is None else row.at(place)

    def _text(self, row: Row, key: str) -> str:
        return cell_text(self._cell(row, key)).strip()

    def _fault(self, row: Row, key: str, message: str, remedy: str) -> None:
        titles = {column.key: column.title for column in (*ACCOUNT_COLUMNS, *MENU_COLUMNS)}
        self._faults.append(
            Fault(message, remedy, self._file, self._sheet.name, row.number, titles[key])
        )

    def _no_day(self, row: Row, key: str) -> None:
        message = _("{text} is no day.").format(text=self._text(row, key)[:40])
        self._fault(row, key, message, _("Write a day like 2026-11-22."))
