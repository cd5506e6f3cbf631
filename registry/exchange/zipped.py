"""What stands in the parts of an .xlsx or .ods beside the values: hidden rows, merges, extent.

The parts are measured while they are unpacked, so that a small file cannot grow without bound, and
looked through by pattern, without building a tree: values are the spreadsheet library's business.
"""

from __future__ import annotations

import copy
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from xml.parsers import expat

from registry.exchange.sheets import Merge

MAX_UNPACKED = 600_000_000
"""Bytes of all XML parts together: a list of a million accounts takes 470 million."""
MAX_PARTS = 5_000
_CHUNK = 1 << 16
"""Bytes looked at at once: they stay in the processor's cache, and the C library hands their memory out
again instead of asking the system for more."""
_MOST_OF_A_ROW = 1 << 26
"""Bytes."""


class TooLarge(ValueError):
    """The parts grow beyond what a table of offices can need."""


@dataclass(slots=True)
class Extent:
    """What the parts say of one sheet."""

    name: str = ""
    last_row: int = 0
    """The last row that holds a value, from 1; an upper bound."""
    width: int = 0
    """Columns; an upper bound."""
    hidden_rows: set[int] = field(default_factory=set)
    merges: list[Merge] = field(default_factory=list)
    without_result: list[str] = field(default_factory=list)
    """Cells with a formula of which the file keeps no result, such as B3."""


def chunks(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The unpacked part, piece by piece, whatever size its entry claims."""
    honest = copy.copy(info)
    honest.file_size = MAX_UNPACKED + _CHUNK
    with archive.open(honest) as part:
        while piece := part.read(_CHUNK):
            yield piece


_READ = re.compile(
    r"^(?:xl/(?:workbook|styles|sharedStrings)\.xml|xl/worksheets/[^/]+\.xml|.*\.rels"
    r"|content\.xml|META-INF/manifest\.xml)$",
    re.I,
)
"""Parts that the spreadsheet library reads."""


def measure(archive: zipfile.ZipFile, keep: Callable[[str], bool]) -> dict[str, Extent]:
    """Unpack every XML part once. Part name → extent for those that `keep` names.

    The parts that the spreadsheet library reads must be well-formed: it does not come back from
    some that are not. Rows that are seen to be so at a glance are spared the grammar. Raises TooLarge, zipfile.BadZipFile, zlib.error and expat.ExpatError.
    """
    if len(archive.infolist()) > MAX_PARTS:
        raise TooLarge
    total, extents = 0, {}
    for info in archive.infolist():
        if not info.filename.lower().endswith((".xml", ".rels", ".vml", ".bin")):
            continue
        scan = SheetScan() if keep(info.filename) else None
        grammar = expat.ParserCreate() if _READ.search(info.filename) else None
        for piece in chunks(archive, info):
            total += len(piece)
            if total > MAX_UNPACKED:
                raise TooLarge
            unsure = scan.feed(piece) if scan else piece
            if grammar:
                grammar.Parse(unsure, False)
        if grammar:
            grammar.Parse(scan.rest if scan else b"", True)
        if scan:
            extents[info.filename] = scan.extent
    return extents


# --- xlsx -----------------------------------------------------------------------------------------

_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_NUMBER = re.compile(rb"\br\s*=\s*[\"'](\d{1,7})[\"']")
_HIDDEN = re.compile(rb"\bhidden\s*=\s*[\"'](?:1|true)[\"']")
_VALUE = re.compile(rb"<(?:\w+:)?(?:v|is|f)[ />]")
_WIDE = re.compile(rb"=\s*[\"']([A-Z]{2,3})[0-9]{1,7}[\"'][^>/]*>", re.I)
_MAYBE_WIDE = re.compile(rb'r="[A-Za-z]{2,3}[0-9]')
"""Stands wherever `_WIDE` fits a cell that is not `_UNPLACED`, and is looked for in an eighth of the
time."""
_UNPLACED = re.compile(rb"<(?:c|row)(?:[>/]|\s(?!r=\"))")
"""A row or cell that does not begin by saying where it is."""
_PLACED = re.compile(rb'<row r="(\d{1,7})"')
_LETTERS_OF_ONE = 26
_PLAIN = re.compile(
    rb'(?:<row r="[0-9]{1,7}+"(?: spans="[0-9:]++")?+(?: s="[0-9]++")?+(?: customFormat="1")?+'
    rb'(?: ht="[0-9.]++")?+(?: customHeight="1")?+(?: x14ac:dyDescent="[0-9.]++")?+>'
    rb'(?:<c r="[A-Z]{1,3}+[0-9]{1,7}+"(?: s="[0-9]++")?+(?: t="[a-z]++")?+'
    rb"(?:/>|>(?:<v>-?+[0-9.]*+(?:E[+-]?+[0-9]++)?+</v>)?+</c>))*+</row>)++"
)
"""Whole rows as spreadsheets write them, of numbers and of references to texts: well-formed, each row
and cell saying where it is, none hidden."""
_A_ROW = b"<row/>"
"""Stands for such rows before the grammar: they are well-formed wherever an element may stand."""


class SheetScan:
    """Rows of one worksheet part, fed piece by piece."""

    def __init__(self) -> None:
        self.extent = Extent(width=_LETTERS_OF_ONE)
        self._waiting = list[bytes]()
        self._held = 0
        self._seam = b""
        """The last bytes fed: the end of a row may lie across two pieces."""
        self._number = 0

    @property
    def rest(self) -> bytes:
        """What was fed and is no complete row yet."""
        return b"".join(self._waiting)

    def feed(self, piece: bytes) -> bytes:
        """Look through the rows that are complete by now. Returns them, or what may stand for them where
        they are certainly well-formed."""
        self._waiting.append(piece)
        self._held += len(piece)
        seam, self._seam = self._seam + piece, (self._seam + piece)[-3:]
        if b"row>" not in seam:
            if self._held > _MOST_OF_A_ROW:
                raise TooLarge
            return b""
        data = self.rest
        end = data.rfind(b"row>") + 4
        whole, left = data[:end], data[end:]
        self._waiting, self._held = [left], len(left)
        if _PLAIN.fullmatch(whole):
            self._placed_rows(whole)
            return _A_ROW
        self._rows(whole)
        return whole

    def _placed_rows(self, data: bytes) -> None:
        """Rows that are `_PLAIN`."""
        if _MAYBE_WIDE.search(data):
            self._widen(data)
        numbers = [int(number) for number in _PLACED.findall(data)]
        if numbers != sorted(numbers):
            self._rows_by_count(data)
        else:
            self._last_row(data)

    def _widen(self, data: bytes) -> None:
        for letters in set(_WIDE.findall(data)):
            self.extent.width = max(self.extent.width, _column(letters))

    def _rows(self, data: bytes) -> None:
        numbers = [int(number) for number in _PLACED.findall(data)]
        prefixed = b":" in data  # found, or not, in a twentieth of the time of what follows
        formulas = b"<f" in data or (prefixed and b":f" in data)
        if formulas and len(self.extent.without_result) < _MOST_WITHOUT_RESULT:
            self.extent.without_result += _without_result(data)
        unplaced = (prefixed and b":row" in data) or bool(_UNPLACED.search(data))
        if unplaced or (prefixed and b":c" in data) or _MAYBE_WIDE.search(data):
            self._widen(data)
        if unplaced or numbers != sorted(numbers):
            self._rows_by_count(data)
        else:
            self._rows_by_reference(data)

    def _rows_by_reference(self, data: bytes) -> None:
        """Rows in order, rows and cells saying where they are: only the last and hidden ones matter."""
        if b"hidden" in data:
            for match in _ROW.finditer(data):
                if _HIDDEN.search(match[1]):
                    self.extent.hidden_rows.add(_number(match[1]))
        self._last_row(data)

    def _last_row(self, data: bytes) -> None:
        """Find the last row with a value, from behind."""
        end = len(data)
        while (start := data.rfind(b"<row ", 0, end)) >= 0:
            number = _number(data[start : data.find(b">", start)])
            self._number = max(self._number, number)
            if number <= self.extent.last_row:
                break
            if _VALUE.search(data, start, end):
                self.extent.last_row = number
                break
            end = start

    def _rows_by_count(self, data: bytes) -> None:
        """Rows or cells without references stand one behind the other."""
        extent = self.extent
        starts = list(_ROW.finditer(data))
        ends = [match.start() for match in starts[1:]] + [len(data)]
        for match, end in zip(
            starts, ends, strict=False
        ):  # what is not well-formed may have no row
            self._number = _number(match[1]) or self._number + 1
            if _HIDDEN.search(match[1]):
                extent.hidden_rows.add(self._number)
            start = match.end()
            if _VALUE.search(data, start, end):
                extent.last_row = max(extent.last_row, self._number)
                cells = data.count(b"c>", start, end) + data.count(b"/>", start, end)
                extent.width = max(extent.width, cells)


_NO_RESULT = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f\b[^<>]*/>)\s*"
    rb"(<(?:\w+:)?v\s*/>|<(?:\w+:)?v\s*></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
"""A formula at whose end the cell ends, or has an empty value."""
_LONGEST_FORMULA = 1 << 14
"""Bytes from the beginning of a cell; Excel allows half as many characters."""
_MOST_WITHOUT_RESULT = 1_000
"""More are not looked for."""
_TEXT = re.compile(rb"\bt\s*=\s*[\"']str[\"']")
_CELL_AT = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{1,3}[0-9]{1,7})[\"']")


def _without_result(data: bytes) -> Iterator[str]:
    """The formulas of which nobody worked out the result; that of some is the empty text."""
    for match in _NO_RESULT.finditer(data):
        end = match.start()
        begin = max(end - _LONGEST_FORMULA, 0)
        start = max(data.rfind(b"<c ", begin, end), data.rfind(b":c ", begin, end))
        cell = data[start : data.find(b">", start)] if start >= 0 else b""
        if match[1] is None or not _TEXT.search(cell):
            at = _CELL_AT.search(cell)
            yield at[1].decode().upper() if at else "?"


def _number(attributes: bytes) -> int:
    """The row number among the attributes of a row; 0 without one."""
    found = _NUMBER.search(attributes)
    return int(found[1]) if found else 0


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def is_worksheet(name: str) -> bool:
    """True for a part that holds rows."""
    return bool(re.search(r"(^|/)(worksheets|dialogsheets|macrosheets)/[^/]+\.xml$", name, re.I))


_SHEET = re.compile(r"<(?:\w+:)?sheet\b([^>]*)/?>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\b([^>]*)/?>")
_ATTRIBUTE = re.compile(r"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name → part name, by the workbook's relations."""
    names = {name.lower(): name for name in archive.namelist()}
    book, rels = names.get("xl/workbook.xml"), names.get("xl/_rels/workbook.xml.rels")
    if book is None or rels is None:
        return {}
    targets = {row.get("Id", ""): row.get("Target", "") for row in _tags(archive, rels, _RELATION)}
    parts = {}
    for row in _tags(archive, book, _SHEET):
        relation = next((v for k, v in row.items() if k.endswith(":id")), "")
        target = targets.get(relation, "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
        parts[row.get("name", "")] = names.get(posixpath.normpath(path).lower(), "")
    return parts


def _tags(archive: zipfile.ZipFile, name: str, pattern: re.Pattern[str]) -> list[dict[str, str]]:
    text = b"".join(chunks(archive, archive.getinfo(name))).decode("utf-8", "replace")
    return [
        {key: unescape(double or single) for key, double, single in _ATTRIBUTE.findall(tag)}
        for tag in pattern.findall(text)
    ]


# --- ods ------------------------------------------------------------------------------------------

_TABLE = re.compile(rb"<table:table\s([^>]*)>(.*?)</table:table>", re.S)
_TABLE_ROW = re.compile(rb"<table:table-row\b([^>]*?)(/?)>")
_CELL = re.compile(rb"<table:(covered-)?table-cell\b([^>]*?)(/?)>")
_REPEAT_ROWS = re.compile(rb"number-rows-repeated=\"(\d{1,7})\"")
_REPEAT_COLUMNS = re.compile(rb"number-columns-repeated=\"(\d{1,7})\"")
_SPAN_ROWS = re.compile(rb"number-rows-spanned=\"(\d{1,7})\"")
_SPAN_COLUMNS = re.compile(rb"number-columns-spanned=\"(\d{1,7})\"")
_TABLE_NAME = re.compile(rb"table:name=\"([^\"]*)\"")
_AWAY = re.compile(rb"table:visibility=\"(?:collapse|filter)\"")


def scan_ods(content: bytes) -> list[Extent]:
    """The tables of a content.xml, in order."""
    return [_scan_table(match[1], match[2]) for match in _TABLE.finditer(content)]


def _scan_table(attributes: bytes, body: bytes) -> Extent:
    named = _TABLE_NAME.search(attributes)
    extent = Extent(unescape(named[1].decode("utf-8", "replace")) if named else "")
    starts = list(_TABLE_ROW.finditer(body))
    ends = [match.start() for match in starts[1:]] + [len(body)]
    number = 1
    for match, end in zip(starts, ends, strict=True):
        repeat = _times(_REPEAT_ROWS, match[1])
        if _AWAY.search(match[1]):
            extent.hidden_rows.update(range(number, number + min(repeat, MAX_PARTS)))
        if (
            body.find(b"<text:p", match.end(), end) >= 0
            or b"office:value" in body[match.end() : end]
        ):
            extent.last_row = number + repeat - 1
            _scan_cells(body[match.end() : end], number, extent)
        number += repeat
    return extent


def _scan_cells(row: bytes, number: int, extent: Extent) -> None:
    """Width and merges of one row that holds a value."""
    if b"-repeated" not in row and b"-spanned" not in row:
        extent.width = max(extent.width, row.count(b"table-cell"))
        return
    column = 0
    for match in _CELL.finditer(row):
        repeat = _times(_REPEAT_COLUMNS, match[2])
        if not match[3]:
            extent.width = max(extent.width, column + repeat)
        down, across = _times(_SPAN_ROWS, match[2]), _times(_SPAN_COLUMNS, match[2])
        if down > 1 or across > 1:
            extent.merges.append(Merge(number, column, number + down - 1, column + across - 1))
        column += repeat


def _times(pattern: re.Pattern[bytes], attributes: bytes) -> int:
    found = pattern.search(attributes)
    return max(int(found[1]), 1) if found else 1
