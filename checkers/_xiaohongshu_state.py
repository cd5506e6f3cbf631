"""What a profile page of Xiaohongshu holds in its script: the state with name, notices and notes.

The first list of notes is the account's own; the others are what it collected from other people.
Notes carry no time but their ids, which tell when a note was made and not when it was published:
so they can prove fresh and never stale.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from checkers._web.pages import split
from checkers.base import Coverage, Facts, Inconclusive, Post, newest_first
from checkers.naming import display_name
from checkers.signals import SignalClass, match
from registry.dates import DateError, parse_when
from registry.vocab import CoverageKind, Derivation, Existence, Reason

_STATE = re.compile(r"window\.__INITIAL_STATE__\s*=\s*")
_UNDEFINED = re.compile(r'"(?:[^"\\]++|\\.)*+"?|\bundefined\b', re.S)
"""A text, to its end even where it has none, or the word outside of texts; possessive, so linear."""
_NETWORK = 300012
"""The code for an address of the network that is not let in."""


def state_of(page: str) -> Mapping[str, Any]:
    """The state in the page's scripts. Raises Inconclusive: a wall in words, or no state."""
    halves = split(page)
    found = _STATE.search(halves.scripts)
    if found is None:
        signal = match("xiaohongshu", halves.visible[:20000])
        if signal and signal.kind is SignalClass.WALL:
            raise Inconclusive(Reason.BLOCKED, signal.text)
        raise Inconclusive(Reason.CHANGED_LAYOUT, "no state")
    # the state is JavaScript: a bare `undefined` stands where JSON has null
    plain = _UNDEFINED.sub(_as_json, halves.scripts[found.end() :])
    try:
        state, _end = json.JSONDecoder().raw_decode(plain)
    except (ValueError, RecursionError):
        raise Inconclusive(Reason.CHANGED_LAYOUT, "a state that is no JSON") from None
    return _mapping(state)


def _as_json(found: re.Match[str]) -> str:
    return "null" if found.group() == "undefined" else found.group()


def facts_of(state: Mapping[str, Any], uid: str, seen_at: datetime) -> Facts:
    """The facts of the account `uid` in a state of `seen_at` (UTC). Raises Inconclusive."""
    user = _mapping(state.get("user"))
    asked = _asked_for(user)
    if asked not in {"", uid}:
        raise Inconclusive(Reason.WRONG_ACCOUNT, asked)
    banned = _mapping(user.get("bannedInfo"))
    if banned.get("serverBanned") is True:
        said = f"serverBanned {banned.get('code', '')} {banned.get('reason') or ''}"
        return Facts(Existence.RESTRICTED, identifiers={"uid": uid}, signal=said.strip()[:160])
    basic = _basic(_mapping(user.get("userPageData")))
    posts = _own_list(user, uid, seen_at)
    return Facts(
        Existence.EXISTS,
        newest_first(posts),
        Coverage(CoverageKind.PARTIAL if posts else CoverageKind.UNREAD),
        display_name(basic.get("nickname")),
        counters=_counters(_mapping(user.get("userPageData"))),
        identifiers={"uid": uid, **_red_id(basic)},
    )


def _basic(page: Mapping[str, Any]) -> Mapping[str, Any]:
    """Name and ids of the account; without them the page came without its data."""
    result, basic = _mapping(page.get("result")), _mapping(page.get("basicInfo"))
    code = result.get("code", 0)
    if code == _NETWORK:
        raise Inconclusive(Reason.BLOCKED, f"code {code}")
    if code != 0 or result.get("success") is False or not basic:
        raise Inconclusive(Reason.AMBIGUOUS, f"a profile without its data, code {code}")
    return basic


def _asked_for(user: Mapping[str, Any]) -> str:
    """Whose notes the page asked for, where it says so."""
    queries = user.get("noteQueries")
    first = queries[0] if isinstance(queries, list) and queries else None
    return str(_mapping(first).get("userId") or "")


def _red_id(basic: Mapping[str, Any]) -> dict[str, str]:
    value = str(basic.get("redId") or "")
    return {"red_id": value} if re.fullmatch(r"[A-Za-z0-9_]{4,20}", value) else {}


def _counters(page: Mapping[str, Any]) -> dict[str, int]:
    rows = page.get("interactions")
    for row in rows if isinstance(rows, list) else []:
        count = str(_mapping(row).get("count"))
        if _mapping(row).get("type") == "fans" and re.fullmatch(r"[0-9]{1,12}", count):
            return {"followers": int(count)}
    return {}


def _own_list(user: Mapping[str, Any], uid: str, seen_at: datetime) -> list[Post]:
    lists = user.get("notes")
    first = lists[0] if isinstance(lists, list) and lists else None
    rows = [_mapping(row) for row in first] if isinstance(first, list) else []
    return [post for row in rows if (post := _note(row, uid, seen_at))]


def _note(row: Mapping[str, Any], uid: str, seen_at: datetime) -> Post | None:
    """One note; None where its id holds no time that can be true."""
    card = _mapping(row.get("noteCard"))
    note_id = str(card.get("noteId") or row.get("id") or "")
    if not re.fullmatch(r"[0-9a-f]{24}", note_id):
        return None
    try:
        when = parse_when(int(note_id[:8], 16), seen_at=seen_at)
    except DateError:
        return None
    return Post(
        when.at,
        when.precision,
        str(card.get("displayTitle") or "").strip()[:200],
        f"https://www.xiaohongshu.com/explore/{note_id}",
        _mapping(card.get("user")).get("userId") == uid,
        _mapping(card.get("interactInfo")).get("sticky") is True,
        Derivation.ID,
    )


def _mapping(raw: object) -> Mapping[str, Any]:
    return raw if isinstance(raw, dict) else {}
