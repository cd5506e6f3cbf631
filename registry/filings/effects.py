"""What approving, completing and withdrawing a filing does to its account, through history.

The states come from the lifecycle table, the days from the filing; whether the act is allowed and
nothing is lacking was settled before (`registry.filings.approvals`, `registry.filings.acts`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.accounts.making import (
    ENDED_STATES,
    Changes,
    create_account,
    ended_identifiers,
    replace_identifiers,
    replace_roles,
)
from registry.dates import shanghai_date
from registry.errors import HistoryConflict, IllegalTransition, StaleRevision
from registry.filings import lifecycle
from registry.filings.form import COUNTERS, PLAIN_FIELDS, ROLE_FIELDS, field_label, field_values
from registry.filings.lifecycle import Need
from registry.filings.needs import require
from registry.history import writing as history
from registry.history.live import contact_digest
from registry.history.rebase import value_label
from registry.history.writing import Act
from registry.messages import _, language
from registry.models import Account, Contact, Filing, Unit
from registry.vocab import AccountState, FilingKind, SubjectKind, label

State = Mapping[str, Any]


def filing_day(filing: Filing, act: Act) -> date:
    """The day the filing is about: its effective date, or the day in Shanghai of the act."""
    return filing.effective_on or shanghai_date(act.at)


def state_then(session: Session, account: Account, day: date) -> dict[str, Any]:
    """The account's state as it held on `day`, by all that is known now.

    Raises HistoryConflict if the ledger did not know the account then.
    """
    found = history.states(session, SubjectKind.ACCOUNT, as_of=day, uids=[account.uid])
    if account.uid in found:
        return found[account.uid]
    raise HistoryConflict(
        _("{name} is not in the ledger as of {day}.").format(
            name=account.name, day=day.isoformat()
        ),
        _("Choose a later effective date."),
    )


def check_still_legal(session: Session, filing: Filing, act: Act) -> None:
    """Raise IllegalTransition if the account is no longer in a state that the filing starts from."""
    state = None
    if filing.account is not None:
        day = min(filing_day(filing, act), shanghai_date(act.at))
        state = AccountState(state_then(session, filing.account, day)["state"])
    row = lifecycle.row(filing.kind, state)
    if Need.CAUSE in row.to_submit:
        require(filing, (Need.CAUSE,), None)


def approve(session: Session, filing: Filing, act: Act) -> None:
    """The account's part of the last local approval.

    An opening makes the account, PROPOSED and without ids; a stop and a re-opening set its state;
    the filing's contacts become the account's (for a CHANGE only when it takes effect).
    """
    today = shanghai_date(act.at)
    day = min(filing_day(filing, act), today)
    if filing.kind is FilingKind.OPEN:
        filing.account = _proposed(session, filing, day, act)
        return
    if filing.account is None or filing.kind is FilingKind.CHANGE:
        return
    then = state_then(session, filing.account, day)
    found = lifecycle.row(filing.kind, AccountState(then["state"]))
    changes: Changes = {}
    if filing.kind is FilingKind.STOP:
        filing.effective_on = filing.effective_on or day
    if found.on_approve is not None:
        changes["state"] = found.on_approve
    changes.update(_take_contacts(session, filing))
    _record(session, filing, changes, day, act)


def _proposed(session: Session, filing: Filing, day: date, act: Act) -> Account:
    form = filing.form
    assert filing.host_unit is not None
    account = create_account(
        session,
        platform=form["platform"],
        form=form.get("form", ""),
        name=form["name"],
        host_unit=filing.host_unit,
        co_hosts=_units(session, form.get("co_hosts") or ()),
        supervising_unit=_unit(session, form.get("supervising_unit")),
        operator=_unit(session, form.get("operator")),
        state=AccountState.PROPOSED,
        verified_subject=form.get("verified_subject"),
        url=form.get("url", ""),
        purpose=form.get("purpose", ""),
        opened_on=_day(form.get("opened_on")),
        followers=form.get("followers"),
        cadence=form.get("cadence", ""),
        details=form.get("details"),
        since=day,
        act=act,
        effective_on=day,
        record=False,
    )
    filing.account = account
    _take_contacts(session, filing)
    history.record(session, account, {}, effective_on=day, act=_of(filing, act))
    return account


def complete(session: Session, filing: Filing, act: Act) -> None:
    """The account's part of completing: its new state and fields on the filing's day.

    Raises IllegalTransition, StaleRevision if a field that the filing changes is no longer what it
    was at submission, HistoryConflict if later rows contradict, AlreadyExists for an id held by
    another account.
    """
    account = filing.account
    assert account is not None
    day = filing_day(filing, act)
    then = state_then(session, account, day)
    row = lifecycle.check_completion(filing.kind, AccountState(then["state"]))
    changes: Changes = {}
    if filing.kind is FilingKind.CHANGE:
        check_unchanged(filing, then)
        changes = _field_changes(session, account, filing.form, then, day)
        changes.update(_take_contacts(session, filing, replaces=True))
    elif filing.kind in {FilingKind.OPEN, FilingKind.REOPEN}:
        changes = _field_changes(session, account, filing.form, then, day)
        changes["state"] = row.on_complete
    elif row.on_complete in ENDED_STATES:
        changes = {"state": row.on_complete, **ended_identifiers(then, day)}
    if changes:
        _record(session, filing, changes, day, act)


def withdraw(session: Session, filing: Filing, act: Act) -> None:
    """Undo what approval did to the account, from today on.

    Raises IllegalTransition if the account has gone on from there.
    """
    account = filing.account
    if account is None or filing.kind not in lifecycle.WITHDRAWN_TO:
        return
    approved_to = {
        kind: row.on_approve for (kind, _start), row in lifecycle.TABLE.items() if row.on_approve
    }
    if account.state is not approved_to[filing.kind]:
        raise IllegalTransition(
            _("The account is {state} by now: this filing can no longer be withdrawn.").format(
                state=label(account.state, language())
            )
        )
    changes: Changes = {"state": lifecycle.WITHDRAWN_TO[filing.kind]}
    _record(session, filing, changes, shanghai_date(act.at), act)


def before(filing: Filing, then: State) -> dict[str, Any]:
    """变更前: the fields that the form changes, as the account's state `then` has them."""
    values = field_values(then, sorted(filing.form))
    if "identifiers" in values:
        held = values["identifiers"]
        values["identifiers"] = {scheme: held.get(scheme) for scheme in filing.form["identifiers"]}
    return values


def check_unchanged(filing: Filing, then: State) -> None:
    """Raise StaleRevision if a field stands otherwise than the filing says it stood 变更前."""
    now = before(filing, then)
    moved = [
        _("{field}: {old} at submission, {now} now").format(
            field=field_label(name),
            old=_shown(name, filing.before[name]),
            now=_shown(name, now[name]),
        )
        for name in sorted(filing.before)
        if name not in COUNTERS and now.get(name) != filing.before[name]
    ]
    if moved:
        raise StaleRevision(
            _("Filing {number} rests on what is no longer so: {fields}.").format(
                number=filing.number, fields=_("; ").join(moved)
            ),
            _("Withdraw it and file the change anew."),
        )


def _shown(name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        return _(", ").join(f"{key} {item or '–'}" for key, item in value.items())
    return value_label(name, value)


def _field_changes(
    session: Session, account: Account, form: Mapping[str, Any], then: State, day: date
) -> Changes:
    """The form's fields as changes of the account's state, only where they differ."""
    changes: Changes = {
        name: form[name]
        for name in PLAIN_FIELDS
        if name in form and form[name] != then[name] and name != "details"
    }
    if form.get("details"):
        changes["details"] = {**then["details"], **form["details"]}
    if form.get("identifiers"):
        given = form["identifiers"]
        changes.update(replace_identifiers(session, account, then, given, day))
    for name, role in ROLE_FIELDS.items():
        if name in form:
            uids = form[name] if isinstance(form[name], list) else [form[name]]
            new = replace_roles(then, role, [uid for uid in uids if uid], day)
            changes.setdefault("roles", {}).update(new.get("roles", {}))
    if not changes.get("roles", True):
        del changes["roles"]
    return changes


def _take_contacts(session: Session, filing: Filing, *, replaces: bool = False) -> Changes:
    """Make the filing's contacts the account's; with `replaces`, instead of those of their duty."""
    given = session.scalars(select(Contact).where(Contact.filing_id == filing.id)).all()
    account = filing.account
    if not given or account is None:
        return {}
    if replaces:
        duties = {contact.duty for contact in given}
        for old in [contact for contact in account.contacts if contact.duty in duties]:
            account.contacts.remove(old)
    for contact in given:
        contact.filing_id = None
        account.contacts.append(contact)
    session.flush()
    return {"contacts": sorted(contact_digest(contact) for contact in account.contacts)}


def _record(session: Session, filing: Filing, changes: Changes, day: date, act: Act) -> None:
    if changes and filing.account is not None:
        mine = _of(filing, act)
        history.record(session, filing.account, changes, effective_on=day, act=mine)


def _of(filing: Filing, act: Act) -> Act:
    """The act as this filing's."""
    batch = filing.batch.uid if filing.batch is not None else act.batch_uid
    return replace(act, filing_uid=filing.uid, batch_uid=batch, reason=act.reason or filing.reason)


def _units(session: Session, uids: Sequence[str]) -> list[Unit]:
    found = session.scalars(select(Unit).where(Unit.uid.in_(uids))) if uids else ()
    return list(found)


def _unit(session: Session, uid: str | None) -> Unit | None:
    return next(iter(_units(session, [uid])), None) if uid else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
