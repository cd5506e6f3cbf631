"""App stores that answer anonymously, one reader each: App Store, AppGallery, 应用宝, 小米, vivo.

An answer counts only when it is the store's own shape for yes or for no; every other one is a wall
or a changed layout.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from checkers._app.offers import (
    NOT_FOUND,
    NOT_IN_APP_STORE,
    NOT_IN_CHINESE_APP_STORE,
    NOT_IN_STORE,
    at_store,
    offered,
    withdrawn,
)
from checkers._web.pages import split, title
from checkers.base import Facts, Inconclusive, Request, Response, Steps, Target, is_wall_address
from checkers.signals import SignalClass, match
from registry.dates import DateError, parse_when, shanghai_date
from registry.vocab import Reason

_ABSENT = frozenset({404, 410})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def _mapping(data: Any) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise Inconclusive(Reason.CHANGED_LAYOUT, "not an object")
    return data


def _of_day(raw: Any, seen_at: datetime) -> str:
    """The Shanghai date of a store's own time, or nothing where it cannot be told."""
    try:
        return shanghai_date(parse_when(raw, seen_at=seen_at).at).isoformat()
    except (DateError, TypeError):
        return ""


# --- App Store ----------------------------------------------------------------------------------

_LOOKUP = "https://itunes.apple.com/lookup"


def app_store(target: Target, app_id: str, bundle_id: str = "") -> Steps:
    """Apple's lookup by app id, or by bundle id where that is all there is.

    The Chinese storefront is asked first. What it lacks is asked of the default one: in neither it
    is gone, in the latter only it still cannot be downloaded here.
    """
    query = f"id={app_id}" if app_id else f"bundleId={quote(bundle_id, safe='')}"
    response: Response = yield Request(f"{_LOOKUP}?{query}&country=cn")
    found = _looked_up(response)
    if found is not None:
        return _in_app_store(target, found, app_id, bundle_id, response.moment)
    response = yield Request(f"{_LOOKUP}?{query}")
    if _looked_up(response) is None:
        return withdrawn(target, NOT_IN_APP_STORE, "resultCount 0 in cn and by default")
    return withdrawn(target, NOT_IN_CHINESE_APP_STORE, "resultCount 0 in cn, found by default")


def _looked_up(response: Response) -> Mapping[str, Any] | None:
    """The app found; None where the storefront says that it has none."""
    data = _mapping(response.json())
    count, results = data.get("resultCount"), data.get("results")
    if not isinstance(count, int) or not isinstance(results, list) or count != len(results):
        raise Inconclusive(Reason.CHANGED_LAYOUT, "no results")
    return _mapping(results[0]) if results else None


def _in_app_store(
    target: Target, app: Mapping[str, Any], app_id: str, bundle_id: str, seen_at: datetime
) -> Facts:
    shown, bundle = str(app.get("trackId") or ""), str(app.get("bundleId") or "")
    same = shown == app_id if app_id else bundle.casefold() == bundle_id.casefold()
    if not same:
        raise Inconclusive(Reason.WRONG_ACCOUNT, shown or bundle or "an app without an id")
    return offered(
        target,
        app.get("trackName"),
        version=app.get("version"),
        day=_of_day(app.get("currentVersionReleaseDate"), seen_at),
        identifiers=_named(appstore_id=shown, bundle_id=bundle),
    )


def _named(**identifiers: str) -> dict[str, str]:
    return {scheme: value for scheme, value in identifiers.items() if value}


# --- Huawei -------------------------------------------------------------------------------------

_APPDL = "https://appgallery.cloud.huawei.com/appdl/"
_EDGE = "https://web-drcn.hispace.dbankcloud.com/edge"
_FILE = re.compile(r"(?P<package>[A-Za-z]\w*(?:\.\w+)+)\.(?P<made>\d{10})\.apk", re.I)


def huawei(target: Target, app_id: str) -> Steps:
    """The download address of AppGallery: it redirects to the file of an app that is offered."""
    response: Response = yield Request(f"{_APPDL}{app_id}", redirects=False)
    if not response.failure and response.status in _ABSENT:
        return withdrawn(target, NOT_IN_STORE, f"HTTP {response.status}")
    response.usable()
    location = urljoin(response.url, response.headers.get("location", ""))
    if response.status not in _REDIRECTS:
        raise Inconclusive(Reason.AMBIGUOUS, f"HTTP {response.status} and no redirect")
    if "location" not in response.headers:
        return withdrawn(target, NOT_IN_STORE, f"HTTP {response.status} without Location")
    if is_wall_address(location):
        raise Inconclusive(Reason.LOGIN_WALL, urlsplit(location).hostname or "")
    file = urlsplit(location).path.rpartition("/")[2]
    if not file.lower().endswith(".apk"):
        raise Inconclusive(Reason.AMBIGUOUS, f"leads to {location[:80]}")
    named = _FILE.fullmatch(file)
    if named is None:
        return offered(target)
    day = _of_day(f"20{named['made'][:6]}", response.moment)
    return offered(target, day=day, identifiers={"package": named["package"]})


def app_gallery(target: Target, app_id: str) -> Steps:
    """AppGallery's own page data, which want an interface code that its page also fetches."""
    response: Response = yield Request(f"{_EDGE}/webedge/getInterfaceCode", "POST", body=b"")
    code = response.json()
    if not isinstance(code, str) or not re.fullmatch(r"[\w+/=.-]{1,512}", code):
        raise Inconclusive(Reason.CHANGED_LAYOUT, "no interface code")
    asked_at = int(target.as_of.timestamp() * 1000)
    uri = quote(f"app|{app_id}", safe="")
    response = yield Request(
        f"{_EDGE}/uowap/index?method=internal.getTabDetail&uri={uri}&locale=zh_CN",
        headers=(("Interface-Code", f"{code}_{asked_at}"),),
    )
    return _gallery_page(target, _mapping(response.json()))


def _gallery_page(target: Target, data: Mapping[str, Any]) -> Facts:
    code, layouts = data.get("rtnCode"), data.get("layoutData")
    if str(code) == "1002":
        raise Inconclusive(Reason.BLOCKED, "rtnCode 1002: the interface code was not accepted")
    if code not in (None, 0, "0") or not isinstance(layouts, list):
        raise Inconclusive(Reason.CHANGED_LAYOUT, f"rtnCode {code}")
    if not layouts:
        return withdrawn(target, NOT_IN_STORE, "layoutData is empty")
    listed = _mapping(layouts[0]).get("dataList")
    first = _mapping(listed[0]) if isinstance(listed, list) and listed else {}
    return offered(target, first.get("name"), version=first.get("versionName"))


# --- 应用宝, 小米, vivo ---------------------------------------------------------------------------

_SYSTEM_DATA = re.compile(r"window\.systemData\s*=\s*(?=\{)")


def yingyongbao(target: Target, package: str) -> Steps:
    """应用宝's page of a package: `appDetail` in its data, or null."""
    response: Response = yield Request(f"https://a.app.qq.com/o/simple.jsp?pkgname={package}")
    detail = _app_detail(response.usable())
    if detail is None:
        known = at_store(target, "qq.com", "myapp.com")
        return withdrawn(target, NOT_IN_STORE, "appDetail is null", known=known)
    shown = str(detail.get("pkgName") or package)
    if shown.casefold() != package.casefold():
        raise Inconclusive(Reason.WRONG_ACCOUNT, shown)
    return offered(target, detail.get("appName"), version=detail.get("versionName"))


def _app_detail(response: Response) -> Mapping[str, Any] | None:
    scripts = split(response.text()).scripts
    found = _SYSTEM_DATA.search(scripts)
    if response.status != 200 or found is None:
        raise Inconclusive(Reason.CHANGED_LAYOUT, f"HTTP {response.status}, no systemData")
    try:
        data, _end = json.JSONDecoder().raw_decode(scripts, found.end())
    except (ValueError, RecursionError) as error:
        raise Inconclusive(Reason.CHANGED_LAYOUT, str(error)[:80]) from None
    if "appDetail" not in data:
        raise Inconclusive(Reason.CHANGED_LAYOUT, "no appDetail")
    return None if data["appDetail"] is None else _mapping(data["appDetail"])


def xiaomi(target: Target, package: str) -> Steps:
    """小米应用商店's page of a package, which names the package it offers."""
    response: Response = yield Request(f"https://app.mi.com/details?id={package}")
    known = at_store(target, "app.mi.com", "app.xiaomi.com")
    if not response.failure and response.status in _ABSENT:
        return withdrawn(target, NOT_FOUND, f"HTTP {response.status}", known=known)
    response.usable()
    page = response.text()
    named = re.search(rf"(?<![\w.]){re.escape(package)}(?![\w.]*\w)", page, re.I) is not None
    words = _words_of_absence(page)
    if response.status != 200 or named == bool(words):
        raise Inconclusive(Reason.AMBIGUOUS, f"HTTP {response.status} {words}".strip())
    if words:
        return withdrawn(target, NOT_IN_STORE, words, known=known)
    return offered(target)


def _words_of_absence(page: str) -> str:
    """What a store's page says of an app that it has no longer; empty when it says no such thing."""
    for platform, text in (("app", split(page).visible), ("web", title(page))):
        signal = match(platform, text)
        if signal and signal.kind is not SignalClass.WALL:
            return signal.text
    return ""


def vivo(target: Target, app_id: str) -> Steps:
    """vivo's data of an app by its number there: an `id`, or null."""
    response: Response = yield Request(
        f"https://h5-api.appstore.vivo.com.cn/detail/{app_id}?frompage=messageh5&app_version=2100"
    )
    data = _mapping(response.json())
    if "id" not in data or response.status != 200:
        raise Inconclusive(Reason.CHANGED_LAYOUT, f"HTTP {response.status}, no id")
    if data["id"] is None:
        return withdrawn(target, NOT_IN_STORE, "id is null")
    if str(data["id"]) != app_id:
        raise Inconclusive(Reason.WRONG_ACCOUNT, str(data["id"])[:40])
    return offered(
        target,
        data.get("title_zh"),
        version=data.get("version_name"),
        day=_of_day(data.get("upload_time"), response.moment),
        identifiers=_named(package=str(data.get("package_name") or "")),
    )
