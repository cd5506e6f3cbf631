"""A workbook measured by a second Python: the same is found, and nothing that hinders it matters."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from registry.errors import UnreadableFile
from registry.exchange.measuring import measured, measured_aside
from registry.exchange.readers import stream_workbook
from tests.exchange.files import write_zip, xlsx_bytes, zip_bytes

BOOK = zip_bytes(
    xlsx_bytes(
        '<sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="3" hidden="1"><c r="AB3"><v>1</v></c></row></sheetData>'
    )
)
HALF = xlsx_bytes('<sheetData><row r="1"><c r="A1"><v>1</v></c>')


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Every file counts as a large one. What the second Pythons returned."""
    codes = list[int]()

    class Second(subprocess.Popen[bytes]):
        def __exit__(self, *raised: Any) -> None:
            super().__exit__(*raised)
            codes.append(self.returncode)

    monkeypatch.setattr("registry.exchange.measuring._WORTH_IT", 0)
    monkeypatch.setattr("registry.exchange.measuring.subprocess.Popen", Second)
    return codes


def test_a_second_python_finds_what_this_one_does(asked: list[int]) -> None:
    kind, extents = measured_aside(BOOK, "a.xlsx")
    assert (kind, extents) == measured(BOOK, "a.xlsx")
    assert isinstance(extents, dict)
    [extent] = extents.values()
    assert (extent.last_row, extent.width, extent.hidden_rows) == (3, 28, {3})
    assert asked == [0]


def test_what_the_second_one_refuses_is_refused_with_the_name_of_the_file(
    asked: list[int], tmp_path: Path
) -> None:
    path = write_zip(tmp_path / "甲.xlsx", HALF)
    with pytest.raises(UnreadableFile) as caught:
        list(stream_workbook(path).sheets)
    assert "甲.xlsx" in caught.value.message
    assert "损坏" in caught.value.message
    assert asked == [1]


def test_more_cells_than_are_allowed_are_too_many_for_both(asked: list[int]) -> None:
    with pytest.raises(UnreadableFile) as caught:
        measured_aside(BOOK, "a.xlsx", most=80)
    assert "太大" in caught.value.message
    assert asked == [1]


@pytest.mark.parametrize("python", ["", "/nowhere/python", "false", "true"])
def test_where_there_is_no_second_python_the_first_one_measures(
    asked: list[int], monkeypatch: pytest.MonkeyPatch, python: str
) -> None:
    monkeypatch.setattr(sys, "executable", python)
    assert measured_aside(BOOK, "a.xlsx") == measured(BOOK, "a.xlsx")


def test_a_small_file_is_measured_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.exchange.measuring.subprocess.Popen", None)
    assert measured_aside(BOOK, "a.xlsx") == measured(BOOK, "a.xlsx")


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="AB3">',
        "<c r='AB3'>",
        '<c r = "AB3">',
        '<c\n r="ab3">',
        '<c\tr="AB3">',
        '<c s="1" r="AB3">',
        "<x:c r='AB3'>",
    ],
)
def test_however_a_cell_says_where_it_is_its_column_counts(cell: str) -> None:
    end = "</x:c>" if "x:" in cell else "</c>"
    row = f'<row r="3"><c r="A3"><v>1</v></c>{cell}<v>1</v>{end}</row>'
    book = zip_bytes(xlsx_bytes(f"<sheetData>{row}</sheetData>"))
    _kind, extents = measured(book, "a.xlsx")
    assert isinstance(extents, dict)
    assert [extent.width for extent in extents.values()] == [28]
