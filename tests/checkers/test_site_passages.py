"""What a look at a website hands over to be looked through for numbers of persons and misprints."""

from __future__ import annotations

from typing import Any

from checkers.base import Facts, Passage
from checkers.website import Website
from registry.vocab import CheckKind
from tests.checkers.contract import look
from tests.checkers.site_answers import HOME, NEWS, Site, listing, page, row, target

TITLE = "青石县召开防汛工作会议3000"
DUTY = "<div class='duty'>值班电话13512345678</div>"
ENTRY = row("2026-03-19", 3000)
"""It leads to /xwzx/content_3000.html."""
ARTICLE = f"{HOME}xwzx/content_3000.html"


def passages(
    home: str, pages: dict[str, Any] | None = None, kind: CheckKind = CheckKind.FRESHNESS
) -> dict[str, str]:
    outcome = look(Website(), "pages", target(kind), Site(home, pages)).outcome
    assert isinstance(outcome, Facts), outcome
    found = outcome.passages
    assert all(type(passage) is Passage for passage in found)
    told = {passage.where: passage.text for passage in found}
    assert len(told) == len(found)
    return told


def bare(body: str) -> str:
    return page(body, foot="")


def test_the_words_of_the_home_page_stand_at_its_address() -> None:
    assert passages(bare(f"{NEWS}{DUTY}")) == {HOME: "要闻动态\n值班电话13512345678"}


def test_a_look_at_the_home_page_alone_hands_over_its_words_too() -> None:
    told = passages(bare(f"{NEWS}{DUTY}"), kind=CheckKind.IDENTITY)
    assert told == {HOME: "要闻动态\n值班电话13512345678"}


def test_titles_of_dated_entries_are_posts_and_no_passages() -> None:
    told = passages(bare(listing(ENTRY)))
    assert told[HOME] == "2026-03-19"


def test_titles_that_are_no_posts_are_passages() -> None:
    undated = '<li><a href="/xwzx/content_77.html">未注明日期的一条消息</a></li>'
    elsewhere = (
        '<li><a href="https://other.example/content_78.html">转载的一条消息</a> 2026-03-19</li>'
    )
    told = passages(bare(listing(ENTRY, undated, elsewhere)))
    assert told[HOME] == "2026-03-19\n未注明日期的一条消息\n转载的一条消息 2026-03-19"


def test_columns_and_opened_articles_follow_each_at_its_own_address() -> None:
    pages = {
        "/xwzx/": bare(listing(ENTRY) + "<p>本栏目编辑：李某</p>"),
        "/xwzx/content_3000.html": bare(f"<h1>{TITLE}</h1><p>会议要求……</p>"),
    }
    told = passages(bare(NEWS + listing(ENTRY)), pages)
    assert told == {
        HOME: "要闻动态\n2026-03-19",
        f"{HOME}xwzx/": "本栏目编辑：李某",
        f"{ARTICLE} 正文": "会议要求……",
    }


def test_a_line_that_stands_on_every_page_is_handed_over_once() -> None:
    pages = {
        "/xwzx/": bare(f"<p>栏目</p>{DUTY}"),
        "/xwzx/content_3000.html": bare(f"<p>正文</p>{DUTY}"),
    }
    told = passages(bare(NEWS + listing(ENTRY) + DUTY + DUTY), pages)
    assert [text.count("13512345678") for text in told.values()] == [1, 0, 0]
    assert list(told) == [HOME, f"{HOME}xwzx/", f"{ARTICLE} 正文"]


def test_pages_that_could_not_be_read_hand_over_nothing() -> None:
    assert list(passages(bare(NEWS + listing(ENTRY)))) == [HOME]


def test_of_each_page_twenty_thousand_characters_are_handed_over() -> None:
    told = passages(bare(f"{NEWS}<p>{'长' * 30_000}</p><p>后面</p>"))
    assert told[HOME] == "要闻动态\n" + "长" * (20_000 - 4)


def test_labels_of_a_sites_links_stand_at_their_addresses() -> None:
    outcome = look(Website(), "links", target(CheckKind.MENU), Site(bare(listing(ENTRY)))).outcome
    assert isinstance(outcome, Facts), outcome
    assert [(link.label, link.place) for link in outcome.links] == [(TITLE, ARTICLE)]
