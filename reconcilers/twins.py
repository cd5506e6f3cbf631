"""Live accounts that are one account, or that can be mistaken for each other: by id, by a person's
decision, by name. What a name only suggests goes to a person and stops nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import combinations

from reconcilers.decisions import Decisions
from reconcilers.ledger import Ledger, LedgerAccount
from reconcilers.likeness import Likeness, Reason, Tier, alike_in
from reconcilers.mistakable import off_by_one, unexplained
from reconcilers.slips import changed
from reconcilers.wording import Wording
from registry.findings.differences import ReviewKind, ReviewPair
from registry.messages import _
from registry.vocab import DecisionKind

Twins = Mapping[tuple[str, str], str]
"""(older uid, newer uid) → why they are one account."""

_CROWD = 8
"""More units than this under one name share a common word, not a likeness."""

_WRITING = frozenset({Reason.REGION, Reason.ORDER, Reason.ENDING, Reason.SLIP})
"""One account's name in another writing. A badge or a short form may be a second account's."""

_SCORES = {Tier.CERTAIN: 95.0, Tier.SUGGESTION: 75.0}


class Resemblances:
    """How the names of the live accounts are alike, looked up by their folds."""

    def __init__(self, ledger: Ledger) -> None:
        self.bearers: defaultdict[str, list[LedgerAccount]] = defaultdict(list)
        """Folded name → the accounts that bear it."""
        for account in ledger.live:
            if account.host:
                self.bearers[account.fold].append(account)
        units = (body.fold for body in ledger.bodies.by_id.values())
        wording = Wording(self.bearers.keys(), units)
        self.places = wording.places
        """Stems of the regions that are known from names and units."""
        self.pairs = tuple(alike_in(wording))
        self._by_pair = {(found.one, found.other): found for found in self.pairs}
        self._certain: defaultdict[str, set[str]] = defaultdict(set)
        for found in self.pairs:
            if found.tier is Tier.CERTAIN:
                self._certain[found.one].add(found.other)
                self._certain[found.other].add(found.one)

    def between(self, one: str, other: str) -> Likeness | None:
        """The likeness of two different folded names, if any."""
        return self._by_pair.get((min(one, other), max(one, other)))

    def writings(self, fold: str) -> set[str]:
        """The name and every other that certainly means the same body."""
        return {fold} | self._certain.get(fold, set())


def same_accounts(ledger: Ledger, decisions: Decisions, names: Resemblances) -> Twins:
    """Pairs of live accounts that are one account: by an id both hold, by a person's decision, or
    by unit, platform, form and name where no id speaks against it.

    A name written otherwise is the same only where one of the two has no id.
    """
    found: dict[tuple[str, str], str] = {}
    for (_platform, _scheme, value), holders in ledger.shared.items():
        for pair in _pairs(holders):
            found.setdefault(pair, _("Both hold the id {value}.").format(value=value))
    for one, other in _of_one_slot(ledger):
        if (why := _one_name(one, other, names)) and not _ids_contradict(one, other):
            for pair in _pairs((one, other)):
                found.setdefault(pair, why)
    for pair in _decided(ledger, decisions):
        found.setdefault(pair, _("A person decided so."))
    return {pair: why for pair, why in found.items() if not decisions.not_same(*pair)}


def groups(twins: Twins) -> list[list[str]]:
    """Uids of the entries of one account each, the oldest first."""
    group: dict[str, list[str]] = {}
    for pair in sorted(twins):
        left, right = (group.setdefault(uid, [uid]) for uid in pair)
        if left is not right:
            left.extend(right)
            group.update(dict.fromkeys(right, left))
    return [sorted(uids) for uids in {id(uids): uids for uids in group.values()}.values()]


def look_alikes(
    ledger: Ledger,
    twins: Twins,
    decisions: Decisions,
    names: Resemblances,
    dismissed: Collection[tuple[str, str]] = (),
) -> Iterator[tuple[LedgerAccount, LedgerAccount, str]]:
    """(older, newer, why) of accounts of different units on one platform under names that are the
    same, certainly mean one body, or differ by a character that no name of a unit explains. Where
    their units are likely one, a person is asked instead, unless the ids answer it: then they are two
    accounts whose units are worth a look. Pairs that were told and `dismissed` as two accounts are
    told again, so that this can be taken back.
    """
    seen: set[tuple[str, str]] = set()
    for older, newer, found in _across(ledger, names):
        pair = (older.uid, newer.uid)
        if _is_settled(pair, twins, decisions, dismissed):
            continue
        two = _ids_contradict(older, newer)
        if found is not None and found.tier is not Tier.CERTAIN:
            seen.add(pair)
            if two and found.reasons == (Reason.SLIP,) and unexplained(older, newer):
                yield older, newer, _by_one(older, newer)
            continue
        units = ""
        if _one_unit(older, newer, ledger):
            if not two:
                continue
            units = _units_alike(older, newer)
        seen.add(pair)
        yield older, newer, " ".join(filter(None, (_mistaken(found), units)))
    for one, other in off_by_one(names.bearers, names.places):
        older, newer = sorted((one, other), key=lambda account: account.uid)
        pair = (older.uid, newer.uid)
        if pair not in seen and not _is_settled(pair, twins, decisions, dismissed):
            yield older, newer, _by_one(older, newer)


def _is_settled(
    pair: tuple[str, str],
    twins: Twins,
    decisions: Decisions,
    dismissed: Collection[tuple[str, str]],
) -> bool:
    """Whether the two are one account, or a person said what they are and nothing was dismissed."""
    if pair in twins:
        return True
    let_be = pair in dismissed and decisions.not_same(*pair)
    return decisions.about(*pair) is not None and not let_be


def _mistaken(found: Likeness | None) -> str:
    if found is None:
        return _("The names are the same.")
    return _("The names can be mistaken: {how}.").format(how=told(found))


def _by_one(older: LedgerAccount, newer: LedgerAccount) -> str:
    one, other = changed(older.fold, newer.fold)
    if not (one and other):
        return _("The names can be mistaken: they differ by one character only.")
    text = _("The names can be mistaken: they differ by one character only ({one} and {other}).")
    return text.format(one=one, other=other)


def doubtful_twins(
    ledger: Ledger, twins: Twins, decisions: Decisions, names: Resemblances
) -> Iterator[ReviewPair]:
    """Pairs that may be one account, for a person to decide. Different ids of one kind are the answer
    already: on the platform they are two.
    """
    for one, other in _of_one_slot(ledger):
        found = names.between(one.fold, other.fold)
        if found is not None and not (one.held and other.held):
            yield from _doubt(one, other, (found.tier, _meant(found)), twins, decisions)
    for older, newer, found in _across(ledger, names):
        if _ids_contradict(older, newer):
            continue
        if found is not None and found.tier is Tier.SUGGESTION:
            yield from _doubt(older, newer, (found.tier, _meant(found)), twins, decisions)
        elif _one_unit(older, newer, ledger):
            why = Tier.CERTAIN, _units_alike(older, newer)
            yield from _doubt(older, newer, why, twins, decisions)


def _one_unit(one: LedgerAccount, other: LedgerAccount, ledger: Ledger) -> bool:
    """Whether the names of the two host units are likely two writings of one."""
    return bool(one.host and other.host and ledger.bodies.alike(one.host, other.host))


def _units_alike(one: LedgerAccount, other: LedgerAccount) -> str:
    text = _(
        "{one} and {other} may be one unit under two names; if they are, make one of them:"
        " `taizhang unit merge`."
    )
    return text.format(one=one.host_name, other=other.host_name)


def _meant(found: Likeness) -> str:
    return _("The names may mean one account: {how}.").format(how=told(found))


def told(found: Likeness) -> str:
    """What makes the names differ, in words."""
    words = {
        Reason.REGION: _("the region is written shorter or longer"),
        Reason.ORDER: _("the words stand in another order"),
        Reason.BADGE: _("a word such as 发布 or 官方 is added or left out"),
        Reason.ENDING: _("the kind of body is left out"),
        Reason.SHORT: _("one is a short form of the other"),
        Reason.SLIP: _("they differ by one slip of the hand"),
    }
    return _(", ").join(words[reason] for reason in found.reasons)


def _doubt(
    one: LedgerAccount,
    other: LedgerAccount,
    why: tuple[Tier, str],
    twins: Twins,
    decisions: Decisions,
) -> Iterator[ReviewPair]:
    older, newer = sorted((one, other), key=lambda account: account.uid)
    pair = (older.uid, newer.uid)
    if pair in twins or decisions.about(*pair) is not None:
        return
    yield ReviewPair(
        ReviewKind.ALIKE,
        *pair,
        older.side(),
        newer.side(),
        _SCORES[why[0]],
        why[1],
    )


def _across(
    ledger: Ledger, names: Resemblances
) -> Iterator[tuple[LedgerAccount, LedgerAccount, Likeness | None]]:
    """(older, newer, likeness) of accounts of different units on one platform; None: one name."""
    for bearers in names.bearers.values():
        if any(account.host is not bearers[0].host for account in bearers):
            for group in _by_platform(bearers).values():
                if 1 < len({account.host for account in group}) <= _CROWD:
                    for one, other in combinations(group, 2):
                        yield from _of_two(one, other, None)
    for found in names.pairs:
        others = _by_platform(names.bearers[found.other])
        for one in names.bearers[found.one]:
            for other in others.get(one.platform, ()):
                yield from _of_two(one, other, found)


def _by_platform(accounts: Iterable[LedgerAccount]) -> Mapping[str, list[LedgerAccount]]:
    platforms: defaultdict[str, list[LedgerAccount]] = defaultdict(list)
    for account in accounts:
        platforms[account.platform].append(account)
    return platforms


def _of_two(
    one: LedgerAccount, other: LedgerAccount, found: Likeness | None
) -> Iterator[tuple[LedgerAccount, LedgerAccount, Likeness | None]]:
    if one.host is not other.host:
        older, newer = sorted((one, other), key=lambda account: account.uid)
        yield older, newer, found


def _of_one_slot(ledger: Ledger) -> Iterator[tuple[LedgerAccount, LedgerAccount]]:
    """Two live accounts of one unit, platform and form."""
    for accounts in ledger.by_host.values():
        if not share_a_platform(accounts):
            continue
        slots: defaultdict[tuple[str, str], list[LedgerAccount]] = defaultdict(list)
        for account in accounts:
            slots[account.platform, account.form].append(account)
        for group in slots.values():
            yield from combinations(group, 2)


def share_a_platform(accounts: Collection[LedgerAccount]) -> bool:
    """True when two of the accounts stand on one platform."""
    return len({account.platform for account in accounts}) < len(accounts)


def _one_name(one: LedgerAccount, other: LedgerAccount, names: Resemblances) -> str:
    """Why two accounts of one slot bear one name, or an empty text."""
    if one.fold == other.fold:
        return _("Name, unit, platform and form are the same.")
    found = names.between(one.fold, other.fold)
    if found is None or found.tier is not Tier.CERTAIN or (one.held and other.held):
        return ""
    if not _WRITING.issuperset(found.reasons):
        return ""
    text = _("Unit, platform and form are the same, and the names mean one: {how}.")
    return text.format(how=told(found))


def _decided(ledger: Ledger, decisions: Decisions) -> Iterator[tuple[str, str]]:
    """Pairs of live accounts that a person declared to be one."""
    for (one, other), kind in decisions.pairs.items():
        if kind is DecisionKind.SAME and one < other:
            accounts = [ledger.by_uid[uid] for uid in (one, other) if uid in ledger.by_uid]
            if len(accounts) == 2:
                yield from _pairs(accounts)


def _pairs(accounts: Iterable[LedgerAccount]) -> Iterator[tuple[str, str]]:
    """Pairs of uids, the older first (uids grow with time)."""
    return combinations(sorted(account.uid for account in accounts if account.live), 2)


def _ids_contradict(one: LedgerAccount, other: LedgerAccount) -> bool:
    """They have ids of one kind, and none in common."""
    kinds = set(one.identifiers) & set(other.identifiers)
    return any(
        not {v for s, v in one.held if s == kind} & {v for s, v in other.held if s == kind}
        for kind in kinds
    )
