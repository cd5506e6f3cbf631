"""Ids that speak against a person's word that two are one account: of two accounts of the ledger, and
of an account and a row of the national system.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from reconcilers.decisions import newest_decision
from reconcilers.ledger import LedgerAccount
from reconcilers.matching import contradicts
from reconcilers.naming import row_words
from reconcilers.national import NationalPicture
from registry.errors import MissingField, Refused
from registry.exchange.national_template import NationalEntry
from registry.history.writing import Act
from registry.messages import _
from registry.models import Account, AccountIdentifier
from registry.vocab import DecisionKind


def check_accounts(session: Session, left: str, right: str) -> None:
    """Raise Refused where both accounts (uids) hold ids of one kind in force and none in common."""
    i, a = AccountIdentifier, Account
    query = select(a.uid, i.scheme, i.value).join(a, a.id == i.account_id)
    held: dict[str, set[tuple[str, str]]] = {left: set(), right: set()}
    for uid, *key in session.execute(query.where(a.uid.in_(held), i.valid_to.is_(None))):
        held[uid].add((key[0], key[1]))
    kinds = {scheme for scheme, _value in held[left]} & {scheme for scheme, _value in held[right]}
    if not kinds or held[left] & held[right]:
        return
    kind = min(kinds)
    own, there = (next(v for s, v in sorted(held[uid]) if s == kind) for uid in (left, right))
    raise Refused(
        _("One holds the id {own} and the other {there}: on the platform they are two.").format(
            own=own, there=there
        ),
        _(
            "If one of the ids is wrong, file its change first (`taizhang filing change ACCOUNT --id"
            " …`); if one of the accounts is to go, its stop; if they are two, say --not-same."
        ),
    )


def check_row(session: Session, picture: NationalPicture, left: str, right: str, act: Act) -> None:
    """Look at the ids of the row of that key, which is said to be the account of the uid `left`.

    Raises Refused where an id of it is that of another account of the ledger and nobody said that
    it is not that one, and MissingField where it differs from the account's own and no reason says
    why. What was asked of a person because the ids differ needs none.
    """
    account = picture.ledger.by_uid[left]
    entry = picture.row_keyed(right)
    if entry is None:
        return
    for value, holder in _held_by_others(picture, entry, account):
        said = newest_decision(session, holder.uid, right)
        if said is None or said.kind is not DecisionKind.NOT_SAME:
            raise _another(entry, value, holder, right)
    asked = any(d.account is account and d.row == entry for d in picture.matching.doubts)
    if contradicts(account, entry) and not asked and not act.reason.strip():
        raise MissingField(
            _("The ids differ: the ledger has {own}, {row} has {there}.").format(
                own=_("; ").join(account.identifiers.values()),
                row=row_words(entry),
                there=_("; ").join(entry.identifiers.values()),
            ),
            _(
                "If the ledger's id is wrong, file its change first: `taizhang filing change ACCOUNT"
                " --id …`. If the row's is wrong there, say how you know, with --reason."
            ),
        )


def _held_by_others(
    picture: NationalPicture, entry: NationalEntry, account: LedgerAccount
) -> Iterator[tuple[str, LedgerAccount]]:
    """The ids of the row that other accounts hold and this one does not, each with its holder."""
    for scheme, value in entry.identifiers.items():
        holders = picture.ledger.held_by((entry.platform, scheme, value))
        if account not in holders:
            yield from ((value, holder) for holder in holders)


def _another(entry: NationalEntry, value: str, holder: LedgerAccount, key: str) -> Refused:
    return Refused(
        _("{row} bears the id {value} of another account of the ledger: {name} ({unit}).").format(
            row=row_words(entry), value=value, name=holder.name, unit=holder.host_name
        ),
        _(
            "If the ledger has the id at the wrong account, file its change first: `taizhang filing"
            " change {uid} --id …`. If it is wrong in the national system, say so first: `taizhang"
            ' reconcile decide {uid} "{key}" --not-same --reason …`.'
        ).format(uid=holder.uid, key=key),
    )
