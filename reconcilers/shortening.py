"""Which short form stands for which full name of a body: 卫健委 for 卫生健康委员会, and never 卫生局 for
卫生监督局. A short form keeps a part of the words; a name with whole words less is another body's.
"""

from __future__ import annotations

import re
from functools import lru_cache

from registry.names import usual_full_name

STRICT = frozenset(
    "0123456789〇零一二三四五六七八九十百千万两甲乙丙丁戊己庚辛壬癸"
    "东西南北上下左右前后内外大小新老旧高初副男女"
)
"""One of these added, left out or exchanged makes another body."""

_KEPT = STRICT - {"女"}
"""What a short form may not leave out: 妇联 is 妇女联合会."""

_HEADS = (
    ("委员会办公室", "委办"),
    ("人民政府", "政府"),
    ("委员会", "委"),
    ("办公室", "办"),
    ("指挥部", "指挥部"),
    *((head, head) for head in "大队 支队 总队 中队 中心 政府 委办".split()),
    *((head, head) for head in "局委办会院馆站所处科室队校园场部厅"),
)
_MAY_FALL = frozenset(("局", "委", "办", "会", "中心", "大队", "支队", "总队"))
"""The kind of body that a short form may leave out: 青石教育 for 青石县教育局."""

_LINKS = re.compile("和(?![平谐睦])|[与及暨]")
_FIRST_WORDS = re.compile("^(?:人民(?=检察|法)|总(?=工会))")
_EMPTY_WORDS = frozenset("管理 事务 工作 行政 事业 监督管理 工作委员会 局".split())
"""Words that say nothing about what a body is for."""
_BODIES = frozenset("协联院馆校所站队园镇乡村街")
"""What falls out may not hold one of these: 科技 is not 科学技术协(会)."""
_NUMBERED = re.compile("^第(.{1,3})(中|小|幼)(?:学|儿园)$")


@lru_cache(1 << 17)
def body_parts(core: str) -> tuple[str, str]:
    """What a body is for, and what kind of body it is: 卫生健康委员会 → 卫生健康, 委."""
    core = usual_full_name(core)
    plain = _NUMBERED.sub(r"\1\2", _FIRST_WORDS.sub("", core))
    if plain in {"检察院", "工会", "法院"}:
        return plain.removesuffix("院") if plain == "检察院" else plain, ""
    for head, short in _HEADS:
        if plain.endswith(head) and len(plain) > len(head) + (len(head) == 1):
            return _LINKS.sub("", plain[: -len(head)]) or plain, short
    return _LINKS.sub("", plain) or plain, ""


def kinds_fit(short: str, full: str) -> bool:
    """The kinds of body agree, or the short form leaves it out where that is usual."""
    return short == full or (not short and full in _MAY_FALL) or (not full and short in _MAY_FALL)


@lru_cache(1 << 17)
def shortens(short: str, full: str) -> bool:
    """True when `short` is made of `full` as people shorten: the first word stands, each word that is
    cut keeps a character, and what falls out whole says nothing.

    Both without their kind of body.
    """
    if not 0 < len(short) < len(full) or short[0] != full[0] or short.isascii() or "、" in full:
        return False
    runs = _runs(short, full)
    if runs is None:
        return False
    kept = [at for start, length in runs for at in range(start, start + length)]
    gaps = _gaps(kept, full)
    if _KEPT.intersection("".join(gaps)) or any(map(_BODIES.intersection, gaps)):
        return False
    if len(short) > 1 and all(gap in _EMPTY_WORDS for gap in gaps):
        return True
    if len(short) > 1 and len(gaps) == 1 and len(gaps[0]) == 1:
        return True
    words = -(-len(full) // 2)
    touched = len({at // 2 for at in kept})
    cut = any(length % 2 for _start, length in runs)
    return cut and touched * 2 >= words and (len(runs) > 1 or len(full) == 4)


def _runs(short: str, full: str) -> list[tuple[int, int]] | None:
    """(start, length) of the pieces of `full` that make up `short`, or None."""
    runs: list[tuple[int, int]] = []
    at = 0
    for char in short:
        found = full.find(char, at)
        if found < 0:
            return None
        if runs and found == sum(runs[-1]):
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((found, 1))
        at = found + 1
    return runs


def _gaps(kept: list[int], full: str) -> list[str]:
    """What lies between the characters kept, and behind the last."""
    ends = [*kept, len(full)]
    gaps = [full[one + 1 : other] for one, other in zip(ends, ends[1:], strict=False)]
    return [gap for gap in gaps if gap]
