"""What all sources of Weibo share: an account's profile, and how much of its list was seen.

An empty list counts as empty only when the account's own counter says zero.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from checkers._weibo.posts import Listed
from checkers.base import Coverage, Facts, Inconclusive, Target, newest_first
from checkers.naming import display_name
from checkers.signals import SignalClass, match
from registry.vocab import CoverageKind, Existence, Reason

PAGES = 3
"""Pages of the list per check: enough for a daily poster's month, and polite."""

_NOTHING_HERE = "这里还没有内容"

EXISTENCE = {
    SignalClass.ACCOUNT_GONE: Existence.GONE_SIGNAL,
    SignalClass.ACCOUNT_RESTRICTED: Existence.RESTRICTED,
}


UID, DOMAIN = r"[1-9][0-9]{5,10}", r"[A-Za-z][A-Za-z0-9]{3,19}"
"""Patterns of the number of an account and of the name in its address, if it chose one."""

OFFICIAL = re.compile(r"的?(?:官方|政务)(?:微博|账号|帐号)$")
"""What a verification says behind the name of the body."""


class Told(Exception):
    """The platform said outright that the account is gone or restricted."""

    def __init__(self, facts: Facts) -> None:
        super().__init__(facts.signal)
        self.facts = facts


def refuse_contradiction(told: Told, page: int) -> None:
    """Raises when a page of the list calls gone an account of which more has just been shown.

    That nobody is there contradicts its profile, and any end of it contradicts its posts. That it
    was closed or is held back may well be said by the list alone.
    """
    signal, gone = told.facts.signal, told.facts.existence is Existence.GONE_SIGNAL
    if gone and (page > 1 or _NOBODY.search(signal)):
        raise Inconclusive(Reason.AMBIGUOUS, f"shown, and gone by its list: {signal}")


_NOBODY = re.compile(r"不存在|^20003\b")


def profile_of(user: Mapping[str, Any], uid: str) -> Facts:
    """Name, verified body and counters; raises when another account answered."""
    answered = str(user.get("id") or user.get("idstr") or "")
    if not answered:
        raise Inconclusive(Reason.CHANGED_LAYOUT, "a user without an id")
    if answered != uid:
        raise Inconclusive(Reason.WRONG_ACCOUNT, answered)
    counters = {
        name: count
        for name, key in (("posts", "statuses_count"), ("followers", "followers_count"))
        if (count := counter_of(user.get(key))) is not None
    }
    return Facts(
        existence=Existence.EXISTS,
        display_name=display_name(user.get("screen_name")),
        verified_subject=_subject(user),
        counters=counters,
        identifiers={"uid": uid, **_domain_of(user)},
    )


def _domain_of(user: Mapping[str, Any]) -> Mapping[str, str]:
    domain = user.get("domain")
    named = isinstance(domain, str) and re.fullmatch(DOMAIN, domain)
    return {"domain": domain} if named and isinstance(domain, str) else {}


def counter_of(raw: Any) -> int | None:
    """A counter as a whole number; 63.5万 is none."""
    return int(raw) if re.fullmatch(r"[0-9]{1,12}", str(raw)) else None


def _subject(user: Mapping[str, Any]) -> str | None:
    """The body named in the verification of an organisation; a person's is no body."""
    kind = counter_of(user.get("verified_type"))
    reason = re.sub(r"\s+", " ", str(user.get("verified_reason") or "")).strip()
    if not user.get("verified") or not kind or not reason:
        return None
    return OFFICIAL.sub("", reason) or None


def far_enough(seen: Listed, target: Target, counted: int | None) -> bool:
    """True when the list is whole, or reaches back to where it was asked to, if anywhere."""
    back_to: datetime = target.read_back_to
    if back_to.tzinfo is None or (counted and seen.counted >= counted):
        return True
    reach = seen.reach
    return reach is not None and reach <= back_to


def with_list(profile: Facts, seen: Listed, counted: int | None) -> Facts:
    """The profile with its posts and an honest word on how much of the list was seen."""
    if not seen.mids:
        return _without_posts(profile, seen, counted)
    hidden = _hidden(seen.notices)
    coverage = Coverage(CoverageKind.PARTIAL) if hidden else _coverage(seen, counted)
    return replace(profile, posts=newest_first(seen.posts), coverage=coverage, note=hidden)


def _hidden(notices: str) -> str:
    signal = match("weibo", notices)
    return signal.text if signal and signal.kind is SignalClass.HISTORY_HIDDEN else ""


def _coverage(seen: Listed, counted: int | None) -> Coverage:
    if seen.undated:
        return Coverage(CoverageKind.PARTIAL)
    if counted and seen.counted >= counted:
        return Coverage(CoverageKind.COMPLETE)
    reach = seen.reach
    if reach is None:
        return Coverage(CoverageKind.PARTIAL)
    return Coverage(CoverageKind.REACHES_BACK_TO, reach)


def _without_posts(profile: Facts, seen: Listed, counted: int | None) -> Facts:
    """An empty list: proven by the counter, else it may as well be a missing cookie."""
    if seen.undated:
        raise Inconclusive(Reason.CHANGED_LAYOUT, f"{seen.undated} posts of no known shape")
    if counted != 0 or _hidden(seen.notices):
        raise Inconclusive(Reason.AMBIGUOUS, f"{_NOTHING_HERE}; statuses_count={counted}")
    return replace(profile, coverage=Coverage(CoverageKind.PROVEN_EMPTY))


def owned(listed: Listed) -> Listed:
    if listed.mids and not any(post.own for post in listed.posts):
        if listed.undated:
            raise Inconclusive(Reason.CHANGED_LAYOUT, "posts without a time")
        raise Inconclusive(Reason.WRONG_ACCOUNT, "posts of other accounts only")
    return listed
