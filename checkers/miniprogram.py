"""小程序 (mini-programs): what they are called, and what WeChat tells those who hold credentials.

Nobody outside can tell over HTTP whether a mini-program opens, and nobody at all when it was last
updated: that is for a person. Its AppID looks like that of an official account, so an id alone does
not say which of the two it is. Alipay's, Baidu's and Douyin's are looked at by hand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from checkers._wechat.api import AccountRestricted, Refused, payload
from checkers._wechat.authorizer import authorized_appid, authorizer_request, read_authorizer
from checkers._wechat.credentials import API_PACE, AUTHORIZED, COMPONENT, HOST, MINIPROGRAM
from checkers._wechat.wxa import APPID, NO_RELEASE, code_request, is_code
from checkers.addresses import Addressed, Place
from checkers.base import (
    Facts,
    Inconclusive,
    Link,
    Request,
    Response,
    Source,
    Steps,
    Target,
    Unsupported,
)
from checkers.naming import display_name
from registry.vocab import CheckKind, Existence, Identity, LinkKind, Proof, Reason

_APP_LINK = re.compile(
    r"(?:weixin://dl/business/?\?|alipays?://platformapi/startapp\?)[^\s\"'<>]{1,1000}", re.I
)
_LONGEST = 2000
_KINDS = frozenset({CheckKind.FRESHNESS, CheckKind.IDENTITY})


class MiniProgram(Addressed):
    """微信、支付宝等平台的小程序."""

    platform = "miniprogram"
    label = {"zh": "小程序", "en": "mini-program"}
    synonyms = ("政务小程序", "微信小程序", "支付宝小程序", "百度小程序", "抖音小程序")
    forms = {
        "微信小程序": "微信小程序",
        "支付宝小程序": "支付宝小程序",
        "百度小程序": "百度小程序",
        "抖音小程序": "抖音小程序",
    }
    schemes = {
        "appid": r"wx[0-9a-f]{16}",
        "alipay_appid": r"20[0-9]{14}",
        "short_link": r"#小程序://[^/\s]{1,60}/[0-9A-Za-z]{4,40}",
    }
    bare = ("short_link",)
    places = (Place("wxaurl.cn", r"/[\w-]+", "url"),)
    hosts = {"api.weixin.qq.com": API_PACE}
    credentials = (MINIPROGRAM, AUTHORIZED, COMPONENT)
    sources = (
        Source(
            "api",
            frozenset({Proof.EXISTENCE, Proof.NAME}),
            kinds=_KINDS,
            needs=(MINIPROGRAM.kind,),
            instead=(AUTHORIZED.kind,),
            label={"zh": "官方接口：服务状态与线上版本", "en": "official API: service and release"},
        ),
        Source(
            "authorizer",
            frozenset({Proof.EXISTENCE, Proof.NAME}),
            kinds=_KINDS,
            needs=(AUTHORIZED.kind,),
            label={"zh": "官方接口：授权账号信息", "en": "official API: an authorised account"},
        ),
        Source(
            "link",
            frozenset({Proof.LINKS}),
            kinds=frozenset({CheckKind.MENU}),
            needs=(MINIPROGRAM.kind,),
            instead=(AUTHORIZED.kind,),
            address=True,
            label={"zh": "官方接口：登记的打开链接", "en": "official API: the link of the ledger"},
        ),
        Source("by_hand", frozenset(), label={"zh": "由人查看", "en": "a person looks"}),
    )

    def identify(self, text: str) -> Identity | None:
        """The mini-program in a link that opens it, a short link, or a share text with one."""
        found = _APP_LINK.search(unquote(text[:_LONGEST]))
        return (_opened_by(found.group()) if found else None) or super().identify(text)

    def check(self, target: Target, source: str) -> Steps:
        """Look at `target` through `api`, `authorizer` or `link`; none of them sees posts.

        `by_hand` says so: that nothing else could be asked is then told as BY_HAND.
        """
        ways = {"api": _service, "authorizer": _authorizer, "link": _own_link}
        if source == "by_hand":
            raise Unsupported(Reason.BY_HAND, "no interface tells when it was last updated")
        if source not in ways:
            raise Unsupported(Reason.NO_SOURCE, source)
        try:
            return (yield from ways[source](target))
        except AccountRestricted as restricted:
            return restricted.facts()


def _opened_by(link: str) -> Identity | None:
    query = parse_qs(urlsplit(link).query)
    names = {"appid": "appid", "appId": "alipay_appid"}
    for parameter, scheme in names.items():
        value = query.get(parameter, [""])[0]
        if re.fullmatch(MiniProgram.schemes[scheme], value):
            return Identity("miniprogram", scheme, value, link)
    return None


def _auth(target: Target) -> tuple[str, str]:
    """(credential, AppID) of the mini-program; Unsupported without them."""
    appid = target.identifiers.get("appid", "")
    name = target.credential or (f"{MINIPROGRAM.kind}:{appid}" if appid else "")
    appid = appid or name.partition(":")[2]
    if not APPID.fullmatch(appid):
        raise Unsupported(Reason.NO_CREDENTIAL, MINIPROGRAM.kind)
    return name, appid


def _service(target: Target) -> Steps:
    """Whether it is open to the public and has a release; then its name and subject, if told.

    Each question may be one that this mini-program has not granted; the others are asked all the
    same. Nothing granted at all is Inconclusive(PERMISSION).
    """
    auth, appid = _auth(target)
    visits: Response = yield Request.json_post(f"{HOST}/wxa/getvisitstatus", {}, auth)
    visited = _granted(visits)
    if visited is not None and visited.get("status") == 0:
        return Facts(Existence.RESTRICTED, signal="visit status 0", note="service suspended")
    code: Response = yield code_request("", auth)
    released = _released(code)
    if isinstance(released, Facts):
        return released
    card: Response = yield Request(f"{HOST}/cgi-bin/account/getaccountbasicinfo", auth=auth)
    told = _granted(card)
    if not (released or told is not None or (visited is not None and visited.get("status") == 1)):
        raise Inconclusive(Reason.PERMISSION, "nothing of it is granted")
    return _named(told or {}, appid)


def _granted(response: Response) -> dict[str, Any] | None:
    """The answer; None where it is not granted. Raises as `payload` does for all else."""
    try:
        return payload(response)
    except Refused as refused:
        if refused.reason is Reason.PERMISSION:
            return None
        raise


def _released(response: Response) -> bool | Facts:
    """True with a release, False where that is not granted, facts where there is none."""
    if is_code(response.usable()):
        return True
    try:
        payload(response)
    except Refused as refused:
        if refused.code == NO_RELEASE:
            return Facts(Existence.RESTRICTED, signal=refused.detail, note="no released version")
        if refused.reason is not Reason.PERMISSION:
            raise
        return False
    raise Inconclusive(Reason.CHANGED_LAYOUT, "neither a code nor an error")


def _named(card: Mapping[str, Any], appid: str) -> Facts:
    name, subject = card.get("nickname"), card.get("principal_name")
    return Facts(
        Existence.EXISTS,
        display_name=display_name(name),
        verified_subject=subject.strip() or None if isinstance(subject, str) else None,
        identifiers={"appid": appid},
    )


def _authorizer(target: Target) -> Steps:
    appid = authorized_appid(target)
    response: Response = yield authorizer_request(appid)
    return read_authorizer(response, appid, MiniProgram.schemes)


def _own_link(target: Target) -> Steps:
    """The link under which the ledger holds it, for the link checker to look up."""
    _name, appid = _auth(target)
    url = target.address or target.url
    if not url:
        raise Unsupported(Reason.NO_ADDRESS, "no link of its own")
    link = Link(target.name, LinkKind.MINIPROGRAM, url, (target.name,), appid)
    yield []
    return Facts(links=(link,))
