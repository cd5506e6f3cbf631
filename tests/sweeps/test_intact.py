"""Evidence that is lost, altered or cut, and what `verify` says of it."""

from __future__ import annotations

import gzip
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

import cli
from checkers.base import Request, Response
from registry.actors import get_actor
from registry.db import Registry, open_registry
from registry.errors import BadInput
from registry.keeping.backup import backup, restore
from registry.models import Erasure, Observation, Run, Sweep
from registry.vocab import CheckKind, Outcome, RunMethod
from sweeps.evidence.intact import Found, altered, check
from sweeps.evidence.replay import opened
from sweeps.evidence.store import KEY, EvidenceWriter, records
from sweeps.evidence.sums import proven, sum_of
from sweeps.evidence.sums import record as record_sums
from sweeps.evidence.warc import member, message
from sweeps.network.credentials import Redactor
from sweeps.run import evidence_folder
from tests.conftest import NOW
from tests.registry.ledgers import a_unit, an_account

SOUND = Found((), ())


def recorded(path: Path, answers: int = 3, *, body: bytes = b"x" * 5000) -> list[str]:
    """Write a segment; the ids of the answers' records."""
    writer = EvidenceWriter(path, Redactor(), {"run": "r"}, NOW)
    urls = [f"https://qingshi.example/{number}" for number in range(answers)]
    ids = [writer.record(0, Request(url), Response(url, 200, {}, body, NOW)) for url in urls]
    writer.close()
    return ids


@pytest.fixture
def files(registry: Registry, unrecorded: list[Path]) -> list[Path]:
    """The same when the run has ended."""
    record_sums(registry, evidence_folder(registry), [path.name for path in unrecorded], NOW)
    return unrecorded


@pytest.fixture
def unrecorded(registry: Registry) -> list[Path]:
    """A run of two segments, as one that was resumed, with a look that rests on each answer."""
    with registry.write() as session:
        account = an_account(session, a_unit(session))
        sweep = Sweep(time_point=NOW, week="2026-W47", created_at=NOW)
        session.add(sweep)
        session.flush()
        actor = get_actor(session, "王芳")
        run = Run(
            sweep_id=sweep.id,
            method=RunMethod.ENGINE,
            as_of=NOW,
            started_at=NOW,
            actor_id=actor.id,
        )
        session.add(run)
        session.flush()
        paths = [evidence_folder(registry) / f"{run.uid}-{number}.warc.gz" for number in (1, 2)]
        run.evidence = [path.name for path in paths]
        for ordinal, record in enumerate([each for path in paths for each in recorded(path)]):
            session.add(
                Observation(
                    run_id=run.id,
                    account_id=account.id,
                    kind=CheckKind.FRESHNESS,
                    ordinal=ordinal,
                    observed_at=NOW,
                    outcome=Outcome.READ,
                    records=[record],
                )
            )
    return paths


SAID = {
    "run": "r",
    "time-point": NOW.isoformat(),
    "as-of": NOW.isoformat(),
    "window-days": "15",
    "fresh-days": "14",
}


def test_files_of_which_one_was_altered_are_not_opened_to_judge_from(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("whole.warc.gz", "other.warc.gz")]
    for path in paths:
        writer = EvidenceWriter(path, Redactor(), SAID, NOW)
        request = Request("https://qingshi.example/1")
        writer.record(0, request, Response(request.url, 200, {}, b"x" * 5000, NOW))
        writer.close()
    assert [each.run_uid for each in opened(paths)[0]] == ["r", "r"]
    spoilt = bytearray(paths[1].read_bytes())
    spoilt[-6] ^= 1  # of its checksum: altered further up, it may look like a file that was cut
    paths[1].write_bytes(spoilt)
    with pytest.raises(BadInput) as caught:
        opened(paths)
    (fault,) = caught.value.faults
    assert "other.warc.gz" in fault.message


def found(registry: Registry) -> Found:
    with registry.read() as session:
        return check(session, evidence_folder(registry))


def test_evidence_as_it_was_written_is_sound(registry: Registry, files: list[Path]) -> None:
    assert found(registry) == SOUND


def test_no_run_needs_no_evidence(registry: Registry) -> None:
    assert found(registry) == SOUND


def test_a_file_that_is_missing_is_named(registry: Registry, files: list[Path]) -> None:
    files[1].unlink()
    (problem,) = found(registry).problems
    assert files[1].name in problem and "文件不见了" in problem


def test_a_folder_that_is_missing_is_one_problem(registry: Registry, files: list[Path]) -> None:
    for path in files:
        path.unlink()
    (problem,) = found(registry).problems
    assert "2 个证据文件" in problem and "--evidence" in problem


def test_a_file_that_was_removed_by_policy_is_not_missed(
    registry: Registry, files: list[Path]
) -> None:
    with registry.write() as session:
        actor = get_actor(session, "王芳").id
        for path in files:
            reason = f"evidence/{path.name} 730 days"
            session.add(
                Erasure(sha256=path.name[-64:], erased_at=NOW, actor_id=actor, reason=reason)
            )
            path.unlink()
    assert found(registry) == SOUND


def restored(registry: Registry, folder: Path, *, evidence: bool) -> Registry:
    """The registry as it comes back from a backup with or without its evidence."""
    backup(registry, folder / "all.zip", now=NOW, evidence=evidence)
    restore(folder / "all.zip", str(folder / "new.db"), folder / "new.data")
    return open_registry(str(folder / "new.db"), folder / "new.data")


def test_evidence_that_a_backup_was_made_without_is_absent_and_not_lost(
    registry: Registry, files: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = restored(registry, tmp_path, evidence=False)
    told = found(new)
    assert told.problems == ()
    (note,) = told.notes
    assert "缺 2 个证据文件" in note and "不算损坏" in note
    assert cli.main(["--db", str(tmp_path / "new.db"), "--data", str(new.data), "verify"]) == 0
    assert "缺 2 个证据文件" in capsys.readouterr().err
    new.close()


def test_what_is_lost_after_restoring_is_lost(
    registry: Registry, files: list[Path], tmp_path: Path
) -> None:
    new = restored(registry, tmp_path, evidence=False)
    content = bytearray(files[0].read_bytes())
    content[len(content) // 2] ^= 255
    evidence_folder(new).joinpath(files[0].name).write_bytes(content)
    with new.write() as session:
        (run,) = session.scalars(select(Run))
        run.evidence = [*run.evidence, "later.warc.gz"]
    told = found(new)
    assert len(told.problems) == 2
    assert files[0].name in told.problems[0] and "later.warc.gz" in told.problems[1]
    assert "缺 1 个证据文件" in told.notes[0]
    new.close()


def test_of_a_backup_with_evidence_every_file_is_missed(
    registry: Registry, files: list[Path], tmp_path: Path
) -> None:
    files[1].unlink()
    new = restored(registry, tmp_path, evidence=True)
    told = found(new)
    assert len(told.problems) == 1 and files[1].name in told.problems[0]
    assert told.notes == ()
    new.close()


def test_that_evidence_was_left_out_is_still_known_after_another_backup(
    registry: Registry, files: list[Path], tmp_path: Path
) -> None:
    new = restored(registry, tmp_path, evidence=False)
    (tmp_path / "again").mkdir()
    last = restored(new, tmp_path / "again", evidence=True)
    told = found(last)
    assert (told.problems, len(told.notes)) == ((), 1)
    new.close()
    last.close()


@given(st.data())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_changed_in_a_record_is_found(
    registry: Registry, files: list[Path], data: st.DataObject
) -> None:
    kept = files[0].read_bytes()
    at = data.draw(st.integers(11, len(kept) - 3))
    before = kept[at : at + 2]
    written = data.draw(st.binary(min_size=2, max_size=2).filter(lambda new: new != before))
    files[0].write_bytes(kept[:at] + written + kept[at + 2 :])
    try:
        again = found(registry)
        # Of a member's own head nothing is read but that it is one.
        assert again.problems or _opened(files[0].read_bytes()) == _opened(kept)
    finally:
        files[0].write_bytes(kept)


def _opened(data: bytes) -> bytes:
    return gzip.decompress(data)


def test_a_record_put_in_the_place_of_another_is_found(
    registry: Registry, files: list[Path]
) -> None:
    files[0].unlink()
    recorded(files[0])
    rewritten, lost = found(registry).problems
    assert files[0].name in rewritten and "SHA-256" in rewritten
    assert "3 项查看结果" in lost


def test_a_last_record_cut_by_a_killed_run_is_no_fault(
    registry: Registry, unrecorded: list[Path]
) -> None:
    files = unrecorded
    with files[1].open("ab") as file:
        file.write(files[0].read_bytes()[:40])
    record_sums(registry, evidence_folder(registry), [path.name for path in files], NOW)
    told = found(registry)
    assert told.problems == ()
    assert files[1].name in told.notes[0] and "中断" in told.notes[0]


def test_a_file_cut_where_looks_rest_on_it_is_a_fault(
    registry: Registry, files: list[Path]
) -> None:
    files[1].write_bytes(files[1].read_bytes()[:-20])
    cut, lost = found(registry).problems
    assert files[1].name in cut and "20 字节" in cut
    assert "1 项查看结果" in lost


def test_a_file_that_was_rewritten_to_fit_in_itself_is_found(
    registry: Registry, files: list[Path]
) -> None:
    """As somebody does who unpacks it, changes an answer and computes every digest anew."""
    with files[0].open("rb") as file:
        whole = list(records(file))
    data = b""
    for each in whole:
        head = message(f"HTTP/1.1 {each.status}", each.headers).encode() if each.status else b""
        kept = [(n, v) for n, v in each.fields.items() if n.startswith("WARC-Conc") or KEY in n]
        url = each.fields.get("WARC-Target-URI", "")
        changed = each.body.replace(b"x", b"y")
        told = (each.kind, each.record_id, each.fields["WARC-Date"], url, kept, head, changed)
        data += member(*told)
    files[0].write_bytes(data)
    assert altered([files[0]]) == ()
    (problem,) = found(registry).problems
    assert files[0].name in problem and "SHA-256" in problem and "备份" in problem


def test_of_files_without_a_hash_it_is_said(registry: Registry, unrecorded: list[Path]) -> None:
    told = found(registry)
    assert told.problems == ()
    (note,) = told.notes
    assert "2 个证据文件" in note and "SHA-256" in note


def test_what_was_recorded_of_a_file_stays_as_it_was(registry: Registry, files: list[Path]) -> None:
    files[0].write_bytes(files[1].read_bytes())
    record_sums(registry, evidence_folder(registry), [files[0].name], NOW)
    assert any("SHA-256" in problem for problem in found(registry).problems)


@given(st.integers(0, 300_000), st.integers(0, 300_000), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_of_a_file_that_was_cut_its_beginning_is_proven(
    tmp_path_factory: pytest.TempPathFactory, size: int, left: int, chance: Random
) -> None:
    path = tmp_path_factory.mktemp("cut") / "a.warc.gz"
    whole = chance.randbytes(size)
    path.write_bytes(whole)
    kept = sum_of(path)
    assert (kept.size, proven(path, kept)) == (size, size)
    path.write_bytes(whole[:left])
    until = proven(path, kept)
    assert until is not None and until <= min(left, size) and min(left, size) - until < 2048
    path.write_bytes(whole + b"more")
    assert proven(path, kept) is None
    if until:
        at = chance.randrange(until)
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 : left])
        assert proven(path, kept) is None


def test_a_file_that_is_packed_as_one_piece_says_how_to_repack_it(
    registry: Registry, unrecorded: list[Path]
) -> None:
    unrecorded[0].write_bytes(gzip.compress(_opened(unrecorded[0].read_bytes())))
    (problem,) = found(registry).problems
    assert unrecorded[0].name in problem and "warcio recompress" in problem


def test_verify_says_so_and_fails(
    registry: Registry, files: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    location = registry.engine.url.render_as_string(hide_password=False)
    words = ["--db", location, "--data", str(registry.data), "verify"]
    assert cli.main(words) == 0
    content = files[0].read_bytes()
    half = len(content) // 2
    files[0].write_bytes(content[:half] + b"XX" + content[half + 2 :])
    files[1].unlink()
    capsys.readouterr()
    assert cli.main(words) == 2
    said = capsys.readouterr().err
    assert files[0].name in said and "被改动过" in said
    assert files[1].name in said and "发现 2 处问题" in said
