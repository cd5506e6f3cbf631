"""Which account names can be mistaken for each other. Conservative on purpose: ordinals, numbers,
directions, places and the word that says what sort of body it is are never folded.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from rapidfuzz.distance import OSA

from registry.names import region_levels

_BADGES = re.compile(r"(?:官方(?:微博|微信|公众号|账号|号)?|发布|微博|微信|公众号|在线)$|^官方")
"""What many names carry beside the name itself."""

_PROTECTED = frozenset(
    "0123456789〇零一二三四五六七八九十百千万两甲乙丙丁戊己庚辛壬癸"
    "东西南北中上下左右前后内外里大小新老旧高初总分副正男女"
    "省市州县区旗盟乡镇村街道路里坊社屯营分"
    "局委办厅院部处科室所站队馆校园会团中心厂司台署府庭行店网报刊"
)
"""One of these added or left out makes another body, not a misspelling."""

_CONFUSED = ("媒煤谋", "徽微", "己已", "未末", "州洲", "象像", "园圆圜", "融隔", "辩辨")
"""Characters taken for each other in writing. Any other exchange makes another word: 人社, 人防."""
_CONFUSABLE = {char: group for group in _CONFUSED for char in group}

SHORTEST = 6
"""Characters from which one differing character can be a slip rather than another name."""

_KEPT = 4
"""Characters that must be left when a badge is taken off."""

_FRONT = 2
"""Characters at the front that name the place: they must agree."""


class Core(NamedTuple):
    """A name as it is compared."""

    text: str
    """Without badges, and without the division word behind its region (青石县文旅 → 青石文旅)."""
    division: str
    """That word, or an empty text. 县 and 市 of one name are two places."""


def skeleton(fold: str) -> str:
    """The folded name without such additions as 官方 and 发布, if enough of it is left."""
    while True:
        bare = _BADGES.sub("", fold)
        if bare == fold or len(bare) < _KEPT:
            return fold
        fold = bare


@lru_cache(1 << 17)
def core(fold: str) -> Core:
    """What of a folded name is compared."""
    name = skeleton(fold)
    levels = region_levels(name)
    if len(levels) != 1 or levels[0][-1] not in "县市区" or len(levels[0]) < 3:
        return Core(name, "")
    rest = name[len(levels[0]) :]
    return Core(levels[0][:-1] + rest, levels[0][-1]) if len(rest) >= 2 else Core(name, "")


def one_place(one: Core, other: Core) -> bool:
    """True unless the division words say that they are two places."""
    return not one.division or not other.division or one.division == other.division


def misspelt(one: str, other: str) -> bool:
    """True when two names differ by one slip that makes no other body of it.

    A slip: one character left out or added, two neighbours transposed, or one character taken for
    another that looks or sounds like it.
    """
    if min(len(one), len(other)) < SHORTEST or one[:_FRONT] != other[:_FRONT]:
        return False
    if one == other or OSA.distance(one, other, score_cutoff=1) != 1:
        return False
    left, right = _changed(one, other)
    if len(left) == len(right) == 1:
        return right in _CONFUSABLE.get(left, "")
    if len(left) == len(right):
        return True
    return not set(left + right) & _PROTECTED and not (left + right).isascii()


def _changed(one: str, other: str) -> tuple[str, str]:
    """What two names hold between their common ends."""
    shorter = min(len(one), len(other))
    start = next((i for i in range(shorter) if one[i] != other[i]), shorter)
    end = 0
    while end < shorter - start and one[-1 - end] == other[-1 - end]:
        end += 1
    return one[start : len(one) - end], other[start : len(other) - end]


def neighbours(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Pairs of different names one slip apart, each once, without comparing all with all.

    Two names one slip apart agree in one of the forms that leave out one character of them.
    """
    buckets: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(set(names)):
        if len(name) >= SHORTEST:
            for form in _forms(name):
                buckets[form].append(name)
    seen: set[tuple[str, str]] = set()
    for alike in buckets.values():
        for pair in combinations(alike, 2):
            if pair not in seen:
                seen.add(pair)
                if misspelt(*pair):
                    yield pair


def _forms(name: str) -> Iterable[str]:
    """The name, and the name without one of the characters behind the place."""
    return {name, *(name[:i] + name[i + 1 :] for i in range(_FRONT, len(name)))}
