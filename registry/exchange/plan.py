"""The plan of an import: for every row of a sender's list what would become of it, and why.

It reads the ledger and writes nothing; what becomes of one row is decided in `row_results`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from registry.errors import Fault
from registry.exchange.absence import find_absent, living, suggest
from registry.exchange.acceptance import accepted_absences
from registry.exchange.known import load_ledger
from registry.exchange.matching import Match, match
from registry.exchange.plan_rows import Absent, ImportPlan, PlanRow, Result
from registry.exchange.record import Parsed, Record
from registry.exchange.row_results import Terms, faults_of, plan_row, result_of
from registry.exchange.senders import Sender
from registry.exchange.shifted import find_guards
from registry.exchange.unit_names import NamedUnit, NamedUnits
from registry.platforms import PlatformCatalogue

NO_HOST = NamedUnit("", "")
"""The host unit of a row that names none."""
_STEP = 1000
"""Rows between two reports of progress."""

Progress = Callable[[int, int], None]
"""Rows done, rows in all."""
_Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class File:
    """The file a list came in. Only its name and SHA-256 are ever kept."""

    name: str
    sha256: str
    kind: str = "ledger"


def make_plan(
    session: Session,
    parsed: Parsed,
    *,
    sender: Sender,
    file: File,
    catalogue: PlatformCatalogue,
    as_filing: bool = False,
    accept: Collection[str] = (),
    supplement: bool = False,
    columns: Mapping[str, str] | None = None,
    on_progress: Progress = lambda done, total: None,
) -> ImportPlan:
    """What importing `parsed`, the records of all sheets of one file, would do.

    `accept` names what a person has looked at and accepts: `absent`, or a field of
    `shifted.FIELDS`; `identifiers` also takes ids that another account holds, as disputed.
    `supplement`: the list is not the sender's whole list, so nothing is absent from it. Nothing is
    absent from an empty form either.
    """
    terms = Terms(as_filing, frozenset(accept))
    planner = _Planner(session, parsed, sender, file, catalogue, terms)
    rows = planner.rows(on_progress)
    absent = planner.absent() if rows and not supplement else []
    new = [row.match for row in rows if row.result is Result.CREATE and row.match]
    suggestions = suggest(absent, new)
    compared = [row.comparison for row in rows if row.comparison]
    guards = find_guards(absent, len(living(planner.ledger)), compared, suggestions)
    return ImportPlan(
        file_name=file.name,
        sha256=file.sha256,
        kind=file.kind,
        sender=sender,
        rows=tuple(rows),
        absent=tuple(absent),
        suggestions=tuple(suggestions),
        guards=tuple(guards),
        faults=tuple(planner.faults),
        skipped=parsed.skipped,
        accepted=terms.accepted,
        as_filing=as_filing,
        supplement=supplement,
        columns=dict(columns or {}),
    )


class _Planner:
    """One file under way."""

    def __init__(
        self,
        session: Session,
        parsed: Parsed,
        sender: Sender,
        file: File,
        catalogue: PlatformCatalogue,
        terms: Terms,
    ) -> None:
        self.units = NamedUnits(session, sender.name)
        self._session, self._sender, self._terms = session, sender, terms
        bad = parsed.rejected_rows
        records = [(each, (each.sheet, each.row) in bad) for each in parsed.records]
        records += [(each, True) for each in parsed.rejected]
        self.ledger = load_ledger(session, sender.unit_id, [record for record, _bad in records])
        self.matches = match(records, self.ledger, self._host, catalogue)
        self.faults = list(_counting(parsed, self.matches))
        for each in self.matches:
            if not each.rejected:
                self.faults += faults_of(each, self.units, file.name)
        self._faults: dict[_Place, list[Fault]] = defaultdict(list)
        for fault in self.faults:
            if fault.row is not None:
                self._faults[fault.sheet, fault.row].append(fault)

    def _host(self, record: Record) -> NamedUnit:
        return self.units.find(record.host_unit) if record.host_unit else NO_HOST

    def rows(self, on_progress: Progress) -> list[PlanRow]:
        """The rows in the sender's order, those without any account among them."""
        rows = []
        for done, each in enumerate(self.matches):
            if done % _STEP == 0:
                on_progress(done, len(self.matches))
            faults = self._faults.get((each.record.sheet, each.record.row))
            rows.append(
                plan_row(each, Result.REJECTED, reasons=_reasons(faults))
                if faults
                else result_of(each, self.units, self._terms)
            )
        rows += self._nameless({(row.sheet, row.row) for row in rows})
        order = {sheet: n for n, sheet in enumerate(dict.fromkeys(row.sheet for row in rows))}
        rows.sort(key=lambda row: (order[row.sheet], row.row))
        on_progress(len(self.matches), len(self.matches))
        return rows

    def absent(self) -> list[Absent]:
        """The sender's accounts that the list lacks."""
        gone = find_absent(self.ledger, self.matches)
        accepted = accepted_absences(self._session, self._sender.unit_id, gone)
        return [
            Absent(
                known.uid,
                known.platform,
                known.name,
                self.units.name_of(known.host_id),
                known.state,
                known.id in accepted,
                known,
            )
            for known in gone
        ]

    def _nameless(self, named: set[_Place]) -> Iterator[PlanRow]:
        """Rows with faults of which not even a name could be read."""
        for (sheet, row), faults in self._faults.items():
            if (sheet, row) not in named:
                yield PlanRow(
                    sheet,
                    row,
                    Result.REJECTED,
                    platform="",
                    form="",
                    name="",
                    host_unit="",
                    host_assumed=False,
                    account=None,
                    reasons=_reasons(faults),
                )


def _counting(parsed: Parsed, matches: Sequence[Match]) -> Iterator[Fault]:
    """The faults without those of whole sheets that name no unit, but only accounts we know."""
    named = {each.record.sheet for each in matches}
    unhosted = {
        each.record.sheet for each in matches if each.known is None and not each.record.host_unit
    }
    for fault in parsed.faults:
        if fault.row is not None or fault.sheet not in named - unhosted:
            yield fault


def _reasons(faults: list[Fault]) -> tuple[str, ...]:
    """The faults of a row in words, each with its column and remedy."""
    return tuple(
        "".join(
            (
                f"{fault.column}: " if fault.column else "",
                fault.message,
                f" {fault.remedy}" if fault.remedy else "",
            )
        )
        for fault in faults
    )
