"""Rejected rows go back as the sender's own sheet and come in again once corrected."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from registry.errors import Refused
from registry.exchange.plan_rows import Result
from registry.exchange.rejects import REASON_TITLE, is_returned, rejects
from tests.exchange.files import write_xlsx
from tests.exchange.lists import Desk, results

TITLES = ("序号", "主办单位", "账号名称", "平台", "粉丝数", "开设日期")


def sheet(path: Path) -> Path:
    """A ledger with a title above, a merged unit and two rows with faults."""
    rows = [
        ("青石县政务新媒体台账",),
        TITLES,
        (1, "青石县公安局", "青石警方", "微博", 5, datetime(2019, 3, 5)),
        (2, None, "青石交警", "微博", "许多", datetime(2020, 1, 1)),
        (3, "青石县司法局", "青石司法", "飞鸽", 7, None),
        (4, "青石县水务局", "青石水务", "微博", 8, None),
    ]
    book = Workbook()
    page = book.worksheets[0]
    for row in rows:
        page.append(row)
    page.merge_cells("B3:B4")
    book.save(path / "台账.xlsx")
    return path / "台账.xlsx"


def test_the_rejects_are_the_sheet_with_a_reason_beside_each_row(
    desk: Desk, tmp_path: Path
) -> None:
    path = sheet(tmp_path)
    plan = desk.plan_file(path)
    assert results(plan) == [Result.CREATE, Result.REJECTED, Result.REJECTED, Result.CREATE]
    data = rejects(desk.read(path), plan, "退回.xlsx")
    rows = list(load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(values_only=True))
    assert rows[0][0] == "青石县政务新媒体台账"
    assert rows[1] == (*TITLES, REASON_TITLE)
    assert rows[2][:5] == (2, "青石县公安局", "青石交警", "微博", "许多")
    assert rows[2][5] == datetime(2020, 1, 1)
    assert "粉丝数" in str(rows[2][6])
    assert rows[3][2] == "青石司法"
    assert "平台" in str(rows[3][6])
    assert len(rows) == 4


def test_corrected_rows_come_in_by_the_same_file(desk: Desk, tmp_path: Path) -> None:
    path = sheet(tmp_path)
    plan = desk.plan_file(path)
    desk.apply(plan, skip_rejected=True)
    assert [account.name for account in desk.accounts()] == ["青石警方", "青石水务"]
    back = tmp_path / "退回.xlsx"
    back.write_bytes(rejects(desk.read(path), plan, back.name))
    book = load_workbook(back)
    page = book.worksheets[0]
    page["E3"], page["D4"] = 6, "微博"
    book.save(back)
    again = desk.plan_file(back)
    assert results(again) == [Result.CREATE, Result.CREATE]
    assert again.supplement and not again.absent
    desk.apply(again)
    traffic = desk.account("青石交警")
    assert (traffic.followers, traffic.opened_on) == (6, date(2020, 1, 1))
    assert traffic.details == {}
    assert {row.unit.name for row in traffic.roles} == {"青石县公安局"}


def test_rejects_in_csv_run_nothing_and_say_the_borrowed_unit(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "台账.csv"
    path.write_text(
        "主办单位,账号名称,平台,粉丝数\n青石县公安局,青石警方,微博,5\n,=青石交警,微博,许多\n",
        encoding="utf-8",
    )
    plan = desk.plan_file(path)
    data = rejects(desk.read(path), plan, "退回.csv")
    assert data.startswith(b"\xef\xbb\xbf")
    [titles, row] = csv.reader(io.StringIO(data.decode("utf-8-sig")))
    assert titles[-1] == REASON_TITLE
    assert row[:4] == ["青石县公安局", "'=青石交警", "微博", "许多"]
    back = tmp_path / "退回.csv"
    back.write_bytes(data.replace("许多".encode(), b"6", 1))
    again = desk.plan_file(back)
    assert [(r.name, r.result) for r in again.rows] == [("=青石交警", Result.CREATE)]


def test_same_as_above_is_spelled_out(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "台账.csv"
    path.write_text(
        "主办单位,账号名称,平台,粉丝数\n青石县公安局,青石警方,微博,5\n同上,青石交警,同上,许多\n",
        encoding="utf-8",
    )
    data = rejects(desk.read(path), desk.plan_file(path), "退回.csv").decode("utf-8-sig")
    assert "青石县公安局,青石交警,微博,许多" in data


def test_heads_between_the_rows_stay(desk: Desk, tmp_path: Path) -> None:
    rows = [
        ("主办单位", "账号名称", "粉丝数"),
        ("新浪微博", None, None),
        ("青石县公安局", "青石警方", 5),
        ("青石县公安局", "青石交警", "许多"),
    ]
    path = write_xlsx(tmp_path / "台账.xlsx", {"台账": rows}, merges=[("A2:C2", "新浪微博")])
    plan = desk.plan_file(path)
    assert [row.platform for row in plan.rows] == ["weibo", "weibo"]
    back = tmp_path / "退回.xlsx"
    back.write_bytes(rejects(desk.read(path), plan, back.name))
    [row] = desk.plan_file(back).rows
    assert (row.name, row.platform) == ("青石交警", "weibo")


def test_several_sheets_go_into_a_workbook_and_not_into_a_csv(desk: Desk, tmp_path: Path) -> None:
    rows = [TITLES, (1, "青石县公安局", "青石警方", "微博", "许多", None)]
    path = write_xlsx(tmp_path / "台账.xlsx", {"一季度": rows, "二季度": rows})
    plan = desk.plan_file(path)
    book = load_workbook(io.BytesIO(rejects(desk.read(path), plan, "退回.xlsx")))
    assert len(book.sheetnames) == 2
    with pytest.raises(Refused, match="2 张"):
        rejects(desk.read(path), plan, "退回.csv")


def test_a_name_of_another_kind_is_refused(desk: Desk, tmp_path: Path) -> None:
    path = sheet(tmp_path)
    with pytest.raises(Refused, match=r"退回\.txt"):
        rejects(desk.read(path), desk.plan_file(path), "退回.txt")


def test_a_list_is_not_taken_for_rejects(desk: Desk, tmp_path: Path) -> None:
    assert not is_returned(desk.read(sheet(tmp_path)))
