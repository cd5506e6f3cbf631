"""Which fields of a ledger account and of its row of the national system contradict each other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from reconcilers.bodies import Body
from reconcilers.ledger import Ledger, LedgerAccount
from reconcilers.matching import plain_url
from registry.exchange.national_template import NationalEntry
from registry.names import fold_name
from registry.platforms import PlatformCatalogue
from registry.vocab import AccountState, Lang, NationalState, UnitLevel, label

Found = dict[str, tuple[Any, Any]]
"""Differing field → (ledger value, value there)."""


def differing_fields(
    account: LedgerAccount, row: NationalEntry, ledger: Ledger, catalogue: PlatformCatalogue
) -> Found:
    """The fields that both sides fill and in which they contradict each other.

    Of an account that is not open to the public only the state is compared.
    """
    found: Found = {}
    if _states_differ(account.state, row.state):
        found["state"] = (account.state, row.state_raw or row.state)
    if not account.live:
        return found
    if account.name != row.name and account.fold != fold_name(row.name):
        found["name"] = (account.name, row.name)
    if _hosts_differ(account, row.host_unit, ledger):
        found["host_unit"] = (account.host_name, row.host_unit)
    elif account.host is not None:
        found.update(_of_host(account.host, row))
    if _supervisors_differ(account, row, ledger):
        there = row.fields["supervising_unit"]
        found["supervising_unit"] = (account.supervising_name, there)
    if account.form and row.form and fold_name(account.form) != fold_name(row.form):
        found["form"] = (account.form, row.form)
    found.update(_identifiers(account, row))
    if _addresses_differ(account, row, catalogue):
        found["url"] = (account.url, row.url)
    subject = row.fields.get("verified_subject", "")
    if account.verified_subject and subject and account.verified_subject != subject:
        if ledger.bodies.key(account.verified_subject) != ledger.bodies.key(subject):
            found["verified_subject"] = (account.verified_subject, subject)
    return found


def _hosts_differ(account: LedgerAccount, there: str, ledger: Ledger) -> bool:
    """True when the body named there is certainly another one."""
    if account.host is None or account.host.name == there:
        return False
    return ledger.bodies.same(there, account.host) is False


def _supervisors_differ(account: LedgerAccount, row: NationalEntry, ledger: Ledger) -> bool:
    """True when both sides say who supervises it, and it is certainly not the same body."""
    there = row.fields.get("supervising_unit", "")
    if account.supervising is None or account.supervising.name == there:
        return False
    return ledger.bodies.same(there, account.supervising) is False


_LEVELS: Mapping[str, UnitLevel] = {
    **{fold_name(label(level, Lang.ZH)): level for level in UnitLevel},
    **dict.fromkeys(("国家级", "中央", "部委"), UnitLevel.NATION),
    **dict.fromkeys(("省", "省部级", "自治区级"), UnitLevel.PROVINCE),
    **dict.fromkeys(("市", "地市级", "州级", "市州级"), UnitLevel.CITY),
    **dict.fromkeys(("县", "区县级", "县区级", "县市区级", "区级"), UnitLevel.COUNTY),
    **dict.fromkeys(("乡级", "镇级", "乡镇级", "乡镇街道", "街道"), UnitLevel.TOWNSHIP),
}
"""Words for the level of a unit; any other one says nothing."""


def _of_host(host: Body, row: NationalEntry) -> Found:
    """The level and the region of the host unit, where both sides tell them. A level that was only
    read off the unit's name tells nothing."""
    found: Found = {}
    word = row.fields.get("host_level", "")
    level = _LEVELS.get(fold_name(word)) if word else None
    given = None if host.level_read_off else host.level
    if given and level and level is not given:
        found["host_level"] = (label(given, Lang.ZH), row.fields["host_level"])
    code = row.fields.get("region_code", "")
    if host.region_code and _REGION.fullmatch(code) and code != host.region_code:
        found["region_code"] = (host.region_code, code)
    return found


_REGION = re.compile(r"[0-9]{6}")


def _identifiers(account: LedgerAccount, row: NationalEntry) -> Found:
    """Ids of one kind that differ."""
    if row.identifiers == account.identifiers:
        return {}
    other = {
        scheme: value
        for scheme, value in row.identifiers.items()
        if scheme in account.identifiers and (scheme, value) not in account.held
    }
    if not other:
        return {}
    own = "; ".join(account.identifiers[scheme] for scheme in other)
    return {"identifier": (own, "; ".join(other.values()))}


def _addresses_differ(
    account: LedgerAccount, row: NationalEntry, catalogue: PlatformCatalogue
) -> bool:
    """True when two addresses certainly lead to two accounts: two ids, or two hosts.

    Two short links of one host may lead to the same account, so they prove nothing.
    """
    if not account.url or not row.url or account.url == row.url:
        return False
    one, other = catalogue.identify(account.url), catalogue.identify(row.url)
    if one and other:
        same_kind = (one.platform, one.scheme) == (other.platform, other.scheme)
        known = (one.scheme, other.value) in account.held
        return same_kind and one.value != other.value and not known
    if one or other:
        return False
    own, there = plain_url(account.url), plain_url(row.url)
    return bool(own and there) and own.partition("/")[0] != there.partition("/")[0]


def _states_differ(own: AccountState, there: NationalState) -> bool:
    """State against state, beyond RC303 and RC307. An account under closing may be requested
    offline; a state that the mapping does not know differs from nothing."""
    if there is NationalState.OTHER:
        return False
    if own is AccountState.ACTIVE:
        return there is NationalState.OFFLINE_REQUESTED
    return own in {AccountState.PROPOSED, AccountState.TRANSFERRED} and there is NationalState.LIVE
