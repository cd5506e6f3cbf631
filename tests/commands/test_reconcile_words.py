"""What `reconcile` says to a clerk and takes from one: words on the screen, codes that can be typed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from registry.errors import BadInput
from registry.exchange.national import write_national
from registry.exchange.national_template import WATCHED, NationalEntry, load_mapping
from registry.exchange.watched import watched_fields
from registry.vocab import NationalState
from sweeps.people.todo_sheet import write_todo
from tests.commands.conftest import OFFICE, Desk
from tests.conftest import NOW as MOMENT
from tests.exchange.catalogues import CATALOGUE


def exported(rows: list[NationalEntry], name: str) -> str:
    write_national(rows, Path(name), load_mapping(), CATALOGUE)
    return name


def rows(count: int) -> list[NationalEntry]:
    return [
        NationalEntry(
            "weibo",
            f"青石{n}号",
            host_unit=f"青石县第{n}小学",
            identifiers={"uid": f"10000000{n}"},
            state=NationalState.LIVE,
            national_code=f"53010{n}",
        )
        for n in range(10, 10 + count)
    ]


def test_an_explanation_names_both_as_people_do_and_gives_what_can_be_typed(
    upload_desk: Desk,
) -> None:
    code, said = upload_desk("reconcile", "explain", "微博:平安青石", "1000000001")
    assert code == 0
    assert "前者: 新浪微博 平安青石（青石县公安局）" in said
    assert "后者: 新浪微博 青石公安（青石县公安局）" in said
    assert "平台ID（UID）" in said
    for raw in ("weibo", "uid", "outside:"):
        assert raw not in said


def test_what_an_explanation_gives_can_be_typed(upload_desk: Desk) -> None:
    words = ("reconcile", "explain", "微博:青石民政", "1000000002", "--format", "json")
    told = json.loads(upload_desk(*words)[1])
    again = ("reconcile", "explain", told["left_code"], told["right_code"], "--format", "json")
    assert json.loads(upload_desk(*again)[1]) == told


def test_two_that_bear_one_id_are_told_apart_by_the_ends_of_their_numbers(
    upload_desk: Desk,
) -> None:
    words = ("reconcile", "explain", "微博:青石民政", "微博:青石水利", "--format", "json")
    told = json.loads(upload_desk(*words)[1])
    assert (told["left_code"], told["right_code"]) == ("1000000002", "1000000003")
    assert told["left_key"].endswith(told["left_key"][-12:])


def test_the_mapping_in_force_is_written_once_and_can_be_used(upload_desk: Desk) -> None:
    code, said = upload_desk("reconcile", "mapping", "--output", "对照.toml")
    assert (code, "--mapping 对照.toml" in said, "[national]" in said) == (0, True, True)
    changed = Path("对照.toml").read_text("utf-8")
    changed = changed.replace('"运行状态"\nalso = [', '"现状"\nalso = ["运行状态", ')
    Path("对照.toml").write_text(changed, encoding="utf-8")
    code, said = upload_desk("reconcile", "mapping", "--output", "对照.toml")
    assert (code, "对照.toml 已存在" in said) == (2, True)
    assert '"现状"' in Path("对照.toml").read_text("utf-8")
    words = ("--national", "导出.xlsx", "--mapping", "对照.toml", "--out", "又一次")
    assert upload_desk("reconcile", "run", *words)[0] == 0
    Path("对照.toml").write_text(changed.replace('"运行状态", ', ""), encoding="utf-8")
    code, said = upload_desk("reconcile", "run", *words)
    assert (code, "--accept-changed 现状" in said) == (2, True)
    Path("taizhang.toml").write_text('[national]\nmapping = "对照.toml"\n', encoding="utf-8")
    assert '"现状"' in upload_desk("reconcile", "mapping")[1]


def test_a_shifted_column_is_accepted_by_the_title_that_the_refusal_names(
    upload_desk: Desk,
) -> None:
    before, shifted = rows(60), [replace(row, host_unit=row.name) for row in rows(60)]
    words = ("reconcile", "run", "--accept-absent", "--out", "核对", "--national")
    assert upload_desk(*words, exported(before, "一.xlsx"))[0] == 0
    code, said = upload_desk(*words, exported(shifted, "二.xlsx"))
    assert (code, "--accept-changed 主办单位" in said) == (2, True)
    code, said = upload_desk(*words, "二.xlsx", "--accept-changed", "主办单位")
    assert code == 0, said


def test_a_column_that_nobody_watches_is_refused_with_those_that_are(upload_desk: Desk) -> None:
    words = ("reconcile", "run", "--national", "导出.xlsx", "--accept-changed", "粉丝")
    code, said = upload_desk(*words)
    assert code == 2
    assert "没有叫作“粉丝”的栏目" in said
    assert "主办单位、" in said


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ("host_unit", "host_unit"),
        ("主办单位", "host_unit"),
        ("开设单位", "host_unit"),
        ("报送系统编码", "national_code"),
        ("新媒体编码", "national_code"),
        ("主办单位层级", "host_level"),
        ("平台ID", "identifier"),
        ("运行状态", "state"),
        ("账号名称", "name"),
    ],
)
def test_a_watched_column_goes_by_its_title_its_word_and_its_field(said: str, field: str) -> None:
    assert watched_fields([said], WATCHED, load_mapping().titles) == {field}


def test_every_unknown_column_is_named() -> None:
    with pytest.raises(BadInput) as refused:
        watched_fields(["甲", "name", "乙"], WATCHED)
    assert [fault.message for fault in refused.value.faults] == [
        "没有叫作“甲”的栏目。",
        "没有叫作“乙”的栏目。",
    ]


def test_which_export_was_compared_is_said_everywhere(upload_desk: Desk) -> None:
    words = ("reconcile", "run", "--national", "导出.xlsx", "--out", "核对")
    named = "导出表：导出.xlsx（2026-11-23 保存）"
    assert_told_everywhere(upload_desk, words, named)
    told = json.loads(upload_desk(*words, "--format", "json")[1])["export"]
    assert (told["file_name"], told["kept_at"][:10], told["reused"]) == (
        "导出.xlsx",
        "2026-11-23",
        False,
    )


def test_an_export_used_again_because_nobody_named_one_is_said_to_be(upload_desk: Desk) -> None:
    words = ("reconcile", "run", "--out", "核对")
    again = "导出表：导出.xlsx（2026-11-23 保存；这次没有用 --national 指定，沿用上次留存的）"
    assert_told_everywhere(upload_desk, words, again)
    assert json.loads(upload_desk(*words, "--format", "json")[1])["export"]["reused"] is True


def assert_told_everywhere(desk: Desk, words: tuple[str, ...], told: str) -> None:
    assert told in desk(*words)[1]
    assert told in summary_of("核对")
    assert told in desk(*words, "--format", "html")[1]


def summary_of(folder: str) -> list[object]:
    sheet = openpyxl.load_workbook(Path(folder) / "reconcile.xlsx").worksheets[0]
    return [cell.value for row in sheet.iter_rows() for cell in row]


def test_a_missing_argument_is_called_as_the_help_calls_it(upload_desk: Desk) -> None:
    code, said = upload_desk("reconcile", "explain", "微博:平安青石")
    assert (code, "ACCOUNT" in said) == (2, False)
    assert "账号或记录" in said


def test_an_explanation_names_the_finding_inside_the_ledger(upload_desk: Desk) -> None:
    added = "主办单位,账号名称,平台,UID\n青石县教育局,青石民政,微博,1000000077\n"
    Path("又.csv").write_text(added, encoding="utf-8")
    assert upload_desk("import", "又.csv", "--sender", "青石县教育局", "--apply")[0] == 0
    code, said = upload_desk("reconcile", "explain", "1000000002", "1000000077")
    assert (code, "DU403" in said, "名称相同" in said) == (0, True, True)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_workbook_of_ours_is_never_read_as_an_export(upload_desk: Desk, lang: str) -> None:
    upload_desk("reconcile", "run", "--out", "again", lang=lang)
    upload_desk("report", "ledger", "--output", "ledger.xlsx", lang=lang)
    before = kept(upload_desk)
    upload_desk("account", "list", "--format", "csv", "--output", "accounts.csv", lang=lang)
    for file in ("again/reconcile.xlsx", "again/upload.xlsx", "ledger.xlsx", "accounts.csv"):
        code, said = upload_desk("reconcile", "run", "--national", file)
        assert code == 2 and "由本程序生成，不是报送系统的导出表" in said, (file, said)
    assert kept(upload_desk) == before


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_ledger_of_ours_without_its_hidden_column_is_no_export(
    upload_desk: Desk, lang: str
) -> None:
    upload_desk("report", "ledger", "--output", "ledger.xlsx", lang=lang)
    book = openpyxl.load_workbook("ledger.xlsx")
    sheet = book.worksheets[0]
    rows = sheet.iter_rows(max_row=6)
    hidden = next(n for row in rows for n, cell in enumerate(row, 1) if _is_uid(cell.value))
    sheet.delete_cols(hidden)
    book.save("ledger.xlsx")
    code, said = upload_desk("reconcile", "run", "--national", "ledger.xlsx")
    assert code == 2 and "由本程序生成，不是报送系统的导出表" in said, said


def _is_uid(title: object) -> bool:
    return title in {"台账内部编号", "Id in the ledger"}


def test_forms_and_lists_of_ours_are_no_exports_either(upload_desk: Desk) -> None:
    write_todo(Path("todo.xlsx"), (), at=MOMENT, platforms=CATALOGUE)
    upload_desk("filing", "template", "备案.xlsx")
    for list_ in ("filing", "finding"):
        upload_desk(list_, "list", "--format", "csv", "--output", f"{list_}.csv")
    upload_desk("import", "台账.csv", "--sender", OFFICE, "--format", "csv", "--output", "计划.csv")
    before = kept(upload_desk)
    for file in ("todo.xlsx", "备案.xlsx", "filing.csv", "finding.csv", "计划.csv"):
        for more in ((), ("--accept-absent",)):
            code, said = upload_desk("reconcile", "run", "--national", file, *more)
            assert code == 2 and "由本程序生成，不是报送系统的导出表" in said, (file, said)
    assert kept(upload_desk) == before


def test_what_can_be_accepted_is_called_as_the_mapping_does(upload_desk: Desk) -> None:
    upload_desk("reconcile", "mapping", "--output", "我的.toml")
    text = Path("我的.toml").read_text("utf-8").replace('title = "账号名称"', 'title = "媒体全名"')
    Path("我的.toml").write_text(text, "utf-8")
    words = ("reconcile", "run", "--mapping", "我的.toml", "--accept-changed")
    code, said = upload_desk(*words, "粉丝")
    assert (code, "媒体全名" in said, "账号名称" in said) == (2, True, False), said
    assert upload_desk(*words, "媒体全名")[0] == 0


def test_cells_that_cannot_be_read_are_told_with_row_and_column(upload_desk: Desk) -> None:
    some = [replace(row, fields={"followers": "很多"}) for row in rows(12)]
    words = ("reconcile", "run", "--accept-absent", "--national")
    code, said = upload_desk(*words, exported(some, "三.xlsx"))
    assert code == 0, said
    assert "12 处日期或数字无法识别，已原样保留" in said
    assert "第2行 · “粉丝数”列: “很多”不是数字" in said and "第12行" not in said
    assert "另有 2 处" in said


def kept(desk: Desk) -> str:
    """The export that is compared where none is named."""
    said = desk("reconcile", "run", "--out", "now")[1]
    return next(line for line in said.splitlines() if line.startswith("导出表："))


def test_an_account_renamed_there_is_known_by_the_code_that_its_list_brought(
    upload_desk: Desk,
) -> None:
    lines = ["新媒体编码,主办单位,账号名称,平台"]
    lines += [f"X{n},青石县气象局,青石气象{n}号,抖音" for n in (1, 2)]
    Path("编码.csv").write_text("\n".join(lines), encoding="utf-8")
    code, said = upload_desk("import", "编码.csv", "--sender", "青石县气象局", "--apply")
    assert code == 0, said
    there = [
        NationalEntry("douyin", name, host_unit="青石县气象局", national_code=code)
        for name, code in (("看云识天", "X1"), ("风雨早知道", "X2"))
    ]
    write_national(there, Path("只抖音.xlsx"), load_mapping(), CATALOGUE)
    code, said = upload_desk(
        "reconcile", "run", "--national", "只抖音.xlsx", "--accept-absent", "--format", "json"
    )
    assert code == 0, said
    found = [
        (each["code"], each["ledger"]["name"], each["outside"]["name"])
        for each in json.loads(said[said.index("{") :])["differences"]
        if each["ledger"].get("platform") == "douyin" and each["code"].startswith("RC")
    ]
    assert found == [("RC306", "青石气象1号", "看云识天"), ("RC306", "青石气象2号", "风雨早知道")]
