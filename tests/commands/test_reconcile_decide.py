"""`taizhang reconcile decide` and `approve-duplicate`: what a person says stands until somebody says
otherwise on purpose."""

from __future__ import annotations

import json
import re
from pathlib import Path

import openpyxl
import pytest

from registry.exchange.national import write_national
from registry.exchange.national_template import NationalEntry, load_mapping
from registry.vocab import NationalState
from tests.commands.conftest import Desk, listed
from tests.exchange.catalogues import CATALOGUE
from tests.reconcilers.workbooks import PAIRS, sheet_of


def export(*rows: tuple[str, str, str]) -> None:
    """An export of (name, id, code) of 青石县公安局."""
    entries = [
        NationalEntry(
            "weibo",
            name,
            host_unit="青石县公安局",
            identifiers={"uid": uid},
            state=NationalState.LIVE,
            national_code=code,
        )
        for name, uid, code in rows
    ]
    write_national(entries, Path("新导出.xlsx"), load_mapping(), CATALOGUE)


def reconciled(desk: Desk) -> str:
    code, said = desk(
        *("reconcile", "run", "--national", "新导出.xlsx", "--out", "再核对"),
        *("--accept-absent", "--accept-changed", "name"),
    )
    assert code == 0, said
    return said


def test_the_command_on_the_sheet_decides_its_pair_once(upload_desk: Desk) -> None:
    export(("平安青石", "1000000001", ""), ("青石公安", "1000000001", ""))
    assert "1 对" in reconciled(upload_desk)
    sheet = sheet_of(openpyxl.load_workbook(Path("再核对", "reconcile.xlsx")), PAIRS)
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
    (command,) = [text for text in cells if text.startswith("taizhang reconcile decide")]
    code, said = upload_desk(*command.replace('"', "").split()[1:])
    assert code == 0 and "另一条记录列入下次 upload.xlsx 申请下线" in said
    assert "0 对" in reconciled(upload_desk)
    code, said = upload_desk(*command.replace('"', "").split()[1:])
    assert (code, "没有变化" in said) == (0, True)


def test_an_id_that_stands_twice_is_asked_back_with_the_rows(upload_desk: Desk) -> None:
    export(("平安青石", "1000000001", ""), ("青石公安", "1000000001", ""))
    reconciled(upload_desk)
    code, said = upload_desk("reconcile", "explain", "微博:青石民政", "1000000001")
    assert code == 0 and "平安青石" in said  # the account of the ledger that holds it
    code, said = upload_desk("reconcile", "explain", "微博:平安青石", "1000000001")
    assert code == 2 and len(re.findall("导出表第 [23] 行", said)) == 2
    code, said = upload_desk("reconcile", "decide", "微博:平安青石", "第3行", "--offline")
    assert code == 0, said
    assert "0 对" in reconciled(upload_desk)


def test_accounts_of_two_platforms_are_never_one(upload_desk: Desk) -> None:
    Path("更多.csv").write_text(
        "主办单位,账号名称,平台,UID\n青石县公安局,平安青石,抖音,qingshigongan\n", encoding="utf-8"
    )
    code, said = upload_desk("import", "更多.csv", "--sender", "青石县公安局", "--apply")
    assert code == 0, said
    code, said = upload_desk("reconcile", "decide", "微博:平安青石", "抖音:平安青石", "--same")
    assert code == 2 and "不同平台" in said and "新浪微博" in said and "抖音" in said


def test_which_of_the_three_must_be_said(upload_desk: Desk) -> None:
    code, said = upload_desk("reconcile", "decide", "微博:平安青石", "微博:青石民政")
    assert code == 2 and "--not-same" in said
    code, said = upload_desk("reconcile", "decide", "微博:平安青石", "微博:青石民政", "--offline")
    assert code == 2 and "报送系统中的记录" in said


@pytest.mark.parametrize("words", [("--same", "--not-same"), ("--offline", "--same")])
def test_decisions_that_contradict_each_other_are_refused(
    upload_desk: Desk, words: tuple[str, ...]
) -> None:
    two = ("reconcile", "decide", "微博:平安青石", "微博:青石民政")
    code, said = upload_desk(*two, *words)
    assert (code, "相互矛盾" in said) == (2, True)
    assert (
        json.loads(upload_desk("reconcile", "explain", *two[2:], "--format", "json")[1])[
            "decisions"
        ]
        == []
    )


def test_what_was_recorded_of_which_two_is_told_with_what_comes_next(upload_desk: Desk) -> None:
    code, said = upload_desk("reconcile", "decide", "微博:平安青石", "微博:青石民政", "--not-same")
    assert code == 0
    for words in ("平安青石（青石县公安局）", "青石民政（青石县民政局）", "不是同一账号"):
        assert words in said
    assert "1000000001" in said and "taizhang reconcile run" in said


def test_an_earlier_decision_is_told_and_overruled_on_purpose(upload_desk: Desk) -> None:
    two = ("reconcile", "decide", "微博:青石财政", "第5行")
    assert upload_desk(*two, "--not-same", "--reason", "两个单位")[0] == 0
    code, said = upload_desk(*two, "--same", actor="李静")
    assert code == 2
    assert "王芳 于 2026-11-23 认定“不是同一账号”（两个单位）" in said and "--reverse" in said
    code, said = upload_desk(*two, "--same", "--reverse", "--reason", "机构合并", actor="李静")
    assert code == 0 and "取代以前的决定：王芳" in said
    code, said = upload_desk("reconcile", "explain", *two[2:])
    assert "两个单位" in said and "机构合并" in said


def test_an_exception_says_what_it_takes_the_place_of(upload_desk: Desk) -> None:
    words = ("reconcile", "approve-duplicate", "县公安局", "微博", "--reason", "县政府办批准")
    code, said = upload_desk(*words, "--until", "2026-12-31")
    assert (code, said.strip()) == (
        0,
        "已记录：青石县公安局可在新浪微博保留多个账号，至 2026-12-31。",
    )
    code, said = upload_desk(*words, "--until", "2027-06-30")
    assert code == 0
    assert "取代以前的决定：王芳 于 2026-11-23 认定“批准保留多个账号，至 2026-12-31”" in said


def test_an_exception_is_for_every_form_that_the_unit_has_there(upload_desk: Desk) -> None:
    lines = ["平台类型,账号名称,主办单位,平台ID"]
    for number, name in enumerate(("警方", "警务", "办证")):
        form = "服务号" if name == "办证" else "订阅号"
        lines.append(f"{form},青石{name},青石县公安局,gh_00000000000{number}")
    Path("公众号.csv").write_text("\n".join(lines), encoding="utf-8")
    code, said = upload_desk("import", "公众号.csv", "--sender", "青石县公安局", "--apply")
    assert code == 0, said
    run = ("reconcile", "run", "--out", "再核对")
    assert "DU401" in upload_desk(*run)[1]
    words = ("reconcile", "approve-duplicate", "县公安局", "公众号", "--reason", "县政府办批准")
    code, said = upload_desk(*words, "--form", "瞎写")
    assert code == 2 and "瞎写" in said and "服务号" in said and "订阅号" in said
    code, said = upload_desk(*words)
    assert code == 0 and "微信公众号 服务号、订阅号保留多个账号，长期有效" in said
    assert "DU401" not in upload_desk(*run)[1]
    code, said = upload_desk(*words, "--withdraw", "--form", "订阅号")
    assert code == 0 and "不得再" in said and "取代以前的决定" in said
    assert "DU401" in upload_desk(*run)[1]
    code, said = upload_desk(*words, "--withdraw", "--form", "订阅号")
    assert code == 2 and "没有有效的批准" in said
    assert upload_desk(*words, "--withdraw", "--until", "2027-01-01")[0] == 2


@pytest.mark.parametrize("row", ["1000000009", "第4行"])
def test_a_row_that_is_no_account_is_taken_offline_by_its_row_or_id(
    upload_desk: Desk, row: str
) -> None:
    code, said = upload_desk("reconcile", "decide", row, "--offline", "--reason", "早已停办")
    assert code == 0 and "青石旅游" in said and "报送系统记录应下线" in said
    (review,) = [
        one["review"] for one in listed(upload_desk, "finding", "list") if one["code"] == "RC305"
    ]
    assert review == "confirmed"
    assert leaving(upload_desk) == ["青石旅游"]
    code, said = upload_desk("reconcile", "decide", row, "--offline", "--reverse")
    assert (code, "此前已经记录" in said) == (0, True)
    uid = said.split("finding dismiss ")[1].split()[0]
    code, said = upload_desk("reconcile", "decide", row, "--not-same", "--reverse")
    assert (code, "finding dismiss" in said) == (2, True)
    assert upload_desk("finding", "dismiss", uid, "--reason", "仍在使用")[0] == 0
    assert leaving(upload_desk) == []


def test_a_row_that_was_dismissed_since_goes_only_when_that_is_decided_anew(
    upload_desk: Desk,
) -> None:
    assert upload_desk("reconcile", "decide", "第4行", "--offline")[0] == 0
    (uid,) = (f["uid"] for f in listed(upload_desk, "finding", "list") if f["code"] == "RC305")
    assert upload_desk("finding", "dismiss", uid, "--reason", "另有单位主办")[0] == 0
    assert leaving(upload_desk) == []
    words = ("reconcile", "decide", "第4行", "--offline")
    code, said = upload_desk(*words, "--reason", "确已停办")
    assert (code, "认定“不成立”（另有单位主办）" in said, "--reverse" in said) == (2, True, True)
    code, said = upload_desk(*words, "--reverse")
    assert (code, "缺少理由" in said) == (2, True)
    assert leaving(upload_desk) == []
    code, said = upload_desk(*words, "--reverse", "--reason", "确已停办")
    assert (code, "青石旅游" in said, "此前已经记录" in said) == (0, True, False)
    assert leaving(upload_desk) == ["青石旅游"]


def test_a_finding_shows_the_filing_that_is_under_way_for_it(upload_desk: Desk) -> None:
    (uid,) = (f["uid"] for f in listed(upload_desk, "finding", "list") if f["code"] == "RC304")
    assert "在办备案" not in upload_desk("finding", "show", uid)[1]
    words = ("--reason", "不再使用", "--stop-on", "2026-12-31")
    code, said = upload_desk("filing", "stop", "微博:青石水利", *words)
    assert code == 0, said
    code, said = upload_desk("finding", "show", uid)
    assert code == 0 and re.search("在办备案.*关停 2026-[0-9]+（.+）", said)
    (filing,) = json.loads(upload_desk("finding", "show", uid, "--format", "json")[1])["filings"]
    assert (filing["kind"], filing["state"]) == ("stop", "submitted")


def leaving(desk: Desk) -> list[object]:
    """The names that `upload.xlsx` takes offline after one more run."""
    assert desk("reconcile", "run", "--out", "再核对")[0] == 0
    rows = [
        row
        for sheet in openpyxl.load_workbook(Path("再核对", "upload.xlsx"))
        for row in sheet.iter_rows(values_only=True)
    ]
    place = next(row.index("账号名称") for row in rows if "账号名称" in row)
    return [row[place] for row in rows if "申请下线" in row]


def test_a_row_of_an_account_is_not_taken_offline_without_naming_it(upload_desk: Desk) -> None:
    code, said = upload_desk("reconcile", "decide", "1000000002", "--offline")
    assert code == 2 and "青石民政" in said and "taizhang reconcile decide" in said


def test_a_row_that_nobody_has_is_not_found(upload_desk: Desk) -> None:
    code, said = upload_desk("reconcile", "decide", "第99行", "--offline")
    assert code == 2 and "第99行" in said
    code, said = upload_desk("reconcile", "decide", "微博:平安青石", "--same")
    assert code == 2 and "请写两个" in said


def test_two_that_hold_ids_of_their_own_are_never_called_one(upload_desk: Desk) -> None:
    code, said = upload_desk("reconcile", "decide", "平安青石", "青石民政", "--same")
    assert (code, "1000000001" in said, "1000000002" in said) == (2, True, True), said
    assert "taizhang filing change" in said
    assert upload_desk("reconcile", "decide", "平安青石", "青石民政", "--not-same")[0] == 0
    # of a row there the id may be the one that is wrong: that is what is asked
    assert upload_desk("reconcile", "decide", "青石财政", "第5行", "--same")[0] == 0


def test_account_and_row_are_named_in_either_order(upload_desk: Desk) -> None:
    one = upload_desk("reconcile", "explain", "第2行", "平安青石")
    assert one == upload_desk("reconcile", "explain", "平安青石", "第2行")
    assert one[0] == 0
    code, said = upload_desk("reconcile", "explain", "第2行", "第3行")
    assert (code, "第2行 和 第3行 都不是台账中的账号" in said) == (2, True)
    assert upload_desk("reconcile", "decide", "第5行", "青石财政", "--not-same")[0] == 0


def test_an_id_that_account_and_row_share_may_stand_first(upload_desk: Desk) -> None:
    one = upload_desk("reconcile", "explain", "1000000001", "微博:平安青石")
    assert one == upload_desk("reconcile", "explain", "微博:平安青石", "1000000001")
    assert one[0] == 0
    export(("平安青石", "1000000001", ""), ("青石公安", "1000000001", ""))
    reconciled(upload_desk)
    code, said = upload_desk("reconcile", "explain", "1000000001", "微博:平安青石")
    assert (code, "第 2 行" in said, "第 3 行" in said) == (2, True, True), said
    assert upload_desk("reconcile", "decide", "第3行", "微博:平安青石", "--not-same")[0] == 0
    code, said = upload_desk("reconcile", "explain", "平安青石", "微博:平安青石")
    assert (code, "同一个账号" in said) == (2, True), said


def test_a_row_of_titles_is_no_record_and_the_rows_of_records_are_said(upload_desk: Desk) -> None:
    told = "最近一次导出表的第1行不是账号记录：记录在第2行至第7行"
    for words in (("explain", "第1行", "平安青石"), ("decide", "第1行", "--offline")):
        code, said = upload_desk("reconcile", *words)
        assert (code, told in said) == (2, True), said
        assert "键" not in said


def test_each_account_that_a_name_fits_stands_on_a_line(upload_desk: Desk) -> None:
    more = "主办单位,账号名称,平台,UID\n青石县民政局,@青石民政,微博,1000000092\n"
    Path("再.csv").write_text(more, encoding="utf-8")
    assert upload_desk("import", "再.csv", "--sender", "青石县民政局", "--apply")[0] == 0
    code, said = upload_desk("reconcile", "explain", "微博:青石 民政", "第3行")
    assert code == 2
    assert [("青石民政" in line, "正常运行" in line) for line in said.splitlines()[1:3]] == [
        (True, True)
    ] * 2, said
    assert upload_desk("reconcile", "explain", "微博:@青石民政", "第3行")[0] == 0


@pytest.mark.parametrize(
    ("account", "row", "codes"),
    [
        ("平安青石", "第2行", ["RC306"]),
        ("青石民政", "第3行", []),
        ("青石水利", "第4行", ["RC304", "RC305"]),
    ],
)
def test_an_explanation_lists_what_is_found_against_the_national_system(
    upload_desk: Desk, account: str, row: str, codes: list[str]
) -> None:
    said = json.loads(upload_desk("reconcile", "explain", account, row, "--format", "json")[1])
    assert [found["code"] for found in said["findings"]] == codes
