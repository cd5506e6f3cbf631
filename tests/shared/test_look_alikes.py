"""Real account names: what looks alike and is not one body stays apart, what is one is found."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from reconcilers.likeness import Tier, alike
from registry.names import fold_name

ROOT = Path(__file__).resolve().parents[2]
LISTS = (ROOT / os.environ.get("TAIZHANG_SHARED", "../shared")).resolve() / "ledgers"
if not LISTS.is_dir():
    pytest.skip("no published lists at hand", allow_module_level=True)

_TITLES = ("name", "新媒体名称", "主办单位", "【账号名称】", "【单位】")


@pytest.fixture(scope="module")
def names() -> set[str]:
    """Every account and unit name of the lists, folded and without its platform."""
    found = set()
    for path in sorted(LISTS.glob("[0-9]*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                found |= {row[title] for title in _TITLES if row.get(title)}
    return {fold_name(name.partition("(")[0]) for name in found}


def test_few_of_hundreds_of_real_names_are_certainly_alike(names: set[str]) -> None:
    certain = [found for found in alike(names) if found.tier is Tier.CERTAIN]
    assert len(names) > 250
    assert 0 < len(certain) < len(names) / 30


@pytest.mark.parametrize(
    "one, other",
    [
        ("宝鸡市养老", "宝鸡市养老保险经办处"),
        ("宝鸡市第一中学", "宝鸡市第二中学"),
        ("北京发布", "南京发布"),
        ("武定县公安局", "武定县公安局交通警察大队"),
        ("武定警方", "武定交警大队"),
    ],
)
def test_well_known_look_alikes_stay_apart_among_them(
    names: set[str], one: str, other: str
) -> None:
    pairs = {(found.one, found.other) for found in alike(names | {one, other})}
    assert (min(one, other), max(one, other)) not in pairs


@pytest.mark.parametrize(
    "one, other",
    [("武定乡村振兴", "武定县乡村振兴局"), ("宝鸡信访", "宝鸡市信访局")],
)
def test_two_writings_of_one_body_are_found_among_them(
    names: set[str], one: str, other: str
) -> None:
    pairs = {(found.one, found.other): found.tier for found in alike(names | {one, other})}
    assert pairs[min(one, other), max(one, other)] is Tier.CERTAIN
