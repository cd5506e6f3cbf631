"""Judging a sweep: every live account at its time point, the coverage, and the findings settled.

It looks at nothing itself and changes no account. Judging the same facts again changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from registry.dates import SHANGHAI
from registry.errors import NotFound, Refused
from registry.findings.settling import Draft, Settled, settle
from registry.history.writing import Act
from registry.messages import _
from registry.models import Account, Finding, Sweep
from registry.platforms import PlatformCatalogue
from registry.vocab import HAND_CODES, LIVE_STATES, LinkState, SubjectKind, Verdict
from verdicts.apps import APP_CODE, app_drafts, judge_apps
from verdicts.coverage import Coverage, measure
from verdicts.freshness import judge
from verdicts.hint_reading import JudgedText, judge_hints
from verdicts.link_reading import MenuJudgement, judge_menus
from verdicts.links import LINK_CODES, LinkJudgement
from verdicts.points import Point
from verdicts.reading import Subject, looks, next_time_point, subjects
from verdicts.ruleset import RuleSet
from verdicts.seen import Hit, Judgement
from verdicts.site_reading import judge_sites


@dataclass(frozen=True, slots=True)
class SweepJudgement:
    """What a sweep says of its accounts."""

    at: datetime
    """T, the monitoring time point."""
    rule_set: str
    judgements: tuple[Judgement, ...]
    """One for each live account, in the order of the ledger."""
    verdicts: Mapping[Verdict, int]
    """Every verdict with its count; they add up to the number of accounts."""
    coverage: Coverage
    links: Mapping[LinkState, int]
    """Every state with its count of links, of the menus that were read."""
    settled: Settled = Settled()


def judge_sweep(
    session: Session,
    *,
    at: datetime,
    ruleset: RuleSet,
    now: datetime,
    act: Act,
    accounts: Collection[str] | None = None,
    platforms: PlatformCatalogue | None = None,
) -> SweepJudgement:
    """Judge the sweep of the time point `at` (aware) and settle its findings; never commits.

    `accounts` limits it to live accounts of these uids; with `platforms` the labels of QR codes are
    compared with where they lead. Time points are judged in their order: a code first raised for an
    older one stands until a later one is judged again. Raises NotFound if there is no sweep of that
    time point, Refused if it lies after `now`.
    """
    told = _Telling(session, at, ruleset, now, accounts, platforms)
    settled = settle(
        session,
        told.drafts(),
        examined=told.examined(),
        examined_parts=told.parts(told=True),
        rechecked_parts=told.texts_read(),
        kept=told.parts(told=False),
        at=at,
        act=act,
        rule_set=ruleset.name,
    )
    return replace(told.result(), settled=settled)


def look_at_sweep(
    session: Session,
    *,
    at: datetime,
    ruleset: RuleSet,
    now: datetime,
    accounts: Collection[str] | None = None,
    platforms: PlatformCatalogue | None = None,
) -> SweepJudgement:
    """The same judgement without touching a finding, for reports and trial runs of a rule set."""
    return _Telling(session, at, ruleset, now, accounts, platforms).result()


class _Telling:
    """Everything one sweep tells, read and judged once."""

    def __init__(
        self,
        session: Session,
        at: datetime,
        ruleset: RuleSet,
        now: datetime,
        accounts: Collection[str] | None,
        platforms: PlatformCatalogue | None,
    ) -> None:
        sweep = _sweep(session, at, now)
        self.point = Point.of(at, ruleset, next_time_point(session, at))
        self.subjects = subjects(session, accounts)
        seen = looks(session, self.point, self.subjects)
        self.judgements = {
            key: judge(subject.facts, seen[key], self.point)
            for key, subject in self.subjects.items()
        }
        self.apps = list(judge_apps(session, self.point, self.subjects))
        self.menus: list[MenuJudgement] = []
        self.links: Counter[LinkState] = Counter()
        for menu in judge_menus(session, self.point, self.subjects, platforms):
            self.links.update(link.state for link in menu.links)
            self.menus.append(menu.brief())
        self.sites = list(judge_sites(session, self.point, self.subjects))
        self.texts = list(judge_hints(session, self.point, self.subjects))
        self.settled_by_ledger = list(_of_closed(session, at)) if accounts is None else []
        fresh = {key for key, told in self.judgements.items() if told.verdict is Verdict.FRESH}
        self.coverage = measure(session, sweep, self.subjects, fresh)

    def result(self) -> SweepJudgement:
        verdicts = Counter(told.verdict for told in self.judgements.values())
        return SweepJudgement(
            at=self.point.at,
            rule_set=self.point.rules.name,
            judgements=tuple(self.judgements.values()),
            verdicts={verdict: verdicts[verdict] for verdict in Verdict},
            coverage=self.coverage,
            links={state: self.links[state] for state in LinkState},
        )

    def drafts(self) -> Iterator[Draft]:
        for key, told in self.judgements.items():
            yield from freshness_drafts(self.subjects[key], told)
        for app in self.apps:
            yield from app_drafts(self.subjects[app.account_id], app, self.point)
        for menu in self.menus:
            yield from link_drafts(self.subjects[menu.account_id], menu, self.point)
        for site in self.sites:
            yield from hit_drafts(self.subjects[site.account_id], site.told.hits)
        for text in self.texts:
            yield from hint_drafts(self.subjects[text.account_id], text, self.point)

    def examined(self) -> Iterator[tuple[str, str]]:
        for told in self.judgements.values():
            yield from ((told.account_uid, code) for code in told.examined)
        for app in self.apps:
            yield self.subjects[app.account_id].facts.uid, APP_CODE
        for menu in self.menus:
            uid = self.subjects[menu.account_id].facts.uid
            yield from ((uid, code) for code in LINK_CODES if menu.whole)
        for site in self.sites:
            uid = self.subjects[site.account_id].facts.uid
            yield from ((uid, code) for code in site.told.examined)
        yield from self.settled_by_ledger

    def parts(self, *, told: bool) -> Iterator[tuple[str, str, str]]:
        """(subject uid, code, link) of the links in part of a menu about which something was told;
        or of those in a whole menu about which nothing was."""
        for menu in self.menus:
            if menu.whole is not told:
                uid = self.subjects[menu.account_id].facts.uid
                names = menu.told if told else menu.untold
                yield from ((uid, code, name) for name in names for code in LINK_CODES)

    def texts_read(self) -> Iterator[tuple[str, str, str]]:
        """(subject uid, code, place) of texts that were read: what a machine hinted at and a
        person confirmed, no machine ends."""
        for text in self.texts:
            uid = self.subjects[text.account_id].facts.uid
            yield from ((uid, place.code, place.where) for place in text.places)


def _of_closed(session: Session, at: datetime) -> Iterator[tuple[str, str]]:
    """(subject uid, code) of open findings of earlier sweeps on accounts that are no longer open to
    the public: an account that is cancelled owes no posts and no links."""
    query = select(Finding.subject_uid, Finding.code).join(
        Account, Account.id == Finding.account_id
    )
    of_sweeps = or_(*(Finding.code.startswith(letters) for letters in ("ST", "LK", "SI", "CT")))
    query = query.where(
        of_sweeps,
        Finding.code.not_in(HAND_CODES),
        Finding.ended_at.is_(None),
        Finding.last_seen_at < at,
        Finding.subject_kind == SubjectKind.ACCOUNT,
        Account.state.not_in(LIVE_STATES),
    )
    return ((uid, code) for uid, code in session.execute(query))


def _sweep(session: Session, at: datetime, now: datetime) -> Sweep:
    shown = at.astimezone(SHANGHAI).isoformat(timespec="minutes")
    if at > now:
        raise Refused(
            _("The time point {at} lies in the future.").format(at=shown),
            _("Judge it once it has passed."),
        )
    sweep = session.scalars(select(Sweep).where(Sweep.time_point == at)).one_or_none()
    if sweep is None:
        raise NotFound(
            _("There is no sweep of {at}.").format(at=shown),
            _("`taizhang sweep list` shows the time points."),
        )
    return sweep


def freshness_drafts(subject: Subject, told: Judgement) -> Iterable[Draft]:
    """The hits of a judgement as drafts of findings."""
    return hit_drafts(subject, told.hits, within_edge=told.within_edge)


def hit_drafts(subject: Subject, hits: Iterable[Hit], **figures: object) -> Iterable[Draft]:
    """Hits on one account as drafts of findings, with `figures` beside their own."""
    return (
        Draft(
            SubjectKind.ACCOUNT,
            subject.facts.uid,
            hit.code,
            account_id=subject.id,
            unit_id=subject.unit_id,
            facts=hit.facts,
            measured={**hit.measured, **figures},
            observation_uids=hit.proof,
            severity=hit.severity,
        )
        for hit in hits
    )


def link_drafts(subject: Subject, menu: MenuJudgement, point: Point) -> Iterable[Draft]:
    """The broken and misleading links of one account as drafts of findings."""
    rules, platform = point.rules, subject.facts.platform
    for link in menu.links:
        told = link.last.discriminator in menu.told
        if told and link.code is not None and rules.asks(link.code, platform):
            yield Draft(
                SubjectKind.ACCOUNT,
                subject.facts.uid,
                link.code,
                discriminator=link.last.discriminator,
                account_id=subject.id,
                unit_id=subject.unit_id,
                facts=_link_facts(link),
                measured=_link_figures(link),
                observation_uids=link.proof,
                severity=rules.severity(link.code),
            )


def hint_drafts(subject: Subject, text: JudgedText, point: Point) -> Iterable[Draft]:
    """What is hinted at in the texts of one account as drafts of findings, one for each place."""
    rules, platform = point.rules, subject.facts.platform
    for place in text.places:
        if place.hits and rules.asks(place.code, platform):
            yield Draft(
                SubjectKind.ACCOUNT,
                subject.facts.uid,
                place.code,
                discriminator=place.where,
                account_id=subject.id,
                unit_id=subject.unit_id,
                facts=place.matter,
                measured=place.figures,
                observation_uids=place.proof,
                severity=rules.severity(place.code),
            )


def _link_facts(link: LinkJudgement) -> dict[str, object]:
    tried = link.last
    return {
        "path": tried.path,
        "label": tried.label,
        "url": tried.url,
        "appid": tried.appid,
        "page": tried.page,
    }


def _link_figures(link: LinkJudgement) -> dict[str, object]:
    tried = link.last
    return {
        "status": tried.status,
        "final_url": tried.final_url,
        "signal": tried.signal,
        "failure": tried.failure,
        "certificate_expired_at": tried.certificate_expired_at,
        "tried_at": tried.at,
    }
