"""WeChat official accounts: the official API with the account's own credentials, and one article.

Nothing here logs in, solves a captcha or borrows a session. The statistics end yesterday and the
list of published items leaves out mass-sent ones; each source claims no more than it can see.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from urllib.parse import urlsplit

from checkers._wechat_api import (
    HOST,
    AccountRestricted,
    Day,
    day_request,
    days_back,
    payload,
    published,
    published_request,
    read_day,
    summary,
)
from checkers._wechat_article import ArticlePage, at_captcha, biz_of, read_article
from checkers._wechat_menu import (
    kind_of,
    menu_request,
    read_menu,
    resolved,
    resolving_requests,
)
from checkers.addresses import addresses
from checkers.base import (
    Checker,
    Coverage,
    Credential,
    Exchange,
    Facts,
    Inconclusive,
    Pace,
    Post,
    Request,
    Response,
    Source,
    Steps,
    Target,
    Unsupported,
)
from checkers.signals import Signal, SignalClass
from registry.dates import shanghai_date
from registry.vocab import (
    CheckKind,
    CoverageKind,
    Existence,
    Identity,
    LinkKind,
    Proof,
    Reason,
)

_SUBSCRIPTION, _SERVICE, _ENTERPRISE = "订阅号", "服务号", "企业号"
_PAGES = "mp.weixin.qq.com"
_DAYS = 16


class Wechat(Checker):
    """微信公众号: subscription and service accounts."""

    platform = "wechat"
    label = {"zh": "微信公众号", "en": "WeChat official account"}
    synonyms = (
        "公众号",
        "微信",
        "政务微信",
        "政务微信公众号",
        "政务公众号",
        "微信公众平台",
        "微信公众账号",
        "微信公号",
        "官方微信",
        "微信号",
        "微信订阅号",
        "订阅号",
        "微信服务号",
        "服务号",
        "微信企业号",
        "企业号",
    )
    forms = {
        "订阅号": _SUBSCRIPTION,
        "微信订阅号": _SUBSCRIPTION,
        "服务号": _SERVICE,
        "微信服务号": _SERVICE,
        "企业号": _ENTERPRISE,
        "微信企业号": _ENTERPRISE,
    }
    schemes = {
        "gh_id": r"gh_[0-9a-f]{12}",
        "biz": r"M[A-Za-z0-9+/]{13}==",
        "wxid": r"[A-Za-z][A-Za-z0-9_-]{5,19}",
        "appid": r"wx[0-9a-f]{16}",
    }
    hosts = {
        "api.weixin.qq.com": Pace(min_gap=1, per_run=1000),
        _PAGES: Pace(min_gap=10, per_run=50),
    }
    credentials = (
        Credential(
            "wechat",
            "query:access_token",
            exchange=Exchange(
                f"{HOST}/cgi-bin/stable_token",
                extra=(("grant_type", "client_credential"),),
                expired=frozenset({40001, 40014, 42001}),
            ),
            per_account=True,
        ),
    )
    sources = (
        Source(
            "api",
            frozenset({Proof.FRESH, Proof.STALE, Proof.EXISTENCE}),
            needs=("wechat",),
            label={"zh": "官方接口：发表数据", "en": "official API: publication statistics"},
        ),
        Source(
            "freepublish",
            frozenset({Proof.FRESH, Proof.EXISTENCE}),
            needs=("wechat",),
            label={"zh": "官方接口：发布列表", "en": "official API: published items"},
        ),
        Source(
            "article",
            frozenset({Proof.FRESH, Proof.EXISTENCE, Proof.NAME}),
            kinds=frozenset({CheckKind.FRESHNESS, CheckKind.IDENTITY}),
            address=True,
            label={"zh": "已知文章页面", "en": "page of a known article"},
        ),
        Source(
            "menu",
            frozenset({Proof.LINKS, Proof.EXISTENCE}),
            kinds=frozenset({CheckKind.MENU}),
            needs=("wechat",),
            label={"zh": "官方接口：自定义菜单", "en": "official API: menu"},
        ),
    )

    def identify(self, text: str) -> Identity | None:
        """The identity in an id, or in a text that holds an address with `__biz` or `username=`.

        A short article address names no account and identifies nothing.
        """
        text = text.strip()
        for scheme in ("gh_id", "appid", "biz"):
            if re.fullmatch(self.schemes[scheme], text):
                return Identity(self.platform, scheme, text)
        return _identity_in(text)

    def check(self, target: Target, source: str) -> Steps:
        """Look at `target` through `source` (`api`, `freepublish`, `article` or `menu`)."""
        ways = {"api": _statistics, "freepublish": _published, "article": _article, "menu": _menu}
        if source not in ways:
            raise Unsupported(Reason.NO_SOURCE, source)
        try:
            return (yield from ways[source](target))
        except AccountRestricted as restricted:
            return restricted.facts()


def _identity_in(text: str) -> Identity | None:
    for address in addresses(text):
        if address.host == _PAGES and (biz := biz_of(address.url)):
            return Identity("wechat", "biz", biz, address.url)
        name = address.parameter("username") if address.host == "open.weixin.qq.com" else ""
        if re.fullmatch(Wechat.schemes["gh_id"], name):
            return Identity("wechat", "gh_id", name, address.url)
    return None


def _auth(target: Target) -> str:
    """The name of the account's credential; Unsupported without one."""
    appid = target.identifiers.get("appid", "")
    if not (target.credential or appid):
        raise Unsupported(Reason.NO_CREDENTIAL, "wechat")
    return target.credential or f"wechat:{appid}"


def _statistics(target: Target) -> Steps:
    """Publications by day, newest first, a week at a time, until one is found or all are read.

    A publication after the time point does not end the search: it does not tell of that point.
    """
    auth, today = _auth(target), shanghai_date(target.as_of)
    weeks = days_back(today, _back_to(target))
    if not weeks:
        raise Unsupported(Reason.NO_SOURCE, "no statistics of these days")
    point = target.time_point if target.time_point.tzinfo else target.as_of
    days = list[Day]()
    for week in weeks:
        answers: list[Response] = yield [day_request(day, auth) for day in week]
        days += [read_day(answer, day) for answer, day in zip(answers, week, strict=True)]
        if any(post.published_at <= point for day in days for post in day.posts):
            break
    return summary(days)


def _back_to(target: Target) -> date:
    """The day to read back to; a little over two weeks where the plan names none."""
    if target.read_back_to.tzinfo is None:
        return shanghai_date(target.as_of) - timedelta(days=_DAYS)
    return shanghai_date(target.read_back_to)


def _published(target: Target) -> Steps:
    response: Response = yield published_request(_auth(target))
    return published(payload(response), response.moment)


def _menu(target: Target) -> Steps:
    """The menu's links, with the ids of articles resolved where the API names them."""
    auth = _auth(target)
    response: Response = yield menu_request(auth)
    menu = read_menu(payload(response))
    asked = resolving_requests(menu, auth)
    answers: list[Response] = (yield asked) if asked else []
    return Facts(
        Existence.EXISTS,
        counters={"menu_open": int(menu.open)},
        links=resolved(menu, answers),
        note="" if menu.open else "the menu is switched off",
    )


def _article(target: Target) -> Steps:
    """What the page of one known article shows of the account behind it."""
    url = target.address or target.url
    if kind_of(url) is not LinkKind.ARTICLE:
        raise Unsupported(Reason.NO_ADDRESS, "no article address")
    response: Response = yield Request(url, headers=(("Accept-Language", "zh-CN,zh;q=0.9"),))
    if at_captcha(response.url):
        raise Inconclusive(Reason.CAPTCHA, urlsplit(response.url).path)
    if response.usable().status in {404, 410}:
        raise Inconclusive(Reason.NOT_FOUND, f"HTTP {response.status}")
    page = read_article(response)
    _same_account(target, page)
    if page.when:
        return _published_article(page, url)
    if page.signal:
        return _notice(page, page.signal)
    raise Inconclusive(Reason.CHANGED_LAYOUT, "neither an article nor a known notice")


def _same_account(target: Target, page: ArticlePage) -> None:
    """Raises WRONG_ACCOUNT when the page belongs to another account than the registered one."""
    for scheme in ("gh_id", "biz"):
        known, seen = target.identifiers.get(scheme), page.identifiers.get(scheme)
        if known and seen:
            if known != seen:
                raise Inconclusive(Reason.WRONG_ACCOUNT, f"{seen} instead of {known}")
            return


def _published_article(page: ArticlePage, url: str) -> Facts:
    assert page.when
    post = Post(page.when.at, page.when.precision, page.title, url)
    return Facts(
        Existence.EXISTS,
        (post,),
        Coverage(CoverageKind.PARTIAL),
        page.name,
        identifiers=page.identifiers,
        note="one known article; newer ones are not seen",
    )


_WALLS = {"rate_limited": Reason.RATE_LIMITED, "client_only": Reason.LOGIN_WALL}
_STATES = {
    SignalClass.ACCOUNT_GONE: Existence.GONE_SIGNAL,
    SignalClass.ACCOUNT_RESTRICTED: Existence.RESTRICTED,
    SignalClass.ACCOUNT_MIGRATED: Existence.RESTRICTED,
}


def _notice(page: ArticlePage, signal: Signal) -> Facts:
    """What a notice says of the account: its end, a restriction, perhaps only its name."""
    if signal.kind is SignalClass.WALL:
        raise Inconclusive(_WALLS.get(signal.name, Reason.CAPTCHA), signal.text)
    if signal.kind in _STATES:
        return Facts(
            _STATES[signal.kind],
            display_name=page.name,
            identifiers=page.identifiers,
            signal=signal.text,
            note=f"migrated to {page.moved_to}" if page.moved_to else "",
        )
    if page.name is None:
        raise Inconclusive(Reason.NOT_FOUND, f"article {signal.name}")
    return Facts(
        display_name=page.name, identifiers=page.identifiers, note=f"article {signal.name}"
    )
