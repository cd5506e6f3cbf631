"""Made-up answers of app stores for the contract: the app 青石通 looked for on 20 March 2026."""

from __future__ import annotations

import json
from typing import Any

from checkers.base import Request, Response
from tests.checkers.app_answers import (
    APK,
    DETAIL,
    FILE,
    GONE_FROM_XIAOMI,
    NOT_THERE,
    ON_XIAOMI,
    layout,
    lookup,
    on_vivo,
    simple,
    target,
)
from tests.checkers.contract import Answers, Example, SourceCases

_NO_SUCH_STATE = {"restricted": "a store offers an app or it does not"}
_THE_STORES = frozenset({404, 410})


def _says(body: Any, status: int = 200, **headers: str) -> Answers:
    raw = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else None
    sent = raw if raw is not None else json.dumps(body, ensure_ascii=False).encode()
    return lambda request: Response("", status, headers, sent)


def _gallery(data: dict[str, Any]) -> Answers:
    def answers(request: Request) -> Response:
        body: Any = "abcdef0123456789" if "getInterfaceCode" in request.url else data
        return Response("", 200, {}, json.dumps(body).encode())

    return answers


def _package(request: Request) -> Response:
    """A server that knows no HEAD."""
    if request.method == "HEAD":
        return Response("", 405)
    return Response("", 206, {"content-type": "application/zip"}, b"PK\x03\x04")


CASES = {
    "appstore": SourceCases(
        target(),
        {
            "gone": Example(_says(NOT_THERE)),
            "renamed": Example(_says(lookup(trackName="云川通")), name="云川通"),
        },
        absent=_NO_SUCH_STATE,
    ),
    "huawei": SourceCases(
        target(),
        {
            "undated": Example(_says(b"", 302, location=FILE)),
            "gone": Example(_says(b"", 404)),
        },
        absent=_NO_SUCH_STATE,
        json=False,
        gone=_THE_STORES,
    ),
    "yingyongbao": SourceCases(
        target(url="https://a.app.qq.com/o/simple.jsp?pkgname=cn.gov.qingshi.tong"),
        {
            "renamed": Example(_says(simple(DETAIL.replace("青石通", "云川通"))), name="云川通"),
            "gone": Example(_says(simple("null"))),
        },
        absent=_NO_SUCH_STATE,
        json=False,
    ),
    "xiaomi": SourceCases(
        target(url="https://app.mi.com/details?id=cn.gov.qingshi.tong"),
        {"gone": Example(_says(GONE_FROM_XIAOMI)), "undated": Example(_says(ON_XIAOMI))},
        absent=_NO_SUCH_STATE,
        json=False,
        gone=_THE_STORES,
    ),
    "vivo": SourceCases(
        target(),
        {
            "gone": Example(_says({"id": None})),
            "renamed": Example(_says(on_vivo(title_zh="云川通")), name="云川通"),
        },
        absent=_NO_SUCH_STATE,
    ),
    "apk": SourceCases(
        target(url=APK),
        {"undated": Example(_package), "gone": Example(_says(b"", 404))},
        absent=_NO_SUCH_STATE,
        json=False,
        gone=_THE_STORES,
    ),
    "appgallery": SourceCases(
        target(),
        {
            "gone": Example(_gallery({"rtnCode": 0, "layoutData": []})),
            "renamed": Example(_gallery(layout("云川通")), name="云川通"),
        },
        absent=_NO_SUCH_STATE,
    ),
}
