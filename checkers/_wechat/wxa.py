"""Mini-program pages tried through the mini-program's own credentials: does WeChat know the page?

Nobody else can tell: no address of a mini-program answers over HTTP. Each page is asked for as a
mini-program code of the released version, which makes nothing that lasts. What cannot be asked is
left to a person and never called dead.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from checkers._wechat.api import AccountRestricted, Refused, payload
from checkers._wechat.credentials import AUTHORIZED, HOST, MINIPROGRAM
from checkers.base import Inconclusive, Link, LinkFact, Request, Response
from registry.vocab import LinkKind, Reason

APPID = re.compile(r"wx[0-9a-f]{16}")

PAGE_FOUND = "page_found"
NO_RELEASE = 85079
_SIGNALS = {
    40013: "bad_appid",
    40165: "bad_page",
    41030: "page_missing",
    NO_RELEASE: "no_release",
    85403: "not_found",
}
"""Error code → what it says about the page or link that was tried."""

_NO_PERMISSION = frozenset({40002})
_FROZEN = "frozen"
HOLDERS = (MINIPROGRAM, AUTHORIZED)
"""The credentials with which a mini-program may be asked, in their order."""

_IMAGES = (b"\x89PNG", b"\xff\xd8\xff")

Steps = Generator[list[Request], list[Response], tuple[LinkFact, ...]]


def try_pages(links: Iterable[Link]) -> Steps:
    """A fact for each link to a mini-program that names an AppID and what to open in it.

    First with the mini-program's own credential; where the office holds none, with that of an
    account that has authorised its third-party platform.
    """
    asked = {link: request for link in links if (request := _request(link))}
    facts = dict[Link, LinkFact]()
    for holder in HOLDERS:
        open_ = {k: r for k, r in asked.items() if k not in facts or _unasked(facts[k])}
        named = {k: replace(r, auth=f"{holder.kind}:{k.appid}") for k, r in open_.items()}
        requests = list(dict.fromkeys(named.values()))
        answers = (yield requests) if requests else []
        said = dict(zip(requests, answers, strict=True))
        for link, request in named.items():
            fact = read_page(link, said[request])
            if not (_unasked(fact) and link in facts):
                facts[link] = fact
    return tuple(dict.fromkeys(facts[link] for link in asked))


def _unasked(fact: LinkFact) -> bool:
    return fact.failure is Reason.NO_CREDENTIAL


def _request(link: Link) -> Request | None:
    """The call that knows about this link; None for what no call can tell."""
    if link.kind is not LinkKind.MINIPROGRAM or not APPID.fullmatch(link.appid):
        return None
    own = _own_link(link.url)
    if own and not link.page:
        return Request.json_post(f"{HOST}/wxa/{own}", {_OWN_LINKS[own]: link.url})
    page = clean_page(link.page)
    if "://" in page:
        # A plug-in's page belongs to another mini-program.
        return None
    return code_request(page)


def code_request(page: str, auth: str | None = None) -> Request:
    """The code of one page of the released version; of its first page where none is named."""
    asked: dict[str, Any] = {"scene": "1", "check_path": True, "env_version": "release"}
    asked |= {"width": 280, **({"page": page} if page else {})}
    return Request.json_post(f"{HOST}/wxa/getwxacodeunlimit", asked, auth)


def clean_page(page: str) -> str:
    """A page as the interface wants it: without the slash before it, the query behind it and the
    `.html` that WeChat's own pages put after it."""
    return re.split(r"[?#]", page.strip(), maxsplit=1)[0].lstrip("/").removesuffix(".html")


_OWN_LINKS = {"queryscheme": "scheme", "query_urllink": "url_link"}


def _own_link(url: str) -> str:
    """The call that looks up a link which the mini-program itself has made, if it is one."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return ""
    if parts.scheme == "weixin" and host == "dl" and parts.path.startswith("/business"):
        return "queryscheme"
    short = host == "wxaurl.cn" or host.endswith(".wxaurl.cn")
    return "query_urllink" if short and parts.scheme in {"http", "https"} else ""


# --- what came back -----------------------------------------------------------------------------


def is_code(response: Response) -> bool:
    """True for a picture: the mini-program code that was asked for, so the page is there."""
    kind = response.headers.get("content-type", "").lower()
    return kind.startswith("image/") or response.body.startswith(_IMAGES)


def read_page(link: Link, response: Response) -> LinkFact:
    """What the answer says of the link: a signal, or the reason why nothing is known of it."""
    fact = LinkFact("", response.status, appid=link.appid, page=link.page)
    if not link.page and _own_link(link.url):
        fact = LinkFact(link.url, response.status)
    try:
        if is_code(response.usable()):
            return replace(fact, signal=PAGE_FOUND)
        data = payload(response)
    except AccountRestricted as restricted:
        return replace(fact, signal=_FROZEN, signal_text=str(restricted))
    except Inconclusive as refused:
        return _refused(fact, refused)
    return _looked_up(fact, data, response)


def _refused(fact: LinkFact, refused: Inconclusive) -> LinkFact:
    code = refused.code if isinstance(refused, Refused) else 0
    if code in _SIGNALS:
        return replace(fact, signal=_SIGNALS[code], signal_text=refused.detail)
    reason = Reason.PERMISSION if code in _NO_PERMISSION else refused.reason
    return replace(fact, failure=reason, detail=refused.detail)


def _looked_up(fact: LinkFact, data: dict[str, Any], response: Response) -> LinkFact:
    """A scheme or a URL link that was looked up: for ever, until a moment, or another version's."""
    info = data.get("scheme_info") or data.get("url_link_info")
    if not isinstance(info, dict):
        return replace(fact, failure=Reason.CHANGED_LAYOUT, detail="neither a code nor a link")
    ends = info.get("expire_time")
    if info.get("env_version", "release") != "release":
        return replace(fact, signal="no_release", signal_text=str(info["env_version"])[:20])
    if type(ends) is not int:
        return replace(fact, failure=Reason.CHANGED_LAYOUT, detail="no expire_time")
    over = ends != 0 and ends <= response.moment.timestamp()
    return replace(fact, signal="expired" if over else PAGE_FOUND, signal_text=f"until {ends}")
