"""The answers of the platforms in their documented shapes, for the accounts of the sample.

A request that nobody foresaw is an error in the sample: there is no answer by default.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from checkers.base import Request, Response
from registry.dates import SHANGHAI, shanghai_date
from sample.county import ACCOUNTS, RSSHUB, SITE, Entry, sec_uid
from sample.pages import article_page, feed_page, notice_page, store_page
from sample.site import DEAD_LINK, Site
from sample.voices import Shown, Sign, posts, voice

_WITH_MENU = frozenset({"青石发布", "青石融媒", "青石公安", "青石交警", "青石人社", "青石政务"})
"""The official accounts that have switched their menu on."""

_EPOCH = 515_483_463
_PER_PAGE = 10


class Unforeseen(Exception):
    """Nobody said what to answer."""


class Platforms:
    """Answers any request of the two sweeps. `renewed`: entries whose ids filings changed."""

    def __init__(self, renewed: Mapping[str, Entry]) -> None:
        entries = [renewed.get(entry.key, entry) for entry in ACCOUNTS]
        entries += [entry for key, entry in renewed.items() if key not in {e.key for e in ACCOUNTS}]
        self._by_uid = {e.identifiers["uid"]: e for e in entries if e.platform == "weibo"}
        self._by_appid = {e.identifiers["appid"]: e for e in entries if e.platform == "wechat"}
        self._by_article = {e.article: e for e in entries if e.way == "article"}
        self._by_sec_uid = {sec_uid(e.serial): e for e in entries if e.platform == "douyin"}
        self._by_feed = {e.feed: e for e in entries if e.way == "rsshub"}
        self._by_package = {e.identifiers["package"]: e for e in entries if e.platform == "app"}
        self._website = Site()

    def __call__(self, request: Request, at: datetime) -> Response:
        """What comes back for `request` at the moment `at` (aware)."""
        parts = urlsplit(request.url)
        hosts: dict[str, Callable[[Request, datetime], tuple[int, str, bytes]]] = {
            "m.weibo.cn": self._weibo_page,
            "api.weibo.com": self._weibo_api,
            "api.weixin.qq.com": self._wechat_api,
            "mp.weixin.qq.com": self._article,
            "a.app.qq.com": self._store,
            "www.iesdouyin.com": self._profile,
            str(urlsplit(RSSHUB).hostname): self._feed,
            str(urlsplit(SITE).hostname): self._site,
        }
        if parts.hostname not in hosts:
            raise Unforeseen(request.url)
        status, kind, body = hosts[parts.hostname](request, at)
        return Response(request.url, status, {"content-type": kind}, body, at)

    # --- Weibo --------------------------------------------------------------------------------

    def _weibo_page(self, request: Request, at: datetime) -> tuple[int, str, bytes]:
        asked = parse_qs(urlsplit(request.url).query)
        entry = self._by_uid[asked["value"][0]]
        held = _held_back(voice(entry).sign(at))
        if held is not None:
            return _json(held)
        if "containerid" not in asked:
            info = {"userInfo": _user(entry), "tabsInfo": {"tabs": []}}
            return _json({"ok": 1, "data": info})
        return _json(_card_list(entry, posts(entry, at), int(asked.get("page", ["1"])[0])))

    def _weibo_api(self, request: Request, at: datetime) -> tuple[int, str, bytes]:
        asked = parse_qs(urlsplit(request.url).query)
        entry = self._by_uid[asked["uid"][0]]
        if urlsplit(request.url).path.endswith("/users/show.json"):
            return _json(_user(entry))
        shown = posts(entry, at)
        return _json({"statuses": [_blog(entry, post) for post in shown[:100]], "total_number": 1})

    # --- WeChat -------------------------------------------------------------------------------

    def _wechat_api(self, request: Request, at: datetime) -> tuple[int, str, bytes]:
        path = urlsplit(request.url).path
        if path == "/cgi-bin/stable_token":
            return _json({"access_token": "SampleTokenOfNobody", "expires_in": 7200})
        entry = self._by_appid[str(request.auth).partition(":")[2]]
        if path == "/cgi-bin/get_current_selfmenu_info":
            return _json(_menu(entry))
        if path == "/cgi-bin/menu/get":
            # their menus were made on the website of the platform, not by an API
            return _json({"errcode": 46003, "errmsg": "menu no exist"})
        if path != "/datacube/getarticletotaldetail":
            raise Unforeseen(request.url)
        day = json.loads(request.body or b"{}")["begin_date"]
        rows = [
            _publication(entry, post)
            for post in posts(entry, at)
            if shanghai_date(post.at).isoformat() == day
        ]
        return _json({"list": rows, "is_delay": False})

    def _article(self, request: Request, at: datetime) -> tuple[int, str, bytes]:
        entry = self._by_article[request.url]
        sign = voice(entry).sign(at)
        if sign is Sign.GONE:
            return _page(notice_page("此帐号已自主注销，内容无法查看"))
        if sign is Sign.WALL:
            return _page(notice_page("环境异常，完成验证后即可继续访问"))
        return _page(article_page(entry, posts(entry, at)[0]))

    # --- Douyin -------------------------------------------------------------------------------

    def _profile(self, request: Request, at: datetime) -> tuple[int, str, bytes]:
        """Whom it belongs to and how many posts there are; the share pages list none."""
        asked = parse_qs(urlsplit(request.url).query)
        entry = self._by_sec_uid[asked["sec_uid"][0]]
        user = {
            "sec_uid": sec_uid(entry.serial),
            "unique_id": entry.identifiers["douyin_id"],
            "nickname": entry.name,
            "aweme_count": len(posts(entry, at)),
            "follower_count": entry.followers,
            "enterprise_verify_reason": f"{entry.host}官方抖音号",
        }
        return _json({"status_code": 0, "user_info": user})

    # --- feeds, sites, app stores ---------------------------------------------------------------

    def _feed(self, request: Request, at: datetime) -> tuple[int, str, bytes]:
        entry = self._by_feed[request.url]
        if voice(entry).sign(at) is Sign.DOWN:
            said = {"error": {"message": "FetchError: request to the platform timed out"}}
            return 503, "application/json", json.dumps(said).encode()
        return 200, "application/xml; charset=utf-8", feed_page(entry, posts(entry, at), at)

    def _site(self, request: Request, at: datetime) -> tuple[int, str, bytes]:
        return self._website(request.url, at)

    def _store(self, request: Request, at: datetime) -> tuple[int, str, bytes]:
        package = parse_qs(urlsplit(request.url).query)["pkgname"][0]
        return _page(store_page(self._by_package[package]))


def _json(value: Mapping[str, Any]) -> tuple[int, str, bytes]:
    return 200, "application/json; charset=utf-8", json.dumps(value, ensure_ascii=False).encode()


def _page(text: str) -> tuple[int, str, bytes]:
    return 200, "text/html; charset=utf-8", text.encode()


def _held_back(sign: Sign) -> dict[str, Any] | None:
    """What m.weibo.cn says in place of an account."""
    if sign is Sign.GONE:
        return {"ok": 0, "msg": "该用户不存在(20003)"}
    if sign is Sign.RESTRICTED:
        words = "该账号因被投诉违反《微博社区公约》的相关规定，现已无法查看"
        address = f"sinaweibo://infopage?title=&desc={quote(words)}"
        return {"ok": 0, "error_type": "link", "url": address}
    if sign is Sign.WALL:
        return {"ok": -100, "url": "https://passport.weibo.com/visitor/visitor"}
    return None


def _user(entry: Entry) -> dict[str, Any]:
    spoken = voice(entry)
    return {
        "id": int(entry.identifiers["uid"]),
        "screen_name": spoken.shows or entry.name,
        "statuses_count": 0 if spoken.since is None else 900 + entry.serial * 11,
        "followers_count": entry.followers,
        "verified": True,
        "verified_type": 1,
        "verified_reason": f"{spoken.subject or entry.host}官方微博",
    }


def _card_list(entry: Entry, shown: list[Shown], page: int) -> dict[str, Any]:
    some = shown[(page - 1) * _PER_PAGE : page * _PER_PAGE]
    info = {"containerid": f"107603{entry.identifiers['uid']}", "total": len(shown)}
    if not some:
        return {"ok": 0, "msg": "这里还没有内容", "data": {"cardlistInfo": info, "cards": []}}
    cards = [{"card_type": 9, "mblog": _blog(entry, post)} for post in some]
    return {"ok": 1, "data": {"cardlistInfo": info, "cards": cards}}


def _blog(entry: Entry, post: Shown) -> dict[str, Any]:
    mid = str((int(post.at.timestamp()) - _EPOCH) << 22 | 7)
    return {
        "id": mid,
        "mid": mid,
        "created_at": post.at.astimezone(SHANGHAI).strftime("%a %b %d %H:%M:%S %z %Y"),
        "text": f"【{post.title}】",
        "mblogtype": 0,
        "user": {"id": int(entry.identifiers["uid"]), "screen_name": entry.name},
    }


def _publication(entry: Entry, post: Shown) -> dict[str, Any]:
    day = shanghai_date(post.at)
    number = f"22474{day.toordinal()}{entry.serial:04d}"
    return {
        "ref_date": day.isoformat(),
        "msgid": f"{number}_1",
        "publish_type": 0,
        "title": post.title,
        "content_url": f"https://mp.weixin.qq.com/s?__biz={entry.identifiers['biz']}&mid={number}",
        "detail_list": [
            {"stat_date": (day + timedelta(days=1)).isoformat(), "read_user": 40 + entry.serial}
        ],
    }


def _menu(entry: Entry) -> dict[str, Any]:
    """A menu of three entries, or none; that of 青石发布 has a dead one."""
    if entry.name not in _WITH_MENU:
        return {"is_menu_open": 0, "selfmenu_info": {"button": []}}
    services: list[dict[str, Any]] = [
        {"type": "view", "name": "办事指南", "url": f"{SITE}/bszn/index.html"},
        {
            "type": "miniprogram",
            "name": "青石政务",
            "url": f"{SITE}/app/",
            "appid": "wx5399000000000044",
            "pagepath": "pages/index/index",
        },
    ]
    if entry.key == "wechat:青石发布":
        services.append({"type": "view", "name": "在线预约", "url": DEAD_LINK})
    buttons = [
        {"type": "view", "name": "政务公开", "url": f"{SITE}/zwgk/index.html"},
        {"name": "办事服务", "sub_button": {"list": services}},
        {"type": "click", "name": "互动交流", "key": "talk"},
    ]
    return {"is_menu_open": 1, "selfmenu_info": {"button": buttons}}
