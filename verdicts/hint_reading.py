"""Kept hints read from the tables, for accounts that have any or had some that are still open."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from registry.bulk import chunks
from registry.models import Finding, Observation, table_of
from registry.vocab import HintKind, Outcome
from verdicts.hints import HINT_CODES, Hinted, PlaceJudgement, TextLook, judge_texts
from verdicts.points import Point

_FINDING = table_of(Finding).c
_LOOK = table_of(Observation).c


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
        rows = session.execute(
            select(
                _LOOK.account_id,
                _LOOK.uid,
                _LOOK.observed_at,
                _LOOK.facts,
            )
            .where(_LOOK.account_id.in_(some), *when)
            .order_by(_LOOK.account_id, _LOOK.observed_at, _LOOK.id)
            .execution_options(yield_per=500)
        )
        for account, group in groupby(rows, key=lambda row: row[0]):
            looks = [text_look(uid, at, facts) for _account, uid, at, facts in group]
            yield JudgedText(account, tuple(judge_texts(looks)))


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
