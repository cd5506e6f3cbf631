"""WeChat's official API: days of statistics, published items, and every code it refuses with."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from checkers._wechat.api import articles, days_back, listed, read_day, second
from checkers.base import Facts, Inconclusive, Response, Unsupported
from checkers.wechat import Wechat
from registry.vocab import CoverageKind, Existence, Precision, Reason
from tests.checkers.driving import NOON, answer, drive, read, refused, run
from tests.checkers.wechat_answers import (
    batch,
    entry,
    error,
    published_item,
    statistics,
    target,
)

SILENT = statistics()


def days(*first: dict[str, Any], of: int = 15) -> list[Response]:
    """Answers for the days from yesterday (19 March) back to 5 March, silent after `first`."""
    return [answer(body) for body in (*first, *[SILENT] * (of - len(first)))]


def api(responses: list[Response], **more: Any) -> Facts | Inconclusive:
    return drive(Wechat().check(target(**more), "api"), responses)


def facts(responses: list[Response]) -> Facts:
    return read(Wechat().check(target(), "api"), responses)


# --- which days are asked -----------------------------------------------------------------------


def test_each_day_is_asked_alone_and_the_last_one_is_yesterday_in_shanghai() -> None:
    driven = run(Wechat().check(target(), "api"), days())
    bodies = [json.loads(request.body or b"") for request in driven.asked]
    assert bodies[0] == {"begin_date": "2026-03-19", "end_date": "2026-03-19"}
    assert bodies[-1] == {"begin_date": "2026-03-05", "end_date": "2026-03-05"}
    assert len(bodies) == 15
    assert all(body["begin_date"] == body["end_date"] for body in bodies)


def test_yesterday_is_counted_in_shanghai_and_not_in_utc() -> None:
    late = datetime(2026, 3, 19, 16, 30, tzinfo=UTC)  # 00:30 on the 20th in Shanghai
    driven = run(Wechat().check(target(as_of=late), "api"), days())
    assert json.loads(driven.asked[0].body or b"")["begin_date"] == "2026-03-19"


def test_the_credential_is_named_and_never_seen() -> None:
    driven = run(Wechat().check(target(), "api"), days())
    assert {request.auth for request in driven.asked} == {"wechat:wx00112233445566aa"}
    assert not any("token" in request.url for request in driven.asked)


def test_an_account_without_a_named_credential_uses_its_appid() -> None:
    driven = run(Wechat().check(target(credential=""), "api"), days())
    assert driven.asked[0].auth == "wechat:wx00112233445566aa"


def test_without_appid_and_credential_nothing_can_be_asked() -> None:
    outcome = api([], credential="", identifiers={})
    assert isinstance(outcome, Unsupported)
    assert outcome.reason is Reason.NO_CREDENTIAL


def test_asking_stops_with_the_week_in_which_a_publication_was_found() -> None:
    found = facts(days(SILENT, SILENT, statistics(entry("2026-03-17")), of=7))
    assert found.newest and found.newest.published_at == datetime(2026, 3, 16, 16, tzinfo=UTC)


def test_a_publication_after_the_time_point_does_not_end_the_search() -> None:
    point = datetime(2026, 3, 15, 4, tzinfo=UTC)
    published = {2: statistics(entry("2026-03-17")), 12: statistics(entry("2026-03-07"))}
    answers = days(*[published.get(at, SILENT) for at in range(14)], of=14)
    outcome = api(answers, time_point=point)
    assert isinstance(outcome, Facts)
    assert len(outcome.posts) == 2
    assert outcome.coverage.since == datetime(2026, 3, 5, 16, tzinfo=UTC)


def test_days_before_the_statistics_began_are_not_asked() -> None:
    early = {"as_of": datetime(2025, 11, 3, 4, tzinfo=UTC)}
    long_ago = {"read_back_to": datetime(2025, 9, 1, tzinfo=UTC)}
    driven = run(Wechat().check(target(**early, **long_ago), "api"), days(of=2))
    assert json.loads(driven.asked[-1].body or b"")["begin_date"] == "2025-11-01"
    assert isinstance(driven.outcome, Facts)
    assert driven.outcome.coverage.since == datetime(2025, 10, 31, 16, tzinfo=UTC)


def test_a_run_before_the_statistics_began_is_unsupported() -> None:
    outcome = api([], as_of=datetime(2025, 10, 1, 4, tzinfo=UTC))
    assert isinstance(outcome, Unsupported)
    assert outcome.reason is Reason.NO_SOURCE


def test_without_a_plan_a_little_over_two_weeks_is_read() -> None:
    outcome = api(days(of=16), read_back_to=datetime.min)
    assert isinstance(outcome, Facts)
    assert outcome.coverage.since == datetime(2026, 3, 3, 16, tzinfo=UTC)


# --- what the days say --------------------------------------------------------------------------


def test_a_publication_is_precise_to_the_day() -> None:
    newest = facts(days(statistics(entry("2026-03-19", "夏季治安行动")), of=7)).newest
    assert newest is not None
    assert newest.precision is Precision.DAY
    assert newest.published_at == datetime(2026, 3, 18, 16, tzinfo=UTC)
    assert newest.title == "夏季治安行动"
    assert newest.url.startswith("https://mp.weixin.qq.com/s?__biz=")


@pytest.mark.parametrize("publish_type", [0, 1, 2])
def test_notified_and_silent_publications_both_count(publish_type: int) -> None:
    first = statistics(entry("2026-03-19", publish_type=publish_type))
    assert facts(days(first, of=7)).newest is not None


def test_fifteen_silent_days_reach_back_to_the_first_of_them() -> None:
    found = facts(days())
    assert found.posts == ()
    assert found.existence is Existence.EXISTS
    assert found.coverage.kind is CoverageKind.REACHES_BACK_TO
    assert found.coverage.since == datetime(2026, 3, 4, 16, tzinfo=UTC)


def test_the_statistics_say_nothing_of_today() -> None:
    found = facts(days())
    assert found.coverage.until == datetime(2026, 3, 19, 16, tzinfo=UTC)
    assert "2026-03-19" in found.note


def test_an_old_publication_is_found_behind_silent_weeks() -> None:
    found = facts(days(*[SILENT] * 14, statistics(entry("2026-03-05"))))
    assert found.newest and found.newest.published_at == datetime(2026, 3, 4, 16, tzinfo=UTC)
    assert found.coverage.kind is CoverageKind.REACHES_BACK_TO


def test_a_late_day_without_any_publication_is_delayed_and_never_silence() -> None:
    outcome = api(days(statistics(delayed=True)))
    assert isinstance(outcome, Inconclusive)
    assert outcome.reason is Reason.DELAYED


def test_a_publication_of_a_late_day_counts_but_covers_nothing() -> None:
    found = facts(days(statistics(entry("2026-03-19"), delayed=True), of=7))
    assert found.newest is not None
    assert found.coverage.kind is CoverageKind.PARTIAL


def test_coverage_ends_at_the_first_unread_day() -> None:
    first = (SILENT, statistics(delayed=True), statistics(entry("2026-03-17")))
    found = facts(days(*first, of=7))
    assert found.coverage.since == datetime(2026, 3, 18, 16, tzinfo=UTC)


@pytest.mark.parametrize("code", [61500, 61501, 61503])
def test_statistics_not_made_yet_are_delayed(code: int) -> None:
    outcome = api(days(error(code)))
    assert isinstance(outcome, Inconclusive)
    assert outcome.reason is Reason.DELAYED


def test_an_empty_day_of_the_abandoned_call_is_unknown() -> None:
    outcome = api(days({"list": []}))
    assert isinstance(outcome, Inconclusive)
    assert outcome.reason is Reason.AMBIGUOUS


def test_the_abandoned_call_still_dates_a_publication() -> None:
    row = {"ref_date": "2026-03-19", "msgid": "1_1", "title": "通知", "details": []}
    found = facts(days({"list": [row]}, of=7))
    assert found.newest and found.newest.published_at == datetime(2026, 3, 18, 16, tzinfo=UTC)


def test_daily_readers_are_no_publications() -> None:
    row = {"ref_date": "2026-03-19", "msgid": "1_1", "title": "通知", "int_page_read_user": 9}
    outcome = api(days({"list": [row]}, of=7))
    assert isinstance(outcome, Inconclusive)
    assert outcome.reason is Reason.CHANGED_LAYOUT


def test_an_entry_of_another_day_is_left_to_its_own_day() -> None:
    stray = statistics(entry("2026-03-20"), entry("2026-12-31"), entry("2026-03-01"))
    outcome = api(days(stray))
    assert isinstance(outcome, Inconclusive)
    assert outcome.reason is Reason.AMBIGUOUS


def test_a_day_answered_with_another_beside_it_covers_nothing() -> None:
    found = facts(days(statistics(entry("2026-03-19"), entry("2026-03-18")), of=7))
    assert [post.published_at for post in found.posts] == [datetime(2026, 3, 18, 16, tzinfo=UTC)]
    assert found.coverage.kind is CoverageKind.PARTIAL


@pytest.mark.parametrize("day", ["", None, "0001-01-01", "yesterday", "2026-13-01", [], 20260319.5])
def test_a_day_that_is_none_is_a_changed_layout(day: Any) -> None:
    outcome = api(days(statistics(entry("2026-03-19", ref_date=day)), of=7))
    assert isinstance(outcome, Inconclusive)
    assert outcome.reason is Reason.CHANGED_LAYOUT


# --- published items ----------------------------------------------------------------------------


def published(body: Any, **more: Any) -> Facts | Inconclusive:
    return drive(Wechat().check(target(**more), "freepublish"), [answer(body)])


def published_facts(body: Any) -> Facts:
    outcome = published(body)
    assert isinstance(outcome, Facts), outcome
    return outcome


def test_a_published_item_proves_fresh_and_covers_only_a_part() -> None:
    found = published_facts(batch(published_item(1773900000)))
    assert found.newest and found.newest.published_at == datetime(2026, 3, 19, 6, tzinfo=UTC)
    assert found.newest.precision is Precision.SECOND
    assert found.coverage.kind is CoverageKind.PARTIAL


def test_an_edit_is_no_publication() -> None:
    edited = published_item(1770000000, update_time=1773900000)
    assert (
        published_facts(batch(edited)).newest
        == published_facts(batch(published_item(1770000000))).newest
    )


def test_the_last_edit_stands_in_where_an_item_has_no_other_time() -> None:
    inside = published_item(1773900000, create_time=None)
    beside = published_item(1, create_time=None, update_time=None) | {"update_time": 1773900000}
    for item in (inside, beside):
        newest = published_facts(batch(item)).newest
        assert newest and newest.published_at == datetime(2026, 3, 19, 6, tzinfo=UTC)


def test_the_newest_of_several_items_counts_wherever_it_stands() -> None:
    found = published_facts(batch(published_item(1770000000), published_item(1773900000)))
    assert found.newest and found.newest.published_at == datetime(2026, 3, 19, 6, tzinfo=UTC)


def test_a_deleted_item_is_no_publication() -> None:
    gone = published_item(1773900000, news_item=[{"title": "撤回", "is_deleted": True}])
    found = published_facts(batch(gone, published_item(1770000000)))
    assert found.newest and found.newest.published_at == datetime(2026, 2, 2, 2, 40, tzinfo=UTC)


@pytest.mark.parametrize("articles", [7, "x", {"title": "a"}, True])
def test_articles_that_are_no_list_are_a_changed_layout(articles: Any) -> None:
    outcome = published(batch(published_item(1773900000, news_item=articles)))
    assert isinstance(outcome, Inconclusive)
    assert outcome.reason is Reason.CHANGED_LAYOUT
    assert outcome.detail == "published item without articles"


def test_an_item_of_the_future_is_left_out() -> None:
    found = published_facts(batch(published_item(1900000000), published_item(1770000000)))
    assert found.newest and found.newest.published_at == datetime(2026, 2, 2, 2, 40, tzinfo=UTC)


def test_no_published_items_say_nothing_because_mass_sent_ones_are_not_listed() -> None:
    for body in (batch(), {"total_count": 0, "item_count": 0}):
        outcome = published(body)
        assert isinstance(outcome, Inconclusive)
        assert outcome.reason is Reason.AMBIGUOUS


def test_counts_of_material_are_no_list_of_publications() -> None:
    outcome = published({"voice_count": 1, "video_count": 2, "image_count": 3, "news_count": 4})
    assert isinstance(outcome, Inconclusive)
    assert outcome.reason is Reason.CHANGED_LAYOUT


def test_a_token_is_no_list_of_publications() -> None:
    outcome = published({"access_token": "x", "expires_in": 7200})
    assert isinstance(outcome, Inconclusive)
    assert outcome.reason is Reason.CHANGED_LAYOUT
    assert "x" not in outcome.detail.split()


# --- the code is read before anything else -------------------------------------------------------

CODES = [
    *[(code, Reason.RATE_LIMITED) for code in (-1, 45009, 45011)],
    *[
        (code, Reason.CONFIG)
        for code in (
            *(40001, 40002, 40013, 40014, 40125, 40164, 40243, 41001, 41002, 41004, 41018, 42001),
            *(61004, 61005, 61006, 61011, 61014, 61015, 61023, 61024),
            *(89501, 89503, 89506, 89507),
        )
    ],
    *[(code, Reason.PERMISSION) for code in (48001, 50001, 61003, 61007, 61016, 61017)],
    *[(code, Reason.AMBIGUOUS) for code in (99999, 1, -2, 40003, 50005)],
]
SOURCES = ["api", "freepublish", "menu"]


def replies(source: str, body: Any) -> list[Response]:
    return [answer(body)] * {"api": 7, "menu": 2}.get(source, 1)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(("code", "reason"), CODES)
def test_a_code_is_a_reason_and_never_silence(source: str, code: int, reason: Reason) -> None:
    outcome = refused(Wechat().check(target(), source), replies(source, error(code)))
    assert outcome.reason is reason
    assert str(code) in outcome.detail


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("code", [48004, 50002, 50004, 50007])
def test_an_account_held_back_is_restricted(source: str, code: int) -> None:
    found = read(Wechat().check(target(), source), replies(source, error(code, "user limited")))
    assert found.existence is Existence.RESTRICTED
    assert found.signal == f"{code} user limited"
    assert found.posts == ()
    assert found.coverage.kind is CoverageKind.UNREAD


@pytest.mark.parametrize(
    ("message", "address"),
    [
        ("invalid ip 192.0.2.7 ipv6 ::ffff:192.0.2.7, not in whitelist rid: 6-6-1", "192.0.2.7"),
        ("access clientip is not registered requestIP: 198.51.100.9", "198.51.100.9"),
        ("invalid ip 2001:db8::17, not in whitelist", "2001:db8::17"),
        ("not in whitelist", "?"),
    ],
)
def test_the_address_to_put_on_the_whitelist_is_named(message: str, address: str) -> None:
    outcome = api(replies("api", error(40164, message)))
    assert isinstance(outcome, Inconclusive)
    assert outcome.detail == f"40164 IP {address} is not on the whitelist"


def test_the_code_counts_and_not_the_words() -> None:
    outcome = api(replies("api", error(40164, "user limited")))
    assert isinstance(outcome, Inconclusive)
    assert outcome.reason is Reason.CONFIG


def test_a_code_of_zero_is_no_error() -> None:
    assert published_facts(batch(published_item(1773900000)) | {"errcode": 0, "errmsg": "ok"})


def test_a_code_may_come_as_text() -> None:
    outcome = api(replies("api", {"errcode": "48001", "errmsg": "api unauthorized"}))
    assert isinstance(outcome, Inconclusive)
    assert outcome.reason is Reason.PERMISSION


# --- bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    "body",
    [
        b'{"list": [{"ref_date": "2026-0',
        b"[" * 200_000,
        b'{"a":' * 100_000,
        "青石".encode("gb18030") * 3,
        b"\xff\xfe\x00",
        b"x" * 5_000_000,
        b"<html><body>Bad Gateway</body></html>",
    ],
    ids=["truncated", "deep list", "deep object", "gb18030", "not text", "5 MB", "html"],
)
def test_what_is_no_json_is_bad_json(source: str, body: bytes) -> None:
    outcome = refused(Wechat().check(target(), source), replies(source, body))
    assert outcome.reason is Reason.BAD_JSON


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b'"ok"',
        b"7",
        b"null",
        b"{}",
        b'{"list": 7, "item": 7, "selfmenu_info": 7}',
        b'{"list": [7], "item": [7], "selfmenu_info": {"button": [7]}}',
        b'{"list": [null], "item": [{}], "selfmenu_info": {"button": {}}}',
        b'{"errcode": {"a": 1}}',
        b'{"errcode": 1e999}',
    ],
)
def test_json_of_another_shape_is_a_changed_layout(source: str, body: bytes) -> None:
    outcome = refused(Wechat().check(target(), source), replies(source, body))
    assert outcome.reason is Reason.CHANGED_LAYOUT


def test_an_unknown_source_is_unsupported() -> None:
    outcome = refused(Wechat().check(target(), "bing"), [])
    assert isinstance(outcome, Unsupported)
    assert outcome.reason is Reason.NO_SOURCE


# --- figures of the calls --------------------------------------------------------------------------


def test_the_newest_twenty_published_items_are_asked_for_without_their_texts() -> None:
    body = batch(published_item(1773900000))
    (asked,) = run(Wechat().check(target(), "freepublish"), [answer(body)]).asked
    assert asked.url == "https://api.weixin.qq.com/cgi-bin/freepublish/batchget"
    assert json.loads(asked.body or b"") == {"offset": 0, "count": 20, "no_content": 1}


def test_the_statistics_are_asked_of_the_call_that_is_maintained() -> None:
    driven = run(Wechat().check(target(), "api"), days())
    urls = {request.url for request in driven.asked}
    assert urls == {"https://api.weixin.qq.com/datacube/getarticletotaldetail"}


@pytest.mark.parametrize(("day", "known"), [("2009-01-01", True), ("2008-12-31", False)])
def test_no_publication_is_older_than_the_platform(day: str, known: bool) -> None:
    rows = {"list": [{"ref_date": day, "details": []}]}
    if known:
        assert len(listed(rows)) == 1
        return
    with pytest.raises(Inconclusive) as refusal:
        listed(rows)
    assert refusal.value.detail == f"ref_date {day}"


def test_an_article_of_a_publication_counts_as_there_unless_said_otherwise() -> None:
    detail = {"count": 1, "item": [{"idx": 1, "article_url": "https://mp.weixin.qq.com/s/AbCd"}]}
    (one,) = articles({"publish_status": 0, "article_detail": detail})
    assert (one.url, one.title, one.deleted) == ("https://mp.weixin.qq.com/s/AbCd", "", False)
    (other,) = articles({"news_item": [{"url": "u", "title": "一", "is_deleted": True}]})
    assert (other.url, other.title, other.deleted) == ("u", "一", True)


def test_a_long_message_is_cut() -> None:
    outcome = refused(Wechat().check(target(), "freepublish"), [answer(error(99999, "x" * 500))])
    assert outcome.detail == "99999 " + "x" * 160
    odd = refused(Wechat().check(target(), "freepublish"), [answer({"errcode": "y" * 50})])
    assert odd.detail == "errcode " + "y" * 20


def test_a_week_is_asked_at_a_time() -> None:
    asked = run(Wechat().check(target(), "api"), days()).asked
    weeks = days_back(date(2026, 3, 20), date(2026, 3, 5))
    assert [len(week) for week in weeks] == [7, 7, 1]
    assert len(asked) == 15
    assert days_back(date(2025, 11, 2), date(2025, 1, 1)) == [[date(2025, 11, 1)]]
    assert days_back(date(2025, 11, 1), date(2025, 1, 1)) == []
    assert days_back(date(2026, 3, 20), date(2026, 4, 1)) == [[date(2026, 3, 19)]]


@pytest.mark.parametrize(
    ("value", "known"),
    [(1773900000, True), ("1773900000", True), (True, False), (1.5, False), ("2026-03-19", False)],
)
def test_a_moment_is_a_number_of_seconds(value: Any, known: bool) -> None:
    assert (second(value, NOON) is not None) is known


@pytest.mark.parametrize(
    ("said", "reason"), [(True, Reason.DELAYED), (1, Reason.AMBIGUOUS), (None, Reason.AMBIGUOUS)]
)
def test_only_a_plain_yes_or_no_tells_whether_a_silent_day_is_late(
    said: Any, reason: Reason
) -> None:
    day = read_day(answer({"list": [], "is_delay": said}), date(2026, 3, 19))
    assert (day.unread, day.posts) == (reason, ())
