"""Recording changes: the chain, the live row, rows entered late, conflicts, optimistic locking."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from registry.db import Registry
from registry.errors import HistoryConflict, StaleRevision
from registry.history import chain
from registry.history.writing import record, record_many, rows_of, state_of, states
from registry.messages import set_language
from registry.models import Account, Filing, History, Unit
from registry.names import fold_name
from registry.vocab import AccountState, FilingKind, Lang, SubjectKind, UnitStatus
from tests.conftest import NOW
from tests.registry.ledgers import a_unit, an_account, an_act, rename

JAN, MAR, MAY, JUL = (date(2026, month, 1) for month in (1, 3, 5, 7))


@pytest.fixture
def host(session: Session) -> Unit:
    return a_unit(session)


@pytest.fixture
def account(session: Session, host: Unit) -> Account:
    return an_account(session, host)


def names(session: Session, account: Account) -> list[tuple[str, str]]:
    """(effective date, name) of every row in the order of effect."""
    rows = rows_of(session, SubjectKind.ACCOUNT, account.uid)
    return [(row.effective_on.isoformat(), json.loads(row.state)["name"]) for row in rows]


def test_the_first_row_holds_the_whole_live_row(session: Session, host: Unit) -> None:
    account = an_account(session, host, purpose="警务公开", opened_on=date(2020, 2, 3))
    assert state_of(account) == {
        "platform": "weibo",
        "form": "",
        "name": "青石警方",
        "verified_subject": None,
        "url": "",
        "purpose": "警务公开",
        "opened_on": "2020-02-03",
        "cadence": "",
        "followers": None,
        "details": {},
        "state": "active",
        "identifiers": {
            "uid:7000001": {
                "valid_from": None,
                "valid_to": None,
                "preferred": True,
                "disputed": False,
            }
        },
        "roles": {f"host:{host.uid}": {"valid_from": "2026-01-01", "valid_to": None}},
        "contacts": [],
    }
    row = session.get_one(History, account.revision)
    assert json.loads(row.state) == state_of(account)
    assert (row.changed, row.version) == ("[]", 1)


def test_the_state_of_a_unit_names_other_units_by_uid(session: Session) -> None:
    county = a_unit(session, "青石县人民政府")
    office = a_unit(session, "青石县政务公开办公室")
    record(
        session,
        office,
        {"parent": county.uid, "aliases": ["县公开办", "公开办"], "identifiers": {"local:12": {}}},
        effective_on=MAR,
        act=an_act(session),
    )
    assert state_of(office) == {
        "name": "青石县政务公开办公室",
        "level": "county",
        "kind": "department",
        "region_code": None,
        "status": "active",
        "parent": county.uid,
        "supervising_unit": None,
        "successor": None,
        "aliases": ["公开办", "县公开办"],
        "identifiers": {"local:12": {}},
    }
    assert office.parent_id == county.id
    record(
        session,
        office,
        {
            "status": UnitStatus.MERGED,
            "successor": county.uid,
            "parent": None,
            "aliases": ["公开办"],
            "identifiers": {"local:12": None},
        },
        effective_on=MAY,
        act=an_act(session),
    )
    session.refresh(office)
    assert office.status == UnitStatus.MERGED
    assert state_of(office)["parent"] is None
    assert [alias.alias for alias in office.aliases] == ["公开办"]
    assert state_of(office)["identifiers"] == {}


def test_a_change_is_applied_to_the_live_row(session: Session, account: Account) -> None:
    old, new = account.roles[0].unit, a_unit(session, "青石县融媒体中心")
    row = record(
        session,
        account,
        {
            "name": "青石公安",
            "opened_on": date(2021, 5, 6),
            "state": AccountState.CLOSING,
            "details": {"审签": "无"},
            "identifiers": {"uid:7000001": {"valid_to": MAR}, "uid:7000002": {"preferred": True}},
            "roles": {
                f"host:{old.uid}": {"valid_to": MAR},
                f"host:{new.uid}": {"valid_from": MAR},
            },
        },
        effective_on=MAR,
        act=an_act(session, reason="机构调整"),
    )
    session.expire_all()
    assert (account.name, account.fold) == ("青石公安", fold_name("青石公安"))
    assert (account.opened_on, account.state) == (date(2021, 5, 6), AccountState.CLOSING)
    assert account.details == {"审签": "无"}
    assert account.revision == row.seq
    assert {(i.value, i.valid_to) for i in account.identifiers} == {
        ("7000001", MAR),
        ("7000002", None),
    }
    assert {(r.unit.name, r.valid_from, r.valid_to) for r in account.roles} == {
        ("青石县公安局", JAN, MAR),
        ("青石县融媒体中心", MAR, None),
    }
    assert json.loads(row.state) == state_of(account)
    assert (row.reason, row.actor_name) == ("机构调整", "王芳")


def test_an_entry_given_as_none_is_removed(session: Session, account: Account) -> None:
    changes = {"identifiers": {"uid:7000001": None}, "roles": {}}
    record(session, account, changes, effective_on=MAR, act=an_act(session))
    session.expire_all()
    assert account.identifiers == []
    assert state_of(account)["identifiers"] == {}


@pytest.mark.parametrize(
    "changes", [{"nick": "x"}, {"identifiers": {"uid": {}}}, {"roles": {"host:x": {"to": None}}}]
)
def test_a_key_that_the_form_does_not_have_is_a_defect(
    session: Session, account: Account, changes: dict[str, Any]
) -> None:
    with pytest.raises(ValueError):
        record(session, account, changes, effective_on=MAR, act=an_act(session))


def test_a_new_subject_may_bring_changes_with_its_first_row(session: Session) -> None:
    unit = Unit(name="青石县气象局", fold="青石县气象局")
    session.add(unit)
    session.flush()
    record(session, unit, {"region_code": "990123"}, effective_on=JAN, act=an_act(session))
    session.expire_all()
    assert unit.region_code == "990123"
    assert len(rows_of(session, SubjectKind.UNIT, unit.uid)) == 1


def test_a_late_row_lands_on_its_date_and_later_dates_are_rebased(
    session: Session, account: Account
) -> None:
    rename(session, account, "青石公安", MAY)
    late = record(session, account, {"purpose": "警务"}, effective_on=MAR, act=an_act(session))
    rows = rows_of(session, SubjectKind.ACCOUNT, account.uid)
    assert [(r.effective_on, json.loads(r.state)["name"]) for r in rows] == [
        (JAN, "青石警方"),
        (MAR, "青石警方"),
        (MAY, "青石公安"),
        (MAY, "青石公安"),
    ]
    assert [json.loads(r.state)["purpose"] for r in rows] == ["", "警务", "", "警务"]
    assert rows[3].rebased_seq == rows[2].seq
    assert rows[3].seq == late.seq + 1 == account.revision
    session.expire_all()
    assert (account.name, account.purpose) == ("青石公安", "警务")
    assert state_of(account) == json.loads(rows[3].state)


def test_each_later_date_gets_one_rebased_row(session: Session, account: Account) -> None:
    rename(session, account, "青石公安", MAY)
    record(session, account, {"followers": 10}, effective_on=MAY, act=an_act(session))
    record(session, account, {"followers": 20}, effective_on=JUL, act=an_act(session))
    before = session.scalar(select(func.max(History.seq))) or 0
    record(session, account, {"url": "https://weibo.com/1"}, effective_on=MAR, act=an_act(session))
    new = session.scalars(select(History).where(History.seq > before).order_by(History.seq)).all()
    assert [(r.effective_on, json.loads(r.changed)) for r in new] == [
        (MAR, ["url"]),
        (MAY, ["followers", "name"]),
        (JUL, ["followers"]),
    ]


def test_a_late_change_of_a_key_that_a_later_row_changed_is_refused(
    session: Session, account: Account
) -> None:
    later = rename(session, account, "青石公安", MAY)
    rows = session.scalar(select(func.count()).select_from(History))
    with pytest.raises(HistoryConflict) as caught:
        rename(session, account, "平安青石", MAR)
    assert caught.value.message == (
        "不能自 2026-03-01 起生效，因为其后已有记录：\n"
        f"第 {later.seq} 条记录（2026-05-01）将名称由“青石警方”改为“青石公安”，"
        "而照此办理则应由“平安青石”改起。"
    )
    assert session.scalar(select(func.count()).select_from(History)) == rows
    assert account.name == "青石公安"


def test_a_later_row_that_set_a_key_to_what_it_was_is_contradicted_too(
    session: Session, account: Account
) -> None:
    rename(session, account, "青石警方", MAY)
    with pytest.raises(HistoryConflict):
        rename(session, account, "平安青石", MAR)


def test_a_late_row_may_say_what_a_later_one_says_too(session: Session, account: Account) -> None:
    rename(session, account, "青石公安", MAY)
    rename(session, account, "青石公安", MAR)
    assert names(session, account)[1:] == [
        ("2026-03-01", "青石公安"),
        ("2026-05-01", "青石公安"),
        ("2026-05-01", "青石公安"),
    ]


def test_a_late_host_change_against_a_later_one_is_refused(
    session: Session, account: Account, host: Unit
) -> None:
    radio, office = a_unit(session, "青石县广播电视台"), a_unit(session, "青石县政府办公室")

    def move(to: Unit, on: date) -> History:
        roles = {f"host:{host.uid}": {"valid_to": on}, f"host:{to.uid}": {"valid_from": on}}
        return record(session, account, {"roles": roles}, effective_on=on, act=an_act(session))

    later = move(radio, MAY)
    with pytest.raises(HistoryConflict) as caught:
        move(office, MAR)
    assert f"第 {later.seq} 条记录（2026-05-01）也改动了主办单位。" in caught.value.message


def test_a_late_row_before_the_first_one_is_refused(session: Session, account: Account) -> None:
    with pytest.raises(HistoryConflict) as caught:
        rename(session, account, "青石公安", date(2025, 12, 31))
    assert "2026-01-01" in caught.value.message


def test_a_late_closing_under_a_later_stop_is_refused(session: Session, account: Account) -> None:
    act = an_act(session)
    later = record(session, account, {"state": "closing"}, effective_on=MAY, act=act)
    with pytest.raises(HistoryConflict) as caught:
        record(session, account, {"state": "closed"}, effective_on=MAR, act=act)
    assert f"第 {later.seq} 条" in caught.value.message
    assert "没有从已注销到关停中的备案" in caught.value.message


def test_a_late_state_that_no_filing_leads_to_is_refused(
    session: Session, account: Account
) -> None:
    rename(session, account, "青石公安", MAY)
    with pytest.raises(HistoryConflict) as caught:
        record(session, account, {"state": "abandoned"}, effective_on=MAR, act=an_act(session))
    assert "没有从正常运行到已放弃开设的备案" in caught.value.message


def test_a_late_closing_before_a_change_by_filing_is_refused(
    session: Session, account: Account
) -> None:
    filing = Filing(number="2026-0001", kind=FilingKind.CHANGE, created_at=NOW)
    session.add(filing)
    session.flush()
    act = an_act(session, filing_uid=filing.uid)
    later = record(session, account, {"purpose": "警务"}, effective_on=MAY, act=act)
    with pytest.raises(HistoryConflict) as caught:
        record(session, account, {"state": "closed"}, effective_on=MAR, act=an_act(session))
    assert f"第 {later.seq} 条记录（2026-05-01）是变更备案" in caught.value.message
    assert "已注销" in caught.value.message


def test_an_identifier_entered_late_ends_with_the_account(
    session: Session, account: Account
) -> None:
    closed = {"state": "closed", "identifiers": {"uid:7000001": {"valid_to": MAY}}}
    record(session, account, closed, effective_on=MAY, act=an_act(session))
    late: dict[str, Any] = {"identifiers": {"uid:7000009": {}}}
    record(session, account, late, effective_on=MAR, act=an_act(session))
    session.expire_all()
    assert {(i.value, i.valid_to) for i in account.identifiers} == {
        ("7000001", MAY),
        ("7000009", MAY),
    }


def test_the_conflict_is_told_in_english_too(session: Session, account: Account) -> None:
    rename(session, account, "青石公安", MAY)
    set_language(Lang.EN)
    with pytest.raises(HistoryConflict) as caught:
        rename(session, account, "平安青石", MAR)
    assert "changes name from “青石警方” to “青石公安”" in caught.value.message


def test_an_expected_revision_that_no_longer_matches_is_stale(
    session: Session, account: Account
) -> None:
    seen = account.revision
    rename(session, account, "青石公安", MAR)
    with pytest.raises(StaleRevision):
        record(
            session,
            account,
            {"name": "平安青石"},
            effective_on=MAY,
            act=an_act(session),
            expected=seen,
        )


def test_a_row_changed_by_another_writer_after_it_was_read_is_stale(registry: Registry) -> None:
    with registry.write() as session:
        uid = an_account(session, a_unit(session)).uid
    with registry.read() as session:
        seen = session.scalars(select(Account).where(Account.uid == uid)).one()
        session.expunge(seen)
    with registry.write() as session:
        fresh = session.scalars(select(Account).where(Account.uid == uid)).one()
        rename(session, fresh, "青石公安", MAR)
    with pytest.raises(StaleRevision), registry.write() as session:
        rename(session, session.merge(seen, load=False), "平安青石", MAY)


def test_many_changes_are_written_at_once_and_in_order(session: Session, host: Unit) -> None:
    accounts = [an_account(session, host, f"青石{n}", uid=str(7000100 + n)) for n in range(5)]
    seqs = record_many(
        session,
        [(account, {"followers": n}, MAR) for n, account in enumerate(accounts)]
        + [(accounts[0], {"followers": 99}, MAY), (accounts[0], {"url": "https://a.cn"}, MAR)],
        an_act(session),
    )
    assert [b - a for a, b in zip(seqs, seqs[1:])] == [1, 1, 1, 1, 1, 1]
    session.expire_all()
    assert [account.followers for account in accounts] == [99, 1, 2, 3, 4]
    assert accounts[0].url == "https://a.cn"
    assert accounts[0].revision == seqs[-1] + 1  # the re-based row of May
    assert [json.loads(session.get_one(History, seq).state)["followers"] for seq in seqs] == [
        *range(5),
        99,
        0,
    ]
    assert chain.first_break(session) is None


def test_many_new_accounts_cost_few_queries(session: Session, host: Unit) -> None:
    accounts = [
        Account(platform="weibo", name=f"青石{n}", fold=f"青石{n}", state=AccountState.ACTIVE)
        for n in range(300)
    ]
    session.add_all(accounts)
    session.flush()
    asked: list[str] = []

    def count(*args: Any) -> None:
        asked.append(args[2])

    bind = session.connection()
    event.listen(bind, "before_cursor_execute", count)
    record_many(session, [(account, {}, JAN) for account in accounts], an_act(session))
    event.remove(bind, "before_cursor_execute", count)
    assert len(asked) < 15
    assert len(states(session, SubjectKind.ACCOUNT)) == 300
    assert sorted(account.revision for account in accounts) == list(range(2, 302))


def test_writers_at_the_same_time_make_one_chain(registry: Registry) -> None:
    with registry.write() as session:
        host = a_unit(session)
        uids = [an_account(session, host, uid=str(7000000 + n)).uid for n in range(4)]

    def write(uid: str) -> None:
        for month in (3, 4, 5, 6, 7):
            with registry.write() as session:
                account = session.scalars(select(Account).where(Account.uid == uid)).one()
                rename(session, account, f"青石{month}月", date(2026, month, 1))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, uids))
    with registry.read() as session:
        assert chain.first_break(session) is None
        assert session.scalar(select(func.count()).select_from(History)) == 5 + 4 * 5


def test_every_row_hashes_the_row_before_it(session: Session, account: Account) -> None:
    rename(session, account, "青石公安", MAR)
    rows = session.scalars(select(History).order_by(History.seq)).all()
    assert rows[0].prev_hash == "0" * 64
    assert [row.prev_hash for row in rows[1:]] == [row.hash for row in rows[:-1]]
    assert [row.seq for row in rows] == [1, 2, 3]
    assert chain.first_break(session) is None


def test_the_hash_covers_every_column_but_itself() -> None:
    assert {*chain.HASHED, "hash"} == set(History.__table__.columns.keys())


def test_the_hash_is_what_the_documentation_says() -> None:
    """Anybody can recompute it with nothing but SHA-256 and JSON."""
    row: dict[str, Any] = dict.fromkeys(chain.HASHED) | {"seq": 1, "effective_on": JAN}
    row |= {"recorded_at": NOW, "subject_kind": SubjectKind.UNIT, "actor_name": "王芳"}
    assert chain.canonical({"b": 1, "a": "台账", "c": None}) == '{"a":"台账","b":1,"c":null}'
    assert chain.digest(row) == "b85b825e0686a43c3b0fa53207019e778519b9cb1f402fc0880afa53611ac8e2"


_DAYS = [JAN + timedelta(days=30 * n) for n in range(1, 7)]
_CHANGES = st.one_of(
    st.fixed_dictionaries({"name": st.sampled_from(["甲", "乙", "丙"])}),
    st.fixed_dictionaries({"url": st.sampled_from(["https://a.cn", "https://b.cn"])}),
    st.fixed_dictionaries({"followers": st.integers(0, 2)}),
    st.fixed_dictionaries({"purpose": st.just("警务"), "cadence": st.sampled_from(["周", "月"])}),
    st.fixed_dictionaries(
        {
            "identifiers": st.dictionaries(
                st.sampled_from(["uid:1", "uid:2", "local:9"]),
                st.one_of(st.none(), st.fixed_dictionaries({"disputed": st.booleans()})),
                min_size=1,
            )
        }
    ),
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_order_of_entry_gives_the_states_of_entry_by_date(
    registry: Registry, data: st.DataObject
) -> None:
    """Changes on different days, entered in any order: the same ledger as of every day, or refused."""
    days = data.draw(st.lists(st.sampled_from(_DAYS), unique=True, min_size=2, max_size=5))
    changes = [(day, data.draw(_CHANGES)) for day in sorted(days)]
    shuffled = data.draw(st.permutations(changes))
    apart = sum(len(paths(change)) for _day, change in changes)
    crossing = apart > len({path for _day, change in changes for path in paths(change)})
    with Session(registry.engine.execution_options(writes=True)) as session:  # never committed
        host = a_unit(session)
        right = an_account(session, host, platform="weibo")
        other = an_account(session, host, platform="toutiao")
        for day, change in changes:
            record(session, right, change, effective_on=day, act=an_act(session))
        try:
            for day, change in shuffled:
                record(session, other, change, effective_on=day, act=an_act(session))
        except HistoryConflict:
            hypothesis.event("refused")
            assert crossing
            return
        hypothesis.event("entered")
        for day in [JAN, *_DAYS]:
            found = states(session, SubjectKind.ACCOUNT, as_of=day, uids=[right.uid, other.uid])
            assert found[other.uid] == found[right.uid] | {"platform": "toutiao"}
        assert state_of(other) == found[other.uid]
        assert chain.first_break(session) is None


def paths(change: dict[str, Any]) -> set[str]:
    """The parts of the state that a change sets."""
    keyed = {f"identifiers/{name}" for name in change.get("identifiers", {})}
    return keyed | (set(change) - {"identifiers"})
