"""What a planned run costs in politeness."""

from __future__ import annotations

from checkers.loading import load_checkers
from sweeps.forecast import SourceCost, forecast

CATALOGUE = load_checkers()


def test_a_platforms_own_source_counts_at_its_slowest_host() -> None:
    rows = forecast(["weibo:page:www.weibo.com"] * 10, CATALOGUE, {})
    assert rows == [SourceCost("weibo", "page", "m.weibo.cn", 10, 30.0, 5, 0)]


def test_an_own_rsshub_counts_at_its_own_pace_whatever_the_platform() -> None:
    rows = forecast(["weibo:rsshub:hub.example:1200"] * 24, CATALOGUE, {})
    assert rows == [SourceCost("weibo", "rsshub", "hub.example:1200", 24, 5.0, 2, 0)]


def test_any_other_feed_counts_at_the_pace_of_unknown_hosts() -> None:
    rows = forecast(["wechat:feed:feeds.example"] * 20, CATALOGUE, {})
    assert rows == [SourceCost("wechat", "feed", "feeds.example", 20, 3.0, 1, 0)]


def test_the_offices_own_pace_goes_first_and_budgets_leave_checks_for_the_next_run() -> None:
    rows = forecast(["weibo:page:weibo.com"] * 50, CATALOGUE, {"m.weibo.cn": 60.0})
    assert rows == [SourceCost("weibo", "page", "m.weibo.cn", 50, 60.0, 40, 10)]


def test_checks_that_ask_nobody_cost_nothing_and_the_slowest_source_stands_first() -> None:
    rows = forecast(["", "", "weibo:page:weibo.com"], CATALOGUE, {})
    assert [(row.platform, row.checks, row.minutes) for row in rows] == [
        ("weibo", 1, 1),
        ("", 2, 0),
    ]
