"""Names that a hurried reader takes for another unit's: of the place in them one character is another
one, and nothing in the name of the unit that has the account explains it. Numbers, directions and
kinds of body are never taken for each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from reconcilers.ledger import LedgerAccount
from reconcilers.slips import changed, slip

Bearers = Mapping[str, Sequence[LedgerAccount]]
"""Folded name → the accounts that bear it."""


def off_by_one(
    bearers: Bearers, places: Collection[str]
) -> Iterator[tuple[LedgerAccount, LedgerAccount]]:
    """(account, the one of another unit of its platform that it can be taken for), each once.

    `places`: stems of known regions. Only a name of one unit, without that unit's place, is looked at:
    what several units are called is a word.
    """
    gaps = _by_gap(places)
    for fold, accounts in bearers.items():
        strange = [account for account in accounts if not _at_home(account)]
        if any(account.host is not accounts[0].host for account in accounts):
            continue
        for name, place in _meant(fold, gaps) if strange else ():
            for genuine in bearers.get(name, ()):
                if genuine.host is not None and place in genuine.host.fold:
                    yield from (
                        (account, genuine)
                        for account in strange
                        if account.platform == genuine.platform
                        and account.host is not genuine.host
                        and _is_foreign(account, genuine.fold)
                    )


def unexplained(one: LedgerAccount, other: LedgerAccount) -> bool:
    """Whether, of two names that differ by a character, the name of its own unit explains the one and
    not the other."""
    return _is_foreign(one, other.fold) != _is_foreign(other, one.fold)


def _is_foreign(account: LedgerAccount, other: str) -> bool:
    """Whether what its name has in place of another's stands nowhere in the name of its unit."""
    own, _there = changed(account.fold, other)
    return bool(own) and account.host is not None and own not in account.host.fold


def _at_home(account: LedgerAccount) -> bool:
    """Whether the name begins or ends as something in the name of its unit."""
    host = account.host.fold if account.host else ""
    return account.fold[:2] in host or account.fold[-2:] in host


def _by_gap(places: Collection[str]) -> Mapping[tuple[str, int], list[str]]:
    """A place without one of its characters, and where that stood → the places."""
    gaps: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    for place in places:
        for at in range(len(place)):
            gaps[place[:at] + place[at + 1 :], at].append(place)
    return gaps


def _meant(fold: str, gaps: Mapping[tuple[str, int], list[str]]) -> Iterator[tuple[str, str]]:
    """(name, place) of every name that has a known place where this has all but one of its
    characters."""
    for size in (2, 3, 4):
        for start in range(len(fold) - size + 1):
            part = fold[start : start + size]
            for at in range(size):
                for place in gaps.get((part[:at] + part[at + 1 :], at), ()):
                    name = fold[:start] + place + fold[start + size :]
                    if len(place) == size and slip(fold, name):
                        yield name, place
