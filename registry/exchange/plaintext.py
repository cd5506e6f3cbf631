"""Tables saved as text: which encoding, which separator, and the cells.

A file whose characters cannot be told for certain is refused with the line that breaks it; nothing
is replaced by guesswork, because a wrong character in a name makes another account of it.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter

from registry.errors import UnreadableFile
from registry.exchange.sheets import Cell, Sheet, build_sheet
from registry.messages import _
from registry.text import cell_plain

_SAMPLE = 60
"""Lines that decide on the separator."""
_LONGEST_CELL = 1_000_000
_DAMAGED = 0.2
"""With fewer undecodable characters than this share, a file is UTF-8 that was damaged."""
_SEPARATORS = b"\n\r\t,"
_DECLARED = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]+)""", re.I)


def decode(data: bytes, name: str) -> tuple[str, str]:
    """(text, encoding). UTF-8 and UTF-16 with or without BOM, else GB18030.

    Raises UnreadableFile, naming the line, when no encoding fits the whole file.
    """
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return _strict(data, encoding, name), encoding
    wide = _utf16_without_mark(data)
    if wide:
        return _strict(data, wide, name), wide
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        if _mostly_utf8(data):
            raise _broken(name, data, error.start) from None
    return _strict(data, "gb18030", name), "gb18030"


def declared_encoding(data: bytes) -> str | None:
    """The encoding that an HTML file names in its head, if Python knows it."""
    found = _DECLARED.search(data[:4096])
    try:
        named = codecs.lookup(found[1].decode()).name if found else None
    except LookupError:
        return None
    return "gb18030" if named in {"gb2312", "gbk"} else named


def _strict(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _broken(name, data, error.start) from None


def _broken(name: str, data: bytes, at: int) -> UnreadableFile:
    line = data.count(b"\n", 0, at) + 1
    return UnreadableFile(
        _("{name} holds characters that cannot be read (line {line}).").format(
            name=name, line=line
        ),
        _("Open it in Excel or WPS, mend that line, save it as .xlsx, and import that file."),
    )


def _mostly_utf8(data: bytes) -> bool:
    text = data.decode("utf-8", "replace")
    foreign = sum(char > "\x7f" for char in text)
    return text.count("\ufffd") < foreign * _DAMAGED


def _utf16_without_mark(data: bytes) -> str | None:
    """UTF-16 by its zero bytes: digits and separators of a table are half zeros.

    Which half, the separators tell: 一 and 开 (U+4E00, U+5F00) have their zero in the other.
    """
    head = data[:4000]
    if len(head) < 4 or len(data) % 2 or head.count(0) <= len(head) // 20:
        return None
    units = list(zip(head[0::2], head[1::2], strict=True))
    little = sum(high == 0 and low in _SEPARATORS for low, high in units)
    big = sum(high == 0 and low in _SEPARATORS for high, low in units)
    if little == big:
        return None
    return "utf-16-le" if little > big else "utf-16-be"


def separator(text: str) -> str:
    """The separator that parts most lines into the same number of cells."""
    lines = [line for line in text.splitlines()[: _SAMPLE * 4] if line.strip()][:_SAMPLE]
    best, found = (0.0, 0), ","
    for mark in (",", "\t", ";", "|"):
        counts = Counter(len(row) for row in csv.reader(lines, delimiter=mark))
        common, times = max(counts.items(), key=lambda item: (item[0] > 1, item[1], item[0]))
        score = (times / len(lines), common)
        if common > 1 and score > best:
            best, found = score, mark
    return found


def read_text(text: str, sheet_name: str, name: str) -> Sheet:
    """The one sheet of a CSV or TSV. Row numbers are those that Excel shows for the file."""
    mark = separator(text)
    announced = re.match(r"sep=(.)\r?\n", text)
    if announced:
        mark, text = announced[1], text[announced.end() :]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    csv.field_size_limit(_LONGEST_CELL)
    lines: dict[int, list[Cell]] = {}
    try:
        for number, line in enumerate(reader, 1):
            if line:
                lines[number] = [cell_plain(cell) for cell in line]
    except csv.Error as error:
        raise UnreadableFile(
            _("{name} is not a readable CSV file (line {line}): {error}").format(
                name=name, line=reader.line_num, error=error
            ),
            _("Open it in Excel or WPS, mend that line, save it as .xlsx, and import that file."),
        ) from None
    return build_sheet(sheet_name, lines, knows_merges=False)
