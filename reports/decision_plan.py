"""What the decisions of a workbook come to, for people: row by row, then how many of each. The rows
are handed in as they are; it decides nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from registry.messages import _, language
from registry.vocab import Choice, code_title, label
from reports.listing import Column

PAIR = "pair"
"""In place of a code: two rows that may be one account."""


class DecidedOutcome(Protocol):
    """See `reconcilers.outcomes.Outcome`."""

    @property
    def matter(self) -> str: ...
    @property
    def choice(self) -> Choice: ...
    @property
    def effect(self) -> str: ...
    @property
    def filing(self) -> str: ...


def decision_columns(platform: Callable[[str], str]) -> list[Column]:
    """The columns of the plan."""
    return [
        Column("sheet", _("Sheet"), table=False),
        Column("row", _("Row"), right=True),
        Column("matter", _("Problem"), shown=_problem),
        Column("platform", _("Platform"), shown=platform),
        Column("name", _("Account")),
        Column("choice", _("Decision"), shown=lambda choice: label(choice, language())),
        Column("effect", _("Result"), shown=lambda effect: effect_words()[effect]),
        Column("detail", _("Details")),
        Column("filing", _("Filing no.")),
    ]


def _problem(matter: str) -> str:
    if matter == PAIR:
        return _("To be decided by a person")
    return f"{matter} {code_title(matter, language())}"


def effect_words() -> Mapping[str, str]:
    """The printed word for each effect."""
    return {
        "filed": _("filing drafted"),
        "reviewed": _("finding reviewed"),
        "remembered": _("remembered"),
        "nothing": _("nothing more to do"),
    }


def _counted(outcomes: Sequence[DecidedOutcome], effect: str, count: int) -> str:
    """How many rows come to this, and how many of them by which decision."""
    choices = Counter(each.choice for each in outcomes if each.effect == effect)
    found = ((label(each, language()), choices[each]) for each in Choice if choices[each])
    parts = _(", ").join(f"{word} {n}" for word, n in found)
    return _("{what} {count} ({parts})").format(
        what=effect_words()[effect], count=count, parts=parts
    )


def decision_lines(
    outcomes: Sequence[DecidedOutcome],
    counts: Mapping[Any, int],
    idle: int,
    *,
    applied: bool,
    faulty: bool,
) -> Sequence[str]:
    """Whether anything was written, how many of each, and what to do next."""
    told = _("; ").join(_counted(outcomes, effect, n) for effect, n in counts.items() if n)
    dry = _("Trial run: nothing was written. With --apply it comes to: {told}.")
    lines = [told if applied else dry.format(told=told)] if told else []
    if not counts or not sum(counts.values()):
        lines.append(_("No decision stands in the workbook."))
    elif all(not n for effect, n in counts.items() if effect != "nothing"):
        lines.append(_("All of it is done already; nothing was written."))
    elif applied:
        if any(n for effect, n in counts.items() if effect == "filed"):
            lines.append(_("Written. Drafts are handed in with `taizhang filing submit`."))
        else:
            lines.append(_("Written."))
    elif not faulty:
        lines.append(_("To do it: the same command with --apply."))
    if idle:
        text = _("{count} rows have a remark or a day and no decision; they were passed over.")
        lines.append(text.format(count=idle))
    return lines
