"""The columns of a reconciling's workbook that come back: the hidden key, decision, last day, remark.

Writer and reader share them. Titles and decisions are known in both languages, whichever the
workbook was written in; a row is known by its key alone, wherever it stands.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from urllib.parse import quote, unquote

from registry.dates import SHANGHAI
from registry.messages import language
from registry.names import fold_name
from registry.vocab import Choice, Lang, label


class Part(Enum):
    """One column that comes back, with its title in Chinese and in English."""

    DECISION = ("处理决定", "Decision")
    UNTIL = ("截止日期（暂免、批准时填）", "Until (if waived or approved)")
    REMARK = ("备注（理由）", "Remark (reason)")
    FIELDS = (
        "以报送系统为准的栏目（办理变更备案时填，不填为全部）",
        "Fields as they are there (if a change is filed; empty: all)",
    )
    KEEP = ("保留的账号（不选为建议保留的）", "Account to keep (empty: the suggested one)")
    NOTICE = ("公告链接（登记公告时填）", "Link of the notice (if it is recorded)")
    HOST = (
        "主办单位（补办开设备案时填，不填为表中所列）",
        "Host unit (if an opening is filed; empty: as listed)",
    )
    KEY = ("标识（请勿改动）", "Key (do not change)")
    CELLS = ("原内容（请勿改动）", "Cells as written (do not change)")

    @property
    def title(self) -> str:
        """The title in the language in force."""
        return self.value[language() is Lang.EN]


_NAME_TITLES = frozenset(map(fold_name, ("账号名称", "Account name")))

_FIELDS: Mapping[str, tuple[str, ...]] = {
    "host_unit": ("主办单位", "Host unit"),
    "supervising_unit": ("主管单位", "Supervising unit"),
    "name": ("账号名称", "名称", "Account name", "Name"),
    "form": ("类型", "账号类别", "形式", "Form"),
    "identifier": ("平台ID", "Platform id"),
    "verified_subject": ("认证主体", "Verified subject"),
    "url": ("链接", "账号链接", "Link"),
    "state": ("状态", "State"),
    "host_level": ("主办单位层级", "单位层级", "Level of the host unit"),
    "region_code": ("行政区划代码", "区划代码", "Region code"),
}
"""What people call the fields in which a row of the national system can differ."""

_FIELD_OF = {fold_name(word): name for name, words in _FIELDS.items() for word in words}
_BETWEEN = re.compile(r"[、,，;；/\s]+")

_PARTS = {fold_name(title): part for part in Part for title in part.value}
_CHOICES = {fold_name(label(choice, lang)): choice for choice in Choice for lang in Lang}
_CHOICES[fold_name("保留建议的、其余办理关停备案")] = Choice.STOP_OTHERS
_CHOICES[fold_name("keep the suggested one and stop the others")] = Choice.STOP_OTHERS
"""As workbooks were written before the account to keep could be chosen."""


def part_of(title: str) -> Part | None:
    """The column that a title means, or None."""
    return _PARTS.get(fold_name(title))


def is_name_title(title: str) -> bool:
    """Whether the account's name stands under that title, on either side."""
    return fold_name(title) in _NAME_TITLES


def fields_of(text: str) -> tuple[list[str], list[str]]:
    """The fields that a cell names, and the words in it that name none. A title may hold spaces."""
    whole = _FIELD_OF.get(fold_name(text))
    if whole is not None:
        return [whole], []
    words = [word for word in _BETWEEN.split(text) if word]
    known = [(word, _FIELD_OF.get(fold_name(word))) for word in words]
    return [name for _word, name in known if name], [word for word, name in known if not name]


def field_word(name: str) -> str:
    """What the workbook calls such a field, in the language in force."""
    english = language() is Lang.EN
    return next(word for word in _FIELDS[name] if word.isascii() is english)


def choice_of(word: str) -> Choice | None:
    """The decision that a printed word means, in either language, or None."""
    return _CHOICES.get(fold_name(word))


# --- which workbook -------------------------------------------------------------------------------

_STAMP = re.compile(r"taizhang reconcile 1 (\S+) (\S+)")


@dataclass(frozen=True, slots=True)
class Stamp:
    """Of which registry and moment a sheet is. It stands above the keys, on each sheet."""

    registry_uid: str
    at: datetime
    """Aware."""

    def __str__(self) -> str:
        moment = self.at.astimezone(SHANGHAI).isoformat(timespec="seconds")
        return f"taizhang reconcile 1 {self.registry_uid or '-'} {moment}"


def read_stamp(text: str) -> Stamp | None:
    """The stamp in a cell; None where there is none."""
    found = _STAMP.fullmatch(text.strip())
    try:
        return Stamp(found[1], datetime.fromisoformat(found[2])) if found else None
    except ValueError:
        return None


# --- what stood in a row --------------------------------------------------------------------------

_CELLS = "taizhang cells 2"


def told_apart(titles: Iterable[str]) -> list[str]:
    """The titles, those that stand there before with their number: both sides have columns of the same
    title, and what stands in one is not what stands in the other."""
    seen: Counter[str] = Counter()
    apart = []
    for title in titles:
        plain = "".join(title.split())
        seen[plain] += 1
        apart.append(title if seen[plain] == 1 else f"{title} {seen[plain]}")
    return apart


def cell_mark(title: str, text: str) -> str:
    """Six hex digits of a cell that is not read, by which an edited one is told from it."""
    told = "".join(text.split())[:_MARKED].encode("utf-8", "replace")
    return f"{zlib.crc32(told, _of_title(title)) & 0xFFFFFF:06x}"


@cache
def _of_title(title: str) -> int:
    return zlib.crc32("".join(title.split()).encode("utf-8", "replace"))


_MARKED = 1000
"""Characters of a cell that are looked at."""


def titles_mark(titles: Iterable[str]) -> str:
    """The titles of a sheet whose cells are marked; it stands above the marks."""
    return " ".join([_CELLS, *(cell_mark(title, "") for title in told_apart(titles))])


def read_titles(text: str) -> frozenset[str]:
    """The marks of the titles of a sheet; none where the text is something else."""
    start, marks = text[: len(_CELLS)], text[len(_CELLS) :]
    return frozenset(marks.split()) if start == _CELLS else frozenset()


# --- which row ------------------------------------------------------------------------------------

_UID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_FINDING = re.compile(rf"({_UID})\.([0-9a-f]{{8}})")
_PAIR = re.compile(rf"({_UID})~(\S+)")


@dataclass(frozen=True, slots=True)
class FindingKey:
    """A row about a finding."""

    uid: str
    fingerprint: str
    """Of what the row said, see `registry.findings.differences.fingerprint`."""

    def __str__(self) -> str:
        return f"{self.uid}.{self.fingerprint}"


@dataclass(frozen=True, slots=True)
class PairKey:
    """A row about two rows that may be one account."""

    left: str
    """The account's uid."""
    right: str
    """The key of the outside row, as decisions name it."""

    def __str__(self) -> str:
        return f"{self.left}~{quote(self.right, safe=':')}"


def read_key(text: str) -> FindingKey | PairKey | None:
    """The key in a cell; None where it is damaged."""
    text = text.strip().lower() if _FINDING.fullmatch(text.strip().lower()) else text.strip()
    if found := _FINDING.fullmatch(text):
        return FindingKey(found[1], found[2])
    if found := _PAIR.fullmatch(text):
        return PairKey(found[1], unquote(found[2]))
    return None
