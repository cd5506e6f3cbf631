"""What people saw at the first sweep, where no machine can look, and what came of its findings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import select

from registry.dates import start_of_day
from registry.findings import acts as finding_acts
from registry.models import Finding
from registry.vocab import Existence, RunMethod
from sample.desk import Desk, moment
from sweeps.people.hand import Seen, hand_run, observe

SEEN: dict[str, date] = {
    "douyin:云川发布": date(2026, 11, 8),
    "douyin:青石发布": date(2026, 11, 8),
    "douyin:青石文旅": date(2026, 11, 7),
    "kuaishou:青石三农": date(2026, 11, 1),
    "xiaohongshu:青石文旅": date(2026, 11, 6),
    "xiaohongshu:青石文旅发布": date(2026, 11, 2),
    "app:青石融媒": date(2026, 11, 8),
}
"""Key → the day of the newest post that the county's clerk saw on 10 November."""

REPORTED = {"channels:云川发布": date(2026, 11, 7)}
"""The same as the host unit itself reported it."""


def looked(desk: Desk, at: datetime) -> None:
    """Enter what people saw, for the sweep of the time point `at`."""
    for method, seen in ((RunMethod.HAND, SEEN), (RunMethod.SELF_REPORT, REPORTED)):
        now = moment(11, 10, 11 if method is RunMethod.HAND else 14)
        actor = desk.act(now).actor
        run = hand_run(desk.session, at=at, now=now, actor=actor, method=method)
        for key, day in seen.items():
            observe(
                desk.session,
                desk.account(key),
                Seen(Existence.EXISTS, start_of_day(day)),
                at=at,
                now=now,
                actor=actor,
                method=method,
                run=run,
            )


def _finding(desk: Desk, key: str, code: str) -> Finding:
    uid = desk.accounts[key]
    query = select(Finding).where(Finding.subject_uid == uid, Finding.code == code)
    return desk.session.scalars(query).one()


def put_right(desk: Desk) -> Iterator[datetime]:
    """Confirmed, ordered to be put right, reported; the second sweep shows that it is."""
    yield (at := moment(11, 10, 16))
    finding = _finding(desk, "weibo:青石应急", "ST101")
    finding_acts.confirm(desk.session, finding, act=desk.act(at, reason="核实属实"))
    finding_acts.assign(desk.session, finding, due_on=date(2026, 11, 13), act=desk.act(at))
    yield (at := moment(11, 12, 17))
    act = desk.act(at, reason="已恢复更新，落实专人负责")
    finding_acts.reported(desk.session, finding, act=act)


def still_silent(desk: Desk) -> Iterator[datetime]:
    """Confirmed and due; nothing has happened since."""
    yield (at := moment(11, 10, 16, 30))
    finding = _finding(desk, "weibo:青石科普", "ST101")
    finding_acts.confirm(desk.session, finding, act=desk.act(at, reason="核实属实"))
    finding_acts.assign(desk.session, finding, due_on=date(2026, 11, 20), act=desk.act(at))
