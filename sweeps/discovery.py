"""Units' sites read for the accounts they show: driven like a run, with lanes, guard and evidence.

It writes nothing but evidence; what follows from the sightings is for `reconcilers.discovery`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from checkers._matrix.reading import Eye, Matrix
from checkers.base import Link
from checkers.loading import Catalogue
from registry.uids import new_uid
from registry.vocab import QR_UNREADABLE, CheckKind, LinkKind, Outcome, Reason
from sweeps.clock import Clock
from sweeps.driving.agenda import Agenda, Planned
from sweeps.driving.course import Result
from sweeps.driving.targets import PlannedSource, PlannedTarget
from sweeps.driving.workers import Workers
from sweeps.evidence.store import EvidenceWriter
from sweeps.network.credentials import Credentials, quiet_logs
from sweeps.run import Settings, asking, threads

_OPAQUE = "wechat"
"""Whose codes say nothing but that they are WeChat's."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One account as a site shows it."""

    platform: str
    scheme: str
    """Empty where the address holds no id."""
    value: str
    url: str
    name: str
    """As far as the words beside it tell; often empty."""
    by_code: bool
    """It was in a QR image."""
    page: str
    title: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A page that could not be read, or an image that may hold a code of another kind."""

    url: str
    reason: Reason | None = None
    """None for an image in which no QR code was found."""


@dataclass(frozen=True, slots=True)
class SiteRead:
    """What reading one site came to."""

    url: str
    outcome: Outcome
    reason: Reason | None = None
    sightings: tuple[Sighting, ...] = ()
    unread: tuple[Unread, ...] = ()
    evidence: str = ""
    """Name of the file in the evidence folder."""


def discover(
    urls: Sequence[str],
    catalogue: Catalogue,
    eye: Eye,
    *,
    folder: Path,
    credentials: Credentials,
    clock: Clock,
    settings: Settings = Settings(),
    workers: Workers | None = None,
) -> list[SiteRead]:
    """Read the sites at `urls`, in their order. `folder`: where evidence is kept."""
    own = Catalogue(catalogue.platforms, {"matrix": Matrix(eye)})
    planned = {number: _planned(number, url, clock) for number, url in enumerate(urls)}
    results: dict[int, Result] = {}
    with ExitStack() as stack:
        stack.enter_context(quiet_logs(credentials.redactor))
        name = f"discover-{new_uid()}-1.warc.gz"
        about = {"discover": " ".join(urls)[:2000]}
        evidence = EvidenceWriter(folder / name, credentials.redactor, about, clock.now())
        stack.callback(evidence.close)
        hands = workers or stack.enter_context(threads(settings, clock))
        engine = asking(own, credentials, clock, settings, hands, evidence)
        agenda = Agenda(
            ((number, one.target.lane) for number, one in planned.items()),
            lambda ids: [planned[number] for number in ids],
        )

        def keep(finished: Iterable[tuple[Planned, Result]]) -> None:
            results.update((one.id, result) for one, result in finished)

        engine.run(agenda, keep)
    return [_read(url, results[number], eye, name) for number, url in enumerate(urls)]


def _planned(number: int, url: str, clock: Clock) -> Planned:
    now = clock.now()
    target = PlannedTarget(
        account="",
        platform="",
        name=url,
        kind=CheckKind.IDENTITY,
        as_of=now,
        read_back_to=now,
        time_point=now,
        fresh_since=now,
        url=url,
        sources=(PlannedSource("matrix"),),
    )
    return Planned(number, 0, CheckKind.IDENTITY, 0, target)


def _read(url: str, result: Result, eye: Eye, evidence: str) -> SiteRead:
    facts = result.facts
    if facts is None:
        return SiteRead(url, result.outcome, result.reason, evidence=evidence)
    return SiteRead(
        url,
        result.outcome,
        None,
        tuple(_sighting(link, eye) for link in facts.links),
        tuple(
            Unread(fact.url, None if fact.signal == QR_UNREADABLE else fact.failure)
            for fact in facts.link_facts
        ),
        evidence,
    )


def _sighting(link: Link, eye: Eye) -> Sighting:
    found = eye.identify(link.url)
    title, page = link.path if len(link.path) == 2 else ("", "")
    known = found is not None and found.scheme != "url"
    return Sighting(
        found.platform if found else _OPAQUE,
        found.scheme if found and known else "",
        found.value if found and known else "",
        link.url,
        link.label,
        link.kind is LinkKind.QR,
        page,
        title,
    )
