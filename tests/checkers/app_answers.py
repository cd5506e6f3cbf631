"""Made-up answers of app stores: the app 青石通 (cn.gov.qingshi.tong) looked for at noon."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from checkers.base import Target
from registry.vocab import CheckKind
from tests.checkers.driving import NOON

PACKAGE = "cn.gov.qingshi.tong"
APPSTORE_ID, HUAWEI_ID, VIVO_ID = "1234567890", "C100123456", "3123456"
BUNDLE = "cn.gov.qingshi.Tong-iOS"
APK = "https://www.qingshi.gov.cn/app/qingshitong.apk"
FILE = f"https://appdlc-drcn.example/dl/appdl/application/apk/{PACKAGE}.2603181530.apk?sign=x"


def target(kind: CheckKind = CheckKind.APP, url: str = "", address: str = "", **ids: str) -> Target:
    """The app with those ids; without any, with an id in every store."""
    every = {
        "appstore_id": APPSTORE_ID,
        "package": PACKAGE,
        "huawei_id": HUAWEI_ID,
        "vivo_id": VIVO_ID,
    }
    return Target(
        "app",
        "青石通",
        identifiers=ids or every,
        url=url,
        address=address,
        kind=kind,
        as_of=NOON,
        read_back_to=datetime(2026, 3, 5, 4, tzinfo=UTC),
    )


def lookup(**more: Any) -> dict[str, Any]:
    """Apple's answer for an app that the storefront has."""
    app = {
        "trackId": int(APPSTORE_ID),
        "trackName": "青石通",
        "bundleId": BUNDLE,
        "version": "3.2.1",
        "releaseDate": "2019-05-04T00:50:47Z",
        "currentVersionReleaseDate": "2026-03-18T17:30:00Z",
    }
    return {"resultCount": 1, "results": [app | more]}


NOT_THERE: dict[str, Any] = {"resultCount": 0, "results": []}


def simple(detail: str) -> str:
    """应用宝's page with that `appDetail`, as JavaScript."""
    return (
        "<!DOCTYPE html><html><head><title>应用宝</title></head><body><script>"
        f'window.systemData = {{"appDetail": {detail}, "code": 0}}; var a = 1;</script></body></html>'
    )


DETAIL = f'{{"appName": "青石通", "pkgName": "{PACKAGE}", "versionName": "3.2.1"}}'


def details(body: str) -> str:
    """小米's page."""
    return f"<html><head><title>小米应用商店</title></head><body>{body}</body></html>"


ON_XIAOMI = details(f'<h3>青石通</h3><a href="/download/1?p={PACKAGE}">直接下载</a>')
GONE_FROM_XIAOMI = details("<p>抱歉，该应用已下架</p>")


def on_vivo(**more: Any) -> dict[str, Any]:
    """vivo's data of the app."""
    app = {
        "id": int(VIVO_ID),
        "title_zh": "青石通",
        "package_name": PACKAGE,
        "version_name": "3.2.1",
        "upload_time": "2026-03-18 09:30:00",
    }
    return app | more


def layout(name: str = "青石通") -> dict[str, Any]:
    """AppGallery's page data."""
    first = {"name": name, "versionName": "3.2.1"}
    return {"rtnCode": 0, "layoutData": [{"layoutId": "1", "dataList": [first]}]}
