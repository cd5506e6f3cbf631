"""Ids that a platform showed beside one that the ledger has: several schemes of one account.

They are proposed and never taken over by themselves. An answer that shows no id of the ledger's may
be about another account, so it proposes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.accounts.parts import add_identifier, check_unheld, holder_of
from registry.errors import Refused
from registry.history.writing import Act
from registry.messages import _
from registry.models import Account, AccountIdentifier, Observation
from registry.platforms import PlatformCatalogue
from registry.vocab import CheckKind, Outcome

MOST_LOOKS = 100
"""How many of an account's last looks are gone through for ids."""


@dataclass(frozen=True, slots=True)
class SeenId:
    """An id that is not in the ledger, shown together with one that is."""

    scheme: str
    value: str
    seen_at: datetime
    instead_of: str = ""
    """The id of the same scheme that the ledger has."""
    held_by: str = ""
    """The other live account that has it."""


def seen_ids(
    session: Session, account: Account, platforms: PlatformCatalogue | None = None
) -> tuple[SeenId, ...]:
    """The ids of the latest look that showed one of the ledger's, without those that it has.

    With `platforms`, only ids that are valid in a scheme of the account's platform.
    """
    valid = [i for i in account.identifiers if i.valid_to is None and not i.disputed]
    shown, at = _shown_with(session, account, {(i.scheme, i.value) for i in valid})
    if at is None:
        return ()
    has = {i.scheme: i.value for i in account.identifiers if i.valid_to is None}
    return tuple(
        SeenId(
            scheme,
            value,
            at,
            instead_of=has.get(scheme, ""),
            held_by=_holder(session, account, scheme, value),
        )
        for scheme, value in shown.items()
        if has.get(scheme) != value
        and (scheme, value) not in {(i.scheme, i.value) for i in valid}
        and (platforms is None or platforms.valid_identifier(account.platform, scheme, value))
    )


def _shown_with(
    session: Session, account: Account, known: set[tuple[str, str]]
) -> tuple[Mapping[str, str], datetime | None]:
    """The ids of the latest look that showed one of `known`, and when that was."""
    looks = session.execute(
        select(Observation.facts["identifiers"], Observation.observed_at)
        .where(Observation.account_id == account.id, Observation.outcome == Outcome.READ)
        .where(Observation.kind.not_in([CheckKind.HANDLE, CheckKind.SITE]))
        .order_by(Observation.observed_at.desc(), Observation.id.desc())
        .limit(MOST_LOOKS)
    )
    for shown, at in looks:
        if shown and known & set(shown.items()):
            return shown, at
    return {}, None


def _holder(session: Session, account: Account, scheme: str, value: str) -> str:
    holder = holder_of(session, account.platform, scheme, value)
    return holder.name if holder is not None and holder is not account else ""


def take_seen(
    session: Session,
    account: Account,
    *,
    platforms: PlatformCatalogue,
    act: Act,
    effective_on: date,
) -> list[AccountIdentifier]:
    """Enter the ids seen, of schemes in which the ledger has none yet.

    Raises Refused when there are none, AlreadyExists, naming the holder, for one that another live
    account has; then nothing is entered.
    """
    found = seen_ids(session, account, platforms)
    new = [seen for seen in found if not seen.instead_of]
    if not new:
        raise _nothing(account, found)
    for seen in new:
        check_unheld(session, account.platform, seen.scheme, seen.value, but=account)
    return [
        add_identifier(
            session, account, seen.scheme, seen.value, act=act, effective_on=effective_on
        )
        for seen in new
    ]


def _nothing(account: Account, found: tuple[SeenId, ...]) -> Refused:
    message = _("No further id of {name} was seen together with one of the ledger's.")
    if not found:
        hint = _("Enter it yourself: account identifier ACCOUNT SCHEME:VALUE.")
        return Refused(message.format(name=account.name), hint)
    other = _(", ").join(f"{s.scheme}:{s.value} ({s.instead_of})" for s in found)
    return Refused(
        _("What was seen of {name} differs from the ledger: {ids}.").format(
            name=account.name, ids=other
        ),
        _("End the old id with --end, then enter the new one."),
    )
