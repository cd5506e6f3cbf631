"""An export of the national system against the one kept before it. A part of an export or a shifted
column is refused until a person accepts it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.actors import require_person
from registry.errors import Refused
from registry.exchange.national import (
    KeptExport,
    begin_snapshot,
    entries_of,
    kept_last,
    latest_snapshot,
    store_snapshot,
)
from registry.exchange.national_changes import Changes, compare
from registry.exchange.national_export import NationalExport
from registry.exchange.national_rows import NationalRows
from registry.exchange.shifted import ABSENT, is_many, is_most
from registry.exchange.watched import accepting, watched_word
from registry.history.writing import Act
from registry.messages import _
from registry.models import Decision, NationalSnapshot
from registry.vocab import DecisionKind

SYSTEM = "outside:national"
"""The export as decisions name it."""


def keep_export(
    session: Session, export: NationalExport, act: Act, accept: Collection[str] = ()
) -> KeptExport:
    """Keep an export as a snapshot, with what changed since the one before it.

    `accept` names what a person looked at and accepts: `absent`, or a field of WATCHED; that is
    remembered with the file's hash and what was read of it. The file kept last is not kept twice,
    unless it is read otherwise, by another mapping say: that is checked like any other. Raises
    BadInput for an export with faults, Refused for one in doubt, ActorRequired when nobody answers
    for it.
    """
    export.checked()
    last = latest_snapshot(session)
    before = NationalRows() if last is None else entries_of(session, last)
    again = last is not None and last.sha256 == export.sha256
    accepted = frozenset(accept)
    if last is not None and again and before.same(NationalRows.of(export.rows)):
        if not export.rows:
            _check(session, export, Changes(0, 0), act, accepted, again=again)
        same = KeptExport(last, export.rows, given_as=export.file_name)
        return with_changes(session, same)
    changes = compare(before, export.rows) if last else None
    _check(session, export, changes or Changes(0, len(export.rows)), act, accepted, again=again)
    if again:
        kept = KeptExport(store_snapshot(session, export, act), export.rows, changes)
        return with_changes(session, kept)
    snapshot = begin_snapshot(session, export, act)
    return KeptExport(snapshot, export.rows, changes, first=last is None)


def last_export(session: Session) -> KeptExport | None:
    """The export kept last, if any, as reused, with what changed since the one before it."""
    kept = kept_last(session)
    return with_changes(session, replace(kept, reused=True)) if kept else None


def with_changes(session: Session, kept: KeptExport) -> KeptExport:
    """The same with what changed since the snapshot of another file before it, if there is one."""
    own = kept.snapshot
    earlier = (
        select(NationalSnapshot)
        .where(NationalSnapshot.id < own.id, NationalSnapshot.sha256 != own.sha256)
        .order_by(NationalSnapshot.id.desc())
        .limit(1)
    )
    before = session.scalars(earlier).first()
    if before is None:
        return replace(kept, changes=None)
    return replace(kept, changes=compare(entries_of(session, before), kept.rows))


def _check(
    session: Session,
    export: NationalExport,
    changes: Changes,
    act: Act,
    accept: frozenset[str],
    *,
    again: bool,
) -> None:
    """Refuse, naming every doubt at once, what nobody accepted; record what was accepted."""
    doubts = {what: counts for what, counts in _doubts(changes) if is_many(*counts)}
    if not export.rows:
        doubts[ABSENT] = (changes.before, changes.before)
    decided = _decided(session, export, again=again) if doubts else frozenset[str]()
    open_ones = [what for what in doubts if what not in accept | decided]
    if open_ones:
        raise _refusal(export, doubts, open_ones, [what for what in doubts if what not in decided])
    for what in doubts:
        if what not in decided:
            session.add(acceptance(export, what, *doubts[what], act))


def _refusal(
    export: NationalExport,
    doubts: Mapping[str, tuple[int, int]],
    open_ones: Sequence[str],
    asked: Sequence[str],
) -> Refused:
    """What is in doubt, and what accepts all that is `asked`. Where the rows of equal codes are of other
    accounts, the codes are what is wrong, and no column of them is to be accepted unseen."""
    if _codes_shifted(doubts):
        code = watched_word("national_code", export.titles)
        text = _(
            "{file}: in the rows of the same {code} nearly everything else is another ({fields}): is"
            " the column {code} shifted?"
        )
        many = ((what, *doubts[what]) for what in doubts if what != ABSENT)
        fields = _(", ").join(
            _("{field} in {count} of {of}").format(
                field=watched_word(what, export.titles), count=count, of=of
            )
            for what, count, of in many
        )
        return Refused(
            text.format(file=export.file_name, code=code, fields=fields),
            _(
                "Look at the column {code} first, and export everything again. Only if the codes were"
                " given anew, accept each of the columns named with --accept-changed."
            ).format(code=code),
        )
    flags = " ".join(
        "--accept-absent" if what == ABSENT else accepting([what], export.titles) for what in asked
    )
    text = _("Export everything again; if the file is right as it is, add {flags}.")
    told = " ".join(_words(export, what, *doubts[what]) for what in open_ones)
    return Refused(told, text.format(flags=flags))


_OF_ONE_ACCOUNT = ("name", "identifier", "url", "host_unit", "verified_subject")
"""Fields that tell an account; where most of them are others, it is another account."""
_FEWEST = 3


def _codes_shifted(doubts: Mapping[str, tuple[int, int]]) -> bool:
    """Whether most rows are paired by their code with a row of another account."""
    if "national_code" in doubts or "name" not in doubts:
        return False
    others = [name for name in _OF_ONE_ACCOUNT if is_most(*doubts.get(name, (0, 0)))]
    return len(others) >= _FEWEST


def _doubts(changes: Changes) -> Iterator[tuple[str, tuple[int, int]]]:
    yield ABSENT, (len(changes.went), changes.before)
    for name, count in changes.changed.items():
        yield name, (count, changes.compared)


def _words(export: NationalExport, what: str, count: int, of: int) -> str:
    if not export.rows:
        text = _("{file} has column titles ({titles}) and not one row: an export that failed?")
        return text.format(file=export.file_name, titles=_("; ").join(export.headings))
    if what == ABSENT:
        text = _("{file} lacks {count} of the {of} rows of the export before it: a part only?")
        return text.format(file=export.file_name, count=count, of=of)
    if not _any_filled(NationalRows.of(export.rows), what):
        text = _("{file} has no {field} in any row, and the export before had: a column left out?")
    else:
        text = _("{file} has another {field} in {count} of {of} rows: a shifted column?")
    return text.format(
        file=export.file_name, field=watched_word(what, export.titles), count=count, of=of
    )


_KEPT_AS = {"identifier": "scheme", "state": "state_raw"}
"""Watched field → the column of the rows that is empty where the row has none."""


def _any_filled(rows: NationalRows, field: str) -> bool:
    """Whether any row fills a watched field."""
    own = getattr(rows, _KEPT_AS.get(field, field), None)
    return any(rows.column(field) if own is None else own)


def _decided(session: Session, export: NationalExport, *, again: bool) -> frozenset[str]:
    """What a person accepted of this very file, read the way it is read now. Of what was accepted
    before the reading was kept with it, nothing shows that of a file that is read otherwise
    `again`."""
    query = select(Decision.kind, Decision.field, Decision.details).where(
        Decision.left_key == SYSTEM, Decision.file_sha256 == export.sha256
    )
    reading = NationalRows.of(export.rows).digest()
    return frozenset(
        ABSENT if kind is DecisionKind.ABSENT_ACCEPTED else name
        for kind, name, details in session.execute(query)
        if details.get("reading", "" if again else reading) == reading
    )


def acceptance(export: NationalExport, what: str, count: int, of: int, act: Act) -> Decision:
    """The acceptance of one doubt. Raises ActorRequired unless a person accepts."""
    require_person(act.actor)
    absent = what == ABSENT
    reading = NationalRows.of(export.rows).digest()
    return Decision(
        kind=DecisionKind.ABSENT_ACCEPTED if absent else DecisionKind.CHANGED_ACCEPTED,
        left_key=SYSTEM,
        field="" if absent else what,
        at=act.at,
        actor_id=act.actor.id,
        actor_name=act.actor.name,
        reason=act.reason,
        file_sha256=export.sha256,
        details={"file": export.file_name, "count": count, "of": of, "reading": reading},
    )
