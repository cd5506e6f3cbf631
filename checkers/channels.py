"""微信视频号 (WeChat Channels): what it is called and how its accounts are named. A person looks at it.

It has no public page and no public interface, so nothing here can ever lead to "stale".
"""

from __future__ import annotations

import re

from checkers._by_hand import ByHand
from checkers._share_texts import labelled, unglued
from checkers.addresses import Place
from registry.vocab import Identity

_FINDER = r"v2_[0-9a-f]{20,200}@finder"
_IN_TEXT = re.compile(rf"(?<![\w@.-]){_FINDER}(?!\w)")


class Channels(ByHand):
    """视频号."""

    platform = "channels"
    label = {"zh": "微信视频号", "en": "WeChat Channels"}
    synonyms = ("视频号", "微信视频", "政务视频号", "微信视频账号")
    schemes = {"channels_id": r"sph[0-9A-Za-z]{10,20}", "finder": _FINDER}
    bare = ("channels_id", "finder")
    places = (Place("weixin.qq.com", r"/sph/[\w-]+", "url", below=False),)
    why = "it has no public page and no public interface"

    def identify(self, text: str) -> Identity | None:
        """The account in a share text, an id, or `视频号ID：…`; a name alone is no identity."""
        found = super().identify(unglued(text))
        if found:
            return found
        if inside := _IN_TEXT.search(text):
            return Identity(self.platform, "finder", inside.group())
        value = labelled(text, ("视频号", "视频号ID"), self.schemes["channels_id"])
        return Identity(self.platform, "channels_id", value) if value else None
