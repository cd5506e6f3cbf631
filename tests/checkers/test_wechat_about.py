"""The page 关于公众号: whom it names, since when, and by which ids."""

from __future__ import annotations

from typing import Any

import pytest

from checkers.base import Facts, Inconclusive, Response, Unsupported
from checkers.wechat import Wechat
from registry.vocab import CheckKind, CoverageKind, Existence, Reason
from tests.checkers.driving import answer, drive, refused, run
from tests.checkers.wechat_answers import BIZ, WXID, about, named, notice, target

PAGE = "https://mp.weixin.qq.com/mp/aboutbiz?__biz=MzAwMDAwMDAwMQ=="


def looked(page: Any, **more: Any) -> Facts | Inconclusive:
    response = page if isinstance(page, Response) else answer(page)
    given = {"address": PAGE, "kind": CheckKind.IDENTITY} | more
    return drive(Wechat().check(target(**given), "about"), [response])


def facts(page: Any, **more: Any) -> Facts:
    outcome = looked(page, **more)
    assert isinstance(outcome, Facts), outcome
    return outcome


def test_the_newest_of_the_names_is_the_name() -> None:
    found = facts(
        about(
            named("2021年02月02日", "“青石警务”账号迁移改名“青石公安”", 21),
            named("2017年05月16日", "“新注册公众号”改名“青石警务”", 4),
            named("2017年05月16日", "注册“新注册公众号”", 14),
        )
    )
    assert found.display_name == "青石公安"
    assert found.note == (
        "2021-02-02 renamed in a migration: 青石公安; 2017-05-16 renamed: 青石警务; "
        "2017-05-16 registered: 新注册公众号"
    )


def test_of_two_names_of_one_day_the_upper_one_is_newer() -> None:
    found = facts(
        about(
            named("2017年05月16日", "“新注册公众号”改名“青石警务”", 4),
            named("2017年05月16日", "注册“新注册公众号”", 14),
        )
    )
    assert found.display_name == "青石警务"


def test_the_newest_counts_wherever_it_stands() -> None:
    found = facts(
        about(named("2017年5月6日", "注册“甲乙”", 14), named("2020年1月2日", "“甲乙”改名“丙丁”"))
    )
    assert found.display_name == "丙丁"


@pytest.mark.parametrize(
    "entry",
    [
        named("2026年13月01日", "“甲”改名“乙”"),
        named("2027年01月01日", "“甲”改名“乙”"),
        named("2021年02月02日", "改名"),
        named("很久以前", "“甲”改名“乙”"),
        "<p>2021年02月02日 “甲”改名“乙”</p>",
    ],
)
def test_an_entry_that_cannot_be_read_is_left_out(entry: str) -> None:
    found = facts(about(entry, named("2017年05月16日", "注册“青石警务”", 99)))
    assert found.display_name == "青石警务"
    assert found.note == "2017-05-16 named: 青石警务"


def test_without_a_record_of_names_the_name_is_unknown() -> None:
    found = facts(about())
    assert (found.display_name, found.note) == (None, "")
    assert found.verified_subject == "青石县公安局"
    assert found.identifiers == {"wxid": WXID, "biz": BIZ}


def test_the_page_says_nothing_of_posts_or_of_the_accounts_end() -> None:
    found = facts(about())
    assert found.existence is Existence.UNKNOWN
    assert found.coverage.kind is CoverageKind.UNREAD
    assert found.posts == ()


@pytest.mark.parametrize(
    ("page", "subject", "ids"),
    [
        (about(subject=""), None, {"wxid": WXID, "biz": BIZ}),
        (about(biz="x"), "青石县公安局", {"wxid": WXID}),
        (about(wxid="暂无"), "青石县公安局", {"biz": BIZ}),
        (about(subject="青石县\n 公安局"), "青石县 公安局", {"wxid": WXID, "biz": BIZ}),
    ],
)
def test_what_the_page_leaves_out_is_not_made_up(
    page: str, subject: str | None, ids: dict[str, str]
) -> None:
    found = facts(page)
    assert (found.verified_subject, found.identifiers) == (subject, ids)


@pytest.mark.parametrize(
    ("page", "detail"),
    [
        (about(biz="MzAwMDAwMDAwOQ=="), f"MzAwMDAwMDAwOQ== instead of {BIZ}"),
        (about(wxid="another01"), f"another01 instead of {WXID}"),
    ],
)
def test_the_page_of_another_account_is_refused(page: str, detail: str) -> None:
    outcome = looked(page, identifiers={"biz": BIZ, "wxid": WXID})
    assert isinstance(outcome, Inconclusive)
    assert (outcome.reason, outcome.detail) == (Reason.WRONG_ACCOUNT, detail)


def test_a_wechat_id_is_compared_without_its_case() -> None:
    assert facts(about(wxid=WXID.upper()), identifiers={"wxid": WXID}).display_name is None


def test_the_address_is_asked_for_as_the_office_gave_it() -> None:
    driven = run(Wechat().check(target(address=PAGE), "about"), [answer(about())])
    assert [(asked.url, asked.auth) for asked in driven.asked] == [(PAGE, None)]


@pytest.mark.parametrize(
    "address", ["", "ftp://a.example/x", "https://", "about:blank", "/mp/about"]
)
def test_without_an_address_nothing_is_asked(address: str) -> None:
    bare = target(address=address, url="https://mp.weixin.qq.com/s/AbCd")
    outcome = refused(Wechat().check(bare, "about"), [])
    assert isinstance(outcome, Unsupported)
    assert (outcome.reason, outcome.detail) == (
        Reason.NO_ADDRESS,
        "no address of the page 关于公众号",
    )


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("请在微信客户端打开链接", Reason.LOGIN_WALL),
        ("环境异常 去验证", Reason.CAPTCHA),
        ("访问过于频繁", Reason.CAPTCHA),
        ("该内容已被发布者删除", Reason.CHANGED_LAYOUT),
        ("欢迎", Reason.CHANGED_LAYOUT),
        ("请在微信客户端打开链接" + "青石县公安局" * 100, Reason.CHANGED_LAYOUT),
    ],
)
def test_a_wall_is_told_from_another_page(words: str, reason: Reason) -> None:
    outcome = looked(notice(words))
    assert isinstance(outcome, Inconclusive)
    assert outcome.reason is reason


def test_a_redirect_to_the_captcha_is_a_wall() -> None:
    there = "https://mp.weixin.qq.com/mp/wappoc_appmsgcaptcha?x=1"
    outcome = looked(answer(about(), url=there))
    assert isinstance(outcome, Inconclusive)
    assert outcome.reason is Reason.CAPTCHA
