"""What people do with findings: review (confirm, dismiss, waive), remedy (assign … clear), add.

Two axes, legal moves only, every act attributed to a person and noted as an event. Nothing here
looks at accounts: a machine raises and ends findings in `registry.findings.settling`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from registry.accounts.parts import host_unit
from registry.actors import require_person
from registry.dates import shanghai_date
from registry.errors import (
    AlreadyExists,
    Ambiguous,
    IllegalTransition,
    MissingField,
    NotFound,
    Refused,
)
from registry.findings.drafts import fitted, plain
from registry.history.writing import Act
from registry.messages import _, language
from registry.models import Account, Attachment, Filing, Finding, FindingEvent, Unit
from registry.vocab import (
    CODES,
    HAND_CODES,
    Remedy,
    Review,
    Severity,
    SubjectKind,
    act_words,
    code_title,
    label,
)


@dataclass(frozen=True, slots=True)
class Move:
    """From where an act of review or remedy may start."""

    reviews: frozenset[Review]
    remedies: frozenset[Remedy]


_UNCLEARED = frozenset(Remedy) - {Remedy.CLEARED}
_CONFIRMED = frozenset({Review.CONFIRMED})

MOVES: Mapping[str, Move] = {
    "confirm": Move(frozenset(Review) - _CONFIRMED, _UNCLEARED),
    "dismiss": Move(frozenset(Review) - {Review.DISMISSED}, _UNCLEARED),
    "waive": Move(frozenset(Review) - {Review.DISMISSED}, _UNCLEARED),
    "assign": Move(_CONFIRMED, frozenset({Remedy.NONE, Remedy.DUE})),
    "reported": Move(_CONFIRMED, frozenset({Remedy.DUE})),
    "recheck": Move(_CONFIRMED, frozenset({Remedy.DUE, Remedy.REPORTED})),
    "clear": Move(_CONFIRMED, frozenset({Remedy.RECHECKED})),
}
"""Which act is legal in which states. A rectification 整改 is ordered for confirmed findings only;
what is cleared 销号 is closed, and a new hit is a new finding."""


def legal_acts(finding: Finding) -> tuple[str, ...]:
    """The acts that are legal for the finding as it stands."""
    return tuple(
        act
        for act, move in MOVES.items()
        if finding.review in move.reviews and finding.remedy in move.remedies
    )


def find_finding(session: Session, text: str) -> Finding:
    """The finding of that uid, or of a beginning or end of it that fits no other.

    Raises NotFound, or Ambiguous naming the candidates.
    """
    text = text.strip().lower()
    query = select(Finding).where(
        or_(
            Finding.uid.startswith(text, autoescape=True),
            Finding.uid.endswith(text, autoescape=True),
        )
    )
    found = session.scalars(query.order_by(Finding.id).limit(6)).all() if text else []
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotFound(
            _("There is no finding {text}.").format(text=text),
            _("`taizhang finding list` shows their ids."),
        )
    raise Ambiguous(
        _("{text} fits several findings: {found} …").format(
            text=text, found=", ".join(finding.uid for finding in found[:5])
        ),
        _("Give more of the id."),
    )


# --- review -------------------------------------------------------------------------------------


def confirm(session: Session, finding: Finding, *, act: Act) -> Finding:
    """A person has verified it: it may enter a circular."""
    _check(finding, "confirm", act)
    finding.review, finding.waived_until = Review.CONFIRMED, None
    return _note(session, finding, "confirm", act)


def dismiss(session: Session, finding: Finding, *, act: Act) -> Finding:
    """It is no fault; stays so for the rest of the streak. `act.reason` says why."""
    _check(finding, "dismiss", act)
    _need_reason(act)
    finding.review, finding.waived_until = Review.DISMISSED, None
    return _note(session, finding, "dismiss", act)


def waive(session: Session, finding: Finding, *, until: date, act: Act) -> Finding:
    """It is let be until the end of the day `until` (Shanghai). `act.reason` says why."""
    _check(finding, "waive", act)
    _need_reason(act)
    _need_future(until, act)
    finding.review, finding.waived_until = Review.WAIVED, until
    return _note(session, finding, "waive", act, until=until)


def filed(
    session: Session, finding: Finding, filing: Filing, *, act: Act, about: str = ""
) -> Finding:
    """A filing was made that is to put it right; whoever files it says that it is so.

    `about`: the fingerprint of what the finding said, see `registry.findings.differences.fingerprint`.
    """
    if finding.review is not Review.CONFIRMED:
        confirm(session, finding, act=act)
    details = {"filing": filing.uid, "number": filing.number, "kind": filing.kind, "about": about}
    return _note(session, finding, "filed", act, **details)


def unfiled(session: Session, finding: Finding, filing: Filing, *, act: Act) -> Finding:
    """The filing that was made of it is withdrawn: it is to be put right in another way, or is none."""
    require_person(act.actor)
    details = {"filing": filing.uid, "number": filing.number, "kind": filing.kind}
    return _note(session, finding, "unfiled", act, **details)


# --- remedy -------------------------------------------------------------------------------------


def assign(
    session: Session, finding: Finding, *, due_on: date, act: Act, unit: Unit | None = None
) -> Finding:
    """The unit must put it right by the end of the day `due_on`; again, to move the deadline."""
    _check(finding, "assign", act)
    _need_future(due_on, act)
    finding.remedy, finding.due_on = Remedy.DUE, due_on
    if unit is not None:
        finding.unit_id = unit.id
    return _note(session, finding, "assign", act, due_on=due_on, unit=unit.uid if unit else None)


def reported(
    session: Session, finding: Finding, *, act: Act, evidence: Sequence[Attachment] = ()
) -> Finding:
    """The unit says that it is put right."""
    _check(finding, "reported", act)
    finding.remedy = Remedy.REPORTED
    return _note(session, finding, "reported", act, evidence=_attach(finding, evidence))


def recheck(
    session: Session,
    finding: Finding,
    *,
    passed: bool,
    act: Act,
    due_on: date | None = None,
    evidence: Sequence[Attachment] = (),
) -> Finding:
    """The office has looked again. Failed, it is due again, by `due_on` if a new day is given."""
    _check(finding, "recheck", act)
    if due_on is not None:
        _need_future(due_on, act)
    finding.remedy = Remedy.RECHECKED if passed else Remedy.DUE
    if not passed:
        finding.due_on = due_on or finding.due_on
    attached = _attach(finding, evidence)
    return _note(session, finding, "recheck", act, passed=passed, due_on=due_on, evidence=attached)


def clear(session: Session, finding: Finding, *, act: Act) -> Finding:
    """Strike it off 销号: the streak ends here, and a later hit is a new finding."""
    _check(finding, "clear", act)
    finding.remedy = Remedy.CLEARED
    finding.ended_at = finding.ended_at or act.at
    return _note(session, finding, "clear", act)


# --- by hand ------------------------------------------------------------------------------------


def add(
    session: Session,
    subject: Account | Unit,
    *,
    code: str,
    seen_at: datetime,
    act: Act,
    evidence: Sequence[Attachment] = (),
    url: str = "",
    discriminator: str = "",
    severity: Severity | None = None,
    rule_set: str = "",
) -> Finding:
    """A finding that only a person makes (CT603–CT606), open until it is confirmed.

    `seen_at` is when it was seen (aware), `act.reason` what was seen. Evidence is a must: a paper
    or the address. `discriminator` (default: the address) tells several of one account apart.
    Raises Refused for a code that a machine raises, MissingField without reason or evidence,
    AlreadyExists for one that is open.
    """
    require_person(act.actor)
    _check_hand_code(code)
    _need_reason(act)
    if not evidence and not url:
        raise MissingField(
            _("A {code} needs evidence.").format(code=code),
            _("Attach a screenshot with --evidence FILE, or give the address with --url."),
        )
    finding = _by_hand(subject, code, discriminator or url)
    finding.previous_id = _end_previous(session, finding, seen_at, act)
    finding.severity = severity or CODES[code].severity
    finding.rule_set = rule_set
    finding.first_seen_at = finding.last_seen_at = seen_at
    finding.facts = plain({"what": act.reason, "url": url})
    session.add(finding)
    session.flush()
    return _note(session, finding, "raised", act, evidence=_attach(finding, evidence))


def _check_hand_code(code: str) -> None:
    if code not in HAND_CODES:
        raise Refused(
            _("{code} is not entered by hand.").format(code=code),
            _("Codes for people: {codes}.").format(
                codes=", ".join(f"{known} {code_title(known)}" for known in HAND_CODES)
            ),
        )


def _by_hand(subject: Account | Unit, code: str, discriminator: str) -> Finding:
    account = subject if isinstance(subject, Account) else None
    return Finding(
        subject_kind=SubjectKind.ACCOUNT if account else SubjectKind.UNIT,
        subject_uid=subject.uid,
        account_id=account.id if account else None,
        unit_id=host_unit(account).id if account else subject.id,
        code=code,
        discriminator=fitted(discriminator),
        review=Review.OPEN,
        remedy=Remedy.NONE,
    )


def _end_previous(session: Session, new: Finding, seen_at: datetime, act: Act) -> int | None:
    """The last finding of the same identity, ended if it was dismissed; refused while it is open."""
    old = session.scalars(
        select(Finding)
        .where(
            Finding.subject_kind == new.subject_kind,
            Finding.subject_uid == new.subject_uid,
            Finding.code == new.code,
            Finding.discriminator == new.discriminator,
        )
        .order_by(Finding.id.desc())
        .limit(1)
    ).first()
    if old is None:
        return None
    if old.ended_at is None and old.review is not Review.DISMISSED:
        raise AlreadyExists(
            _("This is known: finding {uid} is open.").format(uid=old.uid),
            _("Tell another one of the same kind apart with --url."),
        )
    if old.ended_at is None:
        old.ended_at = seen_at
        _note(session, old, "ended", act)
    return old.id


# --- checks and notes ---------------------------------------------------------------------------


def _check(finding: Finding, name: str, act: Act) -> None:
    require_person(act.actor)
    legal = legal_acts(finding)
    if name in legal:
        return
    raise IllegalTransition(
        _("{act} is not possible: the finding is {review}, its remedy {remedy}.").format(
            act=act_words([name], language()),
            review=label(finding.review, language()),
            remedy=label(finding.remedy, language()),
        ),
        (
            _("Possible now: {acts}.").format(acts=act_words(legal, language()))
            if legal
            else _("It is cleared and closed; if it is seen again, that is a new finding.")
        ),
    )


def _need_reason(act: Act) -> None:
    if not act.reason.strip():
        raise MissingField(_("A reason is missing."), _("Say why with --reason TEXT."))


def _need_future(day: date, act: Act) -> None:
    if day < shanghai_date(act.at):
        raise Refused(
            _("{day} is over.").format(day=day.isoformat()), _("Give today or a later day.")
        )


def _attach(finding: Finding, evidence: Sequence[Attachment]) -> list[str]:
    """Link the papers to the finding; returns their hashes for the event."""
    for paper in evidence:
        paper.finding_uid = finding.uid
    return [paper.sha256 for paper in evidence]


def _note(session: Session, finding: Finding, name: str, act: Act, **details: Any) -> Finding:
    session.add(
        FindingEvent(
            finding_id=finding.id,
            at=act.at,
            act=name,
            actor_id=act.actor.id,
            actor_name=act.actor.name,
            note=act.reason,
            details={key: value for key, value in plain(details).items() if value is not None},
        )
    )
    session.flush()
    return finding
