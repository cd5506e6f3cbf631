"""`taizhang import` from the command line: plan, apply, refuse, and what is printed."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

import cli
from registry.db import Registry, open_registry
from registry.models import Account, Contact, Decision, Filing, ImportBatch, Observation, Unit

LEDGER = (
    "主办单位,账号名称,平台,UID,粉丝数,联系人,联系电话\n"
    "县公安局,青石警方,微博,7000001,5,张三丰,13800000001\n"
    "县公安局,青石警方,微信公众号,,6,,\n"
)
PROBLEMS = (
    "平台,账号名称,责任单位,问题类别,检查时更新日期\n微博,青石警方,县公安局,更新不及时,7月16日\n"
)

Run = Callable[..., int]


@pytest.fixture
def run(location: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the program on this test's registry, at the tests' now."""
    monkeypatch.setenv("TAIZHANG_NOW", "2026-11-22T09:00")
    monkeypatch.delenv("TAIZHANG_ACTOR", raising=False)
    monkeypatch.setenv("LANG", "")

    def call(*words: str, actor: str = "") -> int:
        whose = ["--actor", actor] if actor else []
        return cli.main(["--db", location, "--data", str(tmp_path / "data"), *whose, *words])

    return call


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], str]:
    """Writes a CSV file."""

    def write(text: str, name: str = "台账.csv") -> str:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


@pytest.fixture
def opened(location: str) -> Iterator[Registry]:
    """The same registry, to look into."""
    registry = open_registry(location)
    yield registry
    registry.close()


def count(registry: Registry, table: Any) -> int:
    with registry.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def many(number: int, *, name: str = "青石") -> str:
    rows = "".join(f"县公安局,{name}{n}号,微博,70000{n:02d}\n" for n in range(number))
    return "主办单位,账号名称,平台,UID\n" + rows


def test_a_plan_shows_and_writes_nothing(
    run: Run, file: Callable[..., str], opened: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("import", file(LEDGER), "--sender", "青石县") == 0
    said = capsys.readouterr().out
    assert "报送单位：青石县" in said
    assert "新增 2" in said
    assert "青石县公安局" in said
    assert "--apply" in said
    assert (count(opened, Account), count(opened, Unit)) == (0, 0)


def test_apply_writes_and_the_same_file_again_changes_nothing(
    run: Run, file: Callable[..., str], opened: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    path = file(LEDGER)
    assert run("import", path, "--sender", "青石县", "--apply") == 0
    assert "新增 2 个" in capsys.readouterr().out
    before = [count(opened, table) for table in (Account, Filing, ImportBatch, Contact)]
    assert before == [2, 2, 1, 1]
    assert run("import", path, "--sender", "青石县", "--apply") == 0
    assert "未作改动" in capsys.readouterr().out
    assert [count(opened, table) for table in (Account, Filing, ImportBatch, Contact)] == before


def test_contacts_are_printed_masked(
    run: Run, file: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    run("import", file(LEDGER), "--sender", "青石县", "--apply")
    changed = file(LEDGER.replace("张三丰,13800000001", "李四光,13900000002"))
    for format_ in ("table", "csv", "json"):
        capsys.readouterr()
        assert run("import", changed, "--sender", "青石县", "--format", format_) == 0
        said = capsys.readouterr().out
        assert "139****0002" in said
        assert "13900000002" not in said and "李四光" not in said and "张三丰" not in said


def test_json_is_one_object_with_counts_rows_and_all_the_rest(
    run: Run, file: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("import", file(LEDGER), "--sender", "青石县", "--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["kind"] == "ledger"
    assert told["counts"] == {
        "create": 2,
        "update": 0,
        "filing": 0,
        "unchanged": 0,
        "conflict": 0,
        "rejected": 0,
        "absent": 0,
    }
    assert told["rows"][0] == {
        "sheet": "台账",
        "row": 2,
        "result": "create",
        "platform": "weibo",
        "form": "",
        "name": "青石警方",
        "host_unit": "青石县公安局",
        "host_assumed": False,
        "account": None,
        "changes": [],
        "reasons": [],
    }
    assert told["applied"] is None
    assert run("import", file(LEDGER), "--sender", "青石县", "--format", "json", "--apply") == 0
    caught = capsys.readouterr()
    assert json.loads(caught.out)["applied"]["nothing_new"] is False
    assert "新增 2 个" in caught.err


def test_csv_and_output_go_to_a_file(
    run: Run, file: Callable[..., str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "方案.csv"
    words = ("import", file(LEDGER), "--sender", "青石县")
    assert run(*words, "--format", "csv", "--output", str(out)) == 0
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig"))))
    assert [(row["行号"], row["结果"], row["账号"]) for row in rows] == [
        ("2", "新增", "青石警方"),
        ("3", "新增", "青石警方"),
    ]
    text = tmp_path / "方案.txt"
    assert run(*words, "--output", str(text)) == 0
    assert "导入方案" in text.read_text(encoding="utf-8")
    assert capsys.readouterr().out == ""


def test_a_shifted_column_is_refused_until_a_person_accepts_it(
    run: Run, file: Callable[..., str], opened: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    run("import", file(many(8)), "--sender", "青石县", "--apply")
    words = ("import", file(many(8, name="错位")), "--sender", "青石县")
    for more in ((), ("--apply",)):
        capsys.readouterr()
        assert run(*words, *more) == 2
        assert "--accept-changed 账号名称" in capsys.readouterr().err
    accepted = (*words, "--apply", "--accept-changed", "name")
    assert run(*accepted) == 2
    assert "--actor" in capsys.readouterr().err
    assert run(*accepted[:-1], "名称", actor="王芳") == 0
    assert count(opened, Decision) == 1


def test_half_a_list_is_refused_until_it_is_accepted(
    run: Run, file: Callable[..., str], opened: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    run("import", file(many(12)), "--sender", "青石县", "--apply")
    words = ("import", file(many(3)), "--sender", "青石县")
    assert run(*words) == 2
    caught = capsys.readouterr()
    assert "缺少" in caught.out and "--accept-absent" in caught.err
    assert run(*words, "--accept-absent") == 0
    assert run(*words, "--accept-absent", "--apply", actor="王芳") == 0
    assert count(opened, Decision) == 9


def test_one_rejected_row_writes_nothing_unless_it_is_left_out(
    run: Run,
    file: Callable[..., str],
    opened: Registry,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ("import", file(LEDGER.replace(",6,", ",许多,")), "--sender", "青石县")
    assert run(*words) == 0
    assert "不能导入 1" in capsys.readouterr().out
    assert run(*words, "--apply") == 2
    assert "第3行" in capsys.readouterr().err
    assert count(opened, Account) == 0
    out = tmp_path / "退回.csv"
    assert run(*words, "--apply", "--skip-rejected", "--rejects", str(out)) == 0
    assert count(opened, Account) == 1
    assert "许多" in out.read_text(encoding="utf-8-sig")
    assert str(out) in capsys.readouterr().out


def test_if_the_rejects_cannot_be_written_nothing_is(
    run: Run, file: Callable[..., str], opened: Registry, tmp_path: Path
) -> None:
    words = ("import", file(LEDGER.replace(",6,", ",许多,")), "--sender", "青石县", "--apply")
    nowhere = tmp_path / "没有这个文件夹" / "退回.csv"
    assert run(*words, "--skip-rejected", "--rejects", str(nowhere)) == 2
    assert count(opened, Account) == 0


@pytest.mark.parametrize(
    "words",
    [
        ("--skip-rejected",),
        ("--rejects", "x.csv"),
        ("--skip-rejected", "--rejects", "x.csv"),
        ("--apply", "--skip-rejected", "--rejects", "x.txt"),
        ("--accept-changed", "nonsense"),
        ("--map", "甲=nonsense"),
    ],
)
def test_bad_usage_is_refused(run: Run, file: Callable[..., str], words: tuple[str, ...]) -> None:
    assert run("import", file(LEDGER), "--sender", "青石县", *words) == 2


def test_conflicts_become_filings(
    run: Run, file: Callable[..., str], opened: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    run("import", file(LEDGER), "--sender", "青石县", "--apply")
    words = ("import", file(LEDGER.replace("青石警方,微博", "青石公安,微博")), "--sender", "青石县")
    assert run(*words) == 0
    assert "冲突 1" in capsys.readouterr().out
    assert run(*words, "--as-filing", "--apply") == 0
    assert "已提交备案" in capsys.readouterr().out
    assert count(opened, Filing) == 3
    assert run(*words, "--as-filing", "--apply") == 0
    assert count(opened, Filing) == 3


def test_what_a_column_is_is_remembered(
    run: Run, file: Callable[..., str], opened: Registry
) -> None:
    path = file("主办单位,账号名称,平台,热度\n县公安局,青石警方,微博,12\n")
    words = ("import", path, "--sender", "青石县")
    assert run(*words, "--map", "热度=followers", "--apply") == 0
    file("主办单位,账号名称,平台,热度\n县公安局,青石警方,微博,13\n")
    assert run(*words, "--apply") == 0
    with opened.read() as session:
        assert session.scalars(select(Account)).one().followers == 13


def test_a_problem_list_is_told_apart_and_makes_no_account(
    run: Run, file: Callable[..., str], opened: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    run("import", file(LEDGER), "--sender", "青石县", "--apply")
    capsys.readouterr()
    path = file(PROBLEMS, "问题.csv")
    assert run("import", path, "--sender", "青石县") == 0
    said = capsys.readouterr().out
    assert "问题清单" in said and "2026-07-16" in said and "更新不及时" in said
    assert count(opened, Observation) == 0
    for _again in range(2):
        assert run("import", path, "--sender", "青石县", "--apply") == 0
    assert (count(opened, Account), count(opened, Observation)) == (2, 1)
    capsys.readouterr()
    assert run("import", path, "--sender", "青石县", "--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["kind"], told["counts"]["known"]) == ("problems", 1)
    assert told["rows"][0]["last_update"] == "2026-07-16"


def test_an_unclear_list_is_asked_about(
    run: Run, file: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    text = "主办单位,账号名称,平台,账号链接,检查时更新日期\n县公安局,青石警方,微博,无,7月16日\n"
    path = file(text)
    assert run("import", path, "--sender", "青石县") == 2
    assert "--as ledger" in capsys.readouterr().err
    assert run("import", path, "--sender", "青石县", "--as", "ledger") == 0


def test_a_file_that_names_no_account_is_refused_with_the_way_to_map_it(
    run: Run, file: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("import", file("甲,乙\n1,2\n")) == 2
    assert "--map" in capsys.readouterr().err


def test_a_blank_form_holds_nothing_and_is_no_error(
    run: Run, file: Callable[..., str], opened: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    path = file("主办单位,账号名称,平台\n")
    assert run("import", path) == 0
    assert "没有账号" in capsys.readouterr().out
    assert run("import", path, "--apply") == 0
    assert count(opened, ImportBatch) == 0


def test_a_list_of_nobody_is_planned_and_not_applied(
    run: Run, file: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = file("主办单位,账号名称,平台\n青石县公安局,青石警方,微博\n")
    assert run("import", path) == 0
    assert run("import", path, "--apply") == 2
    assert "--sender" in capsys.readouterr().err


def test_a_list_without_units_needs_a_default_host(
    run: Run, file: Callable[..., str], opened: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("import", file("账号名称,平台\n青石警方,微博\n"), "--sender", "青石县")
    assert run(*words) == 2
    assert "--default-host" in capsys.readouterr().err
    assert run(*words, "--default-host", "县公安局", "--apply") == 0
    with opened.read() as session:
        units = set(session.scalars(select(Unit.name)))
    assert units == {"青石县", "青石县公安局"}


def test_a_renaming_is_suggested_with_the_command_for_it(
    run: Run, file: Callable[..., str], opened: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "主办单位,账号名称,平台\n县公安局,青石交警50622,微博\n"
    run("import", file(text), "--sender", "青石县", "--apply")
    capsys.readouterr()
    assert run("import", file(text.replace("50622", "大队")), "--sender", "青石县") == 0
    said = capsys.readouterr().out
    assert "可能已更名为“青石交警大队”" in said
    assert "taizhang filing change" in said
    assert count(opened, Account) == 1


SCHOOLS = (
    "主办单位,账号名称,平台\n青石县第二中学,青石二中,微信公众号\n"
    "青石县民政局,青石民政,微博\n青石二中,青石二中,微博\n"
)


def test_a_unit_under_two_names_is_named_with_its_row_and_the_command_that_makes_it_one(
    run: Run, file: Callable[..., str], opened: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("import", file(SCHOOLS), "--sender", "青石县")
    assert run(*words) == 0
    said = capsys.readouterr().out
    assert "台账.csv · 台账 · 第4行：“青石二中”可能就是“青石县第二中学”" in said
    (command,) = re.findall("taizhang (unit .+)", said)
    assert run(*command.split()) == 0
    capsys.readouterr()
    assert run(*words, "--apply") == 0
    assert "不同写法" not in capsys.readouterr().out
    with opened.read() as session:
        units = set(session.scalars(select(Unit.name)))
    assert units == {"青石县", "青石县第二中学", "青石县民政局"}


def test_a_further_name_of_a_known_unit_is_found_in_the_next_list(
    run: Run, file: Callable[..., str], opened: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("unit", "add", "青石县第二中学") == 0
    words = ("import", file(SCHOOLS.replace("县第二中学", "县二中")), "--sender", "青石县")
    capsys.readouterr()
    assert run(*words, "--format", "json") == 0
    twins = json.loads(capsys.readouterr().out)["unit_twins"]
    assert [(twin["name"], twin["row"], twin["known"]) for twin in twins] == [
        ("青石县二中", 2, True),
        ("青石二中", 4, True),
    ]
    assert twins[0]["command"] == "taizhang unit alias 青石县第二中学 青石县二中"
    assert run(*words, "--format", "csv") == 0
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out.lstrip("\ufeff"))))
    assert [row[1] for row in rows if "单位可能已有" in row] == ["2", "4"]
    assert [run(*twin["command"].split()[1:]) for twin in twins] == [0, 0]
    assert run(*words, "--apply") == 0
    assert count(opened, Unit) == 3


def test_twins_that_were_made_are_named_with_the_way_to_merge_them(
    run: Run, file: Callable[..., str], opened: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("import", file(SCHOOLS), "--sender", "青石县", "--apply") == 0
    (command,) = re.findall("taizhang (unit merge .+)", capsys.readouterr().out)
    assert count(opened, Unit) == 4
    assert run(*command.split()) == 0


def test_hidden_rows_are_read_and_said(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.exchange.files import LEDGER as ROWS
    from tests.exchange.files import write_xlsx

    path = write_xlsx(tmp_path / "台账.xlsx", {"台账": ROWS}, hidden_rows=[3])
    assert run("import", str(path), "--sender", "青石县") == 0
    assert "隐藏" in capsys.readouterr().err


def test_outside_text_cannot_style_the_terminal(
    run: Run, file: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = file("主办单位,账号名称,平台\n县公安局,\x1b[31m[red]青石警方,微博\n")
    assert run("import", path, "--sender", "青石县") == 0
    said = capsys.readouterr().out
    assert "\x1b" not in said and "[red]青石警方" in said
