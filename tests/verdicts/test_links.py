"""The state of one link by everything that was tried."""

from __future__ import annotations

import tomllib

import pytest

from checkers.loading import load_checkers
from registry.platforms import PlatformCatalogue
from registry.resources import resource
from registry.vocab import (
    BROKEN_IMAGE_SIGNALS,
    LOOK_SIGNALS,
    Identity,
    LinkKind,
    LinkState,
    Reason,
    link_signal,
)
from tests.verdicts.building import at
from verdicts.links import (
    FINAL_SIGNALS,
    PASSING_SIGNALS,
    Trial,
    Tried,
    judge_link,
    link_state,
    trial,
)

MONDAY, TUESDAY, LATER = at("2026-11-16 10:00"), at("2026-11-17 10:00"), at("2026-11-23 10:00")
PAGE = Tried(
    MONDAY, "服务 / 办事指南", "办事指南", url="https://www.qingshi.gov.cn/guide", uid="mon"
)
OK = PAGE._replace(status=200, final_url="https://www.qingshi.gov.cn/guide")


def tried(base: Tried = PAGE, **changes: object) -> Tried:
    return base._replace(**changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (tried(status=200), Trial.WORKS),
        (tried(status=301), Trial.WORKS),
        (tried(status=404), Trial.DEAD),
        (tried(status=410), Trial.DEAD),
        (tried(status=500), Trial.FAILED),
        (tried(status=502), Trial.FAILED),
        (tried(status=521), Trial.UNSURE),
        (tried(status=400), Trial.UNSURE),
        (tried(status=403), Trial.UNSURE),
        (tried(status=429), Trial.UNSURE),
        (tried(failure=Reason.TIMEOUT), Trial.FAILED),
        (tried(failure=Reason.DNS), Trial.FAILED),
        (tried(failure=Reason.CONNECTION), Trial.FAILED),
        (tried(failure=Reason.REDIRECT_LOOP), Trial.FAILED),
        (tried(failure=Reason.NOT_FOUND), Trial.DEAD),
        (tried(failure=Reason.TLS), Trial.UNSURE),
        (tried(failure=Reason.CAPTCHA, status=200), Trial.UNSURE),
        (tried(failure=Reason.LOGIN_WALL, status=200), Trial.UNSURE),
        (tried(failure=Reason.HOST_BLOCKED), Trial.UNSURE),
        (tried(failure=Reason.ADDRESS_REFUSED), Trial.UNSURE),
        (tried(failure=Reason.CHECKER_ERROR), Trial.UNSURE),
        (tried(failure=Reason.NO_ADDRESS), Trial.UNCHECKED),
        (tried(failure=Reason.TLS, certificate_expired_at=at("2026-11-01 08:00")), Trial.DEAD),
        (tried(status=200, signal="deleted"), Trial.DEAD),
        (tried(kind=LinkKind.MINIPROGRAM, signal="seen_working"), Trial.WORKS),
        (tried(kind=LinkKind.MINIPROGRAM, signal="seen_broken"), Trial.DEAD),
        (tried(kind=LinkKind.EVENT, signal="seen_broken"), Trial.DEAD),
        (tried(status=200, signal="violation"), Trial.DEAD),
        (tried(status=200, signal="deregistered"), Trial.DEAD),
        (tried(status=200, signal="unavailable"), Trial.FAILED),
        (tried(status=200, signal="soft404"), Trial.FAILED),
        (tried(status=200, signal="something new"), Trial.UNSURE),
        (tried(url=""), Trial.UNCHECKED),
        (tried(kind=LinkKind.MINIPROGRAM), Trial.UNCHECKED),
        (tried(kind=LinkKind.MINIPROGRAM, status=404), Trial.UNCHECKED),
        (tried(kind=LinkKind.MINIPROGRAM, failure=Reason.NO_CREDENTIAL), Trial.UNCHECKED),
        (tried(kind=LinkKind.EVENT), Trial.UNCHECKED),
        (tried(kind=LinkKind.UNKNOWN), Trial.UNCHECKED),
        (tried(kind=LinkKind.MATERIAL), Trial.UNCHECKED),
        (tried(kind=LinkKind.QR, status=404), Trial.DEAD),
        (tried(kind=LinkKind.ARTICLE, status=200), Trial.WORKS),
    ],
)
def test_what_one_try_shows(one: Tried, expected: Trial) -> None:
    assert trial(one) is expected


def test_every_notice_that_replaces_a_page_is_known_to_the_judge() -> None:
    table = tomllib.loads(resource("checkers", "signals.toml").read_text("utf-8"))
    telling = {"article_only", "account_gone", "account_migrated"}
    named = {
        entry["name"]
        for platform in ("wechat", "web")
        for entry in table[platform]
        if entry["class"] in telling
    }
    assert named <= FINAL_SIGNALS | PASSING_SIGNALS
    assert not FINAL_SIGNALS & PASSING_SIGNALS


@pytest.mark.parametrize(
    ("tries", "expected"),
    [
        ([OK], LinkState.WORKS),
        ([tried(status=404)], LinkState.BROKEN),
        ([tried(status=500)], LinkState.UNSURE),
        ([tried(status=500), tried(status=500, at=at("2026-11-16 23:59"))], LinkState.UNSURE),
        ([tried(status=500), tried(failure=Reason.TIMEOUT, at=TUESDAY)], LinkState.BROKEN),
        ([tried(status=500), tried(OK, at=TUESDAY)], LinkState.WORKS),
        ([tried(status=404), tried(OK, at=TUESDAY)], LinkState.WORKS),
        ([tried(status=500), tried(OK, at=TUESDAY), tried(status=500, at=LATER)], LinkState.UNSURE),
        ([tried(status=500), tried(status=403, at=TUESDAY), tried(status=500, at=LATER)], "broken"),
        ([OK, tried(status=403, at=TUESDAY)], LinkState.UNSURE),
        ([tried(status=403)], LinkState.UNSURE),
        ([tried(kind=LinkKind.MINIPROGRAM)], LinkState.UNCHECKED),
        # changed in the meantime: what the old address did says nothing about the new one
        ([tried(status=500), tried(status=500, at=TUESDAY, url="https://new.gov.cn/")], "unsure"),
    ],
)
def test_a_link_is_broken_when_found_dead_or_failing_on_two_days(
    tries: list[Tried], expected: str
) -> None:
    assert link_state(tries) == expected
    assert link_state(tries[::-1]) == expected


def test_days_of_failure_are_days_in_shanghai() -> None:
    late, early = at("2026-11-16 23:50"), at("2026-11-17 00:10")
    assert link_state([tried(status=500, at=late), tried(status=500, at=early)]) == "broken"
    morning, evening = at("2026-11-17 07:50"), at("2026-11-17 08:10")
    assert link_state([tried(status=500, at=morning), tried(status=500, at=evening)]) == "unsure"


def test_a_rule_set_may_ask_for_more_days_of_failure() -> None:
    tries = [tried(status=500), tried(status=500, at=TUESDAY)]
    assert link_state(tries, broken_days=3) is LinkState.UNSURE
    assert link_state([*tries, tried(status=500, at=LATER)], broken_days=3) is LinkState.BROKEN


@pytest.mark.parametrize(
    ("one", "code"),
    [
        (tried(status=404), "LK201"),
        (tried(kind=LinkKind.ARTICLE, status=200, signal="deleted"), "LK201"),
        (tried(kind=LinkKind.MINIPROGRAM, signal="not_found"), "LK202"),
        (tried(kind=LinkKind.QR, status=404), "LK203"),
        (tried(failure=Reason.TLS, certificate_expired_at=at("2026-11-01 08:00")), "LK205"),
        (OK, None),
        (tried(status=403), None),
    ],
)
def test_the_code_of_a_link(one: Tried, code: str | None) -> None:
    assert judge_link([one]).code == code


@pytest.mark.parametrize(
    ("url", "final", "elsewhere"),
    [
        ("https://www.qingshi.gov.cn/", "https://casino.example/", True),
        ("https://www.qingshi.gov.cn/", "https://notgov.cn/", True),
        ("https://www.qingshi.gov.cn/", "https://www.yunchuan.gov.cn/", False),
        ("https://www.qingshi.gov.cn/", "https://mp.weixin.qq.com/s/abc", False),
        ("https://www.qingshi.gov.cn/", "", False),
        ("https://t.example/x", "https://shop.example/", False),
        ("https://[broken", "https://casino.example/", False),
    ],
)
def test_a_government_address_that_ends_outside_leads_elsewhere(
    url: str, final: str, elsewhere: bool
) -> None:
    told = judge_link([tried(status=200, url=url, final_url=final)])
    assert told.state is LinkState.WORKS
    assert (told.code == "LK204") is elsewhere


def test_the_proof_of_a_failing_link_is_its_first_and_last_failure() -> None:
    told = judge_link(
        [
            tried(status=500),
            tried(status=502, at=TUESDAY, uid="tue"),
            tried(status=500, at=LATER, uid="late"),
        ]
    )
    assert (told.proof, told.last.uid) == (("mon", "late"), "late")


def test_links_without_a_path_are_told_apart_by_address() -> None:
    assert PAGE.discriminator == "服务 / 办事指南"
    assert tried(path="").discriminator == "https://www.qingshi.gov.cn/guide"


# --- QR codes -------------------------------------------------------------------------------------

WEIBO, DOUYIN = "https://weibo.com/u/1234567890", "https://www.douyin.com/user/MS4wLjAB"
CODE = Tried(
    MONDAY,
    "首页",
    "微博",
    LinkKind.QR,
    "https://www.qingshi.gov.cn/ewm.png",
    status=200,
    final_url=WEIBO,
    detail=WEIBO,
    uid="mon",
)


def _identify(text: str) -> Identity | None:
    for host, platform in (
        ("weibo.com", "weibo"),
        ("douyin.com", "douyin"),
        ("weixin.qq.com", "wechat"),
    ):
        if host in text:
            return Identity(platform, "url", text)
    return None


PLATFORMS = PlatformCatalogue.with_known(load_checkers().infos(), _identify)


@pytest.mark.parametrize(
    ("label", "led", "misleads"),
    [
        ("微博", DOUYIN, True),
        ("青石县官方微博", DOUYIN, True),
        ("扫一扫关注青石发布抖音号", WEIBO, True),
        ("微博", WEIBO, False),
        ("青石发布", DOUYIN, False),
        ("微博 抖音", DOUYIN, False),
        ("微博", "https://www.example.org/", False),
        ("微信视频号", "https://weixin.qq.com/x", False),
        ("小程序", "https://weixin.qq.com/x", False),
        ("微信公众号", DOUYIN, True),
        ("", DOUYIN, False),
    ],
)
def test_a_code_that_leads_to_another_platform_than_its_label_names(
    label: str, led: str, misleads: bool
) -> None:
    told = judge_link([CODE._replace(label=label, detail=led, final_url=led)], platforms=PLATFORMS)
    assert (told.state, told.concluded, told.proof) == (LinkState.WORKS, True, ("mon",))
    assert told.code == ("LK204" if misleads else None)


def test_a_short_address_in_a_code_is_known_by_where_it_ends() -> None:
    short = CODE._replace(detail="https://t.example/x", final_url=DOUYIN)
    assert judge_link([short], platforms=PLATFORMS).code == "LK204"
    assert judge_link([short._replace(detail=WEIBO)], platforms=PLATFORMS).code is None


def test_a_misleading_code_is_one_behind_a_wall_too() -> None:
    walled = CODE._replace(detail=DOUYIN, final_url="", failure=Reason.CAPTCHA)
    told = judge_link([walled], platforms=PLATFORMS)
    assert (told.state, told.code, told.concluded) == (LinkState.UNSURE, "LK204", True)
    agreeing = judge_link([walled._replace(detail=WEIBO)], platforms=PLATFORMS)
    assert (agreeing.state, agreeing.code, agreeing.concluded) == (LinkState.UNSURE, None, False)


def test_labels_are_compared_for_codes_alone_and_with_a_catalogue_alone() -> None:
    wrong = CODE._replace(detail=DOUYIN, final_url=DOUYIN)
    assert judge_link([wrong]).code is None
    assert (
        judge_link([wrong._replace(kind=LinkKind.URL, url=WEIBO)], platforms=PLATFORMS).code is None
    )


def test_a_dead_code_is_dead_whatever_its_label_says() -> None:
    dead = CODE._replace(detail=DOUYIN, status=404)
    told = judge_link([dead], platforms=PLATFORMS)
    assert (told.state, told.code) == (LinkState.BROKEN, "LK203")


def test_an_image_on_a_government_site_may_hold_any_address() -> None:
    out = CODE._replace(detail="https://app.example.com/", final_url="https://app.example.com/")
    assert judge_link([out]).code is None
    lapsed = CODE._replace(
        detail="https://old.qingshi.gov.cn/", final_url="https://casino.example/"
    )
    assert judge_link([lapsed]).code == "LK204"


@pytest.mark.parametrize(
    ("signal", "shown"),
    [
        ("not_image", Trial.FAILED),
        ("image_broken", Trial.FAILED),
        ("image_too_large", Trial.UNSURE),
        ("qr_unreadable", Trial.UNSURE),
        ("qr_text", Trial.UNSURE),
        ("qr_app", Trial.UNSURE),
        ("qr_several", Trial.UNSURE),
        ("sent_home", Trial.UNSURE),
    ],
)
def test_what_a_machine_cannot_weigh_is_never_broken(signal: str, shown: Trial) -> None:
    assert trial(CODE._replace(signal=signal)) is shown


def test_a_code_that_fails_on_two_days_is_dead() -> None:
    broken = CODE._replace(signal="image_broken", detail="")
    told = judge_link([broken, broken._replace(at=TUESDAY, uid="tue")])
    assert (told.code, told.proof) == ("LK203", ("mon", "tue"))
    unread = CODE._replace(signal="qr_unreadable", detail="")
    assert judge_link([unread, unread._replace(at=TUESDAY)]).state is LinkState.UNSURE


def test_an_expired_certificate_behind_a_code_is_a_certificate_s_fault() -> None:
    run_out = CODE._replace(failure=Reason.TLS, certificate_expired_at=at("2026-11-01 08:00"))
    assert judge_link([run_out]).code == "LK205"


def test_every_signal_of_ours_has_words() -> None:
    for signal in {*BROKEN_IMAGE_SIGNALS, *LOOK_SIGNALS}:
        zh, en = link_signal(signal, "zh"), link_signal(signal, "en")
        assert signal not in {zh, en} and zh != en


def test_a_try_that_our_own_limit_left_out_takes_nothing_back() -> None:
    left = tried(at=TUESDAY, failure=Reason.OWN_LIMIT)
    assert link_state([OK, left]) is LinkState.WORKS
    assert link_state([left]) is LinkState.UNCHECKED
