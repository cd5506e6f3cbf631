"""Bytes of a web page as text, whatever the server says about them: it often errs, or says nothing.

UTF-8 proves itself; everything else is believed only if the bytes agree. Chinese pages without any
declaration are GBK. Only charsets of web pages are known here: Python has codecs that never end.
"""

from __future__ import annotations

import codecs
import re

from checkers._web.later import later

_DECLARED = later(r"charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w-]{2,30})", re.I)
_INSIDE = later(rb"(?:charset|encoding)\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w-]{2,30})", re.I)
_FIRST_BYTES = 4096

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_KNOWN = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "gb2312": "gb18030",
    "gb-2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "cp936": "gb18030",
    "x-gbk": "gb18030",
    "gb18030": "gb18030",
    "hz-gb-2312": "hz",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "shift_jis": "shift_jis",
    "euc-jp": "euc_jp",
    "euc-kr": "euc_kr",
    "utf-16": "utf-16-le",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
}
"""Names that pages use → codec. One-byte charsets are left out: they fit any bytes, so that a page
that claims one proves nothing."""

_LONGEST_CHARACTER = 4
_NOT_BY_CHANCE = later("[\u0800-\U0010ffff]")


def decode(body: bytes, content_type: str = "") -> tuple[str, str]:
    """(text, codec) of a body with its Content-Type header. Bytes that fit nothing are replaced.

    The order: byte order mark, UTF-8 if it fits, header, the page's first bytes, GB 18030.
    """
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, "replace"), codec
    named = _named(body, content_type)
    plain = _strictly(body, "utf-8")
    if plain is not None and _is_utf8(plain, named):
        return plain, "utf-8"
    for codec in dict.fromkeys([*named, "gb18030"]):
        text = _strictly(body, codec)
        if text is not None:
            return text, codec
    codec = min(dict.fromkeys(["utf-8", *named, "gb18030"]), key=lambda name: _holes(body, name))
    return body.decode(codec, "replace"), codec


def _named(body: bytes, content_type: str) -> list[str]:
    """The codecs that header and page name, as far as they are known."""
    header = _DECLARED.search(content_type)
    inside = _INSIDE.search(body[:_FIRST_BYTES])
    names = [header.group(1) if header else "", inside.group(1).decode() if inside else ""]
    return [_KNOWN[name.lower()] for name in names if name.lower() in _KNOWN]


def _is_utf8(text: str, named: list[str]) -> bool:
    """False for what is UTF-8 by chance only: a few GBK words are, and then the page names GBK."""
    if not named or "utf-8" in named or text.isascii():
        return True
    return _NOT_BY_CHANCE.search(text) is not None


def _strictly(body: bytes, codec: str) -> str | None:
    """The whole body as text; a last character that was cut off does not count."""
    try:
        return body.decode(codec)
    except UnicodeDecodeError as error:
        if len(body) - error.start >= _LONGEST_CHARACTER:
            return None
        cut = error.start
    try:
        return body[:cut].decode(codec)
    except UnicodeDecodeError:
        return None


def _holes(body: bytes, codec: str) -> int:
    return body.decode(codec, "replace").count("\ufffd")
