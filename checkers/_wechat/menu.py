"""The menu of an official account read into links, button type by button type.

It says what each button is and where it leads; whether that works is for the link checker. A type
nobody has documented is UNKNOWN, never dead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from checkers._wechat.api import AccountRestricted, Refused, articles, payload
from checkers._wechat.credentials import HOST
from checkers.base import Inconclusive, Link, Request, Response
from registry.vocab import LinkKind, Reason

_DEPTH = 3
"""Menus have two levels; anything much deeper is not a menu."""

_NO_API_MENU = 46003
_VARIANT = "个性化菜单"
"""Begins the path of an entry that only some readers see."""

Button = Mapping[str, Any]
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Menu:
    """A menu as the account shows it."""

    open: bool
    links: tuple[Link, ...]
    materials: Mapping[int, str]
    """Position of a link → the call that knows the articles behind its id (`article`, `media`)."""


def menu_requests(auth: str) -> list[Request]:
    """The menu in force, whether it was made on the website or by an API; then its variants for
    some of the readers, which only a menu made by an API has."""
    calls = ("get_current_selfmenu_info", "menu/get")
    return [Request(f"{HOST}/cgi-bin/{call}", auth=auth) for call in calls]


def read_menu(data: Mapping[str, Any], variants: tuple[Any, ...] = ()) -> Menu:
    """The menu in an answer of get_current_selfmenu_info, with the variants that menu/get named.

    Raises Inconclusive(CHANGED_LAYOUT) when there is no menu in it. A menu that is switched off
    is one without links. Of a variant only what the menu itself does not hold is kept.
    """
    if data.get("is_menu_open", 1) == 0:
        return Menu(False, (), {})
    found = list(_buttons(data.get("selfmenu_info")))
    known = {link for link, _call in found}
    for variant in variants:
        name = f"{_VARIANT} {variant.get('menuid', '')}" if isinstance(variant, dict) else ""
        others = [(link, call) for link, call in _buttons(variant) if link not in known]
        found += [(replace(link, path=(name.strip(), *link.path)), call) for link, call in others]
    links = tuple(link for link, _ in found)
    return Menu(True, links, {at: call for at, (_, call) in enumerate(found) if call})


def read_variants(response: Response) -> tuple[Any, ...]:
    """The variants in an answer of menu/get; none where the menu was not made by an API.

    Raises Inconclusive where that could not be learnt.
    """
    try:
        variants = payload(response).get("conditionalmenu", [])
    except Refused as refused:
        if refused.code == _NO_API_MENU:
            return ()
        raise
    if not isinstance(variants, list):
        raise Inconclusive(Reason.CHANGED_LAYOUT, "variants of another kind")
    return tuple(variants)


def _buttons(menu: Any) -> Iterator[tuple[Link, str]]:
    buttons = menu.get("button") if isinstance(menu, dict) else None
    if not isinstance(buttons, list):
        raise Inconclusive(Reason.CHANGED_LAYOUT, "no menu")
    yield from _row(buttons, ())


def _row(buttons: Any, path: Path) -> Iterator[tuple[Link, str]]:
    """The links of one row of buttons, each with the call that resolves it, if one does."""
    if len(path) >= _DEPTH or not isinstance(buttons, list):
        raise Inconclusive(Reason.CHANGED_LAYOUT, "no menu of two levels")
    for button in buttons:
        if not isinstance(button, dict):
            raise Inconclusive(Reason.CHANGED_LAYOUT, "button of another kind")
        here = (*path, _text(button, "name"))
        below = button.get("sub_button")
        below = below.get("list") if isinstance(below, dict) else below
        if below:
            yield from _row(below, here)
        else:
            call = _RESOLVED.get(_text(button, "type"), "")
            yield from ((link, call) for link in _leaf(button, here))


def _leaf(button: Button, path: Path) -> list[Link]:
    kind = _text(button, "type")
    if kind in _EVENTS:
        return [Link(path[-1], LinkKind.EVENT, path=path)]
    if kind in _CONTENTS:
        return [Link(path[-1], LinkKind.CONTENT, path=path)]
    read = _READERS.get(kind, _unknown)
    return read(button, path)


def _unknown(button: Button, path: Path) -> list[Link]:
    return [Link(path[-1], LinkKind.UNKNOWN, _text(button, "url"), path)]


def _view(button: Button, path: Path) -> list[Link]:
    url = _text(button, "url")
    return [Link(path[-1], kind_of(url), url, path)]


def _miniprogram(button: Button, path: Path) -> list[Link]:
    url, appid, page = (_text(button, key) for key in ("url", "appid", "pagepath"))
    return [Link(path[-1], LinkKind.MINIPROGRAM, url, path, appid, page)]


def _material(button: Button, path: Path) -> list[Link]:
    held = next((v for key in _IDS if (v := _text(button, key))), "")
    return [Link(path[-1], LinkKind.MATERIAL, path=path, page=held)]


def _news(button: Button, path: Path) -> list[Link]:
    """Every article of the entry and, where one names it, the page behind 阅读原文."""
    info = button.get("news_info")
    rows = info.get("list") if isinstance(info, dict) else None
    if not isinstance(rows, list):
        return _unknown(button, path)
    links = []
    for row in (row for row in rows if isinstance(row, dict)):
        label, source = _text(row, "title") or path[-1], _text(row, "source_url")
        url = _text(row, "content_url")
        links.append(Link(label, kind_of(url), url, (*path, label)))
        if source:
            links.append(Link(label, kind_of(source), source, (*path, label, "阅读原文")))
    return links or _unknown(button, path)


_IDS = ("media_id", "article_id", "value", "key")
_RESOLVED = {
    "media_id": "media",
    "view_limited": "media",
    "article_id": "article",
    "article_view_limited": "article",
}
_EVENTS = frozenset(
    {
        "click",
        "scancode_push",
        "scancode_waitmsg",
        "pic_sysphoto",
        "pic_photo_or_album",
        "pic_weixin",
        "location_select",
    }
)
_CONTENTS = frozenset({"video", "voice", "img", "text"})
_READERS: Mapping[str, Callable[[Button, Path], list[Link]]] = {
    "view": _view,
    "miniprogram": _miniprogram,
    "news": _news,
    **dict.fromkeys(_RESOLVED, _material),
}


def _text(holder: Button, key: str) -> str:
    value = holder.get(key)
    return value.strip() if isinstance(value, str) else ""


_APP_SCHEMES = frozenset({"weixin", "alipays", "alipay"})
_SHORT_LINK = "#小程序://"


@lru_cache(maxsize=1024)
def kind_of(url: str) -> LinkKind:
    """What sort of link an address is: an article, a mini-program, a page, or nothing known."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return LinkKind.UNKNOWN
    if parts.scheme in _APP_SCHEMES or host == "wxaurl.cn" or host.endswith(".wxaurl.cn"):
        return LinkKind.MINIPROGRAM
    if url.startswith(_SHORT_LINK):
        return LinkKind.MINIPROGRAM
    if parts.scheme not in {"http", "https"} or not host:
        return LinkKind.UNKNOWN
    article = host == "mp.weixin.qq.com" and (parts.path == "/s" or parts.path[:3] == "/s/")
    return LinkKind.ARTICLE if article else LinkKind.URL


def resolving_requests(menu: Menu, auth: str) -> list[Request]:
    """The calls that name the articles behind ids of the menu, in the order of the links."""
    calls = {"article": "freepublish/getarticle", "media": "material/get_material"}
    keys = {"article": "article_id", "media": "media_id"}
    return [
        Request.json_post(f"{HOST}/cgi-bin/{calls[call]}", {keys[call]: menu.links[at].page}, auth)
        for at, call in menu.materials.items()
        if menu.links[at].page
    ]


def resolved(menu: Menu, answers: list[Response]) -> tuple[Link, ...]:
    """The links with ids replaced by articles where an answer named them; others stay as they are.

    `answers` belong to `resolving_requests`, in its order.
    """
    asked = [at for at in menu.materials if menu.links[at].page]
    known = {at: _named(answer) for at, answer in zip(asked, answers, strict=True)}
    links = list[Link]()
    for at, link in enumerate(menu.links):
        urls = known.get(at, [])
        links += [replace(link, kind=kind_of(url), url=url) for url in urls] or [link]
    return tuple(links)


def _named(answer: Response) -> list[str]:
    try:
        return [a.url for a in articles(payload(answer)) if a.url]
    except (Inconclusive, AccountRestricted):
        return []
