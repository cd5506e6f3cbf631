"""A page cut into its scripts and its visible words, in time linear in its length.

For pages whose facts stand in script variables and whose message is one short sentence; it builds
no tree, runs no script and forgives any markup.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

_RAW = re.compile(r"<(script|style)\b|<!--", re.I)
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
    visible: str
    """Words outside scripts, styles, comments and tags; entities resolved, white space folded."""


def split(text: str) -> Page:
    """The page in its two halves. A block that never ends runs to the end of the page."""
    scripts, shown, at = list[str](), list[str](), 0
    while found := _RAW.search(text, at):
        shown.append(text[at : found.start()])
        tag = (found.group(1) or "").lower()
        end = _END[tag].search(text, found.end())
        stop = end.start() if end else len(text)
        if tag == "script":
            scripts.append(text[found.end() : stop])
        at = end.end() if end else stop
    shown.append(text[at:])
    words = html.unescape(_TAG.sub(" ", " ".join(shown)))
    return Page("\n".join(scripts), _SPACE.sub(" ", words).strip())


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
