"""`taizhang reconcile apply`: the workbook goes out, is filled in, and comes back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cli
from registry.exchange.national import write_national
from registry.exchange.national_template import NationalEntry, load_mapping
from registry.vocab import NationalState
from tests.exchange.catalogues import CATALOGUE
from tests.reconcilers.workbooks import fill

NOW = "2026-11-23T09:00"
OFFICE = "青石县人民政府办公室"
LEDGER = (
    "主办单位,账号名称,平台,UID\n青石县公安局,平安青石,微博,1000000001\n"
    "青石县民政局,青石民政,微博,1000000002\n青石县水利局,青石水利,微博,1000000003\n"
)
Desk = Callable[..., tuple[int, str]]


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Desk:
    """A registry of three accounts of which the national system has two, one by another name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TAIZHANG_DB", raising=False)
    monkeypatch.delenv("TAIZHANG_ACTOR", raising=False)
    monkeypatch.setenv("LANG", "")

    def run(*words: str, actor: str = "王芳", lang: str = "zh") -> tuple[int, str]:
        capsys.readouterr()
        whose = ["--actor", actor] if actor else []
        code = cli.main(["--lang", lang, "--now", NOW, *whose, *words])
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    assert run("init", "--jurisdiction", OFFICE)[0] == 0
    Path("台账.csv").write_text(LEDGER, encoding="utf-8")
    assert run("import", "台账.csv", "--sender", OFFICE, "--apply")[0] == 0
    rows = [
        ("青石公安", "青石县公安局", "1000000001"),
        ("青石民政", "青石县民政局", "1000000002"),
        ("青石旅游", "青石县水利局", "1000000009"),
    ]
    entries = [
        NationalEntry(
            "weibo", name, host_unit=unit, identifiers={"uid": uid}, state=NationalState.LIVE
        )
        for name, unit, uid in rows
    ]
    write_national(entries, Path("导出.xlsx"), load_mapping(), CATALOGUE)
    code, said = run("reconcile", "run", "--national", "导出.xlsx", "--out", "核对")
    assert code == 0, said
    return run


def book() -> Path:
    return Path("核对", "reconcile.xlsx")


def filled() -> Path:
    return fill(
        book(),
        ("RC304", 1, "更正报送系统", None, ""),
        ("RC305", 1, "补办开设备案", None, "旅游股开设"),
        ("RC306", 1, "办理变更备案", None, "已改名"),
    )


def listed(desk: Desk, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(desk(*words, "--format", "json")[1])
    return found


def test_an_empty_workbook_decides_nothing(desk: Desk) -> None:
    code, said = desk("reconcile", "apply", str(book()))
    assert (code, said.strip()) == (0, "核对表中没有填写处理决定。")


def test_the_plan_is_shown_first_and_nothing_is_written(desk: Desk) -> None:
    code, said = desk("reconcile", "apply", str(filled()), actor="")
    assert code == 0
    assert "变更：名称“青石公安”" in said
    assert "起草备案 2；登记意见 1" in said
    assert "加 --apply" in said
    assert "2026-0001" not in said
    assert listed(desk, "filing", "list", "--state", "draft") == []


def test_it_is_written_in_the_name_of_a_person_and_only_once(desk: Desk) -> None:
    path = str(filled())
    code, said = desk("reconcile", "apply", path, "--apply", actor="")
    assert (code, "--actor" in said) == (2, True)
    code, said = desk("reconcile", "apply", path, "--apply")
    assert (code, "已写入" in said) == (0, True)
    drafts = listed(desk, "filing", "list", "--state", "draft")
    assert {(row["kind"], row["account"]) for row in drafts} == {
        ("open", "青石旅游"),
        ("change", "平安青石"),
    }
    reviews = {row["code"]: row["review"] for row in listed(desk, "finding", "list")}
    assert reviews == {"RC304": "confirmed", "RC305": "confirmed", "RC306": "confirmed"}
    code, said = desk("reconcile", "apply", path, "--apply")
    assert (code, "都已办理过" in said) == (0, True)
    assert listed(desk, "filing", "list", "--state", "draft") == drafts


def test_with_one_fault_nothing_is_written(desk: Desk) -> None:
    path = str(fill(filled(), ("RC304", 1, "暂免", None, "")))
    code, said = desk("reconcile", "apply", path, "--apply")
    assert code == 2
    assert "reconcile.xlsx 有错误，未写入任何内容" in said
    assert "请填写" in said or "请" in said
    assert "RC304  台账有、报送系统没有" in said
    assert listed(desk, "filing", "list", "--state", "draft") == []


def test_the_plan_comes_as_json_too(desk: Desk) -> None:
    code, said = desk("reconcile", "apply", str(filled()), "--format", "json")
    told = json.loads(said[: said.rindex("}") + 1])
    assert (code, told["applied"]) == (0, False)
    assert told["counts"] == {"filed": 2, "reviewed": 1, "remembered": 0, "nothing": 0}
    assert [row["choice"] for row in told["rows"]] == ["change_there", "file_open", "file_change"]


def test_a_workbook_of_another_registry_is_refused(desk: Desk, tmp_path: Path) -> None:
    path = str(filled())
    assert desk("--db", str(tmp_path / "other.db"), "init", "--jurisdiction", "云川市")[0] == 0
    code, said = desk("--db", str(tmp_path / "other.db"), "reconcile", "apply", path)
    assert (code, "另一个台账的核对表" in said) == (2, True)


def test_a_workbook_written_in_english_comes_back_in_either_language(desk: Desk) -> None:
    assert desk("reconcile", "run", "--out", "book", lang="en")[0] == 0
    path = str(Path("book", "reconcile.xlsx"))
    assert "No decision" in desk("reconcile", "apply", path, lang="en")[1]
    assert "没有填写处理决定" in desk("reconcile", "apply", path)[1]
