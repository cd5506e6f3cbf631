"""A sweep over two networks: targets out, looks back, and every way in which a file may be wrong."""

from __future__ import annotations

import errno
import gzip
import hashlib
import json
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from checkers.base import Facts, Link, Pace, Request, Source, Steps, Target
from checkers.links import Links
from checkers.loading import Catalogue
from registry.db import Registry
from registry.errors import AlreadyExists, Refused, UnreadableFile
from registry.keeping.attachments import sha256_of
from registry.models import (
    Account,
    AccountSource,
    Contact,
    EvidenceSum,
    LinkResult,
    Observation,
    PlannedCheck,
    Run,
)
from registry.vocab import CheckKind, Existence, LinkKind, Outcome, RunMethod
from sweeps.evidence.replay import RecordedCredentials, Recording, recorded_run
from sweeps.network.credentials import Credentials
from sweeps.network.transport import Limits, Network
from sweeps.parcels.arriving import Taken, take_back
from sweeps.parcels.leaving import HopedCredentials, write_targets
from sweeps.parcels.work import Means, opened_work, write_result
from sweeps.planning.plan import Filters, plan_run
from sweeps.run import RunResult, Settings, evidence_folder, run
from tests.conftest import NOW
from tests.sweeps.loopback import Said, Server, serve
from tests.sweeps.play import (
    ALL_PROOFS,
    FakeClock,
    add_account,
    add_unit,
    catalogue,
    checker,
    facts,
)

FREE = Pace(0.0, in_flight=8)
SETTINGS = Settings(network=Network(Limits(5, 5, 20), ("127.0.0.1",)))
PAGE = checker(hosts={"127.0.0.1": FREE})
LATER = NOW + timedelta(hours=5)
"""When the connected machine begins."""


@pytest.fixture
def server() -> Iterator[Server]:
    with serve() as running:
        running.answers["*"] = Said((NOW - timedelta(days=2)).isoformat())
        yield running


@dataclass
class Trip:
    """One run on its way between the two machines."""

    registry: Registry
    folder: Path
    known: Catalogue

    @property
    def targets(self) -> Path:
        return self.folder / "targets.zip"

    @property
    def result(self) -> Path:
        return self.folder / "result.zip"

    def export(self, **changes: Any) -> str:
        with self.registry.write() as session:
            planned = plan_run(
                session,
                at=NOW,
                now=NOW,
                catalogue=self.known,
                credentials=HopedCredentials(self.known),
                window_days=14,
                method=RunMethod.AWAY,
                filters=Filters(everything=True),
            )
            write_targets(session, planned, changes.get("file", self.targets), "1.0")
            return planned.uid

    def sweep(self, environ: dict[str, str] | None = None, **changes: Any) -> RunResult:
        """On the connected machine, as far as it gets."""
        credentials = Credentials.of(self.known, environ or {})
        means = Means(self.known, credentials, changes.pop("rsshub", ""), {})
        with opened_work(self.targets, means, LATER) as work:
            try:
                given = {"clock": FakeClock(LATER), "settings": SETTINGS, **changes}
                run(work.registry, work.about.run, self.known, credentials=credentials, **given)
            except KeyboardInterrupt:
                pass
            write_result(work, self.result, FakeClock(LATER), "1.0")
            return work.result(LATER)

    def take(self, **changes: Any) -> Taken:
        return take_back(self.registry, self.result, LATER + timedelta(hours=1), **changes)


@pytest.fixture
def trip(registry: Registry, server: Server, tmp_path: Path) -> Trip:
    """Three accounts that answer on loopback."""
    with registry.write() as session:
        host = add_unit(session)
        for number in range(3):
            account = add_account(session, f"青石{number}", url=server.url(f"/{number}"), host=host)
            account.contacts.append(Contact(name="李四", phone="13900000000", salt=b"0" * 16))
    (tmp_path / "away").mkdir()
    return Trip(registry, tmp_path / "away", catalogue(PAGE))


def looks(registry: Registry) -> list[Observation]:
    with registry.read() as session:
        query = select(Observation).order_by(Observation.account_id, Observation.kind)
        return list(session.scalars(query))


def test_what_was_seen_away_is_in_the_ledger_as_if_it_had_been_seen_here(trip: Trip) -> None:
    uid = trip.export()
    assert trip.sweep().outcomes == {Outcome.READ: 3}
    taken = trip.take()
    assert (taken.added, taken.known, taken.time_point) == (3, 0, NOW)
    assert (taken.result.planned, taken.result.left) == (3, 0)
    seen = looks(trip.registry)
    assert [look.last_post_at for look in seen] == [NOW - timedelta(days=2)] * 3
    assert {look.observed_at for look in seen} == {LATER}
    with trip.registry.read() as session:
        done = session.scalars(select(Run)).one()
        assert (done.uid, done.method, done.as_of) == (uid, RunMethod.AWAY, LATER)
        assert done.finished_at is not None


def test_an_imported_look_leads_to_its_evidence_and_is_replayed_from_it(
    trip: Trip, server: Server
) -> None:
    trip.export()
    trip.sweep()
    trip.take()
    with trip.registry.read() as session:
        (name,) = session.scalars(select(Run)).one().evidence
    segment = evidence_folder(trip.registry) / name
    recording = Recording([segment])
    for number, look in enumerate(looks(trip.registry)):
        found = recording.response(Request(server.url(f"/{number}")), 0)
        assert found is not None and [found[1]] == look.records
    told = recorded_run(segment)
    with trip.registry.write() as session:
        again = plan_run(
            session,
            at=told.time_point,
            now=LATER,
            catalogue=trip.known,
            credentials=RecordedCredentials(trip.known, recording),
            window_days=told.window_days,
            filters=Filters(everything=True),
            method=RunMethod.REPLAY,
            as_of=told.as_of,
        ).uid
    asked = len(server.asked)
    result = run(
        trip.registry,
        again,
        trip.known,
        credentials=Credentials({}),
        clock=FakeClock(LATER),
        recording=recording,
    )
    assert result.outcomes == {Outcome.READ: 3}
    assert len(server.asked) == asked


def test_a_file_of_targets_holds_no_contact_no_unit_and_no_secret(
    trip: Trip, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAIZHANG_SECRET_WEIBO", "geheim-geheim-1")
    trip.export()
    with zipfile.ZipFile(trip.targets) as archive:
        assert sorted(archive.namelist()) == ["manifest.json", "targets.jsonl"]
        text = b"".join(archive.read(name) for name in archive.namelist()).decode()
    for word in ("李四", "13900000000", "青石县公安局", "geheim"):
        assert word not in text
    with zipfile.ZipFile(trip.targets) as archive:
        line = json.loads(archive.read("targets.jsonl").splitlines()[0])
    with trip.registry.read() as session:
        stored = session.scalars(select(PlannedCheck.target)).first()
    assert line == {"ordinal": 0, "target": stored, "settings": []}


def test_sources_are_chosen_where_the_secrets_are(registry: Registry, tmp_path: Path) -> None:
    own = checker(
        sources=[Source("api", ALL_PROOFS, needs=("WEIBO_TOKEN",)), Source("page", ALL_PROOFS)],
        hosts={"127.0.0.1": FREE},
        script=_says_its_source,
    )
    (tmp_path / "away").mkdir()
    trip = Trip(registry, tmp_path / "away", catalogue(own))
    with registry.write() as session:
        add_account(session, "青石发布", url="http://127.0.0.1:9/")
        named = add_account(session, "青石公安", url="http://127.0.0.1:9/")
        named.sources.append(AccountSource(source="api", credential="weibo:qingshi"))
    trip.export()
    trip.sweep({"TAIZHANG_SECRET_WEIBO_QINGSHI": "geheim-geheim-2"})
    trip.take()
    told = [(look.outcome, look.source) for look in looks(registry)]
    assert told == [(Outcome.READ, "page"), (Outcome.READ, "api")]


def _says_its_source(target: Target, source: str) -> Steps:
    yield []
    return facts(NOW)


def test_the_ledger_waits_for_the_result_and_another_run_is_not_confused_by_it(
    trip: Trip, server: Server
) -> None:
    from registry.sweep_queries import list_runs
    from sweeps.planning.leftover import left_over

    trip.export()
    with trip.registry.read() as session:
        (row,) = list_runs(session)
        assert (row.method, row.planned, row.left, row.finished_at) == (
            RunMethod.AWAY,
            3,
            3,
            None,
        )
        assert left_over(session, NOW, Filters(), NOW) is None
    with trip.registry.write() as session:
        here = plan_run(
            session,
            at=NOW,
            now=NOW,
            catalogue=trip.known,
            credentials=Credentials.of(trip.known, {}),
            window_days=14,
        ).uid
    done = run(
        trip.registry,
        here,
        trip.known,
        credentials=Credentials.of(trip.known, {}),
        clock=FakeClock(),
        settings=SETTINGS,
    )
    assert (done.planned, done.left) == (3, 0)


def test_a_partial_result_is_completed_by_a_later_one(trip: Trip) -> None:
    trip.export()

    def stop_after_one(progress: Any) -> None:
        if progress.done:
            raise KeyboardInterrupt

    slow = checker(hosts={"127.0.0.1": Pace(10.0)})
    trip.known = catalogue(slow)
    part = trip.sweep(on_progress=stop_after_one)
    assert part.done < 3
    first = trip.take()
    assert (first.added, first.result.left) == (part.done, 3 - part.done)
    assert trip.sweep().done == 3
    second = trip.take()
    assert (second.added, second.known, second.result.left) == (3 - part.done, part.done, 0)
    with trip.registry.read() as session:
        assert len(session.scalars(select(Run)).one().evidence) == 2


def test_a_result_taken_in_twice_adds_nothing(trip: Trip) -> None:
    trip.export()
    trip.sweep()
    trip.take()
    before = [look.uid for look in looks(trip.registry)]
    again = trip.take()
    assert (again.added, again.known) == (0, 3)
    assert [look.uid for look in looks(trip.registry)] == before
    with trip.registry.read() as session:
        assert len(session.scalars(select(Run)).one().evidence) == 1


def test_links_come_back_with_their_observation(
    registry: Registry, server: Server, tmp_path: Path
) -> None:
    def menu(target: Target, source: str) -> Steps:
        yield Request(target.url)
        link = Link("旧文", LinkKind.URL, server.url("/gone"), ("服务", "旧文"))
        return Facts(Existence.EXISTS, links=(link,))

    server.answers["/gone"] = Said("", 404)
    made = checker(menu, sources=[Source("menu", ALL_PROOFS, frozenset({CheckKind.MENU}))])
    (tmp_path / "away").mkdir()
    trip = Trip(registry, tmp_path / "away", catalogue(made, links=Links()))
    with registry.write() as session:
        add_account(session, "青石发布", url=server.url("/menu"))
    trip.export()
    trip.sweep()
    trip.take()
    with registry.read() as session:
        (link,) = session.scalars(select(LinkResult))
        told = (link.path, link.label, link.kind, link.status, link.final_url)
    assert told == ("服务 / 旧文", "旧文", LinkKind.URL, 404, server.url("/gone"))


# --- files that are refused -------------------------------------------------------------------


def rewritten(
    path: Path,
    change: Callable[[dict[str, bytes]], None] = lambda members: None,
    *,
    manifest: Callable[[dict[str, Any]], None] = lambda form: None,
    sealed: bool = True,
) -> None:
    """The zip again with its members changed; `sealed`: hashes made to fit what was changed."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    form = json.loads(members.pop("manifest.json"))
    change(members)
    if sealed:
        form["files"] = {
            name: {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
            for name, data in members.items()
        }
    manifest(form)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            packed = zipfile.ZIP_STORED if name.endswith(".gz") else zipfile.ZIP_DEFLATED
            archive.writestr(name, data, packed)
        archive.writestr("manifest.json", json.dumps(form))


def in_lines(change: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, bytes]], None]:
    """A change of the first look."""

    def changed(members: dict[str, bytes]) -> None:
        first, *others = members["looks.jsonl"].splitlines()
        line = json.loads(first)
        change(line)
        members["looks.jsonl"] = b"\n".join([json.dumps(line).encode(), *others]) + b"\n"

    return changed


def refused(trip: Trip, kind: type[Exception] = UnreadableFile) -> str:
    """Taking the result in is refused and leaves no trace; what is said."""
    with pytest.raises(kind) as told:
        trip.take()
    assert looks(trip.registry) == []
    assert list(evidence_folder(trip.registry).glob("*")) == []
    with trip.registry.read() as session:
        assert all(not made.evidence for made in session.scalars(select(Run)))
    return str(told.value)


@pytest.fixture
def swept(trip: Trip) -> Trip:
    trip.export()
    trip.sweep()
    return trip


def test_an_altered_member_is_refused(swept: Trip) -> None:
    change = in_lines(lambda line: line.update(detail="别的"))
    rewritten(swept.result, change, sealed=False)
    assert "looks.jsonl" in refused(swept)


def test_altered_evidence_is_refused(swept: Trip) -> None:
    def cut(members: dict[str, bytes]) -> None:
        (name,) = (name for name in members if name.startswith("evidence/"))
        members[name] = members[name][:-9] + bytes([members[name][-9] ^ 1]) + members[name][-8:]

    rewritten(swept.result, cut, sealed=False)
    assert "warc.gz" in refused(swept)


def members_of(segment: bytes) -> list[bytes]:
    """The records of an evidence file, each unpacked."""
    found: list[bytes] = []
    while segment:
        opened = zlib.decompressobj(31)
        found.append(opened.decompress(segment))
        segment = opened.unused_data
    return found


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda m: [r.replace(b"HTTP/1.1 200", b"HTTP/1.1 404") for r in m], "改动"),
        (lambda m: [r for r in m if b"WARC-Type: response" not in r], "记录"),
    ],
)
def test_evidence_altered_within_a_result_whose_hashes_fit_is_refused(
    swept: Trip, change: Callable[[list[bytes]], list[bytes]], said: str
) -> None:
    def altered(members: dict[str, bytes]) -> None:
        (name,) = (name for name in members if name.startswith("evidence/"))
        members[name] = b"".join(map(gzip.compress, change(members_of(members[name]))))

    rewritten(swept.result, altered)
    assert said in refused(swept)


@pytest.mark.parametrize(
    "name", ["../out.txt", "evidence/../../out.warc.gz", "/etc/x", "more.txt", "evidence\\x"]
)
def test_a_member_that_does_not_belong_there_is_refused(swept: Trip, name: str) -> None:
    rewritten(swept.result, lambda members: members.update({name: b"x"}))
    assert "不应在其中" in refused(swept)
    assert not (swept.folder.parent / "out.txt").exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line.update(more=1),
        lambda line: line.pop("detail"),
        lambda line: line.update(outcome="great"),
        lambda line: line.update(observed_at="2026-11-22T10:00:00"),
        lambda line: line.update(source="x" * 33),
        lambda line: line.update(detail="a\0b"),
        lambda line: line.update(detail="\ud800"),
        lambda line: line.update(ordinal=True),
        lambda line: line.update(facts=[]),
        lambda line: line["facts"].update(extra={}),
        lambda line: line["facts"].update(slow={"http://127.0.0.1:9/": "long"}),
        lambda line: line["facts"]["posts"][0].update(at="gestern"),
        lambda line: line.update(links=[{"url": "x"}]),
        lambda line: line.update(records=[1]),
        lambda line: line.update(outcome=None),
    ],
)
def test_a_look_in_another_form_is_refused(
    swept: Trip, change: Callable[[dict[str, Any]], None]
) -> None:
    rewritten(swept.result, in_lines(change))
    assert "第 1 行" in refused(swept)


@pytest.mark.parametrize("written", [b'"\xed\xa0\x80"', b'"\xff"', b"NaN", b"1e999"])
def test_what_is_no_json_of_ours_is_refused(swept: Trip, written: bytes) -> None:
    """Half a character as bytes, bytes that are no UTF-8, numbers that are none."""

    def put(members: dict[str, bytes]) -> None:
        first = json.loads(members["looks.jsonl"].splitlines()[0])
        first["facts"]["counters"]["followers"] = "here"
        line = json.dumps(first).encode().replace(b'"here"', written)
        members["looks.jsonl"] = line + b"\n"

    rewritten(swept.result, put)
    assert "第 1 行" in refused(swept)


@pytest.mark.parametrize("count", [1 << 62, (1 << 64) - 1, 1 << 64, -(1 << 70), 10**19])
def test_whole_numbers_of_any_size_come_back_whole(swept: Trip, count: int) -> None:
    change = in_lines(lambda line: line["facts"]["counters"].update(followers=count))
    rewritten(swept.result, change)
    swept.take()
    assert count in [look.facts["counters"].get("followers") for look in looks(swept.registry)]


def test_links_that_answered_late_come_back_with_their_look(swept: Trip) -> None:
    slow = {"http://127.0.0.1:9/": 5.2}
    rewritten(swept.result, in_lines(lambda line: line["facts"].update(slow=slow)))
    swept.take()
    assert slow in [look.facts.get("slow") for look in looks(swept.registry)]


def test_a_look_at_an_account_that_was_not_planned_is_refused(swept: Trip) -> None:
    with swept.registry.write() as session:
        other = add_account(session, "青石旅游", url="http://127.0.0.1:9/").uid
    rewritten(swept.result, in_lines(lambda line: line.update(account=other)))
    assert "没有安排过" in refused(swept)


def test_a_look_at_another_ordinal_than_planned_is_refused(swept: Trip) -> None:
    rewritten(swept.result, in_lines(lambda line: line.update(ordinal=7)))
    assert "没有安排过" in refused(swept)


def test_one_look_twice_under_two_names_is_refused(swept: Trip) -> None:
    def doubled(members: dict[str, bytes]) -> None:
        first = json.loads(members["looks.jsonl"].splitlines()[0])
        first["uid"] = "00000000-0000-7000-8000-000000000000"
        lines = members["looks.jsonl"].splitlines()[:2]
        members["looks.jsonl"] = b"\n".join([*lines, json.dumps(first).encode()]) + b"\n"

    rewritten(swept.result, doubled)
    assert "另一份结果" in refused(swept)


def test_clocks_that_differ_by_days_are_told(swept: Trip) -> None:
    early = "2020-01-01T00:00:00+00:00"
    rewritten(swept.result, in_lines(lambda line: line.update(observed_at=early)))
    assert "时钟" in refused(swept)


@pytest.mark.parametrize(
    "change",
    [
        lambda form: form.update(run="00000000-0000-7000-8000-000000000000"),
        lambda form: form.update(registry="00000000-0000-7000-8000-000000000000"),
    ],
)
def test_a_result_of_another_registry_or_run_is_refused(
    swept: Trip, change: Callable[[dict[str, Any]], None]
) -> None:
    rewritten(swept.result, lambda m: _without_evidence(m), manifest=change)
    assert "不属于本台账" in refused(swept, Refused)


def _without_evidence(members: dict[str, bytes]) -> None:
    for name in [name for name in members if name.startswith("evidence/")]:
        del members[name]


def test_a_result_made_from_other_targets_is_refused(swept: Trip) -> None:
    rewritten(swept.result, manifest=lambda form: form.update(targets="0" * 64))
    assert "不是这里写出的" in refused(swept)


def test_evidence_of_another_run_is_refused(swept: Trip) -> None:
    def swapped(members: dict[str, bytes]) -> None:
        (name,) = (name for name in members if name.startswith("evidence/"))
        members[name] = b"\x1f\x8b nothing"

    rewritten(swept.result, swapped)
    assert "不是这次巡查的证据" in refused(swept)


def test_targets_are_not_taken_for_a_result(trip: Trip) -> None:
    trip.export(file=trip.result)
    with pytest.raises(UnreadableFile) as told:
        trip.take()
    assert "sweep run --from" in told.value.hint


def test_what_is_no_zip_is_refused_without_words_of_the_library(trip: Trip) -> None:
    trip.result.write_bytes(b"PK nothing")
    assert refused(trip) == "result.zip 不能用：它不是巡查导出的文件，或者已经损坏。"


def test_a_zip_that_was_damaged_on_the_way_is_refused(swept: Trip) -> None:
    whole = swept.result.read_bytes()
    swept.result.write_bytes(whole[: len(whole) // 2])
    assert "或者已经损坏" in refused(swept)


def test_a_member_that_was_left_out_is_named_as_missing(swept: Trip) -> None:
    def without(members: dict[str, bytes]) -> None:
        del members["looks.jsonl"]

    rewritten(swept.result, without, sealed=False)
    assert "缺少 looks.jsonl" in refused(swept)


def test_a_file_of_another_version_is_not_to_be_copied_anew(swept: Trip) -> None:
    rewritten(swept.result, manifest=lambda form: form.update(format=99))
    with pytest.raises(UnreadableFile) as told:
        swept.take()
    assert "同一版本" in told.value.hint


def test_a_place_that_cannot_be_written_is_named(trip: Trip) -> None:
    (trip.folder / "file").write_text("x")
    with pytest.raises(Refused, match="file/targets.zip"):
        trip.export(file=trip.folder / "file" / "targets.zip")


def test_targets_on_a_protected_disk_are_to_be_copied_first(
    trip: Trip, monkeypatch: pytest.MonkeyPatch
) -> None:
    def protected(self: Path, *_given: object, **_too: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(self))

    trip.export()
    monkeypatch.setattr(Path, "mkdir", protected)
    with pytest.raises(Refused) as told:
        trip.sweep()
    assert "拷到" in told.value.hint


def test_a_run_of_this_machine_is_not_to_be_brought_in(swept: Trip) -> None:
    with swept.registry.write() as session:
        session.scalars(select(Run)).one().method = RunMethod.ENGINE
    assert "不属于本台账" in refused(swept, Refused)


def test_altered_targets_are_not_swept(trip: Trip, server: Server) -> None:
    trip.export()
    with zipfile.ZipFile(trip.targets) as archive:
        lines = archive.read("targets.jsonl")

    def elsewhere(members: dict[str, bytes]) -> None:
        members["targets.jsonl"] = lines.replace(b"127.0.0.1", b"127.0.0.2")

    rewritten(trip.targets, elsewhere, sealed=False)
    with pytest.raises(UnreadableFile):
        trip.sweep()
    assert server.asked == []


def test_a_judgement_that_fails_takes_everything_back(swept: Trip) -> None:
    def fails(session: Session, _at: Any) -> None:
        assert session.scalar(select(func.count()).select_from(Observation)) == 3
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        swept.take(judge=fails)
    assert looks(swept.registry) == []
    assert list(evidence_folder(swept.registry).glob("*")) == []


def interrupted(*_given: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("when", [{"on_progress": interrupted}, {"judge": interrupted}])
def test_ctrl_c_on_the_way_in_takes_everything_back(swept: Trip, when: dict[str, Any]) -> None:
    with pytest.raises(KeyboardInterrupt):
        swept.take(**when)
    assert looks(swept.registry) == []
    assert list(evidence_folder(swept.registry).iterdir()) == []
    assert swept.take().added == 3


def test_ctrl_c_when_everything_is_in_takes_nothing_back(swept: Trip) -> None:
    def judged(session: Session, _at: object) -> None:
        event.listen(session, "after_commit", interrupted, once=True)

    with pytest.raises(KeyboardInterrupt):
        swept.take(judge=judged)
    assert len(looks(swept.registry)) == 3
    assert len(list(evidence_folder(swept.registry).iterdir())) == 1
    assert (swept.take().added, swept.take().known) == (0, 3)


def test_a_second_beginning_from_the_same_targets_is_not_mixed_with_the_first(
    swept: Trip, tmp_path: Path
) -> None:
    swept.take()
    other = Trip(swept.registry, tmp_path / "other", swept.known)
    other.folder.mkdir()
    other.targets.write_bytes(swept.targets.read_bytes())
    other.sweep()
    with pytest.raises((Refused, UnreadableFile)):
        other.take()
    assert len(looks(swept.registry)) == 3


def test_nothing_is_written_over(trip: Trip) -> None:
    trip.targets.write_text("meins", encoding="utf-8")
    with pytest.raises(AlreadyExists):
        trip.export()
    assert trip.targets.read_text(encoding="utf-8") == "meins"
    with trip.registry.read() as session:
        assert session.scalars(select(Run)).all() == []
    trip.export(file=trip.folder / "other.zip")
    (trip.folder / "other.zip").rename(trip.targets.with_name("targets.zip"))
    trip.result.write_text("auch meins", encoding="utf-8")
    with pytest.raises(AlreadyExists):
        trip.sweep()
    assert trip.result.read_text(encoding="utf-8") == "auch meins"


def test_nothing_to_look_at_makes_no_file(registry: Registry, tmp_path: Path) -> None:
    trip = Trip(registry, tmp_path, catalogue(PAGE))
    with pytest.raises(Refused):
        trip.export()
    assert not trip.targets.exists()


def test_any_warc_tool_reads_imported_evidence(swept: Trip) -> None:
    swept.take()
    (segment,) = evidence_folder(swept.registry).glob("*.warc.gz")
    tool = Path(sys.executable).with_name("warcio")
    checked = subprocess.run([tool, "check", "-v", segment], capture_output=True, text=True)
    assert checked.returncode == 0 and "fail" not in checked.stdout, checked.stdout
    listed = subprocess.run([tool, "index", segment], capture_output=True, text=True)
    kinds = [json.loads(line)["warc-type"] for line in listed.stdout.splitlines()]
    assert kinds == ["warcinfo"] + ["request", "response"] * 3


def test_accounts_are_known_by_uid_alone(swept: Trip) -> None:
    """Keys differ between the two databases, so that they must not be relied upon."""
    with swept.registry.read() as session:
        uids = set(session.scalars(select(Account.uid)))
    with zipfile.ZipFile(swept.result) as archive:
        lines = [json.loads(line) for line in archive.read("looks.jsonl").splitlines()]
    assert {line["account"] for line in lines} == uids
    assert not {"id", "run_id", "account_id", "actor_id"} & {*lines[0]}


def test_of_evidence_that_came_back_the_hash_is_kept(trip: Trip) -> None:
    trip.export()
    trip.sweep()
    (segment,) = trip.folder.glob("*.work/accounts.data/evidence/*.warc.gz")
    trip.take()
    with trip.registry.read() as session:
        (kept,) = session.scalars(select(EvidenceSum))
    assert (kept.name, kept.sha256) == (segment.name, sha256_of(segment))


def test_evidence_that_was_rewritten_away_does_not_come_back(trip: Trip) -> None:
    trip.export()
    trip.sweep()
    (segment,) = trip.folder.glob("*.work/accounts.data/evidence/*.warc.gz")
    segment.write_bytes(b"rewritten" + segment.read_bytes()[9:])
    with pytest.raises(Refused, match="SHA-256"):
        trip.sweep()


def test_evidence_cut_by_a_crash_comes_back_as_far_as_it_is_whole(trip: Trip) -> None:
    trip.export()
    trip.sweep()
    (segment,) = trip.folder.glob("*.work/accounts.data/evidence/*.warc.gz")
    segment.write_bytes(segment.read_bytes()[:-60])
    trip.sweep()
    assert trip.take().added == 3
    (kept,) = evidence_folder(trip.registry).glob("*.warc.gz")
    assert kept.read_bytes() == segment.read_bytes()
    assert len(Recording([kept])) == 2


def test_a_segment_without_a_record_stays_behind(trip: Trip) -> None:
    trip.export()
    trip.sweep()
    (segment,) = trip.folder.glob("*.work/accounts.data/evidence/*.warc.gz")
    segment.write_bytes(b"")
    trip.sweep()
    assert trip.take().added == 3
    assert list(evidence_folder(trip.registry).glob("*")) == []
