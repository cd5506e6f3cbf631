"""`[hints] misprints` in the settings: found beside them, and told before a sweep if it is faulty."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import cli
from commands.door import Door

LEDGER = "主办单位,平台,账号名称,平台ID,开设日期\n青石县文旅局,百家号,青石文旅,1600000000000001,2020-01-01\n"
"""An account that no machine reads: nothing is asked."""


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a ledger, a settings file that names a list, and work done from elsewhere."""
    folder, elsewhere = tmp_path / "office", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("TAIZHANG_DB", str(folder / "accounts.db"))
    monkeypatch.setenv("TAIZHANG_ACTOR", "王芳")
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert cli.main(["init", "--jurisdiction", "青石县人民政府"]) == 0
    ledger = elsewhere / "ledger.csv"
    ledger.write_text(LEDGER, encoding="utf-8")
    assert cli.main(["import", str(ledger), "--sender", "青石县人民政府", "--apply"]) == 0
    (folder / "taizhang.toml").write_text('[hints]\nmisprints = "易错词.txt"\n', encoding="utf-8")
    return folder


def test_a_relative_path_begins_at_the_settings_file(office: Path) -> None:
    (office / "易错词.txt").write_text("部暑=部署\n", encoding="utf-8")
    door = Door.from_options(str(office / "accounts.db"), None, None, None, None)
    assert [(m.wrong, m.right) for m in door.misprints.found("部暑工作")] == [("部暑", "部署")]
    assert cli.main(["sweep", "run"]) == 0


@pytest.mark.parametrize(
    ("text", "said"), [("部暑\n", "易错词.txt"), (None, "打不开")], ids=["faulty", "missing"]
)
def test_a_list_that_cannot_be_used_is_told_before_anything_is_planned(
    office: Path, capsys: pytest.CaptureFixture[str], text: str | None, said: str
) -> None:
    if text is not None:
        (office / "易错词.txt").write_text(text, encoding="utf-8")
    capsys.readouterr()
    assert cli.main(["sweep", "run"]) == 2
    assert said in capsys.readouterr().err
    assert cli.main(["sweep", "list", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_without_the_setting_there_is_no_list(office: Path) -> None:
    (office / "taizhang.toml").write_text("", encoding="utf-8")
    door = Door.from_options(str(office / "accounts.db"), None, None, None, None)
    assert not door.misprints
