"""A check on its way: sources in order, what a checker may do wrong, how it ends."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from checkers.base import (
    Checker,
    Coverage,
    Credential,
    Facts,
    Inconclusive,
    Link,
    LinkFact,
    Pace,
    Post,
    Request,
    Response,
    Source,
    Steps,
    Target,
    Unsupported,
)
from registry.vocab import (
    CheckKind,
    CoverageKind,
    Existence,
    LinkKind,
    Outcome,
    Proof,
    Reason,
)
from sweeps.driving.conclusive import conclusive
from sweeps.driving.course import Asked, Course, CourseLimits, Result
from sweeps.driving.digest import Answered
from sweeps.driving.stepping import Stepping
from sweeps.driving.targets import PlannedSource, PlannedTarget
from tests.conftest import NOW
from tests.sweeps.play import ALL_PROOFS, catalogue, checker, facts

URL = "https://m.weibo.cn/u/1"
DAY = timedelta(days=1)
SINCE = NOW - 14 * DAY


def plan(*sources: PlannedSource | str, kind: CheckKind = CheckKind.FRESHNESS) -> PlannedTarget:
    listed = tuple(PlannedSource(s) if isinstance(s, str) else s for s in sources or ("page",))
    return PlannedTarget(
        "uid", "weibo", "青石公安", kind, NOW, SINCE, NOW, SINCE + DAY, {}, URL, listed
    )


def drive(course: Course, reply: Callable[[Request], Response] | None = None) -> Result:
    """The course's end, each request answered with `reply`, an empty 200 by default."""
    step = course.go(None)
    while isinstance(step, Asked):
        responses = [
            reply(r) if reply else Response(r.url, 200, {}, b"x", NOW) for r in step.requests
        ]
        step = course.go([Answered(r, (f"rec:{r.url}",)) for r in responses])
    return step


def result(script: Callable[..., Any] | None, planned: PlannedTarget | None = None) -> Result:
    made = catalogue(checker(script))
    return drive(Course(planned or plan(), made, lambda: 0.0))


def test_a_single_request_gets_one_response_and_a_list_gets_a_list() -> None:
    got: list[Any] = []

    def script(target: Target, source: str) -> Steps:
        got.append((yield Request(URL)))
        got.append((yield [Request(URL), Request(URL)]))
        got.append((yield []))
        return facts(NOW)

    ended = result(script)
    assert ended.outcome is Outcome.READ
    assert [type(item).__name__ for item in got] == ["Response", "list", "list"]
    assert [len(item) for item in got[1:]] == [2, 0]
    assert ended.records == (f"rec:{URL}",) * 3
    assert ended.observed_at == NOW


def broken(*_ignored: Any) -> Steps:
    yield Request(URL)
    raise ZeroDivisionError("three of them")


def rubbish(*_ignored: Any) -> Generator[Any, Any, Any]:
    yield "https://m.weibo.cn/"


def mixed(*_ignored: Any) -> Generator[Any, Any, Any]:
    yield [Request(URL), None]


def nothing(*_ignored: Any) -> Generator[Any, Any, Any]:
    yield Request(URL)


def quits(*_ignored: Any) -> Steps:
    yield Request(URL)
    raise SystemExit(3)


def no_generator(*_ignored: Any) -> Any:
    return Facts()


def undated(*_ignored: Any) -> Steps:
    yield Request(URL)
    return facts(NOW.replace(tzinfo=None))


@pytest.mark.parametrize("script", [broken, rubbish, mixed, nothing, quits, no_generator, undated])
def test_a_checker_that_breaks_its_contract_costs_its_own_row_only(script: Any) -> None:
    ended = result(script)
    assert (ended.outcome, ended.reason) == (Outcome.INCONCLUSIVE, Reason.CHECKER_ERROR)


def test_the_detail_of_a_broken_checker_says_what_and_where() -> None:
    assert "ZeroDivisionError: three of them (test_course.py:" in result(broken).detail


def endless(*_ignored: Any) -> Steps:
    while True:
        yield Request(URL)


def idle(*_ignored: Any) -> Steps:
    while True:
        yield []


def greedy(*_ignored: Any) -> Steps:
    yield [Request(URL)] * 1000
    return Facts()


def stubborn(*_ignored: Any) -> Steps:
    while True:
        try:
            yield Request(URL)
        except GeneratorExit:
            continue


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("script", [endless, idle, greedy, stubborn])
def test_a_checker_that_never_ends_is_ended(script: Any) -> None:
    ended = result(script)
    assert (ended.outcome, ended.reason) == (Outcome.INCONCLUSIVE, Reason.CHECKER_TIMEOUT)


def test_a_checker_that_computes_too_long_is_ended_at_its_next_step() -> None:
    seconds = iter([0.0, 20.0, 20.0, 40.0])
    made = catalogue(checker(endless))
    course = Course(plan(), made, lambda: next(seconds), CourseLimits(seconds=30))
    assert drive(course).reason is Reason.CHECKER_TIMEOUT


def computes(*_ignored: Any) -> Steps:
    yield Request(URL)
    while True:
        pass


def computes_at_once(*_ignored: Any) -> Any:
    while True:
        pass


def computes_when_closed(*_ignored: Any) -> Generator[Any, Any, Any]:
    try:
        yield "rubbish"
    finally:
        while True:
            pass


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (computes, Reason.CHECKER_TIMEOUT),
        (computes_at_once, Reason.CHECKER_TIMEOUT),
        (computes_when_closed, Reason.CHECKER_ERROR),
    ],
)
def test_a_checker_that_computes_for_ever_is_left_behind(script: Any, reason: Reason) -> None:
    stepping = Stepping(0.05)
    made = catalogue(checker(script))
    ended = drive(Course(plan(), made, lambda: 0.0, take=stepping.take))
    stepping.close()
    assert (ended.outcome, ended.reason) == (Outcome.INCONCLUSIVE, reason)


def test_the_reason_of_an_inconclusive_check_is_the_checkers() -> None:
    def script(target: Target, source: str) -> Steps:
        response: Response = yield Request(URL)
        response.usable()
        raise Inconclusive(Reason.CHANGED_LAYOUT, "no cards")

    ended = result(script)
    assert (ended.outcome, ended.reason, ended.detail) == (
        Outcome.INCONCLUSIVE,
        Reason.CHANGED_LAYOUT,
        "no cards",
    )


def by_source(**scripts: Facts | Inconclusive) -> Checker:
    """A checker whose sources end as given, in order; each proves all."""

    def script(target: Target, source: str) -> Steps:
        yield Request(f"{URL}?{source}")
        end = scripts[source]
        if isinstance(end, Inconclusive):
            raise end
        return end

    return checker(script, sources=[Source(name, ALL_PROOFS) for name in scripts])


def ended(**scripts: Facts | Inconclusive) -> Result:
    return drive(Course(plan(*scripts), catalogue(by_source(**scripts)), lambda: 0.0))


OLD = facts(NOW - timedelta(days=40), coverage=CoverageKind.PARTIAL)
WALL = Inconclusive(Reason.CAPTCHA)


def test_the_first_conclusive_source_ends_the_check() -> None:
    ending = ended(api=facts(NOW - timedelta(days=40)), page=facts(NOW))
    assert (ending.source, len(ending.records)) == ("api", 1)


def test_a_read_that_proves_less_is_kept_while_the_next_source_is_asked() -> None:
    assert ended(api=OLD, page=facts(NOW)).source == "page"
    assert ended(api=OLD, page=WALL).source == "api"
    assert [(t.source, t.outcome) for t in ended(api=OLD, page=WALL).tries] == [
        ("api", Outcome.READ),
        ("page", Outcome.INCONCLUSIVE),
    ]


def test_of_two_reads_that_prove_little_the_newer_post_wins_and_then_the_order() -> None:
    newer = facts(NOW - timedelta(days=30), coverage=CoverageKind.PARTIAL)
    assert ended(api=OLD, page=newer).source == "page"
    assert ended(api=OLD, page=OLD).source == "api"
    assert ended(api=Facts(), page=OLD).source == "page"


def test_without_a_read_the_first_source_that_was_asked_says_why() -> None:
    ending = ended(api=Unsupported(Reason.PERMISSION), page=WALL)
    assert (ending.outcome, ending.reason, ending.source) == (
        Outcome.INCONCLUSIVE,
        Reason.CAPTCHA,
        "page",
    )


@pytest.mark.parametrize(
    ("reasons", "told"),
    [
        ((), Reason.BY_HAND),
        ((Reason.NO_SOURCE,), Reason.BY_HAND),
        ((Reason.NO_ADDRESS,), Reason.NO_ADDRESS),
        ((Reason.NO_ADDRESS, Reason.NO_CREDENTIAL), Reason.NO_CREDENTIAL),
    ],
)
def test_nothing_usable_is_unsupported_for_the_reason_that_can_be_mended(
    reasons: tuple[Reason, ...], told: Reason
) -> None:
    listed = [PlannedSource(f"s{n}", why_not=reason) for n, reason in enumerate(reasons)]
    target = replace(plan(), sources=tuple(listed))
    ending = drive(Course(target, catalogue(checker()), lambda: 0.0))
    assert (ending.outcome, ending.reason, ending.records) == (Outcome.UNSUPPORTED, told, ())


def test_what_a_usable_source_lacked_is_told_before_what_was_known_at_planning() -> None:
    listed = (PlannedSource("api", why_not=Reason.NO_CREDENTIAL), PlannedSource("page"))
    made = by_source(page=Unsupported(Reason.NO_ADDRESS, "no uid"))
    ending = drive(Course(replace(plan(), sources=listed), catalogue(made), lambda: 0.0))
    assert (ending.outcome, ending.reason, ending.detail) == (
        Outcome.UNSUPPORTED,
        Reason.NO_ADDRESS,
        "no uid",
    )


def test_a_missing_secret_found_out_only_when_asking_is_unsupported_too() -> None:
    ending = ended(api=Inconclusive(Reason.NO_CREDENTIAL, "weibo"))
    assert (ending.outcome, ending.reason) == (Outcome.UNSUPPORTED, Reason.NO_CREDENTIAL)


def test_no_checker_promises_more_than_its_source() -> None:
    fresh_only = Source("page", frozenset({Proof.FRESH}))
    made = checker(lambda t, s: steps(facts(NOW - timedelta(days=40))), sources=[fresh_only])
    ending = drive(Course(plan(), catalogue(made), lambda: 0.0))
    assert ending.facts is not None
    assert ending.facts.coverage == Coverage(CoverageKind.PARTIAL)


def steps(end: Facts) -> Steps:
    yield Request(URL)
    return end


def test_a_credential_is_not_sent_where_the_checker_does_not_name_the_host() -> None:
    def script(target: Target, source: str) -> Steps:
        yield Request("https://elsewhere.example/", auth="weibo")
        return Facts()

    own = Credential("weibo", "query:token")
    named = checker(script, hosts={"m.weibo.cn": Pace(1.0)}, credentials=[own])
    ending = drive(Course(plan(), catalogue(named), lambda: 0.0))
    assert ending.reason is Reason.CHECKER_ERROR
    assert "credential" in ending.detail


@pytest.mark.parametrize("declared", [True, False])
def test_a_checker_is_lent_another_ones_credential_only_if_it_declares_it(declared: bool) -> None:
    def script(target: Target, source: str) -> Steps:
        yield Request("https://api.weixin.qq.com/wxa", auth="wechat:wx1")
        return facts(NOW)

    held = [Credential("wechat", "query:token")]
    owner = checker(platform="wechat", hosts={"api.weixin.qq.com": Pace(1.0)}, credentials=held)
    made = checker(script, credentials=held if declared else [])
    ending = drive(Course(plan(), catalogue(made, owner), lambda: 0.0))
    assert ending.reason is (None if declared else Reason.CHECKER_ERROR)


def test_a_credential_may_go_to_the_address_that_the_office_gave() -> None:
    def script(target: Target, source: str) -> Steps:
        yield Request(target.address, auth="weibo")
        return facts(NOW)

    target = plan(PlannedSource("page", "https://rss.example:1200/weibo/1"))
    assert drive(Course(target, catalogue(checker(script)), lambda: 0.0)).reason is None


# --- menus ------------------------------------------------------------------------------------


def menu(target: Target, source: str) -> Steps:
    yield Request("https://api.example/menu")
    return Facts(
        Existence.EXISTS,
        links=(
            Link("办事", LinkKind.URL, "https://qingshi.example/a", ("服务", "办事")),
            Link("小程序", LinkKind.MINIPROGRAM, appid="wx1", page="pages/x"),
        ),
    )


def links(target: Target, source: str) -> Steps:
    answers = yield [Request(link.url) for link in target.links if link.url]
    return Facts(link_facts=tuple(LinkFact(a.url, a.status) for a in answers))


def menu_end(link_script: Callable[..., Any]) -> Result:
    made = checker(menu, sources=[Source("menu", ALL_PROOFS, frozenset({CheckKind.MENU}))])
    shared = checker(
        link_script,
        platform="",
        sources=[Source("http", frozenset({Proof.LINKS}), frozenset({CheckKind.MENU}))],
    )
    target = plan("menu", kind=CheckKind.MENU)
    return drive(Course(target, catalogue(made, links=shared), lambda: 0.0))


def test_the_addresses_of_a_menu_are_tried_by_the_link_checker() -> None:
    ending = menu_end(links)
    assert ending.facts is not None
    assert [link.label for link in ending.facts.links] == ["办事", "小程序"]
    assert ending.facts.link_facts == (LinkFact("https://qingshi.example/a", 200),)
    assert ending.source == "menu"


def test_a_menu_whose_links_could_not_be_tried_is_read_all_the_same() -> None:
    ending = menu_end(broken)
    assert ending.outcome is Outcome.READ
    assert ending.facts is not None
    assert (len(ending.facts.links), ending.facts.link_facts) == (2, ())
    assert "checker_error" in ending.facts.note


# --- what is conclusive -------------------------------------------------------------------------


def with_coverage(kind: CoverageKind, since: Any = None, until: Any = None) -> Facts:
    return Facts(Existence.EXISTS, coverage=Coverage(kind, since, until))


@pytest.mark.parametrize(
    ("seen", "enough"),
    [
        (Facts(Existence.GONE_SIGNAL), True),
        (Facts(Existence.RESTRICTED), True),
        (Facts(Existence.EXISTS), False),
        (with_coverage(CoverageKind.COMPLETE), True),
        (with_coverage(CoverageKind.PROVEN_EMPTY), True),
        (with_coverage(CoverageKind.PARTIAL), False),
        (with_coverage(CoverageKind.REACHES_BACK_TO, SINCE), True),
        (with_coverage(CoverageKind.REACHES_BACK_TO, SINCE + DAY), False),
        (with_coverage(CoverageKind.COMPLETE, until=NOW), True),
        (with_coverage(CoverageKind.COMPLETE, until=NOW - DAY), False),
        (facts(NOW - 3 * DAY, coverage=CoverageKind.PARTIAL), True),
        (facts(NOW - 14 * DAY, coverage=CoverageKind.PARTIAL), False),
        (facts(NOW + DAY, coverage=CoverageKind.PARTIAL), False),
        (Facts(posts=(Post(NOW - DAY, own=False),)), False),
    ],
)
def test_what_ends_a_freshness_check(seen: Facts, enough: bool) -> None:
    assert conclusive(seen, plan()) is enough


# --- apps: one check, several stores --------------------------------------------------------------

OFFERED = Facts(Existence.EXISTS)
WITHDRAWN = Facts(Existence.GONE_SIGNAL, signal="not_in_store")
NEVER_THERE = Inconclusive(Reason.NOT_FOUND, "not listed")


def in_stores(**scripts: Facts | Inconclusive) -> Result:
    planned = plan(*scripts, kind=CheckKind.APP)
    return drive(Course(planned, catalogue(by_source(**scripts)), lambda: 0.0))


def test_an_app_that_one_store_offers_is_there_whatever_the_others_say() -> None:
    ending = in_stores(first=WITHDRAWN, second=WALL, third=OFFERED, fourth=WITHDRAWN)
    assert (ending.outcome, ending.source, ending.facts) == (Outcome.READ, "third", OFFERED)
    assert [t.source for t in ending.tries] == ["first", "second", "third"]


def test_an_app_is_gone_when_every_store_that_was_known_to_have_it_says_so() -> None:
    ending = in_stores(first=WITHDRAWN, second=NEVER_THERE, third=Unsupported(Reason.NO_ADDRESS))
    assert (ending.outcome, ending.source, ending.facts) == (Outcome.READ, "first", WITHDRAWN)


def test_an_app_may_still_be_in_a_store_that_could_not_be_read() -> None:
    ending = in_stores(first=NEVER_THERE, second=WITHDRAWN, third=WALL)
    assert (ending.outcome, ending.reason, ending.source, ending.facts) == (
        Outcome.INCONCLUSIVE,
        Reason.CAPTCHA,
        "third",
        None,
    )


def test_an_app_that_was_never_known_to_be_anywhere_is_not_gone() -> None:
    ending = in_stores(first=NEVER_THERE, second=Unsupported(Reason.NO_ADDRESS))
    assert (ending.outcome, ending.reason) == (Outcome.INCONCLUSIVE, Reason.NOT_FOUND)


def test_of_other_checks_a_wall_does_not_take_back_what_was_read() -> None:
    assert ended(api=OLD, page=WALL).outcome is Outcome.READ


@pytest.mark.parametrize("existence", list(Existence))
def test_only_an_offer_ends_the_look_at_an_app(existence: Existence) -> None:
    told = conclusive(Facts(existence), plan(kind=CheckKind.APP))
    assert told is (existence is Existence.EXISTS)
    assert conclusive(Facts(existence), plan(kind=CheckKind.IDENTITY)) is True
