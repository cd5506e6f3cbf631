"""How an element is kept from sight."""

from __future__ import annotations

import pytest

from checkers._web.hiding import Sheet, how_hidden


@pytest.mark.parametrize(
    ("style", "how"),
    [
        ("display:none", "style"),
        ("DISPLAY : NONE !important", "style"),
        ("color:red;visibility:hidden", "style"),
        ("visibility:collapse", "style"),
        ("opacity:0", "style"),
        ("opacity:.0", "style"),
        ("opacity:0.00", "style"),
        ("filter:alpha(opacity=0)", "style"),
        ("opacity:0.5", ""),
        ("opacity:.5", ""),
        ("opacity:1", ""),
        ("display:block", ""),
        ("-x-display:none", ""),
        ("font-size:0", "size"),
        ("font-size:0px", "size"),
        ("font-size:0.0em", "size"),
        ("font-size:12px", ""),
        ("font-size:0.9em", ""),
        ("width:0;overflow:hidden", "size"),
        ("height:1px;overflow:hidden", "size"),
        ("max-height:0;overflow:hidden", "size"),
        ("height:0;overflow:clip", "size"),
        ("height:2px;overflow:hidden", ""),
        ("height:0", ""),
        ("width:0%;overflow:hidden", ""),
        ("line-height:1;overflow:hidden", ""),
        ("overflow:hidden", ""),
        ("clip:rect(0 0 0 0)", "size"),
        ("clip:rect(1px,1px,1px,1px)", "size"),
        ("position:absolute;left:-9999px", "position"),
        ("position:absolute;left:-500px", "position"),
        ("position:absolute;left:-499px", ""),
        ("top:-600pt", "position"),
        ("right:-500", "position"),
        ("text-indent:-40em", "position"),
        ("text-indent:-39em", ""),
        ("margin-left:-100%", "position"),
        ("margin-left:-99%", ""),
        ("margin-top:-40rem", "position"),
        ("margin:-5000px", "position"),
        ("bottom:-9999.5px", "position"),
        ("left:9999px", ""),
        ("transform:scale(0)", "position"),
        ("transform:translateX(-9999px)", "position"),
        ("transform:translate(-10px)", ""),
        ("", ""),
    ],
)
def test_what_a_style_does(style: str, how: str) -> None:
    assert how_hidden("div", {"style": style}) == how
    assert how_hidden("div", {}, style) == how


def test_only_the_beginning_of_a_style_is_read() -> None:
    assert how_hidden("a", {"style": "x" * 1990 + ";left:-9"}) == ""
    assert how_hidden("a", {"style": " " * 1989 + "display:none"}) == ""
    assert how_hidden("a", {"style": " " * 1988 + "display:none"}) == "style"


def test_the_attribute_hidden_hides() -> None:
    assert how_hidden("p", {"hidden": ""}) == "style"


@pytest.mark.parametrize(
    ("attributes", "how"),
    [
        ({"width": "1", "height": "100"}, "size"),
        ({"height": "0px"}, "size"),
        ({"height": "3"}, "size"),
        ({"height": "4"}, ""),
        ({"width": "300"}, ""),
        ({}, ""),
    ],
)
def test_a_marquee_without_room(attributes: dict[str, str], how: str) -> None:
    assert how_hidden("marquee", attributes) == how
    assert how_hidden("div", attributes) == ""


def test_a_sheet_knows_classes_and_ids_by_themselves() -> None:
    sheet = Sheet()
    assert sheet.style({"class": "a", "id": "b"}) == ""
    sheet.add("/* c */ .a, #b { display:none } .c{color:red}\n.d .e{display:none} p{display:none}")
    sheet.add(".a{left:-999px} @media print { .f { display:none } }")
    assert how_hidden("p", {}, sheet.style({"class": "x a"})) == "style"
    assert how_hidden("p", {}, sheet.style({"id": " b "})) == "style"
    assert "left:-999px" in sheet.style({"class": "a"})
    assert "color:red" in sheet.style({"class": "c"})
    for name in ("d", "e", "x"):
        assert sheet.style({"class": name}) == ""
    assert sheet.style({"id": "a"}) == ""


@pytest.mark.parametrize(
    "shows",
    [
        ".m:hover .a{display:block}",
        ".a.on{display: flex}",
        ".on.a{visibility:visible}",
        ".a:hover{opacity:1}",
        ".a:hover{opacity:.9}",
        ".a:focus{opacity:0.8}",
    ],
)
def test_what_some_rule_shows_again_is_not_hidden(shows: str) -> None:
    sheet = Sheet()
    sheet.add(".a{display:none} .b{display:none}" + shows)
    assert how_hidden("p", {}, sheet.style({"class": "a"})) == ""
    assert how_hidden("p", {}, sheet.style({"class": "b"})) == "style"


@pytest.mark.parametrize("text", ["", "}" * 9000, "{" * 9000, "/*", ".a{", ".a}", "a" * 100_000])
def test_any_text_is_a_sheet(text: str) -> None:
    sheet = Sheet()
    sheet.add(text)
    assert sheet.style({"class": "b"}) == ""


def test_the_bounds_of_a_sheet() -> None:
    sheet = Sheet()
    sheet.add(".a{x}" * 4999 + ".b{display:none}.c{display:none}")
    assert how_hidden("p", {}, sheet.style({"class": "b"})) == "style"
    assert sheet.style({"class": "c"}) == ""
    assert "display" in sheet.style({"class": "x" * 298 + " b"})
    assert sheet.style({"class": "x" * 299 + " b"}) == ""
    long = Sheet()
    long.add("#" + "i" * 60 + "{top:1px}" + "#" + "j" * 61 + "{top:1px}")
    assert long.style({"id": "i" * 60}) == ";top:1px"
    assert long.style({"id": "j" * 61}) == ""
    long.add(".e{" + "x" * 500 + "display:none}.f{" + "x" * 487 + ";display:none}")
    assert how_hidden("p", {}, long.style({"class": "e"})) == ""
    assert how_hidden("p", {}, long.style({"class": "f"})) == "style"


@pytest.mark.parametrize("tag", ["a", "table", "td", "object", "marqueex"])
def test_only_a_marquee_needs_room(tag: str) -> None:
    assert how_hidden(tag, {"width": "1"}) == ""


def test_what_a_sheet_says_of_one_class_is_bounded() -> None:
    sheet = Sheet()
    sheet.add("".join(f".a{{{'x' * 490}}}" for _ in range(9)))
    assert len(sheet.style({"class": "a"})) == 2000
