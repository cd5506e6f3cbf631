"""What looks at a website ask for: SI701 and SI703 to SI707 under SITE-1 … SITE-4 of 国办秘函〔2019〕19号.

Facts in, hits out. What was not looked at is not examined, and a column whose date nobody could tell
is never stale. Whether the home page is updated is judged with the posts, in `freshness`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from registry.vocab import ColumnKind, SiteMark, SitePart
from verdicts.points import Point, first_day_of_months, first_day_of_window
from verdicts.seen import Hit

SITE_CODES = ("SI701", "SI703", "SI704", "SI705", "SI706", "SI707")

MOST_PROOF = 50
"""Observations named with a finding."""

MOST_NAMED = 50
"""Links or articles named with a finding; their number is told beside."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sample:
    """One attempt to open the home page. A look that told nothing is no sample."""

    at: datetime
    opened: bool
    uid: str = ""
    """Of the observation."""
    why: str = ""
    """Of one that did not open: the status or the failure."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column 栏目 as a look showed it."""

    name: str
    url: str = ""
    kind: ColumnKind = ColumnKind.OTHER
    entries: int | None = None
    """None when that could not be told."""
    newest: date | None = None
    """Shanghai date of its newest entry; None when it could not be told."""

    @property
    def is_unread(self) -> bool:
        """True when neither its entries nor a date could be told."""
        return self.entries is None and self.newest is None


@dataclass(frozen=True, slots=True)
class Hidden:
    """A link that no visitor sees, to a host outside the site's own list."""

    url: str
    host: str
    text: str = ""
    how: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A publish date that other evidence contradicts."""

    url: str
    title: str
    printed: date
    contradicted_by: datetime
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class SiteLook:
    """One look at a site; it says nothing of parts that are not among `looked_at`."""

    uid: str
    at: datetime
    looked_at: frozenset[SitePart] = frozenset()
    columns: tuple[Column, ...] = ()
    marks: frozenset[SiteMark] = frozenset()
    hidden: tuple[Hidden, ...] = ()
    doubtful: tuple[Doubtful, ...] = ()


@dataclass(frozen=True, slots=True)
class SiteJudgement:
    """What one site's samples and looks ask for, and the codes about which they say something."""

    hits: tuple[Hit, ...] = ()
    examined: frozenset[str] = frozenset()


_Told = tuple[str, dict[str, Any] | None, dict[str, Any], tuple[str, ...]]
"""A code that was examined; the matter, None when it does not hold; figures; proof."""


def judge_site(
    samples: Sequence[Sample], looks: Sequence[SiteLook], point: Point, platform: str
) -> SiteJudgement:
    """The codes of one site of `platform` at `point`, in the order of the vocabulary.

    `samples` of the week up to the time point, without those of our own outages; `looks` at or
    after it. Of each part the last look counts that spoke about it.
    """
    told = [*_reach(samples, point), *_parts(looks, point)]
    rules = point.rules
    hits = tuple(
        Hit(code, rules.severity(code), matter, figures, proof)
        for code, matter, figures, proof in sorted(told, key=lambda one: one[0])
        if matter is not None and rules.asks(code, platform)
    )
    return SiteJudgement(hits, frozenset(code for code, *_rest in told))


# --- SI701 站点无法访问 -------------------------------------------------------------------------


def _reach(samples: Sequence[Sample], point: Point) -> Iterator[_Told]:
    """SITE-2, once there were enough full days; before, nothing is concluded."""
    rules = point.rules
    week, least = rules.figure("SITE-2", "week_days"), rules.figure("SITE-2", "samples_per_day")
    full, share = rules.figure("SITE-2", "full_days"), rules.figure("SITE-2", "share_percent")
    if week is None or least is None or full is None or share is None:
        return
    gap = timedelta(minutes=rules.figure("SITE-2", "gap_minutes") or 0)
    since = point.at - week * _DAY
    counted = spaced((s for s in samples if since < s.at <= point.at), gap)
    if _full_days(counted, point.at, week, least) < full:
        return
    failed = [sample for sample in counted if not sample.opened]
    is_fault = len(failed) * 100 >= share * len(counted)
    figures = {
        "samples": len(counted),
        "failed": len(failed),
        "failed_percent": round(100 * len(failed) / len(counted), 1),
        "sample_days": week,
        "first_failed_at": failed[0].at if failed else None,
        "last_failed_at": failed[-1].at if failed else None,
        "reasons": sorted({sample.why for sample in failed if sample.why})[:10],
        "time_point": point.at,
    }
    proof = tuple(sample.uid for sample in failed[-MOST_PROOF:])
    yield "SI701", {} if is_fault else None, figures, proof


def spaced(samples: Iterable[Sample], gap: timedelta) -> list[Sample]:
    """The samples in their order, those less than `gap` after the first of a group counted once.

    A group opened if any of its samples did: one more try at once was worth making.
    """
    kept: list[Sample] = []
    begun: datetime | None = None
    for sample in sorted(samples, key=lambda sample: (sample.at, sample.uid)):
        if begun is None or sample.at - begun >= gap:
            begun = sample.at
            kept.append(sample)
        elif sample.opened and not kept[-1].opened:
            kept[-1] = sample
    return kept


def _full_days(samples: Sequence[Sample], at: datetime, week: int, least: int) -> int:
    """How many of the `week` times 24 hours up to `at` have at least `least` samples."""
    counts = [0] * week
    for sample in samples:
        counts[(at - sample.at) // _DAY] += 1
    return sum(count >= least for count in counts)


# --- what looks show ----------------------------------------------------------------------------


def _parts(looks: Sequence[SiteLook], point: Point) -> Iterator[_Told]:
    last: dict[SitePart, SiteLook] = {}
    for look in sorted(looks, key=lambda look: (look.at, look.uid)):
        last.update(dict.fromkeys(look.looked_at, look))
    if SitePart.COLUMNS in last:
        yield from _columns(last[SitePart.COLUMNS], point)
    if SitePart.HIDDEN in last:
        yield _hidden(last[SitePart.HIDDEN])
    if SitePart.MARKS in last:
        yield _marks(last[SitePart.MARKS])
    if SitePart.DATES in last:
        yield _dates(last[SitePart.DATES])


def _columns(look: SiteLook, point: Point) -> Iterator[_Told]:
    """SI703 栏目不更新 and SI704 空白栏目 (SITE-4)."""
    rules = point.rules
    columns = list({(c.url or c.name): c for c in reversed(look.columns)}.values())[::-1]
    unread = sum(column.is_unread for column in columns)
    limit, whole = rules.figure("SITE-4", "columns"), rules.figure("SITE-4", "all_columns")
    if limit is not None and whole is not None:
        yield from _stale_columns(look, columns, (limit, whole), point)
    least = rules.figure("SITE-4", "empty_columns")
    empty = [column for column in columns if column.entries == 0]
    if least is not None and (len(empty) >= least or len(empty) + unread < least):
        matter = {"empty_columns": [_named(c) for c in empty]} if len(empty) >= least else None
        figures = {"columns_empty": len(empty), "columns_seen": len(columns), "limit": least}
        yield "SI704", matter, figures, (look.uid,)


def _stale_columns(
    look: SiteLook, columns: Sequence[Column], limits: tuple[int, int], point: Point
) -> Iterator[_Told]:
    """Raised by what is known to be stale; ended only where unread columns could not tip it."""
    days = _first_days(point)
    stale = [c for c in columns if c.newest and c.kind in days and c.newest < days[c.kind]]
    unread = [c for c in columns if c.is_unread and c.kind in days]
    windowed = sum(c.kind is not ColumnKind.OTHER for c in stale)
    is_fault = windowed >= limits[0] or len(stale) >= limits[1]
    if not is_fault and _could_tip(stale, unread, limits):
        return
    figures = {
        "columns_stale": len(stale),
        "columns_seen": len(columns),
        "columns_undated": sum(c.newest is None and c.entries != 0 for c in columns),
        "limit": limits[0] if windowed >= limits[0] else limits[1],
        "time_point": point.at,
    }
    matter = {"columns": [_named(c) for c in stale]} if is_fault else None
    yield "SI703", matter, figures, (look.uid,)


def _could_tip(
    stale: Collection[Column], unread: Sequence[Column], limits: tuple[int, int]
) -> bool:
    if not unread:
        return False
    every = [*stale, *unread]
    windowed = sum(c.kind is not ColumnKind.OTHER for c in every)
    return windowed >= limits[0] or len(every) >= limits[1]


def _first_days(point: Point) -> dict[ColumnKind, date]:
    """Kind → the first day on which an entry keeps a column of that kind."""
    rules, found = point.rules, dict[ColumnKind, date]()
    edge = rules.edge_of("SITE-4")
    if news := rules.figure("SITE-4", "news_days"):
        found[ColumnKind.NEWS] = first_day_of_window(point.day, news, edge)
    months = {ColumnKind.NOTICE: "notice_months", ColumnKind.OTHER: "other_months"}
    for kind, name in months.items():
        if figure := rules.figure("SITE-4", name):
            found[kind] = first_day_of_months(point.day, figure, edge)
    return found


def _named(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "kind": column.kind,
        "newest_day": column.newest,
        "url": column.url,
    }


def _hidden(look: SiteLook) -> _Told:
    """SI705 暗链: where they lead makes up the matter; texts and places change from look to look."""
    links = [
        {"url": link.url, "text": link.text, "how": link.how, "page": link.page}
        for link in look.hidden[:MOST_NAMED]
    ]
    matter = {"hosts": sorted({link.host for link in look.hidden})} if look.hidden else None
    return "SI705", matter, {"hidden": links, "count": len(look.hidden)}, (look.uid,)


def _marks(look: SiteLook) -> _Told:
    """SI706 网站标识缺失."""
    missing = [mark for mark in SiteMark if mark not in look.marks]
    return "SI706", {"missing": missing} if missing else None, {}, (look.uid,)


def _dates(look: SiteLook) -> _Told:
    """SI707 发布日期不实: which pages print which day makes up the matter."""
    doubtful = look.doubtful[:MOST_NAMED]
    articles = [{"url": d.url, "title": d.title, "printed_day": d.printed} for d in doubtful]
    figures = {
        "evidence": [{"text": d.evidence, "at": d.contradicted_by} for d in doubtful],
        "count": len(look.doubtful),
    }
    return "SI707", {"articles": articles} if articles else None, figures, (look.uid,)
