"""One cell at a time: what is taken, what is repaired, and what is refused."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.dates import Span
from registry.exchange.cells import (
    CellFault,
    contact_of,
    count_of,
    identifier_of,
    is_ditto,
    says_never,
    span_of,
    state_of,
    text_of,
    yes_or_no,
)
from registry.exchange.sheets import cell_text
from registry.vocab import AccountState

TODAY = date(2024, 8, 1)


@pytest.mark.parametrize("cell", ["无", "暂无", "-", "—", "/", "N/A", "  ", None, "無", "－"])
def test_words_for_nothing_are_nothing(cell: str | None) -> None:
    assert text_of(cell) == ""


def test_a_name_that_begins_like_nothing_is_a_name() -> None:
    assert text_of("无棣发布") == "无棣发布"


@pytest.mark.parametrize("cell", ["#N/A", "#REF!", "#NAME?", "#####"])
def test_error_values_of_excel_are_refused(cell: str) -> None:
    with pytest.raises(CellFault):
        text_of(cell)


def test_numbers_and_days_read_as_they_look_in_the_sheet() -> None:
    assert cell_text(13800138000.0) == "13800138000"
    assert cell_text(3.25) == "3.25"
    assert cell_text(True) == "TRUE"
    assert cell_text(datetime(2024, 7, 16, 9, 5)) == "2024-07-16 09:05:00"
    assert cell_text(date(2024, 7, 16)) == "2024-07-16"


def test_the_marks_for_the_same_as_above_are_known() -> None:
    assert is_ditto("同上") and is_ditto("〃")
    assert not is_ditto("同心发布") and not is_ditto(None)


@pytest.mark.parametrize(
    ("cell", "scale", "count"),
    [
        (35.0, 1, 35),
        (3.5, 10_000, 35_000),
        ("3.5", 10_000, 35_000),
        ("1.2万", 1, 12_000),
        ("1.2万", 10_000, 12_000),
        ("12,345", 1, 12_345),
        ("约３００余人", 1, 300),
        ("5w+", 1, 50_000),
        ("0.00005", 10_000, 1),
        ("1.5E+4", 1, 15_000),
        ("0", 1, 0),
        ("无", 1, None),
        (None, 1, None),
    ],
)
def test_counts_are_read_with_their_units(
    cell: str | float | None, scale: int, count: int | None
) -> None:
    assert count_of(cell, scale) == count


@pytest.mark.parametrize("cell", ["很多", "3至5", "-1", -5.0, True])
def test_what_is_no_count_is_refused(cell: str | float) -> None:
    with pytest.raises(CellFault):
        count_of(cell)


@given(st.integers(0, 10**9), st.sampled_from([1, 1000, 10_000]))
def test_a_count_as_number_and_as_text_is_the_same(number: int, scale: int) -> None:
    assert count_of(float(number), scale) == count_of(str(number), scale) == number * scale


@pytest.mark.parametrize(
    ("cell", "answer"),
    [("是", True), ("已认证", True), ("√", True), ("否", False), ("未认证", False), ("也许", None)],
)
def test_yes_and_no_are_read_in_their_spellings(cell: str, answer: bool | None) -> None:
    assert yes_or_no(cell) is answer


def test_days_are_read_by_the_one_parser_with_the_year_of_the_list() -> None:
    day = Span(date(2020, 7, 16), date(2020, 7, 16))
    assert span_of("7月16日", year=2020, today=TODAY) == day
    assert span_of(date(2020, 7, 16), year=None, today=TODAY) == day
    assert span_of("2019.3", year=None, today=TODAY) == Span(date(2019, 3, 1), date(2019, 3, 31))
    assert span_of("无", year=2020, today=TODAY) is None


def test_a_value_that_is_no_day_is_refused_with_the_reason() -> None:
    with pytest.raises(CellFault) as caught:
        span_of("19.3.5", year=None, today=TODAY)
    assert caught.value.message.startswith("“19.3.5”不能作为日期")
    for cell in (True, time(9, 5)):
        with pytest.raises(CellFault):
            span_of(cell, year=None, today=TODAY)


def test_never_updated_is_no_date_and_no_fault() -> None:
    assert says_never("开通以来从未更新") and says_never("從未更新")
    assert not says_never("1月26日") and not says_never(None)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("正常运行", AccountState.ACTIVE),
        ("运行状态良好", AccountState.ACTIVE),
        ("运营正常", AccountState.ACTIVE),
        ("拟注销", AccountState.CLOSING),
        ("申请注销和关停", AccountState.CLOSING),
        ("已注销", AccountState.CLOSED),
        ("關停註銷", AccountState.CLOSED),
        ("拟开设", AccountState.PROPOSED),
        ("未注销", None),
        ("不正常", None),
        ("待核实", None),
    ],
)
def test_printed_states_mean_states(text: str, state: AccountState | None) -> None:
    assert state_of(text) is state


@pytest.mark.parametrize(
    ("cell", "name", "phone"),
    [
        ("张三", "张三", ""),
        (13800138000.0, "", "13800138000"),
        ("13800138000.0", "", "13800138000"),
        ("138 0013 8000", "", "138 0013 8000"),
        ("张三 13800138000", "张三", "13800138000"),
        ("张三（13800138000）", "张三", "13800138000"),
        ("张三：0878-8711234", "张三", "0878-8711234"),
        ("张三13800138000、李四13900139000", "张三、李四", "13800138000、13900139000"),
        ("联系电话：8711234", "联系", "8711234"),
        ("zhang@example.gov.cn", "", "zhang@example.gov.cn"),
        ("'13800138000", "", "13800138000"),
        ("无", "", ""),
        (None, "", ""),
    ],
)
def test_a_contact_is_parted_into_name_and_number(
    cell: str | float | None, name: str, phone: str
) -> None:
    assert contact_of(cell) == (name, phone)


def test_a_number_that_lost_its_digits_is_no_telephone_number() -> None:
    with pytest.raises(CellFault):
        contact_of("1.38E+10")


@pytest.mark.parametrize(
    ("cell", "text_file", "value"),
    [
        ("gh_0123456789ab", True, "gh_0123456789ab"),
        (" gh_0123\u200b456789ab ", True, "gh_0123456789ab"),
        ("微信号：qingshi_fabu", True, "qingshi_fabu"),
        ("ＱＳ１２３", True, "QS123"),
        (1234567890.0, False, "1234567890"),
        ("1234567890.0", True, "1234567890"),
        (123456789012345.0, False, "123456789012345"),
        ("6123456789012345678", True, "6123456789012345678"),
        ("6123456789012340", False, "6123456789012340"),
        ("'6123456789012340", True, "6123456789012340"),
        ("无", True, ""),
    ],
)
def test_ids_are_kept_exact(cell: str | float, text_file: bool, value: str) -> None:
    assert identifier_of(cell, from_text_file=text_file) == value


@pytest.mark.parametrize(
    ("cell", "text_file"),
    [
        (6123456789012345.0, False),
        (1234567890123450.0, False),
        (9007199254740992.0, False),
        (6.123456789012345e18, False),
        ("6.12346E+15", True),
        ("6123456789012340", True),
        ("6123456789012300000", True),
    ],
)
def test_ids_that_excel_has_rounded_are_refused(cell: str | float, text_file: bool) -> None:
    with pytest.raises(CellFault) as caught:
        identifier_of(cell, from_text_file=text_file)
    assert "四舍五入" in caught.value.message


@given(st.integers(10**15, 10**19))
def test_no_number_of_sixteen_digits_is_ever_taken_from_a_number_cell(number: int) -> None:
    with pytest.raises(CellFault):
        identifier_of(float(number), from_text_file=False)


@pytest.mark.parametrize("cell", [1.5, True])
def test_what_cannot_be_an_id_is_refused(cell: float) -> None:
    with pytest.raises(CellFault):
        identifier_of(cell, from_text_file=False)


def test_an_overlong_cell_is_quoted_by_its_beginning() -> None:
    for read in (count_of, lambda text: span_of(text, year=None, today=date(2026, 11, 22))):
        with pytest.raises(CellFault) as caught:
            read("青石" * 600)
        assert "青石" * 29 + "青…" in caught.value.message
        assert len(caught.value.message) < 100
