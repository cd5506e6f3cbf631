"""How a check ended, as rows: the columns of `observation` and of its `link_result`s.

Everything that came from outside is cleaned here: what a database cannot hold (NUL, lone
surrogates, over-long names) and what it must not (secrets).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from checkers.base import Facts, Link, LinkFact, Post
from checkers.hints import masked
from registry.bulk import chunks, insert_columns, insert_rows
from registry.misprints import Misprints
from registry.models import LinkResult, Observation, table_of
from registry.uids import new_packed_uids, uid_text
from registry.vocab import MOST_POSTS, CheckKind, LinkKind, Outcome, Reason
from sweeps.driving.course import Result
from sweeps.hinting import hints_of
from sweeps.network.credentials import Redactor
from sweeps.planning.slow_first import KEY, slow_answers
from sweeps.site_writing import stored_site

_LINK_DEFAULTS: Mapping[str, Any] = {
    **dict.fromkeys(("path", "label"), ""),
    "kind": LinkKind.URL,
    **dict.fromkeys(("url", "appid", "page"), ""),
    "status": 0,
    **dict.fromkeys(("final_url", "signal"), ""),
    "failure": None,
    "detail": "",
    "certificate_expired_at": None,
    "hops": [],
}


COLUMNS = (
    *("observed_at", "outcome", "reason", "detail", "source", "existence", "signal"),
    *("last_post_at", "last_post_precision", "last_post_derived"),
    *("coverage", "covered_since", "covered_until", "display_name", "verified_subject"),
    *("facts", "records"),
)
"""What a look came to, in the order in which it is written."""


@dataclass(frozen=True, slots=True)
class Row:
    """A finished check, ready to be stored: `columns` holds all of `COLUMNS`."""

    account_id: int
    kind: CheckKind
    ordinal: int
    columns: Mapping[str, Any]
    links: tuple[Mapping[str, Any], ...] = ()

    @property
    def outcome(self) -> Outcome:
        return Outcome(self.columns["outcome"])

    @property
    def reason(self) -> Reason | None:
        return self.columns["reason"]  # type: ignore[no-any-return]


def row(
    account_id: int,
    kind: CheckKind,
    ordinal: int,
    result: Result,
    now: datetime,
    red: Redactor,
    misprints: Misprints = Misprints(),
) -> Row:
    """The row of a result. Facts that cannot be stored make it CHECKER_ERROR.

    Numbers of persons in titles, labels and notes are starred; `misprints` are pointed at.
    """
    clean = _Cleaner(red, misprints)
    try:
        return _row(account_id, kind, ordinal, result, now, clean)
    except Exception as error:  # a text or number of the checker's own kind may raise anything
        broken = replace(
            result,
            outcome=Outcome.INCONCLUSIVE,
            reason=Reason.CHECKER_ERROR,
            detail=f"facts cannot be stored: {type(error).__name__}",
            facts=None,
            tries=(),
        )
        return _row(account_id, kind, ordinal, broken, now, clean)


def add_rows(session: Session, run_id: int, rows: Sequence[Row]) -> None:
    """Write the rows into the session, all by one statement, and their links by another.

    A row that was stored elsewhere before brings its uid and what else it has; others get a uid.
    """
    fresh = zip(rows, new_packed_uids(len(rows)), strict=True)
    uids: list[str | bytes] = [done.columns.get("uid") or uid for done, uid in fresh]
    # column by column: a tuple for each row would wake the collector of garbage
    columns = [done.columns for done in rows]
    insert_columns(
        session,
        Observation,
        {
            "run_id": [run_id] * len(rows),
            "uid": uids,
            "account_id": [done.account_id for done in rows],
            "kind": [done.kind for done in rows],
            "ordinal": [done.ordinal for done in rows],
            **{name: [each[name] for each in columns] for name in COLUMNS},
        },
    )
    if linked := {_text(uid): done.links for uid, done in zip(uids, rows) if done.links}:
        _add_links(session, linked)


def _text(uid: str | bytes) -> str:
    return uid if isinstance(uid, str) else uid_text(uid)


def _add_links(session: Session, linked: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """The links of observations that were just written, by uid."""
    keys: dict[str, int] = {}
    look = table_of(Observation).c
    for some in chunks(linked):
        found = select(look.uid, look.id).where(look.uid.in_(some))
        keys |= {uid: key for uid, key in session.execute(found)}
    insert_rows(
        session,
        LinkResult,
        ("observation_id", *_LINK_DEFAULTS),
        [
            (keys[uid], *({**_LINK_DEFAULTS, **link}).values())
            for uid, links in linked.items()
            for link in links
        ],
    )


def _row(
    account_id: int, kind: CheckKind, ordinal: int, result: Result, now: datetime, clean: _Cleaner
) -> Row:
    facts = result.facts or Facts()
    newest = facts.newest
    columns: dict[str, Any] = {
        "observed_at": _moment(result.observed_at or now),
        "outcome": result.outcome,
        "reason": result.reason,
        "detail": clean(result.detail, 1000),
        "source": clean(result.source, 32),
        "existence": facts.existence,
        "signal": clean(facts.signal, 1000),
        "last_post_at": _moment(newest.published_at) if newest else None,
        "last_post_precision": newest.precision if newest else None,
        "last_post_derived": newest.derived_from if newest else None,
        "coverage": facts.coverage.kind,
        "covered_since": _moment(facts.coverage.since) if facts.coverage.since else None,
        "covered_until": _moment(facts.coverage.until) if facts.coverage.until else None,
        "display_name": clean.optional(facts.display_name, 200),
        "verified_subject": clean.optional(facts.verified_subject, 200),
        "facts": _facts(facts, result, clean),
        "records": list(result.records),
    }
    links = _links(facts, clean) if result.facts and kind is CheckKind.MENU else ()
    return Row(account_id, kind, ordinal, columns, links)


def _moment(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return at.astimezone(UTC)


def _facts(facts: Facts, result: Result, clean: _Cleaner) -> dict[str, Any]:
    stored: dict[str, Any] = {"posts": [], "counters": {}, "identifiers": {}, "note": ""}
    if result.facts is not None:
        posts = sorted(facts.posts, key=lambda post: post.published_at, reverse=True)
        stored["posts"] = [_post(post, clean) for post in posts[:MOST_POSTS]]
        stored["counters"] = {clean(k, 64): int(v) for k, v in facts.counters.items()}
        stored["identifiers"] = {clean(k, 64): clean(v, 200) for k, v in facts.identifiers.items()}
        stored["note"] = clean.masked(facts.note, 1000)
        stored.update(hints_of(facts, clean.misprints, clean))
        if slow := slow_answers(facts):
            stored[KEY] = {clean(url, 4000): seconds for url, seconds in slow.items()}
        if facts.site is not None:
            stored["site"] = stored_site(facts.site, clean)
    stored["sources"] = [
        {
            "source": tried.source,
            "outcome": tried.outcome.value,
            "reason": tried.reason.value if tried.reason else None,
            "detail": clean(tried.detail, 300),
        }
        for tried in result.tries
    ]
    return stored


def _post(post: Post, clean: _Cleaner) -> dict[str, Any]:
    return {
        "at": _moment(post.published_at).isoformat(),
        "precision": post.precision.value,
        "own": bool(post.own),
        "pinned": bool(post.pinned),
        "title": clean.masked(post.title, 300),
        "url": clean(post.url, 2000),
        "derived": post.derived_from.value,
    }


def _links(facts: Facts, clean: _Cleaner) -> tuple[dict[str, Any], ...]:
    found = {(fact.url, fact.appid, fact.page): fact for fact in facts.link_facts}
    return tuple(_link(link, _fact_of(link, found), clean) for link in facts.links)


def _fact_of(link: Link, found: Mapping[tuple[str, str, str], LinkFact]) -> LinkFact | None:
    """What was found out about a link: by its mini-program page, else by its address."""
    by_page = found.get(("", link.appid, link.page)) if link.appid else None
    return by_page or (found.get((link.url, "", "")) if link.url else None)


def _link(link: Link, fact: LinkFact | None, clean: _Cleaner) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "path": clean.masked(" / ".join(link.path), 300),
        "label": clean.masked(link.label, 200),
        "kind": link.kind,
        "url": clean(link.url, 4000),
        "appid": clean(link.appid, 64),
        "page": clean(link.page, 4000),
    }
    if fact is None:
        return columns
    expired = fact.certificate_expired_at
    return columns | {
        "status": int(fact.status),
        "final_url": clean(fact.final_url, 4000),
        "signal": clean(fact.signal, 64),
        "failure": fact.failure,
        "detail": clean(fact.detail or fact.signal_text, 1000),
        "certificate_expired_at": _moment(expired) if expired else None,
        "hops": [[clean(h.url, 4000), int(h.status), clean(h.location, 4000)] for h in fact.hops],
    }


class _Cleaner:
    """Outside text as it may be stored."""

    def __init__(self, redactor: Redactor, misprints: Misprints) -> None:
        self._redactor = redactor
        self.misprints = misprints

    def __call__(self, text: str, most: int) -> str:
        if not isinstance(text, str):
            raise TypeError("text is wanted")
        if not text:
            return ""
        whole = text.replace("\0", "")
        if not whole.isascii():
            whole = whole.encode("utf-8", "replace").decode()
        return self._redactor.text(whole)[:most] if whole else ""

    def masked(self, text: str, most: int) -> str:
        """The text with numbers of persons starred, before it is cut."""
        return self(masked(text) if isinstance(text, str) else text, most)

    def optional(self, text: str | None, most: int) -> str | None:
        return None if text is None else self(text, most)
