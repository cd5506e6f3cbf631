"""Finds the header of a sheet and says which column is which field.

A header may stand below title rows, over two rows, or be missing; `--map` overrides everything.
It reads titles and, only to find telephone numbers that no title announces, cells; it never reads
a record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from registry.errors import BadInput, Fault
from registry.exchange.sheets import Row, Sheet, cell_text
from registry.exchange.titles import (
    CONTACT_FIELDS,
    IGNORE,
    Fit,
    Meaning,
    all_fields,
    meanings,
    plain_title,
    platform_part,
    scale_of,
)
from registry.messages import _
from registry.names import fold_name
from registry.platforms import PlatformCatalogue

_HEADER_WITHIN = 40
"""Rows among which the header is looked for."""
_WIDEST = 300
"""Columns that are looked at; what stands further right is no table of accounts."""
_SAMPLE = 60
_SEVERAL = CONTACT_FIELDS | {IGNORE}
_MOBILE = re.compile(r"(?:\+?86[- ]?)?1[3-9]\d{9}(?:\.0)?")
_LETTERS = re.compile(r"[A-Za-z]{1,2}")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    index: int
    """From 0."""
    title: str
    """As printed; its letter where it has none."""
    field: str = ""
    """Empty for a column we do not know."""
    scale: int = 1
    """By which numbers under it are multiplied."""
    platform: str = ""
    """For a name column that is of one platform only (微博名称)."""
    form: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """The header of one sheet. Without one, `header` is empty and nothing but `--map` is known."""

    sheet: str
    header: tuple[int, ...] = ()
    """Row numbers of the header, from 1."""
    columns: tuple[Column, ...] = ()
    headings: tuple[str, ...] = ()
    """Texts above the header."""
    notes: tuple[str, ...] = ()
    mapped: frozenset[str] = frozenset()
    """The columns named by `--map` that this sheet has."""

    @property
    def found(self) -> bool:
        """True when the sheet has a column of account names."""
        return bool(self.all("name"))

    @property
    def fields(self) -> frozenset[str]:
        """The fields that have a column."""
        return frozenset(column.field for column in self.columns if column.field)

    def all(self, field: str) -> tuple[Column, ...]:
        """The columns of a field."""
        return tuple(column for column in self.columns if column.field == field)

    def first(self, field: str) -> Column | None:
        """The first column of a field."""
        return next(iter(self.all(field)), None)

    def title(self, field: str) -> str:
        """The printed title of a field's first column; empty without one."""
        column = self.first(field)
        return column.title if column else ""


def parse_overrides(options: Iterable[str], catalogue: PlatformCatalogue) -> dict[str, str]:
    """`COLUMN=field` options as a mapping. COLUMN is a title or a letter; `ignore` drops a column.

    Raises BadInput naming every option that cannot be understood.
    """
    known = {*all_fields(), "url", *_schemes(catalogue)}
    found, faults = {}, []
    for option in options:
        column, sign, field = option.rpartition("=")
        if sign and column.strip() and field.strip() in known:
            found[column.strip()] = field.strip()
        else:
            faults.append(
                Fault(
                    _("--map {option} names no known field.").format(option=option),
                    _("Fields: {fields}.").format(fields="、".join(sorted(known))),
                )
            )
    if faults:
        raise BadInput(_("The column mapping cannot be used."), faults)
    return found


def _schemes(catalogue: PlatformCatalogue) -> set[str]:
    return {s for platform in catalogue.platforms for s in catalogue.info(platform).schemes}


def unused_overrides(overrides: Mapping[str, str], tables: Sequence[Columns]) -> list[Fault]:
    """A fault for each column named by `--map` that no sheet has."""
    used = frozenset[str]().union(*(table.mapped for table in tables))
    titles = [column.title for table in tables for column in table.columns]
    return [
        Fault(
            _("There is no column {column}.").format(column=name),
            _("The columns are: {titles}.").format(titles="、".join(dict.fromkeys(titles))),
        )
        for name in overrides
        if name not in used
    ]


def find_columns(
    sheet: Sheet, catalogue: PlatformCatalogue, overrides: Mapping[str, str] | None = None
) -> Columns:
    """The columns of a sheet. `overrides` are those of `parse_overrides`."""
    overrides = overrides or {}
    if sheet.width > _WIDEST:
        return _cut(sheet, catalogue, overrides)
    best, score = None, 0
    for position, row in enumerate(sheet.rows[:_HEADER_WITHIN]):
        for header in _readings(sheet, position):
            columns = _assign(header.titles, catalogue, overrides)
            told = any(meanings(title) or _by_title(title, overrides) for title in header.titles)
            points = _score(columns) if told else 0
            if points > score:
                best, score = (header, columns), points
    if best is None:
        return _without_header(sheet, overrides)
    header, columns = best
    return _finished(sheet, header, columns, overrides)


def _cut(sheet: Sheet, catalogue: PlatformCatalogue, overrides: Mapping[str, str]) -> Columns:
    """The columns of the left part of an overly wide sheet, with a note that says so."""
    rows = tuple(replace(row, cells=row.cells[:_WIDEST]) for row in sheet.rows)
    columns = find_columns(replace(sheet, rows=rows), catalogue, overrides)
    note = _("Sheet {sheet} is {width} columns wide; only the first {most} were read.")
    said = note.format(sheet=sheet.name, width=sheet.width, most=_WIDEST)
    return replace(columns, notes=(*columns.notes, said))


@dataclass(frozen=True, slots=True)
class _Header:
    """A row, or two, read as a header."""

    first: int
    """Position among the sheet's rows."""
    rows: tuple[Row, ...]
    titles: tuple[str, ...]


def _readings(sheet: Sheet, position: int) -> list[_Header]:
    """The row as a header, and together with the next where titles are merged across columns."""
    row = sheet.rows[position]
    width = max(len(row.cells), 1)
    single = _Header(position, (row,), tuple(cell_text(cell) for cell in row.cells))
    across = [m for m in sheet.merges if m.first_row == m.last_row == row.number]
    across = [m for m in across if 0 < m.last_column - m.first_column < width - 1]
    if not across or position + 1 >= len(sheet.rows):
        return [single]
    below = sheet.rows[position + 1]
    above = list(single.titles)
    for merge in across:
        for column in range(merge.first_column + 1, min(merge.last_column + 1, len(above))):
            above[column] = above[merge.first_column]
    titles = [_two_rows(above, below, at) for at in range(max(len(above), len(below.cells)))]
    return [single, _Header(position, (row, below), tuple(titles))]


def _two_rows(above: Sequence[str], below: Row, column: int) -> str:
    upper = above[column] if column < len(above) else ""
    lower = "" if column in below.filled else cell_text(below.at(column))
    if not upper or not lower:
        return upper or lower
    return upper + lower if meanings(upper + lower) else lower


def _score(columns: Sequence[Column]) -> int:
    """How much a row looks like a header: 0 unless it names accounts and is mostly known titles."""
    known = [column for column in columns if column.field]
    filled = sum(1 for column in columns if column.title)
    if not any(column.field == "name" for column in known) or len(known) * 5 < filled * 2:
        return 0
    return len(known) * 2 + (1 if len(known) == filled else 0)


def _assign(
    titles: Sequence[str], catalogue: PlatformCatalogue, overrides: Mapping[str, str]
) -> list[Column]:
    """Each title with its field. A field has one column, the best fit, but of contacts and of what
    is ignored there may be several."""
    options = [
        (meaning, index)
        for index, title in enumerate(titles)
        for meaning in _meanings(title, overrides, index)
    ]
    fields: dict[int, str] = {}
    taken: set[str] = set()
    for meaning, index in sorted(options, key=_rank):
        if index not in fields and (meaning.field not in taken or meaning.field in _SEVERAL):
            fields[index] = meaning.field
            taken.add(meaning.field)
    columns = [
        Column(index, title, fields.get(index, ""), scale_of(title))
        for index, title in enumerate(titles)
    ]
    return [_of_platform(column, "name" in taken, catalogue) for column in columns]


def _rank(option: tuple[Meaning, int]) -> tuple[int, bool, int, int]:
    """The best fit first. A type (账号类型) is the form only where something else is the platform."""
    meaning, index = option
    return meaning.fit, meaning.field == "form", meaning.position, index


def _meanings(title: str, overrides: Mapping[str, str], index: int) -> list[Meaning]:
    field = _override(title, overrides, index)
    return [Meaning(field[1], Fit.MAPPED)] if field else meanings(title)


def _override(title: str, overrides: Mapping[str, str], index: int) -> tuple[str, str] | None:
    """The (column, field) of `--map` that names this title or this letter."""
    named = _by_title(title, overrides)
    if named:
        return named
    for column, field in overrides.items():
        if _LETTERS.fullmatch(column) and column.upper() == column_letter(index):
            return column, field
    return None


def _by_title(title: str, overrides: Mapping[str, str]) -> tuple[str, str] | None:
    keys = {fold_name(title), fold_name(plain_title(title))} if title and overrides else set()
    return next(((c, field) for c, field in overrides.items() if fold_name(c) in keys), None)


def _of_platform(column: Column, has_names: bool, catalogue: PlatformCatalogue) -> Column:
    """A name column of one platform: 微博名称, or 新浪微博 alone where no other column has names."""
    if not column.title or column.field not in {"", "name"}:
        return column
    part = platform_part(column.title)
    bare = part == plain_title(column.title)
    found = catalogue.recognise(part) if part and not (bare and has_names) else None
    if found is None:
        return column
    return replace(column, field="name", platform=found[0], form=found[1])


def _finished(
    sheet: Sheet, header: _Header, columns: Sequence[Column], overrides: Mapping[str, str]
) -> Columns:
    body = sheet.rows[header.first + len(header.rows) :]
    width = max([len(columns), *(len(row.cells) for row in body)])
    wider = [Column(index, "") for index in range(len(columns), width)]
    columns, notes = _by_content([*columns, *wider], body)
    named = [_named(column, body) for column in columns]
    mapped = [_override(column.title, overrides, column.index) for column in named]
    notes += [
        _("Column {title} was not taken over.").format(title=column.title)
        for column, chosen in zip(named, mapped, strict=True)
        if column.field == IGNORE and chosen is None
    ]
    return Columns(
        sheet.name,
        tuple(row.number for row in header.rows),
        tuple(column for column in named if column.title),
        tuple(_headings(sheet.rows[: header.first])),
        tuple(notes),
        frozenset(found[0] for found in mapped if found),
    )


def _without_header(sheet: Sheet, overrides: Mapping[str, str]) -> Columns:
    """A sheet whose columns only `--map` names, by letter."""
    columns = [
        Column(index, column_letter(index), found[1])
        for index in range(sheet.width)
        if (found := _override("", overrides, index))
    ]
    mapped = frozenset(c for c in overrides if c.upper() in {column.title for column in columns})
    return Columns(sheet.name, (), tuple(columns), (), (), mapped)


def _named(column: Column, body: Sequence[Row]) -> Column:
    """An untitled column that holds something goes by its letter."""
    if column.title or not any(row.at(column.index) is not None for row in body):
        return column
    return replace(column, title=column_letter(column.index))


def _by_content(columns: Sequence[Column], body: Sequence[Row]) -> tuple[list[Column], list[str]]:
    """Unknown columns that hold mobile numbers are contacts: they must not pass as anything else."""
    notes, out = [], []
    for column in columns:
        if not column.field and _holds_phones(column.index, body):
            title = column.title or column_letter(column.index)
            column = replace(column, title=title, field="contact_phone")
            notes.append(
                _("Column {title} holds telephone numbers and is kept with the contacts.").format(
                    title=title
                )
            )
        out.append(column)
    return out, notes


def _holds_phones(index: int, body: Sequence[Row]) -> bool:
    texts = [text for row in body[:_SAMPLE] if (text := cell_text(row.at(index)))]
    phones = sum(1 for text in texts if _MOBILE.fullmatch(text))
    return phones > 0 and phones * 5 >= len(texts) * 3


def _headings(rows: Iterable[Row]) -> list[str]:
    return [text for row in rows for cell in row.cells if (text := cell_text(cell))]


def column_letter(index: int) -> str:
    """The letter of a column (from 0) as spreadsheets show it."""
    letters, number = "", index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
