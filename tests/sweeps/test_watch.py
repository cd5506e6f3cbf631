"""The watch over ids of cancelled accounts: slowly, its share each week, and after the open ones."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkers.base import Pace, Source
from registry.actors import get_actor
from registry.models import Account, Observation, PlannedCheck, Run
from registry.vocab import AccountState, CheckKind, Existence, Outcome, Reason
from sweeps.people.hand import Seen as SeenByHand
from sweeps.people.hand import observe
from sweeps.people.todo import Risk, todo
from sweeps.planning.due import Cause, Due, Frame, known
from sweeps.planning.forecast import Budgets
from sweeps.planning.plan import plan_run, survey_of, unproven
from sweeps.planning.watch import handle_due, left_for_later
from sweeps.planning.week import Week
from tests.conftest import NOW
from tests.sweeps.play import ALL_PROOFS, add_account, catalogue, checker
from tests.sweeps.test_plan import secrets
from tests.verdicts.building import at, failed, look
from verdicts.seen import Seen

T = at("2026-11-23 09:00")
FRAME = Frame(T, date(2026, 11, 10))
DAY = timedelta(days=1)

KINDS = frozenset({CheckKind.FRESHNESS, CheckKind.HANDLE})
SHOWN = catalogue(
    checker(
        sources=(Source("page", ALL_PROOFS, KINDS),), hosts={"m.weibo.cn": Pace(30.0, per_run=2)}
    )
)
UNSHOWN = catalogue(checker(sources=(Source("page", ALL_PROOFS),)))


def due(*looks: Seen, by_machine: bool = True) -> Due:
    told = known([(each, False) for each in looks], FRAME)
    return handle_due(told, FRAME, by_machine=by_machine)


def test_an_id_is_asked_for_monthly() -> None:
    assert due(look("2026-10-25 10:00")).proven
    found = due(look("2026-10-24 10:00"))
    assert (found.proven, found.ahead, found.cause) == (False, True, Cause.ROUTINE)
    assert due().cause is Cause.NEVER_READ


def test_one_signal_of_being_gone_will_do() -> None:
    assert due(look("2026-11-20 10:00", existence=Existence.GONE_SIGNAL)).proven


def test_what_could_not_be_read_waits_a_week() -> None:
    found = due(failed("2026-11-20 10:00"))
    assert (found.proven, found.not_before) == (False, at("2026-11-27 10:00"))


def test_a_person_looks_quarterly_however_the_list_was_answered() -> None:
    left = Seen("", at("2026-08-25 10:00"), Outcome.UNSUPPORTED, reason=Reason.BY_HAND)
    assert due(left, by_machine=False).proven
    seen = look("2026-08-24 10:00", existence=Existence.GONE_SIGNAL)
    assert not due(seen, by_machine=False).proven


@dataclass(frozen=True)
class Entry:
    account_id: int
    lane: str = "weibo:page:"
    tried_at: datetime | None = None
    kind: CheckKind = CheckKind.HANDLE


def test_each_week_has_its_share_and_a_month_goes_round() -> None:
    entries = [Entry(number) for number in range(30)]
    assert left_for_later(entries, entries, T) == set(range(7, 30))
    asked = [Entry(number, tried_at=T - DAY if number < 4 else None) for number in range(30)]
    assert left_for_later(asked, asked[4:], T) == set(range(7, 30))
    by_hand = [Entry(number, lane="") for number in range(26)]
    assert left_for_later(by_hand, by_hand, T) == set(range(2, 26))


def closed(session: Session, *numbers: int) -> list[Account]:
    made = []
    for number in numbers:
        account = add_account(
            session, f"青石旧闻{number}", state=AccountState.CLOSED, uid=f"1000000{number:03}"
        )
        account.identifiers[0].valid_to = date(2026, 5, 1)
        made.append(account)
    return made


def planned(session: Session, **more: object) -> list[tuple[str, CheckKind, str]]:
    """Name, kind and lane of what a run owes."""
    given = {"at": NOW, "now": NOW, "catalogue": SHOWN, "credentials": secrets(), **more}
    run = plan_run(session, window_days=14, **given)  # type: ignore[arg-type]
    rows = session.scalars(
        select(PlannedCheck).where(PlannedCheck.run_id == run.id).order_by(PlannedCheck.id)
    )
    return [(row.target["name"], row.kind, row.target["lane"]) for row in rows]


def test_open_accounts_go_first_and_closed_ones_take_a_share(session: Session) -> None:
    closed(session, *range(9))
    add_account(session, "青石公安", uid="1999999999")
    assert planned(session) == [
        ("青石公安", CheckKind.FRESHNESS, "weibo:page:"),
        *((f"青石旧闻{number}", CheckKind.HANDLE, "weibo:page:") for number in range(3)),
    ]


def test_ahead_of_t_the_watch_takes_the_room_that_others_leave(session: Session) -> None:
    closed(session, *range(8))
    for number in range(5):
        add_account(session, f"青石公安{number}", uid=f"199999999{number}")
    survey = survey_of(
        session,
        at=NOW + 3 * DAY,
        now=NOW,
        catalogue=SHOWN,
        credentials=secrets(),
        fresh_days=14,
    )
    week = Week.of(survey, Budgets(SHOWN, {}), keep=True)
    days: dict[CheckKind, Counter[int]] = {kind: Counter() for kind in KINDS}
    for entry, place in zip(week.owed, week.places, strict=True):
        days[entry.kind][place.day] += 1
    assert days[CheckKind.FRESHNESS] == {0: 2, 1: 2, 2: 1}
    assert sum(days[CheckKind.HANDLE].values()) == 2 and not days[CheckKind.HANDLE][0]
    assert sum(entry.kind is CheckKind.HANDLE for entry in week.kept) == 6


def test_the_watch_holds_up_no_time_point(session: Session) -> None:
    closed(session, 1)
    assert planned(session)
    survey = survey_of(
        session, at=NOW, now=NOW, catalogue=SHOWN, credentials=secrets(), fresh_days=14
    )
    assert [entry.kind for entry in survey] == [CheckKind.HANDLE]
    assert not unproven(session, survey)


def test_an_address_that_names_another_id_does_not_answer_for_this_one(session: Session) -> None:
    from checkers.loading import load_checkers

    account = add_account(
        session,
        "青石旧闻",
        state=AccountState.CLOSED,
        url="https://weibo.com/u/1000000001",
        uid="1000000001",
        domain="qingshi",
    )
    assert account.identifiers
    planned(session, catalogue=load_checkers())
    rows = session.scalars(select(PlannedCheck).order_by(PlannedCheck.ordinal))
    assert [(row.target["identifiers"], row.target["url"]) for row in rows] == [
        ({"domain": "qingshi"}, ""),
        ({"uid": "1000000001"}, "https://weibo.com/u/1000000001"),
    ]


def test_where_no_source_shows_it_a_person_is_asked_to_look(session: Session) -> None:
    (account,) = closed(session, 1)
    assert planned(session, catalogue=UNSHOWN) == [("青石旧闻1", CheckKind.HANDLE, "")]
    run = session.scalars(select(Run)).one()
    session.add(
        Observation(
            run_id=run.id,
            account_id=account.id,
            kind=CheckKind.HANDLE,
            observed_at=NOW,
            outcome=Outcome.UNSUPPORTED,
            reason=Reason.BY_HAND,
        )
    )
    session.flush()
    (row,) = todo(session, at=NOW)
    assert (row.name, row.native_id, row.risk) == ("青石旧闻1", "1000000001", Risk.CLOSED)
    actor = get_actor(session, "王芳")
    gone = SeenByHand(Existence.GONE_SIGNAL)
    assert observe(session, account, gone, at=NOW, now=NOW, actor=actor).kind is CheckKind.HANDLE
    assert todo(session, at=NOW) == []
    soon, later = NOW + 60 * DAY, NOW + 92 * DAY
    assert planned(session, catalogue=UNSHOWN, at=soon, now=soon) == []
    assert planned(session, catalogue=UNSHOWN, at=later, now=later)
