"""Filings 备案: drafted, submitted, completed, withdrawn. Local approval is `registry.filings.approvals`.

A filing says what is to become of one account. Every act leaves a step that is never changed; the
account itself changes only through `registry.filings.effects`. Nothing here commits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from registry.accounts.making import (
    ENDED_STATES,
    ContactGiven,
    check_unheld,
    host_unit,
    new_contact,
)
from registry.actors import require_person
from registry.dates import shanghai_date
from registry.errors import Ambiguous, MissingField, NotFound, Refused
from registry.filings import effects as filing_effects
from registry.filings import lifecycle
from registry.filings.approvals import add_step, approve, drop_contacts, locked, reject, return_
from registry.filings.form import AT_COMPLETION, FormReader, checked_url, read_form
from registry.filings.needs import Caution, cautions, missing, require
from registry.filings.openings import UNDER_WAY, Openings
from registry.history.chain import lock_head
from registry.history.writing import Act
from registry.messages import _, language
from registry.models import Account, Contact, Filing, FilingBatch, Unit
from registry.personal import without_numbers
from registry.platforms import PlatformCatalogue
from registry.vocab import AccountState, FilingAct, FilingKind, FilingState, label

__all__ = [
    "Caution",
    "Submitted",
    "amend",
    "approve",
    "complete",
    "draft",
    "find_filing",
    "lacks",
    "next_number",
    "note_notice",
    "reject",
    "return_",
    "submit",
    "withdraw",
]

_SINGLE = frozenset({FilingKind.STOP, FilingKind.CANCEL, FilingKind.REOPEN, FilingKind.TRANSFER})
"""Kinds of which an account can have only one under way."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """A filing that was handed in, with what the office should think about."""

    filing: Filing
    cautions: tuple[Caution, ...] = ()


def draft(
    session: Session,
    kind: FilingKind,
    *,
    act: Act,
    account: Account | None = None,
    fields: Mapping[str, Any] | None = None,
    host_unit: Unit | str | None = None,
    effective_on: date | None = None,
    reason: str = "",
    notice_url: str = "",
    contacts: Sequence[ContactGiven] = (),
    batch: FilingBatch | None = None,
    prefix: str = "",
    catalogue: PlatformCatalogue | None = None,
) -> Filing:
    """A new filing in DRAFT about `account` (for an opening: about none yet).

    `fields` are the form's, by model field name (`registry.filings.form.FIELDS`); a host unit among
    those of an opening is the one that files. Raises IllegalTransition naming what is legal for the
    account's state, BadInput with every fault of the form.
    """
    given = dict(fields or {})
    if host_unit is not None and kind is FilingKind.OPEN:
        given["host_unit"] = host_unit
    _check_kind(session, kind, account, effective_on or shanghai_date(act.at))
    reader = FormReader(session, shanghai_date(act.at), prefix, catalogue)
    form = read_form(kind, given, reader, platform=account.platform if account else "")
    filing = Filing(
        number=next_number(session, act.at),
        kind=kind,
        state=FilingState.DRAFT,
        account=account,
        batch=batch,
        host_unit=_filing_unit(session, kind, form, account),
        form=form,
        before={},
        effective_on=effective_on,
        reason=without_numbers(reason.strip()),
        notice_url=checked_url(notice_url),
        level=0,
        created_at=act.at,
    )
    session.add(filing)
    session.flush()
    _add_contacts(session, filing, contacts)
    add_step(session, filing, FilingAct.DRAFT, act)
    return filing


def _check_kind(session: Session, kind: FilingKind, account: Account | None, day: date) -> None:
    if kind is FilingKind.BASELINE:
        raise Refused(
            _("A baseline is not filed: it comes with the import of a ledger."),
            _("Use `taizhang import FILE --apply`."),
        )
    state = None
    if account is not None:
        then = filing_effects.state_then(session, account, day)
        state = AccountState(then["state"])
    lifecycle.check(kind, state)


def _filing_unit(
    session: Session, kind: FilingKind, form: dict[str, Any], account: Account | None
) -> Unit | None:
    """主办单位 that files: named in an opening, and otherwise the account's."""
    if kind is FilingKind.OPEN:
        uid = form.pop("host_unit", None)
        return session.scalars(select(Unit).where(Unit.uid == uid)).one() if uid else None
    return host_unit(account) if account is not None else None


def _add_contacts(session: Session, filing: Filing, contacts: Sequence[ContactGiven]) -> None:
    for given in contacts:
        contact = new_contact(given)
        contact.filing_id = filing.id
        session.add(contact)
    session.flush()


def next_number(session: Session, at: datetime) -> str:
    """The next number of the year in Shanghai: `2026-0012`, then four digits and more."""
    year = shanghai_date(at).year
    return f"{year}-{last_ordinal(session, str(year)) + 1:04d}"


def last_ordinal(session: Session, series: str) -> int:
    """The highest ordinal given out in a series (a year; for baselines `B` and the year); other
    writers wait until this one has ended."""
    lock_head(session)
    number = session.scalars(
        select(Filing.number)
        .where(Filing.number.startswith(f"{series}-"))
        .order_by(func.length(Filing.number).desc(), Filing.number.desc())
        .limit(1)
    ).first()
    return int(number.split("-")[1]) if number else 0


def find_filing(session: Session, text: str) -> Filing:
    """The filing of that number (`2026-0012`, or `12` of this registry's only year) or uid.

    Raises NotFound or Ambiguous.
    """
    text = text.strip()
    where: ColumnElement[bool] = (Filing.number == text) | (Filing.uid == text.lower())
    if re.fullmatch(r"[0-9]{1,6}", text):
        where = Filing.number.endswith(f"-{int(text):04d}") & (Filing.kind != FilingKind.BASELINE)
    found = session.scalars(select(Filing).where(where).order_by(Filing.id)).all()
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotFound(
            _("There is no filing {text}.").format(text=text), _("See `taizhang filing list`.")
        )
    numbers = _(", ").join(filing.number for filing in found)
    raise Ambiguous(_("{text} fits several filings: {names}.").format(text=text, names=numbers))


def amend(
    session: Session,
    filing: Filing,
    *,
    act: Act,
    fields: Mapping[str, Any] | None = None,
    effective_on: date | None = None,
    reason: str | None = None,
    notice_url: str | None = None,
    contacts: Sequence[ContactGiven] = (),
    prefix: str = "",
    catalogue: PlatformCatalogue | None = None,
) -> Filing:
    """Change the form of a filing that is a draft or was returned. What is not given stays.

    Raises IllegalTransition for one handed in, BadInput with every fault.
    """
    locked(session, filing)
    lifecycle.check_move(filing.state, FilingAct.SUBMIT, filing.kind, number=filing.number)
    reader = FormReader(session, shanghai_date(act.at), prefix, catalogue)
    platform = filing.account.platform if filing.account else filing.form.get("platform", "")
    form = read_form(filing.kind, fields or {}, reader, platform=platform)
    if filing.kind is FilingKind.OPEN and "host_unit" in form:
        filing.host_unit = _filing_unit(session, filing.kind, form, None)
    filing.form = {**filing.form, **form}
    filing.effective_on = effective_on or filing.effective_on
    filing.reason = filing.reason if reason is None else without_numbers(reason.strip())
    filing.notice_url = filing.notice_url if notice_url is None else checked_url(notice_url)
    _replace_contacts(session, filing, contacts)
    add_step(session, filing, FilingAct.DRAFT, act)
    return filing


def _replace_contacts(session: Session, filing: Filing, contacts: Sequence[ContactGiven]) -> None:
    duties = {given.duty for given in contacts}
    for old in session.scalars(select(Contact).where(Contact.filing_id == filing.id)):
        if old.duty in duties:
            session.delete(old)
    _add_contacts(session, filing, contacts)


def submit(
    session: Session, filing: Filing, act: Act, openings: Openings | None = None
) -> Submitted:
    """Hand a filing in for local approval, keeping how the fields it changes stand 变更前.

    `openings`: where many are handed in, what is known of them is read once.
    Raises MissingField naming all that is missing, IllegalTransition, AlreadyExists for an id held
    by another account, Refused if a filing of the kind is under way for the account already.
    """
    locked(session, filing)
    after = lifecycle.check_move(filing.state, FilingAct.SUBMIT, filing.kind, number=filing.number)
    needs, then = _to_submit(session, filing, act)
    require(filing, needs, then)
    _check_alone(session, filing)
    openings = openings or Openings(session)
    _check_ids(session, filing, openings)
    warned = cautions(session, filing, filing.account)
    filing.state, filing.level, filing.waiting_since = after, 0, act.at
    openings.add(filing)
    add_step(session, filing, FilingAct.SUBMIT, act)
    return Submitted(filing, tuple(warned))


def lacks(session: Session, filing: Filing, act: Act) -> list[str]:
    """What a draft lacks until it can be handed in, in words; the draft stays as it is."""
    before = filing.before
    with session.no_autoflush:
        needs, then = _to_submit(session, filing, act)
        found = missing(filing, needs, then)
        filing.before = before
    return found


def _to_submit(
    session: Session, filing: Filing, act: Act
) -> tuple[Sequence[lifecycle.Need], Mapping[str, Any] | None]:
    """What must be given to hand the filing in, and the account's state on its day; a change is told
    how the fields stand 变更前."""
    account, then, state = filing.account, None, None
    if account is not None:
        then = filing_effects.state_then(session, account, filing_effects.filing_day(filing, act))
        state = AccountState(then["state"])
    row = lifecycle.row(filing.kind, state)
    if filing.kind is FilingKind.CHANGE and then is not None:
        filing.before = filing_effects.before(filing, then)
    return row.to_submit, then


def _check_alone(session: Session, filing: Filing) -> None:
    if filing.kind not in _SINGLE:
        return
    other = session.scalars(
        select(Filing).where(
            Filing.account_id == filing.account_id,
            Filing.kind == filing.kind,
            Filing.state.in_(UNDER_WAY),
            Filing.id != filing.id,
        )
    ).first()
    if other is not None:
        raise Refused(
            _("Filing {number} ({kind}) of this account is under way: {state}.").format(
                number=other.number,
                kind=label(other.kind, language()),
                state=label(other.state, language()),
            ),
            _("Go on with that one, or withdraw it first."),
        )


def _check_ids(session: Session, filing: Filing, openings: Openings) -> None:
    platform = filing.account.platform if filing.account else filing.form.get("platform", "")
    for scheme, value in (filing.form.get("identifiers") or {}).items():
        if value:
            check_unheld(session, platform, scheme, value, but=filing.account)
            _check_unopened(filing, openings, (platform, scheme, value))


def _check_unopened(filing: Filing, openings: Openings, key: tuple[str, str, str]) -> None:
    """Raise Refused where another opening under way names the id: it is one account."""
    if filing.kind is not FilingKind.OPEN:
        return
    other = openings.other(filing, key)
    if other is not None:
        text = _("Filing {number} ({state}) opens the account with id {id} already.")
        raise Refused(
            text.format(
                number=other.number,
                state=label(other.state, language()),
                id=key[-1],
            ),
            _("Go on with that one, or withdraw it first."),
        )


def complete(
    session: Session,
    filing: Filing,
    act: Act,
    *,
    fields: Mapping[str, Any] | None = None,
    notice_url: str = "",
    effective_on: date | None = None,
    note: str = "",
    catalogue: PlatformCatalogue | None = None,
) -> Filing:
    """Complete an approved filing: it takes effect on its effective date, or today.

    `fields` may add what only registration brings (`registry.filings.form.AT_COMPLETION`: ids, link,
    verified subject of an opening; the cause of a cancellation). Raises MissingField, StaleRevision,
    HistoryConflict, Refused while the effective date is still to come, ActorRequired.
    """
    require_person(act.actor)
    locked(session, filing)
    after = lifecycle.check_move(
        filing.state, FilingAct.COMPLETE, filing.kind, number=filing.number
    )
    account = filing.account
    if account is None:
        raise MissingField(_("Filing {number} has no account.").format(number=filing.number))
    if fields:
        reader = FormReader(session, shanghai_date(act.at), catalogue=catalogue)
        allowed = AT_COMPLETION.get(filing.kind, ())
        more = read_form(filing.kind, fields, reader, platform=account.platform, allowed=allowed)
        filing.form = {**filing.form, **more}
    filing.notice_url = checked_url(notice_url) or filing.notice_url
    filing.effective_on = effective_on or filing.effective_on
    _check_due(filing, act)
    then = filing_effects.state_then(session, account, filing_effects.filing_day(filing, act))
    row = lifecycle.check_completion(filing.kind, AccountState(then["state"]))
    require(filing, row.to_complete, then)
    filing_effects.complete(session, filing, act)
    filing.state, filing.completed_at, filing.waiting_since = after, act.at, None
    filing.effective_on = filing_effects.filing_day(filing, act)
    add_step(session, filing, FilingAct.COMPLETE, act, note=note)
    return filing


def _check_due(filing: Filing, act: Act) -> None:
    # a stop is in force with its approval; completing it only records the notice
    waits = filing.kind is not FilingKind.STOP and filing.effective_on is not None
    if waits and filing_effects.filing_day(filing, act) > shanghai_date(act.at):
        raise Refused(
            _("Filing {number} takes effect on {day}; until then it stays approved.").format(
                number=filing.number, day=filing_effects.filing_day(filing, act).isoformat()
            ),
            _("Complete it on that day or later."),
        )


def note_notice(session: Session, filing: Filing, url: str, act: Act, *, note: str = "") -> Filing:
    """Write the link of the public notice into a filing that is not over: it needs none when it is
    completed. `note` says where the link comes from. Raises Refused, BadInput for what is no link.
    """
    locked(session, filing)
    if filing.state not in (FilingState.DRAFT, *UNDER_WAY):
        raise Refused(
            _("Filing {number} is over: {state}.").format(
                number=filing.number, state=label(filing.state, language())
            ),
        )
    filing.notice_url = checked_url(url)
    add_step(session, filing, FilingAct.NOTICE, act, note=note)
    return filing


def withdraw(session: Session, filing: Filing, act: Act, *, note: str = "") -> Filing:
    """Take a filing back; what its approval did to the account is undone from today on.

    A STOP may be withdrawn even when completed, as long as no CANCEL or TRANSFER is approved.
    Raises IllegalTransition, ActorRequired.
    """
    require_person(act.actor)
    locked(session, filing)
    after = lifecycle.check_move(
        filing.state,
        FilingAct.WITHDRAW,
        filing.kind,
        cancelling=_is_cancelling(session, filing),
        number=filing.number,
    )
    if filing.state in {FilingState.APPROVED, FilingState.COMPLETED}:
        filing_effects.withdraw(session, filing, act)
    drop_contacts(session, filing)
    filing.state, filing.waiting_since = after, None
    add_step(session, filing, FilingAct.WITHDRAW, act, note=note)
    return filing


def _is_cancelling(session: Session, filing: Filing) -> bool:
    """True if a cancellation or transfer of the account was approved after this stop was."""
    if filing.kind is not FilingKind.STOP or filing.account is None:
        return False
    if filing.account.state in ENDED_STATES:
        return True
    approved = max(
        (step.at for step in filing.steps if step.act == FilingAct.APPROVE), default=None
    )
    others = session.scalars(
        select(Filing).where(
            Filing.account_id == filing.account_id,
            Filing.kind.in_([FilingKind.CANCEL, FilingKind.TRANSFER]),
            Filing.state.in_([FilingState.APPROVED, FilingState.COMPLETED]),
        )
    )
    return any(
        other.state is FilingState.APPROVED
        or (
            approved is not None
            and other.completed_at is not None
            and other.completed_at >= approved
        )
        for other in others
    )
