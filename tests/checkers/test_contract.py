"""Every installed checker keeps the contract that follows from what its sources prove."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from typing import cast

import pytest

from checkers.base import (
    Checker,
    Coverage,
    Facts,
    Post,
    Request,
    Response,
    Source,
    Steps,
    Target,
    Unsupported,
)
from checkers.feed import read_rsshub
from checkers.loading import load_checkers
from registry.vocab import CoverageKind, Existence, Proof, Reason
from tests.checkers.contract import OWED, Cases, Check, Example, SourceCases, checks
from tests.checkers.driving import NOON
from tests.checkers.rsshub_cases import rsshub_cases

CATALOGUE = load_checkers()


def cases_of(name: str) -> Cases | None:
    """The cases of the checker with this entry point: its package's own, or ours."""
    for point in entry_points(group="taizhang.checker_cases", name=name):
        return cast(Cases, point.load())
    module = f"tests.checkers.cases.{name}"
    return cast(Cases, import_module(module).CASES) if find_spec(module) else None


def owed() -> list[tuple[str, Check]]:
    """(test id, check) for all installed checkers."""
    named = {**CATALOGUE.platforms, **CATALOGUE.shared}
    return [
        (f"{name}: {title}", check)
        for name, checker in named.items()
        for title, check in checks(checker, cases_of(name))
    ]


@pytest.mark.parametrize("check", [pytest.param(check, id=title) for title, check in owed()])
def test_a_checker_keeps_the_contract(check: Check) -> None:
    check()


def test_every_installed_checker_can_be_used() -> None:
    assert CATALOGUE.broken == ()


def test_the_four_checkers_of_the_house_are_installed() -> None:
    assert {"weibo", "wechat"} <= set(CATALOGUE.platforms)
    assert {"feed", "links"} <= set(CATALOGUE.shared)


def test_every_proof_owes_an_example() -> None:
    assert set(OWED) == set(Proof)


# --- the contract itself catches what it is there for ----------------------------------------------


class Credulous(Checker):
    """Takes whatever comes for an empty account, as a bad checker would."""

    platform = "credulous"
    label = {"zh": "轻信", "en": "credulous"}
    sources = (Source("page", frozenset({Proof.FRESH, Proof.EXISTENCE})),)

    def check(self, target: Target, source: str) -> Steps:
        response: Response = yield Request("https://example.com/")
        posts = (Post(NOON),) if response.status == 200 else ()
        return Facts(Existence.GONE_SIGNAL, posts, Coverage(CoverageKind.COMPLETE))


class Delegating(Checker):
    """Read only through the office's own RSSHub."""

    platform = "delegating"
    label = {"zh": "转交", "en": "delegating"}
    schemes = {"uid": r"[0-9]+"}
    sources = (
        Source("rsshub", frozenset({Proof.FRESH, Proof.STALE, Proof.NAME}), route="/made/{uid}"),
    )

    def check(self, target: Target, source: str) -> Steps:
        if source != "rsshub":
            raise Unsupported(Reason.NO_SOURCE, source)
        return read_rsshub(target)


def failing(checker: Checker, cases: Cases | None) -> list[str]:
    """The titles of the checks that this checker fails."""
    failed = []
    for title, check in checks(checker, cases):
        try:
            check()
        except AssertionError:
            failed.append(title)
    return failed


@pytest.mark.parametrize("proofs", [{Proof.FRESH}, {Proof.FRESH, Proof.STALE, Proof.NAME}])
def test_a_source_that_hands_on_to_rsshub_keeps_the_contract(proofs: set[Proof]) -> None:
    cases = rsshub_cases("delegating", {"uid": "7"}, "{name}的微博", proves=frozenset(proofs))
    checker = Delegating()
    checker.sources = (replace(checker.sources[0], proves=frozenset(proofs)),)  # type: ignore[misc]
    assert failing(checker, {"rsshub": cases}) == []


def test_a_checker_without_cases_fails() -> None:
    assert "page has the examples it owes" in failing(Credulous(), None)


def test_a_checker_that_takes_a_wall_for_an_answer_fails() -> None:
    fine = Example(lambda request: Response("", 200, {}, b"{}"), newest=NOON)
    cases = {"page": SourceCases(Target("credulous", "青石公安", as_of=NOON), {"ok": fine})}
    failed = failing(Credulous(), cases)
    assert "page: HTTP 403 is no finding about the account" in failed
    assert "page: an empty answer is no finding about the account" in failed
    assert "page: a failure (timeout) is no finding about the account" in failed
    assert "refuses an unknown source" in failed
    assert "page: half an answer shows nothing that is not" in failed


def test_a_reason_is_owed_for_every_example_left_out() -> None:
    fine = Example(lambda request: Response("", 200, {}, b"{}"), newest=NOON)
    left = {name: "" for name in ("others", "pinned_old", "pinned_newest", "future", "time_zone")}
    target = Target("credulous", "青石公安", as_of=NOON)
    held = SourceCases(target, {"ok": fine, "gone": fine}, left | {"restricted": "never seen"})
    assert "page has the examples it owes" in failing(Credulous(), {"page": held})


def test_the_indispensable_examples_have_no_excuse() -> None:
    target = Target("credulous", "青石公安", as_of=NOON)
    names = (*OWED[Proof.FRESH], *OWED[Proof.EXISTENCE])
    held = SourceCases(target, {}, {name: "none" for name in names})
    assert "page has the examples it owes" in failing(Credulous(), {"page": held})


class Visiting(Credulous):
    """Asks for a cookie, then comes with one."""

    cookie = "SUB=given01"

    def check(self, target: Target, source: str) -> Steps:
        yield Request("https://example.com/visitor")
        yield Request("https://example.com/", headers=(("Cookie", self.cookie),))
        return Facts(Existence.EXISTS)


@pytest.mark.parametrize(
    ("cookie", "given", "allowed"),
    [
        ("SUB=given01", Response("", 200, {}, b'{"sub": "given01"}'), True),
        ("SUB=given01; B=", Response("", 200, {}, b'{"sub": "given01"}'), True),
        ("SUB=given01", Response("", 200, {"set-cookie": "SUB=given01; path=/"}, b"{}"), True),
        ("SUB=of_our_own", Response("", 200, {}, b'{"sub": "given01"}'), False),
        ("SUB=given01; B=own", Response("", 200, {}, b'{"sub": "given01"}'), False),
    ],
)
def test_a_request_brings_only_cookies_that_an_earlier_answer_gave(
    cookie: str, given: Response, allowed: bool
) -> None:
    visiting = Visiting()
    visiting.cookie = cookie
    example = Example(lambda request: given)
    held = SourceCases(Target("credulous", "青石公安", as_of=NOON), {"ok": example})
    failed = failing(visiting, {"page": held})
    assert ("page: requests name credentials and hold none" not in failed) is allowed
