"""Feeds: what their dates, titles and failures say, and what they do not."""

from __future__ import annotations

from datetime import UTC, datetime
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkers._web.feeds import _exact, _tolerant, read_feed
from checkers.base import Coverage, Facts, Inconclusive, Pace, Response, Target
from checkers.feed import Feed, channel_name, read_rsshub
from registry.vocab import CoverageKind, Existence, Precision, Reason
from tests.checkers.cases.feed import ADDRESS, NEW, OLD, item, rss
from tests.checkers.driving import answer, drive, read, refused, run

FEED = Feed()


def target(address: str = ADDRESS, platform: str = "weibo") -> Target:
    return Target(platform, "青石发布", address=address)


def feed(body: str | bytes, source: str = "feed", **more: str) -> Facts:
    return read(FEED.check(target(**more), source), [answer(body)])


def feed_refused(response: Response, source: str = "feed") -> Inconclusive:
    return refused(FEED.check(target(), source), [response])


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>青石发布</title>
<updated>2026-03-20T03:50:00Z</updated>
<entry><title type="html">&lt;b&gt;防汛&lt;/b&gt;提示</title>
<link rel="enclosure" href="https://qingshi.example/a.mp3"/>
<link href="https://qingshi.example/2"/>
<published>2026-03-18T02:00:00Z</published><updated>2026-03-20T01:00:00Z</updated></entry>
<entry><title>通知</title><link href="https://qingshi.example/1"/>
<updated>2026-03-01T02:00:00Z</updated></entry></feed>"""

RDF = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>青石发布</title></channel>
<item rdf:about="1"><title>通知</title><link>https://qingshi.example/1</link>
<dc:date>2026-03-18T10:00:00+08:00</dc:date></item></rdf:RDF>"""


# --- reading ------------------------------------------------------------------------------------


def test_a_feed_tells_posts_name_and_reach_and_nothing_about_existence() -> None:
    facts = feed(rss(item(NEW, "防汛提示"), item(OLD)))
    assert [post.published_at for post in facts.posts] == [utc(2026, 3, 18, 2), utc(2026, 3, 1, 2)]
    assert (facts.posts[0].title, facts.posts[0].url) == ("防汛提示", "https://qingshi.example/1")
    assert facts.display_name == "青石发布"
    assert facts.coverage.kind is CoverageKind.REACHES_BACK_TO
    assert facts.coverage.since == utc(2026, 3, 1, 2)
    assert facts.existence is Existence.UNKNOWN


def test_the_feed_itself_is_all_that_is_asked_for() -> None:
    driven = run(FEED.check(target(), "feed"), [answer(rss(item(NEW)))])
    assert [request.url for request in driven.asked] == [ADDRESS]
    assert driven.asked[0].auth is None


def test_atom_dates_an_entry_by_its_publication_before_its_last_change() -> None:
    facts = feed(ATOM)
    assert [post.published_at for post in facts.posts] == [utc(2026, 3, 18, 2), utc(2026, 3, 1, 2)]
    assert facts.posts[0].title == "防汛提示"
    assert facts.posts[0].url == "https://qingshi.example/2"


def test_rss_1_and_dublin_core_dates_are_read() -> None:
    assert feed(RDF).posts[0].published_at == utc(2026, 3, 18, 2)


def test_the_newest_is_the_latest_and_not_the_first() -> None:
    newest = feed(rss(item(OLD), item(NEW))).newest
    assert newest is not None and newest.published_at == utc(2026, 3, 18, 2)


@pytest.mark.parametrize(
    "date",
    [
        "Wed, 18 Mar 2026 10:00:00 ",
        "2026-03-18 10:00:00",
        "2026-03-18 10:00:00 CST",
        "2026/03/18 10:00",
        "2026年03月18日 10:00",
        "Wed, 18 Mar 2026 02:00:00 GMT",
        "Wed, 18 Mar 2026 10:00:00 +0800",
    ],
)
def test_dates_are_read_strictly_and_without_a_zone_in_shanghai(date: str) -> None:
    assert feed(rss(item(date), item(OLD))).posts[0].published_at == utc(2026, 3, 18, 2)


@pytest.mark.parametrize("date", ["Tue, 17 Mar 2026 16:00:00 GMT", "2026-03-18 00:00:00"])
def test_midnight_is_a_date_without_a_time(date: str) -> None:
    facts = feed(rss(item(date), item(OLD)))
    assert facts.posts[0].precision is Precision.DAY
    assert facts.posts[0].published_at == utc(2026, 3, 17, 16)


def test_a_list_of_days_may_show_only_a_part_of_its_oldest_day() -> None:
    facts = feed(rss(item("2026-03-18"), item("2026-03-16")))
    assert facts.coverage.since == utc(2026, 3, 16, 16)


def test_a_broken_document_is_read_as_far_as_it_goes() -> None:
    broken = rss(item(NEW, "防汛 & 抗旱"), item(OLD)).replace("</channel></rss>", "")
    assert len(feed(broken).posts) == 2


def test_of_a_broken_document_the_newest_entry_may_be_lost() -> None:
    lost = rss(item(NEW), item(OLD)).replace("<item>", "<it&em>", 1)
    facts = feed(lost)
    assert [post.published_at for post in facts.posts] == [utc(2026, 3, 1, 2)]
    assert facts.coverage == Coverage(CoverageKind.PARTIAL)


def test_a_null_among_the_names_makes_it_no_feed() -> None:
    broken = rss(item(OLD)).replace('"UTF-8"', '"UT\0F-8"')
    assert feed_refused(answer(broken)).reason is Reason.NOT_A_FEED


def test_a_feed_in_gbk_is_read() -> None:
    text = rss(item(NEW), item(OLD)).replace("UTF-8", "gb2312")
    assert feed(text.encode("gbk")).display_name == "青石发布"


# --- what cannot be relied upon -----------------------------------------------------------------


@pytest.mark.parametrize("date", ["", "Invalid Date", "Thu, 01 Jan 1970 00:00:00 GMT", "soon"])
def test_an_item_without_a_date_leaves_the_list_partial(date: str) -> None:
    facts = feed(rss(item(date), item(OLD)))
    assert len(facts.posts) == 1
    assert facts.coverage.kind is CoverageKind.PARTIAL
    assert facts.note == "1 items without a date"


def test_the_date_of_building_is_no_posts_date() -> None:
    body = rss(item(""), item("Invalid Date"))
    assert feed_refused(answer(body)).reason is Reason.AMBIGUOUS


def test_items_all_dated_when_the_feed_was_built_are_made_up() -> None:
    built = "Fri, 20 Mar 2026 02:00:30 GMT"
    body = rss(item("Fri, 20 Mar 2026 02:00:00 GMT"), item(built), built=built)
    assert feed_refused(answer(body)).reason is Reason.SYNTHETIC_DATES


def test_items_all_dated_when_the_feed_was_fetched_are_made_up() -> None:
    now = "Fri, 20 Mar 2026 03:59:30 GMT"
    body = rss(item(now), item(now), built="Sun, 01 Mar 2026 00:00:00 GMT")
    assert feed_refused(answer(body)).reason is Reason.SYNTHETIC_DATES


def test_one_old_post_may_date_the_whole_feed() -> None:
    assert len(feed(rss(item(OLD), built=OLD)).posts) == 1


def test_one_new_post_of_the_minute_of_building_is_not_believed() -> None:
    now = "Fri, 20 Mar 2026 03:30:00 GMT"
    assert feed_refused(answer(rss(item(now), built=now))).reason is Reason.SYNTHETIC_DATES


def test_an_item_that_reports_a_failure_is_no_post() -> None:
    body = rss(item("Fri, 20 Mar 2026 03:00:00 GMT", "获取数据失败"), item(OLD))
    assert feed_refused(answer(body)).reason is Reason.SYNTHETIC_DATES


def test_a_feed_without_items_is_ambiguous() -> None:
    assert feed_refused(answer(rss())).reason is Reason.AMBIGUOUS


@pytest.mark.parametrize(
    "body",
    [
        "<html><head><title>青石发布</title></head><body>维护中</body></html>",
        "<!-- nothing -->",
        '{"version": "https://jsonfeed.org/version/1", "items": []}',
        '<?xml version="1.0"?><note>rss</note>',
        "/etc/passwd",
        "http://127.0.0.1:9/rss",
    ],
)
def test_what_is_no_feed_is_named_so(body: str) -> None:
    assert feed_refused(answer(body)).reason is Reason.NOT_A_FEED


def test_entities_are_not_expanded() -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aa">]>' + rss(item(NEW)).split("?>")[1]
    assert feed_refused(answer(bomb)).reason is Reason.NOT_A_FEED


@pytest.mark.parametrize(
    "address",
    [
        f"{ADDRESS}?filter=防汛",
        f"{ADDRESS}?limit=5&filter_time=86400",
        f"{ADDRESS}/showRetweeted=0",
        f"{ADDRESS}/showEmoji=1&showRetweeted=false&embed=0",
        f"{ADDRESS}/showEmoji%3D1%26hideGoods%3D1",
        f"{ADDRESS}/hideGoods=true/",
    ],
)
def test_a_filtered_route_proves_no_silence(address: str) -> None:
    facts = feed(rss(item(NEW), item(OLD)), "rsshub", address=address)
    assert facts.coverage.kind is CoverageKind.PARTIAL
    assert facts.newest is not None


@pytest.mark.parametrize(
    "more", ["?limit=5", "/showRetweeted=1", "/hideGoods=0", "/showRetweeted=01", "?x=/hideGoods=1"]
)
def test_a_route_that_leaves_out_no_post_lists_the_newest(more: str) -> None:
    facts = feed(rss(item(NEW), item(OLD)), "rsshub", address=f"{ADDRESS}{more}")
    assert facts.coverage.kind is CoverageKind.REACHES_BACK_TO


@pytest.mark.parametrize("source", ["feed", "rsshub"])
def test_a_mirror_of_a_wechat_account_proves_no_silence(source: str) -> None:
    facts = feed(rss(item(NEW), item(OLD)), source, platform="wechat")
    assert facts.coverage.kind is CoverageKind.PARTIAL
    assert facts.newest is not None and facts.newest.published_at == utc(2026, 3, 18, 2)


# --- other people's items -----------------------------------------------------------------------


def _by(author: str, date: str) -> str:
    return item(date).replace("</title>", f"</title><author>{author}</author>")


def mixed(*items: str, title: str = "青石发布 - 小红书笔记", name: str = "青石发布") -> Facts:
    told = Target("xiaohongshu", name, address=ADDRESS)
    return read(read_rsshub(told, mixed=True), [answer(rss(*items, title=title))])


def test_of_several_authors_only_the_one_the_channel_is_titled_after_counts() -> None:
    facts = mixed(_by("路人", "Thu, 19 Mar 2026 02:00:00 GMT"), _by("青石发布", NEW), item(OLD))
    assert [post.own for post in facts.posts] == [False, True, False]
    assert facts.newest is not None and facts.newest.published_at == utc(2026, 3, 18, 2)
    assert facts.coverage.kind is CoverageKind.PARTIAL
    assert facts.display_name == "青石发布"


@pytest.mark.parametrize("title", ["青石发布 - 小红书笔记", "路人", "undefined"])
def test_one_author_or_none_is_the_accounts_own_whatever_the_channel_is_called(title: str) -> None:
    one = mixed(_by("青石 发布", NEW), _by("青石 发布", OLD), title=title, name="青石　发布")
    none = mixed(item(NEW), item(OLD), title=title)
    assert [post.own for post in (*one.posts, *none.posts)] == [True] * 4
    assert one.coverage.kind is none.coverage.kind is CoverageKind.REACHES_BACK_TO


@pytest.mark.parametrize("title", ["青石发布 - 小红书笔记", "路人"])
def test_one_author_of_another_name_proves_no_silence(title: str) -> None:
    facts = mixed(_by("路人", NEW), _by("路人", OLD), title=title)
    assert [post.own for post in facts.posts] == [True, True]
    assert facts.coverage == Coverage(CoverageKind.PARTIAL)


@pytest.mark.parametrize(("title", "name"), [("路人", "青石发布"), ("undefined", "undefined")])
def test_several_authors_under_another_name_tell_nothing(title: str, name: str) -> None:
    told = Target("xiaohongshu", name, address=ADDRESS)
    body = rss(_by("路人", NEW), _by("青石发布", OLD), title=title)
    stopped = refused(read_rsshub(told, mixed=True), [answer(body)])
    assert stopped.reason is Reason.WRONG_ACCOUNT
    assert stopped.detail == f"several authors under '{title}'"


def test_spaces_in_the_ledgers_name_make_it_no_other_name() -> None:
    facts = mixed(_by("路人", NEW), _by("青石 发布", OLD), title="青石 发布", name=" 青石　发布 ")
    assert [post.own for post in facts.posts] == [False, True]


def test_authors_count_only_where_the_platform_mixes_them() -> None:
    body = rss(_by("路人", NEW), _by("青石发布", OLD))
    facts = read(read_rsshub(target()), [answer(body)])
    assert [post.own for post in facts.posts] == [True, True]
    assert facts.coverage.kind is CoverageKind.REACHES_BACK_TO


# --- names --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("青石发布的微博", "青石发布"),
        ("青石发布 的 bilibili 空间", "青石发布"),
        ("青石发布 的 bilibili 动态", "青石发布"),
        ("青石发布的抖音", "青石发布"),
        ("青石发布的头条主页 - 今日头条(www.toutiao.com)", "青石发布"),
        ("青石发布 - 笔记 • 小红书 / RED", "青石发布"),
        ("青石发布 - 小红书笔记", "青石发布"),
        ("青石发布", "青石发布"),
        ("青石县的微笑", "青石县的微笑"),
        ("undefined 的 bilibili 空间", None),
        ("undefined的微博", None),
        ("3xk46q9cdnvgife的作品 - 快手", None),
        ("1234567890", None),
        ("", None),
        ("长" * 300, None),
    ],
)
def test_the_name_is_the_title_without_what_rsshub_adds(title: str, name: str | None) -> None:
    assert channel_name(title) == name


# --- what RSSHub answers instead ----------------------------------------------------------------


def said(message: str) -> str:
    return f"<html><head><title>Welcome to RSSHub!</title></head><body><p>Error Message:</p><code>{message}</code></body></html>"


@pytest.mark.parametrize(
    ("status", "message", "reason"),
    [
        (503, "Error: this route is empty, please check the original site", Reason.AMBIGUOUS),
        (503, "HTTPError: Response code 403 (Forbidden)", Reason.SERVER_ERROR),
        (503, "RequestInProgressError: This path is currently fetching", Reason.SERVER_ERROR),
        (503, "ConfigNotFoundError: disabled due to the lack of relevant config", Reason.CONFIG),
        (503, "Error: user not exist", Reason.AMBIGUOUS),
        (403, "RejectError: Authentication failed. Access denied.", Reason.CONFIG),
        (403, "RejectError: 无法获取用户信息", Reason.AMBIGUOUS),
        (404, "NotFoundError: 暂未发表作品", Reason.AMBIGUOUS),
        (404, "NotFoundError: wrong path", Reason.NOT_FOUND),
    ],
)
def test_rsshubs_words_say_more_than_its_status(status: int, message: str, reason: Reason) -> None:
    stopped = feed_refused(answer(said(message), status), "rsshub")
    assert stopped.reason is reason
    assert stopped.detail.startswith(f"HTTP {status}: {message[:20]}")


def test_rsshub_as_a_package_says_it_in_json() -> None:
    stopped = feed_refused(answer({"error": {"message": "用户不存在"}}, 503), "rsshub")
    assert (stopped.reason, stopped.detail) == (Reason.AMBIGUOUS, "HTTP 503: 用户不存在")


@pytest.mark.parametrize(
    ("status", "reason"),
    [(403, Reason.BLOCKED), (404, Reason.NOT_FOUND), (503, Reason.SERVER_ERROR)],
)
@pytest.mark.parametrize("source", ["feed", "rsshub"])
def test_somebody_elses_refusal_goes_by_its_status(
    source: str, status: int, reason: Reason
) -> None:
    assert feed_refused(answer("<h1>no</h1>", status), source).reason is reason


def test_a_status_that_is_no_answer_is_ambiguous() -> None:
    assert feed_refused(answer(rss(item(NEW)), 206)).reason is Reason.AMBIGUOUS


def test_the_offices_own_rsshub_is_given_five_seconds() -> None:
    source = Feed.source("rsshub")
    assert source is not None and source.pace == Pace(min_gap=5.0)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("", Reason.NO_ADDRESS),
        ("/weibo/user/1234567890", Reason.CONFIG),
        ("file:///etc/passwd", Reason.CONFIG),
        ("https://rsshub.app/weibo/user/1234567890", Reason.CONFIG),
    ],
)
def test_an_address_that_must_not_be_asked_is_not_asked(address: str, reason: Reason) -> None:
    outcome = drive(FEED.check(target(address), "rsshub"), [])
    assert isinstance(outcome, Inconclusive) and outcome.reason is reason


def test_any_checker_may_hand_its_target_on_to_rsshub() -> None:
    ended = run(read_rsshub(target(platform="zhihu")), [answer(rss(item(NEW), item(OLD)))])
    assert [request.url for request in ended.asked] == [ADDRESS]
    assert isinstance(ended.outcome, Facts)
    assert ended.outcome.coverage.kind is CoverageKind.REACHES_BACK_TO


# --- the two readers ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body", [rss(item(NEW, "防汛"), item(OLD), item("")), ATOM, RDF, rss()], ids=list("abcd")
)
def test_both_readers_see_the_same_feed(body: str) -> None:
    exact, tolerant = _exact(body.encode()), _tolerant(body.encode(), "")
    assert exact == tolerant


@pytest.mark.parametrize(
    ("body", "read"),
    [
        ("<!doctype html><p>青石", False),
        ("<!-- 青石 --><RSS><channel><item><title>a", True),
        ("<x:rss><channel>", True),
        ("<Feed>", True),
        ("<rdf:RDF>", True),
        ("<feedback>", False),
        ("青石" * 10923 + "<rss>", False),
        ("<rss>" + " " * 399_995, True),
        ("<rss>" + " " * 399_996, False),
    ],
)
def test_only_what_may_be_a_feed_of_moderate_length_is_read_tolerantly(
    body: str, read: bool
) -> None:
    with patch("checkers._web.feeds._tolerant", return_value=None) as tolerant:
        assert read_feed(body.encode()) is None
    assert tolerant.called is read


def test_a_broken_feed_in_two_bytes_a_letter_is_read_tolerantly() -> None:
    with patch("checkers._web.feeds._tolerant", return_value=None) as tolerant:
        read_feed("<rss><channel>".encode("utf-16"))
    assert tolerant.called


def test_a_well_formed_feed_does_not_need_feedparser() -> None:
    with patch("checkers._web.feeds._tolerant", side_effect=AssertionError):
        assert read_feed(rss(item(NEW)).encode()) is not None


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: rss(text).encode()))
def test_any_bytes_are_a_feed_or_none(body: bytes) -> None:
    outcome = drive(FEED.check(target(), "feed"), [answer(body)])
    assert isinstance(outcome, Facts | Inconclusive)


def test_an_entry_by_itself_is_no_feed() -> None:
    entry = b'<entry xmlns="http://www.w3.org/2005/Atom"><entry><title>x</title></entry></entry>'
    assert _exact(entry) is None
