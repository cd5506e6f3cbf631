"""A catalogue of platforms for tests: what the checkers would say, without asking them."""

from __future__ import annotations

import re

from registry.platforms import PlatformCatalogue
from registry.vocab import Identity, PlatformInfo

WEIBO = PlatformInfo(
    "weibo",
    {"zh": "新浪微博", "en": "Weibo"},
    ("微博", "政务微博"),
    schemes={"uid": r"\d{6,11}"},
    preferred="uid",
)
WECHAT = PlatformInfo(
    "wechat",
    {"zh": "微信公众号", "en": "WeChat"},
    ("公众号", "微信"),
    forms={"订阅号": "订阅号", "服务号": "服务号"},
    schemes={"gh_id": r"gh_[0-9a-f]{12}", "biz": r"[A-Za-z0-9+/]{14}==", "wxid": r"[\w-]{6,20}"},
    preferred="gh_id",
)

_WEIBO_URL = re.compile(r"(?:m\.)?weibo\.(?:com|cn)/(?:u/)?(\d{6,11})")


def identify(text: str) -> Identity | None:
    """The Weibo account behind an address; nothing else."""
    found = _WEIBO_URL.search(text)
    return Identity("weibo", "uid", found[1], text) if found else None


CATALOGUE = PlatformCatalogue.with_known([WEIBO, WECHAT], identify)
