"""A published register replayed: the exports that it would have given commit by commit, and the
office that settles what reconciling finds, by a fixed script of decisions.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from reconcilers.deciding import carry_out
from reconcilers.decisions import decide
from reconcilers.reconcile import reconcile
from registry.actors import get_actor
from registry.dates import shanghai_date
from registry.db import Registry
from registry.errors import Fault, Refused
from registry.exchange.decided import DecidedBook, DecidedRow
from registry.exchange.decision_sheet import FindingKey
from registry.exchange.national_reading import read_national
from registry.exchange.national_template import NationalMapping, load_mapping
from registry.exchange.snapshots import keep_export
from registry.filings.acts import amend, approve, complete, find_filing, submit
from registry.filings.jurisdictions import seed, seed_registry
from registry.findings.differences import Difference, Reconciliation, ReviewPair, fingerprint
from registry.history.writing import Act
from registry.models import Filing
from registry.platforms import PlatformCatalogue
from registry.units.naming import ensure_unit
from registry.vocab import (
    CancelCause,
    Choice,
    DecisionKind,
    FilingKind,
    FilingState,
    NationalState,
    UnitLevel,
)

NOTICE = "https://www.example.org/notice"

Handle = tuple[str, str, str]
"""Name, holder, form."""


@dataclass(frozen=True)
class Commit:
    """One state of the register."""

    name: str
    at: datetime
    accounts: dict[str, Handle]
    events: list[dict[str, str]]

    def write(self, folder: Path, mapping: NationalMapping) -> Path:
        """The state as an export of the outside system. An id that is none is not printed."""
        titles = {column.field: column.title for column in mapping.columns}
        path = folder / f"{self.name}.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            fields = ("platform", "form", "name", "identifier", "host_unit", "state")
            writer.writerow([titles[name] for name in fields])
            state = mapping.words[NationalState.LIVE]
            for key, (name, holder, form) in self.accounts.items():
                shown = key if key.isdigit() else ""
                writer.writerow(["短讯号", form, name or key, shown, holder, state])
        return path


def commits(folder: Path) -> Iterator[Commit]:
    """The register after each commit that holds accounts; the last as it is published."""
    events = defaultdict(list)
    for event in _rows(folder / "history_events.csv"):
        events[event["commit"]].append(event)
    snapshots = _rows(folder / "history_snapshots.csv")
    # what the first state held is told only by its removal
    first = [e for e in events[_first(snapshots, events)] if e["op"] == "removed"]
    accounts = {e["account_id"]: (e["old"], e["holder"], e["account_type"]) for e in first}
    for snapshot in snapshots:
        mine = events[snapshot["commit"]]
        for event in mine:
            _apply(accounts, event)
        if snapshot is snapshots[-1]:
            accounts = published(folder)
        assert len(accounts) == int(snapshot["accounts"])
        at = datetime.fromisoformat(snapshot["commit_date"])
        yield Commit(snapshot["commit"], at, dict(accounts), mine)


def published(folder: Path) -> dict[str, Handle]:
    """The register as it is published: id → account."""
    holders = json.loads((folder / "users.json").read_text("utf-8"))
    return {
        each["id"]: (each["screen_name"], holder["name"], each["account_type"])
        for holder in holders
        for each in holder["accounts"]
    }


def _first(snapshots: list[dict[str, str]], events: dict[str, list[dict[str, str]]]) -> str:
    return next(each["commit"] for each in snapshots if events.get(each["commit"]))


def _apply(accounts: dict[str, Handle], event: dict[str, str]) -> None:
    key, new = event["account_id"], event["new"]
    if event["op"] == "removed":
        del accounts[key]
        return
    name, holder, form = accounts.get(key, ("", event["holder"], event["account_type"]))
    match event["op"]:
        case "added" | "renamed":
            accounts[key] = (new, holder if key in accounts else event["holder"], form)
        case "holder_changed":
            accounts[key] = (name, new, form)
        case "type_changed":
            accounts[key] = (name, holder, new)
        case unknown:
            raise AssertionError(unknown)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@dataclass
class Office:
    """The office: it takes each export, reconciles, and decides by its script.

    A refused export is looked at and accepted. What stands there is filed here: rows without an
    account are opened, accounts without a row cancelled, differing fields changed. What
    is suggested, an alias or a re-opening, is done. Two of one name with different ids are two. A
    row without an id is not filed.
    """

    registry: Registry
    catalogue: PlatformCatalogue
    folder: Path
    mapping: NationalMapping = field(default_factory=load_mapping)
    refused: dict[str, str] = field(default_factory=dict)
    """Commit → the hint of its refusal."""
    found: list[tuple[str, Difference]] = field(default_factory=list)
    """(commit, difference) in the order found."""
    review: list[tuple[str, str]] = field(default_factory=list)
    """(commit, name) of rows that came or went without any id."""
    pairs: list[tuple[str, ReviewPair]] = field(default_factory=list)
    """(commit, pair left to a person)."""
    filed: list[FilingKind] = field(default_factory=list)

    def open(self, at: datetime) -> None:
        """Found the registry."""
        with self.registry.write() as session:
            act = self._act(session, at)
            house = ensure_unit(
                session,
                "United States Congress",
                act=act,
                effective_on=shanghai_date(at),
                level=UnitLevel.PROVINCE,
            )
            seed_registry(session, house, at=at)
            seed(session, house)

    def take(self, commit: Commit) -> Reconciliation:
        """One export: kept, reconciled, pairs in doubt decided, the rest settled."""
        path = commit.write(self.folder, self.mapping)
        with self.registry.write() as session:
            act = self._act(session, commit.at)
            result = self._reconciled(session, commit, path)
            if result.changes is not None:
                self.review += [(commit.name, row.name) for row in result.changes.unidentified]
            self.pairs += [(commit.name, pair) for pair in result.review]
            for pair in result.review:
                decide(session, DecisionKind.NOT_SAME, pair.left_key, pair.right_key, act)
            if result.review:
                result = self._reconciled(session, commit, path)
            self.found += [(commit.name, difference) for difference in result.differences]
            self._settle(session, act, result)
        return result

    def _reconciled(self, session: Session, commit: Commit, path: Path) -> Reconciliation:
        act = self._act(session, commit.at)
        export = read_national(path, self.mapping, self.catalogue)
        try:
            kept = keep_export(session, export, act)
        except Refused as refused:
            self.refused[commit.name] = refused.hint
            kept = keep_export(session, export, act, {"absent"})
        return reconcile(session, at=commit.at, act=act, catalogue=self.catalogue, national=kept)

    @staticmethod
    def _act(session: Session, at: datetime) -> Act:
        return Act(get_actor(session, "Clerk"), at, "replay")

    # --- decisions ----------------------------------------------------------------------------

    def _settle(self, session: Session, act: Act, result: Reconciliation) -> None:
        """Decide as a workbook that is filled in would, further names of units first, and see the
        filings drafted through."""
        decided = [(found, _choice(found)) for found in result.differences]
        for aliases in (True, False):
            book = DecidedBook("reconcile.xlsx", "")
            for number, (found, choice) in enumerate(decided):
                if choice is not None and (choice is Choice.ALIAS) is aliases:
                    if choice in {Choice.FILE_OPEN, Choice.FILE_CHANGE}:
                        unit, on = found.outside["host_unit"], shanghai_date(act.at)
                        ensure_unit(session, unit, act=act, effective_on=on)
                    book.rows.append(_row(number, found, choice, result))
            done = carry_out(session, book, act, catalogue=self.catalogue)
            assert not done.faults, [fault.message for fault in done.faults]
            for outcome in done.outcomes:
                if outcome.filing:
                    self._see_through(session, find_filing(session, outcome.filing), act)

    def _see_through(self, session: Session, filing: Filing, act: Act) -> None:
        """What the office adds to a draft, and the way to its completion."""
        done: dict[str, Any] = {}
        if filing.kind is FilingKind.CANCEL:
            amend(session, filing, act=act, fields={"cause": CancelCause.PLATFORM_SHUT_DOWN})
        elif filing.kind is FilingKind.CHANGE:
            amend(session, filing, act=act, notice_url=NOTICE)
        elif filing.kind is FilingKind.OPEN and filing.host_unit is not None:
            done = {"verified_subject": filing.host_unit.name}
        submit(session, filing, act)
        while filing.state is FilingState.SUBMITTED:
            approve(session, filing, act)
        complete(session, filing, act, fields=done, catalogue=self.catalogue)
        self.filed.append(filing.kind)


def _row(number: int, found: Difference, choice: Choice, result: Reconciliation) -> DecidedRow:
    uid = result.standings[found.identity].finding_uid
    told = fingerprint(found.ledger, found.outside, found.fields)
    return DecidedRow(Fault("", row=number), FindingKey(uid, told), choice)


def _choice(found: Difference) -> Choice | None:
    """The script. What it does not name is left as it is."""
    if found.suggested is not None:
        return found.suggested
    if found.code == "RC305" and not found.outside["identifier"]:
        return None
    return _DECISIONS.get(found.code)


_DECISIONS = {
    "RC304": Choice.FILE_CANCEL,
    "RC305": Choice.FILE_OPEN,
    "RC306": Choice.FILE_CHANGE,
}
