"""What is read of plain markup without a tree is what the tree holds; of other markup it says nothing."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from checkers._web import plain_lines as reading
from checkers._web.lines import lines_of
from checkers._web.plain_lines import body_of, content_of, plain_lines
from tests.checkers.mutations import damaged
from tests.checkers.page_readings import PIECES

MOST = 200
PAGE = '<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>青石</title>{}</head>\n<body>{}</body></html>'
SCRIPT = "<script>var a='<p>b</p>';if(a<1){}</script><style>.a{display:none}</style>"
ROOMS = ("{}", '<div class="a" id="js_content" style="visibility: hidden;">{}</div>\n<p>又')
KNOWN = ("span", "b", "a", "p", "h2", "div", "section", "ul", "li", "main", "br", "img")


def of_tree(page: str) -> list[str]:
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(page.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return []
    content = root.find(".//*[@id='js_content']")
    return lines_of(root if content is None else content, MOST)


def of_markup(page: str) -> list[str] | None:
    markup = content_of(page, "js_content") if "js_content" in page else body_of(page)
    return None if markup is None else plain_lines(markup, MOST)


def element(tag: str, held: str) -> str:
    return f"<{tag}/>" if tag in {"br", "img"} else f'<{tag} class="c">{held}</{tag}>'


def both(body: str) -> bool:
    """True where something was read without a tree; it must be what the tree holds."""
    answered = False
    for room in ROOMS:
        page = PAGE.format(SCRIPT, room.format(body))
        found = of_markup(page)
        assert found is None or found == of_tree(page)
        answered |= found is not None
    return answered


@pytest.mark.parametrize("outer", KNOWN[:-2])
def test_tags_in_each_other_are_read_as_the_tree_holds_them(outer: str) -> None:
    for middle, inner in product(KNOWN, repeat=2):
        both(
            "0" + element(outer, "1" + element(middle, "2" + element(inner, "3") + "4") + "5") + "6"
        )
        both(
            "0" + element(outer, "1" + element(middle, "2") + " " + element(inner, "3") + "4") + "5"
        )


def test_all_tags_in_twos_are_read_as_the_tree_holds_them() -> None:
    for outer, inner in product(reading._KNOWN, repeat=2):
        both(element(outer, "1" + element(inner, "2") + "3") + "4")


TEXT = "".join(
    f'<section style="margin:0"><p><span style="color:#333">青石县 第{n}号&nbsp;</span><br/></p></section>\n'
    for n in range(4)
)
LIST = (
    '<div><h2>标 题</h2><ul><li><p>甲<strong>乙</strong> <a href="https://a.cn/?b=1&amp;c=2">丙</a></p></li>'
    "<li><img src='/a.png'/>丁&lt;p&gt;</li></ul></div>"
)
MORE = (
    "<P>|</P>|<p/>|<section>|</section>|<!-- x -->|<svg>|&#50;|&copy;|&amp;nbsp;|&|>|<|\"|' |\x01|\x0b|\x85|"
    "<p style='display : None'>|<p style=\"visibility:collapse\">|<p hidden>|<p HIDDEN=''>|<li><li>|"
    "<p title='>'>|<p a=\"b\" c=>|<b a='<b>'>|<p style='display&#58;none'>|<p style='display&colon;none'>|"
    "<title>t</title>|<h1>|</h1>|</body>|</html>|<body>|<body hidden>|</head>|<plaintext>|<svg/>|<form>|</form>|"
    '<div id="js_content">|<div id=js_content>|js_content|<div title=\'id="js_content"\'>'
).split("|")


@given(
    damaged(
        [
            PAGE.format(SCRIPT, room.format(body))
            for room in ROOMS
            for body in (TEXT, LIST, TEXT + LIST)
        ],
        [*PIECES, *MORE],
    )
)
def test_damaged_pages_are_read_as_the_tree_holds_them(body: bytes) -> None:
    page = body.decode("utf-8", "replace").replace("\0", "")
    found = of_markup(page)
    assert found is None or found == of_tree(page)


@given(
    st.recursive(
        st.sampled_from(["甲", " ", "乙\n", "&nbsp;", "a&lt;b", ""]),
        lambda held: st.lists(
            st.builds(element, st.sampled_from(reading._KNOWN), held) | held, max_size=3
        ).map("".join),
    )
)
def test_trees_of_all_tags_are_read_as_the_tree_holds_them(body: str) -> None:
    both(body)


@pytest.mark.parametrize(
    "body", [TEXT, LIST, "", "青石", element("div", TEXT) * 3, "<p>&quot;一&quot;</p>"]
)
def test_plain_markup_needs_no_tree(body: str) -> None:
    assert both(body)


def test_more_than_is_wanted_is_left_to_the_tree() -> None:
    assert plain_lines("<p>" + "青" * (MOST + 1) + "</p>", MOST) is None


@pytest.mark.parametrize("depth", [30, 60, 250, 300])
@pytest.mark.parametrize("tags", [["div"], ["span"], ["div", "section"], ["main", "aside", "ol"]])
def test_deep_levels_are_read_as_the_tree_holds_them(depth: int, tags: list[str]) -> None:
    body = "青"
    for level in range(depth):
        body = element(tags[level % len(tags)], body)
    both(body)
