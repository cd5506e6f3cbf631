"""A page read into links, pictures and words."""

from __future__ import annotations

import pytest

from checkers._web import html as _html
from checkers._web.html import Anchor, Html, Picture, Spot, read_html

HERE = "https://www.qingshi.gov.cn/a/index.html"


def page(text: str, url: str = HERE) -> Html:
    return read_html(text.encode(), "text/html; charset=utf-8", url)


def anchor(text: str) -> Anchor:
    (only,) = page(text).anchors
    return only


def picture(text: str) -> Picture:
    (only,) = page(text).pictures
    return only


# --- links -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("b.html", "https://www.qingshi.gov.cn/a/b.html"),
        ("/b", "https://www.qingshi.gov.cn/b"),
        ("//t.example/x", "https://t.example/x"),
        (" https://t.example/x ", "https://t.example/x"),
        ("https://t.example/\n x", "https://t.example/x"),
        ("?p=1", "https://www.qingshi.gov.cn/a/index.html?p=1"),
        ("mailto:a@b.example", "mailto:a@b.example"),
        ("http://[broken", "http://[broken"),
    ],
)
def test_addresses_are_made_whole(href: str, url: str) -> None:
    found = anchor(f'<a href="{href}">x</a>')
    assert (found.url, found.href) == (url, href.strip())


def test_the_base_of_a_page_counts_for_what_follows() -> None:
    read = page('<base href="/c/"><a href=x>1</a>')
    assert (read.url, read.anchors[0].url) == (
        "https://www.qingshi.gov.cn/c/",
        "https://www.qingshi.gov.cn/c/x",
    )


def test_a_link_has_its_words_and_its_title_or_the_one_of_its_picture() -> None:
    assert anchor("<a href=x> 青石<b>发布</b>\n 微博 </a>").text == "青石发布 微博"
    assert anchor('<a href=x title=" 甲  乙 ">丙</a>').title == "甲 乙"
    assert anchor('<a href=x><img src=y alt="微博图标"></a>').title == "微博图标"
    assert anchor('<a href=x title=甲><img src=y alt="乙"></a>').title == "甲"
    assert anchor('<a href=x><img src=y title="丙"></a>').title == "丙"
    assert anchor("<map><area href=x alt=丁></map>").title == "丁"
    assert anchor(f"<a href=x>{'长' * 400}</a>").text == "长" * 300


@pytest.mark.parametrize(
    "text",
    [
        '<a href="javascript:void(0)" onclick="window.open(\'https://t.example/x\')">微博</a>',
        "<a href=\"javascript:window.open('https://t.example/x')\">微博</a>",
        "<img src=a.png onclick=\"location.href='https://t.example/x'\">",
        "<div onclick='location.replace(\"https://t.example/x\")'>微博</div>",
        '<a href="#" onclick="location = \'https://t.example/x\'">微博</a>',
    ],
)
def test_what_opens_an_address_when_clicked_is_a_link(text: str) -> None:
    if "<img" in text:
        text = text.replace("<img", "<span").replace(" src=a.png", "")
    assert anchor(text).url == "https://t.example/x"


@pytest.mark.parametrize(
    "text",
    [
        "<a>x</a>",
        "<a name=x>x</a>",
        '<a href="">x</a>',
        '<a href="#top">x</a>',
        '<a href="javascript:;">x</a>',
        "<a href='JavaScript:void(0)'>x</a>",
        "<div onclick=\"show('tab1')\">x</div>",
        "<!-- <a href=x>x</a> -->",
        "<!--[if IE]><a href=x>x</a><![endif]-->",
        "<script>document.write('<a href=x>x</a>')</script>",
        "<noscript><a href=x>x</a></noscript>",
        "<template><a href=x>x</a></template>",
        "<textarea><a href=x>x</a></textarea>",
        "<style><a href=x>x</a></style>",
        "<noscript><div><p><a href=x>x</a></p></div></noscript>",
    ],
)
def test_what_leads_nowhere_or_is_not_part_of_the_page_is_no_link(text: str) -> None:
    read = page(text + "<p>y</p>")
    assert read.anchors == ()
    assert read.text.splitlines()[-1] == "y"


# --- where things stand ------------------------------------------------------------------------------


def test_words_of_a_link_are_its_own_and_those_around_it_nearest_first() -> None:
    found = anchor(
        '<div id="Foot" class="w1 w2"><p class="w2"><a class="ico wb" href=x>1</a></p></div>'
    )
    assert found.spot.words == ("ico", "wb", "w2", "w1", "foot")


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("<h3>友情链接</h3><ul><li><a href=x>1</a></li></ul>", ("友情链接",)),
        ("<div>友情链接：<a href=x>1</a></div>", ("友情链接：",)),
        ("<div><span>友情</span>链接 <a href=x>1</a></div>", ("友情链接",)),
        ("<dl><dt>主管部门</dt><dd><a href=x>1</a></dd></dl>", ("主管部门",)),
        ("<table><tr><td>微博</td><td><a href=x>1</a></td></tr></table>", ("微博",)),
        (
            "<h2>新媒体</h2><div><h3>微博</h3><p><a href=x>1</a></p></div>",
            ("微博", "新媒体"),
        ),
        ("<h3>甲甲</h3><p>乙乙</p><a href=x>1</a>", ("乙乙",)),
        ("<p>甲</p><a href=x>1</a>", ()),
        ("<p>2026-01-01</p><a href=x>1</a>", ()),
        (f"<p>{'长' * 30}</p><a href=x>1</a>", ("长" * 30,)),
        (f"<p>{'长' * 31}</p><a href=x>1</a>", ()),
        ("<p style='display:none'>友情链接</p><a href=x>1</a>", ()),
        ("<title>友情链接</title><a href=x>1</a>", ()),
        ("<div><p>友情链接</p></div><a href=x>1</a>", ("友情链接",)),
    ],
)
def test_labels_are_short_lines_before_a_link_nearest_first(
    text: str, labels: tuple[str, ...]
) -> None:
    assert anchor(text).spot.labels == labels


def test_a_heading_that_is_itself_a_link_is_a_label() -> None:
    read = page("<h3><a href=m>新媒体矩阵</a></h3><ul><li><a href=x>1</a></li></ul>")
    assert read.anchors[1].spot.labels == ("新媒体矩阵",)
    read = page('<div class="tit"><a href=m>新媒体</a></div><ul><li><a href=x>1</a></li></ul>')
    assert read.anchors[1].spot.labels == ("新媒体",)
    read = page('<div class="box"><a href=m>新媒体</a></div><ul><li><a href=x>1</a></li></ul>')
    assert read.anchors[1].spot.labels == ()


def test_a_label_reaches_over_elements_of_one_kind_and_no_further() -> None:
    read = page(
        "<h3>友情链接</h3><ul><li><a href=a>1</a></li></ul><ul><li><a href=b>2</a></li></ul>"
        "<div><a href=c>3</a></div><ul><li><a href=d>4</a></li></ul>"
    )
    assert [a.spot.labels for a in read.anchors] == [("友情链接",), ("友情链接",), (), ()]
    read = page(
        "<div class=tit>友情链接</div><div class=con><a href=a>1</a></div>"
        "<div class=foot><a href=b>2</a></div>"
    )
    assert [a.spot.labels for a in read.anchors] == [("友情链接",), ()]
    read = page(
        "<ul><li>友情链接</li><li class=a><a href=a>1</a></li><li><a href=b>2</a></li></ul>"
    )
    assert [a.spot.labels for a in read.anchors] == [("友情链接",), ("友情链接",)]


def test_links_beside_each_other_share_the_line_before_them() -> None:
    read = page("<p>主办：<a href=a>甲</a> | <a href=b>乙</a> 承办 <a href=c>丙</a></p>")
    assert [a.spot.labels for a in read.anchors] == [("主办：",)] * 3


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("<ul><li><a href=x>标题</a> <span>2026-01-01</span></li></ul>", "标题 2026-01-01"),
        ("<ul><li><p><a href=x>标题</a></p><span>01-01</span></li></ul>", "标题 01-01"),
        ("<table><tr><td>公安局</td><td><a href=x>微博</a></td></tr></table>", "公安局 微博"),
        ("<div><a href=x>标题</a></div>", ""),
        (f"<li><a href=x>标题</a>{'长' * 400}</li>", "标题" + "长" * 298),
        (f"<li><a href=x>标题</a>{'长' * 1200}</li>", ""),
    ],
)
def test_the_row_of_a_link(text: str, row: str) -> None:
    assert anchor(text).spot.row == row


def test_links_of_one_row_share_it_and_links_of_one_block_do_not() -> None:
    read = page("<li>公安局 <a href=x>微博</a> <a href=y>抖音</a></li>")
    assert {a.spot.row for a in read.anchors} == {"公安局 微博 抖音"}
    read = page("<div>公安局 <a href=x>微博</a> <a href=y>抖音</a></div>")
    assert {a.spot.row for a in read.anchors} == {""}


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("<a href=x hidden>1</a>", "style"),
        ("<div style='display:none'><p><a href=x>1</a></p></div>", "style"),
        ("<div style='position:absolute;left:-999px'><a href=x>1</a></div>", "position"),
        ("<div style='height:0;overflow:hidden'><a href=x>1</a></div>", "size"),
        ("<style>.h{display:none}</style><div class=h><a href=x>1</a></div>", "style"),
        ("<style>#h{display:none}</style><a id=h href=x>1</a>", "style"),
        ("<style>.h{display:none}</style><a class=g href=x>1</a>", ""),
        ("<marquee width=1><a href=x>1</a></marquee>", "size"),
        ("<div style='display:none'></div><a href=x>1</a>", ""),
    ],
)
def test_links_out_of_sight(text: str, how: str) -> None:
    found = anchor(text)
    assert (found.spot.hidden, found.text) == (how, "1")


def test_words_out_of_sight_are_not_the_page_s() -> None:
    read = page("<p>甲<span style='display:none'>乙</span>丙</p><p hidden>丁</p>")
    assert read.text == "甲丙"


# --- pictures ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("<img src=q.png>", "https://www.qingshi.gov.cn/a/q.png"),
        ("<img src=loading.gif data-original=q.png>", "https://www.qingshi.gov.cn/a/q.png"),
        ("<img data-src=' q.png '>", "https://www.qingshi.gov.cn/a/q.png"),
        (
            "<img src='data:image/gif;base64,R0' data-src=q.png>",
            "https://www.qingshi.gov.cn/a/q.png",
        ),
        ("<img src=blank.png>", "https://www.qingshi.gov.cn/a/blank.png"),
        ("<img src=q.png data-src=z.png>", "https://www.qingshi.gov.cn/a/q.png"),
        ("<img src='data:image/png;base64,iVBO'>", "data:image/png;base64,iVBO"),
        ("<input type=image src=q.png>", "https://www.qingshi.gov.cn/a/q.png"),
    ],
)
def test_where_a_picture_comes_from(text: str, url: str) -> None:
    assert picture(text).url == url


def test_a_picture_without_an_address_is_none() -> None:
    assert page("<img alt=x><input src=q.png>").pictures == ()


def test_a_picture_has_its_words_its_link_and_its_caption() -> None:
    found = picture('<a href="/m"><img src=q alt=" 甲 " title="乙"></a>')
    assert (found.alt, found.title, found.link) == ("甲", "乙", "https://www.qingshi.gov.cn/m")
    read = page("<ul><li><img src=a><p>青石发布</p></li><li><img src=b><p>青石公安</p></li></ul>")
    assert [p.spot.row for p in read.pictures] == ["青石发布", "青石公安"]
    assert [p.link for p in read.pictures] == ["", ""]
    read = page("<div><img src=a><p>青石发布</p><img src=b><p>青石公安</p></div>")
    assert [p.spot.row for p in read.pictures] == ["", ""]


# --- the page ----------------------------------------------------------------------------------------


def test_a_page_in_whole() -> None:
    read = page(
        "<html><head><title> 青石县\n人民政府 </title>"
        '<meta name="PubDate" content=" 2026-01-01 08:00 "><meta property="og:title" content="甲">'
        '<meta name="pubdate" content="later"><meta http-equiv="Refresh" content="3; URL=\'go.html\'">'
        "</head><body><iframe src=f.html></iframe><h1>甲</h1>乙<br>丙<div>丁  戊</div></body></html>"
    )
    assert read.title == "青石县 人民政府"
    assert read.metas["pubdate"] == "2026-01-01 08:00"
    assert read.metas["og:title"] == "甲"
    assert read.refresh == "https://www.qingshi.gov.cn/a/go.html"
    assert read.frames == ("https://www.qingshi.gov.cn/a/f.html",)
    assert read.text == "甲\n乙\n丙\n丁 戊"
    assert (read.url, read.charset, read.cut) == (HERE, "utf-8", False)


def test_a_page_without_a_charset_in_gbk() -> None:
    body = "<title>青石县人民政府</title><p>政务新媒体</p>".encode("gbk")
    read = read_html(body, "text/html", HERE)
    assert (read.title, read.text, read.charset) == ("青石县人民政府", "政务新媒体", "gb18030")


@pytest.mark.parametrize("body", [b"", b" \n", b"\0\0", b"\xff\xfe", b"<", b"<!--", b"{}"])
def test_any_bytes_are_a_page(body: bytes) -> None:
    read = read_html(body, "", HERE)
    assert (read.anchors, read.pictures, read.cut) == ((), (), False)


def test_nul_bytes_do_not_end_a_page() -> None:
    assert read_html(b"<p>a\0b</p><a href=x>1</a>").text == "ab\n1"


def test_nesting_ends_a_page_and_open_formatting_does_not() -> None:
    most = _html.MOST_NESTED
    assert most == 512
    deep = page("<div>" * (most + 100) + "<a href=x>1</a>")
    assert deep.cut is True
    loose = page("<p><font color=red><b>甲" * 1000 + "<a href=x>1</a>")
    assert (loose.cut, len(loose.anchors)) == (False, 1)
    assert page("<div>" * (most - 10) + "<a href=x>1</a>").anchors[0].url.endswith("/x")


def test_counts_that_no_page_has_end_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (_html.MOST_ANCHORS, _html.MOST_PICTURES, _html.MOST_ELEMENTS) == (
        20_000,
        5_000,
        300_000,
    )
    many = page("<a href=x>1</a>" * 20_001)
    assert (many.cut, len(many.anchors)) == (True, 20_000)
    assert page("<a href=x>1</a>" * 20_000).cut is False
    assert page("<img src=x>" * 5_001).cut is True
    assert page("<p>" * 300_100).cut is True


@pytest.mark.parametrize(
    "text",
    [
        "<font>" * 300_000 + "</div>" * 100_000,
        "<i>" * 100_000 + "</b>" * 300_000,
        "<" * 2_000_000,
        "<a " + "a=b " * 500_000 + ">",
        "<!--" * 500_000,
        "<script>" + "</scrip" * 300_000,
        "<style>" + "{" * 2_000_000,
        "<p class='" + "a " * 1_000_000 + "'><a href=x>",
        ("<div>" * 400 + "<a href=x>a</a>" + "</div>" * 400) * 300,
    ],
    ids=range(9),
)
def test_hostile_pages_end(text: str) -> None:
    assert isinstance(page(text), Html)


def test_a_spot_says_nothing_by_itself() -> None:
    assert Spot() == Spot("", (), (), "")


# --- bounds ----------------------------------------------------------------------------------------


def test_what_stands_far_above_does_not_count_for_rows_and_labels() -> None:
    above = f"<div>{'长' * 3000}</div>"
    read = page(above + "<h3>友情链接</h3><ul><li><a href=x>标题</a> 01-01</li></ul>")
    (only,) = read.anchors
    assert (only.spot.labels, only.spot.row) == (("友情链接",), "标题 01-01")


@pytest.mark.parametrize(("spaces", "row"), [(1193, True), (1194, False)])
def test_a_row_of_many_characters_is_none_even_where_they_are_spaces(
    spaces: int, row: bool
) -> None:
    read = page(f"<ul><li><a href=x>标题</a>{' ' * spaces}01-01</li></ul>")
    assert (read.anchors[0].spot.row != "") is row


def test_words_of_classes_and_ids_are_bounded() -> None:
    assert anchor(f'<a class="{"w" * 41}" href=x>1</a>').spot.words == ("w" * 40,)
    assert anchor(f'<a class="{"w " * 149}ab cd" href=x>1</a>').spot.words == ("w", "ab")
    assert anchor(f'<a id="{"i" * 120}" href=x>1</a>').spot.words == ("i" * 40,)
    many = anchor("".join(f"<div class=c{n}>" for n in range(30)) + "<a href=x>1</a>")
    assert many.spot.words == tuple(f"c{n}" for n in range(29, 5, -1))
    far = anchor("<div class=far>" + "<div>" * 38 + "<a href=x>1</a>")
    assert far.spot.words == ("far",)
    farther = anchor("<div class=far>" + "<div>" * 39 + "<a href=x>1</a>")
    assert farther.spot.words == ()


def test_labels_are_bounded() -> None:
    many = anchor("".join(f"<div><p>标签{n}</p>" for n in range(20)) + "<a href=x>1</a>")
    assert many.spot.labels == tuple(f"标签{n}" for n in range(19, 7, -1))


@pytest.mark.parametrize(("before", "found"), [(3960, 1), (3999, 0)])
def test_what_a_click_does_is_read_from_its_beginning(before: int, found: int) -> None:
    act = "x" * before + ";open('https://t.example/x')"
    assert len(page(f'<a onclick="{act}">1</a>').anchors) == found
    assert len(page(f'<a href="javascript:{act}">1</a>').anchors) == found


def test_metas_and_frames_are_bounded() -> None:
    read = page("".join(f"<meta name=m{n} content=x><iframe src={n}></iframe>" for n in range(600)))
    assert (len(read.metas), len(read.frames)) == (500, 100)


def test_a_long_title_is_cut() -> None:
    assert page(f"<title>{'长' * 400}</title>").title == "长" * 300


def test_a_refresh_without_an_address_leads_nowhere_and_the_first_counts() -> None:
    assert page("<meta http-equiv=refresh content=300><p>x</p>").refresh == ""
    both = "<meta http-equiv=refresh content='0;url=a'><meta http-equiv=refresh content='0;url=b'>"
    assert page(both).refresh == "https://www.qingshi.gov.cn/a/a"


def test_a_picture_names_the_nearest_link_around_it_only_where_that_has_no_words() -> None:
    read = page("<a href=m><img src=1 alt=甲><img src=2 alt=乙></a>")
    assert read.anchors[0].title == "甲"
    assert [p.link for p in read.pictures] == ["https://www.qingshi.gov.cn/a/m"] * 2


@pytest.mark.parametrize(
    "block", ["<img src=q>", "<a href=m><img src=q></a>", "<a href=m>1</a>", "<img src=q>" * 2]
)
def test_a_label_ends_with_a_block_of_links_or_pictures(block: str) -> None:
    read = page(f"<h3>友情链接</h3><div class=a>{block}</div><div class=b><a href=x>1</a></div>")
    assert read.anchors[-1].spot.labels == ()
    read = page("<h3>友情链接</h3><div class=a>...</div><div class=b><a href=x>1</a></div>")
    assert read.anchors[-1].spot.labels == ("友情链接",)


def test_an_embedded_picture_keeps_every_character() -> None:
    assert picture("<img src='data:image/svg+xml,<a b>'>").url == "data:image/svg+xml,<a b>"
    assert picture("<img src='DATA:image/png,a b'>").url == "DATA:image/png,a b"


def test_a_place_keeper_is_known_by_the_beginning_of_its_address() -> None:
    late = "https://www.qingshi.gov.cn/late.png"
    assert picture(f"<img src='/{'x' * 295}lazy.png' data-src=/late.png>").url == late
    assert picture(f"<img src='/{'x' * 296}lazy.png' data-src=/late.png>").url != late
    for name in ("data-original", "data-src", "data-lazy", "lay-src", "original"):
        assert picture(f"<img src=loading.gif {name}=/late.png>").url == late


def test_words_after_much_white_space_are_read() -> None:
    assert anchor(f"<a href=x>{'<b> </b>' * 1100}字</a>").text == "字"
    assert anchor(f"<a href=x>{'<b> </b>' * 1300}字</a>").text == ""


@pytest.mark.parametrize(
    "tag",
    [
        "<meta name=description content='0;url=a'>",
        "<meta property=refresh2 content='0;url=a'>",
        "<meta content='0;url=a'>",
    ],
)
def test_only_a_refresh_leads_on(tag: str) -> None:
    assert page(tag + "<p>x</p>").refresh == ""


def test_a_meta_without_a_name_is_none() -> None:
    assert page("<meta content=x><meta charset=utf-8><p>x</p>").metas == {}
    assert page("<meta name=' ' content=x><p>x</p>").metas == {}


def test_a_click_counts_only_where_the_address_leads_nowhere() -> None:
    both = "<a href=/own onclick=\"open('https://t.example/x')\">1</a>"
    assert anchor(both).url == "https://www.qingshi.gov.cn/own"


@pytest.mark.parametrize("word", ["tit", "news-title", "hd", "box_head", "tab", "tabs", "h-name"])
def test_class_words_that_make_a_heading(word: str) -> None:
    read = page(f'<div class="{word}"><a href=m>新媒体</a></div><ul><li><a href=x>1</a></ul>')
    assert read.anchors[1].spot.labels == ("新媒体",)


@pytest.mark.parametrize("word", ["titan", "shd", "ahead", "table", "rename"])
def test_class_words_that_make_no_heading(word: str) -> None:
    read = page(f'<div class="{word}"><a href=m>新媒体</a></div><ul><li><a href=x>1</a></ul>')
    assert read.anchors[1].spot.labels == ()


def test_a_heading_with_a_picture_is_no_label() -> None:
    read = page("<h3><img src=q>新媒体</h3><p><a href=x>1</a></p>")
    assert read.anchors[0].spot.labels == ()


def test_inline_words_join_and_blocks_part() -> None:
    text = "甲<b>乙</b><span>丙</span><p>丁</p>戊<td>己</td><li>庚</li><option>辛</option>"
    assert page(f"<div>{text}</div>").text.startswith("甲乙丙\n丁\n戊")
    assert page("<p>甲</p>\n\n<p>乙</p>").text == "甲\n乙"


def test_words_out_of_sight_belong_to_the_link_they_stand_in() -> None:
    hidden = anchor("<div hidden>前<a href=x>甲<b>乙</b></a>后</div>")
    assert hidden.text == "甲乙"
    part = anchor("<a href=x>甲<span hidden>乙</span></a>")
    assert part.text == "甲"
    long = anchor(f"<div hidden><a href=x>{'长' * 200}<b>{'长' * 200}</b></a></div>")
    assert long.text == "长" * 300


def test_words_behind_long_white_space_are_beyond_what_is_read() -> None:
    wide = f"<b>{' ' * 400}</b>"
    assert anchor(f"<a href=x> {wide * 2}字</a>").text == "字"
    assert anchor(f"<a href=x> {wide * 4}字</a>").text == ""
