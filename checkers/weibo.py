"""Sina Weibo: the open API with the account's own authorisation, and anonymous m.weibo.cn pages.

It passes no login, borrows no cookie and solves no captcha; a wall is a wall. An empty list counts
as empty only when the account's own counter says zero.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from checkers._weibo_posts import Listed, read_cards, read_statuses
from checkers.addresses import Addressed, Place
from checkers.base import (
    Coverage,
    Credential,
    Facts,
    Inconclusive,
    Pace,
    Request,
    Response,
    Source,
    Steps,
    Target,
    Unsupported,
    newest_first,
)
from checkers.naming import display_name
from checkers.signals import Signal, SignalClass, match
from registry.vocab import CheckKind, CoverageKind, Existence, Proof, Reason

_API = "https://api.weibo.com/2"
_INDEX = "https://m.weibo.cn/api/container/getIndex"
_PAGES = 3
"""Pages of the list per check: enough for a daily poster's month, and polite."""

_PROVES = frozenset({Proof.FRESH, Proof.STALE, Proof.EXISTENCE, Proof.NAME})
_KINDS = frozenset({CheckKind.FRESHNESS, CheckKind.IDENTITY})
_NOTHING_HERE = "这里还没有内容"

_API_ERRORS: Mapping[int, Reason] = {
    10001: Reason.SERVER_ERROR,
    10002: Reason.SERVER_ERROR,
    10004: Reason.BLOCKED,
    10003: Reason.SERVER_ERROR,
    10009: Reason.SERVER_ERROR,
    10010: Reason.SERVER_ERROR,
    10011: Reason.SERVER_ERROR,
    10005: Reason.PERMISSION,
    10014: Reason.PERMISSION,
    10022: Reason.RATE_LIMITED,
    10023: Reason.RATE_LIMITED,
    10024: Reason.RATE_LIMITED,
}
_NO_SUCH_USER = 20003
_EXISTENCE = {
    SignalClass.ACCOUNT_GONE: Existence.GONE_SIGNAL,
    SignalClass.ACCOUNT_RESTRICTED: Existence.RESTRICTED,
}


class _Told(Exception):
    """The platform said outright that the account is gone or restricted."""

    def __init__(self, facts: Facts) -> None:
        super().__init__(facts.signal)
        self.facts = facts


class Weibo(Addressed):
    """新浪微博."""

    platform = "weibo"
    label = {"zh": "新浪微博", "en": "Weibo"}
    synonyms = (
        "微博",
        "政务微博",
        "新浪政务微博",
        "官博",
        "官方微博",
        "官微",
        "微博号",
        "微博账号",
        "新浪",
    )
    schemes = {"uid": r"[1-9][0-9]{5,10}", "domain": r"[A-Za-z][A-Za-z0-9]{3,19}"}
    places = (
        Place("weibo.com", r"/(?:u/|profile/|p/(?:100505|100206|100306))?(?P<id>\d+)", "uid"),
        Place("weibo.com", r"/(?:p/(?:100505|100206|100306))(?P<id>\d+)/\w+", "uid"),
        Place("weibo.com", r"/(?P<id>\d{6,11})/\w{6,12}", "uid"),
        Place("weibo.cn", r"/(?:u/|profile/|p/(?:100505|107603|230283))?(?P<id>\d+)", "uid"),
        Place("weibo.com", r"/n/.+", "url"),
        Place("weibo.cn", r"/n/.+", "url"),
        Place(
            "weibo.com",
            r"/(?!(?:ajax|home|login|newlogin|signup|search|status|detail|video|article|photo|help"
            r"|about|mygroups)$)(?P<id>[A-Za-z][A-Za-z0-9]{3,19})",
            "domain",
            below=False,
        ),
    )
    hosts = {
        "m.weibo.cn": Pace(min_gap=30.0, per_run=40),
        "api.weibo.com": Pace(min_gap=2.0, per_run=500),
    }
    credentials = (Credential("weibo", "header:Authorization", prefix="OAuth2 ", per_account=True),)
    sources = (
        Source(
            "api",
            _PROVES,
            _KINDS,
            needs=("weibo",),
            label={"zh": "微博开放平台接口", "en": "open API"},
        ),
        Source("page", _PROVES, _KINDS, label={"zh": "微博移动网页", "en": "m.weibo.cn"}),
    )

    def check(self, target: Target, source: str) -> Steps:
        """Freshness or identity of the account with the target's `uid`."""
        uid = target.identifiers.get("uid", "") or self._uid_in(target.url)
        if not re.fullmatch(self.schemes["uid"], uid):
            raise Unsupported(Reason.NO_ADDRESS, "no uid")
        if source not in {"api", "page"}:
            raise Unsupported(Reason.NO_SOURCE, source)
        steps = _by_api(target, uid) if source == "api" else _by_page(target, uid)
        try:
            return (yield from steps)
        except _Told as told:
            return told.facts

    def _uid_in(self, url: str) -> str:
        found = self.identify(url)
        return found.value if found and found.scheme == "uid" else ""


# --- m.weibo.cn ---------------------------------------------------------------------------------


def _by_page(target: Target, uid: str) -> Steps:
    response: Response = yield Request(f"{_INDEX}?type=uid&value={uid}")
    payload = _page_payload(response)
    user = payload["data"].get("userInfo")
    if not isinstance(user, dict):
        reason = Reason.CHANGED_LAYOUT if payload["ok"] else Reason.AMBIGUOUS
        raise Inconclusive(reason, _message(payload) or "no userInfo")
    profile, counted = _profile(user, uid), _count(user.get("statuses_count"))
    if target.kind is CheckKind.IDENTITY:
        return profile
    seen = Listed()
    for page in range(1, _PAGES + 1):
        response = yield Request(_list_url(uid, page))
        try:
            listed = _page_list(response, uid)
        except Inconclusive:
            if page == 1:
                raise
            break  # what the first pages showed stands; coverage says how far they reach
        ended = not listed.mids - seen.mids
        seen = seen.joined(listed)
        if ended or _far_enough(seen, target, counted):
            break
    return _with_list(profile, seen, counted)


def _list_url(uid: str, page: int) -> str:
    paging = f"&page={page}" if page > 1 else ""
    return f"{_INDEX}?type=uid&value={uid}&containerid=107603{uid}{paging}"


def _page_payload(response: Response) -> Mapping[str, Any]:
    """An answer with an `ok` and its `data`; raises Inconclusive or _Told for anything else."""
    try:
        payload = response.json()
    except Inconclusive as failed:
        signal = match("weibo", response.text()[:20000])
        if failed.reason is Reason.BAD_JSON and signal and signal.kind is SignalClass.WALL:
            raise Inconclusive(Reason.LOGIN_WALL, signal.text) from None
        raise
    if not isinstance(payload, dict):
        raise Inconclusive(Reason.CHANGED_LAYOUT, "not an object")
    _refuse_walls(payload)
    known = payload.get("ok") in (0, 1) and isinstance(payload.get("data"), dict)
    if response.status != 200 or not known:
        raise Inconclusive(Reason.AMBIGUOUS, _message(payload) or f"HTTP {response.status}")
    return payload


def _message(payload: Mapping[str, Any]) -> str:
    return str(payload.get("msg") or payload.get("message") or "")[:120]


def _refuse_walls(payload: Mapping[str, Any]) -> None:
    """Raises for what stands in place of an answer: a login, a notice on the account."""
    data = payload.get("data")
    inner = data if isinstance(data, dict) else {}
    url = unquote(unquote(str(payload.get("url") or inner.get("url") or "")[:2000]))
    signal = match("weibo", f"{_message(payload)} {url}")
    if signal and signal.kind in _EXISTENCE:
        raise _Told(_told(signal))
    if str(payload.get("ok")) == "-100" or (signal and signal.kind is SignalClass.WALL):
        raise Inconclusive(Reason.LOGIN_WALL, _message(payload))
    if payload.get("error_type") == "link":
        _by_word(url)


def _by_word(url: str) -> None:
    """A notice in words not listed: three of them still tell what it is about."""
    for word, existence in (
        ("自行", Existence.GONE_SIGNAL),
        ("投诉", Existence.RESTRICTED),
        ("验证", Existence.RESTRICTED),
    ):
        if word in url:
            raise _Told(Facts(existence=existence, signal=url[-120:]))
    raise Inconclusive(Reason.AMBIGUOUS, url[-120:])


def _told(signal: Signal) -> Facts:
    return Facts(existence=_EXISTENCE[signal.kind], signal=signal.text)


def _page_list(response: Response, uid: str) -> Listed:
    data = _page_payload(response)["data"]
    info = data.get("cardlistInfo")
    container = str(info.get("containerid") or "") if isinstance(info, dict) else ""
    if container and uid not in container:
        raise Inconclusive(Reason.WRONG_ACCOUNT, container)
    if not isinstance(data.get("cards"), list):
        raise Inconclusive(Reason.CHANGED_LAYOUT, "no cards")
    return _owned(read_cards(data["cards"], uid, response.moment))


def _owned(listed: Listed) -> Listed:
    if listed.mids and not listed.own:
        if listed.undated:
            raise Inconclusive(Reason.CHANGED_LAYOUT, "posts without a time")
        raise Inconclusive(Reason.WRONG_ACCOUNT, "posts of other accounts only")
    return listed


# --- open API -----------------------------------------------------------------------------------


def _by_api(target: Target, uid: str) -> Steps:
    auth = target.credential or "weibo"
    response: Response = yield Request(f"{_API}/users/show.json?uid={uid}", auth=auth)
    user = _api_payload(response)
    profile, counted = _profile(user, uid), _count(user.get("statuses_count"))
    if target.kind is CheckKind.IDENTITY:
        return profile
    seen = Listed()
    for page in range(1, _PAGES + 1):
        url = f"{_API}/statuses/user_timeline.json?uid={uid}&count=100&page={page}"
        response = yield Request(url, auth=auth)
        payload = _api_payload(response)
        if not isinstance(payload.get("statuses"), list):
            raise Inconclusive(Reason.CHANGED_LAYOUT, "no statuses")
        listed = _owned(read_statuses(payload["statuses"], uid, response.moment))
        ended = not listed.mids - seen.mids
        seen = seen.joined(listed)
        if ended or _far_enough(seen, target, counted):
            break
    return _with_list(profile, seen, counted)


def _api_payload(response: Response) -> Mapping[str, Any]:
    """The API's answer; its errors come with many statuses, so the body is read first."""
    if response.failure or not response.body.lstrip().startswith(b"{"):
        response.usable()
    payload = _json(response)
    if "error_code" in payload or "error" in payload:
        raise _api_error(payload)
    response.usable()
    return payload


def _json(response: Response) -> Mapping[str, Any]:
    plain = Response(response.url, 200, response.headers, response.body, response.fetched_at)
    payload = plain.json()
    if not isinstance(payload, dict):
        raise Inconclusive(Reason.CHANGED_LAYOUT, "not an object")
    return payload


def _api_error(payload: Mapping[str, Any]) -> Exception:
    raw, words = str(payload.get("error_code", "")), str(payload.get("error", ""))[:120]
    code = int(raw) if re.fullmatch(r"[0-9]{1,6}", raw) else 0
    said = f"{raw} {words}".strip()
    if code == _NO_SUCH_USER:
        return _Told(Facts(existence=Existence.GONE_SIGNAL, signal=said))
    return Inconclusive(_API_ERRORS.get(code, Reason.CONFIG), said)


# --- both ---------------------------------------------------------------------------------------


def _profile(user: Mapping[str, Any], uid: str) -> Facts:
    """Name, verified body and counters; raises when another account answered."""
    answered = str(user.get("id") or user.get("idstr") or "")
    if not answered:
        raise Inconclusive(Reason.CHANGED_LAYOUT, "a user without an id")
    if answered != uid:
        raise Inconclusive(Reason.WRONG_ACCOUNT, answered)
    counters = {
        name: count
        for name, key in (("posts", "statuses_count"), ("followers", "followers_count"))
        if (count := _count(user.get(key))) is not None
    }
    return Facts(
        existence=Existence.EXISTS,
        display_name=display_name(user.get("screen_name")),
        verified_subject=_subject(user),
        counters=counters,
        identifiers={"uid": uid},
    )


def _count(raw: Any) -> int | None:
    """A counter as a whole number; 63.5万 is none."""
    return int(raw) if re.fullmatch(r"[0-9]{1,12}", str(raw)) else None


def _subject(user: Mapping[str, Any]) -> str | None:
    """The body named in the verification of an organisation; a person's is no body."""
    kind = _count(user.get("verified_type"))
    reason = re.sub(r"\s+", " ", str(user.get("verified_reason") or "")).strip()
    if not user.get("verified") or not kind or not reason:
        return None
    return re.sub(r"的?(?:官方|政务)(?:微博|账号|帐号)$", "", reason) or None


def _far_enough(seen: Listed, target: Target, counted: int | None) -> bool:
    """True when the list is whole, or reaches back to where it was asked to, if anywhere."""
    back_to: datetime = target.read_back_to
    if back_to.tzinfo is None or (counted and len(seen.own) >= counted):
        return True
    return seen.reach is not None and seen.reach <= back_to


def _with_list(profile: Facts, seen: Listed, counted: int | None) -> Facts:
    """The profile with its posts and an honest word on how much of the list was seen."""
    if not seen.mids:
        return _without_posts(profile, counted, seen.notices)
    return Facts(
        existence=profile.existence,
        posts=newest_first(seen.posts),
        coverage=_coverage(seen, counted),
        display_name=profile.display_name,
        verified_subject=profile.verified_subject,
        counters=profile.counters,
        identifiers=profile.identifiers,
        note=_hidden(seen.notices),
    )


def _hidden(notices: str) -> str:
    signal = match("weibo", notices)
    return signal.text if signal and signal.kind is SignalClass.HISTORY_HIDDEN else ""


def _coverage(seen: Listed, counted: int | None) -> Coverage:
    if seen.undated or _hidden(seen.notices):
        return Coverage(CoverageKind.PARTIAL)
    if counted and len(seen.own) >= counted:
        return Coverage(CoverageKind.COMPLETE)
    if seen.reach is None:
        return Coverage(CoverageKind.PARTIAL)
    return Coverage(CoverageKind.REACHES_BACK_TO, seen.reach)


def _without_posts(profile: Facts, counted: int | None, notices: str) -> Facts:
    """An empty list: proven by the counter, else it may as well be a missing cookie."""
    if counted != 0 or _hidden(notices):
        raise Inconclusive(Reason.AMBIGUOUS, f"{_NOTHING_HERE}; statuses_count={counted}")
    return Facts(
        existence=profile.existence,
        coverage=Coverage(CoverageKind.PROVEN_EMPTY),
        display_name=profile.display_name,
        verified_subject=profile.verified_subject,
        counters=profile.counters,
        identifiers=profile.identifiers,
    )
