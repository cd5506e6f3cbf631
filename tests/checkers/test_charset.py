"""Bytes of pages as text, whatever charset is claimed."""

from __future__ import annotations

import codecs

import pytest

from checkers._web.charset import decode

WORDS = "青石县人民政府关于印发通知的函"


@pytest.mark.parametrize(
    ("body", "content_type", "codec"),
    [
        (WORDS.encode(), "", "utf-8"),
        (WORDS.encode(), "text/html; charset=utf-8", "utf-8"),
        (WORDS.encode(), "text/html; charset=gbk", "utf-8"),
        (WORDS.encode(), "text/html; charset=iso-8859-1", "utf-8"),
        (WORDS.encode("gbk"), "", "gb18030"),
        (WORDS.encode("gbk"), "text/html; charset=UTF-8", "gb18030"),
        (WORDS.encode("gbk"), "text/html; charset=gb2312", "gb18030"),
        (WORDS.encode("gbk"), "text/html; charset=ISO-8859-1", "gb18030"),
        (WORDS.encode("gbk"), "text/html; charset=idna", "gb18030"),
        (WORDS.encode("big5hkscs", "ignore"), "text/html; charset=Big5", "big5hkscs"),
        (WORDS.encode("utf-16-le"), "text/html; charset=utf-16", "utf-16-le"),
        (WORDS.encode("utf-16-be"), "text/html; charset=utf-16be", "utf-16-be"),
        (codecs.BOM_UTF8 + WORDS.encode(), "", "utf-8"),
        (codecs.BOM_UTF16_LE + WORDS.encode("utf-16-le"), "", "utf-16-le"),
        (codecs.BOM_UTF16_BE + WORDS.encode("utf-16-be"), "", "utf-16-be"),
        (b"plain", "", "utf-8"),
        (b"", "", "utf-8"),
    ],
)
def test_the_codec_is_the_one_that_fits(body: bytes, content_type: str, codec: str) -> None:
    text, name = decode(body, content_type)
    assert name == codec
    if codec != "big5hkscs":
        assert text == (WORDS if len(body) > 5 else body.decode())


@pytest.mark.parametrize(
    "head",
    [
        '<meta charset="gbk">',
        "<meta charset=gb2312>",
        "<meta http-equiv=Content-Type content='text/html; charset = GB2312'>",
        '<?xml version="1.0" encoding="gbk"?>',
    ],
)
def test_a_page_names_its_own_charset(head: str) -> None:
    # 模一 in GBK is also UTF-8 by chance
    body = head.encode() + "模一".encode("gbk")
    assert decode(body) == (head + "模一", "gb18030")
    assert decode("模一".encode("gbk"))[1] == "utf-8"
    assert decode("模一".encode("gbk"), "text/html;charset=gbk") == ("模一", "gb18030")
    assert decode("é".encode(), "text/html;charset=utf-8") == ("é", "utf-8")


def test_a_name_far_down_the_page_is_none() -> None:
    body = b" " * 4096 + b"<meta charset=gbk>" + "模一".encode("gbk")
    assert decode(body)[1] == "utf-8"
    assert decode(body[4000:])[1] == "gb18030"


@pytest.mark.parametrize("cut", [1, 2])
def test_a_character_cut_off_at_the_end_does_not_count(cut: int) -> None:
    assert decode(WORDS.encode()[:-cut]) == (WORDS[:-1], "utf-8")
    assert decode(WORDS.encode("gbk")[:-1], "charset=gbk") == (WORDS[:-1], "gb18030")


def test_bytes_that_fit_nothing_are_replaced_by_the_charset_that_fits_best() -> None:
    broken = WORDS.encode() + b"\xff\xff\xff\xff\xff" + WORDS.encode()
    text, codec = decode(broken)
    assert codec == "utf-8"
    assert text.startswith(WORDS) and text.endswith(WORDS) and "\ufffd" in text
    other = WORDS.encode("gbk") + b"\xff\xff\xff\xff\xff" + WORDS.encode("gbk")
    text, codec = decode(other, "text/html; charset=utf-8")
    assert (codec, text.startswith(WORDS)) == ("gb18030", True)


def test_the_bounds_of_what_proves_utf_8() -> None:
    assert decode("\u0800".encode(), "text/html; charset=gbk") == ("\u0800", "utf-8")
    assert decode("\u07fe".encode(), "text/html; charset=gbk")[1] == "gb18030"
    tail = b"charset=gbk" + "模一".encode("gbk")
    assert decode(b" " * (4096 - 11) + tail)[1] == "gb18030"
    assert decode(b" " * (4096 - 10) + tail)[1] == "utf-8"


def test_utf_8_that_is_gbk_by_chance_is_utf_8() -> None:
    assert decode("青石县政".encode(), "text/html; charset=gbk") == ("青石县政", "utf-8")


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_the_longest_character_may_be_cut_anywhere(cut: int) -> None:
    assert decode((WORDS + "😀").encode()[:-cut]) == (WORDS, "utf-8")
