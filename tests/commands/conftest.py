"""A desk before an upload: a ledger, an export of the national system, and the workbook of both."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cli
from registry.exchange.national import write_national
from registry.exchange.national_template import NationalEntry, load_mapping
from registry.vocab import NationalState
from tests.exchange.catalogues import CATALOGUE

NOW = "2026-11-23T09:00"
OFFICE = "青石县人民政府办公室"
LEDGER = (
    "主办单位,账号名称,平台,UID\n青石县公安局,平安青石,微博,1000000001\n"
    "青石县民政局,青石民政,微博,1000000002\n青石县水利局,青石水利,微博,1000000003\n"
    "青石县财政局,青石财政,微博,1000000004\n青石县税务局,007,微博,1000000005\n"
    "青石县气象局,青石1+1,微博,1000000006\n"
)
Desk = Callable[..., tuple[int, str]]


@pytest.fixture
def upload_desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Desk:
    """A ledger and an export that differ in names (some of which a spreadsheet would take for
    numbers and days), in one account on either side, and in one id."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TAIZHANG_DB", raising=False)
    monkeypatch.delenv("TAIZHANG_ACTOR", raising=False)
    monkeypatch.setenv("LANG", "")

    def run(*words: str, actor: str = "王芳", lang: str = "zh") -> tuple[int, str]:
        capsys.readouterr()
        whose = ["--actor", actor] if actor else []
        code = cli.main(["--lang", lang, "--now", NOW, *whose, *words])
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    assert run("init", "--jurisdiction", OFFICE)[0] == 0
    Path("台账.csv").write_text(LEDGER, encoding="utf-8")
    assert run("import", "台账.csv", "--sender", OFFICE, "--apply")[0] == 0
    rows = [
        ("青石公安", "青石县公安局", "1000000001"),
        ("青石民政", "青石县民政局", "1000000002"),
        ("青石旅游", "青石县水利局", "1000000009"),
        ("青石财政", "青石县财政局", "1000000014"),
        ("2026-1-2", "青石县税务局", "1000000005"),
        ("1E5", "青石县气象局", "1000000006"),
    ]
    entries = [
        NationalEntry(
            "weibo", name, host_unit=unit, identifiers={"uid": uid}, state=NationalState.LIVE
        )
        for name, unit, uid in rows
    ]
    write_national(entries, Path("导出.xlsx"), load_mapping(), CATALOGUE)
    code, said = run("reconcile", "run", "--national", "导出.xlsx", "--out", "核对")
    assert code == 0, said
    return run


def listed(desk: Desk, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(desk(*words, "--format", "json")[1])
    return found
