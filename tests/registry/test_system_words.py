"""Why a file cannot be opened or written, in Chinese."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

import cli
from registry.errors import TaizhangError
from registry.misprints import read_misprints
from registry.system_words import os_fault
from reports.files import write_file


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOENT, "没有这个文件"),
        (errno.EACCES, "没有权限，或正被其他程序打开"),
        (errno.ENOSPC, "磁盘已满"),
        (errno.EISDIR, "它是文件夹"),
    ],
)
def test_the_common_reasons_are_told_in_the_reader_s_language(number: int, said: str) -> None:
    assert os_fault(OSError(number, "English words")) == said


def test_a_rare_reason_is_told_as_the_system_tells_it() -> None:
    assert os_fault(OSError(errno.EIO, "Input/output error")) == "Input/output error"
    assert os_fault(OSError("no number at all")) == "no number at all"


def test_files_that_are_not_there_are_told_without_english(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(TaizhangError) as told:
        read_misprints(tmp_path / "易错词.txt")
    assert "没有这个文件" in told.value.message
    with pytest.raises(TaizhangError) as told:
        write_file(tmp_path / "没有" / "表.csv", b"")
    assert "No such file" not in told.value.message
    assert cli.main(["--db", str(tmp_path / "a.db"), "init", "--jurisdiction", "青石县"]) == 0
    assert cli.main(["--db", str(tmp_path / "a.db"), "import", str(tmp_path / "无.csv")]) == 2
    assert "No such file" not in capsys.readouterr().err
