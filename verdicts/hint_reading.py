"""Kept hints read from the tables, for accounts that have any or had some that are still open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from registry.bulk import chunks
from registry.models import Finding, Observation, table_of
from registry.vocab import MOST_POSTS, CoverageKind, HintKind, Outcome
from verdicts.hints import (
    HINT_CODES,
    Hinted,
    Listed,
    ListLook,
    PlaceJudgement,
    TextLook,
    judge_deleted,
    judge_texts,
)
from verdicts.points import Point

_FINDING = table_of(Finding).c
_LOOK = table_of(Observation).c
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class JudgedText:
    """What is hinted at in the texts of one account."""

    account_id: int
    places: tuple[PlaceJudgement, ...]


def judge_hints(session: Session, point: Point, keys: Collection[int]) -> Iterator[JudgedText]:
    """The texts of accounts (by key) read between the time point and the next."""
    session.flush()
    when = _when(point)
    wanted = sorted({*_hinted(session, when), *_open(session)} & set(keys))
    for some in chunks(wanted):
        hinted = _hinted_posts(session, some)
        rows = session.execute(
            select(
                _LOOK.account_id,
                _LOOK.uid,
                _LOOK.observed_at,
                _LOOK.facts,
                _LOOK.kind,
                _LOOK.source,
                _LOOK.coverage,
                _LOOK.covered_since,
                _LOOK.covered_until,
            )
            .where(_LOOK.account_id.in_(some), *when)
            .order_by(_LOOK.account_id, _LOOK.observed_at, _LOOK.id)
            .execution_options(yield_per=500)
        )
        for account, group in groupby(rows, key=lambda row: row[0]):
            seen = list(group)
            places = judge_texts([text_look(row.uid, row.observed_at, row.facts) for row in seen])
            read = {place.where for place in places}
            left = [post for post in hinted.get(account, ()) if post.where not in read]
            gone = judge_deleted(left, [_list_look(row) for row in seen])
            yield JudgedText(account, (*places, *gone))


_WHOLE = {CoverageKind.COMPLETE, CoverageKind.PROVEN_EMPTY}


def _list_look(row: Any) -> ListLook:
    posts = row.facts.get("posts", ())
    since = row.covered_since if row.coverage is CoverageKind.REACHES_BACK_TO else None
    if row.coverage in _WHOLE:
        since = _EVER
    if len(posts) >= MOST_POSTS and since is not None:
        since = max(since, min(datetime.fromisoformat(post["at"]) for post in posts))
    shown = {post.get(key) for post in posts for key in ("url", "title")} - {None, ""}
    listed_in = (row.kind, row.source)
    return ListLook(row.uid, row.observed_at, listed_in, since, row.covered_until, frozenset(shown))


def _hinted_posts(session: Session, accounts: Collection[int]) -> dict[int, list[Listed]]:
    """Account → the posts behind its running hints, as they were listed when they were found."""
    query = select(_FINDING.code, _FINDING.discriminator, _FINDING.observation_uids).where(
        _FINDING.account_id.in_(accounts),
        _FINDING.code.in_(HINT_CODES),
        _FINDING.ended_at.is_(None),
    )
    behind = defaultdict[str, list[tuple[str, str]]](list)
    for code, where, uids in session.execute(query):
        for uid in uids:
            behind[uid].append((code, where))
    found = defaultdict[int, list[Listed]](list)
    for some in chunks(sorted(behind)):
        columns = (_LOOK.account_id, _LOOK.uid, _LOOK.observed_at, _LOOK.kind, _LOOK.source)
        for row in session.execute(select(*columns, _LOOK.facts).where(_LOOK.uid.in_(some))):
            posts = {
                post.get("url") or post.get("title"): post for post in row.facts.get("posts", ())
            }
            found[row.account_id] += [
                Listed(
                    code,
                    where,
                    posts[where].get("title", ""),
                    datetime.fromisoformat(posts[where]["at"]),
                    row.observed_at,
                    (row.kind, row.source),
                )
                for code, where in behind[row.uid]
                if where in posts
            ]
    return found


def _when(point: Point) -> list[ColumnElement[bool]]:
    read = [_LOOK.outcome == Outcome.READ, _LOOK.observed_at >= point.at]
    return read + ([_LOOK.observed_at < point.until] if point.until is not None else [])


def _hinted(session: Session, when: list[ColumnElement[bool]]) -> Iterator[int]:
    kept = _LOOK.facts["hints"][0]["kind"].as_string()
    return iter(session.scalars(select(_LOOK.account_id).where(*when, kept.is_not(None))))


def _open(session: Session) -> Iterator[int]:
    """Accounts with a running hint: a text read again without it ends it."""
    query = select(_FINDING.account_id).where(
        _FINDING.code.in_(HINT_CODES), _FINDING.ended_at.is_(None)
    )
    return (key for key in session.scalars(query) if key is not None)


def text_look(uid: str, at: datetime, facts: Mapping[str, Any]) -> TextLook:
    """What an observation keeps of texts: the places of its posts and passages, and its hints."""
    titled = (post for post in facts.get("posts", ()) if post.get("title"))
    places = {post.get("url") or post["title"] for post in titled} | {*facts.get("scanned", ())}
    return TextLook(
        uid,
        at,
        frozenset(places),
        tuple(
            Hinted(HintKind(hint["kind"]), hint["masked"], hint["where"], hint["snippet"])
            for hint in facts.get("hints", ())
        ),
    )
