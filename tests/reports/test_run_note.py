"""The message after a run: short, the gravest first, nobody's number in it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from registry.findings.settling import Settled
from registry.models import Account, Finding
from registry.vocab import Severity, SubjectKind, Verdict
from reports.run_note import RunFigures, ahead_note, failure_note, run_note
from tests.verdicts.building import at
from tests.verdicts.fieldwork import Field
from verdicts.coverage import Counts, Coverage
from verdicts.sweep import SweepJudgement

T = at("2026-11-23 09:00")


def told(read: int, *raised: str) -> SweepJudgement:
    counts = Counts(accounts=100, planned=100, read=read)
    verdicts = {verdict: 0 for verdict in Verdict} | {Verdict.FRESH: read}
    return SweepJudgement(
        T, "national-2019", (), verdicts, Coverage(counts, {}), {}, Settled(raised)
    )


def raised(session: Session, account: Account, code: str, severity: Severity) -> str:
    found = Finding(
        code=code,
        subject_kind=SubjectKind.ACCOUNT,
        subject_uid=account.uid,
        account_id=account.id,
        severity=severity,
        rule_set="national-2019",
        first_seen_at=T,
        last_seen_at=T,
    )
    session.add(found)
    session.flush()
    return found.uid


def test_new_findings_are_counted_by_severity_and_the_first_three_named(session: Session) -> None:
    field = Field(session)
    many = [field.account(f"青石{n}号 13812345678") for n in range(4)]
    uids = [raised(session, account, "LK201", Severity.WARNING) for account in many]
    uids.append(raised(session, field.account("青石\x1b[31m文旅"), "ST101", Severity.VETO))
    _title, body = run_note(session, told(90, *uids), RunFigures(100, 100, 90, 0))
    lines = body.splitlines()
    assert lines[3] == "新发现问题：单项否决 1、警示 4"
    assert [line.split()[1][:4] for line in lines[4:7]] == ["青石文旅", "青石0号", "青石1号"]
    assert lines[6].endswith("等，另有 2 个")
    assert "13812345678" not in body and "\x1b" not in body
    assert lines[-1] == "下一步：taizhang finding list"


@pytest.mark.parametrize(("read", "low"), [(79, True), (80, False)])
def test_coverage_under_four_fifths_is_called_low(read: int, low: bool, session: Session) -> None:
    _title, body = run_note(session, told(read), RunFigures(100, 100, read, 0))
    assert ("覆盖率偏低" in body) is low


def test_a_run_with_checks_left_is_to_be_resumed(session: Session) -> None:
    _title, body = run_note(session, told(90), RunFigures(100, 60, 50, 0))
    assert body.endswith("下一步：taizhang sweep run --resume")


def test_what_our_own_limits_left_asks_for_another_run(session: Session) -> None:
    _title, body = run_note(session, told(90), RunFigures(100, 100, 90, limited=7))
    assert "本程序的访问限量已用完，下次运行接着查 7 项。" in body
    assert body.endswith("下一步：taizhang sweep run")


def test_what_earlier_looks_prove_counts_as_covered(session: Session) -> None:
    counts = Counts(accounts=100, planned=40, read=30, proven_before=60)
    judged = replace(told(30), coverage=Coverage(counts, {}))
    _title, body = run_note(session, judged, RunFigures(40, 40, 30))
    assert "覆盖率：应查 100 个账号，读到或此前已证明 90 个（90%）。" in body
    assert "覆盖率偏低" not in body


def test_coverage_is_of_the_accounts_that_the_verdicts_are_of(session: Session) -> None:
    counts = Counts(accounts=50, planned=7, read=7, proven_before=32)
    judged = replace(told(7), coverage=Coverage(counts, {}))
    _title, body = run_note(session, judged, RunFigures(7, 7, 7))
    assert (
        "覆盖率：全部 50 个账号，读到或此前已证明 39 个，另有 11 个不在这次巡查内（78%）。" in body
    )
    assert "覆盖率偏低" in body


@pytest.mark.parametrize(
    ("done", "following"), [(40, "taizhang sweep plan"), (25, "taizhang sweep run --resume")]
)
def test_before_the_time_point_no_verdict_is_told(done: int, following: str) -> None:
    title, body = ahead_note(T, RunFigures(40, done, 20), 60)
    assert title == "巡查 2026-11-23 09:00"
    assert body.splitlines() == [
        f"应做 40 项检查，完成 {done} 项，读到 20 项。",
        "另有 60 个账号此前的查看已能证明；监测时间点未到，还没有下结论。",
        f"下一步：{following}",
    ]


def test_before_the_time_point_it_says_how_many_may_be_gone() -> None:
    _title, body = ahead_note(T, RunFigures(40, 40, 40), 60, 2)
    assert "疑似消失，待再次查看：2 个。" in body.splitlines()


def test_a_failure_is_told_in_one_line_without_numbers() -> None:
    title, body = failure_note(T, "连不上\n13812345678")
    assert title == "巡查 2026-11-23 09:00"
    assert body.splitlines()[0] == "巡查没有做完：连不上 138****5678"
