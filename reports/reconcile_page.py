"""A reconciling as one page to read, mail or print, and as an object for programs. The page needs
nothing else: no script, no picture, nothing fetched; everything from outside is escaped.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import groupby
from typing import Any

from registry.findings.differences import Difference, Reconciliation, ReviewPair, Side
from registry.messages import _, language
from registry.vocab import BLOCKING_CODES, CODES, Severity, code_title
from reports.cells import shown
from reports.fields import field_title
from reports.marks import marks
from reports.reconcile_book import NEW, coverage_rows, question, review_words
from reports.reconcile_words import (
    act_title,
    bands,
    export_words,
    list_words,
    not_compared,
    pair_bands,
    stopping_words,
    upload_tone,
)
from reports.templating import rendered

MOST = 200
"""Rows of one code on the page; the workbook has them all."""

_NAMING = ("name", "identifier", "url", "state", "national_code", "found_where", "seen_at")
_PAIR = ("host_unit", "name", "identifier", "url", "national_code", "row", "found_where")


@dataclass(frozen=True, slots=True)
class Line:
    """One field of both sides as printed."""

    title: str
    ledger: str
    outside: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Matter:
    """One difference, or one pair to decide."""

    number: int
    unit: str
    platform: str
    name: str
    lines: tuple[Line, ...]
    why: str
    what: str
    basis: str = ""
    deadline: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The differences of one code."""

    code: str
    title: str
    severity: Severity
    blocks: bool
    count: int
    bands: tuple[str, str]
    matters: tuple[Matter, ...]

    @property
    def more(self) -> int:
        """How many are in the workbook only."""
        return self.count - len(self.matters)


def render_reconcile_page(result: Reconciliation, *, platform: Callable[[str], str]) -> str:
    """The page as HTML. `platform` gives a platform's printed name."""
    groups = [
        _group(code, list(found), result, platform)
        for code, found in groupby(result.differences, key=lambda d: d.code)
    ]
    pairs = [_pair(n, pair, platform) for n, pair in enumerate(result.review[:MOST], start=1)]
    return rendered(
        "reconcile.html",
        {},
        office=result.office,
        result=result,
        groups=groups,
        pairs=pairs,
        pair_bands=pair_bands(result.review),
        coverage=list(_coverage(result)),
        uploads=_uploads(result),
        tone=upload_tone(result),
        stopping=("" if result.compared else not_compared()) + stopping_words(result),
        export=export_words(result),
    )


def _group(
    code: str, found: Sequence[Difference], result: Reconciliation, platform: Callable[[str], str]
) -> Group:
    return Group(
        code,
        code_title(code, language()),
        found[0].severity or CODES[code].severity,
        code in BLOCKING_CODES,
        len(found),
        bands(code),
        tuple(_matter(n, each, result, platform) for n, each in enumerate(found[:MOST], start=1)),
    )


def _matter(
    number: int, found: Difference, result: Reconciliation, platform: Callable[[str], str]
) -> Matter:
    side = found.ledger or found.outside
    marked = frozenset().union(*marks(found))
    shown_first = sorted(marked - set(found.fields))
    names = dict.fromkeys([*found.fields, *shown_first, *_NAMING])
    lines = _lines(found.ledger, found.outside, names, marked)
    return Matter(
        number,
        found.responsible,
        _platform(side, platform),
        str(side.get("name", "")),
        lines,
        found.note,
        found.action,
        found.basis,
        found.deadline.isoformat() if found.deadline else "",
        review_words(result.standings.get(found.identity, NEW)),
    )


def _pair(number: int, pair: ReviewPair, platform: Callable[[str], str]) -> Matter:
    differing = [
        name
        for name in _PAIR
        if pair.ledger.get(name) and pair.outside.get(name)
        if pair.ledger[name] != pair.outside[name]
    ]
    return Matter(
        number,
        pair.responsible,
        _platform(pair.ledger or pair.outside, platform),
        str(pair.ledger.get("name", "")),
        (
            Line(_("Compared with"), "", list_words(pair), False),
            *_lines(pair.ledger, pair.outside, _PAIR, differing),
        ),
        pair.why,
        question(pair.kind),
        pair.basis,
        pair.deadline.isoformat() if pair.deadline else "",
    )


def _lines(
    ledger: Side,
    outside: Side,
    names: Sequence[str] | Mapping[str, None],
    differing: Collection[str],
) -> tuple[Line, ...]:
    """The fields that either side fills, those that differ marked."""
    lang = language().value
    return tuple(
        Line(
            field_title(name),
            shown(ledger.get(name), lang),
            shown(outside.get(name), lang),
            name in differing,
        )
        for name in names
        if _filled(ledger.get(name)) or _filled(outside.get(name))
    )


def _filled(value: Any) -> bool:
    return value is not None and value != ""


def _platform(side: Side, platform: Callable[[str], str]) -> str:
    name = str(side.get("platform") or "")
    return platform(name) if name else ""


def _coverage(result: Reconciliation) -> Sequence[tuple[str, str, str]]:
    """Title, figure, note."""
    plain = [
        [getattr(cell, "value", cell) for cell in row] for row in coverage_rows(result.coverage)
    ]
    return [(str(row[0]), str(row[1]), str(row[4])) for row in plain[1:]]


def _uploads(result: Reconciliation) -> list[tuple[str, int]]:
    acts = [row.act for row in result.upload_rows]
    return [(act_title(act), acts.count(act)) for act in dict.fromkeys(acts)]


def reconciliation_object(result: Reconciliation, files: Sequence[str]) -> dict[str, Any]:
    """Everything found and planned, for programs: counts first, then each row. Integer keys of the
    database are not in it."""
    return {
        "at": result.at,
        "registry_uid": result.registry_uid,
        "snapshot_uid": result.snapshot_uid,
        "export": result.export,
        "counts": result.counts,
        "review": len(result.review),
        "upload_rows": len(result.upload_rows),
        "held": len(result.held),
        "blocking": result.blocking,
        "stopping": result.stopping,
        "coverage": result.coverage,
        "changes": _changes(result),
        "files": list(files),
        "differences": [_difference(each, result) for each in result.differences],
        "pairs": [_review(pair) for pair in result.review],
        "uploads": result.upload_rows,
        "held_accounts": result.held,
        "unread": result.unread,
        "earlier": [_difference(each, result) for each in result.earlier],
    }


def _review(pair: ReviewPair) -> dict[str, Any]:
    told = {each.name: getattr(pair, each.name) for each in fields(pair)}
    return {**told, "command": pair.command}


def _changes(result: Reconciliation) -> dict[str, Any] | None:
    """What became of the national system's rows; None without an earlier export."""
    told = result.changes
    if told is None:
        return None
    return {
        "came": told.came,
        "went": told.went,
        "resumed": told.resumed,
        "unidentified": told.unidentified,
        "changed": told.changed,
    }


_TOLD = (
    "code",
    "subject_kind",
    "subject_uid",
    "discriminator",
    "ledger",
    "outside",
    "fields",
    "action",
    "responsible",
    "basis",
    "deadline",
    "note",
    "suggested",
    "observation_uids",
)


def _difference(found: Difference, result: Reconciliation) -> dict[str, Any]:
    standing = result.standings.get(found.identity, NEW)
    return {
        **{name: getattr(found, name) for name in _TOLD},
        "accounts": found.accounts,
        "suggested_account": _suggested_account(found),
        "severity": found.severity or CODES[found.code].severity,
        "finding_uid": standing.finding_uid,
        "standing": standing.review,
        "waived_until": standing.waived_until,
    }


def _suggested_account(found: Difference) -> dict[str, Any] | None:
    """Of several accounts the one that is suggested to be kept, which the ledger's side is."""
    if not (found.keeps_first and found.accounts):
        return None
    return {"uid": found.accounts[0], "name": found.ledger.get("name", "")}
