"""Letting go of old evidence: what may go, what must stay, what stays written."""

from __future__ import annotations

import gzip
import hashlib
import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

import cli
from registry.actors import get_actor
from registry.db import Registry
from registry.history.verify import verify
from registry.history.writing import Act
from registry.keeping.retention import EvidenceFile, evidence_files, prune
from registry.models import Account, Erasure, Finding, Observation, Run, Sweep
from registry.sweep_queries import find_observations, observation_card
from registry.vocab import (
    AccountState,
    CheckKind,
    Existence,
    Outcome,
    Review,
    RunMethod,
    Severity,
    SubjectKind,
)
from tests.conftest import NOW

TODAY = (NOW + timedelta(hours=8)).date()


def add_run(registry: Registry, days_ago: int, *, review: Review | None = None) -> str:
    """A run of so many days ago with one evidence file and one look; the file's name. `review`:
    that of a finding that rests on the look."""
    at = NOW - timedelta(days=days_ago)
    with registry.write() as session:
        account = Account(
            platform="weibo", name="青石发布", fold="青石发布", state=AccountState.ACTIVE
        )
        sweep = Sweep(time_point=at, week="2026-W01", created_at=at)
        session.add_all([account, sweep])
        session.flush()
        run = Run(
            sweep_id=sweep.id,
            method=RunMethod.ENGINE,
            as_of=at,
            started_at=at,
            finished_at=at,
            actor_id=get_actor(session, "王芳").id,
        )
        session.add(run)
        session.flush()
        run.evidence = [name := f"{run.uid}-1.warc.gz"]
        look = Observation(
            run_id=run.id,
            account_id=account.id,
            kind=CheckKind.FRESHNESS,
            observed_at=at,
            outcome=Outcome.READ,
            existence=Existence.EXISTS,
            facts={},
            records=["<urn:uuid:1>"],
        )
        session.add(look)
        session.flush()
        if review is not None:
            session.add(
                Finding(
                    subject_kind=SubjectKind.ACCOUNT,
                    subject_uid=account.uid,
                    code="ST101",
                    severity=Severity.VETO,
                    review=review,
                    first_seen_at=at,
                    last_seen_at=at,
                    observation_uids=[look.uid],
                )
            )
    folder = registry.data / "evidence"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(gzip.compress(name.encode()))
    return name


def listed(registry: Registry) -> dict[str, EvidenceFile]:
    with registry.read() as session:
        files = evidence_files(session, registry.data / "evidence", TODAY)
    return {file.name: file for file in files}


def pruned(registry: Registry, keep_days: int) -> None:
    with registry.write() as session:
        act = Act(get_actor(session, "王芳"), NOW, "")
        folder = registry.data / "evidence"
        files = evidence_files(session, folder, TODAY)
        prune(session, folder, files, keep_days=keep_days, act=act)


def left(registry: Registry) -> set[str]:
    return {path.name for path in (registry.data / "evidence").iterdir()}


def test_files_older_than_the_policy_go_and_younger_ones_stay(registry: Registry) -> None:
    add_run(registry, 731)
    kept = {add_run(registry, 730), add_run(registry, 1)}
    pruned(registry, 730)
    assert left(registry) == kept


@pytest.mark.parametrize("review", [Review.OPEN, Review.CONFIRMED, Review.WAIVED])
def test_what_a_finding_rests_on_stays_however_old(registry: Registry, review: Review) -> None:
    name = add_run(registry, 3000, review=review)
    assert (listed(registry)[name].findings, listed(registry)[name].pinned) == (1, True)
    pruned(registry, 1)
    assert left(registry) == {name}


@pytest.mark.parametrize("words", [(), ("--apply",)])
def test_the_findings_that_keep_files_which_would_go_are_named(
    words: tuple[str, ...], registry: Registry, location: str, capsys: pytest.CaptureFixture[str]
) -> None:
    name = add_run(registry, 3000, review=Review.CONFIRMED)
    add_run(registry, 10, review=Review.CONFIRMED)
    with registry.read() as session:
        old = session.scalars(select(Finding).order_by(Finding.id)).first()
        assert old is not None
        number = old.uid
    office = ["--db", location, "--data", str(registry.data), "--now", "2026-11-23T09:00"]
    assert cli.main([*office, "--lang", "zh", "evidence", "prune", *words]) == 0
    said = capsys.readouterr().out
    assert "超过 730 天的 1 个文件保留" in said
    assert said.endswith(f"  {name}: {number}\n")


def test_a_finding_that_rests_on_several_looks_of_a_run_is_counted_once(
    registry: Registry,
) -> None:
    name = add_run(registry, 3000, review=Review.OPEN)
    with registry.write() as session:
        first = session.scalars(select(Observation)).one()
        again = Observation(
            run_id=first.run_id,
            account_id=first.account_id,
            kind=CheckKind.MENU,
            observed_at=first.observed_at,
            outcome=Outcome.READ,
            existence=Existence.EXISTS,
            facts={},
        )
        session.add(again)
        session.flush()
        finding = session.scalars(select(Finding)).one()
        finding.observation_uids = [first.uid, again.uid]
    assert listed(registry)[name].findings == 1


def test_a_dismissed_finding_holds_nothing(registry: Registry) -> None:
    add_run(registry, 3000, review=Review.DISMISSED)
    pruned(registry, 730)
    assert left(registry) == set()


def test_a_file_that_another_run_was_judged_from_is_held_by_its_findings(
    registry: Registry,
) -> None:
    name, other = add_run(registry, 3000), add_run(registry, 2999, review=Review.CONFIRMED)
    with registry.write() as session:
        replay = session.scalars(select(Run).order_by(Run.id.desc())).first()
        assert replay is not None
        replay.evidence = [name, other]
    pruned(registry, 730)
    assert left(registry) == {name, other}


def test_a_file_that_no_run_names_is_left_alone(registry: Registry) -> None:
    folder = registry.data / "evidence"
    folder.mkdir(parents=True)
    (folder / "discovery.warc.gz").write_bytes(b"x")
    pruned(registry, 1)
    assert left(registry) == {"discovery.warc.gz"}
    assert listed(registry)["discovery.warc.gz"].age_days is None


def test_what_was_removed_stays_written_and_is_told(registry: Registry) -> None:
    name = add_run(registry, 900)
    digest = hashlib.sha256((registry.data / "evidence" / name).read_bytes()).hexdigest()
    pruned(registry, 730)
    with registry.read() as session:
        (row,) = session.scalars(select(Erasure))
        assert (row.sha256, row.erased_at) == (digest, NOW)
        assert row.reason.startswith(f"evidence/{name} ") and "730" in row.reason
        uid = session.scalars(select(Observation.uid)).one()
        look, *others = find_observations(session, uid)
        card = observation_card(session, look, others)
    assert card.evidence == (name,)
    assert card.removed == {name: TODAY}
    assert listed(registry)[name].removed_on == TODAY
    assert not [told for told in verify(registry).problems if digest in told or name in told]


def test_a_file_put_back_from_a_backup_is_removed_again(registry: Registry) -> None:
    name = add_run(registry, 900)
    pruned(registry, 730)
    (registry.data / "evidence" / name).write_bytes(gzip.compress(name.encode(), mtime=1))
    assert listed(registry)[name].removed_on is None
    pruned(registry, 730)
    assert left(registry) == set()


def test_nothing_is_removed_when_the_transaction_fails(registry: Registry) -> None:
    name = add_run(registry, 900)
    with pytest.raises(RuntimeError), registry.write() as session:
        act = Act(get_actor(session, "王芳"), NOW, "")
        folder = registry.data / "evidence"
        files = evidence_files(session, folder, TODAY)
        prune(session, folder, files, keep_days=730, act=act)
        raise RuntimeError("no")
    assert left(registry) == {name}


# --- the commands -----------------------------------------------------------------------------


@pytest.fixture
def office(registry: Registry, location: str, tmp_path: Path) -> list[str]:
    """The words before a command for a registry with one old file and one that is needed."""
    add_run(registry, 800)
    add_run(registry, 801, review=Review.CONFIRMED)
    where = ["--db", location, "--data", str(registry.data), "--actor", "王芳"]
    return [*where, "--now", "2026-11-22T09:00", "--lang", "en"]


def test_pruning_is_shown_first_and_done_with_apply(
    office: list[str], registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([*office, "evidence", "prune"]) == 0
    assert "1 files older than 730 days may go" in capsys.readouterr().out
    assert len(left(registry)) == 2
    assert cli.main([*office, "evidence", "prune", "--apply"]) == 0
    assert "1 files older than 730 days removed" in capsys.readouterr().out
    assert len(left(registry)) == 1
    with registry.read() as session:
        row = session.scalars(select(Observation).order_by(Observation.id)).first()
    assert row is not None
    assert cli.main([*office, "sweep", "show", row.uid]) == 0
    assert "removed by policy on 2026-11-22" in " ".join(capsys.readouterr().out.split())


def test_a_look_says_that_its_evidence_is_missing(
    office: list[str], registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    with registry.read() as session:
        row = session.scalars(select(Observation).order_by(Observation.id)).first()
    assert row is not None
    assert cli.main([*office, "sweep", "show", row.uid]) == 0
    assert "missing" not in capsys.readouterr().out
    for name in left(registry):
        (registry.data / "evidence" / name).unlink()
    assert cli.main([*office, "sweep", "show", row.uid]) == 0
    assert "(missing; put it back from a backup)" in " ".join(capsys.readouterr().out.split())


def test_the_policy_is_a_setting(
    office: list[str],
    registry: Registry,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    config = tmp_path / "taizhang.toml"
    config.write_text("[evidence]\nkeep_days = 1000\n", encoding="utf-8")
    told = [*office, "--config", str(config), "evidence", "prune", "--format", "json"]
    assert cli.main(told) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert cli.main([*told, "--keep-days", "700"]) == 0
    (doomed,) = json.loads(capsys.readouterr().out)
    assert (doomed["age_days"], doomed["pinned"], doomed["findings"]) == (800, False, 0)


@pytest.mark.parametrize("days", ["-1", "0", "36501", "9" * 30])
def test_days_that_cannot_be_meant_are_refused_with_setting_file_and_bounds(
    office: list[str],
    registry: Registry,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    days: str,
) -> None:
    config, before = tmp_path / "taizhang.toml", left(registry)
    config.write_text(f"[evidence]\nkeep_days = {days}\n", encoding="utf-8")
    assert cli.main([*office, "--config", str(config), "evidence", "prune", "--apply"]) == 2
    said = capsys.readouterr().err
    assert "taizhang.toml" in said and "evidence.keep_days" in said and "1–36500" in said
    assert cli.main([*office, "evidence", "prune", "--apply", "--keep-days", days]) == 2
    assert "--keep-days" in capsys.readouterr().err
    assert left(registry) == before


def test_the_list_says_what_must_stay(
    office: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([*office, "evidence", "list", "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["age_days"], row["pinned"]) for row in rows] == [(801, True), (800, False)]
    assert all(row["runs"] and row["size"] > 0 for row in rows)
