"""What one store says of an app, as facts: offered there, or withdrawn from where it was known.

Offered is not working: whether the app opens remains for a person to see. That a store lacks an
app which nobody has seen in it says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from checkers.base import Facts, Inconclusive, Target, Unsupported
from checkers.naming import display_name
from registry.vocab import CheckKind, Existence, Reason

NOT_IN_STORE = "not_in_store"
NOT_IN_APP_STORE = "not_in_app_store"
NOT_IN_CHINESE_APP_STORE = "not_in_chinese_app_store"
NOT_FOUND = "not_found"
SOFT_404 = "soft404"
"""Signals; `registry.vocab.link_signal` prints them."""

NOT_WORKING = "offered for download, which does not show that it works"

UNREAD_STORES = (
    "360.cn",
    "so.com",
    "shouji.baidu.com",
    "oppomobile.com",
    "heytap.com",
    "heytapmobi.com",
    "hihonor.com",
    "honor.com",
    "wandoujia.com",
    "pp.cn",
    "flyme.cn",
    "lenovomm.com",
    "galaxyappstore.com",
    "play.google.com",
)
"""Stores that no source reads: an app with a page there may be offered, whatever others say."""


def at_store(target: Target, *hosts: str) -> bool:
    """True when an address that the ledger holds of the app is at one of these hosts."""
    named = [_host(url) for url in (target.address, target.url)]
    return any(name == host or name.endswith(f".{host}") for name in named for host in hosts)


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def offered(
    target: Target,
    name: object = None,
    *,
    version: object = "",
    day: str = "",
    identifiers: Mapping[str, str] | None = None,
) -> Facts:
    """The store has it. `day` of the version, as printed there: no post, and weak evidence."""
    told = [f"version {version}" if version else "", f"of {day}" if day else ""]
    release = " ".join(part for part in told if part)
    return Facts(
        Existence.EXISTS,
        display_name=store_name(name, target.name),
        identifiers=identifiers or {},
        note="; ".join(part for part in (NOT_WORKING, release) if part),
    )


def withdrawn(target: Target, signal: str, said: str, *, known: bool = True) -> Facts:
    """The store says that it has no such app; `said`: its answer, for the note.

    Raises Inconclusive where the app is not `known` to have been in this store, or where only its
    name was asked for; Unsupported where it has a page in a store that only a person can read.
    """
    if not known or target.kind not in {CheckKind.APP, CheckKind.HANDLE}:
        raise Inconclusive(Reason.NOT_FOUND, said)
    if at_store(target, *UNREAD_STORES):
        raise Unsupported(Reason.BY_HAND, f"{said}; its page in another store is read by people")
    return Facts(Existence.GONE_SIGNAL, signal=signal, note=said)


def store_name(raw: object, known_as: str) -> str | None:
    """The app's name in the store; a slogan behind the name that the ledger has is no other name."""
    name = display_name(raw)
    if name is None:
        return None
    first = re.split(r"\s*[-–—|｜:：·_(（]\s*", name, maxsplit=1)[0]
    known_as = known_as.strip()
    return known_as if first and first.casefold() == known_as.casefold() else name
