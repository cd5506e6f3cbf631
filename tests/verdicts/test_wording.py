"""Judgements in words."""

from __future__ import annotations

import pytest

from registry.messages import set_language
from registry.vocab import Lang, Reason, RunMethod
from tests.verdicts.building import at, failed, gone, look
from verdicts.freshness import freshness
from verdicts.ruleset import load
from verdicts.seen import AccountFacts, Judgement, Seen, Why
from verdicts.wording import _WORDS, explain

T = at("2026-11-22 09:00")


def told(*seen: Seen) -> Judgement:
    return freshness(AccountFacts("account-1", "weibo"), seen, load("national-2019"), at=T)


def test_every_reason_has_words() -> None:
    assert set(_WORDS) == set(Why)


@pytest.mark.parametrize(
    ("judgement", "words"),
    [
        (
            told(look("2026-11-22 10:00", "2026-11-20 08:30")),
            "最近更新于 2026-11-20 08:30，距监测时间点 2 天。",
        ),
        (
            told(look("2026-11-22 10:00", "2026-11-08")),
            "自 2026-11-08 起未再更新，至监测时间点已 14 天。处于期限边缘，相差一天即影响结论。",
        ),
        (told(failed("2026-11-22 10:00", Reason.LOGIN_WALL)), "未能读取：需要登录。"),
        (told(gone("2026-11-22 10:00")), "平台显示账号已不存在，待再次查看核实。"),
        (
            told(look("2026-11-22 10:00", "2026-11-20", method=RunMethod.SELF_REPORT)),
            "最近更新于 2026-11-20，距监测时间点 2 天。依据单位自报。",
        ),
    ],
)
def test_a_verdict_is_explained_in_chinese(judgement: Judgement, words: str) -> None:
    assert explain(judgement) == words


def test_a_verdict_is_explained_in_english() -> None:
    set_language(Lang.EN)
    assert explain(told(failed("2026-11-22 10:00", Reason.TIMEOUT))) == (
        "It could not be read: time-out."
    )
