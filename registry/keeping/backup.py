"""One archive from which a registry can be had back, into a new place only.

`backup` takes the database at one moment with its papers; `restore` checks every hash before it
writes anything, and never touches a registry that is there.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Table, make_url, select, text
from sqlalchemy.exc import DatabaseError, SQLAlchemyError
from sqlalchemy.orm import Session

from registry import db
from registry.errors import AlreadyExists, SchemaMismatch
from registry.history import chain
from registry.history.verify import anchor_of
from registry.keeping import dumps
from registry.keeping.absent import note_absent
from registry.keeping.archives import (
    DATABASE,
    ROWS,
    Manifest,
    Writer,
    checked,
    opened,
    unpack,
    unreadable,
)
from registry.keeping.attachments import FOLDER as ATTACHMENTS
from registry.messages import _
from registry.models import Run, all_tables

MAPPINGS, EVIDENCE = "mappings", "evidence"
_SHA256 = re.compile(r"[0-9a-f]{64}")


def backup(
    registry: db.Registry, target: Path, *, now: datetime, evidence: bool = False
) -> Manifest:
    """Write the archive: database, papers, mappings, on request the evidence of sweeps.

    It holds contacts, so nobody but its owner may read it. Raises AlreadyExists rather than write
    over a file; a failed backup leaves none.
    """
    if target.exists():
        raise AlreadyExists(
            _("{file} is there already.").format(file=target),
            _("Give the backup another name; none is ever overwritten."),
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            with zipfile.ZipFile(out, "w") as archive:
                manifest = _fill(Writer(archive), registry, now, evidence, target.parent)
            out.flush()
            os.fsync(out.fileno())
        os.replace(name, target)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)
    return manifest


def _fill(
    writer: Writer, registry: db.Registry, now: datetime, evidence: bool, beside: Path
) -> Manifest:
    # Papers are stored before their rows are committed: taken after the database, none is missing.
    if registry.is_sqlite:
        schema, anchor = _add_file(writer, registry, beside)
    else:
        schema, anchor = _add_rows(writer, registry)
    for folder in (ATTACHMENTS, MAPPINGS, EVIDENCE) if evidence else (ATTACHMENTS, MAPPINGS):
        for path in sorted(p for p in (registry.data / folder).rglob("*") if p.is_file()):
            if folder != ATTACHMENTS or _SHA256.fullmatch(path.name):
                writer.add_file(path.relative_to(registry.data).as_posix(), path)
    return writer.finish(now, schema, anchor, evidence)


def _add_file(writer: Writer, registry: db.Registry, beside: Path) -> tuple[str, str]:
    """The database as one file, copied while others may write; its schema and anchor."""
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=beside) as name:
        copy = Path(name) / "accounts.db"
        raw, target = registry.engine.raw_connection(), sqlite3.connect(copy)
        try:
            assert isinstance(raw.driver_connection, sqlite3.Connection)
            raw.driver_connection.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")
        finally:
            target.close()
            raw.close()
        writer.add_file(DATABASE, copy)
        return _stamp(str(copy))


def _stamp(location: str) -> tuple[str, str]:
    """Schema and anchor of a database."""
    engine = db.connect(location)
    try:
        with engine.connect() as connection:
            return _schema(connection), _anchor(connection)
    finally:
        engine.dispose()


def _add_rows(writer: Writer, registry: db.Registry) -> tuple[str, str]:
    """All tables as JSON lines, as they stood at one moment; their schema and anchor."""
    with registry.engine.connect() as connection:
        connection.execution_options(isolation_level="REPEATABLE READ")
        for table in dumps.tables():
            lines = (dumps.to_line(row) for row in dumps.read(connection, table))
            writer.add(f"{ROWS}/{table.name}.jsonl", lines)
        return _schema(connection), _anchor(connection)


def _schema(connection: Connection) -> str:
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar())


def _anchor(connection: Connection) -> str:
    with Session(connection) as session:
        return anchor_of(chain.head(session))


def restore(source: Path, location: str, data: str | Path | None = None) -> Manifest:
    """Unpack an archive into a new registry at `location` (path or URL) with its folder `data`.

    Either database goes into either kind. Raises UnreadableFile for an archive that is damaged,
    incomplete or not ours, AlreadyExists when something is there, SchemaMismatch for rows of
    another version of the program; then nothing has been written.
    """
    folder = db.data_folder(location, data)
    _refuse_existing(location, folder)
    with opened(source) as archive:
        manifest = checked(archive, source)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=folder.parent) as name:
            for member in manifest.files:
                unpack(archive, member, Path(name))
            with _placed(Path(name), folder):
                _put_database(source, manifest, Path(name), location)
                if not manifest.evidence:
                    _note_absent(location, folder)
    return manifest


def _note_absent(location: str, folder: Path) -> None:
    """Write down which evidence the runs name, so that nobody takes it for lost."""
    engine = db.connect(location)
    # a database of an older version has no such column, a full disk no room: then it counts as lost
    with suppress(SQLAlchemyError, OSError), Session(engine) as session:
        named = session.scalars(select(Run.evidence))
        note_absent(folder / EVIDENCE, (name for names in named for name in names))
    engine.dispose()


def _file(location: str) -> Path | None:
    """The file of an SQLite database; None for a server's."""
    if "://" not in location:
        return Path(location)
    url = make_url(location)
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def _refuse_existing(location: str, folder: Path) -> None:
    file = _file(location)
    if file is None:
        taken = [make_url(location).render_as_string()] if db.exists(location) else []
    else:
        beside = (file, file.with_name(f"{file.name}-wal"))
        taken = [str(path) for path in beside if path.exists()]
    taken += [str(folder)] if folder.exists() and any(folder.iterdir()) else []
    if taken:
        raise AlreadyExists(
            _("{what} is there already; nothing is restored over it.").format(what=taken[0]),
            _("Name a new place with --db and --data."),
        )


@contextmanager
def _placed(unpacked: Path, folder: Path) -> Iterator[None]:
    """The folders of files in their place; taken away again when the block fails."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        for part in (ATTACHMENTS, MAPPINGS, EVIDENCE):
            if (unpacked / part).is_dir():
                shutil.move(unpacked / part, folder / part)
        yield
    except BaseException:
        shutil.rmtree(folder)
        raise


def _put_database(source: Path, manifest: Manifest, unpacked: Path, location: str) -> None:
    file, copy = _file(location), unpacked / DATABASE
    if manifest.holds_rows:
        lines = _LineSource(unpacked / ROWS)
        _load(source, manifest, lines, location if file is None else str(copy))
    else:
        _check_end(source, manifest, copy)
        if file is None:
            _load(source, manifest, _FileSource(copy), location)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(copy, file)


def _check_end(source: Path, manifest: Manifest, copy: Path) -> None:
    try:
        stamp = _stamp(str(copy))
    except DatabaseError:
        raise unreadable(source, _("it is not a backup of a registry.")) from None
    if stamp != (manifest.schema, manifest.anchor):
        raise unreadable(source, _("its history does not end where it says."))


class _LineSource:
    """Rows out of files of JSON lines."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def rows(self, table: Table) -> Iterator[dumps.Row]:
        with (self.folder / f"{table.name}.jsonl").open("rb") as lines:
            for line in lines:
                yield dumps.from_line(table, line)


class _FileSource:
    """Rows out of a database file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def rows(self, table: Table) -> Iterator[dumps.Row]:
        engine = db.connect(str(self.path))
        try:
            with engine.connect() as connection:
                yield from dumps.read(connection, table)
        finally:
            engine.dispose()


def _load(source: Path, manifest: Manifest, rows: _LineSource | _FileSource, location: str) -> None:
    """Make a new database and put the rows into it; on any failure there is none again."""
    if manifest.schema != db.head():
        raise SchemaMismatch(
            _("The backup has version {found}, the program {wanted}.").format(
                found=manifest.schema, wanted=db.head()
            ),
            _("Restore it with the program that made it, then upgrade."),
        )
    made = db.create(location)
    try:
        with made.engine.execution_options(writes=True).begin() as connection:
            for table in dumps.tables():
                dumps.load(connection, table, rows.rows(table))
            dumps.restart_keys(connection)
            if _anchor(connection) != manifest.anchor:
                raise unreadable(source, _("its history does not end where it says."))
    except BaseException as error:
        _undo(made)
        if isinstance(error, (SQLAlchemyError, ValueError, KeyError, TypeError, OSError)):
            # The error's own text may hold values of rows.
            raise unreadable(source, type(error).__name__) from None
        raise
    finally:
        made.close()


def _undo(made: db.Registry) -> None:
    """Take the tables away that were made on a server a moment ago."""
    if made.is_sqlite:
        return  # it lies in the folder that is about to be removed
    with made.engine.begin() as connection:
        all_tables().drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
        connection.execute(text("DROP FUNCTION taizhang_append_only CASCADE"))
