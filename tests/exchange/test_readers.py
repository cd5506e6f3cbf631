"""Files are read by content, with the sender's row numbers; what is no table is refused."""

from __future__ import annotations

import hashlib
import struct
import tempfile
import zipfile
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.errors import UnreadableFile
from registry.exchange.ole import Container, pack_workbook, scan_biff
from registry.exchange.readers import read_workbook, stream_workbook
from tests.exchange.files import (
    HEADER,
    LEDGER,
    ods_row,
    ole_file,
    write_ods,
    write_text,
    write_xls,
    write_xlsx,
    write_zip,
    xlsx_bytes,
    zip_bytes,
)

CSV = "序号,主办单位,账号名称,平台\n1,青石县公安局,青石警方,微信\n"
CELLS = [HEADER, ("1", "青石县公安局", "青石警方", "微信")]


def cells(path: Path, sheet: int = 0) -> list[tuple[object, ...]]:
    return [row.cells for row in read_workbook(path).sheets[sheet].rows]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_a_csv_is_read_in_every_encoding_that_offices_use(tmp_path: Path, encoding: str) -> None:
    assert cells(write_text(tmp_path / "a.csv", CSV, encoding)) == CELLS


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_characters_that_end_in_a_zero_byte_do_not_hide_utf_16(
    tmp_path: Path, encoding: str
) -> None:
    text = CSV.replace("序号", "开设时间").replace("1,", "一〇〇一,")
    assert cells(write_text(tmp_path / "a.csv", text, encoding))[0][0] == "开设时间"


@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
def test_the_separator_is_found(tmp_path: Path, mark: str) -> None:
    assert cells(write_text(tmp_path / "a.xls", CSV.replace(",", mark))) == CELLS


def test_an_announced_separator_is_no_row(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "sep=;\r\n" + CSV.replace(",", ";"))
    assert read_workbook(path).sheets[0].rows[0].number == 1
    assert cells(path) == CELLS


def test_rows_keep_the_numbers_that_the_sender_sees(tmp_path: Path) -> None:
    text = '名称,备注\n\n青石发布,"两行\n文字"\n,\n青石文旅,\n'
    rows = read_workbook(write_text(tmp_path / "a.csv", text)).sheets[0].rows
    assert [(row.number, row.cells) for row in rows] == [
        (1, ("名称", "备注")),
        (3, ("青石发布", "两行\n文字")),
        (5, ("青石文旅", None)),
    ]


def test_the_mark_of_our_own_csv_cells_is_taken_off_again(tmp_path: Path) -> None:
    assert cells(write_text(tmp_path / "a.csv", "名称,电话\n'@青石,'+86 1\n"))[1] == (
        "@青石",
        "+86 1",
    )


def test_a_damaged_utf8_file_is_refused_with_its_line_and_not_misread(tmp_path: Path) -> None:
    data = CSV.encode() + "2,青石县教育局,青石教育,微信\n".encode().replace(b"\xe6\x95", b"\xe6", 1)
    (tmp_path / "a.csv").write_bytes(data)
    with pytest.raises(UnreadableFile) as caught:
        read_workbook(tmp_path / "a.csv")
    assert "第 3 行" in caught.value.message


def test_the_hash_is_that_of_the_file(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", CSV)
    assert read_workbook(path).sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_an_xlsx_keeps_numbers_and_dates_exact(tmp_path: Path) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet("台账")
    sheet.write_row(1, 1, [13800138000, 3.25, 6123456789012345])
    sheet.write_datetime(2, 1, date(2023, 11, 5), book.add_format({"num_format": "yyyy-mm-dd"}))
    book.close()
    workbook = read_workbook(tmp_path / "a.xlsx")
    assert workbook.format == "xlsx"
    assert [(row.number, row.cells) for row in workbook.sheets[0].rows] == [
        (2, (None, 13800138000.0, 3.25, 6123456789012345.0)),
        (3, (None, date(2023, 11, 5), None, None)),
    ]


def test_merged_cells_of_an_xlsx_are_filled_down_and_only_those(tmp_path: Path) -> None:
    table = [HEADER, (1, None, "甲", None), (2, None, "乙", None), (3, None, "丙", None)]
    path = write_xlsx(tmp_path / "a.xlsx", {"台账": table}, merges=[("B2:B3", "青石县公安局")])
    rows = read_workbook(path).sheets[0].rows
    assert [row.cells[1] for row in rows[1:]] == ["青石县公安局", "青石县公安局", None]
    assert [row.filled for row in rows[1:]] == [frozenset(), frozenset({1}), frozenset()]


def test_a_merge_does_not_make_rows_that_are_empty(tmp_path: Path) -> None:
    path = write_xlsx(
        tmp_path / "a.xlsx", {"台账": [HEADER, (1, None, "甲")]}, merges=[("B2:B9", "青石县公安局")]
    )
    assert [row.number for row in read_workbook(path).sheets[0].rows] == [1, 2]


def test_hidden_rows_and_sheets_of_an_xlsx_are_kept_marked_and_said(tmp_path: Path) -> None:
    path = write_xlsx(
        tmp_path / "a.xlsx",
        {"台账": LEDGER, "旧表": LEDGER},
        hidden_rows=[2, 3],
        hidden_sheets=["旧表"],
    )
    workbook = read_workbook(path)
    assert [row.hidden for row in workbook.sheets[0].rows] == [False, True, True]
    assert [sheet.hidden for sheet in workbook.sheets] == [False, True]
    assert workbook.notes == (
        "工作表“台账”有 2 个隐藏行，已一并读取：2–3",
        "工作表“旧表”是隐藏的，已一并读取。",
    )


def test_an_xls_gives_values_merges_and_hidden_rows(tmp_path: Path) -> None:
    table = [HEADER, (1, "青石县公安局", "甲", "微信"), (2, None, "乙", "微博")]
    path = write_xls(tmp_path / "a.xls", table, merge=(1, 2, 1, 1), hidden_row=3)
    workbook = read_workbook(path)
    assert workbook.format == "xls"
    assert [row.cells for row in workbook.sheets[0].rows] == [
        HEADER,
        (1.0, "青石县公安局", "甲", "微信"),
        (2.0, "青石县公安局", "乙", "微博"),
    ]
    assert [row.hidden for row in workbook.sheets[0].rows] == [False, False, True]


def test_an_xlsx_named_xls_is_an_xlsx(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"台账": LEDGER}).rename(tmp_path / "a.xls")
    assert read_workbook(path).format == "xlsx"


def test_an_ods_gives_values_merges_and_hidden_rows(tmp_path: Path) -> None:
    merged = (
        '<table:table-cell office:value-type="string" table:number-rows-spanned="2" '
        'table:number-columns-spanned="1"><text:p>青石县公安局</text:p></table:table-cell>'
    )
    path = write_ods(
        tmp_path / "a.ods",
        ods_row(["名称", "单位"])
        + '<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>'
        + ods_row(["甲", merged])
        + ods_row(["乙", "<table:covered-table-cell/>"], 'table:visibility="filter"')
        + '<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
        'table:number-columns-repeated="1024"/></table:table-row>',
    )
    workbook = read_workbook(path)
    assert workbook.format == "ods"
    assert [(r.number, r.cells, r.hidden) for r in workbook.sheets[0].rows] == [
        (1, ("名称", "单位"), False),
        (4, ("甲", "青石县公安局"), False),
        (5, ("乙", "青石县公安局"), True),
    ]


PAGE = """<html><head><meta charset="{charset}"></head><body>
<table><tr><td colspan="2">青石县政务新媒体台账</td></tr>
<tr><th>单位</th><th>名称</th></tr>
<tr><td rowspan="2">青石县公安局</td><td>青石<br>警方</td></tr>
<tr style="display:none"><td>青石 交警</td></tr></table></body></html>"""


@pytest.mark.parametrize("charset", ["utf-8", "gb2312"])
def test_a_page_named_xls_is_read_with_its_merges(tmp_path: Path, charset: str) -> None:
    path = write_text(tmp_path / "a.xls", PAGE.format(charset=charset), charset)
    workbook = read_workbook(path)
    assert workbook.format == "html"
    assert [(r.number, r.cells, r.hidden) for r in workbook.sheets[0].rows] == [
        (1, ("青石县政务新媒体台账", None), False),
        (2, ("单位", "名称"), False),
        (3, ("青石县公安局", "青石\n警方"), False),
        (4, ("青石县公安局", "青石 交警"), True),
    ]


def test_two_tables_of_a_page_are_two_sheets(tmp_path: Path) -> None:
    table = "<table><tr><td>{}</td><td>b</td></tr></table>"
    text = "<table><tr><td>" + table.format("甲") + table.format("乙") + "</td></tr></table>"
    workbook = read_workbook(write_text(tmp_path / "a.xls", text))
    assert [sheet.rows[0].cells[0] for sheet in workbook.sheets] == ["甲", "乙"]


@pytest.mark.parametrize(
    ("name", "data", "message", "hint"),
    [
        ("a.xlsx", ole_file("EncryptedPackage", "EncryptionInfo"), "有密码", "取消密码"),
        ("a.et", ole_file("Workbook"), ".et", "另存为"),
        ("a.wps", ole_file("WordDocument"), "文字文档", "新的工作簿"),
        ("a.ppt", ole_file("PowerPoint Document"), "演示文稿", "新的工作簿"),
        ("a.et", ole_file("KSOData"), ".et", "另存为"),
        ("a.xls", ole_file()[:600], "损坏", "另存为"),
        ("a.xls", ole_file("Workbook"), "损坏", "另存为"),
        ("a.pdf", b"%PDF-1.7", "PDF", ".xlsx"),
        ("a.png", b"\x89PNG\r\n", "图片", ".xlsx"),
        ("a.rar", b"Rar!\x1a\x07", "压缩包", "解压"),
        ("a.csv", b"", "空", "重新"),
        ("a.csv", b"\xef\xbb\xbf\r\n", "空", "重新"),
        ("a.mht", b"MIME-Version: 1.0\r\n", "网页", "另存为"),
        ("a.xls", b"<html><frameset/></html>", "网页", "另存为"),
        ("a.xls", b"<?xml version='1.0'?><Workbook/>", "XML", "另存为"),
        ("a.bin", b"\x00\x01\x02\x03\x04junk", "损坏", "另存为"),
        ("a.xlsx", b"PK\x03\x04junk", "损坏", "另存为"),
    ],
)
def test_what_is_no_table_is_refused_with_a_way_out(
    tmp_path: Path, name: str, data: bytes, message: str, hint: str
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(UnreadableFile) as caught:
        read_workbook(tmp_path / name)
    assert message in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"word/document.xml": ""}, "文字文档"),
        ({"ppt/presentation.xml": ""}, "演示文稿"),
        ({"xl/workbook.bin": ""}, ".xlsb"),
        ({"OFD.xml": ""}, "OFD"),
        ({"a.txt": ""}, "压缩包"),
        (
            {
                "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
                "META-INF/manifest.xml": "<manifest:encryption-data/>",
                "content.xml": "",
            },
            "有密码",
        ),
    ],
)
def test_archives_that_are_no_workbook_are_refused(
    tmp_path: Path, parts: dict[str, str | bytes], message: str
) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read_workbook(write_zip(tmp_path / "a.xlsx", parts))
    assert message in caught.value.message


def test_a_csv_that_begins_like_an_archive_or_a_picture_is_a_csv(tmp_path: Path) -> None:
    assert cells(write_text(tmp_path / "a.csv", "PK,x\n1,2\n"))[1] == ("1", "2")
    assert cells(write_text(tmp_path / "b.csv", "BM12345678,x\n1,2\n"))[1] == ("1", "2")


def test_a_missing_file_is_no_crash(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile):
        read_workbook(tmp_path / "none.csv")


def test_two_cells_at_far_corners_are_refused_before_memory_is_taken(tmp_path: Path) -> None:
    rows = (
        '<sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    )
    with pytest.raises(UnreadableFile) as caught:
        read_workbook(write_zip(tmp_path / "a.xlsx", xlsx_bytes(rows)))
    assert "太大" in caught.value.message


def test_cells_without_references_cannot_hide_the_size_of_a_sheet(tmp_path: Path) -> None:
    wide = "<c><v>1</v></c>" * 16_000
    rows = f'<sheetData><row>{wide}</row><row r="1048576"><c><v>1</v></c></row></sheetData>'
    with pytest.raises(UnreadableFile):
        read_workbook(write_zip(tmp_path / "a.xlsx", xlsx_bytes(rows)))


def test_rows_out_of_order_cannot_hide_the_size_of_a_sheet(tmp_path: Path) -> None:
    rows = (
        '<sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        '<row r="1"><c r="A1"><v>1</v></c></row></sheetData>'
    )
    with pytest.raises(UnreadableFile):
        read_workbook(write_zip(tmp_path / "a.xlsx", xlsx_bytes(rows)))


def test_hidden_rows_are_found_with_and_without_references(tmp_path: Path) -> None:
    cell = '<c{} t="inlineStr"><is><t>甲</t></is></c>'
    for row, ref in (('<row r="2" ht="5" hidden="1">', ' r="A2"'), ("<row hidden='true'>", "")):
        first = '<row r="1">' + cell.format(' r="A1"') + "</row>"
        rows = f"<sheetData>{first}{row}{cell.format(ref)}</row></sheetData>"
        workbook = read_workbook(write_zip(tmp_path / "a.xlsx", xlsx_bytes(rows)))
        assert [row.hidden for row in workbook.sheets[0].rows] == [False, True]


def test_formatted_but_empty_rows_to_the_end_do_not_matter(tmp_path: Path) -> None:
    rows = (
        '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>甲</t></is></c></row>'
        '<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'
    )
    assert cells(write_zip(tmp_path / "a.xlsx", xlsx_bytes(rows))) == [("甲",)]


def test_a_repeated_cell_of_an_ods_cannot_fill_the_memory(tmp_path: Path) -> None:
    cell = (
        '<table:table-cell office:value-type="string" table:number-columns-repeated="16384">'
        "<text:p>甲</text:p></table:table-cell>"
    )
    body = ods_row([cell], 'table:number-rows-repeated="1048576"')
    with pytest.raises(UnreadableFile) as caught:
        read_workbook(write_ods(tmp_path / "a.ods", body))
    assert "太大" in caught.value.message


def test_a_part_that_lies_about_its_size_is_measured_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.exchange.zipped.MAX_UNPACKED", 100_000)
    path = write_zip(tmp_path / "a.xlsx", xlsx_bytes("<sheetData/>" + " " * 300_000))
    with zipfile.ZipFile(path) as archive:
        true = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    data = path.read_bytes()
    assert data.count(struct.pack("<I", true)) == 2
    path.write_bytes(data.replace(struct.pack("<I", true), struct.pack("<I", 10)))
    with pytest.raises(UnreadableFile) as caught:
        read_workbook(path)
    assert "太大" in caught.value.message


def test_an_encrypted_xls_is_told_by_its_records() -> None:
    records = struct.pack("<HHH", 0x0809, 2, 0x0600) + struct.pack("<HHH", 0x002F, 2, 1)
    assert scan_biff(records).encrypted


def test_streams_of_a_container_are_listed() -> None:
    assert set(Container(ole_file("EncryptedPackage", "EncryptionInfo")).streams) == {
        "EncryptedPackage",
        "EncryptionInfo",
    }


def test_a_part_that_is_no_xml_is_refused_before_the_library_sees_it(tmp_path: Path) -> None:
    parts = xlsx_bytes('<sheetData><row r="1"><c r="A1"><v>1</v></c>')
    with pytest.raises(UnreadableFile) as caught:
        read_workbook(write_zip(tmp_path / "a.xlsx", parts))
    assert "损坏" in caught.value.message


def body_of(stream: bytes, kind: int) -> int:
    """Where the body of the first record of a kind begins."""
    at = 0
    while True:
        found, length = struct.unpack_from("<HH", stream, at)
        if found == kind:
            return at + 4
        at += 4 + length


@pytest.mark.parametrize(
    ("kind", "place", "value"),
    [
        (0x0200, 0, 0x4B),  # the first row behind the last
        (0x0200, 4, 0xFFFFFFF0),  # more rows than there can be
        (0x00FC, 4, 0x7FFFFFFF),  # more strings than bytes
        (0x0085, 0, 0x7FFFFFFF),  # a sheet beyond the end
    ],
)
def test_an_xls_that_lies_about_its_size_is_refused(
    tmp_path: Path, kind: int, place: int, value: int
) -> None:
    path = write_xls(tmp_path / "a.xls", [HEADER, ("1", "青石县公安局", "甲", "微信")])
    stream = bytearray(Container(path.read_bytes()).read("Workbook"))
    at = body_of(bytes(stream), kind)
    struct.pack_into("<I", stream, at + place, value)
    path.write_bytes(pack_workbook(bytes(stream)))
    with pytest.raises(UnreadableFile) as caught:
        read_workbook(path)
    assert "损坏" in caught.value.message


@pytest.mark.parametrize("size", [10, 4096, 5_000_000])
def test_a_stream_comes_back_from_the_container_it_is_packed_into(size: int) -> None:
    stream = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    packed = Container(pack_workbook(stream))
    assert packed.read("Workbook")[:size] == stream


@given(st.data())
@settings(max_examples=30, deadline=None)
def test_a_damaged_workbook_is_read_or_refused_and_never_a_crash(data: st.DataObject) -> None:
    whole = zip_bytes(xlsx_bytes('<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>'))
    at = data.draw(st.integers(0, len(whole) - 1))
    damaged = whole[:at] + data.draw(st.binary(max_size=3)) + whole[at + 1 :]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        path.write_bytes(damaged)
        try:
            assert read_workbook(path).sheets is not None
        except UnreadableFile as error:
            assert error.hint


def test_rows_that_stream_by_are_those_that_are_read_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        plain, merged = book.add_worksheet("一"), book.add_worksheet("二")
        plain.write_row(2, 1, ["名称", "平台"])
        plain.write_row(5, 1, ["平安青石", 3])
        merged.merge_range(0, 0, 1, 0, "青石县公安局")
        merged.write_column(0, 1, ["平安青石", "青石交警"])
    sheets = {
        name: [(number, [cell or None for cell in cells]) for number, cells in rows]
        for name, rows in stream_workbook(path).sheets
    }
    assert [row for row in sheets["一"] if any(row[1])] == [
        (3, ["名称", "平台"]),
        (6, ["平安青石", 3.0]),
    ]
    assert sheets["二"] == [(1, ["青石县公安局", "平安青石"]), (2, ["青石县公安局", "青石交警"])]


def test_a_stream_refuses_what_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK\x03\x04" + b"x" * 100)
    with pytest.raises(UnreadableFile):
        list(stream_workbook(path).sheets)


def test_a_list_that_is_streamed_may_be_longer_than_one_that_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet().write_string(999_999, 0, "青石发布")
    with pytest.raises(UnreadableFile) as caught:
        read_workbook(path)
    assert "太大" in caught.value.message
    _name, rows = next(stream_workbook(path).sheets)
    assert list(rows)[-1] == (1_000_000, ["青石发布"])
