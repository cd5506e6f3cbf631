"""What of a page is looked through for hints: lines in sight, nothing run together."""

from __future__ import annotations

import lxml.html
import pytest

from checkers._web.lines import lines_of


def lines(markup: str, most: int = 1000) -> list[str]:
    return lines_of(lxml.html.document_fromstring(f"<body>{markup}</body>"), most)


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("<p>甲</p><p>乙</p>", ["甲", "乙"]),
        ("甲<br>乙", ["甲", "乙"]),
        ("<div>甲<div>乙</div>丙</div>", ["甲", "乙", "丙"]),
        ("<table><tr><td>138</td><td>1234</td><td>5678</td></tr></table>", ["138", "1234", "5678"]),
        ("<p>电话：138<b>1234</b><font color=red>5678</font></p>", ["电话：13812345678"]),
        ("<p>  甲\n\t 乙 </p>", ["甲 乙"]),
        ("<p><a href=x>甲</a>乙<a href=y>丙</a></p>", ["甲乙丙"]),
        ("<p> </p><p>甲</p>", ["甲"]),
        ("<p>甲<!-- 乙 -->丙</p>", ["甲丙"]),
        ("", []),
    ],
)
def test_a_line_for_each_block(markup: str, shown: list[str]) -> None:
    assert lines(markup) == shown


@pytest.mark.parametrize(
    "unseen",
    [
        "<script>乙</script>",
        "<style>乙</style>",
        "<template>乙</template>",
        "<noscript>乙</noscript>",
        "<select><option>乙</option></select>",
        "<textarea>乙</textarea>",
        "<!-- 乙 -->",
        "<?php 乙 ?>",
        "<div hidden>乙<p>乙</p></div>",
        "<div style='color:red; DISPLAY : none'>乙<p>乙</p></div>",
        "<div style='visibility:hidden'>乙</div>",
        "<div style='visibility: collapse'>乙</div>",
    ],
)
def test_what_is_out_of_sight_is_left_out_and_what_follows_it_is_not(unseen: str) -> None:
    assert lines(f"<div>甲</div>{unseen}丙") == ["甲", "丙"]


def test_the_head_of_a_page_is_no_part_of_it() -> None:
    root = lxml.html.document_fromstring("<head><title>乙</title></head><body>甲</body>")
    assert lines_of(root, 100) == ["甲"]


def test_the_element_asked_for_is_read_in_sight_or_not_without_what_follows_it() -> None:
    root = lxml.html.document_fromstring("<p style='display:none'>甲</p>乙")
    (only,) = root.iter("p")
    assert lines_of(only, 100) == ["甲"]


def test_elements_that_are_named_are_left_out() -> None:
    root = lxml.html.document_fromstring("<p>甲<a href=x>乙<b>丙</b></a>丁</p>")
    assert lines_of(root, 100, frozenset(root.iter("a"))) == ["甲丁"]


def test_lines_end_where_there_is_no_more_room() -> None:
    assert lines("<p>甲乙丙</p><p>丁戊己</p><p>庚</p>", 5) == ["甲乙丙", "丁戊"]
    assert lines("<p>甲乙丙</p><p>丁戊己</p><p>庚</p>", 6) == ["甲乙丙", "丁戊己"]
    assert lines("<p> </p>" * 50 + "<p>甲</p>", 5) == ["甲"]


def test_any_nesting_is_read() -> None:
    assert lines("<div>" * 5000 + "甲")[:1] in ([], ["甲"])
