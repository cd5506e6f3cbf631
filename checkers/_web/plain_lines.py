"""The lines in sight of markup so plain that it needs no tree: every tag known and in its place,
every value in quotes, nothing hidden. Of anything else nothing is said.

Levels are taken away from the inside out: words and links first, then paragraphs, which hold nothing
else, then blocks. No parser ends one of these before its own end tag, in none of the ways in which
they are found here to stand in each other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from checkers._web.later import later
from checkers._web.lines import BREAK, folded_lines

_WORDS = "b code em font i s small span strong sub sup u".split()
_LEAVES = "p h1 h2 h3 h4 h5 h6".split()
_BLOCKS = "article aside div figcaption figure footer header li main nav ol section ul".split()
_PLAIN_BLOCKS = ("div", "section", "ul", "ol")
_ENDLESS = ("br", "img")
_KNOWN = (*_WORDS, "a", *_LEAVES, *_BLOCKS, *_ENDLESS)
_WITHIN = frozenset({"a", *_WORDS})

_SPACE = r"[ \t\r\n]"
_SEEN = r"(?!(?i:\s*+(?:none|hidden|collapse)))"
_PLAIN = rf"(?::{_SEEN}|&(?!#|[a-zA-Z]++;)|&amp;)"
_VALUE = rf"(?:\"(?:[^\"<>&:]++|{_PLAIN})*+\"|'(?:[^'<>&:]++|{_PLAIN})*+'|[\w.#%-]++)"
_ATTRIBUTES = rf"(?:{_SPACE}++(?!(?i:hidden))[a-z][\w:-]*+(?:={_VALUE})?)*+{_SPACE}*+"
_ONE = r"[a-z@:_][\w:.-]*+(?:=(?:\"[^\"]*+\"|'[^']*+'|[\w.#%/:;,-]++))?"
_ANY = rf"(?:{_SPACE}++{_ONE})*+{_SPACE}*+"
"""Attributes that hide nothing that is asked for."""
_RAW = "|".join(
    rf"<{tag}{_ANY}>[^<]*+(?:<(?!script|/{tag}|!--)[^<]*+)*+</{tag}>" for tag in ("script", "style")
)
_TITLE = rf"<title{_ANY}>[^<]*+</title>"
_HEAD = rf"{_SPACE}*+(?:<!doctype[^<>]*+>)?{_SPACE}*+<html{_ANY}>{_SPACE}*+<head{_ANY}>"
_OF_HEAD = rf"(?:{_SPACE}++|<(?:meta|link){_ANY}/?>|{_TITLE}|{_RAW})*+"
_TO_BODY = later(rf"{_HEAD}{_OF_HEAD}</head>{_SPACE}*+<body{_ATTRIBUTES}>", re.I | re.A)
_END_OF_BODY = later(rf"</body>{_SPACE}*+</html>{_SPACE}*+\Z")
_OPAQUE = (
    "script|style|title|textarea|xmp|iframe|noembed|noframes|noscript|plaintext|template|svg|math"
)
_BEFORE = later(
    rf"{_HEAD}(?:[^<]++|{_RAW}|{_TITLE}|<(?!/?(?:{_OPAQUE}|select|object|frameset)\b)/?[a-z][\w:-]*+{_ANY}/?>)*+",
    re.I | re.A,
)
"""All that stands before an element, where nothing of it could hold its tag as a text."""
_OPENED = later(rf"<div(?:{_SPACE}++(?!id=){_ONE})*+{_SPACE}++id=\"([^\"]*+)\"{_ANY}>", re.A)
_DIV = later(r"<(/?)div\b")
_DEEPEST = 50
_TAGS = later(r"(<[^<>]*+>)")
_RUNS = later(r"(<[^>]*+>(?:<[^>]*+>|\s++<[^>]*+>)*+)")
"""Tags with nothing between them but white space: a page repeats a few. One sign is looked for
faster than none of two; what holds a `<` besides is no tag, and is told by it afterwards."""
_TAG = later(rf"<(/?)({'|'.join(_KNOWN)}){_ATTRIBUTES}(/?)>", re.A)
_ODD = later(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_SIGNS = {"&nbsp;": "\xa0", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&amp;": "&"}
_LEVELS_OF_WORDS, _LEVELS_OF_BLOCKS, _LEVELS_OF_OTHERS = 4, 8, 40
"""With `_DEEPEST` they keep within the 255 levels after which the library builds no tree."""


def body_of(page: str) -> str | None:
    """What stands in the body of a whole page, whose head shows nothing; None for other pages."""
    begin = _TO_BODY.match(page)
    end = _END_OF_BODY.search(page, max(begin.end(), page.rfind("</body>"))) if begin else None
    return page[begin.end() : end.start()] if begin and end else None


def content_of(page: str, name: str) -> str | None:
    """What stands in the `<div>` with the id `name`; None where that is not sure."""
    at = page.rfind("<", 0, max(0, page.find(f'id="{name}"')))
    begin = _OPENED.match(page, at) if at > 0 else None
    if begin is None or begin[1] != name or name in page[:at]:
        return None
    before = _BEFORE.match(page, 0, at)
    if (
        before is None
        or before.end() != at
        or page.count("<", 0, at) > 2 * page.count("</", 0, at) + _DEEPEST
    ):
        return None
    level = 1
    for found in _DIV.finditer(page, begin.end()):
        level += -1 if found.group(1) else 1
        if not level:
            return page[begin.end() : found.start()]
    return None


def plain_lines(markup: str, most: int) -> list[str] | None:
    """The lines of what stands in a block, white space folded; None for what is not so plain, and
    for more than `most` characters."""
    parts = _RUNS.split(markup)
    runs = parts[1::2]
    known = dict[str, tuple[str, str]]()
    for run in set(runs):
        read = _run(run)
        if read is None:
            return None
        known[run] = read
    told = [known[run] for run in runs]
    once = "".join([tags for _edge, tags in known.values()])
    if BREAK in markup or not _stand_in_place("".join([tags for _edge, tags in told]), once):
        return None
    parts[1::2] = [edge for edge, _tags in told]
    text = _settled("".join(parts))
    if text is None or len(text) > most:
        return None
    return folded_lines(text)


def _run(run: str) -> tuple[str, str] | None:
    """What stands among the words for tags in succession, and their names; None for odd ones."""
    parts, names = _TAGS.split(run), list[str]()
    for place in range(1, len(parts), 2):
        found = _TAG.fullmatch(parts[place])
        if found is None:
            return None
        end, name, closed = found.groups()
        if name in _ENDLESS:
            names.append("")
        elif closed:
            return None
        else:
            names.append(f"<{end}{name}>")
        parts[place] = "" if name in _WITHIN else BREAK
    return "".join(parts), "".join(names)


def _stand_in_place(names: str, once: str) -> bool:
    """True where each block, paragraph, link and word ends where it should. `once`: the same tags,
    but not each time that they come."""
    words = [tag for tag in _WORDS if f"<{tag}>" in once]
    names = _without(names, words, _LEVELS_OF_WORDS)
    names = _without(_without(names, ["a"], 1), words, _LEVELS_OF_WORDS)
    for tag in _LEAVES:
        names = names.replace(f"<{tag}></{tag}>", ",")  # of which none holds another
    names = _without(names.replace(",", ""), _PLAIN_BLOCKS, _LEVELS_OF_BLOCKS)
    return not names or _are_blocks(names[1:-1].split("><"))


def _without(names: str, group: Sequence[str], levels: int) -> str:
    """The tags without those elements of the group that hold nothing, or nothing else."""
    for _level in range(levels):
        before = len(names)
        for tag in group:
            names = names.replace(f"<{tag}></{tag}>", "")
        if len(names) == before:
            break
    return names


def _are_blocks(names: Sequence[str]) -> bool:
    """True for blocks in each other, of which no item of a list stands straight in another."""
    around = [""]
    for name in names:
        if name[0] == "/":
            if around.pop() != name[1:]:
                return False
        elif name not in _BLOCKS or name == around[-1] == "li" or len(around) > _LEVELS_OF_OTHERS:
            return False
        else:
            around.append(name)
    return around == [""]


def _settled(text: str) -> str | None:
    """The text with its signs as they are read; None where a parser may see others in it."""
    if "<" in text or _ODD.search(text):
        return None
    if "&" in text:
        if text.count("&") != sum(map(text.count, _SIGNS)):
            return None
        for sign, read in _SIGNS.items():
            text = text.replace(sign, read)
    return text
