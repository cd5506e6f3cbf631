"""The offline bundle: complete for its target, checked as it is installed, installed without a network."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from offline.bundle import Incomplete, Target, _check, bundle, lay_out, needed

WINDOWS = Target("win_amd64", "3.11")


def add_wheel(folder: Path, name: str, *asks: str, version: str = "1.0") -> Path:
    """A wheel with nothing in it but what it asks for."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Dist: {each}" for each in asks]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}-{version}.dist-info/METADATA", "\n".join(lines) + "\n\n")
    return path


def test_what_only_the_target_needs_is_asked_for_and_what_only_we_need_is_not(
    tmp_path: Path,
) -> None:
    add_wheel(tmp_path, "taizhang", "qingshi>=1")
    add_wheel(
        tmp_path,
        "qingshi",
        'for_windows; sys_platform == "win32"',
        'for_linux; sys_platform == "linux"',
        'old_python; python_version < "3.12"',
        'very_old; python_version < "3.11"',
        'wanted_extra; extra == "more"',
    )
    asked = sorted(each.name for each in needed(tmp_path, WINDOWS))
    assert asked == ["for_windows", "old_python", "qingshi"]
    linux = Target("manylinux2014_x86_64", "3.12")
    assert sorted(each.name for each in needed(tmp_path, linux)) == ["for_linux", "qingshi"]


def test_extras_that_are_asked_for_count(tmp_path: Path) -> None:
    add_wheel(tmp_path, "taizhang", "qingshi[more]")
    add_wheel(tmp_path, "qingshi", 'wanted_extra; extra == "more"')
    assert sorted(each.name for each in needed(tmp_path, WINDOWS)) == ["qingshi", "wanted_extra"]


def test_what_the_program_is_to_be_able_to_do_besides_is_put_in_when_asked_for(
    tmp_path: Path,
) -> None:
    add_wheel(tmp_path, "taizhang", 'psycopg>=3; extra == "postgres"', 'dask; extra == "cluster"')
    target = Target("win_amd64", "3.11", ("postgres",))
    assert [each.name for each in needed(tmp_path, target)] == ["psycopg"]
    assert target.wheel(Path("taizhang-1.0.whl")) == "taizhang-1.0.whl[postgres]"
    with pytest.raises(Incomplete, match="psycopg>=3"):
        _check(needed(tmp_path, target), tmp_path, target)


def test_a_bundle_that_lacks_something_is_not_made(tmp_path: Path) -> None:
    add_wheel(tmp_path, "taizhang", "qingshi>=2", "yunchuan")
    add_wheel(tmp_path, "qingshi")
    with pytest.raises(Incomplete, match="qingshi>=2, yunchuan"):
        _check(needed(tmp_path, WINDOWS), tmp_path, WINDOWS)


def test_beside_the_wheels_stand_hashes_a_pinned_list_and_how_to_install(tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    own = add_wheel(wheels, "taizhang")
    lay_out(wheels, tmp_path, WINDOWS)
    digest = hashlib.sha256(own.read_bytes()).hexdigest()
    pinned = (tmp_path / "requirements.txt").read_text(encoding="ascii")
    assert pinned == f"taizhang==1.0 --hash=sha256:{digest}\n"
    sums = (tmp_path / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    assert f"{digest}  wheels/{own.name}" in sums
    named = {line.split("  ")[1] for line in sums}
    assert named == {
        f"wheels/{own.name}",
        "requirements.txt",
        "install.bat",
        "install.sh",
        "README.txt",
    }
    batch = (tmp_path / "install.bat").read_bytes()
    assert b"py -3.11 -m venv" in batch and b"\r\n" in batch
    assert b"\r" not in (tmp_path / "install.sh").read_bytes()
    assert (tmp_path / "README.txt").read_bytes().startswith(b"\xef\xbb\xbf")


# --- the whole way ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle for this machine, as somebody unpacks it."""
    made = bundle(Target(), tmp_path_factory.mktemp("dist"))
    folder = tmp_path_factory.mktemp("machine")
    with zipfile.ZipFile(made) as archive:
        archive.extractall(folder)
    return folder / made.stem


def installed(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the installer where no index can be reached."""
    nowhere = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull, "no_proxy": "*"}
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHON": sys.executable}
    return subprocess.run(
        ["sh", "install.sh"],
        cwd=folder,
        env={**environ, **nowhere},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="install.sh is for Linux")
def test_the_bundle_installs_without_a_network_and_the_program_runs(
    unpacked: Path, tmp_path: Path
) -> None:
    machine = tmp_path / "台账安装"
    shutil.copytree(unpacked, machine)
    done = installed(machine)
    assert done.returncode == 0, done.stdout + done.stderr
    program = machine / ".venv" / "bin" / "taizhang"
    for words in (["--help"], ["--lang", "zh", "demo"]):
        ran = subprocess.run(
            [program, *words],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "青石林草" in ran.stdout


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="install.sh is for Linux")
def test_an_altered_bundle_is_not_installed(unpacked: Path, tmp_path: Path) -> None:
    machine = tmp_path / "altered"
    shutil.copytree(unpacked, machine)
    wheel = next((machine / "wheels").glob("taizhang-*.whl"))
    wheel.write_bytes(wheel.read_bytes() + b"x")
    done = installed(machine)
    assert done.returncode != 0 and "重新拷贝" in done.stderr
    assert not (machine / ".venv" / "bin" / "taizhang").exists()
