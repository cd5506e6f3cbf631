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
from registry.models import Finding, Observation
from registry.vocab import HintKind, Outcome
from verdicts.hints import HINT_CODES, Hinted, PlaceJudgement, TextLook, judge_texts
from verdicts.points import Point


@dataclass(frozen=True, slots=True)
class JudgedText:
    """What is hinted at in the texts of one account."""

    account_id: int
    places: tuple[PlaceJudgement, ...]


def judge_hints(session: Session, point: Point, keys: Collection[int]) -> Iterator[JudgedText]:
    """The texts of accounts (by key) read between the time point and the next."""
    when = _when(point)
    wanted = sorted({*_hinted(session, when), *_open(session)} & set(keys))
    for some in chunks(wanted):
        rows = session.execute(
            select(
                Observation.account_id,
                Observation.uid,
                Observation.observed_at,
                Observation.facts,
            )
            .where(Observation.account_id.in_(some), *when)
            .order_by(Observation.account_id, Observation.observed_at, Observation.id)
            .execution_options(yield_per=500)
        )
        for account, group in groupby(rows, key=lambda row: row[0]):
            looks = [text_look(uid, at, facts) for _account, uid, at, facts in group]
            yield JudgedText(account, tuple(judge_texts(looks)))


def _when(point: Point) -> list[ColumnElement[bool]]:
    read = [Observation.outcome == Outcome.READ, Observation.observed_at >= point.at]
    return read + ([Observation.observed_at < point.until] if point.until is not None else [])


def _hinted(session: Session, when: list[ColumnElement[bool]]) -> Iterator[int]:
    kept = Observation.facts["hints"][0]["kind"].as_string()
    return iter(session.scalars(select(Observation.account_id).where(*when, kept.is_not(None))))


def _open(session: Session) -> Iterator[int]:
    """Accounts with a running hint: a text read again without it ends it."""
    query = select(Finding.account_id).where(
        Finding.code.in_(HINT_CODES), Finding.ended_at.is_(None)
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
