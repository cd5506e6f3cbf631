"""One sweep at a time on a registry: who is refused, who takes over, who finds the lease lost."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import psutil
import pytest
from sqlalchemy import select, text

from checkers.base import Request, Response
from registry.db import Registry
from registry.models import Observation, SweepLease
from registry.vocab import CheckKind, Outcome
from sweeps.lease import (
    PATIENCE,
    SITES,
    SWEEP,
    Fate,
    LeaseLost,
    Place,
    SweepUnderWay,
    lease_for,
    leased,
    take,
)
from sweeps.network.credentials import Credentials
from sweeps.run import Settings, run
from tests.conftest import NOW
from tests.sweeps.play import FakeClock, FakeWorkers, add_account, catalogue, checker
from tests.sweeps.test_run import planned

ELSEWHERE = Place("liwei@qingshi-02", "0123456789ab", 1_700_000_000, 4711)


def row(registry: Registry) -> SweepLease | None:
    with registry.read() as session:
        return session.scalars(select(SweepLease)).one_or_none()


def silent_for(registry: Registry, seconds: float) -> None:
    """Let the lease look as if it had last been renewed that long ago."""
    with registry.write() as session:
        session.scalars(select(SweepLease)).one().renewed_at -= timedelta(seconds=seconds)


def together(jobs: Sequence[Callable[[], None]]) -> None:
    """Run each in a thread of its own, to the end."""
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


@pytest.fixture
def ended() -> Iterator[Place]:
    """A process of this machine that has ended."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        place = replace(Place.here(), process=process.pid)
    yield place


def test_who_waits_is_told_once_and_begins_when_the_holder_has_ended(registry: Registry) -> None:
    clock, told = FakeClock(), list[SweepUnderWay]()
    with leased(registry, clock), pytest.raises(SweepUnderWay):
        with leased(registry, clock, SWEEP, told.append):
            pass
    assert len(told) == 1 and "另一次巡查正在进行" in told[0].message
    assert clock.monotonic() >= PATIENCE
    with leased(registry, clock, SWEEP, told.append):
        assert len(told) == 1


def test_the_lease_is_held_for_the_length_of_the_block(registry: Registry) -> None:
    with leased(registry, FakeClock()):
        held = row(registry)
    assert held is not None and held.process == Place.here().process
    assert row(registry) is None


def test_a_second_sweep_is_told_who_sweeps_and_what_to_do(registry: Registry) -> None:
    take(registry, FakeClock(), ELSEWHERE)
    with registry.write() as session:
        session.scalars(select(SweepLease)).one().taken_at = NOW
    with pytest.raises(SweepUnderWay) as refused:
        take(registry, FakeClock())
    assert refused.value.message == (
        "另一次巡查正在进行：liwei@qingshi-02，进程 4711，始于 2026-11-22 09:00。"
    )
    assert "90 秒" in refused.value.hint and refused.value.exit_code == 2


def test_a_holder_elsewhere_with_another_clock_is_told_in_words(registry: Registry) -> None:
    """A machine that lost its clock's battery would else be told for years that a sweep is under way."""
    take(registry, FakeClock(), ELSEWHERE)
    with registry.write() as session:
        session.scalars(select(SweepLease)).one().renewed_at = NOW + timedelta(days=400)
    with pytest.raises(SweepUnderWay) as refused:
        take(registry, FakeClock())
    if registry.is_sqlite:
        assert "2027-12-27 09:00" in refused.value.message and "时钟" in refused.value.message
        assert "调准" in refused.value.hint


def test_samples_of_websites_are_taken_while_a_long_sweep_goes_on(registry: Registry) -> None:
    assert lease_for([CheckKind.SITE]) == SITES
    assert lease_for([CheckKind.SITE, CheckKind.FRESHNESS]) == SWEEP
    with leased(registry, FakeClock()), leased(registry, FakeClock(), SITES) as samples:
        assert samples is not None
        for name in (SWEEP, SITES):
            with pytest.raises(SweepUnderWay):
                take(registry, FakeClock(), name=name)
    assert row(registry) is None


def test_a_living_process_of_this_machine_is_never_taken_for_dead(registry: Registry) -> None:
    with leased(registry, FakeClock()):
        silent_for(registry, 3600)
        with pytest.raises(SweepUnderWay):
            take(registry, FakeClock())


def test_a_process_of_this_machine_that_ended_is_followed_at_once(
    registry: Registry, ended: Place
) -> None:
    take(registry, FakeClock(), ended)
    with leased(registry, FakeClock()):
        held = row(registry)
    assert held is not None and held.process == Place.here().process


def test_a_number_that_another_process_got_since_does_not_keep_the_lease(
    registry: Registry,
) -> None:
    take(registry, FakeClock(), replace(Place.here(), born=Place.here().born - 3600))
    with leased(registry, FakeClock()):
        assert row(registry) is not None


@pytest.mark.parametrize(("silence", "refused"), [(80, True), (100, False)])
def test_of_another_machine_only_silence_tells(
    registry: Registry, silence: int, refused: bool
) -> None:
    take(registry, FakeClock(), ELSEWHERE)
    silent_for(registry, silence)
    if refused:
        with pytest.raises(SweepUnderWay):
            take(registry, FakeClock())
    else:
        assert take(registry, FakeClock())


def test_the_fate_of_processes(ended: Place) -> None:
    here = Place.here()
    assert here.fate() is Fate.ALIVE
    assert ended.fate() is Fate.GONE
    assert replace(here, born=here.born - 60).fate() is Fate.GONE
    assert ELSEWHERE.fate() is Fate.UNKNOWN


def test_a_zombie_is_gone() -> None:
    with subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.read()  # it has ended, or is about to, and nobody has asked how
        while (place := replace(Place.here(), process=process.pid)).fate() is not Fate.GONE:
            pass
    assert place.process == process.pid


def test_a_place_is_read_back_from_its_row() -> None:
    assert Place.stored(ELSEWHERE.machine(), ELSEWHERE.process) == ELSEWHERE
    assert Place.stored("", 0).who == ""


def test_it_is_renewed_after_twenty_seconds_and_not_before(registry: Registry) -> None:
    clock = FakeClock()
    with leased(registry, clock) as lease:
        silent_for(registry, 50)
        before = row(registry)
        clock.wait(19)
        lease.renew()
        early = row(registry)
        clock.wait(1)
        lease.renew()
        late = row(registry)
    assert before and early and late
    assert early.renewed_at == before.renewed_at
    assert late.renewed_at > before.renewed_at + timedelta(seconds=49)


def test_a_clock_that_stood_still_while_the_machine_slept_does_not_hide_it(
    registry: Registry,
) -> None:
    clock = FakeClock()
    with leased(registry, clock) as lease:
        clock.began += timedelta(hours=2)
        assert lease.due


def test_a_holder_that_was_followed_finds_out_and_releases_nothing(registry: Registry) -> None:
    clock = FakeClock()
    with leased(registry, clock) as lease:
        with registry.write() as session:
            session.delete(session.scalars(select(SweepLease)).one())
        take(registry, clock, ELSEWHERE)
        clock.wait(30)
        with pytest.raises(LeaseLost) as lost:
            lease.renew()
    assert "liwei@qingshi-02" in lost.value.message and "--resume" in lost.value.hint
    held = row(registry)
    assert held is not None and held.process == 4711


def test_of_many_that_start_at_once_one_gets_the_lease(registry: Registry) -> None:
    ready, ends = threading.Barrier(8), list[str]()

    def start() -> None:
        ready.wait()
        try:
            take(registry, FakeClock())
        except SweepUnderWay as refusal:
            ends.append(refusal.code)
        else:
            ends.append("taken")

    together([start] * 8)
    assert sorted(ends) == ["sweep_under_way"] * 7 + ["taken"]


def test_of_many_that_follow_a_dead_one_at_once_one_gets_the_lease(
    registry: Registry, ended: Place
) -> None:
    take(registry, FakeClock(), ended)
    test_of_many_that_start_at_once_one_gets_the_lease(registry)


@pytest.mark.skipif(not psutil.LINUX, reason="elsewhere a start is kept as the clock had it")
@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_is_set_makes_no_living_process_a_dead_one(
    registry: Registry, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    """The kernel tells when the machine was started by what the clock says now."""
    moved = psutil.boot_time() + 3600 * hours
    with leased(registry, FakeClock()):
        monkeypatch.setattr("psutil._psplatform.boot_time", lambda: moved)
        with pytest.raises(SweepUnderWay):
            take(registry, FakeClock())


def test_a_clock_that_is_set_back_puts_no_renewal_off(registry: Registry) -> None:
    clock = FakeClock()
    with leased(registry, clock) as lease:
        clock.began -= timedelta(hours=1)
        due = [lease.due]
        clock.wait(20)
        due.append(lease.due)
        lease.renew()
        due.append(lease.due)
    assert due == [False, True, False]


def test_who_was_followed_while_all_its_clocks_stood_still_writes_nothing(
    registry: Registry,
) -> None:
    lease = take(registry, FakeClock(), ELSEWHERE)
    silent_for(registry, 100)
    take(registry, FakeClock())
    assert not lease.due
    with pytest.raises(LeaseLost), registry.write() as session:
        lease.assure(session)


def test_who_follows_waits_for_what_the_holder_is_writing(registry: Registry) -> None:
    """One that stands still between its last look and the end of its transaction can't be overtaken
    there."""
    lease = take(registry, FakeClock(), ELSEWHERE)
    silent_for(registry, 100)
    order, comes = list[str](), threading.Event()

    def follow() -> None:
        comes.set()
        take(registry, FakeClock())
        order.append("followed")

    with registry.write() as session:
        lease.assure(session)
        follower = threading.Thread(target=follow)
        follower.start()
        assert comes.wait(10)
        follower.join(0.3)
        order.append("wrote")
    follower.join(30)
    assert order == ["wrote", "followed"]


def test_a_server_ends_a_transaction_in_which_the_holder_stands_still(registry: Registry) -> None:
    if registry.is_sqlite:
        pytest.skip("a file has nobody to end it, and nobody on another machine to wait for it")
    with leased(registry, FakeClock()) as lease:
        with registry.write() as session:
            lease.assure(session)
            assert session.scalar(text("SHOW idle_in_transaction_session_timeout")) == "90s"
        with registry.read() as session:
            assert session.scalar(text("SHOW idle_in_transaction_session_timeout")) == "0"


# --- in a sweep ---------------------------------------------------------------------------------


PAGES = catalogue(checker())


class Usurper:
    """Answers; at the tenth request another machine takes the lease over."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.asked = 0

    def reply(self, request: Request) -> Response:
        self.asked += 1
        if self.asked == 10:
            with self.registry.write() as session:
                session.delete(session.scalars(select(SweepLease)).one())
            take(self.registry, FakeClock(), ELSEWHERE)
        return Response(request.url, 200, {}, NOW.isoformat().encode(), NOW)


def test_a_sweep_that_lost_its_lease_stops_and_what_it_stored_stands(registry: Registry) -> None:
    with registry.write() as session:
        for number in range(60):
            add_account(session, f"青石{number}", url=f"https://weibo.example/{number}")
    uid, clock, usurper = planned(registry, PAGES), FakeClock(), Usurper(registry)
    with pytest.raises(LeaseLost):
        run(
            registry,
            uid,
            PAGES,
            credentials=Credentials.of(PAGES, {}),
            clock=clock,
            settings=Settings(pace={"weibo.example": {"min_gap": 5.0}}),
            workers=FakeWorkers(clock, usurper.reply),
        )
    with registry.read() as session:
        seen = session.scalars(select(Observation)).all()
    assert usurper.asked < 20
    assert 8 <= len(seen) <= usurper.asked
    assert {observation.outcome for observation in seen} == {Outcome.READ}
    held = row(registry)
    assert held is not None and held.process == 4711


def test_a_sweep_is_refused_while_another_holds_the_lease_and_frees_its_own(
    registry: Registry,
) -> None:
    with registry.write() as session:
        add_account(session, "青石发布", url="https://weibo.example/1")
    uid, clock = planned(registry, PAGES), FakeClock()

    def swept() -> int:
        page = FakeWorkers(clock, lambda asked: Response(asked.url, 200, {}, b"none", NOW))
        credentials = Credentials.of(PAGES, {})
        return run(registry, uid, PAGES, credentials=credentials, clock=clock, workers=page).done

    with leased(registry, clock), pytest.raises(SweepUnderWay):
        swept()
    assert swept() == 1
    assert row(registry) is None
