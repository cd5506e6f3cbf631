"""The facts of a finding under Chinese names; the stored keys are for programs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from registry.findings.facts import FactRow, fact_rows
from registry.vocab import act_words, link_signal


@pytest.mark.parametrize(
    ("facts", "row"),
    [
        ({"days": 23}, ("", "距监测时间点天数", 23)),
        ({"edge": "fail"}, ("", "期限最后一天", "算超期")),
        ({"precision": "second"}, ("", "时间精度", "秒")),
        ({"signal": "seen_broken"}, ("", "平台提示", "人工查看：打不开")),
        ({"signal": "该用户不存在(20003)"}, ("", "平台提示", "该用户不存在(20003)")),
        ({"fields": ["name", "host_unit"]}, ("", "不一致的项目", ["账号名称", "主办单位"])),
        ({"ledger": {"platform": "weibo"}}, ("台账", "平台", "<weibo>")),
        ({"outside": {"state": "live"}}, ("实际或报送系统", "状态", "正常运行")),
        ({"outside": {"state": "试运行"}}, ("实际或报送系统", "状态", "试运行")),
        ({"of_a_plugin": 1}, ("", "of_a_plugin", 1)),
        (
            {"tried_at": "2026-11-17T01:01:08+00:00"},
            ("", "打开时间", datetime(2026, 11, 17, 1, 1, 8, tzinfo=UTC)),
        ),
        ({"tried_at": "不详"}, ("", "打开时间", "不详")),
    ],
)
def test_each_fact_has_a_printed_name_and_value(
    facts: dict[str, Any], row: tuple[str, str, Any]
) -> None:
    assert fact_rows(facts, lambda platform: f"<{platform}>") == [FactRow(*row)]


def test_what_says_nothing_is_left_out() -> None:
    assert fact_rows({"status": 0, "note": "", "failure": None, "fields": []}) == []


def test_a_post_known_to_the_day_has_no_time_of_day() -> None:
    rows = fact_rows({"newest_day": "2026-10-28", "newest_at": "…", "precision": "day"})
    assert [row.name for row in rows] == ["最近更新日期", "时间精度"]


def test_acts_and_signals_are_printed_in_words() -> None:
    assert act_words(["confirm", "waive"]) == "confirm（确认）、waive（暂免）"
    assert act_words(["confirm", "waive"], "en") == "confirm, waive"
    assert link_signal("deleted") == "内容已被发布者删除"
