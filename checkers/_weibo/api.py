"""Weibo through its open API, with an authorisation that the account itself gave."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from checkers._weibo.account import (
    PAGES,
    Told,
    counter_of,
    far_enough,
    owned,
    profile_of,
    refuse_contradiction,
    with_list,
)
from checkers._weibo.posts import NOTHING, read_statuses
from checkers.base import Facts, Inconclusive, Request, Response, Steps, Target
from registry.vocab import CheckKind, Existence, Reason

_API = "https://api.weibo.com/2"

_API_ERRORS: Mapping[int, Reason] = {
    10001: Reason.SERVER_ERROR,
    10002: Reason.SERVER_ERROR,
    10004: Reason.BLOCKED,
    10003: Reason.SERVER_ERROR,
    10009: Reason.SERVER_ERROR,
    10010: Reason.SERVER_ERROR,
    10011: Reason.SERVER_ERROR,
    10005: Reason.PERMISSION,
    10014: Reason.PERMISSION,
    10022: Reason.RATE_LIMITED,
    10023: Reason.RATE_LIMITED,
    10024: Reason.RATE_LIMITED,
}
_NO_SUCH_USER = 20003


def by_api(target: Target, uid: str) -> Steps:
    auth = target.credential or "weibo"
    response: Response = yield Request(f"{_API}/users/show.json?uid={uid}", auth=auth)
    user = _api_payload(response)
    profile, counted = profile_of(user, uid), counter_of(user.get("statuses_count"))
    if target.kind is CheckKind.IDENTITY:
        return profile
    seen = NOTHING
    for page in range(1, PAGES + 1):
        url = f"{_API}/statuses/user_timeline.json?uid={uid}&count=100&page={page}"
        response = yield Request(url, auth=auth)
        try:
            payload = _api_payload(response)
        except Told as told:
            refuse_contradiction(told, page)
            raise
        if not isinstance(payload.get("statuses"), list):
            raise Inconclusive(Reason.CHANGED_LAYOUT, "no statuses")
        listed = owned(read_statuses(payload["statuses"], uid, response.moment))
        ended = not listed.mids - seen.mids
        seen = seen.joined(listed)
        if ended or far_enough(seen, target, counted):
            break
    return with_list(profile, seen, counted)


def _api_payload(response: Response) -> Mapping[str, Any]:
    """The API's answer; its errors come with many statuses, so the body is read first."""
    if response.failure or not response.body.lstrip().startswith(b"{"):
        response.usable()
    payload = json_of(response)
    if "error_code" in payload or "error" in payload:
        raise _api_error(payload)
    response.usable()
    return payload


def json_of(response: Response) -> Mapping[str, Any]:
    plain = Response(response.url, 200, response.headers, response.body, response.fetched_at)
    payload = plain.json()
    if not isinstance(payload, dict):
        raise Inconclusive(Reason.CHANGED_LAYOUT, "not an object")
    return payload


def _api_error(payload: Mapping[str, Any]) -> Exception:
    raw, words = str(payload.get("error_code", "")), str(payload.get("error", ""))[:120]
    code = int(raw) if re.fullmatch(r"[0-9]{1,6}", raw) else 0
    said = f"{raw} {words}".strip()
    if code == _NO_SUCH_USER:
        return Told(Facts(existence=Existence.GONE_SIGNAL, signal=said))
    return Inconclusive(_API_ERRORS.get(code, Reason.CONFIG), said)
