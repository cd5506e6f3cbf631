"""The bundled sample is what its script makes, opens anywhere, and is sound."""

from __future__ import annotations

import gzip
import shutil
import sqlite3
import zipfile
from pathlib import Path

import pytest

from registry import db
from registry.history.verify import verify
from sample import build
from sample.build import DATABASE, EXPORT, FIRST_EVIDENCE, ROOT, SECOND_EVIDENCE
from sample.county import ACCOUNTS

REMEDY = "the sample is out of date: run `make sample` and commit what it writes"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    build.build(folder)
    return folder


def test_the_rebuilt_database_says_what_the_bundled_one_says(made: Path) -> None:
    new, bundled = build.dump(made / DATABASE), build.dump(ROOT / DATABASE)
    assert new.keys() == bundled.keys(), REMEDY
    assert {table for table in new if new[table] != bundled[table]} == set(), REMEDY


@pytest.mark.parametrize("name", [FIRST_EVIDENCE, SECOND_EVIDENCE])
def test_the_rebuilt_evidence_is_the_bundled_one(made: Path, name: str) -> None:
    new = gzip.decompress((made / "sample" / name).read_bytes())
    assert new == gzip.decompress((ROOT / "sample" / name).read_bytes()), REMEDY


def test_the_rebuilt_export_is_the_bundled_one(made: Path) -> None:
    assert _parts(made / "sample" / EXPORT) == _parts(ROOT / "sample" / EXPORT), REMEDY


def _parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_any_sqlite_browser_opens_the_database(tmp_path: Path) -> None:
    copy = shutil.copyfile(ROOT / DATABASE, tmp_path / "copy.db")
    connection = sqlite3.connect(copy)
    mode = connection.execute("PRAGMA journal_mode").fetchone()
    free = connection.execute("PRAGMA freelist_count").fetchone()
    accounts = connection.execute("SELECT count(*) FROM account").fetchone()
    connection.close()
    assert (mode, free) == (("delete",), (0,))
    assert accounts[0] == len(ACCOUNTS) + 2 and 55 <= accounts[0] <= 70
    assert [path.name for path in tmp_path.iterdir()] == ["copy.db"]


def test_history_protections_and_papers_of_the_sample_hold(tmp_path: Path) -> None:
    shutil.copyfile(ROOT / DATABASE, tmp_path / "accounts.db")
    registry = db.open_registry(str(tmp_path / "accounts.db"))
    report = verify(registry)
    registry.close()
    assert report.problems == ()
    assert report.rows > len(ACCOUNTS)


def test_contacts_and_secrets_stand_in_no_other_bundled_file() -> None:
    for name in (FIRST_EVIDENCE, SECOND_EVIDENCE):
        evidence = gzip.decompress((ROOT / "sample" / name).read_bytes())
        assert b"sample-secret" not in evidence
        assert b"SampleTokenOfNobody" not in evidence
        assert b"1005399" not in evidence
    cells = b"".join(_parts(ROOT / "sample" / EXPORT).values())
    assert b"1005399" not in cells
    assert b"sample-secret" not in (ROOT / DATABASE).read_bytes()
