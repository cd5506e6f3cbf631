"""Rows whose id and name lead to different accounts; and one answer, however often it is asked."""

from __future__ import annotations

from registry.exchange.plan_rows import Result
from tests.exchange.lists import HEADER, WITH_IDS, Desk, reasons, results

HOST = "青石县公安局"
NEW, SAME, UPDATE, CONFLICT = Result.CREATE, Result.UNCHANGED, Result.UPDATE, Result.CONFLICT
FORM = (*HEADER, "公众号类型", "粉丝数")


def test_a_row_that_repeats_another_with_its_id_is_a_conflict(desk: Desk) -> None:
    rows = [(HOST, "青石警方", "微博", "7000001"), (HOST, "青石警方", "微博", "7000001")]
    for accept in ({"identifiers"}, set[str]()):
        plan = desk.plan(rows, WITH_IDS, accept=accept)
        assert results(plan) == [NEW, CONFLICT]
        assert "第 2 行" in reasons(plan)


def test_a_row_in_doubt_takes_no_account_from_a_clear_one(desk: Desk) -> None:
    desk.take([(HOST, "青石警方", "微博", "7000001"), (HOST, "青石交警", "微博", "")], WITH_IDS)
    rows = [
        (HOST, "青石警方", "微博", "7000001"),
        (HOST, "青石交警", "微博", "7000001"),
        (HOST, "青石交警", "微博", ""),
    ]
    plan = desk.plan(rows, WITH_IDS)
    assert results(plan) == [SAME, CONFLICT, SAME]
    assert plan.rows[2].account == desk.account("青石交警").uid
    assert plan.rows[1].account is None


def test_an_account_to_which_an_id_leads_is_not_taken_by_its_name(desk: Desk) -> None:
    desk.take([(HOST, "青石警方", "微博", "7000001")], WITH_IDS)
    rows = [(HOST, "青石警方", "微博", ""), (HOST, "青石公安", "微博", "7000001")]
    plan = desk.plan(rows, WITH_IDS)
    assert results(plan) == [NEW, CONFLICT]
    assert plan.rows[1].account == desk.accounts()[0].uid


def test_a_form_filled_in_does_not_change_which_row_is_which(desk: Desk) -> None:
    desk.take(
        [(HOST, "青石警方", "微信", "", "1"), (HOST, "青石警方", "微信", "服务号", "2")], FORM
    )
    rows = [(HOST, "青石警方", "微信", "服务号", "3"), (HOST, "青石警方", "微信", "服务号", "4")]
    assert results(desk.take(rows, FORM)) == [UPDATE, UPDATE]
    assert results(desk.plan(rows, FORM)) == [SAME, SAME]
    assert [account.followers for account in desk.accounts()] == [4, 3]


def test_of_equals_one_that_is_absent_comes_last(desk: Desk) -> None:
    desk.take(
        [(HOST, "青石警方", "微信", "", "1"), (HOST, "青石警方", "微信", "服务号", "2")], FORM
    )
    service = desk.accounts()[1]
    desk.take([(HOST, "青石警方", "微信", "服务号", "2")], FORM)
    plan = desk.plan([(HOST, "青石警方", "微信", "", "2")], FORM)
    assert [(row.account, row.result) for row in plan.rows] == [(service.uid, SAME)]


def test_a_row_with_a_doubted_id_takes_no_namesake_of_another_unit(desk: Desk) -> None:
    """One id for two units, and namesakes without any: the second import files no change of one of
    these."""
    desk.take(
        [
            (HOST, "青石发布", "微博", "7000001"),
            ("青石县教育局", "青石警方", "微博", ""),
            ("青石县教育局", "青石警方", "微博", ""),
        ],
        WITH_IDS,
    )
    rows = [
        (HOST, "青石警方", "微博", "7000001"),
        ("青石县司法局", "青石警方", "微博", "7000001"),
        ("青石县教育局", "青石警方", "微博", ""),
    ]
    terms = {"as_filing": True, "accept": {"identifiers"}}
    assert results(desk.take(rows, WITH_IDS, **terms)) == [Result.FILING, NEW, SAME]
    before = desk.tally()
    again = desk.take(rows, WITH_IDS, **terms)
    assert results(again) == [CONFLICT, SAME, SAME]
    assert "已在办理" in reasons(again)
    assert desk.tally() == before
