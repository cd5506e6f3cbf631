"""Xiaohongshu: other people's collections, JavaScript in the state, empty pages, walls, short links."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checkers._xiaohongshu_state import state_of
from checkers.base import Facts, Hop, Pace, Response, Target, Unsupported, validate_identifier
from checkers.xiaohongshu import Xiaohongshu
from registry.vocab import (
    CheckKind,
    CoverageKind,
    Derivation,
    Existence,
    Identity,
    Precision,
    Proof,
    Reason,
)
from tests.checkers.cases.feed import NEW, item, rss
from tests.checkers.driving import NOON, answer, read, refused, run
from tests.checkers.xiaohongshu_answers import (
    NAME,
    UID,
    local,
    note,
    note_id,
    page,
    profile,
    target,
    user,
)

XIAOHONGSHU = Xiaohongshu()
PROFILE = f"https://www.xiaohongshu.com/user/profile/{UID}"
STRANGER = "76543210fedcba9876543210"
SHORT = "http://xhslink.com/m/AbCdEfG"


def shown(body: str, **more: Any) -> Facts:
    return read(XIAOHONGSHU.check(target(), "page"), [answer(body, **more)])


def walled(response: Response) -> tuple[Reason, str]:
    stopped = refused(XIAOHONGSHU.check(target(), "page"), [response])
    return stopped.reason, stopped.detail


# --- identities ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "scheme", "value"),
    [
        (f"{PROFILE}?xsec_token=x", "uid", UID),
        (f"https://www.xiaohongshu.com/user/profile/{UID}/{STRANGER}", "uid", UID),
        ("小红书号：qingshi_01", "red_id", "qingshi_01"),
        ("青石发布 小红书ID: 987654321", "red_id", "987654321"),
    ],
)
def test_an_account_is_named_by_address_or_by_the_platforms_own_word(
    text: str, scheme: str, value: str
) -> None:
    found = XIAOHONGSHU.identify(text)
    assert found is not None
    assert (found.platform, found.scheme, found.value) == ("xiaohongshu", scheme, value)
    assert validate_identifier(XIAOHONGSHU, scheme, value)


@pytest.mark.parametrize(
    "url", [SHORT, "https://xhslink.com/AbCdEf", "http://xhslink.com/a/Ab-C_d", "xhslink.com/o/x1"]
)
def test_a_share_text_keeps_its_short_link(url: str) -> None:
    whole = url if "://" in url else f"https://{url}"
    known = Identity("xiaohongshu", "url", whole, whole)
    for glue in (" ", "，", ""):
        text = f"【青石发布的个人主页】{url}{glue}复制后打开【小红书App】查看！"
        assert XIAOHONGSHU.identify(text) == known


@pytest.mark.parametrize(
    "text",
    [
        UID,
        "qingshi_01",
        "小红书号：青石发布",
        "小红书号：abc",
        "小红书号：" + "a" * 21,
        f"https://www.xiaohongshu.com/explore/{UID}",
        f"https://www.xiaohongshu.com/user/profile/{UID.upper()}",
        f"https://www.xiaohongshu.com/user/profile/{UID}0",
        f"https://www.xiaohongshu.com/user/profile/{UID}/x",
        "https://xhslink.com/",
        "https://xhslink.com/mm/AbC",
    ],
)
def test_what_names_no_account_for_certain_is_left_alone(text: str) -> None:
    assert XIAOHONGSHU.identify(text) is None


def test_the_page_is_for_an_office_to_switch_on_and_asked_gently() -> None:
    assert XIAOHONGSHU.hosts == {
        "www.xiaohongshu.com": Pace(60.0, 5),
        "xhslink.com": Pace(60.0, 5),
    }
    rsshub, own = XIAOHONGSHU.sources
    assert (rsshub.name, rsshub.by_default, rsshub.pace) == ("rsshub", True, Pace(5.0))
    assert rsshub.route == "/xiaohongshu/user/{uid}/notes"
    assert rsshub.kinds == {CheckKind.FRESHNESS}
    assert (own.name, own.by_default) == ("page", False)
    assert own.kinds == {CheckKind.FRESHNESS, CheckKind.IDENTITY, CheckKind.HANDLE}
    assert Proof.STALE not in own.proves


# --- the profile page ---------------------------------------------------------------------------


def test_the_page_tells_name_ids_followers_and_own_notes() -> None:
    driven = run(
        XIAOHONGSHU.check(target(), "page"),
        [answer(profile(note(local(3, 18)), note(local(3, 1))))],
    )
    assert [(r.url, r.auth, r.method) for r in driven.asked] == [(PROFILE, None, "GET")]
    facts = driven.outcome
    assert isinstance(facts, Facts)
    assert (facts.existence, facts.display_name) == (Existence.EXISTS, NAME)
    assert facts.identifiers == {"uid": UID, "red_id": "qingshi_01"}
    assert facts.counters == {"followers": 5200}
    assert [p.published_at for p in facts.posts] == [local(3, 18), local(3, 1)]


def test_the_id_of_a_note_tells_its_second_and_no_silence() -> None:
    facts = shown(profile(note(local(3, 1))))
    assert facts.newest is not None
    assert (facts.newest.published_at, facts.newest.precision) == (local(3, 1), Precision.SECOND)
    assert facts.newest.derived_from is Derivation.ID
    assert facts.newest.title == "青石县防溺水提醒"
    made = note_id(local(3, 1))
    assert facts.newest.url == f"https://www.xiaohongshu.com/explore/{made}"
    assert facts.coverage.kind is CoverageKind.PARTIAL


def test_notes_that_the_account_collected_are_never_read() -> None:
    collected = user(collected=[note(local(3, 19), by=STRANGER), note(local(3, 20))])
    facts = shown(page({"user": collected}))
    assert facts.posts == ()
    assert facts.coverage.kind is CoverageKind.UNREAD
    assert (facts.existence, facts.display_name) == (Existence.EXISTS, NAME)


@pytest.mark.parametrize("by", [{"userId": STRANGER}, {}, None, {"userId": ""}])
def test_a_note_by_another_author_or_by_nobody_is_not_its_own(by: Any) -> None:
    facts = shown(profile(note(local(3, 19), user=by), note(local(3, 1))))
    assert [p.own for p in facts.posts] == [False, True]
    assert facts.newest is not None and facts.newest.published_at == local(3, 1)


@pytest.mark.parametrize(
    ("mark", "pinned"), [(True, True), (False, False), (None, False), ("1", False)]
)
def test_a_note_on_top_is_marked(mark: Any, pinned: bool) -> None:
    facts = shown(profile(note(local(3, 1), sticky=mark)))
    assert [p.pinned for p in facts.posts] == [pinned]


@pytest.mark.parametrize("bad", ["", "x" * 24, "67150abc", "00000001000000001e02abcd"])
def test_a_note_whose_id_holds_no_true_time_is_left_out(bad: str) -> None:
    broken = note(local(3, 1), noteId=bad) | {"id": bad}
    facts = shown(profile(broken, note(local(3, 1))))
    assert [p.published_at for p in facts.posts] == [local(3, 1)]


def test_a_note_ahead_of_its_time_is_left_out() -> None:
    assert shown(profile(note(NOON + timedelta(days=1)))).posts == ()


def test_a_card_without_an_id_has_that_of_its_row() -> None:
    facts = shown(profile(note(local(3, 1), noteId=None, displayTitle=None)))
    assert [(p.published_at, p.title) for p in facts.posts] == [(local(3, 1), "")]


@pytest.mark.parametrize("notes", [None, [], {}, [None], ["x"], [[7, {"noteCard": 7}]]])
def test_lists_of_another_shape_hold_no_notes(notes: Any) -> None:
    facts = shown(profile(notes=notes))
    assert (facts.posts, facts.coverage.kind) == ((), CoverageKind.UNREAD)


def test_bare_undefined_is_nothing_and_the_word_in_a_text_stays() -> None:
    told = {"a": None, "b": "undefined, \\\"undefined\\\" and 'undefined'", "c": [None, 1]}
    assert state_of(page(told)) == told
    facts = shown(profile(note(local(3, 1), displayTitle='他说："undefined" 是什么')))
    assert facts.posts[0].title == '他说："undefined" 是什么'


def test_only_the_whole_word_undefined_is_nothing() -> None:
    script = 'window.__INITIAL_STATE__ = {"a":undefined,"b\\n":[undefined]};var undefinedly=1'
    assert state_of(f"<script>{script}</script>") == {"a": None, "b\n": [None]}


def test_a_text_over_several_lines_stays_whole() -> None:
    script = 'window.__INITIAL_STATE__={"a":"x\\\\\\"undefined","b":undefined}'
    assert state_of(f"<script>{script}</script>") == {"a": 'x\\"undefined', "b": None}


def test_a_long_state_is_read_in_linear_time() -> None:
    script = "window.__INITIAL_STATE__=" + json.dumps({"a": ['\\"undefined' * 20_000]})
    assert len(state_of(f"<script>{script}</script>")["a"][0]) == 220_000
    broken = "window.__INITIAL_STATE__=" + '"\\' * 200_000
    assert walled(answer(f"<script>{broken}</script>"))[0] is Reason.CHANGED_LAYOUT


@pytest.mark.parametrize(
    ("empty", "detail"),
    [
        ({"userPageData": {}}, "a profile without its data, code 0"),
        ({"userPageData": None}, "a profile without its data, code 0"),
        ({"userPageData": {"basicInfo": {}}}, "a profile without its data, code 0"),
        (
            {"userPageData": {"result": {"code": -1}, "basicInfo": {"nickname": NAME}}},
            "a profile without its data, code -1",
        ),
        (
            {"userPageData": {"result": {"success": False}, "basicInfo": {"nickname": NAME}}},
            "a profile without its data, code 0",
        ),
    ],
)
def test_a_page_that_came_without_its_data_tells_nothing(
    empty: dict[str, Any], detail: str
) -> None:
    assert walled(answer(profile(**empty))) == (Reason.AMBIGUOUS, detail)


@pytest.mark.parametrize("state", [{}, [], {"user": None}, {"user": []}])
def test_a_state_without_a_user_tells_nothing(state: Any) -> None:
    assert walled(answer(page(state)))[0] is Reason.AMBIGUOUS


def test_a_banned_account_is_restricted_even_without_its_data() -> None:
    banned = {"serverBanned": True, "code": 40, "reason": "账号存在违规行为"}
    facts = shown(profile(note(local(3, 1)), bannedInfo=banned, userPageData={}))
    assert facts == Facts(
        Existence.RESTRICTED,
        identifiers={"uid": UID},
        signal="serverBanned 40 账号存在违规行为",
    )
    bare = shown(profile(bannedInfo={"serverBanned": True}))
    assert bare.signal == "serverBanned"


@pytest.mark.parametrize("mark", [False, None, "true", 1])
def test_only_an_explicit_ban_is_one(mark: Any) -> None:
    facts = shown(profile(note(local(3, 1)), bannedInfo={"serverBanned": mark, "reason": "x"}))
    assert facts.existence is Existence.EXISTS


def test_a_page_that_asked_for_another_account_is_refused() -> None:
    other = profile(note(local(3, 1)), noteQueries=[{"userId": STRANGER}])
    assert walled(answer(other)) == (Reason.WRONG_ACCOUNT, STRANGER)


@pytest.mark.parametrize("queries", [None, [], {}, [None], [{"userId": ""}], [{}]])
def test_a_page_that_does_not_say_what_it_asked_for_is_taken(queries: Any) -> None:
    assert shown(profile(noteQueries=queries)).existence is Existence.EXISTS


@pytest.mark.parametrize(
    ("basic", "name", "ids"),
    [
        ({"nickname": "undefined", "redId": "青石"}, None, {"uid": UID}),
        ({"nickname": NAME, "redId": None}, NAME, {"uid": UID}),
        ({"nickname": NAME, "redId": 987654321}, NAME, {"uid": UID, "red_id": "987654321"}),
        ({"ipLocation": "云川"}, None, {"uid": UID}),
    ],
)
def test_names_and_ids_are_taken_where_they_are_such(
    basic: dict[str, Any], name: str | None, ids: dict[str, str]
) -> None:
    facts = shown(profile(userPageData={"basicInfo": basic}))
    assert (facts.display_name, facts.identifiers, facts.counters) == (name, ids, {})


@pytest.mark.parametrize(
    ("rows", "counters"),
    [
        ([{"type": "fans", "count": 7}], {"followers": 7}),
        ([{"type": "follows", "count": "3"}, {"type": "fans", "count": "4"}], {"followers": 4}),
        ([{"type": "fans", "count": "1.2万"}], {}),
        ([{"type": "follows", "count": "3"}], {}),
        (["fans"], {}),
        ({}, {}),
    ],
)
def test_followers_are_counted_where_a_number_stands(rows: Any, counters: dict[str, int]) -> None:
    data = {"basicInfo": {"nickname": NAME}, "interactions": rows}
    assert shown(profile(userPageData=data)).counters == counters


# --- walls --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("response", "reason", "detail"),
    [
        (answer("", 461, headers={"verifytype": "102"}), Reason.CAPTCHA, "HTTP 461"),
        (answer("", 471), Reason.CAPTCHA, "HTTP 471"),
        (
            answer({"code": 300012, "msg": "网络连接异常", "success": False}),
            Reason.BLOCKED,
            "code 300012 网络连接异常",
        ),
        (answer({"code": -1}), Reason.AMBIGUOUS, "code -1"),
        (answer('{"code": 300012'), Reason.CHANGED_LAYOUT, "neither page nor JSON"),
        (
            answer(profile(userPageData={"result": {"code": 300012}})),
            Reason.BLOCKED,
            "code 300012",
        ),
        (
            answer("<p>x</p>", url="https://www.xiaohongshu.com/website-login/error?e=1"),
            Reason.LOGIN_WALL,
            "www.xiaohongshu.com",
        ),
        (
            answer("<p>x</p>", url=f"https://www.xiaohongshu.com/login?redirectPath=/{UID}"),
            Reason.LOGIN_WALL,
            "www.xiaohongshu.com",
        ),
        (answer("<div>IP存在风险，请切换网络</div>"), Reason.BLOCKED, "IP存在风险"),
        (answer("<h1>安全限制</h1>"), Reason.BLOCKED, "安全限制"),
        (answer("<p>青石县</p>"), Reason.CHANGED_LAYOUT, "no state"),
        (
            answer("<script>window.__INITIAL_STATE__={a:1}</script>"),
            Reason.CHANGED_LAYOUT,
            "a state that is no JSON",
        ),
        (
            answer("<script>window.__INITIAL_STATE__=" + "[" * 100_000 + "</script>"),
            Reason.CHANGED_LAYOUT,
            "a state that is no JSON",
        ),
        (answer(profile(), 404), Reason.NOT_FOUND, "HTTP 404"),
        (answer(profile(), 410), Reason.NOT_FOUND, "HTTP 410"),
        (answer(profile(), 202), Reason.AMBIGUOUS, f"HTTP 202 {PROFILE}"),
        (answer(profile(), 199), Reason.AMBIGUOUS, f"HTTP 199 {PROFILE}"),
    ],
)
def test_what_stands_in_place_of_a_profile_is_no_finding(
    response: Response, reason: Reason, detail: str
) -> None:
    assert walled(response) == (reason, detail)


def test_the_page_that_says_it_has_vanished_is_a_wall_for_guests() -> None:
    empty = page({"user": {"userPageData": {}, "notes": [[], [], []], "bannedInfo": {}}})
    gone = answer(empty, url="https://www.xiaohongshu.com/404?source=x")
    assert walled(gone) == (Reason.AMBIGUOUS, "HTTP 200 https://www.xiaohongshu.com/404?source=x")


def test_words_of_a_wall_inside_a_profile_are_its_own() -> None:
    quoted = profile(note(local(3, 18), displayTitle="安全限制 IP存在风险 是什么"))
    assert shown(quoted).existence is Existence.EXISTS


# --- addresses and short links ------------------------------------------------------------------


def test_the_id_is_read_off_the_ledgers_address() -> None:
    told = target(identifiers={}, url=f"{PROFILE}?xsec_source=app")
    asked = run(XIAOHONGSHU.check(told, "page"), [answer(profile())]).asked
    assert [request.url for request in asked] == [PROFILE]


def test_the_ledgers_id_counts_before_its_address() -> None:
    asked = run(XIAOHONGSHU.check(target(url=SHORT), "page"), [answer(profile())]).asked
    assert [request.url for request in asked] == [PROFILE]


def test_a_short_link_is_followed_and_its_account_reported() -> None:
    hops = (Hop(SHORT, 307, f"{PROFILE}?xhsshare=CopyLink"),)
    led = Response("https://www.xiaohongshu.com/login", 200, hops=hops, fetched_at=NOON)
    told = target(identifiers={}, url=SHORT)
    driven = run(XIAOHONGSHU.check(told, "page"), [led, answer(profile())])
    assert [request.url for request in driven.asked] == [SHORT, PROFILE]
    assert isinstance(driven.outcome, Facts)
    assert driven.outcome.identifiers == {"uid": UID, "red_id": "qingshi_01"}


@pytest.mark.parametrize(
    ("ids", "url"),
    [
        ({}, ""),
        ({"uid": "someone"}, ""),
        ({"red_id": "qingshi_01"}, "小红书号：qingshi_01"),
        ({}, "https://www.qingshi.example/"),
    ],
)
def test_without_an_id_nothing_is_asked(ids: dict[str, str], url: str) -> None:
    stopped = refused(XIAOHONGSHU.check(target(identifiers=ids, url=url), "page"), [])
    assert isinstance(stopped, Unsupported)
    assert (stopped.reason, stopped.detail) == (Reason.NO_ADDRESS, "no uid")


# --- the office's RSSHub ------------------------------------------------------------------------


def test_rsshub_lists_what_the_account_collected_beside_its_own() -> None:
    told = Target("xiaohongshu", NAME, address="http://rsshub.qingshi.example/xiaohongshu/x")
    own = item(NEW).replace("</title>", f"</title><author>{NAME}</author>")
    other = item("Fri, 20 Mar 2026 02:00:00 GMT").replace(
        "</title>", "</title><author>路人</author>"
    )
    body = rss(other, own, title=f"{NAME} - 笔记 • 小红书 / RED")
    facts = read(XIAOHONGSHU.check(told, "rsshub"), [answer(body)])
    assert [p.own for p in facts.posts] == [False, True]
    assert facts.newest is not None
    assert facts.newest.published_at == datetime(2026, 3, 18, 2, tzinfo=UTC)
    assert facts.display_name == NAME
    stopped = refused(XIAOHONGSHU.check(replace(told, address=""), "rsshub"), [])
    assert stopped.reason is Reason.NO_ADDRESS


def test_a_feed_of_notes_without_dates_tells_no_age() -> None:
    told = Target("xiaohongshu", NAME, address="http://rsshub.qingshi.example/xiaohongshu/x")
    body = rss(item(""), item(""), title=f"{NAME} - 小红书笔记")
    stopped = refused(XIAOHONGSHU.check(told, "rsshub"), [answer(body)])
    assert (stopped.reason, stopped.detail) == (Reason.AMBIGUOUS, "items without dates")


@pytest.mark.parametrize("source", ["", "a", "paga", "pagf", "rsshua", "rsshuc", "z"])
def test_a_source_that_it_does_not_have_is_none(source: str) -> None:
    stopped = refused(XIAOHONGSHU.check(target(), source), [])
    assert isinstance(stopped, Unsupported)
    assert (stopped.reason, stopped.detail) == (Reason.NO_SOURCE, source)


def test_long_words_are_cut() -> None:
    banned = profile(bannedInfo={"serverBanned": True, "code": 1, "reason": "x" * 200})
    assert shown(banned).signal == "serverBanned 1 " + "x" * 145
    long = shown(profile(note(local(3, 1), displayTitle="题" * 300)))
    assert long.posts[0].title == "题" * 200
    told = walled(answer({"code": 7, "msg": "x" * 200}))
    assert told == (Reason.AMBIGUOUS, "code 7 " + "x" * 120)
    far = answer("", url="https://www.xiaohongshu.com/" + "x" * 200, status=202)
    assert walled(far) == (
        Reason.AMBIGUOUS,
        "HTTP 202 https://www.xiaohongshu.com/" + "x" * 92,
    )


def test_words_far_down_a_page_without_state_are_not_looked_for() -> None:
    near = "x" * 19_994 + " 安全限制 x"
    assert walled(answer(f"<p>{near}</p>"))[0] is Reason.BLOCKED
    far = "x" * 20_000 + " 安全限制"
    assert walled(answer(f"<p>{far}</p>"))[0] is Reason.CHANGED_LAYOUT
