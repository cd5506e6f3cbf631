"""What `sweep run` does after one that was interrupted, and beside one that is under way."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import cli
from commands import notifying
from commands.door import EngineClock
from registry.db import open_registry
from sweeps.clock import SystemClock
from sweeps.driving.engine import Engine
from sweeps.lease import leased

NOW = "2026-11-23T09:00"
T = ("--at", "2026-11-23T08:00")
Desk = Callable[..., tuple[int, str]]


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Desk:
    """Runs a command on a registry with two Baijiahao accounts, which no machine can read; the
    first sweep of them is interrupted before its first check."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TAIZHANG_DB", raising=False)
    monkeypatch.setenv("TAIZHANG_ACTOR", "王芳")
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")

    def run(*words: str, now: str = NOW) -> tuple[int, str]:
        capsys.readouterr()
        code = cli.main(["--now", now, *words])
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    ledger = (
        "主办单位,平台,账号名称,平台ID,开设日期\n"
        "青石县文旅局,百家号,青石文旅,1600000000000001,2020-01-01\n"
        "青石县公安局,百家号,平安青石,1600000000000002,2020-01-01\n"
    )
    Path("ledger.csv").write_text(ledger, encoding="utf-8")
    assert run("init", "--jurisdiction", "青石县人民政府")[0] == 0
    assert run("import", "ledger.csv", "--sender", "青石县人民政府", "--apply")[0] == 0
    with monkeypatch.context() as patched:
        patched.setattr(Engine, "run", pressed)
        code, said = run("sweep", "run", *T)
    assert code == 130 and -1 < said.index("已中断") < said.index("--resume")
    return run


def started(desk: Desk) -> list[tuple[str, int]]:
    """Time point and checks left of each run, the oldest first."""
    listed = json.loads(desk("sweep", "list", "--format", "json")[1])
    rows = sorted(listed, key=lambda row: str(row["uid"]))
    return [(row["time_point"], row["left"]) for row in rows]


def test_the_same_sweep_asked_for_again_goes_on_where_it_was_interrupted(desk: Desk) -> None:
    code, said = desk("sweep", "run", *T)
    assert code == 0
    assert "接着做 2026-11-23 08:00 那次中断的巡查：还剩 2 项。" in said
    assert started(desk) == [("2026-11-23T08:00:00+08:00", 0)]


def test_it_says_so_to_people_only_and_prints_one_object_to_programs(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert cli.main(["--now", NOW, "sweep", "run", *T, "--format", "json"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["done"] == 2 and "接着做" in printed.err


def test_another_time_point_is_another_run_and_the_first_is_mentioned(desk: Desk) -> None:
    code, said = desk("sweep", "run", "--at", "2026-11-23T09:00")
    assert code == 0
    assert "2026-11-23 08:00 那次巡查中断时还剩 2 项；本次是另一次。" in said
    assert started(desk) == [("2026-11-23T08:00:00+08:00", 2), ("2026-11-23T09:00:00+08:00", 0)]
    assert desk("sweep", "run", "--resume")[0] == 0
    assert [left for _point, left in started(desk)] == [0, 0]


def test_without_a_time_point_what_was_interrupted_is_gone_on_with(desk: Desk) -> None:
    code, said = desk("sweep", "run")
    assert code == 0 and "接着做 2026-11-23 08:00 那次中断的巡查：还剩 2 项。" in said
    assert started(desk) == [("2026-11-23T08:00:00+08:00", 0)]
    assert desk("sweep", "run", now="2026-11-23T09:30")[0] == 0
    assert started(desk)[1:] == [("2026-11-23T09:30:00+08:00", 0)]


def test_one_that_is_mentioned_can_be_gone_on_with_as_it_was_said(desk: Desk) -> None:
    said = desk("sweep", "run", "--at", "2026-11-23T09:00")[1]
    assert "本次结束后" in said and "taizhang sweep run --resume" in said
    assert "2026-11-23 08:00" in desk("sweep", "run", "--resume")[1]


def test_other_checks_than_those_interrupted_are_another_run(desk: Desk) -> None:
    assert "本次是另一次" in desk("sweep", "run", *T, "--account", "青石文旅")[1]
    assert [left for _point, left in started(desk)] == [2, 0]


def test_a_plan_of_yesterday_is_not_gone_on_with(desk: Desk) -> None:
    code, said = desk("sweep", "run", *T, now="2026-11-24T09:01")
    assert code == 0 and "中断" not in said
    assert [left for _point, left in started(desk)] == [2, 0]


def test_a_second_sweep_is_refused_and_leaves_nothing_owed(desk: Desk) -> None:
    registry = open_registry("accounts.db")
    with leased(registry, SystemClock()):
        code, said = desk("sweep", "run", "--at", "2026-11-23T09:00")
        resumed = desk("sweep", "run", "--resume")
    registry.close()
    assert code == resumed[0] == 2
    assert "另一次巡查正在进行" in said and "另一次巡查正在进行" in resumed[1]
    assert started(desk) == [("2026-11-23T08:00:00+08:00", 2)]


def pressed(*_ignored: object, **_too: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("how", [[], ["--resume"], ["--notify"]])
def test_who_ends_a_mere_wait_is_told_that_nothing_was_done(
    how: list[str], desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EngineClock, "wait", pressed)
    monkeypatch.setattr(notifying, "_failed", lambda *told: pytest.fail(f"told of {told}"))
    registry = open_registry("accounts.db")
    with leased(registry, SystemClock()):
        code, said = desk("sweep", "run", "--wait", *how)
    registry.close()
    assert code == 130
    assert "不再等待：什么也没有查，也没有任何改动。\n正在进行的巡查不受影响。" in said
    assert "保存" not in said and "已中断" not in said
    assert started(desk) == [("2026-11-23T08:00:00+08:00", 2)]


def test_a_run_that_was_interrupted_says_that_what_was_seen_is_kept(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Engine, "run", pressed)
    code, said = desk("sweep", "run", *T)
    assert code == 130
    assert said.endswith(
        "已中断；已看到的都已保存。\n要继续，请运行 taizhang sweep run --resume。\n"
    )
