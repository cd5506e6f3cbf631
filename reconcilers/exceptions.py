"""Which forms of a platform an exception for several accounts is for: what a unit has there, or the
form that was named. One that means nothing there is refused, for it would let nothing be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from reconcilers.decisions import (
    approve_duplicate,
    newest_decision,
    slot,
    withdraw_duplicate,
)
from reconcilers.pairs import said_before
from registry.dates import shanghai_date
from registry.errors import NotFound
from registry.history.writing import Act
from registry.messages import _
from registry.models import Account, AccountRole, Decision, Unit
from registry.names import fold_name
from registry.vocab import LIVE_STATES, RoleKind


def forms_meant(
    session: Session, unit: Unit, platform: str, form: str, known: Iterable[str]
) -> list[str]:
    """The forms that a person means by `form`: every one in which the unit has accounts on the
    platform, where it is empty. `known`: the platform's forms. Raises NotFound for another one."""
    held = forms_held(session, unit, platform)
    if not form:
        return held or [""]
    words = {fold_name(each): each for each in (*known, *held) if each}
    if fold_name(form) in words:
        return [words[fold_name(form)]]
    raise NotFound(
        _("{form} is no form of accounts on this platform.").format(form=form),
        (
            _("Its forms: {forms}.").format(forms=_(", ").join(words.values()))
            if words
            else _("It has no forms: leave --form out.")
        ),
    )


def forms_held(session: Session, unit: Unit, platform: str) -> list[str]:
    """The forms of the unit's open accounts on the platform; empty for one without form."""
    query = (
        select(Account.form)
        .join(AccountRole, AccountRole.account_id == Account.id)
        .where(AccountRole.unit_id == unit.id, AccountRole.role == RoleKind.HOST)
        .where(AccountRole.valid_to.is_(None), Account.state.in_(LIVE_STATES))
        .where(Account.platform == platform)
        .distinct()
    )
    return sorted(session.scalars(query))


@dataclass(frozen=True, slots=True)
class Exempted:
    """A unit's places on one platform that an exception is for."""

    unit: Unit
    platform: str
    forms: tuple[str, ...]
    until: date | None = None
    """The last day; None where there is none."""

    def approve(self, session: Session, act: Act) -> list[str]:
        """Record the exception of each form; returns what it takes the place of, in words."""
        before = [said_before(known) for known in self._known(session).values()]
        for form in self.forms:
            approve_duplicate(session, self.unit.uid, self.platform, form, self.until, act)
        return list(dict.fromkeys(before))

    def withdraw(self, session: Session, act: Act) -> list[str]:
        """Record that it no longer holds; returns what that takes the place of. Raises NotFound
        where no exception is in force."""
        running = {form: known for form, known in self._known(session).items() if _runs(known, act)}
        if not running:
            raise NotFound(
                _("No exception is in force there for {unit}.").format(unit=self.unit.name)
            )
        before = [said_before(known) for known in running.values()]
        for form in running:
            withdraw_duplicate(session, self.unit.uid, self.platform, form, act)
        return list(dict.fromkeys(before))

    def _known(self, session: Session) -> dict[str, Decision]:
        """Form → the last decision of it."""
        places = {form: slot(self.platform, form) for form in self.forms}
        known = {form: newest_decision(session, self.unit.uid, at) for form, at in places.items()}
        return {form: each for form, each in known.items() if each is not None}


def _runs(known: Decision, act: Act) -> bool:
    return known.valid_to is None or known.valid_to >= shanghai_date(act.at)
