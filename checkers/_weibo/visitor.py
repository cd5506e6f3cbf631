"""Weibo as a visitor: an anonymous cookie is asked for, and with it what m.weibo.cn shows.

Only where the office switches it on. The cookie belongs to nobody and to this one check. The form
for it has a field for a browser's fingerprint: it is left out, since we imitate none.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from checkers._weibo.account import EXISTENCE, UID, Told
from checkers._weibo.page import by_page, page_payload
from checkers.base import Facts, Inconclusive, Request, Response, Steps, Target
from checkers.signals import SignalClass, match
from registry.vocab import CheckKind, CoverageKind, Existence, Reason

_PASSPORT = "https://passport.weibo.com/visitor"
_PROFILE = "https://weibo.com/ajax/profile/info"
_MUTED = "https://weibo.com/ajax/profile/getMuteuser"
_FORM = (("Content-Type", "application/x-www-form-urlencoded"),)
_GRANTED = 20000000


def by_visitor(target: Target, whom: str) -> Steps:
    """The account of that uid or domain with a visitor's cookie.

    Of a silent one it is asked whether it may speak. Raises Inconclusive and Told.
    """
    cookie = yield from _visitor_cookie()
    uid = whom if re.fullmatch(UID, whom) else (yield from _uid_of(whom, cookie))
    facts = yield from by_page(target, uid, cookie)
    if uid != whom:
        facts = replace(facts, identifiers={**facts.identifiers, "domain": whom})
    if target.kind is CheckKind.FRESHNESS and _is_silent(facts, target):
        return (yield from _unless_muted(facts, uid, cookie))
    return facts


def _visitor_cookie() -> Generator[Request, Response, str]:
    """The cookies SUB and SUBP of a new visitor, for two requests. Raises Inconclusive."""
    form = Request(f"{_PASSPORT}/genvisitor", "POST", _FORM, b"cb=gen_callback")
    made = _granted(form, (yield form))
    tid = quote(_token(made, "tid"), safe="")
    known = 3 if made.get("new_tid") else 2
    confidence = f"{_confidence(made):03d}"
    asked = Request(
        f"{_PASSPORT}/visitor?a=incarnate&t={tid}&w={known}&c={confidence}"
        "&gc=&cb=cross_domain&from=weibo"
    )
    cookies = _granted(asked, (yield asked))
    return f"SUB={_token(cookies, 'sub')}; SUBP={_token(cookies, 'subp')}"


def _granted(request: Request, response: Response) -> Mapping[str, Any]:
    """The `data` of an answer wrapped in a callback; a refusal is a wall."""
    if response.url == request.url:
        # elsewhere this very address is what a wall looks like
        response = replace(response, url="")
    response.usable()
    start, end = response.body.find(b"{"), response.body.rfind(b"}")
    if start < 0 or end < start:
        raise Inconclusive(Reason.BAD_JSON, "no callback")
    payload = replace(response, body=response.body[start : end + 1]).json()
    if response.status != 200 or "retcode" not in payload:
        raise Inconclusive(Reason.CHANGED_LAYOUT, f"HTTP {response.status}, no retcode")
    if payload["retcode"] != _GRANTED:
        said = f"{payload['retcode']} {payload.get('msg', '')}"
        raise Inconclusive(Reason.LOGIN_WALL, said[:120])
    data = payload.get("data")
    if not isinstance(data, dict):
        raise Inconclusive(Reason.CHANGED_LAYOUT, "no data")
    return data


def _token(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not re.fullmatch(r"[\w.%+/=-]{8,800}", value, re.ASCII):
        raise Inconclusive(Reason.CHANGED_LAYOUT, f"no {name}")
    return value


def _confidence(data: Mapping[str, Any]) -> int:
    value = data.get("confidence")
    return value if isinstance(value, int) and 0 <= value <= 100 else 100


def _uid_of(domain: str, cookie: str) -> Generator[Request, Response, str]:
    """The number behind a domain. That nobody has the domain says nothing about the account."""
    response = yield Request(f"{_PROFILE}?custom={domain}", headers=(("Cookie", cookie),))
    try:
        user = page_payload(response)["data"].get("user")
    except Told as told:
        raise Inconclusive(Reason.NOT_FOUND, f"{domain}: {told.facts.signal}") from None
    uid = str(user.get("id") or user.get("idstr") or "") if isinstance(user, dict) else ""
    if not re.fullmatch(UID, uid):
        raise Inconclusive(Reason.CHANGED_LAYOUT, f"no number for {domain}")
    return uid


# --- muted accounts -----------------------------------------------------------------------------


def _is_silent(facts: Facts, target: Target) -> bool:
    """True when the list would make the account stale, so that being muted would explain it."""
    if target.read_back_to.tzinfo is None or facts.existence is not Existence.EXISTS:
        return False
    newest = facts.newest
    if newest is None:
        return facts.coverage.kind is CoverageKind.PROVEN_EMPTY
    return newest.published_at < target.read_back_to


def _unless_muted(facts: Facts, uid: str, cookie: str) -> Steps:
    """The facts, or with the platform's word that the account may not post; no answer is none."""
    response: Response = yield Request(f"{_MUTED}?uid={uid}", headers=(("Cookie", cookie),))
    try:
        payload = response.json()
    except Inconclusive:
        return facts
    data = payload.get("data") if isinstance(payload, dict) else None
    text = str(data.get("text") or "")[:200] if isinstance(data, dict) else ""
    signal = match("weibo", text)
    if signal is None or signal.kind is not SignalClass.ACCOUNT_RESTRICTED:
        return facts
    return replace(facts, existence=EXISTENCE[signal.kind], signal=text)
