"""The structure of an RSS or Atom document: titles, links and dates exactly as printed.

A feed of the plainest shape is scanned, another well-formed one read by an XML parser; anything else
is left to feedparser, for its structure only. Dates are never interpreted here.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from lxml import etree

from checkers._web.feed_scan import all_plain, are_plain, plain, scan

_ATOM = "http://www.w3.org/2005/Atom"
_PLAIN = frozenset(
    {
        "",
        _ATOM,
        "http://purl.org/rss/1.0/",
        "http://my.netscape.com/rdf/simple/0.9/",
        "http://backend.userland.com/rss2",
    }
)
_DUBLIN = frozenset({"http://purl.org/dc/elements/1.1/", "http://purl.org/dc/terms/"})
_BUILT = ("lastBuildDate", "pubDate", "updated")
_DATED = ("pubDate", "published", "date", "updated")
_READ = frozenset({"title", "link", "author", *_BUILT, *_DATED})

_BEGINS = re.compile(rb"<(?:\w{1,20}:)?(?:rss|feed|rdf|channel)\b", re.I)
_MARKUP = re.compile(r"<[^<>]{0,500}>")
_HEAD = 65_536
_LARGEST_BROKEN = 400_000
"""Bytes of a broken document that are still read: it takes seconds, and grows faster than that."""


class RawItem(NamedTuple):
    """One entry; what is missing is empty."""

    title: str = ""
    url: str = ""
    date: str = ""
    """As printed; the publication date if there is one, else the date of the last change."""
    author: str = ""
    """As RSS prints it; Atom's nested names are not read."""


@dataclass(frozen=True, slots=True)
class RawFeed:
    """A feed as printed."""

    title: str
    built: str
    """When the document says that it was made, as printed; no post's date."""
    items: tuple[RawItem, ...]
    sound: bool = True
    """False for a document that is not well-formed: entries may be lost in it."""


def read_feed(body: bytes, content_type: str = "") -> RawFeed | None:
    """The feed in `body`, or None when it is none: a page, JSON, an empty document."""
    found = _scanned(body)
    if found:
        return found
    if b"<!ENTITY" in body:
        return None  # no feed needs entities of its own, and they can grow without end
    return _exact(body) or (_tolerant(body, content_type) if _worth_it(body) else None)


def _worth_it(body: bytes) -> bool:
    """Whether a document that is not well-formed may be a feed, and not an endless one."""
    head = body[:_HEAD].replace(b"\0", b"")
    return len(body) <= _LARGEST_BROKEN and _BEGINS.search(head) is not None


def _scanned(body: bytes) -> RawFeed | None:
    found = scan(body)
    if found is None:
        return None
    title, built, rows = found
    if not rows:
        return RawFeed(clean(title), built, ())
    names, urls, dates, authors, *_rest = zip(*rows, strict=True)
    items = map(RawItem, _cleaned(names), all_plain(urls), all_plain(dates), _cleaned(authors))
    return RawFeed(clean(title), built, tuple(items))


def _cleaned(texts: Sequence[str]) -> Sequence[str]:
    return texts if are_plain(texts) else [clean(plain(text)) for text in texts]


def _exact(body: bytes) -> RawFeed | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(body.strip(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    kind = etree.QName(root).localname
    if kind == "feed" and etree.QName(root).namespace == _ATOM:
        return _built(root, root, "entry")
    channel = next((c for c in _children(root, "channel")), None)
    if channel is None or kind not in {"rss", "RDF"}:
        return None
    return _built(channel, channel if kind == "rss" else root, "item")


def _built(head: etree._Element, body: etree._Element, name: str) -> RawFeed:
    texts = _texts(head, _BUILT)
    built = next((texts[key] for key in _BUILT if key in texts), "")
    return RawFeed(clean(texts.get("title", "")), built, tuple(map(_item, _children(body, name))))


def _children(parent: etree._Element, name: str) -> Iterable[etree._Element]:
    for child in parent.iterchildren("*"):
        space, local = _split(child.tag)
        if local == name and space in _PLAIN:
            yield child


@lru_cache(maxsize=1024)
def _split(tag: str) -> tuple[str, str]:
    """Name space and local name of `{space}name`; a feed has few, and each a thousand times."""
    space, _, local = tag.rpartition("}")
    return space[1:], local


def _texts(parent: etree._Element, dates: tuple[str, ...]) -> dict[str, str]:
    """Plain children by name, the first of each, and dates of Dublin Core."""
    texts = dict[str, str]()
    for child in parent.iterchildren("*"):
        space, local = _split(child.tag)
        if local in _READ and (space in _PLAIN or (space in _DUBLIN and local in dates)):
            words = "".join(map(str, child.itertext("*"))).strip()
            if local == "link" and child.get("href") and _alternate(child):
                words = str(child.get("href"))
            if words:
                texts.setdefault(local, words)
    return texts


def _alternate(link: etree._Element) -> bool:
    return link.get("rel", "alternate") == "alternate"


def _item(element: etree._Element) -> RawItem:
    texts = _texts(element, _DATED)
    date = next((texts[name] for name in _DATED if name in texts), "")
    author = clean(texts.get("author", ""))
    return RawItem(clean(texts.get("title", "")), texts.get("link", ""), date, author)


def _tolerant(body: bytes, content_type: str) -> RawFeed | None:
    import feedparser  # a tenth of a second, and rarely needed

    headers = {"content-type": content_type} if content_type else {}
    # as a stream: feedparser opens what looks like a path or an address
    try:
        found = feedparser.parse(
            io.BytesIO(body),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except (ValueError, KeyError):
        return None  # a null character among the names of its declaration, a link before any entry
    if not found.version:
        return None  # `bozo` is not set for a web page
    items = tuple(
        RawItem(
            clean(entry.get("title", "")),
            entry.get("link", ""),
            entry["published"] if "published" in entry else entry.get("updated", ""),
            clean(entry.get("author", "")),
        )
        for entry in found.entries
    )
    built = found.feed["updated"] if "updated" in found.feed else found.feed.get("published", "")
    return RawFeed(clean(found.feed.get("title", "")), built, items, not found.bozo)


def clean(text: str) -> str:
    """A title without mark-up and entities, white space folded."""
    if "<" in text:
        text = _MARKUP.sub("", text)
    return " ".join((html.unescape(text) if "&" in text else text).split())
