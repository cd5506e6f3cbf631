"""What `sweep plan`, `sweep run` and `sweep export` are about when nobody says, and of which ledger."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import cli

Desk = Callable[..., tuple[int, str]]
LEDGER = "主办单位,平台,账号名称,平台ID,开设日期\n青石县文旅局,百家号,青石文旅,1600000000000001,2020-01-01\n"


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Desk:
    """Runs a command on a registry without accounts; the office's week ends on Mondays at nine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TAIZHANG_DB", raising=False)
    monkeypatch.setenv("TAIZHANG_ACTOR", "王芳")
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")

    def run(*words: str, now: str = "2026-11-23T09:05") -> tuple[int, str]:
        capsys.readouterr()
        code = cli.main(["--now", now, *words])
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    Path("taizhang.toml").write_text('[sweep]\ntime_point = "周一 09:00"\n', encoding="utf-8")
    assert run("init", "--jurisdiction", "青石县人民政府")[0] == 0
    return run


def imported(desk: Desk) -> Desk:
    Path("ledger.csv").write_text(LEDGER, encoding="utf-8")
    assert desk("import", "ledger.csv", "--sender", "青石县人民政府", "--apply")[0] == 0
    return desk


@pytest.mark.parametrize("words", [["plan"], ["plan", "--accounts"], ["run"], ["export", "a.zip"]])
def test_a_ledger_without_accounts_is_told_with_what_to_do(words: list[str], desk: Desk) -> None:
    code, said = desk("sweep", *words)
    assert code == 2
    assert "台账里还没有在用的账号，没有可巡查的。" in said
    assert "taizhang import" in said and "taizhang filing open" in said
    assert json.loads(desk("sweep", "list", "--format", "json")[1]) == []


def test_a_plan_of_what_no_machine_reads_says_no_minutes(desk: Desk) -> None:
    said = imported(desk)("sweep", "plan")[1]
    assert "程序检查 0 项；另有 1 项没有可用来源，须人工查看（taizhang sweep todo）。" in said


def swept(desk: Desk, now: str) -> str:
    """T of the run that a `sweep run` makes."""
    return str(json.loads(desk("sweep", "run", "--format", "json", now=now)[1])["time_point"])


@pytest.mark.parametrize(
    ("now", "point"),
    [
        ("2026-11-21T10:00", "2026-11-23 09:00"),  # a Saturday
        ("2026-11-23T08:59", "2026-11-23 09:00"),
        ("2026-11-23T09:05", "2026-11-23 09:00"),
        ("2026-11-25T08:00", "2026-11-23 09:00"),
        ("2026-11-25T09:01", "2026-11-30 09:00"),
    ],
)
def test_a_plan_is_about_the_time_point_that_a_run_works_for(
    now: str, point: str, desk: Desk
) -> None:
    imported(desk)
    assert f"为 {point}" in desk("sweep", "plan", now=now)[1]
    assert swept(desk, now) == point.replace(" ", "T") + ":00+08:00"


def test_when_all_is_proven_both_turn_to_the_next_week(desk: Desk) -> None:
    imported(desk)
    assert swept(desk, "2026-11-23T09:05").startswith("2026-11-23")
    assert "为 2026-11-30 09:00" in desk("sweep", "plan", now="2026-11-23T09:30")[1]
    assert swept(desk, "2026-11-23T09:30").startswith("2026-11-30")
