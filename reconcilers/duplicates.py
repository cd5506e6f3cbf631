"""Ledger against itself: DU401 to DU405. It says which account to keep and why; it merges nothing,
and an approved exception counts until its last day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from itertools import combinations

from reconcilers.bodies import Body
from reconcilers.actions import cancel_entry
from reconcilers.decisions import Decisions, slot
from reconcilers.drafting import Setting, about_account, about_unit, joined
from reconcilers.keeping import (
    by_worth,
    choosing_words,
    ids_note,
    keep_entry,
    keep_note,
    why_keep,
)
from reconcilers.ledger import Ledger, LedgerAccount
from reconcilers.seen import Reality
from reconcilers.twins import (
    Resemblances,
    Twins,
    doubtful_twins,
    groups,
    look_alikes,
    same_accounts,
    share_a_platform,
)
from registry.findings.differences import Difference, ReviewPair
from registry.messages import _
from registry.vocab import AccountState, DecisionKind, SubjectKind, UnitStatus

CODES = ("DU401", "DU402", "DU403", "DU404", "DU405")


def duplicate_differences(
    ledger: Ledger,
    reality: Reality,
    decisions: Decisions,
    setting: Setting,
    dismissed: Collection[tuple[str, str]] = (),
) -> tuple[list[Difference], list[ReviewPair]]:
    """Every duplicate and every name out of line among the live accounts, and the pairs that a
    person must look at. `dismissed`: see `look_alikes`.
    """
    names = Resemblances(ledger)
    twins = same_accounts(ledger, decisions, names)
    found = list(_twice(ledger, twins, reality, decisions, setting))
    for unit, accounts in ledger.by_host.items():
        found += _several(unit, accounts, twins, reality, decisions, setting)
        found += _names_differ(unit, accounts, names, setting)
        found += _host_gone(unit, accounts, ledger, setting)
    alike = look_alikes(ledger, twins, decisions, names, dismissed)
    found += _look_alikes(alike, setting)
    return found, list(doubtful_twins(ledger, twins, decisions, names))


def differences_between(
    found: Iterable[Difference], one: LedgerAccount, other: LedgerAccount
) -> Iterator[Difference]:
    """Those that are about both accounts: as two of the accounts named, or by both their names."""
    uids = {one.uid, other.uid}
    for each in found:
        if each.subject_kind is SubjectKind.ACCOUNT:
            if {each.subject_uid, each.discriminator} == uids:
                yield each
        elif each.code == "DU401":
            if uids <= set(each.accounts):
                yield each
        elif one.host is not None and one.host is other.host and each.subject_uid == one.host.uid:
            if one.fold != other.fold:
                yield each


def _twice(
    ledger: Ledger, twins: Twins, reality: Reality, decisions: Decisions, setting: Setting
) -> Iterator[Difference]:
    """DU402, once for each entry of an account but the oldest; the subject is that entry. Of the two
    accounts named the first is to be kept."""
    for uids in groups(twins):
        ordered = by_worth((ledger.by_uid[uid] for uid in uids), reality)
        keep = ordered[0]
        for newer in uids[1:]:
            entry = ledger.by_uid[newer]
            other = entry if entry is not keep else ledger.by_uid[uids[0]]
            whys = (twins[pair] for pair in twins if newer in pair)
            decided = decisions.about(uids[0], newer) is DecisionKind.SAME
            found = about_account(
                setting,
                "DU402",
                entry,
                ledger=keep.side(),
                outside=other.side(),
                fields=_differing(keep, other),
                discriminator=uids[0],
                note=f"{next(whys)} {keep_entry(ordered, reality)}",
                instruction=cancel_entry(other.name, other.uid) if decided else "",
            )
            yield _to_choose(found, [keep, other, *_but(ordered, keep, other)], suggested=True)


def _but(accounts: list[LedgerAccount], *without: LedgerAccount) -> list[LedgerAccount]:
    return [account for account in accounts if account not in without]


def _to_choose(found: Difference, accounts: list[LedgerAccount], *, suggested: bool) -> Difference:
    """The difference with the accounts of which one is to be kept."""
    return replace(
        found,
        accounts=tuple(account.uid for account in accounts),
        words=choosing_words(accounts, suggested=suggested),
        keeps_first=suggested,
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
    if not share_a_platform(accounts):
        return
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
        keep, *others = ordered = by_worth(group, reality)
        found = about_unit(
            setting,
            "DU401",
            unit,
            ledger=keep.side(),
            outside=joined(others),
            fields=("name",),
            note=f"{ids_note(ordered)} {keep_note(ordered, reality)}",
            discriminator=place,
        )
        yield _to_choose(found, ordered, suggested=bool(why_keep(ordered, reality)))


def _all_approved(group: list[LedgerAccount], decisions: Decisions) -> bool:
    return all((a.uid, b.uid) in decisions.approved for a, b in combinations(group, 2))


def _look_alikes(
    found: Iterable[tuple[LedgerAccount, LedgerAccount, str]], setting: Setting
) -> Iterator[Difference]:
    """DU403: accounts of different units on one platform whose names can be mistaken."""
    for older, newer, why in found:
        same = older.fold == newer.fold
        yield about_account(
            setting,
            "DU403",
            newer,
            ledger=older.side(),
            outside=newer.side(),
            fields=("host_unit",) if same else ("host_unit", "name"),
            discriminator=older.uid,
            note=why,
        )


def _names_differ(
    unit: Body, accounts: list[LedgerAccount], names: Resemblances, setting: Setting
) -> Iterator[Difference]:
    """DU404: no name of the unit stands on all its platforms, in whatever writing."""
    if len({account.fold for account in accounts}) == 1:
        return
    platforms: defaultdict[str, set[str]] = defaultdict(set)
    for account in accounts:
        if setting.asks("DU404", account.platform):
            platforms[account.platform] |= names.writings(account.fold)
    if len(platforms) < 2 or set.intersection(*platforms.values()):
        return
    first = min(accounts, key=lambda account: account.uid)
    same = names.writings(first.fold)
    others = [account for account in accounts if account.fold not in same]
    yield about_unit(
        setting, "DU404", unit, ledger=first.side(), outside=joined(others), fields=("name",)
    )


def _host_gone(
    unit: Body, accounts: list[LedgerAccount], ledger: Ledger, setting: Setting
) -> Iterator[Difference]:
    """DU405: the host unit was merged or abolished; its successor, if it has one, must act."""
    if unit.status is UnitStatus.ACTIVE:
        return
    successor = ledger.bodies.by_id.get(unit.successor_id or 0)
    for account in accounts:
        found = about_account(
            setting,
            "DU405",
            account,
            ledger={**account.side(), "unit_status": unit.status},
            outside={"host_unit": successor.name if successor else ""},
            fields=("host_unit",),
            note=_what_became(unit, successor),
        )
        yield replace(found, responsible=successor.name) if successor else found


def _what_became(unit: Body, successor: Body | None) -> str:
    if successor is None:
        return _("{unit} exists no more, and no successor is recorded.").format(unit=unit.name)
    if unit.status is UnitStatus.MERGED:
        text = _("{unit} was merged into {successor}.")
    else:
        text = _("{unit} was abolished; {successor} is its successor.")
    return text.format(unit=unit.name, successor=successor.name)
