"""The weekly time point in the settings file."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from commands.settings import read_settings
from registry.errors import BadInput
from sweeps.planning.weekly import WeekPoint


def settings(folder: Path, text: str) -> Path:
    file = folder / "taizhang.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_weekly_time_point_is_read(tmp_path: Path) -> None:
    file = settings(tmp_path, '[sweep]\ntime_point = "周一 09:00"\n')
    assert read_settings(str(file), "accounts.db").sweep.time_point == WeekPoint(0, time(9))


@pytest.mark.parametrize("value", ['"每周一"', "9", '"mon 24:00"'])
def test_a_time_point_that_is_none_is_told_with_what_to_write(tmp_path: Path, value: str) -> None:
    file = settings(tmp_path, f"[sweep]\ntime_point = {value}\n")
    with pytest.raises(BadInput) as caught:
        read_settings(str(file), "accounts.db")
    (fault,) = caught.value.faults
    assert fault.message.startswith("sweep.time_point")
    assert "mon 09:00" in fault.remedy


@pytest.mark.parametrize("setting", ["workers = 0", "hours = 0", "hours = 25"])
def test_a_figure_out_of_range_is_told_with_the_range(tmp_path: Path, setting: str) -> None:
    file = settings(tmp_path, f"[sweep]\n{setting}\n")
    with pytest.raises(BadInput) as caught:
        read_settings(str(file), "accounts.db")
    (fault,) = caught.value.faults
    assert fault.message.startswith(f"sweep.{setting.split()[0]}") and "1–" in fault.remedy
