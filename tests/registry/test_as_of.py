"""The ledger as of a day and as it was known at a moment: by effect, by record, and by both."""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from registry.accounts.contacts import add_contact
from registry.accounts.making import ContactGiven
from registry.db import Registry
from registry.history.writing import record, states
from registry.models import Account, AccountRole, Unit
from registry.queries import Filters, LedgerRow, ledger
from registry.vocab import AccountState, RoleKind, SubjectKind, UnitLevel
from tests.conftest import NOW
from tests.registry.ledgers import a_unit, an_account, an_act, rename

JAN, MAR, MAY, JUL = (date(2026, month, 1) for month in (1, 3, 5, 7))


def name_as_of(session: Session, account: Account, **when: Any) -> str | None:
    found = states(session, SubjectKind.ACCOUNT, **when)
    return found[account.uid]["name"] if account.uid in found else None


def test_each_day_has_the_name_that_was_in_effect(session: Session) -> None:
    account = an_account(session, a_unit(session))
    rename(session, account, "青石公安", MAR)
    rename(session, account, "平安青石", MAY)
    days = (date(2025, 12, 31), JAN, date(2026, 2, 28), MAR, date(2026, 4, 30), MAY, JUL)
    assert [name_as_of(session, account, as_of=day) for day in days] == [
        None,
        "青石警方",
        "青石警方",
        "青石公安",
        "青石公安",
        "平安青石",
        "平安青石",
    ]
    assert name_as_of(session, account) == "平安青石"


def test_of_two_rows_of_one_day_the_later_one_counts(session: Session) -> None:
    account = an_account(session, a_unit(session))
    rename(session, account, "青石公安", MAR)
    rename(session, account, "平安青石", MAR)
    assert name_as_of(session, account, as_of=MAR) == "平安青石"


def test_a_row_entered_late_is_in_effect_from_its_day_and_known_from_its_entry(
    session: Session,
) -> None:
    account = an_account(session, a_unit(session))
    rename(session, account, "青石公安", MAY)
    later = NOW + timedelta(days=3)
    act = an_act(session, at=later)
    record(session, account, {"purpose": "警务"}, effective_on=MAR, act=act)

    def purpose(**when: Any) -> tuple[str, str]:
        state = states(session, SubjectKind.ACCOUNT, **when)[account.uid]
        return state["name"], state["purpose"]

    assert purpose(as_of=date(2026, 4, 1)) == ("青石警方", "警务")
    assert purpose(as_of=JUL) == ("青石公安", "警务")
    assert purpose(as_of=date(2026, 4, 1), known_at=NOW) == ("青石警方", "")
    assert purpose(as_of=JUL, known_at=NOW) == ("青石公安", "")
    assert purpose(known_at=later) == ("青石公安", "警务")
    assert purpose(known_at=later - timedelta(microseconds=1)) == ("青石公安", "")


def test_nothing_is_known_before_the_first_entry(session: Session) -> None:
    an_account(session, a_unit(session))
    assert states(session, SubjectKind.ACCOUNT, known_at=NOW - timedelta(seconds=1)) == {}


def test_states_can_be_asked_of_single_subjects(session: Session) -> None:
    host = a_unit(session)
    one, two = an_account(session, host), an_account(session, host, uid="7000002")
    assert set(states(session, SubjectKind.ACCOUNT, uids=[one.uid])) == {one.uid}
    assert set(states(session, SubjectKind.ACCOUNT)) == {one.uid, two.uid}
    assert set(states(session, SubjectKind.UNIT)) == {host.uid}


def test_the_last_rows_are_found_in_the_order_of_the_index(registry: Registry) -> None:
    """No sort over the whole history: the window runs along (kind, subject, day, seq)."""
    if not registry.is_sqlite:
        pytest.skip("the plan of SQLite")
    from registry.history.writing import _latest

    with registry.read() as session:
        query = _latest(SubjectKind.ACCOUNT, MAR, 100)
        sql = str(query.compile(session.connection(), compile_kwargs={"literal_binds": True}))
        plan = [row[3] for row in session.execute(text(f"EXPLAIN QUERY PLAN {sql}"))]
    assert any("COVERING INDEX ix_history_subject" in step for step in plan)
    assert not any("TEMP B-TREE" in step for step in plan)


def the_row(rows: list[LedgerRow], account: Account) -> LedgerRow:
    return next(row for row in rows if row.uid == account.uid)


def test_a_row_of_the_ledger_now(session: Session) -> None:
    office = a_unit(session, "青石县政府办公室")
    host = a_unit(session)
    record(session, host, {"parent": office.uid}, effective_on=MAR, act=an_act(session))
    radio = a_unit(session, "青石县融媒体中心")
    account = an_account(
        session,
        host,
        verified_subject="青石县公安局",
        opened_on=date(2019, 9, 9),
        followers=1200,
        url="https://weibo.com/u/7000001",
        details={"备注": "无"},
    )
    roles = {f"operator:{radio.uid}": {"valid_from": MAR}}
    record(session, account, {"roles": roles}, effective_on=MAR, act=an_act(session))
    assert ledger(session) == [
        LedgerRow(
            uid=account.uid,
            platform="weibo",
            form="",
            name="青石警方",
            state=AccountState.ACTIVE,
            host_unit="青石县公安局",
            host_unit_uid=host.uid,
            host_level=UnitLevel.COUNTY,
            host_kind=host.kind,
            region_code="",
            co_hosts=(),
            supervising_units=("青石县政府办公室",),
            operators=("青石县融媒体中心",),
            verified_subject="青石县公安局",
            url="https://weibo.com/u/7000001",
            purpose="",
            opened_on=date(2019, 9, 9),
            cadence="",
            followers=1200,
            identifiers={"uid": "7000001"},
            native_id="7000001",
            details={"备注": "无"},
        )
    ]


def test_the_ledger_now_and_the_ledger_as_of_today_are_the_same(session: Session) -> None:
    host = a_unit(session)
    for n in range(3):
        account = an_account(session, host, f"青石{n}", uid=f"700000{n}")
        rename(session, account, f"平安{n}", MAR)
    assert ledger(session) == ledger(session, as_of=NOW.date()) == ledger(session, known_at=NOW)


def test_units_have_the_names_of_their_day(session: Session) -> None:
    host = a_unit(session, "青石县广播电视台")
    account = an_account(session, host)
    record(session, host, {"name": "青石县融媒体中心"}, effective_on=MAY, act=an_act(session))
    assert the_row(ledger(session, as_of=MAR), account).host_unit == "青石县广播电视台"
    assert the_row(ledger(session, as_of=MAY), account).host_unit == "青石县融媒体中心"
    assert the_row(ledger(session), account).host_unit == "青石县融媒体中心"


def test_an_account_has_the_host_of_the_day(session: Session) -> None:
    host, other = a_unit(session), a_unit(session, "青石县融媒体中心")
    account = an_account(session, host)
    roles = {
        f"host:{host.uid}": {"valid_to": date(2026, 4, 30)},
        f"host:{other.uid}": {"valid_from": MAY},
    }
    record(session, account, {"roles": roles}, effective_on=MAY, act=an_act(session))
    hosts = [
        the_row(ledger(session, as_of=day), account).host_unit
        for day in (MAR, date(2026, 4, 30), MAY, JUL)
    ]
    assert hosts == ["青石县公安局", "青石县公安局", "青石县融媒体中心", "青石县融媒体中心"]
    assert the_row(ledger(session), account).host_unit == "青石县融媒体中心"


def test_a_closed_account_still_shows_its_last_host_and_id(session: Session) -> None:
    host = a_unit(session)
    account = an_account(session, host)
    closed = {
        "state": "closed",
        "identifiers": {"uid:7000001": {"valid_to": MAY}},
        "roles": {f"host:{host.uid}": {"valid_to": MAY}},
    }
    record(session, account, closed, effective_on=MAY, act=an_act(session))
    for rows in (ledger(session), ledger(session, as_of=JUL)):
        row = the_row(rows, account)
        assert (row.state, row.host_unit) == (AccountState.CLOSED, "青石县公安局")
        assert (row.identifiers, row.native_id) == ({"uid": "7000001"}, "7000001")


def test_the_native_id_is_the_preferred_one(session: Session) -> None:
    account = an_account(session, a_unit(session))
    identifiers = {"biz:MzA1": {"preferred": False}, "uid:7000001": {"preferred": False}}
    identifiers["gh_id:gh_0a"] = {"preferred": True}
    record(session, account, {"identifiers": identifiers}, effective_on=MAR, act=an_act(session))
    row = the_row(ledger(session), account)
    assert row.identifiers == {"biz": "MzA1", "uid": "7000001", "gh_id": "gh_0a"}
    assert row.native_id == "gh_0a"


@pytest.mark.parametrize("when", [{}, {"as_of": JUL}])
def test_the_ledger_can_be_narrowed(session: Session, when: dict[str, Any]) -> None:
    county, host = a_unit(session, "青石县人民政府"), a_unit(session)
    record(session, host, {"parent": county.uid}, effective_on=MAR, act=an_act(session))
    other = a_unit(session, "临江县人民政府")
    one = an_account(session, host)
    an_account(session, county, "青石發佈", platform="wechat", uid="2")
    three = an_account(session, other, "临江发布", uid="3", state=AccountState.CLOSING)

    def names(**wanted: Any) -> list[str]:
        return [row.name for row in ledger(session, filters=Filters(**wanted), **when)]

    assert names() == ["临江发布", "青石發佈", "青石警方"]
    assert names(platforms=["wechat"]) == ["青石發佈"]
    assert names(states=[AccountState.CLOSING]) == ["临江发布"]
    assert names(host_uids=[county.uid, other.uid]) == ["临江发布", "青石發佈"]
    assert names(under=county.uid) == ["青石發佈", "青石警方"]
    assert names(name="发布") == ["临江发布", "青石發佈"]
    assert names(uids=[one.uid, three.uid], platforms=["weibo"]) == ["临江发布", "青石警方"]
    assert names(uids=[]) == []


def test_the_ledger_is_by_unit_platform_and_name_whatever_was_entered_first(
    session: Session,
) -> None:
    county, police = a_unit(session, "青石县人民政府"), a_unit(session)
    an_account(session, police, "青石警方", uid="1")
    an_account(session, police, "平安青石", uid="2")
    an_account(session, police, "青石警方", platform="douyin", uid="3")
    an_account(session, county, "青石发布", uid="4")
    for rows in (ledger(session), ledger(session, as_of=JUL)):
        assert [(row.host_unit, row.platform, row.name) for row in rows] == [
            ("青石县人民政府", "weibo", "青石发布"),
            ("青石县公安局", "douyin", "青石警方"),
            ("青石县公安局", "weibo", "平安青石"),
            ("青石县公安局", "weibo", "青石警方"),
        ]


def test_a_supervising_unit_by_role_comes_before_the_general_one(session: Session) -> None:
    host, bureau = a_unit(session), a_unit(session, "云川市公安局")
    account = an_account(session, host)
    account.roles.append(AccountRole(role=RoleKind.SUPERVISING, unit=bureau))
    session.flush()
    assert the_row(ledger(session), account).supervising_units == ("云川市公安局",)


def test_contacts_are_absent_unless_asked_for_and_then_masked(session: Session) -> None:
    account = an_account(session, a_unit(session))
    person = ContactGiven("欧阳明", "13900001111")
    add_contact(session, account, person, act=an_act(session), effective_on=MAR)
    assert ledger(session)[0].contacts == ()
    assert ledger(session, with_contacts=True)[0].contacts == ("欧** 139****1111",)
    assert ledger(session, as_of=JUL, with_contacts=True)[0].contacts == ()


def test_a_unit_entered_after_the_day_keeps_the_name_it_has(session: Session) -> None:
    late: Unit = a_unit(session, "青石县数据局", on=JUL)
    account = an_account(session, late, uid=str(secrets.randbelow(10**6)))
    assert the_row(ledger(session, as_of=MAR), account).host_unit == "青石县数据局"
