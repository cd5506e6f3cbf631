"""Real published lists, where they are at hand, imported through the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import cli
from tests.shared.test_ledgers_read import BRACKETS, LEDGERS, MONTHLY, county, printed

FIRST, SECOND, _MERGED, LAST = MONTHLY
ELSEWHERE = ("--sender", "青石县", "--default-host", "青石县融媒体中心")
PROBLEMS = {
    "09_baihe_202007.csv": 4,
    "10_ningshan_2022Q1.csv": 8,
    "12_baoji_2024Q3.csv": 15,
    "28_lianyungang_202309.csv": 9,
}
"""Lists of problems, with their rows."""


@pytest.fixture(autouse=True)
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty ledger in the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TAIZHANG_DB", raising=False)
    monkeypatch.delenv("TAIZHANG_ACTOR", raising=False)
    assert cli.main(["init"]) == 0


def said(*words: str, code: int = 0) -> Any:
    """What a command says as JSON."""
    assert cli.main([*words, "--format", "json", "--output", "said.json"]) == code
    return json.loads(Path("said.json").read_text("utf-8"))


def imported(name: str, *words: str, code: int = 0) -> Any:
    return said("import", str(LEDGERS / name), *(words or ("--sender", county())), code=code)


def accounts() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = said("account", "list")
    return found


def listed(name: str) -> set[tuple[str, str, str]]:
    """(host unit in full, account, platform) of each row of a county's list, by the csv alone."""
    rows, unit = set(), ""
    for _number, printed_unit, cell, _posts in printed(name):
        unit = printed_unit or unit
        bare, bracket, rest = cell.partition("(")
        full = unit if unit.startswith(county()) else county()[:-1] + unit
        rows.add((full, bare, BRACKETS[bracket + rest]))
    return rows


@pytest.mark.parametrize(("name", "count"), [*zip(MONTHLY, (9, 10, 10, 8))])
def test_a_countys_list_becomes_its_accounts(name: str, count: int) -> None:
    imported(name, "--sender", county(), "--apply")
    held = {(row["host_unit"], row["name"], row["platform"]) for row in accounts()}
    assert held == listed(name)
    assert len(held) == count


@pytest.mark.parametrize("name", MONTHLY)
def test_the_same_list_twice_changes_nothing(name: str) -> None:
    imported(name, "--sender", county(), "--apply")
    before = accounts()
    again = imported(name, "--sender", county(), "--apply")
    assert again["applied"]["nothing_new"]
    assert {row["result"] for row in again["rows"]} == {"unchanged"}
    assert accounts() == before


def test_a_later_list_reports_what_it_lacks_and_suggests_the_renaming_without_doing_it() -> None:
    imported(FIRST, "--sender", county(), "--apply")
    plan = imported(SECOND, "--sender", county(), "--apply")
    before, after = listed(FIRST), listed(SECOND)
    absent = {(row["host_unit"], row["name"], row["platform"]) for row in plan["absent"]}
    assert absent == before - after
    assert len(absent) == 2
    made = {
        (row["host_unit"], row["name"], row["platform"])
        for row in plan["rows"]
        if row["result"] == "create"
    }
    assert made == after - before
    assert len(made) == 3
    (renamed,) = plan["suggestions"]
    assert renamed["field"] == "name"
    assert renamed["old"] in {name for _host, name, platform in absent if platform == "weibo"}
    assert renamed["new"] in {name for _host, name, platform in made if platform == "weibo"}
    held = {row["name"]: row["state"] for row in accounts()}
    assert held[renamed["old"]] == held[renamed["new"]] == "active"


def test_accounts_that_a_later_list_lacks_stay_as_they_are() -> None:
    imported(_MERGED, "--sender", county(), "--apply")
    plan = imported(LAST, "--sender", county(), "--apply")
    assert (len(plan["absent"]), plan["suggestions"]) == (2, [])
    assert [row["state"] for row in accounts()] == ["active"] * 10


def test_names_with_their_platform_in_one_cell_are_taken_apart() -> None:
    imported("27_qiandongnan_2023Q4.csv", *ELSEWHERE, "--apply")
    platforms = [row["platform"] for row in accounts()]
    assert (platforms.count("weibo"), platforms.count("wechat"), len(platforms)) == (7, 16, 23)


def test_a_register_with_ids_keeps_each_id() -> None:
    imported("41_wechat_feeds_gov.csv", *ELSEWHERE, "--apply")
    expected = {row[1] for row in printed("41_wechat_feeds_gov.csv")}
    assert {row["identifiers"]["biz"] for row in accounts()} == expected
    assert len(accounts()) == len(expected) == 219


@pytest.mark.parametrize(("name", "rows"), [*PROBLEMS.items()])
def test_a_list_of_problems_makes_no_account(name: str, rows: int) -> None:
    found = imported(name, *ELSEWHERE, "--apply")
    assert (found["kind"], len(found["rows"])) == ("problems", rows)
    assert accounts() == []


def test_a_blank_form_is_no_error() -> None:
    plan = imported("00_FORM_template_2025.csv", "--sender", county(), "--apply")
    assert (plan["rows"], plan["faults"]) == ([], [])


def test_without_a_host_unit_nothing_is_written() -> None:
    sender = ("--sender", "青石县", "--apply")
    words = ["import", str(LEDGERS / "27_qiandongnan_2023Q4.csv"), *sender]
    assert cli.main(words) == 2
    assert accounts() == []
