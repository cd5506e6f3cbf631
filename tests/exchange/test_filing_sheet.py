"""Filing sheets: rows become filings, all faults are told at once, the template reads back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy.orm import Session

from registry.errors import BadInput, NotFound
from registry.exchange.filing_sheet import read_requests, write_template
from registry.exchange.filing_titles import changed_field, part_of
from registry.exchange.readers import read_workbook
from registry.filings import acts as filings
from registry.filings.batch import FilingRequest, file_batch
from registry.platforms import PlatformCatalogue
from registry.vocab import FilingKind, FilingState
from tests.registry.county import TODAY, an_act, found

CATALOGUE = PlatformCatalogue.with_known(())


def sheet(folder: Path, *rows: Sequence[object]) -> Path:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(list(row))
    path = folder / "备案.xlsx"
    book.save(path)
    return path


def read(path: Path, kind: FilingKind | None = None) -> list[FilingRequest]:
    return read_requests(path, kind, today=TODAY, catalogue=CATALOGUE)


def test_each_row_is_a_filing_of_the_kind_it_names(tmp_path: Path) -> None:
    path = sheet(
        tmp_path,
        ["青石县政务新媒体备案表"],
        ["备案类型", "账号", "平台", "原因", "停更日期", "公告链接", "联系人", "联系电话"],
        ["关停", "青石警方", "微博", "整合", date(2026, 11, 30), "无", "李雷", "13800001234"],
        ["注销", "青石消防", "微信公众号", None, None, None, None, None],
    )
    stop, cancel = read(path)
    assert (stop.kind, stop.account) == (FilingKind.STOP, "微博:青石警方")
    assert stop.fields == {"stop_on": date(2026, 11, 30)}
    assert (stop.reason, stop.notice_url) == ("整合", "")
    assert [(given.name, given.phone, given.duty) for given in stop.contacts] == [
        ("李雷", "13800001234", "contact")
    ]
    assert stop.place is not None and (stop.place.sheet, stop.place.row) == ("Sheet", 3)
    assert (cancel.kind, cancel.account) == (FilingKind.CANCEL, "微信公众号:青石消防")


def test_an_opening_takes_its_name_and_id_from_the_row(tmp_path: Path) -> None:
    path = sheet(
        tmp_path,
        ["账号名称", "平台", "主办单位", "平台ID", "开设日期", "粉丝数（万）"],
        ["青石卫健", "抖音", "青石县卫生健康局", "qswj2026", "2026年11月1日", 1.2],
    )
    (opening,) = read(path, FilingKind.OPEN)
    assert opening.account is None
    assert opening.fields == {
        "name": "青石卫健",
        "platform": "抖音",
        "host_unit": "青石县卫生健康局",
        "identifiers": "qswj2026",
        "opened_on": date(2026, 11, 1),
        "followers": 12000,
    }


def test_rows_that_change_one_thing_each_of_an_account_are_one_filing(tmp_path: Path) -> None:
    path = sheet(
        tmp_path,
        ["账号", "平台", "主办单位", "变更事项", "变更前", "变更后", "生效日期"],
        ["青石警方", "微博", "青石县公安局", "账号名称", "青石警方", "青石公安", "2026-11-01"],
        ["青石消防", "微博", "青石县消防救援大队", "承办单位", "某公司", "无", None],
        ["青石警方", "微博", "青石县公安局", "认证主体", "", "青石县公安局", "2026-11-01"],
        ["青石警方", "微博", "青石县公安局", "平台ID", "", 7000009, "2026-11-01"],
        ["青石警方", "微博", "青石县公安局", "联系人", "", "李雷 13800001234", "2026-11-01"],
    )
    first, second = read(path, FilingKind.CHANGE)
    assert (first.account, first.effective_on) == ("微博:青石警方", date(2026, 11, 1))
    assert first.fields == {
        "name": "青石公安",
        "verified_subject": "青石县公安局",
        "identifiers": "7000009",
    }
    assert [(given.name, given.phone) for given in first.contacts] == [("李雷", "13800001234")]
    assert second.fields == {"operator": ""}


def test_a_change_may_also_give_its_new_values_in_columns(tmp_path: Path) -> None:
    path = sheet(
        tmp_path,
        ["账号", "平台ID", "新账号名称", "新平台ID", "功能定位"],
        ["青石警方", "7000001", "青石公安", "uid:7000009", "警务公开"],
    )
    (change,) = read(path, FilingKind.CHANGE)
    assert change.account == "7000001"
    assert change.fields == {
        "name": "青石公安",
        "purpose": "警务公开",
        "identifiers": "7000009",
    }


def test_every_fault_of_the_sheet_is_told_with_its_place(tmp_path: Path) -> None:
    path = sheet(
        tmp_path,
        ["备案类型", "账号", "变更事项", "变更后", "停更日期", "平台ID"],
        ["改革", "青石警方", None, None, None, None],
        ["变更", "青石警方", "颜色", "红", None, None],
        ["变更", "青石消防", "账号名称", None, None, None],
        ["关停", None, None, None, "2026-11-30", None],
        ["关停", "青石交警", None, None, "很快", None],
        ["关停", "青石环保", None, None, None, 1234567890123456789],
        ["变更", "青石文旅", "账号名称", "青石文化", None, None],
        ["变更", "青石文旅", "账号名称", "青石旅游", None, None],
    )
    with pytest.raises(BadInput) as caught:
        read(path)
    assert sorted(fault.row or 0 for fault in caught.value.faults) == [2, 3, 4, 5, 6, 7, 9]
    by_row = {fault.row: fault for fault in caught.value.faults}
    assert by_row[6].column == "停更日期"
    assert "变更、关停" in by_row[2].remedy
    assert {fault.file for fault in caught.value.faults} == {"备案.xlsx"}


def test_a_row_of_another_kind_than_the_command_files_is_a_fault(tmp_path: Path) -> None:
    path = sheet(tmp_path, ["备案类型", "账号"], ["注销", "青石警方"])
    with pytest.raises(BadInput) as caught:
        read(path, FilingKind.STOP)
    assert "注销" in caught.value.faults[0].message


def test_notes_below_the_table_are_no_filings(tmp_path: Path) -> None:
    path = sheet(tmp_path, ["备案类型", "账号"], ["注销", "青石警方"], ["填表说明：一行一件"])
    assert len(read(path)) == 1


def test_a_sheet_without_accounts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="备案.xlsx"):
        read(sheet(tmp_path, ["单位", "人数"], ["青石县公安局", 3]))


def test_the_empty_template_has_no_filings_and_known_titles(tmp_path: Path) -> None:
    path = tmp_path / "模板.xlsx"
    write_template(path)
    with pytest.raises(BadInput):
        read(path)
    titles = read_workbook(path).sheets[0].rows[0].cells
    assert [title for title in titles if not part_of(str(title))] == []


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("账号名称", "name"),
        ("更名", "name"),
        ("主办单位", "host_unit"),
        ("联合主办单位", "co_hosts"),
        ("认证主体", "verified_subject"),
        ("链接", "url"),
        ("平台ID", "native_id"),
        ("颜色", ""),
    ],
)
def test_words_under_changed_item_name_a_field(word: str, name: str) -> None:
    assert changed_field(word) == name


def test_a_sheet_is_filed_as_one_batch(tmp_path: Path, session: Session) -> None:
    county = found(session)
    police = county.account("青石警方")
    county.account("青石卫健", host=county.health, uid="7000002")
    path = sheet(
        tmp_path,
        ["备案类型", "账号", "平台", "变更事项", "变更后", "原因", "停更日期"],
        ["变更", "青石警方", "微博", "账号名称", "青石公安", None, None],
        ["关停", "青石卫健", "微博", None, None, "整合", "2026-11-30"],
    )
    batch = file_batch(session, read(path), act=an_act(session), title="关停变更")
    assert [filing.state for filing in batch.filings] == [FilingState.SUBMITTED] * 2
    assert batch.row is not None and batch.row.title == "关停变更"
    assert {filing.batch for filing in batch.filings} == {batch.row}
    for filing in batch.filings:
        filings.approve(session, filing, an_act(session))
    change = batch.filings[0]
    filings.complete(session, change, an_act(session))
    assert police.name == "青石公安"


def test_one_bad_row_keeps_the_whole_sheet_out(tmp_path: Path, session: Session) -> None:
    county = found(session)
    county.account("青石警方")
    path = sheet(
        tmp_path,
        ["备案类型", "账号", "变更事项", "变更后", "原因"],
        ["变更", "青石警方", "账号名称", "青石公安", None],
        ["变更", "没有的账号", "账号名称", "别的", None],
        ["关停", "青石警方", None, None, "整合"],
    )
    with pytest.raises(BadInput) as caught:
        file_batch(session, read(path), act=an_act(session))
    assert [(fault.row, fault.sheet) for fault in caught.value.faults] == [
        (3, "Sheet"),
        (4, "Sheet"),
    ]
    assert "停更日期" in caught.value.faults[1].message
    with pytest.raises(NotFound, match="2026-0001"):
        filings.find_filing(session, "2026-0001")
