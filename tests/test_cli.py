"""The door: help, language, errors and exit codes."""

from __future__ import annotations

import subprocess
import sys

import pytest

import cli

HEAVY = ("sqlalchemy", "requests", "bs4", "rich", "lxml", "alembic", "xlsxwriter", "apprise")


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys, cli; cli.main(['--help']);"
        f"print('LOADED', [m for m in {HEAVY!r} if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8"
    )
    assert "LOADED []" in done.stdout
    assert "sweep" in done.stdout


def test_every_command_of_the_help_can_be_called_for_its_own_help(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in cli.COMMANDS:
        assert cli.main([name, "--help"]) == 0, name
    assert "用法" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("flag", "locale", "word"),
    [
        (None, "", "台账"),
        (None, "C", "台账"),
        (None, "zh_CN.UTF-8", "台账"),
        (None, "en_US.UTF-8", "ledger"),
        ("zh", "en_US.UTF-8", "台账"),
        ("en", "zh_CN.UTF-8", "ledger"),
    ],
)
def test_chinese_is_spoken_unless_locale_or_flag_say_otherwise(
    flag: str | None,
    locale: str,
    word: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "TAIZHANG_LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", locale)
    cli.main((["--lang", flag] if flag else []) + ["--help"])
    assert word in capsys.readouterr().out


def test_an_unknown_command_is_bad_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["nonsense"]) == 2
    assert "没有命令" in capsys.readouterr().err


def test_a_missing_registry_is_an_error_with_advice(
    tmp_path: object, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["--db", f"{tmp_path}/none.db", "account", "list"]) == 2
    said = capsys.readouterr().err
    assert "没有台账数据库" in said
    assert "taizhang init" in said


def test_an_unexpected_error_is_one_line_and_a_report_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise RuntimeError("defect")

    monkeypatch.setattr(cli, "build", fail)
    assert cli.main([]) == 70
    said = capsys.readouterr().err
    assert "程序出错（RuntimeError）" in said
    assert "Traceback" not in said


def test_an_interrupt_ends_with_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "build", interrupted)
    assert cli.main([]) == 130
    said = capsys.readouterr().err
    assert said == "已中断。此前写入的都在，没有写到一半的内容。\n"


@pytest.mark.parametrize("words", [["account", "list"], ["verify"], ["sweep", "run"]])
def test_a_global_option_after_the_command_is_told_its_place(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([*words, "--db", "x.db"]) == 2
    assert "怎么办：--db 写在命令名前面：taizhang --db … 命令" in capsys.readouterr().err
    assert cli.main([*words, "--nonsense"]) == 2
    assert "前面" not in capsys.readouterr().err
