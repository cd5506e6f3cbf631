"""The reading of a page as its elements begin and end; see `html` for what comes of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin, urlsplit

from checkers._web.hiding import Sheet, how_hidden
from checkers._web.html_parts import MOST_ANCHORS, MOST_PICTURES, Anchor, Html, Picture, Spot
from checkers._web.joining import plainly_joined

MOST_NESTED = 512
"""Elements in each other, as in browsers."""

MOST_ELEMENTS = 300_000

_FAR_ENOUGH = 40
"""How many elements around a link are looked at for words and labels."""

_MOST_WORDS = 24
_MOST_LABELS = 12
_LONGEST_LABEL = 30
_LONGEST_ROW = 300
_LONGEST_NAME = 300

_SPACE = re.compile(r"\s+")
_NO_TEXT = frozenset(
    "title script style template noscript noembed noframes textarea xmp plaintext iframe object".split()
)
_ROWS = frozenset("li tr dd dt p figure article option".split())
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6 dt legend caption th summary".split())
_BLOCKS = (
    _ROWS
    | _HEADINGS
    | frozenset(
        "address aside blockquote body br center div dl fieldset figcaption footer form header hr main"
        " nav ol pre section select table tbody td tfoot thead ul".split()
    )
)
_HEADING_WORD = re.compile(r"(?:^|[-_\d])(?:tit|title|hd|head|header|tab|tabs|name)(?:[-_\d]|$)")
_OPENED = re.compile(
    r"(?:open|replace|assign|href|location)\s{0,9}[=(]\s{0,9}[\"']([^\"'<>]{1,2000})[\"']"
)
_REFRESH = re.compile(r"\burl\s{0,9}=\s{0,9}[\"']?([^\"'>]{1,2000})", re.I)
_PLACEHOLDER = re.compile(r"^$|^data:image/gif|blank|loading|lazy|grey|spacer|placeholder", re.I)


@dataclass(slots=True)
class _Element:
    """An element that is open."""

    tag: str
    words: tuple[str, ...]
    hidden: str
    quiet: bool
    """Nothing in it is part of the page."""
    start: int
    """How many pieces of text stood before it."""
    length: int
    """How many characters stood before it."""
    heading: bool
    label: str = ""
    """The last short line in it that stands by itself."""
    labelled: tuple[str, ...] = ()
    """What kind of element that line stands above; another kind ends its reach."""
    loose: bool = False
    anchors: int = 0
    pictures: int = 0
    waiting: list[_Draft] = field(default_factory=list)
    """Links and pictures in it whose row is not known yet: one of each kind at most."""
    draft: _Draft | None = None
    """The link that this element is."""


@dataclass(slots=True)
class _Draft:
    """A link or picture before its end is known."""

    picture: bool
    url: str
    href: str
    spot: Spot
    text: str = ""
    unseen: str = ""
    title: str = ""
    alt: str = ""
    link: str = ""
    row: str = ""


class Reading:
    """Receives the parser's events; see `lxml.etree.HTMLParser(target=…)`."""

    def __init__(self, url: str) -> None:
        self.cut = False
        self._base = url
        self._elements = 0
        self._title: list[str] = []
        self._metas: dict[str, str] = {}
        self._refresh = ""
        self._frames: list[str] = []
        self._drafts: list[_Draft] = []
        self._counts = {True: 0, False: 0}
        self._shown: list[str] = []
        self._length = 0
        self._sheet = Sheet()
        self._style: list[str] = []
        self._open: list[_Element] = [_Element("", (), "", False, 0, 0, False)]

    # --- events -------------------------------------------------------------------------------

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        tag, around = tag.lower(), self._open[-1]
        self._elements += 1
        if len(self._open) > MOST_NESTED or self._elements > MOST_ELEMENTS:
            self.cut = True
        words = _words(attributes)
        hidden = around.hidden or how_hidden(tag, attributes, self._sheet.style(attributes))
        quiet = around.quiet or tag in _NO_TEXT
        if tag in _BLOCKS:
            self._break(around)
            if around.labelled and around.labelled != _kind(tag, words):
                around.label, around.labelled = "", ()
        elif tag == "a" and around.loose and not around.anchors:
            self._label(around, around)
        heading = tag in _HEADINGS or any(_HEADING_WORD.search(word) for word in words)
        self._open.append(
            _Element(tag, words, hidden, quiet, len(self._shown), self._length, heading)
        )
        if not around.quiet:
            self._begun(tag, attributes)

    def end(self, tag: str) -> None:
        if len(self._open) < 2:
            return
        element = self._open.pop()
        if element.tag == "style":
            self._sheet.add("".join(self._style))
            self._style.clear()
        self._ended(element, self._open[-1])
        if element.tag in _BLOCKS:
            self._break(self._open[-1])

    def data(self, text: str) -> None:
        element = self._open[-1]
        if element.tag == "style":
            self._style.append(text)
        if element.tag == "title" and len(self._title) < 50:
            self._title.append(text)
        if element.quiet or not text:
            return
        if element.hidden:
            self._whisper(text)
            return
        element.loose = True
        self._show(text)

    def comment(self, _text: str) -> None:
        """What is commented out is not there."""

    def close(self) -> None:
        """The parser has ended every element by then."""

    # --- what the events mean -----------------------------------------------------------------

    def _show(self, text: str) -> None:
        self._shown.append(text)
        self._length += len(text)

    def _whisper(self, text: str) -> None:
        """Words out of sight belong to the link that they stand in, and to nothing else."""
        for element in reversed(self._open[-_FAR_ENOUGH:]):
            if element.draft is not None:
                element.draft.unseen = (element.draft.unseen + text)[:_LONGEST_NAME]
                return

    def _break(self, around: _Element) -> None:
        """A block begins or ends: a loose line before it stands by itself."""
        if around.loose:
            around.loose = False
            self._label(around, around)
        if self._shown and self._shown[-1] != "\n":
            self._show("\n")

    def _begun(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag in {"a", "area"}:
            self._link(attributes.get("href", ""), attributes)
        elif tag in {"img", "image"} or (tag == "input" and attributes.get("type") == "image"):
            self._image(attributes)
        elif "onclick" in attributes:
            self._link("", attributes)
        elif tag == "base" and attributes.get("href"):
            self._base = self._absolute(attributes["href"])
        elif tag == "meta":
            self._meta(attributes)
        elif tag in {"iframe", "frame"} and attributes.get("src") and len(self._frames) < 100:
            self._frames.append(self._absolute(attributes["src"]))

    def _meta(self, attributes: Mapping[str, str]) -> None:
        content = attributes.get("content", "")
        for key in ("name", "property", "http-equiv"):
            name = attributes.get(key, "").strip().lower()
            if name and len(self._metas) < 500:
                self._metas.setdefault(name, _folded(content))
            if name == "refresh" and not self._refresh:
                leads = _REFRESH.search(content)
                self._refresh = self._absolute(leads.group(1)) if leads else ""

    def _link(self, href: str, attributes: Mapping[str, str]) -> None:
        href = href.strip()
        if not href or href.lower().startswith(("javascript:", "#")):
            opened = _OPENED.search(attributes.get("onclick", "")[:4000]) or _OPENED.search(
                href[:4000]
            )
            if opened is None:
                return
            href = opened.group(1).strip()
        draft = self._draft(False, href)
        if draft is not None:
            draft.title = _folded(attributes.get("title", ""))
            draft.alt = _folded(attributes.get("alt", ""))
            self._open[-1].draft = draft

    def _image(self, attributes: Mapping[str, str]) -> None:
        source = _source(attributes)
        draft = self._draft(True, source) if source else None
        if draft is None:
            return
        draft.alt = _folded(attributes.get("alt", ""))
        draft.title = _folded(attributes.get("title", ""))
        for element in reversed(self._open[-_FAR_ENOUGH:]):
            if element.draft is not None:
                draft.link = element.draft.url
                element.draft.alt = element.draft.alt or draft.alt or draft.title
                break

    def _draft(self, picture: bool, href: str) -> _Draft | None:
        self._counts[picture] += 1
        if self._counts[picture] > (MOST_PICTURES if picture else MOST_ANCHORS):
            self.cut = True
            return None
        draft = _Draft(picture, self._absolute(href), href, self._spot())
        self._drafts.append(draft)
        element = self._open[-1]
        element.waiting.append(draft)
        element.pictures += picture
        element.anchors += not picture
        return draft

    def _spot(self) -> Spot:
        around = self._open[-1 : -_FAR_ENOUGH - 1 : -1]
        words = [word for element in around for word in element.words]
        labels = [element.label for element in around if element.label]
        return Spot(
            around[0].hidden,
            tuple(dict.fromkeys(words))[:_MOST_WORDS],
            tuple(dict.fromkeys(labels))[:_MOST_LABELS],
        )

    def _absolute(self, href: str) -> str:
        if href[:5].lower() == "data:":
            return href
        if plain := plainly_joined(self._base, href):
            return plain
        try:
            joined = urljoin(self._base, _SPACE.sub("", href))
            urlsplit(joined)
        except ValueError:
            return href
        return joined

    def _ended(self, element: _Element, around: _Element) -> None:
        if element.draft is not None:
            words = self._since(element, _LONGEST_NAME)
            element.draft.text = words or _folded(element.draft.unseen)
        if element.anchors + element.pictures and element.tag in _BLOCKS and around.label:
            around.labelled = around.labelled or _kind(element.tag, element.words)
        around.anchors += element.anchors
        around.pictures += element.pictures
        if not element.quiet and not element.hidden:
            self._label(element, around)
        self._rows(element, around)

    def _since(self, element: _Element, most: int) -> str:
        """The words in sight in an element; of longer ones the beginning."""
        found, room = list[str](), 4 * most
        for place in range(element.start, len(self._shown)):
            found.append(self._shown[place])
            room -= len(found[-1])
            if room < 0:
                break
        return _folded("".join(found))[:most]

    def _fits(self, element: _Element, most: int) -> bool:
        return self._length - element.length <= most

    def _label(self, element: _Element, around: _Element) -> None:
        """Note a short line without links, or a heading, as the label of what follows it."""
        if element is not around and (
            element.pictures or (element.anchors and not element.heading)
        ):
            return
        if element is around:
            line = self._last_line()
        else:
            line = self._since(element, 200) if self._fits(element, 400) else ""
        if 2 <= len(line) <= _LONGEST_LABEL and any(char.isalpha() for char in line):
            around.label, around.labelled = line, ()

    def _last_line(self) -> str:
        pieces, length = list[str](), 0
        for piece in reversed(self._shown):
            if piece == "\n" or length > 400:
                break
            pieces.append(piece)
            length += len(piece)
        return _folded("".join(reversed(pieces)))

    def _rows(self, element: _Element, around: _Element) -> None:
        """Settle the rows of what the element holds; what is alone in it may wait for more."""
        for draft in element.waiting:
            count = element.pictures if draft.picture else element.anchors
            row = self._since(element, _LONGEST_ROW) if self._fits(element, 1200) else ""
            alone = count == 1 and element.tag not in {"body", "html"}
            more = len(row) > len(draft.text)
            if row and more and element.draft is not draft and (alone or element.tag in _ROWS):
                draft.row = row
            elif alone and self._fits(element, 1200):
                around.waiting.append(draft)

    # --- the result ---------------------------------------------------------------------------

    def page(self) -> Html:
        drafts = [(draft, replace(draft.spot, row=draft.row)) for draft in self._drafts]
        return Html(
            self._base,
            _folded("".join(self._title))[:_LONGEST_NAME],
            self._metas,
            self._refresh,
            tuple(self._frames),
            tuple(
                Anchor(draft.url, draft.href, draft.text, draft.title or draft.alt, spot)
                for draft, spot in drafts
                if not draft.picture
            ),
            tuple(
                Picture(draft.url, draft.alt, draft.title, draft.link, spot)
                for draft, spot in drafts
                if draft.picture
            ),
            _lines("".join(self._shown)),
            cut=self.cut,
        )


def _kind(tag: str, words: tuple[str, ...]) -> tuple[str, ...]:
    """Elements of one kind stand under one heading."""
    return (tag,) if tag in _ROWS else (tag, *words)


def _words(attributes: Mapping[str, str]) -> tuple[str, ...]:
    both = f"{attributes.get('class', '')[:300]} {attributes.get('id', '')[:100]}"
    return tuple(word[:40] for word in both.lower().split())


def _source(attributes: Mapping[str, str]) -> str:
    """The address of an image, also where it is loaded late and `src` only keeps its place."""
    given = attributes.get("src", "").strip()
    if _PLACEHOLDER.search(given[:300]):
        for name in ("data-original", "data-src", "data-lazy", "lay-src", "original"):
            if attributes.get(name, "").strip():
                return attributes[name].strip()
    return given


def _folded(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


def _lines(text: str) -> str:
    folded = (_folded(line) for line in text.split("\n"))
    return "\n".join(line for line in folded if line)
