"""One sweep over servers and checkers that do everything wrong: each check ends with its reason."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import feedparser  # noqa: F401  a first import is no part of a checker's step
import pytest
from sqlalchemy import select

from checkers.base import (
    MAX_BODY,
    Checker,
    Facts,
    Hop,
    Inconclusive,
    LinkFact,
    Pace,
    Post,
    Request,
    Response,
    Source,
    Steps,
)
from checkers.feed import Feed
from registry.db import Registry
from registry.models import Account, AccountSource, Observation
from registry.vocab import CoverageKind, Existence, Outcome, Reason
from sweeps.driving.course import CourseLimits
from sweeps.driving.ground import Tuning
from sweeps.driving.soundness import without_future
from sweeps.network.transport import Limits, Network
from sweeps.run import Settings
from tests.checkers.cases.feed import item, rss
from tests.conftest import NOW
from tests.sweeps.loopback import Asked, Said, Server, serve
from tests.sweeps.play import ALL_PROOFS, add_account, catalogue, checker, facts
from tests.sweeps.test_run import observations, planned, swept

GOOD = json.dumps({"at": NOW.isoformat()})
SETTINGS = Settings(
    network=Network(Limits(0.5, 0.5, 1.0), ("127.0.0.1",)),
    tuning=Tuning(retries=0, limits=CourseLimits(requests=20, seconds=1.0)),
)
AT_ONCE = Pace(0.0, in_flight=8)


def reads_json(target: Any, source: str) -> Steps:
    """What an honest reader of JSON does."""
    response: Response = yield Request(target.url)
    return facts(datetime.fromisoformat(response.json()["at"]))


READER = checker(reads_json, platform="reader", hosts={"127.0.0.1": AT_ONCE})


# --- what servers do ------------------------------------------------------------------------------


@dataclass
class Tap:
    """A body without an end, and how much of it was taken."""

    poured: int = 0

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b" " * 65536)
                self.poured += 65536
        except OSError:
            return


def drips(enough: threading.Event) -> Callable[[BaseHTTPRequestHandler], None]:
    """A header, then nothing for as long as the test lasts."""

    def instead(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "2")
        handler.end_headers()
        enough.wait(30)

    return instead


def circle(asked: Asked) -> Said:
    return Said("", 302, (("Location", "/b" if asked.path == "/a" else "/a"),))


BAD: dict[str, tuple[Any, Reason]] = {
    "truncated JSON": (Said(GOOD[:-3]), Reason.BAD_JSON),
    "HTML for JSON": (Said("<html><body>欢迎访问</body></html>"), Reason.BAD_JSON),
    "GBK under UTF-8": (
        Said(
            '{"at": "青石"}'.encode("gbk"), headers=(("Content-Type", "text/json; charset=utf-8"),)
        ),
        Reason.BAD_JSON,
    ),
    "over the cap": (Said(GOOD + " " * (MAX_BODY - len(GOOD) + 1)), Reason.TOO_LARGE),
    "deep JSON": (Said("[" * 100_000), Reason.BAD_JSON),
    "JSON a thousand deep": (Said('{"at": ' + "[" * 1000 + "]" * 1000 + "}"), Reason.BAD_JSON),
    "empty 200": (Said(""), Reason.EMPTY_BODY),
    "a circle": (circle, Reason.REDIRECT_LOOP),
}
FED: dict[str, tuple[Any, Reason]] = {
    "half a feed": (Said(rss(item(""))[:160]), Reason.AMBIGUOUS),
    "deep HTML for a feed": (Said("<div>" * 100_000), Reason.NOT_A_FEED),
    "a feed of the future": (Said(rss(item("2999-01-01 00:00:00"))), Reason.AMBIGUOUS),
    "5 MB of HTML for a feed": (Said("<p>青石</p>" * (MAX_BODY // 14)), Reason.NOT_A_FEED),
}


def just_below() -> Said:
    return Said(GOOD + " " * (MAX_BODY - len(GOOD)))


# --- what checkers do -----------------------------------------------------------------------------


def raises(*_ignored: Any) -> Steps:
    yield from ()
    raise RuntimeError("青石")


def yields_rubbish(*_ignored: Any) -> Any:
    yield {"url": "https://qingshi.example/"}


def yields_a_hollow_request(*_ignored: Any) -> Any:
    yield Request(None)  # type: ignore[arg-type]


def yields_odd_headers(*_ignored: Any) -> Any:
    yield Request("https://qingshi.example/", headers=(("Accept", 1),))  # type: ignore[arg-type]


def yields_half_a_character(*_ignored: Any) -> Any:
    yield Request("https://qingshi.example/\ud800")


def yields_half_a_header(*_ignored: Any) -> Any:
    yield Request("https://qingshi.example/", headers=(("Accept", "\ud800"),))


def returns_rubbish(*_ignored: Any) -> Any:
    yield from ()
    return {"posts": []}


def returns_posts_without_end(*_ignored: Any) -> Any:
    yield from ()
    return Facts(posts=itertools.repeat(Post(NOW)))  # type: ignore[arg-type]


def returns_text_for_a_time(*_ignored: Any) -> Any:
    yield from ()
    return Facts(posts=(Post("2026-11-22"),))  # type: ignore[arg-type]


def yields_for_ever(target: Any, source: str) -> Steps:
    while True:
        yield Request(target.url)


def yields_nothing_for_ever(*_ignored: Any) -> Any:
    while True:
        yield []


def computes_for_ever(*_ignored: Any) -> Any:
    yield from ()
    while True:
        pass


def swallows(target: Any, source: str) -> Any:
    while True:
        try:
            yield Request(target.url)
        except Exception:
            continue


class Wordless(Exception):
    """Its text cannot be had."""

    def __str__(self) -> str:
        raise RuntimeError("no words")


class Wordy(Exception):
    """Its text has no end."""

    def __str__(self) -> str:
        while True:
            pass


class Endless(Mapping[str, int]):
    """A map that can be gone through for ever."""

    def __getitem__(self, key: str) -> int:
        return 1

    def __iter__(self) -> Iterator[str]:
        return map(str, itertools.count())

    def __len__(self) -> int:
        return 1


class Longer(list[Request]):
    """A list that can be gone through for ever."""

    def __iter__(self) -> Iterator[Request]:
        return itertools.repeat(Request("https://qingshi.example/"))


class Stubborn(str):
    """A text that does not let itself be worked with."""

    def replace(self, *_ignored: Any) -> Any:
        raise RuntimeError("no")


def raises_without_words(*_ignored: Any) -> Steps:
    yield from ()
    raise Wordless


def raises_words_without_end(*_ignored: Any) -> Steps:
    yield from ()
    raise Wordy


def gives_no_reason(*_ignored: Any) -> Steps:
    yield from ()
    raise Inconclusive(Reason.CAPTCHA, []) from None  # type: ignore[arg-type]


def gives_a_reason_of_its_own(*_ignored: Any) -> Steps:
    yield from ()
    error = Inconclusive(Reason.CAPTCHA)
    error.reason = ["青石"]  # type: ignore[assignment]
    raise error


def yields_a_list_without_end(*_ignored: Any) -> Any:
    yield Longer()


def counts_without_end(*_ignored: Any) -> Any:
    yield from ()
    return Facts(counters=Endless())


def counts_too_far(*_ignored: Any) -> Any:
    yield from ()
    return Facts(counters={"posts": 2**63})


def returns_stubborn_text(*_ignored: Any) -> Any:
    yield from ()
    return Facts(Existence.GONE_SIGNAL, signal=Stubborn("青石"))


def returns_a_status_that_is_none(*_ignored: Any) -> Any:
    yield from ()
    return Facts(link_facts=(LinkFact("https://qingshi.example/", 10**400),))


def returns_a_hop_that_is_none(*_ignored: Any) -> Any:
    yield from ()
    return Facts(link_facts=(LinkFact("u", hops=(Hop("u", 10**400, ""),)),))


ODD: dict[Callable[..., Any], Reason] = {
    raises_without_words: Reason.CHECKER_ERROR,
    raises_words_without_end: Reason.CHECKER_TIMEOUT,
    gives_no_reason: Reason.CHECKER_ERROR,
    gives_a_reason_of_its_own: Reason.CHECKER_ERROR,
    yields_a_list_without_end: Reason.CHECKER_ERROR,
    counts_without_end: Reason.CHECKER_TIMEOUT,
    counts_too_far: Reason.CHECKER_ERROR,
    returns_stubborn_text: Reason.CHECKER_ERROR,
    returns_a_status_that_is_none: Reason.CHECKER_ERROR,
    returns_a_hop_that_is_none: Reason.CHECKER_ERROR,
    raises: Reason.CHECKER_ERROR,
    yields_rubbish: Reason.CHECKER_ERROR,
    yields_a_hollow_request: Reason.CHECKER_ERROR,
    yields_odd_headers: Reason.CHECKER_ERROR,
    yields_half_a_character: Reason.CHECKER_ERROR,
    yields_half_a_header: Reason.CHECKER_ERROR,
    returns_rubbish: Reason.CHECKER_ERROR,
    returns_posts_without_end: Reason.CHECKER_ERROR,
    returns_text_for_a_time: Reason.CHECKER_ERROR,
    yields_for_ever: Reason.CHECKER_TIMEOUT,
    yields_nothing_for_ever: Reason.CHECKER_TIMEOUT,
    computes_for_ever: Reason.CHECKER_TIMEOUT,
    swallows: Reason.CHECKER_TIMEOUT,
}


def odd_ones() -> list[Checker]:
    return [checker(script, platform=script.__name__) for script in ODD]


# --- the sweep ------------------------------------------------------------------------------------


@pytest.fixture
def served() -> Iterator[Callable[[Any], Server]]:
    """Starts a server of its own for each answer, since some answers close a host for all."""
    with ExitStack() as stack:

        def start(answer: Any) -> Server:
            server = stack.enter_context(serve())
            server.answers["*"] = answer
            return server

        yield start


def ended(registry: Registry, *more: Checker) -> dict[str, Observation]:
    """One sweep of all accounts there are: name → what became of it."""
    known = replace(catalogue(READER, *more, *odd_ones()), shared={"feed": Feed()})
    uid = planned(registry, known)
    swept(registry, known, uid, settings=SETTINGS)
    with registry.read() as session:
        names = {row.id: row.name for row in session.execute(select(Account.id, Account.name))}
    return {names[row.account_id]: row for row in observations(registry, uid)}


def test_one_sweep_outlives_every_bad_answer_and_every_bad_checker(
    registry: Registry, served: Callable[[Any], Server]
) -> None:
    enough, tap = threading.Event(), Tap()
    answers = {name: answer for name, (answer, _reason) in BAD.items()}
    answers |= {"dripping": Said(instead=drips(enough)), "endless": Said(instead=tap)}
    answers |= {"just below the cap": just_below(), "good": Said(GOOD)}
    with registry.write() as session:
        for name, answer in answers.items():
            add_account(session, name, platform="reader", url=served(answer).url("/a"))
        for name, (answer, _reason) in FED.items():
            account = add_account(session, name, platform="reader")
            address = served(answer).url("/feed")
            account.sources.append(AccountSource(source="feed", address=address))
        for script in ODD:
            url = served(Said(GOOD)).url("/a")
            add_account(session, script.__name__, platform=script.__name__, url=url)
    found = ended(registry)
    enough.set()
    expected = {name: reason for name, (_answer, reason) in {**BAD, **FED}.items()}
    expected |= {"dripping": Reason.TIMEOUT, "endless": Reason.TOO_LARGE}
    expected |= {script.__name__: reason for script, reason in ODD.items()}
    assert {name: row.reason for name, row in found.items() if row.reason} == expected
    assert {row.outcome for row in found.values() if row.reason} == {Outcome.INCONCLUSIVE}
    read = {name for name, row in found.items() if row.outcome is Outcome.READ}
    assert read == {"good", "just below the cap"}
    assert tap.poured < 4 * MAX_BODY


def test_a_post_from_the_future_is_none_and_makes_the_list_a_part() -> None:
    ahead, now = NOW + timedelta(days=1, seconds=1), NOW + timedelta(days=1)
    seen = without_future(facts(ahead, now, NOW), NOW)
    assert [post.published_at for post in seen.posts] == [now, NOW]
    assert seen.coverage.kind is CoverageKind.PARTIAL
    whole = facts(now, NOW)
    assert without_future(whole, NOW) is whole


def test_a_checker_that_believes_a_date_in_the_future_has_read_nothing_new(
    registry: Registry, served: Callable[[Any], Server]
) -> None:
    answer = Said(json.dumps({"at": (NOW + timedelta(days=400)).isoformat()}))
    with registry.write() as session:
        add_account(session, "青石发布", platform="reader", url=served(answer).url("/a"))
    row = ended(registry)["青石发布"]
    assert (row.outcome, row.last_post_at) == (Outcome.READ, None)
    assert row.coverage is CoverageKind.PARTIAL


def test_one_checker_that_always_computes_for_ever_costs_no_more_than_three_waits(
    registry: Registry, served: Callable[[Any], Server]
) -> None:
    asked: list[str] = []

    def slow(target: Any, source: str) -> Any:
        asked.append(target.name)
        while True:
            pass

    with registry.write() as session:
        for number in range(12):
            add_account(session, f"青石{number}", platform="slow")
    made = checker(slow, platform="slow", sources=(Source("page", ALL_PROOFS),))
    found = ended(registry, made)
    assert {row.reason for row in found.values()} == {Reason.CHECKER_TIMEOUT}
    assert (len(found), len(asked)) == (12, 3)
