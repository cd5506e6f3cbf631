"""What is read of a site's pages in one walk, or passed over, is what the slow reading makes of it."""

from __future__ import annotations

import re
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkers._site import entries as reading
from checkers._site.entries import entries
from checkers._site import kinds, tree
from checkers._site.dates import may_name_a_day, that_may_name_days
from checkers._site.filling import is_filled_by_scripts
from checkers._site.hosts import parts_of, place
from checkers._site.kinds import looks_like_article, may_be_article
from checkers._site.marks import _icp
from checkers._site.names import holds, words
from checkers._site.rows import Short
from checkers._site.tree import SitePage, read_page
from checkers.base import Inconclusive
from checkers.signals import fold
from checkers.website import Website
from registry.vocab import CheckKind
from tests.checkers.contract import look
from tests.checkers.driving import NOON, answer
from tests.checkers.mutations import damaged
from tests.checkers.page_readings import PIECES, agree, tell_the_same
from tests.checkers.site_answers import HOME, NEWS, OLD, Site, page, target

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


@given(PAGES)
def test_no_day_is_missed_where_no_text_has_a_sign_of_one(body: bytes) -> None:
    shown, again = parsed(body), parsed(body)
    if shown is None or again is None:
        return
    found = entries(shown, HOME, NOON)
    with patch.object(SitePage, "may_tell_a_day", lambda _page, _element: True):
        assert found == entries(again, HOME, NOON)


@given(st.lists(st.text(st.sampled_from("青石县前天12 .·０①…，（ｦ㋀\u3000a-é"), max_size=5)))
def test_texts_are_looked_through_together_for_days_as_one_by_one(texts: list[str]) -> None:
    told = that_may_name_days(texts)
    assert len(told) == len(set(told))
    for text in texts:
        assert text in told or not may_name_a_day(text)


ROWS = "".join(
    f'\n <li class="c"><a href="./a/202603/t202603{day}_{day}.html" title="{words}{day}" target="_blank">'
    f"{words[:9]}…</a><span>2026-03-{day}</span></li>"
    for day, words in enumerate(["青石县召开防汛工作会议的通知"] * 5, 14)
)
BEFORE = "".join(
    f"<li><span class='date'>03-{day}</span><a target='_blank' href='/b/t202603{day}_{day}.html'>"
    f'<i class="dot"></i><font color="#333">青石县发布{day}项 措施</font></a></li>'
    for day in (19, 18, 17, 17)
)
LOOSE = "".join(
    f'<li> <a href="https://www.qingshi.gov.cn/c/{day}001.html"> 青石县公告第{day}号 </a> [2026/03/{day}] </li>\n'
    for day in (2, 11, 12)
)
MENU = (
    '<select onchange="go()"><option value="">请选择</option>\n<option value="http://a.gov.cn/?x=1"> 甲 </option>'
    "<option value='b'></option></select>"
)
LISTS = damaged(
    [
        page(f"{MENU}<ul><li>{MENU}</li></ul><ul>{ROWS}</ul>{MENU}"),
        page(f"{NEWS}<ul>{ROWS}</ul><div><ul class='n'>{BEFORE}{LOOSE}</ul></div>"),
        page(f"<div><h2>{NEWS}</h2>{NEWS}<div>{LOOSE}</div></div>{BEFORE}<p>暂无内容</p>"),
        page(
            f"<ul>{ROWS}</ul>", script="<script>$.get('/x',function(d){$('ul').html(d)})</script>"
        ),
    ],
    [
        *PIECES,
        *(
            "<!--",
            "-->",
            "<title>",
            "&nbsp;",
            "&",
            '"',
            "'",
            ">",
            "<base href='/x/'>",
            "style='display:none' ",
        ),
        *(
            "class=footer ",
            "hidden ",
            "title='x'",
            "title=''",
            " href='/q_1.html'",
            "\r\n",
            "\x0b",
            "\x00",
        ),
        *(
            "<svg>",
            "</svg>",
            "<noframes>",
            "<xmp>",
            "<frameset>",
            "</body>",
            "</html>",
            "\x85",
            "2026年3月16日",
        ),
        *(
            ROWS,
            BEFORE,
            LOOSE,
            "<li><ul>",
            "</ul></li>",
            "<a href='/e_123.html'>",
            "ICP",
            "标识码",
            "云",
        ),
        *(
            "<li><a href='/f/20260318_2.html'>青石县</a>",
            "<dt>",
            "<dd>",
            "<li",
            "<a",
            "</a",
            "2026-03-18</a>",
            *("{{", "}}", "${", "v-for=", "正在加载", "<option value='v-html=1'>"),
        ),
    ],
    ["utf-8", "utf-8", "gb18030"],
)


@given(LISTS)
def test_a_page_without_its_rows_says_what_it_says_with_them(body: bytes) -> None:
    quick, thorough = parsed(body), read_page(answer(body, url=HOME), quickly=False)
    if quick is None or thorough is None:
        assert quick is thorough
        return
    tell_the_same(quick, thorough)
    assert entries(quick, HOME, NOON) == entries(thorough, HOME, NOON)
    assert is_filled_by_scripts(quick) == is_filled_by_scripts(thorough)


@given(LISTS, st.sampled_from([CheckKind.FRESHNESS, CheckKind.IDENTITY]))
def test_a_look_at_pages_without_their_rows_finds_what_a_look_at_whole_ones_finds(
    body: bytes, kind: CheckKind
) -> None:
    def looked() -> object:
        site = Site(body, {"/xwzx/": body, "/a/202603/t20260318_18.html": body})
        outcome = look(Website(), "pages", target(kind), site).outcome
        if isinstance(outcome, Inconclusive):
            return outcome.reason, outcome.detail, site.asked
        return outcome, site.asked

    quick = looked()
    with patch.object(tree, "shortened", lambda text, _url: Short(text)):
        assert looked() == quick


@pytest.mark.parametrize("rows", [ROWS, BEFORE, LOOSE])
@pytest.mark.parametrize(
    "around", ["<ul>{}</ul>", "<div class='list'>\n{}\n</div>", "<ul><li>又<ul>{}</ul></li></ul>"]
)
def test_rows_as_programs_write_them_need_no_tree(rows: str, around: str) -> None:
    shown = parsed(page(around.format(rows)))
    assert shown is not None
    assert len(shown.runs) == 1
    assert len(shown.root.findall(".//li")) < 3


@pytest.mark.parametrize(
    "around",
    [
        "<!-- {} --><a href='/1001.html'>青石县</a>",
        "<script>{}</script>",
        "<a href='/x/'>{}</a>",
        "<select>{}</select>",
        "<base href='https://elsewhere.example/'>{}",
        "<div>" * 60 + "{}",
    ],
)
def test_rows_that_are_none_or_stand_oddly_are_left_where_they_are(around: str) -> None:
    shown = parsed(page(around.format(ROWS)))
    assert shown is not None
    assert not shown.runs


@pytest.mark.parametrize(
    "look",
    [
        "class='Footer'",
        "class='copyright'",
        "class='banQuan'",
        "class='beian'",
        "class='page-bottom'",
        "style='color:red; display:none'",
        "style='Visibility: hidden'",
        "id='a'",
        "hidden",
    ],
)
@pytest.mark.parametrize("rows", [ROWS, BEFORE, LOOSE])
def test_rows_whose_looks_may_hide_them_stay_in_the_tree(look: str, rows: str) -> None:
    shown = parsed(page(f"<ul>{re.sub('<li[^>]*>', f'<li {look}>', rows)}</ul>"))
    assert shown is not None
    assert not shown.runs


def test_of_a_menu_one_choice_is_kept() -> None:
    shown = parsed(page(MENU * 2))
    assert shown is not None
    assert [each.text for each in shown.root.iter("option")] == ["请选择"] * 2


def replaced(entry: reading.Entry) -> tuple[object, ...]:
    """All of an entry but the number of its list, which only tells lists apart."""
    return entry.url, entry.title, entry.day, entry.dated, entry.own


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
    listing = kinds.LIST_PAGE.search(whole) is not None
    single = bool(_OF_ONE.search(whole) or (query and kinds.WITH_ID.search(query)))
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


@pytest.mark.parametrize("name", ["loading", "empty"])
@given(
    st.lists(
        st.sampled_from([*"正在加载中暂无内容建设数据青石 LoadinG,，…·（　_ﬁⅠ①帐账㋀載", "loading"])
    )
)
def test_a_word_is_found_in_a_long_text_as_in_a_folded_one(name: str, signs: list[str]) -> None:
    text = "青石" * 60 + "".join(signs)
    assert holds(text, "words", name) == any(word in fold(text) for word in words("words", name))


@pytest.mark.parametrize("item", ["li", "td"])
def test_a_map_in_a_row_is_a_link_without_words(item: str) -> None:
    shown = parsed(page(f"<ul><{item}><map><area href='/a/20260318_1.html'></map></{item}></ul>"))
    assert shown is not None
    assert entries(shown, HOME, NOON) == []
