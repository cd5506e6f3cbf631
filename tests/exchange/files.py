"""Files as offices send them, written for one test at a time. All units are made up."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

Table = Sequence[Sequence[Any]]

HEADER = ("序号", "主办单位", "账号名称", "平台")
LEDGER: Table = (
    HEADER,
    (1, "青石县公安局", "青石警方", "微信公众号"),
    (2, "青石县公安局", "青石警方", "新浪微博"),
)


def write_text(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """A text file in any encoding, line ends as given."""
    path.write_bytes(text.encode(encoding))
    return path


def write_xlsx(
    path: Path,
    sheets: dict[str, Table],
    merges: Sequence[tuple[str, str]] = (),
    hidden_rows: Sequence[int] = (),
    hidden_sheets: Sequence[str] = (),
) -> Path:
    """A workbook; merges are (range, value) of the first sheet, rows count from 1."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"strings_to_urls": False})
    for position, (name, table) in enumerate(sheets.items()):
        sheet = book.add_worksheet(name)
        for number, row in enumerate(table):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(number, column, value)
                elif value is not None:
                    sheet.write(number, column, value)
        if position == 0:
            for place, value in merges:
                sheet.merge_range(place, value)
            for number in hidden_rows:
                sheet.set_row(number - 1, None, None, {"hidden": True})
        if name in hidden_sheets:
            sheet.hide()
    book.close()
    return path


def write_xls(
    path: Path, table: Table, merge: tuple[int, int, int, int] | None = None, hidden_row: int = 0
) -> Path:
    """An .xls of one sheet; `merge` is (first row, last row, first column, last column) from 0."""
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("台账")
    for number, row in enumerate(table):
        for column, value in enumerate(row):
            inside = merge and merge[0] <= number <= merge[1] and merge[2] <= column <= merge[3]
            if value is not None and not inside:
                sheet.write(number, column, value)
    if merge:
        sheet.write_merge(*merge, table[merge[0]][merge[2]])
    if hidden_row:
        sheet.row(hidden_row - 1).hidden = True
    book.save(str(path))
    return path


def write_ods(path: Path, body: str) -> Path:
    """An .ods whose table holds the rows given as XML of content.xml."""
    names = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names} '
        'office:version="1.2"><office:body><office:spreadsheet><table:table table:name="台账">'
        f"{body}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content, zipfile.ZIP_DEFLATED)
    return path


def ods_row(cells: Sequence[str], attributes: str = "") -> str:
    """A row of content.xml; a cell is its text, or raw XML when it begins with `<`."""
    row = "".join(
        (
            cell
            if cell.startswith("<")
            else f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
        )
        for cell in cells
    )
    return f"<table:table-row {attributes}>{row}</table:table-row>"


def write_zip(path: Path, parts: dict[str, str | bytes]) -> Path:
    """An archive of the given parts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def xlsx_bytes(sheet_data: str) -> dict[str, str | bytes]:
    """The parts of a minimal .xlsx around the given sheetData."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    kinds = "http://schemas.openxmlformats.org/package/2006/content-types"
    return {
        "[Content_Types].xml": f'<Types xmlns="{kinds}"/>',
        "_rels/.rels": f'<Relationships xmlns="{relations}"><Relationship Id="rId1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="台账" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{relations}"><Relationship Id="rId1" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}">{sheet_data}</worksheet>',
    }


def ole_file(*streams: str) -> bytes:
    """An OLE2 container with empty streams of those names: what a protected .xlsx looks like."""
    entries = [_ole_entry("Root Entry", 5)] + [_ole_entry(name, 2) for name in streams]
    directory = b"".join(entries).ljust(512, b"\x00")
    assert len(directory) == 512
    head = bytearray(512)
    head[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", head, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIIIIIII", head, 40, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    struct.pack_into("<109I", head, 76, 0, *([0xFFFFFFFF] * 108))
    fat = struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, *([0xFFFFFFFF] * 126))
    return bytes(head) + fat + directory


def _ole_entry(name: str, kind: int) -> bytes:
    entry = bytearray(128)
    raw = name.encode("utf-16-le") + b"\x00\x00"
    entry[: len(raw)] = raw
    struct.pack_into("<HBB", entry, 64, len(raw), kind, 1)
    struct.pack_into("<IIII", entry, 68, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    struct.pack_into("<II", entry, 116, 0xFFFFFFFE, 0)
    return bytes(entry)


def zip_bytes(parts: dict[str, str | bytes]) -> bytes:
    """The bytes of an archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()
