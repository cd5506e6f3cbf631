"""A real register of 1,225 accounts, replayed commit by commit as exports of the outside system."""

from __future__ import annotations

import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from checkers.loading import load_checkers
from reconcilers.ledger import read_ledger
from registry.db import open_registry
from registry.names import fold_unit
from registry.platforms import PlatformCatalogue
from registry.vocab import Choice, FilingKind
from tests.shared.congress import Commit, Office, commits, published
from tests.shared.test_ledgers_read import LEDGERS

REGISTER = LEDGERS / "congresstweets"
PACKAGES = Path(__file__).parent / "packages"
Event = tuple[str, str]
"""(commit, account id)"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not REGISTER.is_dir(), reason="the register is not at hand"),
]


@pytest.fixture
def catalogue(monkeypatch: pytest.MonkeyPatch) -> Iterator[PlatformCatalogue]:
    """The platforms, with that of the register, whose package is found as installed ones are."""
    monkeypatch.setattr(sys, "path", [str(PACKAGES), *sys.path])
    found = load_checkers()
    yield PlatformCatalogue.with_known(found.infos(), found.identify)
    sys.modules.pop("taizhang_congress", None)


@pytest.fixture
def office(location: str, tmp_path: Path, catalogue: PlatformCatalogue) -> Iterator[Office]:
    registry = open_registry(location)
    yield Office(registry, catalogue, tmp_path)
    registry.close()


def test_the_register_is_followed_through_every_commit(office: Office) -> None:
    states = list(commits(REGISTER))
    office.open(states[0].at)
    for state in states:
        office.take(state)
    _exports_that_lose_a_tenth_are_refused(office, states)
    _renames_are_called_renames(office, states)
    _holders_that_are_only_respelt_are_aliases(office, states)
    _what_comes_back_is_re_opened_and_nothing_known_is_opened_anew(office, states)
    assert office.review == [
        (state.name, event["old"] or event["account_id"])
        for state in states
        for event in state.events
        if not event["account_id"].isdigit()
    ]
    assert len(office.review) == 4
    _the_ledger_is_the_register(office)


def _exports_that_lose_a_tenth_are_refused(office: Office, states: list[Commit]) -> None:
    lost = {
        after.name
        for before, after in zip(states, states[1:])
        if len(before.accounts.keys() - after.accounts.keys()) * 10 > len(before.accounts) > 10
    }
    assert office.refused.keys() == lost
    assert len(lost) == 3
    assert all("--accept-absent" in hint for hint in office.refused.values())


def _renames_are_called_renames(office: Office, states: list[Commit]) -> None:
    renamed = [
        (commit, found.outside["identifier"])
        for commit, found in office.found
        if found.code == "RC306" and "name" in found.fields and "更名" in found.note
    ]
    assert Counter(renamed) == Counter(_told(states, "renamed"))
    assert len(renamed) == 146


def _holders_that_are_only_respelt_are_aliases(office: Office, states: list[Commit]) -> None:
    """Of 32 changes of the holder, 13 respell the name; three more are the same name with another
    kind of space, which nobody need be told of; 16 are other holders."""
    changed = {
        (state.name, event["account_id"]): (event["old"], event["new"])
        for state in states
        for event in state.events
        if event["op"] == "holder_changed"
    }
    same = {key for key, (old, new) in changed.items() if fold_unit(old) == fold_unit(new)}
    respelt = {key for key, (old, new) in changed.items() if _bare(old) == _bare(new)} - same
    assert (len(changed), len(same), len(respelt)) == (32, 3, 13)
    found: dict[Event, Choice | None] = {
        (commit, each.outside["identifier"]): each.suggested
        for commit, each in office.found
        if each.code == "RC306" and "host_unit" in each.fields
    }
    assert found.keys() == changed.keys() - same
    assert {key for key, choice in found.items() if choice is Choice.ALIAS} == respelt


def _bare(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name)
    return "".join(char for char in plain if char.isalnum())


def _what_comes_back_is_re_opened_and_nothing_known_is_opened_anew(
    office: Office, states: list[Commit]
) -> None:
    known, new, back = set[str](), list[Event](), list[Event]()
    for commit, key in _told(states, "added"):
        (back if key in known else new).append((commit, key))
        known.add(key)
    reopened = [
        (commit, found.outside["identifier"])
        for commit, found in office.found
        if found.suggested is Choice.FILE_REOPEN
    ]
    opened = [
        (commit, found.outside["identifier"])
        for commit, found in office.found
        if found.code == "RC305" and found.outside["identifier"]
    ]
    assert Counter(reopened) == Counter(back)
    assert Counter(opened) == Counter(new)
    assert len(reopened) == office.filed.count(FilingKind.REOPEN) == 205
    assert office.filed.count(FilingKind.OPEN) == len(known)


def _told(states: list[Commit], op: str) -> list[Event]:
    """Events of a kind, of accounts that have an id."""
    return [
        (state.name, event["account_id"])
        for state in states
        for event in state.events
        if event["op"] == op and event["account_id"].isdigit()
    ]


def _the_ledger_is_the_register(office: Office) -> None:
    with office.registry.read() as session:
        ledger = read_ledger(session)
    held = {
        account.identifiers["user_id"]: (account.name, account.host, account.form)
        for account in ledger.live
    }
    expected = {
        key: (name, ledger.bodies.find(holder), form)
        for key, (name, holder, form) in published(REGISTER).items()
    }
    assert held == expected
    assert len(ledger.live) == len(expected) == 1225
