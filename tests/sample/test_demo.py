"""`taizhang demo`: what it does, what it leaves alone, and what the second sweep shows."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

import cli
from checkers.loading import load_checkers
from registry.db import Registry
from registry.exchange.national_reading import read_national
from registry.exchange.national_template import load_mapping
from registry.models import Account, Finding, Observation, Run
from registry.platforms import PlatformCatalogue
from registry.vocab import (
    CheckKind,
    Existence,
    LinkState,
    Outcome,
    Reason,
    Remedy,
    RunMethod,
    Verdict,
)
from sample.build import EXPORT, FIRST, ROOT, SECOND
from sample.desk import moment
from tests.sample.conftest import Run as Demo
from verdicts.ruleset import load
from verdicts.seen import Why
from verdicts.sweep import SweepJudgement, look_at_sweep

FILES = ("index.html", "ledger.xlsx", "reconcile.xlsx", "upload.xlsx", "accounts.db")


def test_the_demo_does_the_whole_job_without_a_network(demo: Demo) -> None:
    assert demo.code == 0
    for name in FILES:
        assert (demo.folder / name).stat().st_size > 5000, name


def test_it_says_what_was_done_what_is_wrong_and_what_to_try(demo: Demo) -> None:
    for words in ("虚构的云川市和青石县", "2026-11-16 09:00", "青石林草", "RC302", "index.html"):
        assert words in demo.said
    assert "taizhang --db" in demo.said
    assert len(demo.said.splitlines()) < 50


def test_it_warns_of_nothing(demo: Demo) -> None:
    assert demo.warned == ""


def test_no_contact_is_shown_unmasked_in_any_report(demo: Demo) -> None:
    import openpyxl

    for name in ("ledger.xlsx", "reconcile.xlsx", "upload.xlsx"):
        book = openpyxl.load_workbook(demo.folder / name)
        cells = " ".join(str(c) for s in book for row in s.values for c in row if c is not None)
        assert "1005399" not in cells, name
    assert "1005399" not in (demo.folder / "index.html").read_text("utf-8")


# --- its folder -----------------------------------------------------------------------------------


def test_a_second_demo_replaces_the_first_and_keeps_what_is_not_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "mine"
    assert cli.main(["demo", "--out", str(out)]) == 0
    (out / "notes.txt").write_text("my notes")
    (out / "index.html").write_text("spoilt")
    assert cli.main(["demo", "--out", str(out)]) == 0
    assert (out / "notes.txt").read_text() == "my notes"
    assert (out / "index.html").stat().st_size > 5000
    capsys.readouterr()


def test_a_folder_of_somebody_else_is_refused_and_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "accounts.db").write_text("a real ledger")
    assert cli.main(["demo", "--out", str(tmp_path)]) == 2
    assert "不是演示" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["accounts.db"]
    assert (tmp_path / "accounts.db").read_text() == "a real ledger"


def test_the_bundled_sample_itself_is_not_touched(demo: Demo) -> None:
    assert demo.code == 0
    assert not list(ROOT.glob("accounts.db.sample-*"))


# --- what the second sweep shows ------------------------------------------------------------------


@pytest.fixture
def told(seen: Registry) -> SweepJudgement:
    now = moment(11, 17, 10)
    with seen.read() as session:
        return look_at_sweep(session, at=SECOND, ruleset=load("national-2019"), now=now)


def _names(registry: Registry, told: SweepJudgement, verdict: Verdict) -> set[str]:
    with registry.read() as session:
        names = {uid: name for uid, name in session.execute(select(Account.uid, Account.name))}
    return {names[j.account_uid] for j in told.judgements if j.verdict is verdict}


def test_one_account_has_become_gone_and_one_is_pending(
    seen: Registry, told: SweepJudgement
) -> None:
    assert _names(seen, told, Verdict.GONE) == {"青石林草"}
    assert _names(seen, told, Verdict.PENDING) == {"青石水利"}


def test_the_gone_one_was_pending_at_the_first_sweep(seen: Registry) -> None:
    with seen.read() as session:
        rules, now = load("national-2019"), moment(11, 15)
        first = look_at_sweep(session, at=FIRST, ruleset=rules, now=now)
    assert _names(seen, first, Verdict.GONE) == set()
    assert _names(seen, first, Verdict.PENDING) == {"青石林草"}


def test_stale_ones_are_stale_for_different_reasons(seen: Registry, told: SweepJudgement) -> None:
    stale = {"青石教体", "青石普法", "青石科普", "青石博物馆", "青石民政"}
    assert _names(seen, told, Verdict.STALE) == stale
    assert _running(seen) >= {
        ("ST101", "青石教体"),
        ("ST104", "青石科普"),
        ("ST105", "青石博物馆"),
        ("ST103", "青石民政"),
        ("ST102", "青石教体"),
        ("ST102", "云川生态环境"),
        ("ST108", "青石审计"),
        ("LK201", "青石发布"),
        ("SI706", "青石县人民政府门户网站"),
    }


def _running(registry: Registry) -> set[tuple[str, str]]:
    query = select(Finding.code, Account.name).join(Account, Account.id == Finding.account_id)
    with registry.read() as session:
        rows = session.execute(query.where(Finding.ended_at.is_(None)))
        return {(code, name) for code, name in rows}


def test_what_no_machine_could_read_is_unknown_and_says_why(told: SweepJudgement) -> None:
    unknown = [j for j in told.judgements if j.verdict is Verdict.UNKNOWN]
    reasons = {j.reason for j in unknown if j.why is Why.NOT_READ}
    assert reasons == {
        Reason.CAPTCHA,
        Reason.NO_CREDENTIAL,
        Reason.NO_ADDRESS,
        Reason.BY_HAND,
    }
    assert {j.why for j in unknown} == {Why.NOT_READ, Why.RESTRICTED, Why.PARTIAL}
    whole = told.coverage.whole
    assert set(whole.inconclusive) == {Reason.CAPTCHA, Reason.LOGIN_WALL, Reason.SERVER_ERROR}
    assert whole.waiting == 0


def test_a_mini_program_in_a_menu_is_unchecked_and_a_dead_entry_broken(
    told: SweepJudgement,
) -> None:
    assert told.links[LinkState.BROKEN] == 2  # the menu's, and the same on the website
    assert told.links[LinkState.UNCHECKED] > 5
    assert told.links[LinkState.WORKS] > 5


def test_the_website_and_the_app_are_read_by_their_own_sources(seen: Registry) -> None:
    query = select(Observation.source, Observation.outcome, Observation.existence)
    query = query.join(Account, Account.id == Observation.account_id)
    query = query.join(Run, Run.id == Observation.run_id).where(Run.method == RunMethod.REPLAY)
    with seen.read() as session:
        site = session.execute(query.where(Account.platform == "website")).all()
        app = session.execute(
            query.where(Account.platform == "app", Observation.kind == CheckKind.APP)
        ).all()
    read = (Outcome.READ, Existence.EXISTS)
    assert sorted(map(tuple, site)) == [("links", *read), ("pages", *read)]
    assert [tuple(row) for row in app] == [("yingyongbao", *read)]


def test_nothing_is_asked_that_was_not_recorded(seen: Registry) -> None:
    with seen.read() as session:
        lacking = select(Observation).where(Observation.reason == Reason.NOT_RECORDED)
        assert session.scalars(lacking).all() == []


def test_what_was_put_right_has_ended_and_keeps_its_papers(seen: Registry) -> None:
    with seen.read() as session:
        query = select(Finding).join(Account, Account.id == Finding.account_id)
        found = session.scalars(query.where(Account.name == "青石应急")).one()
        assert (found.code, found.remedy) == ("ST101", Remedy.REPORTED)
        assert found.ended_at is not None


def test_the_sample_holds_runs_of_machine_person_and_unit_and_the_demo_adds_a_replay(
    seen: Registry,
) -> None:
    with seen.read() as session:
        methods = list(session.scalars(select(Run.method).order_by(Run.id)))
        files = {name for names in session.scalars(select(Run.evidence)) for name in names}
    wanted = [RunMethod.ENGINE, RunMethod.HAND, RunMethod.SELF_REPORT, RunMethod.REPLAY]
    assert methods == wanted
    assert {path.name for path in (seen.data / "evidence").iterdir()} == files


def test_the_bundled_export_is_read_without_a_fault() -> None:
    checkers = load_checkers()
    catalogue = PlatformCatalogue.with_known(checkers.infos(), checkers.identify)
    export = read_national(ROOT / "sample" / EXPORT, load_mapping(), catalogue)
    assert (export.faults, export.unknown_columns, export.unknown_states) == ((), (), ())
    assert len(export.rows) > 55
