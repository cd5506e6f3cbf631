"""Filings as they are asked for: the list, and one filing with its steps and papers. Reads only."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from registry.filings.form import field_label
from registry.messages import language
from registry.models import Filing, Unit
from registry.platforms import PlatformCatalogue
from registry.vocab import CancelCause, FilingAct, FilingKind, FilingState, label


@dataclass(frozen=True, slots=True)
class FilingRow:
    """One filing of the list."""

    number: str
    kind: FilingKind
    state: FilingState
    platform: str
    account: str
    host_unit: str
    level: int
    """Local approval steps passed."""
    effective_on: date | None
    waiting_since: datetime | None
    created_at: datetime
    uid: str


@dataclass(frozen=True, slots=True)
class FormLine:
    """One field of the form, with what stood there before 变更前."""

    field: str
    before: str
    value: str


@dataclass(frozen=True, slots=True)
class StepRow:
    """One act on the filing."""

    at: datetime
    act: FilingAct
    level: int
    actor: str
    unit: str
    note: str


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One paper of the filing."""

    file_name: str
    purpose: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class FilingCard:
    """One filing in full. Contacts are not part of it."""

    row: FilingRow
    reason: str
    notice_url: str
    batch: str
    account_uid: str
    form: tuple[FormLine, ...]
    steps: tuple[StepRow, ...]
    papers: tuple[PaperRow, ...]


def list_filings(
    session: Session,
    *,
    states: Collection[FilingState] = (),
    kinds: Collection[FilingKind] = (),
    unit: Unit | None = None,
) -> list[FilingRow]:
    """The filings in the order of their making; empty conditions hold for all.

    Baselines are listed only when `kinds` names them: there is one for every account imported.
    """
    query = select(Filing).options(joinedload(Filing.account), joinedload(Filing.host_unit))
    if states:
        query = query.where(Filing.state.in_(list(states)))
    wanted = list(kinds) or [kind for kind in FilingKind if kind is not FilingKind.BASELINE]
    query = query.where(Filing.kind.in_(wanted))
    if unit is not None:
        query = query.where(Filing.host_unit_id == unit.id)
    return [_row(filing) for filing in session.scalars(query.order_by(Filing.id))]


def filing_card(session: Session, filing: Filing, platforms: PlatformCatalogue) -> FilingCard:
    """The filing with its form, steps and papers."""
    names = _unit_names(session, filing)
    return FilingCard(
        row=_row(filing),
        reason=filing.reason,
        notice_url=filing.notice_url,
        batch=filing.batch.uid if filing.batch else "",
        account_uid=filing.account.uid if filing.account else "",
        form=tuple(
            FormLine(
                field_label(name),
                _field(name, filing.before.get(name), names, platforms),
                _field(name, value, names, platforms),
            )
            for name, value in filing.form.items()
        ),
        steps=tuple(
            StepRow(
                step.at,
                FilingAct(step.act),
                step.level,
                step.actor_name,
                names.get(step.unit_id, ""),
                step.note,
            )
            for step in filing.steps
        ),
        papers=tuple(
            PaperRow(paper.file_name, paper.purpose, paper.size, paper.sha256)
            for paper in filing.attachments
        ),
    )


def _row(filing: Filing) -> FilingRow:
    account = filing.account
    return FilingRow(
        filing.number,
        filing.kind,
        filing.state,
        account.platform if account else str(filing.form.get("platform", "")),
        account.name if account else str(filing.form.get("name", "")),
        filing.host_unit.name if filing.host_unit else "",
        filing.level,
        filing.effective_on,
        filing.waiting_since,
        filing.created_at,
        filing.uid,
    )


def _unit_names(session: Session, filing: Filing) -> dict[Any, str]:
    """Names of the units that the filing speaks of, by id and by uid."""
    ids = {step.unit_id for step in filing.steps if step.unit_id}
    uids = {text for text in _texts({**filing.form, "before": filing.before}) if len(text) == 36}
    units = session.scalars(select(Unit).where(Unit.id.in_(ids) | Unit.uid.in_(uids)))
    return {key: unit.name for unit in units for key in (unit.id, unit.uid)}


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    return [value] if isinstance(value, str) else []


def _field(name: str, value: Any, names: dict[Any, str], platforms: PlatformCatalogue) -> str:
    if name == "platform" and value:
        return platforms.label(value, language())
    if name == "cause" and value:
        return label(CancelCause(value), language())
    if name == "identifiers" and value:
        return "、".join(f"{scheme}:{text or '–'}" for scheme, text in value.items())
    return _said(value, names)


def _said(value: Any, names: dict[Any, str]) -> str:
    if isinstance(value, dict):
        return "、".join(f"{key} {_said(item, names)}" for key, item in value.items())
    if isinstance(value, list):
        return "、".join(_said(item, names) for item in value)
    return "" if value is None else names.get(value, str(value))
