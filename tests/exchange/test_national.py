"""The national system's export: reading by the mapping, faults, snapshots, the way back out."""

from __future__ import annotations

import json
import pickle
import re
import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from registry.actors import get_actor
from registry.errors import BadInput, UnreadableFile
from registry.exchange.national import entries_of, latest_snapshot, store_snapshot, write_national
from registry.exchange.national_reading import read_national
from registry.exchange.national_rows import NationalRows
from registry.exchange.national_template import FIELDS, NationalEntry, load_mapping, mapping_text
from registry.history.writing import Act
from registry.vocab import NationalState
from tests.conftest import NOW
from tests.exchange.catalogues import CATALOGUE

MAPPING = load_mapping()


def sheet(path: Path, *rows: Sequence[object]) -> Path:
    """A workbook with these rows as they are."""
    with xlsxwriter.Workbook(str(path)) as book:
        made = book.add_worksheet("导出")
        for number, row in enumerate(rows):
            made.write_row(number, 0, row)
    return path


HEAD = ["新媒体编码", "主办单位", "平台类型", "账号名称", "平台ID", "链接地址", "联系电话", "状态"]


def test_a_row_is_read_by_the_titles_of_the_mapping(tmp_path: Path) -> None:
    file = sheet(
        tmp_path / "导出.xlsx",
        ["全国政务新媒体信息报送系统导出表"],
        [],
        HEAD,
        [
            "5301230001",
            "青石县公安局",
            "微博",
            "平安青石",
            "1234567890",
            "无",
            "13800000000",
            "在运行",
        ],
    )
    export = read_national(file, MAPPING, CATALOGUE)
    assert export.faults == ()
    assert list(export.rows) == [
        NationalEntry(
            platform="weibo",
            name="平安青石",
            host_unit="青石县公安局",
            identifiers={"uid": "1234567890"},
            state=NationalState.LIVE,
            state_raw="在运行",
            national_code="5301230001",
            number=4,
        ),
    ]


@pytest.mark.parametrize(
    "word, state",
    [
        ("正常运行", NationalState.LIVE),
        ("在运行", NationalState.LIVE),
        ("申请下线", NationalState.OFFLINE_REQUESTED),
        ("审核关停下线", NationalState.OFFLINE),
        ("已下线", NationalState.OFFLINE),
        ("变更", NationalState.OTHER),
        ("补录", NationalState.OTHER),
        *((word, NationalState.LIVE) for word in ("正常使用", "在用", "启用")),
        *((word, NationalState.OFFLINE) for word in ("注销", "已注销", "关停", "已关停", "下线")),
        *((word, NationalState.OTHER) for word in ("停更", "异常", "暂停运行", "审核中", "停用")),
        ("待核", NationalState.OTHER),
        ("", NationalState.OTHER),
    ],
)
def test_state_words_are_mapped_and_unknown_ones_are_other(word: str, state: NationalState) -> None:
    assert MAPPING.state(word) is state


def test_a_state_word_the_mapping_does_not_list_is_named_and_kept(tmp_path: Path) -> None:
    file = sheet(tmp_path / "a.xlsx", HEAD, ["", "", "微博", "平安青石", "", "", "", "待核"])
    export = read_national(file, MAPPING, CATALOGUE)
    assert (export.rows[0].state_raw, export.unknown_states) == ("待核", ("待核",))


def test_contacts_are_not_taken_over(tmp_path: Path) -> None:
    file = sheet(
        tmp_path / "a.xlsx",
        [*HEAD, "联系人", "分管领导"],
        ["1", "青石县公安局", "微博", "平安青石", "", "", "13800001234", "在运行", "张三", "李四"],
    )
    export = read_national(file, MAPPING, CATALOGUE)
    assert not {"张三", "李四", "13800001234"} & set(map(str, export.rows[0].fields.values()))
    assert export.unknown_columns == ("分管领导",)


def test_every_fault_of_a_file_is_named_at_once(tmp_path: Path) -> None:
    file = sheet(
        tmp_path / "a.xlsx",
        HEAD,
        ["1", "青石县公安局", "某某平台", "平安青石", "", "", "", ""],
        ["2", "青石县公安局", "微博", "", "", "", "", ""],
        ["3", "青石县公安局", "微博", "青石交警", "不是编号", "", "", ""],
        ["3", "青石县公安局", "微博", "青石特警", 1234567890123456, "", "", ""],
        ["", "合计", "", "", "", "", "", ""],
    )
    export = read_national(file, MAPPING, CATALOGUE)
    with pytest.raises(BadInput) as caught:
        export.checked()
    assert [(fault.row, fault.column) for fault in caught.value.faults] == [
        (2, "平台类型"),
        (3, "账号名称"),
        (4, "平台ID"),
        (5, "平台ID"),
    ]
    assert [fault.row for fault in export.unread] == [2]


def test_a_code_that_stands_twice_is_a_fault(tmp_path: Path) -> None:
    file = sheet(
        tmp_path / "a.xlsx",
        HEAD,
        ["1", "青石县公安局", "微博", "平安青石", "", "", "", ""],
        ["1", "青石县公安局", "微博", "青石交警", "", "", "", ""],
    )
    faults = read_national(file, MAPPING, CATALOGUE).faults
    assert [(fault.row, fault.column) for fault in faults] == [(3, "新媒体编码")]


def test_a_workbook_without_the_columns_is_not_the_export(tmp_path: Path) -> None:
    file = sheet(tmp_path / "a.xlsx", ["姓名", "部门"], ["张三", "青石县公安局"])
    export = read_national(file, MAPPING, CATALOGUE)
    assert (len(export.faults), len(export.rows)) == (1, 0)


def test_a_title_of_its_own_goes_before_a_synonym(tmp_path: Path) -> None:
    file = sheet(
        tmp_path / "a.xlsx",
        ["单位", "主办单位", "平台", "名称"],
        ["青石县", "青石县公安局", "微博", "平安青石"],
    )
    assert read_national(file, MAPPING, CATALOGUE).rows[0].host_unit == "青石县公安局"


ENTRIES = [
    NationalEntry(
        platform="wechat",
        form="订阅号",
        name="=青石发布",
        host_unit="青石县融媒体中心",
        url="https://mp.weixin.qq.com/s/abc",
        identifiers={"gh_id": "gh_0123456789ab", "wxid": "qingshifabu"},
        state=NationalState.OTHER,
        state_raw="补录",
        national_code="0012",
        fields={"opened_on": "2019-03-01", "followers": "10200", "verified_subject": "青石县"},
        number=2,
    ),
    NationalEntry(
        platform="weibo",
        name="@青石文旅",
        identifiers={"uid": "1234567890"},
        state=NationalState.OFFLINE,
        state_raw="已下线",
        number=3,
    ),
    NationalEntry(platform="app", name="云上青石", identifiers={"package": "cn.qs"}, number=4),
]


def test_our_own_export_is_read_back_unchanged(tmp_path: Path) -> None:
    write_national(ENTRIES, tmp_path / "out.xlsx", MAPPING, CATALOGUE)
    export = read_national(tmp_path / "out.xlsx", MAPPING, CATALOGUE)
    assert export.faults == ()
    assert list(export.rows) == ENTRIES


def test_a_title_that_stands_twice_over_different_cells_is_a_fault(tmp_path: Path) -> None:
    head = ["平台", "账号名称", "认证主体", "备注", "认证主体"]
    rows = [["微博", "平安青石", "甲局", "", "甲局"], ["微博", "青石民政", "", "", "乙局"]]
    more = [["微博", "青石水利", "丙局", "", "丁局"]]
    export = read_national(sheet(tmp_path / "a.xlsx", head, *rows, *more), MAPPING, CATALOGUE)
    (fault,) = export.faults
    assert (fault.row, fault.column) == (3, "认证主体")
    assert "第C、E列都有" in fault.message
    same = read_national(sheet(tmp_path / "b.xlsx", head, rows[0]), MAPPING, CATALOGUE)
    assert (same.faults, same.rows[0].fields["verified_subject"]) == ((), "甲局")
    # another title of the same field is no doubling: the title proper is read
    head[4] = "认证单位"
    assert read_national(sheet(tmp_path / "c.xlsx", head, *rows), MAPPING, CATALOGUE).faults == ()


def test_cells_that_say_no_day_or_number_are_named_and_kept(tmp_path: Path) -> None:
    cells = [
        ("2019-03-01", "12000"),
        ("去年", "1.2万"),
        ("2019年13月", "很多"),
        ("2019年3月", ""),
        ("", "-"),
        ("43500", "1,200"),
    ]
    file = sheet(
        tmp_path / "a.xlsx",
        ["平台", "账号名称", "开设日期", "粉丝数"],
        *(["微博", f"青石{n}号", *each] for n, each in enumerate(cells)),
    )
    export = read_national(file, MAPPING, CATALOGUE)
    assert export.faults == ()
    assert [(note.row, note.column) for note in export.notes] == [
        (3, "开设日期"),
        (4, "开设日期"),
        (4, "粉丝数"),
    ]
    assert [export.rows[at].fields["opened_on"] for at in (1, 2)] == ["去年", "2019年13月"]
    assert export.rows[2].fields["followers"] == "很多"


def test_what_was_found_is_told_of_an_export_without_rows(tmp_path: Path) -> None:
    export = read_national(sheet(tmp_path / "a.xlsx", ["平台", "账号名称"]), MAPPING, CATALOGUE)
    (heading,) = export.headings
    assert heading.startswith("工作表“") and heading.endswith("”第1行：平台、账号名称")
    assert export.titles["platform"] == "平台类型"


@given(
    st.lists(
        st.builds(
            NationalEntry,
            platform=st.sampled_from(["weibo", "wechat", "douyin", "toutiao"]),
            name=st.text("青石县发布融媒=@-+1a", min_size=1, max_size=12),
            host_unit=st.sampled_from(["", "青石县公安局", "云川市文化和旅游局"]),
            national_code=st.uuids().map(str),
            state=st.just(NationalState.LIVE),
            state_raw=st.just("正常运行"),
        ),
        max_size=4,
    )
)
def test_any_names_survive_the_round_trip(
    tmp_path_factory: pytest.TempPathFactory, rows: list[NationalEntry]
) -> None:
    path = tmp_path_factory.mktemp("trip") / "out.xlsx"
    rows = [replace(row, number=number) for number, row in enumerate(rows, start=2)]
    write_national(rows, path, MAPPING, CATALOGUE)
    assert list(read_national(path, MAPPING, CATALOGUE).rows) == rows


def test_a_snapshot_keeps_the_rows_as_read(session: Session, tmp_path: Path) -> None:
    write_national(ENTRIES, tmp_path / "out.xlsx", MAPPING, CATALOGUE)
    export = read_national(tmp_path / "out.xlsx", MAPPING, CATALOGUE)
    snapshot = store_snapshot(session, export, Act(get_actor(session, "王敏"), NOW))
    assert list(entries_of(session, snapshot)) == ENTRIES
    assert latest_snapshot(session) is snapshot
    assert (snapshot.file_name, snapshot.taken_at) == ("out.xlsx", NOW)


def test_an_edited_mapping_is_checked_as_a_whole(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        '[[column]]\nfield = "name"\ntitle = "名称"\n'
        '[[column]]\nfield = "nmae"\ntitle = "名"\n'
        '[[column]]\nfield = "name"\ntitle = ""\n'
        '[states]\n"关了" = "closed"\n',
        "utf-8",
    )
    with pytest.raises(BadInput) as caught:
        load_mapping(file)
    assert len(caught.value.faults) == 5


def faults_of(folder: Path, text: str) -> str:
    """Everything that a clerk reads of a mapping."""
    (folder / "mine.toml").write_text(text, "utf-8")
    with pytest.raises(BadInput) as caught:
        load_mapping(folder / "mine.toml")
    return "\n".join(f"{fault.message} {fault.remedy}" for fault in caught.value.faults)


def test_a_title_that_two_columns_of_a_mapping_bear_is_a_fault(tmp_path: Path) -> None:
    said = faults_of(
        tmp_path,
        '[[column]]\nfield = "platform"\ntitle = "平台类型"\n'
        '[[column]]\nfield = "name"\ntitle = "平台 类型"\n',
    )
    assert "栏目名称“平台类型”写了不止一次：平台类型（platform）、账号名称（name）" in said


def test_the_faults_of_a_mapping_name_fields_by_their_titles_and_by_what_to_type(
    tmp_path: Path,
) -> None:
    said = faults_of(
        tmp_path,
        '[[column]]\nfield = "nmae"\ntitle = "名"\n[[column]]\nfield = "主办单位"\ntitle = "单位"\n'
        '[states]\n"关了" = "closed"\n',
    )
    assert "账号名称（name）" in said and "主办单位（host_unit）" in said
    assert 'field = "host_unit"' in said
    assert "必填字段账号名称（name）没有对应的列" in said
    assert "正常运行（live）" in said and "已下线（offline）" in said


@pytest.mark.parametrize(
    "text",
    [
        'column = "name"',
        '[[column]]\nfield = ["name"]\ntitle = "名称"',
        '[[column]]\nfield = "name"\ntitle = "名称"\nalso = "名"',
        '[[column]]\nfield = "name"\ntitle = "名称"\nwidth = "wide"',
        'required = "name"',
        'states = "live"',
        '[states]\n"在用" = ["live"]',
        '[empty]\nwords = "无"',
    ],
)
def test_a_part_of_a_mapping_that_cannot_be_read_is_shown_as_it_is_written(
    tmp_path: Path, text: str
) -> None:
    assert "请这样写" in faults_of(tmp_path, text)


def test_a_mapping_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("name = ", "utf-8")
    with pytest.raises(UnreadableFile):
        load_mapping(tmp_path / "mine.toml")


def test_an_own_mapping_reads_other_titles(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(
        '[[column]]\nfield = "name"\ntitle = "号名"\n'
        '[[column]]\nfield = "platform"\ntitle = "渠道"\n'
        '[[column]]\nfield = "state"\ntitle = "情况"\n'
        '[states]\n"开着" = "live"\n',
        "utf-8",
    )
    file = sheet(tmp_path / "a.xlsx", ["渠道", "号名", "情况"], ["微博", "平安青石", "开着"])
    row = read_national(file, load_mapping(mine), CATALOGUE).rows[0]
    assert (row.name, row.state) == ("平安青石", NationalState.LIVE)


def test_what_a_row_lacks_or_repeats_is_said_of_that_row_alone(tmp_path: Path) -> None:
    file = sheet(
        tmp_path / "a.xlsx",
        HEAD,
        ["1", "青石县公安局", "微博", "平安青石", "uid:1234567890", "", "", "在运行"],
        HEAD,
        ["", "合计", "", "", "", "", "", ""],
        [2, "青石县公安局", "微博", "青石交警", 1234567891.0, "无"],
        ["", "", "", "青石特警", 1234567890123456, "", "", ""],
    )
    export = read_national(file, MAPPING, CATALOGUE)
    assert [(row.number, row.national_code, row.identifiers) for row in export.rows] == [
        (2, "1", {"uid": "1234567890"}),
        (5, "2", {"uid": "1234567891"}),
    ]
    assert [(fault.row, fault.column) for fault in export.faults] == [
        (6, "平台类型"),
        (6, "平台ID"),
    ]


@given(st.lists(st.text(max_size=8)))
def test_kept_rows_come_back_as_they_were_whatever_stands_in_them(names: list[str]) -> None:
    rows = [NationalEntry("weibo", name, fields={"remark": f"{name}！"}) for name in names]
    kept = NationalRows(rows)
    assert list(NationalRows.unpacked(kept.packed())) == rows
    assert list(pickle.loads(pickle.dumps(kept))) == rows


@given(st.lists(st.text(max_size=8)))
def test_lines_of_kept_rows_are_the_json_that_older_programs_wrote(names: list[str]) -> None:
    block = NationalRows(NationalEntry("weibo", name) for name in names).packed()
    written = json.dumps(names, ensure_ascii=False, separators=(",", ":"))
    assert written.encode() in zlib.decompress(block).split(b"\n")


def test_a_column_that_holds_the_sign_between_two_texts_is_handed_over_as_it_is() -> None:
    rows = [NationalEntry("weibo", name) for name in ("青石\0发布", "", "青石")]
    assert list(pickle.loads(pickle.dumps(NationalRows(rows)))) == rows


def test_an_export_with_other_titles_is_told_how_to_get_a_mapping_and_use_it(
    tmp_path: Path,
) -> None:
    file = sheet(tmp_path / "导出.xlsx", ["渠道", "昵称"], ["新浪微博", "平安青石"])
    (fault,) = read_national(file, MAPPING, CATALOGUE).faults
    assert "平台类型、账号名称" in fault.message
    assert "`taizhang reconcile mapping --output national.toml`" in fault.remedy
    assert "`--mapping national.toml`" in fault.remedy


def test_with_a_mapping_of_its_own_the_office_is_sent_to_that_file(tmp_path: Path) -> None:
    own = tmp_path / "对照.toml"
    own.write_text(mapping_text(), encoding="utf-8")
    file = sheet(tmp_path / "导出.xlsx", ["渠道", "昵称"], ["新浪微博", "平安青石"])
    (fault,) = read_national(file, load_mapping(own), CATALOGUE).faults
    assert "栏目对照文件 对照.toml" in fault.remedy
    assert "reconcile mapping" not in fault.remedy


@pytest.mark.parametrize("name", ["导出.xlsx", "导出.XLS", "导出.ods"])
def test_a_text_under_the_name_of_a_spreadsheet_is_called_what_it_is(
    tmp_path: Path, name: str
) -> None:
    file = tmp_path / name
    file.write_text("本月通知\n请于周五前报送。\n", encoding="utf-8")
    with pytest.raises(UnreadableFile, match="不是电子表格"):
        read_national(file, MAPPING, CATALOGUE)


def test_a_table_saved_as_text_is_read_whatever_its_name(tmp_path: Path) -> None:
    file = tmp_path / "导出.xls"
    file.write_text("平台类型,账号名称\n新浪微博,平安青石\n", encoding="utf-8")
    assert [row.name for row in read_national(file, MAPPING, CATALOGUE).rows] == ["平安青石"]


def test_ids_in_full_width_are_those_in_half_width(tmp_path: Path) -> None:
    file = sheet(
        tmp_path / "a.xlsx",
        HEAD,
        ["５３０１", "青石县公安局", "微博", "平安青石", "１２３４５６７８９０", "", "", "在运行"],
        [
            "5302",
            "青石县公安局",
            "微博",
            "青石交警",
            "ｕｉｄ：１２３４５６７８９１",
            "",
            "",
            "在运行",
        ],
    )
    export = read_national(file, MAPPING, CATALOGUE)
    assert export.faults == ()
    assert [(row.national_code, row.identifiers) for row in export.rows] == [
        ("5301", {"uid": "1234567890"}),
        ("5302", {"uid": "1234567891"}),
    ]


def test_the_mapping_tells_a_clerk_in_chinese_what_each_of_its_fields_is() -> None:
    chinese = mapping_text().split("\n# The national system")[0]
    assert chinese.startswith("# 报送系统导出表的栏目对照")
    for field in FIELDS:
        assert re.search(rf"(?<![a-z_]){field} [^ ]*[一-鿿]", chinese), field


def test_a_mapping_without_platform_or_name_is_refused_whatever_it_requires(
    tmp_path: Path,
) -> None:
    said = faults_of(
        tmp_path, 'required = ["name"]\n[[column]]\nfield = "name"\ntitle = "账号名称"\n'
    )
    assert (
        said
        == "必填字段平台类型（platform）没有对应的列。 请把这一栏加回来：没有这一栏，就看不出是哪个账号。"
    )


def test_an_export_that_lacks_its_platform_column_is_named_with_sheet_row_and_column(
    tmp_path: Path,
) -> None:
    mine = tmp_path / "对照.toml"
    mine.write_text(
        mapping_text().replace('required = ["platform", "name"]', 'required = ["name"]'), "utf-8"
    )
    file = sheet(
        tmp_path / "导出.xlsx",
        ["填报单位：青石县"],
        ["主办单位", "账号名称", "状态"],
        ["青石县公安局", "平安青石", "在运行"],
    )
    (fault,) = read_national(file, load_mapping(mine), CATALOGUE).faults
    assert (fault.file, fault.sheet, fault.row) == ("导出.xlsx", "导出", 2)
    assert fault.message == "缺少这些栏目：平台类型。"
    assert fault.remedy == (
        "请在表中补上，逐个账号填好。"
        "请在栏目对照文件 对照.toml 中写明导出表所用的栏目名称（title 或 also）。"
    )


def test_overlong_cells_are_quoted_by_their_beginning(tmp_path: Path) -> None:
    long = "青石" * 600
    file = sheet(
        tmp_path / "导出.xlsx",
        [*HEAD, "开设日期", "粉丝数"],
        ["1", "青石县公安局", long, "甲", "", "", "", "在运行"],
        ["2", "青石县公安局", "微博", "乙", long, "", "", "在运行", long, long],
        [long, "青石县公安局", "微博", "丙", "", "", "", "在运行"],
        [long, "青石县公安局", "微博", "丁", "", "", "", "在运行"],
    )
    export = read_national(file, MAPPING, CATALOGUE)
    assert [fault.row for fault in (*export.unread, *export.faults)] == [2, 3, 5]
    said = [fault.message for fault in (*export.unread, *export.faults, *export.notes)]
    assert len(said) == 5
    assert all("青石" * 25 in each and "…" in each and len(each) < 120 for each in said)
