"""The national system's export in and out. It is kept as a snapshot and compared: nothing of it is
ever merged into the ledger, and contacts in it are not taken over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.bulk import insert_rows
from registry.errors import BadInput, Fault
from registry.exchange.national_template import (
    NationalEntry,
    NationalMapping,
    read_identifiers,
)
from registry.exchange.readers import read_workbook
from registry.exchange.sheets import Cell, cell_text
from registry.history import Act
from registry.messages import _
from registry.models import NationalRow, NationalSnapshot
from registry.names import fold_name
from registry.platforms import PlatformCatalogue
from registry.vocab import NationalState

if TYPE_CHECKING:
    from registry.exchange.snapshots import Changes

_HEADER_WITHIN = 20
"""Rows of a sheet among which the header is looked for."""

_OWN = frozenset(
    ("national_code", "platform", "form", "name", "identifier", "identifiers", "host_unit", "url")
    + ("state",)
)

_NUMBERED = frozenset(("identifier", "national_code"))
"""Columns of ids, which a spreadsheet may have taken for numbers."""

_ROUNDED = 10**15
"""From 16 digits on a spreadsheet has rounded what it holds as a number."""

Row = tuple[int, Sequence[Cell]]
"""A row's number in the file, from 1, and its cells."""

Column = tuple[int, str]
"""A column's index and its field."""


@dataclass(frozen=True, slots=True)
class NationalExport:
    """One export as read, with everything that is wrong with it."""

    file_name: str
    sha256: str
    rows: tuple[NationalEntry, ...]
    faults: tuple[Fault, ...] = ()
    unknown_columns: tuple[str, ...] = ()
    """Titles the mapping does not know; their columns were not read."""
    unknown_states: tuple[str, ...] = ()
    """State words the mapping does not list; such rows count as `other`."""

    def checked(self) -> NationalExport:
        """Itself. Raises BadInput with all faults if there is any: a row lost in reading would
        look like an account missing there."""
        if self.faults:
            raise BadInput(
                _("{file} cannot be used: {count} faults.").format(
                    file=self.file_name, count=len(self.faults)
                ),
                self.faults,
                _("Correct the rows named, or the column mapping, and read the file again."),
            )
        return self


def read_national(
    path: Path, mapping: NationalMapping, catalogue: PlatformCatalogue
) -> NationalExport:
    """Read an export by the mapping; every sheet that has the required columns counts.

    Raises UnreadableFile for a file that is no workbook; faults of rows are in the result.
    """
    path = Path(path)
    workbook = read_workbook(path)
    reading = _Reading(path.name, mapping, catalogue)
    for sheet in workbook.sheets:
        reading.sheet(sheet.name, [(row.number, row.cells) for row in sheet.rows])
    if not reading.headers:
        reading.no_header()
    return NationalExport(
        path.name,
        workbook.sha256,
        tuple(reading.entries),
        tuple(reading.faults),
        tuple(dict.fromkeys(reading.unknown_columns)),
        tuple(reading.unknown_states),
    )


def _text(cell: Cell) -> str:
    """The cell as printed; a day that a spreadsheet keeps as midnight is a day."""
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    return cell_text(cell)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the file a row stands."""

    sheet: str
    row: int
    titles: Mapping[str, str]
    """Field → the title printed above its column."""


class _Reading:
    """One file under way: entries and faults as they come."""

    def __init__(self, file: str, mapping: NationalMapping, catalogue: PlatformCatalogue) -> None:
        self.file, self.mapping, self.catalogue = file, mapping, catalogue
        self.entries: list[NationalEntry] = []
        self.faults: list[Fault] = []
        self.unknown_columns: list[str] = []
        self.unknown_states: list[str] = []
        self.headers = 0
        self._codes: dict[str, int] = {}
        self._texts: dict[str, str] = {}
        self._states: dict[str, NationalState] = {}

    def sheet(self, name: str, rows: Sequence[Row]) -> None:
        """Read one sheet; one without the required columns is passed over."""
        for position, (_number, line) in enumerate(rows[:_HEADER_WITHIN]):
            cells = [_text(cell) for cell in line]
            columns = self._columns(cells)
            if set(self.mapping.required) <= set(columns.values()):
                self.headers += 1
                self._note_unknown(cells)
                titles = {field: cells[index] for index, field in columns.items()}
                ordered = list(columns.items())
                for number, row in rows[position + 1 :]:
                    self._row(_Place(name, number, titles), row, ordered)
                return

    def no_header(self) -> None:
        """Say that no sheet looks like the export."""
        titles = {c.field: c.title for c in self.mapping.columns}
        wanted = "、".join(titles[name] for name in self.mapping.required)
        self.faults.append(
            Fault(
                _("No row holds the column titles {titles}.").format(titles=wanted),
                _("Name your columns in the mapping {name}.").format(name=self.mapping.name),
                file=self.file,
            )
        )

    def _columns(self, cells: Sequence[str]) -> dict[int, str]:
        """Column index → field; a title proper goes before a synonym, the first before a later."""
        own = {c.field: fold_name(c.title) for c in self.mapping.columns}
        chosen: dict[str, int] = {}
        for index, cell in enumerate(cells):
            field = self.mapping.titles.get(fold_name(cell)) if cell else None
            if field and (field not in chosen or self._proper(cells, index, chosen, field, own)):
                chosen[field] = index
        return {index: field for field, index in chosen.items()}

    @staticmethod
    def _proper(
        cells: Sequence[str], index: int, chosen: dict[str, int], field: str, own: dict[str, str]
    ) -> bool:
        return (
            fold_name(cells[index]) == own[field] and fold_name(cells[chosen[field]]) != own[field]
        )

    def _note_unknown(self, cells: Sequence[str]) -> None:
        for cell in cells:
            key = fold_name(cell)
            if key and key not in self.mapping.titles and key not in self.mapping.contacts:
                self.unknown_columns.append(cell)

    def _row(self, place: _Place, row: Sequence[Cell], columns: Sequence[Column]) -> None:
        values = self._values(row, columns)
        if values == place.titles:
            return  # the header repeated at the head of a page
        if not self.mapping.empty.isdisjoint(values.values()):
            empty = self.mapping.empty
            values = {f: v for f, v in values.items() if f == "name" or v not in empty}
        missing = [name for name in self.mapping.required if name not in values]
        if len(missing) == len(self.mapping.required):
            return  # a line of totals or remarks: it names no account
        self._missing(place, missing)
        rounded = self._rounded(place, row, columns)
        if not missing and not rounded:
            self._entry(place, values)

    def _values(self, row: Sequence[Cell], columns: Sequence[Column]) -> dict[str, str]:
        """Field → text of the cells that are filled. Of a long list most cells repeat others."""
        values, texts, width = dict[str, str](), self._texts, len(row)
        for index, field in columns:
            cell = row[index] if index < width else None
            if cell is None:
                continue
            if not isinstance(cell, str):
                text = _text(cell)
            elif (known := texts.get(cell)) is not None:
                text = known
            else:
                text = texts[cell] = _text(cell)
            if text:
                values[field] = text
        return values

    def _missing(self, place: _Place, fields: Iterable[str]) -> None:
        for field in fields:
            self._fault(place, field, _("The cell is empty."), _("Fill it in."))

    def _rounded(self, place: _Place, row: Sequence[Cell], columns: Sequence[Column]) -> bool:
        """True when an id was kept as a number too long for a spreadsheet."""
        found = False
        for index, field in columns:
            cell = row[index] if field in _NUMBERED and index < len(row) else None
            if isinstance(cell, (int, float)) and abs(cell) >= _ROUNDED:
                message = _("The id was rounded by the spreadsheet: {value}.")
                remedy = _("Format the column as text and enter the id again.")
                self._fault(place, field, message.format(value=_text(cell)), remedy)
                found = True
        return found

    def _entry(self, place: _Place, values: Mapping[str, str]) -> None:
        known = self.catalogue.recognise(values.get("platform", ""))
        if known is None:
            message = _("{word} is no platform that is known here.")
            remedy = _("Write it as the ledger does, e.g. 新浪微博 or 微信公众号.")
            self._fault(place, "platform", message.format(word=values.get("platform", "")), remedy)
            return
        platform, form = known
        word = values.get("state", "")
        self.entries.append(
            NationalEntry(
                platform=platform,
                name=values["name"],
                form=values.get("form", "") or form,
                host_unit=values.get("host_unit", ""),
                url=values.get("url", ""),
                identifiers=self._identifiers(place, values, platform),
                state=self._state(word),
                state_raw=word,
                national_code=self._code(place, values.get("national_code", "")),
                fields={f: v for f, v in values.items() if f not in _OWN},
                number=place.row,
            )
        )

    def _state(self, word: str) -> NationalState:
        """The state that a word means; one that the mapping does not list is noted once."""
        if word not in self._states:
            self._states[word] = self.mapping.state(word)
            if word and not self.mapping.lists_state(word):
                self.unknown_states.append(word)
        return self._states[word]

    def _identifiers(
        self, place: _Place, values: Mapping[str, str], platform: str
    ) -> dict[str, str]:
        found: dict[str, str] = {}
        for field in ("identifier", "identifiers"):
            if field not in values:
                continue
            ids, left = read_identifiers(values[field], platform, self.catalogue)
            found.update({s: v for s, v in ids.items() if s not in found})
            if left:
                label = self.catalogue.label(platform)
                message = _("{value} is no id of {platform}.").format(value=left, platform=label)
                remedy = _("Correct it, leave it empty, or write it as scheme:value.")
                self._fault(place, field, message, remedy)
        return found

    def _code(self, place: _Place, code: str) -> str:
        if code and code in self._codes:
            message = _("The code {code} stands in row {row} already.")
            remedy = _("Export the list again; a code belongs to one account.")
            message = message.format(code=code, row=self._codes[code])
            self._fault(place, "national_code", message, remedy)
        elif code:
            self._codes[code] = place.row
        return code

    def _fault(self, place: _Place, field: str, message: str, remedy: str) -> None:
        column = place.titles.get(field, field)
        self.faults.append(Fault(message, remedy, self.file, place.sheet, place.row, column))


# --- snapshots ------------------------------------------------------------------------------------


def store_snapshot(session: Session, export: NationalExport, act: Act) -> NationalSnapshot:
    """Keep an export as read. Raises BadInput when it has faults."""
    export.checked()
    snapshot = NationalSnapshot(
        file_name=export.file_name, sha256=export.sha256, taken_at=act.at, actor_id=act.actor.id
    )
    session.add(snapshot)
    session.flush()
    rows = ((snapshot.id, *(getattr(row, name) for name in _STORED)) for row in export.rows)
    insert_rows(session, NationalRow, ("snapshot_id", *_STORED), rows)
    return snapshot


_STORED = (
    *("number", "national_code", "platform", "form", "name", "host_unit", "url", "identifiers"),
    *("state", "state_raw", "fields"),
)
"""Fields of an entry that are columns of the same name."""


def latest_snapshot(session: Session) -> NationalSnapshot | None:
    """The export kept last, if any was."""
    latest = select(NationalSnapshot).order_by(NationalSnapshot.id.desc()).limit(1)
    return session.scalars(latest).first()


@dataclass(frozen=True, slots=True)
class KeptExport:
    """A snapshot with its rows in the order of its file."""

    snapshot: NationalSnapshot
    rows: Sequence[NationalEntry]
    changes: Changes | None = None
    """Against the snapshot before it; None where there is none or nobody asked."""


def kept_last(session: Session) -> KeptExport | None:
    """The export kept last with its rows, if any was kept."""
    snapshot = latest_snapshot(session)
    return KeptExport(snapshot, list(entries_of(session, snapshot))) if snapshot else None


def entries_of(session: Session, snapshot: NationalSnapshot) -> Iterator[NationalEntry]:
    """The rows of a snapshot in the order of its file."""
    row = NationalRow
    query = (
        select(
            *(row.platform, row.name, row.form, row.host_unit, row.url, row.identifiers),
            *(row.state, row.state_raw, row.national_code, row.fields, row.number),
        )
        .where(row.snapshot_id == snapshot.id)
        .order_by(row.id)
    )
    for values in session.execute(query):
        yield NationalEntry(*values)


# --- writing --------------------------------------------------------------------------------------


def write_national(
    rows: Iterable[NationalEntry],
    path: Path,
    mapping: NationalMapping,
    catalogue: PlatformCatalogue,
    *,
    made_at: datetime | None = None,
) -> None:
    """Write rows as a plain workbook in the template; `read_national` gives them back unchanged.

    Every cell is text: no name becomes a formula or a link. `made_at` stands in the file's
    properties in place of the present moment.
    """
    import xlsxwriter  # slow to load, and reading does not need it

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        if made_at is not None:
            book.set_properties({"created": made_at})
        sheet = book.add_worksheet(mapping.sheet)
        head, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        for index, column in enumerate(mapping.columns):
            sheet.set_column(index, index, column.width, text)
            sheet.write_string(0, index, column.title, head)
        for number, entry in enumerate(rows, start=1):
            for index, cell in enumerate(mapping.cells(entry, catalogue)):
                if cell:
                    sheet.write_string(number, index, cell, text)
        sheet.freeze_panes(1, 0)
