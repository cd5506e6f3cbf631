"""Planning: which checks a run owes, and what is frozen in them."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from checkers.base import Credential, Source
from checkers.douyin import Douyin
from checkers.loading import Catalogue
from registry.actors import system
from registry.db import Registry, create
from registry.models import AccountSource, LinkResult, Observation, PlannedCheck, Run, Sweep
from registry.vocab import (
    AccountState,
    CheckKind,
    Existence,
    LinkKind,
    Outcome,
    Proof,
    Reason,
    RunMethod,
)
from sweeps.driving.targets import PlannedTarget
from sweeps.network.credentials import Credentials
from sweeps.planning.owed import load_planned, remaining
from sweeps.planning.plan import KINDS, Filters, iso_week, plan_run, survey_of, sweep_key
from tests.conftest import NOW
from tests.sweeps.play import ALL_PROOFS, add_account, add_unit, catalogue, checker

SOURCES = (
    Source("api", ALL_PROOFS, needs=("weibo",)),
    Source("page", ALL_PROOFS),
    Source("visitor", ALL_PROOFS, by_default=False),
)
WEIBO = checker(sources=SOURCES, credentials=[Credential("weibo", "cookie")])
WECHAT = checker(
    platform="wechat",
    sources=(
        Source("api", ALL_PROOFS, needs=("wechat",)),
        Source("article", ALL_PROOFS, address=True),
        Source("menu", frozenset({Proof.LINKS}), frozenset({CheckKind.MENU}), needs=("wechat",)),
    ),
    credentials=[Credential("wechat", "query:access_token", per_account=True)],
)
FEED = checker(
    platform="",
    sources=(Source("feed", ALL_PROOFS, address=True), Source("rsshub", ALL_PROOFS, address=True)),
)
CATALOGUE = catalogue(WEIBO, WECHAT, feed=FEED)


def secrets(known: Catalogue = CATALOGUE, **environ: str) -> Credentials:
    return Credentials.of(known, {f"TAIZHANG_SECRET_{k}": v for k, v in environ.items()})


def planned(session: Session, **changes: Any) -> list[PlannedCheck]:
    """The planned checks of a new run, by account and kind."""
    given: dict[str, Any] = dict(
        at=NOW, now=NOW, catalogue=CATALOGUE, credentials=secrets(), window_days=14
    )
    run = plan_run(session, **{**given, **changes})
    return list(
        session.scalars(
            select(PlannedCheck).where(PlannedCheck.run_id == run.id).order_by(PlannedCheck.id)
        )
    )


def sources_of(check: PlannedCheck) -> list[tuple[str, str | None]]:
    return [(s.source, s.why_not) for s in PlannedTarget.from_json(check.target).sources]


def test_each_live_account_owes_one_freshness_check_and_a_cancelled_one_its_ids(
    session: Session,
) -> None:
    add_account(session, "青石公安")
    add_account(session, "青石交警", state=AccountState.CLOSING)
    for number, state in enumerate(set(AccountState) - {AccountState.ACTIVE, AccountState.CLOSING}):
        closed = state is AccountState.CLOSED
        add_account(session, "已注销" if closed else f"旧账号{number}", state=state)
    checks = planned(session)
    assert [(c.kind, c.target["name"]) for c in checks] == [
        (CheckKind.FRESHNESS, "青石公安"),
        (CheckKind.FRESHNESS, "青石交警"),
        (CheckKind.HANDLE, "已注销"),
    ]


def test_the_target_is_frozen_as_the_checker_will_be_told_it(session: Session) -> None:
    account = add_account(session, "青石公安", url="https://weibo.example/1", uid="1234567890")
    (check,) = planned(session, now=NOW + timedelta(hours=1))
    target = PlannedTarget.from_json(check.target)
    assert target.account == account.uid
    assert (target.platform, target.name, target.url) == (
        "weibo",
        "青石公安",
        "https://weibo.example/1",
    )
    assert target.identifiers == {"uid": "1234567890"}
    assert target.as_of == NOW + timedelta(hours=1)
    assert target.time_point == NOW
    assert target.read_back_to == datetime(2026, 11, 7, 16, tzinfo=UTC)
    assert PlannedTarget.from_json(target.to_json()) == target


def test_an_account_without_a_checker_is_planned_all_the_same(session: Session) -> None:
    add_account(session, "青石发布", platform="toutiao")
    (check,) = planned(session)
    assert sources_of(check) == []


def test_default_sources_come_in_the_checkers_order_and_say_why_not(session: Session) -> None:
    add_account(session, "青石公安")
    (check,) = planned(session)
    assert sources_of(check) == [("api", Reason.NO_CREDENTIAL), ("page", None)]


def test_a_credential_makes_its_source_usable_and_only_its_name_is_kept(session: Session) -> None:
    add_account(session, "青石公安")
    (check,) = planned(session, credentials=secrets(WEIBO="canary-cookie-value"))
    assert sources_of(check)[0] == ("api", None)
    assert check.target["sources"][0]["credential"] == "weibo"
    assert "canary" not in str(check.target)


def test_the_offices_own_sources_go_before_the_defaults(session: Session) -> None:
    account = add_account(session, "青石公安")
    for position, (name, address) in enumerate(
        [("feed", "https://rss.example/1.xml"), ("visitor", "")]
    ):
        account.sources.append(AccountSource(source=name, address=address, position=position))
    (check,) = planned(session)
    assert sources_of(check) == [("feed", None), ("visitor", None)]


def test_a_source_that_the_office_switched_off_is_left_out(session: Session) -> None:
    account = add_account(session, "青石公安")
    account.sources.append(AccountSource(source="api", enabled=False))
    (check,) = planned(session)
    assert sources_of(check) == [("page", None)]


def test_an_unknown_source_and_a_missing_address_say_so(session: Session) -> None:
    account = add_account(session, "青石公安")
    account.sources.append(AccountSource(source="telegraph", position=0))
    account.sources.append(AccountSource(source="feed", position=1))
    account.sources.append(AccountSource(source="api", credential="weibo:nobody", position=2))
    (check,) = planned(session)
    assert sources_of(check) == [
        ("telegraph", Reason.NO_SOURCE),
        ("feed", Reason.NO_ADDRESS),
        ("api", Reason.NO_CREDENTIAL),
    ]


def test_a_route_is_put_behind_the_offices_own_rsshub(session: Session) -> None:
    account = add_account(session, "青石公安")
    account.sources.append(AccountSource(source="rsshub", address="/weibo/user/123"))
    (check,) = planned(session, rsshub="https://rss.example:1200/")
    assert check.target["sources"][0]["address"] == "https://rss.example:1200/weibo/user/123"
    (check,) = planned(session, filters=Filters(everything=True))
    assert sources_of(check) == [("rsshub", Reason.NO_SOURCE)]


@pytest.mark.parametrize(
    ("failure", "again"), [(None, False), (Reason.CAPTCHA, False), (Reason.OWN_LIMIT, True)]
)
def test_a_menu_of_which_our_own_limit_left_links_is_read_again_in_the_next_run(
    failure: Reason | None, again: bool, session: Session
) -> None:
    account = add_account(session, "青石公安", platform="wechat", appid="wx0123456789abcdef")
    had = secrets(WECHAT_WX0123456789ABCDEF="canary-app-secret")
    planned(session, credentials=had)
    run = session.scalars(select(Run)).one()
    session.add(
        Observation(
            run_id=run.id,
            account_id=account.id,
            kind=CheckKind.MENU,
            ordinal=0,
            observed_at=NOW,
            outcome=Outcome.READ,
            link_results=[LinkResult(path="办事", kind=LinkKind.URL, failure=failure)],
        )
    )
    session.flush()
    later = planned(session, credentials=had, now=NOW + timedelta(hours=1))
    assert (CheckKind.MENU in [check.kind for check in later]) is again


def test_a_menu_is_planned_where_there_is_a_credential_for_the_account(session: Session) -> None:
    add_account(session, "青石公安", platform="wechat", appid="wx0123456789abcdef")
    add_account(session, "青石教育", platform="wechat", appid="wxfedcba9876543210")
    checks = planned(session, credentials=secrets(WECHAT_WX0123456789ABCDEF="canary-app-secret"))
    assert [(c.target["name"], c.kind) for c in checks] == [
        ("青石公安", CheckKind.FRESHNESS),
        ("青石教育", CheckKind.FRESHNESS),
        ("青石公安", CheckKind.MENU),
    ]
    assert checks[2].target["sources"][0]["credential"] == "wechat:wx0123456789abcdef"
    assert sources_of(checks[1])[0] == ("api", Reason.NO_CREDENTIAL)


def test_the_ids_of_cancelled_accounts_are_looked_at_one_by_one(session: Session) -> None:
    handles = Source("handle", ALL_PROOFS, frozenset({CheckKind.HANDLE}))
    known = catalogue(checker(sources=(*SOURCES, handles)))
    account = add_account(
        session, "青石旧闻", state=AccountState.CLOSED, uid="1234567890", alias="qsjw"
    )
    for identifier in account.identifiers:
        identifier.valid_to = date(2026, 5, 1)
    checks = planned(session, catalogue=known)
    assert [(c.kind, c.ordinal, c.target["identifiers"]) for c in checks] == [
        (CheckKind.HANDLE, 0, {"alias": "qsjw"}),
        (CheckKind.HANDLE, 1, {"uid": "1234567890"}),
    ]
    assert planned(session, catalogue=known, filters=Filters({CheckKind.FRESHNESS})) == []


def test_filters_restrict_by_platform_unit_and_account(session: Session) -> None:
    county = add_unit(session, "青石县人民政府")
    police = add_unit(session, "青石县公安局", county)
    other = add_unit(session, "云川市人民政府")
    mine = add_account(session, "青石公安", host=police)
    add_account(session, "青石公安", host=police, platform="wechat")
    add_account(session, "云川发布", host=other)

    def chosen(**filters: Any) -> list[tuple[str, str]]:
        checks = planned(session, filters=Filters(**filters))
        return [(c.target["platform"], c.target["name"]) for c in checks]

    assert chosen(unit_id=county.id) == [("weibo", "青石公安"), ("wechat", "青石公安")]
    assert chosen(platforms=["wechat"]) == [("wechat", "青石公安")]
    assert chosen(account_ids=[mine.id]) == [("weibo", "青石公安")]
    assert len(chosen()) == 3


def test_one_sweep_for_a_time_point_however_many_runs(session: Session) -> None:
    planned(session)
    planned(session, method=RunMethod.REPLAY)
    assert len(session.scalars(select(Sweep)).all()) == 1
    assert [run.method for run in session.scalars(select(Run).order_by(Run.id))] == [
        RunMethod.ENGINE,
        RunMethod.REPLAY,
    ]


def test_the_week_is_that_of_shanghai() -> None:
    assert iso_week(datetime(2026, 11, 22, 15, 59, tzinfo=UTC)) == "2026-W47"
    assert iso_week(datetime(2026, 11, 22, 16, 0, tzinfo=UTC)) == "2026-W48"


def observe(
    session: Session,
    account_id: int,
    at: datetime,
    kind: CheckKind = CheckKind.FRESHNESS,
    **columns: Any,
) -> None:
    """An observation of an earlier run of the sweep for NOW."""
    sweep = sweep_key(session, NOW, NOW)
    run = Run(
        sweep_id=sweep,
        method=RunMethod.ENGINE,
        as_of=at,
        started_at=at,
        actor_id=system(session).id,
    )
    session.add(run)
    session.flush()
    session.add(
        Observation(
            run_id=run.id,
            account_id=account_id,
            kind=kind,
            observed_at=at,
            **{"outcome": Outcome.READ, **columns},
        )
    )
    session.flush()


def test_what_the_sweep_has_read_is_not_asked_again_unless_everything_is(session: Session) -> None:
    account = add_account(session, "青石公安")
    observe(session, account.id, NOW + timedelta(hours=1))
    assert planned(session) == []
    assert len(planned(session, filters=Filters(everything=True))) == 1


def test_what_was_not_read_is_asked_again(session: Session) -> None:
    account = add_account(session, "青石公安")
    observe(session, account.id, NOW, outcome=Outcome.INCONCLUSIVE, reason=Reason.TIMEOUT)
    assert len(planned(session)) == 1


def test_a_list_read_before_the_time_point_counts_only_with_a_recent_post(session: Session) -> None:
    silent = add_account(session, "青石公安")
    lively = add_account(session, "青石教育")
    before = NOW - timedelta(days=2)
    observe(session, silent.id, before, last_post_at=NOW - timedelta(days=14))
    observe(session, lively.id, before, last_post_at=NOW - timedelta(days=3))
    assert [check.target["name"] for check in planned(session)] == ["青石公安"]


def test_a_gone_signal_wants_a_second_look(session: Session) -> None:
    account = add_account(session, "青石公安")
    observe(session, account.id, NOW, existence=Existence.GONE_SIGNAL)
    assert planned(session, now=NOW + timedelta(hours=23)) == []
    assert len(planned(session, now=NOW + timedelta(hours=24))) == 1


def test_whether_a_site_can_be_reached_is_asked_again_each_time_and_only_when_told(
    session: Session,
) -> None:
    reach = Source("reach", ALL_PROOFS, frozenset({CheckKind.SITE}))
    known = catalogue(checker(platform="website", sources=(reach,)))
    account = add_account(session, "青石县人民政府门户网站", platform="website")
    observe(session, account.id, NOW + timedelta(hours=1), CheckKind.SITE)
    asked = Filters({CheckKind.SITE})
    assert [check.kind for check in planned(session, catalogue=known, filters=asked)] == ["site"]
    assert [check.kind for check in planned(session, catalogue=known)] == ["freshness"]


def test_an_offer_seen_before_the_time_point_settles_nothing_for_it(session: Session) -> None:
    stores = Source("appstore", ALL_PROOFS, frozenset({CheckKind.APP}))
    known = catalogue(checker(platform="app", sources=(stores,)))
    asked = Filters({CheckKind.APP})
    early, late = (add_account(session, name, platform="app") for name in ("青石通", "云川通"))
    observe(session, early.id, NOW - timedelta(seconds=1), CheckKind.APP)
    observe(session, late.id, NOW, CheckKind.APP)
    checks = planned(session, catalogue=known, filters=asked)
    assert [check.target["name"] for check in checks] == ["青石通"]


def test_an_app_is_looked_up_in_its_stores_unless_told_otherwise(session: Session) -> None:
    stores = Source("appstore", ALL_PROOFS, frozenset({CheckKind.APP}))
    known = catalogue(checker(platform="app", sources=(stores,)))
    add_account(session, "青石政务", platform="app")
    checks = planned(session, catalogue=known)
    assert [(check.kind, sources_of(check)) for check in checks] == [
        (CheckKind.FRESHNESS, []),
        (CheckKind.APP, [("appstore", None)]),
    ]


def test_a_cancelled_handle_is_asked_for_by_its_own_route(session: Session) -> None:
    holder = Source("holder", ALL_PROOFS, frozenset({CheckKind.HANDLE}), route="/user/{uid}")
    known = catalogue(checker(sources=(holder,)))
    account = add_account(
        session, "青石旧闻", state=AccountState.CLOSED, uid="1234567890", alias="qsjw"
    )
    assert account.identifiers
    (check,) = planned(session, catalogue=known, rsshub="https://rss.example")
    assert check.target["identifiers"] == {"uid": "1234567890"}
    assert check.target["sources"][0]["address"] == "https://rss.example/user/1234567890"


def test_remaining_is_what_has_no_observation(session: Session) -> None:
    first, second = add_account(session, "青石公安"), add_account(session, "青石教育")
    run = plan_run(
        session, at=NOW, now=NOW, catalogue=CATALOGUE, credentials=secrets(), window_days=14
    )
    session.add(
        Observation(
            run_id=run.id,
            account_id=first.id,
            kind=CheckKind.FRESHNESS,
            observed_at=NOW,
            outcome=Outcome.READ,
        )
    )
    session.flush()
    ((left, lane),) = remaining(session, run.id)
    assert lane == "weibo:page:"
    (loaded,) = load_planned(session, [left])
    assert (loaded.account_id, loaded.kind, loaded.ordinal) == (second.id, CheckKind.FRESHNESS, 0)
    assert loaded.target.name == "青石教育"


def test_planning_takes_no_query_per_account(session: Session) -> None:
    for number in range(40):
        add_account(session, f"青石{number}", uid=f"1234567{number:03d}")
    session.flush()
    statements: list[str] = []
    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    assert len(planned(session)) == 40
    assert len(statements) < 25


def test_an_account_without_link_and_id_is_for_people_where_ids_lead_to_accounts(
    session: Session,
) -> None:
    known = Catalogue({"douyin": Douyin()}, {})
    bare = add_account(session, "青石发布", platform="douyin")
    linked = add_account(
        session, "青石文旅", platform="douyin", url="https://v.douyin.com/iRNBho6/"
    )
    numbered = add_account(session, "青石交警", platform="douyin", sec_uid="MS4wLjAB" + "x" * 30)
    found = {
        entry.account_id: (bool(entry.lane), entry.lacks_link)
        for entry in survey_of(
            session,
            at=NOW,
            now=NOW,
            catalogue=known,
            credentials=secrets(known),
            fresh_days=14,
        )
    }
    assert found == {bare.id: (False, True), linked.id: (True, False), numbered.id: (True, False)}


def test_planning_sets_up_no_mapper(tmp_path: Path) -> None:
    with create(str(tmp_path / "accounts.db")).write() as session:
        account = add_account(session, "青石公安", uid="1234567890")
        session.add(AccountSource(account_id=account.id, source="page", address=""))
    code = (
        "import sys; from sqlalchemy import event; from sqlalchemy.orm import Mapper;"
        "from registry.db import open_registry; from tests.sweeps.test_plan import plan_twice;"
        "event.listen(Mapper, 'before_configured', lambda: sys.exit('mappers are set up'));"
        "plan_twice(open_registry(sys.argv[1]))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "accounts.db")]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def plan_twice(registry: Registry) -> None:
    for _time in range(2):
        with registry.write() as session:
            plan_run(
                session,
                at=NOW,
                now=NOW,
                catalogue=CATALOGUE,
                credentials=secrets(),
                window_days=14,
                filters=Filters(KINDS, everything=True),
            )
