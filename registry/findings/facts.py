"""The facts of a finding under printed names, for people. The stored keys stay as they are; a key
that nobody has named is printed as it stands, so that nothing is hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from registry.findings.words import caution, entries
from registry.messages import _, language
from registry.vocab import (
    WEBSITE,
    AccountState,
    Existence,
    NationalState,
    Precision,
    Reason,
    UnitStatus,
    Verdict,
    label,
    link_signal,
)

_NAMES: Mapping[str, Callable[[], str]] = {
    "newest_day": lambda: _("day of the newest post"),
    "older_unread": lambda: _("earlier posts are not known"),
    "newest_at": lambda: _("time of the newest post"),
    "days": lambda: _("days up to the time point"),
    "precision": lambda: _("known to the"),
    "opened_on": lambda: _("opened on"),
    "time_point": lambda: _("time point"),
    "window_days": lambda: _("limit in days"),
    "edge": lambda: _("last day of the limit"),
    "within_edge": lambda: _("close to the limit"),
    "path": lambda: _("menu path"),
    "label": lambda: _("menu name"),
    "url": lambda: _("address"),
    "appid": lambda: _("mini-program"),
    "page": lambda: _("page"),
    "status": lambda: _("HTTP status"),
    "final_url": lambda: _("leads to"),
    "signal": lambda: _("the platform says"),
    "failure": lambda: _("failure"),
    "certificate_expired_at": lambda: _("certificate expired"),
    "tried_at": lambda: _("tried at"),
    "what": lambda: _("what was found"),
    "note": lambda: _("note"),
    "fields": lambda: _("differs in"),
    "host_unit": lambda: _("host unit"),
    "platform": lambda: _("platform"),
    "form": lambda: _("form"),
    "name": lambda: _("account name"),
    "identifier": lambda: _("platform id"),
    "verified_subject": lambda: _("verified subject"),
    "supervising_unit": lambda: _("supervising unit"),
    "host_level": lambda: _("level of the host unit"),
    "region_code": lambda: _("region code"),
    "state": lambda: _("state"),
    "seen_at": lambda: _("seen at"),
    "missing_since_at": lambda: _("not to be had since"),
    "found_where": lambda: _("found through"),
    "effective_on": lambda: _("in effect from"),
    "notice_url": lambda: _("link of the notice"),
    "verdict": lambda: _("verdict"),
    "existence": lambda: _("on the platform"),
    "stopped_on": lambda: _("stopped on"),
    "national_code": lambda: _("national code"),
    "row": lambda: _("row in the export"),
    "unit_status": lambda: _("state of the unit"),
    "samples": lambda: _("visits"),
    "failed": lambda: _("did not open"),
    "failed_percent": lambda: _("share that did not open (%)"),
    "sample_days": lambda: _("days of visits"),
    "first_failed_at": lambda: _("first did not open"),
    "last_failed_at": lambda: _("last did not open"),
    "reasons": lambda: _("why it did not open"),
    "columns": lambda: _("columns not updated"),
    "columns_stale": lambda: _("number of columns not updated"),
    "columns_seen": lambda: _("columns looked at"),
    "columns_undated": lambda: _("columns without a date to be told"),
    "limit": lambda: _("a fault from"),
    "empty_columns": lambda: _("empty columns"),
    "columns_empty": lambda: _("number of empty columns"),
    "hosts": lambda: _("leads to hosts"),
    "hidden": lambda: _("hidden links"),
    "count": lambda: _("number"),
    "missing": lambda: _("marks missing"),
    "articles": lambda: _("pages with that date"),
    "evidence": lambda: _("what contradicts it"),
    "hints": lambda: _("hint"),
    "where": lambda: _("place"),
    "snippets": lambda: _("text, masked"),
    "unseen_since_at": lambda: _("not there any more since"),
}
_MEANINGS: Mapping[str, tuple[type[StrEnum], ...]] = {
    "state": (AccountState, NationalState),
    "verdict": (Verdict,),
    "existence": (Existence,),
    "precision": (Precision,),
    "failure": (Reason,),
    "unit_status": (UnitStatus,),
}


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact for people."""

    side: str
    """Of a difference: which of both sides says it; empty otherwise."""
    name: str
    value: Any


_OF_SITES: Mapping[str, Callable[[], str]] = {
    "path": lambda: _("place of the link"),
    "label": lambda: _("text of the link"),
}
"""What has another name in the facts of a website, which has no menu."""


def fact_rows(
    facts: Mapping[str, Any], platform: Callable[[str], str] = str, of: str = ""
) -> list[FactRow]:
    """The facts with printed names and values, without the empty ones; moments are aware.

    `platform` gives the printed name of a platform; `of`: that of the account they are about.
    """
    own = {key: name() for key, name in _OF_SITES.items()} if of == WEBSITE else {}
    sides = {"ledger": _("ledger"), "outside": _("seen")}
    rows: list[FactRow] = []
    plain: dict[str, Any] = {}
    for key, value in facts.items():
        if key in sides and isinstance(value, Mapping):
            rows += [FactRow(sides[key], *pair) for pair in _pairs(value, platform, own)]
        else:
            plain[key] = value
    return rows + [FactRow("", *pair) for pair in _pairs(plain, platform, own)]


def _pairs(
    facts: Mapping[str, Any], platform: Callable[[str], str], own: Mapping[str, str]
) -> Iterator[tuple[str, Any]]:
    for key, value in facts.items():
        if value is None or value == "" or value == []:
            continue
        if key == "status" and value == 0:  # the link was not opened by a machine
            continue
        if key == "newest_at" and facts.get("precision") == Precision.DAY:  # the day says it all
            continue
        yield own.get(key) or fact_name(key), _value(key, value, platform)
        if key == "hints" and isinstance(value, list):
            yield _("please note"), caution(value)


def fact_name(key: str) -> str:
    """The printed name of a fact; its key where it has none."""
    return _NAMES[key]() if key in _NAMES else key


def _value(key: str, value: Any, platform: Callable[[str], str]) -> Any:
    if key == "platform":
        return platform(str(value))
    if key == "signal":
        return link_signal(str(value), language())
    if key == "edge":
        return _("passes") if value == "pass" else _("fails")
    told = entries(key, value)
    if told is not None:
        return told
    if key == "fields" and isinstance(value, list):
        return [fact_name(str(field)) for field in value]
    for kind in _MEANINGS.get(key, ()):
        if value in {member.value for member in kind}:
            return label(kind(value), language())
    if key.endswith("_at") or key == "time_point":
        return _moment(value)
    return value


def _moment(value: Any) -> Any:
    """The moment that history keeps as text; what is none stays as it is."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return value
    return found if found.tzinfo else value
