"""What reality showed of each account: the newest reading of every fact, with the verdict of the
judge beside it. A fact that was not read is None and never a difference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from reconcilers.ledger import Ledger
from registry.models import Observation
from registry.vocab import Existence, Outcome, Verdict

LOOK_BACK = timedelta(days=92)
"""How far back a reading still speaks of the present: a quarter, the beat of the circulars."""


class Judged(Protocol):
    """What reconcilers need of a judgement."""

    @property
    def verdict(self) -> Verdict: ...


@dataclass(slots=True)
class Seen:
    """Reality about one account. Times are UTC; each fact has the time at which it was read."""

    verdict: Verdict = Verdict.UNKNOWN
    display_name: str | None = None
    named_at: datetime | None = None
    verified_subject: str | None = None
    subject_at: datetime | None = None
    existence: Existence = Existence.UNKNOWN
    seen_at: datetime | None = None
    last_post_at: datetime | None = None
    uids: dict[str, str] = field(default_factory=dict)
    """Fact → uid of the observation it was read in."""

    def evidence(self, *facts: str) -> tuple[str, ...]:
        """The observations in which these facts were read."""
        return tuple(dict.fromkeys(self.uids[fact] for fact in facts if fact in self.uids))


Reality = Mapping[str, Seen]
"""Account uid → what was seen of it. An account that is not in it was not seen."""


def read_reality(
    session: Session,
    ledger: Ledger,
    judgements: Mapping[str, Judged],
    at: datetime,
    look_back: timedelta = LOOK_BACK,
) -> dict[str, Seen]:
    """The newest readings up to `at` of the accounts of the ledger, with their verdicts."""
    seen = {uid: Seen(judged.verdict) for uid, judged in judgements.items()}
    o = Observation
    columns = (
        *(o.uid, o.account_id, o.observed_at, o.existence, o.display_name, o.verified_subject),
        o.last_post_at,
    )
    query = select(*columns).where(
        o.outcome == Outcome.READ, o.observed_at > at - look_back, o.observed_at <= at
    )
    for uid, account_id, when, existence, name, subject, posted in session.execute(
        query.order_by(o.observed_at, o.id)
    ):
        account = ledger.by_id.get(account_id)
        if account is None:
            continue
        one = seen.setdefault(account.uid, Seen())
        if existence is not Existence.UNKNOWN:
            one.existence, one.seen_at, one.uids["existence"] = existence, when, uid
        if name:
            one.display_name, one.named_at, one.uids["name"] = name, when, uid
        if subject:
            one.verified_subject, one.subject_at, one.uids["subject"] = subject, when, uid
        if posted and (one.last_post_at is None or posted >= one.last_post_at):
            one.last_post_at, one.uids["post"] = posted, uid
    return seen
