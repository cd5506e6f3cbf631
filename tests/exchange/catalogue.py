"""A catalogue for the tests of this folder: two platforms in full, the rest known from sheets."""

from __future__ import annotations

import re

from registry.platforms import PlatformCatalogue
from registry.vocab import Identity, PlatformInfo

WEIBO = PlatformInfo(
    "weibo", {"zh": "新浪微博", "en": "Weibo"}, ("微博",), {}, {"uid": r"[1-9][0-9]{5,10}"}, "uid"
)
WECHAT = PlatformInfo(
    "wechat",
    {"zh": "微信公众号", "en": "WeChat"},
    ("公众号", "微信"),
    {"订阅号": "订阅号", "服务号": "服务号"},
    {
        "gh_id": r"gh_[0-9a-f]{12}",
        "biz": r"M[A-Za-z0-9+/]{13}==",
        "wxid": r"[A-Za-z][A-Za-z0-9_-]{5,19}",
    },
    "gh_id",
)


def identify(text: str) -> Identity | None:
    """Knows Weibo addresses, article addresses with a biz, and gh_ ids."""
    weibo = re.fullmatch(r"https?://weibo\.com/u/(\d+)", text)
    if weibo:
        return Identity("weibo", "uid", weibo[1], text)
    article = re.search(r"mp\.weixin\.qq\.com/.*__biz=(M[\w+/]{13}==)", text)
    if article:
        return Identity("wechat", "biz", article[1], text)
    if re.fullmatch(r"gh_[0-9a-f]{12}", text):
        return Identity("wechat", "gh_id", text)
    return None


CATALOGUE = PlatformCatalogue.with_known([WEIBO, WECHAT], identify)
