"""WeChat official accounts: the official API, one article, and what an office may switch on itself.

The API is asked with the account's own credentials, or with those of a third-party platform that
the account has authorised. Nothing here logs in, solves a captcha or borrows somebody's session.
The statistics end yesterday and the list of published items leaves out mass-sent ones; each source
claims no more than it can see.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import urlsplit

from checkers._web.lines import OF_ARTICLE
from checkers._wechat import about as _wechat_about
from checkers._wechat import backend as _wechat_backend
from checkers._wechat import sogou as _wechat_sogou
from checkers._wechat.api import (
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
from checkers._wechat.article import ArticlePage, at_captcha, biz_of, read_article, words_of
from checkers._wechat.authorizer import authorized_appid, authorizer_request, read_authorizer
from checkers._wechat.credentials import API_PACE, AUTHORIZED, BACKEND, COMPONENT, OWN
from checkers._wechat.menu import (
    kind_of,
    menu_requests,
    read_menu,
    read_variants,
    resolved,
    resolving_requests,
)
from checkers.addresses import addresses
from checkers.base import (
    Checker,
    Coverage,
    Facts,
    Inconclusive,
    Pace,
    Passage,
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
_API = "api.weixin.qq.com"
_DAYS = 16
_WHO_AND_WHEN = frozenset({CheckKind.FRESHNESS, CheckKind.IDENTITY})


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
        _API: API_PACE,
        _PAGES: Pace(min_gap=10, per_run=50),
    }
    credentials = (OWN, AUTHORIZED, COMPONENT, BACKEND)
    sources = (
        Source(
            "api",
            frozenset({Proof.FRESH, Proof.STALE, Proof.EXISTENCE}),
            needs=(OWN.kind,),
            instead=(AUTHORIZED.kind,),
            host=_API,
            requests=8,
            label={"zh": "官方接口：发表数据", "en": "official API: publication statistics"},
        ),
        Source(
            "freepublish",
            frozenset({Proof.FRESH, Proof.EXISTENCE}),
            needs=(OWN.kind,),
            instead=(AUTHORIZED.kind,),
            host=_API,
            requests=2,
            label={"zh": "官方接口：发布列表", "en": "official API: published items"},
        ),
        Source(
            "article",
            frozenset({Proof.FRESH, Proof.EXISTENCE, Proof.NAME}),
            kinds=_WHO_AND_WHEN | {CheckKind.HANDLE},
            address=True,
            label={"zh": "已知文章页面", "en": "page of a known article"},
        ),
        Source(
            "authorizer",
            frozenset({Proof.EXISTENCE, Proof.NAME}),
            kinds=_WHO_AND_WHEN,
            needs=(AUTHORIZED.kind,),
            host=_API,
            requests=2,
            label={"zh": "官方接口：授权账号信息", "en": "official API: an authorised account"},
        ),
        Source(
            "menu",
            frozenset({Proof.LINKS, Proof.EXISTENCE}),
            kinds=frozenset({CheckKind.MENU}),
            needs=(OWN.kind,),
            instead=(AUTHORIZED.kind,),
            host=_API,
            requests=3,
            label={"zh": "官方接口：自定义菜单", "en": "official API: menu"},
        ),
        Source(
            "backend",
            frozenset({Proof.FRESH, Proof.STALE}),
            needs=(BACKEND.kind,),
            by_default=False,
            label={"zh": "公众平台后台列表（本单位登录会话）", "en": "backend list, own session"},
        ),
        Source(
            "sogou",
            frozenset({Proof.FRESH}),
            by_default=False,
            pace=Pace(min_gap=20, per_run=30),
            label={"zh": "搜狗微信搜索", "en": "Sogou's search"},
        ),
        Source(
            "about",
            frozenset({Proof.NAME}),
            kinds=frozenset({CheckKind.IDENTITY}),
            address=True,
            by_default=False,
            label={"zh": "“关于公众号”页面", "en": "the page about the account"},
        ),
    )

    def identify(self, text: str) -> Identity | None:
        """The identity in an id, or in a text that holds a gh_ id or an address that names one.

        A short article address names no account and identifies nothing; a 微信号 looks like any
        word, so only a column that says so makes it one.
        """
        text = text.strip()
        for scheme in ("gh_id", "appid"):
            if re.fullmatch(self.schemes[scheme], text):
                return Identity(self.platform, scheme, text)
        if biz := _bare_biz(text):
            return Identity(self.platform, "biz", biz)
        return _identity_in(text) or _gh_id_in(text)

    def check(self, target: Target, source: str) -> Steps:
        """Look at `target` through `source`, one of the names in `sources`."""
        if source not in _WAYS:
            raise Unsupported(Reason.NO_SOURCE, source)
        try:
            return (yield from _WAYS[source](target))
        except AccountRestricted as restricted:
            return restricted.facts()


def _bare_biz(text: str) -> str:
    """A biz that stands alone, with or without its padding: ten digits in base 64."""
    biz = text.rstrip("=") + "=="
    if not re.fullmatch(Wechat.schemes["biz"], biz):
        return ""
    return biz if base64.b64decode(biz).isdigit() else ""


def _identity_in(text: str) -> Identity | None:
    for address in addresses(text):
        if address.host == _PAGES and (biz := biz_of(address.url)):
            return Identity("wechat", "biz", biz, address.url)
        name = address.parameter("username") if address.host == "open.weixin.qq.com" else ""
        if re.fullmatch(Wechat.schemes["gh_id"], name):
            return Identity("wechat", "gh_id", name, address.url)
    return None


def _gh_id_in(text: str) -> Identity | None:
    """The gh_ id (原始ID) in a text, if it names one account and no other, and no mini-program:
    those have such ids too."""
    if "小程序" in text:
        return None
    found = set(re.findall(rf"(?<![\w-]){Wechat.schemes['gh_id']}(?![\w-])", text[:2000], re.A))
    return Identity("wechat", "gh_id", found.pop()) if len(found) == 1 else None


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
    card = yield from _card(target)
    if card.signal:
        return card
    for week in weeks:
        answers: list[Response] = yield [day_request(day, auth) for day in week]
        days += [read_day(answer, day) for answer, day in zip(answers, week, strict=True)]
        if any(post.published_at <= point for day in days for post in day.posts):
            break
    found = summary(days)
    return replace(
        found,
        display_name=card.display_name,
        verified_subject=card.verified_subject,
        identifiers=card.identifiers,
    )


def _card(target: Target) -> Steps:
    """What is told of an account that authorised us; nothing of others, and nothing if refused."""
    if not target.credential.startswith(f"{AUTHORIZED.kind}:"):
        return Facts()
    try:
        return (yield from _authorizer(target))
    except (Inconclusive, AccountRestricted):
        # The statistics speak for themselves.
        return Facts()


def _authorizer(target: Target) -> Steps:
    """What WeChat tells the office's third-party platform of an account that authorised it."""
    appid = authorized_appid(target)
    response: Response = yield authorizer_request(appid)
    return read_authorizer(response, appid, Wechat.schemes)


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
    shown, variants = yield menu_requests(auth)
    data, note = payload(shown), ""
    try:
        others = read_variants(variants)
    except (Inconclusive, AccountRestricted) as error:
        others, note = (), f"variants of the menu are not read: {error}"
    menu = read_menu(data, others)
    asked = resolving_requests(menu, auth)
    answers: list[Response] = (yield asked) if asked else []
    return Facts(
        Existence.EXISTS,
        counters={"menu_open": int(menu.open)},
        links=resolved(menu, answers),
        note=note if menu.open else "the menu is switched off",
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
        text = Passage(words_of(page), OF_ARTICLE.format(url=url))
        return _published_article(page, url, text)
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


def _published_article(page: ArticlePage, url: str, text: Passage) -> Facts:
    assert page.when
    post = Post(page.when.at, page.when.precision, page.title, url)
    return Facts(
        Existence.EXISTS,
        (post,),
        Coverage(CoverageKind.PARTIAL),
        page.name,
        identifiers=page.identifiers,
        note="one known article; newer ones are not seen",
        passages=(text,),
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


_WAYS: Mapping[str, Callable[[Target], Steps]] = {
    "api": _statistics,
    "freepublish": _published,
    "article": _article,
    "authorizer": _authorizer,
    "menu": _menu,
    "backend": _wechat_backend.look,
    "sogou": _wechat_sogou.look,
    "about": _wechat_about.look,
}
