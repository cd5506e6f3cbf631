"""Every fault of the circulars, planted in a clean county, is found under its own code; nothing that
was not planted is found; and what is put right is found no more.

Each goes the way of the program's own commands: a ledger out of an imported list and filings, a
recorded sweep judged again, an export of the national system taken in and compared.
"""

from __future__ import annotations

import pytest

from registry.vocab import CODES
from tests.scenario.cast import LISTED, SHOWN, WEEK, Listed, T
from tests.scenario.desk import Desk, written
from tests.scenario.plants import PLANTS, TOGETHER, Plant
from tests.scenario.recording import Recorder

NEXT_WEEK = T + WEEK
NOT_YET = {"SI701", "SI708", "SI709", "MS801"}
"""Found by hourly samples (SI701; see tests/verdicts), or kept for what no command looks at yet."""


def listed(*changes: dict[str, Listed | None]) -> dict[str, Listed]:
    rows = dict(LISTED)
    for change in changes:
        for key, row in change.items():
            if row is None:
                del rows[key]
            else:
                rows[key] = row
    return rows


def look(desk: Desk, recorder: Recorder, *plants: Plant) -> None:
    """The sweep and the comparison of the first week, with these faults planted."""
    for plant in plants:
        if plant.settings:
            written(desk.folder / "taizhang.toml", plant.settings)
        if plant.ledger:
            plant.ledger(desk)
    shown = {key: one for plant in plants for key, one in plant.shown.items()}
    desk.sweep(*recorder.files(shown, T))
    for plant in plants:
        if plant.people:
            plant.people(desk)
    desk.reconcile(listed(*(dict(plant.listed) for plant in plants)))


def look_again(desk: Desk, recorder: Recorder, *plants: Plant) -> None:
    """The same a week later, after the faults were put right: of those concerned alone."""
    for plant in plants:
        if plant.put_right:
            plant.put_right(desk)
    concerned = {key: SHOWN[key] for plant in plants for key in plant.shown}
    shown = concerned | {key: one for plant in plants for key, one in plant.shown_after.items()}
    if shown:
        desk.sweep(recorder.planted(shown, NEXT_WEEK), at=NEXT_WEEK)
    desk.reconcile(listed(*(dict(plant.listed_after) for plant in plants)), NEXT_WEEK)


def test_nothing_is_found_in_the_clean_county(desk: Desk, recorder: Recorder) -> None:
    look(desk, recorder)
    assert desk.found() == frozenset()


@pytest.mark.parametrize("name", PLANTS)
def test_a_fault_is_found_under_its_own_code_until_it_is_put_right(
    desk: Desk, recorder: Recorder, name: str
) -> None:
    plant = PLANTS[name]
    look(desk, recorder, plant)
    assert desk.found() == plant.pairs
    look_again(desk, recorder, plant)
    assert desk.found() == frozenset()


def test_all_faults_at_once_are_found_and_nothing_else(desk: Desk, recorder: Recorder) -> None:
    plants = list(TOGETHER.values())
    look(desk, recorder, *plants)
    assert desk.found() == frozenset().union(*(plant.pairs for plant in plants))
    look_again(desk, recorder, *plants)
    assert desk.found() == frozenset()


def test_there_is_a_fault_for_every_code() -> None:
    planted = {code for plant in PLANTS.values() for code, _who in plant.pairs}
    assert planted == set(CODES) - NOT_YET
