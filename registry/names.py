"""Keys under which names are compared, and short unit names made full.

A key is never stored in place of a name and never shown. Ordinals, numbers and directions are
never folded: 一中队 and 二中队 are two bodies, and so are 东城 and 西城.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from registry.resources import resource
from registry.text import clean, fold_account_word, fold_width, remove_space

if TYPE_CHECKING:
    from opencc import OpenCC

_DROPPED = "@|丨│┃∣ǀᅵ·•・‧∙⋅‐()[]{}<>〔〕【】〈〉《》「」『』〖〗“”‘’\"'`"


class _Simple(dict[int, str]):
    """Traditional character → Simplified (OpenCC t2s), filled with the characters that are met.

    Character by character, not by phrase, so that a key does not depend on what stands beside it.
    """

    def __missing__(self, code: int) -> str:
        char = chr(code)
        simple = _convert(char)
        # a few Traditional characters become another's Traditional form (薴 → 苧 → 苎)
        self[code] = _convert(simple) if simple != char else char
        return self[code]


class _Folding(dict[int, str | None]):
    """The same, and nothing for the marks that names are written with."""

    def __missing__(self, code: int) -> str | None:
        self[code] = None if chr(code) in _DROPPED else _SIMPLE[code]
        return self[code]


_SIMPLE = _Simple()
_FOLDING = _Folding()
_PLAIN: set[str] = set()
"""Characters met that are their own key wherever they stand."""


def _convert(char: str) -> str:
    """One character in Simplified; every character beyond the Han ones is its own."""
    if char < "\u3400":
        return char
    simple: str = _converter().convert(char)
    return simple if len(simple) == 1 else char


@cache
def _converter() -> OpenCC:
    """Loaded at the first use."""
    from opencc import OpenCC

    return OpenCC("t2s")


def simplify(text: str) -> str:
    """The text in Simplified characters, of the same length."""
    return text if text.isascii() else text.translate(_SIMPLE)


def fold_name(text: str) -> str:
    """The key under which account names are compared.

    Folds widths, case, Traditional characters, 帐/账, white space, `@`, the bars 丨 | · and the
    brackets themselves (not what stands in them). A name of nothing but such marks is its own key.
    """
    if text and _PLAIN.issuperset(text):
        return text
    key = _fold(text)
    _PLAIN.update(char for char in key if _is_plain(char))
    return key


def _is_plain(char: str) -> bool:
    """Han characters, small letters and digits compose with nothing beside them."""
    stands = "\u4e00" <= char <= "\u9fff" or char.isascii()
    return stands and char not in _DROPPED and _fold(char) == char


def _fold(text: str) -> str:
    plain = remove_space(fold_width(text)).casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKC", plain)
    # what stood on both sides of a mark taken out may compose
    key = unicodedata.normalize("NFC", fold_account_word(plain.translate(_FOLDING)))
    return key or plain


def fold_unit(text: str) -> str:
    """The key under which unit names are compared: as for account names."""
    return fold_name(text)


# --- units ----------------------------------------------------------------------------------------

_DIVISIONS = (
    "特别行政区 自治区 自治州 自治县 自治旗 高新区 经开区 开发区 示范区 街道 地区 新区 林区 特区 "
    "省 市 州 盟 县 区 旗 镇 乡"
).split()
_STEM = "[^省市州盟县区旗镇乡局委厅院部处府办]"
_NO_LEVEL = re.compile(
    r"(?:^城市|..城市|社区|园区|景区|辖区|库区|片区|校区|红旗|小区|街区|城镇|城乡|市场)$"
)
_WORDS = re.compile(
    r"市(?:场|容|域|区|情|花|民(?!政|族|宗|营|主|革|盟|建|兵|办|间|生|防|俗|用|航|商)|政(?!府|协|务|法|策|研)|监(?!狱))"
    r"|县(?:域|情)|区(?:域|划|块)|乡(?:村|愁|贤|土)|镇(?:村|痛)|旗(?:舰|帜)|州(?:际)|省(?:际|会|级)"
)
_SECOND = frozenset("场容域区情花民政监划块村愁贤土痛舰帜际会级")
"""Second characters of those words."""


def region_levels(name: str) -> list[str]:
    """The regions that begin a unit's name, from the widest: 云川市青石县公安局 → 云川市, 青石县."""
    levels, at, text = [], 0, simplify(name)
    while found := _level().match(text, at):
        if _NO_LEVEL.search(found.group()) or begins_word(text, found.end() - 1):
            break
        levels.append(name[at : found.end()])
        at = found.end()
    return levels


def begins_word(text: str, at: int) -> bool:
    """True where the division word at `at` begins another word: 青石市场监管, not 青石市."""
    return text[at + 1 : at + 2] in _SECOND and _WORDS.match(text, at) is not None


@cache
def _words() -> Mapping[str, Any]:
    return tomllib.loads(resource("registry", "name_words.toml").read_text("utf-8"))


@cache
def _level() -> re.Pattern[str]:
    """One region; 州 before another division or a people is part of a name: 通州区, 靖州苗族自治县."""
    inner = f"(?=[市区县旗]|(?:{'|'.join(_words()['peoples'])})族)"
    divisions = "|".join(_DIVISIONS)
    first = f"(?:[镇乡](?={_STEM}))?"  # 镇江市, 乡宁县
    return re.compile(rf"{first}(?:{_STEM}|州{inner}){{1,12}}?(?:{divisions})(?<!州{inner})")


@cache
def _peoples() -> re.Pattern[str]:
    """自治 with the peoples before it, or peoples with 族 alone (民族乡)."""
    names = "|".join(sorted(_words()["peoples"], key=len, reverse=True))
    return re.compile(f"(?<=..)(?:(?:(?:{names})族?)*自治|(?:(?:{names})族)+)$")


def usual_full_name(body: str) -> str:
    """The full name of a body whose short form no rule yields: 编办 → 机构编制委员会办公室."""
    full: str = _words()["short"].get(body, body)
    return full


@cache
def customary_names() -> Mapping[str, frozenset[str]]:
    """What a department is called for short → what it is for; both without links and kind of body:
    住建 → 住房城乡建设 …"""
    found: dict[str, set[str]] = {}
    for full, shorts in _words()["departments"].items():
        for short in shorts:
            found.setdefault(without_links(short), set()).add(without_links(full))
    return {short: frozenset(fulls) for short, fulls in found.items()}


_LINKS = re.compile("和(?![平谐睦])|[与及暨]")


def without_links(text: str) -> str:
    """The text without the words that join two others: 发展和改革 → 发展改革."""
    return _LINKS.sub("", text)


def reorganised() -> Mapping[str, str]:
    """An earlier body → what it was made part of, both without their region."""
    later: Mapping[str, str] = _words()["reorganised"]
    return later


def often_one() -> Mapping[str, list[str]]:
    """An office → others that are the same one in many places, without their region."""
    other: Mapping[str, list[str]] = _words()["often_one"]
    return other


@lru_cache(1 << 14)
def region_parts(level: str) -> tuple[str, str]:
    """A region's stem and its division word, without its peoples: 青石彝族自治县 → 青石, 县.

    A name of two characters is its own stem: 沛县.
    """
    level = _words()["regions"].get(simplify(level), level)
    plain = simplify(level)
    for division in _DIVISIONS:
        if plain.endswith(division) and not division.startswith("自治"):
            stem = level[: -len(division)]
            short = stem[: len(_peoples().sub("", simplify(stem)))]
            if len(short) > 1:
                return short, division
    return level, ""


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


@lru_cache(1 << 14)
def differ_in_region_only(one: str, other: str) -> bool:
    """Whether two names are one unit's whose region is written longer, shorter or not at all:
    松溪教育局, 松溪县教育局, 云川市松溪县教育局, 县教育局.

    The body itself stands in both alike: a short form of it (松溪教育) may be an account's name.
    """
    if fold_unit(expand_unit(one, other)) == fold_unit(other):
        return True
    if fold_unit(expand_unit(other, one)) == fold_unit(one):
        return True
    return any(_same_place(*parts) for parts in _read_alike(fold_unit(one), fold_unit(other)))


_Read = tuple[list[tuple[str, str]], str]
"""The regions of a name as (stem, division), from the widest, and the body."""


def _read_alike(one: str, other: str) -> Iterator[tuple[_Read, _Read]]:
    """Both names taken apart, one without a division read by the regions of the other."""
    left, right = _regions_and_body(one), _regions_and_body(other)
    yield left, right
    for short, whole in ((left, right), (right, left)):
        if not short[0] and whole[0]:
            yield _by_stems(short[1], whole[0]), whole


def _regions_and_body(name: str) -> _Read:
    levels = region_levels(name)
    return [region_parts(level) for level in levels], name[sum(map(len, levels)) :]


def _by_stems(name: str, regions: list[tuple[str, str]]) -> _Read:
    """A name that begins with the stems of these regions, of all or the last: 青石教育局."""
    stems = [stem for stem, _division in regions]
    for start in range(len(stems)):
        lead = "".join(stems[start:])
        if name.startswith(lead):
            return [(stem, "") for stem in stems[start:]], name[len(lead) :]
    return [], name


def _same_place(one: _Read, other: _Read) -> bool:
    """One body, in regions of which the narrower ones agree as far as both name them."""
    if not one[1] or one[1] != other[1] or not (one[0] and other[0]):
        return False
    narrowest = zip(reversed(one[0]), reversed(other[0]), strict=False)
    return all(
        left[0] == right[0] and (not left[1] or not right[1] or left[1] == right[1])
        for left, right in narrowest
    )
