"""How long evidence is kept: which files may go, and what stays written of those that went.

A file on which a finding rests that nobody dismissed is never removed, however old, and it is kept
whole: its hash stands for all of it, and a record alone would prove less. Of a file that is
removed its name, hash, date and reason stay, as of an erased paper.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from registry.dates import shanghai_date
from registry.bulk import chunks
from registry.history.writing import Act
from registry.keeping.attachments import sha256_of
from registry.messages import _
from registry.models import Erasure, Finding, Observation, Run
from registry.vocab import Review

_ABOUT = re.compile(r"evidence/(\S+)")


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """One evidence file and what rests on it."""

    name: str
    """Relative to `evidence/`."""
    runs: tuple[str, ...]
    """Uids of the runs judged from it; none for a file that no run names (discoveries)."""
    day: date | None
    """The day in Shanghai on which its exchanges were made; None where no run says."""
    age_days: int | None
    size: int
    """Bytes; 0 for a file that is not there."""
    held_by: tuple[str, ...]
    """Uids of the findings that rest on its runs and that nobody dismissed, in the order in which
    they came about: while there are any, it stays."""
    there: bool
    removed_on: date | None = None
    """The day on which it was removed by policy."""

    @property
    def findings(self) -> int:
        return len(self.held_by)

    @property
    def pinned(self) -> bool:
        return bool(self.held_by)

    def may_go(self, keep_days: int) -> bool:
        """True when the policy removes it: older than `keep_days` days and nothing rests on it."""
        return self._old(keep_days) and not self.pinned

    def is_held(self, keep_days: int) -> bool:
        """True when it is old enough to go and findings alone keep it."""
        return self._old(keep_days) and self.pinned

    def _old(self, keep_days: int) -> bool:
        return self.there and self.age_days is not None and self.age_days > keep_days


def evidence_files(session: Session, folder: Path, today: date) -> list[EvidenceFile]:
    """All files that runs name or that lie in `folder`, the oldest first; a few queries in all."""
    days: dict[str, date] = {}
    runs: dict[str, list[str]] = defaultdict(list)
    findings: dict[str, set[str]] = defaultdict(set)
    resting = _resting(session)
    for run_id, uid, as_of, names in session.execute(
        select(Run.id, Run.uid, Run.as_of, Run.evidence).order_by(Run.id)
    ):
        for name in names:
            day = shanghai_date(as_of)
            days[name] = max(days.get(name, day), day)
            runs[name].append(uid)
            findings[name] |= resting.get(run_id, set())
    removed = removals(session, runs)
    there = {path.name for path in folder.glob("*.warc.gz")} if folder.is_dir() else set()
    found = [
        EvidenceFile(
            name=name,
            runs=tuple(runs.get(name, ())),
            day=days.get(name),
            age_days=(today - days[name]).days if name in days else None,
            size=(folder / name).stat().st_size if name in there else 0,
            held_by=tuple(sorted(findings.get(name, ()))),
            there=name in there,
            removed_on=removed.get(name) if name not in there else None,
        )
        for name in {*runs, *there}
    ]
    return sorted(found, key=lambda file: (file.day or today, file.name))


def _resting(session: Session) -> dict[int, set[str]]:
    """Run → the findings, by uid, that nobody dismissed and that rest on what it saw."""
    behind: dict[str, set[str]] = defaultdict(set)
    query = select(Finding.uid, Finding.observation_uids).where(Finding.review != Review.DISMISSED)
    for finding, uids in session.execute(query.execution_options(yield_per=2000)):
        for uid in uids:
            behind[uid].add(finding)
    found: dict[int, set[str]] = defaultdict(set)
    for some in chunks(sorted(behind)):
        rows = select(Observation.uid, Observation.run_id).where(Observation.uid.in_(some))
        for uid, run_id in session.execute(rows):
            found[run_id] |= behind[uid]
    return found


def removals(session: Session, names: Collection[str]) -> dict[str, date]:
    """Of these evidence files those that were removed by policy, with the day in Shanghai."""
    wanted, found = {*names}, dict[str, date]()
    query = select(Erasure).where(Erasure.reason.startswith("evidence/")).order_by(Erasure.id)
    for row in session.scalars(query):
        about = _ABOUT.match(row.reason)
        if about and about[1] in wanted:
            found[about[1]] = shanghai_date(row.erased_at)
    return found


def prune(
    session: Session,
    folder: Path,
    files: Sequence[EvidenceFile],
    *,
    keep_days: int,
    act: Act,
    on_progress: Callable[[int], None] = lambda done: None,
) -> None:
    """Remove those of `files` that the policy lets go, once the transaction commits.

    What is written of each: its name, its SHA-256, when and why. One that another program has open
    may stay where it is (Windows); it goes with the next pruning. Never commits.
    """
    doomed = [file for file in files if file.may_go(keep_days)]
    hashes = {file.name: sha256_of(folder / file.name) for file in doomed}
    known = _known(session, hashes.values())
    for done, file in enumerate(doomed, 1):
        sha256 = hashes[file.name]
        if sha256 not in known:
            session.add(
                Erasure(
                    sha256=sha256,
                    erased_at=act.at,
                    actor_id=act.actor.id,
                    reason=f"evidence/{file.name} " + _policy(keep_days),
                )
            )
            known.add(sha256)
        on_progress(done)
    session.flush()
    paths = [folder / file.name for file in doomed]

    def remove(_session: object) -> None:
        for path in paths:
            with suppress(OSError):
                path.unlink(missing_ok=True)

    event.listen(session, "after_commit", remove, once=True)


def _known(session: Session, hashes: Iterable[str]) -> set[str]:
    """Those that were erased before: a file put back from a backup, say."""
    found: set[str] = set()
    for some in chunks(hashes):
        found.update(session.scalars(select(Erasure.sha256).where(Erasure.sha256.in_(some))))
    return found


def _policy(keep_days: int) -> str:
    return _("kept for {days} days by policy").format(days=keep_days)
