"""The workbooks a clerk works through: what stands in them, how they print, what they never do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import python_calamine as calamine
import pytest
from openpyxl.utils.cell import range_boundaries
from openpyxl.workbook import Workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from reconcilers.decisions import take_offline
from registry.errors import Refused
from registry.exchange.decision_sheet import choice_of, read_stamp
from registry.exchange.national_changes import Changes
from registry.exchange.national_reading import read_national
from registry.exchange.national_template import NationalEntry, load_mapping
from registry.findings.acts import waive
from registry.findings.differences import fingerprint
from registry.models import Finding
from registry.queries import ledger
from registry.vocab import (
    CODES,
    PAIR_CHOICES,
    AccountState,
    CheckKind,
    Choice,
    Lang,
    NationalState,
    choices_for,
)
from registry.vocab import label as printed
from reports.ledger import ledger_columns, write_ledger, write_ledger_book
from reports.reconcile_book import write_reconcile_book
from reports.reconcile_page import reconciliation_object
from reports.upload import write_upload
from reports.workbook import Book, Cell, Look, SheetColumn
from tests.conftest import NOW
from tests.exchange.catalogues import CATALOGUE
from tests.reconcilers.county import County, found
from tests.reconcilers.test_reconcile import LATER, PLANTS, other_subject

label = CATALOGUE.label


@pytest.fixture
def county(session: Session) -> County:
    return found(session)


def values(book: Workbook, sheet: str) -> list[list[object]]:
    return [[cell for cell in row] for row in book[sheet].iter_rows(values_only=True)]


def column(book: Workbook, sheet: str, title: str) -> list[object]:
    """The cells under a title, wherever the header stands."""
    rows = values(book, sheet)
    head = next(i for i, row in enumerate(rows) if title in row)
    index = rows[head].index(title)
    return [row[index] for row in rows[head + 1 :]]


# --- the style


def test_outside_text_is_always_text(tmp_path: Path) -> None:
    evil = ["=1+1", "@青石发布", "https://a.example", "+8610", "007", "\x1b[31m红\u202e", "{=1}"]
    with Book(tmp_path / "a.xlsx") as book:
        book.sheet("甲", [SheetColumn("名称")], [[text] for text in evil])
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["甲"]
    cells = [sheet.cell(row, 1) for row in range(2, 9)]
    assert [cell.data_type for cell in cells] == ["s"] * 7 or {c.data_type for c in cells} == {
        "inlineStr"
    }
    assert [cell.value for cell in cells] == [*evil[:5], "红", "{=1}"]
    assert [cell.hyperlink for cell in cells] == [None] * 7


def test_marks_of_xml_spaces_at_the_ends_and_numbered_characters_come_back(tmp_path: Path) -> None:
    texts = ["<b>&amp;</b>", " 青石 ", "_x0041_", "a\nb", '"引"', "😀" * 20_000]
    with Book(tmp_path / "a.xlsx") as book:
        book.sheet("甲", [SheetColumn("名称"), SheetColumn("值")], [[text, ""] for text in texts])
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["甲"]
    read = [sheet.cell(row, 1).value for row in range(2, 8)]
    assert [read[0], read[1], read[3], read[4]] == [texts[0], texts[1], texts[3], texts[4]]
    assert read[2] in {"_x0041_", "_x005F_x0041_"}  # some readers leave the escape as it is
    assert read[5] == "😀" * 16_383
    values = calamine.load_workbook(tmp_path / "a.xlsx").get_sheet_by_index(0).to_python()
    assert [values[1][0], values[2][0]] == texts[:2]
    assert sheet["B2"].border.left.style == "thin"


def test_figures_and_days_are_written_as_such(tmp_path: Path) -> None:
    with Book(tmp_path / "a.xlsx") as book:
        book.sheet("甲", [SheetColumn("数"), SheetColumn("日")], [[7, date(2026, 3, 1)]])
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["甲"]
    assert (sheet["A2"].value, sheet["B2"].value) == (7, "2026-03-01")


def test_a_sheet_prints_on_a4_landscape_with_its_header_on_every_page(tmp_path: Path) -> None:
    with Book(tmp_path / "a.xlsx") as book:
        book.sheet("甲", [SheetColumn("名称"), SheetColumn("值")], [["a", 1]], title="题")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["甲"]
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.print_title_rows == "$2:$2"
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A3", "A2:B3")
    assert sheet["A2"].font.name == "宋体"


def test_a_wide_sheet_prints_on_a3_so_that_it_can_be_read(county: County, tmp_path: Path) -> None:
    PLANTS["RC302"](county)
    PLANTS["RC306"](county)
    write_reconcile_book(county.reconcile(), tmp_path / "r.xlsx", platform=label)
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    a4, a3 = 9, 8
    for sheet in book:
        widths = _widths(sheet)
        pixels = sum(width * 7 + 5 for width in widths)
        paper = sheet.page_setup.paperSize
        assert paper == (a3 if sheet.title.startswith("RC") else a4), sheet.title
        assert (1047 if paper == a4 else 1512) / pixels >= 0.65, sheet.title
        assert (sheet.page_setup.fitToHeight, sheet.page_setup.orientation) == (False, "landscape")
        fitted = sheet.sheet_properties.pageSetUpPr
        assert fitted is not None and fitted.fitToPage, sheet.title
    told = book["RC306  台账与报送系统信息不符"]
    assert told.print_title_rows == "$3:$4"  # the bands and the titles
    printed = range_boundaries(told.print_area.split("!")[1].replace("$", ""))
    assert printed[0] == 1 and told.cell(4, printed[2]).value == "备注（理由）"


def test_a_long_title_is_shown_whole(tmp_path: Path) -> None:
    with Book(tmp_path / "a.xlsx") as book:
        book.sheet("甲", [SheetColumn("以报送系统为准的栏目（不填为全部）", 10)], [["a"]])
        book.sheet("乙", [SheetColumn("名称", 10)], [["a"]])
    made = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert (made["甲"].row_dimensions[1].height, made["乙"].row_dimensions[1].height) == (60, 30)


def _widths(sheet: Any) -> list[float]:
    """The widths of the columns that are shown."""
    return [
        each.width
        for each in sheet.column_dimensions.values()
        if not each.hidden
        for _column in range(each.min, each.max + 1)
    ]


def test_what_explains_is_printed_dark_enough(tmp_path: Path) -> None:
    with Book(tmp_path / "a.xlsx") as book:
        book.sheet("甲", [SheetColumn("说明")], [[Cell("理由", Look.FAINT)]], notes=["注"])
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["甲"]
    for place in ("A1", "A3"):
        red, green, blue = (int(sheet[place].font.color.rgb[n : n + 2], 16) for n in (2, 4, 6))
        assert 0.3 * red + 0.59 * green + 0.11 * blue < 96, place


def test_sheet_names_are_cut_and_kept_apart(tmp_path: Path) -> None:
    with Book(tmp_path / "a.xlsx") as book:
        for name in ("甲/乙:丙", "长" * 40, "长" * 50, "甲 乙 丙"):
            book.sheet(name, [SheetColumn("名称")], [])
    names = openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames
    assert names == ["甲 乙 丙", "长" * 31, "长" * 29 + " 2", "甲 乙 丙 2"]


def test_a_text_longer_than_a_cell_is_cut(tmp_path: Path) -> None:
    with Book(tmp_path / "a.xlsx") as book:
        book.sheet("甲", [SheetColumn("名称")], [["长" * 40_000]])
    assert len(openpyxl.load_workbook(tmp_path / "a.xlsx")["甲"]["A2"].value) == 32_767


def test_nothing_is_left_behind_when_writing_fails(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), Book(tmp_path / "a.xlsx") as book:
        book.sheet("甲", [SheetColumn("名称")], ([1 // 0] for _row in [1]))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused), Book(tmp_path / "no" / "a.xlsx"):
        pass


def test_a_marked_cell_stands_out(tmp_path: Path) -> None:
    with Book(tmp_path / "a.xlsx") as book:
        columns = [SheetColumn("甲"), SheetColumn("乙")]
        book.sheet("甲", columns, [["同", Cell("异", Look.MARKED)]])
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["甲"]
    assert sheet["B2"].fill.fgColor.rgb == "FFFFF1CC"
    assert sheet["A2"].fill.fgColor.rgb == "00000000"


# --- reconcile.xlsx


def test_each_code_has_a_sheet_with_both_sides_and_what_to_do(
    county: County, tmp_path: Path
) -> None:
    PLANTS["RC306"](county)
    PLANTS["RC305"](county)
    write_reconcile_book(county.reconcile(), tmp_path / "r.xlsx", platform=label)
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    name = "RC306  台账与报送系统信息不符"
    assert book.sheetnames == ["汇总", "RC305  报送系统有、台账没有", name, "填写说明"]
    assert column(book, name, "责任单位") == ["青石县第一中学"]
    assert column(book, name, "平台") == ["新浪微博"]
    assert column(book, name, "依据") == ["国办发〔2018〕123号"]
    rows = values(book, name)
    head = next(i for i, row in enumerate(rows) if "序号" in row)
    names = [i for i, title in enumerate(rows[head]) if title == "账号名称"]
    assert [rows[head + 1][i] for i in names] == ["青石县第一中学", "青石一中"]
    marked = [book[name].cell(head + 2, i + 1).fill.fgColor.rgb for i in names]
    assert marked == ["FFFFF1CC", "FFFFF1CC"]


MARKED = "FFFFF1CC"


def marked(path: Path, code: str) -> set[tuple[str, str]]:
    """(band, title) of every cell that is marked on the sheet of a code."""
    book = openpyxl.load_workbook(path)
    sheet = next(each for each in book if each.title.startswith(code))
    rows = list(sheet.iter_rows())
    head = next(i for i, row in enumerate(rows) if "序号" in [cell.value for cell in row])
    bands, band = list[str](), ""
    for cell in rows[head - 1]:
        band = str(cell.value or (band if type(cell).__name__ == "MergedCell" else ""))
        bands.append(band)
    return {
        (bands[at], str(rows[head][at].value))
        for row in rows[head + 1 :]
        for at, cell in enumerate(row)
        if cell.fill.fgColor.rgb == MARKED
    }


@pytest.mark.parametrize(
    ("code", "cells"),
    [
        ("RC302", {("台账", "状态"), ("实际情况", "判断结果")}),
        ("RC312", {("台账", "状态"), ("实际情况", "平台现状")}),
        ("CL501", {("台账", "状态"), ("实际情况", "平台现状"), ("实际情况", "最近更新")}),
        (
            "CL502",
            {
                *(("台账", "状态"), ("台账", "主办单位")),
                *(("实际情况", "平台现状"), ("实际情况", "认证主体")),
            },
        ),
    ],
)
def test_what_contradicts_is_marked_on_both_sides(
    county: County, tmp_path: Path, code: str, cells: set[tuple[str, str]]
) -> None:
    PLANTS[code](county)
    write_reconcile_book(county.reconcile(), tmp_path / "r.xlsx", platform=label)
    assert marked(tmp_path / "r.xlsx", code) == cells


def test_another_name_on_a_cancelled_handle_is_marked(county: County, tmp_path: Path) -> None:
    seen = partial(county.see, "closed", when=LATER, kind=CheckKind.HANDLE)
    seen(verified_subject="云川游乐有限公司", display_name="云川游乐园")
    write_reconcile_book(county.reconcile(), tmp_path / "r.xlsx", platform=label)
    names = {("台账", "账号名称"), ("实际情况", "账号名称")}
    assert names <= marked(tmp_path / "r.xlsx", "CL502")


def test_the_summary_counts_every_code_and_the_coverage(county: County, tmp_path: Path) -> None:
    PLANTS["RC306"](county)
    PLANTS["DU403"](county)
    write_reconcile_book(county.reconcile(), tmp_path / "r.xlsx", platform=label)
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    told = {row[0]: row[1] for row in values(book, "汇总") if row[0]}
    assert told["RC306  台账与报送系统信息不符"] == 1
    assert told["DU403  与其他单位账号名称近似"] == 1
    assert (told["台账账号总数"], told["在用账号"], told["其中：已有判断结果"]) == (11, 10, 9)
    assert (told["报送系统记录"], told["其中：已与台账账号对应"]) == (11, 11)
    assert told["待报送：变更"] == 1


def test_decisions_are_chosen_from_a_list_and_rows_know_their_finding(
    county: County, tmp_path: Path
) -> None:
    PLANTS["RC306"](county)
    result = county.reconcile()
    write_reconcile_book(result, tmp_path / "r.xlsx", platform=label)
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx")["RC306  台账与报送系统信息不符"]
    rules = sheet.data_validations.dataValidation
    assert [rule.formula1 for rule in rules] == ['"更正报送系统,办理变更备案,不成立,暂免"']
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    keys = column(book, sheet.title, "标识（请勿改动）")
    found = session_finding(county)
    said = fingerprint(found.facts["ledger"], found.facts["outside"], found.facts["fields"])
    assert keys == [f"{found.uid}.{said}"]


def session_finding(county: County) -> Finding:
    return county.session.scalars(select(Finding)).one()


def test_each_sheet_knows_its_registry(county: County, tmp_path: Path) -> None:
    PLANTS["RC306"](county)
    result = county.reconcile()
    write_reconcile_book(result, tmp_path / "r.xlsx", platform=label)
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx")["RC306  台账与报送系统信息不符"]
    stamps = [read_stamp(str(cell)) for row in sheet.iter_rows(values_only=True) for cell in row]
    told = [stamp for stamp in stamps if stamp]
    assert [(stamp.registry_uid, stamp.at) for stamp in told] == [(result.registry_uid, NOW)]
    hidden = [name for name, column in sheet.column_dimensions.items() if column.hidden]
    titles = [sheet[f"{name}4"].value for name in hidden]
    assert titles == ["标识（请勿改动）", "原内容（请勿改动）"]


def test_a_row_says_what_people_made_of_it(county: County, tmp_path: Path) -> None:
    PLANTS["RC306"](county)
    county.reconcile()
    waive(
        county.session,
        session_finding(county),
        until=date(2026, 12, 31),
        act=county.act_for("缓办"),
    )
    write_reconcile_book(county.reconcile(), tmp_path / "r.xlsx", platform=label)
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert column(book, "RC306  台账与报送系统信息不符", "已有意见") == ["暂免，至 2026-12-31"]


def test_pairs_for_a_person_have_a_sheet_of_their_own(county: County, tmp_path: Path) -> None:
    county.report("agency", identifiers={"uid": "1000000044"})
    county.report("school1", identifiers={"uid": "1000000045"})
    result = county.reconcile()
    write_reconcile_book(result, tmp_path / "r.xlsx", platform=label)
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert column(book, "待人工认定", "需要认定的问题") == [
        "是同一账号而平台ID有误，还是两个账号？"
    ]
    assert column(book, "待人工认定", "名称相似度") == [100]
    assert column(book, "待人工认定", "比对对象") == ["报送系统"]
    band, titles = (_texts(row) for row in list(book["待人工认定"].iter_rows())[3:5])
    assert ("台账" in band, "报送系统" in band) == (True, True)
    assert not any("截止日期" in title for title in titles)


def test_each_pair_names_the_list_that_it_was_found_in(county: County, tmp_path: Path) -> None:
    county.report("school1", identifiers={"uid": "1000000045"})
    county.account("again", "青石融媒发布", "青石县融媒体中心", reported=None)
    write_reconcile_book(county.reconcile(), tmp_path / "r.xlsx", platform=label)
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert column(book, "待人工认定", "比对对象") == ["报送系统", "台账（另一账号）"]
    assert "另一方" in [text for row in book["待人工认定"].iter_rows() for text in _texts(row)]


def _texts(row: tuple[Any, ...]) -> list[str]:
    return [str(cell.value) for cell in row if cell.value is not None]


@pytest.mark.parametrize("lang", list(Lang))
def test_the_words_of_decisions_read_back(lang: Lang) -> None:
    assert [choice_of(printed(choice, lang)) for choice in Choice] == list(Choice)
    assert choice_of("随便") is None


@pytest.mark.parametrize("lang", list(Lang))
@pytest.mark.parametrize("code", [*CODES, ""])
def test_every_drop_down_fits_into_what_excel_takes(code: str, lang: Lang) -> None:
    words = [printed(choice, lang) for choice in (choices_for(code) if code else PAIR_CHOICES)]
    assert len(",".join(words)) <= 255
    assert not any("," in word for word in words)


# --- upload.xlsx


def test_the_upload_is_the_template_and_reads_back(county: County, tmp_path: Path) -> None:
    PLANTS["RC304"](county)
    PLANTS["RC303"](county)
    county.report("media", name="青石融媒旧名")
    result = county.reconcile()
    mapping = load_mapping()
    counts = write_upload(result.upload_rows, tmp_path / "u.xlsx", mapping, CATALOGUE)
    book = openpyxl.load_workbook(tmp_path / "u.xlsx")
    assert list(counts.values()) == [1, 1, 1]
    assert book.sheetnames == ["新增", "变更", "下线", "说明"]
    assert values(book, "变更")[0] == [column.title for column in mapping.columns]
    del book["说明"]  # by which the reading of an export tells whose workbook it is
    book.save(tmp_path / "u.xlsx")
    export = read_national(tmp_path / "u.xlsx", mapping, CATALOGUE)
    assert export.faults == ()
    assert [(row.name, row.state) for row in export.rows] == [
        ("青石县第一中学", NationalState.LIVE),
        ("青石融媒", NationalState.LIVE),
        ("青石旅游", NationalState.OFFLINE_REQUESTED),
    ]


def test_rows_that_a_person_wants_offline_are_not_called_cancelled(
    county: County, tmp_path: Path
) -> None:
    PLANTS["RC303"](county)
    PLANTS["RC305"](county)
    county.reconcile()
    key = f"outside:national:{county.national['extra'].national_code}"
    take_offline(county.session, key, county.act)
    result = county.reconcile()
    write_upload(result.upload_rows, tmp_path / "u.xlsx", load_mapping(), CATALOGUE)
    told = values(openpyxl.load_workbook(tmp_path / "u.xlsx"), "说明")
    (offline,) = [row for row in told if row[0] == "下线"]
    use = str(offline[2])
    assert (offline[1], "1: " in use, "已注销" in use, "人工认定" in use) == (2, True, True, True)


def test_what_is_kept_back_says_who_it_is_what_is_wrong_and_what_to_do(
    county: County, tmp_path: Path
) -> None:
    other_subject(county)
    county.report("media", name="青石融媒旧名")
    path = tmp_path / "r.xlsx"
    write_reconcile_book(county.reconcile(), path, platform=CATALOGUE.label)
    rows = values(openpyxl.load_workbook(path), "暂缓报送")
    row = dict(zip(rows[3], rows[4], strict=True))
    assert (row["主办单位"], row["账号名称"]) == ("青石县融媒体中心", "青石融媒")
    assert (row["平台ID"], row["本应上报"]) == ("1000000002", "变更")
    assert row["须先处理的问题"] == "RC309 认证主体与主办单位不一致"
    assert "青石文化传媒有限公司" in str(row["存在问题"])
    assert "办理变更备案" in str(row["处理意见"])


# --- ledger.xlsx


def test_the_ledger_lists_every_account_with_contacts_masked(
    county: County, tmp_path: Path
) -> None:
    from registry.accounts.making import ContactGiven

    county.account(
        "hall",
        "青石政务大厅",
        "青石县政务服务局",
        contacts=[ContactGiven("张三", "13800001234")],
    )
    rows = ledger(county.session, with_contacts=True)
    assert write_ledger_book(rows, tmp_path / "l.xlsx", platform=label, at=NOW) == 11
    book = openpyxl.load_workbook(tmp_path / "l.xlsx")
    assert "青石政务大厅" in column(book, "台账", "账号名称")
    people = [text for text in column(book, "台账", "联系人（已脱敏）") if text]
    assert people == ["张* 138****1234"]
    assert b"13800001234" not in (tmp_path / "l.xlsx").read_bytes()


@pytest.mark.parametrize("format", ["csv", "json", "xlsx"])
def test_the_ledger_comes_in_every_format(county: County, tmp_path: Path, format: str) -> None:
    target = tmp_path / f"ledger.{format}"
    write_ledger(ledger(county.session), format, target, platform=label, at=NOW)
    assert target.stat().st_size > 500
    if format == "json":
        assert '"platform": "weibo"' in target.read_text("utf-8")
    if format == "csv":
        assert "新浪微博" in target.read_text("utf-8-sig")
    assert AccountState.CLOSED in {row.state for row in ledger(county.session)}
    assert ledger_columns(label)[0].table


def test_what_came_and_went_in_the_national_system_has_a_sheet_with_the_doubtful_first(
    county: County, tmp_path: Path
) -> None:
    def entry(name: str, code: str = "") -> NationalEntry:
        return NationalEntry("weibo", name, host_unit="青石县公安局", national_code=code)

    changes = Changes(
        11,
        11,
        (entry("青石新号", "N1"),),
        (entry("=青石旧号"), entry("青石二号", "N2")),
        changed={"name": 3},
        compared=9,
    )
    result = replace(county.reconcile(), changes=changes)
    write_reconcile_book(result, tmp_path / "r.xlsx", platform=label)
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert column(book, "新增与减少", "账号名称") == ["=青石旧号", "青石新号", "青石二号"]
    assert column(book, "新增与减少", "与上一份导出相比") == ["减少", "新增", "减少"]
    assert [bool(said) for said in column(book, "新增与减少", "备注")] == [True, False, False]
    told = {row[0]: row[1] for row in values(book, "汇总") if row[0]}
    assert (told["比上一份导出新增的记录"], told["比上一份导出减少的记录"]) == (1, 2)
    assert (told["其中：无法辨认的"], told["数值有变的记录：账号名称"]) == (1, 3)
    (doubtful,) = reconciliation_object(result, [])["changes"]["unidentified"]
    assert doubtful.name == "=青石旧号"


@pytest.mark.parametrize(
    ("code", "band"),
    [("DU401", "建议保留的账号"), ("DU403", "先登记的账号"), ("DU404", "先登记的账号")],
)
def test_only_where_an_account_is_to_go_one_is_suggested_to_be_kept(
    county: County, tmp_path: Path, code: str, band: str
) -> None:
    PLANTS[code](county)
    write_reconcile_book(county.reconcile(), tmp_path / "r.xlsx", platform=CATALOGUE.label)
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    (name,) = [each for each in book.sheetnames if each.startswith(code)]
    assert band in [cell for row in values(book, name) for cell in row]
