"""The workbook filled in by LibreOffice and by openpyxl comes back through `reconcile apply` whole.

`TAIZHANG_REQUIRE_OFFICE` makes a machine without LibreOffice a failure; CI sets it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from registry.exchange.readers import read_workbook
from registry.exchange.sheets import cell_text
from registry.vocab import Choice, choices_for, label
from tests.commands.conftest import Desk, listed
from tests.reconcilers.workbooks import DECISION, PAIRS, REMARK, UNTIL, fill, head_of

CLERK = Path(__file__).parents[1] / "libreoffice_clerk.py"
PATIENCE = 120
"""Seconds for the office to start, do all and end."""

ORDERS: tuple[tuple[str, int, str, str, str], ...] = (
    ("RC304", 1, "更正报送系统", "", ""),
    ("RC305", 1, "补办开设备案", "", "=1+1"),
    ("RC306", 1, "办理变更备案", "", "007"),
    ("RC306", 2, "暂免", "2026-12-31", "1E5"),
    ("RC306", 3, "不成立", "", "2026-11-30"),
    (PAIRS, 1, "不是同一账号", "", "二维码不同"),
)
"""Sheet, row, decision, last day, remark: what spreadsheets like to make numbers and days of."""


# --- the two ways of filling it in


def by_openpyxl(book: Path) -> list[Path]:
    days = [(*o[:3], datetime.fromisoformat(o[3]) if o[3] else None, o[4]) for o in ORDERS]
    return [fill(book, *days)]


def by_libreoffice(book: Path) -> list[Path]:
    """Half of it saved as .ods; then a sheet is turned round, a row hidden, and the rest filled in
    and saved as .xlsx, once more as .ods and in the old format."""
    office, python = office_and_python()
    half, whole = book.with_name("一半.ods"), book.with_name("全部.xlsx")
    again = [book.with_name("又存.ods"), book.with_name("旧版.xls")]
    first = [order(*ORDERS[n]) for n in (0, 1, 2)]
    rest = [
        order(*ORDERS[4][:1], 1, *ORDERS[4][2:], sort=True, hide=True),
        order(*ORDERS[3][:1], 2, *ORDERS[3][2:]),
        order(*ORDERS[5]),
    ]
    sittings = [
        sitting(book, half, first),
        sitting(half, whole, rest),
        *(sitting(whole, path, []) for path in again),
    ]
    offered = told_by(office, python, sittings, book.parent)
    codes = ("RC304", "RC305", "RC306")
    # in the first row of RC306 both sides name one host: there is nothing to be an alias of
    fitting = [[c for c in choices_for(code) if c is not Choice.ALIAS] for code in codes]
    assert offered[0] == [[label(choice) for choice in some] for some in fitting]
    return [whole, *again]


def order(
    sheet: str, row: int, decision: str, until: str, remark: str, **more: bool
) -> dict[str, Any]:
    told = {"sheet": sheet, "row": row, "decision": decision, "until": until, "remark": remark}
    return {**told, **more}


def sitting(book: Path, target: Path, fill: list[dict[str, Any]]) -> dict[str, Any]:
    titles = [DECISION, UNTIL, REMARK]
    return {"open": str(book), "save": str(target), "titles": titles, "fill": fill}


def office_and_python() -> tuple[str, str]:
    """LibreOffice and a Python that can talk to it; skipped, or failed, where there is none."""
    office = shutil.which("soffice")
    for python in ("/usr/bin/python3", shutil.which("python3") or ""):
        if office and python and subprocess.run([python, "-c", "import uno"]).returncode == 0:
            return office, python
    if os.environ.get("TAIZHANG_REQUIRE_OFFICE"):
        pytest.fail("LibreOffice Calc with its Python bridge is required here and is missing")
    pytest.skip("needs LibreOffice Calc and python3-uno")


def told_by(office: str, python: str, sittings: list[Any], folder: Path) -> list[Any]:
    """What the clerk tells of its sittings at an office of its own."""
    pipe = f"taizhang-{os.getpid()}"
    profile = (folder / "office").resolve().as_uri()
    options = ["--headless", "--norestore", "--nologo", f"-env:UserInstallation={profile}"]
    accept = f"--accept=pipe,name={pipe};urp;"
    utf8 = {**os.environ, "LC_ALL": "C.UTF-8"}
    start = [office, *options, accept]
    with subprocess.Popen(start, env=utf8, stderr=subprocess.DEVNULL) as running:
        try:
            done = subprocess.run(
                [python, str(CLERK), pipe],
                input=json.dumps(sittings),
                capture_output=True,
                encoding="utf-8",
                env={**utf8, "PYTHONUTF8": "1"},
                timeout=PATIENCE,
            )
            assert done.returncode == 0, done.stderr
            running.wait(PATIENCE)
        finally:
            running.kill()
    told: list[Any] = json.loads(done.stdout)
    return told


# --- what must come back


@pytest.mark.parametrize(
    "filled", [by_openpyxl, pytest.param(by_libreoffice, marks=pytest.mark.slow)]
)
def test_a_filled_in_workbook_comes_back_without_loss(
    upload_desk: Desk, filled: Callable[[Path], list[Path]], tmp_path: Path
) -> None:
    book = tmp_path / "核对" / "reconcile.xlsx"
    sent = rows_of(book)
    done, *copies = filled(book)
    assert rows_of(done) == sent
    code, said = upload_desk("reconcile", "apply", str(done), "--apply")
    assert code == 0, said
    assert (
        "起草备案 2（补办开设备案 1、办理变更备案 1）；登记意见 3（不成立 1、暂免 1、更正报送系统 1）；长期记住 1（不是同一账号 1）"
        in said
    )
    check_written(upload_desk)
    for again in (done, *copies):
        code, said = upload_desk("reconcile", "apply", str(again), "--apply")
        assert (code, "都已办理过" in said) == (0, True), said


@pytest.mark.slow
def test_libreoffice_keeps_the_workbook_fit_for_use_and_print(
    upload_desk: Desk, tmp_path: Path
) -> None:
    done, *_copies = by_libreoffice(tmp_path / "核对" / "reconcile.xlsx")
    book = openpyxl.load_workbook(done)
    for sheet in [each for each in book if each.title.startswith(("RC", PAIRS))]:
        head, columns = head_of(sheet)
        rules = sheet.data_validations.dataValidation
        places = {place.min_col for rule in rules for place in rule.sqref.ranges}
        assert places == {columns[DECISION]}
        assert sheet.auto_filter.ref
        assert sheet.print_title_rows == f"${head - 1}:${head}"
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.paperSize in (8, 9)  # A3 where A4 is too small
        assert sheet.oddFooter is not None and "&P" in str(sheet.oddFooter.center.text)
        assert [one.hidden for one in sheet.column_dimensions.values()].count(True) == 2


def rows_of(path: Path) -> Counter[tuple[str, ...]]:
    """Every row of every sheet as text, without what a clerk fills in."""
    found: Counter[tuple[str, ...]] = Counter()
    for sheet in read_workbook(path).sheets:
        titles = next((row for row in sheet.rows if DECISION in row.cells), None)
        own = {DECISION, UNTIL, REMARK}
        places = {i for i, cell in enumerate(titles.cells) if cell in own} if titles else set()
        if sheet.name == "填写说明":
            places = set()
        for row in sheet.rows:
            cells = [cell_text(c) for i, c in enumerate(row.cells) if i not in places]
            found[sheet.name, *filter(None, cells)] += 1
    return found


def check_written(desk: Desk) -> None:
    """Exactly what was decided stands in the registry, each word as it was typed."""
    drafts = listed(desk, "filing", "list", "--state", "draft")
    assert {(row["kind"], row["account"]) for row in drafts} == {
        ("open", "青石旅游"),
        ("change", "平安青石"),
    }
    cards = [
        json.loads(desk("filing", "show", row["number"], "--format", "json")[1]) for row in drafts
    ]
    assert sorted(card["reason"] for card in cards) == ["007", "=1+1"]
    found = listed(desk, "finding", "list")
    assert {row["code"]: row["review"] for row in found if row["code"] != "RC306"} == {
        "RC304": "confirmed",
        "RC305": "confirmed",
    }
    assert {row["account"]: row["review"] for row in found if row["code"] == "RC306"} == {
        "平安青石": "confirmed",
        "青石1+1": "waived",
        "007": "dismissed",
    }
    notes = {row["account"]: last_note(desk, row["uid"]) for row in found if row["code"] == "RC306"}
    assert notes == {"平安青石": "007", "青石1+1": "1E5", "007": "2026-11-30"}


def last_note(desk: Desk, uid: str) -> str:
    card = json.loads(desk("finding", "show", uid, "--format", "json")[1])
    return str(card["events"][-1]["note"])
