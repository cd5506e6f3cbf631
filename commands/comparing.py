"""Reconciling with what the door knows: the ledger, reality as last swept, the national export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from commands.judging import look, rules_in_force
from registry.sweep_points import latest_time_point

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from commands.door import Door
    from reconcilers.pictures import Looked
    from registry.exchange.national import KeptExport
    from registry.findings.differences import Reconciliation
    from registry.history.writing import Act


def reconcile_all(
    door: Door,
    session: Session,
    data: Path,
    act: Act,
    national: KeptExport | None,
    looked: Looked | None = None,
) -> Reconciliation:
    """Compare ledger, reality as last swept, and the national export; settle the findings.

    `looked`: what `look_at_all` brought, where that was done while the export was awaited.
    """
    from reconcilers.reconcile import compare

    looked = looked or look_at_all(door, session, data)
    return compare(session, looked, act=act, catalogue=door.platforms, national=national)


def look_at_all(door: Door, session: Session, data: Path) -> Looked:
    """What reconciling can say before there is an export."""
    from reconcilers.pictures import look as look_without_export

    at = latest_time_point(session, door.now)
    told = look(door, session, data, at).judgements if at else ()
    return look_without_export(
        session,
        at=door.now,
        catalogue=door.platforms,
        judgements={judgement.account_uid: judgement for judgement in told},
        ruleset=rules_in_force(door, session, data),
    )
