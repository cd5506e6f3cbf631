"""A filled-in form taken into the registry: one run, an observation for each row that says anything.

All rows or none: a row about an account that the registry does not know refuses the whole form.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.errors import BadInput, Fault, MissingField
from registry.messages import _
from registry.models import Account, Actor, Run
from registry.vocab import RunMethod
from sweeps.people.hand import hand_run, observe, observe_menu
from sweeps.people.repeats import Known
from sweeps.people.todo_form import TodoAnswer, TodoForm

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Taken:
    """What a form came to."""

    run_uid: str
    """Empty when the form said nothing, or nothing new."""
    time_point: datetime
    accounts: int
    entries: int
    repeated: int = 0
    """Rows that say again what was taken before; one look never counts as two."""


def take_answers(
    session: Session,
    form: TodoForm,
    *,
    now: datetime,
    actor: Actor,
    at: datetime | None = None,
    method: RunMethod = RunMethod.HAND,
) -> Taken:
    """Note everything in the form; `at` (T) stands in for a form that has lost its own.

    A row without a day of looking that says what is noted already for that time point, by the same
    method, is the same look taken in again and is left out. Raises BadInput for unknown accounts,
    MissingField without any time point.
    """
    point = form.at or at
    if point is None:
        raise MissingField(
            _("The form does not say for which time point it was written."),
            _("Name it with --at, or write the list anew."),
        )
    if not form.answers:
        return Taken("", point, 0, 0)
    accounts = _accounts(session, form)
    known = Known.of(session, at=point, method=method, accounts=accounts.values())
    fresh = tuple(a for a in form.answers if not known.has(accounts[a.account_uid], a))
    repeated = len(form.answers) - len(fresh)
    if not fresh:
        return Taken("", point, 0, 0, repeated)
    run = hand_run(session, at=point, now=now, actor=actor, method=method)
    given = _Given(point, now, actor, run)
    form = replace(form, answers=fresh)
    looks = _note_looks(session, form, accounts, given)
    entries = _note_menus(session, form, accounts, given)
    return Taken(run.uid, point, looks, entries, repeated)


@dataclass(frozen=True, slots=True)
class _Given:
    """What all notes of one form share."""

    at: datetime
    now: datetime
    actor: Actor
    run: Run


def _note_looks(
    session: Session, form: TodoForm, accounts: dict[str, Account], given: _Given
) -> int:
    """Note what was seen of accounts; one that two rows speak of was looked at twice."""
    looks = Counter[int]()
    for answer in form.answers:
        if answer.seen is None:
            continue
        account = accounts[answer.account_uid]
        observe(
            session,
            account,
            answer.seen,
            at=given.at,
            now=given.now,
            actor=given.actor,
            looked_at=answer.looked_at,
            run=given.run,
            ordinal=looks[account.id],
        )
        looks[account.id] += 1
    return looks.total()


def _note_menus(
    session: Session, form: TodoForm, accounts: dict[str, Account], given: _Given
) -> int:
    """Note the tried entries, those of one account together."""
    menus = defaultdict[str, list[TodoAnswer]](list)
    for answer in form.answers:
        if answer.entry is not None:
            menus[answer.account_uid].append(answer)
    for uid, answers in menus.items():
        observe_menu(
            session,
            accounts[uid],
            [answer.entry for answer in answers if answer.entry],
            at=given.at,
            now=given.now,
            actor=given.actor,
            looked_at=max(answer.looked_at for answer in answers),
            run=given.run,
        )
    return sum(map(len, menus.values()))


def _accounts(session: Session, form: TodoForm) -> dict[str, Account]:
    uids = sorted({answer.account_uid for answer in form.answers})
    found: dict[str, Account] = {}
    for start in range(0, len(uids), _AT_ONCE):
        chunk = uids[start : start + _AT_ONCE]
        found |= {a.uid: a for a in session.scalars(select(Account).where(Account.uid.in_(chunk)))}
    faults = [
        Fault(
            _("No account has the number {uid}.").format(uid=answer.account_uid[:40]),
            _("Leave the last column as it was written."),
            row=answer.row,
        )
        for answer in form.answers
        if answer.account_uid not in found
    ]
    if faults:
        raise BadInput(_("The filled-in list has faults; nothing was taken."), faults)
    return found
