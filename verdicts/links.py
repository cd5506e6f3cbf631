"""Whether a link works, over all the times it was tried. Facts in, a LinkState out.

One failure is never enough, unless it is final (404, a deleted article). A wall, a strange answer
or something HTTP cannot reach says nothing: such a link is UNSURE or UNCHECKED, never broken.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import urlsplit

from registry.dates import shanghai_date
from registry.platforms import PlatformCatalogue
from registry.vocab import (
    BROKEN_IMAGE_SIGNALS,
    SEEN_BROKEN,
    SEEN_WORKING,
    LinkKind,
    LinkState,
    Reason,
)
from verdicts.misleading import misleads

LINK_CODES = ("LK201", "LK202", "LK203", "LK204", "LK205")

FINAL_SIGNALS = frozenset(
    {
        "deleted",
        "violation",
        "complained",
        "expired",
        "bad_parameter",
        "not_permitted",
        "deregistered",
        "reclaimed",
        "blocked",
        "not_found",
        "closed_by_owner",
        "banned",
        "bad_page",
        "no_release",
    }
)
"""What a page says instead of its content, and will go on saying."""

PASSING_SIGNALS = frozenset(
    {
        *BROKEN_IMAGE_SIGNALS,
        "soft404",
        "unavailable",
        "send_failed",
        "frozen",
        "hidden",
        "migrated",
        "page_missing",
        "bad_appid",
    }
)
"""What a page says instead of its content, perhaps only today: a mini-program's page that was
released the day before is still missing to some."""

WORKING_SIGNALS = frozenset({"page_found"})
"""What is said of something that no address leads to, and that is there."""

_UNREACHED = frozenset(
    {
        Reason.NO_ADDRESS,
        Reason.NO_CREDENTIAL,
        Reason.NO_SOURCE,
        Reason.BY_HAND,
        Reason.PERMISSION,
        Reason.OWN_LIMIT,
    }
)
_DOWN = frozenset(
    {Reason.TIMEOUT, Reason.DNS, Reason.CONNECTION, Reason.SERVER_ERROR, Reason.REDIRECT_LOOP}
)
_ASKED = frozenset({LinkKind.URL, LinkKind.ARTICLE, LinkKind.QR})
"""What is nothing but an address. The page behind a mini-program's spare address proves nothing."""

_GOVERNMENT = ("gov.cn",)
_PLATFORMS = ("qq.com", "weibo.com", "weibo.cn", "douyin.com", "kuaishou.com", "toutiao.com")


class Tried(NamedTuple):
    """What happened when one link was tried, or why it was not."""

    at: datetime
    path: str = ""
    """Where it stands in the menu."""
    label: str = ""
    kind: LinkKind = LinkKind.URL
    url: str = ""
    appid: str = ""
    page: str = ""
    status: int = 0
    final_url: str = ""
    signal: str = ""
    failure: Reason | None = None
    certificate_expired_at: datetime | None = None
    uid: str = ""
    """Of the observation."""
    detail: str = ""
    """For a QR image: what its code says."""

    @property
    def discriminator(self) -> str:
        """What tells it from the other links of the account."""
        return self.path or self.url or self.label

    @property
    def target(self) -> tuple[str, str, str]:
        """What it leads to; a menu entry that was changed is another link."""
        return self.url, self.appid, self.page


class Trial(StrEnum):
    """What one try showed."""

    WORKS = "works"
    FAILED = "failed"
    """Not usable this time."""
    DEAD = "dead"
    """Not usable, and it will not come back by itself."""
    UNSURE = "unsure"
    UNCHECKED = "unchecked"


class LinkJudgement(NamedTuple):
    """The verdict over one link."""

    state: LinkState
    last: Tried
    """The last try that the verdict rests on."""
    code: str | None = None
    """The finding it asks for."""
    proof: tuple[str, ...] = ()
    concluded: bool = False
    """True when the last tries really told something, so that a finding may begin or end."""


def trial(tried: Tried) -> Trial:
    """What one try showed. Nothing is assumed of an answer that was not expected."""
    if not (tried.signal or tried.failure or tried.certificate_expired_at):
        return _by_status(tried.status) if _was_asked(tried) else Trial.UNCHECKED
    if tried.signal in {SEEN_WORKING, SEEN_BROKEN}:
        return Trial.WORKS if tried.signal == SEEN_WORKING else Trial.DEAD
    if tried.signal in WORKING_SIGNALS:
        return Trial.WORKS
    if tried.certificate_expired_at is not None:
        return Trial.DEAD
    if tried.failure in _UNREACHED or not _was_asked(tried):
        return Trial.UNCHECKED
    if tried.failure is not None:
        gone = tried.failure is Reason.NOT_FOUND
        down = Trial.FAILED if tried.failure in _DOWN else Trial.UNSURE
        return Trial.DEAD if gone else down
    if tried.signal:
        passing = Trial.FAILED if tried.signal in PASSING_SIGNALS else Trial.UNSURE
        return Trial.DEAD if tried.signal in FINAL_SIGNALS else passing
    return _by_status(tried.status)


def _was_asked(tried: Tried) -> bool:
    """True when an answer, a failure or a signal can speak about the link itself."""
    if tried.kind in _ASKED:
        return bool(tried.status or tried.failure or tried.signal)
    return tried.kind is LinkKind.MINIPROGRAM and bool(tried.signal)


def _by_status(status: int) -> Trial:
    if status in {404, 410}:
        return Trial.DEAD
    if 200 <= status < 400:
        return Trial.WORKS
    return Trial.FAILED if status >= 500 and status not in {521} else Trial.UNSURE


def link_state(tries: Sequence[Tried], *, broken_days: int = 2) -> LinkState:
    """The state of one link by everything that was tried; see `judge_link`."""
    return judge_link(tries, broken_days=broken_days).state


def judge_link(
    tries: Sequence[Tried], *, broken_days: int = 2, platforms: PlatformCatalogue | None = None
) -> LinkJudgement:
    """The verdict over one link by all tries of it, in any order; at least one.

    BROKEN: since it last worked it was found dead once, or failed on `broken_days` different days
    in Shanghai. A try that tells nothing neither adds to nor breaks that count. With `platforms`
    the label of a QR code is compared with where the code leads, also where a wall stands there.
    """
    ordered = _of_one_target(tries) if len(tries) > 1 else tries
    failures: list[Tried] = []
    works: Tried | None = None
    unsure: Tried | None = None
    for tried in ordered:
        shown = trial(tried)
        if shown is Trial.WORKS:
            failures, works, unsure = [], tried, None
        elif shown in {Trial.FAILED, Trial.DEAD}:
            failures.append(tried)
        elif shown is Trial.UNSURE:
            unsure = tried
    if failures:
        return _failed(failures, broken_days)
    works = works if unsure is None else None
    last = works or unsure or ordered[-1]
    if leads_elsewhere(last, platforms) and (works or _misled(last, platforms)):
        return LinkJudgement(_state(works, unsure), last, "LK204", (last.uid,), concluded=True)
    proof = (last.uid,) if works else ()
    return LinkJudgement(_state(works, unsure), last, None, proof, concluded=bool(works))


def _of_one_target(tries: Sequence[Tried]) -> Sequence[Tried]:
    """In the order of time, those of what the link leads to now."""
    ordered = sorted(tries, key=lambda tried: tried.at)
    target = ordered[-1].target
    return [tried for tried in ordered if tried.target == target]


def _state(works: Tried | None, unsure: Tried | None) -> LinkState:
    if works is not None:
        return LinkState.WORKS
    return LinkState.UNSURE if unsure is not None else LinkState.UNCHECKED


def _failed(failures: Sequence[Tried], broken_days: int) -> LinkJudgement:
    dead = [tried for tried in failures if trial(tried) is Trial.DEAD]
    days = {shanghai_date(tried.at) for tried in failures}
    if not dead and len(days) < broken_days:
        return LinkJudgement(LinkState.UNSURE, failures[-1])
    last = dead[-1] if dead else failures[-1]
    proof = (last.uid,) if dead else (failures[0].uid, last.uid)
    return LinkJudgement(LinkState.BROKEN, last, broken_code(last), proof, concluded=True)


def broken_code(tried: Tried) -> str:
    """The code of a link that is broken in this way."""
    if tried.certificate_expired_at is not None:
        return "LK205"
    return {LinkKind.QR: "LK203", LinkKind.MINIPROGRAM: "LK202"}.get(tried.kind, "LK201")


def leads_elsewhere(tried: Tried, platforms: PlatformCatalogue | None = None) -> bool:
    """True when a government address ends on a host that is neither the government's nor a
    platform's: a lapsed or hijacked site. Short links may redirect as they like. Also when a QR
    code leads to another platform than its label names.
    """
    # an image lies on the site itself: what counts is the address in it
    address = tried.detail if tried.kind is LinkKind.QR else tried.url
    return _lapsed(address, tried.final_url) or _misled(tried, platforms)


def _lapsed(address: str, end: str) -> bool:
    """True when a government address ends elsewhere."""
    if end in {"", address}:
        return False
    there = _host(end)
    allowed = not there or _within(there, _GOVERNMENT + _PLATFORMS)
    return not allowed and _within(_host(address), _GOVERNMENT)


def _misled(tried: Tried, platforms: PlatformCatalogue | None) -> bool:
    if platforms is None or tried.kind is not LinkKind.QR:
        return False
    return misleads(tried.label, (tried.detail, tried.final_url), platforms)


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".").lower()
    except ValueError:
        return ""


def _within(host: str, domains: Sequence[str]) -> bool:
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)
