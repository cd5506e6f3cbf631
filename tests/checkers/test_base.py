"""What holds for the facts of every checker before the engine keeps them."""

from __future__ import annotations

from dataclasses import MISSING, FrozenInstanceError, fields
from inspect import Parameter, signature
from typing import Any

import pytest

from checkers.base import Coverage, Facts, Post, Response, Source, bounded, newest_first
from registry.vocab import CoverageKind, Derivation, Precision, Proof
from tests.checkers.driving import NOON

FRESH_ONLY = Source("mirror", frozenset({Proof.FRESH}))
PROVES_STALE = Source("list", frozenset({Proof.FRESH, Proof.STALE}))


@pytest.mark.parametrize(
    ("claimed", "kept"),
    [
        (CoverageKind.COMPLETE, CoverageKind.PARTIAL),
        (CoverageKind.REACHES_BACK_TO, CoverageKind.PARTIAL),
        (CoverageKind.PROVEN_EMPTY, CoverageKind.PARTIAL),
        (CoverageKind.PARTIAL, CoverageKind.PARTIAL),
        (CoverageKind.UNREAD, CoverageKind.UNREAD),
    ],
)
def test_a_source_that_cannot_prove_silence_covers_a_part_whatever_its_checker_claims(
    claimed: CoverageKind, kept: CoverageKind
) -> None:
    facts = Facts(posts=(Post(NOON),), coverage=Coverage(claimed, NOON))
    assert bounded(facts, FRESH_ONLY).coverage.kind is kept
    assert bounded(facts, FRESH_ONLY).posts == facts.posts
    assert bounded(facts, PROVES_STALE) == facts


def test_a_post_is_made_of_its_fields_in_their_order_and_with_their_defaults() -> None:
    asked = [(each.name, each.default) for each in signature(Post).parameters.values()]
    declared = [(each.name, each.default) for each in fields(Post)]
    empty = [(name, Parameter.empty if value is MISSING else value) for name, value in declared]
    assert asked == empty
    given: list[Any] = [NOON, Precision.DAY, "题", "https://a.cn/", False, True, Derivation.TEXT]
    made = Post(*given)
    assert [getattr(made, name) for name, _default in declared] == given
    with pytest.raises(FrozenInstanceError):
        made.title = "又"  # type: ignore[misc]


def test_the_newest_post_is_the_latest_own_one_pinned_or_not() -> None:
    early, late = Post(NOON.replace(day=1), pinned=True), Post(NOON.replace(day=3))
    others = Post(NOON.replace(day=9), own=False)
    assert Facts(posts=(early, late, others)).newest == late
    assert newest_first([early, late, others]) == (others, late, early)
    assert Facts(posts=(others,)).newest is None


@pytest.mark.parametrize("charset", ["punycode", "idna", "undefined", "unicode_escape", "rot13"])
def test_a_codec_that_no_page_has_is_not_used(charset: str) -> None:
    body = "青石".encode() + b"-" + b"x" * 500_000
    response = Response("", 200, {"content-type": f"text/html; charset={charset}"}, body)
    assert response.text().startswith("青石-x")


@pytest.mark.parametrize(
    ("body", "read"),
    [
        (b'{"url": "https://q.example/\\ud800a"}', {"url": "https://q.example/\ufffda"}),
        (
            b'{"\\uDFFF": ["a\\udbff", {"b": "\\ud800"}, 1, null]}',
            {"\ufffd": ["a\ufffd", {"b": "\ufffd"}, 1, None]},
        ),
        (b'"\\ud83d\\ude00"', "\U0001f600"),
        (b'"\\ud7ff\\ue000"', "\ud7ff\ue000"),
    ],
)
def test_half_a_character_in_json_is_read_as_one_that_is_unknown(body: bytes, read: Any) -> None:
    assert Response("https://q.example/", 200, {}, body, NOON).json() == read
