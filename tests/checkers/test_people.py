"""人民号: one article that the office names, the cookie of its own first visit, its author."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from checkers.base import Coverage, Inconclusive, Pace, Post, Target, Unsupported
from checkers.people import People
from registry.vocab import CoverageKind, Derivation, Existence, Precision, Proof, Reason
from tests.checkers.cases.people import ADDRESS, COOKIE, TARGET, article
from tests.checkers.driving import answer, read, refused, run

AT = datetime(2026, 3, 18, 2, tzinfo=UTC)
EMPTY = "<html><body>...</body></html>"


def facts(page: str, target: Target = TARGET) -> Any:
    return read(People().check(target, "article"), [answer(page)])


def refusing(target: Target = TARGET, *answers: Any) -> Inconclusive:
    return refused(People().check(target, "article"), list(answers))


def test_an_article_proves_its_own_time_and_nothing_more() -> None:
    shown = facts(article())
    assert shown.posts == (
        Post(AT, Precision.MINUTE, "防汛提示", ADDRESS, derived_from=Derivation.TEXT),
    )
    assert shown.coverage == Coverage(CoverageKind.PARTIAL)
    assert (shown.existence, shown.display_name) == (Existence.UNKNOWN, None)


def test_the_time_in_the_pages_head_is_preferred() -> None:
    head = '<meta name="og:time" content="2026-03-18 10:00:05">'
    (post,) = facts(article("2026-03-17 09:00", head=head)).posts
    assert (post.published_at, post.precision, post.derived_from) == (
        datetime(2026, 3, 18, 2, 0, 5, tzinfo=UTC),
        Precision.SECOND,
        Derivation.FIELD,
    )


def test_a_time_in_the_head_that_cannot_be_is_passed_over() -> None:
    head = '<meta name="og:time" content="2027-01-01">'
    (post,) = facts(article(head=head)).posts
    assert (post.published_at, post.derived_from) == (AT, Derivation.TEXT)


def test_a_day_in_the_text_of_the_article_is_not_its_time() -> None:
    ended = refusing(TARGET, answer(article("阅读 12")))
    assert (ended.reason, ended.detail) == (Reason.CHANGED_LAYOUT, "an article without a time")


def test_the_cookie_of_the_first_visit_is_brought_back_once() -> None:
    first = answer(EMPTY, headers={"set-cookie": f"a=b; path=/\n{COOKIE}; path=/"})
    looked = run(People().check(TARGET, "article"), [first, answer(article())])
    assert [(r.url, r.headers) for r in looked.asked] == [
        (ADDRESS, ()),
        (ADDRESS, (("Cookie", COOKIE),)),
    ]
    assert not isinstance(looked.outcome, Inconclusive)


def test_an_article_shown_at_once_is_not_asked_for_again() -> None:
    first = answer(article(), headers={"set-cookie": COOKIE})
    assert len(run(People().check(TARGET, "article"), [first]).asked) == 1


@pytest.mark.parametrize("cookie", ["", "session=1", "x_simulation_id=1", "simulation_id=a b"])
def test_no_other_cookie_is_taken(cookie: str) -> None:
    ended = refusing(TARGET, answer(EMPTY, headers={"set-cookie": cookie}))
    assert (ended.reason, ended.detail) == (Reason.CHANGED_LAYOUT, "HTTP 200, no article")


def test_a_wall_behind_the_first_visit_is_a_wall() -> None:
    first = answer(EMPTY, headers={"set-cookie": COOKIE})
    assert refusing(TARGET, first, answer("x", 403)).reason is Reason.BLOCKED


@pytest.mark.parametrize("status", [102, 404])
def test_a_missing_page_is_no_article(status: int) -> None:
    ended = refusing(TARGET, answer(article(), status))
    assert (ended.reason, ended.detail) == (Reason.CHANGED_LAYOUT, f"HTTP {status}, no article")


def test_another_authors_article_says_nothing_of_the_account() -> None:
    ended = refusing(TARGET, answer(article(author="路人")))
    assert (ended.reason, ended.detail) == (Reason.WRONG_ACCOUNT, "路人")


@pytest.mark.parametrize("author", ["", " ", "undefined", "12345"])
def test_an_article_without_an_author_is_nobodys(author: str) -> None:
    ended = refusing(TARGET, answer(article(author=author)))
    assert (ended.reason, ended.detail) == (
        Reason.CHANGED_LAYOUT,
        "an article without an author",
    )


def test_an_article_without_a_byline_is_nobodys() -> None:
    page = '<div class="title"><h2>防汛提示</h2></div>'
    assert refusing(TARGET, answer(page)).detail == "an article without an author"


def test_what_stands_behind_the_byline_is_no_time_of_it() -> None:
    page = article("").replace("</p></div>", "</p></DIV><p>2026-03-19 10:00</p>")
    assert refusing(TARGET, answer(page)).detail == "an article without a time"


def test_a_page_may_write_its_markup_otherwise() -> None:
    page = (
        "<DIV id='x' class='title big'>\n <H2 class=a> 防汛&amp;提示 </H2></DIV>"
        "<div class='other'><p><a><span>青石发布</span></a><i>来源</i>&nbsp;2026-03-18 10:00</p></div>"
    )
    (post,) = facts(page).posts
    assert (post.title, post.published_at) == ("防汛&提示", AT)


@pytest.mark.parametrize("before", [0, 1000, 2000, 3000, 4000, 8000])
def test_the_byline_may_stand_anywhere_in_the_page(before: int) -> None:
    (post,) = facts(article(head=f"<style>{'x' * before}</style>")).posts
    assert post.published_at == AT


def test_a_byline_that_never_ends_is_cut() -> None:
    opened = '<div class="other"><p><a><span>青石发布</span></a>'
    rest = 3000 - len("<p><a><span>青石发布</span></a>") - len("2026-03-18 10:00")
    for spaces, shown in ((rest, 1), (rest + 1, 0)):
        page = f'<div class="title"><h2>x</h2></div>{opened}{" " * spaces}2026-03-18 10:00'
        if shown:
            assert facts(page).posts[0].published_at == AT
        else:
            assert refusing(TARGET, answer(page)).detail == "an article without a time"


@pytest.mark.parametrize("name", ["subtitle", "title-bar", "mytitle x"])
def test_a_block_of_another_name_is_no_title(name: str) -> None:
    page = article().replace('class="title"', f'class="{name}"')
    assert refusing(TARGET, answer(page)).detail == "HTTP 200, no article"


def test_the_authors_name_is_compared_without_case_and_spaces() -> None:
    target = replace(TARGET, name=" qingshi 发布 ")
    assert len(facts(article(author="QingShi  发布"), target).posts) == 1


def test_a_title_is_cut_and_its_spaces_are_folded() -> None:
    (post,) = facts(article(title="防汛\n 提示" + "。" * 300)).posts
    assert post.title.startswith("防汛 提示") and len(post.title) == 200


@pytest.mark.parametrize(
    "given",
    [
        {"url": ADDRESS},
        {"url": "https://rmh.pdnews.cn/Pc/ArtInfoApi/video?id=7", "address": "青石发布"},
        {"url": "http://rmh.pdnews.cn/pc/artinfoapi/article?id=7"},
    ],
)
def test_the_ledgers_link_will_do_where_it_is_an_article(given: dict[str, Any]) -> None:
    target = replace(TARGET, **{"address": "", **given})
    (request,) = run(People().check(target, "article"), [answer(article())]).asked
    assert request.url == given["url"]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://rmh.pdnews.cn/",
        "https://rmh.pdnews.cn/Pc/ArtInfoApi/article",
        "https://rmh.pdnews.cn/Pc/ArticleApi/rightList?id=1",
        "https://rmh.pdnews.cn.example/Pc/ArtInfoApi/article?id=1",
        "ftp://rmh.pdnews.cn/Pc/ArtInfoApi/article?id=1",
        "http://[/Pc/ArtInfoApi/article?id=1",
    ],
)
def test_another_address_is_not_asked(url: str) -> None:
    ended = refusing(replace(TARGET, address=url, url=url))
    assert isinstance(ended, Unsupported)
    assert (ended.reason, ended.detail) == (Reason.NO_ADDRESS, "no article of the account")


def test_the_office_decides_whether_a_visitors_cookie_is_used() -> None:
    (source,) = People.sources
    assert (source.by_default, source.proves) == (False, frozenset({Proof.FRESH}))
    assert source.address
    assert People.hosts == {"rmh.pdnews.cn": Pace(min_gap=10.0, per_run=50)}


@pytest.mark.parametrize("source", ["aaa", "zzz"])
def test_a_source_that_nobody_knows_is_none(source: str) -> None:
    ended = refused(People().check(TARGET, source), [])
    assert isinstance(ended, Unsupported)
    assert (ended.reason, ended.detail) == (Reason.NO_SOURCE, source)
