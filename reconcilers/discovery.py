"""What a unit's own site shows against its ledger: not declared, declared, and no longer shown.

What cannot be told apart (a WeChat code without a name, a part of the site that was not read) is
neither a lead nor missing: a person must look.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from reconcilers.bodies import Body
from reconcilers.decisions import Decisions, outside_key
from reconcilers.ledger import Ledger, LedgerAccount
from reconcilers.matching import match, plain_url
from registry.accounts.leads import LeadDraft
from registry.findings.differences import ReviewKind
from registry.names import region_levels
from registry.platforms import PlatformCatalogue
from registry.vocab import AccountState

_NEVER_ASKED = frozenset({"website"})
"""The site itself is not one of the accounts that it shows."""

_BY_CODE = frozenset({"wechat", "channels", "miniprogram"})
"""Sites show these by codes alone; WeChat's round ones no machine reads."""


class Standing(StrEnum):
    """What became of one account seen or declared."""

    LEAD = "lead"
    KNOWN = "known"
    CLOSED = "closed"
    """Declared, and cancelled."""
    OTHERS = "others"
    """Declared, and another unit's."""
    NOT_SHOWN = "not_shown"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class SeenAccount:
    """An account as a site shows it; see `reconcilers.decisions.OutsideRow`."""

    platform: str
    name: str
    url: str
    identifiers: Mapping[str, str] = field(default_factory=dict)
    where: str = ""
    """The page, with its title."""
    host_unit: str = ""
    """Always empty: a county's site also shows the accounts of its departments."""
    form: str = ""

    @property
    def told(self) -> bool:
        """False for what could be any account of its platform."""
        return bool(self.identifiers or self.name) or self.platform not in _BY_CODE


@dataclass(frozen=True, slots=True)
class Discovered:
    """One line of the result."""

    standing: Standing
    platform: str
    name: str
    identifier: str
    url: str
    host_unit: str
    where: str
    account_uid: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The result: lines in the order of standings, and the leads to keep."""

    rows: tuple[Discovered, ...]
    leads: tuple[LeadDraft, ...]


def site_hosts(ledger: Ledger, url: str) -> list[Body]:
    """The units whose website in the ledger lies on the host of `url`, each once."""
    wanted = _host(url)
    found = {
        account.host.id: account.host
        for account in ledger.live
        if account.platform in _NEVER_ASKED and account.host and _host(account.url) == wanted
    }
    return list(found.values()) if wanted else []


def _host(url: str) -> str:
    """Host and port of an address, without `www.`."""
    return plain_url(url).partition("/")[0].partition("?")[0]


def own_names(ledger: Ledger, units: Collection[int], unit: str) -> frozenset[str]:
    """Words by which accounts of these units are recognised: regions, stems, units, accounts."""
    names = set(_regions(unit))
    for account in ledger.accounts:
        if account.host and account.host.id in units:
            names |= {account.name, account.host.name}
    names |= {body.name for body in ledger.bodies.by_id.values() if body.id in units}
    return frozenset(name for name in names if len(name) >= 2)


def others_names(ledger: Ledger, units: Collection[int], own: Collection[str]) -> frozenset[str]:
    """Words by which accounts of other units of the registry are recognised."""
    names: set[str] = set()
    for body in ledger.bodies.by_id.values():
        if body.id not in units:
            names |= {body.name, *_regions(body.name)}
    for account in ledger.accounts:
        if account.host and account.host.id not in units:
            names.add(account.name)
    taken = set(own)
    return frozenset(n for n in names if len(n) >= 2 and n not in taken)


def _regions(name: str) -> set[str]:
    """The last region of a unit's name, with and without the word for its kind."""
    levels = region_levels(name)
    if not levels:
        return set()
    last = levels[-1]
    return {last, last[:-1]} if len(last) > 2 else {last}


def compare(
    ledger: Ledger,
    seen: Sequence[SeenAccount],
    *,
    unit: str,
    units: Collection[int],
    below: Collection[int],
    catalogue: PlatformCatalogue,
    decisions: Decisions,
    whole: bool,
    unread_codes: bool,
) -> Comparison:
    """Compare what was seen with the ledger.

    `units`: ids of the unit and of those below it, whose accounts may rightly stand on its site.
    `below`: ids of the units whose accounts are missed where they do not. `whole`: every page was
    read. `unread_codes`: there were images in which no code was found.
    """
    rows = [one for one in seen if one.told]
    matching = match(
        ledger,
        rows,
        catalogue=catalogue,
        decisions=decisions,
        key=lambda one: outside_key(one, "site", ledger.bodies),
    )
    lines, shown = list[Discovered](), set[str](matching.doubtful_uids())
    drafts = [
        LeadDraft(o.platform, o.name, o.url, o.identifiers, unit, o.where)
        for o in matching.outside_only
    ]
    lines += [_line(Standing.LEAD, one, None) for one in matching.outside_only]
    for pair in matching.pairs:
        lines.append(_line(_declared(pair.account, units), pair.row, pair.account))
        shown.add(pair.account.uid)
    vague = {one.platform for one in seen if not one.told}
    lines += [_line(Standing.UNSURE, one, None) for one in seen if not one.told]
    for doubt in matching.doubts:
        # the same account by another of its addresses is no doubt here
        twice = doubt.kind is ReviewKind.TWICE
        lines.append(_line(Standing.KNOWN if twice else Standing.UNSURE, doubt.row, doubt.account))
    unsure = vague | (_BY_CODE if unread_codes else frozenset())
    for account in _missed(ledger, below, shown):
        sure = whole and account.platform not in unsure
        lines.append(_absent(Standing.NOT_SHOWN if sure else Standing.UNSURE, account))
    order = list(Standing)
    lines.sort(key=lambda line: order.index(line.standing))
    return Comparison(tuple(lines), tuple(drafts))


def _declared(account: LedgerAccount, units: Collection[int]) -> Standing:
    """What an account of the ledger is on the site of these units."""
    if account.state is AccountState.CLOSED:
        return Standing.CLOSED
    own = account.host is None or account.host.id in units
    return Standing.KNOWN if own else Standing.OTHERS


def _missed(ledger: Ledger, below: Collection[int], shown: set[str]) -> list[LedgerAccount]:
    """Accounts in use that should stand on the site and were not among those seen."""
    return [
        account
        for account in ledger.accounts
        if account.state is AccountState.ACTIVE
        and account.platform not in _NEVER_ASKED
        and account.host is not None
        and account.host.id in below
        and account.uid not in shown
    ]


def _line(standing: Standing, one: SeenAccount, account: LedgerAccount | None) -> Discovered:
    return Discovered(
        standing,
        one.platform,
        account.name if account else one.name,
        "; ".join(one.identifiers.values()),
        one.url,
        account.host_name if account else "",
        one.where,
        account.uid if account else "",
    )


def _absent(standing: Standing, account: LedgerAccount) -> Discovered:
    return Discovered(
        standing,
        account.platform,
        account.name,
        account.native,
        account.url,
        account.host_name,
        "",
        account.uid,
    )
