"""Weibo as m.weibo.cn shows it to a stranger: one call for the account, then its list.

It passes no login and solves no captcha; a wall is a wall. A visitor's cookie, where the office
lets one be asked for, is the caller's to bring.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from checkers._weibo.account import (
    EXISTENCE,
    PAGES,
    Told,
    counter_of,
    far_enough,
    owned,
    profile_of,
    refuse_contradiction,
    with_list,
)
from checkers._weibo.posts import NOTHING, Listed, read_cards
from checkers.base import Facts, Inconclusive, Request, Response, Steps, Target
from checkers.signals import Signal, SignalClass, match
from registry.vocab import CheckKind, Existence, Reason

_INDEX = "https://m.weibo.cn/api/container/getIndex"


def by_page(target: Target, uid: str, cookie: str = "") -> Steps:
    """The account `uid` by two calls or a few more. Raises Inconclusive and Told."""
    headers = (("Cookie", cookie),) if cookie else ()
    response: Response = yield Request(f"{_INDEX}?type=uid&value={uid}", headers=headers)
    payload = page_payload(response)
    user = payload["data"].get("userInfo")
    if not isinstance(user, dict):
        reason = Reason.CHANGED_LAYOUT if payload["ok"] else Reason.AMBIGUOUS
        raise Inconclusive(reason, _message(payload) or "no userInfo")
    profile, counted = profile_of(user, uid), counter_of(user.get("statuses_count"))
    if target.kind is CheckKind.IDENTITY:
        return profile
    seen = NOTHING
    for page in range(1, PAGES + 1):
        response = yield Request(_list_url(uid, page), headers=headers)
        try:
            listed = _page_list(response, uid, page)
        except Inconclusive:
            if page == 1:
                raise
            break  # what the first pages showed stands; coverage says how far they reach
        ended = not listed.mids - seen.mids
        seen = seen.joined(listed)
        if ended or far_enough(seen, target, counted):
            break
    return with_list(profile, seen, counted)


def _list_url(uid: str, page: int) -> str:
    paging = f"&page={page}" if page > 1 else ""
    return f"{_INDEX}?type=uid&value={uid}&containerid=107603{uid}{paging}"


def page_payload(response: Response) -> Mapping[str, Any]:
    """An answer with an `ok` and its `data`; raises Inconclusive or Told for anything else."""
    try:
        payload = response.json()
    except Inconclusive as failed:
        signal = match("weibo", response.text()[:20000])
        if failed.reason is Reason.BAD_JSON and signal and signal.kind is SignalClass.WALL:
            raise Inconclusive(Reason.LOGIN_WALL, signal.text) from None
        raise
    if not isinstance(payload, dict):
        raise Inconclusive(Reason.CHANGED_LAYOUT, "not an object")
    _refuse_walls(payload)
    known = payload.get("ok") in (0, 1) and isinstance(payload.get("data"), dict)
    if response.status != 200 or not known:
        raise Inconclusive(Reason.AMBIGUOUS, _message(payload) or f"HTTP {response.status}")
    return payload


def _message(payload: Mapping[str, Any]) -> str:
    return str(payload.get("msg") or payload.get("message") or "")[:120]


def _refuse_walls(payload: Mapping[str, Any]) -> None:
    """Raises for what stands in place of an answer: a login, a notice on the account."""
    data = payload.get("data")
    inner = data if isinstance(data, dict) else {}
    url = unquote(unquote(str(payload.get("url") or inner.get("url") or "")[:2000]))
    signal = match("weibo", f"{_message(payload)} {url}")
    if signal and signal.kind in EXISTENCE:
        raise Told(_told(signal))
    if str(payload.get("ok")) == "-100" or (signal and signal.kind is SignalClass.WALL):
        raise Inconclusive(Reason.LOGIN_WALL, _message(payload))
    if payload.get("error_type") == "link" and not signal:
        _by_word(url)


def _by_word(url: str) -> None:
    """A notice in words not listed: three of them still tell what it is about."""
    for word, existence in (
        ("自行", Existence.GONE_SIGNAL),
        ("投诉", Existence.RESTRICTED),
        ("验证", Existence.RESTRICTED),
    ):
        if word in url:
            raise Told(Facts(existence=existence, signal=url[-120:]))
    raise Inconclusive(Reason.AMBIGUOUS, url[-120:])


def _told(signal: Signal) -> Facts:
    return Facts(existence=EXISTENCE[signal.kind], signal=signal.text)


def _page_list(response: Response, uid: str, page: int) -> Listed:
    try:
        payload = page_payload(response)
    except Told as told:
        refuse_contradiction(told, page)
        raise
    data = payload["data"]
    info = data.get("cardlistInfo")
    container = str(info.get("containerid") or "") if isinstance(info, dict) else ""
    if container and uid not in container:
        raise Inconclusive(Reason.WRONG_ACCOUNT, container)
    if not isinstance(data.get("cards"), list):
        raise Inconclusive(Reason.CHANGED_LAYOUT, "no cards")
    return owned(read_cards(data["cards"], uid, response.moment, _message(payload)))
