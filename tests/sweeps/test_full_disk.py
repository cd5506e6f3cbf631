"""A disk that takes no more, or a folder that cannot be written, during a sweep."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import cli
from checkers.base import Pace
from registry.db import Registry
from registry.errors import EXIT_USAGE
from registry.models import EvidenceSum, Observation, Run
from sweeps.evidence.intact import check
from sweeps.evidence.replay import Recording
from sweeps.evidence.store import EvidenceWriter, Unwritten
from sweeps.evidence.sums import sum_of
from sweeps.run import evidence_folder
from tests.registry.ledgers import a_unit, an_account
from tests.sweeps.loopback import Server, serve
from tests.sweeps.play import catalogue, checker
from tests.sweeps.test_run import accounts, observations, planned, swept

KNOWN = catalogue(checker(hosts={"127.0.0.1": Pace(0.0, in_flight=1)}))


@pytest.fixture
def server() -> Iterator[Server]:
    with serve() as running:
        yield running


class FullDisk:
    """A file whose disk has room for so many writes, and for half of another one."""

    def __init__(self, file: Any, room: int, error: int) -> None:
        self._file, self._room, self._error = file, room, error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, data: Any) -> int:
        if self._room > 0:
            self._room -= 1
            return int(self._file.write(data))
        if self._room == 0 and self._error == errno.ENOSPC:
            self._room -= 1
            return int(self._file.write(data[: len(data) // 2]))
        raise OSError(self._error, os.strerror(self._error))


def fill(monkeypatch: pytest.MonkeyPatch, room: int, error: int) -> None:
    """Let the disk take so many writes of evidence."""
    opened = Path.open

    def limited(path: Path, *given: Any, **named: Any) -> Any:
        file = opened(path, *given, **named)
        evidence = path.name.endswith(".warc.gz") and "x" in str(given)
        return FullDisk(file, room, error) if evidence else file

    monkeypatch.setattr(Path, "open", limited)


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EACCES])
def test_in_the_middle_what_was_stored_is_kept_and_the_run_is_gone_on_with(
    registry: Registry, server: Server, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    accounts(registry, server, 6)
    uid = planned(registry, KNOWN)
    with monkeypatch.context() as full:
        fill(full, 3, error)
        with pytest.raises(Unwritten) as caught:
            swept(registry, KNOWN, uid)
    stored = observations(registry, uid)
    assert len(stored) == 2
    assert str(evidence_folder(registry)) in caught.value.message
    assert "6 项检查已存 2 项" in caught.value.message
    (path,) = evidence_folder(registry).iterdir()
    assert len(Recording([path])) == 2
    with registry.read() as session:
        found = check(session, evidence_folder(registry))
        (kept,) = session.scalars(select(EvidenceSum))
    assert (found.problems, found.notes) == ((), ())
    assert kept.sha256 == sum_of(path).sha256
    assert swept(registry, KNOWN, uid).done == 6


@pytest.mark.parametrize("room", [0, -1])
def test_at_the_start_nothing_is_left_and_nothing_was_asked(
    registry: Registry, server: Server, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    accounts(registry, server, 2)
    uid = planned(registry, KNOWN)
    with monkeypatch.context() as full:
        fill(full, room, errno.ENOSPC)
        with pytest.raises(Unwritten) as caught:
            swept(registry, KNOWN, uid)
    assert "磁盘已满" in caught.value.message and "2 项检查已存 0 项" in caught.value.message
    assert list(evidence_folder(registry).iterdir()) == [] and server.asked == []
    with registry.read() as session:
        assert session.scalars(select(Run.evidence)).one() == []
    assert swept(registry, KNOWN, uid).done == 2


def test_a_database_on_a_full_disk_is_told_like_evidence(
    registry: Registry, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not registry.is_sqlite:
        pytest.skip("a server keeps its own disk")
    accounts(registry, server, 3)
    uid = planned(registry, KNOWN)

    def filled(session: Session, *_given: Any) -> None:
        database = session.connection()
        pages = database.exec_driver_sql("PRAGMA page_count").scalar_one()
        database.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        database.exec_driver_sql("CREATE TABLE filling AS SELECT zeroblob(10000000) AS bytes")

    monkeypatch.setattr("sweeps.run.add_rows", filled)
    with pytest.raises(Unwritten) as caught:
        swept(registry, KNOWN, uid)
    assert str(registry.path) in caught.value.message
    assert "3 项检查已存 0 项" in caught.value.message


def test_the_desk_says_how_to_go_on(
    location: str,
    registry: Registry,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def refuse(self: EvidenceWriter, path: Path, *_more: Any) -> None:
        with pytest.MonkeyPatch.context() as blocked:
            blocked.setattr(Path, "mkdir", _denied)
            made(self, path, *_more)

    made = EvidenceWriter.__init__
    with registry.write() as session:
        an_account(session, a_unit(session), platform="baijiahao")
    monkeypatch.setattr(EvidenceWriter, "__init__", refuse)
    words = ["--db", location, "--data", str(registry.data), "--now", "2026-11-23T09:00"]
    assert cli.main([*words, "sweep", "run"]) == EXIT_USAGE
    said = capsys.readouterr().err
    assert str(evidence_folder(registry)) in said and "没有权限" in said
    assert "1 项检查已存 0 项" in said and "taizhang sweep run --resume" in said
    monkeypatch.setattr(EvidenceWriter, "__init__", made)
    assert cli.main([*words, "sweep", "run", "--resume"]) == 0
    with registry.read() as session:
        assert len(session.scalars(select(Observation)).all()) == 1


def _denied(path: Path, *_given: Any, **_named: Any) -> None:
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
