"""What a reconciling found, settled as findings: raised, seen again, or ended where it could see that
they no longer hold.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from reconcilers import duplicates, handles, reality
from reconcilers import national as system
from reconcilers.drafting import Setting
from reconcilers.pictures import Found, Known
from reconcilers.reality import Examined
from registry.findings.differences import Difference
from registry.findings.settling import settle
from registry.history.writing import Act
from registry.models import Finding

CODES = (*reality.CODES, *system.CODES, *duplicates.CODES, *handles.CODES)


def asked_for(differences: Iterable[Difference], setting: Setting) -> list[Difference]:
    """Those that the rule set asks for on the platform concerned."""
    return [
        d
        for d in differences
        if setting.asks(d.code, str((d.ledger or d.outside).get("platform", "")))
    ]


def order(difference: Difference) -> tuple[str, str, str, str]:
    """By code, then by whose it is: how the lists are sorted."""
    side = difference.ledger or difference.outside
    return difference.code, difference.responsible, str(side.get("platform", "")), difference.note


def settle_found(
    session: Session, known: Known, differences: list[Difference], found: Found, act: Act
) -> None:
    """Raise, see again or end the findings. Only open ones of codes that were looked at matter."""
    f, result, ruleset = Finding, found.result, known.setting.ruleset
    open_now = select(f.subject_uid, f.code).where(f.code.in_(CODES), f.ended_at.is_(None))
    doubtful: set[str] = set()
    if found.picture is not None:
        doubtful |= found.picture.matching.doubtful_uids() | found.picture.unclear
        doubtful |= {doubt.key for doubt in found.picture.matching.doubts}
    stateless = found.picture.bearing(found.unknown_states) if found.picture else frozenset[str]()
    running = {(uid, code) for uid, code in session.execute(open_now)}
    reality.tell_plain(result, known.ledger, running, known.by_look)
    examined = {
        (uid, code)
        for uid, code in running
        if _was_examined(uid, code, result, found.picture is not None, doubtful)
        and not (code in _OF_STATES and uid in stateless)
        or reality.asked_no_more(known.ledger, uid, code)
    }
    settle(
        session,
        [difference.draft() for difference in differences],
        examined=examined,
        at=known.setting.at,
        act=act,
        rule_set=ruleset.name if ruleset else "",
    )


_OF_STATES = frozenset(("RC303", "RC307"))
"""Of these nothing is told by a row whose state is not known."""


def _was_examined(
    uid: str, code: str, result: Examined, with_national: bool, doubtful: set[str]
) -> bool:
    """Whether this run can say that an open finding no longer holds."""
    if code in system.CODES:
        return with_national and uid not in doubtful
    if code in duplicates.CODES:
        return True
    return (uid, code) in result.told
