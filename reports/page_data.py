"""What the overview page shows, gathered into frozen data: totals, coverage, verdicts by platform,
findings by code, and the lists of what to see to first. It renders nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from registry.findings.differences import Reconciliation
from registry.messages import _, language
from registry.models import Account, AccountRole, Finding, Registry, Unit
from registry.vocab import (
    BLOCKING_CODES,
    CODES,
    LIVE_STATES,
    AccountState,
    Reason,
    Review,
    RoleKind,
    Severity,
    SubjectKind,
    Verdict,
    code_title,
    label,
)
from reports.reconcile_words import not_compared, upload_tone
from verdicts.seen import Judgement
from verdicts.sweep import SweepJudgement
from verdicts.wording import explain, shown_time

TOP = 15
"""Lines of a list of what to see to first."""

NAMED = 3
"""Subjects named for each code."""


@dataclass(frozen=True, slots=True)
class Link:
    """A file that lies beside the page."""

    href: str
    title: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number at the head of the page."""

    title: str
    value: str
    note: str = ""
    tone: str = ""
    """good · bad · warn, or empty."""


@dataclass(frozen=True, slots=True)
class PlatformLine:
    """The verdicts over one platform's live accounts."""

    title: str
    verdicts: Mapping[Verdict, int]

    @property
    def live(self) -> int:
        return sum(self.verdicts.values())


@dataclass(frozen=True, slots=True)
class CodeLine:
    """The running findings of one code."""

    code: str
    title: str
    severity: Severity
    open: int
    confirmed: int
    let_pass: int
    """Dismissed or waived."""
    blocks: bool
    names: tuple[str, ...] = ()
    """Of the first few that nobody let pass: the account, or the unit."""

    @property
    def count(self) -> int:
        return self.open + self.confirmed + self.let_pass

    @property
    def unnamed(self) -> int:
        """How many more there are."""
        return self.open + self.confirmed - len(self.names)


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account that needs somebody's eyes."""

    name: str
    platform: str
    host_unit: str
    url: str
    last_post: str
    days: int | None
    why: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit with its running findings."""

    name: str
    count: int
    worst: Severity
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageData:
    """Everything on the page."""

    office: str
    at: datetime
    time_point: datetime | None
    """T of the sweep judged, if there was one."""
    rule_set: str
    figures: tuple[Figure, ...]
    platforms: tuple[PlatformLine, ...]
    codes: tuple[CodeLine, ...]
    attention: tuple[AccountLine, ...]
    """Gone, doubtful and stale accounts, the longest silent first."""
    attention_count: int
    unread: tuple[tuple[str, int], ...]
    """Why accounts could not be judged, with how many."""
    units: tuple[UnitLine, ...]
    coverage: tuple[tuple[str, str, str], ...]
    """What was seen: title, figure, note."""
    links: tuple[Link, ...]
    reconciliation: Reconciliation | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    name: str
    platform: str
    url: str
    host: str


def gather(
    session: Session,
    *,
    at: datetime,
    platform: Callable[[str], str],
    sweep: SweepJudgement | None = None,
    reconciliation: Reconciliation | None = None,
    links: Sequence[Link] = (),
) -> PageData:
    """The page's data as of `at` (aware). `platform` gives a platform's printed name."""
    states = Counter(dict(_states(session)))
    known = _live_accounts(session)
    told = {judgement.account_uid: judgement for judgement in sweep.judgements} if sweep else {}
    attention = _attention(known, told, platform)
    codes = _codes(session)
    return PageData(
        office=_office(session),
        at=at,
        time_point=sweep.at if sweep else None,
        rule_set=sweep.rule_set if sweep else "",
        figures=_figures(states, sweep, codes, reconciliation),
        platforms=_platforms(known, told, platform) if sweep else (),
        codes=codes,
        attention=tuple(attention[:TOP]),
        attention_count=len(attention),
        unread=_unread(sweep),
        units=_units(session),
        coverage=_coverage(sweep, reconciliation),
        links=tuple(links),
        reconciliation=reconciliation,
    )


def _states(session: Session) -> Iterable[tuple[AccountState, int]]:
    query = select(Account.state, func.count()).group_by(Account.state)
    return [(state, count) for state, count in session.execute(query)]


def _office(session: Session) -> str:
    """The unit whose registry this is."""
    own = select(Unit.name).join(Registry, Registry.jurisdiction_uid == Unit.uid)
    return session.scalars(own.where(Registry.is_self)).first() or ""


def _live_accounts(session: Session) -> dict[str, _Known]:
    a, r = Account, AccountRole
    query = (
        select(a.uid, a.name, a.platform, a.url, Unit.name)
        .outerjoin(r, (r.account_id == a.id) & (r.role == RoleKind.HOST) & r.valid_to.is_(None))
        .outerjoin(Unit, Unit.id == r.unit_id)
        .where(a.state.in_(LIVE_STATES))
        .order_by(a.id)
    )
    return {
        uid: _Known(name, platform, url, host or "")
        for uid, name, platform, url, host in session.execute(query)
    }


def _figures(
    states: Mapping[AccountState, int],
    sweep: SweepJudgement | None,
    codes: Sequence[CodeLine],
    result: Reconciliation | None,
) -> tuple[Figure, ...]:
    lang = language()
    live = sum(states.get(state, 0) for state in LIVE_STATES)
    others = "、".join(
        f"{label(s, lang)} {n}" for s, n in sorted(states.items()) if s not in LIVE_STATES and n
    )
    found = [Figure(_("Live accounts"), str(live), others)]
    if sweep is not None:
        whole = sweep.coverage.whole
        read = _("{read} of {planned} looked at were read").format(
            read=whole.read, planned=whole.planned
        )
        fresh = sweep.verdicts.get(Verdict.FRESH, 0)
        bad = sweep.verdicts.get(Verdict.STALE, 0) + sweep.verdicts.get(Verdict.GONE, 0)
        if whole.proven_before:
            before = _("{count} proven by earlier looks").format(count=whole.proven_before)
            read = _(", ").join([read, before])
        judged = f"{share(whole.told, whole.accounts)}"
        found.append(Figure(_("Read in this sweep"), judged, read))
        found.append(Figure(label(Verdict.FRESH, lang), str(fresh), "", "good"))
        found.append(Figure(_("Stale or gone"), str(bad), "", "bad" if bad else "good"))
    vetoes = sum(line.open + line.confirmed for line in codes if line.severity is Severity.VETO)
    faults = sum(line.open + line.confirmed for line in codes)
    note = _("of these {count} vetoes").format(count=vetoes)
    found.append(Figure(_("Running findings"), str(faults), note, "bad" if vetoes else ""))
    if result is not None:
        text = _("{count} rows to upload").format(count=len(result.upload_rows))
        note = text if result.compared else not_compared()
        figure = Figure(_("Stop the upload"), str(result.blocking), note, upload_tone(result))
        found.append(figure)
    return tuple(found)


def share(part: int, whole: int) -> str:
    """A share in per cent with one decimal; 100% only for the whole, nothing of nothing is –."""
    if not whole:
        return "–"
    if part == whole:
        return "100%"
    return f"{min(part * 1000 // whole, 999) / 10:.1f}%"


def _platforms(
    known: Mapping[str, _Known], told: Mapping[str, Judgement], platform: Callable[[str], str]
) -> tuple[PlatformLine, ...]:
    counts: defaultdict[str, Counter[Verdict]] = defaultdict(Counter)
    for uid, account in known.items():
        verdict = told[uid].verdict if uid in told else Verdict.UNKNOWN
        counts[account.platform][verdict] += 1
    ordered = sorted(counts.items(), key=lambda item: (-item[1].total(), item[0]))
    return tuple(PlatformLine(platform(name), verdicts) for name, verdicts in ordered)


_WORST = (Verdict.GONE, Verdict.PENDING, Verdict.STALE)


def _attention(
    known: Mapping[str, _Known], told: Mapping[str, Judgement], platform: Callable[[str], str]
) -> list[AccountLine]:
    rows = [
        AccountLine(
            name=account.name,
            platform=platform(account.platform),
            host_unit=account.host,
            url=account.url if account.url.startswith(("http://", "https://")) else "",
            last_post=shown_time(judgement.newest) if judgement.newest else "",
            days=judgement.days,
            why=explain(judgement),
            verdict=judgement.verdict,
        )
        for uid, account in known.items()
        if (judgement := told.get(uid)) is not None and judgement.verdict in _WORST
    ]
    return sorted(rows, key=lambda row: (_WORST.index(row.verdict), -(row.days or 0), row.name))


def _codes(session: Session) -> tuple[CodeLine, ...]:
    """Running findings by code and what people made of them."""
    f = Finding
    columns = (f.code, f.review, f.severity, Account.platform)
    query = select(*columns, func.count()).outerjoin(Account, Account.id == f.account_id)
    counts: defaultdict[str, Counter[Review]] = defaultdict(Counter)
    platforms: defaultdict[str, set[str]] = defaultdict(set)
    severities: dict[str, Severity] = {}
    for code, review, severity, platform, count in session.execute(
        query.where(f.ended_at.is_(None)).group_by(*columns)
    ):
        counts[code][review] += count
        platforms[code].add(platform or "")
        severities[code] = min(severities.get(code, severity), severity, key=_rank)
    names = _names(session)
    lines = (
        CodeLine(
            code,
            code_title(code, language(), min(platforms[code]) if len(platforms[code]) == 1 else ""),
            severities[code],
            reviews[Review.OPEN],
            reviews[Review.CONFIRMED],
            reviews[Review.DISMISSED] + reviews[Review.WAIVED],
            code in BLOCKING_CODES,
            tuple(names.get(code, ())),
        )
        for code, reviews in counts.items()
        if code in CODES
    )
    return tuple(sorted(lines, key=lambda line: (_rank(line.severity), line.code)))


def _names(session: Session) -> Mapping[str, list[str]]:
    """Code → whom its first findings are about, of those that nobody let pass."""
    f = Finding
    outside = f.facts["outside"]["name"].as_string()
    of_account = func.coalesce(Account.name, outside, Unit.name, "")
    name = case((f.subject_kind == SubjectKind.UNIT, Unit.name), else_=of_account)
    number = func.row_number().over(partition_by=f.code, order_by=f.id)
    numbered = (
        select(f.code.label("code"), name.label("name"), number.label("number"))
        .outerjoin(Account, Account.id == f.account_id)
        .outerjoin(Unit, Unit.id == f.unit_id)
        .where(f.ended_at.is_(None), f.review.in_([Review.OPEN, Review.CONFIRMED]))
        .subquery()
    )
    found: defaultdict[str, list[str]] = defaultdict(list)
    few = select(numbered.c.code, numbered.c.name).where(numbered.c.number <= NAMED)
    for code, who in session.execute(few.order_by(numbered.c.code, numbered.c.number)):
        found[code].append(who)
    return found


def _rank(severity: Severity) -> int:
    return list(Severity).index(severity)


def _unread(sweep: SweepJudgement | None) -> tuple[tuple[str, int], ...]:
    """Why nothing was read, most frequent first."""
    if sweep is None:
        return ()
    whole, lang = sweep.coverage.whole, language()
    reasons: Counter[Reason] = Counter(whole.inconclusive)
    reasons.update(whole.unsupported)
    rows = [(label(reason, lang), count) for reason, count in reasons.most_common()]
    if whole.passed_over:
        rows.append((_("not planned in this sweep"), whole.passed_over))
    if whole.waiting:
        rows.append((_("planned and not yet looked at"), whole.waiting))
    return tuple(rows)


def _units(session: Session) -> tuple[UnitLine, ...]:
    """The units with most running findings that nobody let pass."""
    f = Finding
    query = (
        select(Unit.name, f.code, f.severity, func.count())
        .join(Unit, Unit.id == f.unit_id)
        .where(f.ended_at.is_(None), f.review.in_([Review.OPEN, Review.CONFIRMED]))
        .group_by(Unit.name, f.code, f.severity)
    )
    found: defaultdict[str, list[tuple[str, Severity, int]]] = defaultdict(list)
    for name, code, severity, count in session.execute(query):
        found[name].append((code, severity, count))
    lines = [
        UnitLine(
            name,
            sum(count for _code, _severity, count in rows),
            min((severity for _code, severity, _count in rows), key=_rank),
            tuple(sorted({code for code, _severity, _count in rows})),
        )
        for name, rows in found.items()
    ]
    lines.sort(key=lambda line: (_rank(line.worst), -line.count, line.name))
    return tuple(lines[:TOP])


def _coverage(
    sweep: SweepJudgement | None, result: Reconciliation | None
) -> tuple[tuple[str, str, str], ...]:
    rows: list[tuple[str, str, str]] = []
    if sweep is not None:
        whole = sweep.coverage.whole
        by_hand = _("by hand {hand}, by the units themselves {own}").format(
            hand=whole.by_hand, own=whole.self_reported
        )
        read = f"{whole.read} / {whole.planned}"
        rows.append((_("Accounts read in the sweep"), read, by_hand))
        if whole.proven_before:
            rows.append((_("Accounts proven by earlier looks"), str(whole.proven_before), ""))
        told = sum(n for v, n in sweep.verdicts.items() if v is not Verdict.UNKNOWN)
        rows.append((_("Accounts with a verdict"), f"{told} / {whole.accounts}", ""))
    if result is not None:
        seen = result.coverage
        rows.append((_("Names read off the platform"), f"{seen.named} / {seen.live}", ""))
        rows.append((_("Verified subjects read"), f"{seen.subjects} / {seen.live}", ""))
        if seen.national_rows is not None:
            matched = f"{seen.matched} / {seen.national_rows}"
            rows.append((_("Rows of the national system matched"), matched, ""))
        else:
            rows.append((_("Rows of the national system"), "–", not_compared()))
    return tuple(rows)
