"""Hints in published text, place by place: CT601 for numbers of persons, CT602 for misprints.

A machine points at them and decides nothing. A place that was not read again stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registry.vocab import HintKind

HINT_CODES = ("CT601", "CT602")


@dataclass(frozen=True, slots=True)
class Hinted:
    """One hit, as it was kept: nothing of it is the number itself."""

    kind: HintKind
    masked: str
    where: str
    snippet: str = ""

    @property
    def code(self) -> str:
        return "CT602" if self.kind is HintKind.MISPRINT else "CT601"


@dataclass(frozen=True, slots=True)
class TextLook:
    """One look at an account's texts."""

    uid: str
    at: datetime
    places: frozenset[str] = frozenset()
    """Where texts were looked through, hits or none."""
    hits: tuple[Hinted, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceJudgement:
    """One code at one place: what is hinted at, or that nothing is any more."""

    code: str
    where: str
    hits: tuple[Hinted, ...] = ()
    proof: tuple[str, ...] = ()

    @property
    def matter(self) -> dict[str, Any]:
        """What was found; a hint dismissed comes back only when this changes."""
        found = sorted({(hit.kind, hit.masked) for hit in self.hits})
        return {"hints": [{"kind": kind, "masked": masked} for kind, masked in found]}

    @property
    def figures(self) -> dict[str, Any]:
        """Where it stands and between which words, starred."""
        around = dict.fromkeys(hit.snippet for hit in self.hits if hit.snippet)
        return {"where": self.where, "snippets": list(around)}


def judge_texts(looks: Sequence[TextLook]) -> list[PlaceJudgement]:
    """Both codes of every place that any of the looks read; of each place the last look counts."""
    last: dict[str, TextLook] = {}
    for look in sorted(looks, key=lambda look: (look.at, look.uid)):
        places = {*look.places, *(hit.where for hit in look.hits)}
        last.update(dict.fromkeys(sorted(places), look))
    return [_judged(code, where, last[where]) for where in last for code in HINT_CODES]


@dataclass(frozen=True, slots=True)
class Listed:
    """A post in which something was hinted at, as a list had it."""

    code: str
    where: str
    title: str
    published_at: datetime
    seen_at: datetime
    list: tuple[str, str]
    """Kind of check and source: other sources have other addresses for the same post."""


@dataclass(frozen=True, slots=True)
class ListLook:
    """One look at an account's list of posts."""

    uid: str
    at: datetime
    list: tuple[str, str]
    since: datetime | None
    """UTC; every post published behind this moment is in it. None: any post may be missing."""
    until: datetime | None
    """UTC; it knows nothing of posts from here on."""
    shown: frozenset[str]
    """Addresses and titles of all that is listed."""

    def lacks(self, post: Listed) -> bool:
        """True when the post would have to be in it and is not: it was deleted."""
        known = self.since is not None and self.since < post.published_at
        if self.until and post.published_at >= self.until:
            known = False
        if not known or self.list != post.list:
            return False
        return post.where not in self.shown and post.title not in self.shown


def judge_deleted(posts: Sequence[Listed], looks: Sequence[ListLook]) -> list[PlaceJudgement]:
    """That nothing is hinted at any more in posts that a list lacks though it reaches behind them."""
    seen, found = dict[tuple[str, str], datetime](), dict[tuple[str, str], PlaceJudgement]()
    for post in posts:
        key = (post.code, post.where)
        seen[key] = max(post.seen_at, seen.get(key, post.seen_at))
    for post in posts:
        key = (post.code, post.where)
        proof = [look.uid for look in looks if look.at > seen[key] and look.lacks(post)]
        if proof:
            found[key] = PlaceJudgement(*key, (), (proof[-1],))
    return list(found.values())


def _judged(code: str, where: str, look: TextLook) -> PlaceJudgement:
    hits = tuple(hit for hit in look.hits if hit.where == where and hit.code == code)
    return PlaceJudgement(code, where, hits, (look.uid,))
