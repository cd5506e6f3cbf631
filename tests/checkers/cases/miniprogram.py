"""Made-up answers of WeChat about the mini-program 青石政务 for the contract."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from checkers.base import Request, Response, Target
from registry.vocab import CheckKind
from tests.checkers.contract import Answers, Example, SourceCases
from tests.checkers.driving import NOON
from tests.checkers.wechat_answers import card, error

APPID = "wx00112233445566bb"
PNG = b"\x89PNG\r\n\x1a\n made-up code"


def target(**more: Any) -> Target:
    given: dict[str, Any] = {
        "identifiers": {"appid": APPID},
        "credential": f"miniprogram:{APPID}",
        "as_of": NOON,
    }
    return Target("miniprogram", "青石政务", **(given | more))


def basics(**more: Any) -> dict[str, Any]:
    """An answer of getaccountbasicinfo."""
    return {
        "errcode": 0,
        "errmsg": "ok",
        "appid": APPID,
        "nickname": "青石政务",
        "principal_name": "青石县人民政府办公室",
    } | more


def visits(status: int = 1) -> dict[str, Any]:
    return {"errcode": 0, "errmsg": "ok", "status": status}


def says(
    visited: Mapping[str, Any] = visits(),
    code: bytes | Mapping[str, Any] = PNG,
    named: Mapping[str, Any] = basics(),
) -> Answers:
    """Answers by what is asked: the state of the service, a code, the basics."""

    def answer(request: Request) -> Response:
        if "getwxacodeunlimit" in request.url and isinstance(code, bytes):
            return Response("", 200, {"content-type": "image/jpeg"}, code)
        body = code if "getwxacodeunlimit" in request.url else named
        body = visited if "getvisitstatus" in request.url else body
        assert not isinstance(body, bytes)
        return Response("", 200, {}, json.dumps(body).encode())

    return answer


def _card(**info: Any) -> Answers:
    body = card(**info)
    body["authorization_info"]["authorizer_appid"] = APPID
    return lambda request: Response("", 200, {}, json.dumps(body).encode())


_NO_GONE = "a deregistered mini-program answers 50002, which is also a frozen one: restricted"

CASES = {
    "api": SourceCases(
        target(),
        {
            "restricted": Example(says(visits(0))),
            "renamed": Example(says(named=basics(nickname="青石办事")), name="青石办事"),
        },
        {"gone": _NO_GONE},
    ),
    "authorizer": SourceCases(
        target(credential=f"wechat_authorized:{APPID}"),
        {
            "gone": Example(_card(account_status=14)),
            "restricted": Example(_card(account_status=19)),
            "renamed": Example(_card(nick_name="青石办事"), name="青石办事"),
        },
    ),
    "link": SourceCases(
        target(kind=CheckKind.MENU, url="https://wxaurl.cn/AbCdEf"),
        {"links": Example(lambda request: Response("", 200, {}, b"{}"), links=1)},
    ),
    "by_hand": SourceCases(target(), {}),
}

FROZEN = error(50002, "user limited rid: 6-6-6")
