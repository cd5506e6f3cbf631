"""What is printed when a sweep has ended, word by word where a clerk acts on it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from commands.door import Door
from commands.plan_words import tell_paused
from commands.sweep_words import coverage_words, tell_run, tell_sweep
from registry.dates import to_the_minute
from registry.vocab import Outcome, Reason, Verdict
from sweeps.lanes.stops import HostStop
from sweeps.planning.outlook import HostPlan
from sweeps.run import RunResult
from tests.conftest import NOW
from verdicts.coverage import Counts, Coverage
from verdicts.pending import Missing
from verdicts.sweep import SweepJudgement

AGAIN = 'taizhang sweep run --at "2026-11-22 09:00"'


def result(**reasons: int) -> RunResult:
    told = {Reason(name): count for name, count in reasons.items()}
    return RunResult("r", 30, {Outcome.READ: 6, Outcome.INCONCLUSIVE: 24}, told)


def test_our_own_limit_is_told_from_a_wall_and_says_to_run_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tell_run(result(own_limit=22, host_blocked=2), NOW)
    said = capsys.readouterr().out.splitlines()
    assert said[1:3] == ["  本程序的限量已用完，下次接着查 22", "  该站点本轮已停止访问 2"]
    assert f"22 项下次运行接着查：再运行 {AGAIN}" in said[3]
    assert "不是平台拒绝" in said[3]


def test_a_pause_that_lasts_is_told_with_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    pause = HostStop("c.example", Reason.RATE_LIMITED, "", 0, 86400, "2026-11-24T01:00:00+00:00")
    tell_run(replace(result(host_blocked=2), stopped=(pause,)), NOW)
    told = "对方要求暂停 24 小时；2026-11-24 09:00 以前各次巡查都不再问它，到时接着查："
    assert f"  c.example: {told}{AGAIN}。" in capsys.readouterr().out.splitlines()


def test_the_plan_names_the_hosts_that_asked_for_a_pause(
    capsys: pytest.CaptureFixture[str],
) -> None:
    row = HostPlan("weibo", "page", "c.example", 2, 2, 0, 0, 2, 1.0, 0.1, 0, 0, 0, 0, 0, ())
    tell_paused([row], {"c.example": NOW, "d.example": NOW})
    assert capsys.readouterr().out.splitlines() == [
        f"c.example 要求暂停：{to_the_minute(NOW)} 以前各次巡查都不问它，此前运行的，它的检查留到以后。"
    ]


def test_each_host_let_alone_is_told_with_why_and_what_to_do_next(
    capsys: pytest.CaptureFixture[str],
) -> None:
    stopped = (
        HostStop("a.example", Reason.OWN_LIMIT, "per_run", 40),
        HostStop("b.example", Reason.OWN_LIMIT, "daily", 200),
        HostStop("c.example", Reason.RATE_LIMITED, rest_seconds=5400),
        HostStop("d.example", Reason.CAPTCHA),
        HostStop("e.example", Reason.TIMEOUT),
    )
    tell_run(replace(result(own_limit=22), stopped=stopped, everything=True), NOW)
    said = capsys.readouterr().out.splitlines()
    assert said[2].startswith("22 项下次运行接着查") and "sweep run" not in said[2]
    assert said[3:6] == [
        f"  a.example: 一次巡查限 40 个请求，已用完；随时可以接着查：{AGAIN} --all。",
        f"  b.example: 一天限 200 个请求，已用完；明天起接着查：{AGAIN} --all。",
        f"  c.example: 对方要求暂停 90 分钟；过后接着查：{AGAIN} --all。",
    ]
    assert said[6].startswith("  d.example: 对方拒绝访问（出现验证码），本次不再访问；")
    assert f"{AGAIN} --all" in said[6] and "taizhang sweep todo" in said[6]
    assert said[7].startswith("  e.example: 对方答复太慢") and f"{AGAIN} --all" in said[7]


def test_after_a_run_of_everything_the_way_on_is_one_of_everything(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tell_run(replace(result(own_limit=22), everything=True), NOW)
    assert f"再运行 {AGAIN} --all" in capsys.readouterr().out


def test_coverage_and_verdicts_are_of_the_same_accounts() -> None:
    part = coverage_words(Counts(accounts=50, planned=7, read=7, proven_before=35))
    assert part == (
        "覆盖情况：全部 50 个账号中，这次应查 7 个、读到 7 个，35 个由此前的查看证明、不必再看，"
        "另有 8 个不在这次巡查内（合计 84%）。"
    )
    whole = coverage_words(Counts(accounts=42, planned=7, read=7, proven_before=35))
    assert "不在这次巡查内" not in whole and "合计 100%" in whole


def pending(*gone: bool) -> list[Missing]:
    return [Missing(str(n), "weibo", "青石", NOW, NOW, "", each) for n, each in enumerate(gone)]


@pytest.mark.parametrize(
    ("by_point", "by_now", "explained"),
    [
        (2, (False, False), False),
        (0, (False, False), True),
        (1, (False, True), True),
        (1, (), True),
    ],
)
def test_where_the_figures_of_accounts_that_may_be_gone_differ_it_is_said_why(
    by_point: int,
    by_now: tuple[bool, ...],
    explained: bool,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    verdicts = dict.fromkeys(Verdict, 0) | {Verdict.PENDING: by_point}
    told = SweepJudgement(NOW, "national-2019", (), verdicts, Coverage(Counts(), {}), {})
    door = Door(f"sqlite:///{tmp_path / 'none.db'}", str(tmp_path), None, None, lambda: NOW)
    tell_sweep(door, result(), told, pending(*by_now), "table")
    assert ("按到现在为止的全部查看" in capsys.readouterr().out) is explained


def test_a_refused_address_says_where_it_can_be_allowed(capsys: pytest.CaptureFixture[str]) -> None:
    tell_run(result(address_refused=3), NOW)
    said = capsys.readouterr().out
    assert "内网地址，拒绝访问 3" in said
    assert "taizhang.toml" in said and "allow_private = " in said


def test_a_wall_alone_promises_nothing_of_the_next_run(capsys: pytest.CaptureFixture[str]) -> None:
    tell_run(result(host_blocked=24), NOW)
    said = capsys.readouterr().out
    assert "下次" not in said and "allow_private" not in said
