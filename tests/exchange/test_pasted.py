"""A table pasted cell by cell becomes a table again, or stays what it is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from registry.exchange.incoming import read_incoming
from registry.exchange.pasted import unfolded
from registry.exchange.recognise import Kind
from registry.exchange.sheets import build_sheet
from tests.exchange.catalogue import CATALOGUE
from tests.exchange.files import write_text


def rows(text: str) -> list[tuple[int, tuple[object, ...]]]:
    lines = {number: [line] for number, line in enumerate(text.split("\n"), 1)}
    sheet = build_sheet("表", lines, knows_merges=False)
    return [(row.number, row.cells) for row in unfolded(sheet).rows]


def test_lines_are_put_back_into_rows_by_their_numbers() -> None:
    text = (
        "监测汇总表\n\n序号\n主办单位\n账号名称\n发布条数\n1\n县公安局\n甲\n2\n2\n县司法局\n乙\n3"
    )
    assert rows(text) == [
        (1, ("监测汇总表",)),
        (3, ("序号", "主办单位", "账号名称", "发布条数")),
        (7, ("1", "县公安局", "甲", "2")),
        (11, ("2", "县司法局", "乙", "3")),
    ]


def test_a_row_short_of_one_cell_lost_its_merged_unit() -> None:
    text = "序号\n主办单位\n账号名称\n发布条数\n1\n县公安局\n甲\n9\n2\n乙\n9"
    assert rows(text)[1:] == [(5, ("1", "县公安局", "甲", "9")), (9, ("2", None, "乙", "9"))]


def test_without_numbers_the_lines_must_come_out_even() -> None:
    assert rows("账号名称\n平台\n甲\n微博\n乙\n微信")[1:] == [
        (3, ("甲", "微博")),
        (5, ("乙", "微信")),
    ]
    odd = "账号名称\n平台\n甲\n微博\n乙"
    assert rows(odd) == [(number, (line,)) for number, line in enumerate(odd.split("\n"), 1)]


def test_numbers_out_of_order_and_mere_lists_are_left_alone() -> None:
    for text in ("序号\n账号名称\n1\n甲\n3\n乙", "账号名称\n甲\n乙", "甲\n乙"):
        assert [cells for _number, cells in rows(text)] == [(line,) for line in text.split("\n")]


def test_a_pasted_file_is_imported_like_any_other(tmp_path: Path) -> None:
    path = write_text(
        tmp_path / "a.csv", "序号\n主办单位\n账号名称\n\n1\n县公安局\n甲\n2\n乙(微博)\n"
    )
    incoming = read_incoming(path, CATALOGUE)
    parsed = incoming.parse(CATALOGUE, kind=Kind.LEDGER, sender="青石县", today=date(2024, 8, 1))
    assert parsed.faults == ()
    assert [(r.row, r.name, r.platform, r.host, r.host_assumed) for r in parsed.records] == [
        (5, "甲", "wechat", "青石县公安局", False),
        (8, "乙", "weibo", "青石县公安局", True),
    ]
