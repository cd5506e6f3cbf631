"""Fixtures all tests share: a fresh registry per test, on SQLite or on PostgreSQL.

`TAIZHANG_TEST_POSTGRES` names a server on which databases may be created; without it the suite
runs on SQLite. Either way a migrated template is made once and copied for each test.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.orm import Session

from registry import db
from registry.messages import set_language
from registry.vocab import Lang

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
"""09:00 on 2026-11-22 in Shanghai."""

POSTGRES = os.environ.get("TAIZHANG_TEST_POSTGRES", "")


@pytest.fixture(autouse=True)
def chinese() -> None:
    """Every test starts in the program's default language."""
    set_language(Lang.ZH)


class _Server:
    """A PostgreSQL server on which the tests create and drop databases of their own."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.engine: Engine = create_engine(self.url, isolation_level="AUTOCOMMIT")

    def run(self, statement: str) -> None:
        with self.engine.connect() as connection:
            connection.exec_driver_sql(statement)

    def address(self, name: str) -> str:
        return self.url.set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A migrated, empty database that each test gets a copy of."""
    if not POSTGRES:
        path = tmp_path_factory.mktemp("template") / "accounts.db"
        made = db.create(str(path))
        made.close()
        yield str(path)
        return
    server, name = _Server(POSTGRES), f"taizhang_{uuid.uuid4().hex}"
    server.run(f"CREATE DATABASE {name}")
    db.create(server.address(name)).close()
    yield name
    server.run(f"DROP DATABASE {name} WITH (FORCE)")
    server.engine.dispose()


@contextmanager
def copied(template: str, folder: Path) -> Iterator[tuple[str, str]]:
    """A copy of a registry for the length of the block: its path or URL, and what it is a template
    by, once nobody has it open. `folder` is where a file goes; without a template there is nothing
    in it yet."""
    if not POSTGRES:
        path = folder / "accounts.db"
        if template:
            shutil.copy(template, path)
        yield str(path), str(path)
        return
    server, name = _Server(POSTGRES), f"taizhang_{uuid.uuid4().hex}"
    server.run(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
    yield server.address(name), name
    server.run(f"DROP DATABASE {name} WITH (FORCE)")
    server.engine.dispose()


@pytest.fixture
def location(template: str, tmp_path: Path) -> Iterator[str]:
    """Path or URL of a migrated registry that belongs to this test alone."""
    with copied(template, tmp_path) as (place, _name):
        yield place


@pytest.fixture
def registry(location: str, tmp_path: Path) -> Iterator[db.Registry]:
    """An opened registry, closed after the test."""
    opened = db.open_registry(location, tmp_path / "accounts.data")
    yield opened
    opened.close()


@pytest.fixture
def session(registry: db.Registry) -> Iterator[Session]:
    """A write session, committed when the test ends well."""
    with registry.write() as opened:
        yield opened
