"""Findings of earlier runs of which this one could tell nothing: what was seen then stands until a look
or a person says otherwise, however long ago it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reconcilers.drafting import Setting, about_account
from reconcilers.ledger import Ledger
from reconcilers.papers import Papers
from registry.bulk import chunks
from registry.dates import shanghai_date
from registry.findings.differences import Difference
from registry.messages import _
from registry.models import Finding
from registry.vocab import Verdict

_SAID: Mapping[str, frozenset[str]] = {
    "RC308": frozenset({"name"}),
    "RC309": frozenset({"verified_subject", "host_unit"}),
}
"""Codes → the fields of which the ledger says something newer once a change to them is completed."""


def earlier_matters(
    session: Session,
    running: Iterable[str],
    ledger: Ledger,
    papers: Papers,
    setting: Setting,
) -> Iterator[Difference]:
    """The running findings of these uids, about accounts of the ledger, as the differences that they
    were; not those in which the ledger was changed after the look."""
    f = Finding
    for some in chunks(running):
        columns = (f.subject_uid, f.code, f.discriminator, f.facts, f.last_seen_at)
        for uid, code, part, facts, last in session.execute(
            select(*columns).where(f.uid.in_(some)).order_by(f.id)
        ):
            account, seen_on = ledger.by_uid.get(uid), _seen_on(facts, last)
            if account is None or papers.changed_since(uid, _SAID.get(code, frozenset()), seen_on):
                continue
            words = _("Seen on {day}, and not read again since: it stands until it is.")
            yield about_account(
                setting,
                code,
                account,
                outside=_outside(facts),
                fields=facts.get("fields", ()),
                discriminator=part,
                note=words.format(day=seen_on.isoformat()),
            )


def overtaken(session: Session, running: Iterable[str], ledger: Ledger, papers: Papers) -> int:
    """How many of the running findings of these uids tell of an account as it was before a completed
    change of the very fields: the ledger is the newer word, and nobody has looked since."""
    f, count = Finding, 0
    for some in chunks(running):
        columns = (f.subject_uid, f.code, f.facts, f.last_seen_at)
        query = select(*columns).where(f.uid.in_(some), f.code.in_(_SAID))
        for uid, code, facts, last in session.execute(query):
            if uid in ledger.by_uid:
                count += papers.changed_since(uid, _SAID[code], _seen_on(facts, last))
    return count


def _seen_on(facts: Mapping[str, Any], last: datetime) -> date:
    """The Shanghai day of the look; where none is noted, of the run that last found it."""
    try:
        return shanghai_date(datetime.fromisoformat(facts["outside"]["seen_at"]))
    except (KeyError, TypeError, ValueError):
        return shanghai_date(last)


def _outside(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What was seen, in the terms of a difference."""
    side = dict(facts.get("outside", {}))
    if side.get("verdict") in set(Verdict):
        side["verdict"] = Verdict(side["verdict"])
    return side
