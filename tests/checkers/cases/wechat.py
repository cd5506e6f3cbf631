"""Made-up answers of WeChat for the contract: the account 青石公安 seen on 20 March 2026."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from checkers.base import Request, Response
from tests.checkers.contract import Answers, Example, SourceCases
from tests.checkers.wechat_answers import (
    AUTHORIZED,
    BIZ,
    PROFILE,
    WXID,
    about,
    article,
    backend_article,
    backend_list,
    batch,
    card,
    entry,
    error,
    mass_sent,
    menu,
    menu_target,
    named,
    notice,
    profile,
    published_item,
    sogou,
    sogou_row,
    statistics,
    target,
)


def _always(body: Mapping[str, Any] | str) -> Answers:
    raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return lambda request: Response("", 200, {}, raw)


def _days(**published: dict[str, Any]) -> Answers:
    """Statistics: an answer by day (`d19` is 19 March), silence on the others."""

    def answer(request: Request) -> Response:
        day = json.loads(request.body or b"{}")["begin_date"]
        body = published.get(f"d{day[8:]}", statistics())
        return Response("", 200, {}, json.dumps(body).encode())

    return answer


_NO_PINS = "the list has no pinned entries"
_OWN_ONLY = "the API answers for the account of the credential alone"
_NO_TIME = "statistics are by day in Shanghai"
_CODES = "a deregistered account answers 50002, which is also a frozen one: restricted"
_RESTRICTED = Example(_always(error(50002, "user limited rid: 6-6-6")))

API = SourceCases(
    target(),
    {
        "ok": Example(
            _days(d18=statistics(entry("2026-03-18"))), datetime(2026, 3, 17, 16, tzinfo=UTC)
        ),
        "future": Example(
            _days(d19=statistics(entry("2026-03-25")), d17=statistics(entry("2026-03-17"))),
            datetime(2026, 3, 16, 16, tzinfo=UTC),
        ),
        "time_zone": Example(
            _days(d19=statistics(entry("2026-03-19"))), datetime(2026, 3, 18, 16, tzinfo=UTC)
        ),
        "silent": Example(_days()),
        "cut_short": Example(
            _days(
                d19=statistics(delayed=True),
                d18=statistics(entry("2026-03-18")),
            )
        ),
        "empty": Example(_always({"list": []})),
        "undated": Example(_days(d18=statistics(entry("soon")))),
        "restricted": _RESTRICTED,
    },
    {
        "others": _OWN_ONLY,
        "pinned_old": _NO_PINS,
        "pinned_newest": _NO_PINS,
        "pinned_only": _NO_PINS,
        "gone": _CODES,
    },
)

FREEPUBLISH = SourceCases(
    target(),
    {
        "ok": Example(
            _always(batch(published_item(1770000000), published_item(1773900000))),
            datetime(2026, 3, 19, 6, tzinfo=UTC),
        ),
        "future": Example(
            _always(batch(published_item(1900000000), published_item(1773900000))),
            datetime(2026, 3, 19, 6, tzinfo=UTC),
        ),
        "time_zone": Example(
            _always(batch(published_item(1773765000))), datetime(2026, 3, 17, 16, 30, tzinfo=UTC)
        ),
        "restricted": _RESTRICTED,
    },
    {
        "others": _OWN_ONLY,
        "pinned_old": _NO_PINS,
        "pinned_newest": _NO_PINS,
        "gone": _CODES,
    },
)

_ONE_ARTICLE = "a page shows one article and no list"

ARTICLE = SourceCases(
    target(address="https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv"),
    {
        "ok": Example(_always(article()), datetime(2026, 3, 19, 6, tzinfo=UTC)),
        "future": Example(_always(article("1900000000"))),
        "time_zone": Example(
            _always(article("1773765000")), datetime(2026, 3, 17, 16, 30, tzinfo=UTC)
        ),
        "gone": Example(_always(notice("此帐号已自主注销，内容无法查看"))),
        "restricted": Example(_always(notice("此帐号已被屏蔽, 内容无法查看"))),
        "renamed": Example(_always(article(name="青石融媒")), name="青石融媒"),
    },
    {
        "others": "an article of another account is refused as WRONG_ACCOUNT",
        "pinned_old": _ONE_ARTICLE,
        "pinned_newest": _ONE_ARTICLE,
    },
    json=False,
)

MENU = SourceCases(
    menu_target(),
    {
        "links": Example(
            _always(
                menu(
                    {"name": "办事", "type": "view", "url": "https://www.qingshi.gov.cn/"},
                    {"name": "预约", "type": "miniprogram", "appid": "wx1", "pagepath": "p"},
                )
            ),
            links=2,
        ),
        "restricted": _RESTRICTED,
    },
    {"gone": _CODES},
)

AUTHORIZER = SourceCases(
    target(credential=AUTHORIZED),
    {
        "gone": Example(_always(card(account_status=14))),
        "restricted": Example(_always(card(account_status=16))),
        "renamed": Example(_always(card(nick_name="青石融媒")), name="青石融媒"),
    },
)


def _pages(*pages: Mapping[str, Any]) -> Answers:
    """Pages of the backend's list; the last one is followed by empty ones."""

    def answer(request: Request) -> Response:
        at = int(request.url.partition("begin=")[2].partition("&")[0]) // 5
        body = pages[at] if at < len(pages) else backend_list()
        return Response("", 200, {}, json.dumps(body).encode())

    return answer


_NEW, _OLD = 1773900000, 1772000000
_NEW_AT = datetime(2026, 3, 19, 6, tzinfo=UTC)
_OLD_AT = datetime(2026, 2, 25, 6, 13, 20, tzinfo=UTC)

BACKEND = SourceCases(
    target(credential="wechat_backend"),
    {
        "ok": Example(_pages(backend_list(backend_article(_OLD), backend_article(_NEW))), _NEW_AT),
        "future": Example(
            _pages(backend_list(backend_article(1900000000), backend_article(_NEW))), _NEW_AT
        ),
        "time_zone": Example(
            _pages(backend_list(backend_article(1773765000))),
            datetime(2026, 3, 17, 16, 30, tzinfo=UTC),
        ),
        "silent": Example(_pages(backend_list(backend_article(_OLD))), _OLD_AT),
        "cut_short": Example(_pages(backend_list(backend_article(_NEW)))),
        "empty": Example(_pages()),
        "undated": Example(
            _pages(backend_list(backend_article(None), backend_article(_OLD))), _OLD_AT
        ),
    },
    {
        "others": "an article of another account is refused as WRONG_ACCOUNT",
        "pinned_old": _NO_PINS,
        "pinned_newest": _NO_PINS,
        "pinned_only": _NO_PINS,
    },
)


def _found(search: str, listed: str = "") -> Answers:
    return lambda request: Response(
        "", 200, {}, (listed if "/profile" in request.url else search).encode()
    )


_LISTED = sogou(sogou_row(unix=str(_OLD), href=PROFILE))

SOGOU = SourceCases(
    target(identifiers={"wxid": WXID, "biz": BIZ}, credential=""),
    {
        "ok": Example(_found(_LISTED, profile(mass_sent(_OLD), mass_sent(_NEW))), _NEW_AT),
        "others": Example(
            _found(sogou(sogou_row("another01"), sogou_row(unix=str(_OLD)))), _OLD_AT
        ),
        "future": Example(_found(_LISTED, profile(mass_sent(1900000000))), _OLD_AT),
        "time_zone": Example(
            _found(sogou(sogou_row(unix="1773765000"))), datetime(2026, 3, 17, 16, 30, tzinfo=UTC)
        ),
    },
    {"pinned_old": _NO_PINS, "pinned_newest": _NO_PINS},
    json=False,
)

ABOUT = SourceCases(
    target(address="https://mp.weixin.qq.com/mp/aboutbiz?__biz=MzAwMDAwMDAwMQ=="),
    {
        "renamed": Example(
            _always(about(named("2026年02月02日", "“青石公安”改名“青石融媒”"))), name="青石融媒"
        ),
    },
    json=False,
)

CASES = {
    "api": API,
    "freepublish": FREEPUBLISH,
    "article": ARTICLE,
    "authorizer": AUTHORIZER,
    "menu": MENU,
    "backend": BACKEND,
    "sogou": SOGOU,
    "about": ABOUT,
}
