"""Opening a registry: SQLite by path, PostgreSQL by URL, always migrated and always protected.

Nothing here knows a rule. A write is one transaction: `with registry.write() as session`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import Session

from registry.errors import AlreadyExists, BadConfig, NotFound, SchemaMismatch
from registry.history import triggers
from registry.messages import _
from registry.unwritable import storage_fault, writable

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 30
"""How long a writer waits for another one on SQLite."""
PAGE = 8192
"""Bytes of a page in a new SQLite file; one that is there keeps its own. Twice as much again would
spare thousands of rows as much once more, and cost every small transaction a third."""
_LOG = 16_384_000
"""Bytes in the log before they are moved to the file: pages that several transactions change are
moved once, with one fsync."""


@dataclass(frozen=True, slots=True)
class Registry:
    """An opened registry: the database and, beside it, the folder of its files."""

    engine: Engine
    data: Path
    """`attachments/`, `evidence/`, `mappings/`, `reports/`."""
    _writing: Engine = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Made once: each engine with options of its own gathers anew who listens to it.
        object.__setattr__(self, "_writing", self.engine.execution_options(writes=True))

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one state of the database and keeps nothing it changes."""
        with self._told(), Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction: committed when the block ends, undone by any exception."""
        with self._told(), Session(self._writing, expire_on_commit=False) as session:
            with session.begin():
                yield session

    @contextmanager
    def trial(self) -> Iterator[Session]:
        """A transaction like `write` whose changes are always undone: to see what would be."""
        with self._told(), Session(self._writing, expire_on_commit=False) as session:
            try:
                yield session
            finally:
                session.rollback()

    def _told(self) -> AbstractContextManager[None]:
        """Says of a disk that takes no more, or may not be written, where it is."""
        return writable(self.path) if self.is_sqlite else nullcontext()

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @property
    def path(self) -> Path | None:
        """The database file, for SQLite."""
        return Path(self.engine.url.database or "") if self.is_sqlite else None

    def close(self) -> None:
        self.engine.dispose()


def connect(location: str) -> Engine:
    """An engine for a path (SQLite) or a URL. Raises BadConfig for one that cannot be used."""
    url = _url(location)
    try:
        engine = create_engine(url, connect_args=_connect_args(url), json_serializer=stored_json)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise BadConfig(
            _("The database address cannot be used: {error}").format(error=error),
            _("Give a file path, or postgresql://user@host/name with taizhang[postgres]."),
        ) from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def stored_json(value: Any) -> str:
    """A value of a JSON column as text: short, and Chinese as it is written."""
    try:
        return orjson.dumps(value, option=_PLAIN).decode()
    except TypeError:  # more than it knows: whole numbers beyond 64 bits, half characters, keys
        return _any_json(value)


_PLAIN = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
"""What JSON has no word for is refused here too."""


def _any_json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:  # half a character: only escaped does it get through
        return json.dumps(value)
    return text


def _url(location: str) -> str:
    if location.startswith("postgresql://"):
        return location.replace("postgresql://", "postgresql+psycopg://", 1)
    return location if "://" in location else f"sqlite:///{location}"


def _connect_args(url: str) -> dict[str, Any]:
    return {"timeout": BUSY_SECONDS} if url.startswith("sqlite") else {}


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not open transactions by itself: `_begin_sqlite` says which kind.
    connection.isolation_level = None
    connection.execute(f"PRAGMA page_size = {PAGE}")  # of an empty file, before it has a log
    for pragma in ("journal_mode = WAL", "foreign_keys = ON", "recursive_triggers = ON"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("PRAGMA synchronous = NORMAL")
    page = connection.execute("PRAGMA page_size").fetchone()[0]
    connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG // page}")
    # deleted contacts leave no bytes in free pages, whichever act deletes them
    connection.execute("PRAGMA secure_delete = ON")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def data_folder(location: str, data: str | Path | None = None) -> Path:
    """Where the files of a registry lie: `accounts.data` beside `accounts.db`, or as given."""
    if data is not None:
        return Path(data)
    return Path("accounts.data") if "://" in location else Path(location).with_suffix(".data")


def exists(location: str) -> bool:
    """True when there is a registry at that path or URL."""
    if "://" not in location and not Path(location).is_file():
        return False
    engine = connect(location)
    try:
        with writable(shown(location)):
            return _revision(engine) is not None
    finally:
        engine.dispose()


def create(location: str, data: str | Path | None = None) -> Registry:
    """A new, empty registry. Raises AlreadyExists rather than touch one that is there, and Unwritable
    where the system lets none be made."""
    if exists(location):
        raise AlreadyExists(
            _("There is already a registry at {where}.").format(where=shown(location)),
            _("Use another --db, or `taizhang upgrade` for one of an older version."),
        )
    engine = connect(location)
    with writable(shown(location)), _disposed_on_failure(engine):
        migrate(engine)
    return Registry(engine, data_folder(location, data))


def open_registry(location: str, data: str | Path | None = None) -> Registry:
    """Open a registry. Raises NotFound, or SchemaMismatch when it is older, newer or unprotected."""
    if not exists(location):
        raise NotFound(
            _("There is no registry at {where}.").format(where=shown(location)),
            _("Create one with `taizhang init`, or name another with --db."),
        )
    engine = connect(location)
    with writable(shown(location)), _disposed_on_failure(engine):
        _check(engine)
    return Registry(engine, data_folder(location, data))


def open_unchecked(location: str, data: str | Path | None = None) -> Registry:
    """Open a registry for `verify`, which says itself what is wrong with it. Raises NotFound, and
    SchemaMismatch for one of another version, whose tables are not those of this program."""
    if not exists(location):
        raise NotFound(_("There is no registry at {where}.").format(where=shown(location)))
    engine = connect(location)
    with writable(shown(location)), _disposed_on_failure(engine):
        _check_version(engine)
    return Registry(engine, data_folder(location, data))


def upgrade(location: str, data: str | Path | None = None) -> Registry:
    """Bring a registry to the program's version and install its protections anew."""
    if not exists(location):
        raise NotFound(_("There is no registry at {where}.").format(where=shown(location)))
    engine = connect(location)
    with writable(shown(location)), _disposed_on_failure(engine):
        migrate(engine)
        _check(engine)
    return Registry(engine, data_folder(location, data))


@contextmanager
def _disposed_on_failure(engine: Engine) -> Iterator[None]:
    try:
        yield
    except BaseException:
        engine.dispose()
        raise


def _config() -> Config:
    # Here, not above: alembic takes a tenth of a second, and only few commands need it.
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def migrate(engine: Engine) -> None:
    """Run all migrations in one transaction."""
    from alembic import command

    config = _config()
    with engine.execution_options(writes=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def head() -> str:
    """The revision that this program writes."""
    return max(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def _revision(engine: Engine) -> str | None:
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found = connection.scalar(text("SELECT version_num FROM alembic_version"))
            return None if found is None else str(found)
    except OperationalError as error:
        if told := storage_fault(error, engine.url.database):
            raise told from error
        raise BadConfig(
            _("The database cannot be opened: {error}").format(error=_first_line(error)),
            _("Check the path or address and that the server runs."),
        ) from None
    except DatabaseError:
        raise BadConfig(
            _("This file is not a registry."),
            _("Name the right file with --db; it was left as it is."),
        ) from None


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", error)).splitlines()[0]


def _check(engine: Engine) -> None:
    _check_version(engine)
    with engine.connect() as connection:
        gone = triggers.missing(connection)
    if gone:
        raise SchemaMismatch(
            _("Protections of the history are missing: {names}.").format(names=", ".join(gone)),
            _("Run `taizhang verify`, then `taizhang upgrade` to install them anew."),
        )


def _check_version(engine: Engine) -> None:
    found, wanted = _revision(engine), head()
    if found != wanted:
        known = {script.revision for script in _scripts()}
        hint = (
            _(
                "Copy the database file and its data folder first (of PostgreSQL make a dump with"
                " pg_dump), then run `taizhang upgrade`."
            )
            if found in known
            else _("It was written by a newer program: install that version.")
        )
        raise SchemaMismatch(
            _("The registry has version {found}, the program {wanted}.").format(
                found=found, wanted=wanted
            ),
            hint,
        )


def _scripts() -> list[Any]:
    from alembic.script import ScriptDirectory

    return list(ScriptDirectory.from_config(_config()).walk_revisions())


def shown(location: str) -> str:
    return make_url(location).render_as_string() if "://" in location else location
