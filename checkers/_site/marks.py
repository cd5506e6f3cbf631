"""What a website shows of itself: its name, its codes and the marks of 国办发〔2017〕47号.

Marks stand at the foot of the home page. A foot that scripts write shows nothing here, and then
nothing is said about marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from lxml.etree import XPath

from checkers._site.hosts import host_of, within
from checkers._site.tree import SitePage, found_by
from checkers._web.later import later
from checkers.naming import display_name
from registry.vocab import SiteMark

SITE_CODE = later(r"bm[0-9]{8}|[0-9]{10}")
_CODE_IN_TEXT = later(r"标识码\s*[:：]?\s*(bm[0-9]{8}|[0-9]{10})(?![0-9])", re.I)
_ICP = later(r"ICP\s?备\s?[0-9]{4,12}\s?号(?:\s?-\s?[0-9]{1,3})?", re.I)
_FILED = "备"
_ICP_SIGN = later(r"[Ii][Cc][Pp]\s?\Z")
_BEFORE_ICP = later(r"[\u4e00-\u9fff]\s?\Z")
_POLICE = later(r"公网安备\s?[0-9]{11,14}\s?号?")
_PROVINCE = later(r"[\u4e00-\u9fff]?\Z")
_POLICE_LINK = later(r"recordcode=([0-9]{11,14})", re.I)
_CONAC = ("bszs.conac.cn", "dcs.conac.cn", "conac.cn")
_ERROR_REPORT = ("pucha.kaipuyun.cn", "zfwzzc.www.gov.cn", "ta.trs.cn")
_TOLD_BY = ("recordcode=", *_CONAC, *_ERROR_REPORT)


def metas(page: SitePage) -> Mapping[str, str]:
    """The page's `<meta>` values by name in lower case; the first of a name that says something."""
    found: dict[str, str] = {}
    for meta in page.root.iter("meta"):
        name, value = (meta.get("name") or "").strip().lower(), (meta.get("content") or "").strip()
        if name and value:
            found.setdefault(name, value[:500])
    return found


def site_code(page: SitePage) -> str | None:
    """网站标识码 as the page gives it: in SiteIDCode, in its words, or to the 找错 script."""
    given = metas(page).get("siteidcode", "").lower()
    if SITE_CODE.fullmatch(given):
        return given
    found = _CODE_IN_TEXT.search(page.words(page.root, 20_000))
    if found:
        return found.group(1).lower()
    for script in page.root.iter("script"):
        code = (script.get("sitecode") or "").strip().lower()
        if SITE_CODE.fullmatch(code):
            return code
    return None


_TITLE_END = later(r"[\s_|｜\-—–>》]+")
_FRONT = later(r"首页|主页|欢迎您?|网站首页|门户首页|index|home", re.I)


def site_name(page: SitePage) -> str | None:
    """The site's name: SiteName, else the title without 首页 and greetings."""
    given = display_name(metas(page).get("sitename"))
    if given:
        return given
    title = page.root.find(".//title")
    text = " ".join(("".join(map(str, title.itertext())) if title is not None else "").split())[
        :100
    ]
    text = re.sub(r"^欢迎(?:您)?(?:访问|光临|来到)", "", text)
    parts = [part for part in _TITLE_END.split(text) if part and not _FRONT.fullmatch(part)]
    return display_name(parts[0]) if len(parts) == 1 else None


_KIND_WORDS = later(r"(?:人民)?(?:政府)?(?:(?:门户|官方|政务){0,2}网站?|官网|信息公开平台)?$")


def name_for(page: SitePage, ledger: str) -> str | None:
    """The site's name; as the ledger writes it where only 网站, 门户网站 and the like differ."""
    shown = site_name(page)
    if shown is None or _without_kind(shown) != _without_kind(ledger):
        return shown
    return ledger


def _without_kind(name: str) -> str:
    bare = re.sub(r"\s", "", name)
    return _KIND_WORDS.sub("", bare) or bare


def _addresses(page: SitePage) -> Iterator[str]:
    """Addresses of links, pictures and scripts, and inline scripts, where marks come from."""
    for element in page.root.iter("a", "img", "script", "iframe"):
        for key in ("href", "src"):
            value = element.get(key)
            if value:
                yield value[:1000]
        if element.tag == "script" and element.text:
            yield element.text[:20_000]


def marks(page: SitePage) -> dict[SiteMark, str]:
    """The marks on the page, each with what it says."""
    text, found = page.words(page.root, 20_000), dict[SiteMark, str]()
    for name, mark in _BY_ID.items():
        if name.encode() in page.octets and _has_id(page, name):
            found[mark] = name
    addresses = list(_addresses(page))
    together = "\n".join(addresses).lower()
    telling = [word for word in _TOLD_BY if word in together]
    for address in addresses if telling else ():
        lowered = address.lower()
        if not any(word in lowered for word in telling):
            continue
        if _leads_to(address, _CONAC):
            found.setdefault(SiteMark.PARTY_GOVERNMENT, _shown(address, "conac"))
        if _leads_to(address, _ERROR_REPORT):
            found.setdefault(SiteMark.ERROR_REPORT, _shown(address, ""))
        recorded = _POLICE_LINK.search(address)
        if recorded:
            found.setdefault(SiteMark.POLICE, recorded.group(1))
    said = {
        SiteMark.SITE_CODE: site_code(page),
        SiteMark.ICP: _icp(text),
        SiteMark.POLICE: _police(text),
    }
    return found | {mark: words for mark, words in said.items() if words}


def _has_id(page: SitePage, name: str) -> bool:
    """True when an element of the page has that id. The library knows one element of each id at
    once, which may be another's anchor, or stand beside the page."""
    for element in found_by(_OF_ID, page.root, id=name):
        if element.get("id") == name and page.root in {element, *element.iterancestors()}:
            return True
    return bool(page.root.xpath("descendant-or-self::*[@id=$id]", id=name))


_OF_ID = XPath("id($id)")


def _icp(text: str) -> str:
    """ICP备案号 with the province before it, and searched for by what stands on no other page."""
    end = text.find(_FILED)
    while end >= 0:
        sign = _ICP_SIGN.search(text, max(0, end - 4), end)
        if sign:
            before = _BEFORE_ICP.search(text, max(0, sign.start() - 2), sign.start())
            number = _ICP.match(text, sign.start())
            if before and number:
                return before.group() + number.group()
        end = text.find(_FILED, end + 1)
    return ""


def _police(text: str) -> str:
    """公安备案号, with the province before it where that stands there."""
    number = _POLICE.search(text)
    if number is None:
        return ""
    before = _PROVINCE.search(text, max(0, number.start() - 1), number.start())
    return ((before.group() if before else "") + number.group()).strip()


_HOSTS_IN = later(r"(?:https?:)?(?://|%2F%2F)([\w.-]{4,100})", re.I)


_BY_ID = {"_jiucuo_": SiteMark.ERROR_REPORT, "_ideConac": SiteMark.PARTY_GOVERNMENT}
"""Ids of the places that the two offices' scripts fill."""


def _leads_to(address: str, hosts: tuple[str, ...]) -> bool:
    return any(
        within(found.group(1).lower(), host)
        for found in _HOSTS_IN.finditer(address)
        for host in hosts
    )


def _shown(address: str, word: str) -> str:
    """The address where it is one; a script is only named."""
    return address[:200] if host_of(address) or address.startswith("//") else f"script: {word}"


def tells_of_marks(page: SitePage, found: Mapping[SiteMark, str]) -> bool:
    """True when the page's own foot was seen, so that a mark not found is not there."""
    return bool(found) or next(page.root.iter("script", "iframe"), None) is None
