"""Addresses of menus and pages asked for, one fact each. It judges nothing: `verdicts` does.

A wall, a time-out and a page that says "deleted" with HTTP 200 are all facts here. Pages of
mini-programs are tried through credentials; events, materials and other things that nobody can
reach are not asked for.
"""

from __future__ import annotations

import re
from functools import partial
from urllib.parse import SplitResult, urlsplit

from checkers._web.charset import decode
from checkers._web.html import read_html
from checkers._web.pages import title, visible
from checkers._web.qr import qr_facts
from checkers._wechat.article import at_captcha, read_signal
from checkers._wechat.menu import kind_of
from checkers._wechat.wxa import HOLDERS, try_pages
from checkers.base import (
    Checker,
    Facts,
    LinkFact,
    Request,
    Response,
    Source,
    Steps,
    Target,
    Unsupported,
    is_wall_address,
)
from checkers.signals import Signal, SignalClass, match
from registry.vocab import SENT_HOME, CheckKind, LinkKind, Proof, Reason

_FETCHED = frozenset({LinkKind.URL, LinkKind.ARTICLE})
_HEADERS = (("Accept-Language", "zh-CN,zh;q=0.9"),)
_MAX_BYTES = 2_000_000
_SHORT = 600
"""A page that says "not found" instead of its content has fewer visible characters than this."""

_HOME = re.compile(r"/?(?:(?:index|default|main)(?:\.\w{2,5})?)?/?", re.I)
_BARE_404 = re.compile(r"\W*404\W*(?:页面?|error)?\W*", re.I)
_WALLS = {"rate_limited": Reason.RATE_LIMITED, "client_only": Reason.LOGIN_WALL}


class Links(Checker):
    """Any address, for accounts of all platforms."""

    label = {"zh": "链接检查", "en": "link check"}
    credentials = HOLDERS
    sources = (
        Source(
            "http",
            frozenset({Proof.LINKS}),
            kinds=frozenset({CheckKind.MENU}),
            label={"zh": "逐个访问链接", "en": "each address asked for"},
        ),
    )

    def check(self, target: Target, source: str) -> Steps:
        """One LinkFact for each different address among `target.links`, in their order; asked for
        in another one, those that kept us waiting the last time first, then those that led on."""
        if source != "http":
            raise Unsupported(Reason.NO_SOURCE, source)
        urls = list(dict.fromkeys(link.url for link in target.links if link.kind in _FETCHED))
        asked = [url for url in urls if kind_of(url) in _FETCHED]
        slow, moved = set(target.slow), set(target.moved)
        asked.sort(key=lambda url: (url not in slow, url not in moved))
        requests = [_request(url, target) for url in asked]
        said: list[LinkFact] = (yield requests) if requests else []
        facts = dict(zip(asked, said, strict=True))
        pages = yield from try_pages(target.links)
        codes = yield from qr_facts(target.links, read_link)
        found = (*(facts.get(u) or _never(u) for u in urls), *pages, *codes)
        return Facts(links=target.links, link_facts=found)

    def foreseen(self, target: Target) -> list[Request]:
        """What kept us waiting the last time is most likely still there, and what led on."""
        urls = dict.fromkeys((*target.slow, *target.moved))
        return [_request(url, target) for url in urls if kind_of(url) in _FETCHED]


def _request(url: str, target: Target) -> Request:
    return Request(
        url,
        headers=_HEADERS,
        max_bytes=_MAX_BYTES,
        ill=url in target.ill,
        early=url in target.slow,
        read=partial(read_link, url),
    )


def _never(url: str) -> LinkFact:
    return LinkFact(url, failure=Reason.NO_ADDRESS, detail="no address that HTTP can reach")


def read_link(url: str, response: Response) -> LinkFact:
    """What asking for `url` showed: status, way, failure, and what the body says beyond them."""
    failure, detail, signal, text = _failure(response), "", "", ""
    expired = None
    if response.failure:
        detail, expired = response.failure.detail, response.failure.expires_at
    elif failure is None and response.status == 200:
        failure, signal, text = _body(response)
        if not failure and not signal and _sent_home(url, response):
            signal = SENT_HOME
    return LinkFact(
        url,
        response.status,
        response.url,
        response.hops,
        signal,
        text,
        failure,
        detail,
        expired,
        seconds=response.seconds,
    )


def _sent_home(url: str, response: Response) -> bool:
    """True when a page of a site was asked for and the site led on to its home page.

    It may do so for every page that it does not have, or because the page became the home page:
    only a person can tell.
    """
    asked, shown = urlsplit(url), urlsplit(response.url)
    same = _site(asked.hostname) == _site(shown.hostname)
    return same and bool(response.hops) and not _is_home(asked) and _is_home(shown)


def _site(host: str | None) -> str:
    return (host or "").removeprefix("www.")


def _is_home(address: SplitResult) -> bool:
    return not address.query and bool(_HOME.fullmatch(address.path))


def _failure(response: Response) -> Reason | None:
    if response.failure:
        return response.failure.reason
    if at_captcha(response.url):
        return Reason.CAPTCHA
    return Reason.LOGIN_WALL if is_wall_address(response.url) else None


def _body(response: Response) -> tuple[Reason | None, str, str]:
    """(wall, signal, its words) of a body that came with HTTP 200."""
    if not response.body.strip():
        return Reason.EMPTY_BODY, "", ""
    if _at_weixin(response.url):
        return _spoken(read_signal(response))
    return _spoken(_not_found(response)) if _is_page(response) else (None, "", "")


def _at_weixin(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host == "weixin.qq.com" or host.endswith(".weixin.qq.com")


def _spoken(signal: Signal | None) -> tuple[Reason | None, str, str]:
    if signal is None:
        return None, "", ""
    wall = signal.kind is SignalClass.WALL
    return _WALLS.get(signal.name, Reason.CAPTCHA) if wall else None, signal.name, signal.text


def _is_page(response: Response) -> bool:
    kind = response.headers.get("content-type", "")
    return "html" in kind or (not kind and response.body.lstrip()[:1] == b"<")


def _not_found(response: Response) -> Signal | None:
    """The words by which a page says that it is not there: in its title, or as all it says."""
    kind = response.headers.get("content-type", "")
    text, _charset = decode(response.body, kind)
    name, shown = title(text), visible(text, _SHORT)
    if _BARE_404.fullmatch(name):
        return Signal(SignalClass.ARTICLE_ONLY, "soft404", name)
    said = match("web", name)
    if said or len(shown) >= _SHORT or not match("web", shown):
        return said
    # pages that scripts fill hold such words out of sight, for when they are needed
    return match("web", read_html(response.body, kind).text)
