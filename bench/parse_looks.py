"""Looks for `bench/parse.py`: made-up answers in the shapes of real sweeps, and who reads them.

A look is a checker's own steps, fed with the answers to its requests. What it must find is known,
so that a reading that loses something is a failure and no figure.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from bench.parse_sites import SITE, Site, filled, sites, text_of
from checkers.base import Facts, Link, Request, Response, Steps, Target
from checkers.bilibili import Bilibili
from checkers.feed import Feed
from checkers.links import Links
from checkers.website import Website
from checkers.wechat import Wechat
from checkers.weibo import Weibo
from registry.dates import SHANGHAI
from registry.vocab import CheckKind

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
BACK_TO = NOW - timedelta(days=14)
FEED, HTML, JSON = "application/rss+xml", "text/html; charset=utf-8", "application/json"
_UID, _MID, _APPID = "1234567890", "12345678", "wx00112233445566aa"


@dataclass(frozen=True)
class Look:
    """One look of one checker."""

    content_type: str
    answers: Mapping[str, bytes]
    """Path and query of a request → the body of its answer; anything else is missing."""
    begin: Callable[[], Steps]
    count: Callable[[Facts], int]
    expected: int
    """What `count` must give."""
    comes: str = "kept"
    """How a sweep gets the answers: over a `kept` connection or its first over a `new` one; packed
    with `_gzip` behind it."""
    _answered: dict[str, Response] = field(default_factory=dict)

    def fetched(self) -> list[Response]:
        """All answers that the look is sent, in order, those that say that nothing is there too."""
        sent = list[Response]()

        def noted(request: Request) -> Any:
            sent.append(self._answer(request))
            return self._reply(request)

        self._drive(noted)
        return sent

    def read(self) -> Facts:
        """The facts, read anew."""
        return self._drive(self._reply)

    def _drive(self, reply: Callable[[Request], Any]) -> Facts:
        steps, sent = self.begin(), None
        try:
            while True:
                asked = steps.send(sent)
                sent = [*map(reply, asked)] if isinstance(asked, list) else reply(asked)
        except StopIteration as stop:
            facts: Facts = stop.value
        return facts

    def _reply(self, request: Request) -> Any:
        answer = self._answer(request)
        return request.read(answer) if request.read else answer

    def _answer(self, request: Request) -> Response:
        known = self._answered.get(request.url)
        if known is not None:
            return known
        body = self.answers.get(path_of(request.url))
        answer = Response(request.url, 404, {"content-type": "text/html"}, b"404", NOW)
        if body is not None:
            headers = {"content-type": self.content_type}
            answer = Response(request.url, 200, headers, body, NOW)
        self._answered[request.url] = answer
        return answer


def path_of(url: str) -> str:
    """Path and query of an address."""
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def looks(draw: random.Random) -> dict[str, Look]:
    """Every kind of answer that sweeps read in numbers, by name."""
    found = {f"feed_{items}": _feed(feed(draw, items), items, "new_gzip") for items in (20, 200)}
    found["rsshub_40"] = _feed(rsshub(draw, 40), 40, "kept_gzip")
    found["weibo_list"] = _weibo(draw)
    found["bilibili_dynamics"] = _bilibili(draw)
    found["wechat_published"] = _published(draw)
    found["wechat_statistics"] = _statistics(draw)
    for size in (20, 100, 500):
        body = article(draw, size * 1000)
        found[f"article_{size}k"] = _link(body, "https://mp.weixin.qq.com/s/abcdefgh")
        found[f"link_target_{size}k"] = _link(body, "https://www.qingshi.gov.cn/a/1.html")
    found["article_text_100k"] = _article(draw)
    return found | {name: _site(site) for name, site in sites(draw).items()}


def _target(platform: str, **more: Any) -> Target:
    given: dict[str, Any] = {"as_of": NOW, "read_back_to": BACK_TO, "time_point": NOW}
    return Target(platform, "青石县", **(given | more))


def _posts(facts: Facts) -> int:
    return len(facts.posts)


# --- feeds ---------------------------------------------------------------------------------------


def feed(draw: random.Random, items: int) -> bytes:
    """RSS 2.0 with descriptions of some hundred characters."""
    rows = "".join(
        f"<item><title>{text_of(draw, 20)}</title><link>https://feed.example/{number}</link>"
        f"<description><![CDATA[<p>{text_of(draw, 200)}</p>]]></description>"
        f"<pubDate>{format_datetime(NOW - timedelta(hours=7 * number))}</pubDate></item>"
        for number in range(items)
    )
    return f'<rss version="2.0"><channel><title>青石县</title>{rows}</channel></rss>'.encode()


def rsshub(draw: random.Random, items: int) -> bytes:
    """As RSSHub writes it: mark-up in descriptions escaped, a guid and an author to each item."""
    rows = "".join(
        f"\n    <item>\n      <title>{text_of(draw, 30)}</title>\n      <description>"
        + f"&lt;p&gt;{text_of(draw, 60)}&lt;br&gt;&amp;nbsp;&lt;/p&gt;" * 8
        + f"</description>\n      <link>https://weibo.com/{_UID}/{number}?a=1&amp;b=2</link>\n"
        f'      <guid isPermaLink="false">https://weibo.com/{_UID}/{number}</guid>\n'
        f"      <pubDate>{format_datetime(NOW - timedelta(hours=7 * number), usegmt=True)}</pubDate>"
        "\n      <author>青石县</author>\n    </item>"
        for number in range(items)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss xmlns:atom="http://www.w3.org/2005/Atom" version="2.0">\n  <channel>\n'
        "    <title>青石县的微博</title>\n    <link>https://weibo.com/</link>\n"
        '    <atom:link href="https://hub.example/" rel="self" type="application/rss+xml"></atom:link>'
        f"\n    <description>青石县 - Powered by RSSHub</description>\n    <generator>RSSHub</generator>"
        f"\n    <language>zh-cn</language>\n    <lastBuildDate>{format_datetime(NOW, usegmt=True)}"
        f"</lastBuildDate>\n    <ttl>5</ttl>{rows}\n  </channel>\n</rss>"
    ).encode()


def _feed(body: bytes, items: int, comes: str) -> Look:
    """A feed at an address of its own is alone at its host; an office's RSSHub serves hundreds, and
    packs what it sends."""
    target = _target("weibo", address="https://feed.example/rss")
    return Look(FEED, {"/rss": body}, lambda: Feed().check(target, "feed"), _posts, items, comes)


# --- JSON of platforms ---------------------------------------------------------------------------


def _json(value: Any, *, escaped: bool = False) -> bytes:
    return json.dumps(value, ensure_ascii=escaped).encode()


def _weibo(draw: random.Random) -> Look:
    """Two calls of m.weibo.cn: the account, then ten posts with pictures, some 100 KB."""
    index = f"/api/container/getIndex?type=uid&value={_UID}"
    user = {
        "id": int(_UID),
        "screen_name": "青石县",
        "statuses_count": 800,
        "description": text_of(draw, 60),
        "profile_url": f"https://m.weibo.cn/u/{_UID}?uid={_UID}",
        "verified": True,
        "verified_type": 1,
        "badge": {f"badge_{number}": number % 2 for number in range(60)},
    }

    def picture(number: int) -> dict[str, Any]:
        address = f"https://wx{number}.example/large/{draw.getrandbits(96):x}.jpg"
        return {"pid": f"{draw.getrandbits(96):x}", "url": address, "size": "orj360"} | {
            size: {"size": size, "url": address, "geo": {"width": 1080, "height": 810}}
            for size in ("large", "orj360", "thumb150")
        }

    def card(number: int) -> dict[str, Any]:
        at = NOW - timedelta(days=2 * number, hours=3)
        mid = str((int(at.timestamp()) - 515483463) << 22 | 7)
        printed = at.astimezone(SHANGHAI).strftime("%a %b %d %H:%M:%S %z %Y")
        blog = {"mid": mid, "id": mid, "created_at": printed, "user": user} | {
            "text": f'{text_of(draw, 90)}<a href="/n/1">@青石</a><span class="url-icon">😀</span>',
            "pics": [picture(place) for place in range(9)],
            "extra": {f"field_{place}": place for place in range(60)},
        }
        return {"card_type": 9, "itemid": f"107603{_UID}_-_{mid}", "mblog": blog}

    cards = {"cards": [card(number) for number in range(10)]}
    shown = {"cardlistInfo": {"containerid": f"107603{_UID}", "total": 800}} | cards
    answers = {
        index: _json({"ok": 1, "data": {"userInfo": user}}),
        f"{index}&containerid=107603{_UID}": _json({"ok": 1, "data": shown}, escaped=True),
    }
    target = _target("weibo", identifiers={"uid": _UID})
    return Look(JSON, answers, lambda: Weibo().check(target, "page"), _posts, 10)


def _bilibili(draw: random.Random) -> Look:
    """An account's card, then twelve dynamics of some 8 KB each."""

    def item(number: int) -> dict[str, Any]:
        at = int((NOW - timedelta(days=2 * number, hours=3)).timestamp())
        author = {"mid": int(_MID), "name": "青石县", "pub_ts": at, "face": text_of(draw, 40)}
        author["decorate"] = {f"part_{n}": {"id": n, "name": text_of(draw, 8)} for n in range(40)}
        words: dict[str, Any] = {"text": text_of(draw, 200)}
        words["rich_text_nodes"] = [
            {
                "orig_text": text_of(draw, 20),
                "text": text_of(draw, 20),
                "type": "RICH_TEXT_NODE_TYPE_TEXT",
            }
            for _ in range(20)
        ]
        modules = {"module_author": author, "module_dynamic": {"desc": words, "major": None}}
        name = str((at - 1498838400) << 32 | 7)
        return {"id_str": name, "type": "DYNAMIC_TYPE_WORD", "visible": True, "modules": modules}

    card = {"card": {"mid": _MID, "name": "青石县", "spacesta": 0}, "archive_count": 40}
    shown = {"items": [item(number) for number in range(12)], "offset": "", "has_more": True}
    answers = {
        f"/x/web-interface/card?mid={_MID}": _json({"code": 0, "data": card}),
        f"/x/polymer/web-dynamic/v1/feed/space?host_mid={_MID}": _json({"code": 0, "data": shown}),
    }
    target = _target("bilibili", identifiers={"mid": _MID}, credential="bilibili_session")
    return Look(JSON, answers, lambda: Bilibili().check(target, "dynamics"), _posts, 12)


def _wechat(**more: Any) -> Target:
    known = {"gh_id": "gh_0123456789ab", "appid": _APPID}
    return _target("wechat", identifiers=known, credential=f"wechat:{_APPID}", **more)


def _published(draw: random.Random) -> Look:
    """One page of published items without their texts."""

    def item(number: int) -> dict[str, Any]:
        at = int((NOW - timedelta(days=number, hours=3)).timestamp())
        news = [
            {
                "title": text_of(draw, 24),
                "author": "青石县",
                "digest": text_of(draw, 50),
                "content": "",
            }
            | {"thumb_media_id": f"{draw.getrandbits(250):x}", "is_deleted": False}
            | {"url": f"http://mp.weixin.qq.com/s?__biz=MzAwMDAwMDAwMQ==&mid={number}&idx=1"}
            | {"thumb_url": f"http://mmbiz.example/{draw.getrandbits(250):x}/0?wx_fmt=jpeg"}
        ]
        content = {"news_item": news, "create_time": at, "update_time": at}
        return {"article_id": f"{number}", "content": content, "update_time": at}

    listed = {"total_count": 300, "item_count": 20, "item": [item(n) for n in range(20)]}
    answers = {"/cgi-bin/freepublish/batchget": _json(listed)}
    return Look(JSON, answers, lambda: Wechat().check(_wechat(), "freepublish"), _posts, 20)


def _statistics(draw: random.Random) -> Look:
    """A week of publication statistics, asked day by day at one address; the same body answers each
    day, an article of the newest with a month of readers."""
    day = (NOW.astimezone(SHANGHAI) - timedelta(days=1)).date()
    readers = {f"read_user_{place}": place for place in range(30)}
    details = [{"stat_date": f"{day - timedelta(days=n)}", **readers} for n in range(30)]
    row = {"ref_date": f"{day}", "msgid": "1_1", "publish_type": 0, "title": text_of(draw, 20)}
    row |= {"content_url": "http://mp.weixin.qq.com/s?mid=1", "detail_list": details}
    answers = {"/datacube/getarticletotaldetail": _json({"list": [row], "is_delay": False})}
    return Look(JSON, answers, lambda: Wechat().check(_wechat(), "api"), _posts, 1)


# --- websites ------------------------------------------------------------------------------------


def _site(site: Site) -> Look:
    """A look at a site: nothing else has just been asked of its host."""
    target = _target("website", url=SITE, kind=site.kind)

    def marks(facts: Facts) -> int:
        return len(facts.site.marks) if facts.site else 0

    count = marks if site.kind is CheckKind.IDENTITY else _posts
    begin = partial(Website().check, target, "pages")
    return Look(HTML, site.pages, begin, count, site.expected, "new_gzip")


# --- articles -----------------------------------------------------------------------------------


def article(draw: random.Random, size: int) -> bytes:
    """An article page: an empty title and script variables first, as recorded, then paragraphs up to
    about `size` bytes."""
    head = (
        '<html><head><title></title><meta property="og:title" content="青石县通知"/><script>var ct = "1795000000";'
        'var user_name = "gh_0123456789ab"; var nickname = htmlDecode("青石县发布");</script></head>'
    )
    part = '<section style="margin:0"><p><span style="color:#333">{}</span></p></section>'
    return (head + "<body>" + filled(draw, size, part) + "</body></html>").encode()


def _link(body: bytes, url: str) -> Look:
    """A link of a menu or a page, asked for by the link check."""
    target = _target("wechat", links=(Link("公告", url=url),), kind=CheckKind.MENU)

    def sound(facts: Facts) -> int:
        return sum(not fact.signal and not fact.failure for fact in facts.link_facts)

    answers = {path_of(url): body}
    return Look(HTML, answers, lambda: Links().check(target, "http"), sound, 1, "kept_gzip")


def _article(draw: random.Random) -> Look:
    """A known article: who published it and when, and its text for hints."""
    target = _wechat(address="https://mp.weixin.qq.com/s/abcdefgh")
    answers = {"/s/abcdefgh": article(draw, 100_000)}
    return Look(HTML, answers, lambda: Wechat().check(target, "article"), _posts, 1, "kept_gzip")
