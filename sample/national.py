"""The bundled export of the national system: the ledger as reported, but for what is planted in it.

Everything that is not planted agrees with the ledger, so that reconciling finds nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date, datetime
from itertools import chain, repeat
from pathlib import Path

from sqlalchemy.orm import Session

from reconcilers.ledger import LedgerAccount, read_ledger
from reconcilers.upload import entry_of
from registry.exchange.national import write_national
from registry.exchange.national_template import NationalEntry, load_mapping
from registry.platforms import PlatformCatalogue
from registry.vocab import AccountState, NationalState
from sample.county import ACCOUNTS, new_ids
from sample.papers import OPENED

MADE_AT = datetime(2026, 11, 16, 8, 30)
"""When the export says that it was made."""

PLANTED = ("RC303", "RC304", "RC305", "RC306", "RC307")
"""What the export itself brings about."""

_LIVE, _OFFLINE = NationalState.LIVE, NationalState.OFFLINE


def entries(session: Session, planted: Collection[str] = PLANTED) -> Iterator[NationalEntry]:
    """The rows of the export of the sample in `session`; `planted`: which plants to set."""
    number = 0
    # The ledger lists accounts as they came: first those of the import, then the opened one.
    keys = chain((entry.key for entry in ACCOUNTS), [OPENED], repeat(""))
    for account, key in zip(read_ledger(session).accounts, keys):
        if account.state is AccountState.PROPOSED or (key == OPENED and "RC304" in planted):
            continue
        number += 1
        yield _row(account, key, f"539900XMT{number:04d}", planted)
    if "RC305" in planted:
        yield _unfiled(f"539900XMT{number + 1:04d}")


def _row(account: LedgerAccount, key: str, code: str, planted: Collection[str]) -> NationalEntry:
    """The account as reported, with the plant that belongs to it."""
    row = replace(entry_of(account), national_code=code, state=_state(account))
    if not row.identifiers:
        row = replace(row, identifiers=dict(sorted(account.ended.items())))
    if key == "weibo:青石档案" and "RC303" in planted:
        return replace(row, state=_LIVE)
    if key == "wechat:青石财税" and "RC306" in planted:
        return replace(row, name="青石财税")
    if key == "weibo:青石气象" and "RC307" in planted:
        return replace(row, state=_OFFLINE)
    if key == "douyin:青石县文旅":
        return replace(row, identifiers={}, url="")
    return row


def _state(account: LedgerAccount) -> NationalState:
    if account.state is AccountState.CLOSING:
        return NationalState.OFFLINE_REQUESTED
    return _LIVE if account.live else _OFFLINE


def _unfiled(code: str) -> NationalEntry:
    """Reported once, and in no ledger."""
    return NationalEntry(
        platform="weibo",
        name="畅游青石",
        host_unit="青石县旅游发展服务站",
        identifiers={"uid": new_ids("weibo", 191)["uid"]},
        state=_LIVE,
        national_code=code,
        fields={"opened_on": date(2018, 4, 12).isoformat()},
    )


def write(session: Session, path: Path, platforms: PlatformCatalogue) -> None:
    """Write the export as the shipped template has it."""
    write_national(entries(session), path, load_mapping(), platforms, made_at=MADE_AT)
