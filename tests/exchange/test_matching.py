"""Which account a row speaks of: by id, by address, by name and unit, and never by guess."""

from __future__ import annotations

from registry.exchange.plan_rows import Result
from tests.exchange.lists import HEADER, WITH_IDS, Desk, reasons, results

NEW, SAME, UPDATE, CONFLICT = Result.CREATE, Result.UNCHANGED, Result.UPDATE, Result.CONFLICT
FORM = (*HEADER, "公众号类型")


def test_a_row_without_ids_is_known_by_name_platform_and_unit(desk: Desk) -> None:
    rows = [("青石县公安局", "青石警方", "微博"), ("青石县公安局", "青石警方", "微信公众号")]
    desk.take(rows)
    again = desk.plan(rows)
    assert results(again) == [SAME, SAME]
    assert [row.account for row in again.rows] == [account.uid for account in desk.accounts()]


def test_a_unit_named_in_short_is_the_same_unit(desk: Desk) -> None:
    desk.take([("青石县公安局", "青石警方", "微博")])
    assert results(desk.plan([("县公安局", "青石警方", "微博")])) == [SAME]


def test_traditional_characters_and_wide_letters_are_the_same_name(desk: Desk) -> None:
    desk.take([("青石县公安局", "青石警务ABC", "微博")])
    again = desk.plan([("青石縣公安局", "青石警務ＡＢＣ", "微博")])
    assert results(again) == [SAME]
    desk.apply(again)
    assert desk.accounts()[0].name == "青石警务ABC"


def test_equal_rows_without_ids_are_as_many_accounts(desk: Desk) -> None:
    rows = [("青石县公安局", "青石警方", "微博")] * 2
    assert results(desk.take(rows)) == [NEW, NEW]
    again = desk.plan(rows)
    assert results(again) == [SAME, SAME]
    assert [row.account for row in again.rows] == [account.uid for account in desk.accounts()]


def test_of_equal_rows_one_that_is_left_out_is_the_last(desk: Desk) -> None:
    row = ("青石县公安局", "青石警方", "微博")
    desk.take([row, row])
    first, second = desk.accounts()
    plan = desk.plan([row])
    assert [each.account for each in plan.rows] == [first.uid]
    assert [each.account for each in plan.absent] == [second.uid]


def test_a_list_that_brings_the_id_fills_the_row(desk: Desk) -> None:
    desk.take([("青石县公安局", "青石警方", "微博")])
    plan = desk.take([("青石县公安局", "青石警方", "微博", "7000001")], WITH_IDS)
    assert results(plan) == [UPDATE]
    [identifier] = desk.accounts()[0].identifiers
    assert (identifier.scheme, identifier.value, identifier.preferred) == ("uid", "7000001", True)
    assert not identifier.disputed


def test_an_id_finds_its_account_under_any_name(desk: Desk) -> None:
    desk.take([("青石县公安局", "青石警方", "微博", "7000001")], WITH_IDS)
    plan = desk.plan([("青石县公安局", "青石公安", "微博", "7000001")], WITH_IDS)
    assert results(plan) == [CONFLICT]
    assert plan.rows[0].account == desk.accounts()[0].uid
    assert not plan.absent


def test_an_address_that_holds_the_id_is_the_id(desk: Desk) -> None:
    desk.take([("青石县公安局", "青石警方", "微博", "7000001")], WITH_IDS)
    row = ("青石县公安局", "青石公安", "微博", "https://weibo.com/u/7000001")
    plan = desk.plan([row], (*HEADER, "账号链接"))
    assert plan.rows[0].account == desk.accounts()[0].uid


def test_names_swapped_between_two_ids_are_two_renamings(desk: Desk) -> None:
    host = "青石县公安局"
    desk.take([(host, "青石甲", "微博", "7000001"), (host, "青石乙", "微博", "7000002")], WITH_IDS)
    swapped = [(host, "青石乙", "微博", "7000001"), (host, "青石甲", "微博", "7000002")]
    plan = desk.plan(swapped, WITH_IDS)
    assert results(plan) == [CONFLICT, CONFLICT]
    assert [row.account for row in plan.rows] == [account.uid for account in desk.accounts()]


def test_two_accounts_of_one_name_are_told_apart_by_their_ids(desk: Desk) -> None:
    host = "青石县公安局"
    rows = [(host, "青石警方", "微博", "7000001"), (host, "青石警方", "微博", "7000002")]
    assert results(desk.take(rows, WITH_IDS)) == [NEW, NEW]
    plan = desk.plan(rows[::-1], WITH_IDS)
    assert results(plan) == [SAME, SAME]
    assert [row.account for row in plan.rows] == [a.uid for a in desk.accounts()[::-1]]


def test_another_id_of_a_second_sender_is_another_account(desk: Desk) -> None:
    desk.take([("青石县公安局", "青石警方", "微博", "7000001")], WITH_IDS)
    other = Desk(desk.session, desk.folder, "云川市")
    plan = other.plan([("青石县公安局", "青石警方", "微博", "7000002")], WITH_IDS)
    assert results(plan) == [NEW]


def test_another_sender_lists_the_same_account(desk: Desk) -> None:
    desk.take([("青石县公安局", "青石警方", "微博")])
    other = Desk(desk.session, desk.folder, "云川市")
    assert results(other.take([("青石县公安局", "青石警方", "微博")])) == [SAME]
    assert len(desk.accounts()) == 1
    assert not desk.plan([("青石县公安局", "青石警方", "微博")]).absent


def test_the_forms_of_one_platform_are_different_accounts(desk: Desk) -> None:
    host = "青石县公安局"
    rows = [(host, "青石警方", "微信", "订阅号"), (host, "青石警方", "微信", "服务号")]
    desk.take(rows, FORM)
    plan = desk.plan(rows[::-1], FORM)
    assert results(plan) == [SAME, SAME]
    assert [row.account for row in plan.rows] == [a.uid for a in desk.accounts()[::-1]]


def test_an_account_under_another_unit_of_the_same_list_has_changed_its_host(desk: Desk) -> None:
    desk.take([("青石县公安局", "青石警方", "微博")])
    plan = desk.plan([("青石县司法局", "青石警方", "微博")])
    assert results(plan) == [CONFLICT]
    assert "青石县公安局" in reasons(plan) and "青石县司法局" in reasons(plan)
    assert not plan.absent


def test_a_default_host_is_no_evidence_of_a_change(desk: Desk) -> None:
    desk.take([("青石县公安局", "青石警方", "微博")])
    rows = [("青石警方", "微博")]
    plan = desk.plan(rows, ("账号名称", "平台"), default_host="青石县融媒体中心")
    assert results(plan) == [SAME]


def test_a_unit_that_was_renamed_is_found_by_both_names(desk: Desk) -> None:
    from registry.units.acts import rename_unit
    from registry.units.naming import find_unit
    from tests.exchange.lists import act
    from tests.registry.county import TODAY

    desk.take([("青石县卫生局", "健康青石", "微博")])
    unit = find_unit(desk.session, "青石县卫生局")
    rename_unit(desk.session, unit, "青石县卫生健康局", act=act(desk.session), effective_on=TODAY)
    assert results(desk.plan([("青石县卫生局", "健康青石", "微博")])) == [SAME]
    assert results(desk.plan([("青石县卫生健康局", "健康青石", "微博")])) == [SAME]
