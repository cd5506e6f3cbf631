"""Listings as table, CSV and JSON."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from registry.errors import Refused
from registry.vocab import AccountState
from reports.listing import Column, write_listing, write_object


@dataclass(frozen=True)
class Row:
    name: str
    state: AccountState
    opened_on: date | None
    seen_at: datetime
    followers: int


COLUMNS = [
    Column("name", "账号名称"),
    Column("state", "状态"),
    Column("opened_on", "开设日期", table=False),
    Column("seen_at", "查看时间"),
    Column("followers", "粉丝数", right=True),
]
ROW = Row(
    "青石发布",
    AccountState.ACTIVE,
    date(2019, 3, 1),
    datetime(2026, 11, 22, 1, 0, tzinfo=UTC),
    -3,
)


def listed(rows: list[Row], format: str) -> str:
    stream = io.StringIO()
    write_listing(rows, COLUMNS, format, stream=stream, lang="zh")
    return stream.getvalue()


def test_csv_has_a_bom_printed_titles_and_labels() -> None:
    assert listed([ROW], "csv") == (
        "\ufeff账号名称,状态,开设日期,查看时间,粉丝数\r\n"
        "青石发布,正常运行,2019-03-01,2026-11-22 09:00,-3\r\n"
    )


@pytest.mark.parametrize(
    "name, printed",
    [
        ("=1+1", "'=1+1"),
        ("@青石发布", "'@青石发布"),
        ("  =cmd|'/c calc'!A1", "'  =cmd|'/c calc'!A1"),
        ("+8610", "'+8610"),
        ("青石=发布", "青石=发布"),
    ],
)
def test_csv_text_is_never_a_formula(name: str, printed: str) -> None:
    stream = io.StringIO()
    write_listing([{"name": name}], [Column("name", "名称")], "csv", stream=stream)
    assert stream.getvalue().splitlines()[1] == printed


def test_json_has_field_names_enum_values_and_shanghai_times() -> None:
    assert json.loads(listed([ROW], "json")) == [
        {
            "name": "青石发布",
            "state": "active",
            "opened_on": "2019-03-01",
            "seen_at": "2026-11-22T09:00:00+08:00",
            "followers": -3,
        }
    ]


def test_a_table_in_a_pipe_keeps_each_row_on_one_line() -> None:
    long = Row("青石" * 200, AccountState.CLOSED, None, ROW.seen_at, 1)
    lines = listed([long], "table").splitlines()
    assert lines[0].split() == ["账号名称", "状态", "查看时间", "粉丝数"]
    assert lines[2].split() == ["青石" * 200, "已注销", "2026-11-22", "09:00", "1"]


def test_mark_up_and_control_characters_in_names_are_only_text() -> None:
    evil = Row("[red]青石[/red]\x1b[31m\n\u202e发布", AccountState.ACTIVE, None, ROW.seen_at, 1)
    line = listed([evil], "table").splitlines()[2]
    assert line.startswith("[red]青石[/red] 发布 ")


def test_an_output_file_is_written_whole(tmp_path: Path) -> None:
    target = tmp_path / "accounts.csv"
    write_listing([ROW], COLUMNS, "csv", target)
    assert target.read_bytes().startswith(b"\xef\xbb\xbf")
    assert [p.name for p in tmp_path.iterdir()] == ["accounts.csv"]


def test_a_table_can_go_to_a_file(tmp_path: Path) -> None:
    write_listing([ROW], COLUMNS, "table", tmp_path / "accounts.txt")
    assert "青石发布" in (tmp_path / "accounts.txt").read_text("utf-8")


def test_a_place_that_cannot_be_written_is_refused_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        write_listing([ROW], COLUMNS, "csv", tmp_path / "missing" / "a.csv")
    assert caught.value.hint


def test_one_object_is_put_out_as_json() -> None:
    stream = io.StringIO()
    write_object({"counts": {AccountState.ACTIVE: 3}, "row": ROW}, stream=stream)
    value = json.loads(stream.getvalue())
    assert value["counts"] == {"active": 3}
    assert value["row"]["seen_at"] == "2026-11-22T09:00:00+08:00"
