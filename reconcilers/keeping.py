"""Which of several accounts to keep, and why: newest sign of life, verification, followers, and of
equals the one entered last. A suggestion; a person decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from reconcilers.ledger import LedgerAccount
from reconcilers.seen import Reality
from registry.messages import _

_NEVER = datetime(1, 1, 1, tzinfo=UTC)


def by_worth(accounts: Iterable[LedgerAccount], reality: Reality) -> list[LedgerAccount]:
    """The accounts, the one to keep first."""
    return sorted(accounts, key=lambda account: _worth(account, reality), reverse=True)


def keep_note(keep: LedgerAccount, others: list[LedgerAccount], reality: Reality) -> str:
    """The suggestion in words."""
    note = _("Suggested to keep: {name} ({why}).")
    return note.format(name=keep.name, why=_why(keep, others, reality))


def _worth(account: LedgerAccount, reality: Reality) -> tuple[datetime, bool, int, str]:
    """What speaks for keeping an account."""
    seen = reality.get(account.uid)
    posted = seen.last_post_at if seen else None
    verified = bool(account.verified_subject or (seen and seen.verified_subject))
    return posted or _NEVER, verified, account.followers or 0, account.uid


def _why(keep: LedgerAccount, others: list[LedgerAccount], reality: Reality) -> str:
    best = _worth(keep, reality)
    rest = [_worth(other, reality) for other in others]
    if all(best[0] > other[0] for other in rest):
        return _("newest post")
    if best[1] and not all(other[1] for other in rest):
        return _("verified")
    if all(best[2] > other[2] for other in rest):
        return _("most followers")
    return _("entered last")
