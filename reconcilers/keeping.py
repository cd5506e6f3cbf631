"""Which of several accounts to keep, and why: newest sign of life, verification, followers. A
suggestion; a person decides, and where nothing tells them apart there is no suggestion.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from reconcilers.ledger import LedgerAccount
from reconcilers.seen import Reality
from registry.messages import _
from registry.text import quoted

_NEVER = datetime(1, 1, 1, tzinfo=UTC)


def by_worth(accounts: Iterable[LedgerAccount], reality: Reality) -> list[LedgerAccount]:
    """The accounts, the one to keep first; of equals the one entered first."""
    entered = sorted(accounts, key=lambda account: account.uid)
    return sorted(entered, key=lambda account: _worth(account, reality), reverse=True)


def why_keep(ordered: Sequence[LedgerAccount], reality: Reality) -> str:
    """What the first one has over the next, in words; nothing where they are equal. `ordered`: two or
    more, as `by_worth` gives them."""
    best, next_one = (_worth(account, reality) for account in ordered[:2])
    words = (_("newest post"), _("verified"), _("most followers"), _("has a platform id"))
    sides = zip(best, next_one, words, strict=True)
    return next((word for one, other, word in sides if one != other), "")


def keep_note(ordered: Sequence[LedgerAccount], reality: Reality) -> str:
    """The suggestion in words, or that there is none."""
    why = why_keep(ordered, reality)
    if not why:
        return _("Nothing tells which of them to keep: choose by hand.")
    return _("Suggested to keep: {name} ({why}).").format(name=quoted(ordered[0].name), why=why)


def ids_note(accounts: Sequence[LedgerAccount]) -> str:
    """By which ids several accounts are told apart, or which of them have none."""
    without = [quoted(account.name) for account in accounts if not account.native]
    if without:
        text = _("No id is recorded of: {names}.")
        return text.format(names=_(", ").join(without))
    told = _("{id} ({name})")
    ids = _(", ").join(told.format(id=a.native, name=quoted(a.name)) for a in accounts)
    return _("They have ids of their own: {ids}.").format(ids=ids)


def keep_entry(ordered: Sequence[LedgerAccount], reality: Reality) -> str:
    """The suggestion for entries of one account: any will do, so that it is the first entered where
    nothing tells them apart."""
    if why_keep(ordered, reality):
        return keep_note(ordered, reality)
    return _("Suggested to keep: {name} ({why}).").format(
        name=quoted(ordered[0].name), why=_("entered first")
    )


_LISTED = 255
"""Characters that a drop-down's list takes in all programs, the commas between its words included."""


def choosing_words(ordered: Sequence[LedgerAccount], *, suggested: bool) -> tuple[str, ...]:
    """What each account is called in the list from which the one to keep is chosen, in that order: its
    place, name and id; the first one is marked if it is `suggested`."""
    named = [f"{account.name} {account.native}".strip() for account in ordered]
    told = [
        f"{text} {account.host_name} …{account.uid[-6:]}" if named.count(text) > 1 else text
        for text, account in zip(named, ordered, strict=True)
    ]
    room = _LISTED // len(ordered) - 1
    words = []
    for number, text in enumerate(told, start=1):
        mark = _(" (suggested)") if suggested and number == 1 else ""
        plain = f"{number} {text.replace(',', '，')}"
        words.append(plain[: max(room - len(mark), 0)].strip() + mark)
    return tuple(words)


def _worth(account: LedgerAccount, reality: Reality) -> tuple[datetime, bool, int, bool]:
    """What speaks for keeping an account."""
    seen = reality.get(account.uid)
    posted = seen.last_post_at if seen else None
    verified = bool(account.verified_subject or (seen and seen.verified_subject))
    return posted or _NEVER, verified, account.followers or 0, bool(account.held)
