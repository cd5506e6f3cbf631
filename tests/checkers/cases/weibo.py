"""Made-up answers of Weibo for the contract: the account 青石公安 seen on 20 March 2026."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from checkers.base import Request, Response
from registry.vocab import CheckKind
from tests.checkers.contract import Answers, Example, SourceCases
from tests.checkers.rsshub_cases import rsshub_cases
from tests.checkers.weibo_answers import (
    NOON,
    UID,
    blog,
    card,
    listing,
    local,
    notice,
    profile,
    target,
    user,
)
from tests.checkers.weibo_pages import granted, info, made, posts, says, wap

_OLD = card(blog(local(3, 1)))
_STRANGER = blog(local(3, 20, 11), user={"id": 1999999999, "screen_name": "路人"})


def _json(body: Mapping[str, Any]) -> Response:
    return Response("", 200, {}, json.dumps(body).encode())


def _page(*cards: dict[str, Any], of: dict[str, Any] | None = None, whole: bool = True) -> Answers:
    """The user call answers a profile, the list call `cards`, later pages nothing."""
    listed = [*cards, _OLD] if whole else list(cards)

    def answers(request: Request) -> Response:
        if "containerid" not in request.url:
            return _json(of or profile())
        return _json(listing() if "&page=" in request.url else listing(*listed))

    return answers


def _pinned(post: dict[str, Any]) -> dict[str, Any]:
    return card(post | {"mblogtype": 2, "isTop": 1, "title": {"text": "置顶"}})


def _api(*statuses: dict[str, Any], of: dict[str, Any] | None = None) -> Answers:
    listed = [*statuses, blog(local(3, 1))]

    def answers(request: Request) -> Response:
        shown = of or user()
        return _json(shown if "users/show" in request.url else {"statuses": listed})

    return answers


def _api_error(code: int, words: str) -> Answers:
    return lambda request: _json({"request": "/2/x", "error_code": code, "error": words})


_UNDATED = blog(local(3, 1)) | {"created_at": "?", "mid": "", "id": "", "idstr": ""}
_AHEAD = blog(NOON + timedelta(days=2))
_JUST_PAST_MIDNIGHT = local(3, 18, 0, 30)
_NEW = local(3, 18)
_IDENTITY = target(kind=CheckKind.IDENTITY)

PAGE = SourceCases(
    target(),
    {
        "ok": Example(_page(card(blog(_NEW))), _NEW),
        "others": Example(_page(card(_STRANGER), card(blog(_NEW))), _NEW),
        "pinned_old": Example(_page(_pinned(blog(local(6, 1, year=2025))), card(blog(_NEW))), _NEW),
        "pinned_newest": Example(_page(_pinned(blog(_NEW)), card(blog(local(3, 9)))), _NEW),
        "future": Example(_page(card(_AHEAD), card(blog(_NEW))), _NEW),
        "time_zone": Example(
            _page(card(blog(_JUST_PAST_MIDNIGHT, "3-18 00:30"))),
            datetime(2026, 3, 17, 16, 30, tzinfo=UTC),
        ),
        "silent": Example(_page(), local(3, 1)),
        "cut_short": Example(_page(card(blog(local(3, 16))), whole=False)),
        "empty": Example(_page(whole=False)),
        "undated": Example(_page(card(_UNDATED))),
        "pinned_only": Example(_page(_pinned(blog(local(3, 1))), whole=False)),
        "gone": Example(lambda request: _json(notice("该账号因用户自行申请关闭，现已无法查看。"))),
        "restricted": Example(
            lambda request: _json(notice("该账号因被投诉违反相关规定，现已无法查看。"))
        ),
        "renamed": Example(
            _page(of=profile(screen_name="青石警方")), name="青石警方", target=_IDENTITY
        ),
    },
)

API = SourceCases(
    target(credential="weibo:1234567890"),
    {
        "ok": Example(_api(blog(_NEW)), _NEW),
        "others": Example(_api(_STRANGER, blog(_NEW)), _NEW),
        "future": Example(_api(_AHEAD, blog(_NEW)), _NEW),
        "time_zone": Example(_api(blog(_JUST_PAST_MIDNIGHT)), _JUST_PAST_MIDNIGHT),
        "silent": Example(_api(), local(3, 1)),
        "cut_short": Example(
            lambda request: _json(
                user()
                if "users/show" in request.url
                else {"statuses": [blog(local(3, 16))], "total_number": 800}
            )
        ),
        "empty": Example(
            lambda request: _json(user() if "users/show" in request.url else {"statuses": []})
        ),
        "undated": Example(_api(_UNDATED)),
        "gone": Example(_api_error(20003, "User does not exists!")),
        "renamed": Example(_api(of=user(screen_name="青石警方")), name="青石警方"),
    },
    absent={
        "pinned_old": "the timeline has no pinned entries",
        "pinned_newest": "the timeline has no pinned entries",
        "pinned_only": "the timeline has no pinned entries",
        "restricted": "no code for a restricted account is documented",
    },
)

# --- with a visitor's cookie ----------------------------------------------------------------------


def _visiting(answers: Answers) -> Answers:
    """The same answers for one who first asks for a visitor's cookie; nobody is muted."""

    def visited(request: Request) -> Response:
        for part, body in (("genvisitor", made()), ("a=incarnate", granted())):
            if part in request.url:
                return Response("", 200, {}, body.encode())
        return _json({"ok": 1, "data": {}}) if "getMuteuser" in request.url else answers(request)

    return visited


def _muted(request: Request) -> Response:
    if "getMuteuser" in request.url:
        return _json({"ok": 1, "data": {"text": "因违反社区公约，该用户处于永久禁言状态"}})
    empty = _page(of=profile(statuses_count=0), whole=False)
    return _visiting(empty)(request)


VISITOR = SourceCases(
    target(),
    {
        name: replace(example, answers=_visiting(example.answers))
        for name, example in PAGE.examples.items()
    }
    | {"restricted": Example(_muted)},
)

# --- weibo.cn -------------------------------------------------------------------------------------


def _wap(*blocks: str, counted: str = "800", whole: bool = True, **more: Any) -> Answers:
    """The page of particulars, then the posts, then pages without any."""
    listed = [*blocks, wap(local(3, 1), "03月01日 10:00")] if whole else list(blocks)

    def answers(request: Request) -> Response:
        if request.url.endswith("/info"):
            page = info(**more)
        else:
            page = posts(*(listed if request.url.endswith("page=1") else ()), counted=counted)
        return Response("", 200, {}, page.encode())

    return answers


def _says(words: str) -> Answers:
    return lambda request: Response("", 200, {}, says(words).encode())


_WAP_NEW = wap(_NEW, "03月18日 10:00")

SESSION = SourceCases(
    target(credential="weibo_session"),
    {
        "ok": Example(_wap(_WAP_NEW), _NEW),
        "pinned_old": Example(
            _wap(wap(local(6, 1, year=2025), "2025-06-01 10:00:00", top=True), _WAP_NEW), _NEW
        ),
        "pinned_newest": Example(
            _wap(wap(_NEW, "03月18日 10:00", top=True), wap(local(3, 9), "03月09日 10:00")), _NEW
        ),
        "future": Example(_wap(wap(None, "2026-03-22 10:00:00"), _WAP_NEW), _NEW),
        "time_zone": Example(
            _wap(wap(None, "03月18日 00:30")), datetime(2026, 3, 17, 16, 30, tzinfo=UTC)
        ),
        "silent": Example(_wap(), local(3, 1)),
        "cut_short": Example(_wap(wap(local(3, 16), "03月16日 10:00"), whole=False)),
        "empty": Example(_wap(whole=False)),
        "undated": Example(_wap(wap(None, "不久以前"))),
        "pinned_only": Example(_wap(wap(local(3, 1), "03月01日 10:00", top=True), whole=False)),
        "gone": Example(_says("用户不存在哦!")),
        "restricted": Example(_says("该账号因被投诉违反相关规定，现已无法查看。")),
        "renamed": Example(_wap(_WAP_NEW, name="青石警方"), name="青石警方"),
    },
    absent={"others": "the page lists what the account itself posted or reposted"},
    json=False,
)

RSSHUB = rsshub_cases("weibo", {"uid": UID}, "{name}的微博")

CASES = {"api": API, "rsshub": RSSHUB, "page": PAGE, "visitor": VISITOR, "session": SESSION}
