"""Which short form stands for which full name of a body: 卫健委 for 卫生健康委员会, and never 卫生局 for
卫生监督局. A short form keeps a part of the words; a name with whole words less is another body's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from registry.names import (
    customary_names,
    region_levels,
    simplify,
    usual_full_name,
    without_links,
)

STRICT = frozenset(
    "0123456789〇零一二三四五六七八九十百千万两甲乙丙丁戊己庚辛壬癸"
    "东西南北上下左右前后内外大小新老旧高初副男女"
)
"""One of these added, left out or exchanged makes another body."""

_KEPT = STRICT - {"女"}
"""What a short form may not leave out: 妇联 is 妇女联合会."""

_HEADS = (
    ("委员会办公室", "委办"),
    ("领导小组办公室", "办"),
    ("指挥部办公室", "办"),
    ("人民政府", "政府"),
    ("委员会", "委"),
    ("办公室", "办"),
    ("指挥部", "指挥部"),
    *((head, head) for head in "大队 支队 总队 中队 中心 政府 委办".split()),
    *((head, head) for head in "局委办会院馆站所处科室队校园场部厅"),
)
_MAY_FALL = frozenset(("局", "委", "办", "会", "中心", "大队", "支队", "总队"))
"""The kind of body that a short form may leave out: 青石教育 for 青石县教育局."""

_OFFICES = frozenset(("局", "委", "办"))

_FIRST_WORDS = re.compile(
    "^(?:人民(?=检察|法)|总(?=工会)|人民政府(?=..+(?:局|委|委员会|办公室|中心)$)"
    "|委(?=组织部|宣传部|统一战线|统战部|政法委|机构编制|编办|网络安全|网信办|巡察|党校|老干部|社会工作部|社工部))"
)
"""What stands before a name that says enough: of the party's departments there is one each, and of a
government's (人民政府国有资产监督管理委员会) too."""
_SIGNBOARD = re.compile(r"(.{4,})[（(〔【［\[]([^）)〕】］\]]{3,})[）)〕】］\]]")
"""A name and what stands in brackets behind it."""
_EMPTY_WORDS = frozenset("管理 事务 工作 服务 行政 事业 监督管理 工作委员会 局".split())
"""Words that say nothing about what a body is for."""
_BODIES = frozenset("协联院馆校所站队园镇乡村街")
"""What falls out may not hold one of these: 科技 is not 科学技术协(会)."""
_SCHOOLS = re.compile("^第(.{1,3}?)(?:(中|小)学|(幼)儿园|(高)级中学|(初)级中学)$")
_HOSPITAL = re.compile("^第?([一二三四五六七八九十]{1,3})(?:人民医|医|)院$")
"""A numbered hospital is 二院 for short."""
_ADDED = ("监督管理", "服务管理", "管理", "事务", "工作", "服务", "事业")
"""What stands at the end of a department's name in one place and not in another."""


@lru_cache(1 << 17)
def body_parts(core: str) -> tuple[str, str]:
    """What a body is for, and what kind of body it is: 卫生健康委员会 → 卫生健康, 委."""
    plain = _FIRST_WORDS.sub("", usual_full_name(_FIRST_WORDS.sub("", core)))
    plain = _HOSPITAL.sub(r"第\1人民医院", _SCHOOLS.sub(_numbered, plain))
    if plain in {"检察院", "工会", "法院"}:
        return plain.removesuffix("院") if plain == "检察院" else plain, ""
    for head, short in _HEADS:
        if plain.endswith(head) and len(plain) > len(head) + (len(head) == 1):
            return without_links(plain[: -len(head)]) or plain, short
    return without_links(plain) or plain, ""


def _numbered(school: re.Match[str]) -> str:
    """第二中学 → 二中; a 高级中学 is another school than the 中学 of its number."""
    return "".join(filter(None, school.groups()))


def kinds_fit(short: str, full: str) -> bool:
    """The kinds of body agree, or the short form leaves it out where that is usual, or says 办 for
    委员会办公室."""
    if {short, full} == {"办", "委办"}:
        return True
    return short == full or (not short and full in _MAY_FALL) or (not full and short in _MAY_FALL)


def one_office(kind: str, other: str) -> bool:
    """Both are kinds of a department, of which a place has one for each task: 局, 委 and 办 stand for
    each other where no second one is known. A kind that is left out says nothing."""
    return kind == other != "" or (kind in _OFFICES and other in _OFFICES)


def without_signboard(name: str) -> str:
    """The name without the second one in brackets that the same body goes by; empty if it has none.

    文化和旅游局（文物局） is one body of two names; 公安局（交警大队） and 教育局（招生办公室） are a part of
    one.
    """
    found = _SIGNBOARD.fullmatch(name.strip())
    if found is None:
        return ""
    name, board = map(simplify, found.groups())
    kind, second = body_parts(name)[1], body_parts(board)[1]
    placed = re.match("[县市区旗]", board) or region_levels(board)
    within = "分" in board or STRICT.intersection(board.replace("大数据", ""))
    part = within or (second == "办" != kind and not placed)
    return "" if part or not one_office(kind, second) else found.group(1).strip()


@lru_cache(1 << 17)
def shortens(short: str, full: str) -> bool:
    """True when `short` is made of `full` as people shorten: the first word stands, each word that is
    cut keeps a character, and what falls out whole says nothing.

    Both without their kind of body. What people customarily say goes before the rule.
    """
    if customary(short, full):
        return True
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
    if len(short) > 1 and len(gaps) == 1 and len(gaps[0]) == 1 and full[-1] != "学":
        return True
    words = -(-len(full) // 2)
    touched = len({at // 2 for at in kept})
    cut = any(length % 2 for _start, length in runs)
    return cut and touched * 2 >= words and (len(runs) > 1 or len(full) == 4)


def customary(short: str, full: str) -> bool:
    """True when a department is called so, by its whole name or by that without 管理, 服务 …"""
    meant = customary_names().get(short, frozenset())
    return full in meant or any(
        full.endswith(word) and full.removesuffix(word) in meant for word in _ADDED
    )


def customarily_for(short: str) -> Iterator[str]:
    """Everything of which `customary` says that it is called so."""
    for full in customary_names().get(short, ()):
        yield full
        yield from (full + word for word in _ADDED)


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
