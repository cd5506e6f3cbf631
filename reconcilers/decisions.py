"""What a person decided about pairs and duplicates, remembered for ever: recorded once, looked up by
every later reconciling. The newest decision on a pair counts; nothing is ever deleted.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from reconcilers.bodies import Bodies
from registry.actors import require_person
from registry.dates import shanghai_date
from registry.errors import Refused
from registry.history.writing import Act
from registry.messages import _
from registry.models import Decision
from registry.names import fold_name
from registry.vocab import DecisionKind

OUTSIDE = "outside:"
"""How the key of an outside row begins."""

_LONGEST = 300
_PAIRWISE = frozenset({DecisionKind.SAME, DecisionKind.NOT_SAME})


class OutsideRow(Protocol):
    """A row of an outside list: the national system's, or a lead."""

    @property
    def platform(self) -> str: ...
    @property
    def form(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def host_unit(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def identifiers(self) -> Mapping[str, str]: ...


def outside_key(
    row: OutsideRow, source: str, bodies: Bodies, code: str = "", apart: str = ""
) -> str:
    """The stable key of an outside row: by its own code there, else an id, else name and unit.

    `source` names the list, e.g. `national`; `apart` tells rows apart that have all that in common.
    At most 100 characters.
    """
    if code:
        parts = [code]
    elif row.identifiers:
        scheme = min(row.identifiers)
        parts = [row.platform, scheme, row.identifiers[scheme]]
    else:
        parts = [row.platform, row.form, fold_name(row.name), bodies.key(row.host_unit)]
    key = OUTSIDE + ":".join([source, *parts, *([apart] if apart else ())])
    if len(key) > 100:  # a finding's subject_uid holds 100 characters
        digest = hashlib.sha256(key.encode()).hexdigest()[:40]
        key = f"{OUTSIDE}{source}:{digest}"
    return key


def slot(platform: str, form: str) -> str:
    """The key of a unit's place on a platform, for approved duplicates."""
    return f"{platform}:{form}"


@dataclass(frozen=True)
class Decisions:
    """All decisions in force on one day."""

    pairs: Mapping[tuple[str, str], DecisionKind] = field(default_factory=dict)
    """Both orders of each pair → SAME or NOT_SAME."""
    approved: frozenset[tuple[str, str]] = frozenset()
    """(unit uid, slot) and both orders of (account uid, account uid)."""
    offline: Mapping[str, str] = field(default_factory=dict)
    """Rows of the national system that are to be taken offline there: key → the account that one
    was taken for, or empty for a row that is nobody's."""

    def about(self, left: str, right: str) -> DecisionKind | None:
        """What was decided of a pair, in either order."""
        return self.pairs.get((left, right))

    def not_same(self, left: str, right: str) -> bool:
        return self.pairs.get((left, right)) is DecisionKind.NOT_SAME

    def same_as(self, left: str) -> Sequence[str]:
        """Everything decided to be the same as `left`."""
        return self._same.get(left, ())

    @cached_property
    def _same(self) -> Mapping[str, list[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for (one, other), said in self.pairs.items():
            if said is DecisionKind.SAME:
                found[one].append(other)
        return dict(found)


def load_decisions(session: Session, on: date) -> Decisions:
    """Every decision in force on the Shanghai day `on`; the newest on a pair wins, an exception
    that is over by then included. A row that is to go because its account was said to be another
    row stays where that is no longer said."""
    d = Decision
    instead = d.details["instead"].as_string()
    query = select(d.kind, d.left_key, d.right_key, d.valid_to, instead).where(
        d.kind.in_([*_PAIRWISE, DecisionKind.DUPLICATE_APPROVED, DecisionKind.OFFLINE_THERE]),
    )
    pairs: dict[tuple[str, str], DecisionKind] = {}
    approved: set[tuple[str, str]] = set()
    offline: dict[str, tuple[str, str | None]] = {}
    for kind, left, right, last, other in session.execute(query.order_by(d.id)):
        if kind in _PAIRWISE and last is not None and last < on:  # taken back
            pairs.pop((left, right), None)
            pairs.pop((right, left), None)
        elif kind in _PAIRWISE:
            pairs[left, right] = pairs[right, left] = kind
            offline.pop(right, None)
        elif kind is DecisionKind.OFFLINE_THERE:
            offline[right] = left, other
        elif last is None or last >= on:
            approved |= {(left, right), (right, left)}
        else:
            approved -= {(left, right), (right, left)}
    going = {
        row: account
        for row, (account, other) in offline.items()
        if other is None or pairs.get((account, other)) is DecisionKind.SAME
    }
    return Decisions(pairs, frozenset(approved), going)


def newest_decision(session: Session, left: str, right: str) -> Decision | None:
    """The last decision on a pair, in either order."""
    d = Decision
    one, other = left[:_LONGEST], right[:_LONGEST]
    pair = ((d.left_key == one) & (d.right_key == other)) | (
        (d.left_key == other) & (d.right_key == one)
    )
    return session.scalars(select(d).where(pair).order_by(d.id.desc()).limit(1)).first()


def decide(
    session: Session, kind: DecisionKind, left: str, right: str, act: Act, **details: Any
) -> Decision:
    """Record SAME or NOT_SAME of an account (uid) and an account or outside row (key).

    Raises ActorRequired unless a person decides.
    """
    if kind not in _PAIRWISE:
        raise ValueError(f"{kind.value} is no decision about a pair")
    return _record(session, kind, left, right, act, details=details)


def take_offline(
    session: Session, key: str, act: Act, *, account: str = "", **details: Any
) -> Decision:
    """Record that the row of the national system of that key is to be taken offline there.

    `account`: the uid of the account that it was taken for. Raises ActorRequired unless a person
    decides.
    """
    return _record(session, DecisionKind.OFFLINE_THERE, account, key, act, details=details)


def record_notice(session: Session, account: str, url: str, day: date, act: Act) -> Decision:
    """Record the link of the public notice of the account's (uid) change of host on `day`.

    Raises ActorRequired unless a person decides.
    """
    return _record(
        session, DecisionKind.NOTICE, account, day.isoformat(), act, details={"url": url}
    )


def approve_duplicate(
    session: Session,
    unit_uid: str,
    platform: str,
    form: str,
    until: date | None,
    act: Act,
) -> Decision:
    """Allow a unit several accounts on one platform and form until the day `until` (included).

    Raises ActorRequired unless a person decides, and Refused for a day that is over.
    """
    if until is not None and until < shanghai_date(act.at):
        raise Refused(
            _("{day} is over.").format(day=until.isoformat()),
            _("Name the last day of the exception, or none where it has no end."),
        )
    kind = DecisionKind.DUPLICATE_APPROVED
    return _record(session, kind, unit_uid, slot(platform, form), act, valid_to=until)


def withdraw_pair(session: Session, known: Decision, act: Act) -> Decision:
    """Record that what was said of a pair is not said any more, as of the day before: it is open again.
    Raises ActorRequired."""
    last, details = shanghai_date(act.at) - timedelta(days=1), {"withdrawn": True}
    return _record(
        session, known.kind, known.left_key, known.right_key, act, valid_to=last, details=details
    )


def withdraw_duplicate(
    session: Session, unit_uid: str, platform: str, form: str, act: Act
) -> Decision:
    """Record that such an exception is over, as of the day before. Raises ActorRequired."""
    kind, last = DecisionKind.DUPLICATE_APPROVED, shanghai_date(act.at) - timedelta(days=1)
    place, details = slot(platform, form), {"withdrawn": True}
    return _record(session, kind, unit_uid, place, act, valid_to=last, details=details)


def _record(
    session: Session,
    kind: DecisionKind,
    left: str,
    right: str,
    act: Act,
    *,
    valid_to: date | None = None,
    details: dict[str, Any] | None = None,
) -> Decision:
    require_person(act.actor)
    made = Decision(
        kind=kind,
        left_key=left[:_LONGEST],
        right_key=right[:_LONGEST],
        valid_to=valid_to,
        at=act.at,
        actor_id=act.actor.id,
        actor_name=act.actor.name,
        reason=act.reason,
        details=details or {},
    )
    session.add(made)
    session.flush()
    return made
