"""Why two are, or are not, taken for one account, on a terminal or as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from registry.messages import _
from reports.card import Section, write_card
from reports.fields import field_title
from reports.listing import Column

_ANSWERS: Mapping[str, Callable[[], str]] = {
    "same": lambda: _("one account"),
    "not_same": lambda: _("two"),
    "undecided": lambda: _("may be one account: a person decides"),
}
_SPEAKS: Mapping[str, Callable[[], str]] = {
    "for": lambda: _("speaks for it"),
    "against": lambda: _("speaks against it"),
    "nothing": lambda: _("says nothing"),
}


def write_explanation(found: Any, format: str = "table", output: Path | str | None = None) -> None:
    """Put out an explanation (`reconcilers.explaining.Explanation`)."""
    fields = [
        Column("answer", _("Answer"), shown=lambda value: _ANSWERS[value]()),
        Column("why", _("Because")),
        Column("left_key", _("First")),
        Column("right_key", _("Second")),
    ]
    write_card(found, fields, [_compared(), _decisions()], format, output)


def _compared() -> Section:
    columns = [
        Column("key", _("Compared"), shown=_key),
        Column("left", _("First")),
        Column("right", _("Second")),
        Column("speaks", _("It says"), shown=lambda value: _SPEAKS[value]()),
        Column("score", _("Likeness (100 = equal)"), right=True),
    ]
    return Section("compared", _("Keys, the surest first"), columns)


def _decisions() -> Section:
    columns = [
        Column("kind", _("Decision")),
        Column("at", _("When")),
        Column("actor", _("Who")),
        Column("reason", _("Reason")),
    ]
    return Section("decisions", _("Decisions, the newest last"), columns)


def _key(key: str) -> str:
    field, _colon, scheme = key.partition(":")
    return " ".join(filter(None, (field_title(field), scheme)))
