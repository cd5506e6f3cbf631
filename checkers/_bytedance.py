"""What Douyin and Toutiao have in common: answers in JSON, in whose place a page may want a proof
that somebody is a person. Such a page is a wall, and none is ever answered.
"""

from __future__ import annotations

from typing import Any

from checkers.base import Inconclusive, Response
from checkers.signals import SignalClass, match
from registry.vocab import Reason

_HEAD = 20_000
"""Characters of a page in which its scripts are named."""


def payload_of(response: Response) -> Any:
    """The answer's JSON. Raises Inconclusive: a wall by its words, else as `Response.json` does."""
    try:
        return response.json()
    except Inconclusive as failed:
        words = response.text()[:_HEAD] if failed.reason is Reason.BAD_JSON else ""
        signal = match("bytedance", words)
        if signal and signal.kind is SignalClass.WALL:
            raise Inconclusive(Reason.CAPTCHA, signal.text) from None
        raise
