"""Whether what a checker handed over is what it promised: the shapes, down to each entry.

Facts and requests of a third party may hold anything. What is wrong here would break whoever uses
it later, or never end when it is gone through; so each is looked at once, and nothing is mended.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from checkers.base import Coverage, Facts, Hop, Link, LinkFact, Passage, Post, Request
from checkers.site_facts import SiteFacts
from registry.vocab import CoverageKind, Derivation, Existence, LinkKind, Precision

_AHEAD = timedelta(days=1)
"""A clock may be wrong, and a time zone misread; a post from further on is none."""

_MOST = 2**63 - 1
"""The largest count that every database holds."""


class Unsound(Exception):
    """The text says which part is not what it should be."""


def sound_request(request: Request) -> Request:
    """The request itself. Raises Unsound."""
    _texts(request, "url", "method")
    _demand(_encodes(request.url) and _encodes(request.method), "url")
    _demand(type(request.headers) is tuple, "headers")
    for header in request.headers:
        _demand(type(header) is tuple and len(header) == 2, "headers")
        _demand(all(isinstance(part, str) and _encodes(part) for part in header), "headers")
    _demand(request.body is None or isinstance(request.body, bytes), "body")
    _demand(request.auth is None or isinstance(request.auth, str), "auth")
    _demand(_number(request.max_bytes) and request.max_bytes > 0, "max_bytes")
    _demand(request.seconds is None or _number(request.seconds), "seconds")
    return request


def sound(facts: Facts) -> Facts:
    """The facts, with maps of our own. Raises Unsound; may never end, if a map of the checker's has
    no end."""
    _demand(isinstance(facts.existence, Existence), "existence")
    _demand(isinstance(facts.coverage, Coverage), "coverage")
    _demand(isinstance(facts.coverage.kind, CoverageKind), "coverage")
    _moments(facts.coverage, "since", "until")
    for name in ("display_name", "verified_subject"):
        _demand(getattr(facts, name) is None or isinstance(getattr(facts, name), str), name)
    _texts(facts, "signal", "note")
    _each(facts, "posts", Post, _sound_post)
    _each(facts, "links", Link, _sound_link)
    _each(facts, "link_facts", LinkFact, _sound_link_fact)
    _each(facts, "passages", Passage, lambda passage: _texts(passage, "text", "where"))
    for name, wanted in (("counters", int), ("identifiers", str)):
        held = getattr(facts, name)
        _demand(isinstance(held, Mapping), name)
        _demand(all(isinstance(k, str) and isinstance(v, wanted) for k, v in held.items()), name)
    _demand(all(-_MOST <= count <= _MOST for count in facts.counters.values()), "counters")
    if facts.site is not None:
        _demand(isinstance(facts.site, SiteFacts), "site")
        lists = (facts.site.columns, facts.site.hidden, facts.site.doubtful)
        _demand(all(type(held) is tuple for held in lists), "site")
    return replace(facts, counters=dict(facts.counters), identifiers=dict(facts.identifiers))


@dataclass(frozen=True, slots=True)
class Ended:
    """What a checker returned; facts are sound."""

    facts: Any


def onward(steps: Generator[Any, Any, Any], sent: Any) -> Any:
    """One step of a checker. Its facts are gone through in the same one: they are its own making,
    and may never end."""
    try:
        return steps.send(sent)
    except StopIteration as end:
        value = end.value
    return Ended(sound(value) if isinstance(value, Facts) else value)


def _sound_post(post: Post) -> None:
    _demand(isinstance(post.published_at, datetime), "published_at")
    _moments(post, "published_at")
    _demand(isinstance(post.precision, Precision), "precision")
    _demand(isinstance(post.derived_from, Derivation), "derived_from")
    _texts(post, "title", "url")


def _sound_link(link: Link) -> None:
    _texts(link, "label", "url", "appid", "page", "place")
    _demand(isinstance(link.kind, LinkKind), "kind")
    _demand(type(link.path) is tuple and all(isinstance(p, str) for p in link.path), "path")


def _sound_link_fact(fact: LinkFact) -> None:
    _texts(fact, "url", "final_url", "signal", "signal_text", "detail", "appid", "page")
    _demand(_is_status(fact.status), "status")
    _demand(_number(fact.seconds), "seconds")
    _demand(type(fact.hops) is tuple, "hops")
    for hop in fact.hops:
        _demand(isinstance(hop, Hop) and _is_status(hop.status), "hops")
    _moments(fact, "certificate_expired_at")


def _demand(holds: bool, part: str) -> None:
    if not holds:
        raise Unsound(part)


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _encodes(text: str) -> bool:
    """False for a text with half a character in it, which nobody can send or store."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_status(value: Any) -> bool:
    return _number(value) and 0 <= value < 1000


def _texts(holder: Any, *names: str) -> None:
    for name in names:
        _demand(isinstance(getattr(holder, name), str), name)


def _moments(holder: Any, *names: str) -> None:
    """Each is a moment with its zone, or none."""
    for name in names:
        at = getattr(holder, name)
        _demand(at is None or (isinstance(at, datetime) and at.tzinfo is not None), name)


def _each(facts: Facts, name: str, kind: type[Any], check: Callable[[Any], None]) -> None:
    """A tuple, which has an end, of things of that kind."""
    held = getattr(facts, name)
    _demand(type(held) is tuple, name)
    for entry in held:
        _demand(isinstance(entry, kind), name)
        check(entry)


def without_future(facts: Facts, seen_at: datetime) -> Facts:
    """The facts without posts dated after they were seen (UTC), whose true time nobody knows: the
    list may then hide a new post, and covers a part at most."""
    kept = tuple(post for post in facts.posts if post.published_at <= seen_at + _AHEAD)
    if len(kept) == len(facts.posts):
        return facts
    return replace(facts, posts=kept, coverage=Coverage(CoverageKind.PARTIAL))
