"""Why two are, or are not, taken for one account, on a terminal or as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from registry.messages import _
from reports.card import Section, write_card
from reports.fields import field_title, scheme_title
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


def write_explanation(
    found: Any,
    format: str = "table",
    output: Path | str | None = None,
    *,
    platform: Callable[[str], str] = str,
) -> None:
    """Put out an explanation (`reconcilers.explaining.Explanation`); the keys of both stand in the
    JSON, what a person calls and types them in the lines. `platform`: printed name of a platform.
    """
    fields = [
        Column("answer", _("Answer"), shown=lambda value: _ANSWERS[value]()),
        Column("why", _("Because")),
    ]
    if format == "json":
        fields += [Column("left_key", _("First")), Column("right_key", _("Second"))]
    fields += [
        Column("left", _("First"), shown=lambda side: called(side, platform)),
        Column("left_code", _("Type it as")),
        Column("right", _("Second"), shown=lambda side: called(side, platform)),
        Column("right_code", _("Type it as")),
    ]
    shown = found if format == "json" else replace(found, compared=_named(found.compared, platform))
    write_card(shown, fields, [_findings(), _compared(), _decisions()], format, output)


def _named(compared: Sequence[Any], platform: Callable[[str], str]) -> tuple[Any, ...]:
    """The keys compared, with platforms by their printed names."""

    def name(text: str) -> str:
        return platform(text) if text else ""

    return tuple(
        replace(one, left=name(one.left), right=name(one.right)) if one.key == "platform" else one
        for one in compared
    )


def called(side: Mapping[str, Any], platform: Callable[[str], str]) -> str:
    """One of the two as people speak of it: 新浪微博 平安青石（青石县公安局）."""
    words = (platform(str(side["platform"])), str(side.get("form") or ""), str(side["name"]))
    text = " ".join(filter(None, words))
    unit = side.get("host_unit")
    return _("{text} ({unit})").format(text=text, unit=unit) if unit else text


def _compared() -> Section:
    columns = [
        Column("key", _("Compared"), shown=_key),
        Column("left", _("First")),
        Column("right", _("Second")),
        Column("speaks", _("It says"), shown=lambda value: _SPEAKS[value]()),
        Column("score", _("Likeness (100 = equal)"), right=True),
    ]
    return Section("compared", _("Keys, the surest first"), columns)


def _findings() -> Section:
    columns = [
        Column("code", _("Code")),
        Column("title", _("Problem")),
        Column("why", _("Because")),
        Column("action", _("What to do")),
    ]
    return Section("findings", _("What reconciling finds of the two"), columns)


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
    if not scheme:
        return field_title(field)
    return _("{field} ({kind})").format(field=field_title(field), kind=scheme_title(scheme))
