"""Reads whatever file an office sends into sheets of rows, by content and never by its name.

It refuses what is no table (`UnreadableFile`, with the way to save it), and changes no value.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from registry.errors import UnreadableFile
from registry.exchange import ole
from registry.exchange.plaintext import declared_encoding, decode, read_text
from registry.exchange.refusals import is_lock_file, kind_by_magic, refusal
from registry.exchange.sheets import Cell, Merge, Row, Sheet, Stream, Workbook, rows_of
from registry.exchange.spreadsheets import read_ole, read_zip, stream_zip
from registry.exchange.webtables import looks_like_html, read_tables
from registry.messages import _
from registry.system_words import os_fault

MAX_FILE = 100_000_000
"""Bytes of a file as sent."""
_ZIPPED = (b"PK\x03\x04", b"PK\x05\x06")

__all__ = [
    "MAX_FILE",
    "Cell",
    "Merge",
    "Row",
    "Sheet",
    "Stream",
    "Workbook",
    "read_workbook",
    "stream_workbook",
]


def read_workbook(path: Path) -> Workbook:
    """Everything a file holds. Raises UnreadableFile with a hint how to save it, OSError never.

    The SHA-256 is that of the bytes that were read.
    """
    path = Path(path)
    data = _bytes(path)
    kind, sheets = _sheets(data, path.name)
    return Workbook(sheets, hashlib.sha256(data).hexdigest(), kind, tuple(_notes(sheets)))


def stream_workbook(path: Path) -> Stream:
    """The rows of a file one after the other, for long lists; raises as `read_workbook` does.

    Whether rows are hidden is not said. The first sheet of a workbook is taken apart by a thread of
    its own from here on, so that its caller may do something else until it asks for the rows.
    """
    path = Path(path)
    data = _bytes(path)
    sha256 = hashlib.sha256(data).hexdigest()
    if data.startswith(_ZIPPED):
        hidden: set[str] = set()
        rows, wait = stream_zip(data, path.name, hidden.add)
        return Stream(path.name, rows, sha256, until_apart=wait, hidden=hidden)
    kind, sheets = _sheets(data, path.name)
    away = {sheet.name for sheet in sheets if sheet.hidden}
    named = ((sheet.name, rows_of(sheet)) for sheet in sheets)
    return Stream(path.name, named, sha256, kind, hidden=away)


def _bytes(path: Path) -> bytes:
    if is_lock_file(path.name):
        raise refusal("lock", path.name)
    try:
        if path.stat().st_size > MAX_FILE:
            raise refusal("large", path.name)
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(
            _("{name} cannot be opened: {error}").format(name=path.name, error=os_fault(error)),
            _("Check the path, and close the file in Excel or WPS."),
        ) from None
    if not data.strip(b"\x00 \r\n\t\xef\xbb\xbf"):
        raise refusal("empty", path.name)
    return data


def _sheets(data: bytes, name: str) -> tuple[str, tuple[Sheet, ...]]:
    if data.startswith(ole.MAGIC):
        return read_ole(data, name)
    if data.startswith(_ZIPPED):
        return read_zip(data, name)
    kind = kind_by_magic(data) or _text_kind(data[:4096])
    if kind == "html":
        return "html", _web_page(data, name)
    if kind:
        raise refusal(kind, name)
    text, _encoding = decode(data, name)
    if text.count("\x00"):
        raise refusal("damaged", name)
    return "csv", (read_text(text, Path(name).stem, name),)


def _text_kind(head: bytes) -> str | None:
    """What a text file is if it is no CSV."""
    if head.lstrip()[:13].lower() == b"mime-version:":
        return "webpage"
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head and b"<html" not in head.lower():
        return "xml"
    if looks_like_html(head):
        return "html"
    return "xml" if head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<?xml") else None


def _web_page(data: bytes, name: str) -> tuple[Sheet, ...]:
    declared = declared_encoding(data)
    text = None
    if declared:
        try:
            text = data.decode(declared)
        except UnicodeDecodeError:
            text = None
    sheets = read_tables(text if text is not None else decode(data, name)[0], Path(name).stem)
    if not sheets:
        raise refusal("webpage", name)
    return tuple(sheets)


def _notes(sheets: tuple[Sheet, ...]) -> list[str]:
    """What was hidden in the file: it is read all the same, and said."""
    notes = []
    for sheet in sheets:
        rows = [row.number for row in sheet.rows if row.hidden]
        if sheet.hidden and sheet.rows:
            notes.append(_("Sheet {sheet} is hidden; it was read.").format(sheet=sheet.name))
        if rows:
            notes.append(
                _("Sheet {sheet} has {count} hidden rows; they were read: {rows}").format(
                    sheet=sheet.name, count=len(rows), rows=ranges(rows)
                )
            )
    return notes


def ranges(numbers: list[int], most: int = 10) -> str:
    """Row numbers in short: 3–5、9."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    texts = [str(a) if a == b else f"{a}–{b}" for a, b in spans[:most]]
    return "、".join(texts) + ("…" if len(spans) > most else "")
