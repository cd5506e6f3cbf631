"""What account names are made of: place, body, badge. Which places and badges there are is learned
from the names themselves, so that a county's list and a province's are read alike.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from registry.names import begins_word, region_levels, region_parts

BADGES = (
    "官方发布 权威发布 政务发布 官方微博 官方微信 官方账号 官方 权威 发布 政务微博 政务微信 政务 官博 官微 "
    "微信公众号 公众号 微博 微信 订阅号 服务号 视频号 抖音号 抖音 快手号 快手 头条号 账号 在线"
).split()
"""What many names carry beside the name itself, in front or behind."""

BODY_CHARS = frozenset("局委办厅院部处科室所站队馆校园会团中心厂司台署府庭行店社学")
"""The last character of what is a body: with one of these an ending is more than a badge."""

_DIVISION = re.compile("[省市盟县区旗]|州(?![市县区旗])")
_ENDS = frozenset("省市州盟县区旗")
_TOO_MANY = 4
"""Characters in the longest stem of a region without peoples."""

_OFTEN = 8
"""Different names behind which an ending must stand to be a badge."""
_BESIDE = 0.2
"""The share of a badge's names that may stand beside the same name without it."""


_Where = tuple[str, str, str]
"""(parent, stem, division)"""
_NOWHERE: _Where = ("", "", "")
_Taken = tuple[_Where, str, bool]
"""(place, rest, turned)"""


class Parts(NamedTuple):
    """A folded name taken apart. What is not there is an empty text."""

    parent: str
    """Stem of the wider region."""
    stem: str
    """The place without its division: 青石 of 青石县 and of 青石彝族自治县."""
    division: str
    rest: str
    """Everything else, in its order."""
    core: str
    """The rest without badges; where it is nothing but badges, the rest."""
    turned: bool = False
    """The place stands behind the name, or a badge before it."""


class Wording:
    """The places and badges of one body of names. `names` are folded."""

    def __init__(self, names: Collection[str], further: Iterable[str] = ()) -> None:
        """`further`: folded names of units, from which places are learned as well."""
        self._regions: dict[str, tuple[str, str]] = {}
        self._forms: dict[str, _Where] = {}
        self._weight: Counter[str] = Counter()
        self._parents: defaultdict[str, set[str]] = defaultdict(set)
        self._strip = _stripper(BADGES)
        heads = {name: self._heads(name) for name in names}
        counts = Counter(heads.values())
        counts.update(map(self._heads, further))
        del counts[()]
        self._joined = _joined(counts, self._strip[0])
        self._where = {levels: (self._place(levels), len("".join(levels))) for levels in counts}
        self._learn(counts)
        self._lengths = sorted({len(form) for form in self._forms}, reverse=True)
        taken = {name: self._taken(name, levels) for name, levels in heads.items()}
        self.badges = frozenset(_learned_badges(taken.values()))
        if self.badges:
            self._strip = _stripper([*BADGES, *self.badges])
            for name, (where, _rest, turned) in taken.items():
                if turned or not where[1]:
                    taken[name] = self._taken(name, heads[name])
        cores = {
            rest: self.core(rest) for rest in {rest for _where, rest, _turned in taken.values()}
        }
        self.parts = {
            name: Parts(*where, rest, cores[rest], turned)
            for name, (where, rest, turned) in taken.items()
        }
        """Folded name → what it is made of."""

    # --- places

    @property
    def places(self) -> Collection[str]:
        """The stems of the regions that names and units begin with."""
        return self._weight.keys()

    def _heads(self, text: str) -> tuple[str, ...]:
        """The regions at the front, as `region_levels` tells them, each looked up once."""
        found: tuple[str, ...] = ()
        at = 0
        while hit := _DIVISION.search(text, at + 2 - (text[at + 1 : at + 2] == "县")):
            end = hit.end()
            head = text[at:end]
            region = self._regions.get(head)
            if region is None:
                region = self._regions[head] = _region(head)
            if not region[0] or begins_word(text, end - 1):
                break
            found = (*found, head)
            at = end
        return found

    def _place(self, levels: tuple[str, ...]) -> _Where:
        stem, division = self._regions[levels[-1]]
        return self._regions[levels[-2]][0] if len(levels) > 1 else "", stem, division

    def _learn(self, counts: Counter[tuple[str, ...]]) -> None:
        """Every place by each of its forms, and how many names begin with it."""
        first: Counter[str] = Counter()
        for levels, count in counts.items():
            first[levels[0]] += count
        for levels, count in counts.items():
            head = levels[0]
            if head in self._joined or (first[head] == 1 and len(head) > _TOO_MANY):
                continue
            for number, level in enumerate(levels):
                where = self._place(levels[: number + 1])
                self._weight[where[1]] += count
                if where[0]:
                    self._parents[where[1]].add(where[0])
                self._forms.setdefault("".join(levels[: number + 1]), where)
                self._forms.setdefault(where[1], ("", where[1], ""))
                self._forms.setdefault(level, ("", *where[1:]))

    def _taken(self, text: str, heads: tuple[str, ...]) -> _Taken:
        """A name taken apart into place and rest."""
        if heads:
            if heads[0] in self._joined:
                return self._led(text, self._joined[heads[0]])
            where, length = self._where[heads]
            return where, text[length:], False
        if self._strip[1].sub("", text)[-1:] in _ENDS and (behind := self._behind(text)):
            return behind
        front = self._front(text)
        if front is not None and self._weight[front[0][1]] > 1:
            return front
        return self._badged(text) or self._behind(text) or front or (_NOWHERE, text, False)

    def _led(self, text: str, size: int) -> _Taken:
        """A place behind its first `size` characters: 审计青石县, 发布青石县教育局."""
        before, behind = text[:size], text[size:]
        heads = self._heads(behind)
        rest = behind[sum(map(len, heads)) :]
        badge = self._strip[0].sub("", before) == ""
        return self._place(heads), rest + before if badge else before + rest, True

    def _badged(self, text: str) -> _Taken | None:
        """A badge before the place: 发布青石教育."""
        bare = self._strip[0].sub("", text)
        if not bare or bare == text:
            return None
        heads = self._heads(bare)
        if heads:
            return self._place(heads), bare[sum(map(len, heads)) :] + text[: -len(bare)], True
        front = self._front(bare)
        return (front[0], front[1] + text[: -len(bare)], True) if front else None

    def _front(self, text: str) -> _Taken | None:
        """A place without its division in front: 青石文旅, 云川青石文旅."""
        for size in (4, 3, 2):
            stem, rest = text[:size], text[size:]
            if stem not in self._weight or not rest:
                continue
            for inner in (3, 2):
                below = rest[:inner]
                if rest[inner:] and stem in self._parents.get(below, ()):
                    return (stem, below, ""), rest[inner:], False
            return ("", stem, ""), rest, False
        return None

    def _behind(self, text: str) -> _Taken | None:
        """A place behind: 文旅青石县, with or without a badge behind that."""
        for bare in dict.fromkeys((text, self._strip[1].sub("", text))):
            for size in self._lengths:
                place = self._forms.get(bare[-size:]) if size < len(bare) else None
                if place is not None:
                    return place, bare[:-size] + text[len(bare) :], True
        return None

    # --- badges

    def core(self, rest: str) -> str:
        """What of a name without its place is left when badges are taken off."""
        before, behind = self._strip
        core = before.sub("", behind.sub("", rest))
        return core if len(core) > 1 else rest


def _region(head: str) -> tuple[str, str]:
    """(stem, division) of what `region_levels` takes for one region, or empty texts."""
    if region_levels(head) != [head]:
        return "", ""
    stem, division = region_parts(head)
    return (stem, division) if len(stem) <= _TOO_MANY else ("", "")


def _joined(counts: Counter[tuple[str, ...]], badge: re.Pattern[str]) -> dict[str, int]:
    """Seeming regions that are a badge or a name with a region behind it, met more often: 审计青石县
    → 2.
    """
    first: Counter[str] = Counter()
    for levels, count in counts.items():
        first[levels[0]] += count
    joined = {}
    for head, count in first.items():
        if len(head) > _TOO_MANY:
            led = badge.match(head)
            sizes = (size for size in range(2, len(head) - 2) if first[head[size:]] > count)
            if size := led.end() if led and led.end() < len(head) - 2 else next(sizes, 0):
                joined[head] = size
    return joined


def _stripper(badges: Iterable[str]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What takes badges off the front and off the end."""
    every = "|".join(map(re.escape, sorted(set(badges), key=len, reverse=True)))
    every = every.replace("政务", "政务(?!服务|公开|数据|大厅|中心)")
    return re.compile(f"^(?:{every})+"), re.compile(f"(?:{every})+$")


def _learned_badges(taken: Iterable[_Taken]) -> list[str]:
    """Endings that many different names bear in place of the name alone, hardly ever beside it."""
    where: defaultdict[str, set[str]] = defaultdict(set)
    for place, rest, _turned in taken:
        if place[1]:
            where[rest].add(place[1])
    tried: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for rest in where:
        for size in (2, 3, 4):
            bare, ending = rest[:-size], rest[-size:]
            if len(bare) > 1 and bare in where and not BODY_CHARS.intersection(ending):
                tried[ending].append((bare, rest))
    return [ending for ending, pairs in tried.items() if _is_badge(pairs, where)]


def _is_badge(pairs: list[tuple[str, str]], where: Mapping[str, set[str]]) -> bool:
    if len(pairs) < _OFTEN:
        return False
    beside = sum(len(where[bare] & where[rest]) for bare, rest in pairs)
    return beside <= _BESIDE * sum(len(where[rest]) for _bare, rest in pairs)
