"""Links that kept a sweep waiting are the first of the next one; nothing else changes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from checkers.base import Facts, Link, LinkFact, Request, Source, Steps, Target
from checkers.links import Links
from checkers.loading import Catalogue
from registry.db import Registry
from registry.models import Account, LinkResult, Observation, PlannedCheck, Run
from registry.vocab import CheckKind, LinkKind, Outcome, Proof, Reason
from sweeps.clock import SystemClock
from sweeps.network.credentials import Credentials
from sweeps.network.transport import Network
from sweeps.planning import slow_first
from sweeps.planning.owed import load_planned, remaining
from sweeps.planning.plan import Filters, plan_run
from sweeps.planning.slow_first import Waited, moved_links, slow_answers, slow_links
from sweeps.run import Settings, run
from tests.conftest import NOW
from tests.simulator.http import Answer, Asked, serving
from tests.sweeps.play import add_account, catalogue, checker

MENU = Source("menu", frozenset({Proof.LINKS}), kinds=frozenset({CheckKind.MENU}))
KNOWN = catalogue(checker(sources=(MENU,)))
LATE = "https://www.qingshi.gov.cn/late"


def planned(registry: Registry, days: int, known: Catalogue = KNOWN) -> int:
    """The key of a new run over all menus."""
    with registry.write() as session:
        return plan_run(
            session,
            at=NOW + timedelta(days=days),
            now=NOW + timedelta(days=days),
            catalogue=known,
            credentials=Credentials.of(known, {}),
            window_days=14,
            filters=Filters(kinds={CheckKind.MENU}, everything=True),
        ).id


def saw(
    registry: Registry,
    run: int,
    account: int,
    *links: LinkResult,
    outcome: Outcome = Outcome.READ,
    **facts: object,
) -> None:
    """Store a look at an account's menu."""
    with registry.write() as session:
        found = Observation(
            run_id=run,
            account_id=account,
            kind=CheckKind.MENU,
            observed_at=NOW,
            outcome=outcome,
            facts=facts,
        )
        found.link_results = list(links)
        session.add(found)


def link(
    name: str, status: int = 0, failure: Reason | None = None, to: str | None = None
) -> LinkResult:
    """A link as it was stored; `to`: where it led, if not to its own page."""
    url = f"https://www.qingshi.gov.cn/{name}"
    end = url if to is None else to
    return LinkResult(
        path=name, kind=LinkKind.URL, url=url, status=status, failure=failure, final_url=end
    )


def accounts(registry: Registry, count: int) -> list[int]:
    with registry.write() as session:
        return [add_account(session, f"青石{n}", url=f"https://qs/{n}").id for n in range(count)]


def known(registry: Registry) -> dict[int, Waited]:
    with registry.read() as session:
        return slow_links(session, select(Account.id))


def test_an_answer_is_late_from_two_seconds_on() -> None:
    facts = Facts(
        link_facts=(
            LinkFact("https://a/", 200, seconds=1.99),
            LinkFact("https://b/", 200, seconds=2.0),
            LinkFact("", 200, page="pages/index", seconds=9.0),
        )
    )
    assert slow_answers(facts) == {"https://b/": 2.0}


def test_what_failed_and_is_tried_again_keeps_us_waiting_and_what_is_gone_does_not(
    registry: Registry,
) -> None:
    (account,) = accounts(registry, 1)
    saw(
        registry,
        planned(registry, 0),
        account,
        link("gone", 404),
        link("silent", failure=Reason.TIMEOUT),
        link("wall", failure=Reason.CAPTCHA),
        link("ill", 503),
        link("well", 200),
    )
    silent, ill = link("silent").url, link("ill").url
    assert known(registry) == {account: Waited(ill=(silent, ill))}


def test_what_failed_at_last_after_a_long_while_is_ill_and_not_late(registry: Registry) -> None:
    (account,) = accounts(registry, 1)
    url = link("ill").url
    saw(registry, planned(registry, 0), account, link("ill", 504), slow={url: 9.0, LATE: 4.0})
    assert known(registry) == {account: Waited((url,), (LATE,))}
    assert known(registry)[account].slow == (url, LATE)


def test_only_the_last_look_that_was_read_counts(registry: Registry) -> None:
    (account,) = accounts(registry, 1)
    saw(registry, planned(registry, 0), account, link("ill", 503), slow={LATE: 4.0})
    assert known(registry) == {account: Waited((link("ill").url,), (LATE,))}
    saw(registry, planned(registry, 1), account, link("ill", 200), slow={LATE: 5.0})
    saw(registry, planned(registry, 2), account, outcome=Outcome.INCONCLUSIVE)
    assert known(registry) == {account: Waited(late=(LATE,))}
    saw(registry, planned(registry, 3), account, link("ill", 200))
    assert known(registry) == {}


def test_what_led_on_is_known_of_the_last_look_that_was_read(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slow_first, "MOST_MOVED", 2)
    first, second = accounts(registry, 2)
    run = planned(registry, 0)
    saw(registry, run, first, link("well", 200), link("unasked", to=""))
    saw(registry, run, second, link("old", 200, to="https://x/"))
    moved = [link(name, 200, to="https://www.qingshi.gov.cn/new") for name in "abc"]
    saw(registry, planned(registry, 1), second, link("well", 200), *moved)
    saw(registry, planned(registry, 2), second, outcome=Outcome.INCONCLUSIVE)
    with registry.read() as session:
        found = moved_links(session, [first, second])
    assert found == {second: (link("a").url, link("b").url)}


def test_what_led_on_is_asked_early_within_its_check_and_changes_no_order_of_checks(
    registry: Registry,
) -> None:
    first, second = accounts(registry, 2)
    run = planned(registry, 0)
    saw(registry, run, first, link("well", 200))
    saw(registry, run, second, link("well", 200), link("moved", 200, to="https://x/"))
    again = planned(registry, 7)
    with registry.read() as session:
        owed = [id_ for id_, _lane in remaining(session, again)]
        checks = load_planned(session, owed)
        stored = session.get_one(PlannedCheck, owed[0]).target
    assert [check.account_id for check in checks] == [first, second]
    assert [check.target.moved for check in checks] == [(), (link("moved").url,)]
    assert [check.target.slow for check in checks] == [(), ()]
    assert "moved" not in stored


def test_the_next_run_begins_with_them(registry: Registry) -> None:
    first, second, third = accounts(registry, 3)
    run = planned(registry, 0)
    saw(registry, run, first, link("well", 200))
    saw(registry, run, second, link("well", 200))
    saw(registry, run, third, link("well", 200), link("ill", 503), slow={LATE: 12.5})
    again = planned(registry, 7)
    with registry.read() as session:
        owed = [id_ for id_, _lane in remaining(session, again)]
        checks = load_planned(session, owed)
        stored = session.get_one(PlannedCheck, owed[1]).target
    assert [check.account_id for check in checks] == [third, first, second]
    ill = link("ill").url
    assert [check.target.slow for check in checks] == [(ill, LATE), (), ()]
    assert [check.target.ill for check in checks] == [(ill,), (), ()]
    assert not {"slow", "ill"} & stored.keys()


def test_a_sweep_begins_with_the_links_that_kept_the_last_one_waiting(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slow_first, "SLOW", 0.2)
    asked: list[str] = []

    def handler(request: Asked) -> Answer:
        asked.append(request.path)
        return Answer("乡镇服务", delay=0.4 if request.path == "/late" else 0.0)

    with serving(handler, latency=0.0) as server:
        links = tuple(Link(name, url=server.url(0, name)) for name in ("/a", "/late", "/z"))

        def script(target: Target, source: str) -> Steps:
            yield Request(server.url(0, "/menu"))
            return Facts(links=links)

        known = catalogue(checker(script, sources=(MENU,)), links=Links())
        free = {"127.0.0.1": {"min_gap": 0.0}}
        settings = Settings(network=Network(allow_private=("127.0.0.1",)), pace=free)
        accounts(registry, 1)
        for day in (0, 1):
            with registry.read() as session:
                uid = session.get_one(Run, planned(registry, day, known)).uid
            secrets = Credentials.of(known, {})
            clock = SystemClock()
            run(registry, uid, known, credentials=secrets, clock=clock, settings=settings)
    assert asked == ["/menu", "/a", "/late", "/z", "/menu", "/late", "/a", "/z"]
    with registry.read() as session:
        noted = session.scalars(select(Observation.facts)).all()
        stored = session.scalars(select(LinkResult.url).order_by(LinkResult.id)).all()
    assert [list(facts["slow"]) for facts in noted] == [[links[1].url]] * 2
    assert stored == [link.url for link in links] * 2
