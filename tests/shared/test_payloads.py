"""Recorded answers of real platforms, read as their index says.

Each file of the folder of samples has a row in its folder's table: which checker reads it, through
which source, at which step, and what must come of it. A file without a row fails. The module runs
where `TAIZHANG_SHARED` (default: `../shared` beside the checkout) holds the samples.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from checkers._bilibili.dynamics import id_time, read_items
from checkers._wechat.api import articles, listed, published
from checkers._wechat.wxa import read_page
from checkers._xiaohongshu_state import facts_of as notes_of
from checkers.app import App
from checkers.base import Checker, Facts, Inconclusive, Link, Response, Target
from checkers.bilibili import Bilibili
from checkers.feed import Feed
from checkers.links import Links
from checkers.loading import load_checkers
from checkers.miniprogram import MiniProgram
from checkers.thepaper import ThePaper, read_post
from checkers.toutiao import Toutiao
from checkers.website import Website
from checkers.wechat import Wechat
from checkers.weibo import Weibo
from checkers.xiaohongshu import Xiaohongshu
from registry.dates import SHANGHAI, parse_when, shanghai_date
from registry.vocab import CheckKind, LinkKind, SiteMark
from tests.checkers.contract import look
from tests.checkers.driving import answer, drive
from tests.checkers.wechat_answers import PROFILE, menu, sogou, sogou_row
from tests.checkers.weibo_pages import info
from verdicts.links import Tried, trial

_CHECKOUT = Path(__file__).parents[2]
SHARED = (_CHECKOUT / os.environ.get("TAIZHANG_SHARED", "../shared")).resolve()
PAYLOADS = SHARED / "payloads"

pytestmark = pytest.mark.skipif(not PAYLOADS.is_dir(), reason="no recorded answers here")


@dataclass(frozen=True)
class Row:
    """How one file is read."""

    checker: Checker
    source: str
    step: str
    """What the file answers, in words."""
    expect: Mapping[str, Any]
    """Name of a fact in `FACTS` → its value; of an INCONCLUSIVE check only `reason`."""
    identifiers: Mapping[str, str] = field(default_factory=dict)
    before: tuple[Response, ...] = ()
    """Answers to earlier steps, made by us."""
    after: tuple[Response, ...] = ()
    kind: CheckKind = CheckKind.FRESHNESS
    platform: str = ""
    credential: str = ""
    address: str = ""
    read_back_to: datetime = datetime.min
    fetched_at: datetime = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
    url: str = ""
    """The final address, where it is another than the one asked for."""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """How one file is read that no source asks for by itself, or not for so long ago."""

    checker: Checker
    source: str
    """The source whose reader understands it."""
    step: str
    read: Callable[[dict[str, Any]], Any]
    expect: Any


@dataclass(frozen=True)
class Forbidden:
    """A file whose only source rests on what no checker may do."""

    why: str
    """The rule of `NEVER` that forbids it, and how: `forged signature (a_bogus)`."""
    identifiers: Mapping[str, str] = field(default_factory=dict)
    """Ids with which the platform's sources ask, to be shown this file in vain."""


NEVER = (
    "captcha solving",
    "forged signature",
    "fingerprint imitation",
    "proxies to escape limits",
    "other people's accounts",
)
"""What no source may rest on."""

Table = Mapping[str, Row | Part | Forbidden]


def _newest(facts: Facts) -> str | None:
    newest = facts.newest
    return newest.published_at.astimezone(SHANGHAI).isoformat() if newest else None


FACTS: Mapping[str, Callable[[Facts], Any]] = {
    "existence": lambda facts: facts.existence.value,
    "newest": _newest,
    "precision": lambda facts: facts.newest.precision.value if facts.newest else None,
    "derived_from": lambda facts: facts.newest.derived_from.value if facts.newest else None,
    "posts": lambda facts: len(facts.posts),
    "pinned": lambda facts: sum(post.pinned for post in facts.posts),
    "coverage": lambda facts: facts.coverage.kind.value,
    "name": lambda facts: facts.display_name,
    "subject": lambda facts: facts.verified_subject,
    "counters": lambda facts: dict(facts.counters),
    "identifiers": lambda facts: dict(facts.identifiers),
    "signal": lambda facts: facts.signal,
    "note": lambda facts: facts.note,
    "links": lambda facts: [link.url for link in facts.links],
    "link_kinds": lambda facts: [link.kind.value for link in facts.links],
    "link_signals": lambda facts: [fact.signal for fact in facts.link_facts],
}


def _weibo_user(uid: int, posts: int) -> dict[str, Any]:
    return {"id": uid, "screen_name": "青石发布", "statuses_count": posts, "verified": False}


def _weibo_profile(uid: int, posts: int) -> Response:
    return answer({"ok": 1, "data": {"userInfo": _weibo_user(uid, posts)}})


_UID = {"uid": "1234567890"}

WEIBO: Table = {
    "login_wall_ok_minus100.json": Row(
        Weibo(), "page", "user", {"reason": "login_wall"}, identifiers=_UID
    ),
    "sina_visitor_system.html": Row(
        Weibo(), "page", "user", {"reason": "login_wall"}, identifiers=_UID
    ),
    "mweibo_getIndex_uid_profile.json": Row(
        Weibo(),
        "page",
        "user",
        {
            "existence": "exists",
            "name": "Dear-迪丽热巴",
            "posts": 0,
            "coverage": "unread",
            "subject": None,
            "counters": {"posts": 1008, "followers": 63357736},
            "identifiers": {"uid": "1669879400"},
        },
        identifiers={"uid": "1669879400"},
        kind=CheckKind.IDENTITY,
    ),
    "mweibo_getIndex_107603_pinned_first.json": Row(
        Weibo(),
        "page",
        "list",
        {
            "existence": "exists",
            "newest": "2019-07-15T18:27:29+08:00",
            "precision": "second",
            "derived_from": "id",
            "posts": 11,
            "pinned": 1,
            "coverage": "reaches_back_to",
        },
        identifiers={"uid": "5529945701"},
        before=(_weibo_profile(5529945701, 259),),
        fetched_at=datetime(2019, 7, 16, 1, 30, tzinfo=UTC),
    ),
    "ok0_no_content.json": Row(
        Weibo(),
        "page",
        "list of an account with posts",
        {"reason": "ambiguous"},
        identifiers=_UID,
        before=(_weibo_profile(1234567890, 12),),
    ),
    "openapi_error.json": Row(
        Weibo(),
        "api",
        "user",
        {"reason": "config"},
        identifiers=_UID,
        credential="weibo:1234567890",
        status=403,
    ),
    "openapi_timeline.json": Row(
        Weibo(),
        "api",
        "list",
        {"newest": "2012-04-18T14:00:31+08:00", "derived_from": "field", "posts": 20},
        identifiers={"uid": "1916577653"},
        credential="weibo:1916577653",
        before=(answer(_weibo_user(1916577653, 580)),),
    ),
    "weibocn_info.html": Row(
        Weibo(),
        "session",
        "particulars",
        {
            "existence": "exists",
            "name": "Dear-迪丽热巴",
            "subject": None,
            "posts": 0,
            "coverage": "unread",
            "identifiers": {"uid": "1669879400"},
        },
        identifiers={"uid": "1669879400"},
        kind=CheckKind.IDENTITY,
    ),
    "weibocn_profile_page1.html": Row(
        Weibo(),
        "session",
        "posts",
        {
            "newest": "2020-06-17T18:12:13+08:00",
            "precision": "second",
            "derived_from": "id",
            "posts": 10,
            "pinned": 0,
            "coverage": "reaches_back_to",
            "counters": {"posts": 1159, "followers": 70805573},
        },
        identifiers={"uid": "1669879400"},
        before=(answer(info(uid="1669879400")),),
        fetched_at=datetime(2020, 6, 18, 16, 47, tzinfo=UTC),
    ),
}

_BILIBILI_CARD = {"mid": "1", "name": "青石发布", "spacesta": 0}


def _bilibili_times(data: dict[str, Any]) -> tuple[str, list[str], list[str]]:
    """The newest, items whose printed and whose hidden time are not that of their field."""
    seen_at = datetime(2024, 8, 18, 5, 39, 30, tzinfo=UTC)
    newest, printed, inside = 0, list[str](), list[str]()
    for item in data["data"]["items"]:
        author = item["modules"]["module_author"]
        (post,) = read_items({"items": [item]}, str(author["mid"]), seen_at).posts
        newest = max(newest, int(post.published_at.timestamp()))
        said = parse_when(author["pub_time"], seen_at=seen_at)
        if shanghai_date(said.at) != shanghai_date(post.published_at):
            printed.append(author["pub_time"])
        hidden = id_time(item["id_str"])
        if hidden is None or abs((hidden - post.published_at).total_seconds()) > 1:
            inside.append(item["id_str"])
    return datetime.fromtimestamp(newest, SHANGHAI).isoformat(), printed, inside


BILIBILI: Table = {
    "acc_info.json": Forbidden(
        "forged signature (WBI): x/space/wbi/acc/info; the card says the same", {"mid": "2"}
    ),
    "dynamic_all_relative_pub_time.json": Part(
        Bilibili(),
        "dynamics",
        "items of several accounts, their times printed, given and hidden in ids",
        _bilibili_times,
        ("2024-08-18T13:39:08+08:00", [], []),
    ),
    "dynamic_space_stale.json": Row(
        Bilibili(),
        "dynamics",
        "list",
        {
            "existence": "exists",
            "newest": "2020-12-02T00:32:28+08:00",
            "precision": "second",
            "derived_from": "field",
            "posts": 6,
            "pinned": 0,
            "coverage": "complete",
        },
        identifiers={"mid": "1"},
        before=(answer({"code": 0, "data": {"card": _BILIBILI_CARD}}),),
    ),
    "err_404_not_found.json": Row(
        Bilibili(),
        "card",
        "card",
        {"existence": "gone_signal", "signal": "-404 啥都木有", "posts": 0},
        identifiers={"mid": "2"},
    ),
    "err_412_blocked.json": Row(
        Bilibili(), "card", "card", {"reason": "blocked"}, identifiers={"mid": "2"}, status=412
    ),
    "web_interface_card.json": Row(
        Bilibili(),
        "card",
        "card",
        {
            "existence": "exists",
            "name": "碧诗",
            "subject": None,
            "counters": {"videos": 37, "articles": 0, "followers": 969999},
            "posts": 0,
            "coverage": "unread",
            "identifiers": {"mid": "2"},
        },
        identifiers={"mid": "2"},
    ),
}

ZHIHU: Table = {
    "wall_10003.json": Forbidden(
        "forged signature (x-zse-96): api/v4 answers this wall to all who bring none",
        {"token": "qing-shi-fa-bu"},
    ),
}

_OWN_RSSHUB = "http://rsshub.qingshi.example:1200/bilibili/user/video/1"

RSSHUB: Table = {
    "bilibili_user_video_fresh.xml": Row(
        Bilibili(),
        "rsshub",
        "feed",
        {"newest": "2022-12-31T17:14:15+08:00", "name": None, "existence": "unknown"},
        address=_OWN_RSSHUB,
        fetched_at=datetime(2023, 1, 1, 0, 30, tzinfo=UTC),
    ),
    "bilibili_user_video_stale.xml": Row(
        Bilibili(),
        "rsshub",
        "feed",
        {
            "newest": "2022-01-12T09:36:48+08:00",
            "name": None,
            "coverage": "reaches_back_to",
            "posts": 10,
        },
        address=_OWN_RSSHUB,
        fetched_at=datetime(2023, 1, 1, 0, 30, tzinfo=UTC),
    ),
}

_FEED = "https://www.qingshi.gov.cn/rss.xml"

FEEDS: Table = {
    "rss_empty_document.xml": Row(Feed(), "feed", "feed", {"reason": "not_a_feed"}, address=_FEED),
    "rss_item_pubdate.xml": Row(
        Feed(),
        "feed",
        "feed",
        {"newest": "2004-01-02T03:48:21+08:00", "posts": 1},
        address=_FEED,
    ),
}

_APPID = {"appid": "wx00112233445566aa"}
_SILENT = answer({"list": [], "is_delay": False})
_LOOKED = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
_ARTICLE = "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv"
_CAPTCHA = "https://mp.weixin.qq.com/mp/wappoc_appmsgcaptcha?poc_token=x"


def _api(source: str, step: str, expect: Mapping[str, Any], silent_days: int = 0) -> Row:
    """A row of the official API; of statistics, the recorded day is followed by silent ones, a menu
    by the answer that it has no variants."""
    no_variants = (answer({"errcode": 46003, "errmsg": "menu no exist"}),)
    return Row(
        Wechat(),
        source,
        step,
        expect,
        identifiers=_APPID,
        after=no_variants if source == "menu" else (_SILENT,) * silent_days,
        kind=CheckKind.MENU if source == "menu" else CheckKind.FRESHNESS,
        fetched_at=_LOOKED,
    )


def _page(step: str, expect: Mapping[str, Any], url: str = "") -> Row:
    return Row(Wechat(), "article", step, expect, address=_ARTICLE, url=url)


def _day(data: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (post.published_at.astimezone(SHANGHAI).date().isoformat(), post.title)
        for post in listed(data)
    ]


def _article(data: dict[str, Any]) -> tuple[str | None, list[bool]]:
    facts = published({"item": [{"content": data}]}, _LOOKED)
    return _newest(facts), [article.deleted for article in articles(data)]


def _token(data: dict[str, Any]) -> tuple[bool, Any]:
    credential = next(c for c in Wechat.credentials if c.kind == "wechat")
    assert credential.exchange
    held = data.get(credential.exchange.token_field)
    return bool(held), data.get(credential.exchange.expires_field)


_SCHEME = "weixin://dl/business/?t=AbCdEfGh"


def _about(expect: Mapping[str, Any]) -> Row:
    page = "https://mp.weixin.qq.com/mp/aboutbiz?a=1"
    return Row(Wechat(), "about", "page", expect, address=page, kind=CheckKind.IDENTITY)


def _page_tried(signal: str, shown: str, link: Link | None = None) -> Part:
    """A mini-program's page, or a link of its own, as the link checker and the judge read it."""
    tried_link = link or Link("预约", LinkKind.MINIPROGRAM, appid=_APPID["appid"], page="p")

    def read(data: dict[str, Any]) -> tuple[str, str]:
        fact = read_page(tried_link, answer(data, at=_LOOKED))
        tried = Tried(_LOOKED, kind=tried_link.kind, status=fact.status, signal=fact.signal)
        return fact.signal, trial(tried).value

    return Part(Links(), "http", "a mini-program's page", read, (signal, shown))


_BIZ = "http://mp.weixin.qq.com/s?__biz=MjM5ODUwNTM3Ng==&mid=204013432"

WECHAT: Table = {
    "aboutbiz_no_rename_section.html": _about(
        {
            "name": None,
            "subject": "上海市总工会",
            "identifiers": {"wxid": "shengongshewx", "biz": "MjM5ODMxNzE2NQ=="},
            "note": "",
            "existence": "unknown",
        }
    ),
    "aboutbiz_rename_history.html": _about(
        {
            "name": "深蓝保",
            "subject": "专心保险经纪有限公司",
            "identifiers": {"wxid": "shenlanbao", "biz": "MzI0Nzg2MTExMA=="},
            "note": "2021-02-02 renamed in a migration: 深蓝保; "
            "2017-05-16 renamed: 立安保险经纪; 2017-05-16 registered: 新注册公众号",
        }
    ),
    "api_datacube_getarticlesummary.json": _api(
        "api", "day", {"reason": "changed_layout"}, silent_days=6
    ),
    "api_datacube_getarticletotal.json": Part(
        Wechat(), "api", "day, by the abandoned call", _day, [("2014-12-08", "test")]
    ),
    "api_datacube_getarticletotal_empty.json": _api(
        "api", "day", {"reason": "ambiguous"}, silent_days=15
    ),
    "api_datacube_getarticletotaldetail.json": _api(
        "api",
        "day",
        {
            "existence": "exists",
            "newest": "2026-03-09T00:00:00+08:00",
            "precision": "day",
            "posts": 1,
            "coverage": "reaches_back_to",
        },
        silent_days=6,
    ),
    "api_err_40119_bad_button_type.json": _api("menu", "menu", {"reason": "ambiguous"}),
    "api_err_40164_ip_whitelist.json": _api(
        "freepublish",
        "token, in place of the list",
        {"reason": "config", "detail": "40164 IP 203.0.113.7 is not on the whitelist"},
    ),
    "api_err_40165_mp_bad_pagepath.json": _page_tried("bad_page", "dead"),
    "api_err_41030_invalid_page.json": _page_tried("page_missing", "failed"),
    "api_err_48001_api_unauthorized.json": _api("freepublish", "list", {"reason": "permission"}),
    "api_err_50002_user_limited.json": _api(
        "freepublish",
        "token, in place of the list",
        {
            "existence": "restricted",
            "signal": "50002 user limited rid: 5f977d3d-369c9f40-0dcd174a",
            "posts": 0,
            "coverage": "unread",
        },
    ),
    "api_err_85079_mp_no_release.json": _page_tried("no_release", "dead"),
    "api_freepublish_batchget.json": _api(
        "freepublish",
        "list",
        {
            "existence": "exists",
            "newest": "2021-10-23T16:05:06+08:00",
            "precision": "second",
            "coverage": "partial",
        },
    ),
    "api_freepublish_get.json": Part(
        Wechat(),
        "menu",
        "articles behind an id",
        lambda data: [article.url for article in articles(data)],
        ["https://mp.weixin.qq.com/s?__biz=MzAwMTE2MzA1xxxxxxxxxx"],
    ),
    "api_freepublish_getarticle.json": Part(
        Wechat(),
        "menu",
        "articles behind an id",
        _article,
        ("2021-10-23T12:01:10+08:00", [False]),
    ),
    "api_get_current_selfmenu_info.json": _api(
        "menu",
        "menu",
        {
            "existence": "exists",
            "links": [
                "http://www.qq.com",
                f"{_BIZ}&idx=1&sn=80ce6d9abcb832237bf86c87e50fda15#rd",
                f"{_BIZ}&idx=2&sn=8226843afb14ecdecb08d9ce46bc1d37#rd",
                "",
                "",
                "",
                "",
            ],
            "link_kinds": ["url", "article", "article", "content", "content", "content", "content"],
        },
    ),
    "api_material_get_materialcount.json": _api(
        "freepublish", "list", {"reason": "changed_layout"}
    ),
    "api_menu_get.json": Row(
        Wechat(),
        "menu",
        "variants",
        {"links": [""], "link_kinds": ["event"], "note": ""},
        identifiers=_APPID,
        before=(answer(menu({"name": "今日歌曲", "type": "click", "key": "V1001"})),),
        kind=CheckKind.MENU,
    ),
    "api_token.json": Part(Wechat(), "api", "token", _token, (True, 7200)),
    "api_wxa_getvisitstatus_ok.json": Row(
        MiniProgram(),
        "api",
        "state of the service",
        {"existence": "exists", "signal": "", "posts": 0, "coverage": "unread"},
        identifiers=_APPID,
        after=(answer({"errcode": 48001}), answer({"errcode": 48001})),
    ),
    "api_wxa_queryscheme.json": _page_tried(
        "page_found", "works", Link("预约", LinkKind.MINIPROGRAM, _SCHEME, appid=_APPID["appid"])
    ),
    "article_deleted_zh.html": _page("article", {"reason": "not_found"}),
    "article_ok_2025.html": _page(
        "article",
        {
            "existence": "exists",
            "newest": "2025-11-11T12:09:03+08:00",
            "precision": "second",
            "coverage": "partial",
            "name": "印记中文",
            "identifiers": {"gh_id": "gh_c4896fefddbf", "wxid": "docschina"},
        },
    ),
    "article_temporarily_unavailable.html": _page("article", {"reason": "not_found"}),
    "article_text_share_2025.html": _page(
        "article",
        {
            "existence": "exists",
            "newest": "2025-10-07T14:13:11+08:00",
            "precision": "second",
            "name": "轩辕的编程宇宙",
        },
    ),
    "article_violation_zh.html": _page(
        "article",
        {
            "existence": "unknown",
            "name": "神光的编程秘籍",
            "identifiers": {"gh_id": "gh_7aed10cde089"},
            "posts": 0,
            "coverage": "unread",
        },
    ),
    "mp_profile_history.html": Row(
        Wechat(),
        "sogou",
        "the list behind a result",
        {
            "newest": "2017-07-24T13:04:46+08:00",
            "precision": "second",
            "posts": 10,
            "coverage": "partial",
            "name": "槽边往事",
            "identifiers": {"wxid": "bitsea", "biz": "MjM5MjAzODU2MA=="},
            "existence": "unknown",
        },
        identifiers={"wxid": "bitsea"},
        before=(answer(sogou(sogou_row("bitsea", "0", href=PROFILE, name="槽边往事"))),),
    ),
    "mpbackend_article_list.json": Row(
        Wechat(),
        "backend",
        "list",
        {
            "existence": "exists",
            "newest": "2025-07-28T09:34:53+08:00",
            "precision": "second",
            "posts": 2,
            "coverage": "reaches_back_to",
            "identifiers": {"biz": "MzI0Nzg2MTExMA=="},
        },
        identifiers={"biz": "MzI0Nzg2MTExMA=="},
    ),
    "sogou_antispider.html": Row(
        Wechat(), "sogou", "search", {"reason": "captcha"}, identifiers={"wxid": "sdgkzn"}
    ),
    "sogou_search_gzh.html": Row(
        Wechat(),
        "sogou",
        "search",
        {
            "newest": "2017-07-23T09:38:56+08:00",
            "precision": "second",
            "posts": 1,
            "name": "山东高考指南",
            "identifiers": {"wxid": "sdgkzn"},
            "coverage": "partial",
        },
        identifiers={"wxid": "sdgkzn"},
        after=(answer("", 404),),
    ),
    "waf_environment_abnormal.html": _page("article", {"reason": "captcha"}, _CAPTCHA),
}

_TRACK = {"appstore_id": "1230038755"}
_NOT_THERE = answer({"resultCount": 0, "results": []})

APPS: Table = {
    "itunes_lookup_empty.json": Row(
        App(),
        "appstore",
        "lookup in the Chinese storefront, then by default",
        {"existence": "gone_signal", "signal": "not_in_app_store", "posts": 0, "name": None},
        identifiers=_TRACK,
        kind=CheckKind.APP,
        after=(_NOT_THERE,),
    ),
    "itunes_lookup_found.json": Row(
        App(),
        "appstore",
        "lookup in the Chinese storefront",
        {
            "existence": "exists",
            "name": "V Office",
            "identifiers": {"appstore_id": "1230038755", "bundle_id": "com.maqv.voffice"},
            "note": "offered for download, which does not show that it works; "
            "version 1.2.7 of 2018-05-04",
            "posts": 0,
            "coverage": "unread",
        },
        identifiers=_TRACK,
        kind=CheckKind.APP,
    ),
}


def _paper(data: dict[str, Any]) -> tuple[str, str] | None:
    post = read_post(data, datetime(2025, 12, 8, 8, 27, tzinfo=UTC))
    if post is None:
        return None
    return post.published_at.astimezone(SHANGHAI).isoformat(), post.precision.value


THEPAPER: Table = {
    "list_item.json": Part(
        ThePaper(), "json", "item of a list", _paper, ("2025-12-07T20:27:06+08:00", "second")
    )
}

AS_LINKS: Mapping[str, tuple[str, str | None]] = {
    "article_deleted_zh.html": ("deleted", None),
    "article_ok_2025.html": ("", None),
    "article_temporarily_unavailable.html": ("unavailable", None),
    "article_text_share_2025.html": ("", None),
    "article_violation_zh.html": ("violation", None),
    "waf_environment_abnormal.html": ("captcha", "captcha"),
}
"""File of `wechat` → the signal and the failure of a link that leads to it."""

DOUYIN: Table = {
    "post_list_three_pinned.json": Forbidden(
        "forged signature (a_bogus): the website gives this list to signed requests only",
        {
            "sec_uid": "MS4wLjABAAAAqingshiqingshiqingshiqingshiqingshi0",
            "open_id": "_000qingshiqingshiqingshi0001",
        },
    ),
}


def _notes(state: dict[str, Any]) -> tuple[str, int, str, dict[str, int]]:
    """What is read of a state with the masked account's own list empty."""
    facts = notes_of(state, "[masked]", datetime(2026, 11, 22, 1, 0, tzinfo=UTC))
    return facts.existence.value, len(facts.posts), facts.coverage.kind.value, dict(facts.counters)


XIAOHONGSHU: Table = {
    "profile_state_collections_only.json": Part(
        Xiaohongshu(),
        "page",
        "state in the profile page: other people's notes only",
        _notes,
        ("exists", 0, "unread", {"followers": 5}),
    ),
}

KUAISHOU: Table = {
    "profile_feed.json": Forbidden(
        "forged signature (__NS_hxfalcon): the website gives this list to signed requests only",
        {"eid": "3xqingshi0001x"},
    ),
}

TOUTIAO: Table = {
    "media_profile.json": Row(
        Toutiao(),
        "page",
        "profile",
        {
            "existence": "exists",
            "name": "新京报",
            "subject": "新京报",
            "posts": 0,
            "coverage": "unread",
            "counters": {"followers": 654244},
            "identifiers": {"uid": "5540918998"},
        },
        identifiers={"uid": "5540918998"},
    ),
}

_SITE = "http://hdzfxxgk.hd.gov.cn"
_NO_ROBOTS = answer("", 404)
_HEADLINE = answer(
    f'<html><body><a href="{_SITE}/gszbm/202008/c1352104.html">青石县教育系统安全专项整治</a></body></html>',
    url=f"{_SITE}/",
    at=datetime(2020, 8, 6, 1, 0, tzinfo=UTC),
)

GOV: Table = {
    "article_meta_pubdate_chinese.html": Row(
        Website(),
        "pages",
        "page of an entry without a day",
        {
            "newest": "2020-08-02T00:00:00+08:00",
            "precision": "day",
            "derived_from": "field",
            "coverage": "partial",
        },
        before=(_NO_ROBOTS, _HEADLINE),
        address=f"{_SITE}/",
        read_back_to=datetime(2020, 7, 23, 16, tzinfo=UTC),
        fetched_at=datetime(2020, 8, 6, 1, 0, tzinfo=UTC),
        url=f"{_SITE}/gszbm/202008/c1352104.html",
    ),
    "column_list.html": Row(
        Website(),
        "pages",
        "home page",
        {
            "newest": "2020-08-05T00:00:00+08:00",
            "precision": "day",
            "derived_from": "text",
            "posts": 1,
            "coverage": "partial",
            "name": "邯郸市人民政府",
            "identifiers": {"site_code": "1304000009"},
        },
        before=(_NO_ROBOTS,),
        after=(answer("", 404),),
        address=f"{_SITE}/zfwj/jinqixxgk/",
        fetched_at=datetime(2020, 8, 6, 1, 0, tzinfo=UTC),
    ),
}

TABLES: Mapping[str, Table] = {
    "apps": APPS,
    "bilibili": BILIBILI,
    "douyin": DOUYIN,
    "feeds": FEEDS,
    "gov": GOV,
    "kuaishou": KUAISHOU,
    "rsshub": RSSHUB,
    "thepaper": THEPAPER,
    "toutiao": TOUTIAO,
    "wechat": WECHAT,
    "weibo": WEIBO,
    "xiaohongshu": XIAOHONGSHU,
    "zhihu": ZHIHU,
}


def _files() -> list[str]:
    if not PAYLOADS.is_dir():
        return []
    return sorted(str(p.relative_to(PAYLOADS)) for p in PAYLOADS.glob("*/*") if p.is_file())


def _rows() -> list[Any]:
    return [
        pytest.param(f"{folder}/{name}", row, id=f"{folder}/{name}")
        for folder, table in TABLES.items()
        for name, row in table.items()
        if isinstance(row, Row)
    ]


def _parts() -> list[Any]:
    return [
        pytest.param(f"{folder}/{name}", part, id=f"{folder}/{name}")
        for folder, table in TABLES.items()
        for name, part in table.items()
        if isinstance(part, Part)
    ]


def _forbidden() -> list[Any]:
    return [
        pytest.param(f"{folder}/{name}", row, id=f"{folder}/{name}")
        for folder, table in TABLES.items()
        for name, row in table.items()
        if isinstance(row, Forbidden)
    ]


@pytest.mark.parametrize("file", _files())
def test_every_recorded_answer_has_a_row(file: str) -> None:
    folder, name = file.split("/")
    assert name in TABLES.get(folder, {}), f"{file} is in no table"


def test_every_recorded_answer_is_read_or_forbidden() -> None:
    entries = [entry for table in TABLES.values() for entry in table.values()]
    assert entries and all(isinstance(entry, (Row, Part, Forbidden)) for entry in entries)


def test_every_row_has_its_recorded_answer() -> None:
    rows = {f"{folder}/{name}" for folder, table in TABLES.items() for name in table}
    assert rows - set(_files()) == set()


@pytest.mark.parametrize(("file", "row"), _rows())
def test_a_recorded_answer_reads_as_its_index_says(file: str, row: Row) -> None:
    outcome = drive(row.checker.check(_target(row), row.source), _answers(file, row))
    if "reason" in row.expect:
        assert isinstance(outcome, Inconclusive), outcome
        ended = {"reason": outcome.reason.value, "detail": outcome.detail}
        assert {name: ended[name] for name in row.expect} == row.expect
        return
    assert isinstance(outcome, Facts), outcome
    assert {name: FACTS[name](outcome) for name in row.expect} == row.expect


@pytest.mark.parametrize(("file", "part"), _parts())
def test_a_recorded_part_reads_as_its_index_says(file: str, part: Part) -> None:
    assert part.checker.source(part.source) is not None
    assert part.read(json.loads((PAYLOADS / file).read_bytes())) == part.expect


@pytest.mark.parametrize(("file", "row"), _forbidden())
def test_a_forbidden_answer_names_its_rule_and_no_source_makes_facts_of_it(
    file: str, row: Forbidden
) -> None:
    assert any(rule in row.why for rule in NEVER), row.why
    folder = file.split("/")[0]
    checker = load_checkers().get(folder)
    shown = answer((PAYLOADS / file).read_bytes())
    target = Target(folder, "青石发布", row.identifiers, as_of=shown.fetched_at)
    if checker is None:
        return
    for source in checker.sources:
        outcome = look(checker, source.name, target, lambda request: shown).outcome
        assert isinstance(outcome, Inconclusive), (source.name, outcome)


@pytest.mark.parametrize("file", sorted(AS_LINKS))
def test_a_recorded_page_is_a_fact_about_the_link_that_leads_to_it(file: str) -> None:
    link = Link("简介", LinkKind.ARTICLE, _ARTICLE)
    target = Target("wechat", "青石发布", kind=CheckKind.MENU, as_of=_LOOKED, links=(link,))
    page = answer((PAYLOADS / "wechat" / file).read_bytes(), at=_LOOKED)
    outcome = drive(Links().check(target, "http"), [page])
    assert isinstance(outcome, Facts)
    (fact,) = outcome.link_facts
    assert (fact.signal, fact.failure.value if fact.failure else None) == AS_LINKS[file]


@pytest.mark.parametrize("file", sorted(GOV))
def test_a_recorded_page_of_a_site_names_it(file: str) -> None:
    url = f"{_SITE}/a/"
    target = Target("website", "青石", url=url, kind=CheckKind.IDENTITY, as_of=_LOOKED)
    page = answer((PAYLOADS / "gov" / file).read_bytes(), at=_LOOKED)
    outcome = drive(Website().check(target, "pages"), [_NO_ROBOTS, page])
    assert isinstance(outcome, Facts) and outcome.site is not None
    assert outcome.display_name == "邯郸市人民政府"
    assert outcome.identifiers == {"site_code": "1304000009"}
    assert set(outcome.site.marks) == set(SiteMark)


def _target(row: Row) -> Target:
    return Target(
        row.platform or row.checker.platform,
        "青石发布",
        identifiers=row.identifiers,
        address=row.address,
        credential=row.credential,
        kind=row.kind,
        as_of=row.fetched_at,
        read_back_to=row.read_back_to,
    )


def _answers(file: str, row: Row) -> list[Response]:
    body = (PAYLOADS / file).read_bytes()
    recorded = answer(body, row.status, url=row.url, headers=dict(row.headers), at=row.fetched_at)
    return [*row.before, recorded, *row.after]
