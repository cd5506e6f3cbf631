"""What Windows does otherwise than Linux, played here as far as that is honest: what its calls raise."""

from __future__ import annotations

import errno
import getpass
import os
import sys
from pathlib import Path

import pytest

import cli
from commands.door import Door
from registry.keeping import retention
from sweeps.lease import Place
from tests.commands.test_sweep_desk import Desk, desk
from tests.reconcilers.workbooks import fill

__all__ = ["desk"]


def test_a_user_whom_windows_does_not_name_can_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> str:
        raise ModuleNotFoundError("No module named 'pwd'")

    monkeypatch.setattr(getpass, "getuser", unknown)
    assert "@" not in Place.here().who
    assert Door.from_options("accounts.db", None, None, None, None).user == ""


def test_a_reader_that_has_gone_ends_nothing_in_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = OSError(errno.EINVAL, "Invalid argument")
    assert not cli._unread(pipe) and cli._unread(BrokenPipeError())
    monkeypatch.setattr(sys, "platform", "win32")
    assert cli._unread(pipe)
    assert not cli._unread(OSError(errno.EINVAL, "Invalid argument", "a?b.csv"))


@pytest.mark.parametrize(
    "words", [["sweep", "todo", "--out"], ["filing", "template"]], ids=["todo", "template"]
)
def test_a_workbook_that_excel_has_open_is_told_and_stays_as_it_is(
    words: list[str], desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(_made: Path, path: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    Path("清单.xlsx").write_bytes(b"filled in")
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", locked)
        code, said = desk(*words, "清单.xlsx")
    assert code == 2
    assert "无法写入 清单.xlsx" in said and "关闭" in said
    assert Path("清单.xlsx").read_bytes() == b"filled in"
    assert not list(Path().glob(".清单*"))
    code, said = desk(*words, "没有的文件夹/清单.xlsx")
    assert (code, "没有" in said) == (2, True)


@pytest.mark.parametrize("name", ["reconcile.xlsx", "upload.xlsx"])
def test_of_two_workbooks_both_are_written_or_none(
    name: str, upload_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kept() -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in sorted(Path("核对").iterdir())}

    replace = os.replace

    def locked(one: Path, other: Path) -> None:
        if Path("核对", name) in {Path(one), Path(other)}:
            raise PermissionError(errno.EACCES, "Permission denied", str(one))
        replace(one, other)

    fill(Path("核对/reconcile.xlsx"), ("RC306", 1, "更正报送系统", None, ""))
    before = kept()
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", locked)
        code, said = upload_desk("reconcile", "run", "--out", "核对")
    assert code == 2 and kept() == before
    assert f"无法写入 {Path('核对', name)}" in said
    assert f"请在 Excel 或 WPS 中关闭 {name}" in said and "均未改动" in said
    assert "已经填写过" not in said
    code, said = upload_desk("reconcile", "run", "--out", "核对")
    after = kept()
    assert (code, len(after), "已经填写过" in said) == (0, 3, True)
    assert before["reconcile.xlsx"] in after.values()


def test_a_folder_in_the_place_of_a_workbook_is_told(upload_desk: Desk) -> None:
    before = Path("核对/reconcile.xlsx").read_bytes()
    Path("核对/upload.xlsx").unlink()
    Path("核对/upload.xlsx").mkdir()
    code, said = upload_desk("reconcile", "run", "--out", "核对")
    assert (code, "这是一个文件夹" in said or "文件夹" in said) == (2, True)
    assert Path("核对/reconcile.xlsx").read_bytes() == before
    assert Path("核对/upload.xlsx").is_dir()


def test_evidence_that_another_program_has_open_is_named_and_goes_later(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = retention.EvidenceFile("a-1.warc.gz", (), None, 900, 1, (), True)
    folder = Path("accounts.data/evidence")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / old.name).write_bytes(b"x")
    monkeypatch.setattr(retention, "evidence_files", lambda *_given: [old])

    def locked(_path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(errno.EACCES, "in use")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", locked)
        code, said = desk("evidence", "prune", "--apply")
    assert code == 0
    assert "还在：a-1.warc.gz" in said and (folder / old.name).exists()
    assert desk("evidence", "prune", "--apply")[0] == 0
    assert not (folder / old.name).exists()
