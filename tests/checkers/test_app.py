"""Apps: what each store says, what only looks like an answer, and which links name an app."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from checkers._app.file import is_package_address
from checkers._app.offers import UNREAD_STORES, at_store, store_name
from checkers.app import App
from checkers.base import Facts, Failure, Inconclusive, Pace, Request, Response, Target, Unsupported
from registry.vocab import CheckKind, CoverageKind, Existence, Identity, Proof, Reason, link_signal
from tests.checkers.app_answers import (
    APK,
    APPSTORE_ID,
    BUNDLE,
    DETAIL,
    FILE,
    GONE_FROM_XIAOMI,
    HUAWEI_ID,
    NOT_THERE,
    ON_XIAOMI,
    PACKAGE,
    VIVO_ID,
    details,
    layout,
    lookup,
    on_vivo,
    simple,
    target,
)
from tests.checkers.driving import NOON, answer, drive, read, refused, run

OFFERED = "offered for download, which does not show that it works"
AT_TENCENT = target(url=f"https://a.app.qq.com/o/simple.jsp?pkgname={PACKAGE}")
AT_XIAOMI = target(url=f"https://app.mi.com/details?id={PACKAGE}")
WITH_FILE = target(url=APK)


def one(body: Any) -> Response:
    return body if isinstance(body, Response) else answer(body)


def facts(source: str, given: Target, *bodies: Any) -> Facts:
    return read(App().check(given, source), [one(body) for body in bodies])


def refusing(source: str, given: Target, *bodies: Any) -> Inconclusive:
    return refused(App().check(given, source), [one(body) for body in bodies])


def asked(source: str, given: Target, *bodies: Any) -> tuple[Request, ...]:
    return run(App().check(given, source), [one(body) for body in bodies]).asked


def gone(shown: Facts) -> tuple[str, str]:
    """Signal and note of facts that must say gone."""
    assert (shown.existence, shown.posts) == (Existence.GONE_SIGNAL, ())
    assert shown.coverage.kind is CoverageKind.UNREAD
    return shown.signal, shown.note


# --- App Store ----------------------------------------------------------------------------------

LOOKUP = "https://itunes.apple.com/lookup"


def test_an_app_in_the_chinese_store_is_there_with_name_version_and_day() -> None:
    shown = facts("appstore", target(), lookup())
    assert (shown.existence, shown.display_name) == (Existence.EXISTS, "青石通")
    # 17:30 UTC is the next day in Shanghai, and the first release is long past
    assert shown.note == f"{OFFERED}; version 3.2.1 of 2026-03-19"
    assert shown.identifiers == {"appstore_id": APPSTORE_ID, "bundle_id": BUNDLE}
    assert (shown.posts, shown.coverage.kind) == ((), CoverageKind.UNREAD)


def test_the_chinese_store_is_asked_first_and_alone_when_it_has_the_app() -> None:
    (request,) = asked("appstore", target(), lookup())
    assert request == Request(f"{LOOKUP}?id={APPSTORE_ID}&country=cn")


def test_in_no_store_it_is_gone() -> None:
    looked = asked("appstore", target(), NOT_THERE, NOT_THERE)
    assert [request.url for request in looked] == [
        f"{LOOKUP}?id={APPSTORE_ID}&country=cn",
        f"{LOOKUP}?id={APPSTORE_ID}",
    ]
    shown = facts("appstore", target(), NOT_THERE, NOT_THERE)
    assert gone(shown) == ("not_in_app_store", "resultCount 0 in cn and by default")


def test_in_another_countrys_store_only_it_cannot_be_downloaded_here() -> None:
    shown = facts("appstore", target(), NOT_THERE, lookup())
    assert gone(shown) == ("not_in_chinese_app_store", "resultCount 0 in cn, found by default")


def test_a_wall_at_the_second_question_leaves_the_first_undecided() -> None:
    assert refusing("appstore", target(), NOT_THERE, answer("x", 403)).reason is Reason.BLOCKED


def test_a_bundle_id_will_do_where_there_is_no_other() -> None:
    given = target(bundle_id=BUNDLE)
    (request,) = asked("appstore", given, lookup())
    assert request.url == f"{LOOKUP}?bundleId={BUNDLE}&country=cn"
    assert facts("appstore", given, lookup(bundleId=BUNDLE.upper())).existence is Existence.EXISTS
    ended = refusing("appstore", given, lookup(bundleId="cn.gov.yunchuan"))
    assert ended.reason is Reason.WRONG_ACCOUNT
    both = target(bundle_id=BUNDLE, appstore_id=APPSTORE_ID)
    assert f"?id={APPSTORE_ID}&" in asked("appstore", both, lookup())[0].url


@pytest.mark.parametrize(
    ("body", "reason", "detail"),
    [
        (lookup(trackId=999999), Reason.WRONG_ACCOUNT, "999999"),
        (lookup(trackId=None), Reason.WRONG_ACCOUNT, BUNDLE),
        (lookup(trackId=None, bundleId=None), Reason.WRONG_ACCOUNT, "an app without an id"),
        ({"resultCount": 1, "results": []}, Reason.CHANGED_LAYOUT, "no results"),
        ({"resultCount": 0}, Reason.CHANGED_LAYOUT, "no results"),
        ({"resultCount": "0", "results": []}, Reason.CHANGED_LAYOUT, "no results"),
        ({"resultCount": 1, "results": [7]}, Reason.CHANGED_LAYOUT, "not an object"),
        ([], Reason.CHANGED_LAYOUT, "not an object"),
    ],
)
def test_another_shape_is_no_word_about_the_app(body: Any, reason: Reason, detail: str) -> None:
    ended = refusing("appstore", target(), body)
    assert (ended.reason, ended.detail) == (reason, detail)


@pytest.mark.parametrize("raw", [None, "", "soon", [], "2031-01-01T00:00:00Z"])
def test_a_release_without_a_day_is_only_a_version(raw: Any) -> None:
    shown = facts("appstore", target(), lookup(currentVersionReleaseDate=raw))
    assert shown.note == f"{OFFERED}; version 3.2.1"
    bare = facts("appstore", target(), lookup(currentVersionReleaseDate=raw, version=None))
    assert bare.note == OFFERED


# --- names --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("青石通", "青石通"),
        ("云川通", "云川通"),
        ("青石通-一站式政务服务", "青石通"),
        ("青石通 — 掌上办", "青石通"),
        ("青石通（官方版）", "青石通"),
        ("青石通:办事", "青石通"),
        ("云川通-办事", "云川通-办事"),
        ("青石通办事", "青石通办事"),
        ("-青石通", "-青石通"),
        ("undefined", None),
        (None, None),
        ("", None),
    ],
)
def test_a_slogan_behind_the_name_is_no_other_name(raw: Any, name: str | None) -> None:
    assert store_name(raw, "青石通") == name


def test_letters_of_either_case_are_one_name_and_spaces_none() -> None:
    assert store_name("青石通 -掌上办", " 青石通 ") == "青石通"
    assert store_name("QingShi - gov", "qingshi") == "qingshi"


# --- Huawei -------------------------------------------------------------------------------------


def moved(location: str, status: int = 302) -> Response:
    return answer("", status, headers={"location": location})


def test_a_redirect_to_a_package_is_an_offer_with_day_and_package() -> None:
    (request,) = asked("huawei", target(), moved(FILE))
    assert request.url == f"https://appgallery.cloud.huawei.com/appdl/{HUAWEI_ID}"
    assert request.redirects is False
    shown = facts("huawei", target(), moved(FILE))
    assert shown.existence is Existence.EXISTS
    assert shown.note == f"{OFFERED}; of 2026-03-18"
    assert shown.identifiers == {"package": PACKAGE}
    assert shown.display_name is None


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_package_of_another_name_is_an_offer_without_a_day(status: int) -> None:
    shown = facts("huawei", target(), moved("/dl/QINGSHI.APK", status))
    assert (shown.existence, shown.note, shown.identifiers) == (Existence.EXISTS, OFFERED, {})


def test_a_file_of_an_impossible_day_is_an_offer_all_the_same() -> None:
    shown = facts("huawei", target(), moved(f"https://dl.example/{PACKAGE}.2613451530.apk"))
    assert (shown.note, shown.identifiers) == (OFFERED, {"package": PACKAGE})


@pytest.mark.parametrize(
    ("response", "said"),
    [
        (answer("", 302), "HTTP 302 without Location"),
        (answer("<html>", 404), "HTTP 404"),
        (answer("<html>", 410), "HTTP 410"),
    ],
)
def test_without_a_place_to_load_it_from_it_is_gone(response: Response, said: str) -> None:
    assert gone(facts("huawei", target(), response)) == ("not_in_store", said)


@pytest.mark.parametrize(
    ("response", "reason", "detail"),
    [
        (answer("<html>", 200), Reason.AMBIGUOUS, "HTTP 200 and no redirect"),
        (answer("<html>", 304), Reason.AMBIGUOUS, "HTTP 304 and no redirect"),
        (moved(FILE, 200), Reason.EMPTY_BODY, ""),
        (moved("https://id1.cloud.example/login"), Reason.LOGIN_WALL, "id1.cloud.example"),
        (moved("/captcha?x"), Reason.LOGIN_WALL, "appgallery.cloud.huawei.com"),
        (
            moved("https://appgallery.huawei.com/"),
            Reason.AMBIGUOUS,
            "leads to https://appgallery.huawei.com/",
        ),
        (
            Response("", 0, failure=Failure(Reason.TIMEOUT, "x"), fetched_at=NOON),
            Reason.TIMEOUT,
            "x",
        ),
        (
            Response("", 404, failure=Failure(Reason.DNS, "y"), fetched_at=NOON),
            Reason.DNS,
            "y",
        ),
    ],
)
def test_another_way_leads_to_no_word(response: Response, reason: Reason, detail: str) -> None:
    ended = refusing("huawei", target(), response)
    assert (ended.reason, ended.detail) == (reason, detail)


EDGE = "https://web-drcn.hispace.dbankcloud.com/edge"


def test_the_web_interface_is_asked_with_the_code_that_it_gives() -> None:
    first, second = asked("appgallery", target(), '"aB3-x/=+"', layout())
    assert (first.method, first.url) == ("POST", f"{EDGE}/webedge/getInterfaceCode")
    assert second.url == (
        f"{EDGE}/uowap/index?method=internal.getTabDetail&uri=app%7C{HUAWEI_ID}&locale=zh_CN"
    )
    stamp = int(NOON.timestamp()) * 1000
    assert second.headers == (("Interface-Code", f"aB3-x/=+_{stamp}"),)


def test_a_page_with_layouts_offers_the_app_and_an_empty_one_does_not() -> None:
    shown = facts("appgallery", target(), '"code"', layout("云川通"))
    assert (shown.existence, shown.display_name) == (Existence.EXISTS, "云川通")
    assert shown.note == f"{OFFERED}; version 3.2.1"
    for code in (None, 0, "0"):
        empty: Any = {"rtnCode": code, "layoutData": []}
        assert gone(facts("appgallery", target(), '"code"', empty)) == (
            "not_in_store",
            "layoutData is empty",
        )


def test_of_several_entries_the_first_is_the_app() -> None:
    data = layout()
    data["layoutData"][0]["dataList"].append({"name": "别的应用", "versionName": "9"})
    data["layoutData"].append({"dataList": [{"name": "相关推荐"}]})
    shown = facts("appgallery", target(), '"code"', data)
    assert (shown.display_name, shown.note) == ("青石通", f"{OFFERED}; version 3.2.1")


@pytest.mark.parametrize("first", [{}, {"dataList": []}, {"dataList": None}])
def test_a_layout_without_its_data_offers_an_app_without_a_name(first: Any) -> None:
    shown = facts("appgallery", target(), '"code"', {"rtnCode": 0, "layoutData": [first]})
    assert (shown.existence, shown.display_name, shown.note) == (Existence.EXISTS, None, OFFERED)


@pytest.mark.parametrize(
    ("bodies", "reason", "detail"),
    [
        (['"a b"'], Reason.CHANGED_LAYOUT, "no interface code"),
        (['""'], Reason.CHANGED_LAYOUT, "no interface code"),
        ([{"code": "x"}], Reason.CHANGED_LAYOUT, "no interface code"),
        (
            ['"code"', {"rtnCode": 1002}],
            Reason.BLOCKED,
            "rtnCode 1002: the interface code was not accepted",
        ),
        (['"code"', answer("x", 403)], Reason.BLOCKED, "HTTP 403"),
        (['"code"', {"rtnCode": 5, "layoutData": []}], Reason.CHANGED_LAYOUT, "rtnCode 5"),
        (['"code"', {"rtnCode": 0}], Reason.CHANGED_LAYOUT, "rtnCode 0"),
        (['"code"', {"layoutData": [7]}], Reason.CHANGED_LAYOUT, "not an object"),
        (
            ['"code"', {"layoutData": [{"dataList": [7]}]}],
            Reason.CHANGED_LAYOUT,
            "not an object",
        ),
    ],
)
def test_the_web_interface_refuses_in_ways_of_its_own(
    bodies: list[Any], reason: Reason, detail: str
) -> None:
    ended = refusing("appgallery", target(), *bodies)
    assert (ended.reason, ended.detail) == (reason, detail)


# --- 应用宝 ---------------------------------------------------------------------------------------


def test_the_details_of_a_package_are_an_offer() -> None:
    (request,) = asked("yingyongbao", AT_TENCENT, simple(DETAIL))
    assert request.url == f"https://a.app.qq.com/o/simple.jsp?pkgname={PACKAGE}"
    shown = facts("yingyongbao", AT_TENCENT, simple(DETAIL))
    assert (shown.existence, shown.display_name) == (Existence.EXISTS, "青石通")
    assert shown.note == f"{OFFERED}; version 3.2.1"


def test_details_need_no_package_of_their_own() -> None:
    shown = facts("yingyongbao", AT_TENCENT, simple('{"appName": "青石通"}'))
    assert shown.existence is Existence.EXISTS


@pytest.mark.parametrize(
    "url",
    [
        f"https://a.app.qq.com/o/simple.jsp?pkgname={PACKAGE}",
        f"https://sj.qq.com/appdetail/{PACKAGE}",
        f"https://android.myapp.com/myapp/detail.htm?apkName={PACKAGE}",
    ],
)
def test_no_details_say_gone_of_an_app_that_was_known_there(url: str) -> None:
    shown = facts("yingyongbao", target(url=url), simple("null"))
    assert gone(shown) == ("not_in_store", "appDetail is null")
    assert gone(facts("yingyongbao", target(address=url), simple("null")))


@pytest.mark.parametrize(
    ("source", "body", "said"),
    [
        ("yingyongbao", simple("null"), "appDetail is null"),
        ("xiaomi", GONE_FROM_XIAOMI, "该应用已下架"),
        ("xiaomi", answer("x", 404), "HTTP 404"),
    ],
)
@pytest.mark.parametrize("url", ["", f"https://apps.apple.com/cn/app/id{APPSTORE_ID}"])
def test_a_store_that_was_never_known_to_have_it_says_nothing(
    source: str, body: Any, said: str, url: str
) -> None:
    ended = refusing(source, target(url=url), body)
    assert (ended.reason, ended.detail) == (Reason.NOT_FOUND, said)
    assert not isinstance(ended, Unsupported)


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (simple(DETAIL.replace(PACKAGE, "cn.gov.yunchuan")), Reason.WRONG_ACCOUNT),
        (simple(DETAIL.replace(PACKAGE, "cn.gov.anshan")), Reason.WRONG_ACCOUNT),
        (simple("[]"), Reason.CHANGED_LAYOUT),
        (simple("nul"), Reason.CHANGED_LAYOUT),
        (simple("null").replace("appDetail", "appInfo"), Reason.CHANGED_LAYOUT),
        (simple("null").replace("systemData", "otherData"), Reason.CHANGED_LAYOUT),
        (answer(simple("null"), 404), Reason.CHANGED_LAYOUT),
        (answer(simple("null"), 102), Reason.CHANGED_LAYOUT),
        (simple('{"a":' * 50_000), Reason.CHANGED_LAYOUT),
        ("<p>window.systemData = {}</p>", Reason.CHANGED_LAYOUT),
    ],
)
def test_a_page_without_its_data_says_nothing(page: Any, reason: Reason) -> None:
    assert refusing("yingyongbao", AT_TENCENT, page).reason is reason


# --- 小米 ----------------------------------------------------------------------------------------


def test_a_page_that_names_the_package_offers_it() -> None:
    (request,) = asked("xiaomi", AT_XIAOMI, ON_XIAOMI)
    assert request.url == f"https://app.mi.com/details?id={PACKAGE}"
    shown = facts("xiaomi", AT_XIAOMI, ON_XIAOMI)
    assert (shown.existence, shown.display_name, shown.note) == (Existence.EXISTS, None, OFFERED)
    assert facts("xiaomi", AT_XIAOMI, details(PACKAGE.upper())).existence is Existence.EXISTS
    assert facts("xiaomi", AT_XIAOMI, details(f"{PACKAGE}.")).existence is Existence.EXISTS


@pytest.mark.parametrize("words", ["抱歉，该应用已下架", "应用不存在！", "没有找到该应用"])
def test_a_page_that_says_so_has_it_no_longer(words: str) -> None:
    signal, said = gone(facts("xiaomi", AT_XIAOMI, details(words)))
    assert signal == "not_in_store" and said.rstrip("！") in words


def test_a_title_that_says_not_found_says_so_too() -> None:
    page = "<html><head><title>404 Not Found</title></head><body>x</body></html>"
    assert gone(facts("xiaomi", AT_XIAOMI, page)) == ("not_in_store", "404 Not Found")


@pytest.mark.parametrize("status", [404, 410])
def test_a_missing_page_of_a_known_app_says_gone(status: int) -> None:
    shown = facts("xiaomi", AT_XIAOMI, answer("x", status))
    assert gone(shown) == ("not_found", f"HTTP {status}")


@pytest.mark.parametrize(
    ("page", "detail"),
    [
        (details("欢迎"), "HTTP 200"),
        (details(f"{PACKAGE}.beta"), "HTTP 200"),
        (details(f"x{PACKAGE}"), "HTTP 200"),
        (details(f"com.{PACKAGE}"), "HTTP 200"),
        (details(f"{PACKAGE} 应用不存在"), "HTTP 200 应用不存在"),
        (answer(ON_XIAOMI, 400), "HTTP 400"),
        (answer(ON_XIAOMI, 102), "HTTP 102"),
    ],
)
def test_a_page_that_says_neither_says_nothing(page: Any, detail: str) -> None:
    ended = refusing("xiaomi", AT_XIAOMI, page)
    assert (ended.reason, ended.detail) == (Reason.AMBIGUOUS, detail)


def test_no_answer_is_no_missing_page() -> None:
    broken = Response("", 404, failure=Failure(Reason.CONNECTION, "x"), fetched_at=NOON)
    assert refusing("xiaomi", AT_XIAOMI, broken).reason is Reason.CONNECTION


# --- vivo ---------------------------------------------------------------------------------------


def test_an_id_is_an_offer_and_null_is_none() -> None:
    (request,) = asked("vivo", target(), on_vivo())
    assert request.url == (
        f"https://h5-api.appstore.vivo.com.cn/detail/{VIVO_ID}"
        "?frompage=messageh5&app_version=2100"
    )
    shown = facts("vivo", target(), on_vivo())
    assert (shown.existence, shown.display_name) == (Existence.EXISTS, "青石通")
    assert shown.note == f"{OFFERED}; version 3.2.1 of 2026-03-18"
    assert shown.identifiers == {"package": PACKAGE}
    assert facts("vivo", target(), on_vivo(package_name=None)).identifiers == {}
    assert gone(facts("vivo", target(), {"id": None})) == ("not_in_store", "id is null")


@pytest.mark.parametrize(
    ("body", "reason", "detail"),
    [
        ({"code": 0}, Reason.CHANGED_LAYOUT, "HTTP 200, no id"),
        (answer({"id": None}, 404), Reason.CHANGED_LAYOUT, "HTTP 404, no id"),
        (answer({"id": None}, 102), Reason.CHANGED_LAYOUT, "HTTP 102, no id"),
        (on_vivo(id=7), Reason.WRONG_ACCOUNT, "7"),
        (on_vivo(id="9" * 50), Reason.WRONG_ACCOUNT, "9" * 40),
        ([], Reason.CHANGED_LAYOUT, "not an object"),
    ],
)
def test_another_answer_of_vivo_says_nothing(body: Any, reason: Reason, detail: str) -> None:
    ended = refusing("vivo", target(), body)
    assert (ended.reason, ended.detail) == (reason, detail)


# --- the package itself -------------------------------------------------------------------------


def head(status: int = 200, kind: str = "application/vnd.android.package-archive") -> Response:
    headers = {"content-type": kind, "last-modified": "Wed, 18 Mar 2026 01:00:00 GMT"}
    return answer("", status, headers=headers)


def bytes_of(body: bytes, status: int = 206, kind: str = "application/zip") -> Response:
    return answer(body, status, headers={"content-type": kind})


MAGIC = b"PK\x03\x04"
PAGE_TYPE = "text/html; charset=utf-8"
LOST = b"<html><head><title>404 Not Found</title></head><body>404 Not Found</body></html>"


def test_the_head_of_a_package_is_enough() -> None:
    (request,) = asked("apk", WITH_FILE, head())
    assert (request.method, request.url) == ("HEAD", APK)
    shown = facts("apk", WITH_FILE, head())
    assert shown.existence is Existence.EXISTS
    assert shown.note == f"{OFFERED}; of Wed, 18 Mar 2026 01:00:00 GMT"


@pytest.mark.parametrize(
    "kind",
    [
        "application/octet-stream",
        "application/zip",
        "application/x-zip-compressed",
        "Application/Vnd.Android.Package-Archive; x=y",
    ],
)
def test_the_types_of_a_package(kind: str) -> None:
    assert len(asked("apk", WITH_FILE, head(kind=kind))) == 1


@pytest.mark.parametrize("status", [403, 404, 405, 410, 501])
def test_where_a_head_is_refused_four_bytes_are_asked_for(status: int) -> None:
    looked = asked("apk", WITH_FILE, head(status), bytes_of(MAGIC))
    assert [(r.method, r.url) for r in looked] == [("HEAD", APK), ("GET", APK)]
    assert looked[1].headers == (("Range", "bytes=0-3"), ("Accept-Encoding", "identity"))
    for whole in (bytes_of(MAGIC), bytes_of(MAGIC + b"x" * 99, 200)):
        assert facts("apk", WITH_FILE, head(status), whole).existence is Existence.EXISTS


@pytest.mark.parametrize("kind", [PAGE_TYPE, "", "text/plain", "application/zipped"])
def test_a_head_of_another_type_is_not_believed_either_way(kind: str) -> None:
    shown = facts("apk", WITH_FILE, head(kind=kind), bytes_of(MAGIC))
    assert (shown.existence, shown.note) == (Existence.EXISTS, OFFERED)


def test_a_head_of_another_status_is_not_believed_either() -> None:
    odd = answer("", 206, headers={"content-type": "application/zip"})
    assert len(asked("apk", WITH_FILE, odd, bytes_of(MAGIC))) == 2


@pytest.mark.parametrize("status", [404, 410])
def test_a_missing_file_is_gone(status: int) -> None:
    lost = facts("apk", WITH_FILE, head(status), bytes_of(b"x", status))
    assert gone(lost) == ("not_found", f"HTTP {status}")
    refused_first = facts("apk", WITH_FILE, head(405), bytes_of(b"x", status))
    assert gone(refused_first) == ("not_found", f"HTTP {status}")


def test_a_page_in_place_of_the_file_is_no_file_and_gone_only_if_it_says_so() -> None:
    lost = bytes_of(LOST, 200, PAGE_TYPE)
    assert gone(facts("apk", WITH_FILE, head(kind=PAGE_TYPE), lost)) == (
        "soft404",
        "HTTP 200: 404 Not Found",
    )
    welcome = bytes_of(b"<html><body>welcome</body></html>", 200, PAGE_TYPE)
    ended = refusing("apk", WITH_FILE, head(kind=PAGE_TYPE), welcome)
    assert (ended.reason, ended.detail) == (
        Reason.AMBIGUOUS,
        f"no package under its address: {PAGE_TYPE}",
    )
    part = refusing("apk", WITH_FILE, head(kind=PAGE_TYPE), bytes_of(LOST, 206, PAGE_TYPE))
    assert part.reason is Reason.AMBIGUOUS


@pytest.mark.parametrize(
    ("answers", "reason", "detail"),
    [
        ([head(401)], Reason.LOGIN_WALL, "HTTP 401"),
        ([head(429)], Reason.RATE_LIMITED, "HTTP 429"),
        ([head(500)], Reason.SERVER_ERROR, "HTTP 500"),
        ([head(502)], Reason.SERVER_ERROR, "HTTP 502"),
        ([head(405), bytes_of(b"x", 403)], Reason.BLOCKED, "HTTP 403"),
        ([head(405), bytes_of(b"", 200)], Reason.EMPTY_BODY, ""),
        ([head(405), bytes_of(b"x", 416)], Reason.AMBIGUOUS, "HTTP 416"),
        ([head(400), bytes_of(MAGIC, 400)], Reason.AMBIGUOUS, "HTTP 400"),
        (
            [head(405), answer(b"PK", 206)],
            Reason.AMBIGUOUS,
            "no package under its address: no type",
        ),
        (
            [Response("", 404, failure=Failure(Reason.TLS, "x"), fetched_at=NOON)],
            Reason.TLS,
            "x",
        ),
        (
            [replace(head(404), url="https://login.qingshi.example/")],
            Reason.LOGIN_WALL,
            "login.qingshi.example",
        ),
    ],
)
def test_a_wall_before_the_file_is_a_wall(
    answers: list[Response], reason: Reason, detail: str
) -> None:
    ended = refusing("apk", WITH_FILE, *answers)
    assert (ended.reason, ended.detail) == (reason, detail)


def test_the_address_that_the_office_gave_comes_before_the_ledgers_link() -> None:
    given = target(url=APK, address="https://dl.qingshi.example/a.apk")
    assert asked("apk", given, head())[0].url == "https://dl.qingshi.example/a.apk"
    given = target(url=APK, address="青石通")
    assert asked("apk", given, head())[0].url == APK
    ended = refusing("apk", target(url="https://apps.apple.com/cn/app/id1234567890"))
    assert isinstance(ended, Unsupported)
    assert (ended.reason, ended.detail) == (
        Reason.NO_ADDRESS,
        "no direct address of a package",
    )


@pytest.mark.parametrize(
    ("url", "direct"),
    [
        (APK, True),
        ("HTTP://dl.qingshi.example/A.APK", True),
        ("https://dl.qingshi.example/a.apk?v=2", True),
        ("https://dl.qingshi.example/a.apk/", False),
        ("https://dl.qingshi.example/a.apks", False),
        ("https://dl.qingshi.example/?f=a.apk", False),
        ("https://dl.qingshi.example/.apk", False),
        ("https://a.apk", False),
        ("ftp://dl.qingshi.example/a.apk", False),
        ("dl.qingshi.example/a.apk", False),
        ("https://dl.qingshi.example/a b.apk", False),
        ("", False),
    ],
)
def test_what_is_a_direct_address_of_a_package(url: str, direct: bool) -> None:
    assert is_package_address(url) is direct


# --- several stores, one app --------------------------------------------------------------------


@pytest.mark.parametrize("host", UNREAD_STORES)
def test_an_app_with_a_page_in_a_store_that_nobody_reads_is_for_people(host: str) -> None:
    given = target(url=f"https://www.{host}/app/1")
    ended = refusing("vivo", given, {"id": None})
    assert isinstance(ended, Unsupported)
    assert (ended.reason, ended.detail) == (
        Reason.BY_HAND,
        "id is null; its page in another store is read by people",
    )
    assert facts("vivo", given, on_vivo()).existence is Existence.EXISTS


def test_a_store_is_told_by_its_whole_host() -> None:
    assert at_store(target(url="https://app.mi.com/x"), "app.mi.com")
    assert at_store(target(url="https://M.App.Mi.com/x"), "app.mi.com")
    assert not at_store(target(url="https://app.mi.com.example/x"), "app.mi.com")
    assert not at_store(target(url="https://xapp.mi.com/x"), "app.mi.com")
    assert not at_store(target(url="http://[x"), "app.mi.com")
    assert not at_store(target(), "app.mi.com")


@pytest.mark.parametrize(
    ("source", "bodies"),
    [
        ("appstore", [NOT_THERE, NOT_THERE]),
        ("yingyongbao", [simple("null")]),
        ("vivo", [{"id": None}]),
        ("appgallery", ['"code"', {"layoutData": []}]),
    ],
)
def test_asked_for_a_name_only_a_store_that_has_it_not_says_nothing(
    source: str, bodies: list[Any]
) -> None:
    given = replace(AT_TENCENT, kind=CheckKind.IDENTITY)
    ended = refusing(source, given, *bodies)
    assert ended.reason is Reason.NOT_FOUND and not isinstance(ended, Unsupported)


@pytest.mark.parametrize("source", ["appstore", "huawei", "yingyongbao", "xiaomi", "vivo"])
def test_without_an_id_of_a_store_it_is_not_asked(source: str) -> None:
    for given in (target(other="x"), target(other="x", url="https://www.qingshi.gov.cn/app")):
        with pytest.raises(Unsupported) as ended:
            drive(App().check(given, source), [])
        assert ended.value.reason is Reason.NO_ADDRESS
        assert ended.value.detail == f"no id of the app in {source}"


@pytest.mark.parametrize(
    ("source", "url", "body"),
    [
        ("appstore", f"https://apps.apple.com/cn/app/x/id{APPSTORE_ID}", lookup()),
        ("huawei", f"https://appgallery.huawei.com/app/{HUAWEI_ID}", moved(FILE)),
        ("yingyongbao", f"https://sj.qq.com/appdetail/{PACKAGE}", simple(DETAIL)),
        ("xiaomi", f"https://app.mi.com/details?id={PACKAGE}", ON_XIAOMI),
    ],
)
def test_an_id_may_stand_in_an_address_alone(source: str, url: str, body: Any) -> None:
    assert facts(source, target(other="x", url=url), body).existence is Existence.EXISTS
    assert facts(source, target(other="x", address=url), body).existence is Existence.EXISTS


@pytest.mark.parametrize(
    ("source", "url"),
    [
        ("appstore", f"https://sj.qq.com/appdetail/{PACKAGE}"),
        ("vivo", f"https://apps.apple.com/cn/app/id{APPSTORE_ID}"),
        ("huawei", f"https://sj.qq.com/appdetail/{PACKAGE}"),
    ],
)
def test_an_id_of_another_store_is_not_asked_for(source: str, url: str) -> None:
    with pytest.raises(Unsupported):
        drive(App().check(target(other="x", url=url, address=url), source), [])


def test_an_id_that_is_none_is_not_asked_for() -> None:
    with pytest.raises(Unsupported):
        drive(App().check(target(huawei_id="100123456"), "huawei"), [])
    with pytest.raises(Unsupported):
        drive(App().check(target(package="qingshi"), "xiaomi"), [])


def test_what_a_store_proves_and_when_it_is_asked() -> None:
    proves = {source.name: source.proves for source in App.sources}
    name = frozenset({Proof.EXISTENCE, Proof.NAME})
    only = frozenset({Proof.EXISTENCE})
    assert proves == {
        "appstore": name,
        "huawei": only,
        "yingyongbao": name,
        "xiaomi": only,
        "vivo": name,
        "apk": only,
        "appgallery": name,
    }
    assert [source.name for source in App.sources if not source.by_default] == ["appgallery"]
    for source in App.sources:
        named = {CheckKind.IDENTITY} if source.proves == name else set()
        assert source.kinds == {CheckKind.APP, CheckKind.HANDLE} | named
    assert [source.name for source in App.sources if source.address] == ["apk"]


def test_stores_are_asked_gently() -> None:
    gentle = Pace(min_gap=10.0, per_run=50)
    assert App.hosts == {
        "itunes.apple.com": Pace(min_gap=3.0, per_run=200),
        "appgallery.cloud.huawei.com": gentle,
        "web-drcn.hispace.dbankcloud.com": gentle,
        "a.app.qq.com": gentle,
        "app.mi.com": gentle,
        "h5-api.appstore.vivo.com.cn": gentle,
    }
    assert [source.pace for source in App.sources if source.pace] == [Pace(min_gap=3.0)]


@pytest.mark.parametrize(
    ("signal", "zh"),
    [
        ("not_in_store", "应用商店中已没有该应用"),
        ("not_in_app_store", "苹果商店各区均已没有该应用"),
        ("not_in_chinese_app_store", "苹果商店中国区没有该应用（其他区还有）"),
        ("not_found", "页面不存在"),
        ("soft404", "页面提示内容不存在"),
        ("seen_missing", "人工查看：找不到该应用"),
    ],
)
def test_every_signal_has_its_words(signal: str, zh: str) -> None:
    assert link_signal(signal) == zh
    assert link_signal(signal, "en") not in {"", signal}


# --- links --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "scheme", "value"),
    [
        ("https://apps.apple.com/cn/app/%E9%9D%92/id1234567890?mt=8", "appstore_id", APPSTORE_ID),
        ("https://apps.apple.com/app/id1234567890", "appstore_id", APPSTORE_ID),
        ("https://itunes.apple.com/cn/app/id1234567890", "appstore_id", APPSTORE_ID),
        ("https://sj.qq.com/appdetail/cn.gov.qingshi.tong", "package", PACKAGE),
        ("https://sj.qq.com/myapp/detail.htm?apkName=cn.gov.qingshi.tong", "package", PACKAGE),
        (
            "https://android.myapp.com/myapp/detail.htm?apkName=cn.gov.qingshi.tong",
            "package",
            PACKAGE,
        ),
        (
            "下载青石通：https://a.app.qq.com/o/simple.jsp?pkgname=cn.gov.qingshi.tong 快来",
            "package",
            PACKAGE,
        ),
        ("https://m.app.mi.com/details?id=cn.gov.qingshi.tong", "package", PACKAGE),
        ("https://app.mi.com/detail?id=cn.gov.qingshi.tong", "package", PACKAGE),
        ("https://app.xiaomi.com/details?id=cn.gov.qingshi.tong", "package", PACKAGE),
        (
            "https://play.google.com/store/apps/details?id=cn.gov.qingshi.tong&hl=zh",
            "package",
            PACKAGE,
        ),
        ("https://appgallery.huawei.com/#/app/C100123456", "huawei_id", HUAWEI_ID),
        ("https://appgallery.cloud.huawei.com/ag/n/app/C100123456?x=1", "huawei_id", HUAWEI_ID),
        (
            "https://appgallery.cloud.huawei.com/marketshare/app/C100123456",
            "huawei_id",
            HUAWEI_ID,
        ),
        ("https://appgallery.cloud.huawei.com/appdl/C100123456", "huawei_id", HUAWEI_ID),
        (
            "https://h5coml.vivo.com.cn/h5coml/appdetail_h5/browser_v2/index.html?appId=3123456",
            "vivo_id",
            VIVO_ID,
        ),
        ("https://h5.appstore.vivo.com.cn/#/details?appId=3123456", "vivo_id", VIVO_ID),
    ],
)
def test_a_store_link_names_its_app(text: str, scheme: str, value: str) -> None:
    found = App().identify(text)
    assert found is not None
    assert (found.platform, found.scheme, found.value) == ("app", scheme, value)


@pytest.mark.parametrize(
    "url",
    [
        APK,
        "https://url.cloud.huawei.com/abcdEFGH",
        "https://zhushou.360.cn/detail/index/soft_id/123",
        "https://www.wandoujia.com/apps/123",
    ],
)
def test_a_link_without_an_id_stays_an_address(url: str) -> None:
    assert App().identify(f"青石通 {url}") == Identity("app", "url", url, url)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "青石通",
        "1234567890",
        PACKAGE,
        "www.qingshi.gov.cn/app/qingshitong.apk",
        "https://www.qingshi.gov.cn/app/qingshitong.apk.html",
        "https://apps.apple.com/cn/developer/id1234567890",
        "https://app.mi.com/",
        "https://www.so.com/s?q=1",
    ],
)
def test_what_names_no_app_is_left_alone(text: str) -> None:
    assert App().identify(text) is None


def test_the_moment_of_asking_is_the_runs() -> None:
    later = replace(target(), as_of=NOON + timedelta(milliseconds=5))
    request = asked("appgallery", later, '"code"', layout())[1]
    assert request.headers[0][1].endswith(str(int(NOON.timestamp()) * 1000 + 5))


@pytest.mark.parametrize("source", ["aaa", "web", "zzz"])
def test_a_store_that_nobody_knows_is_no_source(source: str) -> None:
    with pytest.raises(Unsupported) as ended:
        drive(App().check(target(), source), [])
    assert (ended.value.reason, ended.value.detail) == (Reason.NO_SOURCE, source)
