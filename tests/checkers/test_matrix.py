"""A unit's site walked for its accounts: what is asked for, what is taken, and where it ends."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import pytest
from PIL import Image

from checkers._matrix import reading as _matrix
from checkers._matrix.reading import Eye, Matrix
from checkers._matrix.words import Whose
from checkers.base import Facts, Failure, Inconclusive, LinkFact, Request, Response, Target
from checkers.loading import load_checkers
from registry.platforms import PlatformCatalogue
from registry.vocab import LinkKind, Reason
from tests.checkers.qr_images import qr, saved

SITE = "https://www.qingshi.gov.cn"
HTML = {"content-type": "text/html; charset=utf-8"}
_CATALOGUE = load_checkers()
_PLATFORMS = PlatformCatalogue.with_known(_CATALOGUE.infos(), _CATALOGUE.identify)
EYE = Eye(
    _CATALOGUE.identify, _PLATFORMS.mentioned, Whose(frozenset({"青石"}), frozenset({"云川"}))
)
WEIBO, DOUYIN = (
    "https://weibo.com/u/1000000001",
    "https://www.douyin.com/user/MS4wLjABAAAAqingshi_wenlv_00000000000000001",
)


class Walked:
    """One walk over made-up addresses; an address that is not among them answers 404."""

    def __init__(self, answers: Mapping[str, Any], start: str = f"{SITE}/") -> None:
        self.asked: list[Request] = []
        self.rounds: list[list[str]] = []
        steps = Matrix(EYE).check(Target("", "", url=start), "matrix")
        self.outcome: Facts | Inconclusive
        sent: Any = None
        try:
            while True:
                wanted = steps.send(sent)
                assert isinstance(wanted, list)
                self.asked += wanted
                self.rounds.append([request.url.removeprefix(SITE) for request in wanted])
                sent = [_answer(request.url, answers) for request in wanted]
        except StopIteration as stop:
            self.outcome = stop.value
        except Inconclusive as stop:
            self.outcome = stop

    @property
    def urls(self) -> list[str]:
        return [request.url.removeprefix(SITE) for request in self.asked]

    @property
    def facts(self) -> Facts:
        assert isinstance(self.outcome, Facts), self.outcome
        return self.outcome

    @property
    def found(self) -> dict[str, str]:
        """Address → name."""
        return {link.url: link.label for link in self.facts.links}

    @property
    def unread(self) -> dict[str, tuple[str, Reason | None]]:
        return {
            fact.url.removeprefix(SITE): (fact.signal, fact.failure)
            for fact in self.facts.link_facts
        }


def _answer(url: str, answers: Mapping[str, Any]) -> Response:
    said = answers.get(url.removeprefix(SITE), 404)
    if isinstance(said, Response):
        return said
    if isinstance(said, bytes):
        return Response(url, 200, {"content-type": "image/png"}, said)
    if isinstance(said, int):
        return Response(url, said, HTML, b"<p>x</p>")
    if said.startswith("-> "):
        return Response(url, 302, {"location": said[3:]})
    return Response(url, 200, HTML, said.encode())


def home(text: str, **others: Any) -> Walked:
    title = "<title>青石县人民政府</title>"
    return Walked({"/": f"{title}{text}<p>y</p>", **{f"/{k}": v for k, v in others.items()}})


def link(url: str, text: str = "青石", **attributes: str) -> str:
    more = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    return f'<a href="{url}" {more}>{text}</a>'


# --- links -----------------------------------------------------------------------------------------


def test_an_account_is_kept_with_its_name_its_page_and_its_title() -> None:
    walked = home(link(WEIBO, "青石发布微博"))
    (only,) = walked.facts.links
    assert (only.label, only.kind, only.url) == ("青石发布", LinkKind.URL, WEIBO)
    assert only.path == ("青石县人民政府", f"{SITE}/")
    assert walked.rounds == [["/"]]
    assert walked.asked[0].redirects is False
    assert walked.facts.link_facts == ()


def test_an_account_shown_twice_is_one_and_keeps_the_name_it_has() -> None:
    walked = home(link(WEIBO, "微博") + link(WEIBO, "青石发布") + link(WEIBO, "青石公安"))
    assert walked.found == {WEIBO: "青石发布"}


@pytest.mark.parametrize(
    "text",
    [
        link(WEIBO, hidden=""),
        f"<div style='display:none'>{link(WEIBO)}</div>",
        link("http://service.weibo.com/share/share.php?url=https://weibo.com/u/1000000001"),
        link("mailto:a@b.example"),
        f"<h3>友情链接</h3><ul><li>{link(WEIBO)}</li></ul>",
        link(WEIBO, "云川发布"),
        link(WEIBO, "微博", title="云川发布"),
        f"<li>云川市融媒体中心 {link(WEIBO, '微博')}</li>",
        link(WEIBO, "山河县人民政府微博"),
        f"<div class=article>{link(WEIBO)}</div>",
        f"<p>{'长' * 80}。{link(WEIBO)}</p>",
        link("https://weibo.com/1000000001/AbCdEfGhI", "青石发布：今日天气"),
        link(
            "https://mp.weixin.qq.com/s?__biz=MzAwMDAwMDAwMQ==", "微信里一条长长的长长的长长的文章"
        ),
        link("https://www.yunchuan.gov.cn/", "市政府"),
        link("https://www.example.org/", "某网"),
        f"<!-- {link(WEIBO)} -->",
    ],
)
def test_what_is_not_the_unit_s_is_not_taken_nor_asked_for(text: str) -> None:
    walked = home(text)
    assert (walked.found, walked.urls) == ({}, ["/"])


def test_a_long_row_names_nobody() -> None:
    walked = home(f"<li>{'长' * 60}云川 {link(WEIBO, '微博')}</li>")
    assert list(walked.found) == [WEIBO]
    walked = home(f"<li>{'长' * 50}云川 {link(WEIBO, '微博')}</li>")
    assert walked.found == {}


def test_one_article_stands_for_an_account_where_a_short_label_says_so() -> None:
    article = "https://mp.weixin.qq.com/s?__biz=MzAwMDAwMDAwMQ=="
    assert home(link(article, "青石发布微信公众号")).found == {article: "青石发布"}
    assert home(link(article, "青石发布")).found == {}
    assert list(home(link(article, "微信" + "长" * 13)).found) == [article]
    assert home(link(article, "微信" + "长" * 14)).found == {}


@pytest.mark.parametrize("words", ["转发微博", "微博原文", "查看微博", "来源：微博", "微博视频"])
def test_words_about_one_post_stand_for_no_account(words: str) -> None:
    assert home(link("https://weibo.com/1000000001/AbCdEfGhI", words)).facts.links == ()
    assert home(link("https://weibo.com/1000000001/AbCdEfGhI", "青石视频号微博")).facts.links != ()


@pytest.mark.parametrize("front", ["https://weibo.com/", "https://v.douyin.com", "https://t.cn/"])
def test_the_front_page_of_a_platform_is_nobody_s_account_and_not_asked_for(front: str) -> None:
    walked = home(link(front, "青石微博"))
    assert isinstance(walked.outcome, Facts)
    assert (walked.rounds, walked.outcome.link_facts) == ([["/"]], ())


def test_among_the_unit_s_accounts_the_row_or_the_heading_may_name_the_platform() -> None:
    column = link("/m.html", "政务新媒体矩阵")
    title = "<title>政务新媒体矩阵</title>"
    rows = f"<ul><li>抖音：{link('/s1', '青石文旅')}</li></ul>"
    for shown in (rows, f"<h3>抖音</h3><p>{link('/s1', '青石文旅')}</p>"):
        walked = home(column, **{"m.html": title + shown, "s1": f"-> {DOUYIN}"})
        assert [(one.label, one.url) for one in walked.facts.links] == [("青石文旅", DOUYIN)]
    elsewhere = home(rows, s1=f"-> {DOUYIN}")
    assert elsewhere.facts.links == ()


@pytest.mark.parametrize(("length", "taken"), [(40, True), (41, False)])
def test_a_row_that_names_the_platform_is_short(length: int, taken: bool) -> None:
    row = f"<ul><li>抖音 {'长' * (length - 8)} {link('/s1', '青石文旅')}</li></ul>"
    column = link("/m.html", "政务新媒体矩阵")
    walked = home(column, **{"m.html": f"<title>政务新媒体矩阵</title>{row}", "s1": f"-> {DOUYIN}"})
    assert (walked.facts.links != ()) is taken


def test_a_link_to_the_picture_of_a_code_is_a_code() -> None:
    column = link("/q.png", "青石发布微博二维码")
    (found,) = home(column, **{"q.png": qr(WEIBO)}).facts.links
    assert (found.url, found.kind, found.label) == (WEIBO, LinkKind.QR, "青石发布")


def test_pages_of_the_site_within_a_page_are_read_too() -> None:
    frames = '<iframe src="/in.html"></iframe><iframe src="https://other.example/"></iframe>'
    walked = home(frames, **{"in.html": link(WEIBO, "青石发布微博")})
    assert [one.url for one in walked.facts.links] == [WEIBO]
    assert walked.rounds == [["/"], ["/in.html"]]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('<a href="/">首页</a><ul id="l"></ul><script src="/a.js"></script>', True),
        ('<a href="/">首页</a><p>没有账号</p>', False),
        (link(WEIBO, "青石发布微博") + '<ul id="l"></ul><script src="/a.js"></script>', False),
    ],
)
def test_a_column_of_accounts_that_scripts_may_fill_was_not_read(body: str, told: bool) -> None:
    title = "<title>政务新媒体矩阵</title>"
    walked = home(link("/m.html", "政务新媒体矩阵"), **{"m.html": title + body})
    assert isinstance(walked.outcome, Facts)
    fact = LinkFact(f"{SITE}/m.html", 200, failure=Reason.CHANGED_LAYOUT)
    assert walked.outcome.link_facts == ((fact,) if told else ())


def test_another_page_that_scripts_may_fill_is_no_matter() -> None:
    filled = '<a href="/">首页</a><ul id="l"></ul><script src="/a.js"></script>'
    walked = home(link("/w.html", "微博") + filled, **{"w.html": filled})
    assert isinstance(walked.outcome, Facts) and walked.outcome.link_facts == ()


def test_a_heading_over_a_link_may_be_its_name() -> None:
    assert home(f"<h4>青石文旅</h4>{link(WEIBO, '微博')}").found == {WEIBO: "青石文旅"}
    assert home(f"<li>青石农业 {link(WEIBO, '微博')}</li>").found == {WEIBO: "青石农业"}


# --- columns ---------------------------------------------------------------------------------------


def test_columns_of_the_site_are_followed_and_those_of_others_are_not() -> None:
    walked = home(
        link("/xmt/", "政务新媒体")
        + link("/wb/", "官方微博")
        + link("/t/", "x", title="联系我们")
        + link("/news/", "要闻")
        + link("https://other.gov.cn/xmt/", "政务新媒体")
        + f"<h3>友情链接</h3><div>{link('/links/', '新媒体')}</div>",
        **{"xmt/": link(WEIBO, "青石发布"), "wb/": link(DOUYIN, "x"), "t/": "<p>z</p>"},
    )
    assert walked.rounds == [["/"], ["/xmt/", "/wb/", "/t/"]]
    assert walked.found == {WEIBO: "青石发布", DOUYIN: ""}
    assert walked.unread == {}


def test_a_column_of_accounts_may_list_departments_by_short_names_and_in_an_article() -> None:
    listed = f"<div class=article><li>生态环境局 {link(WEIBO, '微博')}</li></div>"
    walked = home(link("/xmt/", "政务新媒体"), **{"xmt/": listed})
    assert walked.found == {WEIBO: "生态环境局"}
    assert home(listed).found == {}
    titled = home(link("/wb/", "官微集锦微博"), **{"wb/": f"<title>新媒体矩阵</title>{listed}"})
    assert titled.found == {WEIBO: "生态环境局"}
    plain = home(link("/wb/", "微博集锦"), **{"wb/": f"<title>集锦</title>{listed}"})
    assert plain.found == {}


def test_columns_are_followed_two_deep_and_each_once() -> None:
    walked = home(
        link("/a/", "新媒体") + link("/a", "新媒体") + link("/a/#top", "新媒体"),
        **{
            "a/": link("/b/", "政务微博") + link("/", "关注我们"),
            "b/": link("/c/", "新媒体"),
        },
    )
    assert walked.rounds == [["/"], ["/a/"], ["/b/"]]


def test_pages_are_bounded() -> None:
    assert (_matrix.MOST_PAGES, _matrix.DEEPEST, _matrix.MOST_HOPS) == (12, 2, 5)
    walked = home("".join(link(f"/{n}/", "新媒体") for n in range(30)))
    assert len(walked.urls) == 12


def test_a_column_that_cannot_be_read_is_told() -> None:
    walked = home(
        link("/a/", "新媒体") + link("/b/", "关注我们") + link("/c/", "联系我们") + link(WEIBO),
        **{"a/": 503, "b/": 404, "c/": Response("", 200, HTML, b" ")},
    )
    assert walked.unread == {
        "/a/": ("", Reason.SERVER_ERROR),
        "/b/": ("", Reason.NOT_FOUND),
        "/c/": ("", Reason.EMPTY_BODY),
    }
    assert list(walked.found) == [WEIBO]


def test_a_page_that_was_not_read_to_its_end_is_told() -> None:
    walked = home(link(WEIBO) + "<div>" * 600)
    assert walked.unread == {"/": ("", Reason.TOO_LARGE)}
    assert list(walked.found) == [WEIBO]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (403, Reason.BLOCKED),
        (404, Reason.NOT_FOUND),
        (500, Reason.SERVER_ERROR),
        (Response("", 0, failure=Failure(Reason.DNS)), Reason.DNS),
        (Response("", 200, HTML, b"<html></html>"), Reason.CHANGED_LAYOUT),
        ("-> /", Reason.REDIRECT_LOOP),
    ],
)
def test_a_site_that_cannot_be_read_has_a_reason(answer: Any, reason: Reason) -> None:
    outcome = Walked({"/": answer}).outcome
    assert isinstance(outcome, Inconclusive)
    assert (outcome.reason, outcome.detail) == (reason, f"{SITE}/")


# --- redirects -------------------------------------------------------------------------------------


def test_the_site_itself_may_lead_to_another_host_and_columns_are_that_site_s() -> None:
    new = "https://www.new.gov.cn"
    walked = Walked(
        {
            "/": f"-> {new}/index.html",
            f"{new}/index.html": link("/xmt/", "新媒体") + link(f"{SITE}/old/", "新媒体"),
            f"{new}/xmt/": link(WEIBO, "青石发布"),
        }
    )
    assert walked.urls == ["/", f"{new}/index.html", f"{new}/xmt/"]
    assert walked.found == {WEIBO: "青石发布"}


def test_a_page_that_only_leads_on_is_followed() -> None:
    walked = Walked(
        {
            "/": "<meta http-equiv=refresh content='0;url=/index.html'>",
            "/index.html": link(WEIBO),
        }
    )
    assert walked.urls == ["/", "/index.html"]
    stays = home("<meta http-equiv=refresh content='600;url=/x'>" + link(WEIBO))
    assert stays.urls == ["/"]


def test_a_column_that_leads_to_an_account_is_that_account() -> None:
    walked = home(link("/go/wb", "青石发布微博"), **{"go/wb": f"-> {WEIBO}"})
    assert walked.found == {WEIBO: "青石发布"}
    assert walked.facts.links[0].path == ("青石县人民政府", f"{SITE}/")
    out = home(link("/go/x", "新媒体"), **{"go/x": "-> https://www.example.org/"})
    assert (out.urls, out.found, out.unread) == (["/", "/go/x"], {}, {})


def test_short_links_are_followed_until_they_name_an_account() -> None:
    walked = home(
        link("https://t.cn/a", "x") + link("https://go.example/b", "青石抖音"),
        **{"x": 1},
    )
    assert walked.urls == ["/", "https://t.cn/a", "https://go.example/b"]
    answers = {
        "/": link("https://t.cn/a", "x") + link("https://go.example/b", "青石文旅抖音"),
        "https://t.cn/a": "-> https://url.cn/c",
        "https://url.cn/c": f"-> {WEIBO}",
        "https://go.example/b": "-> /next",
        "https://go.example/next": f"-> {DOUYIN}",
    }
    walked = Walked(answers)
    assert walked.found == {WEIBO: "", DOUYIN: "青石文旅"}
    assert WEIBO not in walked.urls and DOUYIN not in walked.urls


def test_a_platform_s_own_short_address_is_an_account_even_where_it_does_not_open() -> None:
    short = "https://v.douyin.com/abcd/"
    assert home(link(short, "青石抖音")).found == {short: "青石抖音"}
    walled = Walked({"/": link(short, "青石抖音"), short: 403})
    assert (walled.found, walled.unread) == ({short: "青石抖音"}, {})
    landed = Walked({"/": link(short, "青石抖音"), short: "<p>x</p>"})
    assert landed.found == {short: "青石抖音"}
    led = Walked({"/": link(short, "青石抖音"), short: f"-> {DOUYIN}"})
    assert led.found == {DOUYIN: "青石抖音"}


def test_a_short_link_that_ends_nowhere_is_no_account() -> None:
    walked = Walked({"/": link("https://t.cn/a"), "https://t.cn/a": "<p>x</p>"})
    assert (walked.found, walked.unread) == ({}, {})
    lost = Walked({"/": link("https://t.cn/a"), "https://t.cn/a": 404})
    assert lost.unread == {"https://t.cn/a": ("", Reason.NOT_FOUND)}
    round_ = Walked({"/": link("https://t.cn/a"), "https://t.cn/a": "-> https://t.cn/a"})
    assert round_.unread == {"https://t.cn/a": ("", Reason.REDIRECT_LOOP)}
    assert round_.urls == ["/"] + ["https://t.cn/a"] * 6
    apart = Walked({"/": link("https://t.cn/a"), "https://t.cn/a": "-> weixin://x"})
    assert (apart.found, apart.unread) == ({}, {})


def test_a_short_link_to_a_website_or_a_share_is_no_account() -> None:
    website = Walked({"/": link("https://t.cn/a"), "https://t.cn/a": "-> https://www.x.gov.cn/"})
    assert (website.found, len(website.urls)) == ({}, 2)
    assert home(link("https://www.x.gov.cn/", "微博")).urls == ["/"]


def test_short_links_are_bounded() -> None:
    assert _matrix.MOST_SHORT == 40
    walked = home("".join(link(f"https://t.cn/{n}", "x") for n in range(60)))
    assert len(walked.urls) == 41


# --- pictures --------------------------------------------------------------------------------------


def test_a_code_is_read_and_named_by_the_words_beside_it() -> None:
    walked = home(
        "<li><img src=/a.png alt=二维码><p>青石发布微博</p></li>",
        **{"a.png": qr(WEIBO)},
    )
    (only,) = walked.facts.links
    assert (only.label, only.kind, only.url) == ("青石发布", LinkKind.QR, WEIBO)
    assert only.path == ("青石县人民政府", f"{SITE}/")
    assert walked.asked[1].headers == (("Accept", "image/*,*/*;q=0.5"),)


def test_a_code_within_the_page_is_read_without_asking() -> None:
    data = "data:image/png;base64," + base64.b64encode(qr(WEIBO)).decode()
    walked = home(f"<img src='{data}' alt=青石发布二维码>")
    assert (walked.found, walked.urls) == ({WEIBO: "青石发布"}, ["/"])


def test_a_code_of_wechat_is_an_account_nobody_can_tell_from_others() -> None:
    code = "http://weixin.qq.com/r/AbCdEf"
    walked = home("<img src=/a.png alt=微信>", **{"a.png": qr(code)})
    assert walked.found == {code: ""}


def test_a_short_link_in_a_code_is_followed() -> None:
    answers = {
        "/": "<img src=/a.png alt=青石文旅抖音>",
        "/a.png": qr("https://go.example/x"),
        "https://go.example/x": f"-> {DOUYIN}",
    }
    walked = Walked(answers)
    assert walked.rounds == [["/"], ["/a.png"], ["https://go.example/x"]]
    (only,) = walked.facts.links
    assert (only.url, only.label, only.kind) == (DOUYIN, "青石文旅", LinkKind.QR)


@pytest.mark.parametrize(
    "text",
    [
        "青石县人民政府 0555-1234567",
        "weixin://dl/x",
        f"{SITE}/m/",
        "https://weibo.com/1000000001/AbCdEfGhI",
    ],
)
def test_a_code_without_an_account_is_none(text: str) -> None:
    walked = home("<img src=/a.png alt=二维码>", **{"a.png": qr(text)})
    assert (walked.found, walked.urls, walked.unread) == ({}, ["/", "/a.png"], {})


@pytest.mark.parametrize(
    "text",
    [
        "<img src=/a.png alt=风景>",
        "<img src=/a.png alt=二维码 style='width:0;overflow:hidden'>",
        "<div style='position:absolute;left:-999px'><img src=/a.png alt=二维码></div>",
        "<h3>友情链接</h3><div><img src=/a.png alt=微信></div>",
        "<img src=/a.png alt=云川发布微信>",
        "<div class=article><img src=/a.png alt=微信></div>",
    ],
)
def test_pictures_that_are_not_looked_at(text: str) -> None:
    assert home(text, **{"a.png": qr(WEIBO)}).urls == ["/"]


@pytest.mark.parametrize(
    "text",
    [
        "<img src=/a.png alt=二维码>",
        "<img src=/a.png title=扫一扫>",
        "<div class=ewm><img src=/a.png></div>",
        "<h3>新媒体矩阵</h3><div><img src=/a.png></div>",
        "<div style='display:none'><img src=/a.png alt=二维码></div>",
        "<li><img src=/a.png>微信</li>",
    ],
)
def test_pictures_that_are_looked_at(text: str) -> None:
    assert home(text, **{"a.png": qr(WEIBO)}).urls == ["/", "/a.png"]


def test_every_picture_of_a_column_of_accounts_is_looked_at() -> None:
    walked = home(link("/xmt/", "新媒体"), **{"xmt/": "<img src=/1.png>", "1.png": qr(WEIBO)})
    assert walked.urls == ["/", "/xmt/", "/1.png"]


def test_an_image_without_a_code_is_told_where_it_is_called_one() -> None:
    blank = saved(Image.new("L", (90, 90), 255))
    walked = home(
        "<h3>新媒体矩阵</h3><div><img src=/1.png><img src=/2.png alt=青石办事小程序></div>",
        **{"1.png": blank, "2.png": blank},
    )
    assert walked.facts.link_facts == (
        LinkFact(f"{SITE}/2.png", 200, signal="qr_unreadable", detail="青石办事"),
    )


def test_an_image_that_does_not_come_is_told() -> None:
    walked = home(
        "<img src=/1.png alt=微信><img src=/2.png alt=微信><img src=/3.png alt=微信>",
        **{"1.png": Response("", 0, failure=Failure(Reason.TIMEOUT)), "2.png": 404},
    )
    assert walked.unread == {"/1.png": ("", Reason.TIMEOUT)}


def test_pictures_are_bounded_and_each_is_asked_for_once() -> None:
    assert _matrix.MOST_PICTURES == 40
    walked = home("".join(f"<img src=/{n // 2}.png alt=二维码>" for n in range(100)))
    assert len(walked.rounds[1]) == 40
    assert len(set(walked.rounds[1])) == 40


def test_the_source_proves_links_alone() -> None:
    (source,) = Matrix.sources
    assert (source.name, {proof.value for proof in source.proves}) == ("matrix", {"links"})


# --- bounds ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "followed"),
    [(301, True), (302, True), (303, True), (307, True), (308, True), (300, False), (304, False)],
)
def test_which_answers_lead_on(status: int, followed: bool) -> None:
    led = Response("", status, {"location": WEIBO, **HTML}, b"<p>x</p>")
    walked = Walked({"/": link("https://t.cn/a"), "https://t.cn/a": led})
    assert (list(walked.found) == [WEIBO]) is followed


def test_a_redirect_without_an_address_leads_nowhere() -> None:
    walked = Walked({"/": link("https://t.cn/a"), "https://t.cn/a": Response("", 302, HTML, b"x")})
    assert walked.unread == {"https://t.cn/a": ("", Reason.NOT_FOUND)}


def test_columns_do_not_move_the_site() -> None:
    walked = home(
        link("/a/", "新媒体") + link("/c/", "关注我们"),
        **{"a/": "-> /b/", "b/": link("/d/", "新媒体"), "c/": "-> https://other.example/"},
    )
    assert walked.urls == ["/", "/a/", "/c/", "/b/", "/d/"]
    short = Walked(
        {
            "/": link("https://t.cn/a") + link("/x/", "新媒体"),
            "https://t.cn/a": "-> https://t.cn/b",
            "https://t.cn/b": "-> https://other.example/",
            "/x/": link("/y/", "新媒体"),
        }
    )
    assert "/y/" in short.urls


def test_short_links_do_not_count_as_pages() -> None:
    shorts = "".join(link(f"https://t.cn/{n}", "x") for n in range(20))
    pages = "".join(link(f"/{n}/", "新媒体") for n in range(30))
    walked = home(shorts + pages)
    assert len([url for url in walked.urls if url.startswith("/")]) == 12
    assert len(walked.urls) == 32


def test_an_image_that_did_not_come_well_is_not_decoded() -> None:
    gone = Response("", 404, {}, qr(WEIBO))
    assert home("<img src=/a.png alt=微信>", **{"a.png": gone}).found == {}


def test_words_of_the_nearest_elements_make_an_image_likely() -> None:
    around = "<div class=w1><div class=w2><div class=w3>"
    assert home(f"<div class=ewm>{around}<img src=/a.png>").urls == ["/", "/a.png"]
    assert home(f"<div class=ewm><div class=w0>{around}<img src=/a.png>").urls == ["/"]


@pytest.mark.parametrize(("length", "followed"), [(20, True), (21, False)])
def test_a_page_named_for_a_platform_has_a_short_name(length: int, followed: bool) -> None:
    walked = home(link("/wb/", "微博" + "长" * (length - 2)))
    assert (walked.urls == ["/", "/wb/"]) is followed


@pytest.mark.parametrize(("length", "taken"), [(60, False), (61, True)])
def test_a_row_counts_up_to_its_length(length: int, taken: bool) -> None:
    walked = home(f"<li>{'长' * (length - 5)}云川 {link(WEIBO, '微博')}</li>")
    assert bool(walked.found) is taken


def test_a_column_keeps_what_its_name_says_through_a_redirect() -> None:
    listed = f"<div class=article><li>生态环境局 {link(WEIBO, '微博')}</li></div>"
    walked = home(link("/a/", "新媒体"), **{"a/": "-> /b/", "b/": listed})
    assert walked.found == {WEIBO: "生态环境局"}
    assert walked.facts.links[0].path == ("", f"{SITE}/b/")


def test_a_page_without_a_title_is_called_what_led_to_it() -> None:
    walked = home(link("/a/", "青石融媒新媒体"), **{"a/": link(WEIBO, "x")})
    assert walked.facts.links[0].path == ("青石融媒", f"{SITE}/a/")
