"""The office's own paces in the settings file."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands.settings import read_settings
from registry.errors import BadInput


def read(folder: Path, text: str) -> dict[str, dict[str, float]]:
    (folder / "taizhang.toml").write_text(text, encoding="utf-8")
    pace = read_settings(None, str(folder / "accounts.db")).sweep.pace
    return {host: dict(figures) for host, figures in pace.items()}


def test_a_number_is_the_gap_and_a_table_holds_any_figures(tmp_path: Path) -> None:
    told = '[sweep.pace]\n"a.example" = 30\n"b.example" = {daily = 200, in_flight = 2, min_gap = 1.5}\n'
    assert read(tmp_path, told) == {
        "a.example": {"min_gap": 30},
        "b.example": {"daily": 200, "in_flight": 2, "min_gap": 1.5},
    }


@pytest.mark.parametrize(
    "figures",
    [
        "-1",
        '"often"',
        "true",
        "nan",
        "{min_gap = -1}",
        "{per_run = 1.5}",
        "{in_flight = 0}",
        "{daily = true}",
        "{gap = 3}",
    ],
)
def test_figures_that_no_pace_has_are_refused_with_an_example(tmp_path: Path, figures: str) -> None:
    with pytest.raises(BadInput) as refused:
        read(tmp_path, f'[sweep]\npace = {{"a.example" = {figures}}}\n')
    (fault,) = refused.value.faults
    assert "sweep.pace" in fault.message and "min_gap = 30" in fault.remedy


@pytest.mark.parametrize("host", ["https://m.weibo.cn", "m.weibo.cn/u", "", "m.weibo.cn "])
def test_a_pace_is_that_of_a_host_and_not_of_an_address(tmp_path: Path, host: str) -> None:
    with pytest.raises(BadInput) as refused:
        read(tmp_path, f'[sweep.pace]\n"{host}" = 60\n')
    (fault,) = refused.value.faults
    assert "sweep.pace" in fault.message and '"m.weibo.cn" = 30' in fault.remedy


def test_a_host_is_the_same_in_capitals(tmp_path: Path) -> None:
    assert read(tmp_path, '[sweep.pace]\n"M.Weibo.cn" = 60\n') == {"m.weibo.cn": {"min_gap": 60}}
