"""A page cut into its scripts and its visible words, in time linear in its length.

For pages whose facts stand in script variables and whose message is one short sentence; it builds
no tree, runs no script and forgives any markup.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

_RAW = re.compile(r"<(?:(script|style)\b|!--)", re.I)
_TAG = re.compile(r"<[^<>]*>")
_SPACE = re.compile(r"\s+")
_END = {
    "script": re.compile(r"</script\s{0,20}>?", re.I),
    "style": re.compile(r"</style\s{0,20}>?", re.I),
    "": re.compile(r"-->"),
}


@dataclass(frozen=True, slots=True)
class Page:
    """The two halves of one page."""

    scripts: str
    """Contents of all scripts, joined by line breaks."""
    shown: tuple[str, ...]
    """What stands between scripts, styles and comments, as it stands."""

    @property
    def visible(self) -> str:
        """Words outside scripts, styles, comments and tags; entities resolved, white space folded."""
        words = _TAG.sub(" ", " ".join(self.shown))
        return " ".join((html.unescape(words) if "&" in words else words).split())


def split(text: str) -> Page:
    """The page in its two halves. A block that never ends runs to the end of the page."""
    scripts, shown = list[str](), list[str]()
    for piece, script in _pieces(text):
        shown.append(piece)
        if script is not None:
            scripts.append(script)
    return Page("\n".join(scripts), tuple(shown))


def scripts_of(text: str) -> Iterator[str]:
    """The contents of the page's scripts, one by one: who has found what he looks for reads no
    further."""
    return (script for _piece, script in _pieces(text) if script is not None)


def _pieces(text: str) -> Iterator[tuple[str, str | None]]:
    """What stands before each script, style and comment, with the content of a script."""
    at = 0
    while found := _RAW.search(text, at):
        tag = (found.group(1) or "").lower()
        end = _END[tag].search(text, found.end())
        stop = end.start() if end else len(text)
        yield text[at : found.start()], text[found.end() : stop] if tag == "script" else None
        at = end.end() if end else stop
    yield text[at:], None


_BEGINNING = 4096


def visible(text: str, most: int) -> str:
    """The visible words of a page; of one that has at least `most` characters of them, perhaps only
    a beginning with as many."""
    room = _BEGINNING
    while room < len(text):
        # up to a tag, so that nothing is cut in two
        end = text.rfind("<", 0, room)
        if text.rfind(">", 0, end) > text.rfind("<", 0, end):
            words = split(text[:end]).visible
            if len(words) >= most:
                return words
        room *= 4
    return split(text).visible


_META = re.compile(r"<meta\b[^<>]*>", re.I)
_TITLE = re.compile(r"<title\b[^<>]*>([^<]{0,300})", re.I)
_CONTENT = re.compile(r"\bcontent\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.I)


def meta(text: str, name: str) -> str:
    """The content of the first `<meta>` whose property or name is `name`, or nothing."""
    wanted = re.compile(rf"\b(?:property|name)\s*=\s*[\"']?{re.escape(name)}[\"'\s/>]", re.I)
    for tag in _META.finditer(text):
        if wanted.search(tag.group()):
            content = _CONTENT.search(tag.group())
            return html.unescape(content.group(1) or content.group(2) or "") if content else ""
    return ""


def title(text: str) -> str:
    """The `<title>` of a page, or nothing."""
    found = _TITLE.search(text)
    return _SPACE.sub(" ", html.unescape(found.group(1))).strip() if found else ""
