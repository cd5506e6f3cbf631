"""What a checker declares: its ways to look, what they can prove and need, and how gently to ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from registry.vocab import CheckKind, Proof


@dataclass(frozen=True, slots=True)
class Pace:
    """What one host tolerates."""

    min_gap: float
    """Seconds from the sending of one request to the start of the next; up to 0.1 it is a rate, kept by the
    second."""
    per_run: int | None = None
    """Requests per run; the rest goes on in the next run."""
    in_flight: int = 1
    daily: int | None = None
    cool_down: float = 300.0
    """Seconds of rest after a 429, 418 or 432 that names no other: nothing, nought, or a moment gone by."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """How a long-lived secret becomes a short-lived token, without the checker seeing either.

    The engine posts `{id_field: <id>, secret_field: <secret>, **extra}` as JSON to `url` and reads
    `token_field` and `expires_field` (seconds). An answer without a token comes back in place of
    the response asked for, so that the checker can read its error code. Exchanges may form a chain:
    one that goes `through` another credential carries that one's token as any request would.
    """

    url: str
    id_field: str = "appid"
    """Left out where the credential's name has no id."""
    secret_field: str = "secret"
    extra: tuple[tuple[str, str], ...] = ()
    parts: tuple[tuple[str, str], ...] = ()
    """(field, part): further secrets that are posted, each held as `kind:PART`."""
    through: str = ""
    """The kind, without an id, of the credential with which the exchange itself is asked for."""
    renews_field: str = ""
    """Field of the answer that holds the secret to exchange from now on, if it gives a new one."""
    token_field: str = "access_token"
    expires_field: str = "expires_in"
    error_field: str = "errcode"
    expired: frozenset[int] = frozenset()
    """Values of `error_field` in any later answer upon which the token is fetched anew, once."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A kind of secret a platform's sources need. Named `kind` or `kind:ID` in a Request."""

    kind: str
    place: str
    """Where it goes: `query:NAME`, `header:NAME`, or `cookie`."""
    prefix: str = ""
    """Put before the token in a header, e.g. `OAuth2 `."""
    exchange: Exchange | None = None
    per_account: bool = False
    """True when each account has its own (`wechat:APPID`)."""
    parts: tuple[tuple[str, str], ...] = ()
    """(place, part): what goes into each request beside it, each held as `kind:PART`."""
    confidential: tuple[str, ...] = ()
    """Fields of JSON answers whose values are secrets too (a refresh token): blotted out before
    anything is recorded or shown to a checker."""


@dataclass(frozen=True, slots=True)
class Source:
    """One way to look at an account, and what looking that way can prove."""

    name: str
    proves: frozenset[Proof]
    kinds: frozenset[CheckKind] = frozenset({CheckKind.FRESHNESS})
    needs: tuple[str, ...] = ()
    """Kinds of credential without which it cannot be used."""
    instead: tuple[str, ...] = ()
    """Kinds of credential of which one will do where the office does not hold what it `needs`; the
    first in this order that it holds is the target's."""
    address: bool = False
    """True when the office must give an address (feed URL, RSSHub route, a known article)."""
    by_default: bool = True
    """False for what an office must switch on itself (design: what a source may do)."""
    pace: Pace | None = None
    """For the host of an address that the office gives, where no checker names that host."""
    route: str = ""
    """Path at the office's own RSSHub, with an id scheme in braces: `/weibo/user/{uid}`. Where the
    office gives no address, this one is used."""
    host: str = ""
    """Of the checker's hosts the one that it mostly asks; empty: plans reckon with the slowest."""
    requests: int = 1
    """That a look mostly takes, for plans."""
    label: Mapping[str, str] = field(default_factory=dict)
