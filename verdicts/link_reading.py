"""Links of menus read from the tables and judged account by account, as a stream.

Earlier tries are read only where something failed this time, and of links that do not work: what
works needs none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import groupby

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from registry.models import LinkResult, Observation, Run, table_of
from registry.platforms import PlatformCatalogue
from registry.vocab import CheckKind, LinkState, Outcome, RunMethod
from verdicts.links import LinkJudgement, Trial, Tried, judge_link, trial
from verdicts.points import Point

_LINK = table_of(LinkResult).c
_LOOK = table_of(Observation).c
_RUN = table_of(Run).c

LOOK_BACK = timedelta(days=35)
"""How long before the time point an earlier failure still counts."""

MOST_NAMED = 500

_DOUBTFUL = or_(
    _LINK.failure.is_not(None),
    _LINK.signal != "",
    _LINK.status < 200,
    _LINK.status >= 400,
)
"""Every try but those that plainly show a link that works."""

_TRIED = Tried._make

_BY_PEOPLE = frozenset({RunMethod.HAND, RunMethod.SELF_REPORT})


@dataclass(frozen=True, slots=True)
class MenuJudgement:
    """All links of one account whose menu was read at or after the time point."""

    account_id: int
    links: tuple[LinkJudgement, ...] = ()
    """One for each discriminator, the worst where two share one."""
    told: frozenset[str] = field(default_factory=frozenset)
    """Discriminators of the links about which these tries really say something."""
    untold: frozenset[str] = field(default_factory=frozenset)
    """Those about which they say nothing."""
    whole: bool = True
    """False when only a person looked, who need not have tried every entry."""

    def brief(self) -> MenuJudgement:
        """Without the links that ask for no finding: what settling needs of 100,000 menus."""
        asking = tuple(link for link in self.links if link.code is not None)
        named = frozenset(link.last.discriminator for link in asking)
        return replace(self, links=asking, told=self.told & named if self.whole else self.told)


def judge_menus(
    session: Session,
    point: Point,
    keys: Collection[int],
    platforms: PlatformCatalogue | None = None,
) -> Iterator[MenuJudgement]:
    """The menus of accounts (by key) read between the time point and the next."""
    session.flush()
    wanted = set(keys)
    named = _menus(wanted)
    now = [_LOOK.observed_at >= point.at]
    if point.until is not None:
        now.append(_LOOK.observed_at < point.until)
    earlier = _earlier(session, point, and_(named, *now), named)
    for account, whole, tries in _by_account(session, and_(named, *now)):
        if account in wanted:
            menu = judge_menu(account, tries, earlier.get(account, ()), point, platforms)
            yield menu if whole else replace(menu, whole=False)


def judge_menu(
    account: int,
    tries: Iterable[Tried],
    earlier: Iterable[Tried],
    point: Point,
    platforms: PlatformCatalogue | None = None,
) -> MenuJudgement:
    """The links that `tries` (of now) name, judged with what `earlier` tries showed."""
    groups: dict[str, list[Tried]] = {}
    for tried in tries:
        groups.setdefault(tried.discriminator, []).append(tried)
    for tried in earlier:
        if tried.discriminator in groups:
            groups[tried.discriminator].append(tried)
    links = {name: _worst(group, point, platforms) for name, group in groups.items()}
    told = {n for n, link in links.items() if link.concluded and link.last.at >= point.at}
    untold = links.keys() - told
    return MenuJudgement(account, tuple(links.values()), frozenset(told), frozenset(untold))


_GRAVITY = (LinkState.BROKEN, LinkState.UNSURE, LinkState.WORKS, LinkState.UNCHECKED)


def _worst(
    group: Sequence[Tried], point: Point, platforms: PlatformCatalogue | None
) -> LinkJudgement:
    """Links that share a menu path are judged apart; the gravest stands for the path."""
    if len(group) == 1:
        return judge_link(group, broken_days=point.rules.broken_days, platforms=platforms)
    targets: dict[tuple[str, str, str], list[Tried]] = {}
    for tried in group:
        targets.setdefault(tried.target, []).append(tried)
    current = [tries for tries in targets.values() if any(t.at >= point.at for t in tries)]
    days = point.rules.broken_days
    told = [judge_link(tries, broken_days=days, platforms=platforms) for tries in current]
    return min(told, key=lambda link: _GRAVITY.index(link.state))


# --- reading ------------------------------------------------------------------------------------


def _menus(keys: Collection[int]) -> ColumnElement[bool]:
    read = and_(_LOOK.kind == CheckKind.MENU, _LOOK.outcome == Outcome.READ)
    if len(keys) > MOST_NAMED:
        return read
    return and_(read, _LOOK.account_id.in_(list(keys)))


_COLUMNS = (
    _LOOK.observed_at,
    _LINK.path,
    _LINK.label,
    _LINK.kind,
    _LINK.url,
    _LINK.appid,
    _LINK.page,
    _LINK.status,
    _LINK.final_url,
    _LINK.signal,
    _LINK.failure,
    _LINK.certificate_expired_at,
    _LOOK.uid,
    _LINK.detail,
)


def _by_account(
    session: Session, condition: ColumnElement[bool]
) -> Iterator[tuple[int, bool, list[Tried]]]:
    """(account key, whether a machine read the whole menu, the tries); a menu may be empty."""
    rows = session.execute(
        select(_LOOK.account_id, _LINK.id, _RUN.method, *_COLUMNS)
        .join(table_of(Run), _LOOK.run_id == _RUN.id)
        .outerjoin(table_of(LinkResult), _LINK.observation_id == _LOOK.id)
        .where(condition)
        .order_by(_LOOK.account_id, _LOOK.observed_at, _LINK.id)
        .execution_options(yield_per=2000)
    )
    for account, group in groupby(rows, key=lambda row: row[0]):
        looked = list(group)
        whole = any(row[2] not in _BY_PEOPLE for row in looked)
        yield account, whole, [_TRIED(row[3:]) for row in looked if row[1] is not None]


def _earlier(
    session: Session, point: Point, now: ColumnElement[bool], named: ColumnElement[bool]
) -> Mapping[int, list[Tried]]:
    """Account key → tries before the time point, where a try of now failed without being final, of
    all links there that did not work now: for what works now it makes no difference."""
    doubtful = {
        account: {tried.url for tried in tries if trial(tried) is not Trial.WORKS}
        for account, _whole, tries in _by_account(session, and_(now, _DOUBTFUL))
        if any(trial(tried) is Trial.FAILED for tried in tries)
    }
    if not doubtful:
        return {}
    since = point.at - LOOK_BACK
    before = and_(named, _LOOK.observed_at < point.at, _LOOK.observed_at >= since)
    if len(doubtful) <= MOST_NAMED:
        before = and_(before, _LOOK.account_id.in_(list(doubtful)))
    urls = set[str]().union(*doubtful.values())
    if len(urls) <= MOST_NAMED:
        before = and_(before, _LINK.url.in_(list(urls)))
    return {
        account: [tried for tried in tries if tried.url in doubtful[account]]
        for account, _whole, tries in _by_account(session, before)
        if account in doubtful
    }
