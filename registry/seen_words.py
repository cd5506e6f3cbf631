"""What an observation keeps beside its posts, in words: of a website, of ids shown, of hints.

Reads the stored facts; outside text is left as it is, whoever prints makes it safe.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from registry.dates import shanghai_date
from registry.findings.facts import FactRow
from registry.findings.words import caution, entries
from registry.messages import _, language
from registry.vocab import Outcome, Reason, SiteMark, SitePart, label


def seen_rows(facts: Mapping[str, Any]) -> tuple[FactRow, ...]:
    """The rows of one observation; none when it kept nothing but the posts of its only source."""
    return tuple(FactRow("", *row) for row in _rows(facts))


def _rows(facts: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    tries = facts.get("sources") or ()
    if len(tries) > 1:
        for tried in tries:
            yield _("source tried"), _tried(tried)
    for scheme, value in (facts.get("identifiers") or {}).items():
        yield _("id shown"), f"{scheme}:{value}"
    site = facts.get("site")
    if isinstance(site, Mapping):
        yield from _site(site)
    for hint in facts.get("hints") or ():
        told = entries("hints", [hint]) or []
        yield _("hint"), " ".join(
            filter(None, [*told, hint.get("where", ""), hint.get("snippet", "")])
        )
    if facts.get("hints"):
        yield _("please note"), caution(facts["hints"])


def _tried(tried: Mapping[str, Any]) -> str:
    """A source with how looking through it ended: the reason, where it told nothing."""
    reason = tried.get("reason")
    ended = label(Reason(reason) if reason else Outcome(tried["outcome"]), language())
    return " ".join(filter(None, [tried["source"], ended, tried.get("detail", "")]))


def _site(site: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    parts = [label(SitePart(part), language()) for part in site.get("looked_at", ())]
    yield _("looked at"), parts
    if site.get("opened") is not None:
        opened = _("it opened") if site["opened"] else _("it did not open")
        why = entries("reasons", [site["why"]] if site.get("why") else []) or []
        yield _("home page"), " ".join([opened, *why])
    for column in site.get("columns", ()):
        yield _("column"), _column(column)
    for mark, text in (site.get("marks") or {}).items():
        yield label(SiteMark(mark), language()), text or _("there")
    for link in entries("hidden", site.get("hidden", [])) or ():
        yield _("hidden link"), link
    for date in site.get("doubtful", ()):
        day = shanghai_date(datetime.fromisoformat(date["printed"]))
        told = entries("articles", [{**date, "printed_day": day}]) or []
        against = entries("evidence", [{"text": date["evidence"], "at": date["contradicted_by"]}])
        yield _("date contradicted"), " ".join([*told, *(against or [])])


def _column(column: Mapping[str, Any]) -> str:
    newest = column.get("newest")
    day = shanghai_date(datetime.fromisoformat(newest)).isoformat() if newest else _("no date")
    told = entries("columns", [{**column, "newest_day": day}]) or [""]
    count = column.get("entries")
    return told[0] if count is None else _("{column}, entries: {n}").format(column=told[0], n=count)
