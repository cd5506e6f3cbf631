"""The lifecycle of accounts and filings as one table; every other module asks it.

It knows states and what each filing needs. It touches no row, and it allows nothing that is not
written in `TABLE` or `MOVES`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from registry.errors import IllegalTransition
from registry.messages import _, language
from registry.vocab import AccountState, FilingAct, FilingKind, FilingState, label


class Need(StrEnum):
    """What a filing must bring before it can be submitted or completed."""

    PLATFORM = "platform"
    NAME = "name"
    HOST_UNIT = "host_unit"
    CHANGES = "changes"
    BOTH_HOSTS = "both_hosts"
    HOST_NOTICE = "host_notice"
    REASON = "reason"
    STOP_ON = "stop_on"
    NOTICE_URL = "notice_url"
    CAUSE = "cause"
    PROOF_OR_CAUSE = "proof_or_cause"
    IDENTITY = "identity"
    VERIFIED_SUBJECT = "verified_subject"
    TRANSFERRED_TO = "transferred_to"


@dataclass(frozen=True, slots=True)
class Row:
    """One legal pair of filing kind and account state."""

    on_approve: AccountState | None
    """The account's state from approval on; None: approval leaves it alone."""
    on_complete: AccountState
    to_submit: tuple[Need, ...] = ()
    to_complete: tuple[Need, ...] = ()


Key = tuple[FilingKind, AccountState | None]

_A = AccountState
_K = FilingKind
_IDENTITY = (Need.IDENTITY, Need.VERIFIED_SUBJECT)
_CHANGE = ((Need.CHANGES, Need.BOTH_HOSTS), (Need.HOST_NOTICE,))

TABLE: Mapping[Key, Row] = {
    (_K.BASELINE, None): Row(None, _A.ACTIVE),
    (_K.OPEN, None): Row(
        _A.PROPOSED, _A.ACTIVE, (Need.PLATFORM, Need.NAME, Need.HOST_UNIT), _IDENTITY
    ),
    (_K.CHANGE, _A.ACTIVE): Row(None, _A.ACTIVE, *_CHANGE),
    (_K.CHANGE, _A.CLOSING): Row(None, _A.CLOSING, *_CHANGE),
    (_K.STOP, _A.ACTIVE): Row(
        _A.CLOSING, _A.CLOSING, (Need.REASON, Need.STOP_ON), (Need.NOTICE_URL,)
    ),
    (_K.CANCEL, _A.CLOSING): Row(None, _A.CLOSED, (), (Need.PROOF_OR_CAUSE,)),
    (_K.CANCEL, _A.ACTIVE): Row(None, _A.CLOSED, (Need.CAUSE,), (Need.CAUSE,)),
    (_K.REOPEN, _A.CLOSED): Row(_A.PROPOSED, _A.ACTIVE, (), _IDENTITY),
    (_K.TRANSFER, _A.ACTIVE): Row(None, _A.TRANSFERRED, (Need.TRANSFERRED_TO,)),
    (_K.TRANSFER, _A.CLOSING): Row(None, _A.TRANSFERRED, (Need.TRANSFERRED_TO,)),
}
"""Kind of filing × state of the account (None: no account yet) → what follows. A pair that is not
here is illegal. A CHANGE never changes the state; a BASELINE may bring the state of the sheet."""

WITHDRAWN_TO: Mapping[FilingKind, AccountState] = {
    _K.OPEN: _A.ABANDONED,
    _K.REOPEN: _A.CLOSED,
    _K.STOP: _A.ACTIVE,
}
"""What withdrawing an approved filing puts the account back to; other kinds undo nothing."""

MOVES: Mapping[tuple[FilingState, FilingAct], FilingState] = {
    (FilingState.DRAFT, FilingAct.SUBMIT): FilingState.SUBMITTED,
    (FilingState.RETURNED, FilingAct.SUBMIT): FilingState.SUBMITTED,
    (FilingState.SUBMITTED, FilingAct.APPROVE): FilingState.APPROVED,
    (FilingState.SUBMITTED, FilingAct.RETURN): FilingState.RETURNED,
    (FilingState.SUBMITTED, FilingAct.REJECT): FilingState.REJECTED,
    (FilingState.APPROVED, FilingAct.COMPLETE): FilingState.COMPLETED,
    (FilingState.DRAFT, FilingAct.WITHDRAW): FilingState.WITHDRAWN,
    (FilingState.SUBMITTED, FilingAct.WITHDRAW): FilingState.WITHDRAWN,
    (FilingState.RETURNED, FilingAct.WITHDRAW): FilingState.WITHDRAWN,
    (FilingState.APPROVED, FilingAct.WITHDRAW): FilingState.WITHDRAWN,
}
"""State of the filing × act → its next state. Approval goes level by level: before the last local
level the filing stays SUBMITTED. A completed STOP may be withdrawn too (`check_move`)."""


def row(kind: FilingKind, state: AccountState | None) -> Row:
    """The row of the table for a filing about an account in `state` (None: no account yet).

    Raises IllegalTransition, which names the filings that are legal instead.
    """
    found = TABLE.get((kind, state))
    if found is None:
        raise IllegalTransition(_refusal(kind, state), _way_out(state))
    return found


def check(kind: FilingKind, state: AccountState | None) -> None:
    """Raise IllegalTransition unless a filing of `kind` may be about an account in `state`."""
    row(kind, state)


def legal_kinds(state: AccountState | None) -> tuple[FilingKind, ...]:
    """The filings that an account in `state` allows, in the order of the regulation's verbs."""
    return tuple(kind for kind in FilingKind if (kind, state) in TABLE)


def check_completion(kind: FilingKind, state: AccountState) -> Row:
    """The row by which a filing of `kind` is completed, the account being in `state` now.

    Raises IllegalTransition. A stop took effect with its approval and completing it records the
    notice only, so it may come after the account was cancelled, or even re-opened.
    """
    for (row_kind, start), found in TABLE.items():
        if row_kind is kind and (kind is FilingKind.STOP or (found.on_approve or start) is state):
            return found
    raise IllegalTransition(_refusal(kind, state), _way_out(state))


def legal_acts(state: FilingState, kind: FilingKind | None = None) -> tuple[FilingAct, ...]:
    """What can be done to a filing in `state`."""
    acts = [act for act in FilingAct if (state, act) in MOVES]
    if kind is FilingKind.STOP and state is FilingState.COMPLETED:
        acts.append(FilingAct.WITHDRAW)
    return tuple(acts)


def check_move(
    state: FilingState,
    act: FilingAct,
    kind: FilingKind | None = None,
    *,
    cancelling: bool = False,
    number: str = "",
) -> FilingState:
    """The filing's state after `act`; raises IllegalTransition naming what is possible.

    `number` is the filing's, for the message. `cancelling` says that a CANCEL (or TRANSFER) of the same account was approved since: an
    approved or completed STOP can then no longer be withdrawn.
    """
    stop_undone = kind is FilingKind.STOP and act is FilingAct.WITHDRAW
    if stop_undone and cancelling and state in {FilingState.APPROVED, FilingState.COMPLETED}:
        raise IllegalTransition(
            _("The stop cannot be withdrawn: the cancellation of the account is approved."),
            _("Withdraw the filing of the cancellation first, or file a re-opening."),
        )
    if act in legal_acts(state, kind):
        return MOVES.get((state, act), FilingState.WITHDRAWN)
    lang = language()
    names = _(", ").join(label(item, lang) for item in legal_acts(state, kind))
    raise IllegalTransition(
        _("Filing {number} is {state} and cannot be given the act {act}.").format(
            number=number, state=label(state, lang), act=label(act, lang)
        ),
        (
            _("Possible now: {acts}.").format(acts=names)
            if names
            else _("Nothing more can be done to it; make a new filing.")
        ),
    )


def states_connect(before: AccountState, after: AccountState) -> bool:
    """True if one recorded act can lead from `before` to `after` (staying put is always one)."""
    return before is after or (before, after) in EDGES


def _edges() -> frozenset[tuple[AccountState, AccountState]]:
    edges = set()
    for (kind, start), found in TABLE.items():
        if found.on_approve is not None and start is not None:
            edges.add((start, found.on_approve))
        last = found.on_approve or start
        if last is not None:
            edges.add((last, found.on_complete))
        if found.on_approve is not None:
            edges.add((found.on_approve, WITHDRAWN_TO[kind]))
    return frozenset(edge for edge in edges if edge[0] is not edge[1])


EDGES = _edges()
"""Every change of state that an approval, a completion or a withdrawal makes."""


def _refusal(kind: FilingKind, state: AccountState | None) -> str:
    lang = language()
    if state is None:
        return _("A filing {kind} needs an account that is in the ledger.").format(
            kind=label(kind, lang)
        )
    return _("An account that is {state} allows no filing {kind}.").format(
        state=label(state, lang), kind=label(kind, lang)
    )


def _way_out(state: AccountState | None) -> str:
    lang = language()
    names = _(", ").join(label(kind, lang) for kind in legal_kinds(state))
    if names:
        return _("Allowed here: {kinds}.").format(kinds=names)
    if state is AccountState.PROPOSED:
        return _("Complete or withdraw the filing by which it is being opened.")
    return _("No filing is allowed any more; an account opened anew needs a filing of opening.")
