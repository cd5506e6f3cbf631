"""微信视频号 (WeChat Channels): what it is called and how its accounts are named. A person looks at it.

It has no public page and no public interface, so nothing here can ever lead to "stale".
"""

from __future__ import annotations

from checkers.addresses import Addressed


class Channels(Addressed):
    """视频号."""

    platform = "channels"
    label = {"zh": "微信视频号", "en": "WeChat Channels"}
    synonyms = ("视频号", "微信视频", "政务视频号", "微信视频账号")
    schemes = {
        "channels_id": r"sph[0-9A-Za-z]{10,20}",
        "finder": r"v2_[0-9a-f]{20,200}@finder",
    }
    bare = ("channels_id", "finder")
