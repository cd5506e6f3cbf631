"""Checks: kinds, how they end and why, what was seen and how it was known."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum


class CheckKind(StrEnum):
    FRESHNESS = "freshness"
    IDENTITY = "identity"
    MENU = "menu"
    APP = "app"
    SITE = "site"
    HANDLE = "handle"


def samples_sites(kinds: Collection[str]) -> bool:
    """True for a run that only tries whether websites open, by the kinds it was asked for."""
    return set(kinds) == {CheckKind.SITE}


class RunMethod(StrEnum):
    ENGINE = "engine"
    AWAY = "away"
    """By the engine on a machine with a network, from a file; what it saw is brought back."""
    HAND = "hand"
    SELF_REPORT = "self_report"
    REPLAY = "replay"
    IMPORT = "import"


MOST_POSTS = 500
"""Posts kept of one check, the newest ones. A stored list as long as this may have been cut: it tells
of nothing before its last post."""


class Outcome(StrEnum):
    """How a check ended. Facts are read only from READ; the others say why nothing was read."""

    READ = "read"
    INCONCLUSIVE = "inconclusive"
    UNSUPPORTED = "unsupported"


class Reason(StrEnum):
    """The closed list of reasons for INCONCLUSIVE and UNSUPPORTED."""

    # nothing could be asked
    NO_CREDENTIAL = "no_credential"
    NO_SOURCE = "no_source"
    NO_ADDRESS = "no_address"
    BY_HAND = "by_hand"
    PERMISSION = "permission"
    # somebody is in the way
    LOGIN_WALL = "login_wall"
    CAPTCHA = "captcha"
    RATE_LIMITED = "rate_limited"
    BLOCKED = "blocked"
    HOST_BLOCKED = "host_blocked"
    OWN_LIMIT = "own_limit"
    EMPTY_BODY = "empty_body"
    # the network
    TIMEOUT = "timeout"
    DNS = "dns"
    CONNECTION = "connection"
    TLS = "tls"
    ADDRESS_REFUSED = "address_refused"
    REDIRECT_LOOP = "redirect_loop"
    TOO_LARGE = "too_large"
    SERVER_ERROR = "server_error"
    NOT_FOUND = "not_found"
    # the answer
    BAD_JSON = "bad_json"
    NOT_A_FEED = "not_a_feed"
    CHANGED_LAYOUT = "changed_layout"
    WRONG_ACCOUNT = "wrong_account"
    AMBIGUOUS = "ambiguous"
    SYNTHETIC_DATES = "synthetic_dates"
    DELAYED = "delayed"
    CONFIG = "config"
    # ourselves
    CHECKER_ERROR = "checker_error"
    CHECKER_TIMEOUT = "checker_timeout"
    NOT_RECORDED = "not_recorded"
    INTERRUPTED = "interrupted"


TRANSIENT_REASONS = frozenset(
    {Reason.TIMEOUT, Reason.CONNECTION, Reason.DNS, Reason.SERVER_ERROR, Reason.RATE_LIMITED}
)
"""Worth another try, with back-off; everything else would only repeat itself."""

WALL_REASONS = frozenset(
    {Reason.LOGIN_WALL, Reason.CAPTCHA, Reason.RATE_LIMITED, Reason.BLOCKED, Reason.EMPTY_BODY}
)
"""A wall: the host is left alone for the rest of the run."""


NOT_ASKED_REASONS = frozenset({Reason.HOST_BLOCKED, Reason.OWN_LIMIT})
"""Nobody asked for this account: after a wall its host is left alone, or our own budget for it is
used up. The next run begins with it."""


class Existence(StrEnum):
    EXISTS = "exists"
    GONE_SIGNAL = "gone_signal"
    RESTRICTED = "restricted"
    UNKNOWN = "unknown"


class CoverageKind(StrEnum):
    """How much of the account's post list was seen.

    COMPLETE: every post. REACHES_BACK_TO: every post since a stated moment. PARTIAL: some posts,
    so it can prove fresh and never stale. PROVEN_EMPTY: a second field says there are none.
    UNREAD: no list was read.
    """

    COMPLETE = "complete"
    REACHES_BACK_TO = "reaches_back_to"
    PARTIAL = "partial"
    PROVEN_EMPTY = "proven_empty"
    UNREAD = "unread"


class Precision(StrEnum):
    SECOND = "second"
    MINUTE = "minute"
    DAY = "day"


class DateFault(StrEnum):
    """Why a date as printed cannot be taken."""

    UNREADABLE = "unreadable"
    IMPOSSIBLE = "impossible"
    FUTURE = "future"
    TOO_OLD = "too_old"
    TWO_DIGIT_YEAR = "two_digit_year"
    AMBIGUOUS = "ambiguous"


class Derivation(StrEnum):
    """Where a time was taken from: a field meant for it, running text, or an id that encodes it."""

    FIELD = "field"
    TEXT = "text"
    ID = "id"


class Proof(StrEnum):
    """What a source can prove. One that proves only FRESH can never lead to STALE."""

    FRESH = "fresh"
    STALE = "stale"
    EXISTENCE = "existence"
    NAME = "name"
    LINKS = "links"
    REACH = "reach"
    """Whether the home page opened: one sample of many."""


class LinkKind(StrEnum):
    """What a menu entry or link is, which decides whether a machine can check it."""

    URL = "url"
    ARTICLE = "article"
    MINIPROGRAM = "miniprogram"
    MATERIAL = "material"
    QR = "qr"
    EVENT = "event"
    CONTENT = "content"
    UNKNOWN = "unknown"


class LinkState(StrEnum):
    """The verdict over one link."""

    WORKS = "works"
    BROKEN = "broken"
    UNSURE = "unsure"
    UNCHECKED = "unchecked"


SEEN_WORKING, SEEN_BROKEN = "seen_working", "seen_broken"
"""`link_result.signal` of a link that a person has tried."""
