"""What is read of a site's pages in one walk, or passed over, is what the slow reading makes of it."""

from __future__ import annotations

import re
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkers._site import entries as reading
from checkers._site.entries import entries, looks_like_article, may_be_article
from checkers._site.hosts import parts_of, place
from checkers._site.marks import _icp
from checkers._site.tree import SitePage, read_page
from tests.checkers.driving import NOON, answer
from tests.checkers.mutations import damaged
from tests.checkers.page_readings import PIECES, agree
from tests.checkers.site_answers import HOME, NEWS, OLD, page

PAGES = damaged([page(NEWS + OLD), page(OLD * 2), page("<p>青石</p>" * 5)], PIECES)


def parsed(body: str | bytes) -> SitePage | None:
    return read_page(answer(body, url=HOME))


@given(PAGES, st.sampled_from([1, 5, 80, 20_000]))
def test_one_walk_tells_what_a_walk_for_each_element_would(body: bytes, most: int) -> None:
    shown = parsed(body)
    if shown is not None:
        agree(shown, most)


@given(PAGES)
def test_a_link_that_is_passed_over_would_have_been_no_entry(body: bytes) -> None:
    shown, again = parsed(body), parsed(body)
    if shown is None or again is None:
        return
    found = entries(shown, HOME, NOON)
    with patch.object(reading, "_says_little", lambda _page, _link: False):
        thorough = entries(again, HOME, NOON)
    assert [replaced(entry) for entry in found] == [replaced(entry) for entry in thorough]


def replaced(entry: reading.Entry) -> tuple[object, ...]:
    """All of an entry but the number of its list, which only tells lists apart."""
    return entry.url, entry.title, entry.day, entry.with_year, entry.own


_OF_ONE = re.compile(
    r"\d{3,}[^/]*\.(?:s?html?|jhtml|jspx?|aspx?|php|do)$|/\d{4,}/?$|/t?20\d{6}[_/]|_\d+\.s?html?$",
    re.I,
)
_PATHS = st.lists(
    st.sampled_from(
        "/ . _ - 1 2026 20260318 t20260318 T20260318_ index list channel col content a 中 .html .SHTML"
        " .jsp .php .do index.html Home.htm default.aspx ?id=3 ?a=1 /node/ /list/".split()
    ),
    max_size=7,
).map("".join)


@given(_PATHS)
def test_an_address_is_told_by_its_last_parts_as_by_the_whole(path: str) -> None:
    url = f"https://www.qingshi.gov.cn/{path}"
    _host, whole, query = parts_of(url)
    listing = reading._LIST_PAGE.search(whole) is not None
    single = bool(_OF_ONE.search(whole) or (query and reading._WITH_ID.search(query)))
    assert looks_like_article(url) == (single and not listing)
    assert may_be_article(url) == (not whole.endswith("/") and not listing)
    plain = re.sub(r"/(?:index|default|home)\.\w{2,5}$", "/", whole, flags=re.I) or "/"
    assert place(url) == ("qingshi.gov.cn", plain, query)


@given(st.lists(st.sampled_from([*"ICPicp 备滇号-1", "12345678", "ICP备", "云"]), max_size=14))
def test_the_number_of_registration_is_found_from_either_end(signs: list[str]) -> None:
    text, found = "".join(signs), ""
    for sign in re.finditer(r"[\u4e00-\u9fff]\s?(?=[Ii][Cc][Pp]\s?备)", text):
        number = re.match(
            r"ICP\s?备\s?[0-9]{4,12}\s?号(?:\s?-\s?[0-9]{1,3})?", text[sign.end() :], re.I
        )
        found = found or (sign.group() + number.group() if number else "")
    assert _icp(text) == found


@pytest.mark.parametrize("item", ["li", "td"])
def test_a_map_in_a_row_is_a_link_without_words(item: str) -> None:
    shown = parsed(page(f"<ul><{item}><map><area href='/a/20260318_1.html'></map></{item}></ul>"))
    assert shown is not None
    assert entries(shown, HOME, NOON) == []
