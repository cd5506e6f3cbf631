"""Douyin: pinned old posts, posts nobody sees, codes about the account, empty answers, short links."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checkers._share_texts import labelled
from checkers.base import Facts, Hop, Pace, Response, Target, Unsupported, validate_identifier
from checkers.douyin import Douyin
from registry.vocab import (
    CheckKind,
    CoverageKind,
    Derivation,
    Existence,
    Identity,
    Precision,
    Reason,
)
from tests.checkers.cases.feed import NEW, item, rss
from tests.checkers.douyin_answers import (
    NAME,
    OPEN_ID,
    SEC_UID,
    api_error,
    listing,
    local,
    post,
    profile,
    refusal,
    target,
)
from tests.checkers.driving import NOON, answer, read, refused, run

DOUYIN = Douyin()
PROFILE = f"https://www.iesdouyin.com/web/api/v2/user/info/?sec_uid={SEC_UID}"
LIST = f"https://open.douyin.com/api/douyin/v1/video/video_list/?open_id={OPEN_ID}"
SHORT = "https://v.douyin.com/AbCdEfG/"


def api(*pages: Any, **more: Any) -> Facts:
    return read(DOUYIN.check(target(**more), "api"), [answer(page) for page in pages])


def api_refused(page: Any) -> tuple[Reason, str]:
    stopped = refused(DOUYIN.check(target(), "api"), [answer(page)])
    return stopped.reason, stopped.detail


def page(body: Any, **more: Any) -> Facts:
    return read(DOUYIN.check(target(**more), "page"), [answer(body)])


def page_refused(response: Response) -> tuple[Reason, str]:
    stopped = refused(DOUYIN.check(target(), "page"), [response])
    return stopped.reason, stopped.detail


# --- identities ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "scheme", "value"),
    [
        (f"https://www.douyin.com/user/{SEC_UID}?vid=7", "sec_uid", SEC_UID),
        (f"https://m.douyin.com/share/user/{SEC_UID}", "sec_uid", SEC_UID),
        (f"https://m.douyin.com/share/user/98765?sec_uid={SEC_UID}&u=1", "sec_uid", SEC_UID),
        (f"https://www.iesdouyin.com/share/user/98765?sec_uid={SEC_UID}", "sec_uid", SEC_UID),
        (f"https://www.iesdouyin.com/share/user/{SEC_UID}?did=x", "sec_uid", SEC_UID),
        ("抖音号：qingshi.fabu", "douyin_id", "qingshi.fabu"),
        ("青石发布（抖音号: 98765432）", "douyin_id", "98765432"),
        ("抖音ID ： qingshi_01 关注我们", "douyin_id", "qingshi_01"),
    ],
)
def test_an_account_is_named_by_address_or_by_the_platforms_own_word(
    text: str, scheme: str, value: str
) -> None:
    found = DOUYIN.identify(text)
    assert found is not None
    assert (found.platform, found.scheme, found.value) == ("douyin", scheme, value)
    assert validate_identifier(DOUYIN, scheme, value)


def test_a_share_text_keeps_its_short_link() -> None:
    text = f"7- 长按复制此条消息，打开抖音搜索，查看TA的更多作品。 {SHORT} 5@5.com :2pm"
    assert DOUYIN.identify(text) == Identity("douyin", "url", SHORT, SHORT)
    told = f"8.61 nqh:/ 复制此链接，打开抖音，看看【青石发布的作品】{SHORT}"
    assert DOUYIN.identify(told) == Identity("douyin", "url", SHORT, SHORT)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://v.douyin.com/AbC/复制此链接，打开抖音搜索", "https://v.douyin.com/AbC/"),
        ("看看【青石发布】https://v.douyin.com/AbC复制此链接", "https://v.douyin.com/AbC"),
        ("青石发布\u3000https://v.douyin.com/AbC/\u200b", "https://v.douyin.com/AbC/"),
    ],
)
def test_words_glued_to_a_short_link_are_no_part_of_it(text: str, url: str) -> None:
    assert DOUYIN.identify(text) == Identity("douyin", "url", url, url)


@pytest.mark.parametrize(
    "text",
    [
        "qingshi.fabu",
        "98765432",
        SEC_UID,
        OPEN_ID,
        "抖音号：青石发布",
        "抖音号：q",
        "抖音号：" + "q" * 25,
        "抖音号：qingshi-fabu",
        "抖音号：someone@qingshi.example",
        "抖音号：www.qingshi.example/1",
        "抖音号：qingshi.gov.CN",
        "抖音号 qingshi01",
        "https://www.douyin.com/video/7345823144529104180",
        "https://www.douyin.com/user/self",
        "https://www.iesdouyin.com/share/user/98765",
        f"https://www.iesdouyin.com/share/video/98765?sec_uid={SEC_UID}",
        "https://v.douyin.com/",
    ],
)
def test_what_names_no_account_for_certain_is_left_alone(text: str) -> None:
    assert DOUYIN.identify(text) is None


@pytest.mark.parametrize(
    ("scheme", "value", "valid"),
    [
        ("open_id", OPEN_ID, True),
        ("open_id", "ba253642-0590-40bc-9bdf-9a1334b94059", True),
        ("open_id", "_000short", False),
        ("open_id", "ba253642-0590-40bc-9bdf", False),
        ("sec_uid", "MS4wLjABAAAA", False),
        ("sec_uid", SEC_UID + "/", False),
        ("douyin_id", "青石", False),
    ],
)
def test_ids_are_validated_by_scheme(scheme: str, value: str, valid: bool) -> None:
    assert validate_identifier(DOUYIN, scheme, value) is valid


def test_hosts_are_asked_gently_and_sources_stand_in_order_of_trust() -> None:
    slow = Pace(60.0, 5)
    assert DOUYIN.hosts == {
        "open.douyin.com": Pace(2.0, 500),
        "www.iesdouyin.com": slow,
        "v.douyin.com": slow,
    }
    assert [source.name for source in DOUYIN.sources] == ["api", "rsshub", "page"]
    assert [source.by_default for source in DOUYIN.sources] == [True] * 3
    assert {source.name: source.kinds for source in DOUYIN.sources} == {
        "api": frozenset({CheckKind.FRESHNESS}),
        "rsshub": frozenset({CheckKind.FRESHNESS}),
        "page": frozenset({CheckKind.FRESHNESS, CheckKind.IDENTITY, CheckKind.HANDLE}),
    }
    rsshub = DOUYIN.source("rsshub")
    assert rsshub is not None
    assert (rsshub.route, rsshub.pace) == ("/douyin/user/{sec_uid}", Pace(5.0))
    (credential,) = DOUYIN.credentials
    assert (credential.kind, credential.place) == ("douyin", "header:access-token")
    assert credential.per_account


# --- the open platform --------------------------------------------------------------------------


def test_the_open_platform_is_asked_with_the_accounts_own_token() -> None:
    steps = DOUYIN.check(target(credential=f"douyin:{OPEN_ID}"), "api")
    (request,) = run(steps, [answer(listing(post(local(3, 1)), has_more=False))]).asked
    assert request.url == f"{LIST}&cursor=0&count=20"
    assert (request.auth, request.method) == (f"douyin:{OPEN_ID}", "GET")
    assert request.headers == (("Content-Type", "application/json"),)
    unnamed = run(DOUYIN.check(target(), "api"), [answer(listing(post(NOON), has_more=False))])
    assert unnamed.asked[0].auth == "douyin"


@pytest.mark.parametrize("ids", [{}, {"sec_uid": SEC_UID}, {"open_id": "someone"}])
def test_without_an_open_id_nothing_is_asked(ids: dict[str, str]) -> None:
    stopped = refused(DOUYIN.check(target(identifiers=ids), "api"), [])
    assert isinstance(stopped, Unsupported)
    assert (stopped.reason, stopped.detail) == (Reason.NO_ADDRESS, "no open_id")


def test_three_pinned_old_posts_do_not_hide_the_newest() -> None:
    old = [post(local(6, day, year=2024), is_top=1) for day in (3, 1, 2)]
    facts = api(listing(*old, post(local(3, 18)), has_more=None))
    assert facts.newest is not None
    assert facts.newest.published_at == local(3, 18)
    assert (facts.newest.precision, facts.newest.derived_from) == (
        Precision.SECOND,
        Derivation.FIELD,
    )
    assert facts.newest.url.startswith("https://www.iesdouyin.com/share/video/")
    assert facts.newest.title == "青石县发布防溺水提醒"
    assert [p.pinned for p in facts.posts] == [False, True, True, True]
    assert all(p.own for p in facts.posts)
    assert facts.coverage.kind is CoverageKind.REACHES_BACK_TO
    assert facts.coverage.since == local(3, 18)


def test_a_list_that_ended_is_whole() -> None:
    facts = api(listing(post(local(3, 1)), has_more=False))
    assert facts.coverage.kind is CoverageKind.COMPLETE
    assert (facts.existence, facts.identifiers) == (Existence.EXISTS, {"open_id": OPEN_ID})
    assert facts.note == ""
    assert api(listing(post(local(3, 1)), has_more=0)).coverage.kind is CoverageKind.COMPLETE


@pytest.mark.parametrize("said", [None, "no", [], 2])
def test_a_list_that_does_not_say_whether_it_ended_is_not_whole(said: Any) -> None:
    facts = api(listing(post(local(3, 1)), post(local(3, 18)), has_more=said))
    assert facts.coverage.kind is CoverageKind.REACHES_BACK_TO
    assert facts.coverage.since == local(3, 1)


def test_pages_are_asked_until_they_reach_back_far_enough() -> None:
    pages = [
        listing(post(local(3, 18)), cursor=11),
        listing(post(local(3, 9)), cursor=22),
        listing(post(local(3, 5, 12)), cursor=33),
    ]
    driven = run(DOUYIN.check(target(), "api"), [answer(page) for page in pages])
    assert [request.url for request in driven.asked] == [
        f"{LIST}&cursor={cursor}&count=20" for cursor in (0, 11, 22)
    ]
    assert isinstance(driven.outcome, Facts)
    assert [p.published_at for p in driven.outcome.posts] == [
        local(3, 18),
        local(3, 9),
        local(3, 5, 12),
    ]
    assert driven.outcome.coverage.since == local(3, 5, 12)


def test_a_page_that_reaches_back_to_the_very_moment_is_enough() -> None:
    facts = api(listing(post(local(3, 5, 12))))
    assert facts.coverage.since == local(3, 5, 12)


def test_a_pinned_post_is_out_of_order_and_reaches_nowhere() -> None:
    pinned, later = post(local(6, 1, year=2025), is_top=True), listing(post(local(3, 1)))
    assert api(listing(pinned, post(local(3, 18))), later).coverage.since == local(3, 1)
    only = api(listing(pinned, has_more=None))
    assert only.coverage.kind is CoverageKind.PARTIAL


def test_at_most_three_pages_are_asked() -> None:
    pages = [listing(post(local(3, 18 - n)), cursor=n) for n in (1, 2, 3)]
    facts = api(*pages)
    assert facts.coverage.since == local(3, 15)


def test_one_page_is_enough_where_nobody_asked_how_far() -> None:
    facts = api(listing(post(local(3, 18))), read_back_to=datetime.min)
    assert facts.coverage.since == local(3, 18)


@pytest.mark.parametrize(
    "stuck",
    [
        listing(post(local(3, 18)), cursor=0),
        listing(post(local(3, 18)), cursor="x"),  # type: ignore[arg-type]
        listing(post(local(3, 18)), has_more=None),
    ],
)
def test_a_cursor_that_leads_nowhere_ends_the_list(stuck: dict[str, Any]) -> None:
    assert api(stuck).coverage.since == local(3, 18)


def test_a_later_page_without_entries_ends_the_list() -> None:
    facts = api(listing(post(local(3, 18))), listing(has_more=True, cursor=40))
    assert facts.coverage.since == local(3, 18)


def test_a_wall_on_a_later_page_leaves_what_the_first_showed() -> None:
    facts = api(listing(post(local(3, 18))), api_error(28003018, "请求频率过高"))
    assert facts.coverage.kind is CoverageKind.REACHES_BACK_TO
    assert facts.coverage.since == local(3, 18)


@pytest.mark.parametrize("status", [2, 4, 6, 7, "7"])
def test_a_post_that_the_public_cannot_see_does_not_count(status: Any) -> None:
    hidden = post(local(3, 19), video_status=status)
    facts = api(listing(hidden, post(local(3, 1)), has_more=False))
    assert [p.published_at for p in facts.posts] == [local(3, 1)]
    assert facts.coverage.kind is CoverageKind.COMPLETE


@pytest.mark.parametrize("status", [1, 3, "?", [5], {}])
def test_a_post_of_unknown_visibility_proves_nothing(status: Any) -> None:
    doubtful = post(local(3, 19), video_status=status)
    facts = api(listing(doubtful, post(local(3, 1)), has_more=False))
    assert [p.published_at for p in facts.posts] == [local(3, 1)]
    assert facts.coverage.kind is CoverageKind.PARTIAL
    assert facts.note == "1 posts of uncertain time or visibility"
    alone = api(listing(doubtful, has_more=False))
    assert (alone.posts, alone.coverage.kind) == ((), CoverageKind.PARTIAL)


@pytest.mark.parametrize("reviewed", [False, 0])
def test_an_answer_without_statuses_shows_what_passed_review(reviewed: Any) -> None:
    shown = post(local(3, 18), video_status=None, is_reviewed=None)
    waiting = post(local(3, 19), video_status=None, is_reviewed=reviewed)
    facts = api(listing(waiting, shown, post(local(3, 1)), has_more=False))
    assert [p.published_at for p in facts.posts] == [local(3, 18), local(3, 1)]
    assert facts.coverage.kind is CoverageKind.COMPLETE


def test_a_list_of_posts_that_nobody_sees_is_not_an_empty_account() -> None:
    hidden = listing(post(local(3, 19), video_status=7), has_more=False)
    assert api_refused(hidden) == (Reason.AMBIGUOUS, "no public post among 1 listed")
    assert api_refused(listing(has_more=False)) == (
        Reason.AMBIGUOUS,
        "no public post among 0 listed",
    )


@pytest.mark.parametrize("missing", [None, 0, "", "soon"])
def test_a_missing_time_is_taken_from_the_id_and_proves_no_silence(missing: Any) -> None:
    facts = api(listing(post(local(3, 1), create_time=missing), has_more=False))
    assert facts.newest is not None
    assert facts.newest.published_at == local(3, 1) - timedelta(seconds=6)
    assert facts.newest.derived_from is Derivation.ID
    assert facts.coverage.kind is CoverageKind.PARTIAL


def test_a_time_in_words_of_digits_is_a_time() -> None:
    facts = api(listing(post(local(3, 1), create_time=str(int(local(3, 1).timestamp())))))
    assert facts.newest is not None and facts.newest.derived_from is Derivation.FIELD


def test_a_post_ahead_of_its_time_is_left_out() -> None:
    ahead = post(NOON + timedelta(days=1))
    facts = api(listing(ahead, post(local(3, 1)), has_more=False))
    assert [p.published_at for p in facts.posts] == [local(3, 1)]
    assert facts.coverage.kind is CoverageKind.PARTIAL
    far = post(local(3, 1), create_time=None, video_id="9" * 19)
    assert api(listing(far, has_more=False)).posts == ()


@pytest.mark.parametrize(
    ("code", "existence"),
    [
        (28001045, Existence.GONE_SIGNAL),
        (28001046, Existence.RESTRICTED),
        (28001047, Existence.RESTRICTED),
    ],
)
def test_codes_about_the_account_are_facts(code: int, existence: Existence) -> None:
    facts = api(api_error(code, "用户状态"))
    assert facts == Facts(existence, signal=f"{code} 用户状态")
    silent = api({"data": {"error_code": code}, "extra": None})
    assert silent.signal == str(code)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (28001005, Reason.SERVER_ERROR),
        (28001006, Reason.SERVER_ERROR),
        (2100004, Reason.SERVER_ERROR),
        (2190001, Reason.RATE_LIMITED),
        (28001052, Reason.RATE_LIMITED),
        (28003017, Reason.RATE_LIMITED),
        (28003018, Reason.RATE_LIMITED),
        (2100007, Reason.PERMISSION),
        (2100009, Reason.PERMISSION),
        (28001012, Reason.PERMISSION),
        (28001014, Reason.PERMISSION),
        (28001018, Reason.PERMISSION),
        (28001019, Reason.PERMISSION),
        (28001020, Reason.PERMISSION),
        (28001056, Reason.PERMISSION),
        (28001007, Reason.CONFIG),
        (28001008, Reason.CONFIG),
        (28001015, Reason.CONFIG),
        (28001016, Reason.CONFIG),
        (7, Reason.CONFIG),
    ],
)
def test_other_codes_say_nothing_about_the_account(code: int, reason: Reason) -> None:
    assert api_refused(api_error(code, "出错了")) == (reason, f"{code} 出错了")


def test_an_error_beside_an_old_data_is_an_error() -> None:
    body = listing(post(local(3, 18))) | {"extra": {"error_code": 28001008}}
    assert api_refused(body) == (Reason.CONFIG, "28001008")


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ([], "no data"),
        ({"data": []}, "no data"),
        ({"data": {"error_code": 0}}, "no list"),
        ({"data": {"list": {}}}, "no list"),
        ({"data": {"list": [1]}}, "no list"),
    ],
)
def test_another_shape_is_a_changed_layout(body: Any, detail: str) -> None:
    assert api_refused(body) == (Reason.CHANGED_LAYOUT, detail)


# --- the profile of the share page --------------------------------------------------------------


def test_the_profile_tells_name_body_counters_and_both_ids() -> None:
    driven = run(DOUYIN.check(target(), "page"), [answer(profile())])
    assert [(r.url, r.auth) for r in driven.asked] == [(PROFILE, None)]
    facts = driven.outcome
    assert isinstance(facts, Facts)
    assert (facts.existence, facts.posts) == (Existence.EXISTS, ())
    assert facts.coverage.kind is CoverageKind.UNREAD
    assert (facts.display_name, facts.verified_subject) == (NAME, "青石县人民政府")
    assert facts.counters == {"posts": 300, "followers": 5200}
    assert facts.identifiers == {"sec_uid": SEC_UID, "douyin_id": "qingshi.fabu"}


def test_a_count_of_zero_proves_that_nothing_was_posted() -> None:
    facts = page(profile(aweme_count=0))
    assert facts.coverage.kind is CoverageKind.PROVEN_EMPTY
    assert facts.counters == {"posts": 0, "followers": 5200}


@pytest.mark.parametrize("followers", [0, None, "12"])
def test_zeros_throughout_are_figures_held_back(followers: Any) -> None:
    facts = page(profile(aweme_count=0, follower_count=followers))
    assert facts.coverage.kind is CoverageKind.UNREAD
    one = page(profile(aweme_count=0, follower_count=1))
    assert one.coverage.kind is CoverageKind.PROVEN_EMPTY


@pytest.mark.parametrize("count", [None, "0", False, -1, 0.0, 1])
def test_anything_but_the_number_zero_proves_nothing(count: Any) -> None:
    assert page(profile(aweme_count=count)).coverage.kind is CoverageKind.UNREAD


@pytest.mark.parametrize("count", [None, True, "12", -1, -5])
def test_a_counter_that_is_no_number_is_none(count: Any) -> None:
    assert page(profile(follower_count=count)).counters == {"posts": 300}


@pytest.mark.parametrize(
    ("unique", "short", "ids"),
    [
        ("", "987654321", {"douyin_id": "987654321"}),
        (None, 987654321, {"douyin_id": "987654321"}),
        ("青石", "0", {}),
        ("0", "", {}),
        ("", 0, {}),
    ],
)
def test_the_given_number_stands_in_for_a_chosen_name(
    unique: Any, short: Any, ids: dict[str, str]
) -> None:
    facts = page(profile(unique_id=unique, short_id=short))
    assert facts.identifiers == {"sec_uid": SEC_UID} | ids


@pytest.mark.parametrize(
    ("reason", "subject"),
    [
        ("青石县公安局的官方账号", "青石县公安局"),
        ("青石县公安局 官方帐号", "青石县公安局"),
        ("青石县公安局政务抖音", "青石县公安局"),
        ("青石文旅有限公司", "青石文旅有限公司"),
        ("", None),
        (None, None),
        (7, None),
    ],
)
def test_the_body_is_what_the_verification_names(reason: Any, subject: str | None) -> None:
    assert page(profile(enterprise_verify_reason=reason)).verified_subject == subject


def test_a_persons_verification_names_no_body() -> None:
    user = profile(enterprise_verify_reason="", custom_verify="青石县文旅推荐官")
    assert page(user).verified_subject is None


def test_a_name_that_only_stands_in_for_one_is_none() -> None:
    assert page(profile(nickname="用户1234567890")).display_name is None


@pytest.mark.parametrize(
    ("code", "words", "existence", "signal"),
    [
        (2065, "用户不存在或已注销", Existence.GONE_SIGNAL, "2065 用户不存在或已注销"),
        (2065, "", Existence.GONE_SIGNAL, "2065 用户不存在"),
        (2096, "由于该用户隐私设置", Existence.RESTRICTED, "2096 由于该用户隐私设置"),
        (2096, "", Existence.RESTRICTED, "2096 privacy settings"),
    ],
)
def test_two_codes_speak_about_the_account(
    code: int, words: str, existence: Existence, signal: str
) -> None:
    facts = page(refusal(code, words))
    assert facts == Facts(existence, identifiers={"sec_uid": SEC_UID}, signal=signal)


def test_long_words_are_cut() -> None:
    assert page(refusal(2065, "x" * 200)).signal == "2065 " + "x" * 120
    assert api(api_error(28001045, "x" * 200)).signal == "28001045 " + "x" * 120
    long = api(listing(post(local(3, 1), title="题" * 300, share_url="u" * 600), has_more=False))
    assert (long.posts[0].title, long.posts[0].url) == ("题" * 200, "u" * 500)


def test_a_post_without_title_and_address_is_a_post() -> None:
    facts = api(listing(post(local(3, 1), title=None, share_url=None), has_more=False))
    assert (facts.posts[0].title, facts.posts[0].url) == ("", "")


@pytest.mark.parametrize("code", [1, 4, 5, 8, 2064, 2066, 2095, 2097, -1, 10201])
def test_any_other_code_is_a_wall(code: int) -> None:
    body = answer(refusal(code, "用户不存在"))
    assert page_refused(body) == (Reason.BLOCKED, f"status_code {code}")


@pytest.mark.parametrize(
    ("page_of_it", "detail"),
    [
        ("<html><script>window.byted_acrawler.init({});</script></html>", "byted_acrawler"),
        ("<html><script src='https://lf.example/captcha/index.js'></script></html>", "captcha"),
        ("<html><title>验证码 中间页</title></html>", "验证码中间页"),
        (" " * 19_993 + "captcha", "captcha"),
    ],
)
def test_a_page_that_wants_a_proof_is_a_wall(page_of_it: str, detail: str) -> None:
    assert page_refused(answer(page_of_it)) == (Reason.CAPTCHA, detail)


def test_any_other_page_is_no_json_and_a_wall_by_its_status_is_that_wall() -> None:
    assert page_refused(answer("<html>维护中</html>"))[0] is Reason.BAD_JSON
    assert page_refused(answer(" " * 19_994 + "captcha"))[0] is Reason.BAD_JSON
    assert page_refused(answer("<html>captcha</html>", 403)) == (Reason.BLOCKED, "HTTP 403")


def test_an_answer_of_no_bytes_is_a_wall() -> None:
    assert page_refused(answer(b""))[0] is Reason.EMPTY_BODY


@pytest.mark.parametrize(
    ("body", "reason", "detail"),
    [
        ([], Reason.CHANGED_LAYOUT, "no status_code"),
        ({"user_info": {}}, Reason.CHANGED_LAYOUT, "no status_code"),
        ({"status_code": "0"}, Reason.CHANGED_LAYOUT, "no status_code"),
        ({"status_code": 0}, Reason.CHANGED_LAYOUT, "no user_info"),
        (profile(sec_uid=""), Reason.CHANGED_LAYOUT, "no user_info"),
        (profile(sec_uid="MS4wLjABother"), Reason.WRONG_ACCOUNT, "MS4wLjABother"),
        (profile(sec_uid="M" * 90), Reason.WRONG_ACCOUNT, "M" * 80),
        (profile(sec_uid="z" * 9), Reason.WRONG_ACCOUNT, "z" * 9),
    ],
)
def test_a_profile_of_another_shape_or_account_is_none(
    body: Any, reason: Reason, detail: str
) -> None:
    assert page_refused(answer(body)) == (reason, detail)


# --- addresses and short links ------------------------------------------------------------------


def test_the_id_is_read_off_the_ledgers_address() -> None:
    url = f"https://www.douyin.com/user/{SEC_UID}"
    asked = run(DOUYIN.check(target(identifiers={}, url=url), "page"), [answer(profile())]).asked
    assert [request.url for request in asked] == [PROFILE]


def test_the_ledgers_id_counts_before_its_address() -> None:
    steps = DOUYIN.check(target(url=SHORT), "page")
    assert [request.url for request in run(steps, [answer(profile())]).asked] == [PROFILE]


def test_a_short_link_is_followed_and_its_account_reported() -> None:
    led = f"https://www.iesdouyin.com/share/user/98765?sec_uid={SEC_UID}&did=x"
    wall = Response(
        "https://www.douyin.com/captcha", 200, hops=(Hop(SHORT, 302, led),), fetched_at=NOON
    )
    driven = run(DOUYIN.check(target(identifiers={}, url=SHORT), "page"), [wall, answer(profile())])
    assert [request.url for request in driven.asked] == [SHORT, PROFILE]
    assert isinstance(driven.outcome, Facts)
    assert driven.outcome.identifiers == {"sec_uid": SEC_UID, "douyin_id": "qingshi.fabu"}


def test_a_short_link_to_a_video_names_no_account() -> None:
    led = answer("<html>", url="https://www.iesdouyin.com/share/video/7345823144529104180/")
    stopped = refused(DOUYIN.check(target(identifiers={}, url=SHORT), "page"), [led])
    assert stopped.reason is Reason.NOT_FOUND


@pytest.mark.parametrize(
    ("ids", "url"),
    [
        ({}, ""),
        ({"sec_uid": "someone"}, ""),
        ({"douyin_id": "qingshi.fabu"}, ""),
        ({}, "https://www.qingshi.example/"),
        ({}, "抖音号：qingshi.fabu"),
    ],
)
def test_without_a_sec_uid_no_profile_is_asked_for(ids: dict[str, str], url: str) -> None:
    stopped = refused(DOUYIN.check(target(identifiers=ids, url=url), "page"), [])
    assert isinstance(stopped, Unsupported)
    assert (stopped.reason, stopped.detail) == (Reason.NO_ADDRESS, "no sec_uid")


# --- the office's RSSHub ------------------------------------------------------------------------


def test_rsshub_is_read_as_a_feed() -> None:
    told = Target("douyin", NAME, address="http://rsshub.qingshi.example/douyin/user/x")
    body = rss(item(NEW), title=NAME)
    facts = read(DOUYIN.check(told, "rsshub"), [answer(body)])
    assert facts.newest is not None
    assert facts.newest.published_at == datetime(2026, 3, 18, 2, tzinfo=UTC)
    stopped = refused(DOUYIN.check(replace(told, address=""), "rsshub"), [])
    assert stopped.reason is Reason.NO_ADDRESS


@pytest.mark.parametrize("source", ["", "a", "aph", "apj", "paga", "pagf", "rsshua", "rsshuc", "z"])
def test_a_source_that_it_does_not_have_is_none(source: str) -> None:
    stopped = refused(DOUYIN.check(target(), source), [])
    assert isinstance(stopped, Unsupported)
    assert (stopped.reason, stopped.detail) == (Reason.NO_SOURCE, source)


# --- the platform's own word --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("抖音号：qingshi", "qingshi"),
        ("抖音号   ：   qingshi", "qingshi"),
        ("抖音号    ：qingshi", ""),
        ("抖音号：    qingshi", ""),
        ("抖音ID:qingshi", "qingshi"),
        ("抖音id:qingshi", "qingshi"),
        ("长" * 5000 + "抖音号：qingshi1", "qingshi1"),
        ("抖音号：qingshi.com", ""),
        ("抖音号：qingshi.community", "qingshi.community"),
        ("抖音号：a", ""),
    ],
)
def test_an_id_stands_right_behind_the_word_for_it(text: str, value: str) -> None:
    assert labelled(text, ("抖音号", "抖音ID"), r"[a-z0-9.]{2,24}") == value
