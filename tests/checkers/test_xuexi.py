"""学习强国: the newest of a channel's valid rows, and what only a person can look at."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from checkers.base import Coverage, Inconclusive, Target, Unsupported
from checkers.xuexi import Xuexi
from registry.vocab import CoverageKind, Existence, Identity, Precision, Reason
from tests.checkers.cases.xuexi import NEW, NEW_AT, OLD, OLD_AT, TARGET, row
from tests.checkers.driving import answer, read, refused, run

COLUMN = f"https://www.xuexi.cn/{'0a' * 16}/{'1b' * 16}.html"
CACHE = f"https://www.xuexi.cn/{'0a' * 16}/data{'1b' * 16}.js"


def facts(*rows: Any) -> Any:
    return read(Xuexi().check(TARGET, "channel"), [answer(list(rows))])


def refusing(target: Target = TARGET, *answers: Any) -> Inconclusive:
    return refused(Xuexi().check(target, "channel"), list(answers))


def test_the_newest_is_the_latest_valid_row_wherever_it_stands() -> None:
    invalid = row("2026-03-20 09:00:00", dataValid=False)
    shown = facts(OLD, invalid, NEW, row("2025-01-01 09:00:00"))
    assert shown.newest.published_at == NEW_AT
    assert len(shown.posts) == 3
    assert shown.existence is Existence.EXISTS


def test_a_row_is_valid_unless_it_says_that_it_is_not() -> None:
    assert len(facts(row("2026-03-18 10:00:00", dataValid=None), OLD).posts) == 2


def test_a_channel_is_whole_from_its_oldest_row_on() -> None:
    assert facts(OLD, NEW).coverage == Coverage(CoverageKind.REACHES_BACK_TO, OLD_AT)


@pytest.mark.parametrize("raw", [None, "", "soon", True, 1.5, "2026-03-22 09:00:00", ["x"]])
def test_a_row_without_a_time_may_be_the_newest(raw: Any) -> None:
    shown = facts(row(raw), OLD)
    assert (shown.coverage, len(shown.posts)) == (Coverage(CoverageKind.PARTIAL), 1)


def test_a_post_is_what_its_row_says() -> None:
    (post,) = facts(row("2026-03-18 10:00", title="标" * 300)).posts
    assert (post.published_at, post.precision, len(post.title)) == (
        NEW_AT,
        Precision.MINUTE,
        200,
    )
    assert post.url.endswith("id=12345678901234567890")
    (bare,) = facts({"publishTime": int(NEW_AT.timestamp() * 1000)}).posts
    assert (bare.published_at, bare.title, bare.url) == (NEW_AT, "", "")


def test_the_minute_of_asking_is_the_runs_and_no_clock_is_read() -> None:
    looked = run(Xuexi().check(TARGET, "channel"), [answer([NEW])])
    minutes = int(datetime(2026, 3, 20, 4, tzinfo=UTC).timestamp()) // 60
    assert [request.url for request in looked.asked] == [
        f"https://www.xuexi.cn/lgdata/1qingshi0001.json?_st={minutes}"
    ]


@pytest.mark.parametrize(
    ("body", "reason", "detail"),
    [
        ([], Reason.AMBIGUOUS, "no valid row of 0"),
        ([row("2026-03-18 10:00:00", dataValid=False)], Reason.AMBIGUOUS, "no valid row of 1"),
        ({"list": []}, Reason.CHANGED_LAYOUT, "HTTP 200, no list"),
        ([NEW, 7], Reason.CHANGED_LAYOUT, "rows that are no objects"),
        ([row(None)], Reason.CHANGED_LAYOUT, "rows without a time"),
        ("globalCache = {}", Reason.BAD_JSON, None),
    ],
)
def test_what_is_no_list_of_rows_says_nothing(body: Any, reason: Reason, detail: str) -> None:
    ended = refusing(TARGET, answer(body))
    assert ended.reason is reason
    assert detail is None or ended.detail == detail


@pytest.mark.parametrize("mark", [False, 0, "0", "false", "False"])
def test_a_row_taken_back_is_no_post_however_that_is_written(mark: Any) -> None:
    ended = refusing(TARGET, answer([row("2026-03-18 10:00:00", dataValid=mark)]))
    assert (ended.reason, ended.detail) == (Reason.AMBIGUOUS, "no valid row of 1")


@pytest.mark.parametrize("status", [102, 404])
def test_a_list_that_comes_with_another_status_is_not_read(status: int) -> None:
    ended = refusing(TARGET, answer([NEW], status))
    assert (ended.reason, ended.detail) == (Reason.CHANGED_LAYOUT, f"HTTP {status}, no list")


@pytest.mark.parametrize(
    "given",
    [
        {"url": "https://www.xuexi.cn/lgdata/1qingshi0002.json"},
        {"address": "https://www.xuexi.cn/lgdata/1qingshi0002.json?_st=26119288"},
        {"address": "https://www.xuexi.cn/lgdata/1qingshi0002.json", "url": COLUMN},
    ],
)
def test_the_channel_may_stand_in_an_address(given: dict[str, Any]) -> None:
    bare = replace(TARGET, identifiers={}, **given)
    (request,) = run(Xuexi().check(bare, "channel"), [answer([NEW])]).asked
    assert request.url.startswith("https://www.xuexi.cn/lgdata/1qingshi0002.json?_st=")


@pytest.mark.parametrize(
    "given",
    [
        {"url": COLUMN},
        {"url": CACHE},
        {"url": "https://article.xuexi.cn/articles/index.html?art_id=1"},
        {"url": COLUMN, "identifiers": {"channel": "INDEX"}},
    ],
)
def test_an_accounts_page_is_for_a_person_and_the_old_cache_is_not_read(given: Any) -> None:
    ended = refusing(replace(TARGET, **{"identifiers": {}, **given}))
    assert isinstance(ended, Unsupported)
    assert ended.reason is Reason.BY_HAND
    assert ended.detail == "no channel; pages of accounts are shown in the app only"


def test_without_any_address_there_is_nothing_to_look_at() -> None:
    ended = refusing(replace(TARGET, identifiers={}))
    assert isinstance(ended, Unsupported) and ended.reason is Reason.NO_ADDRESS


@pytest.mark.parametrize(
    ("text", "scheme", "value"),
    [
        (
            "频道 https://www.xuexi.cn/lgdata/1qingshi0001.json?_st=26119288 ",
            "channel",
            "1qingshi0001",
        ),
        (COLUMN, "url", COLUMN),
        (CACHE, "url", CACHE),
    ],
)
def test_an_address_names_its_channel_or_stays_an_address(
    text: str, scheme: str, value: str
) -> None:
    found = Xuexi().identify(text)
    assert found is not None and (found.scheme, found.value) == (scheme, value)


def test_other_data_and_single_articles_are_no_channel() -> None:
    assert Xuexi().identify("https://www.xuexi.cn/lgdata/index.json") is None
    assert Xuexi().identify("https://www.xuexi.cn/lgpage/detail/index.html?id=1") is None
    assert Xuexi().identify("1qingshi0001") is None
    url = "https://www.xuexi.cn/lgdata/1qingshi0001.json"
    assert Xuexi().identify(url) == Identity("xuexi", "channel", "1qingshi0001", url)


def test_a_channel_is_asked_for_gently() -> None:
    pace = Xuexi.hosts["www.xuexi.cn"]
    assert (pace.min_gap, pace.per_run) == (3.0, 200)


@pytest.mark.parametrize("source", ["aaa", "zzz"])
def test_a_source_that_nobody_knows_is_none(source: str) -> None:
    ended = refused(Xuexi().check(TARGET, source), [])
    assert isinstance(ended, Unsupported)
    assert (ended.reason, ended.detail) == (Reason.NO_SOURCE, source)
