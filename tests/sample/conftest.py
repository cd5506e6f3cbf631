"""The demo run once for all tests of the sample, with every way to a network shut."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import cli
from registry import db


class NetworkTouched(AssertionError):
    """Somebody wanted a connection."""


def _refuse(*_args: object, **_more: object) -> None:
    raise NetworkTouched


@dataclass(frozen=True)
class Run:
    """What one run of the demo left behind."""

    code: int
    said: str
    warned: str
    folder: Path


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """`taizhang demo` in an empty folder."""
    where = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(where)
        patch.delenv("TAIZHANG_ACTOR", raising=False)
        patch.setattr(socket.socket, "connect", _refuse)
        patch.setattr(socket, "getaddrinfo", _refuse)
        patch.setenv("TAIZHANG_LANG", "zh")
        code, said, warned = _called(["demo"], patch)
    return Run(code, said, warned, where / "demo-report")


def _called(arguments: list[str], patch: pytest.MonkeyPatch) -> tuple[int, str, str]:
    """The exit code, and what stood on standard output and on standard error."""
    import io
    import sys

    words, warnings = io.StringIO(), io.StringIO()
    patch.setattr(sys, "stdout", words)
    patch.setattr(sys, "stderr", warnings)
    code = cli.main(arguments)
    return code, words.getvalue(), warnings.getvalue()


@pytest.fixture
def seen(demo: Run, tmp_path: Path) -> Iterator[db.Registry]:
    """A copy of the demo's registry, to be changed as a test likes."""
    shutil.copyfile(demo.folder / "accounts.db", tmp_path / "accounts.db")
    shutil.copytree(demo.folder / "accounts.data", tmp_path / "accounts.data")
    opened = db.open_registry(str(tmp_path / "accounts.db"))
    yield opened
    opened.close()
