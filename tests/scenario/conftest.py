"""The clean county, made once and copied for each test; what was recorded of it, once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import copied
from tests.scenario.cast import NEWCOMERS
from tests.scenario.desk import Desk, settle_county
from tests.scenario.plants import LATELY
from tests.scenario.recording import Recorder


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Path or name of a registry that holds the clean county."""
    folder = tmp_path_factory.mktemp("county")
    with copied("", folder) as (location, name):
        settle_county(Desk(location, folder))
        yield name


@pytest.fixture(scope="session")
def recorder(settled: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorder]:
    """An office that knows everybody and has a network."""
    folder = tmp_path_factory.mktemp("recording")
    with copied(settled, folder) as (location, _name):
        desk = Desk(location, folder)
        for row in NEWCOMERS.values():
            desk.open_account(row, LATELY)
        registry = desk.opened()
        yield Recorder(registry)
        registry.close()


@pytest.fixture
def desk(settled: str, tmp_path: Path) -> Iterator[Desk]:
    """The clean county for one test."""
    with copied(settled, tmp_path) as (location, _name):
        yield Desk(location, tmp_path)
