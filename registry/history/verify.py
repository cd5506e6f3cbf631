"""Whether the registry is what was written: chain, live rows, protections, papers.

It changes nothing and mends nothing. A history rewritten to its very end still chains; only an
anchor noted outside the registry shows that, so every report gives one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.db import Registry
from registry.errors import Refused
from registry.history import chain, triggers
from registry.bulk import chunks
from registry.history.live import states_of
from registry.history.rebase import key_label
from registry.history.states import KEYED, State
from registry.history.writing import revisions, states
from registry.keeping.attachments import FOLDER, file_of, sha256_of
from registry.messages import _, language
from registry.models import Account, Attachment, Erasure, History, Unit
from registry.vocab import SubjectKind, label

_SHA256 = re.compile(r"[0-9a-f]{64}")
_ANCHOR = re.compile(r"(\d+):([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Report:
    """What was found. The registry is sound when there are no problems."""

    problems: tuple[str, ...]
    notes: tuple[str, ...]
    """Worth knowing and no fault: files that no row speaks of."""
    rows: int
    """Rows of history."""
    anchor: str
    """`seq:hash` of the last row, to be noted outside the registry."""

    @property
    def sound(self) -> bool:
        return not self.problems


def verify(registry: Registry, *, anchor: str | None = None) -> Report:
    """Check everything, and an `anchor` noted earlier. Reads all of history and all papers once.

    Raises Refused for a text that is no anchor.
    """
    with registry.read() as session:
        last = chain.head(session)
        problems = [
            *filter(None, [check_anchor(session, anchor)] if anchor else []),
            *_missing_protections(session),
            *_broken_chain(session),
            *_compared(session),
            *_wrong_papers(session, registry.data),
        ]
        notes = tuple(_unknown_files(session, registry.data))
        return Report(tuple(problems), notes, last.seq, anchor_of(last))


def anchor_of(head: chain.Head) -> str:
    """The anchor as printed and noted."""
    return f"{head.seq}:{head.hash}"


def check_anchor(session: Session, text: str) -> str:
    """What is wrong with an anchor noted earlier; "" when history still holds that row.

    Raises Refused for a text that is no anchor.
    """
    found = _ANCHOR.fullmatch(text.strip())
    if found is None:
        raise Refused(
            _("{text} is not an anchor.").format(text=text),
            _("An anchor is what `taizhang verify` printed: a number, a colon and 64 characters."),
        )
    seq, noted = int(found[1]), found[2]
    if seq == 0:
        return "" if noted == chain.GENESIS else _("The anchor is not of this registry.")
    there = session.scalar(select(History.hash).where(History.seq == seq))
    if there is None:
        return _("Row {seq} of the anchor is gone: history was cut off.").format(seq=seq)
    if there != noted:
        return _("Row {seq} is not the one that was noted: history was rewritten.").format(seq=seq)
    return ""


def _missing_protections(session: Session) -> list[str]:
    gone = triggers.missing(session.connection())
    if not gone:
        return []
    names = _(", ").join(gone)
    return [_("Protections of the history are missing: {names}.").format(names=names)]


def _broken_chain(session: Session) -> list[str]:
    broken = chain.first_break(session)
    if broken is None:
        return []
    return [_("History row {seq}: {what}").format(seq=broken.seq, what=broken.what)]


def _compared(session: Session) -> list[str]:
    problems: list[str] = []
    try:
        for kind in (SubjectKind.UNIT, SubjectKind.ACCOUNT):
            problems.extend(_different_rows(session, kind))
    except (LookupError, TypeError, ValueError) as error:
        problems.append(
            _("Some live rows hold what cannot be read: {error}").format(error=str(error)[:200])
        )
    return problems


def _different_rows(session: Session, kind: SubjectKind) -> Iterator[str]:
    """Live rows that are not what their last history row says, and those that are gone."""
    table = Account if kind is SubjectKind.ACCOUNT else Unit
    query = select(table.id, table.uid, table.name, table.revision).order_by(table.id)
    rows = session.execute(query).all()
    for some in chunks(rows):
        uids = [row.uid for row in some]
        live = states_of(session, kind, [row.id for row in some])
        recorded, last = states(session, kind, uids=uids), revisions(session, kind, uids)
        for row in some:
            what = _difference(live[row.id], recorded.get(row.uid))
            if not what and row.revision != last[row.uid]:
                what = _("its revision is {found}, its last history row {last}").format(
                    found=row.revision, last=last[row.uid]
                )
            if what:
                yield _named(kind, row.name, row.uid, what)
    for uid in _gone(session, kind, {row.uid for row in rows}):
        state = states(session, kind, uids=[uid])[uid]
        yield _named(kind, state["name"], uid, _("it is in history and no longer in the ledger"))


def _difference(live: State, recorded: State | None) -> str:
    """In which keys a live row is not as recorded; "" if in none."""
    if recorded is None:
        return _("it is in the ledger and not in history")
    keys = [key for key in live if live[key] != recorded.get(key)]
    if not keys:
        return ""
    names = _(", ").join(
        dict.fromkeys(name for key in keys for name in _parts(key, live, recorded))
    )
    return _("its {what} differs from its last history row").format(what=names)


def _parts(key: str, live: State, recorded: State) -> list[str]:
    """The printed words for a key of the state, entry by entry where it is keyed."""
    if key not in KEYED:
        return [key_label(key)]
    old, new = recorded.get(key, {}), live[key]
    names = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
    return [key_label(f"{key}/{name}") for name in names]


def _named(kind: SubjectKind, name: str, uid: str, what: str) -> str:
    return _("{kind} {name} ({uid}): {what}.").format(
        kind=label(kind, language()), name=name, uid=uid, what=what
    )


def _gone(session: Session, kind: SubjectKind, there: Collection[str]) -> list[str]:
    known = session.scalars(
        select(History.subject_uid).where(History.subject_kind == kind).distinct()
    )
    return sorted(uid for uid in known if uid not in there)


def _wrong_papers(session: Session, data: Path) -> Iterator[str]:
    """Papers whose bytes are missing or altered, or still there although they were erased."""
    erased = set(session.scalars(select(Erasure.sha256)))
    names = {
        sha256: name
        for sha256, name in session.execute(
            select(Attachment.sha256, Attachment.file_name).order_by(Attachment.id.desc())
        )
    }
    for sha256, name in names.items():
        what = _wrong_paper(data, sha256, sha256 in erased)
        if what:
            yield _("Attachment {name} ({sha256}): {what}.").format(
                name=name, sha256=sha256, what=what
            )


def _wrong_paper(data: Path, sha256: str, erased: bool) -> str:
    if not _SHA256.fullmatch(sha256):
        return _("this is no SHA-256")
    path = file_of(data, sha256)
    if erased:
        return _("it was erased and its file is there again") if path.exists() else ""
    if not path.is_file():
        return _("its file is missing")
    return "" if sha256_of(path) == sha256 else _("its file was altered")


def _unknown_files(session: Session, data: Path) -> Iterator[str]:
    folder = data / FOLDER
    if not folder.is_dir():
        return
    known = set(session.scalars(select(Attachment.sha256)))
    for path in sorted(folder.iterdir()):
        if path.name not in known:
            yield _("{file} belongs to no attachment.").format(file=path)
