"""Real published lists, where they are at hand: each is recognised and read as counted by hand."""

from __future__ import annotations

import csv
import os
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from registry.accounts.splitting import How
from registry.exchange.incoming import Incoming, read_incoming
from registry.exchange.recognise import Kind
from registry.exchange.record import Parsed
from registry.platforms import PlatformCatalogue

ROOT = Path(__file__).resolve().parents[2]
LEDGERS = (ROOT / os.environ.get("TAIZHANG_SHARED", "../shared")).resolve() / "ledgers"
if not LEDGERS.is_dir():
    pytest.skip("no published lists at hand", allow_module_level=True)

TODAY = date(2026, 1, 1)

EXPECTED = {
    "00_FORM_template_2025.csv": (Kind.LEDGER, {}),
    "01_wuding_202202.csv": (Kind.LEDGER, {"wechat": 7, "weibo": 2}),
    "04_wuding_202407.csv": (Kind.LEDGER, {"wechat": 7, "weibo": 2, "douyin": 1}),
    "05_wuding_202409.csv": (Kind.LEDGER, {"wechat": 7, "weibo": 2, "douyin": 1}),
    "08_wuding_202509.csv": (Kind.LEDGER, {"wechat": 7, "weibo": 1}),
    "09_baihe_202007.csv": (Kind.PROBLEMS, {"wechat": 4}),
    "10_ningshan_2022Q1.csv": (Kind.PROBLEMS, {"wechat": 6, "weibo": 2}),
    "12_baoji_2024Q3.csv": (Kind.PROBLEMS, {"wechat": 15}),
    "27_qiandongnan_2023Q4.csv": (Kind.LEDGER, {"weibo": 7, "wechat": 16}),
    "28_lianyungang_202309.csv": (Kind.PROBLEMS, {"weibo": 2, "wechat": 7}),
    "41_wechat_feeds_gov.csv": (Kind.LEDGER, {"wechat": 219}),
}
"""File → what it is, and accounts by platform."""

MONTHLY = [name for name in EXPECTED if "wuding" in name]
"""One county's lists: units in full in the first, short (county left out) in the others."""
BRACKETS = {"": "wechat", "(新浪微博)": "weibo", "(抖音)": "douyin"}


def printed(name: str) -> list[list[str]]:
    """The cells below the header, by the csv module alone."""
    with (LEDGERS / name).open(encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.reader(file) if row][1:]


def county() -> str:
    """The county whose lists these are: it begins every unit of the first."""
    return printed(MONTHLY[0])[0][1][:3]


def catalogues() -> dict[str, PlatformCatalogue]:
    """With the installed checkers, and with what only spreadsheets know."""
    from checkers.loading import load_checkers

    found = load_checkers()
    return {
        "checkers": PlatformCatalogue.with_known(found.infos(), found.identify),
        "sheets": PlatformCatalogue.with_known([]),
    }


CATALOGUES = catalogues()


def read(name: str, catalogue: PlatformCatalogue) -> tuple[Incoming, Parsed]:
    incoming = read_incoming(LEDGERS / name, catalogue)
    wuding = "wuding" in name or "FORM" in name
    parsed = incoming.parse(
        catalogue,
        kind=incoming.recognition.kind,
        sender=county() if wuding else "",
        default_host="" if wuding else "省新媒体中心",
        year=2022,
        today=TODAY,
    )
    return incoming, parsed


def test_every_published_list_is_in_the_table() -> None:
    assert {path.name for path in LEDGERS.glob("*.csv")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
@pytest.mark.parametrize("installed", ["checkers", "sheets"])
def test_a_published_list_is_recognised_and_read_whole(name: str, installed: str) -> None:
    if name.startswith("41") and installed == "sheets":
        pytest.skip("its ids need the checker of their platform")
    incoming, parsed = read(name, CATALOGUES[installed])
    kind, platforms = EXPECTED[name]
    assert incoming.recognition.kind is kind
    assert Counter(record.platform for record in parsed.records) == platforms
    assert parsed.faults == ()
    assert parsed.skipped == ()


@pytest.mark.parametrize("name", MONTHLY)
def test_every_row_of_a_county_has_its_unit_in_full_its_platform_and_its_name(name: str) -> None:
    expected, unit = [], ""
    for _number, printed_unit, account, _posts in printed(name):
        unit = printed_unit or unit
        full = unit if unit.startswith(county()) else county()[:-1] + unit
        bare = re.sub(r"\(.*\)$", "", account)
        expected.append((full, bare, BRACKETS[account[len(bare) :]]))
    _incoming, parsed = read(name, CATALOGUES["checkers"])
    assert [(r.host, r.name, r.platform) for r in parsed.records] == expected
    assert all(host.startswith(county()) for host, _name, _platform in expected)


def test_units_of_merged_cells_that_a_csv_lost_are_marked_as_assumed() -> None:
    _incoming, parsed = read("05_wuding_202409.csv", CATALOGUES["checkers"])
    assert [r.sequence for r in parsed.records if r.host_assumed] == ["3", "4", "9"]


def test_the_platform_is_taken_out_of_brackets_or_is_wechat_by_habit() -> None:
    _incoming, parsed = read("04_wuding_202407.csv", CATALOGUES["checkers"])
    assert [r.platform for r in parsed.records if r.platform_how is How.BRACKET] == [
        "weibo",
        "weibo",
        "douyin",
    ]
    assert {r.platform for r in parsed.records if r.platform_how is How.HABIT} == {"wechat"}


def test_every_account_of_the_register_with_ids_has_its_own_biz() -> None:
    _incoming, parsed = read("41_wechat_feeds_gov.csv", CATALOGUES["checkers"])
    assert len({record.identifiers["biz"] for record in parsed.records}) == 219
