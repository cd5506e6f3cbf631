"""What a second Python reads and writes for `reconcile run` is what this one reads and writes, and
whatever hinders the second one changes nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from checkers.loading import load_checkers
from commands import second as beside
from registry.beside import Second
from registry.errors import Refused, UnreadableFile
from registry.exchange.national import write_national
from registry.exchange.national_reading import read_national
from registry.exchange.national_rows import NationalRows
from registry.exchange.national_template import NationalEntry, NationalMapping, load_mapping
from registry.platforms import PlatformCatalogue
from registry.vocab import NationalState
from tests.commands.conftest import Desk
from tests.documents import ROOT

ROWS = [
    NationalEntry(
        "weibo",
        f"平安{n}“县”",
        host_unit="青石县公安局",
        identifiers={"uid": str(1000000000 + n)} if n % 3 else {},
        state=(NationalState.LIVE, NationalState.OFFLINE)[n % 2],
        fields={"verified_subject": "青石县公安局"} if n % 2 else {},
    )
    for n in range(200)
]


@pytest.fixture(scope="module")
def catalogue() -> PlatformCatalogue:
    checkers = load_checkers()
    return PlatformCatalogue.with_known(checkers.infos(), checkers.identify)


@pytest.fixture
def all_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "_LARGE_FILE", 0)
    monkeypatch.setattr(beside, "_MANY_ROWS", 0)


def dying(*_given: object) -> None:
    os._exit(0)


def parts(book: Path) -> dict[str, bytes]:
    """What a workbook consists of, but for the moment when it was made."""
    with zipfile.ZipFile(book) as archive:
        names = set(archive.namelist()) - {"docProps/core.xml"}
        return {name: archive.read(name) for name in names}


# --- reading


@pytest.mark.usefixtures("all_large")
@pytest.mark.parametrize("hindered", [False, True])
def test_an_export_is_read_there_as_here(
    tmp_path: Path, catalogue: PlatformCatalogue, monkeypatch: pytest.MonkeyPatch, hindered: bool
) -> None:
    mapping, file = load_mapping(), tmp_path / "导出.xlsx"
    write_national(ROWS, file, mapping, catalogue)
    here = read_national(file, mapping, catalogue)
    if hindered:
        monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with Second() as second:
        there = beside.begin_reading(second, file, mapping)(catalogue)
    assert (there.file_name, there.sha256, there.faults) == (here.file_name, here.sha256, ())
    assert (there.unknown_columns, there.unknown_states) == ((), ())
    assert NationalRows.of(there.rows).same(NationalRows.of(here.rows))


@pytest.mark.usefixtures("all_large")
def test_faults_and_unknown_words_are_told_in_the_same_words(
    tmp_path: Path, catalogue: PlatformCatalogue
) -> None:
    file = tmp_path / "导出.csv"
    file.write_text(
        "平台,账号名称,主办单位,平台ID,状态,心情\n微博,甲,乙局,1000000001,在飞,好\n"
        "呼啦,甲,乙局,1,,\n微博,,乙局,x y,,\n",
        encoding="utf-8",
    )
    mapping = load_mapping()
    here = read_national(file, mapping, catalogue)
    with Second() as second:
        there = beside.begin_reading(second, file, mapping)(catalogue)
    assert there.faults == here.faults != ()
    assert there.unknown_columns == here.unknown_columns == ("心情",)
    assert there.unknown_states == here.unknown_states == ("在飞",)


@pytest.mark.usefixtures("all_large")
def test_a_file_that_is_no_table_is_refused_by_its_name(
    tmp_path: Path, catalogue: PlatformCatalogue
) -> None:
    file = tmp_path / "坏.xlsx"
    file.write_bytes(b"PK\x03\x04 no archive")
    with Second() as second, pytest.raises(UnreadableFile, match="坏.xlsx"):
        beside.begin_reading(second, file, load_mapping())(catalogue)


def test_a_small_export_is_read_here(
    tmp_path: Path, catalogue: PlatformCatalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.beside.subprocess.Popen", None)
    mapping, file = load_mapping(), tmp_path / "导出.xlsx"
    write_national(ROWS, file, mapping, catalogue)
    with Second() as second:
        assert len(beside.begin_reading(second, file, mapping)(catalogue).rows) == len(ROWS)


def test_the_second_one_loads_nothing_of_the_database() -> None:
    """Otherwise it starts too late to be of use; and so does what is loaded before it is asked."""
    program = (
        "import sys, commands.reconcile, commands.second, reports.upload;"
        "from registry.exchange.national_template import load_mapping; load_mapping();"
        "commands.second._platforms(); import registry.exchange.national_reading;"
        "print('sqlalchemy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "False", done.stderr


# --- the whole command


def run_into(desk: Desk, folder: str) -> dict[str, dict[str, bytes]]:
    code, said = desk("reconcile", "run", "--national", "导出.xlsx", "--out", folder)
    assert code == 0, said
    return {name: parts(Path(folder, name)) for name in ("reconcile.xlsx", "upload.xlsx")}


@pytest.mark.usefixtures("all_large")
def test_both_workbooks_are_the_same_whoever_writes_them(
    upload_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = run_into(upload_desk, "那边")
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", "")
        assert run_into(upload_desk, "这边") == there
    for name in ("read_there", "ready_there", "write_there"):
        with monkeypatch.context() as patch:
            patch.setattr(beside, name, dying)
            assert run_into(upload_desk, name) == there


@pytest.mark.usefixtures("all_large")
def test_where_one_can_be_written_by_nobody_both_are_as_they_were(
    upload_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = run_into(upload_desk, "核对")

    def refusing(
        rows: object, path: Path, mapping: NationalMapping, catalogue: PlatformCatalogue
    ) -> None:
        raise Refused(f"{path.name} 写不成")

    monkeypatch.setattr(beside, "write_there", dying)
    monkeypatch.setattr("reports.upload.write_upload", refusing)
    code, said = upload_desk("reconcile", "run", "--national", "导出.xlsx", "--out", "核对")
    assert (code, "upload.xlsx 写不成" in said) == (2, True)
    files = sorted(path.name for path in Path("核对").iterdir())
    assert files == ["reconcile.xlsx", "upload.xlsx"]
    after = {name: parts(Path("核对", name)) for name in files}
    assert after == before
