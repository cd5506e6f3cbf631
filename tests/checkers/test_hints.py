"""Numbers of persons in text: what is one, what only looks like one, and how it is starred.

All numbers are made up; their check digits are right where the test says so.
"""

from __future__ import annotations

import time

import pytest

from checkers.hints import find_numbers, masked, snippet
from registry.vocab import HintKind

ID, MOBILE, CARD = HintKind.ID_CARD, HintKind.MOBILE, HintKind.BANK_CARD


def found(text: str) -> list[tuple[HintKind, str]]:
    return [(number.kind, number.masked) for number in find_numbers(text)]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("张某（身份证号110101199003077475）", "110***********7475"),
        ("53010219850101002X", "530***********002X"),
        ("53010219850101002x", "530***********002X"),
        ("１１０１０１１９９００３０７７４７５", "110***********7475"),
        ("５３０１０２１９８５０１０１００２Ｘ。", "530***********002X"),
        ("110101 19900307 7475", "110***********7475"),
        ("110101-19900307-7475", "110***********7475"),
        ("110101－19900307－7475", "110***********7475"),
        ("110101\u300019900307\u30007475", "110***********7475"),
        ("530102 19850101 002 X", "530***********002X"),
        ("110101 1990 0307 7475", "110***********7475"),
        ("2026-11-22 110101199003077475", "110***********7475"),
        ("序号1 110101199003077475", "110***********7475"),
    ],
)
def test_an_identity_card_is_found_in_whatever_way_it_is_printed(text: str, number: str) -> None:
    assert found(text) == [(ID, number)]


@pytest.mark.parametrize(
    "text",
    [
        "110101199003077476",  # the check digit is wrong
        "110101199003077474",
        "530102198501010021",  # 1 in place of X
        "160101199003077470",  # no such province
        "110101199013077475",  # month 13
        "110101199002307475",  # 30 February
        "110101900307747",  # 15 digits: no check digit to go by
        "1101011990030774751",  # 19 digits
        "A110101199003077475",
        "110101199003077475A",
        "_110101199003077475",
        "0.110101199003077475",
        "110101199003077475.5",
        "https://www.qingshi.example/a/110101199003077475.html",
        "www.qingshi.example/?id=110101199003077475",
        "110***********7475",
        "1101011990030774**",
        "11010119900307747",
    ],
)
def test_what_only_looks_like_an_identity_card_is_none(text: str) -> None:
    assert found(text) == []


def _with_check(first_17: str) -> list[str]:
    """All 18 numbers that begin so and are taken for an identity card."""
    return [
        first_17 + last for last in "0123456789X" if [k for k, _m in found(first_17 + last)] == [ID]
    ]


def test_of_eleven_check_characters_one_is_right() -> None:
    assert _with_check("11010119900307747") == ["110101199003077475"]
    assert _with_check("53010219850101002") == ["53010219850101002X"]
    assert _with_check("53010219850101001") == ["530102198501010011"]


def test_a_birthday_must_lie_between_1900_and_2099() -> None:
    assert len(_with_check("11010119000101001")) == 1
    assert len(_with_check("11010120991231001")) == 1
    assert _with_check("11010118991231001") == []
    assert _with_check("11010121000101001") == []


@pytest.mark.parametrize(
    ("day", "is_day"),
    [("19900228", True), ("19900229", False), ("19920229", True), ("19900231", False)]
    + [("19900431", False), ("19900430", True), ("19900011", False), ("19901211", True)],
)
def test_a_birthday_must_have_been_a_day(day: str, is_day: bool) -> None:
    assert bool(_with_check(f"110101{day}747")) is is_day


def test_the_first_two_digits_are_those_of_a_province() -> None:
    def first_17(province: int) -> str:
        return f"{province:02}010119900307747"

    taken = [n for n in range(100) if _with_check(first_17(n))]
    assert taken == [
        *range(11, 16),
        *range(21, 24),
        *range(31, 38),
        *range(41, 47),
        *range(50, 55),
        *range(61, 66),
        71,
        *range(81, 84),
    ]


def test_a_county_of_00_is_none() -> None:
    assert _with_check("11010019900307747") == []
    assert len(_with_check("11010119900307747")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "联系人李某13512345678",
        "13512345678",
        "１３５１２３４５６７８",
        "135 1234 5678",
        "135-1234-5678",
        "135－1234－5678",
        "135–1234—5678",
        "135‐1234−5678",
        "135\t1234\t5678",
        "135\u00a01234\u20025678",
        "135 - 1234 - 5678",
        "135 12345678",
        "1351234 5678",
        "1351 234 5678",
        "135 123 45678",
        "+8613512345678",
        "+86 13512345678",
        "86-135-1234-5678",
        "008613512345678",
        "电话:13512345678;",
        "13512345678。",
        "0530-7654321 13512345678",
    ],
)
def test_a_mobile_number_is_found_in_whatever_way_it_is_printed(text: str) -> None:
    assert found(text) == [(MOBILE, "135****5678")]


@pytest.mark.parametrize("second", "3456789")
def test_a_mobile_number_begins_with_13_to_19(second: str) -> None:
    assert found(f"1{second}012345678") == [(MOBILE, f"1{second}0****5678")]


@pytest.mark.parametrize(
    "text",
    [
        "12012345678",
        "11012345678",
        "10012345678",
        "03512345678",
        "1351234567",
        "135123456789",
        "0135123456789",
        "编号113512345678",
        "8613512345678",  # without a plus it may be anything
        "12345",
        "95588",
        "10086",
        "0530-12345678",
        "400-123-4567",
        "0871-63512345",
        "13800138000",
        "13010112500",
        "13888888888",
        "15000000000元",
        "15012345678 元",
        "累计13512345678人次",
        "客服热线：13512345678",
        "监督热线13512345678",
        "在线客服 13512345678",
        "135****5678",
        "135****5678 1234",
        "135    1234    5678",
        "13512345678 %",
        "1351234567*",
        "*13512345678",
        "13512345678*",
        "t13512345678",
        "13512345678_1",
        "a=13512345678",
        "#13512345678",
        "20261122130000",
        "1.3512345678",
        "13512345678.5，",
        "，1.13512345678",
        "2026年11月22日13时51分",
    ],
)
def test_service_numbers_amounts_and_longer_codes_are_no_mobile_numbers(text: str) -> None:
    assert found(text) == []


def test_eight_equal_digits_are_nobodys_number_and_seven_may_be() -> None:
    assert found("13800000000") == []
    assert found("13812222222") == [(MOBILE, "138****2222")]


def test_a_hotline_named_in_the_sentence_before_excuses_nothing() -> None:
    assert found("已开通热线。13512345678") == [(MOBILE, "135****5678")]
    assert found("热线已开通，另可联系李某：13512345678") == [(MOBILE, "135****5678")]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("开户行青石支行 6222020000000000125", "622************0125"),
        ("6217000000000014", "621*********0014"),
        ("6217 0000 0000 0014", "621*********0014"),
        ("6217-0000-0000-0014", "621*********0014"),
        ("６２１７００００００００００１４", "621*********0014"),
        ("6222 0200 0000 0000 125", "622************0125"),
        ("622202 0000000000125", "622************0125"),
        ("9558800000000001230", "955************1230"),
        ("4000000000000002", "400*********0002"),
        ("6222 0200 0000 0000 125", "622************0125"),
        ("5100000000000008", "510*********0008"),
        ("5200000000000007", "520*********0007"),
        ("5300000000000006", "530*********0006"),
        ("5400000000000005", "540*********0005"),
        ("5500000000000004", "550*********0004"),
        ("3500000000000009", "350*********0009"),
        ("6030000000000001", "603*********0001"),
        ("6907550000000005", "690*********0005"),
        ("9558800000000000", "955*********0000"),
    ],
)
def test_a_bank_card_is_found_in_whatever_way_it_is_printed(text: str, number: str) -> None:
    assert found(text) == [(CARD, number)]


@pytest.mark.parametrize(
    "text",
    [
        "6217000000000015",  # Luhn's digit is wrong
        "6217000000000041",  # two digits exchanged
        "621700000000014",  # 15 digits
        "62220200000000001250",  # 20 digits
        "7000000000000005",  # no issuer of cards that we know
        "62170 00000 000014",  # neither in one piece nor in fours
        "6217 0000 00000014",
        "6217 0000 0000 00004",
        "62170 0000 0000 014",
        "621700 0000 0000 14",
        "5000000000000009",
        "5600000000000003",
        "3600000000000008",
        "订单号6217000000000014",
        "业务流水：6217000000000014",
        "x6217000000000014",
        "6217000000000014x",
        "6217*********014",
        "0000000000000000",
        "https://pay.example/6217000000000014",
    ],
)
def test_what_only_looks_like_a_bank_card_is_none(text: str) -> None:
    assert found(text) == []


def test_an_issuer_of_16_digits_has_no_card_of_19() -> None:
    assert found("4000000000000000006") == []


def test_several_numbers_of_one_text_are_found_in_their_order() -> None:
    text = "李某13512345678，110101199003077475；卡6217 0000 0000 0014、139 1234 5678 137 1234 5678"
    assert found(text) == [
        (MOBILE, "135****5678"),
        (ID, "110***********7475"),
        (CARD, "621*********0014"),
        (MOBILE, "139****5678"),
        (MOBILE, "137****5678"),
    ]


def test_a_text_is_starred_in_place_and_otherwise_left_alone() -> None:
    text = "李某，１３５－１２３４－５６７８，身份证 110101 19900307 7475。"
    assert masked(text) == "李某，１３５－****－５６７８，身份证 110*** ******** 7475。"
    assert masked("值班电话 0530-7654321") == "值班电话 0530-7654321"
    assert found(masked(text)) == []
    behind = "详见https://q.example/13912345678 联系13512345678"
    assert masked(behind) == "详见https://q.example/13912345678 联系135****5678"


def test_a_place_in_a_text_is_told_without_its_numbers() -> None:
    text = "公示名单第一批共有十二人\n\n李某 13512345678 王某 13612345678 以上人员如有异议请于公示期内提出"
    first, _second = find_numbers(text)
    assert (first.start, first.end) == (17, 28)
    assert (
        snippet(text, first.start, first.end) == "…一批共有十二人 李某 135****5678 王某 136****5…"
    )
    assert snippet("李某13512345678", 2, 13) == "李某135****5678"


def test_a_long_row_of_digits_takes_no_long_time() -> None:
    began = time.process_time()
    assert found("1234 5678 " * 20_000) == []
    assert found("9" * 200_000) == []
    assert time.process_time() - began < 20


def test_every_digit_counts_for_the_check_character() -> None:
    number = "110101199011287472"
    assert [kind for kind, _masked in found(number)] == [ID]
    for at, digit in enumerate(number[:17]):
        others = [
            number[:at] + other + number[at + 1 :] for other in "0123456789" if other != digit
        ]
        assert not any(ID in [kind for kind, _masked in found(other)] for other in others)
