"""Patterns that are compiled when they are first sought."""

from __future__ import annotations

import re

import pytest

from checkers._web.later import later


@pytest.mark.parametrize("text", ["青石县2026年11月", "2026-11", "", "年月"])
def test_it_finds_what_a_pattern_finds(text: str) -> None:
    told, known = later(r"(\d{4})年", re.I), re.compile(r"(\d{4})年", re.I)
    for _time in range(2):
        assert str(told.search(text)) == str(known.search(text))
        assert told.findall(text) == known.findall(text)
        assert told.sub("", text) == known.sub("", text)
        assert (told.pattern, told.groups, told.flags) == (known.pattern, 1, known.flags)


def test_bytes_are_sought_in_bytes() -> None:
    found = later(rb"charset=(\w+)").search(b"charset=gbk")
    assert found is not None and found[1] == b"gbk"


def test_a_pattern_is_compiled_at_its_first_use_and_not_before() -> None:
    wrong = later("(")
    with pytest.raises(re.error):
        wrong.search("")
