"""Where the system lets nothing be written, every command says so in words: which file, why, what to do."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

import cli

ACTS = [
    ("unit", "add", "青石县档案局"),
    ("import", "台账.csv", "--sender", "青石县", "--apply"),
    ("reconcile", "run", "--out", "核对"),
]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A registry with one account."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TAIZHANG_DB", raising=False)
    Path("台账.csv").write_text(
        "主办单位,账号名称,平台,UID\n甲局,平安青石,微博,1000000001\n", "utf-8"
    )
    assert run("init", "--jurisdiction", "青石县") == 0
    assert run("import", "台账.csv", "--sender", "青石县", "--apply") == 0
    Path("台账.csv").write_text(
        "主办单位,账号名称,平台,UID\n乙局,青石民政,微博,1000000002\n", "utf-8"
    )
    return tmp_path


def run(*words: str) -> int:
    return cli.main(["--lang", "zh", "--actor", "王敏", *words])


@contextmanager
def told_when_opened(pragma: str) -> Iterator[None]:
    """Every database that is opened is told this, as its last word."""

    def tell(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA {pragma}")

    event.listen(Engine, "connect", tell)
    try:
        yield
    finally:
        event.remove(Engine, "connect", tell)


@pytest.mark.parametrize("words", ACTS, ids=lambda words: words[0])
def test_a_database_that_may_only_be_read_is_named(
    desk: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    capsys.readouterr()
    with told_when_opened("query_only = ON"):
        code = run(*words)
    said = capsys.readouterr().err
    assert code == 2, said
    assert "台账 accounts.db 无法写入：只能读取，没有写入权限" in said
    assert "开通对该文件及其所在文件夹的写入权限" in said


def test_a_full_disk_is_named_and_nothing_is_half_written(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        "主办单位,账号名称,平台,UID",
        *(f"丙局,青石{n}号,微博,20000{n:05}" for n in range(2000)),
    ]
    Path("台账.csv").write_text("\n".join(lines), "utf-8")
    with told_when_opened("max_page_count = 1"):  # as many as there are
        code = run("import", "台账.csv", "--sender", "青石县", "--apply")
    said = capsys.readouterr().err
    assert code == 2, said
    assert "台账 accounts.db 无法写入：磁盘已满" in said and "清理磁盘空间" in said
    assert run("account", "list", "--format", "csv") == 0
    assert capsys.readouterr().out.count("\n") == 2


def test_a_registry_in_a_folder_that_is_not_there(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--db", "没有/accounts.db", "init", "--jurisdiction", "青石县") == 2
    assert "没有/accounts.db" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("number", "reason"), [(errno.ENOSPC, "磁盘已满"), (errno.EROFS, "此处不能写入")]
)
def test_any_other_file_that_cannot_be_written_is_named(
    desk: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    reason: str,
) -> None:
    def refused(*_args: object, **_named: object) -> None:
        raise OSError(number, os.strerror(number), "登记.tmp")

    monkeypatch.setattr("commands.door.Door.writing", refused)
    capsys.readouterr()
    assert run("unit", "add", "青石县档案局") == 2
    said = capsys.readouterr().err
    assert f"登记.tmp 无法写入或打开：{reason}" in said


# --- Ctrl-C before the program is loaded

_PRESSED = """
import sys
class Pressed:
    def find_spec(self, name, path=None, target=None):
        if name == {name!r}:
            raise KeyboardInterrupt
sys.meta_path.insert(0, Pressed())
sys.argv = ["taizhang", "account", "list"]
from cli import main
sys.exit(main())
"""


@pytest.mark.parametrize(
    "module", ["click", "registry.vocab", "commands.door", "commands.account", "sqlalchemy"]
)
def test_ctrl_c_while_the_program_is_loaded_ends_it_quietly(desk: Path, module: str) -> None:
    root = Path(cli.__file__).parent
    done = subprocess.run(
        [sys.executable, "-c", _PRESSED.format(name=module)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
        check=False,
    )
    assert done.returncode == 130, done.stderr
    assert "Traceback" not in done.stderr
