"""百家号 (Baijiahao): what it is called and how its accounts are addressed. A person looks at it.

No list of an account's articles is known that may be asked for without a login or a signature.
"""

from __future__ import annotations

import json
import re

from checkers._by_hand import ByHand
from checkers._share_texts import labelled, unglued
from checkers.addresses import Address, Place, addresses
from registry.vocab import Identity

_HOMES = {"author.baidu.com": "/home", "mbd.baidu.com": "/webpage"}
"""Where a share link holds the account in a parameter of its own that is JSON."""


class Baijiahao(ByHand):
    """百度百家号."""

    platform = "baijiahao"
    label = {"zh": "百家号", "en": "Baijiahao"}
    synonyms = ("百度百家号", "百度百家", "百度号", "政务百家号")
    schemes = {"app_id": r"[0-9]{8,20}"}
    places = (
        Place("author.baidu.com", r"/home/(?P<id>\d+)", "app_id"),
        Place("author.baidu.com", r"/home", "app_id", parameter="app_id"),
        Place("baijiahao.baidu.com", r"/u", "app_id", parameter="app_id"),
        Place("mbd.baidu.com", r"/ma/s/\w+", "url"),
    )
    why = "no list of its articles may be asked for without a login or a signature"

    def identify(self, text: str) -> Identity | None:
        """The account in an address, a share text or `百家号ID：…`; None for anything else."""
        found = super().identify(unglued(text))
        if found:
            return found
        for address in addresses(unglued(text)) if "baidu.com" in text.lower() else ():
            if app_id := _in_context(address):
                return Identity(self.platform, "app_id", app_id, address.url)
        value = labelled(text, ("百家号ID",), self.schemes["app_id"])
        return Identity(self.platform, "app_id", value) if value else None


def _in_context(address: Address) -> str:
    """The account's id in the `context` of a share link, or nothing."""
    if _HOMES.get(address.host) != address.path:
        return ""
    try:
        context = json.loads(address.parameter("context"))
    except (ValueError, RecursionError):
        return ""
    value = str(context.get("app_id") or "") if isinstance(context, dict) else ""
    return value if re.fullmatch(Baijiahao.schemes["app_id"], value) else ""
