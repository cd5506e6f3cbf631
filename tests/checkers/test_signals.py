"""The words of the platforms, folded and told apart."""

from __future__ import annotations

import pytest

from checkers.signals import SignalClass, fold, match


@pytest.mark.parametrize(
    ("platform", "text", "kind", "name"),
    [
        ("wechat", "此帐号已自主注销，内容无法查看", "account_gone", "deregistered"),
        ("wechat", "此账号已自主注销, 内容无法查看", "account_gone", "deregistered"),
        ("wechat", "帐号已被系统回收", "account_gone", "reclaimed"),
        ("wechat", "此帐号已被屏蔽, 内容无法查看", "account_restricted", "blocked"),
        ("wechat", "该帐号已冻结", "account_restricted", "frozen"),
        ("wechat", "该公众号已迁移", "account_migrated", "migrated"),
        ("wechat", "此帐号处于帐号迁移流程中", "account_migrated", "migrated"),
        ("wechat", "该内容已被发布者删除", "article_only", "deleted"),
        ("wechat", "The content has been deleted by the author.", "article_only", "deleted"),
        ("wechat", "此内容因违规无法查看", "article_only", "violation"),
        ("wechat", "该内容暂时无法查看", "article_only", "unavailable"),
        ("wechat", "<h2>环境异常</h2><a>去验证</a>", "wall", "captcha"),
        ("wechat", "请在微信客户端打开链接", "wall", "client_only"),
        ("weibo", "该用户不存在(20003)", "account_gone", "not_found"),
        ("weibo", "该账号因用户自行申请关闭，现已无法查看。", "account_gone", "closed_by_owner"),
        ("weibo", "该帐号因被投诉违反法律法规的相关规定", "account_restricted", "banned"),
        ("weibo", "用户验证之前暂时不能查看", "account_restricted", "hidden"),
        (
            "weibo",
            "作者已设置仅展示半年内微博，此微博已不可见。",
            "history_hidden",
            "half_year_only",
        ),
        ("weibo", "此微博已被原作者删除。", "article_only", "deleted"),
        ("weibo", "<title>Sina Visitor System</title>", "wall", "login"),
    ],
)
def test_a_platforms_words_are_recognised(platform: str, text: str, kind: str, name: str) -> None:
    signal = match(platform, text)
    assert signal is not None
    assert (signal.kind, signal.name) == (SignalClass(kind), name)


def test_the_account_counts_before_the_article() -> None:
    text = "此帐号被投诉且经审核涉嫌侵权。此帐号已注销，内容无法查看。"
    signal = match("wechat", text)
    assert signal is not None and signal.kind is SignalClass.ACCOUNT_GONE


def test_a_frozen_account_under_migration_is_migrating() -> None:
    text = "此帐号已申请公众号帐号迁移流程，被冻结/回收，小主页暂无法访问。"
    signal = match("wechat", text)
    assert signal is not None and signal.kind is SignalClass.ACCOUNT_MIGRATED


def test_ordinary_text_and_unknown_platforms_say_nothing() -> None:
    assert match("wechat", "青石县公安局发布夏季防溺水提醒") is None
    assert match("nowhere", "此帐号已自主注销") is None
    assert match("weibo", "") is None


def test_folding_drops_widths_spaces_punctuation_and_case() -> None:
    assert fold("Ａ帐 号，（１）!") == "a账号1"
