"""Looks at websites read from the tables and judged site by site, as a stream.

A sample says nothing when no site at all opened in its run although several were tried: then it was
we who had no way out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, TypeVar
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session

from registry.dates import shanghai_date
from registry.models import Account, Observation, table_of
from registry.vocab import CheckKind, ColumnKind, Outcome, SiteMark, SitePart
from verdicts.points import Point
from verdicts.reading import MOST_NAMED, Subject
from verdicts.sites import Column, Doubtful, Hidden, Sample, SiteJudgement, SiteLook, judge_site

_ACCOUNT = table_of(Account).c
_LOOK = table_of(Observation).c

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class JudgedSite:
    """The judgement of one site under its account's key."""

    account_id: int
    told: SiteJudgement


def judge_sites(
    session: Session, point: Point, subjects: Mapping[int, Subject]
) -> Iterator[JudgedSite]:
    """Every site among `subjects` (by account key) of which anything was seen for this point."""
    session.flush()
    sites = {k: s for k, s in subjects.items() if point.rules.is_site(s.facts.platform)}
    if not sites:
        return
    named = _named(sites)
    samples = _grouped(session, _samples_query(session, point, named), _sample)
    looks = _grouped(session, _looks_query(point, named), _look)
    for key in sites:
        sampled, looked = samples(key), looks(key)
        if sampled or looked:
            platform = sites[key].facts.platform
            yield JudgedSite(key, judge_site(sampled, looked, point, platform))


def _named(sites: Mapping[int, Subject]) -> ColumnElement[bool]:
    """The condition that an observation is of one of these accounts, or of one like them."""
    if len(sites) <= MOST_NAMED:
        return _LOOK.account_id.in_(list(sites))
    platforms = {subject.facts.platform for subject in sites.values()}
    alike = select(_ACCOUNT.id).where(_ACCOUNT.platform.in_(sorted(platforms)))
    return _LOOK.account_id.in_(alike)


def _grouped(
    session: Session, query: Select[Any], made: Callable[[Any], _T]
) -> Callable[[int], list[_T]]:
    """What a query ordered by account says of each account, asked for in that order."""
    rows = session.execute(query.execution_options(yield_per=2000))
    groups = ((key, [made(row) for row in group]) for key, group in groupby(rows, lambda r: r[0]))
    ahead = next(groups, None)

    def of(key: int) -> list[_T]:
        nonlocal ahead
        while ahead is not None and ahead[0] < key:
            ahead = next(groups, None)
        return ahead[1] if ahead is not None and ahead[0] == key else []

    return of


# --- samples ------------------------------------------------------------------------------------


def _samples_query(session: Session, point: Point, named: ColumnElement[bool]) -> Select[Any]:
    opened, why = _stored("opened").as_boolean(), _stored("why").as_string()
    week = _week(point)
    query = select(_LOOK.account_id, _LOOK.observed_at, opened, _LOOK.uid, why).where(
        named, _sampled(), *week, opened.is_not(None)
    )
    void = _runs_without_a_way_out(session, week)
    if void:
        query = query.where(_LOOK.run_id.not_in(void))
    return query.order_by(_LOOK.account_id, _LOOK.observed_at, _LOOK.id)


def _week(point: Point) -> tuple[ColumnElement[bool], ...]:
    days = point.rules.figure("SITE-2", "week_days") or 0
    since = point.at - timedelta(days=days)
    return _LOOK.observed_at > since, _LOOK.observed_at <= point.at


def _sampled() -> ColumnElement[bool]:
    return and_(_LOOK.kind == CheckKind.SITE, _LOOK.outcome == Outcome.READ)


def _stored(name: str) -> Any:
    return _LOOK.facts["site"][name]


def _runs_without_a_way_out(session: Session, week: tuple[ColumnElement[bool], ...]) -> list[int]:
    """Runs of the week in which several sites were tried and none opened."""
    tried = _LOOK.outcome.in_([Outcome.READ, Outcome.INCONCLUSIVE])
    opened = case((_stored("opened").as_boolean().is_(True), 1), else_=0)
    query = (
        select(_LOOK.run_id)
        .where(_LOOK.kind == CheckKind.SITE, tried, *week)
        .group_by(_LOOK.run_id)
        .having(func.sum(opened) == 0)
        .having(func.count(func.distinct(_LOOK.account_id)) > 1)
    )
    return list(session.scalars(query))


def _sample(row: Any) -> Sample:
    return Sample(row[1], row[2], row[3], row[4] or "")


# --- looks --------------------------------------------------------------------------------------


def _looks_query(point: Point, named: ColumnElement[bool]) -> Select[Any]:
    """READ looks from the time point up to the next that saw more than whether the home opens."""
    when = [_LOOK.observed_at >= point.at]
    if point.until is not None:
        when.append(_LOOK.observed_at < point.until)
    site = _LOOK.facts["site"]
    return (
        select(_LOOK.account_id, _LOOK.uid, _LOOK.observed_at, site)
        .where(named, _LOOK.outcome == Outcome.READ, *when)
        # parts are stored in alphabetical order, and `reach` is the last
        .where(site["looked_at"][0].as_string() != SitePart.REACH.value)
        .order_by(_LOOK.account_id, _LOOK.observed_at, _LOOK.id)
    )


def _look(row: Any) -> SiteLook:
    _account, uid, at, site = row
    return site_look(uid, at, site)


def site_look(uid: str, at: datetime, site: Mapping[str, Any]) -> SiteLook:
    """What an observation keeps of a site under `facts["site"]`, as the judge needs it."""
    return SiteLook(
        uid,
        at,
        frozenset(SitePart(part) for part in site["looked_at"]),
        tuple(_column(column) for column in site.get("columns", ())),
        frozenset(SiteMark(mark) for mark in site.get("marks", ())),
        tuple(_hidden(link) for link in site.get("hidden", ())),
        tuple(_doubtful(date) for date in site.get("doubtful", ())),
    )


def _column(stored: Mapping[str, Any]) -> Column:
    newest = stored["newest"]
    return Column(
        stored["name"],
        stored["url"],
        ColumnKind(stored["kind"]),
        stored["entries"],
        shanghai_date(datetime.fromisoformat(newest)) if newest else None,
    )


def _hidden(stored: Mapping[str, Any]) -> Hidden:
    url = stored["url"]
    return Hidden(url, _host(url), stored["text"], stored["how"], stored["page"])


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or url)[:200]
    except ValueError:
        return url[:200]


def _doubtful(stored: Mapping[str, Any]) -> Doubtful:
    return Doubtful(
        stored["url"],
        stored["title"],
        shanghai_date(datetime.fromisoformat(stored["printed"])),
        datetime.fromisoformat(stored["contradicted_by"]),
        stored["evidence"],
    )
