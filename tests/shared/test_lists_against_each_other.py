"""Published lists as ledger and as outside list: each is itself however it is written, and lists of
two places have nothing in common."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import NamedTuple

import pytest
from opencc import OpenCC
from sqlalchemy.orm import Session

from reconcilers.decisions import Decisions
from reconcilers.ledger import Ledger, read_ledger
from reconcilers.national import NationalPicture, match_national, national_differences
from reconcilers.drafting import Setting
from registry.accounts.making import create_account
from registry.actors import get_actor
from registry.exchange.national_template import NationalEntry
from registry.history.writing import Act
from registry.units.naming import ensure_unit
from registry.vocab import AccountState, NationalState
from tests.conftest import NOW
from tests.exchange.catalogues import CATALOGUE

ROOT = Path(__file__).resolve().parents[2]
LISTS = (ROOT / os.environ.get("TAIZHANG_SHARED", "../shared")).resolve() / "ledgers"
if not LISTS.is_dir():
    pytest.skip("no published lists at hand", allow_module_level=True)

_NAMES = ("name", "新媒体名称", "【账号名称】", "【账号(平台)——原文一格】")
_UNITS = ("主办单位", "责任单位", "【单位】")
_PLATFORMS = {"微博": "weibo", "抖音": "douyin", "头条": "toutiao", "视频": "channels"}


class Row(NamedTuple):
    """One account as a list prints it."""

    unit: str
    name: str
    platform: str


@cache
def rows(path: Path) -> tuple[Row, ...]:
    """The accounts of a list, each once; a row without a unit is of the unit above."""
    found: dict[Row, None] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        unit = ""
        for line in csv.DictReader(file):
            cell = _first(line, _NAMES)
            unit = _first(line, _UNITS) or unit
            name, _bracket, where = cell.partition("(")
            where += line.get("新媒体类型") or line.get("【平台】") or ""
            platform = next((p for word, p in _PLATFORMS.items() if word in where), "wechat")
            found[Row(unit, name, platform)] = None
    return tuple(found)


def _first(line: dict[str, str], titles: tuple[str, ...]) -> str:
    return next((line[title] for title in titles if line.get(title)), "")


MANY = [path for path in sorted(LISTS.glob("[0-9]*.csv")) if rows(path)]
PLACES = [path for path in MANY if "wuding" not in path.name or path.name.startswith("01")]
"""One list of each place."""


def ledger(session: Session, path: Path) -> Ledger:
    """A ledger that holds the list; where it names no unit, each account has one of its name."""
    act = Act(get_actor(session, "王芳"), NOW)
    for unit, name, platform in rows(path):
        create_account(
            session,
            platform=platform,
            name=name,
            host_unit=ensure_unit(session, unit or name, act=act, effective_on=NOW.date()),
            state=AccountState.ACTIVE,
            act=act,
            effective_on=NOW.date(),
        )
    session.flush()
    return read_ledger(session)


def outside(found: tuple[Row, ...]) -> list[NationalEntry]:
    """The list as an export that knows no ids."""
    state = NationalState.LIVE
    return [NationalEntry(p, name, host_unit=unit, state=state) for unit, name, p in found]


def matched(held: Ledger, found: tuple[Row, ...]) -> NationalPicture:
    return match_national(held, outside(found), CATALOGUE, Decisions())


def otherwise(found: tuple[Row, ...]) -> Iterator[Row]:
    """The same in Traditional characters, with spaces and marks of other lists."""
    traditional = OpenCC("s2t").convert
    for unit, name, platform in found:
        yield Row(f" {traditional(unit)} ", f"@{traditional(name)}　", platform)


@pytest.mark.parametrize("path", MANY, ids=lambda path: path.stem)
def test_a_list_is_itself_in_whatever_writing(session: Session, path: Path) -> None:
    held, found = ledger(session, path), rows(path)
    for written in (found, tuple(otherwise(found))):
        picture = matched(held, written)
        told = national_differences(
            picture, Setting(NOW), CATALOGUE, closed_on={}, cancel_limit=None
        )
        assert [(d.code, d.fields) for d in told] == []
        assert (picture.matched, picture.matching.doubts) == (len(found), ())


@pytest.mark.parametrize("path", PLACES, ids=lambda path: path.stem)
def test_lists_of_two_places_have_nothing_in_common(session: Session, path: Path) -> None:
    held = ledger(session, path)
    for one, other in permutations(PLACES, 2):
        if one == path:
            picture = matched(held, rows(other))
            found = [(p.account.name, p.row.name) for p in picture.matching.pairs]
            asked = [(d.account.name, d.row.name) for d in picture.matching.doubts]
            assert (other.name, found, asked) == (other.name, [], [])


def test_a_county_s_lists_are_one_whether_they_name_the_county_or_not(session: Session) -> None:
    first, *later = [path for path in MANY if "wuding" in path.name]
    held = ledger(session, first)
    for path in later:
        picture = matched(held, rows(path))
        common = {row[1:] for row in rows(first)} & {row[1:] for row in rows(path)}
        assert picture.matched == len(common) > 5
        assert picture.matching.doubts == ()
