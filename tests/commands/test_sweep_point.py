"""What `sweep plan`, `sweep run` and `sweep export` are about when nobody says, and of which ledger."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import cli

Desk = Callable[..., tuple[int, str]]
LEDGER = "主办单位,平台,账号名称,平台ID,开设日期\n青石县文旅局,百家号,青石文旅,1600000000000001,2020-01-01\n"


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Desk:
    """Runs a command on a registry without accounts; the office's week ends on Mondays at nine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TAIZHANG_DB", raising=False)
    monkeypatch.setenv("TAIZHANG_ACTOR", "王芳")
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")

    def run(*words: str, now: str = "2026-11-23T09:05") -> tuple[int, str]:
        capsys.readouterr()
        code = cli.main(["--now", now, *words])
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    Path("taizhang.toml").write_text('[sweep]\ntime_point = "周一 09:00"\n', encoding="utf-8")
    assert run("init", "--jurisdiction", "青石县人民政府")[0] == 0
    return run


@pytest.mark.parametrize("words", [["plan"], ["plan", "--accounts"], ["run"], ["export", "a.zip"]])
def test_a_ledger_without_accounts_is_told_with_what_to_do(words: list[str], desk: Desk) -> None:
    code, said = desk("sweep", *words)
    assert code == 2
    assert "台账里还没有在用的账号，没有可巡查的。" in said
    assert "taizhang import" in said and "taizhang filing open" in said
    assert json.loads(desk("sweep", "list", "--format", "json")[1]) == []
