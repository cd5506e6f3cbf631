"""Several filings handed in at once: one transaction, and every fault of every row together.

If one row cannot be filed, none is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from registry.accounts.making import ContactGiven, find_account
from registry.errors import BadInput, Fault, TaizhangError
from registry.filings.acts import Caution, draft, submit
from registry.filings.openings import Openings
from registry.history.writing import Act
from registry.messages import _
from registry.models import Account, Filing, FilingBatch, Unit
from registry.platforms import PlatformCatalogue
from registry.vocab import FilingKind


@dataclass(frozen=True, slots=True)
class FilingRequest:
    """One filing as a command or a row of a sheet asks for it."""

    kind: FilingKind
    account: Account | str | None = None
    """The account, or how it is named (`registry.accounts.making.find_account`); None for an opening."""
    fields: Mapping[str, Any] = field(default_factory=dict)
    host_unit: Unit | str | None = None
    effective_on: date | None = None
    reason: str = ""
    notice_url: str = ""
    contacts: Sequence[ContactGiven] = ()
    place: Fault | None = None
    """Where it stands in the sheet, for messages."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What was filed together."""

    row: FilingBatch | None
    """None when it was one filing only."""
    filings: tuple[Filing, ...]
    cautions: tuple[tuple[Filing, Caution], ...] = ()


def file_batch(
    session: Session,
    requests: Sequence[FilingRequest],
    *,
    act: Act,
    title: str = "",
    hand_in: bool = True,
    prefix: str = "",
    catalogue: PlatformCatalogue | None = None,
) -> Batch:
    """Draft the filings and, with `hand_in`, submit them.

    Raises BadInput with a Fault for everything wrong with any of them, and keeps nothing then.
    """
    faults: list[Fault] = []
    filings: list[Filing] = []
    warned: list[tuple[Filing, Caution]] = []
    with session.begin_nested() as savepoint:
        batch = _batch(session, act, title) if len(requests) > 1 else None
        openings = Openings(session)
        for request in requests:
            try:
                with session.begin_nested():
                    filing = _draft(session, request, act, batch, prefix, catalogue)
                    done = submit(session, filing, act, openings) if hand_in else None
            except TaizhangError as error:
                faults.extend(_placed(request, error))
                continue
            filings.append(filing)
            warned.extend((filing, caution) for caution in (done.cautions if done else ()))
        if faults:
            savepoint.rollback()
    if faults:
        raise BadInput(
            _("{count} of {total} filings cannot be made; none was kept.").format(
                count=len(requests) - len(filings), total=len(requests)
            ),
            faults,
        )
    return Batch(batch, tuple(filings), tuple(warned))


def _batch(session: Session, act: Act, title: str) -> FilingBatch:
    batch = FilingBatch(title=title[:200], created_at=act.at, actor_id=act.actor.id)
    session.add(batch)
    session.flush()
    return batch


def _draft(
    session: Session,
    request: FilingRequest,
    act: Act,
    batch: FilingBatch | None,
    prefix: str,
    catalogue: PlatformCatalogue | None,
) -> Filing:
    account = request.account
    if isinstance(account, str):
        account = find_account(session, account, catalogue=catalogue)
    return draft(
        session,
        request.kind,
        act=act,
        account=account,
        fields=request.fields,
        host_unit=request.host_unit,
        effective_on=request.effective_on,
        reason=request.reason,
        notice_url=request.notice_url,
        contacts=request.contacts,
        batch=batch,
        prefix=prefix,
        catalogue=catalogue,
    )


def _placed(request: FilingRequest, error: TaizhangError) -> list[Fault]:
    """The error as faults at the row's place, which say which account they are about."""
    place = request.place or Fault("")
    inner = error.faults if isinstance(error, BadInput) and error.faults else ()
    if not inner:
        inner = (Fault(error.message, error.hint),)
    return [
        replace(
            place,
            message=_about(request, fault.message),
            remedy=fault.remedy,
            column=fault.column or place.column,
        )
        for fault in inner
    ]


def _about(request: FilingRequest, message: str) -> str:
    account = request.account
    name = account.name if isinstance(account, Account) else account or request.fields.get("name")
    return _("{account}: {message}").format(account=name, message=message) if name else message
