"""How outside text is cleaned, shown and masked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.text import (
    cell_plain,
    cell_safe,
    clean,
    clean_lines,
    display_safe,
    fold_account_word,
    fold_space,
    fold_width,
    mask_name,
    mask_phone,
    quoted,
    remove_space,
)


def test_full_width_letters_digits_and_brackets_become_half_width() -> None:
    assert fold_width("ＡＰＰ（１２）：青石") == "APP(12):青石"


def test_punctuation_broken_by_pdf_copies_is_repaired() -> None:
    assert clean("更新不及时\ua3ac未整改\ua3bb已注销\ua3ae") == "更新不及时，未整改；已注销。"


def test_a_name_in_yi_script_is_not_repaired() -> None:
    assert clean("\ua188\ua3ac\ua2d2") == "\ua188\ua3ac\ua2d2"


def test_spaces_of_every_kind_are_folded_and_zero_width_ones_vanish() -> None:
    assert fold_space("\u3000青石\u200b \xa0\t发布\ufeff ") == "青石 发布"
    assert remove_space(" 青 石\u3000\u200d发\u2060布 ") == "青石发布"


def test_cleaning_keeps_printed_widths_and_glyphs() -> None:
    assert clean("  千陽（旅游）　发布 ") == "千陽（旅游） 发布"


def test_the_lines_of_a_cell_are_parted_and_empty_ones_dropped() -> None:
    assert clean_lines("甲\r\n\n 乙 \n") == ["甲", "乙"]


def test_terminal_escapes_and_direction_overrides_are_never_shown() -> None:
    assert display_safe("a\x1b[31mred\x1b[0m\x1b]0;title\x07\u202eb\x9b2Jc\x00d") == "aredbc d"
    assert display_safe("one\ntwo\r", lines=True) == "one\ntwo "


def test_emoji_joined_of_several_characters_survive_display() -> None:
    assert display_safe("青石👨\u200d👩\u200d👧") == "青石👨\u200d👩\u200d👧"


@pytest.mark.parametrize("text", ["=1+1", "+86", "-3", "@青石", "\tx", "\rx", "  =1", "＝1"])
def test_what_a_spreadsheet_would_run_is_prefixed_in_csv_and_comes_back(text: str) -> None:
    assert cell_safe(text) == "'" + text
    assert cell_plain(cell_safe(text)) == text


def test_harmless_cells_are_not_prefixed() -> None:
    assert cell_safe("青石@发布") == "青石@发布"
    assert cell_plain("'青石'") == "'青石'"


def test_a_number_marked_as_text_loses_its_mark() -> None:
    assert cell_plain("'6123456789012340") == "6123456789012340"


@given(st.text())
def test_a_csv_cell_always_comes_back_as_it_was_unless_it_began_with_a_quote(text: str) -> None:
    if not text.startswith("'"):
        assert cell_plain(cell_safe(text)) == text


@given(st.text())
def test_cleaning_and_display_leave_nothing_more_to_do(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert display_safe(display_safe(text)) == display_safe(text)
    assert not set(display_safe(text)) & set("\x1b\x9b\x00\r\n\u202e\u2066")


def test_both_spellings_of_account_are_one() -> None:
    assert fold_account_word("帐号") == fold_account_word("账号") == "账号"


@pytest.mark.parametrize(
    ("printed", "masked"),
    [
        ("13800138000", "138****8000"),
        ("张三 13800138000/8711234", "张三 138****8000/*****34"),
        ("+86 13800138000", "+86 1******8000"),
        ("0878-8711234", "087*-***1234"),
        ("110", "***"),
        ("", ""),
    ],
)
def test_the_middle_of_a_telephone_number_is_masked(printed: str, masked: str) -> None:
    assert mask_phone(printed) == masked


def test_only_the_first_character_of_each_name_is_shown() -> None:
    assert mask_name("张三、欧阳小石") == "张*、欧***"
    assert mask_name("李") == "李*"


def test_of_overlong_text_a_message_quotes_the_beginning() -> None:
    assert quoted("青石发布") == "青石发布"
    assert quoted("青" * 60) == "青" * 60
    assert quoted("青" * 1200) == "青" * 59 + "…"
    assert quoted("青石 发布", 4) == "青石…"
