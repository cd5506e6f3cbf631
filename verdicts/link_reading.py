"""Links of menus read from the tables and judged account by account, as a stream.

Earlier tries are read only for accounts where something failed this time: what works needs none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from registry.models import LinkResult, Observation
from registry.vocab import CheckKind, LinkState, Outcome
from verdicts.links import LINK_CODES, LinkJudgement, Tried, Trial, judge_link, trial
from verdicts.points import Point

LOOK_BACK = timedelta(days=35)
"""How long before the time point an earlier failure still counts."""

MOST_NAMED = 500


@dataclass(frozen=True, slots=True)
class MenuJudgement:
    """All links of one account whose menu was read at or after the time point."""

    account_id: int
    links: tuple[LinkJudgement, ...] = ()
    """One for each discriminator, the worst where two share one."""
    untold: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    """(code, discriminator) about which these tries say nothing."""


def judge_menus(session: Session, point: Point, keys: Collection[int]) -> Iterator[MenuJudgement]:
    """The menus of accounts (by key) read between the time point and the next."""
    wanted = set(keys)
    named = _menus(wanted)
    now = [Observation.observed_at >= point.at]
    if point.until is not None:
        now.append(Observation.observed_at < point.until)
    earlier = _earlier(session, point, and_(named, *now), named)
    for account, tries in _by_account(session, and_(named, *now)):
        if account in wanted:
            yield judge_menu(account, tries, earlier.get(account, ()), point)


def judge_menu(
    account: int, tries: Iterable[Tried], earlier: Iterable[Tried], point: Point
) -> MenuJudgement:
    """The links that `tries` (of now) name, judged with what `earlier` tries showed."""
    groups: dict[str, list[Tried]] = {}
    for tried in tries:
        groups.setdefault(tried.discriminator, []).append(tried)
    for tried in earlier:
        if tried.discriminator in groups:
            groups[tried.discriminator].append(tried)
    links: list[LinkJudgement] = []
    untold: set[tuple[str, str]] = set()
    for name, group in groups.items():
        told = _worst(group, point)
        links.append(told)
        if not (told.concluded and told.last.at >= point.at):
            untold |= {(code, name) for code in LINK_CODES}
    return MenuJudgement(account, tuple(links), frozenset(untold))


_GRAVITY = (LinkState.BROKEN, LinkState.UNSURE, LinkState.WORKS, LinkState.UNCHECKED)


def _worst(group: Iterable[Tried], point: Point) -> LinkJudgement:
    """Links that share a menu path are judged apart; the gravest stands for the path."""
    targets: dict[tuple[str, str, str], list[Tried]] = {}
    for tried in group:
        targets.setdefault(tried.target, []).append(tried)
    current = [tries for tries in targets.values() if any(t.at >= point.at for t in tries)]
    told = [judge_link(tries, broken_days=point.rules.broken_days) for tries in current]
    return min(told, key=lambda link: _GRAVITY.index(link.state))


# --- reading ------------------------------------------------------------------------------------


def _menus(keys: Collection[int]) -> ColumnElement[bool]:
    read = and_(Observation.kind == CheckKind.MENU, Observation.outcome == Outcome.READ)
    if len(keys) > MOST_NAMED:
        return read
    return and_(read, Observation.account_id.in_(list(keys)))


_COLUMNS = (
    Observation.observed_at,
    LinkResult.path,
    LinkResult.label,
    LinkResult.kind,
    LinkResult.url,
    LinkResult.appid,
    LinkResult.page,
    LinkResult.status,
    LinkResult.final_url,
    LinkResult.signal,
    LinkResult.failure,
    LinkResult.certificate_expired_at,
    Observation.uid,
)


def _by_account(
    session: Session, condition: ColumnElement[bool]
) -> Iterator[tuple[int, list[Tried]]]:
    """(account key, its tries); an account whose menu was read and is empty has none."""
    rows = session.execute(
        select(Observation.account_id, LinkResult.id, *_COLUMNS)
        .outerjoin(LinkResult, LinkResult.observation_id == Observation.id)
        .where(condition)
        .order_by(Observation.account_id, Observation.observed_at, LinkResult.id)
        .execution_options(yield_per=2000)
    )
    for account, group in groupby(rows, key=lambda row: row[0]):
        yield account, [Tried(*row[2:]) for row in group if row[1] is not None]


def _earlier(
    session: Session, point: Point, now: ColumnElement[bool], named: ColumnElement[bool]
) -> Mapping[int, list[Tried]]:
    """Account key → tries before the time point, where a try of now failed without being final."""
    failing = [
        account
        for account, tries in _by_account(session, now)
        if any(trial(tried) is Trial.FAILED for tried in tries)
    ]
    if not failing:
        return {}
    since = point.at - LOOK_BACK
    before = and_(named, Observation.observed_at < point.at, Observation.observed_at >= since)
    if len(failing) <= MOST_NAMED:
        before = and_(before, Observation.account_id.in_(failing))
    wanted = set(failing)
    return {a: tries for a, tries in _by_account(session, before) if a in wanted}
