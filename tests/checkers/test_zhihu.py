"""Zhihu: three kinds of address, and lists of one kind of post that prove no silence."""

from __future__ import annotations

from datetime import datetime

import pytest

from checkers.base import Facts, Target, bounded
from checkers.zhihu import Zhihu
from registry.vocab import CoverageKind, Proof, Reason
from tests.checkers.cases.feed import NEW, OLD, item, rss
from tests.checkers.driving import NOON, answer, read, refused
from tests.checkers.weibo_answers import local

ZHIHU = Zhihu()


def look(source: str, *items: str, title: str) -> Facts:
    address = "http://rsshub.qingshi.example:1200/zhihu/x"
    of = Target("zhihu", "青石发布", address=address, as_of=NOON, read_back_to=local(3, 5))
    return read(ZHIHU.check(of, source), [answer(rss(*items, title=title))])


@pytest.mark.parametrize(
    ("text", "scheme", "value"),
    [
        ("https://www.zhihu.com/people/qing-shi-01", "token", "qing-shi-01"),
        ("zhihu.com/people/qing-shi-01/answers/by_votes", "token", "qing-shi-01"),
        ("https://www.zhihu.com/org/qing-shi-fa-bu", "org", "qing-shi-fa-bu"),
        ("https://www.zhihu.com/org/qing-shi-fa-bu/posts?page=2", "org", "qing-shi-fa-bu"),
        ("https://www.zhihu.com/column/c_1234567890", "column", "c_1234567890"),
        ("https://zhuanlan.zhihu.com/qingshi", "column", "qingshi"),
        ("https://zhuanlan.zhihu.com/c_1234567890", "column", "c_1234567890"),
    ],
)
def test_an_address_names_its_account(text: str, scheme: str, value: str) -> None:
    found = ZHIHU.identify(text)
    assert found is not None
    assert (found.platform, found.scheme, found.value) == ("zhihu", scheme, value)


@pytest.mark.parametrize(
    "text",
    [
        "qing-shi-01",
        "https://zhuanlan.zhihu.com/p/123456",
        "https://zhuanlan.zhihu.com/p",
        "https://zhuanlan.zhihu.com/write",
        "https://www.zhihu.com/question/1234567/answer/7654321",
        "https://www.zhihu.com/people/",
        "https://www.zhihu.com/people/青石",
        "https://notzhihu.com/people/qing-shi-01",
        "",
    ],
)
def test_what_names_no_account_is_left_alone(text: str) -> None:
    assert ZHIHU.identify(text) is None


def test_each_route_is_filled_from_the_id_of_its_kind() -> None:
    assert {source.name: source.route for source in ZHIHU.sources} == {
        "rsshub": "/zhihu/posts/people/{token}",
        "rsshub_org": "/zhihu/posts/org/{org}",
        "rsshub_pins": "/zhihu/people/pins/{token}",
        "rsshub_column": "/zhihu/zhuanlan/{column}",
    }
    for source in ZHIHU.sources:
        assert (source.needs, source.by_default, source.address) == ((), True, False)
        assert source.pace is not None and source.pace.min_gap == 5.0


def test_one_kind_of_post_proves_no_silence() -> None:
    for source in ZHIHU.sources:
        facts = bounded(look(source.name, item(OLD), title="青石发布 的知乎文章"), source)
        assert facts.coverage.kind is CoverageKind.PARTIAL
        assert facts.newest is not None


@pytest.mark.parametrize(
    ("source", "title"),
    [
        ("rsshub", "青石发布 的知乎文章"),
        ("rsshub_org", "青石发布的知乎文章"),
        ("rsshub_pins", "青石发布的知乎想法"),
    ],
)
def test_the_channel_is_named_after_the_account(source: str, title: str) -> None:
    facts = look(source, item(NEW), title=title)
    assert facts.display_name == "青石发布"
    assert facts.newest is not None and facts.newest.published_at == local(3, 18)


def test_a_columns_title_is_no_accounts_name() -> None:
    facts = look("rsshub_column", item(NEW), title="知乎专栏-青石话政务")
    assert facts.display_name is None
    assert facts.newest is not None and facts.newest.published_at == local(3, 18)
    column = ZHIHU.source("rsshub_column")
    assert column is not None and column.proves == {Proof.FRESH}


def test_zhihus_own_lists_are_not_asked() -> None:
    assert ZHIHU.hosts == {}
    of = Target("zhihu", "青石发布", {"token": "qing-shi-01"}, as_of=NOON)
    for source in ZHIHU.sources:
        assert refused(ZHIHU.check(of, source.name), []).reason is Reason.NO_ADDRESS


def test_the_wall_that_rsshub_met_is_no_finding() -> None:
    body = "<html><body>Error: 403 请求参数异常，请升级客户端后重试。 10003</body></html>"
    address = "http://rsshub.qingshi.example:1200/zhihu/x"
    of = Target("zhihu", "青石发布", address=address, as_of=NOON, read_back_to=datetime.min)
    assert refused(ZHIHU.check(of, "rsshub"), [answer(body, 503)]).reason is Reason.SERVER_ERROR
