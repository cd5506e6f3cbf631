"""Keys under which names are compared, and what a printed name says beside the name.

A key is never stored in place of a name and never shown. Ordinals, numbers and directions are
never folded: 一中队 and 二中队 are two bodies, and so are 东城 and 西城.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from registry.text import clean, clean_lines, fold_account_word, fold_width, remove_space

if TYPE_CHECKING:
    from registry.platforms import PlatformCatalogue

_DROPPED = "@|丨│┃∣ǀᅵ·•・‧∙⋅‐()[]{}<>〔〕【】〈〉《》「」『』〖〗“”‘’\"'`"
_HAN = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2FA1F))


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


@cache
def _simple() -> dict[int, str]:
    """Traditional character → Simplified, one by one (OpenCC t2s; loaded at the first use).

    Character by character, not by phrase, so that a key does not depend on what stands beside it.
    """
    from opencc import OpenCC

    chars = [chr(code) for first, last in _HAN for code in range(first, last + 1)]
    converted = OpenCC("t2s").convert("\n".join(chars)).split("\n")
    once = {ord(old): new for old, new in zip(chars, converted, strict=True) if old != new}
    # a few Traditional characters become another's Traditional form (薴 → 苧 → 苎)
    return {old: new.translate(once) for old, new in once.items()}


@cache
def _folding() -> dict[int, str | None]:
    table: dict[int, str | None] = dict(_simple())
    table.update({ord(char): None for char in _DROPPED})
    return table


def simplify(text: str) -> str:
    """The text in Simplified characters, of the same length."""
    return text if text.isascii() else text.translate(_simple())


def fold_name(text: str) -> str:
    """The key under which account names are compared.

    Folds widths, case, Traditional characters, 帐/账, white space, `@`, the bars 丨 | · and the
    brackets themselves (not what stands in them). A name of nothing but such marks is its own key.
    """
    plain = remove_space(fold_width(text)).casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKC", plain)
    key = fold_account_word(plain.translate(_folding()))
    return key or plain


def fold_unit(text: str) -> str:
    """The key under which unit names are compared: as for account names."""
    return fold_name(text)


# --- units ----------------------------------------------------------------------------------------

_DIVISIONS = (
    "特别行政区 自治区 自治州 自治县 自治旗 高新区 经开区 开发区 示范区 街道 地区 新区 林区 特区 "
    "省 市 州 盟 县 区 旗 镇 乡"
).split()
_STEM = r"(?:[^省市州盟县区旗镇乡局委厅院部处府办]|州(?=[市区县]))"
_LEVEL = re.compile(rf"{_STEM}{{1,12}}?(?:{'|'.join(_DIVISIONS)})(?<!州(?=[市区县]))")
_NO_LEVEL = re.compile(r"(?:城市|社区|园区|景区|辖区|库区|片区|校区|小区|街区|城镇|城乡|市场)$")
_WORDS = re.compile(
    r"市(?:场|容|域|区|情|花|民(?!政|族|宗|营|主|革|盟|建)|政(?!府|协|务|法|策|研))"
    r"|县(?:域|情)|区(?:域|划|块)|乡(?:村|愁|贤|土)|镇(?:村|痛)|旗(?:舰|帜)|州(?:际)|省(?:际|会|级)"
)


def region_levels(name: str) -> list[str]:
    """The regions that begin a unit's name, from the widest: 云川市青石县公安局 → 云川市, 青石县."""
    levels, at, text = [], 0, simplify(name)
    while found := _LEVEL.match(text, at):
        if _NO_LEVEL.search(found.group()):
            break
        levels.append(name[at : found.end()])
        at = found.end()
    return levels


def expand_unit(short: str, prefix: str) -> str:
    """The full name of a unit whose sender leaves out its region: 县公安局 → 青石县公安局.

    `prefix` is the sender: a region or a unit of it. Only a name that begins with the word for the
    sender's own kind of region (县, 市, 区 …) is expanded; any other stays as it is.
    """
    name = clean(short)
    plain = simplify(name)
    if _WORDS.match(plain):
        return name
    for level in reversed(region_levels(clean(prefix))):
        for division in _DIVISIONS:
            if simplify(level).endswith(division) and plain.startswith(division) and plain[1:]:
                return level + name[len(division) :]
    return name


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
