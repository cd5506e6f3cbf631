"""How an export of the national system is read: by the columns of its template, a stretch of rows at
a time, with every fault of every row. It understands the sheet and compares it with nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

from registry.errors import Fault
from registry.exchange.national_cells import (
    TEXT,
    Texts,
    Words,
    by_column,
    each_of,
    half_width,
    only,
    rounded,
    text_of,
    where,
)
from registry.exchange.national_doubts import (
    doubled,
    doubled_words,
    is_total,
    no_id_words,
    unreadable,
)
from registry.exchange.national_export import NationalExport
from registry.exchange.national_headings import Heading, columns_of, no_heading
from registry.exchange.national_rows import NationalRows
from registry.exchange.national_template import (
    ID_WORD,
    PLATFORM_WORD,
    NationalMapping,
    read_identifiers,
)
from registry.exchange.national_twice import Repeated, passed_over, without_twins
from registry.exchange.own_books import is_own
from registry.exchange.readers import Stream, stream_workbook
from registry.exchange.refusals import refusal
from registry.exchange.sheets import Cell, NumberedRow
from registry.messages import _
from registry.names import fold_name
from registry.platforms import PlatformCatalogue
from registry.text import clean_all, quoted
from registry.vocab import NationalState

_HEADER_WITHIN = 20
"""Rows of a sheet among which the header is looked for."""

_STRETCH = 2000
"""Rows read at a time."""

_OWN = frozenset(
    ("national_code", "platform", "form", "name", "identifier", "identifiers", "host_unit", "url")
    + ("state",)
)

_NUMBERED = ("identifier", "national_code")
"""Columns of ids, which a spreadsheet may have taken for numbers."""

_IDS = frozenset((*_NUMBERED, "identifiers"))
"""Columns whose digits and letters mean the same in full width, as in every list that is imported."""

_SINGLE = frozenset(("national_code", "name", "identifier", "identifiers", "url"))
"""Fields whose text differs from row to row; of the others one copy is kept."""


def read_national(
    file: Path, mapping: NationalMapping, catalogue: PlatformCatalogue
) -> NationalExport:
    """Read an export by the mapping; every sheet that has the required columns counts.

    Raises UnreadableFile for a file that is no table, such as a text that was given the name of a
    spreadsheet, and for a workbook that this program wrote; faults of rows are in the result.
    """
    return read_stream(stream_workbook(file), mapping, catalogue)


def read_stream(
    workbook: Stream, mapping: NationalMapping, catalogue: PlatformCatalogue
) -> NationalExport:
    """The same of a file that is open."""
    reading = Reading(workbook.name, mapping, catalogue)
    for name, rows in workbook.sheets:
        if name in workbook.hidden:
            reading.hidden_sheet(name, rows)
        else:
            reading.sheet(name, rows)
    reading.pass_over_repeated()
    reading.tell_hidden()
    if not reading.headings:
        if workbook.disguised:
            raise refusal("text", workbook.name)
        reading.no_header()
    return NationalExport(
        workbook.name,
        workbook.sha256,
        reading.rows,
        tuple(reading.faults),
        tuple(dict.fromkeys(reading.unknown_columns)),
        tuple(reading.unknown_states),
        tuple(reading.notes),
        mapping.title_of,
        tuple(reading.headings),
        tuple(reading.unread),
        tuple(reading.remarks),
    )


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One sheet that is the export."""

    name: str
    columns: Mapping[str, int]
    """Field → index of its column."""
    titles: Mapping[str, str]
    """Field → the title printed above its column."""
    twice: dict[str, list[int]]
    """Field → further columns with that title, as long as they say the same."""
    head: Sequence[str]
    """All titles."""

    @property
    def width(self) -> int:
        """How many cells of a row matter."""
        return max(chain(self.columns.values(), *self.twice.values())) + 1


class Reading:
    """One file under way: rows and faults as they come."""

    def __init__(self, file: str, mapping: NationalMapping, catalogue: PlatformCatalogue) -> None:
        self.file, self.mapping, self.catalogue = file, mapping, catalogue
        self.rows = NationalRows()
        self.faults: list[Fault] = []
        self.unknown_columns: list[str] = []
        self.unknown_states: list[str] = []
        self.headings: list[str] = []
        self._nearest: Heading | None = None
        self.notes: list[Fault] = []
        self.unread: list[Fault] = []
        self.remarks: list[str] = []
        self._sheets: list[str] = []
        self._hidden: list[str] = []
        self._codes: dict[str, int] = {}
        self._repeated: list[Repeated] = []
        self._words = Words(mapping.empty)
        self._states: dict[str, NationalState] = {}

    def sheet(self, name: str, rows: Iterable[NumberedRow]) -> None:
        """Read one sheet; one without the required columns is passed over.

        Raises UnreadableFile for a workbook of ours.
        """
        rest = iter(rows)
        first = list(islice(rest, _HEADER_WITHIN))
        for position, (number, line) in enumerate(first):
            cells = [text_of(cell) for cell in line]
            if is_own(cells):
                raise refusal("own", self.file)
            columns = columns_of(cells, self.mapping)
            if set(self.mapping.required) <= columns.keys():
                self._note_unknown(cells)
                self._sheets.append(name)
                titles = {field: cells[index] for field, index in columns.items()}
                self.headings.append(_heading(name, number, titles))
                named = self.mapping.titles, self.mapping.title_of
                sheet = _Sheet(name, columns, titles, doubled(cells, columns, *named), cells)
                body = chain(first[position + 1 :], rest)
                while stretch := list(islice(body, _STRETCH)):
                    self._stretch(sheet, stretch)
                return
            heading = Heading(name, number, columns)
            if heading.is_nearer(self._nearest):
                self._nearest = heading

    def hidden_sheet(self, name: str, rows: Iterable[NumberedRow]) -> None:
        """Pass over a hidden sheet, and remember one that holds rows of an export."""
        trial = Reading(self.file, self.mapping, self.catalogue)
        trial.sheet(name, islice(rows, _HEADER_WITHIN + 1))
        if trial.rows or trial.faults:
            self._hidden.append(name)

    def pass_over_repeated(self) -> None:
        """Leave out rows that stand in the file twice, and say so; of rows with one code that differ, that
        is a fault."""
        if not self._repeated:
            return
        self.rows, same, others = without_twins(self.rows, self._repeated)
        self.faults += others
        self.remarks += map(passed_over, same)
        places = {(fault.sheet, fault.row) for fault in same}
        self.unread = [fault for fault in self.unread if (fault.sheet, fault.row) not in places]
        self.notes = [fault for fault in self.notes if (fault.sheet, fault.row) not in places]

    def tell_hidden(self) -> None:
        """Say which hidden sheets were not read; if only these hold rows, that is a fault."""
        if not self._hidden:
            return
        hidden, read = (_(", ").join(names) for names in (self._hidden, self._sheets))
        if self.rows or self.faults:
            text = _("Hidden sheets were not read: {hidden}. Read was: {read}.")
            self.remarks.append(text.format(hidden=hidden, read=read))
            return
        message = _("Only hidden sheets hold rows: {hidden}.").format(hidden=hidden)
        remedy = _("If they are meant, unhide them and save the file; else export it again.")
        self.faults.append(Fault(message, remedy, self.file))
        self.headings.append("")  # no need to say that there is no header either

    def no_header(self) -> None:
        """Say that no sheet looks like the export."""
        self.faults.append(no_heading(self.file, self.mapping, self._nearest))

    def _note_unknown(self, cells: Sequence[str]) -> None:
        for cell in cells:
            key = fold_name(cell)
            if key and key not in self.mapping.titles and key not in self.mapping.contacts:
                self.unknown_columns.append(cell)

    # --- the rows

    def _stretch(self, sheet: _Sheet, rows: Sequence[NumberedRow]) -> None:
        """Read some rows. Their faults stand in the order of the rows."""
        before = len(self.faults)
        numbers = [number for number, _cells in rows]
        columns = by_column([cells for _number, cells in rows], sheet.width)
        cells = {field: columns[index] for field, index in sheet.columns.items()}
        texts = {field: self._texts(field, column) for field, column in cells.items()}
        if totals := self._totals(sheet, rows, texts):
            if len(totals) < len(rows):
                self._stretch(sheet, [row for at, row in enumerate(rows) if at not in totals])
            return
        whole = self._whole(sheet, numbers, cells, texts)
        for field in list(sheet.twice):
            others = [self._texts(field, columns[index]) for index in sheet.twice[field]]
            self._compare(sheet, numbers, field, texts[field], others)
        numbers, texts = only(whole, numbers, texts)
        known = each_of(self.catalogue.recognise, texts["platform"])
        if None in known:
            self._keep_unread(sheet, numbers, texts, known)
            numbers, texts = only([each is not None for each in known], numbers, texts)
        self._add(sheet, numbers, texts, [each for each in known if each is not None])
        if len(self.faults) > before:
            self.faults[before:] = sorted(self.faults[before:], key=lambda fault: fault.row or 0)

    def _totals(self, sheet: _Sheet, rows: Sequence[NumberedRow], texts: Texts) -> frozenset[int]:
        """The positions of lines of totals, each noted; looked for among rows that are no accounts."""
        known = each_of(self.catalogue.recognise, texts["platform"])
        strange = set(where(known, None))
        for field in self.mapping.required:
            strange.update(where(texts[field], "") if "" in texts[field] else ())
        found = frozenset(at for at in strange if is_total(list(map(text_of, rows[at][1]))))
        for at in sorted(found):
            text = _("Sheet {sheet}, row {row} is a line of totals; it was passed over.")
            self.remarks.append(text.format(sheet=sheet.name, row=rows[at][0]))
        return found

    def _compare(
        self,
        sheet: _Sheet,
        numbers: Sequence[int],
        field: str,
        column: Sequence[str],
        others: Sequence[Sequence[str]],
    ) -> None:
        """Name the first row in which columns of one title differ, and look no further."""
        for number, *said in zip(numbers, column, *others, strict=True):
            if len(set(said)) > 1:
                places = sorted((sheet.columns[field], *sheet.twice.pop(field)))
                titles = [sheet.head[at] for at in places]
                self._fault(sheet, number, field, *doubled_words(titles, places))
                return

    def _texts(self, field: str, column: Sequence[Cell]) -> list[str]:
        """The cells as texts, with nothing where the mapping says that nothing is meant."""
        if set(map(type, column)) != TEXT:
            column = [cell if type(cell) is str else text_of(cell) for cell in column]
        texts: Sequence[str] = column  # type: ignore[assignment]  # by now
        if field not in _SINGLE:
            return list(map(self._words.__getitem__, texts))
        texts, empty = clean_all(texts), self.mapping.empty
        if field != "name" and not empty.isdisjoint(texts):
            texts = ["" if text in empty else text for text in texts]
        return half_width(texts) if field in _IDS else texts

    def _whole(
        self,
        sheet: _Sheet,
        numbers: Sequence[int],
        cells: Mapping[str, Sequence[Cell]],
        texts: Texts,
    ) -> list[bool]:
        """Which rows say what they must. One without any required cell is a line of totals or
        remarks, and the header may be repeated at the head of a page: neither is a fault."""
        whole = [True] * len(numbers)
        required = [texts[field] for field in self.mapping.required]
        passed = self._headings(sheet, texts)
        if any("" in column for column in required):
            passed |= {at for at, row in enumerate(zip(*required, strict=True)) if not any(row)}
        for field, column in zip(self.mapping.required, required, strict=True):
            for at in where(column, "") if "" in column else ():
                whole[at] = False
                if at not in passed:
                    message, remedy = _("The cell is empty."), _("Fill it in.")
                    self._fault(sheet, numbers[at], field, message, remedy)
        for field in _NUMBERED:
            for at, value in rounded(cells.get(field, ())):
                whole[at] = False
                if at not in passed:
                    self._too_long(sheet, numbers[at], field, value)
        for at in passed:
            whole[at] = False
        return whole

    def _headings(self, sheet: _Sheet, texts: Texts) -> set[int]:
        """Rows that repeat the header."""
        return {
            at
            for at in where(texts["platform"], sheet.titles["platform"])
            if all(column[at] == sheet.titles[field] for field, column in texts.items())
        }

    def _too_long(self, sheet: _Sheet, number: int, field: str, value: Cell) -> None:
        message = _("The id was rounded by the spreadsheet: {value}.").format(value=text_of(value))
        remedy = _("Format the column as text and enter the id again, or export the list again.")
        self._fault(sheet, number, field, message, remedy)

    def _keep_unread(
        self, sheet: _Sheet, numbers: list[int], texts: Texts, known: Sequence[object]
    ) -> None:
        """Keep the rows of platforms that nobody knows, without platform and id, and name them."""
        numbers, texts = only([each is None for each in known], numbers, texts)
        for number, word in zip(numbers, texts["platform"], strict=True):
            message = _("{word} is no platform that is known here.").format(word=quoted(word))
            remedy = _("Write it as the ledger does, e.g. 新浪微博 or 微信公众号.")
            self.unread.append(self._at(sheet, number, "platform", message, remedy))
        nothing = [""] * len(numbers)
        self._check_codes(sheet, numbers, texts.get("national_code", nothing))
        words = texts.get("state", nothing)
        columns: dict[str, Sequence[Any]] = dict.fromkeys(("platform", "scheme", "value"), nothing)
        columns |= {"state": each_of(self._state, words), "state_raw": words, "number": numbers}
        for field in ("form", "name", "host_unit", "url", "national_code"):
            columns[field] = texts.get(field, nothing)
        fields = {field: column for field, column in texts.items() if field not in _OWN}
        fields |= {PLATFORM_WORD: texts["platform"], ID_WORD: texts.get("identifier", nothing)}
        self.rows.extend(
            columns, {field: column for field, column in fields.items() if any(column)}
        )

    def _add(
        self,
        sheet: _Sheet,
        numbers: list[int],
        texts: Texts,
        known: Sequence[tuple[str, str]],
    ) -> None:
        """Take over rows that name a platform and an account."""
        nothing = [""] * len(numbers)
        platforms = [platform for platform, _form in known]
        schemes, values = self._identifiers(sheet, numbers, texts, platforms)
        self._check_codes(sheet, numbers, texts.get("national_code", nothing))
        words = texts.get("state", nothing)
        forms = texts.get("form", nothing)
        columns: dict[str, Sequence[Any]] = {
            "platform": platforms,
            "form": [own or form for own, (_platform, form) in zip(forms, known, strict=True)],
            "scheme": schemes,
            "value": values,
            "state": each_of(self._state, words),
            "state_raw": words,
            "number": numbers,
        }
        for field, column in texts.items():
            for at, message in unreadable(field, column):
                self.notes.append(self._at(sheet, numbers[at], field, message))
        for field in ("name", "host_unit", "url", "national_code"):
            columns[field] = texts.get(field, nothing)
        self.rows.extend(columns, {f: c for f, c in texts.items() if f not in _OWN and any(c)})

    def _state(self, word: str) -> NationalState:
        """The state that a word means; one that the mapping does not list is noted once."""
        known = self._states.get(word)
        if known is None:
            known = self._states[word] = self.mapping.state(word)
            if word and not self.mapping.lists_state(word):
                self.unknown_states.append(word)
        return known

    def _identifiers(
        self, sheet: _Sheet, numbers: Sequence[int], texts: Texts, platforms: Sequence[str]
    ) -> tuple[list[str], list[str]]:
        """Scheme and value of each row's first id; further ones go to the rows at once."""
        schemes, values = [""] * len(numbers), [""] * len(numbers)
        start = len(self.rows)
        for field in ("identifier", "identifiers"):
            for at, text in enumerate(texts.get(field, ())):
                if not text:
                    continue
                ids, left = read_identifiers(text, platforms[at], self.catalogue)
                for scheme, value in ids.items():
                    if not schemes[at]:
                        schemes[at], values[at] = scheme, value
                    elif scheme != schemes[at]:
                        self.rows.further.setdefault(start + at, {}).setdefault(scheme, value)
                if left:
                    self._no_id(sheet, numbers[at], field, left, platforms[at])
        return schemes, values

    def _no_id(self, sheet: _Sheet, number: int, field: str, text: str, platform: str) -> None:
        self._fault(sheet, number, field, *no_id_words(text, self.catalogue.label(platform)))

    def _check_codes(self, sheet: _Sheet, numbers: Sequence[int], codes: Sequence[str]) -> None:
        """A code belongs to one row."""
        filled = [code for code in codes if code]
        one_each = len(set(filled)) == len(filled) and self._codes.keys().isdisjoint(filled)
        if one_each:
            self._codes.update((code, n) for code, n in zip(codes, numbers, strict=True) if code)
            return
        for at, (number, code) in enumerate(zip(numbers, codes, strict=True), len(self.rows)):
            if code and code in self._codes:
                message = _("The code {code} stands in row {row} already.")
                remedy = _("Export the list again; a code belongs to one account.")
                message = message.format(code=quoted(code), row=self._codes[code])
                fault = self._at(sheet, number, "national_code", message, remedy)
                self._repeated.append(Repeated(at, fault))
            elif code:
                self._codes[code] = number

    def _fault(self, sheet: _Sheet, number: int, field: str, message: str, remedy: str) -> None:
        self.faults.append(self._at(sheet, number, field, message, remedy))

    def _at(self, sheet: _Sheet, number: int, field: str, message: str, remedy: str = "") -> Fault:
        column = sheet.titles.get(field, field)
        return Fault(message, remedy, self.file, sheet.name, number, column)


def _heading(sheet: str, number: int, titles: Mapping[str, str]) -> str:
    """Where titles stand, and which."""
    text = _("sheet {sheet}, row {row}: {titles}")
    return text.format(sheet=sheet, row=number, titles="、".join(titles.values()))
