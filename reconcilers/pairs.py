"""A person's word on two rows: whether it can be so, what was said of them before, and what becomes
of the account's other rows in the national system. An account is one row there, and a row one account.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reconcilers.decisions import OUTSIDE, decide, load_decisions, newest_decision, take_offline
from reconcilers.ids_against import check_accounts, check_row
from reconcilers.leaving import CODE, taken_back
from reconcilers.ledger import read_ledger
from reconcilers.naming import NATIONAL, no_record, row_named, rows_words
from reconcilers.national import NationalPicture, match_national
from registry.dates import shanghai_date
from registry.errors import MissingField, NotFound, Refused
from registry.exchange.national import kept_last
from registry.exchange.national_template import NationalEntry
from registry.findings.acts import confirm
from registry.findings.differences import Side
from registry.history.writing import Act
from registry.messages import _, language
from registry.models import Decision, Finding
from registry.platforms import PlatformCatalogue
from registry.vocab import DecisionKind, Review, label


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of a word on a pair."""

    recorded: bool
    """False where the same was said of the pair before."""
    earlier: Decision | None = None
    """The decision that counted until now."""
    offline: Sequence[NationalEntry] = ()
    """The account's other rows, which are to be taken offline with it."""
    staying: Sequence[NationalEntry] = ()
    """Rows that were to be taken offline because of what is no longer said, and are not any more."""


def check_pair(
    kind: DecisionKind, right_key: str, left: Side, right: Side, platform: Callable[[str], str]
) -> None:
    """Raise Refused where it cannot be so: one account on two platforms, or a row taken offline that
    is none of the national system. `platform` gives a platform's printed name."""
    if kind is DecisionKind.OFFLINE_THERE and not right_key.startswith(NATIONAL):
        raise Refused(
            _("Only a row of the national system can be taken offline there."),
            _("Decide with --same or --not-same; an account of the ledger is stopped by a filing."),
        )
    one, other = str(left.get("platform", "")), str(right.get("platform", ""))
    if kind is DecisionKind.SAME and one and other and one != other:
        raise Refused(
            _("{one} is on {here}, {other} on {there}: on two platforms they are two.").format(
                one=left.get("name", ""),
                here=platform(one),
                other=right.get("name", ""),
                there=platform(other),
            ),
            _("See both with `taizhang reconcile explain`, and name two of one platform."),
        )


def settle(
    session: Session,
    kind: DecisionKind,
    left: str,
    right: str,
    act: Act,
    *,
    overrule: Callable[[Decision], None],
    picture: NationalPicture | None = None,
    spare: Collection[str] = (),
    **details: str,
) -> Settled:
    """Record SAME, NOT_SAME or OFFLINE_THERE of an account (uid) and another or a row (key).

    `overrule` is asked of every decision that says otherwise, and raises where it is to stand. An
    account that is said to be a row of `picture` gives up its other rows there, but for those with
    a key in `spare`: they are to be taken offline. Raises ActorRequired, and Refused or MissingField
    where the ids speak against it, see `ids_against`.
    """
    earlier = _in_force(session, newest_decision(session, left, right))
    contrary = list(_contrary(session, kind, left, right))
    reversing = bool(contrary)
    if earlier is not None and earlier.kind is not kind:
        overrule(earlier)
        reversing, details["reverses"] = True, earlier.uid
    for other in contrary:
        overrule(other)
        gone = {**details, "reverses": other.uid}
        decide(session, DecisionKind.NOT_SAME, other.left_key, other.right_key, act, **gone)
    others = _others(picture, kind, left, right, spare)
    if earlier is not None and earlier.kind is kind and not others:
        return Settled(False, earlier)
    if kind is DecisionKind.SAME:
        _check_ids(session, picture, left, right, act)
    if kind is DecisionKind.OFFLINE_THERE:
        take_offline(session, right, act, account=left, **details)
    else:
        decide(session, kind, left, right, act, **details)
    for entry in others:
        assert picture is not None
        take_offline(session, picture.key(entry), act, account=left, instead=right)
    staying = _staying(session, picture, right, act) if reversing else []
    return Settled(True, earlier, others, staying)


def _check_ids(
    session: Session, picture: NationalPicture | None, left: str, right: str, act: Act
) -> None:
    if not right.startswith(OUTSIDE):
        check_accounts(session, left, right)
    elif picture is not None and right.startswith(NATIONAL):
        check_row(session, picture, left, right, act)


def lone_row(
    session: Session, text: str, *, catalogue: PlatformCatalogue, at: datetime
) -> tuple[str, NationalEntry]:
    """The row of the export kept last that `text` names by its key, code, number or an id, with its
    key; `at` is aware.

    Raises NotFound, Ambiguous, and Refused for a row that is or may be an account of the ledger.
    """
    kept, decisions = kept_last(session), load_decisions(session, shanghai_date(at))
    picture = match_national(read_ledger(session), kept.rows if kept else (), catalogue, decisions)
    entry = row_named(picture.entries, picture.key, text)
    if entry is None:
        raise NotFound(
            no_record(picture.entries, text)
            or _("The export kept last has no row {text}.").format(text=text),
            _("Name it by its code in the national system, its row as in `row 3`, or its id."),
        )
    around = picture.around(entry)
    taken = [pair.account for pair in around.pairs if pair.row == entry]
    taken += [doubt.account for doubt in around.doubts if doubt.row == entry]
    if taken:
        raise Refused(
            _("This row is or may be the account {name} of the ledger.").format(name=taken[0].name),
            _("Name both, the account first: `taizhang reconcile decide ACCOUNT ROW`."),
        )
    return picture.key(entry), entry


def row_goes(session: Session, key: str, act: Act, **details: str) -> bool:
    """Record that a row of the national system, taken for no account, is to be taken offline there.
    Its finding is confirmed, and stays until the row has gone. False where both was said before, and
    nothing else since.

    Raises ActorRequired unless a person decides.
    """
    said, finding = _in_force(session, _said_of_row(session, key)), _of_row(session, key)
    known = said is not None and said.kind is DecisionKind.OFFLINE_THERE
    known = known and not taken_back(session, [key])
    if not known:
        take_offline(session, key, act, **details)
    if finding is not None and finding.review is not Review.CONFIRMED:
        confirm(session, finding, act=act)
        return True
    return not known


def check_let_pass(session: Session, key: str, act: Act, *, reverse: bool) -> None:
    """What somebody said of the row's finding, by which it stays, stands unless somebody says `reverse`,
    and why. Raises Refused, MissingField."""
    finding = _of_row(session, key)
    if finding is None or finding.review not in {Review.DISMISSED, Review.WAIVED}:
        return
    said = next(e for e in reversed(finding.events) if e.act in {"dismiss", "waive"})
    if not reverse:
        words = _("{actor} decided on {day}: {what}{why}.")
        raise Refused(
            words.format(
                actor=said.actor_name,
                day=shanghai_date(said.at).isoformat(),
                what=label(finding.review, language()),
                why=_(" ({reason})").format(reason=said.note) if said.note else "",
            ),
            _("To overrule it, add --reverse, and --reason with the reason."),
        )
    if not act.reason.strip():
        raise MissingField(_("A reason is missing."), _("Say why with --reason TEXT."))


def _in_force(session: Session, decision: Decision | None) -> Decision | None:
    """The decision, unless it was taken back, or by it a row was to go because its account was another
    row, and that is no longer said."""
    if decision is not None and decision.details.get("withdrawn"):
        return None
    other = decision.details.get("instead") if decision is not None else None
    if decision is None or other is None:
        return decision
    said = newest_decision(session, decision.left_key, other)
    return decision if said is not None and said.kind is DecisionKind.SAME else None


def row_stays(session: Session, key: str) -> str:
    """How a row that is to be taken offline is let stay after all, in words; nothing where no finding
    of it runs."""
    finding = _of_row(session, key)
    words = _("To let the row stay after all: `taizhang finding dismiss {uid} --reason …`.")
    return words.format(uid=finding.uid) if finding else ""


def _said_of_row(session: Session, key: str) -> Decision | None:
    """The newest decision about a row, whichever account it was about."""
    d = Decision
    query = select(d).where(d.right_key == key).order_by(d.id.desc()).limit(1)
    return session.scalars(query).first()


def _of_row(session: Session, key: str) -> Finding | None:
    """The running finding that the ledger does not have the row."""
    f = Finding
    query = select(f).where(f.subject_uid == key, f.code == CODE, f.ended_at.is_(None))
    return session.scalars(query.order_by(f.id.desc()).limit(1)).first()


def if_reversed(act: Act, reverse: bool) -> Callable[[Decision], None]:
    """Earlier decisions stand unless somebody says `reverse`, and why. Raises Refused, MissingField."""

    def overrule(earlier: Decision) -> None:
        if not reverse:
            raise Refused(
                said_before(earlier),
                _("To overrule it, add --reverse, and --reason with the reason."),
            )
        if not act.reason.strip():
            raise MissingField(_("A reason is missing."), _("Say why with --reason TEXT."))

    return overrule


def said_before(earlier: Decision) -> str:
    """Who decided what, when and why; of an exception, until when."""
    words = _("{actor} decided on {day}: {what}{why}.")
    why = _(" ({reason})").format(reason=earlier.reason) if earlier.reason else ""
    return words.format(
        actor=earlier.actor_name,
        day=shanghai_date(earlier.at).isoformat(),
        what=_what(earlier),
        why=why,
    )


def _what(earlier: Decision) -> str:
    """The decision in words, an exception with its last day."""
    words = label(earlier.kind, language())
    if earlier.kind is not DecisionKind.DUPLICATE_APPROVED:
        return words
    if earlier.details.get("withdrawn"):
        return _("exception withdrawn")
    if earlier.valid_to is None:
        return _("{review} for good").format(review=words)
    return _("{review} until {day}").format(review=words, day=earlier.valid_to.isoformat())


def gives_up(offline: Sequence[NationalEntry]) -> str:
    """What becomes of the account's other rows; nothing where there is none."""
    words = _("The next upload takes the account's other row offline there: {rows}.")
    return words.format(rows=rows_words(offline)) if offline else ""


def stays(staying: Sequence[NationalEntry]) -> str:
    """What no longer becomes of other rows; nothing where there is none."""
    words = _("No longer to be taken offline there: {rows}.")
    return words.format(rows=rows_words(staying)) if staying else ""


def _staying(
    session: Session, picture: NationalPicture | None, right: str, act: Act
) -> list[NationalEntry]:
    """The rows of the picture, read before the decision, that were to leave because their account was
    said to be the row `right`, and by now are not any more."""
    if picture is None or not picture.leaving:
        return []
    d = Decision
    because = select(d.right_key).where(
        d.kind == DecisionKind.OFFLINE_THERE, d.details["instead"].as_string() == right
    )
    lapsed = set(session.scalars(because)) - set(
        load_decisions(session, shanghai_date(act.at)).offline
    )
    return [row for row in picture.leaving if picture.key(row) in lapsed]


def _contrary(session: Session, kind: DecisionKind, left: str, right: str) -> Iterator[Decision]:
    """Decisions in force by which the row is another account of the ledger."""
    if kind is not DecisionKind.SAME or not right.startswith("outside:"):
        return
    d = Decision
    query = select(d).where(d.right_key == right, d.kind == kind, d.left_key != left)
    for found in session.scalars(query.order_by(d.id)).all():
        newest = newest_decision(session, found.left_key, right)
        if newest is not None and newest.uid == found.uid:
            yield found


def _others(
    picture: NationalPicture | None,
    kind: DecisionKind,
    left: str,
    right: str,
    spare: Collection[str],
) -> list[NationalEntry]:
    """The rows beside `right` that hold the account's id, or that it was decided to be."""
    if picture is None or kind is not DecisionKind.SAME or not right.startswith(NATIONAL):
        return []
    taken = {right, *spare}
    return [row for row in picture.rows_held(left) if picture.key(row) not in taken]
