"""What a checker is: a generator that asks for pages and returns facts. It never talks itself.

A checker opens no socket, sleeps never, reads no clock and sees no secret. It yields `Request`s
(one, or a list that may go out together), receives a `Response` for each in the same shape, and
returns `Facts`; or it raises `Inconclusive` or `Unsupported` with a reason from the closed list.
So it is tested with literals, replayed from evidence, and run by any engine unchanged.
"""

from __future__ import annotations

from checkers.base.checker import Checker, Steps, Target, bounded, validate_identifier
from checkers.base.declared import Credential, Exchange, Pace, Source
from checkers.base.exchanges import (
    MAX_BODY,
    MAX_TREE,
    WALL_STATUS,
    Failure,
    Hop,
    Inconclusive,
    Request,
    Response,
    Unsupported,
    is_wall_address,
)
from checkers.base.facts import Coverage, Facts, Link, LinkFact, Passage, Post, newest_first

__all__ = [
    "Checker",
    "Coverage",
    "Credential",
    "Exchange",
    "Facts",
    "Failure",
    "Hop",
    "Inconclusive",
    "Link",
    "LinkFact",
    "MAX_BODY",
    "MAX_TREE",
    "Pace",
    "Passage",
    "Post",
    "Request",
    "Response",
    "Source",
    "Steps",
    "Target",
    "Unsupported",
    "WALL_STATUS",
    "bounded",
    "is_wall_address",
    "newest_first",
    "validate_identifier",
]
