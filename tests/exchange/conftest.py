"""A desk at which lists arrive, for the tests of imports."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.exchange.lists import Desk


@pytest.fixture
def desk(session: Session, tmp_path: Path) -> Desk:
    """A desk with nothing on it, in a registry without anything."""
    return Desk(session, tmp_path)
