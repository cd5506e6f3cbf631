"""A sweep of WeChat accounts and mini-programs with the checkers of the house, from secret to list.

One office asks for accounts that have authorised its third-party platform; what it cannot ask for
is put on the list for people and comes back from it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from checkers.base import Request, Response
from checkers.links import Links
from checkers.miniprogram import MiniProgram
from checkers.wechat import Wechat
from registry.actors import get_actor
from registry.dates import shanghai_date
from registry.db import Registry
from registry.models import Account, LinkResult, Observation, PlannedCheck, Run
from registry.platforms import PlatformCatalogue
from registry.vocab import CheckKind, Existence, LinkKind, Outcome, Reason, RunMethod
from sweeps.evidence.adoption import adopt_evidence
from sweeps.evidence.replay import RecordedCredentials, Recording, recorded_run
from sweeps.network.credentials import Credentials
from sweeps.people.answers import take_answers
from sweeps.people.todo import TodoRow, todo
from sweeps.people.todo_layout import DEAD, OPENS
from sweeps.people.todo_sheet import read_todo, write_todo
from sweeps.planning.plan import Filters, plan_run
from sweeps.run import RunResult, Settings, evidence_folder, run
from tests.checkers.wechat_answers import card, entry, error, menu, statistics
from tests.conftest import NOW
from tests.sweeps.play import FakeClock, FakeWorkers, add_account, add_unit, catalogue
from tests.sweeps.test_run import left_behind

KNOWN = catalogue(Wechat(), MiniProgram(), links=Links())
AUTHORIZED, OWN, STRANGER = "wx00112233445566aa", "wx00112233445566bb", "wxffeeddccbbaa0099"
OWN2 = "wx00112233445566cc"
PNG = b"\x89PNG\r\n\x1a\n made-up code"
SECRETS = {
    "TAIZHANG_SECRET_WECHAT_COMPONENT": "canary-component-secret",
    "TAIZHANG_SECRET_WECHAT_COMPONENT_APPID": "wxcccccccccccccccc",
    "TAIZHANG_SECRET_WECHAT_COMPONENT_TICKET": "ticket@@@canary-ticket",
    f"TAIZHANG_SECRET_WECHAT_AUTHORIZED_{AUTHORIZED.upper()}": "refresh@@@canary-refresh",
    f"TAIZHANG_SECRET_MINIPROGRAM_{OWN.upper()}": "canary-own-secret",
    f"TAIZHANG_SECRET_MINIPROGRAM_{OWN2.upper()}": "canary-other-secret",
}
CANARIES = ("canary-", "wxcccccccccccccccc")
BUTTONS = (
    {"name": "预约", "type": "miniprogram", "appid": OWN, "pagepath": "/pages/book?from=menu"},
    {"name": "旧页", "type": "miniprogram", "appid": OWN, "pagepath": "pages/old"},
    {"name": "政务", "sub_button": {"list": [
        {"name": "一网通办", "type": "miniprogram", "appid": STRANGER, "pagepath": "pages/all",
         "url": "https://www.qingshi.gov.cn/old"},
    ]}},
    {"name": "短链", "type": "view", "url": "https://wxaurl.cn/AbCdEf"},
)  # fmt: skip


def reply(request: Request) -> Response:
    """What WeChat answers, with tokens and refresh tokens in it."""
    path = request.url.rpartition("/")[2]
    asked = json.loads(request.body or b"{}")
    said: Mapping[str, Any] | bytes = _ANSWERS[path](asked)
    body = said if isinstance(said, bytes) else json.dumps(said, ensure_ascii=False).encode()
    return Response(request.url, 200, {}, body, NOW)


def _authorized(asked: Mapping[str, Any]) -> dict[str, Any]:
    body = card(nick_name="青石警方")
    body["authorization_info"]["authorizer_refresh_token"] = "refresh@@@canary-in-the-card"
    return body


def _day(asked: Mapping[str, Any]) -> dict[str, Any]:
    days = [day for day in ("2026-11-20",) if day == asked["begin_date"]]
    return statistics(*(entry(day) for day in days))


_ANSWERS: Mapping[str, Callable[[Any], Any]] = {
    "api_component_token": lambda asked: {
        "component_access_token": "canary-component-token",
        "expires_in": 7200,
    },
    "api_authorizer_token": lambda asked: {
        "authorizer_access_token": "canary-account-token",
        "expires_in": 7200,
        "authorizer_refresh_token": "refresh@@@canary-renewed",
    },
    "stable_token": lambda asked: {"access_token": "canary-own-token", "expires_in": 7200},
    "api_get_authorizer_info": _authorized,
    "getarticletotaldetail": _day,
    "get_current_selfmenu_info": lambda asked: menu(*BUTTONS),
    "get": lambda asked: error(46003, "menu no exist"),
    "getwxacodeunlimit": lambda asked: PNG if asked["page"] == "pages/book" else error(41030),
    "getvisitstatus": lambda asked: {"errcode": 0, "status": 0},
    "query_urllink": lambda asked: error(85403, "link does not exist"),
}


def planned(registry: Registry, credentials: Credentials, **more: Any) -> str:
    with registry.write() as session:
        given: dict[str, Any] = {"at": NOW, "now": NOW, "window_days": 15, "fresh_days": 14}
        made = plan_run(session, catalogue=KNOWN, credentials=credentials, **(given | more))
        return made.uid


def swept(registry: Registry, uid: str, credentials: Credentials, **more: Any) -> RunResult:
    clock = FakeClock()
    given: dict[str, Any] = {"settings": Settings(), "clock": clock}
    if "recording" not in more:
        given["workers"] = FakeWorkers(clock, reply)
    return run(registry, uid, KNOWN, credentials=credentials, **(given | more))


@pytest.fixture
def first(registry: Registry) -> str:
    """The uid of a run over an authorised account, one that is not, and two mini-programs."""
    with registry.write() as session:
        unit = add_unit(session)
        add_account(session, "青石公安", platform="wechat", host=unit, appid=AUTHORIZED)
        add_account(session, "青石教育", platform="wechat", host=unit, appid="wx0000000000000001")
        add_account(session, "青石预约", platform="miniprogram", host=unit, appid=OWN)
        url = "https://wxaurl.cn/AbCdEf"
        add_account(session, "青石短链", platform="miniprogram", host=unit, url=url, appid=OWN2)
        add_account(session, "青石办事", platform="miniprogram", host=unit)
    held = Credentials.of(KNOWN, SECRETS)
    uid = planned(registry, held)
    swept(registry, uid, held)
    return uid


REFUSED = {"errcode": 40013, "errmsg": "invalid appid"}
FROZEN = {"errcode": 48004, "errmsg": "api forbidden"}


@pytest.mark.parametrize("said", [REFUSED, FROZEN])
def test_a_fault_of_the_offices_platform_is_nobodys_state_now_and_in_a_replay(
    registry: Registry, monkeypatch: pytest.MonkeyPatch, said: dict[str, Any]
) -> None:
    changed = {"api_component_token": lambda asked: said, "stable_token": lambda asked: REFUSED}
    monkeypatch.setitem(globals(), "_ANSWERS", {**_ANSWERS, **changed})
    with registry.write() as session:
        add_account(
            session, "青石公安", platform="wechat", host=add_unit(session), appid=AUTHORIZED
        )
        add_account(session, "青石警务", platform="miniprogram", appid=AUTHORIZED)
    held = Credentials.of(KNOWN, SECRETS)
    uid = planned(registry, held)
    swept(registry, uid, held)
    again = replayed(registry, uid)
    for run_uid in (uid, again):
        seen = observed(registry, run_uid)
        assert [(o.outcome, o.existence) for o in seen.values()] == [
            (Outcome.INCONCLUSIVE, Existence.UNKNOWN)
        ] * 3
        assert {o.reason for o in seen.values()} == {Reason.CONFIG}


def observed(registry: Registry, uid: str) -> dict[tuple[str, CheckKind], Observation]:
    with registry.read() as session:
        rows = session.execute(
            select(Account.name, Observation)
            .join(Account, Account.id == Observation.account_id)
            .join(Run, Run.id == Observation.run_id)
            .where(Run.uid == uid)
        )
        return {(name, seen.kind): seen for name, seen in rows}


def test_an_authorised_account_is_read_without_a_secret_of_its_own(
    registry: Registry, first: str
) -> None:
    seen = observed(registry, first)["青石公安", CheckKind.FRESHNESS]
    assert (seen.outcome, seen.source, seen.existence) == (
        Outcome.READ,
        "api",
        Existence.EXISTS,
    )
    assert seen.last_post_at and shanghai_date(seen.last_post_at).isoformat() == "2026-11-20"
    assert (seen.display_name, seen.verified_subject) == ("青石警方", "青石县公安局")
    assert seen.facts["identifiers"]["gh_id"] == "gh_0a1b2c3d4e5f"


def test_an_account_that_has_not_authorised_lacks_a_credential(
    registry: Registry, first: str
) -> None:
    seen = observed(registry, first)
    assert ("青石教育", CheckKind.MENU) not in seen
    other = seen["青石教育", CheckKind.FRESHNESS]
    assert (other.outcome, other.reason) == (Outcome.UNSUPPORTED, Reason.NO_CREDENTIAL)


def test_a_mini_program_is_asked_for_with_its_own_secret_else_left_to_people(
    registry: Registry, first: str
) -> None:
    seen = observed(registry, first)
    held = seen["青石预约", CheckKind.FRESHNESS]
    assert (held.outcome, held.existence, held.signal) == (
        Outcome.READ,
        Existence.RESTRICTED,
        "visit status 0",
    )
    assert ("青石预约", CheckKind.MENU) not in seen
    other = seen["青石办事", CheckKind.FRESHNESS]
    assert (other.outcome, other.reason) == (Outcome.UNSUPPORTED, Reason.BY_HAND)


def test_what_is_left_to_people_costs_no_request(registry: Registry, first: str) -> None:
    with registry.read() as session:
        targets = session.scalars(select(PlannedCheck.target)).all()
    lanes = {(target["name"], target["kind"]): target["lane"] for target in targets}
    assert lanes["青石办事", "freshness"] == ""
    assert lanes["青石预约", "freshness"] == "miniprogram:api:"
    assert lanes["青石公安", "menu"] == "wechat:menu:"


def links(registry: Registry, uid: str) -> list[tuple[Any, ...]]:
    with registry.read() as session:
        rows = session.scalars(
            select(LinkResult)
            .join(Observation, Observation.id == LinkResult.observation_id)
            .join(Run, Run.id == Observation.run_id)
            .where(Run.uid == uid)
            .order_by(Observation.account_id, LinkResult.id)
        )
        return [(r.path, r.appid, r.page, r.status, r.signal, r.failure) for r in rows]


EXPECTED = [
    ("预约", OWN, "/pages/book?from=menu", 200, "page_found", None),
    ("旧页", OWN, "pages/old", 200, "page_missing", None),
    ("政务 / 一网通办", STRANGER, "pages/all", 0, "", Reason.NO_CREDENTIAL),
    ("短链", "", "", 0, "", None),
    ("青石短链", OWN2, "", 200, "not_found", None),
]


def test_each_button_is_tried_with_the_credentials_of_what_it_leads_to(
    registry: Registry, first: str
) -> None:
    assert links(registry, first) == EXPECTED


def test_no_secret_token_or_refresh_token_is_left_behind(registry: Registry, first: str) -> None:
    stored = left_behind(registry)
    assert len(stored["dump"]) > 1000
    for canary in CANARIES:
        found = [name for name, data in stored.items() if canary.encode() in data]
        assert found == [], f"{canary} in {found}"


def replayed(registry: Registry, first: str) -> str:
    """The uid of a run that judges the evidence of `first` again, without a secret."""
    with registry.read() as session:
        names = session.scalars(select(Run.evidence).where(Run.uid == first)).one()
    files = [evidence_folder(registry) / name for name in names]
    recording, told = Recording(files), recorded_run(files[0])
    again = planned(
        registry,
        RecordedCredentials(KNOWN, recording),
        filters=Filters(everything=True),
        method=RunMethod.REPLAY,
        as_of=told.as_of,
        window_days=told.window_days,
    )
    adopt_evidence(registry, evidence_folder(registry), again, files, NOW)
    swept(registry, again, Credentials({}), recording=recording)
    return again


def test_a_replay_comes_to_the_same_without_a_secret(registry: Registry, first: str) -> None:
    again = replayed(registry, first)
    assert links(registry, again) == EXPECTED
    before, after = observed(registry, first), observed(registry, again)
    assert before.keys() == after.keys()
    for key, seen in before.items():
        same = after[key]
        assert (same.outcome, same.reason, same.display_name, same.last_post_at) == (
            seen.outcome,
            seen.reason,
            seen.display_name,
            seen.last_post_at,
        )


# --- the list for people ------------------------------------------------------------------------------


def entries(registry: Registry) -> list[TodoRow]:
    with registry.read() as session:
        return [row for row in todo(session, at=NOW, catalogue=KNOWN) if row.entry]


def test_what_could_not_be_tried_is_listed_with_all_that_a_person_needs(
    registry: Registry, first: str
) -> None:
    told = [
        (e.path, e.label, e.kind, e.appid, e.page, e.url, e.reason)
        for row in entries(registry)
        if (e := row.entry)
    ]
    assert told == [
        (
            "政务 / 一网通办",
            "一网通办",
            LinkKind.MINIPROGRAM,
            STRANGER,
            "pages/all",
            "https://www.qingshi.gov.cn/old",
            Reason.NO_CREDENTIAL,
        ),
        ("短链", "短链", LinkKind.MINIPROGRAM, "", "", "https://wxaurl.cn/AbCdEf", None),
    ]


@pytest.mark.parametrize(("result", "signal"), [(OPENS, "seen_working"), (DEAD, "seen_broken")])
def test_the_filled_in_list_comes_back_with_the_page_it_speaks_of(
    registry: Registry, first: str, tmp_path: Path, result: str, signal: str
) -> None:
    path = tmp_path / "todo.xlsx"
    with registry.read() as session:
        rows = todo(session, at=NOW, catalogue=KNOWN)
    write_todo(path, rows, at=NOW, platforms=PlatformCatalogue.with_known(()))
    book = openpyxl.load_workbook(path)
    cells = book["菜单"]
    titles = {str(cell.value): place for place, cell in enumerate(cells[3], 1)}
    row = next(r for r in range(4, 8) if STRANGER in {str(c.value) for c in cells[r]})
    shown = {title: cells.cell(row, column).value for title, column in titles.items()}
    assert {"一网通办", STRANGER, "pages/all"} <= set(shown.values())
    column = next(place for title, place in titles.items() if title.startswith("查看结果"))
    cells.cell(row, column, result)
    book.save(path)
    form = read_todo(path, now=NOW)
    with registry.write() as session:
        take_answers(session, form, now=NOW, actor=get_actor(session, "张三"))
    with registry.read() as session:
        (answered,) = session.scalars(select(LinkResult).where(LinkResult.signal == signal))
        assert (answered.appid, answered.page, answered.path) == (
            STRANGER,
            "pages/all",
            "政务 / 一网通办",
        )
    assert [row.entry.path for row in entries(registry) if row.entry] == ["短链"]
