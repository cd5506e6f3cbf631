"""One slip of the hand between two names: a character exchanged, left out, doubled, or two swapped.
It says what a slip can be; whether it is one depends on how common both names are.
"""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz.distance import OSA

from reconcilers.shortening import STRICT

_KINDS = frozenset(
    "省市州县区旗盟乡镇村街道局委厅院部处科室所站队馆校园会团场厂司台署府庭行店网报刊"
)
"""One of these for another, or added, makes another body or place."""

_LIKE = (
    "媒煤谋 徽微 己已 未末 州洲 象像 园圆圜 融隔 辩辨 土士 日曰 大太天夫 水永 千干于 田由甲 目自 木本 今令 "
    "西酉 住往 侯候 即既 栽裁 防妨 治冶 人入八 免兔 鸟乌 拔拨 灸炙 崇祟 壁璧 幕墓慕 晴睛 准淮 崎琦"
).split()
"""Characters of like shape; those of like sound are told by their place in GB 2312."""
_BESIDE: dict[str, str] = {}
for _group in _LIKE:
    for _char in _group:
        _BESIDE[_char] = _BESIDE.get(_char, "") + _group

_NEAR = 22
"""GB 2312 orders its 3,755 common characters by their sound: so many places apart they sound alike."""


@lru_cache(1 << 16)
def confusable(one: str, other: str) -> bool:
    """True for two characters that are taken for each other: alike in shape or in sound."""
    if other in _BESIDE.get(one, ""):
        return True
    here, there = _place(one), _place(other)
    return here > 0 < there and abs(here - there) <= _NEAR


def _place(char: str) -> int:
    """The number of a common character in GB 2312 (1 to 3,755), else 0."""
    try:
        first, second = char.encode("gb2312")
    except (UnicodeEncodeError, ValueError):
        return 0
    number = (first - 0xB0) * 94 + second - 0xA0
    return number if 0 < number <= 3755 else 0


@lru_cache(1 << 16)
def slip(one: str, other: str) -> float:
    """How readily one name is a slip of the other: 0 never, 0.5 perhaps, 1 readily.

    Ordinals, numbers, directions and kinds of body or place are never a slip for each other.
    """
    if one == other or OSA.distance(one, other, score_cutoff=1) != 1:
        return 0.0
    left, right = changed(one, other)
    if left.isascii() and right.isascii() or STRICT.intersection(left + right):
        return 0.0
    if len(left) == len(right) == 1:
        if left in _KINDS and right in _KINDS:
            return 0.0
        return 1.0 if confusable(left, right) else 0.5
    if len(left) == len(right):
        return 1.0
    return 0.0 if _KINDS.intersection(left + right) else 0.5


def changed(one: str, other: str) -> tuple[str, str]:
    """What two names hold between their common ends."""
    shorter = min(len(one), len(other))
    start = next((i for i in range(shorter) if one[i] != other[i]), shorter)
    end = 0
    while end < shorter - start and one[-1 - end] == other[-1 - end]:
        end += 1
    return one[start : len(one) - end], other[start : len(other) - end]
