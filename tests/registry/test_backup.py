"""Backup and restore: everything comes back, into a new place only, or nothing does."""

from __future__ import annotations

import hashlib
import json
import os
import uuid
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, select, text

from registry import db
from registry.accounts.contacts import add_contact
from registry.accounts.making import ContactGiven
from registry.db import Registry
from registry.errors import AlreadyExists, SchemaMismatch, TaizhangError, UnreadableFile
from registry.history import verify
from registry.history.writing import record
from registry.keeping import dumps
from registry.keeping.attachments import attach, file_of
from registry.keeping.backup import backup, restore
from registry.models import Account, Attachment, Unit
from tests.conftest import NOW, POSTGRES
from tests.registry.ledgers import a_unit, an_account, an_act, rename
from tests.registry.test_protection import fill

MAR = date(2026, 3, 1)


@pytest.fixture
def ledger(registry: Registry, tmp_path: Path) -> Registry:
    """Something in every kind of table, a contact, a paper, a mapping, a piece of evidence."""
    paper = tmp_path / "停更公告.pdf"
    paper.write_bytes(b"%PDF-1.7 notice")
    with registry.write() as session:
        fill(session)
        account = session.scalars(select(Account)).one()
        rename(session, account, "青石公安", MAR)
        given = ContactGiven("林黛玉", "13911113333")
        add_contact(session, account, given, act=an_act(session), effective_on=MAR)
        attach(registry, session, paper, act=an_act(session), account=account)
        child, parent = session.scalars(select(Unit)).one(), a_unit(session, "青石县人民政府")
        record(session, child, {"parent": parent.uid}, effective_on=MAR, act=an_act(session))
    for name in ("mappings/national.toml", "evidence/2026/run.warc.gz", "reports/ledger.xlsx"):
        path = registry.data / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return registry


def content(registry: Registry) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table."""
    with registry.engine.connect() as connection:
        return {table.name: list(dumps.read(connection, table)) for table in dumps.tables()}


@pytest.fixture
def archive(ledger: Registry, tmp_path: Path) -> Path:
    target = tmp_path / "backup.zip"
    backup(ledger, target, now=NOW)
    return target


def server_address() -> Iterator[str]:
    """An empty database on the server, dropped afterwards."""
    server = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    name = f"taizhang_{uuid.uuid4().hex}"
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture(params=["file", "server"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A new place: a path, and a database on a server where there is one."""
    if request.param == "file":
        yield str(tmp_path / "new" / "accounts.db")
    elif not POSTGRES:
        pytest.skip("no PostgreSQL server")
    else:
        yield from server_address()


def test_everything_comes_back(ledger: Registry, archive: Path, place: str, tmp_path: Path) -> None:
    """From either kind of database into either kind."""
    manifest = restore(archive, place, tmp_path / "new" / "accounts.data")
    restored = db.open_registry(place, tmp_path / "new" / "accounts.data")
    try:
        assert content(restored) == content(ledger)
        report = verify.verify(restored)
        assert report.problems == ()
        assert report.anchor == manifest.anchor == verify.verify(ledger).anchor
        with restored.read() as session:
            sha256 = session.scalars(select(Attachment.sha256)).one()
        assert file_of(restored.data, sha256).read_bytes() == b"%PDF-1.7 notice"
        assert sorted(path.name for path in restored.data.iterdir()) == ["attachments", "mappings"]
    finally:
        restored.close()


def test_a_database_file_can_move_to_a_server(tmp_path: Path) -> None:
    if not POSTGRES:
        pytest.skip("no PostgreSQL server")
    small = db.create(str(tmp_path / "small.db"))
    with small.write() as session:
        fill(session)
    backup(small, tmp_path / "small.zip", now=NOW)
    with contextmanager(server_address)() as place:
        restore(tmp_path / "small.zip", place, tmp_path / "large.data")
        large = db.open_registry(place, tmp_path / "large.data")
        assert content(large) == content(small)
        assert verify.verify(large).problems == ()
        large.close()
    small.close()


def test_a_restored_registry_goes_on(archive: Path, place: str, tmp_path: Path) -> None:
    restore(archive, place, tmp_path / "new.data")
    restored = db.open_registry(place, tmp_path / "new.data")
    with restored.write() as session:
        account = session.scalars(select(Account)).one()
        rename(session, account, "平安青石", date(2026, 9, 1))
        an_account(session, a_unit(session, "青石县融媒体中心"), uid="2")
    assert verify.verify(restored).problems == ()
    restored.close()


def test_evidence_comes_along_on_request(ledger: Registry, tmp_path: Path) -> None:
    target = tmp_path / "all.zip"
    manifest = backup(ledger, target, now=NOW, evidence=True)
    assert "evidence/2026/run.warc.gz" in manifest.files
    assert "mappings/national.toml" in manifest.files
    assert not any(name.startswith("reports/") for name in manifest.files)
    restore(target, str(tmp_path / "new.db"), tmp_path / "new.data")
    run = tmp_path / "new.data" / "evidence" / "2026" / "run.warc.gz"
    assert run.read_bytes() == b"evidence/2026/run.warc.gz"


def test_the_manifest_names_every_file_with_its_hash(archive: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        manifest = json.loads(opened.read("manifest.json"))
        files = {
            name: {
                "sha256": hashlib.sha256(opened.read(name)).hexdigest(),
                "size": len(opened.read(name)),
            }
            for name in opened.namelist()
            if name != "manifest.json"
        }
    assert manifest["files"] == files
    assert manifest["made_at"] == "2026-11-22T01:00:00+00:00"
    assert manifest["schema"] == db.head()


def test_only_its_owner_may_read_a_backup(archive: Path) -> None:
    if os.name == "nt":
        pytest.skip("Windows keeps rights elsewhere")
    assert archive.stat().st_mode & 0o077 == 0


def test_nothing_but_the_archive_is_left_beside_it(archive: Path) -> None:
    left = [path.name for path in archive.parent.iterdir() if path.name.startswith(".")]
    assert left == []


def test_a_backup_is_never_written_over_a_file(ledger: Registry, tmp_path: Path) -> None:
    target = tmp_path / "backup.zip"
    target.write_text("mine", encoding="utf-8")
    with pytest.raises(AlreadyExists):
        backup(ledger, target, now=NOW)
    assert target.read_text(encoding="utf-8") == "mine"


def test_a_backup_that_fails_leaves_no_archive(
    ledger: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("registry.keeping.archives.Writer.finish", fail)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(OSError, match="disk full"):
        backup(ledger, tmp_path / "backup.zip", now=NOW)
    assert sorted(tmp_path.iterdir()) == before


def test_nothing_is_restored_over_a_registry(archive: Path, location: str, tmp_path: Path) -> None:
    with pytest.raises(AlreadyExists):
        restore(archive, location, tmp_path / "new.data")
    assert not (tmp_path / "new.data").exists()


def test_nothing_is_restored_into_a_folder_that_holds_something(
    archive: Path, tmp_path: Path
) -> None:
    (tmp_path / "new.data").mkdir()
    (tmp_path / "new.data" / "mine").write_text("x", encoding="utf-8")
    with pytest.raises(AlreadyExists):
        restore(archive, str(tmp_path / "new.db"), tmp_path / "new.data")
    assert not (tmp_path / "new.db").exists()


def test_nothing_is_restored_over_any_file(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("mine", encoding="utf-8")
    with pytest.raises(AlreadyExists):
        restore(archive, str(tmp_path / "notes.db"))
    assert (tmp_path / "notes.db").read_text(encoding="utf-8") == "mine"


Change = Callable[[dict[str, bytes]], None]


def altered(archive: Path, change: Change) -> None:
    """Write the archive anew with its members changed."""
    with zipfile.ZipFile(archive) as opened:
        members = {name: opened.read(name) for name in opened.namelist()}
    change(members)
    with zipfile.ZipFile(archive, "w") as out:
        for name, data in members.items():
            out.writestr(name, data)


def manifest_with(members: dict[str, bytes], change: Callable[[dict[str, Any]], None]) -> None:
    form = json.loads(members["manifest.json"])
    change(form)
    members["manifest.json"] = json.dumps(form).encode()


def other_paper(members: dict[str, bytes]) -> None:
    name = next(name for name in members if name.startswith("attachments/"))
    members[name] = b"%PDF-1.7 forged"


def other_paper_with_its_hash(members: dict[str, bytes]) -> None:
    other_paper(members)
    name = next(name for name in members if name.startswith("attachments/"))
    sha256 = hashlib.sha256(members[name]).hexdigest()
    manifest_with(members, lambda form: form["files"][name].update(sha256=sha256, size=15))


def no_paper(members: dict[str, bytes]) -> None:
    del members[next(name for name in members if name.startswith("attachments/"))]


def one_more(members: dict[str, bytes]) -> None:
    members["mappings/more.toml"] = b"x"


def way_out(members: dict[str, bytes]) -> None:
    name = "mappings/../../../escaped"
    members[name] = b"x"
    entry = {"sha256": hashlib.sha256(b"x").hexdigest(), "size": 1}
    manifest_with(members, lambda form: form["files"].update({name: entry}))


def absolute(members: dict[str, bytes]) -> None:
    name = "/etc/escaped"
    members[name] = b"x"
    entry = {"sha256": hashlib.sha256(b"x").hexdigest(), "size": 1}
    manifest_with(members, lambda form: form["files"].update({name: entry}))


def larger(members: dict[str, bytes]) -> None:
    members["mappings/national.toml"] = b"0" * 10_000_000


def newer(members: dict[str, bytes]) -> None:
    manifest_with(members, lambda form: form.update(format=2))


def other_end(members: dict[str, bytes]) -> None:
    manifest_with(members, lambda form: form.update(anchor="1:" + "0" * 64))


def no_manifest(members: dict[str, bytes]) -> None:
    del members["manifest.json"]


def broken_manifest(members: dict[str, bytes]) -> None:
    members["manifest.json"] = b'{"format": 1, "files": []}'


@pytest.mark.parametrize(
    "change",
    [
        other_paper,
        other_paper_with_its_hash,
        no_paper,
        one_more,
        way_out,
        absolute,
        larger,
        newer,
        other_end,
        no_manifest,
        broken_manifest,
    ],
)
def test_an_archive_with_anything_wrong_is_refused_as_a_whole(
    archive: Path, tmp_path: Path, change: Change
) -> None:
    altered(archive, change)
    before = sorted(path for path in tmp_path.rglob("*"))
    with pytest.raises(UnreadableFile) as caught:
        restore(archive, str(tmp_path / "new" / "accounts.db"))
    assert "没有写入任何内容" in caught.value.hint
    assert sorted(path for path in tmp_path.rglob("*") if path.name != "new") == before


def test_damage_inside_the_zip_is_refused(archive: Path, tmp_path: Path) -> None:
    data = bytearray(archive.read_bytes())
    data[len(data) // 3] ^= 0xFF
    archive.write_bytes(bytes(data))
    with pytest.raises(TaizhangError):
        restore(archive, str(tmp_path / "new.db"))
    assert not (tmp_path / "new.db").exists()


@pytest.mark.parametrize("given", [b"", b"not a zip", b"PK\x03\x04 broken"])
def test_what_is_no_archive_is_refused(tmp_path: Path, given: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(given)
    with pytest.raises(UnreadableFile):
        restore(tmp_path / "x.zip", str(tmp_path / "new.db"))


def test_rows_of_another_version_are_refused(
    ledger: Registry, archive: Path, place: str, tmp_path: Path
) -> None:
    if ledger.is_sqlite and "://" not in place:
        pytest.skip("a database file is restored as it is and upgraded afterwards")
    altered(archive, lambda members: manifest_with(members, lambda f: f.update(schema="0000")))
    with pytest.raises((SchemaMismatch, UnreadableFile)):
        restore(archive, place, tmp_path / "new.data")
    assert not db.exists(place)


def test_rows_that_do_not_load_leave_no_database(
    ledger: Registry, archive: Path, place: str, tmp_path: Path
) -> None:
    if ledger.is_sqlite:
        pytest.skip("a backup of SQLite holds a file")
    name = "database/rows/account.jsonl"

    def spoil(members: dict[str, bytes]) -> None:
        members[name] = members[name].replace(b'"state":"active"', b'"state":"ghost"')
        entry = {"sha256": hashlib.sha256(members[name]).hexdigest(), "size": len(members[name])}
        manifest_with(members, lambda form: form["files"].update({name: entry}))

    altered(archive, spoil)
    with pytest.raises(UnreadableFile):
        restore(archive, place, tmp_path / "new.data")
    assert not db.exists(place)
    assert not (tmp_path / "new.data").exists()


def test_a_line_brings_back_every_type(registry: Registry) -> None:
    with registry.write() as session:
        fill(session)
        account = session.scalars(select(Account)).one()
        given = ContactGiven("林黛玉", "13911113333")
        add_contact(session, account, given, act=an_act(session), effective_on=MAR)
    with registry.engine.connect() as connection:
        for table in dumps.tables():
            for row in dumps.read(connection, table):
                assert dumps.from_line(table, dumps.to_line(row)) == row
