"""What looks like a hidden link or an untrue date on honest pages, and is none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checkers._site.article import read_article
from checkers._site.hidden import hidden_links
from checkers._site.tree import read_page
from tests.checkers.driving import answer
from tests.checkers.site_answers import HOME

OUT = "https://out.example/"
SLIDES = "<script>slide()</script>"


def hidden(body: str) -> list[str]:
    page = read_page(replace(answer(f"<html><body>{body}</body></html>"), url=HOME))
    assert page is not None
    return [link.how for link in hidden_links(page, HOME)]


@pytest.mark.parametrize(
    "body",
    [
        f'<a style="text-indent:-9999px;background:url(l.png)" href="{OUT}">天气</a>',
        f"<style>.t{{text-indent:-999em;background-image: url('l.png')}}</style>"
        f'<a class="t" href="{OUT}">天气</a>',
        f'<div class="s" style="margin-left:-1200px"><a href="{OUT}"><img src="a"></a></div>{SLIDES}',
        f'<div id="ad" style="left:-600px"><a href="{OUT}"><img src="a"></a></div>{SLIDES}',
    ],
)
def test_pictures_for_words_slides_and_banners_hide_nothing(body: str) -> None:
    assert hidden(body) == []


@pytest.mark.parametrize(
    "body",
    [
        f'<a style="text-indent:-9999px;background:url(l.png)" href="{OUT}">澳门博彩</a>',
        f'<a style="text-indent:-9999px;background:#fff" href="{OUT}">天气</a>',
        f'<div class="s" style="left:-1200px"><a href="{OUT}">天气</a></div>{SLIDES}',
        f'<div style="left:-1200px"><a href="{OUT}"><img src="a"></a></div>{SLIDES}',
        f'<div class="s" style="left:-1200px"><a href="{OUT}"><img src="a"></a></div>',
        f'<a style="position:absolute;left:-999px;background:url(l.png)" href="{OUT}">天气</a>',
    ],
)
def test_links_far_off_for_no_such_reason_are_hidden(body: str) -> None:
    assert hidden(body) == ["position"]


def modified(url: str, stamp: str) -> object:
    page = '<html><head><meta name="PubDate" content="2026-03-18"></head><body><p>正文</p></body>'
    headers = {"content-type": "text/html; charset=utf-8", "last-modified": stamp}
    found = read_article(replace(answer(page), url=url, headers=headers), url)
    assert found is not None
    return found.modified and found.modified.isoformat()


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("a.html", "2026-03-10"),
        ("a.HTM", "2026-03-10"),
        ("a.shtml?x=1", "2026-03-10"),
        ("a.jsp", None),
        ("a", None),
        ("show?id=a.html", None),
    ],
)
def test_only_a_files_day_of_writing_counts(path: str, told: str | None) -> None:
    assert modified(HOME + path, "Tue, 10 Mar 2026 02:00:00 GMT") == told


@pytest.mark.parametrize(
    ("stamp", "told"),
    [
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("Thu, 31 Dec 1998 23:59:59 GMT", None),
        ("Fri, 01 Jan 1999 00:00:00 GMT", "1999-01-01"),
        ("nonsense", None),
    ],
)
def test_a_day_on_which_no_such_file_was_written_is_none(stamp: str, told: str | None) -> None:
    assert modified(f"{HOME}a.html", stamp) == told
