"""Findings as people read them: one row each, and one in full, with what was seen in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.dates import shanghai_date
from registry.findings.acts import legal_acts
from registry.findings.facts import fact_name
from registry.findings.filings import UnderWay, filings_under_way
from registry.findings.queries import FindingQuery, effective_review, search
from registry.findings.words import leads_to, summary
from registry.messages import _, language
from registry.models import Account, Finding, FindingEvent, Unit
from registry.text import quoted
from registry.vocab import (
    AccountState,
    NationalState,
    Remedy,
    Review,
    Severity,
    UnitStatus,
    Verdict,
    code_title,
    label,
    link_signal,
)


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One finding of a list."""

    uid: str
    code: str
    title: str
    severity: Severity
    platform: str
    account: str
    account_uid: str
    unit: str
    detail: str
    """What was seen, in words."""
    discriminator: str
    review: Review
    remedy: Remedy
    due_on: date | None
    waived_until: date | None
    first_seen_at: datetime
    last_seen_at: datetime
    ended_at: datetime | None
    rule_set: str


@dataclass(frozen=True, slots=True)
class EventRow:
    """One thing that happened to a finding."""

    at: datetime
    act: str
    passed: bool | None
    """Of a recheck: its result."""
    due_on: str
    """The deadline that the act set, ISO."""
    actor: str
    note: str


@dataclass(frozen=True, slots=True)
class FindingCard:
    """One finding in full."""

    row: FindingRow
    facts: Mapping[str, Any]
    observations: tuple[str, ...]
    previous: str
    filings: tuple[UnderWay, ...]
    """Under way for its account, and what would put it right."""
    legal_acts: tuple[str, ...]
    events: tuple[EventRow, ...]


def listed(session: Session, query: FindingQuery, *, now: datetime) -> list[FindingRow]:
    """The findings that fit the query, oldest first, with names; a few queries in all."""
    return rows_for(session, search(session, query, now=now), now=now)


def rows_for(session: Session, findings: list[Finding], *, now: datetime) -> list[FindingRow]:
    """The rows of these findings, in their order."""
    accounts = {f.account_id for f in findings if f.account_id}
    units = {f.unit_id for f in findings if f.unit_id}
    named = {a.id: a for a in _by_ids(session, Account, accounts)}
    called = {u.id: u.name for u in _by_ids(session, Unit, units)}
    today = shanghai_date(now)
    return [
        _row(f, named.get(f.account_id or 0), called.get(f.unit_id or 0, ""), today)
        for f in findings
    ]


def finding_card(session: Session, finding: Finding, *, now: datetime) -> FindingCard:
    """The finding with its facts, its events and what may be done next."""
    previous = session.get(Finding, finding.previous_id) if finding.previous_id else None
    return FindingCard(
        row=rows_for(session, [finding], now=now)[0],
        facts=finding.facts,
        observations=tuple(finding.observation_uids),
        previous=previous.uid if previous else "",
        filings=filings_under_way(session, Finding.uid == finding.uid).get(finding.uid, ()),
        legal_acts=legal_acts(finding),
        events=tuple(_event(event) for event in finding.events),
    )


def _event(event: FindingEvent) -> EventRow:
    due = event.details.get("due_on") or event.details.get("until") or ""
    return EventRow(
        at=event.at,
        act=event.act,
        passed=event.details.get("passed"),
        due_on=str(due),
        actor=event.actor_name,
        note=event.note,
    )


def describe(facts: Mapping[str, Any]) -> str:
    """What was seen, in one line: the day of the last post, both sides of a difference, an
    address, the words of a person. Outside text is left as it is; whoever prints makes it safe."""
    for words in (_silence, _sides, summary, _plain_words):
        said = words(facts)
        if said:
            return said
    return ""


def _silence(facts: Mapping[str, Any]) -> str:
    if "newest_day" not in facts:
        return ""
    if facts["newest_day"] is None:
        if facts.get("older_unread"):
            return _("no post in the time looked through; what was before it is not known")
        return _("no post since it was opened")
    said = _("last post {day}").format(day=facts["newest_day"])
    days = facts.get("days")
    return said if days is None else said + _(", {days} days ago").format(days=days)


def _sides(facts: Mapping[str, Any]) -> str:
    ledger, outside = facts.get("ledger"), facts.get("outside")
    if not isinstance(ledger, Mapping) or not isinstance(outside, Mapping):
        return ""
    note = str(facts.get("note") or "")
    if not note and not (ledger and outside):
        return _one_side(outside)
    fields = [name for name in facts.get("fields") or () if outside.get(name)]
    pairs = [_differing(name, ledger.get(name), outside[name]) for name in fields]
    if not pairs and not note and ledger.get("state"):
        state = _said("state", ledger["state"])
        if outside.get("verdict"):
            pairs = [f"{state} → {_said('verdict', outside['verdict'])}"]
        elif outside.get("found_where"):
            pairs = [state, _one_side(outside)]
        elif outside.get("seen_at"):
            pairs = [f"{state} → {_seen_again(outside)}"]
        elif outside.get("unit_status"):
            status = label(UnitStatus(outside["unit_status"]), language())
            pairs = [_("{unit} ({text})").format(unit=ledger.get("host_unit", ""), text=status)]
    return _("; ").join(pairs + [note] * bool(note))


def _one_side(outside: Mapping[str, Any]) -> str:
    """What stands on one side only, and how it came to light."""
    if not outside:
        return _("there is no row of it in the national system")
    if outside.get("found_where"):
        return _("found through: {where}").format(where=outside["found_where"])
    code = outside.get("national_code")
    return _("row of the national system: {code}").format(code=quoted(code)) if code else ""


def _seen_again(outside: Mapping[str, Any]) -> str:
    """What was read of the handle of a closed account, and on which day."""
    words = _("there on {day}").format(day=_day(outside["seen_at"]))
    told = (
        (outside.get("name"), _("name {value}")),
        (outside.get("verified_subject"), _("verified as {value}")),
        (_day(outside.get("last_post_at")), _("posted on {value}")),
    )
    return _(", ").join([words, *(text.format(value=value) for value, text in told if value)])


def _day(moment: Any) -> str:
    """The Shanghai day of a stored moment; a day stays as it is."""
    text = str(moment or "")
    return shanghai_date(datetime.fromisoformat(text)).isoformat() if len(text) > 10 else text


_STATES: Mapping[str, AccountState | NationalState | Verdict] = {
    state.value: state for kind in (NationalState, Verdict, AccountState) for state in kind
}


_NAMED = frozenset({"host_level", "region_code", "supervising_unit", "form"})
"""Fields whose values do not tell of what they are."""


def _differing(name: str, own: Any, there: Any) -> str:
    """Both sides of one field in which they differ."""
    values = f"{_said(name, own)} → {_said(name, there)}"
    if name not in _NAMED:
        return values
    return _("{field}: {value}").format(field=fact_name(name), value=values)


def _said(name: str, value: Any) -> str:
    """A value of a field as people read it."""
    known = _STATES.get(str(value)) if name in {"state", "verdict"} else None
    return label(known, language()) if known else quoted(str(value or "–"))


def _plain_words(facts: Mapping[str, Any]) -> str:
    words = {key: facts.get(key) for key in ("what", "signal", "label", "url", "detail", "note")}
    words["url"] = leads_to(*(str(facts.get(key) or "") for key in ("url", "appid", "page")))
    if words["signal"]:
        words["signal"] = link_signal(str(words["signal"]), language())
    return " ".join(str(word) for word in words.values() if word)


def _row(finding: Finding, account: Account | None, unit: str, today: date) -> FindingRow:
    outside = finding.facts.get("outside") or {}
    platform = account.platform if account else str(outside.get("platform", ""))
    return FindingRow(
        uid=finding.uid,
        code=finding.code,
        title=code_title(finding.code, language(), platform),
        severity=finding.severity,
        platform=platform,
        account=account.name if account else str(outside.get("name", "")),
        account_uid=account.uid if account else "",
        unit=unit or str(outside.get("host_unit") or ""),
        detail=describe(finding.facts),
        discriminator=finding.discriminator,
        review=effective_review(finding, today),
        remedy=finding.remedy,
        due_on=finding.due_on,
        waived_until=finding.waived_until,
        first_seen_at=finding.first_seen_at,
        last_seen_at=finding.last_seen_at,
        ended_at=finding.ended_at,
        rule_set=finding.rule_set,
    )


def _by_ids(session: Session, table: Any, ids: set[int]) -> list[Any]:
    found: list[Any] = []
    wanted = sorted(ids)
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        found.extend(session.scalars(select(table).where(table.id.in_(some))))
    return found
