"""What is read by a cheap path is what the thorough one reads; where it cannot tell, it says so."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkers._site.dates import _printed, printed
from checkers._site.hosts import absolute, parts_of
from checkers._site.marks import marks
from checkers._site.tree import read_page
from checkers._web.feed_scan import all_plain, plain
from checkers._web.feeds import RawFeed, RawItem, _exact, _scanned, read_feed
from checkers._web.html import read_html
from checkers._web.pages import scripts_of, split, visible
from checkers._wechat.article import read_article, read_signal
from checkers.base import Inconclusive, Response
from checkers.base.json_bytes import DEEPEST, _whole, read_json
from checkers.feed import _when, _whens
from checkers.signals import fold
from registry.dates import _usual, _plain, _read
from registry.vocab import SiteMark
from tests.checkers import wechat_answers
from tests.checkers.driving import NOON, answer
from tests.checkers.mutations import damaged
from tests.checkers.site_answers import HOME, NEWS, OLD, page

PLAIN = (
    '<rss version="2.0"><channel><title>青石发布</title><link>https://a.example/</link>'
    "<lastBuildDate>Fri, 20 Mar 2026 03:00:00 GMT</lastBuildDate>"
    "<item><title>一</title><link>https://a.example/1</link>"
    "<pubDate>Wed, 18 Mar 2026 10:00:00 +0800</pubDate><author>青石</author></item>"
    "<item><title>二</title><guid>2</guid><description/></item></channel></rss>"
)
WRITTEN = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/">\n<channel>\n<title><![CDATA[青石 &amp; 云川]]></title>\n'
    '<atom:link href="https://hub.example/" rel="self"/>\n<image><url>u</url><title>图</title></image>\n'
    "<item>\n<title>a &#39;b&#8217; &lt;i&gt;c&lt;/i&gt;</title>\n<link>https://a.example/?x=1&amp;y=2"
    "</link>\n<dc:creator>甲</dc:creator><pubDate>Fri, 20 Mar 2026 01:00:00 GMT</pubDate>\n</item>\n"
    "<item><title><![CDATA[]] x]]></title><category a=\"1\" b='2'>c</category></item>\n"
    "</channel>\n</rss>\n"
)
HUB = (
    '<rss version="2.0"><channel><title>青石县的微博</title><ttl>5</ttl>\n<item><title>甲</title>\n'
    "<description>&lt;p&gt;一&lt;br&gt;&amp;nbsp;&lt;a href=&quot;/&quot;&gt;</description>"
    '<link>https://a.example/1?a=1&amp;b=2</link><guid isPermaLink="false">1</guid>'
    "<pubDate>Thu, 19 Mar 2026 16:00:00 GMT</pubDate><author>甲</author></item>\n"
    "<item><title>乙</title><pubDate>Wed, 18 Mar 2026 10:00:00 +0800</pubDate></item></channel></rss>"
)
PIECES = (
    "<item> </item> <title>x</title> <title/> <![CDATA[ ]]> & &amp; &nbsp; &#150; &#x41; <!-- --> \x0b"
    " <pubDate>2026-03-18</pubDate> <dc:date>2026-03-01</dc:date> <guid>1</guid> <x:y/> </channel> </rss>"
    " <author>乙</author> \r\n \u3000 <image> </image> <p> </p> <br/> <?pi?> <!DOCTYPE> <标题>x</标题>"
    " <updated>2026-03-18T10:00:00Z</updated> <a b=1/> \" ' < > = \ufffe"
).split(" ") + [
    '<link href="/q"/>',
    "<![CDATA[ <!ENTITY ]]>",
    "&amp;lt;",
    "&amp;&apos;&quot; ",
    '<a b="1" c="&lt;"/>',
    ' xmlns="http://purl.org/rss/1.0/"',
    " ",
]


@pytest.mark.parametrize("document", [PLAIN, WRITTEN, HUB])
def test_a_feed_as_programs_write_it_needs_no_parser(document: str) -> None:
    found = _scanned(document.encode())
    assert found is not None
    assert found == _exact(document.encode())


def test_a_scanned_feed_has_its_entities_resolved_and_its_marks_left_out() -> None:
    found = read_feed(WRITTEN.encode())
    assert found is not None
    assert found.title == "青石 & 云川"
    assert found.items == (
        RawItem("a 'b’ c", "https://a.example/?x=1&y=2", "Fri, 20 Mar 2026 01:00:00 GMT"),
        RawItem("]] x"),
    )


@pytest.mark.parametrize(
    "document",
    [
        PLAIN.replace("一", "一 & 二"),
        PLAIN.replace("一", "<b>一</b>"),
        PLAIN.replace("<guid>", "<x:guid>"),
        PLAIN.replace("</item>", "", 1),
        PLAIN[:-1],
        PLAIN.replace("一", "\x0b"),
        PLAIN.replace("一", "]]>"),
        PLAIN.replace("<item>", "<!-- <item> -->", 1),
    ],
)
def test_what_is_not_well_formed_or_not_plain_is_left_to_a_parser(document: str) -> None:
    assert _scanned(document.encode()) is None


@given(damaged([PLAIN, WRITTEN, HUB], PIECES, ["utf-8", "utf-8", "utf-8-sig", "gb18030"]))
def test_whatever_is_scanned_is_what_a_parser_reads(body: bytes) -> None:
    found: RawFeed | None = _scanned(body)
    assert found is None or found == _exact(body)


ARTICLE = wechat_answers.article(body="<p>一</p><span>二</span>" * 20)
NOTICE = '<html><body><div class="weui-msg__title">该内容已被发布者删除</div></body></html>'
OF_PAGES = [
    *(
        '<script>var ct = "1773800000";',
        "</script>",
        "<SCRIPT>",
        "<!--",
        "-->",
        "<style>",
        "</style>",
    ),
    *(
        "此内容因违规无法查看",
        '<meta property="og:title" content="题">',
        "&nbsp;",
        "&am",
        "p;",
        "<",
        ">",
    ),
    *("<a ", "页面不存在", "<title>404</title>", "\n", "<p>", '<p title="a<b">', "'", '"'),
]


@given(damaged([ARTICLE, NOTICE, page(NEWS + OLD)], OF_PAGES))
def test_a_link_to_an_article_is_told_what_the_whole_article_would_tell(body: bytes) -> None:
    response = answer(body, url="https://mp.weixin.qq.com/s/abc")
    assert read_signal(response) == read_article(response).signal


@given(damaged([ARTICLE * 3, NOTICE * 40, page(NEWS + OLD) * 4], OF_PAGES), st.integers(1, 900))
def test_the_beginning_of_a_page_is_long_enough_exactly_when_the_page_is(
    body: bytes, most: int
) -> None:
    text = body.decode()
    begun, whole = visible(text, most), split(text).visible
    assert whole.startswith(begun)
    assert (len(begun) >= most) == (len(whole) >= most)
    assert begun == whole or len(begun) >= most
    assert "\n".join(scripts_of(text)) == split(text).scripts


_SPELLED = [
    "\\ud83d",
    "\\ude00",
    "\\uD83D\\uDE00",
    "\\\\",
    "\\u4e2d",
    "a",
    "\\udfff",
    "😀",
    "\ud800",
]


@given(st.lists(st.sampled_from(_SPELLED), max_size=8).map("".join))
def test_json_never_leaves_half_a_character_behind(spelled: str) -> None:
    body = f'{{"{spelled}": ["{spelled}"]}}'.encode(errors="surrogatepass")
    try:
        read = answer(body).json()
    except Inconclusive:
        with pytest.raises(ValueError):
            json.loads(body)
        return
    assert read == _whole(json.loads(body))


_BOUNDS = [2**63 - 1, 2**63, 2**64 - 1, 2**64, -(2**63), -(2**63) - 1, 10**19, 10**20 - 1]
_NUMBERS = st.sampled_from(_BOUNDS) | st.integers() | st.integers(10**17, 10**22).map(int.__neg__)
_VALUES = st.recursive(
    st.none() | st.booleans() | _NUMBERS | st.floats() | st.text(st.characters(codec="utf-8")),
    lambda within: st.lists(within) | st.dictionaries(st.text(), within),
    max_leaves=12,
)


_DATE = "Fri, 20 Mar 2026 03:00:00 "


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        (_DATE + "GMT", datetime(2026, 3, 20, 3, tzinfo=UTC)),
        (_DATE + "+0800", datetime(2026, 3, 19, 19, tzinfo=UTC)),
        ("Friday, 20-Mar-26 03:00:00 GMT", datetime(2026, 3, 20, 3, tzinfo=UTC)),
        (_DATE + "-0000", NOON),
        ("Fri, 20 Mar 2020 03:00:00 GMT", NOON),
        ("Fri, 31 Feb 2026 03:00:00 GMT", NOON),
        ("soon GMT", NOON),
        ("", NOON),
    ],
)
def test_an_answer_was_written_when_its_date_says_or_when_it_came(
    said: str, moment: datetime
) -> None:
    found = Response("https://q.example/", 200, {"date": said}, b"", NOON).moment
    assert (found, found.tzinfo) == (moment, UTC)


_CHARACTERS = st.sampled_from(
    [
        "&amp;",
        "&lt;",
        "lt;",
        "&quot;",
        "&apos;",
        "&#39;",
        "&nbsp;",
        "&",
        ";",
        " ",
        "青",
        "<![CDATA[&lt;]]>",
    ]
)


@given(st.lists(st.lists(_CHARACTERS, max_size=6).map("".join), min_size=1, max_size=3))
def test_texts_of_a_column_are_made_plain_as_each_by_itself_is(texts: list[str]) -> None:
    assert [*all_plain(texts)] == [*map(plain, texts)]


def _told(body: bytes, read: Callable[[bytes], object]) -> str:
    """What the reader makes of it, told so that 1 and 1.0 differ and NaN is like NaN."""
    try:
        return repr(read(body))
    except (ValueError, RecursionError):
        return "refused"


def _by_the_library(body: bytes) -> object:
    return _whole(json.loads(body))


@given(_VALUES, st.sampled_from([None, 1]), st.booleans(), st.integers(0, 7))
def test_json_is_read_as_the_standard_library_reads_it(
    value: object, indent: int | None, escaped: bool, ahead: int
) -> None:
    text = " " * ahead + json.dumps(value, indent=indent, ensure_ascii=escaped)
    body = text.encode(errors="surrogatepass")
    assert _told(body, read_json) == _told(body, _by_the_library)


@pytest.mark.parametrize("far", ["", "7" * 9000])
@pytest.mark.parametrize("value", ["1", "18446744073709551616", '"\\ud800"', "NaN"])
@pytest.mark.parametrize(("opened", "closed"), [("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")])
def test_what_is_nested_beyond_reason_is_refused_whichever_reader_has_its_turn(
    opened: str, closed: str, value: str, far: str
) -> None:
    def nested(depth: int) -> bytes:
        times, rest = divmod(depth - 1, 2 if len(opened) == 6 else 1)
        inner = f"[{value}]" if rest else value
        return f'["{far}", {opened * times}{inner}{closed * times}]'.encode()

    assert read_json(nested(DEEPEST))
    for depth in (DEEPEST + 1, 900, 1000, 1023, 1024, 1025, 5000):
        with pytest.raises(ValueError):
            read_json(nested(depth))


def test_many_lists_beside_each_other_are_not_deep() -> None:
    beside = [[[]] * 3000, {"text": "[{" * 3000}]
    assert read_json(json.dumps(beside).encode()) == beside


_DOCUMENT = '{"mid": "4123456789012345678", "id": 123456789012345678, "t": -1.5e3, "x": [null, "青\\u77f3"]}'
_LETTERS = (
    '" 0 1 9 - . e E + [ ] { } , : \\ \\u \\ud800 \\n \x00 \t \x0b NaN Infinity -Infinity null true 00 -0 1e400'
    " 18446744073709551615 18446744073709551616 -9223372036854775808 -9223372036854775809 \ufeff \u3000"
    " 12345678901234567890123 1234567890123456789012.5 \x7f"
).split(" ")


@given(
    damaged(
        [_DOCUMENT], _LETTERS, ["utf-8", "utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-be"]
    )
)
def test_damaged_json_is_read_as_the_standard_library_reads_it(body: bytes) -> None:
    assert _told(body, read_json) == _told(body, _by_the_library)


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("digits", range(17, 24))
@pytest.mark.parametrize("ahead", range(8))
def test_a_whole_number_stays_whole_however_long_it_is_and_wherever_it_stands(
    sign: str, digits: int, ahead: int
) -> None:
    number = int(sign + "9" * digits)
    body = f'[{" " * ahead}{number}, "{"7" * ahead}", {number}]'.encode()
    assert repr(read_json(body)) == repr([number, "7" * ahead, number])


_MONTH, _CLOCK = "(Jan|Feb|Mar|Dec|Foo)", r"[0-2]\d:[0-6]\d:[0-6]\d"
_YEAR, _ZONE = r"(20[0-3]\d|1970|21\d\d)", r"(GMT|[+-][01]\d[0-7]\d)"
_CLOCKS = st.from_regex(
    rf"[A-Z][a-z]{{2}}, [0-3]\d {_MONTH} {_YEAR} {_CLOCK} {_ZONE}", fullmatch=True
)
_OF_API = st.from_regex(
    rf"[A-Z][a-z]{{2}} {_MONTH} [0-3]\d {_CLOCK} {_ZONE} {_YEAR}", fullmatch=True
)


@given(_CLOCKS | _OF_API)
def test_the_date_of_a_feed_or_of_weibo_is_read_as_every_other_form_is(text: str) -> None:
    found = _usual(text)
    if found is not None:
        assert found == _read(_plain(text), NOON)


@given(st.lists(_CLOCKS | st.sampled_from(["", "2026-03-18", "刚刚"]), max_size=4))
def test_dates_that_are_read_at_once_are_those_read_one_by_one(texts: list[str]) -> None:
    assert _whens(texts, NOON) == [_when(text, NOON) for text in texts]


_HREFS = [
    *(
        "/a/1.html",
        "./b/",
        "c.htm?x=1",
        "../d",
        "//e.example/f",
        "https://g.example:80/h#i",
        "http://g.example:8080/a/b.html",
        "https://g.example:/a",
        "#j",
        "",
    ),
    *(
        "javascript:void(0)",
        "/k//l",
        "/m/./n",
        " o ",
        "p\nq",
        "?r",
        "中文.html",
        "x:y",
        "http://[bad",
    ),
]
_BASES = [
    "https://www.qingshi.gov.cn/",
    "https://www.qingshi.gov.cn",
    "http://qingshi.gov.cn/a/b/c.html",
    "http://qingshi.gov.cn:8080/a//b?c=/d",
    "http://qingshi.gov.cn/a/../b",
    "http://QINGSHI.gov.cn./x",
]
_ADDRESS = st.sampled_from(_HREFS) | st.text("ab./?#:;%=&~ -", max_size=12)


@given(st.sampled_from(_BASES), _ADDRESS)
def test_a_link_is_made_whole_as_the_library_makes_it(base: str, href: str) -> None:
    def thorough() -> str:
        stripped = re.sub(r"[\t\r\n]", "", href).strip()
        if not stripped or stripped.startswith("#"):
            return ""
        try:
            url = urljoin(base, stripped).partition("#")[0]
            return url if urlsplit(url).hostname and url.startswith("http") else ""
        except ValueError:
            return ""

    assert absolute(base, href) == thorough()


@given(st.sampled_from([*_BASES, ""]), st.sampled_from([h for h in _HREFS if h and h[0] != "#"]))
def test_a_link_of_a_page_is_made_whole_as_the_library_makes_it(base: str, href: str) -> None:
    def thorough() -> str:
        stripped = re.sub(r"\s", "", href)
        try:
            urlsplit(url := urljoin(base, stripped))
        except ValueError:
            return stripped
        return url

    anchors = read_html(f'<a href="{href}">青石</a>'.encode(), "text/html; charset=utf-8", base)
    assert [anchor.url for anchor in anchors.anchors] == [
        thorough() for _link in range(not href.startswith("javascript:"))
    ]


_PORTS = st.sampled_from(["", ":", ":80", ":8080", ":000443", ":1a"])


@given(st.tuples(_PORTS, _ADDRESS).map(lambda rest: f"https://www.qingshi.gov.cn{''.join(rest)}"))
def test_an_address_is_taken_apart_as_the_library_takes_it(url: str) -> None:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        with pytest.raises(ValueError):
            parts_of(url)
        return
    assert parts_of(url) == (host, parts.path, parts.query)


@given(st.text("0123456789-/.年月日前天昨今 :：[](青石县２⑱〇ab\u3000", max_size=14))
def test_no_text_that_names_a_day_is_passed_over(text: str) -> None:
    assert printed(text, NOON) == _printed(text, NOON)


def test_a_home_page_without_its_province_shows_no_number_of_registration() -> None:
    shown = page(
        "<p>abc ICP备12345678号 滇 ICP备87654321号-2 公网安备53000002000001号</p>", foot=""
    )
    read = read_page(Response(HOME, 200, {}, shown.encode(), NOON))
    assert read is not None
    found = marks(read)
    assert found[SiteMark.ICP] == "滇 ICP备87654321号-2"
    assert found[SiteMark.POLICE] == "公网安备53000002000001号"


@given(st.text() | st.text("a é\u0301青帐账２①ﬁ㋀，…\u3099か가ᄀ\u1161_-A", max_size=12))
def test_words_are_folded_as_the_whole_text_would_be(text: str) -> None:
    plain = unicodedata.normalize("NFKC", text).casefold().replace("帐", "账")
    assert fold(text) == "".join(char for char in plain if char.isalnum())


@pytest.mark.parametrize(
    "broken", ["-->http://a.example/", "http:// a.example/", "", "http://a.example/%"]
)
def test_a_namespace_that_may_be_none_is_for_a_parser_to_judge(broken: str) -> None:
    document = f'<rss version="2.0" xmlns:dc="{broken}"><channel><title>甲</title></channel></rss>'
    assert _scanned(document.encode()) is None
