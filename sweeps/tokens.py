"""Short-lived tokens in exchange for long-lived secrets, so that no checker ever sees either.

Only the bookkeeping: the driver sends the exchange like any other request, in its host's lane.
"""

from __future__ import annotations

import json
from dataclasses import replace
from enum import Enum, auto
from typing import Any

from checkers.base import Exchange, Request, Response
from sweeps.credentials import MARK, Credentials, Insertion

MARGIN = 300.0
"""Seconds before its end at which a token counts as used up."""


class Standing(Enum):
    """What stands between a request and its credential."""

    READY = auto()
    NEEDS_TOKEN = auto()
    MISSING = auto()


class Tokens:
    """The tokens of one run, by credential name."""

    def __init__(self, credentials: Credentials, *, offline: bool = False) -> None:
        """`offline`: for a replay, which needs no secret and fetches no token."""
        self._credentials = credentials
        self._offline = offline
        self._held: dict[str, tuple[str, float]] = {}

    def standing(self, name: str, now: float) -> Standing:
        """Whether a request with this credential can go out now (`now`: the stop-watch)."""
        spec = self._credentials.spec(name)
        if spec is not None and self._offline:
            return Standing.READY
        if spec is None or not self._credentials.has(name):
            return Standing.MISSING
        if spec.exchange is None or self._held.get(name, ("", now))[1] > now:
            return Standing.READY
        return Standing.NEEDS_TOKEN

    def insertion(self, name: str) -> Insertion | None:
        """What to put into a request that is READY."""
        spec = self._credentials.spec(name)
        if self._offline:
            return None
        if spec is None or spec.exchange is None:
            return self._credentials.insertion(name)
        token = self._held.get(name, ("", 0.0))[0]
        return Insertion(spec.place, spec.prefix + token) if token else None

    def exchange_request(self, name: str) -> tuple[Request, Insertion]:
        """The request that fetches a token, and the secret that goes into it."""
        exchange = self._exchange(name)
        payload = {exchange.id_field: name.partition(":")[2], exchange.secret_field: MARK}
        payload |= dict(exchange.extra)
        secret = self._credentials.secret(name)
        # Never redirected: the secret is meant for this address and no other.
        request = replace(Request.json_post(exchange.url, payload), redirects=False)
        return request, Insertion(f"json:{exchange.secret_field}", secret)

    def accept(self, name: str, response: Response, now: float) -> bool:
        """Take the token out of an answer. False when it holds none."""
        exchange, answer = self._exchange(name), _object(response)
        token, lasts = answer.get(exchange.token_field), answer.get(exchange.expires_field, 0)
        if response.failure or not isinstance(token, str) or not token:
            return False
        try:
            seconds = float(lasts)
        except (TypeError, ValueError):
            seconds = 0.0
        self._credentials.redactor.add(token)
        self._held[name] = (token, now + max(seconds - MARGIN, min(seconds, 60.0)))
        return True

    def drop_if_expired(self, name: str, response: Response, sent: Insertion | None) -> bool:
        """Forget the token that was sent if the answer says that it is no longer good.

        Another request may have renewed it in the meantime; then the newer one is kept.
        """
        spec = self._credentials.spec(name)
        exchange = spec.exchange if spec else None
        if exchange is None or not exchange.expired or response.failure:
            return False
        if _object(response).get(exchange.error_field) not in exchange.expired:
            return False
        if sent is None or sent == self.insertion(name):
            self._held.pop(name, None)
        return True

    def _exchange(self, name: str) -> Exchange:
        spec = self._credentials.spec(name)
        assert spec is not None and spec.exchange is not None
        return spec.exchange


def without_values(response: Response) -> Response:
    """The answer of a successful exchange with every string in it blotted out.

    Beside the token it may hold others (a refresh token), whose names nobody told us.
    """
    blotted = {
        key: MARK if isinstance(value, str) else value
        for key, value in _object(response).items()
        if isinstance(value, (str, int, float))
    }
    return replace(response, body=json.dumps(blotted, sort_keys=True).encode())


def _object(response: Response) -> dict[str, Any]:
    try:
        answer = json.loads(response.body)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}
