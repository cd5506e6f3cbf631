"""All limits that an office may set, under their names: those of filings and those of differences.

What none of its people has set is the beginning that the program comes with, with its source.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from reconcilers.deadlines import PAIR, TERMS, Term
from registry.errors import NotFound, Refused
from registry.filings.jurisdictions import (
    LIMITS,
    SOURCES,
    STEP_LIMIT,
    STEP_SOURCE,
    for_unit,
    steps,
)
from registry.filings.limits import (
    LONGEST,
    SHORTEST,
    last_set,
    limit_of,
    set_limits,
    step_names,
)
from registry.filings.due import level_name
from registry.history.writing import Act
from registry.messages import _, language
from registry.models import Jurisdiction
from registry.text import fold_width
from registry.vocab import code_title


@dataclass(frozen=True, slots=True)
class LimitRow:
    """One limit as it holds."""

    name: str
    """By which it is set: `notice`, `approve-1`, a finding code, `pair`."""
    title: str
    days: int | None
    """None where there is none, so that nothing can be late."""
    unit: str
    """What `days` counts: always `working_day`."""
    basis: str
    since: date | None
    """The day in Shanghai on which a person set it; None: as the program came."""
    actor: str
    reason: str


def limits(session: Session) -> list[LimitRow]:
    """The limits of this registry's office: filings first, then differences by their code."""
    rules = for_unit(session, None)
    done = last_set(session, rules)
    rows = []
    for name, title in _titles(rules).items():
        default = _default(name, rules)
        days = limit_of(rules, name)
        if days is None and name in TERMS:
            days = TERMS[name].days
        last = done.get(name)
        as_it_came = default is not None and default.days == days
        basis = last.basis if last else default.source if default and as_it_came else ""
        by, why = (last.actor, last.reason) if last else ("", "")
        since = last.since if last else None
        rows.append(LimitRow(name, title, days, "working_day", basis, since, by, why))
    return rows


def change(
    session: Session, given: Sequence[str], *, act: Act, effective_on: date, basis: str = ""
) -> list[LimitRow]:
    """Set the limits written as `NAME=DAYS` and return them as they now hold.

    Raises Refused for what cannot be read, and NotFound, naming all there are, for a name that
    there is not; nothing is set then.
    """
    rules = for_unit(session, None)
    if rules is None:
        raise Refused(
            _("This registry has no office whose limits could be set."),
            _("Name it when you make the registry: `taizhang init --jurisdiction UNIT`."),
        )
    if not act.reason.strip():
        raise Refused(
            _("A limit is not changed without a reason."), _("Add --reason with the reason.")
        )
    wanted = _wanted(given, _titles(rules))
    set_limits(session, rules, wanted, act=act, effective_on=effective_on, basis=basis)
    return [row for row in limits(session) if row.name in wanted]


def _wanted(given: Sequence[str], titles: Mapping[str, str]) -> dict[str, int]:
    """Working days by name."""
    by_word = {word: name for name, title in titles.items() for word in (title, name.lower())}
    wanted: dict[str, int] = {}
    for text in given:
        word, sign, days = (part.strip() for part in fold_width(text).partition("="))
        if not sign:
            raise Refused(
                _("{text} sets no limit.").format(text=text),
                _("Write the name and the working days: {example}.").format(example="RC304=8"),
            )
        name = by_word.get(word) or by_word.get(word.lower())
        if name is None:
            known = _(", ").join(f"{each} {title}" for each, title in titles.items())
            raise NotFound(
                _("There is no limit called {name}.").format(name=word),
                _("These can be set: {names}.").format(names=known),
            )
        if name in wanted:
            raise Refused(_("{name} is given twice.").format(name=name))
        wanted[name] = _days(name, days)
    return wanted


def _days(name: str, text: str) -> int:
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0
    if not SHORTEST <= number <= LONGEST:
        raise Refused(
            _("The limit {name} cannot be {days}.").format(name=name, days=text or "“”"),
            _("Write a whole number of working days from {first} to {last}.").format(
                first=SHORTEST, last=LONGEST
            ),
        )
    return number


def _titles(rules: Jurisdiction | None) -> dict[str, str]:
    """Every name that can be set, with its title in the user's language."""
    approval = dict(zip(step_names(rules), steps(rules), strict=False))
    of_steps = {
        name: _("Approval step {number} ({level})").format(
            number=number, level=level_name(step.level)
        )
        for number, (name, step) in enumerate(approval.items(), 1)
    }
    of_filings = {
        "notice": _("Public notice of a stop, at least"),
        "cancel": _("Reporting a cancellation"),
        "complete": _("Completing an approved filing"),
    }
    codes = {name: code_title(name, language()) for name in sorted(TERMS) if name != PAIR}
    return {**of_steps, **of_filings, **codes, PAIR: _("A pair that waits for a person")}


def _default(name: str, rules: Jurisdiction | None) -> Term | None:
    """What the program comes with; the limits of filings are seeded with the office."""
    if name in step_names(rules):
        return Term(STEP_LIMIT, STEP_SOURCE)
    return Term(LIMITS[name], SOURCES[name]) if name in LIMITS else TERMS.get(name)
