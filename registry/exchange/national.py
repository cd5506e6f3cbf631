"""The national system's export in and out. It is kept as a snapshot and compared: nothing of it is
ever merged into the ledger, and contacts in it are not taken over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from registry.exchange.national_changes import Changes
from registry.exchange.national_export import NationalExport
from registry.exchange.national_rows import NationalRows
from registry.exchange.national_template import NationalEntry, NationalMapping
from registry.history.writing import Act
from registry.models import NationalSnapshot
from registry.platforms import PlatformCatalogue

# --- snapshots ------------------------------------------------------------------------------------


def store_snapshot(session: Session, export: NationalExport, act: Act) -> NationalSnapshot:
    """Keep an export as read. Raises BadInput when it has faults."""
    snapshot = begin_snapshot(session, export, act)
    session.flush()
    return snapshot


def begin_snapshot(session: Session, export: NationalExport, act: Act) -> NationalSnapshot:
    """The same without a wait: a thread of its own packs the rows until the session next writes or is
    asked for anything. Till then the snapshot has no key."""
    export.checked()
    rows = NationalRows.of(export.rows)
    pool = ThreadPoolExecutor(1)
    packing = pool.submit(rows.packed)
    pool.shutdown(wait=False)
    snapshot = NationalSnapshot(
        file_name=export.file_name,
        sha256=export.sha256,
        taken_at=act.at,
        actor_id=act.actor.id,
        row_count=len(rows),
    )

    @event.listens_for(session, "before_flush", once=True)
    def fill(*_flush: object) -> None:
        snapshot.block = packing.result()

    session.add(snapshot)
    return snapshot


def latest_snapshot(session: Session) -> NationalSnapshot | None:
    """The export kept last, if any was."""
    latest = select(NationalSnapshot).order_by(NationalSnapshot.id.desc()).limit(1)
    return session.scalars(latest).first()


@dataclass(frozen=True, slots=True)
class KeptExport:
    """A snapshot with its rows in the order of its file."""

    snapshot: NationalSnapshot
    rows: Sequence[NationalEntry]
    changes: Changes | None = None
    """Against the snapshot before it; None where there is none or nobody asked."""
    reused: bool = False
    """Nobody named a file: it is the one kept last."""
    given_as: str = ""
    """The name of the file that was given now, where it holds what was kept under another."""
    first: bool = False
    """Just kept, and none was before it with which it could be compared."""
    unknown_states: Mapping[str, int] = field(default_factory=dict)
    """Word for a state to which the mapping gives no meaning → rows that bear it."""


def kept_last(session: Session) -> KeptExport | None:
    """The export kept last with its rows, if any was kept."""
    snapshot = latest_snapshot(session)
    return KeptExport(snapshot, entries_of(session, snapshot)) if snapshot else None


def entries_of(session: Session, snapshot: NationalSnapshot) -> NationalRows:
    """The rows of a snapshot in the order of its file."""
    block = select(NationalSnapshot.block).where(NationalSnapshot.id == snapshot.id)
    return NationalRows.unpacked(session.scalars(block).one())


# --- writing --------------------------------------------------------------------------------------


def write_national(
    rows: Iterable[NationalEntry],
    path: Path,
    mapping: NationalMapping,
    catalogue: PlatformCatalogue,
    *,
    made_at: datetime | None = None,
) -> None:
    """Write rows as a plain workbook in the template; `read_national` gives them back unchanged.

    Every cell is text: no name becomes a formula or a link. `made_at` stands in the file's
    properties in place of the present moment.
    """
    import xlsxwriter  # slow to load, and reading does not need it

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        if made_at is not None:
            book.set_properties({"created": made_at})
        sheet = book.add_worksheet(mapping.sheet)
        head, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        for index, column in enumerate(mapping.columns):
            sheet.set_column(index, index, column.width, text)
            sheet.write_string(0, index, column.title, head)
        for number, entry in enumerate(rows, start=1):
            for index, cell in enumerate(mapping.cells(entry, catalogue)):
                if cell:
                    sheet.write_string(number, index, cell, text)
        sheet.freeze_panes(1, 0)
