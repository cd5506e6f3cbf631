"""A web page read into links, pictures and words, each with the place where it stands.

    page = read_html(response.body, response.headers.get("content-type", ""), response.url)
    page.anchors     links that a visitor could click: `url` absolute, `text`, `title`, `spot`
    page.pictures    images: `url` absolute (or a whole data: address), `alt`, `link`, `spot`
    page.text        the words on the page, a line for each block
    page.title, page.metas["name"], page.refresh, page.frames, page.charset, page.cut

`spot` tells of a link or a picture: `hidden` (how it is kept from sight: "style", "size",
"position", or ""), `words` (class and id words of itself and of what it stands in, nearest first),
`labels` (headings and other short lines that stand before it, nearest first: 友情链接) and `row`
(the words of the list item, table row or caption that it stands in: title and date, say).

What is commented out or stands in scripts, styles, templates, noscript and form texts is not part
of the page. It runs no script and reads no outside style sheet. Any bytes give a page, in time
linear in their number: reading stops (`cut`) at nesting or at counts that no honest page has.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from lxml import etree

from checkers._web.charset import decode
from checkers._web.html_parts import MOST_ANCHORS, MOST_PICTURES, Anchor, Html, Picture, Spot
from checkers._web.html_reading import MOST_ELEMENTS, MOST_NESTED, Reading

__all__ = [
    "MOST_ANCHORS",
    "MOST_ELEMENTS",
    "MOST_NESTED",
    "MOST_PICTURES",
    "Anchor",
    "Html",
    "Picture",
    "Spot",
    "read_html",
]

_PIECE = 32_768
_FORMATTING = re.compile(
    rb"</?(?:font|b|i|u|s|em|strong|span|big|small|center|strike|o:p)(?:\s[^<>]{0,2000})?>", re.I
)


def read_html(body: bytes, content_type: str = "", url: str = "") -> Html:
    """The page that came from `url` with this body and Content-Type. Never raises for any bytes."""
    text, charset = decode(body, content_type)
    raw = text.replace("\0", "").encode("utf-8", "replace")
    page = _parsed(raw, url)
    if page.cut:
        # Old pages leave formatting open, paragraph after paragraph; it nests and means nothing.
        page = _parsed(_FORMATTING.sub(b"", raw), url)
    return replace(page, charset=charset)


def _parsed(raw: bytes, url: str) -> Html:
    reading = Reading(url)
    target: Any = reading
    parser = etree.HTMLParser(target=target, encoding="utf-8", huge_tree=True)
    for start in range(0, len(raw), _PIECE):
        if reading.cut:
            break
        parser.feed(raw[start : start + _PIECE])
    try:
        parser.close()
    except etree.XMLSyntaxError:
        pass  # a page without any element
    return reading.page()
