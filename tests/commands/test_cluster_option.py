"""`sweep run --cluster`: refused in one clear message before anything is planned."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from sqlalchemy import select

import cli
from registry.db import open_registry
from registry.models import Run


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a new registry."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TAIZHANG_ACTOR", "王芳")
    monkeypatch.delenv("TAIZHANG_DB", raising=False)
    assert cli.main(["init", "--jurisdiction", "青石县人民政府办公室"]) == 0
    return tmp_path


def refused(office: Path, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What a run that is refused says; nothing has been planned."""
    capsys.readouterr()
    assert cli.main(["sweep", "run", *words]) == 2
    opened = open_registry(str(office / "accounts.db"))
    with opened.read() as session:
        assert session.scalars(select(Run)).all() == []
    opened.close()
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    return said.err


def test_without_dask(
    office: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    said = refused(office, capsys, "--cluster", "10.1.2.3:8786")
    assert "没有安装" in said and "pip install 'taizhang[cluster]'" in said


def test_an_address_that_does_not_answer(
    office: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sweeps.cluster.fleet._ANSWER", 0.5)
    said = refused(office, capsys, "--cluster", "127.0.0.1:1")
    assert "没有应答" in said and "dask scheduler" in said


def test_an_address_on_the_open_network_without_tls(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refused(office, capsys, "--cluster", "tcp://8.8.8.8:8786")
    assert "TLS" in said and "docs/scaling.md" in said


def test_an_empty_address_is_no_wish_to_ask_from_here(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "“” 不是集群地址" in refused(office, capsys, "--cluster", "")


def test_a_replay_needs_no_cluster(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (office / "x.warc.gz").write_bytes(b"")
    said = refused(office, capsys, "--cluster", "127.0.0.1:1", "--replay", "x.warc.gz")
    assert "--replay" in said
