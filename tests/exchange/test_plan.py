"""What becomes of each row: new, updated, conflict, rejected; what is absent and what is suggested."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from registry.errors import BadInput
from registry.exchange.plan_rows import Result
from registry.vocab import AccountState
from tests.exchange.lists import HEADER, WITH_IDS, Desk, act, many, reasons, results
from tests.registry.county import TODAY

NEW, SAME, UPDATE, CONFLICT = Result.CREATE, Result.UNCHANGED, Result.UPDATE, Result.CONFLICT
FILING, REJECTED = Result.FILING, Result.REJECTED
POLICE = ("青石县公安局", "青石警方", "微博")
SUBJECT = (*HEADER, "认证主体")
STATE = (*HEADER, "运行状态")


def test_a_plan_writes_nothing(desk: Desk) -> None:
    desk.plan(many(3))
    assert desk.tally() == (0, 0, 0)


def test_counters_contacts_and_links_are_updated(desk: Desk) -> None:
    header = (*HEADER, "账号链接", "粉丝数", "联系人", "联系电话", "更新频率", "发布条数")
    desk.take([(*POLICE, "", "100", "张三", "13800000001", "", "5")], header)
    row = (*POLICE, "https://weibo.com/u/7000001", "1.2万", "李四", "13900000002", "每周", "6")
    plan = desk.take([row], header)
    assert results(plan) == [UPDATE]
    account = desk.accounts()[0]
    assert (account.followers, account.cadence) == (12000, "每周")
    assert account.url == "https://weibo.com/u/7000001"
    assert account.details == {"发布条数": 6}
    [contact] = account.contacts
    assert (contact.name, contact.phone) == ("李四", "13900000002")


def test_an_empty_cell_empties_nothing(desk: Desk) -> None:
    header = (*HEADER, "粉丝数", "认证主体", "联系人")
    desk.take([(*POLICE, "100", "青石县公安局", "张三")], header)
    assert results(desk.plan([(*POLICE, "", "", "")], header)) == [SAME]


def test_contacts_are_masked_in_a_plan(desk: Desk) -> None:
    header = (*HEADER, "联系人", "联系电话")
    desk.take([(*POLICE, "张三", "13800000001")], header)
    shown = str(desk.plan([(*POLICE, "李四光", "13900000002")], header).as_dict())
    assert "李**" in shown and "139****0002" in shown
    assert "13900000002" not in shown and "13800000001" not in shown and "李四光" not in shown


@pytest.mark.parametrize(
    ("header", "before", "after", "field"),
    [
        (WITH_IDS, (*POLICE, "7000001"), ("青石县公安局", "青石公安", "微博", "7000001"), "name"),
        (
            WITH_IDS,
            (*POLICE, "7000001"),
            ("青石县司法局", "青石警方", "微博", "7000001"),
            "host_unit",
        ),
        (WITH_IDS, (*POLICE, "7000001"), (*POLICE, "7000002"), "identifiers"),
        (SUBJECT, (*POLICE, "青石县公安局"), (*POLICE, "青石县文化公司"), "verified_subject"),
    ],
)
def test_what_needs_a_filing_is_a_conflict_and_left_alone(
    header: tuple[str, ...], before: tuple[str, ...], after: tuple[str, ...], field: str, desk: Desk
) -> None:
    desk.take([before], header)
    tally = desk.tally()
    plan = desk.take([after], header)
    assert results(plan) == [CONFLICT]
    assert [change.field for change in plan.rows[0].changes] == [field]
    assert "备案" in reasons(plan)
    assert desk.tally() == tally


def test_a_conflict_does_not_block_the_rest(desk: Desk) -> None:
    desk.take([(*POLICE, "7000001")], WITH_IDS)
    rows = [
        ("青石县公安局", "青石公安", "微博", "7000001"),
        ("青石县司法局", "青石司法", "微博", ""),
    ]
    assert results(desk.take(rows, WITH_IDS)) == [CONFLICT, NEW]
    assert [account.name for account in desk.accounts()] == ["青石警方", "青石司法"]


def test_a_verified_subject_that_was_missing_is_filled_in(desk: Desk) -> None:
    desk.take([POLICE])
    assert results(desk.take([(*POLICE, "青石县公安局")], SUBJECT)) == [UPDATE]
    assert desk.accounts()[0].verified_subject == "青石县公安局"


def test_an_id_held_by_another_account_is_a_conflict_that_names_it(desk: Desk) -> None:
    desk.take([(*POLICE, "7000001"), ("青石县司法局", "青石司法", "微博", "")], WITH_IDS)
    holder = desk.account("青石警方")
    plan = desk.plan(
        [(*POLICE, "7000001"), ("青石县司法局", "青石司法", "微博", "7000001")], WITH_IDS
    )
    assert results(plan) == [SAME, CONFLICT]
    assert "青石警方" in reasons(plan) and holder.uid in reasons(plan)


def test_an_id_held_by_another_account_is_stored_as_disputed_once_accepted(desk: Desk) -> None:
    rows = [(*POLICE, "7000001"), ("青石县司法局", "青石司法", "微博", "")]
    desk.take(rows, WITH_IDS)
    rows[1] = ("青石县司法局", "青石司法", "微博", "7000001")
    plan = desk.take(rows, WITH_IDS, accept={"identifiers"})
    assert results(plan) == [SAME, UPDATE]
    [identifier] = desk.account("青石司法").identifiers
    assert (identifier.value, identifier.disputed) == ("7000001", True)
    assert results(desk.plan(rows, WITH_IDS)) == [SAME, SAME]


def test_an_id_in_two_rows_is_a_conflict_of_the_second(desk: Desk) -> None:
    rows = [(*POLICE, "7000001"), ("青石县司法局", "青石司法", "微博", "7000001")]
    plan = desk.plan(rows, WITH_IDS)
    assert results(plan) == [NEW, CONFLICT]
    assert "第 2 行" in reasons(plan)
    accepted = desk.take(rows, WITH_IDS, accept={"identifiers"})
    assert results(accepted) == [NEW, NEW]
    assert [a.identifiers[0].disputed for a in desk.accounts()] == [False, True]


def test_a_state_in_the_list_changes_no_state(desk: Desk) -> None:
    desk.take([POLICE])
    plan = desk.take([(*POLICE, "已注销")], STATE)
    assert results(plan) == [CONFLICT]
    assert "已注销" in reasons(plan)
    assert desk.accounts()[0].state is AccountState.ACTIVE


def test_a_new_account_has_the_state_that_the_list_prints(desk: Desk) -> None:
    desk.take([(*POLICE, "关停中"), ("青石县司法局", "青石司法", "微博", "已注销")], STATE)
    assert [a.state for a in desk.accounts()] == [AccountState.CLOSING, AccountState.CLOSED]
    plan = desk.plan([(*POLICE, "关停中"), ("青石县司法局", "青石司法", "微博", "已注销")], STATE)
    assert results(plan) == [SAME, SAME]


def test_an_account_still_to_be_opened_is_not_imported(desk: Desk) -> None:
    assert results(desk.plan([(*POLICE, "拟开设")], STATE)) == [CONFLICT]


def test_a_closed_account_does_not_come_back_by_a_list(desk: Desk, session: Session) -> None:
    from registry.history.writing import record

    desk.take([(*POLICE, "7000001")], WITH_IDS)
    changes = {"state": "closed", "identifiers": {"uid:7000001": {"valid_to": TODAY}}}
    record(session, desk.accounts()[0], changes, effective_on=TODAY, act=act(session))
    for row in ((*POLICE, "7000001"), (*POLICE, "7000009"), (*POLICE, "")):
        plan = desk.plan([row], WITH_IDS)
        assert results(plan) == [CONFLICT]
        assert "已注销" in reasons(plan)


def test_a_day_of_opening_is_kept_and_a_mere_month_is_printed(desk: Desk) -> None:
    header = (*HEADER, "开设日期")
    desk.take([(*POLICE, "2019.3.5"), ("青石县司法局", "青石司法", "微博", "2023年11月")], header)
    first, second = desk.accounts()
    assert str(first.opened_on) == "2019-03-05"
    assert second.opened_on is None
    assert second.details == {"开设日期": "2023-11-01～2023-11-30"}


# --- rows that cannot be taken --------------------------------------------------------------------


def test_every_error_of_every_row_is_told_with_the_senders_row_numbers(desk: Desk) -> None:
    header = (*WITH_IDS, "粉丝数")
    rows = [
        (*POLICE, "abc", "许多"),
        ("青石县司法局", "青石司法", "微博", "7000002", "5"),
        ("青石县水务局", "青石水务", "飞鸽", "", "5"),
    ]
    plan = desk.plan(rows, header)
    assert results(plan) == [REJECTED, NEW, REJECTED]
    assert [(fault.row, fault.column) for fault in plan.faults] == [
        (2, "UID"),
        (2, "粉丝数"),
        (4, "平台"),
    ]
    assert all(fault.file.endswith(".csv") for fault in plan.faults)


def test_a_rejected_row_is_not_absent(desk: Desk) -> None:
    header = (*HEADER, "粉丝数")
    desk.take([(*POLICE, "5")], header)
    plan = desk.plan([(*POLICE, "许多")], header)
    assert results(plan) == [REJECTED]
    assert not plan.absent


def test_a_unit_that_no_longer_exists_takes_no_new_account(desk: Desk, session: Session) -> None:
    from registry.units.acts import merge_unit
    from registry.units.naming import ensure_unit, find_unit

    desk.take([("青石县文化局", "青石文化", "微博")])
    old = find_unit(session, "青石县文化局")
    new = ensure_unit(session, "青石县文化和旅游局", act=act(session), effective_on=TODAY)
    merge_unit(session, old, new, act=act(session), effective_on=TODAY)
    rows = [("青石县文化局", "青石文化", "微博"), ("青石县文化局", "青石文物", "微博")]
    plan = desk.plan(rows)
    assert results(plan) == [SAME, REJECTED]
    assert "青石县文化和旅游局" in reasons(plan)


def test_two_units_of_one_name_are_asked_about(desk: Desk, session: Session) -> None:
    from registry.units.acts import add_alias
    from registry.units.naming import ensure_unit

    for name in ("青石县第一小学", "青石县第二小学"):
        unit = ensure_unit(session, name, act=act(session), effective_on=TODAY)
        add_alias(session, unit, "青石小学", act=act(session), effective_on=TODAY)
    plan = desk.plan([("青石小学", "小学之声", "微博")])
    assert results(plan) == [REJECTED]
    assert "青石县第一小学" in reasons(plan)


def test_a_new_account_without_a_unit_is_rejected(desk: Desk) -> None:
    plan = desk.plan([("青石警方", "微博")], ("账号名称", "平台"))
    assert results(plan) == [REJECTED]
    assert plan.sheet_faults
    with pytest.raises(BadInput, match="主办单位|导入"):
        desk.apply(plan, skip_rejected=True)


def test_a_list_without_units_updates_accounts_that_are_known(desk: Desk) -> None:
    desk.take([(*POLICE, "7000001")], WITH_IDS)
    header = ("账号名称", "平台", "UID", "粉丝数")
    plan = desk.take([("青石警方", "微博", "7000001", "9")], header)
    assert results(plan) == [UPDATE]
    assert desk.accounts()[0].followers == 9


# --- absence and suggestions ----------------------------------------------------------------------


def test_absent_accounts_are_reported_and_never_closed(desk: Desk) -> None:
    desk.take([POLICE, ("青石县司法局", "青石司法", "微博")])
    plan = desk.take([POLICE])
    assert [each.name for each in plan.absent] == ["青石司法"]
    assert desk.account("青石司法").state is AccountState.ACTIVE
    assert [each.name for each in desk.plan([POLICE]).absent] == ["青石司法"]


def test_accounts_of_another_sender_are_not_absent(desk: Desk) -> None:
    desk.take([POLICE])
    other = Desk(desk.session, desk.folder, "云川市")
    assert not other.plan([("云川市公安局", "云川警方", "微博")]).absent


def test_an_empty_form_makes_nobody_absent(desk: Desk) -> None:
    desk.take([POLICE])
    plan = desk.plan([])
    assert (plan.rows, plan.absent) == ((), ())


def test_a_renaming_is_suggested_and_not_done(desk: Desk) -> None:
    desk.take([POLICE, ("青石县公安局", "青石交警50622", "微博")])
    plan = desk.plan([POLICE, ("青石县公安局", "青石交警大队", "微博")])
    assert results(plan) == [SAME, NEW]
    [suggestion] = plan.suggestions
    assert (suggestion.field, suggestion.old, suggestion.new, suggestion.row) == (
        "name",
        "青石交警50622",
        "青石交警大队",
        3,
    )
    assert desk.account("青石交警50622").uid == suggestion.account


def test_of_several_the_names_most_alike_are_paired(desk: Desk) -> None:
    host = "青石县公安局"
    desk.take([(host, "青石交警50622", "微博"), (host, "平安青石", "微博")])
    plan = desk.plan([(host, "平安大青石", "微博"), (host, "青石交警大队", "微博")])
    pairs = {(each.old, each.new) for each in plan.suggestions}
    assert pairs == {("青石交警50622", "青石交警大队"), ("平安青石", "平安大青石")}


def test_an_id_that_differs_speaks_against_a_renaming(desk: Desk) -> None:
    desk.take([("青石县公安局", "青石交警50622", "微博", "7000001")], WITH_IDS)
    plan = desk.plan([("青石县公安局", "青石交警大队", "微博", "7000002")], WITH_IDS)
    assert not plan.suggestions


def test_the_same_name_on_another_platform_is_pointed_out(desk: Desk) -> None:
    desk.take([POLICE])
    plan = desk.plan([("青石县公安局", "青石警方", "抖音")])
    [suggestion] = plan.suggestions
    assert (suggestion.field, suggestion.old, suggestion.new) == ("platform", "weibo", "douyin")
