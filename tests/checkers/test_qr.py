"""QR images: bounded before they are decoded, and what they lead to is asked in turn."""

from __future__ import annotations

import base64
import struct
import zlib
from dataclasses import replace
from urllib.parse import quote

import pytest
from PIL import Image, ImageOps

from checkers._web import qr as _qr
from checkers._web.qr import MOST_BYTES, MOST_PIXELS, Code, embedded, is_web, read_code
from checkers.base import Facts, Failure, Hop, Link, LinkFact, Response, Target
from checkers.links import Links
from registry.vocab import CheckKind, LinkKind, Reason
from tests.checkers.driving import Driven, answer, run
from tests.checkers.qr_images import drawn, qr, saved

WEIBO = "https://weibo.com/u/1234567890"
IMAGE = "https://www.qingshi.gov.cn/images/ewm.png"
HTML = {"content-type": "text/html; charset=utf-8"}


# --- the image -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "WEBP"])
def test_a_code_is_read_from_every_kind_of_image_that_pages_show(kind: str) -> None:
    assert read_code(qr(WEIBO, kind=kind)) == Code((WEIBO,))


@pytest.mark.parametrize("scale", [1, 2, 12, 60])
@pytest.mark.parametrize("quiet", [True, False])
def test_small_and_large_codes_are_read_with_and_without_a_margin(scale: int, quiet: bool) -> None:
    assert read_code(qr(WEIBO, scale, quiet=quiet)) == Code((WEIBO,))


def test_a_code_on_a_transparent_ground_is_read() -> None:
    code = drawn(WEIBO)
    clear = Image.new("RGBA", code.size, (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), mask=code.point(lambda value: 255 - value))
    assert read_code(saved(clear)) == Code((WEIBO,))


def test_a_white_code_on_black_is_read() -> None:
    assert read_code(saved(ImageOps.invert(drawn(WEIBO)))) == Code((WEIBO,))


def test_a_small_code_on_a_poster_is_read() -> None:
    poster = Image.new("L", (1800, 2400), 255)
    poster.paste(drawn(WEIBO, 3), (1200, 2000))
    assert read_code(saved(poster)) == Code((WEIBO,))


def test_of_an_animated_image_the_first_picture_counts() -> None:
    moving = saved(drawn(WEIBO), "GIF", save_all=True, append_images=[drawn("second")])
    assert read_code(moving) == Code((WEIBO,))


def test_one_code_shown_twice_is_one_and_different_ones_are_several() -> None:
    code, other = drawn(WEIBO), drawn("https://www.example.org/")
    pair = Image.new("L", (code.width + other.width + 40, 200), 255)
    pair.paste(code, (0, 0))
    twice, both = pair.copy(), pair.copy()
    twice.paste(code, (code.width + 40, 0))
    both.paste(other, (code.width + 40, 0))
    assert read_code(saved(twice)) == Code((WEIBO,))
    assert set(read_code(saved(both)).texts) == {WEIBO, "https://www.example.org/"}


def test_a_picture_without_a_code_is_unreadable_since_it_may_be_a_mini_program_s() -> None:
    assert read_code(saved(Image.new("L", (300, 300), 255))) == Code(fault="qr_unreadable")


@pytest.mark.parametrize(
    "body",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'></svg>",
        b"<?xml version='1.0'?><SVG></SVG>",
        b"\0\0\0\x20ftypavif" + b"\0" * 40,
        b"\0\0\0\x20ftypavis" + b"\0" * 40,
    ],
)
def test_images_that_only_browsers_show_are_unreadable_and_not_broken(body: bytes) -> None:
    assert read_code(body) == Code(fault="qr_unreadable")


@pytest.mark.parametrize("body", [b"", b"<html></html>", b"GIF89a", b"\xff" * 500])
def test_what_is_no_image_is_named_so(body: bytes) -> None:
    assert read_code(body) == Code(fault="not_image")


def test_an_image_of_a_kind_that_pages_do_not_show_is_none() -> None:
    assert read_code(saved(drawn(WEIBO), "TIFF")) == Code(fault="not_image")


@pytest.mark.parametrize("left", [60, 200, 400])
def test_half_an_image_is_broken(left: int) -> None:
    assert read_code(qr(WEIBO)[:left]) == Code(fault="image_broken")


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + rows + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [4001, 10_000, 60_000])
def test_a_bomb_is_not_unpacked(side: int) -> None:
    assert read_code(_png(side, side)) == Code(fault="image_too_large")


def test_the_bounds_are_those_that_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (MOST_PIXELS, MOST_BYTES) == (16_000_000, 5_000_000)
    code = drawn(WEIBO)
    monkeypatch.setattr(_qr, "MOST_PIXELS", code.width * code.height)
    assert read_code(saved(code)).texts == (WEIBO,)
    monkeypatch.setattr(_qr, "MOST_PIXELS", code.width * code.height - 1)
    assert read_code(saved(code)).fault == "image_too_large"


def test_an_image_of_too_many_bytes_is_not_looked_at() -> None:
    whole = qr(WEIBO, kind="BMP")
    assert read_code(whole + b"\0" * (MOST_BYTES - len(whole))).texts == (WEIBO,)
    assert read_code(whole + b"\0" * (MOST_BYTES - len(whole) + 1)).fault == "image_too_large"


def test_a_long_text_is_cut() -> None:
    (text,) = read_code(qr("x" * 2900, 3)).texts
    assert len(text) == 2900
    assert _qr.LONGEST_TEXT == 3000


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("data:image/png;base64," + base64.b64encode(b"abc").decode(), b"abc"),
        ("DATA:image/png;BASE64,YW\n Jj", b"abc"),
        ("data:image/png;base64,YWJj%0A", b"abc"),
        ("data:image/png;base64,YWI", b"ab"),
        ("data:,a%20b", b"a b"),
        ("data:text/plain,x,y", b"x,y"),
        ("data:image/png;base64,A", b""),
        ("data:nothing", None),
        ("https://www.example.org/,x", None),
    ],
)
def test_bytes_in_an_address(url: str, expected: bytes | None) -> None:
    assert embedded(url) == expected


@pytest.mark.parametrize(
    ("url", "web"),
    [
        ("https://www.example.org/", True),
        ("HTTP://WWW.EXAMPLE.ORG", True),
        ("ftp://www.example.org/", False),
        ("weixin://dl/business/?t=x", False),
        ("http:///x", False),
        ("http://[broken", False),
        ("青石发布", False),
    ],
)
def test_an_address_that_http_can_ask_for(url: str, web: bool) -> None:
    assert is_web(url) is web


# --- the link --------------------------------------------------------------------------------------


def tried(links: list[Link], responses: list[Response]) -> Driven:
    target = Target("website", "青石县人民政府网", kind=CheckKind.MENU, links=tuple(links))
    return run(Links().check(target, "http"), responses)


def facts(driven: Driven) -> tuple[LinkFact, ...]:
    assert isinstance(driven.outcome, Facts), driven.outcome
    return driven.outcome.link_facts


def fact(*responses: Response, url: str = IMAGE) -> LinkFact:
    (only,) = facts(tried([Link("微博", LinkKind.QR, url)], list(responses)))
    return only


def test_the_address_in_a_code_is_asked_for_and_the_fact_is_the_image_s() -> None:
    end = answer("<html>青石发布</html>", url="https://weibo.com/qingshi", headers=HTML)
    end = replace(end, hops=(Hop(WEIBO, 302, "https://weibo.com/qingshi"),))
    driven = tried([Link("微博", LinkKind.QR, IMAGE)], [answer(qr(WEIBO)), end])
    assert [request.url for request in driven.asked] == [IMAGE, WEIBO]
    assert {request.max_bytes for request in driven.asked} == {MOST_BYTES}
    assert driven.asked[0].headers == (("Accept", "image/*,*/*;q=0.5"),)
    assert facts(driven) == (
        LinkFact(IMAGE, 200, "https://weibo.com/qingshi", end.hops, detail=WEIBO),
    )


def test_images_go_out_together_then_their_targets_and_each_only_once() -> None:
    other = "https://www.qingshi.gov.cn/images/ewm2.png"
    third = "https://www.qingshi.gov.cn/images/ewm3.png"
    links = [
        Link(name, LinkKind.QR, url)
        for name, url in (("一", IMAGE), ("二", other), ("三", IMAGE), ("四", third), ("五", ""))
    ]
    images = [answer(qr(WEIBO)), answer(qr(WEIBO, 3)), answer(qr("https://www.example.org/"))]
    ends = [answer("<html>a</html>", headers=HTML), answer("", 404)]
    driven = tried(links, [*images, *ends])
    asked = [request.url for request in driven.asked]
    assert asked == [IMAGE, other, third, WEIBO, "https://www.example.org/"]
    assert [(f.url, f.status) for f in facts(driven)] == [(IMAGE, 200), (other, 200), (third, 404)]


@pytest.mark.parametrize(
    ("status", "body", "headers", "signal"),
    [
        (404, "", HTML, ""),
        (500, "", HTML, ""),
        (200, "<html><title>页面不存在</title></html>", HTML, "soft404"),
    ],
)
def test_what_the_target_answers_is_what_the_code_is_worth(
    status: int, body: str, headers: dict[str, str], signal: str
) -> None:
    found = fact(answer(qr(WEIBO)), answer(body, status, headers=headers))
    assert (found.url, found.status, found.signal, found.detail) == (IMAGE, status, signal, WEIBO)
    assert found.final_url == WEIBO


def test_a_target_that_cannot_be_reached_keeps_its_reason_and_the_address() -> None:
    failed = Response("", 0, failure=Failure(Reason.DNS, "no such name"))
    found = fact(answer(qr(WEIBO)), failed)
    assert (found.failure, found.detail, found.final_url) == (Reason.DNS, WEIBO, WEIBO)


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("青石县人民政府 0555-1234567", "qr_text"),
        ("weibo.com/u/1234567890", "qr_text"),
        ("https://weibo.com/u/1 青石发布", "qr_text"),
        ("weixin://dl/business/?t=x", "qr_app"),
        ("alipays://platformapi/startapp?appId=1", "qr_app"),
    ],
)
def test_a_code_without_a_web_address_says_so_and_nothing_more_is_asked(
    text: str, signal: str
) -> None:
    found = fact(answer(qr(text)))
    assert (found.signal, found.detail, found.status) == (signal, text, 200)


def test_several_codes_in_one_image_are_left_to_a_person() -> None:
    code, other = drawn(WEIBO), drawn("https://www.example.org/")
    pair = Image.new("L", (code.width + other.width + 40, 200), 255)
    pair.paste(code, (0, 0))
    pair.paste(other, (code.width + 40, 0))
    found = fact(answer(saved(pair)))
    assert found.signal == "qr_several"
    assert set(found.detail.split(" | ")) == {WEIBO, "https://www.example.org/"}


def test_a_picture_without_a_code_is_a_fact_about_the_image() -> None:
    found = fact(answer(saved(Image.new("L", (90, 90), 255))))
    assert found == LinkFact(IMAGE, 200, IMAGE, signal="qr_unreadable")


def test_a_page_in_place_of_the_image_is_no_image_whatever_it_says() -> None:
    found = fact(answer("<html><title>页面不存在</title></html>", headers=HTML))
    assert (found.status, found.signal, found.signal_text) == (200, "not_image", "")


@pytest.mark.parametrize(
    ("response", "status", "failure"),
    [
        (answer("", 404), 404, None),
        (answer(qr(WEIBO), 403), 403, None),
        (answer(b""), 200, Reason.EMPTY_BODY),
        (Response("", 0, failure=Failure(Reason.TOO_LARGE)), 0, Reason.TOO_LARGE),
        (answer(qr(WEIBO), url="https://passport.example.org/"), 200, Reason.LOGIN_WALL),
    ],
)
def test_an_image_that_does_not_come_is_judged_by_its_own_answer(
    response: Response, status: int, failure: Reason | None
) -> None:
    found = fact(response)
    assert (found.status, found.failure, found.signal) == (status, failure, "")
    assert found.detail == ""


def test_an_image_within_the_page_is_read_without_asking() -> None:
    url = "data:image/png;base64," + base64.b64encode(qr(WEIBO)).decode()
    found = fact(answer("<html>青石发布</html>", headers=HTML), url=url)
    assert (found.url, found.status, found.final_url, found.detail) == (url, 200, WEIBO, WEIBO)


def test_an_image_within_the_page_may_be_written_in_percents() -> None:
    url = "data:image/png," + quote(qr("青石"))
    assert fact(url=url).detail == "青石"


def test_an_image_without_any_address_is_not_asked_for() -> None:
    found = fact(url="weixin://qr/x")
    assert (found.failure, found.status, found.signal) == (Reason.NO_ADDRESS, 0, "")
    assert found.detail == "no address that HTTP can reach"


# --- how an image is made ready ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "tried"),
    [
        ((3200, 100), [(1600, 50), (3200, 100)]),
        ((100, 2000), [(80, 1600), (100, 2000)]),
        ((1600, 100), [(1600, 100)]),
        ((1601, 1), [(1600, 1), (1601, 1)]),
        ((400, 10), [(400, 10)]),
        ((399, 10), [(399, 10), (1197, 30)]),
        ((10, 20), [(10, 20), (30, 60)]),
    ],
)
def test_the_sizes_in_which_an_image_is_tried(
    size: tuple[int, int], tried: list[tuple[int, int]]
) -> None:
    assert [picture.size for picture in _qr._sizes(Image.new("L", size, 255))] == tried


def test_an_image_gets_a_white_margin_by_its_size() -> None:
    grey = _qr._grey(Image.new("RGB", (200, 60), (0, 0, 0)))
    assert (grey.mode, grey.size) == ("L", (236, 96))
    assert [grey.getpixel(at) for at in ((0, 0), (17, 40), (18, 18), (217, 77), (218, 78))] == [
        255,
        255,
        0,
        0,
        255,
    ]
    clear = _qr._grey(Image.new("RGBA", (20, 20), (0, 0, 0, 0)))
    assert (clear.size, clear.getpixel((18, 18))) == ((38, 38), 255)


def test_a_large_embedded_image_is_cut_only_beyond_what_is_read() -> None:
    assert embedded("data:," + "x" * 6_000_000) == b"x" * 6_000_000
    assert len(embedded("data:," + "x" * 11_000_000) or b"") == 2 * MOST_BYTES - 6
    assert fact(url="data:," + "x" * 6_000_000).signal == "image_too_large"
