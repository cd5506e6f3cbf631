"""The wheel, alone in an empty environment, holds all it needs and does the whole job."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
_NOT_SHIPPED = shutil.ignore_patterns(
    *(".git", ".venv", "build", "dist", "*.egg-info", "__pycache__", ".*_cache", ".hypothesis"),
    *("demo-report", "tests"),
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy of the checkout, so that nothing old in `build/` gets in."""
    source, out = tmp_path_factory.mktemp("source") / "taizhang", tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT, source, ignore=_NOT_SHIPPED)
    _run(sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", out, source)
    return next(out.glob("taizhang-*.whl"))


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`taizhang` installed from the wheel into an environment with nothing else in it."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=True)
    scripts = home / ("Scripts" if os.name == "nt" else "bin")
    _run(scripts / "python", "-m", "pip", "install", wheel)
    return scripts / "taizhang"


def _run(*words: str | Path, cwd: Path | None = None) -> str:
    """Run a command without this process' settings; its output."""
    kept = {name: value for name, value in os.environ.items() if name in _KEPT}
    done = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env={**kept, "PYTHONIOENCODING": "utf-8", "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


_KEPT = {"PATH", "HOME", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "APPDATA", "LOCALAPPDATA"} | {
    name
    for name in os.environ
    if name.lower() in {"https_proxy", "http_proxy", "no_proxy"}
    or name.startswith(("PIP_", "SSL_CERT", "REQUESTS_CA"))
}


@pytest.mark.parametrize(
    "part",
    [
        "cli.py",
        "registry/locale/zh/LC_MESSAGES/commands.mo",
        "registry/migrations/versions/0001_the_first_tables.py",
        "registry/platforms.toml",
        "registry/exchange/columns.toml",
        "registry/exchange/national.toml",
        "checkers/signals.toml",
        "verdicts/indicators/national-2019.toml",
        "verdicts/indicators/example-county.toml",
        "reports/templates/index.html",
        "sample/national.xlsx",
        "sample/first-run.warc.gz",
        "sample/second-run.warc.gz",
        "share/taizhang/accounts.db.sample",
    ],
)
def test_the_wheel_holds_what_the_program_reads(wheel: Path, part: str) -> None:
    names = _names(wheel)
    assert [name for name in names if name == part or name.endswith(f".data/data/{part}")]


def test_the_wheel_holds_no_test_and_no_ledger_of_anybody(wheel: Path) -> None:
    assert not [n for n in _names(wheel) if n.startswith("tests/") or n.endswith(".db")]


def _names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_the_installed_program_runs_the_demo_from_another_folder(
    program: Path, tmp_path: Path
) -> None:
    said = _run(program, "--lang", "zh", "demo", cwd=tmp_path)
    assert "RC302" in said and "青石林草" in said
    made = {path.name for path in (tmp_path / "demo-report").iterdir()}
    assert made >= {"index.html", "ledger.xlsx", "reconcile.xlsx", "upload.xlsx", "accounts.db"}
    assert [path.name for path in tmp_path.iterdir()] == ["demo-report"]
    listed = _run(
        program,
        "--db",
        "demo-report/accounts.db",
        "account",
        "list",
        "--format",
        "json",
        cwd=tmp_path,
    )
    assert "青石林草" in listed
