"""Closed accounts that show signs of life: RC312 re-opened by the host unit, or never gone, without
filing; CL501 a cancelled handle posts again and nobody knows who; CL502 somebody else holds it.

One account gets one of the three. Each of its ids is looked at by itself, for one may be gone while
a stranger holds another. A handle that merely resolves says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from reconcilers.drafting import Setting, about_account
from reconcilers.ledger import Ledger, LedgerAccount
from reconcilers.papers import Papers, was_closed
from reconcilers.seen import LOOK_BACK
from registry.dates import shanghai_date
from registry.findings.differences import Difference
from registry.models import Account, Observation
from registry.names import fold_name
from registry.vocab import AccountState, CheckKind, Existence, Outcome, Precision

CODES = ("RC312", "CL501", "CL502")
"""Of several ids the last of these that holds of one is told."""


_CLOSED_STATES = (AccountState.CLOSED, AccountState.PROPOSED)
"""States of a cancelled account; the second while its re-opening is approved and not completed."""


class Sighting(Protocol):
    """A lead that turned out to be a closed account."""

    @property
    def found_at(self) -> datetime: ...


class Tell(Protocol):
    """Notes that a subject was examined for a code, with what was found."""

    def __call__(self, uid: str, code: str, found: list[Difference] = ..., /) -> None: ...


@dataclass(slots=True)
class Holder:
    """What was read of one id of a closed account, or of the account as a whole, since its closing:
    of every fact the newest reading, with the uid of its observation."""

    existence: Existence = Existence.UNKNOWN
    seen_at: datetime | None = None
    settled: bool = False
    """It was there on a later day than that of its closing, on which it may not have gone yet."""
    name: str = ""
    subject: str = ""
    last_post_at: datetime | None = None
    """Of the newest post since the closing."""
    posted_at: datetime | None = None
    """Of the newest post of all, which may be older than the closing."""
    to_the_day: bool = False
    """Of that post only the day was shown."""
    uids: dict[str, str] = field(default_factory=dict)

    def take(self, look: Any, closed: date, *, earlier: bool = False) -> None:
        """One more look, later than those before. What was read before it was gone says nothing of
        whoever has it now. `earlier`: it was closed on some day before `closed`."""
        if look.existence is Existence.GONE_SIGNAL:
            self.name, self.subject, self.last_post_at, self.posted_at = "", "", None, None
            self.uids.clear()
        if look.existence is not Existence.UNKNOWN:
            self.existence, self.seen_at = look.existence, look.observed_at
            self.settled = earlier or shanghai_date(look.observed_at) > closed
            self.uids["existence"] = look.uid
        if look.display_name:
            self.name, self.uids["name"] = look.display_name, look.uid
        if look.verified_subject:
            self.subject, self.uids["subject"] = look.verified_subject, look.uid
        posted = look.last_post_at
        if posted is None or (self.posted_at is not None and posted < self.posted_at):
            return
        self.posted_at, self.to_the_day = posted, look.last_post_precision is Precision.DAY
        if shanghai_date(posted) > closed:
            self.last_post_at, self.uids["post"] = posted, look.uid

    @property
    def gone(self) -> bool:
        return self.existence is Existence.GONE_SIGNAL

    def side(self) -> dict[str, Any]:
        """What a report prints of it, the time of a post no more precise than it is known."""
        posted = self.posted_at
        return {
            "name": self.name,
            "verified_subject": self.subject,
            "existence": self.existence,
            "last_post_at": shanghai_date(posted) if posted and self.to_the_day else posted,
            "seen_at": self.seen_at,
        }


Holders = Mapping[str, list[Holder]]
"""Closed account's uid → what was read of each of its ids since."""


def read_holders(
    session: Session,
    ledger: Ledger,
    papers: Papers,
    at: datetime,
    look_back: timedelta = LOOK_BACK,
) -> Holders:
    """The readings up to `at` of closed accounts whose day of closing is known.

    Of the looks of that very day those count that were made at a closed account's id: the others
    may be older than the closing. Of accounts that were brought closed all looks count.
    """
    o = Observation
    columns = (o.uid, o.account_id, o.kind, o.ordinal, o.observed_at, o.existence)
    query = (
        select(*columns, o.display_name, o.verified_subject, o.last_post_at, o.last_post_precision)
        .join(Account, Account.id == o.account_id)
        .where(Account.state.in_(_CLOSED_STATES), o.outcome == Outcome.READ)
        .where(o.observed_at > at - look_back, o.observed_at <= at)
        .order_by(o.observed_at, o.id)
    )
    found: dict[str, dict[int, Holder]] = {}
    for look in session.execute(query):
        account = ledger.by_id.get(look.account_id)
        closed = papers.closed_on.get(account.uid) if account else None
        earlier = account is not None and account.uid in papers.closed_before
        if account and closed is not None and (earlier or _is_since(look, closed)):
            which = look.ordinal if look.kind is CheckKind.HANDLE else -1
            holder = found.setdefault(account.uid, {}).setdefault(which, Holder())
            holder.take(look, closed, earlier=earlier)
    return {uid: list(holders.values()) for uid, holders in found.items()}


def gone_since(holders: Holders) -> dict[str, date]:
    """Closed accounts that were looked at since and found gone, under every id read: uid → the
    Shanghai day of the newest such look."""
    return {
        uid: max(shanghai_date(each.seen_at) for each in held if each.seen_at is not None)
        for uid, held in holders.items()
        if held and all(each.gone for each in held)
    }


def _is_since(look: Any, closed: date) -> bool:
    day = shanghai_date(look.observed_at)
    return day > closed or (day == closed and look.kind is CheckKind.HANDLE)


def alive_again(
    tell: Tell,
    ledger: Ledger,
    holders: Holders,
    papers: Papers,
    setting: Setting,
    leads: Mapping[str, Sighting],
    lead_side: Callable[[Any], dict[str, Any]],
) -> None:
    """Look at every closed account of which something was read, or which a lead led to."""
    for account in ledger.accounts:
        if not was_closed(account, papers):
            continue
        if account.uid in papers.entered_twice:  # its handle is in use, under another entry
            _tell_only(tell, account, None)
            continue
        seen, lead = holders.get(account.uid, ()), _later(leads, account, papers)
        told = {holder_code(account, holder, ledger): holder for holder in seen}
        code = next((code for code in reversed(CODES) if code in told), None)
        if code is not None:
            _tell_only(tell, account, _seen_alive(setting, code, account, told[code]))
        elif lead is not None and not _gone_since(seen, lead):
            side = lead_side(lead)
            _tell_only(tell, account, _found(setting, "RC312", account, side, ("state",), ()))
        elif seen and all(holder.gone for holder in seen):
            _tell_only(tell, account, None)


def _later(
    leads: Mapping[str, Sighting], account: LedgerAccount, papers: Papers
) -> Sighting | None:
    """The lead that led to a closed account, unless it was found while that was still open."""
    lead, closed = leads.get(account.uid), papers.closed_on.get(account.uid)
    if lead is None or closed is None or account.uid in papers.closed_before:
        return lead
    return lead if shanghai_date(lead.found_at) > closed else None


def _tell_only(tell: Tell, account: LedgerAccount, found: Difference | None) -> None:
    """This and neither of the others."""
    for code in CODES:
        tell(account.uid, code, [found] if found and found.code == code else [])


def _gone_since(seen: Iterable[Holder], lead: Sighting) -> bool:
    """True when every id was gone after the lead was seen."""
    held = list(seen)
    return bool(held) and all(
        holder.gone and holder.seen_at is not None and holder.seen_at > lead.found_at
        for holder in held
    )


def holder_code(account: LedgerAccount, holder: Holder, ledger: Ledger) -> str | None:
    """Which of the three holds of this id, if any can be told.

    Who is verified decides before all else; a name alone tells that the account never went, and
    with posts nobody knows whose. On the day of the closing itself only another body tells anything.
    """
    if holder.existence is not Existence.EXISTS:
        return None
    body = ledger.bodies.same(holder.subject, account.host) if account.host else None
    if body is False:
        return "CL502"
    if not holder.settled:
        return None
    if body:
        return "RC312"
    if holder.last_post_at is not None:
        return "CL501"
    return "RC312" if holder.name and fold_name(holder.name) == account.fold else None


def _seen_alive(setting: Setting, code: str, account: LedgerAccount, holder: Holder) -> Difference:
    fields = ("state", "verified_subject") if code == "CL502" else ("state",)
    evidence = tuple(dict.fromkeys(holder.uids.values()))
    return _found(setting, code, account, holder.side(), fields, evidence)


def _found(
    setting: Setting,
    code: str,
    account: LedgerAccount,
    outside: dict[str, Any],
    fields: tuple[str, ...],
    evidence: tuple[str, ...],
) -> Difference:
    return about_account(
        setting, code, account, outside=outside, fields=fields, observation_uids=evidence
    )
