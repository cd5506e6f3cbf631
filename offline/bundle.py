"""The offline install bundle: the program and all it needs as wheels, for a machine without internet.

`python -m offline.bundle [--platform win_amd64] [--python-version 3.11] [--extra postgres]` writes
one zip into `dist/`.
What has no wheel on the index is built here, so it must be pure Python for another platform.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
HERE = Path(__file__).resolve().parent
PROGRAM = "taizhang"
_NOT_SHIPPED = shutil.ignore_patterns(
    *(".git", ".venv", "build", "dist", "*.egg-info", "__pycache__", ".*_cache", ".hypothesis"),
    *("demo-report", "tests", "*.db", "*.data"),
)
_OWN_NOTES = {"install.bat": "\r\n", "install.sh": "\n", "README.txt": "\r\n"}
"""File beside this one → its line ends in the bundle."""


class Incomplete(Exception):
    """Something that the program needs on the target is not in the bundle."""


@dataclass(frozen=True)
class Target:
    """The machine that the bundle is for. Without a platform: one like this."""

    platform: str = ""
    """Tag of its wheels, e.g. `win_amd64` or `manylinux2014_x86_64`."""
    python: str = ""
    """E.g. `3.11`."""
    extras: tuple[str, ...] = ()
    """What else the program is to be able to do there: `postgres`, `cluster`."""

    @property
    def program(self) -> Requirement:
        """The program as pip is asked for it."""
        return Requirement(PROGRAM + self._extras)

    def wheel(self, own: Path) -> str:
        """The same by the program's wheel."""
        return f"{own}{self._extras}"

    @property
    def _extras(self) -> str:
        return f"[{','.join(self.extras)}]" if self.extras else ""

    @property
    def here(self) -> bool:
        return not self.platform and not self.python

    @property
    def version(self) -> str:
        return self.python or f"{sys.version_info.major}.{sys.version_info.minor}"

    @property
    def name(self) -> str:
        """For the bundle's file name."""
        platform = self.platform or sysconfig.get_platform().replace("-", "_").replace(".", "_")
        return f"{platform}-py{self.version.replace('.', '')}"

    def options(self) -> list[str]:
        """For `pip download`."""
        wanted = ["--only-binary=:all:", "--implementation", "cp", "--python-version", self.version]
        tag = self.platform or sysconfig.get_platform().replace("-", "_").replace(".", "_")
        return [*wanted, *(word for each in _compatible(tag) for word in ("--platform", each))]

    def environment(self) -> Mapping[str, str]:
        """What markers such as `sys_platform == "win32"` are asked of."""
        found = {name: str(value) for name, value in default_environment().items()}
        if self.python:
            full = self.python if self.python.count(".") > 1 else f"{self.python}.0"
            short = ".".join(full.split(".")[:2])
            found.update(python_version=short, python_full_version=full)
        kinds = {
            "win": ("win32", "nt", "Windows"),
            "macosx": ("darwin", "posix", "Darwin"),
            "manylinux": ("linux", "posix", "Linux"),
            "linux": ("linux", "posix", "Linux"),
        }
        for start, (system, os_name, printed) in kinds.items():
            if self.platform.startswith(start):
                found.update(sys_platform=system, os_name=os_name, platform_system=printed)
                found["platform_machine"] = _machine(self.platform)
        return found


def _compatible(tag: str) -> list[str]:
    """The tag with older ones that its machine can use as well."""
    if tag.startswith("linux_"):
        tag = tag.replace("linux_", "manylinux_2_28_", 1)
    machine = _machine(tag).lower()
    older = ("manylinux_2_28", "manylinux_2_17", "manylinux2014", "manylinux_2_12")
    if tag.startswith("manylinux"):
        return list(dict.fromkeys([tag, *(f"{each}_{machine}" for each in older)]))
    return [tag]


def _machine(tag: str) -> str:
    known = ("x86_64", "aarch64", "arm64", "amd64", "i686")
    found = next((machine for machine in known if tag.endswith(machine)), "")
    return "AMD64" if found == "amd64" else found


# --- wheels -----------------------------------------------------------------------------------


def gather(target: Target, wheels: Path) -> None:
    """Fill the folder `wheels` with all that the program needs on the target, and no more.

    Raises Incomplete, or CalledProcessError when pip fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        built = Path(folder) / "built"
        own = _own_wheel(Path(folder))
        _pip("wheel", "--wheel-dir", built, "--find-links", own.parent, target.wheel(own))
        if target.here:
            for wheel in built.glob("*.whl"):
                shutil.copy(wheel, wheels)
        else:
            _download(target, own, built, wheels)
    _check(needed(wheels, target), wheels, target)


def _own_wheel(folder: Path) -> Path:
    """The program's wheel, from a copy so that nothing old in `build/` gets in."""
    shutil.copytree(ROOT, folder / "source", ignore=_NOT_SHIPPED)
    _pip("wheel", "--no-deps", "--wheel-dir", folder / "own", folder / "source")
    return next((folder / "own").glob(f"{PROGRAM}-*.whl"))


def _download(target: Target, own: Path, built: Path, wheels: Path) -> None:
    """Wheels for another platform. pip asks markers of this machine, so what only the target needs
    is named to it until nothing is missing, and what only this machine needs is taken away."""
    pure = own.parent
    for wheel in built.glob("*-none-any.whl"):
        shutil.copy(wheel, pure)
    wanted: set[str] = set()
    while True:
        for wheel in wheels.glob("*.whl"):
            wheel.unlink()  # of another version than is chosen now, perhaps
        words: list[str | Path] = [
            "--dest",
            wheels,
            *target.options(),
            "--find-links",
            pure,
            target.wheel(own),
            *sorted(wanted),
        ]
        _pip("download", *words)
        missing = {str(each) for each in needed(wheels, target) if not _held(each, wheels)}
        if missing <= wanted:
            break
        wanted |= missing
    keep = {canonicalize_name(each.name) for each in needed(wheels, target)} | {PROGRAM}
    for wheel in wheels.glob("*.whl"):
        if parse_wheel_filename(wheel.name)[0] not in keep:
            wheel.unlink()


def needed(wheels: Path, target: Target) -> list[Requirement]:
    """What the program asks for on the target, and what that asks for, as far as it is there."""
    environment, found = target.environment(), dict[str, Requirement]()
    waiting = [target.program]
    while waiting:
        asked = waiting.pop()
        for wheel in _wheels_of(asked.name, wheels):
            for extra in ("", *sorted(asked.extras)):
                for each in _requirements(wheel):
                    fits = each.marker is None or each.marker.evaluate(
                        {**environment, "extra": extra}
                    )
                    plain = Requirement(str(each).partition(";")[0])
                    if fits and str(plain) not in found:
                        found[str(plain)] = plain
                        waiting.append(plain)
    return list(found.values())


def _requirements(wheel: Path) -> Iterator[Requirement]:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        head = HeaderParser().parsestr(archive.read(name).decode("utf-8"))
    return map(Requirement, head.get_all("Requires-Dist") or ())


def _wheels_of(name: str, wheels: Path) -> list[Path]:
    wanted = canonicalize_name(name)
    return [w for w in sorted(wheels.glob("*.whl")) if parse_wheel_filename(w.name)[0] == wanted]


def _version(wheel: Path) -> Version:
    return parse_wheel_filename(wheel.name)[1]


def _held(asked: Requirement, wheels: Path) -> bool:
    found = _wheels_of(asked.name, wheels)
    return any(asked.specifier.contains(_version(w), prereleases=True) for w in found)


def _check(asked: Iterable[Requirement], wheels: Path, target: Target) -> None:
    missing = sorted({str(each) for each in asked if not _held(each, wheels)})
    if missing or not _wheels_of(PROGRAM, wheels):
        raise Incomplete(f"no wheel for {target.name}: {', '.join(missing) or PROGRAM}")


def _pip(*words: str | Path) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*command, *map(str, words)], check=True)


# --- the bundle -------------------------------------------------------------------------------


def bundle(target: Target, out: Path) -> Path:
    """Write the bundle into the folder `out`; its path. One that is there is replaced."""
    with tempfile.TemporaryDirectory() as folder:
        wheels = Path(folder) / "wheels"
        wheels.mkdir()
        gather(target, wheels)
        (own,) = _wheels_of(PROGRAM, wheels)
        name = f"{PROGRAM}-{_version(own)}-offline-{target.name}"
        lay_out(wheels, Path(folder), target)
        out.mkdir(parents=True, exist_ok=True)
        made = out / f"{name}.zip"
        _pack(Path(folder), name, made)
    return made


def lay_out(wheels: Path, folder: Path, target: Target) -> None:
    """Put beside the wheels what installs them: notes, scripts, pinned list, hashes."""
    pinned = [
        f"{parse_wheel_filename(wheel.name)[0]}=={_version(wheel)} --hash=sha256:{_sha256(wheel)}"
        for wheel in sorted(wheels.glob("*.whl"))
    ]
    (folder / "requirements.txt").write_text("\n".join(pinned) + "\n", encoding="ascii")
    for name, ends in _OWN_NOTES.items():
        text = (HERE / name).read_text(encoding="utf-8").replace("{PYTHON}", target.version)
        coded = "utf-8-sig" if name.endswith(".txt") else "utf-8"
        (folder / name).write_text(text, encoding=coded, newline=ends)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    sums = [f"{_sha256(path)}  {path.relative_to(folder).as_posix()}\n" for path in files]
    (folder / "SHA256SUMS").write_text("".join(sums), encoding="utf-8", newline="\n")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _pack(folder: Path, name: str, target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            info = zipfile.ZipInfo(f"{name}/{path.relative_to(folder).as_posix()}")
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (0o755 if path.suffix == ".sh" else 0o644) << 16
            archive.writestr(info, path.read_bytes())


def main() -> int:
    """Build the bundle that the words on the command line ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--platform", default="", help="e.g. win_amd64; default: this machine")
    parser.add_argument("--python-version", default="", help="e.g. 3.11; default: this one")
    parser.add_argument("--extra", action="append", default=[], choices=("postgres", "cluster"))
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    given = parser.parse_args()
    target = Target(given.platform, given.python_version, tuple(given.extra))
    try:
        made = bundle(target, given.out)
    except Incomplete as error:
        print(f"The bundle is not complete: {error}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print("pip failed; what it said stands above.", file=sys.stderr)
        return error.returncode or 1
    print(f"{made}  {_sha256(made)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
