"""Short-lived tokens in exchange for long-lived secrets, so that no checker ever sees either.

Only the bookkeeping: the driver sends the exchange like any other request, in its host's lane.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from enum import Enum, auto
from typing import Any, TypeGuard

from checkers.base import Exchange, Request, Response
from sweeps.network.credentials import MARK, Credentials, Insertion

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
        self._renewed: dict[str, str] = {}

    def standing(self, name: str, now: float) -> Standing:
        """Whether a request with this credential can go out now (`now`: the stop-watch)."""
        spec = self._credentials.spec(name)
        if spec is None or not self._credentials.has(name):
            return Standing.MISSING
        if self._offline or spec.exchange is None or self._held.get(name, ("", now))[1] > now:
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
        return self._credentials.inserted(name, token) if token else None

    def exchange_request(self, name: str) -> Request:
        """The request that fetches a token; it names the credential that it goes through, if any."""
        exchange, held_as = self._exchange(name), name.partition(":")[2]
        fields = [exchange.secret_field, *(field for field, _part in exchange.parts)]
        payload = {exchange.id_field: held_as} if held_as else {}
        payload |= dict.fromkeys(fields, MARK) | dict(exchange.extra)
        request = Request.json_post(exchange.url, payload, exchange.through or None)
        # Never redirected: the secret is meant for this address and no other.
        return replace(request, redirects=False)

    def exchange_secrets(self, name: str) -> Insertion:
        """What goes into the exchange when it is sent: the secret, its parts, what it goes through.

        Read at this moment, since a part may be one that others replace every few minutes.
        """
        exchange, kind = self._exchange(name), name.partition(":")[0]
        secret = self._renewed.get(name) or self._credentials.secret(name)
        beside = [
            Insertion(f"json:{field}", self._credentials.secret(f"{kind}:{part}", anew=True))
            for field, part in exchange.parts
        ]
        passing = self.insertion(exchange.through) if exchange.through else None
        beside += [passing] if passing else []
        return Insertion(f"json:{exchange.secret_field}", secret, tuple(beside))

    def accept(self, name: str, response: Response, now: float) -> bool:
        """Take the token out of an answer. False when it holds none."""
        exchange, answer = self._exchange(name), _object(response)
        token, lasts = answer.get(exchange.token_field), answer.get(exchange.expires_field, 0)
        if response.failure or not _sendable(token):
            return False
        seconds = _seconds(lasts)
        self._credentials.redactor.add(token)
        self._renew(name, answer.get(exchange.renews_field))
        self._held[name] = (token, now + max(seconds - MARGIN, min(seconds, 60.0)))
        return True

    def _renew(self, name: str, secret: Any) -> None:
        if _sendable(secret):
            self._credentials.redactor.add(secret)
            self._renewed[name] = secret

    def blotted(self, name: str, response: Response) -> Response:
        """The answer to the exchange of that credential, as it may be stored and shown."""
        return without_values(response, self._exchange(name))

    def learn(self, name: str, response: Response) -> None:
        """Know the secrets that an answer to a request with this credential holds, so that they can
        be redacted: in a whole answer and in one that was cut off."""
        spec = self._credentials.spec(name)
        for field in spec.confidential if spec else ():
            named = rb'"' + re.escape(field.encode()) + rb'"\s*:\s*"((?:[^"\\]|\\.)*)'
            for found in re.findall(named, response.body):
                self._credentials.redactor.add(_unescaped(found))

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
        held = self.insertion(name)
        if sent is None or held is None or next(held.all()) in sent.all():
            self._held.pop(name, None)
        return True

    def _exchange(self, name: str) -> Exchange:
        spec = self._credentials.spec(name)
        assert spec is not None and spec.exchange is not None
        return spec.exchange


def without_values(response: Response, exchange: Exchange) -> Response:
    """The answer of an exchange with all blotted out that may be a token, whether it gave one or not.

    Nobody told us the names of all it may hold (a refresh token), and one that was cut off or has
    another shape may hold them anywhere. Kept are figures and, beside an error code, its message.
    """
    if not response.body.strip():
        return response
    answer = _parsed(response)
    if isinstance(answer, dict):
        refused = bool(answer.get(exchange.error_field))
        blotted = {
            key: value if refused and key in _MESSAGES or not isinstance(value, str) else MARK
            for key, value in answer.items()
            if isinstance(value, (str, int, float))
        }
        return replace(response, body=json.dumps(blotted, sort_keys=True).encode())
    body = MARK if answer is None else json.dumps([MARK])
    return replace(response, body=body.encode())


_MESSAGES = frozenset({"errmsg", "message", "description"})
"""Fields in which a refused exchange says why, in words."""


def _sendable(value: Any) -> TypeGuard[str]:
    """True for a text that can go over the wire as it is."""
    return isinstance(value, str) and bool(value) and value.isprintable()


def _seconds(lasts: Any) -> float:
    """How long a token lasts; nothing where that is no number that can be counted with."""
    try:
        seconds = float(lasts)
    except (TypeError, ValueError, OverflowError):
        return 0.0
    return seconds if seconds > 0 else 0.0


def _unescaped(found: bytes) -> str:
    """The text within a JSON string, which may end in the middle of an escape."""
    try:
        return str(json.loads(b'"' + found + b'"'))
    except ValueError:
        return found.decode("utf-8", "replace")


def _object(response: Response) -> dict[str, Any]:
    answer = _parsed(response)
    return answer if isinstance(answer, dict) else {}


def _parsed(response: Response) -> Any:
    """The answer read as JSON; None where it is none."""
    try:
        return json.loads(response.body)
    except (ValueError, RecursionError):
        return None
