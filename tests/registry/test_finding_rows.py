"""Findings in words: what a clerk reads in a list."""

from __future__ import annotations

from typing import Any

import pytest

from registry.findings.rows import describe


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"newest_day": "2026-10-28", "days": 19}, "最近更新 2026-10-28，距监测时间点 19 天"),
        ({"newest_day": None}, "开通以来没有发布过内容"),
        ({"newest_day": None, "older_unread": True}, "查看的时段内没有发布，更早的情况不明"),
        (
            {"ledger": {"name": "甲"}, "outside": {"name": "乙"}, "fields": ["name"]},
            "甲 → 乙",
        ),
        (
            {
                "ledger": {"state": "active"},
                "outside": {"verdict": "gone", "existence": "gone_signal"},
                "fields": ["state"],
            },
            "正常运行 → 已不存在",
        ),
        (
            {"ledger": {"state": "closed"}, "outside": {"state": "正常运行"}, "fields": ["state"]},
            "已注销 → 正常运行",
        ),
        (
            {
                "ledger": {"host_unit": "甲", "verified_subject": "甲"},
                "outside": {"verified_subject": "乙"},
                "fields": ["host_unit", "verified_subject"],
            },
            "甲 → 乙",
        ),
        (
            {
                "ledger": {"host_unit": "甲"},
                "outside": {},
                "fields": ["host_unit"],
                "note": "未公告",
            },
            "未公告",
        ),
        ({"ledger": {"name": "甲"}, "outside": {}, "fields": []}, "报送系统中没有该账号"),
        (
            {"ledger": {}, "outside": {"found_where": "县长信箱来信"}, "fields": []},
            "发现途径：县长信箱来信",
        ),
        (
            {"ledger": {}, "outside": {"national_code": "539900XMT0064"}, "fields": []},
            "报送系统编码：539900XMT0064",
        ),
        (
            {"ledger": {"state": "closed"}, "outside": {"found_where": "日常巡看"}, "fields": []},
            "已注销；发现途径：日常巡看",
        ),
        (
            {
                "ledger": {"state": "closed"},
                "outside": {
                    "name": "青石旅游",
                    "verified_subject": "",
                    "existence": "exists",
                    "last_post_at": "2026-11-20",
                    "seen_at": "2026-11-21T17:30:00+00:00",
                },
                "fields": ["state"],
            },
            "已注销 → 2026-11-22 平台上仍在、名称“青石旅游”、2026-11-20 发布过内容",
        ),
        ({"signal": "seen_broken", "label": "在线预约"}, "人工查看：打不开 在线预约"),
        ({"signal": "该用户不存在(20003)"}, "该用户不存在(20003)"),
        ({}, ""),
    ],
)
def test_what_was_seen_is_one_line(facts: dict[str, Any], words: str) -> None:
    assert describe(facts) == words


def test_an_account_called_like_a_state_keeps_its_name() -> None:
    facts = {"ledger": {"name": "live"}, "outside": {"name": "gone"}, "fields": ["name"]}
    assert describe(facts) == "live → gone"
