"""Ledger against itself: DU401 to DU405. It says which account to keep and why; it merges nothing,
and an approved exception counts until its last day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import combinations

from reconcilers.bodies import Body
from reconcilers.decisions import Decisions, slot
from reconcilers.drafting import Setting, about_account, about_unit, joined
from reconcilers.ledger import Ledger, LedgerAccount
from reconcilers.likeness import core, neighbours, one_place
from reconcilers.seen import Reality
from registry.differences import Difference
from registry.messages import _
from registry.vocab import AccountState, UnitStatus

CODES = ("DU401", "DU402", "DU403", "DU404", "DU405")

Twins = Mapping[tuple[str, str], str]
"""(older uid, newer uid) → why they are one account."""

_NEVER = datetime(1, 1, 1, tzinfo=UTC)
_CROWD = 8
"""More units than this under one name share a common word, not a likeness."""


def duplicate_differences(
    ledger: Ledger, reality: Reality, decisions: Decisions, setting: Setting
) -> Iterator[Difference]:
    """Every duplicate and every name out of line among the live accounts."""
    twins = same_accounts(ledger, decisions)
    yield from _twice(ledger, twins, setting)
    by_host = ledger.by_host()
    for unit, accounts in by_host.items():
        yield from _several(unit, accounts, twins, reality, decisions, setting)
        yield from _names_differ(unit, accounts, setting)
        yield from _host_gone(unit, accounts, ledger, setting)
    yield from _look_alikes(ledger, twins, decisions, setting)


def same_accounts(ledger: Ledger, decisions: Decisions) -> Twins:
    """Pairs of live accounts that are one account: by an id both hold, by a person's decision, or
    by name, unit, platform and form where no id speaks against it."""
    found: dict[tuple[str, str], str] = {}
    for (_platform, _scheme, value), holders in ledger.shared.items():
        for pair in _pairs(holders):
            found.setdefault(pair, _("Both hold the id {value}.").format(value=value))
    alike: defaultdict[tuple[str, ...], list[LedgerAccount]] = defaultdict(list)
    for account in ledger.live:
        if account.host:
            key = (account.platform, account.form, account.fold, account.host.uid)
            alike[key].append(account)
    for group in alike.values():
        for one, other in combinations(group, 2):
            if not _ids_contradict(one, other):
                for pair in _pairs((one, other)):
                    found.setdefault(pair, _("Name, unit, platform and form are the same."))
    return {pair: why for pair, why in found.items() if not decisions.not_same(*pair)}


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


def _twice(ledger: Ledger, twins: Twins, setting: Setting) -> Iterator[Difference]:
    """DU402. The subject is the newer entry."""
    for (older, newer), why in twins.items():
        yield about_account(
            setting,
            "DU402",
            ledger.by_uid[newer],
            ledger=ledger.by_uid[older].side(),
            outside=ledger.by_uid[newer].side(),
            fields=_differing(ledger.by_uid[older], ledger.by_uid[newer]),
            discriminator=older,
            note=why,
        )


def _differing(one: LedgerAccount, other: LedgerAccount) -> tuple[str, ...]:
    left, right = one.side(), other.side()
    return tuple(key for key in left if left[key] and right[key] and left[key] != right[key])


def _several(
    unit: Body,
    accounts: list[LedgerAccount],
    twins: Twins,
    reality: Reality,
    decisions: Decisions,
    setting: Setting,
) -> Iterator[Difference]:
    """DU401: two or more in use. One that is being closed is already being put right."""
    places: defaultdict[tuple[str, str], list[LedgerAccount]] = defaultdict(list)
    for account in accounts:
        if account.state is AccountState.ACTIVE:
            places[account.platform, account.form].append(account)
    newer = {pair[1] for pair in twins}
    for (platform, form), group in places.items():
        group = [account for account in group if account.uid not in newer]
        place = slot(platform, form)
        if len(group) < 2 or (unit.uid, place) in decisions.approved:
            continue
        if not setting.asks("DU401", platform) or _all_approved(group, decisions):
            continue
        keep, *others = sorted(group, key=lambda account: _worth(account, reality), reverse=True)
        note = _("Suggested to keep: {name} ({why}).")
        yield about_unit(
            setting,
            "DU401",
            unit,
            ledger=keep.side(),
            outside=joined(others),
            fields=("name",),
            note=note.format(name=keep.name, why=_why_keep(keep, others, reality)),
            discriminator=place,
        )


def _all_approved(group: list[LedgerAccount], decisions: Decisions) -> bool:
    return all((a.uid, b.uid) in decisions.approved for a, b in combinations(group, 2))


def _worth(account: LedgerAccount, reality: Reality) -> tuple[datetime, bool, int, str]:
    """What speaks for keeping an account: newest sign of life, verification, followers."""
    seen = reality.get(account.uid)
    posted = seen.last_post_at if seen else None
    verified = bool(account.verified_subject or (seen and seen.verified_subject))
    return posted or _NEVER, verified, account.followers or 0, account.uid


def _why_keep(keep: LedgerAccount, others: list[LedgerAccount], reality: Reality) -> str:
    best = _worth(keep, reality)
    rest = [_worth(other, reality) for other in others]
    if all(best[0] > other[0] for other in rest):
        return _("newest post")
    if best[1] and not all(other[1] for other in rest):
        return _("verified")
    if all(best[2] > other[2] for other in rest):
        return _("most followers")
    return _("entered last")


def _look_alikes(
    ledger: Ledger, twins: Twins, decisions: Decisions, setting: Setting
) -> Iterator[Difference]:
    """DU403: accounts of different units on one platform whose names can be mistaken."""
    platforms: defaultdict[str, defaultdict[str, list[LedgerAccount]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for account in ledger.live:
        if account.host:
            platforms[account.platform][core(account.fold).text].append(account)
    for names in platforms.values():
        for group in names.values():
            if len({account.host for account in group}) <= _CROWD:
                for one, other in combinations(group, 2):
                    yield from _alike(one, other, twins, decisions, setting)
        for left, right in neighbours(list(names)):
            for one in names[left]:
                for other in names[right]:
                    yield from _alike(one, other, twins, decisions, setting)


def _alike(
    one: LedgerAccount,
    other: LedgerAccount,
    twins: Twins,
    decisions: Decisions,
    setting: Setting,
) -> Iterator[Difference]:
    older, newer = sorted((one, other), key=lambda account: account.uid)
    pair = (older.uid, newer.uid)
    if one.host is other.host or pair in twins or decisions.not_same(*pair):
        return
    if not one_place(core(one.fold), core(other.fold)):
        return
    same = one.fold == other.fold
    note = _("The names are the same.") if same else _("The names can be mistaken.")
    yield about_account(
        setting,
        "DU403",
        newer,
        ledger=older.side(),
        outside=newer.side(),
        fields=("host_unit",) if same else ("host_unit", "name"),
        discriminator=older.uid,
        note=note,
    )


def _names_differ(
    unit: Body, accounts: list[LedgerAccount], setting: Setting
) -> Iterator[Difference]:
    """DU404: no name of the unit stands on all its platforms."""
    names: defaultdict[str, set[str]] = defaultdict(set)
    for account in accounts:
        if setting.asks("DU404", account.platform):
            names[account.platform].add(core(account.fold).text)
    if len(names) < 2 or set.intersection(*names.values()):
        return
    first = min(accounts, key=lambda account: account.uid)
    text = core(first.fold).text
    others = [account for account in accounts if core(account.fold).text != text]
    yield about_unit(
        setting, "DU404", unit, ledger=first.side(), outside=joined(others), fields=("name",)
    )


def _host_gone(
    unit: Body, accounts: list[LedgerAccount], ledger: Ledger, setting: Setting
) -> Iterator[Difference]:
    """DU405: the host unit was merged or abolished."""
    if unit.status is UnitStatus.ACTIVE:
        return
    successor = ledger.bodies.by_id.get(unit.successor_id or 0)
    for account in accounts:
        yield about_account(
            setting,
            "DU405",
            account,
            outside={"host_unit": successor.name if successor else "", "unit_status": unit.status},
            fields=("host_unit",),
        )
