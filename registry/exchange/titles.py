"""Which field a column title means, by the editable list in `columns.toml`.

One title at a time; `registry.exchange.columns` decides for a whole sheet. Nothing is guessed from
the look of a word: a title that is not in the list, and ends in none of it, is unknown.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import Any

from registry.names import fold_name, simplify
from registry.resources import resource
from registry.text import clean, fold_width

IGNORE = "ignore"
CONTACT_FIELDS = frozenset(
    {
        "contact_name",
        "contact_phone",
        "responsible_name",
        "responsible_phone",
        "admin_name",
        "admin_phone",
    }
)
"""Personal data: kept apart from every other field, and the only ones of which a sheet may have
several columns."""
NAMED_SCHEMES = frozenset(
    "gh_id wxid uid biz appid sec_uid douyin_id appstore_id package site_code".split()
)
"""Fields that are an id of the scheme they are named after."""

_SHORTEST_ENDING = 3
_BRACKETED = re.compile(r"[(\[【〔{<《][^()\[\]【】〔〕{}<>《》]*[)\]】〕}>》]")
_WHOLLY = re.compile(r"[【\[(〔《「『](.+)[】\])〕》」』]")
_SCALE = re.compile(r"(?:单位[::]?)?(万|千|百|亿)(?:人|个|名|位|次|条)?|w", re.I)
_SCALES = {"百": 100, "千": 1_000, "万": 10_000, "w": 10_000, "亿": 100_000_000}
_NAME_ENDINGS = ("账号名称", "帐号名称", "名称", "昵称", "账号名", "名", "账号", "帐号")


class Fit(IntEnum):
    """How well a title fits a field; the smaller the better."""

    MAPPED = 0
    """By `--map`."""
    EXACT = 1
    PART = 2
    """One of several words parted by a stroke."""
    ENDING = 3
    CONTENT = 4
    """By what stands under it."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """One field that a title may mean."""

    field: str
    fit: Fit
    position: int = 0
    """Place of the word in the field's list: the first is the most telling."""


@cache
def columns_data() -> Mapping[str, Any]:
    """The contents of `columns.toml`."""
    return tomllib.loads(resource("registry.exchange", "columns.toml").read_text("utf-8"))


@cache
def words(name: str) -> frozenset[str]:
    """A list of `[words]`, folded."""
    return frozenset(fold_name(word) for word in columns_data()["words"][name])


@cache
def all_fields() -> tuple[str, ...]:
    """Every field a column can be mapped to."""
    return tuple(columns_data()["fields"])


@cache
def _synonyms() -> Mapping[str, tuple[tuple[str, int], ...]]:
    """Folded title → the fields that list it, each with the word's place in the list."""
    found: dict[str, tuple[tuple[str, int], ...]] = {}
    for field, titles in columns_data()["fields"].items():
        for position, title in enumerate(titles):
            key = fold_name(title)
            found[key] = (*found.get(key, ()), (field, position))
    return found


def plain_title(cell: str) -> str:
    """The title without what only explains it: 【】 around it, brackets in it, a remark after ——."""
    text = fold_width(clean(cell)).strip(" *::。")
    whole = _WHOLLY.fullmatch(text)
    text = re.split("—{2,}|--+", whole[1] if whole else text)[0]
    bare = _BRACKETED.sub("", text).strip(" *::")
    return re.sub(r"\s+", "", bare or text.strip("()[]【】"))


def scale_of(cell: str) -> int:
    """The number by which values under this title are multiplied: 粉丝量（万） → 10,000."""
    for bracket in _BRACKETED.findall(fold_width(cell)):
        found = _SCALE.fullmatch(simplify(re.sub(r"\s", "", bracket[1:-1])))
        if found:
            return _SCALES[(found[1] or "w").lower()]
    return 1


def meanings(cell: str) -> list[Meaning]:
    """The fields that a title may mean, best first; empty when it means none that we know."""
    title = plain_title(cell)
    key = fold_name(title)
    if not key or len(title) > 30:
        return []
    if any(key.startswith(word) for word in words("not_ours")):
        return [Meaning(IGNORE, Fit.CONTENT)] if _personal(key) else []
    exact = _synonyms().get(key) or _synonyms().get(fold_name(clean(cell)))
    if exact:
        return [Meaning(field, Fit.EXACT, position) for field, position in exact]
    return _by_part(title) or _by_ending(key) or _personal(key)


def _by_part(title: str) -> list[Meaning]:
    """Titles of several words: one field if they agree, an unnamed id if they are all ids."""
    parts = [part for part in re.split(r"[/／、|或]", title) if part]
    if len(parts) < 2:
        return []
    found = [_synonyms()[fold_name(part)] for part in parts if fold_name(part) in _synonyms()]
    if not found:
        return []
    fields = {row[0][0] for row in found}
    if len(fields) > 1 and fields <= NAMED_SCHEMES | {"native_id"}:
        return [Meaning("native_id", Fit.PART)]
    return [Meaning(field, Fit.PART, position) for field, position in found[0]]


def _by_ending(key: str) -> list[Meaning]:
    for length in range(len(key) - 1, _SHORTEST_ENDING - 1, -1):
        found = _synonyms().get(key[-length:])
        if found:
            return [Meaning(field, Fit.ENDING, position) for field, position in found]
    return []


def _personal(key: str) -> list[Meaning]:
    """An unknown title about a person is a contact, so that it is not shown with the rest."""
    if not any(word in key for word in words("personal")):
        return []
    phone = any(word in key for word in ("电话", "手机", "联系方式", "邮箱", "qq"))
    return [Meaning("contact_phone" if phone else "contact_name", Fit.CONTENT)]


def platform_part(cell: str) -> str:
    """What a title names before 名称 or 账号, to be looked up as a platform (微博名称 → 微博)."""
    title = plain_title(cell)
    ending = next((end for end in _NAME_ENDINGS if title.endswith(end) and title != end), "")
    return title[: len(title) - len(ending)]
