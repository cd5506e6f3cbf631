"""Rows that are no accounts: section heads, totals, footnotes, fillers; and what heads say.

A head names a platform or a unit for the rows below it. What is neither is passed over with a
reason, never read as an account.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from registry.exchange.columns import Columns
from registry.exchange.sheets import Row, Sheet, cell_text
from registry.exchange.titles import words
from registry.names import fold_name, simplify
from registry.platforms import PlatformCatalogue, Recognised
from registry.text import fold_width

_NUMBERING = re.compile(
    r"^(?:[一二三四五六七八九十]+[、.．]|\([一二三四五六七八九十\d]+\)|\d+[、.．)]|第[一二三四五六七八九十]+部分)\s*"
)
_NUMBER = re.compile(r"\(?[一二三四五六七八九十\d]+\)?[、.．)]?")
_COUNTED = re.compile(r"[(,:、]?\s*共?\s*\d+\s*个?(?:账号)?\)?\s*$")
_UNIT_END = re.compile(
    r"(?:局|委|委员会|办|办公室|厅|院|校|中心|政府|镇|乡|街道|街道办事处|县|市|区|州|旗|部|社|站|所|队|"
    r"联合会|总工会|妇联|团委|公司|医院|银行)$"
)
_GROUP = re.compile(r"乡镇|县区|区县|市县|部门|单位|直属|其他|类$|镇街")
_EXAMPLE = re.compile(r"^(?:示例|例如|例|样例|填写示例)(?:[::\d].*)?$")


class RowKind(StrEnum):
    """What a row below the header is."""

    ACCOUNT = "account"
    SECTION = "section"
    HEADER = "header"
    TOTAL = "total"
    FOOTNOTE = "footnote"
    FILLER = "filler"
    EXAMPLE = "example"


@dataclass(slots=True)
class Section:
    """What the heads so far say of the rows below them."""

    platform: Recognised | None = None
    unit: str = ""
    _order: list[str] = field(default_factory=list)

    def enter(self, text: str, catalogue: PlatformCatalogue) -> bool:
        """Take in a head; False when it names neither a platform nor a unit.

        The kind of head that came first in the sheet is the outer one: a new one of it ends the
        inner one.
        """
        head = plain_head(text)
        platform = catalogue.recognise(head)
        if platform is None and not looks_like_unit(head):
            return False
        kind = "platform" if platform else "unit"
        if kind not in self._order:
            self._order.append(kind)
        outer = self._order[0] == kind
        if platform:
            self.platform, self.unit = platform, "" if outer else self.unit
        else:
            self.unit, self.platform = head, None if outer else self.platform
        return True


def plain_head(text: str) -> str:
    """A head without its numbering and count: （一）微信公众号（16个） → 微信公众号."""
    plain = _NUMBERING.sub("", fold_width(text)).strip(" ::【】")
    return _COUNTED.sub("", plain).strip(" ::()")


def looks_like_unit(head: str) -> bool:
    """True for the name of one unit; groups of units (各乡镇, 县直部门) are none."""
    plain = simplify(head)
    return 2 <= len(head) <= 40 and bool(_UNIT_END.search(plain)) and not _GROUP.search(plain)


class RowSorter:
    """Tells the rows of one sheet apart."""

    def __init__(self, sheet: Sheet, columns: Columns, catalogue: PlatformCatalogue) -> None:
        self._catalogue = catalogue
        self._names = {column.index for column in columns.all("name")}
        self._quiet = {c.index for field in ("sequence",) for c in columns.all(field)}
        self._single = len(columns.columns) == 1
        self._titles = tuple(column.title for column in columns.columns)
        self._indexes = tuple(column.index for column in columns.columns)
        self._across = {
            (number, merge.first_column)
            for merge in sheet.merges
            if merge.last_column > merge.first_column
            for number in range(merge.first_row, min(merge.last_row, merge.first_row + 3) + 1)
        }
        self._last = max((r.number for r in sheet.rows if self._has_name(r)), default=0)

    def _has_name(self, row: Row) -> bool:
        return any(row.at(index) is not None for index in self._names)

    def kind(self, row: Row) -> RowKind:
        """What the row is."""
        if len(row.cells) - row.cells.count(None) - len(row.filled) <= 2:
            return self._short_row(row, self._own(row))
        first = next(text for cell in row.cells if (text := cell_text(cell)) or cell is not None)
        if len(first) <= 2 and len({text for _index, text in self._own(row)}) == 1:
            return RowKind.FILLER
        if first.isdigit():
            return RowKind.ACCOUNT
        if self._repeats_header(row):
            return RowKind.HEADER
        return self._by_first_word(first, RowKind.ACCOUNT)

    @staticmethod
    def _own(row: Row) -> list[tuple[int, str]]:
        """(column, text) of the cells that are not filled by a merge from above."""
        return [
            (index, text)
            for index, cell in enumerate(row.cells)
            if cell is not None and index not in row.filled and (text := cell_text(cell))
        ]

    def _short_row(self, row: Row, own: list[tuple[int, str]]) -> RowKind:
        """A row of one or two cells of its own."""
        if not own:
            return RowKind.FILLER
        index, text = own[-1]
        if self._repeats_header(row):
            return RowKind.HEADER
        if len(own) == 2 and (own[0][0] not in self._quiet or not _NUMBER.fullmatch(own[0][1])):
            return self._by_first_word(own[0][1], RowKind.ACCOUNT)
        alone = len(own) == 1 or not own[0][1].isdigit()
        merged = (row.number, index) in self._across
        if self._single or (index in self._names and not merged):
            named = self._catalogue.recognise(plain_head(text))
            return self._by_first_word(text, RowKind.SECTION if named else RowKind.ACCOUNT)
        if row.number > self._last and len(own) == 1:
            return RowKind.FOOTNOTE
        return self._by_first_word(text, RowKind.SECTION if alone else RowKind.ACCOUNT)

    @staticmethod
    def _by_first_word(first: str, default: RowKind) -> RowKind:
        return _first_word(first) or default

    def _repeats_header(self, row: Row) -> bool:
        if cell_text(row.at(self._indexes[0])) != self._titles[0]:
            return False
        return tuple(cell_text(row.at(index)) for index in self._indexes) == self._titles


@lru_cache(maxsize=4096)
def _first_word(text: str) -> RowKind | None:
    """What a row is that begins with this text, if that alone tells."""
    plain = fold_width(text)
    if fold_name(text) in words("totals"):
        return RowKind.TOTAL
    if _EXAMPLE.match(plain):
        return RowKind.EXAMPLE
    found = re.match(r"([^:、.\d\s]{1,6})\s*(?:[:、.\d\s]|$)", plain)
    return RowKind.FOOTNOTE if found and fold_name(found[1]) in words("footnotes") else None
