"""Targets for a machine with a network: what the planned checks need, and nothing else of the ledger.

No contact, no unit, no history leaves. Names of credentials do, secrets never: this machine need not
even hold them, so checks are planned as if the other one held whatever a checker can use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkers.loading import Catalogue
from registry.db import Registry
from registry.errors import Refused
from registry.keeping.dumps import to_line
from registry.messages import _
from registry.models import AccountSource, PlannedCheck, Run, Sweep
from sweeps.network.credentials import Credentials
from sweeps.parcels.parcel import TARGETS, About, Kind, registry_uid, written
from sweeps.planning.owed import planned_count
from sweeps.planning.plan import NewRun
from sweeps.unbroken import unbroken

_BATCH = 2000


class HopedCredentials(Credentials):
    """For planning what another machine will do: any secret may be there."""

    def __init__(self, catalogue: Catalogue) -> None:
        checkers = (*catalogue.platforms.values(), *catalogue.shared.values())
        super().__init__({}, [spec for checker in checkers for spec in checker.credentials])

    def has(self, name: str) -> bool:
        return True


def send_out(
    registry: Registry,
    plan: Callable[[Session], NewRun],
    file: Path,
    program: str,
    on_progress: Callable[[int], None] = lambda done: None,
) -> int:
    """Plan a run and write its targets; how many checks. `program`: our version.

    File and run come about together or not at all; a Ctrl-C at the very end waits until both are
    there. Raises AlreadyExists, or Refused when nothing is owed or nothing can be written.
    """
    with ExitStack() as end, registry.write() as session:
        return write_targets(
            session,
            plan(session),
            file,
            program,
            on_progress,
            ending=lambda: end.enter_context(_whole(file)),
        )


@contextmanager
def _whole(file: Path) -> Iterator[None]:
    """What puts the file into its place and stores its run: without a Ctrl-C in between, and where
    it fails the file is gone again."""
    with unbroken():
        try:
            yield
        except BaseException:
            file.unlink(missing_ok=True)
            raise


def write_targets(
    session: Session,
    made: NewRun,
    file: Path,
    program: str,
    on_progress: Callable[[int], None] = lambda done: None,
    ending: Callable[[], object] = lambda: None,
) -> int:
    """Write the targets of a run that was planned just now; how many checks. `ending` is called
    when nothing is left but to put the file into its place.

    The run remembers what it sent out. Raises AlreadyExists, or Refused when nothing is owed.
    """
    run = session.get_one(Run, made.id)
    planned = planned_count(session, run.id)
    if not planned:
        raise Refused(
            _("There is nothing to be looked at."),
            _("Add --all to look again at what was read already, or choose other accounts."),
        )
    about = About(
        registry=registry_uid(session),
        run=run.uid,
        time_point=session.get_one(Sweep, run.sweep_id).time_point,
        as_of=run.as_of,
        window_days=run.options["window_days"],
        fresh_days=run.options["fresh_days"],
        planned=planned,
        program=program,
    )
    with written(file, Kind.TARGETS, about) as writer:
        writer.add(TARGETS, _lines(session, run, on_progress))
        ending()
    run.options = {**run.options, "targets": writer.files[TARGETS].sha256}
    session.flush()
    return planned


def _lines(session: Session, run: Run, tell: Callable[[int], None]) -> Iterator[bytes]:
    last = done = 0
    while True:
        rows = session.execute(
            select(
                PlannedCheck.id,
                PlannedCheck.account_id,
                PlannedCheck.ordinal,
                PlannedCheck.target,
            )
            .where(PlannedCheck.run_id == run.id, PlannedCheck.id > last)
            .order_by(PlannedCheck.id)
            .limit(_BATCH)
        ).all()
        settings = _settings(session, {row.account_id for row in rows})
        for row in rows:
            own = settings.get(row.account_id, [])
            yield to_line({"ordinal": row.ordinal, "target": row.target, "settings": own})
            last = row.id
        done += len(rows)
        tell(done)
        if len(rows) < _BATCH:
            return


def _settings(session: Session, accounts: set[int]) -> dict[int, list[dict[str, Any]]]:
    """Account → how the office wants it looked at, in order."""
    found: dict[int, list[dict[str, Any]]] = {}
    for row in session.scalars(
        select(AccountSource)
        .where(AccountSource.account_id.in_(sorted(accounts)))
        .order_by(AccountSource.position, AccountSource.id)
    ):
        own = {
            "source": row.source,
            "address": row.address,
            "credential": row.credential,
            "enabled": row.enabled,
        }
        found.setdefault(row.account_id, []).append(own)
    return found
