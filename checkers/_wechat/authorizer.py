"""What WeChat tells a third-party platform of an account that has authorised it.

Name, subject and ids of official accounts and mini-programs, as they stand today, and whether the
platform has closed the account. It says nothing about posts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from checkers._wechat.api import payload
from checkers._wechat.credentials import AUTHORIZED, COMPONENT, HOST
from checkers.base import Facts, Inconclusive, Request, Response, Target, Unsupported
from checkers.naming import display_name
from registry.vocab import Existence, Reason

_NORMAL = 1
_STATES: Mapping[int, Existence] = {
    _NORMAL: Existence.EXISTS,
    14: Existence.GONE_SIGNAL,
    16: Existence.RESTRICTED,
    18: Existence.EXISTS,
    19: Existence.RESTRICTED,
}
"""account_status: normal, deregistered, banned, warned, frozen."""


def authorized_appid(target: Target) -> str:
    """The AppID under which the account has authorised the office's third-party platform.

    Raises Unsupported(NO_CREDENTIAL) where the office holds no authorisation of it.
    """
    kind, _colon, appid = target.credential.partition(":")
    if kind != AUTHORIZED.kind or not appid:
        raise Unsupported(Reason.NO_CREDENTIAL, AUTHORIZED.kind)
    return appid


def authorizer_request(appid: str) -> Request:
    """The card of an account that has authorised the third-party platform."""
    url = f"{HOST}/cgi-bin/component/api_get_authorizer_info"
    return Request.json_post(url, {"authorizer_appid": appid}, COMPONENT.kind)


def read_authorizer(response: Response, appid: str, schemes: Mapping[str, Any]) -> Facts:
    """Name, verified subject, ids of the platform's `schemes`, and what became of the account.

    Raises Inconclusive, or AccountRestricted as `payload` does.
    """
    data = payload(response)
    info, said = data.get("authorizer_info"), data.get("authorization_info")
    if not isinstance(info, dict):
        raise Inconclusive(Reason.CHANGED_LAYOUT, "no authorizer_info")
    named = said.get("authorizer_appid", appid) if isinstance(said, dict) else appid
    if named != appid:
        raise Inconclusive(Reason.WRONG_ACCOUNT, f"{str(named)[:40]} instead of {appid}")
    ids = {"gh_id": info.get("user_name"), "wxid": info.get("alias"), "appid": appid}
    facts = Facts(
        Existence.EXISTS,
        display_name=display_name(info.get("nick_name")),
        verified_subject=_words(info.get("principal_name")) or None,
        identifiers={k: words for k, v in ids.items() if k in schemes and (words := _words(v))},
    )
    return _held_back(facts, info.get("account_status", _NORMAL))


def _held_back(facts: Facts, status: Any) -> Facts:
    known = type(status) is int and status in _STATES
    existence = _STATES[status] if known else Existence.UNKNOWN
    told = existence in {Existence.GONE_SIGNAL, Existence.RESTRICTED}
    return replace(facts, existence=existence, signal=f"account_status {status}" if told else "")


def _words(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
