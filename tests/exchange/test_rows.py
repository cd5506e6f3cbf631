"""Rows become records; everything wrong is said at once, in the sender's own row numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from registry.accounts.splitting import How
from registry.dates import Span
from registry.errors import BadInput
from registry.exchange.columns import find_columns, parse_overrides
from registry.exchange.incoming import read_incoming
from registry.exchange.recognise import Kind
from registry.exchange.record import ContactEntry, Parsed, Record
from registry.exchange.rows import parse_rows
from registry.exchange.sheets import Cell, Merge, build_sheet
from registry.vocab import AccountState
from tests.exchange.catalogue import CATALOGUE
from tests.exchange.files import LEDGER, write_text, write_xlsx

TODAY = date(2024, 8, 1)
TITLES: list[Cell] = ["序号", "主办单位", "账号名称", "平台"]


def parse(
    rows: Sequence[Sequence[Cell]],
    *,
    csv: bool = False,
    merges: Sequence[Merge] = (),
    name: str = "表1",
    sender: str = "青石县",
    default_host: str = "",
    kind: Kind = Kind.LEDGER,
    overrides: Sequence[str] = (),
) -> Parsed:
    lines = {number: list(row) for number, row in enumerate(rows, 1)}
    sheet = build_sheet(name, lines, merges=merges, knows_merges=not csv)
    columns = find_columns(sheet, CATALOGUE, parse_overrides(overrides, CATALOGUE))
    return parse_rows(
        sheet,
        columns,
        CATALOGUE,
        sender=sender,
        default_host=default_host,
        year=2024,
        today=TODAY,
        kind=kind,
    )


def one(titles: Sequence[Cell], row: Sequence[Cell], **options: object) -> Record:
    parsed = parse([titles, row], **options)  # type: ignore[arg-type]
    assert parsed.faults == ()
    (record,) = parsed.records
    return record


def faults(parsed: Parsed) -> list[tuple[int | None, str, str]]:
    return [(fault.row, fault.column, fault.message) for fault in parsed.faults]


# --- units ----------------------------------------------------------------------------------------


def test_a_short_unit_is_completed_and_kept_as_printed() -> None:
    record = one(TITLES, [1, "县公安局", "青石警方", "微信"])
    assert record.host_unit == "县公安局"
    assert record.host_unit_full == record.host == "青石县公安局"
    assert not record.host_assumed


def test_a_full_unit_has_nothing_to_complete() -> None:
    record = one(TITLES, [1, "青石县公安局", "青石警方", "微信"])
    assert record.host_unit_full is None
    assert record.host == "青石县公安局"


def test_an_empty_unit_cell_of_a_text_file_is_assumed_from_above() -> None:
    rows: list[list[Cell]] = [TITLES, [1, "县公安局", "甲", "微信"], [2, None, "乙", "微信"]]
    assert [(r.host, r.host_assumed) for r in parse(rows, csv=True).records] == [
        ("青石县公安局", False),
        ("青石县公安局", True),
    ]


def test_an_empty_unit_cell_of_a_workbook_outside_a_merge_is_a_fault() -> None:
    rows: list[list[Cell]] = [TITLES, [1, "县公安局", "甲", "微信"], [2, None, "乙", "微信"]]
    parsed = parse(rows)
    assert faults(parsed) == [(3, "主办单位", "缺少主办单位。")]
    assert [record.name for record in parsed.records] == ["甲"]
    assert [record.name for record in parsed.rejected] == ["乙"]
    assert parsed.rejected_rows == {("表1", 3)}


def test_a_merged_unit_cell_is_not_assumed() -> None:
    rows: list[list[Cell]] = [TITLES, [1, "县公安局", "甲", "微信"], [2, None, "乙", "微信"]]
    parsed = parse(rows, merges=[Merge(2, 1, 3, 1)])
    assert [(r.host, r.host_assumed) for r in parsed.records] == [("青石县公安局", False)] * 2


def test_the_default_host_answers_where_nothing_names_a_unit() -> None:
    record = one(["账号名称"], ["青石发布"], default_host="青石县融媒体中心")
    assert (record.host, record.host_assumed) == ("青石县融媒体中心", True)


def test_without_a_column_of_units_the_sheet_has_one_fault_and_not_one_for_each_row() -> None:
    parsed = parse([["账号名称"], ["青石发布"], ["青石文旅"]])
    assert faults(parsed) == [(None, "", "表中没有主办单位列。")]


def test_a_problem_list_needs_no_units_and_none_are_assumed() -> None:
    rows: list[list[Cell]] = [
        ["账号名称", "责任单位", "问题"],
        ["甲", "县公安局", "未备案"],
        ["乙", None, "未备案"],
    ]
    parsed = parse(rows, csv=True, kind=Kind.PROBLEMS, default_host="青石县")
    assert [(r.host, r.problem) for r in parsed.records] == [
        ("青石县公安局", "未备案"),
        ("", "未备案"),
    ]


def test_a_unit_broken_over_two_lines_is_one_and_two_units_are_host_and_co_host() -> None:
    record = one(TITLES, [1, "青石县\n公安局", "甲", "微信"])
    assert (record.host_unit, record.co_hosts) == ("青石县公安局", ())
    record = one(TITLES, [1, "县公安局、县司法局", "甲", "微信"])
    assert (record.host, record.co_hosts) == ("青石县公安局", ("青石县司法局",))


def test_supervising_units_and_operators_are_completed_too() -> None:
    titles: list[Cell] = [*TITLES, "主管单位", "承办单位"]
    record = one(titles, [1, "县公安局", "甲", "微信", "县人民政府办公室", "青石传媒公司"])
    assert record.supervising_unit == "青石县人民政府办公室"
    assert record.operator == "青石传媒公司"


def test_the_same_as_above_is_what_stands_above() -> None:
    rows: list[list[Cell]] = [
        TITLES,
        [1, "县公安局", "甲", "微博"],
        [2, "同上", "乙", "〃"],
        [3, "同上", "丙", "同上"],
    ]
    assert [(r.host_unit, r.platform) for r in parse(rows).records] == [("县公安局", "weibo")] * 3


# --- platforms ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "platform", "expected"),
    [
        ("青石警方", "新浪微博", ("青石警方", "weibo", "", How.COLUMN)),
        ("青石警方", "微信订阅号", ("青石警方", "wechat", "订阅号", How.COLUMN)),
        ("青石警方(微博)", "微博", ("青石警方", "weibo", "", How.COLUMN)),
        ("青石微博", "微博", ("青石微博", "weibo", "", How.COLUMN)),
        ("青石警方（抖音）", None, ("青石警方", "douyin", "", How.BRACKET)),
        ("青石文旅抖音號", None, ("青石文旅", "douyin", "", How.SUFFIX)),
        (" 青石警方 ", None, ("青石警方", "wechat", "", How.HABIT)),
        ("@青石警方", "微博", ("@青石警方", "weibo", "", How.COLUMN)),
        ("美丽丨青石", "无", ("美丽丨青石", "wechat", "", How.HABIT)),
    ],
)
def test_the_platform_comes_from_the_surest_place(
    name: str, platform: str | None, expected: tuple[str, str, str, How]
) -> None:
    record = one(TITLES, [1, "县公安局", name, platform])
    assert (record.name, record.platform, record.form, record.platform_how) == expected


def test_a_column_of_forms_completes_the_platform() -> None:
    record = one([*TITLES, "公众号类型"], [1, "县公安局", "甲", "公众号", "服务号"])
    assert (record.platform, record.form) == ("wechat", "服务号")


def test_an_unknown_platform_and_a_contradiction_are_faults() -> None:
    parsed = parse(
        [TITLES, [1, "县公安局", "甲", "飞信"], [2, "县公安局", "乙(抖音)", "微博"]],
    )
    assert faults(parsed) == [
        (2, "平台", "“飞信”不是可识别的平台。"),
        (3, "账号名称", "该行前后不一致：新浪微博、抖音。"),
    ]
    assert parsed.records == ()


def test_heads_between_the_rows_name_platforms_and_units() -> None:
    titles: list[Cell] = ["序号", "主办单位", "账号名称"]
    rows: list[list[Cell]] = [
        ["青石县政务新媒体台账", None, None],
        titles,
        ["一、微信公众号（2个）", None, None],
        [1, "县公安局", "甲"],
        [2, "县司法局", "乙(抖音)"],
        ["二、新浪微博", None, None],
        [1, "县公安局", "丙"],
    ]
    parsed = parse(rows)
    assert [(r.row, r.name, r.platform, r.platform_how) for r in parsed.records] == [
        (4, "甲", "wechat", How.SECTION),
        (5, "乙", "douyin", How.BRACKET),
        (7, "丙", "weibo", How.SECTION),
    ]
    assert [(s.row, s.reason) for s in parsed.skipped] == [
        (3, "行间的小标题。"),
        (6, "行间的小标题。"),
    ]


def test_the_inner_heads_end_with_the_outer_one() -> None:
    rows: list[list[Cell]] = [
        ["序号", "账号名称", "备注"],
        ["县公安局", None, None],
        ["微博", None, None],
        [1, "甲", "x"],
        ["县司法局", None, None],
        [1, "乙", "x"],
        ["各乡镇", None, None],
        [1, "丙", "x"],
    ]
    parsed = parse(rows)
    assert [(r.name, r.host, r.platform) for r in parsed.records] == [
        ("甲", "青石县公安局", "weibo"),
        ("乙", "青石县司法局", "wechat"),
        ("丙", "青石县司法局", "wechat"),
    ]


def test_the_name_of_a_sheet_may_be_its_platform() -> None:
    record = one(["主办单位", "账号名称"], ["县公安局", "甲"], name="新浪微博")
    assert (record.platform, record.platform_how) == ("weibo", How.SECTION)


def test_a_column_of_names_for_each_platform_gives_an_account_each() -> None:
    rows: list[list[Cell]] = [
        ["主办单位", "微信公众号", "新浪微博"],
        ["县公安局", "青石警方", "青石公安"],
        ["县司法局", "青石普法", "无"],
    ]
    assert [(r.row, r.name, r.platform) for r in parse(rows).records] == [
        (2, "青石警方", "wechat"),
        (2, "青石公安", "weibo"),
        (3, "青石普法", "wechat"),
    ]


def test_several_accounts_in_one_cell_are_several_records_of_one_row() -> None:
    parsed = parse([TITLES, [1, "县文旅局", "@青石文旅/青石文旅局", None]])
    assert [(r.row, r.name, r.platform, r.split_from) for r in parsed.records] == [
        (2, "青石文旅", "weibo", "@青石文旅/青石文旅局"),
        (2, "青石文旅局", "wechat", "@青石文旅/青石文旅局"),
    ]


# --- links and ids --------------------------------------------------------------------------------

WITH_IDS: list[Cell] = [*TITLES, "账号链接（没链接的填无）", "账号ID"]


def test_a_link_gives_the_address_and_the_id() -> None:
    record = one(WITH_IDS, [1, "县公安局", "甲", "微博", "https://weibo.com/u/1234567890", "无"])
    assert record.url == "https://weibo.com/u/1234567890"
    assert record.identifiers == {"uid": "1234567890"}


def test_a_link_proves_the_platform_where_nothing_else_names_it() -> None:
    link = "https://weibo.com/u/1234567890"
    record = one(WITH_IDS, [1, "县公安局", "甲", None, link, None])
    assert (record.platform, record.platform_how) == ("weibo", How.LINK)
    record = one(WITH_IDS, [1, "县公安局", "青石县政府网站", None, link, None])
    assert (record.name, record.platform) == ("青石县政府网站", "weibo")


def test_the_scheme_of_an_id_follows_from_the_platform() -> None:
    record = one(WITH_IDS, [1, "县公安局", "甲", "微信", "无", "gh_0123456789ab"])
    assert (record.identifiers, record.url) == ({"gh_id": "gh_0123456789ab"}, "")
    record = one(WITH_IDS, [1, "县公安局", "甲", "微博", "无", 1234567890.0])
    assert record.identifiers == {"uid": "1234567890"}


@pytest.mark.parametrize(
    "address",
    [
        "http://10.1.2.3/",
        "https://10.1.2.3:8443/index.html",
        "http://[fd00::1]:8080/",
        "http://localhost:8100/",
        "www.qingshi.gov.cn",
    ],
)
def test_a_site_of_a_closed_network_may_have_a_number_for_its_name(address: str) -> None:
    record = one(WITH_IDS, [1, "县公安局", "青石公安网", "政府网站", address, None])
    assert (record.url, record.extra) == (address, {})


@pytest.mark.parametrize("text", ["10.1.2.3", "http://无", "http://青石"])
def test_a_number_alone_is_no_link(text: str) -> None:
    record = one(WITH_IDS, [1, "县公安局", "青石公安网", "政府网站", text, None])
    assert (record.url, record.extra) == ("", {"账号链接（没链接的填无）": text})


def test_text_in_a_column_of_links_is_kept_and_is_no_link() -> None:
    record = one(WITH_IDS, [1, "县公安局", "甲", "微信", "微信搜索青石警方", None])
    assert record.url == ""
    assert record.extra == {"账号链接（没链接的填无）": "微信搜索青石警方"}
    record = one(WITH_IDS, [1, "县公安局", "甲", "微信", "javascript:alert(1)", None])
    assert record.url == ""


def test_a_link_of_another_platform_an_unfit_id_and_a_rounded_id_are_faults() -> None:
    parsed = parse(
        [
            WITH_IDS,
            [1, "县公安局", "甲", "微信", "https://weibo.com/u/1234567890", None],
            [2, "县公安局", "乙", "微博", None, "青石"],
            [3, "县公安局", "丙", "微博", None, 6123456789012345678.0],
            [4, "县公安局", "丁", "微博", "https://weibo.com/u/1234567890", "1234567891"],
        ]
    )
    assert faults(parsed) == [
        (2, "账号链接（没链接的填无）", "该行前后不一致：微信公众号、新浪微博。"),
        (3, "账号ID", "“青石”不是新浪微博的平台ID。"),
        (4, "账号ID", "“6123456789012345856”已被 Excel 四舍五入，末尾数字丢失。"),
        (5, "账号ID", "该行前后不一致：1234567890、1234567891。"),
    ]
    assert [record.name for record in parsed.rejected] == ["甲", "乙", "丙", "丁"]


def test_links_and_ids_of_a_row_with_several_accounts_go_to_theirs_or_are_refused() -> None:
    row: list[Cell] = [1, "县文旅局", "@甲甲/乙乙", None]
    link = "https://weibo.com/u/1234567890"
    parsed = parse([WITH_IDS, [*row, link, "1234567890\ngh_0123456789ab"]])
    assert [(r.url, dict(r.identifiers)) for r in parsed.records] == [
        (link, {"uid": "1234567890"}),
        ("", {"gh_id": "gh_0123456789ab"}),
    ]
    parsed = parse([WITH_IDS, [*row, "https://example.gov.cn", None]])
    assert faults(parsed) == [(2, "账号链接（没链接的填无）", "该行有 2 个账号，此处却有 1 项。")]


def test_an_id_of_a_platform_without_schemes_is_kept_as_text() -> None:
    record = one(WITH_IDS, [1, "县公安局", "甲", "大鱼号", None, "qs-123"])
    assert (record.identifiers, record.extra) == ({}, {"账号ID": "qs-123"})


# --- other fields ---------------------------------------------------------------------------------


def test_the_other_columns_are_read_each_in_its_own_way() -> None:
    titles: list[Cell] = [
        *TITLES,
        "粉丝量（万）",
        "是否认证",
        "认证主体",
        "开通时间",
        "检查时更新日期",
        "发布条数",
        "运行状态",
        "涉及领域",
        "单位地址",
        "功能定位",
        "更新频率",
        "备注",
        "编制人员数",
    ]
    row: list[Cell] = [1.0, "县公安局", "甲", "微信", 3.5, "是", "青石县公安局", "2019.3"]
    row += ["7月16日", 28.0, "拟关停", "公安", "青石大道1号", "警务公开", "每日", "新开", 3.0]
    record = one(titles, row)
    assert record.sequence == "1"
    assert (record.followers, record.verified) == (35_000, True)
    assert record.verified_subject == "青石县公安局"
    assert record.opened_on == Span(date(2019, 3, 1), date(2019, 3, 31))
    assert record.last_update == Span(date(2024, 7, 16), date(2024, 7, 16))
    assert record.posts_count == 28
    assert (record.state, record.state_text) == (AccountState.CLOSING, "拟关停")
    assert (record.domain_area, record.address) == ("公安", "青石大道1号")
    assert (record.purpose, record.cadence, record.note) == ("警务公开", "每日", "新开")
    assert record.extra == {"编制人员数": "3"}


def test_contacts_stand_apart_and_never_among_the_other_columns() -> None:
    titles: list[Cell] = [*TITLES, "联系人", "联系电话", "负责人及手机", "经办人", "密码"]
    record = one(
        titles,
        [1, "县公安局", "甲", "微信", "张三", 13800138000.0, "李四13900139000", "王五", "abc123"],
    )
    assert record.contacts == (
        ContactEntry("contact", "张三、李四、王五", "13800138000、13900139000"),
    )
    assert (record.contact_name, record.contact_phone) == (
        "张三、李四、王五",
        "13800138000、13900139000",
    )
    assert record.extra == {}


def test_an_account_that_never_posted_is_said_so_without_a_date() -> None:
    record = one(["账号名称", "最后更新时间"], ["甲", "开通以来从未更新"], kind=Kind.OBSERVATIONS)
    assert record.never_updated and record.last_update is None


def test_every_fault_of_every_row_is_said_at_once() -> None:
    titles: list[Cell] = [*TITLES, "粉丝数", "开通时间", "运行状态"]
    parsed = parse(
        [
            titles,
            [1, "县公安局", "甲", "微信", "很多", "19.3.5", "待核实"],
            [2, "县公安局", None, "微信", 5.0, None, None],
            [3, "县公安局", "丙", "微信", "#N/A", None, "正常"],
            [4, "县公安局", "丁" * 201, "微信", None, None, None],
        ]
    )
    assert [(row, column) for row, column, _message in faults(parsed)] == [
        (2, "粉丝数"),
        (2, "开通时间"),
        (2, "运行状态"),
        (3, "账号名称"),
        (4, "粉丝数"),
        (5, "账号名称"),
    ]
    assert all(fault.remedy for fault in parsed.faults)
    assert parsed.records == ()


def test_rows_that_are_no_accounts_are_passed_over_with_a_reason() -> None:
    rows: list[list[Cell]] = [
        [*TITLES, "发布条数"],
        ["例：", "某县某局", "某某发布", "微信", 1],
        [1, "县公安局", "甲", "微信", 5],
        [2, "县统计局", "无", None, None],
        [*TITLES, "发布条数"],
        ["1", "1", "1", "1", "1"],
        ["合计", None, None, None, 5],
        [None, "总计", "1", "1", 5],
        ["注：发布条数为当月数", None, None, None, None],
        ["填报人：张三", None, "审核人：李四", None, "2024年8月"],
    ]
    parsed = parse(rows)
    assert parsed.faults == ()
    assert [record.name for record in parsed.records] == ["甲"]
    assert [(s.row, s.reason) for s in parsed.skipped] == [
        (2, "示例行。"),
        (4, "没有账号的行。"),
        (5, "重复的表头。"),
        (6, "占位行。"),
        (7, "合计行。"),
        (8, "合计行。"),
        (9, "表尾说明。"),
        (10, "表尾说明。"),
    ]


def test_a_hidden_row_is_read_and_marked(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"台账": LEDGER}, hidden_rows=[3])
    parsed = read_incoming(path, CATALOGUE).parse(CATALOGUE, kind=Kind.LEDGER, today=TODAY)
    assert [(r.platform, r.hidden) for r in parsed.records] == [("wechat", False), ("weibo", True)]


# --- whole files ----------------------------------------------------------------------------------


def test_all_sheets_with_accounts_are_read_and_faults_name_file_and_sheet(tmp_path: Path) -> None:
    path = write_xlsx(
        tmp_path / "台账.xlsx",
        {"县直": LEDGER, "说明": [["填写说明"]], "乡镇": [TITLES, [1, None, "石桥发布", "微信"]]},
    )
    incoming = read_incoming(path, CATALOGUE)
    assert incoming.recognition.kind is Kind.LEDGER
    parsed = incoming.parse(CATALOGUE, kind=Kind.LEDGER, today=TODAY)
    assert len(parsed.records) == 2
    (fault,) = parsed.faults
    assert (fault.file, fault.sheet, fault.row) == ("台账.xlsx", "乡镇", 2)


def test_a_file_without_accounts_is_one_fault_that_says_how_to_name_the_column(
    tmp_path: Path,
) -> None:
    incoming = read_incoming(write_text(tmp_path / "a.csv", "甲,乙\n丙,丁\n"), CATALOGUE)
    assert incoming.recognition.kind is Kind.UNCLEAR
    (fault,) = incoming.parse(CATALOGUE, kind=Kind.LEDGER, today=TODAY).faults
    assert fault.message == "没有找到账号名称列。"
    assert "--map" in fault.remedy


def test_a_mapping_of_a_column_that_is_not_there_stops_the_import(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "账号名称,主办单位\n甲,乙\n")
    with pytest.raises(BadInput) as caught:
        read_incoming(path, CATALOGUE, {"刊号": "name"})
    assert caught.value.faults[0].file == "a.csv"


def test_a_blank_form_has_no_rows_and_no_fault(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "序号,账号名称,注册平台,联系人\n", "gb18030")
    incoming = read_incoming(path, CATALOGUE)
    assert incoming.recognition.kind is Kind.LEDGER
    assert incoming.parse(CATALOGUE, kind=Kind.LEDGER, today=TODAY) == Parsed()


def test_a_traditional_sheet_reads_as_a_simplified_one_and_keeps_its_glyphs() -> None:
    titles: list[Cell] = ["序號", "主辦單位", "新媒體名稱", "註冊平臺"]
    record = one(titles, [1, "縣公安局", "青石縣公安", "微信訂閱號"])
    assert (record.name, record.platform, record.form) == ("青石縣公安", "wechat", "订阅号")
    assert record.host == "青石县公安局"
