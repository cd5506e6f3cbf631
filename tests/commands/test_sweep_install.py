"""`sweep install` prints definitions for this registry and touches nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

import cli
from commands import sweep_install

Desk = Callable[..., tuple[int, str, str]]


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Desk:
    """Runs a command on a registry with a website and a weekly time point."""
    home = tmp_path / "青石 县"
    home.mkdir()
    monkeypatch.chdir(home)
    monkeypatch.delenv("TAIZHANG_DB", raising=False)
    monkeypatch.setenv("TAIZHANG_ACTOR", "王芳")
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")

    def run(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.main(["--now", "2026-11-22T09:00", *words])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    ledger = "主办单位,平台,账号名称,链接\n青石县政府办,政府网站,青石县人民政府,https://www.qingshi.gov.cn/\n"
    Path("ledger.csv").write_text(ledger, encoding="utf-8")
    Path("taizhang.toml").write_text('[sweep]\ntime_point = "周一 09:00"\n', encoding="utf-8")
    assert run("init", "--jurisdiction", "青石县人民政府")[0] == 0
    assert run("import", "ledger.csv", "--sender", "青石县人民政府", "--apply")[0] == 0
    return run


def test_the_units_run_this_program_on_this_registry(desk: Desk) -> None:
    before = sorted(path.name for path in Path().iterdir())
    code, out, err = desk("sweep", "install", "--format", "systemd", "--time", "03:30")
    assert code == 0
    home = Path.cwd()
    assert f'--db "{home}/accounts.db" sweep run --notify\n' in out
    assert f"WorkingDirectory={home}\n" in out
    assert 'Environment="TAIZHANG_ACTOR=王芳"' in out
    assert "OnCalendar=*-*-* 03:30:00 Asia/Shanghai" in out
    assert "OnCalendar=Mon *-*-* 09:00:00 Asia/Shanghai" in out
    assert "sweep run --kind site" in out
    assert "remind" not in out
    assert "systemctl enable --now taizhang-daily.timer" in err
    assert str(home / "taizhang.env") in err
    assert "TAIZHANG_NOTIFY='…'" in err and f"chmod 600 '{home}/taizhang.env'" in err
    assert sorted(path.name for path in Path().iterdir()) == before


def test_the_default_is_this_machine_s_form(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for form, mark in (("cron", "crontab -e"), ("windows", "<Task "), ("systemd", "[Timer]")):
        monkeypatch.setattr(sweep_install, "this_form", lambda form=form: form)
        code, out, _err = desk("sweep", "install")
        assert code == 0
        assert mark in out


@pytest.mark.parametrize(
    ("platform", "booted", "form"),
    [("win32", False, "windows"), ("linux", True, "systemd"), ("linux", False, "cron")],
)
def test_the_form_follows_the_system(
    platform: str, booted: bool, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setattr(Path, "is_dir", lambda self: booted)
    assert sweep_install.this_form() == form


def test_files_are_written_where_it_was_asked(desk: Desk) -> None:
    code, out, err = desk("sweep", "install", "--format", "windows", "--remind", "--out", "任务 1")
    assert code == 0
    files = sorted(Path("任务 1").iterdir())
    assert [file.name for file in files] == [
        "taizhang-daily.xml",
        "taizhang-remind.xml",
        "taizhang-sites.xml",
        "taizhang-time-point.xml",
    ]
    assert all(ElementTree.parse(file).getroot().tag.endswith("Task") for file in files)
    assert err.count("schtasks /Create") == 4
    assert "--out" not in err and err.count("在文件夹 任务 1 里") == 1
    assert err.count(f'cd /d "{Path("任务 1").resolve()}"') == 1
    assert "用 --out 写成文件" in desk("sweep", "install", "--format", "windows")[2]
    assert f"已写入：{files[0]}" in out


def test_the_address_of_a_database_is_not_printed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep_install, "_has_sites", lambda door: False)
    url = "postgresql+psycopg://taizhang:canary-password@db.example/taizhang"
    code, out, err = desk("--db", url, "sweep", "install", "--format", "cron")
    assert code == 0
    assert "canary-password" not in out + err
    assert "TAIZHANG_DB" in err


def test_without_a_time_point_it_advises_one(desk: Desk) -> None:
    Path("taizhang.toml").unlink()
    code, out, err = desk("sweep", "install", "--format", "systemd")
    assert "OnCalendar=Mon *-*-* 02:00:00 Asia/Shanghai" in out and "taizhang-daily" not in out
    assert "time_point" in err


def test_a_time_that_is_none_is_told(desk: Desk) -> None:
    code, _out, err = desk("sweep", "install", "--time", "25:00")
    assert code == 2
    assert "“25:00”不是时刻" in err
