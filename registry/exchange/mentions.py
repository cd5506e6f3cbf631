"""Lists that speak about accounts without declaring any: lists of problems, lists of observations.

Their rows are matched to accounts that are known, and no more: such a list never makes an account,
and whether a problem is one is for a person to say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from registry.errors import Fault
from registry.exchange.batches import add_batch, same_batch, sending_unit
from registry.exchange.comparing import exact_day
from registry.exchange.known import Known, Ledger, load_ledger
from registry.exchange.matching import forms_fit
from registry.exchange.plan import File
from registry.exchange.record import Parsed, Record, Skipped
from registry.exchange.senders import Sender
from registry.exchange.unit_names import NamedUnits
from registry.history.writing import Act
from registry.messages import _
from registry.models import ImportBatch
from registry.names import fold_name


class Fit(StrEnum):
    """Whether a row speaks of an account that is known."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    UNCLEAR = "unclear"
    """Several accounts answer to it."""
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Mention:
    """One row of such a list."""

    sheet: str
    row: int
    fit: Fit
    platform: str
    form: str
    name: str
    host_unit: str
    """As the list has it."""
    account: str | None = None
    """Uid of the account it speaks of."""
    ledger_host: str = ""
    """The account's host unit in the ledger."""
    problem: str = ""
    last_update: date | None = None
    """None where the list gives no single day, or one that lies ahead."""
    never_updated: bool = False
    reasons: tuple[str, ...] = ()
    account_id: int | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class MentionList:
    """All rows of such a list."""

    file: File
    sender: Sender
    rows: tuple[Mention, ...]
    faults: tuple[Fault, ...] = ()
    skipped: tuple[Skipped, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many rows speak of a known account, of none, of several, or cannot be read; and how
        many of the known ones are dated."""
        found = Counter(row.fit for row in self.rows)
        return {**{fit.value: found[fit] for fit in Fit}, "dated": len(self.dated)}

    @property
    def dated(self) -> list[Mention]:
        """The rows that say when a known account was last updated."""
        return [row for row in self.rows if row.account_id is not None and row.last_update]

    def as_dict(self) -> dict[str, Any]:
        """The list as one object, for JSON."""
        names = [n for n in Mention.__slots__ if n != "account_id"]
        return {
            "file": self.file.name,
            "sha256": self.file.sha256,
            "kind": self.file.kind,
            "sender": self.sender.name,
            "counts": self.counts,
            "rows": [{name: getattr(row, name) for name in names} for row in self.rows],
            "faults": list(self.faults),
            "skipped": list(self.skipped),
        }


def find_mentions(
    session: Session, parsed: Parsed, *, sender: Sender, file: File, today: date
) -> MentionList:
    """The rows of a list with the accounts that they speak of."""
    ledger = load_ledger(session, sender.unit_id, parsed.records)
    finder = _Finder(ledger, NamedUnits(session, sender.name), today)
    rows = [finder.mention(record) for record in parsed.records]
    rows += _rejected(parsed)
    order = {sheet: n for n, sheet in enumerate(dict.fromkeys(row.sheet for row in rows))}
    rows.sort(key=lambda row: (order[row.sheet], row.row))
    return MentionList(file, sender, tuple(rows), parsed.faults, parsed.skipped)


class _Finder:
    def __init__(self, ledger: Ledger, units: NamedUnits, today: date) -> None:
        self._ledger, self._units, self._today = ledger, units, today

    def mention(self, record: Record) -> Mention:
        found = self._accounts(record)
        known = found[0] if len(found) == 1 else None
        fit = Fit.KNOWN if known else Fit.UNCLEAR if found else Fit.UNKNOWN
        day = exact_day(record.last_update)
        return _mention(
            record,
            fit,
            account=known.uid if known else None,
            account_id=known.id if known else None,
            ledger_host=self._units.name_of(known.host_id) if known else "",
            last_update=day if day and day <= self._today else None,
            reasons=tuple(self._why(found, day)),
        )

    def _why(self, found: list[Known], day: date | None) -> list[str]:
        why = []
        if len(found) > 1:
            text = _("{count} accounts of the ledger answer to it.")
            why.append(text.format(count=len(found)))
        if not found:
            why.append(_("No account of the ledger answers to it."))
        if day and day > self._today:
            why.append(_("The date {day} lies ahead.").format(day=day.isoformat()))
        return why

    def _accounts(self, record: Record) -> list[Known]:
        """By id; else by name and platform, and of several by the unit. The living come first."""
        for scheme, value in record.identifiers.items():
            if held := self._ledger.by_id.get((record.platform, scheme, value)):
                return held[:1]
        named = self._ledger.by_name.get((record.platform, fold_name(record.name)), [])
        fit = [known for known in named if forms_fit(record.form, known.form)]
        fit = [known for known in fit if not known.ended] or fit
        if record.host_unit:
            unit = self._units.find(record.host_unit)
            fit = [known for known in fit if unit.is_unit(known.host_id)] or fit
        return fit


def _mention(record: Record, fit: Fit, **more: Any) -> Mention:
    return Mention(
        record.sheet,
        record.row,
        fit,
        record.platform,
        record.form,
        record.name,
        record.host,
        problem=record.problem,
        never_updated=record.never_updated,
        **more,
    )


def _rejected(parsed: Parsed) -> list[Mention]:
    """Rows with faults, also those of which not even a name could be read."""
    reasons: dict[tuple[str, int], list[str]] = {}
    for fault in parsed.faults:
        if fault.row is not None:
            told = f"{fault.message} {fault.remedy}".strip()
            reasons.setdefault((fault.sheet, fault.row), []).append(told)
    named = {(record.sheet, record.row): record for record in parsed.rejected}
    return [
        (
            _mention(named[place], Fit.REJECTED, reasons=tuple(why))
            if place in named
            else Mention(*place, Fit.REJECTED, "", "", "", "", reasons=tuple(why))
        )
        for place, why in reasons.items()
    ]


def keep_batch(
    session: Session, found: MentionList, act: Act, options: Mapping[str, Any], *, anew: bool
) -> ImportBatch | None:
    """A batch for the list; None when this very file was applied last and, `anew` being false,
    brings nothing since. Raises Refused when nobody knows whose list it is."""
    sender = sending_unit(session, found.sender, act)
    file = found.file
    if not anew and same_batch(session, sender, file.sha256, file.kind) is not None:
        return None
    return add_batch(
        session,
        sender,
        act,
        kind=file.kind,
        file_name=file.name,
        sha256=file.sha256,
        counts=found.counts,
        options=options,
    )
