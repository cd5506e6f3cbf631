"""Closed accounts that show signs of life: RC312 re-opened by the same body without filing, CL501 a
cancelled handle posts again, CL502 it is held by somebody else. One account gets one of the three.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Protocol, TypeVar

from reconcilers.drafting import Setting, about_account
from reconcilers.ledger import Ledger, LedgerAccount
from reconcilers.papers import Papers
from reconcilers.seen import Reality, Seen
from registry.dates import shanghai_date
from registry.differences import Difference
from registry.names import fold_name
from registry.vocab import AccountState, CheckKind, Existence

CODES = ("RC312", "CL501", "CL502")

LeadLike = TypeVar("LeadLike")


class Tell(Protocol):
    """Notes that a subject was examined for a code, with what was found."""

    def __call__(self, uid: str, code: str, found: list[Difference] = ..., /) -> None: ...


def alive_again(
    tell: Tell,
    ledger: Ledger,
    reality: Reality,
    papers: Papers,
    setting: Setting,
    leads: Mapping[str, LeadLike],
    lead_side: Callable[[LeadLike], dict[str, Any]],
) -> None:
    """Look at every closed account of which something was seen, or which a lead led to."""
    for account in ledger.accounts:
        if account.state is not AccountState.CLOSED or account.uid in papers.reopening:
            continue
        seen = reality.get(account.uid)
        code = _code(account, seen, papers.closed_on.get(account.uid), ledger)
        if code is None and account.uid in leads:
            side = lead_side(leads[account.uid])
            tell(account.uid, "RC312", [_found(setting, "RC312", account, side, ("state",), ())])
        elif seen is not None and code is not None:
            for other in CODES:
                if other == code:
                    tell(account.uid, code, [_seen_alive(setting, code, account, seen)])
                else:
                    tell(account.uid, other)
        elif seen is not None and seen.existence in {Existence.GONE_SIGNAL, Existence.EXISTS}:
            for other in CODES:
                tell(account.uid, other)


def _code(
    account: LedgerAccount, seen: Seen | None, closed: date | None, ledger: Ledger
) -> str | None:
    """Which of the three holds, if any; nothing without a look after the closing."""
    if seen is None or seen.existence is not Existence.EXISTS or closed is None:
        return None
    if seen.seen_at is None or shanghai_date(seen.seen_at) <= closed:
        return None
    host = account.host
    same_body = ledger.bodies.same(seen.verified_subject or "", host) if host else None
    if same_body is False and _after(seen, "subject", closed):
        return "CL502"
    posted = _after(seen, "post", closed)
    known = same_body is True or _same_name(account, seen)
    if seen.posted_by is CheckKind.HANDLE and posted and not known:
        return "CL501"
    return "RC312" if posted or (known and _after(seen, "name", closed)) else None


def _after(seen: Seen, fact: str, closed: date) -> bool:
    """The fact was read, and speaks of a day after the closing."""
    when = {
        "subject": seen.subject_at,
        "name": seen.named_at or seen.subject_at,
        "post": seen.last_post_at,
    }
    moment = when[fact]
    return moment is not None and shanghai_date(moment) > closed


def _same_name(account: LedgerAccount, seen: Seen) -> bool:
    return seen.display_name is not None and fold_name(seen.display_name) == account.fold


def _seen_alive(setting: Setting, code: str, account: LedgerAccount, seen: Seen) -> Difference:
    outside = {
        "name": seen.display_name or "",
        "verified_subject": seen.verified_subject or "",
        "existence": seen.existence,
        "last_post_at": seen.last_post_at,
        "seen_at": seen.seen_at,
    }
    fields = ("state", "verified_subject") if code == "CL502" else ("state",)
    evidence = seen.evidence("existence", "subject", "name", "post")
    return _found(setting, code, account, outside, fields, evidence)


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
