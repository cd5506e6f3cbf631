"""What judging a sweep takes beyond the facts, loaded before it is needed."""

from __future__ import annotations

from importlib import import_module

from sqlalchemy.orm import configure_mappers

from registry.models import all_tables


def load_judging() -> None:
    """Load the modules, and set up the mapped classes. Those are loaded first: who sets them up
    holds a lock that is needed to load one."""
    all_tables()
    import_module("verdicts.sweep")
    configure_mappers()
