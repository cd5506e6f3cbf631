"""What a checker is: a generator that asks for pages and returns facts. It never talks itself.

A checker opens no socket, sleeps never, reads no clock and sees no secret. It yields `Request`s
(one, or a list that may go out together), receives a `Response` for each in the same shape, and
returns `Facts`; or it raises `Inconclusive` or `Unsupported` with a reason from the closed list.
So it is tested with literals, replayed from evidence, and run by any engine unchanged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar
from urllib.parse import urlsplit

from checkers.site_facts import SiteFacts
from registry.vocab import (
    CheckKind,
    CoverageKind,
    Derivation,
    Existence,
    Identity,
    LinkKind,
    PlatformInfo,
    Precision,
    Proof,
    Reason,
)

MAX_BODY = 5_000_000
"""Bytes of a response that are read before it is given up as TOO_LARGE."""

MAX_TREE = 1_000_000
"""The same for a page that is read into a tree of objects, which takes seconds for each megabyte."""


class Inconclusive(Exception):
    """The check was made and nothing can be concluded: a wall, a fault, a changed layout."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason.value}: {detail}" if detail else reason.value)
        self.reason = reason
        self.detail = detail


class Unsupported(Inconclusive):
    """The check cannot be made by this source at all: no credential, no address, by hand only."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What one host tolerates."""

    min_gap: float
    """Seconds between the starts of two requests."""
    per_run: int | None = None
    """Requests per run; the rest goes on in the next run."""
    in_flight: int = 1
    daily: int | None = None
    cool_down: float = 300.0
    """Seconds of rest after a 429 that names no other."""


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
    label: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP exchange to make. `auth` names a credential; the engine puts the token in."""

    url: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    auth: str | None = None
    redirects: bool = True
    """Follow redirects; the chain is kept either way."""
    max_bytes: int = MAX_BODY
    seconds: float | None = None
    """How long the whole answer may take; None: as long as the transport allows."""
    once: bool = False
    """Not tried again after a passing fault: the fault is a fact of this visit."""

    @property
    def host(self) -> str:
        """The lane this request belongs to: host name, with the port where one is given."""
        parts = urlsplit(self.url)
        host = (parts.hostname or "").lower()
        return f"{host}:{parts.port}" if parts.port else host

    @classmethod
    def json_post(cls, url: str, payload: Mapping[str, Any], auth: str | None = None) -> Request:
        """A POST of `payload` as JSON, keys sorted so that replay finds it again."""
        body = json.dumps(payload, ensure_ascii=False, sort_keys=True).encode()
        return cls(url, "POST", (("Content-Type", "application/json"),), body, auth)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why no answer came, or not a whole one."""

    reason: Reason
    detail: str = ""
    expires_at: datetime | None = None
    """For TLS: when the certificate ran out, if that is why."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One redirect: the address asked, the status answered, the address it pointed to."""

    url: str
    status: int
    location: str


_OF_PAGES = re.compile(
    r"(?:utf|gb|big5|hz|iso|latin|ascii|us-ascii|cp|windows|euc|shift|sjis|koi|tis|ks)", re.I
)
"""How charsets of pages begin. Python has further codecs, one of which takes minutes for 1 MB."""


@dataclass(frozen=True, slots=True)
class Response:
    """What came back. `failure` is set when there is no usable answer; then `status` is 0."""

    url: str
    """The final address, after redirects."""
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    body: bytes = b""
    fetched_at: datetime = datetime.min
    """UTC, when the answer was complete."""
    hops: tuple[Hop, ...] = ()
    failure: Failure | None = None

    @property
    def moment(self) -> datetime:
        """When the answer was written, in UTC: the Date header if sane, else when it arrived.

        Sane is within one day of arrival. Relative times in the answer count from here.
        """
        raw = self.headers.get("date", "")
        try:
            said = parsedate_to_datetime(raw)
        except ValueError:
            return self.fetched_at
        if said.tzinfo is None or abs(said - self.fetched_at) > timedelta(days=1):
            return self.fetched_at
        return said.astimezone(self.fetched_at.tzinfo)

    def text(self, fallback: str = "utf-8") -> str:
        """The body as text: declared charset, else one named in the first bytes, else `fallback`.

        gb2312 and gbk are read as their superset gb18030. Undecodable bytes are replaced. A name
        that no page has is not believed.
        """
        declared = re.search(r"charset=[\"']?([\w-]+)", self.headers.get("content-type", ""), re.I)
        inside = re.search(rb"(?:charset|encoding)=[\"']?([\w-]+)", self.body[:2048], re.I)
        name = declared.group(1) if declared else inside.group(1).decode() if inside else fallback
        name = "gb18030" if name.lower() in {"gb2312", "gbk"} else name
        if not _OF_PAGES.match(name):
            name = fallback
        try:
            return self.body.decode(name, "replace")
        except LookupError:
            return self.body.decode(fallback, "replace")

    def usable(self) -> Response:
        """Itself, or Inconclusive: no answer, a wall by status or by address, an empty 200."""
        if self.failure:
            raise Inconclusive(self.failure.reason, self.failure.detail)
        wall = WALL_STATUS.get(self.status)
        if wall:
            raise Inconclusive(wall, f"HTTP {self.status}")
        if is_wall_address(self.url):
            raise Inconclusive(Reason.LOGIN_WALL, urlsplit(self.url).hostname or "")
        if self.status >= 500:
            raise Inconclusive(Reason.SERVER_ERROR, f"HTTP {self.status}")
        if self.status == 200 and not self.body.strip():
            raise Inconclusive(Reason.EMPTY_BODY)
        return self

    def json(self) -> Any:
        """The body as JSON; Inconclusive(BAD_JSON) when it is anything else."""
        self.usable()
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise Inconclusive(Reason.BAD_JSON, str(error)[:120]) from None


WALL_STATUS: Mapping[int, Reason] = {
    401: Reason.LOGIN_WALL,
    403: Reason.BLOCKED,
    412: Reason.BLOCKED,
    418: Reason.BLOCKED,
    429: Reason.RATE_LIMITED,
    432: Reason.BLOCKED,
    461: Reason.CAPTCHA,
    471: Reason.CAPTCHA,
    521: Reason.BLOCKED,
}
"""Statuses that are a wall whatever the body says."""

_WALL_HOST = re.compile(r"^(passport|visitor|login)\b|\.passport\.|captcha", re.I)
_WALL_PATH = re.compile(r"captcha|/(visitor|website-login|signin|login(\.php)?)(/|$)", re.I)


def is_wall_address(url: str) -> bool:
    """True when an answer came from a login, visitor or captcha address: a wall at any status."""
    parts = urlsplit(url)
    return bool(_WALL_HOST.search(parts.hostname or "") or _WALL_PATH.search(parts.path))


@dataclass(frozen=True, slots=True)
class Post:
    """One post as listed."""

    published_at: datetime
    """UTC. With day precision: midnight in Shanghai, and only its Shanghai date means anything."""
    precision: Precision = Precision.SECOND
    title: str = ""
    url: str = ""
    own: bool = True
    """False for other people's items in the list; a repost by the account is its own."""
    pinned: bool = False
    derived_from: Derivation = Derivation.FIELD


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the post list was seen; `since` (UTC) goes with REACHES_BACK_TO."""

    kind: CoverageKind = CoverageKind.UNREAD
    since: datetime | None = None
    until: datetime | None = None
    """UTC; the list knows nothing of posts from here on (statistics that end yesterday), so it
    counts as read at this moment. None: it was current when it was fetched."""


@dataclass(frozen=True, slots=True)
class Link:
    """One menu entry or link of the account, as found; whether it works is another check's fact."""

    label: str
    kind: LinkKind = LinkKind.URL
    url: str = ""
    path: tuple[str, ...] = ()
    """Where it stands: menu, sub-menu."""
    appid: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class LinkFact:
    """What happened when one address was asked for. `verdicts` judges it."""

    url: str
    status: int = 0
    final_url: str = ""
    hops: tuple[Hop, ...] = ()
    signal: str = ""
    """What the body says beyond the status, e.g. `deleted`, `violation`, `migrated`."""
    signal_text: str = ""
    failure: Reason | None = None
    detail: str = ""
    certificate_expired_at: datetime | None = None
    appid: str = ""
    """With `page`: the mini-program's page that was tried; then `url` is empty."""
    page: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of text that the account shows, for hints at personal data and misprints."""

    text: str
    where: str = ""
    """Its address, or what it is: a title, a menu label."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What one look showed. Not a verdict: that needs a rule set and a time point."""

    existence: Existence = Existence.UNKNOWN
    posts: tuple[Post, ...] = ()
    coverage: Coverage = Coverage()
    display_name: str | None = None
    """None when not seen or not trustworthy (`undefined`, all digits, empty)."""
    verified_subject: str | None = None
    counters: Mapping[str, int] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    link_facts: tuple[LinkFact, ...] = ()
    identifiers: Mapping[str, str] = field(default_factory=dict)
    """Ids seen in the answer, by scheme."""
    signal: str = ""
    """The text or code that led to GONE_SIGNAL or RESTRICTED, as received."""
    note: str = ""
    site: SiteFacts | None = None
    """Of a website only."""
    passages: tuple[Passage, ...] = ()
    """Text seen beside the posts' titles. It is scanned when the check is stored, never stored."""

    @property
    def newest(self) -> Post | None:
        """The newest own post, pinned or not."""
        return max((p for p in self.posts if p.own), key=lambda p: p.published_at, default=None)


@dataclass(frozen=True, slots=True)
class Target:
    """What a checker is told of the account it looks at. Holds no contact and no secret."""

    platform: str
    name: str
    identifiers: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    address: str = ""
    """What the office gave for this source: feed URL, RSSHub route, a known article."""
    credential: str = ""
    """Name of the credential for this account, e.g. `wechat:wx0123456789abcdef`."""
    kind: CheckKind = CheckKind.FRESHNESS
    as_of: datetime = datetime.min
    """UTC; the moment of the run, frozen when it was planned."""
    read_back_to: datetime = datetime.min
    """UTC; a list that reaches back to here can prove staleness."""
    links: tuple[Link, ...] = ()
    """For the link checker: what to try."""
    time_point: datetime = datetime.min
    """UTC; the monitoring time point. A post after it answers nothing, so the search goes on."""


Steps = Generator[Request | list[Request], Any, Facts]
"""A check under way: yields a Request and is sent a Response, or a list and is sent a list."""


class Checker:
    """Base of all checkers. A platform is one subclass in one file; sources without a platform
    (feeds, links) leave `platform` empty."""

    platform: ClassVar[str] = ""
    label: ClassVar[Mapping[str, str]] = {}
    synonyms: ClassVar[tuple[str, ...]] = ()
    """What spreadsheets call it, beside the label."""
    forms: ClassVar[Mapping[str, str]] = {}
    """Synonym → form, where a platform has several (订阅号, 服务号)."""
    schemes: ClassVar[Mapping[str, str]] = {}
    """Id scheme → pattern of a whole value; the first is the preferred one (the native id)."""
    hosts: ClassVar[Mapping[str, Pace]] = {}
    credentials: ClassVar[tuple[Credential, ...]] = ()
    sources: ClassVar[tuple[Source, ...]] = ()
    """In order of trust; the first usable one is asked first."""

    def identify(self, text: str) -> Identity | None:
        """The identity in an address or id, or None when it is not of this platform."""
        return None

    def check(self, target: Target, source: str) -> Steps:
        """Look at `target` through `source`. Raises Inconclusive or Unsupported; returns Facts."""
        raise Unsupported(Reason.NO_SOURCE, source)

    @classmethod
    def info(cls) -> PlatformInfo:
        """What the registry needs to recognise this platform in a spreadsheet."""
        preferred = next(iter(cls.schemes), "")
        return PlatformInfo(
            cls.platform, cls.label, cls.synonyms, cls.forms, cls.schemes, preferred
        )

    @classmethod
    def source(cls, name: str) -> Source | None:
        """The source of that name, if this checker has it."""
        return next((s for s in cls.sources if s.name == name), None)


def bounded(facts: Facts, source: Source) -> Facts:
    """The facts cut down to what the source can prove: one that cannot prove STALE covers PARTIAL.

    The engine applies this to every READ, so that no checker can promise more than its source.
    """
    unproven = Proof.STALE not in source.proves
    if unproven and facts.coverage.kind not in {CoverageKind.PARTIAL, CoverageKind.UNREAD}:
        return replace(facts, coverage=Coverage(CoverageKind.PARTIAL))
    return facts


def validate_identifier(checker: Checker, scheme: str, value: str) -> bool:
    """True when `value` is a whole id of that scheme on that platform."""
    pattern = checker.schemes.get(scheme)
    return bool(pattern and re.fullmatch(pattern, value))


def newest_first(posts: Sequence[Post]) -> tuple[Post, ...]:
    """The posts sorted newest first, own or not."""
    return tuple(sorted(posts, key=lambda p: p.published_at, reverse=True))
