"""Cells taken apart: several accounts in one, and the platform that a name carries with it.

Works on text as printed; nothing is taken away that would leave no name.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

from registry.names import region_levels
from registry.platforms import PlatformCatalogue
from registry.text import clean, clean_lines


class How(StrEnum):
    """How the platform of a row became known, from the surest to the weakest."""

    COLUMN = "column"
    BRACKET = "bracket"
    """Named beside the account in its own cell: in brackets, before quotes, by `@甲/乙`."""
    SUFFIX = "suffix"
    SECTION = "section"
    LINK = "link"
    HABIT = "habit"


class Split(NamedTuple):
    """A name taken apart; `platform` is None where the text names none."""

    name: str
    platform: str | None = None
    form: str = ""
    how: How | None = None


# --- accounts -------------------------------------------------------------------------------------

_OPEN, _CLOSE = '“「『〝"', '”」』〞"'
_QUOTED = re.compile(rf"[{_OPEN}][^{_OPEN}{_CLOSE}]*[{_CLOSE}]?")
_BETWEEN = re.compile(r"[、，,；;和及与\s]*(?:等)?")
_PAIR = re.compile(r"[@＠]\s*([^/／@＠]+?)\s*[/／]\s*([@＠]?[^/／@＠]+)")
_INSIDE = re.compile(r"[、，,；;]")
_BRACKETS = {
    "(": ")",
    "（": "）",
    "[": "]",
    "【": "】",
    "〔": "〕",
    "［": "］",
    "{": "}",
    "《": "》",
}
_SHUT = {shut: opened for opened, shut in _BRACKETS.items()}
_MARKED = re.compile(rf"[\r\n\x0b\x0c\u2028@＠:：、；;{_OPEN}{_CLOSE}({{\[（【〔［《]")
_HEAD = re.compile(rf"([^{_OPEN}{_CLOSE}:：]{{1,14}})(?:[:：]\s*|(?=[{_OPEN}]))(.+)", re.S)
_TAIL = re.compile(rf"(.*[{_CLOSE}])\s*(?:等)?\s*([^{_OPEN}{_CLOSE}]{{1,14}})", re.S)


def split_accounts(cell: str) -> list[str]:
    """The accounts that one cell names, as printed and in its order.

    Lines, 、 and ； part them; quotes around one or several are taken off (also when one of a pair is
    missing); `@甲/乙` is a Weibo name with its mark and a WeChat name without. Quotes inside a name
    and separators inside brackets belong to the name.
    """
    return [name for line in clean_lines(cell) for name in _split_line(line)]


def _split_line(line: str) -> list[str]:
    pair = _PAIR.fullmatch(line)
    if pair:
        return ["@" + pair[1], pair[2].strip()]
    quoted = _quoted_parts(line)
    parts = quoted if quoted is not None else _outside_brackets(line)
    return [name for part in parts if (name := clean(part))]


def _quoted_parts(line: str) -> list[str] | None:
    """What stands in quotes, when the line is nothing but quoted groups; otherwise None."""
    if line[:1] not in _OPEN or not line:
        return None
    groups = _QUOTED.findall(line)
    rest = _BETWEEN.sub("", _QUOTED.sub("", line))
    if rest:
        return None
    inside = (group.strip(_OPEN + _CLOSE) for group in groups)
    return [part for group in inside for part in _INSIDE.split(group)]


def _outside_brackets(line: str) -> list[str]:
    """The line parted at 、 ； ; where no bracket is open."""
    parts, depth = [""], 0
    for char in line:
        depth += (char in _BRACKETS) - (char in _SHUT and depth > 0)
        if char in "、；;" and not depth:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def split_platform(name: str, catalogue: PlatformCatalogue) -> Split:
    """The name without the platform that stands in brackets at its end or front, or glued to it.

    Nothing is taken away that would leave no name, or only a place (青石县微博 keeps its name).
    """
    return _split_name(name, catalogue, True)


def _split_name(name: str, catalogue: PlatformCatalogue, suffixes: bool) -> Split:
    name = clean(name)
    found = _from_brackets(name, catalogue)
    return found or (suffixes and _from_suffix(name, catalogue)) or Split(name)


def _from_brackets(name: str, catalogue: PlatformCatalogue) -> Split | None:
    for rest, inside in _bracketed(name):
        found = catalogue.recognise(inside)
        if found and rest:
            return Split(rest, *found, How.BRACKET)
    return None


def _bracketed(name: str) -> list[tuple[str, str]]:
    """(rest, content) of a bracket at the end of the name and of one at its front."""
    found = []
    if name[-1:] in _SHUT and (at := name.rfind(_SHUT[name[-1]])) > 0:
        found.append((name[:at].strip(), name[at + 1 : -1]))
    if name[:1] in _BRACKETS and (at := name.find(_BRACKETS[name[0]])) > 0:
        found.append((name[at + 1 :].strip(), name[1:at]))
    return found


def _from_suffix(name: str, catalogue: PlatformCatalogue) -> Split | None:
    if len(name) < 3 or not catalogue.may_end(name):
        return None
    for length in range(min(8, len(name) - 1), 1, -1):
        found = catalogue.recognise(name[-length:])
        if found:
            rest = name[:-length].rstrip("-—_·丨|｜@ ")
            keeps = not _stands_alone(rest) or found[0] == "website"
            return Split(name if keeps else rest, *found, How.SUFFIX) if rest else None
    return None


def _stands_alone(rest: str) -> bool:
    """True when what is left can be a name: two characters, and not just a region."""
    return len(rest) >= 2 and "".join(region_levels(rest)) != rest


def split_cell(cell: str, catalogue: PlatformCatalogue, *, suffixes: bool = True) -> list[Split]:
    """The accounts of a cell with the platform that the cell itself gives each of them.

    Beyond `split_accounts` and `split_platform` it reads a platform before or after a quoted group
    (微信公众号“甲、乙”), several platforms in one bracket (甲（微博、微信）), and `@甲/乙`. Without
    `suffixes` a platform glued to a name stays part of it: something surer tells the platform.
    """
    if not _MARKED.search(cell):
        return [_split_name(cell, catalogue, suffixes)] if clean(cell) else []
    lines = clean_lines(cell)
    return [split for line in lines for split in _split_group(line, catalogue, suffixes)]


def _split_group(line: str, catalogue: PlatformCatalogue, suffixes: bool) -> list[Split]:
    pair = _PAIR.fullmatch(line)
    if pair and {"weibo", "wechat"} <= set(catalogue.platforms):
        second = _split_name(pair[2].lstrip("@＠"), catalogue, suffixes)
        first = _split_name(pair[1], catalogue, suffixes)
        return [_or(first, "weibo"), _or(second, "wechat")]
    for pattern, body, word in ((_HEAD, 2, 1), (_TAIL, 1, 2)):
        found = pattern.fullmatch(line)
        known = catalogue.recognise(found[word].strip()) if found else None
        if found and known:
            return [Split(name, *known, How.BRACKET) for name in _split_line(found[body].strip())]
    return [s for name in _split_line(line) for s in _spread(name, catalogue, suffixes)]


def _or(split: Split, platform: str) -> Split:
    return split if split.platform else Split(split.name, platform, "", How.BRACKET)


def _spread(name: str, catalogue: PlatformCatalogue, suffixes: bool) -> list[Split]:
    """One split for each platform that a bracket lists, or the one that the name gives."""
    for rest, inside in _bracketed(name):
        words = [word for word in re.split(r"[、，,；;/／和及+]", inside) if word.strip()]
        found = [catalogue.recognise(word) for word in words]
        if rest and len(words) > 1 and all(found):
            return [Split(rest, *known, How.BRACKET) for known in found if known]
    return [_split_name(name, catalogue, suffixes)]
