"""The old container of Microsoft Office (OLE2): its streams, and the rows of an .xls in it.

Reads only what the spreadsheet library does not tell: whether a file is encrypted, which rows are
hidden, and how large the table is. It never reads a value.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFFA
"""Sector numbers from here on are marks, not sectors."""


class Damaged(ValueError):
    """The container contradicts itself."""


@dataclass(frozen=True, slots=True)
class Stream:
    start: int
    size: int


class Container:
    """The directory of an OLE2 file. Raises Damaged for anything that is not one."""

    def __init__(self, data: bytes) -> None:
        if len(data) < 512 or not data.startswith(MAGIC):
            raise Damaged("no OLE header")
        self._data = data
        self._sector = 1 << min(_u16(data, 30), 16)
        self._mini = 1 << min(_u16(data, 32), 16)
        self._cutoff = _u32(data, 56)
        self._fat = self._read_fat()
        self._minifat = self._table(_u32(data, 60))
        self.streams, self._root = self._directory()

    def _read_fat(self) -> tuple[int, ...]:
        numbers = [n for n in struct.unpack_from("<109I", self._data, 76) if n < _END]
        block, seen = _u32(self._data, 68), set[int]()
        while block < _END and block not in seen:
            seen.add(block)
            entries = _integers(self._at(block))
            numbers += [n for n in entries[:-1] if n < _END]
            block = entries[-1] if entries else _END
        return tuple(entry for number in numbers for entry in _integers(self._at(number)))

    def _at(self, sector: int) -> bytes:
        start = (sector + 1) * self._sector
        return self._data[start : start + self._sector]

    def _chain(self, sector: int, fat: tuple[int, ...]) -> Iterator[int]:
        steps = 0
        while sector < _END:
            if sector >= len(fat) or steps > len(fat):
                raise Damaged("broken chain")
            yield sector
            sector, steps = fat[sector], steps + 1

    def _long(self, start: int) -> bytes:
        return b"".join(self._at(sector) for sector in self._chain(start, self._fat))

    def _table(self, start: int) -> tuple[int, ...]:
        return _integers(self._long(start)) if start < _END else ()

    def _directory(self) -> tuple[dict[str, Stream], Stream]:
        raw = self._long(_u32(self._data, 48))
        streams: dict[str, Stream] = {}
        root = Stream(_END, 0)
        for at in range(0, len(raw) - 127, 128):
            length, kind = _u16(raw, at + 64), raw[at + 66]
            name = raw[at : at + max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")
            stream = Stream(_u32(raw, at + 116), _u32(raw, at + 120))
            if kind == 5:
                root = stream
            elif kind == 2:
                streams.setdefault(name, stream)
        return streams, root

    def read(self, name: str) -> bytes:
        """The bytes of a stream. Raises Damaged, and KeyError when there is none of that name."""
        stream = self.streams[name]
        if stream.size >= self._cutoff:
            return self._long(stream.start)[: stream.size]
        home, size = self._long(self._root.start), self._mini
        sectors = self._chain(stream.start, self._minifat)
        return b"".join(home[n * size : (n + 1) * size] for n in sectors)[: stream.size]


_WIDE = 4096


def pack_workbook(stream: bytes) -> bytes:
    """A fresh, sound container around a Workbook stream.

    The spreadsheet library believes whatever a container says of its own size, and a damaged one
    ends the whole program; so it is only ever given ours.
    """
    data = stream.ljust(max(len(stream), _WIDE), b"\x00")
    count = -(-len(data) // _WIDE)
    fats = 1
    while fats * (_WIDE // 4) < count + 2 + fats:
        fats += 1
    if fats > 109:
        raise Damaged("too large")
    # the stream, the directory, an empty home of small streams, and the table of sectors itself
    chain = [*range(1, count), 0xFFFFFFFE, 0xFFFFFFFE, 0xFFFFFFFE, *([0xFFFFFFFD] * fats)]
    fat = struct.pack(f"<{len(chain)}I", *chain).ljust(fats * _WIDE, b"\xff")
    head = struct.pack("<8s16sHHHHH6x", MAGIC, bytes(16), 0x3E, 4, 0xFFFE, 12, 6)
    head += struct.pack("<IIIIIIIII", 1, fats, count, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    places = [count + 2 + at if at < fats else 0xFFFFFFFF for at in range(109)]
    head = (head + struct.pack("<109I", *places)).ljust(_WIDE, b"\x00")
    entries = _entry("Root Entry", 5, count + 1, _WIDE, child=1)
    entries += _entry("Workbook", 2, 0, len(data))
    return head + data.ljust(count * _WIDE, b"\x00") + entries.ljust(2 * _WIDE, b"\x00") + fat


def _entry(name: str, kind: int, start: int, size: int, child: int = 0xFFFFFFFF) -> bytes:
    raw = name.encode("utf-16-le") + b"\x00\x00"
    none = 0xFFFFFFFF
    head = struct.pack("<64sHBBIII", raw, len(raw), kind, 1, none, none, child)
    return head + struct.pack("<36xIQ", start, size)


def _u16(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "little")


def _u32(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little")


def _integers(data: bytes) -> tuple[int, ...]:
    count = len(data) // 4
    return struct.unpack(f"<{count}I", data[: count * 4])


# --- records of an .xls ---------------------------------------------------------------------------

_BOF, _EOF, _BOUNDSHEET, _FILEPASS, _ROW = 0x0809, 0x000A, 0x0085, 0x002F, 0x0208
_CELLS = frozenset({0x00FD, 0x0203, 0x027E, 0x00BD, 0x0204, 0x0006, 0x0205, 0x00D6})
_MANY = 0x00BD
_DIMENSIONS, _STRINGS = 0x0200, 0x00FC
_ROWS, _COLUMNS = 65_536, 256
"""The most an .xls can have."""


@dataclass(slots=True)
class BiffSheet:
    """What the records of one sheet say."""

    hidden_rows: set[int] = field(default_factory=set)
    """Row numbers from 1."""
    last_row: int = 0
    last_column: int = 0
    """Extent of the cells that hold a value, from 1."""


@dataclass(slots=True)
class BiffBook:
    encrypted: bool = False
    sheets: list[BiffSheet] = field(default_factory=list)
    """In the order in which the workbook lists them."""


def scan_biff(stream: bytes) -> BiffBook:
    """Walk the records of a Workbook stream once.

    Raises Damaged for sizes that cannot be true: the spreadsheet library would reserve them.
    """
    book, offsets = BiffBook(), list[int]()
    for kind, at, _length in _records(stream, 0):
        if kind == _FILEPASS:
            book.encrypted = True
            return book
        if kind == _STRINGS and _u32(stream, at + 4) > len(stream):
            raise Damaged("more strings than bytes")
        if kind == _BOUNDSHEET:
            offsets.append(_u32(stream, at))
        if kind == _EOF:
            break
    if any(offset >= len(stream) for offset in offsets):
        raise Damaged("a sheet beyond the end")
    book.sheets = [_scan_sheet(stream, offset) for offset in offsets[:1000]]
    return book


def _records(stream: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """(kind, start of the body, length of the body) of each record from `at` on."""
    head, end = struct.Struct("<HH"), len(stream) - 4
    while at <= end:
        kind, length = head.unpack_from(stream, at)
        yield kind, at + 4, length
        at += 4 + length


def _check_dimensions(record: bytes) -> None:
    if len(record) >= 12:
        first, last, left, right = struct.unpack_from("<IIHH", record)
    elif len(record) >= 8:
        first, last, left, right = struct.unpack_from("<HHHH", record)
    else:
        raise Damaged("short dimensions")
    if last > _ROWS or right > _COLUMNS or (last and first >= last) or (right and left >= right):
        raise Damaged("impossible dimensions")


def _scan_sheet(stream: bytes, offset: int) -> BiffSheet:
    sheet, place = BiffSheet(), struct.Struct("<HH")
    depth, end = 0, len(stream)
    for kind, at, length in _records(stream, offset):
        if kind in _CELLS and length >= 6 and at + length <= end:
            row, column = place.unpack_from(stream, at)
            if kind == _MANY:
                column = _u16(stream, at + length - 2)
            if column >= _COLUMNS:
                raise Damaged("a cell beyond the last column")
            sheet.last_row = max(sheet.last_row, row + 1)
            sheet.last_column = max(sheet.last_column, column + 1)
        elif kind == _ROW and length >= 16:
            if _u16(stream, at + 12) & 0x20:
                sheet.hidden_rows.add(_u16(stream, at) + 1)
        elif kind == _DIMENSIONS:
            _check_dimensions(stream[at : at + length])
        elif kind in (_BOF, _EOF):
            depth += 1 if kind == _BOF else -1
            if depth <= 0:
                break
    return sheet
