"""Toutiao: cards of other authors, two meanings of 404, a profile that shows no posts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from checkers.base import Facts, Inconclusive, Pace, Target, Unsupported, validate_identifier
from checkers.toutiao import Toutiao
from registry.vocab import CheckKind, CoverageKind, Existence, Identity, Proof, Reason
from tests.checkers.cases.feed import NEW, OLD, item, rss
from tests.checkers.driving import answer, read, refused, run
from tests.checkers.toutiao_answers import NAME, TOKEN, UID, profile, target

TOUTIAO = Toutiao()
PROFILE = (
    "https://is.snssdk.com/user/profile/homepage/v3/json/"
    f"?to_html=0&source=article_top_author&refer=all&media_id={UID}"
)
FED = Target("toutiao", NAME, address="http://rsshub.qingshi.example/toutiao/user/token/x")
TITLE = f"{NAME}的头条主页 - 今日头条(www.toutiao.com)"


def page(body: Any) -> Facts:
    return read(TOUTIAO.check(target(), "page"), [answer(body)])


def page_refused(body: Any) -> tuple[Reason, str]:
    stopped = refused(TOUTIAO.check(target(), "page"), [answer(body)])
    return stopped.reason, stopped.detail


def by(author: str, date: str) -> str:
    return item(date).replace("</title>", f"</title><author>{author}</author>")


# --- identities ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "scheme", "value"),
    [
        (f"https://www.toutiao.com/c/user/token/{TOKEN}/?source=x", "token", TOKEN),
        (f"https://www.toutiao.com/c/user/{UID}/#mid=1", "uid", UID),
        (f"https://m.toutiao.com/profile/{UID}/", "uid", UID),
        (f"https://www.toutiao.com/m{UID}/", "uid", UID),
        (f"https://profile.zjurl.cn/rogue/ugc/profile/?user_id={UID}&a=1", "uid", UID),
    ],
)
def test_an_account_is_named_by_token_or_number(text: str, scheme: str, value: str) -> None:
    found = TOUTIAO.identify(text)
    assert found is not None
    assert (found.platform, found.scheme, found.value) == ("toutiao", scheme, value)
    assert validate_identifier(TOUTIAO, scheme, value)


def test_a_share_text_keeps_its_short_link() -> None:
    url = "https://m.toutiao.com/is/AbCdEfG/"
    for text in (f"青石发布的头条主页 {url} - 今日头条", f"青石发布{url}打开今日头条"):
        assert TOUTIAO.identify(text) == Identity("toutiao", "url", url, url)


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        UID,
        "https://www.toutiao.com/article/7123456789012345678/",
        "https://www.toutiao.com/c/user/1234/",
        "https://www.toutiao.com/c/user/token/MS4wLjABAAAA/",
        f"https://profile.zjurl.cn/rogue/ugc/profile/?uid={UID}",
        "https://www.toutiao.com/is/AbCdEfG/x",
        "头条号：青石发布",
    ],
)
def test_what_names_no_account_for_certain_is_left_alone(text: str) -> None:
    assert TOUTIAO.identify(text) is None


def test_sources_stand_in_order_of_trust() -> None:
    assert TOUTIAO.hosts == {"is.snssdk.com": Pace(60.0, 5), "m.toutiao.com": Pace(60.0, 5)}
    rsshub, own = TOUTIAO.sources
    assert (rsshub.name, rsshub.route) == ("rsshub", "/toutiao/user/token/{token}")
    assert (rsshub.pace, set(rsshub.kinds)) == (Pace(5.0), {CheckKind.FRESHNESS})
    assert (own.name, set(own.proves)) == ("page", {Proof.NAME})
    assert own.kinds == {CheckKind.FRESHNESS, CheckKind.IDENTITY, CheckKind.HANDLE}


# --- the office's RSSHub ------------------------------------------------------------------------


def test_recommended_cards_of_other_authors_are_not_its_own() -> None:
    body = rss(by(NAME, OLD), by("路人头条", NEW), title=TITLE)
    facts = read(TOUTIAO.check(FED, "rsshub"), [answer(body)])
    assert facts.newest is not None
    assert facts.newest.published_at == datetime(2026, 3, 1, 2, tzinfo=UTC)
    assert facts.coverage.kind is CoverageKind.PARTIAL
    assert facts.display_name == NAME


def test_a_channel_titled_after_a_recommended_card_tells_nothing() -> None:
    body = rss(by("路人头条", NEW), by(NAME, OLD), title=TITLE.replace(NAME, "路人头条"))
    stopped = refused(TOUTIAO.check(FED, "rsshub"), [answer(body)])
    assert stopped.reason is Reason.WRONG_ACCOUNT


def test_a_feed_of_one_author_is_its_own() -> None:
    body = rss(by(NAME, NEW), by(NAME, OLD), title=TITLE)
    facts = read(TOUTIAO.check(FED, "rsshub"), [answer(body)])
    assert facts.coverage.kind is CoverageKind.REACHES_BACK_TO
    assert [p.own for p in facts.posts] == [True, True]


def test_nothing_but_recommended_cards_of_one_other_author_is_no_silence() -> None:
    body = rss(by("路人头条", OLD), by("路人头条", OLD), title=TITLE)
    facts = read(TOUTIAO.check(FED, "rsshub"), [answer(body)])
    assert facts.coverage.kind is CoverageKind.PARTIAL


@pytest.mark.parametrize(
    ("status", "words", "reason"),
    [
        (404, "NotFoundError: 暂未发表作品", Reason.AMBIGUOUS),
        (404, "NotFoundError: wrong path", Reason.NOT_FOUND),
        (403, "RejectError: 无法获取用户信息", Reason.AMBIGUOUS),
    ],
)
def test_the_words_tell_an_empty_list_from_a_missing_route(
    status: int, words: str, reason: Reason
) -> None:
    said = answer(f"<html><body><code>{words}</code></body></html>", status)
    stopped = refused(TOUTIAO.check(FED, "rsshub"), [said])
    assert (stopped.reason, stopped.detail) == (reason, f"HTTP {status}: {words}")


# --- the profile of the share page --------------------------------------------------------------


def test_the_profile_tells_name_and_body_and_no_posts() -> None:
    driven = run(TOUTIAO.check(target(), "page"), [answer(profile())])
    assert [(r.url, r.auth, r.method) for r in driven.asked] == [(PROFILE, None, "GET")]
    assert driven.outcome == Facts(
        Existence.EXISTS,
        display_name=NAME,
        verified_subject="青石县人民政府",
        counters={"followers": 5200},
        identifiers={"uid": UID},
    )


def test_the_number_is_the_accounts_or_its_media_id() -> None:
    assert page(profile(user_id=7, media_id=UID)).identifiers == {"uid": UID}
    assert page(profile(user_id=UID, media_id=None)).identifiers == {"uid": UID}


def test_the_account_of_another_number_is_refused() -> None:
    assert page_refused(profile(user_id=77777, media_id=66666)) == (
        Reason.WRONG_ACCOUNT,
        "66666, 77777",
    )
    assert page_refused(profile(user_id=0, media_id=None)) == (Reason.CHANGED_LAYOUT, "no id")


@pytest.mark.parametrize("mark", [0, 1])
def test_whom_the_account_keeps_away_says_nothing_about_the_account(mark: int) -> None:
    facts = page(profile(is_blocked=mark, is_blocking=mark))
    assert (facts.existence, facts.signal) == (Existence.EXISTS, "")


@pytest.mark.parametrize(
    ("body", "reason", "detail"),
    [
        ([], Reason.CHANGED_LAYOUT, "no data"),
        ({"message": "success", "data": []}, Reason.CHANGED_LAYOUT, "no data"),
        ({"message": "error", "data": {}}, Reason.AMBIGUOUS, "error, status None"),
        (profile("error"), Reason.AMBIGUOUS, "error, status 0"),
        (profile("successes"), Reason.AMBIGUOUS, "successes, status 0"),
        (profile("e" * 200), Reason.AMBIGUOUS, "e" * 120),
        (profile(user_id="7" * 90, media_id=""), Reason.WRONG_ACCOUNT, "7" * 80),
        (profile(status=5), Reason.AMBIGUOUS, "success, status 5"),
        (profile(status=None), Reason.AMBIGUOUS, "success, status None"),
    ],
)
def test_a_profile_of_another_shape_or_state_is_none(
    body: Any, reason: Reason, detail: str
) -> None:
    assert page_refused(body) == (reason, detail)


@pytest.mark.parametrize(
    ("name", "screen_name", "shown"),
    [
        (NAME, "x", NAME),
        ("", "青石头条", "青石头条"),
        ("用户1234567890", "undefined", None),
        (None, None, None),
    ],
)
def test_the_name_is_what_is_no_stand_in(name: Any, screen_name: Any, shown: str | None) -> None:
    assert page(profile(name=name, screen_name=screen_name)).display_name == shown


@pytest.mark.parametrize(
    ("words", "verified", "subject"),
    [
        ("青石县公安局官方头条号", True, "青石县公安局"),
        ("青石县公安局 的政务账号", True, "青石县公安局"),
        ("青石县  公安局官方账号", True, "青石县 公安局"),
        ("青石县公安局官方帐号", False, None),
        ("青石县公安局官方帐号", 1, None),
        ("优质青石领域创作者", True, None),
        ("官方帐号", True, None),
        ("", True, None),
        (None, True, None),
    ],
)
def test_only_an_official_accounts_verification_names_a_body(
    words: Any, verified: Any, subject: str | None
) -> None:
    facts = page(profile(verified_content=words, user_verified=verified))
    assert facts.verified_subject == subject


@pytest.mark.parametrize("count", [None, "65万", True, 1.5])
def test_a_counter_that_is_no_number_is_none(count: Any) -> None:
    assert page(profile(followers_count=count)).counters == {}


def test_the_number_is_read_off_the_ledgers_address() -> None:
    told = target(identifiers={"token": TOKEN}, url=f"https://m.toutiao.com/profile/{UID}/")
    assert [r.url for r in run(TOUTIAO.check(told, "page"), [answer(profile())]).asked] == [PROFILE]


@pytest.mark.parametrize(
    ("ids", "url"),
    [
        ({}, ""),
        ({"token": TOKEN}, f"https://www.toutiao.com/c/user/token/{TOKEN}"),
        ({"uid": "someone"}, f"https://m.toutiao.com/profile/{UID}/"),
        ({}, "https://www.qingshi.example/"),
    ],
)
def test_without_a_number_no_profile_is_asked_for(ids: dict[str, str], url: str) -> None:
    stopped = refused(TOUTIAO.check(target(identifiers=ids, url=url), "page"), [])
    assert isinstance(stopped, Unsupported)
    assert (stopped.reason, stopped.detail) == (Reason.NO_ADDRESS, "no uid")


@pytest.mark.parametrize(
    "led",
    [
        f"https://m.toutiao.com/profile/{UID}/?x=1",
        f"https://profile.zjurl.cn/rogue/ugc/profile/?user_id={UID}",
    ],
)
def test_a_short_link_is_followed_and_its_account_reported(led: str) -> None:
    told = target(identifiers={"token": TOKEN}, url="https://m.toutiao.com/is/AbC/")
    driven = run(TOUTIAO.check(told, "page"), [answer("<p>x</p>", url=led), answer(profile())])
    assert [r.url for r in driven.asked] == ["https://m.toutiao.com/is/AbC/", PROFILE]
    assert isinstance(driven.outcome, Facts)
    assert driven.outcome.identifiers == {"uid": UID}


def test_a_short_link_that_leads_to_a_token_or_an_article_names_no_number() -> None:
    told = target(identifiers={}, url="https://m.toutiao.com/is/AbC/")
    token = answer("<p>x</p>", url=f"https://www.toutiao.com/c/user/token/{TOKEN}/")
    article = answer("<p>x</p>", url="https://m.toutiao.com/article/7123456789012345678/")
    assert refused(TOUTIAO.check(told, "page"), [token]).reason is Reason.NO_ADDRESS
    assert refused(TOUTIAO.check(told, "page"), [article]).reason is Reason.NOT_FOUND


def test_a_wall_is_a_wall() -> None:
    stopped = refused(TOUTIAO.check(target(), "page"), [answer("")])
    assert isinstance(stopped, Inconclusive) and stopped.reason is Reason.EMPTY_BODY


@pytest.mark.parametrize("source", ["", "a", "paga", "pagf", "rsshua", "rsshuc", "z"])
def test_a_source_that_it_does_not_have_is_none(source: str) -> None:
    stopped = refused(TOUTIAO.check(target(), source), [])
    assert isinstance(stopped, Unsupported)
    assert (stopped.reason, stopped.detail) == (Reason.NO_SOURCE, source)


def test_a_page_that_wants_a_proof_is_a_wall() -> None:
    proof = answer("<html><script>window.byted_acrawler.init({});</script></html>")
    stopped = refused(TOUTIAO.check(target(), "page"), [proof])
    assert (stopped.reason, stopped.detail) == (Reason.CAPTCHA, "byted_acrawler")
    stopped = refused(TOUTIAO.check(target(), "page"), [answer("<html>维护中</html>")])
    assert stopped.reason is Reason.BAD_JSON
