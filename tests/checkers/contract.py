"""What every checker owes, derived from what its sources say they prove.

A checker's author supplies made-up answers (`SourceCases`); which of them are owed, and what must
come of them, stands here. Nothing in this module knows a platform.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from checkers.base import (
    WALL_STATUS,
    Checker,
    Facts,
    Failure,
    Inconclusive,
    Request,
    Response,
    Source,
    Target,
    Unsupported,
    bounded,
    validate_identifier,
)
from registry.vocab import (
    WALL_REASONS,
    CheckKind,
    CoverageKind,
    Existence,
    Proof,
    Reason,
    SitePart,
)

Answers = Callable[[Request], Response]
"""What comes back for a request. An empty `url` becomes the one asked for, an unset `fetched_at`
the target's `as_of`."""


@dataclass(frozen=True, slots=True)
class Example:
    """One look at an account, and what must come of it."""

    answers: Answers
    newest: datetime | None = None
    """UTC: the newest own post; None where no post may be found."""
    name: str | None = None
    """The display name, for `renamed`."""
    links: int = 0
    """How many links or link facts, for `links`."""
    target: Target | None = None
    """Instead of the source's own target."""


@dataclass(frozen=True, slots=True)
class SourceCases:
    """The examples of one source."""

    target: Target
    examples: Mapping[str, Example]
    """By name; `OWED` lists the names and what each must show."""
    absent: Mapping[str, str] = field(default_factory=dict)
    """Name of an owed example → why this source can never show such a thing."""
    json: bool = True
    """True where the source answers JSON, so that anything else is BAD_JSON."""
    statuses: Mapping[int, Reason] = field(default_factory=dict)
    """Statuses that mean something else at this source than they do elsewhere."""
    gone: frozenset[int] = frozenset()
    """Statuses by which this source says that the account is gone; no wall then."""


Cases = Mapping[str, SourceCases]

OWED: Mapping[Proof, tuple[str, ...]] = {
    Proof.FRESH: ("ok", "others", "pinned_old", "pinned_newest", "future", "time_zone"),
    Proof.STALE: ("silent", "cut_short", "empty", "undated", "pinned_only"),
    Proof.EXISTENCE: ("gone", "restricted"),
    Proof.NAME: ("renamed",),
    Proof.LINKS: ("links",),
    Proof.REACH: ("opened", "unopened"),
}
"""What a source owes for each proof.

ok: READ with the newest own post. others: newer items of other people do not count. pinned_old: an
old post pinned on top does not hide the newest. pinned_newest: a pinned post may be the newest.
future: a post dated after the look is left out or the answer refused. time_zone: a post on another
day in UTC than in Shanghai. silent: only old posts, and the list suffices to say so. cut_short: a
list that may hide newer or older posts, which must not suffice. empty: a list without entries and
without another word of the platform that there are none, which must not suffice either. undated: old
posts and one whose time cannot be told, which may be new. pinned_only: nothing is shown but an old
pinned post; neither may suffice. gone, restricted: what the platform
says then. renamed: the name it shows now. links: the links it shows. opened, unopened: one visit each.
"""

INDISPENSABLE = frozenset({"ok", "silent", "renamed", "links", "opened", "unopened"})
"""Examples that no source can lack which claims the proof."""

BLOCKING = frozenset({401, 403, 412, 418, 429, 432})


@dataclass(frozen=True, slots=True)
class Look:
    """How one look ended and what it asked."""

    outcome: Facts | Inconclusive
    asked: tuple[Request, ...]
    answered: tuple[Response, ...] = ()


def look(checker: Checker, source: str, target: Target, answers: Answers) -> Look:
    """One check through `source`, with `answers` for whatever it asks."""
    asked, answered = list[Request](), list[Response]()

    def reply(request: Request) -> Response:
        asked.append(request)
        response = answers(request)
        fetched = response.fetched_at if response.fetched_at.tzinfo else target.as_of
        answered.append(replace(response, url=response.url or request.url, fetched_at=fetched))
        return answered[-1]

    sent: Any = None
    try:
        steps = checker.check(target, source)
        while True:
            wanted = steps.send(sent)
            sent = [reply(r) for r in wanted] if isinstance(wanted, list) else reply(wanted)
    except StopIteration as stop:
        assert isinstance(stop.value, Facts), f"returned {stop.value!r}"
        return Look(stop.value, tuple(asked), tuple(answered))
    except Inconclusive as stop:
        return Look(stop, tuple(asked), tuple(answered))


# --- what is owed ---------------------------------------------------------------------------------

Check = Callable[[], None]


def checks(checker: Checker, cases: Cases | None) -> Iterator[tuple[str, Check]]:
    """Every check that this checker owes, by a name that reads as a sentence."""
    yield "refuses an unknown source", partial(_unknown_source, checker, cases)
    for source in checker.sources:
        held = (cases or {}).get(source.name)
        yield f"{source.name} has the examples it owes", partial(_complete, source, held)
        if held and held.examples:
            yield from _source_checks(checker, source, held)


def _source_checks(
    checker: Checker, source: Source, held: SourceCases
) -> Iterator[tuple[str, Check]]:
    named = {name: partial(_EXAMPLES[name], checker, source, held) for name in held.examples}
    for name, check in named.items():
        yield f"{source.name}: {name.replace('_', ' ')}", check
    for title, response, reasons in walls(held):
        check = partial(_wall, checker, source, held, response, reasons)
        yield f"{source.name}: {title} is no finding about the account", check
    for status in sorted(held.gone):
        yield f"{source.name}: HTTP {status} says gone", partial(
            _gone_by_status, status, checker, source, held
        )
    for title, general in _GENERAL.items():
        yield f"{source.name}: {title}", partial(general, checker, source, held)
    if CheckKind.HANDLE in source.kinds:
        yield f"{source.name}: tells of the id of a cancelled account", partial(
            _handle, checker, source, held
        )


def _handle(checker: Checker, source: Source, held: SourceCases) -> None:
    """Asked for the id of a cancelled account, it shows a sign of life and that nobody has it."""

    def told(name: str) -> Facts:
        example = held.examples[name]
        target = replace(example.target or held.target, kind=CheckKind.HANDLE)
        outcome = look(checker, source.name, target, example.answers).outcome
        assert isinstance(outcome, Facts), outcome
        return outcome

    if "ok" in held.examples:
        assert told("ok").newest
    if "renamed" in held.examples:
        assert told("renamed").display_name == held.examples["renamed"].name
    if "gone" in held.examples:
        assert told("gone").existence is Existence.GONE_SIGNAL


def _gone_by_status(status: int, checker: Checker, source: Source, held: SourceCases) -> None:
    assert Proof.EXISTENCE in source.proves
    outcome = look(
        checker, source.name, held.target, lambda request: Response("", status, {}, _PAGE)
    ).outcome
    assert isinstance(outcome, Facts), outcome
    assert outcome.existence is Existence.GONE_SIGNAL and outcome.signal
    assert outcome.posts == ()


def _unknown_source(checker: Checker, cases: Cases | None) -> None:
    known = next(iter((cases or {}).values()), None)
    target = known.target if known else Target(checker.platform or "wechat", "青石公安")
    ended = look(checker, "no_such_source", target, _never)
    assert isinstance(ended.outcome, Unsupported)
    if known:
        assert ended.outcome.reason is Reason.NO_SOURCE


def _never(request: Request) -> Response:
    raise AssertionError(f"asked for {request.url}")


def _complete(source: Source, held: SourceCases | None) -> None:
    assert held, f"no cases for the source {source.name}"
    owed = [name for proof in source.proves for name in OWED[proof]]
    missing = [name for name in owed if name not in {*held.examples, *held.absent}]
    assert not missing, f"{source.name} owes {missing}"
    excused = INDISPENSABLE & set(held.absent) & set(owed)
    assert not excused, f"{source.name} cannot do without {sorted(excused)}"
    assert set(held.examples) <= _EXAMPLES.keys()
    assert all(held.absent.values()), "every absent example has its reason"
    if Proof.EXISTENCE in source.proves:
        assert {"gone", "restricted"} & set(held.examples)


def _ended(checker: Checker, source: Source, held: SourceCases, name: str) -> Facts | Inconclusive:
    example = held.examples[name]
    return look(checker, source.name, example.target or held.target, example.answers).outcome


def _read(checker: Checker, source: Source, held: SourceCases, name: str) -> Facts:
    outcome = _ended(checker, source, held, name)
    assert isinstance(outcome, Facts), outcome
    return bounded(outcome, source)


def suffices(facts: Facts, target: Target) -> bool:
    """True when silence in this list would prove that the account is stale."""
    covered = facts.coverage
    if covered.kind is CoverageKind.REACHES_BACK_TO:
        return covered.since is not None and covered.since <= target.read_back_to
    return covered.kind in {CoverageKind.COMPLETE, CoverageKind.PROVEN_EMPTY}


def _newest(name: str, checker: Checker, source: Source, held: SourceCases) -> None:
    facts = _read(checker, source, held, name)
    found = facts.newest.published_at if facts.newest else None
    assert found == held.examples[name].newest
    if name == "ok":
        assert found is not None
    if Proof.STALE not in source.proves:
        assert not suffices(facts, held.target)


def _future(checker: Checker, source: Source, held: SourceCases) -> None:
    if isinstance(_ended(checker, source, held, "future"), Facts):
        _newest("future", checker, source, held)


def _silent(checker: Checker, source: Source, held: SourceCases) -> None:
    _newest("silent", checker, source, held)
    facts = _read(checker, source, held, "silent")
    assert suffices(facts, held.target)
    assert facts.newest is None or facts.newest.published_at < held.target.read_back_to


def _insufficient(name: str, checker: Checker, source: Source, held: SourceCases) -> None:
    outcome = _ended(checker, source, held, name)
    if isinstance(outcome, Facts):
        assert not suffices(bounded(outcome, source), held.target)


def _existence(name: str, checker: Checker, source: Source, held: SourceCases) -> None:
    facts = _read(checker, source, held, name)
    expected = {"gone": Existence.GONE_SIGNAL, "restricted": Existence.RESTRICTED}[name]
    assert facts.existence is expected
    assert facts.signal, "the platform's own words or code are kept"
    assert facts.posts == ()


def _renamed(checker: Checker, source: Source, held: SourceCases) -> None:
    facts = _read(checker, source, held, "renamed")
    assert facts.display_name == held.examples["renamed"].name
    assert facts.display_name != held.target.name


def _links(checker: Checker, source: Source, held: SourceCases) -> None:
    facts = _read(checker, source, held, "links")
    expected = held.examples["links"].links
    assert expected > 0
    assert expected in {len(facts.links), len(facts.link_facts)}


def _reached(name: str, checker: Checker, source: Source, held: SourceCases) -> None:
    facts = _read(checker, source, held, name)
    assert facts.site is not None and facts.site.looked_at == {SitePart.REACH}
    assert facts.site.opened is (name == "opened")
    assert bool(facts.site.why) is (name == "unopened")


_EXAMPLES: Mapping[str, Callable[[Checker, Source, SourceCases], None]] = {
    **{name: partial(_newest, name) for name in OWED[Proof.FRESH] if name != "future"},
    "future": _future,
    "silent": _silent,
    "cut_short": partial(_insufficient, "cut_short"),
    "empty": partial(_insufficient, "empty"),
    "undated": partial(_insufficient, "undated"),
    "pinned_only": partial(_insufficient, "pinned_only"),
    "gone": partial(_existence, "gone"),
    "restricted": partial(_existence, "restricted"),
    "renamed": _renamed,
    "links": _links,
    "opened": partial(_reached, "opened"),
    "unopened": partial(_reached, "unopened"),
}


# --- walls, faults and broken answers, the same for all -------------------------------------------

_AT_LOGIN = frozenset({Reason.LOGIN_WALL, Reason.CAPTCHA})
_UNREADABLE = frozenset(
    {Reason.BAD_JSON, Reason.NOT_A_FEED, Reason.CHANGED_LAYOUT, Reason.AMBIGUOUS}
)
_ABSENT_PAGE = _UNREADABLE | {Reason.NOT_FOUND}
_OF_NOBODY = _UNREADABLE | {Reason.WRONG_ACCOUNT}
_PAGE = b"<!DOCTYPE html><html><head><title>Welcome</title></head><body>Welcome</body></html>"


def walls(held: SourceCases) -> Iterator[tuple[str, Response, frozenset[Reason]]]:
    """(what it is, the answer to every request, the reasons that are right for it)."""
    for status in sorted(BLOCKING | WALL_STATUS.keys()):
        reason = held.statuses.get(status, WALL_STATUS[status])
        yield f"HTTP {status}", Response("", status, {}, _PAGE), frozenset({reason})
    for status in (500, 502, 503):
        reason = held.statuses.get(status, Reason.SERVER_ERROR)
        yield f"HTTP {status}", Response("", status, {}, _PAGE), frozenset({reason})
    for status in sorted({404, 410} - held.gone):
        reasons = frozenset({held.statuses[status]}) if status in held.statuses else _ABSENT_PAGE
        yield f"HTTP {status}", Response("", status, {}, _PAGE), reasons
    yield "an empty answer", Response("", 200, {}, b" \n"), frozenset({Reason.EMPTY_BODY})
    for url in (
        "https://passport.example.com/visitor/visitor?entry=x",
        "https://www.example.com/login.php?u=x",
        "https://www.example.com/captcha?x",
    ):
        yield f"a redirect to {url}", Response(url, 200, {}, _PAGE), _AT_LOGIN
    for failed in (Reason.TIMEOUT, Reason.DNS, Reason.CONNECTION, Reason.TLS, Reason.TOO_LARGE):
        response = Response("", 0, failure=Failure(failed, "x"))
        yield f"a failure ({failed.value})", response, frozenset({failed})
    wrong = frozenset({Reason.BAD_JSON}) if held.json else _UNREADABLE
    page = Response("", 200, {"content-type": "text/html"}, _PAGE)
    yield "a web page", page, wrong | {Reason.LOGIN_WALL} if held.json else wrong
    for title, body in (
        ("deep nesting", b'{"a":[' * 60_000),
        ("a thousand lists within each other", b"[" * 1000 + b"]" * 1000),
        ("bytes of no charset", b"\xff\xfe\x00\x80" * 500),
        ("a lone bracket", b"{"),
    ):
        yield title, Response("", 200, {}, body), wrong
    yield "JSON of another shape", Response("", 200, {}, b'{"a": [1, null]}'), _OF_NOBODY


def _wall(
    checker: Checker,
    source: Source,
    held: SourceCases,
    response: Response,
    reasons: frozenset[Reason],
) -> None:
    outcome = look(checker, source.name, held.target, lambda request: response).outcome
    if source.proves == {Proof.LINKS} and isinstance(outcome, Facts):
        assert outcome.posts == ()
        assert outcome.coverage.kind is CoverageKind.UNREAD
        assert outcome.existence is Existence.UNKNOWN
        return
    if source.proves == {Proof.REACH} and not reasons & WALL_REASONS:
        # Whether it opened is what this source is for; of the account it says nothing.
        _only_a_sample(outcome)
        return
    assert isinstance(outcome, Inconclusive), f"read {outcome}"
    assert outcome.reason in reasons, outcome


def _only_a_sample(outcome: Facts | Inconclusive) -> None:
    if isinstance(outcome, Facts):
        assert outcome.site is not None
        assert outcome == Facts(site=outcome.site)
        assert outcome.site.looked_at == {SitePart.REACH}


# --- what holds for every look --------------------------------------------------------------------


def _first(held: SourceCases) -> Example:
    return next(iter(held.examples.values()))


def _target(held: SourceCases) -> Target:
    return _first(held).target or held.target


def _repeats(checker: Checker, source: Source, held: SourceCases) -> None:
    first, second = (
        look(checker, source.name, _target(held), _first(held).answers) for _ in range(2)
    )
    assert first.asked == second.asked
    assert isinstance(first.outcome, Facts) and first.outcome == second.outcome


def _names_credentials(checker: Checker, source: Source, held: SourceCases) -> None:
    """Nor does a request bring a cookie, unless an answer of this very look gave it."""
    declared = {credential.kind for credential in checker.credentials} | {None}
    seen = look(checker, source.name, _target(held), _first(held).answers)
    for number, request in enumerate(seen.asked):
        assert request.url.startswith(("https://", "http://"))
        assert (request.auth.split(":")[0] if request.auth else None) in declared
        brought = {name.lower(): value for name, value in request.headers}
        assert "authorization" not in brought, "a secret is put in by the engine"
        for value in _cookie_values(brought.get("cookie", "")):
            assert any(value in given for given in _given(seen.answered[:number])), value


def _cookie_values(line: str) -> list[str]:
    return [part.partition("=")[2].strip() for part in line.split(";") if part.strip()]


def _given(answers: tuple[Response, ...]) -> list[str]:
    return [f"{answer.headers.get('set-cookie', '')}\n{answer.text()}" for answer in answers]


def _needs_address(checker: Checker, source: Source, held: SourceCases) -> None:
    if source.address or source.route:
        bare = replace(_target(held), address="", url="")
        ended = look(checker, source.name, bare, _never)
        assert isinstance(ended.outcome, Unsupported)
        assert ended.outcome.reason is Reason.NO_ADDRESS


def _wall_later(checker: Checker, source: Source, held: SourceCases) -> None:
    """A wall in the middle of a check leaves no list that could prove staleness."""
    whole = look(checker, source.name, _target(held), _first(held).answers)
    for last in range(1, len(whole.asked)):
        asked = iter(range(len(whole.asked) + 1))

        def some(request: Request, last: int = last, asked: Iterator[int] = asked) -> Response:
            walled = next(asked) >= last
            return Response("", 403, {}, _PAGE) if walled else _first(held).answers(request)

        outcome = look(checker, source.name, _target(held), some).outcome
        if isinstance(outcome, Facts):
            assert not suffices(bounded(outcome, source), held.target)
            known = whole.outcome.posts if isinstance(whole.outcome, Facts) else ()
            assert set(outcome.posts) <= set(known)


def _cut_in_half(checker: Checker, source: Source, held: SourceCases) -> None:
    """Half an answer is refused; where the format forgives it, it shows no post that is not."""
    whole = look(checker, source.name, _target(held), _first(held).answers).outcome
    assert isinstance(whole, Facts)

    def half(request: Request) -> Response:
        response = _first(held).answers(request)
        return replace(response, body=response.body[: len(response.body) // 2])

    outcome = look(checker, source.name, _target(held), half).outcome
    if source.proves in ({Proof.LINKS}, {Proof.REACH}):
        return
    if held.json:
        assert isinstance(outcome, Inconclusive) and outcome.reason is Reason.BAD_JSON
    elif isinstance(outcome, Facts):
        assert {post.published_at for post in outcome.posts} <= {
            post.published_at for post in whole.posts
        }


def _known_ids(checker: Checker, source: Source, held: SourceCases) -> None:
    if not checker.platform:
        return
    assert held.target.platform == checker.platform
    for scheme, value in held.target.identifiers.items():
        assert validate_identifier(checker, scheme, value), (scheme, value)


_GENERAL: Mapping[str, Callable[[Checker, Source, SourceCases], None]] = {
    "the same answers give the same facts": _repeats,
    "requests name credentials and hold none": _names_credentials,
    "without an address nothing is asked": _needs_address,
    "a wall in the middle proves no silence": _wall_later,
    "half an answer shows nothing that is not": _cut_in_half,
    "the example's ids are ids of the platform": _known_ids,
}
