"""The message after a run: where the sweep stands, in a few lines for a phone.

It names at most a few accounts and no person; who wants more looks into the registry.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.dates import to_the_minute
from registry.messages import _, language
from registry.models import Account, Finding
from registry.personal import without_numbers
from registry.vocab import CODES, Lang, Severity, Verdict, label
from reports.cells import one_line
from verdicts.coverage import Counts
from verdicts.sweep import SweepJudgement

LOW_COVERAGE = 0.8
"""Share of accounts read under which the message says so, where nobody set another."""

_NAMED = 3
"""New findings that are named, the gravest first."""
_IN_QUERY = 500
_RESUME = "taizhang sweep run --resume"


@dataclass(frozen=True, slots=True)
class RunFigures:
    """What the run came to, and what it leaves to people."""

    planned: int
    done: int
    read: int
    by_person: int = 0
    """Accounts and menu entries that a person must see."""
    limited: int = 0
    """Checks that our own limits left to the next run."""
    low: float = LOW_COVERAGE
    """Coverage under this share is called low."""


def run_note(session: Session, told: SweepJudgement, figures: RunFigures) -> tuple[str, str]:
    """Title and text after a run that was judged."""
    lang, whole = language().value, told.coverage.whole
    lines = [
        _("{done} of {planned} checks done, {read} read.").format(
            done=figures.done, planned=figures.planned, read=figures.read
        ),
        _coverage(whole),
    ]
    if whole.share < figures.low:
        lines.append(_("Coverage is low: what was not read counts as unknown, not as stale."))
    verdicts = [f"{label(v, lang)} {told.verdicts[v]}" for v in Verdict if told.verdicts[v]]
    lines.append(_("Verdicts: {verdicts}").format(verdicts=_(", ").join(verdicts) or "0"))
    lines += _findings(session, told.settled.raised, lang)
    if figures.by_person:
        lines.append(
            _("To be seen by people: {count} (`taizhang sweep todo --out FILE.xlsx`).").format(
                count=figures.by_person
            )
        )
    if figures.limited:
        lines.append(
            _("For the next run, by this program's own limits: {count}.").format(
                count=figures.limited
            )
        )
    lines.append(_("Next: {command}").format(command=_next(told, figures)))
    return _title(told.at), "\n".join(lines)


def ahead_note(at: datetime, figures: RunFigures, proven: int, missing: int = 0) -> tuple[str, str]:
    """Title and text after a run whose T is still to come: nothing is judged yet. `proven`: the
    accounts that it left out because earlier looks prove them; `missing`: those that may be gone.
    """
    lines = [
        _done(figures),
        _("{proven} accounts were proven already; the time point is still to come.").format(
            proven=proven
        ),
    ]
    if missing:
        lines.append(_("May be gone, to be looked at again: {count}.").format(count=missing))
    command = "taizhang sweep plan" if figures.done >= figures.planned else _RESUME
    lines.append(_("Next: {command}").format(command=command))
    return _title(at), "\n".join(lines)


def _coverage(whole: Counts) -> str:
    text = _("Coverage: {read} of {planned} accounts read ({share:.0%}).")
    if whole.passed_over:
        text = _(
            "Coverage: {read} of all {accounts} accounts read or proven before, {passed_over} not in"
            " this sweep ({share:.0%})."
        )
    elif whole.proven_before:
        text = _("Coverage: {read} of {planned} accounts read or proven before ({share:.0%}).")
    return text.format(
        read=whole.told,
        planned=whole.owed,
        accounts=whole.accounts,
        passed_over=whole.passed_over,
        share=whole.share,
    )


def _done(figures: RunFigures) -> str:
    return _("{done} of {planned} checks done, {read} read.").format(
        done=figures.done, planned=figures.planned, read=figures.read
    )


def failure_note(at: datetime | None, why: str) -> tuple[str, str]:
    """Title and text after a run that did not end; `why` is already in the user's language."""
    lines = [
        _("The sweep did not end: {why}").format(why=one_line(without_numbers(why))),
        _("Everything seen so far is kept. Next: {command}").format(command=_RESUME),
    ]
    return _title(at), "\n".join(lines)


def _title(at: datetime | None) -> str:
    return _("Sweep of {at}").format(at=to_the_minute(at)) if at else _("Sweep")


def _findings(session: Session, raised: Sequence[str], lang: str) -> list[str]:
    """How many new ones of each severity, and the first few by name."""
    groups = (raised[n : n + _IN_QUERY] for n in range(0, len(raised), _IN_QUERY))
    rows = [row for group in groups for row in _new(session, group)]
    if not rows:
        return [_("No new findings.")]
    counted = Counter(severity for severity, _code, _name in rows)
    parts = [f"{label(s, lang)} {counted[s]}" for s in Severity if counted[s]]
    order = list(Severity)
    first = sorted(rows, key=lambda row: (order.index(row[0]), row[1]))[:_NAMED]
    named = [f"{_harmless(name)} {_called(code, lang)}".strip() for _severity, code, name in first]
    more = _(" and {count} more").format(count=len(rows) - _NAMED) if len(rows) > _NAMED else ""
    return [
        _("New findings: {parts}").format(parts=_(", ").join(parts)),
        *(f"· {name}" for name in named[:-1]),
        f"· {named[-1]}{more}",
    ]


def _harmless(name: str | None) -> str:
    return one_line(without_numbers(name or ""))


def _called(code: str, lang: str) -> str:
    return CODES[code].zh if lang == Lang.ZH else CODES[code].en


def _new(session: Session, uids: Sequence[str]) -> list[tuple[Severity, str, str | None]]:
    query = (
        select(Finding.severity, Finding.code, Account.name)
        .join(Account, Account.id == Finding.account_id, isouter=True)
        .where(Finding.uid.in_(uids))
        .order_by(Finding.id)
    )
    return [(severity, code, name) for severity, code, name in session.execute(query)]


def _next(told: SweepJudgement, figures: RunFigures) -> str:
    if figures.planned > figures.done:
        return _RESUME
    if figures.limited:
        return "taizhang sweep run"
    return "taizhang finding list" if told.settled.raised else "taizhang sweep list"
