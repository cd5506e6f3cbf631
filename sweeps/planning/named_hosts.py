"""Hosts for which the office sets a pace although nothing asks them: mostly slips of writing."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from urllib.parse import urlsplit

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from checkers.loading import Catalogue
from registry.models import Account, AccountSource, HostUse
from sweeps.driving.engine import paces

_ALIKE = 0.85
"""From here on a name is taken for a slip: m.weibo.cn and m.weibo.com, not two sites of a city."""


def idle_hosts(
    session: Session, catalogue: Catalogue, named: Iterable[str], rsshub: str = ""
) -> dict[str, str]:
    """Those of the hosts `named` (in small letters, with or without a port) that no platform has, no
    account and no source of the ledger, nor the office's RSSHub, and that were never asked: each with
    the host of a platform that may be meant, or empty."""
    known = paces(catalogue)
    own = urlsplit(rsshub)
    found: dict[str, str] = {}
    for name in named:
        if name in known or name in {own.netloc.lower(), own.hostname} or _asked(session, name):
            continue
        found[name] = next(iter(get_close_matches(name, known, n=1, cutoff=_ALIKE)), "")
    return found


def _asked(session: Session, host: str) -> bool:
    """Whether sweeps have asked the host, or an address in the ledger has it."""
    used = exists().where((HostUse.host == host) | HostUse.host.startswith(f"{host}:"))
    ends = [f"%//{_escaped(host)}{end}" for end in ("", "/%", ":%", "?%", "#%")]
    of_accounts, of_sources = (
        exists().where(or_(*(column.ilike(end, escape="\\") for end in ends)))
        for column in (Account.url, AccountSource.address)
    )
    return any(session.scalar(select(each)) for each in (used, of_accounts, of_sources))


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
