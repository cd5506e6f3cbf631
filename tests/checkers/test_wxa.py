"""Pages of mini-programs tried by the link checker through credentials, and what is made of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from checkers._wechat.wxa import clean_page, read_page
from checkers.base import Failure, Link, LinkFact, Request, Response, Target
from checkers.links import Links
from registry.vocab import CheckKind, LinkKind, Reason, link_signal
from tests.checkers.driving import NOON, Driven, answer, run
from tests.checkers.wechat_answers import error
from verdicts.links import Trial, Tried, broken_code, judge_link, trial

APPID = "wx00112233445566bb"
OTHER = "wxffeeddccbbaa0099"
PNG = b"\x89PNG\r\n\x1a\n made-up code"
CODE = "https://api.weixin.qq.com/wxa/getwxacodeunlimit"
SCHEME = "weixin://dl/business/?t=AbCdEfGh"


def button(
    page: str = "pages/book", appid: str = APPID, label: str = "预约", url: str = ""
) -> Link:
    return Link(label, LinkKind.MINIPROGRAM, url, ("服务", label), appid, page)


def absent(name: str = "x") -> Response:
    """What the engine answers where the office holds no such credential."""
    return Response("", 0, fetched_at=NOON, failure=Failure(Reason.NO_CREDENTIAL, name))


def tried(links: list[Link], *answers: Response) -> Driven:
    target = Target("wechat", "青石公安", kind=CheckKind.MENU, as_of=NOON, links=tuple(links))
    return run(Links().check(target, "http"), answers)


def facts(links: list[Link], *answers: Response) -> tuple[LinkFact, ...]:
    outcome = tried(links, *answers).outcome
    assert not isinstance(outcome, Exception)
    return outcome.link_facts


def fact(body: Any, link: Link | None = None, **more: Any) -> LinkFact:
    return read_page(link or button(), answer(body, **more))


# --- what is asked ---------------------------------------------------------------------------------


def test_a_page_is_asked_for_with_the_mini_programs_own_credential() -> None:
    driven = tried([button("/pages/book?id=7&from=menu#top")], answer(PNG))
    (asked,) = driven.asked
    assert (asked.url, asked.method, asked.auth) == (CODE, "POST", f"miniprogram:{APPID}")
    assert json.loads(asked.body or b"") == {
        "scene": "1",
        "check_path": True,
        "env_version": "release",
        "width": 280,
        "page": "pages/book",
    }


def test_a_button_without_a_page_asks_for_the_first_one() -> None:
    (asked,) = tried([button("")], answer(PNG)).asked
    assert "page" not in json.loads(asked.body or b"")


@pytest.mark.parametrize(
    ("page", "clean"),
    [
        ("pages/book", "pages/book"),
        ("/pages/book", "pages/book"),
        ("//pages/book", "pages/book"),
        (" pages/book ", "pages/book"),
        ("pages/book?a=1?b=2", "pages/book"),
        ("pages/book#a?b", "pages/book"),
        ("/pages/book?u=/x", "pages/book"),
        ("pages/book.html", "pages/book"),
        ("/pages/book.html?u=/x.html", "pages/book"),
        ("pages/html", "pages/html"),
        ("", ""),
    ],
)
def test_a_page_is_asked_for_without_slash_and_query(page: str, clean: str) -> None:
    assert clean_page(page) == clean


def test_where_the_office_holds_no_secret_of_it_an_authorisation_will_do() -> None:
    driven = tried([button()], absent(), answer(PNG))
    assert [asked.auth for asked in driven.asked] == [
        f"miniprogram:{APPID}",
        f"wechat_authorized:{APPID}",
    ]
    (found,) = facts([button()], absent(), answer(PNG))
    assert (found.signal, found.failure) == ("page_found", None)


def test_without_any_credential_that_is_the_fact_and_it_names_the_first() -> None:
    found = facts([button()], absent(f"miniprogram:{APPID}"), absent("wechat_authorized"))
    assert found == (
        LinkFact(
            "",
            failure=Reason.NO_CREDENTIAL,
            detail=f"miniprogram:{APPID}",
            appid=APPID,
            page="pages/book",
        ),
    )


def test_only_what_lacks_a_credential_is_asked_again() -> None:
    links = [button("a"), button("b", OTHER)]
    driven = tried(links, answer(error(41030, "invalid page rid: 6")), absent(), answer(PNG))
    assert [asked.auth for asked in driven.asked] == [
        f"miniprogram:{APPID}",
        f"miniprogram:{OTHER}",
        f"wechat_authorized:{OTHER}",
    ]


def test_the_same_page_is_asked_for_once_and_told_of_each_button() -> None:
    links = [button("/pages/book?id=1"), button("pages/book?id=2"), button("/pages/book?id=1")]
    driven = tried(links, answer(PNG))
    assert len(driven.asked) == 1
    assert [(f.url, f.appid, f.page) for f in facts(links, answer(PNG))] == [
        ("", APPID, "/pages/book?id=1"),
        ("", APPID, "pages/book?id=2"),
    ]


@pytest.mark.parametrize(
    "link",
    [
        button(appid=""),
        button(appid="wx123"),
        button(appid=f"{APPID}0"),
        button("plugin-private://wxffeeddccbbaa0099/pages/a"),
        Link("预约", LinkKind.MINIPROGRAM, SCHEME),
        Link("预约", LinkKind.MINIPROGRAM, "https://wxaurl.cn/AbCdEf"),
        Link("预约", LinkKind.MINIPROGRAM, "alipays://platformapi/startapp?appId=2021000000000001"),
        Link("预约", LinkKind.MINIPROGRAM, "http://[broken"),
        Link("办事", LinkKind.EVENT, "", ("办事",), APPID, "pages/a"),
    ],
)
def test_what_no_call_can_tell_is_not_asked_and_not_called_dead(link: Link) -> None:
    assert facts([link]) == ()


def test_addresses_and_pages_are_facts_of_one_look() -> None:
    page = "https://www.qingshi.gov.cn/"
    links = [button(), Link("官网", LinkKind.URL, page)]
    found = facts(links, answer("<p>ok</p>", url=page), answer(PNG))
    assert [(f.url, f.appid, f.signal) for f in found] == [
        (page, "", ""),
        ("", APPID, "page_found"),
    ]


# --- what came back ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "response",
    [
        answer(PNG),
        answer(b"\xff\xd8\xff\xe0 jpeg"),
        answer(b"{", headers={"content-type": "image/jpeg"}),
        answer(b"x", headers={"content-type": "Image/PNG"}),
    ],
)
def test_a_picture_says_that_the_page_is_there(response: Response) -> None:
    assert read_page(button(), response) == LinkFact(
        "", 200, signal="page_found", appid=APPID, page="pages/book"
    )


@pytest.mark.parametrize(
    ("code", "signal", "shown", "state"),
    [
        (41030, "page_missing", "failed", "unsure"),
        (40013, "bad_appid", "failed", "unsure"),
        (50002, "frozen", "failed", "unsure"),
        (50004, "frozen", "failed", "unsure"),
        (48004, "frozen", "failed", "unsure"),
        (40165, "bad_page", "dead", "broken"),
        (85079, "no_release", "dead", "broken"),
    ],
)
def test_a_code_about_the_page_is_a_signal(code: int, signal: str, shown: str, state: str) -> None:
    found = fact(error(code, "words rid: 6-6-6"))
    assert (found.signal, found.failure) == (signal, None)
    assert found.signal_text == f"{code} words rid: 6-6-6"
    assert (found.url, found.appid, found.page) == ("", APPID, "pages/book")
    once = _tried(found)
    assert trial(once) == shown
    judged = judge_link([once])
    assert judged.state == state
    again = judge_link([once, _tried(found, NOON.replace(day=21))])
    assert (again.state, again.code) == ("broken", "LK202")


def _tried(found: LinkFact, at: datetime = NOON) -> Tried:
    return Tried(
        at,
        "服务 / 预约",
        "预约",
        LinkKind.MINIPROGRAM,
        appid=found.appid,
        page=found.page,
        status=found.status,
        signal=found.signal,
        failure=found.failure,
    )


def test_a_page_that_is_found_again_the_next_day_was_never_broken() -> None:
    missing, found = fact(error(41030)), fact(PNG)
    judged = judge_link([_tried(missing), _tried(found, NOON.replace(day=21))])
    assert (judged.state, judged.code) == ("works", None)


@pytest.mark.parametrize(
    ("body", "reason", "detail"),
    [
        (error(40002, "invalid grant_type"), Reason.PERMISSION, "40002 invalid grant_type"),
        (error(48001, "no"), Reason.PERMISSION, "48001 no"),
        (error(61003, "no"), Reason.PERMISSION, "61003 no"),
        (error(45009, "max"), Reason.RATE_LIMITED, "45009 max"),
        (error(-1, "busy"), Reason.RATE_LIMITED, "-1 busy"),
        (error(40001, "bad"), Reason.CONFIG, "40001 bad"),
        (
            error(40164, "invalid ip 192.0.2.7, not in whitelist"),
            Reason.CONFIG,
            "40164 IP 192.0.2.7 is not on the whitelist",
        ),
        (error(99999, "new"), Reason.AMBIGUOUS, "99999 new"),
        (b"<html>", Reason.BAD_JSON, "Expecting value: line 1 column 1 (char 0)"),
        (b" ", Reason.EMPTY_BODY, ""),
        ({"errcode": 0}, Reason.CHANGED_LAYOUT, "neither a code nor a link"),
        ([], Reason.CHANGED_LAYOUT, "not an object"),
    ],
)
def test_a_refusal_of_the_question_says_nothing_about_the_page(
    body: Any, reason: Reason, detail: str
) -> None:
    found = fact(body)
    assert (found.signal, found.failure, found.detail) == ("", reason, detail)
    assert trial(_tried(found)) == "unchecked"


@pytest.mark.parametrize("code", [40013, 41030, 40165, 85079, 48004, 50002])
@pytest.mark.parametrize("call", ["api_component_token", "api_authorizer_token"])
def test_what_the_platform_of_the_office_is_refused_says_nothing_about_the_page(
    call: str, code: int
) -> None:
    url = f"https://api.weixin.qq.com/cgi-bin/component/{call}"
    found = fact(error(code), url=url)
    assert (found.signal, found.failure is None) == ("", False)
    assert trial(_tried(found)) is Trial.UNCHECKED


def test_a_wall_before_the_interface_says_nothing_about_the_page() -> None:
    found = fact(PNG, status=403)
    assert (found.signal, found.failure, found.status) == ("", Reason.BLOCKED, 403)


def test_a_code_that_is_lk202_is_told_in_words() -> None:
    assert broken_code(_tried(fact(error(41030)))) == "LK202"
    assert link_signal("page_missing") == "小程序线上版本没有该页面"
    assert link_signal("bad_appid") == "小程序 AppID 无效或已被封禁"
    assert link_signal("no_release") == "小程序没有线上版本"
    assert link_signal("bad_page") == "小程序页面路径无效"
    assert link_signal("page_found", "en") == "the mini-program's page is there"


# --- links that the mini-program itself has made ------------------------------------------------------


def made(url: str = SCHEME, page: str = "") -> Link:
    return Link("青石政务", LinkKind.MINIPROGRAM, url, ("青石政务",), APPID, page)


@pytest.mark.parametrize(
    ("url", "call", "asked"),
    [
        (SCHEME, "queryscheme", {"scheme": SCHEME}),
        ("weixin://dl/business?t=AbCd", "queryscheme", {"scheme": "weixin://dl/business?t=AbCd"}),
        ("https://wxaurl.cn/Ab1", "query_urllink", {"url_link": "https://wxaurl.cn/Ab1"}),
        ("http://x.wxaurl.cn/Ab1", "query_urllink", {"url_link": "http://x.wxaurl.cn/Ab1"}),
    ],
)
def test_an_own_link_is_looked_up(url: str, call: str, asked: dict[str, str]) -> None:
    (request,) = tried([made(url)], answer(error(85403))).asked
    assert request.url == f"https://api.weixin.qq.com/wxa/{call}"
    assert request.auth == f"miniprogram:{APPID}"
    assert json.loads(request.body or b"") == asked


@pytest.mark.parametrize(
    "url", ["weixin://dl/other", "weixin://scan/business", "ftp://wxaurl.cn/a"]
)
def test_another_link_of_the_client_is_no_own_link(url: str) -> None:
    (request,) = tried([made(url)], answer(PNG)).asked
    assert request.url == CODE


def test_a_button_with_a_page_is_tried_by_its_page_whatever_its_spare_address() -> None:
    (request,) = tried([made(page="pages/a")], answer(PNG)).asked
    assert request.url == CODE
    (found,) = facts([made(page="pages/a")], answer(PNG))
    assert (found.url, found.page) == ("", "pages/a")


def looked_up(**info: Any) -> dict[str, Any]:
    held = {"appid": APPID, "path": "", "env_version": "release", "expire_time": 0} | info
    return {"errcode": 0, "errmsg": "ok", "scheme_info": held}


_LATER = int(datetime(2026, 3, 20, 4, 0, 1, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("info", "signal", "text"),
    [
        ({}, "page_found", "until 0"),
        ({"expire_time": _LATER}, "page_found", f"until {_LATER}"),
        ({"expire_time": _LATER - 1}, "expired", f"until {_LATER - 1}"),
        ({"expire_time": 1}, "expired", "until 1"),
        ({"env_version": "trial"}, "no_release", "trial"),
        ({"env_version": "develop", "expire_time": 1}, "no_release", "develop"),
    ],
)
def test_an_own_link_ends_when_it_says(info: dict[str, Any], signal: str, text: str) -> None:
    found = fact(looked_up(**info), made())
    assert found == LinkFact(SCHEME, 200, signal=signal, signal_text=text)


def test_a_url_link_is_read_like_a_scheme() -> None:
    body = {"errcode": 0, "url_link_info": {"env_version": "release", "expire_time": 1}}
    assert fact(body, made("https://wxaurl.cn/Ab1")).signal == "expired"


@pytest.mark.parametrize("ends", [None, "0", True, 1.5])
def test_an_own_link_without_an_end_is_a_changed_layout(ends: Any) -> None:
    found = fact(looked_up(expire_time=ends), made())
    assert (found.signal, found.failure) == ("", Reason.CHANGED_LAYOUT)
    assert found.detail == "no expire_time"


def test_a_link_that_is_not_there_any_more_is_dead() -> None:
    found = fact(error(85403, "gone"), made())
    assert (found.url, found.signal) == (SCHEME, "not_found")


def test_requests_are_as_picklable_and_hashable_as_all_are() -> None:
    (request,) = tried([button()], answer(PNG)).asked
    assert isinstance(request, Request) and hash(request)
