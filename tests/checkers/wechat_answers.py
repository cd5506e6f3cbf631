"""Answers of WeChat in their documented shapes, about accounts of a county that does not exist."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from checkers.base import Target
from registry.vocab import CheckKind

GH_ID = "gh_0a1b2c3d4e5f"
BIZ = "MzAwMDAwMDAwMQ=="
APPID = "wx00112233445566aa"
NAME = "青石公安"
NOON = datetime(2026, 3, 20, 4, 0, tzinfo=UTC)
"""2026-03-20 12:00 in Shanghai, the moment of the run."""


def target(**more: Any) -> Target:
    """The account 青石公安 with every id and a credential, to be read back to 5 March."""
    given: dict[str, Any] = {
        "identifiers": {"gh_id": GH_ID, "biz": BIZ, "appid": APPID},
        "credential": f"wechat:{APPID}",
        "as_of": NOON,
        "read_back_to": datetime(2026, 3, 5, 4, 0, tzinfo=UTC),
    }
    return Target("wechat", NAME, **(given | more))


def menu_target() -> Target:
    return target(kind=CheckKind.MENU)


def entry(day: str, title: str = "青石县公安局发布防溺水提醒", **more: Any) -> dict[str, Any]:
    """One publication in an answer of getarticletotaldetail."""
    return {
        "ref_date": day,
        "msgid": "2247480001_1",
        "publish_type": 0,
        "title": title,
        "content_url": "https://mp.weixin.qq.com/s?__biz=MzAwMDAwMDAwMQ==&mid=2247480001",
        "detail_list": [{"stat_date": day, "read_user": 12}],
    } | more


def statistics(*entries: Mapping[str, Any], delayed: bool = False) -> dict[str, Any]:
    return {"list": list(entries), "is_delay": delayed}


def error(code: int, message: str = "refused rid: 69a00000-1a2b3c4d-5e6f7a8b") -> dict[str, Any]:
    return {"errcode": code, "errmsg": message}


def published_item(created: int, title: str = "通知", **content: Any) -> dict[str, Any]:
    """One item in an answer of freepublish/batchget, times inside the content as recorded."""
    news = {"title": title, "url": "https://mp.weixin.qq.com/s?mid=1", "is_deleted": False}
    return {
        "article_id": "a-1",
        "content": {"news_item": [news], "create_time": created, "update_time": created} | content,
    }


def batch(*items: Mapping[str, Any]) -> dict[str, Any]:
    return {"item": list(items), "total_count": len(items), "item_count": len(items)}


def menu(*buttons: Mapping[str, Any]) -> dict[str, Any]:
    return {"is_menu_open": 1, "selfmenu_info": {"button": list(buttons)}}


def article(
    ct: str = "1773900000",
    *,
    gh_id: str = GH_ID,
    name: str = NAME,
    body: str = "近日，青石县公安局……",
    scripts: str = "",
) -> str:
    """An article page as mp.weixin.qq.com serves it: the time stands in a script only."""
    return f"""<!DOCTYPE html><html><head>
<meta content="青石县公安局发布防溺水提醒" property="og:title"/></head><body>
<a id="js_name"> {name} </a><em id="publish_time"></em>
<div id="js_content"><p>{body}</p></div>
<script>var biz = "" || "{BIZ}"; var ct = "{ct}"; var user_name = "{gh_id}";
var nickname = htmlDecode("{name}"); var msg_title = '青石县公安局发布防溺水提醒'.html(false);
{scripts}</script></body></html>"""


def notice(words: str, scripts: str = "", tag: str = "div") -> str:
    """A page that shows one sentence instead of an article, with HTTP 200."""
    return f"""<!DOCTYPE html><html><body><div class="weui-msg">
<{tag} class="weui-msg__title warn">{words}</{tag}></div>
<a href="https://mp.weixin.qq.com/webpoc">微信公众平台运营中心</a>
<script>var biz = '' || ''; var report = "参数错误";{scripts}</script></body></html>"""
