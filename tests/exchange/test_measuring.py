"""A workbook measured before it is read: its extent by every way to write a cell, and whether its
parts are well-formed."""

from __future__ import annotations

import io
import re
import zipfile
from xml.parsers.expat import ExpatError

import pytest

from registry.errors import UnreadableFile
from registry.exchange import zipped
from registry.exchange.measuring import measured
from tests.exchange.files import xlsx_bytes, zip_bytes

BOOK = zip_bytes(
    xlsx_bytes(
        '<sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="3" hidden="1"><c r="AB3"><v>1</v></c></row></sheetData>'
    )
)


def test_a_workbook_is_measured_by_its_cells() -> None:
    kind, extents = measured(BOOK, "a.xlsx")
    assert kind == "xlsx" and isinstance(extents, dict)
    [extent] = extents.values()
    assert (extent.last_row, extent.width, extent.hidden_rows) == (3, 28, {3})


def test_more_cells_than_are_allowed_are_refused_with_the_name_of_the_file() -> None:
    with pytest.raises(UnreadableFile) as caught:
        measured(BOOK, "甲.xlsx", most=80)
    assert "甲.xlsx" in caught.value.message
    assert "太大" in caught.value.message


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="AB3">',
        "<c r='AB3'>",
        '<c r = "AB3">',
        '<c\n r="ab3">',
        '<c\tr="AB3">',
        '<c s="1" r="AB3">',
        "<x:c r='AB3'>",
    ],
)
def test_however_a_cell_says_where_it_is_its_column_counts(cell: str) -> None:
    end = "</x:c>" if "x:" in cell else "</c>"
    row = f'<row r="3"><c r="A3"><v>1</v></c>{cell}<v>1</v>{end}</row>'
    book = zip_bytes(xlsx_bytes(f"<sheetData>{row}</sheetData>"))
    _kind, extents = measured(book, "a.xlsx")
    assert isinstance(extents, dict)
    assert [extent.width for extent in extents.values()] == [28]


# --- rows that are seen to be well-formed at a glance

_ROWS = (
    b'<row r="2" spans="1:3"><c r="A2" s="1" t="s"><v>17</v></c><c r="B2" s="1"/>'
    b'<c r="AB2"><v>-1.5E-7</v></c></row>'
    b'<row r="4" s="2" customFormat="1" ht="15.5" customHeight="1" x14ac:dyDescent="0.25">'
    b'<c r="A4"></c></row><row r="3"></row>'
)
_PIECES: tuple[bytes, ...] = (
    b"<",
    b">",
    b'"',
    b"/",
    b"&",
    b"<!--",
    b"-->",
    b"]]>",
    b"\x00",
    b"\xff",
    b"<row>",
    b"</row>",
)
_PIECES += (
    b"row>",
    b'<c r="B9"',
    b' r="1"',
    b' hidden="1"',
    b"--",
    b"<?",
    b" ",
    b"<c>",
    b"AC9",
    b"",
)


@pytest.mark.parametrize("cut", [b"", b"<sheetData>", b"<v>", b'r="', b"</row>", b"17", b"s="])
def test_the_grammar_is_spared_nothing_that_it_would_find(
    monkeypatch: pytest.MonkeyPatch, cut: bytes
) -> None:
    """At every place something is put in, or left out: with the grammar for all the same is said."""
    whole = b"<worksheet><sheetData>" + _ROWS * 2 + b"</sheetData></worksheet>"
    whole = whole.replace(cut, b"", 1) if cut else whole
    spared = 0
    for at in range(0, len(whole), 3):
        piece = _PIECES[at // 3 % len(_PIECES)]
        data = whole[:at] + piece + whole[at + len(piece) // 2 :]
        spared += zipped._PLAIN.search(data) is not None
        told = _told(data)
        with monkeypatch.context() as patch:
            patch.setattr(zipped, "_PLAIN", re.compile(rb"(?!)"))
            assert _told(data) == told, data
    assert spared


def _told(data: bytes) -> object:
    """What is found in a worksheet that comes in small pieces."""
    made = zip_bytes({"xl/worksheets/sheet1.xml": data})
    with zipfile.ZipFile(io.BytesIO(made)) as archive, pytest.MonkeyPatch.context() as patch:
        patch.setattr(zipped, "_CHUNK", 90)
        try:
            return zipped.measure(archive, zipped.is_worksheet)
        except ExpatError:
            return "damaged"


@pytest.mark.parametrize("size", range(1, 12))
def test_a_worksheet_is_measured_alike_in_pieces_of_any_size(size: int) -> None:
    """The end of a row may lie across two pieces, or across four."""
    data = b"<worksheet><sheetData>" + _ROWS * 2 + b"</sheetData></worksheet>"
    scan, at_once = zipped.SheetScan(), zipped.SheetScan()
    at_once.feed(data)
    told = b"".join(scan.feed(data[at : at + size]) for at in range(0, len(data), size))
    assert scan.extent == at_once.extent
    assert (scan.extent.last_row, scan.rest) == (
        at_once.extent.last_row,
        b"</sheetData></worksheet>",
    )
    assert told.startswith(b"<worksheet>")


def test_a_row_that_never_ends_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipped, "_MOST_OF_A_ROW", 1_000)
    scan = zipped.SheetScan()
    with pytest.raises(zipped.TooLarge):
        for _ in range(20):
            scan.feed(b'<row r="1"><c r="A1"><v>' + b"1" * 40)


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="B3"><f>B2</f></c>',
        '<c r="B3"><f>B2</f><v/></c>',
        '<c r="B3"><f>B2</f><v /></c>',
        '<c r="B3"><f>B2</f><v></v></c>',
        '<c r="b3" s="1"><f t="shared" si="0"/></c>',
        '<c s="1" r="B3" t="str"><f>B2</f></c>',
        "<x:c r='B3'><x:f>B2</x:f><x:v></x:v></x:c>",
    ],
)
def test_a_formula_without_a_result_is_refused_by_its_cell(cell: str) -> None:
    row = f'<row r="3"><c r="A3"><f>1+1</f><v>2</v></c>{cell}<c r="C3"><v>1</v></c></row>'
    with pytest.raises(UnreadableFile) as caught:
        measured(zip_bytes(xlsx_bytes(f"<sheetData>{row}</sheetData>")), "甲.xlsx")
    assert "甲.xlsx 有 1 个单元格是公式" in caught.value.message
    assert "B3。" in caught.value.message
    assert "Excel 或 WPS" in caught.value.hint


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="B3"><f>B2</f><v>1</v></c>',
        '<c r="B3"><f t="shared" si="0"/><v>1</v></c>',
        '<c r="B3" t="str"><f>IF(1,"","")</f><v></v></c>',
        '<c r="B3" t="str"><f>IF(1,"","")</f><v/></c>',
        '<c r="B3" t="e"><f>1/0</f><v>#DIV/0!</v></c>',
        '<c r="B3" t="inlineStr"><is><t>f</t></is></c>',
        '<c r="B3"/>',
    ],
)
def test_a_formula_with_its_result_and_an_empty_cell_are_read(cell: str) -> None:
    row = f'<row r="3"><c r="A3"><v>1</v></c>{cell}</row>'
    assert measured(zip_bytes(xlsx_bytes(f"<sheetData>{row}</sheetData>")), "甲.xlsx")
