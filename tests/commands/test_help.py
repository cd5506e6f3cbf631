"""Help on a terminal: columns line up and lines end in time, whatever the language."""

from __future__ import annotations

import pytest

import cli
from commands.help import Help, wrapped
from registry.text import cells


def test_lines_end_where_the_screen_does_and_closing_marks_stay_with_their_words() -> None:
    text = "按 sweep export 写出的文件巡查，不需要台账。"
    for width in range(10, 46):
        lines = list(wrapped(text, width))
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert all(cells(line) <= width + 2 for line in lines)
        assert not any(line[0] in "，。" for line in lines)
    assert list(wrapped("one two  three", 8)) == ["one two", "three"]
    assert list(wrapped("", 10)) == []


def test_what_terms_mean_begins_in_one_column() -> None:
    page = Help(width=60)
    page.write_dl(
        [("--from 文件", "甲"), ("--all", "乙"), ("--a-very-long-option 地址地址地址", "丙")]
    )
    lines = page.getvalue().splitlines()
    assert {
        cells(line[: line.index(mark)]) for line in lines for mark in "甲乙丙" if mark in line
    } == {32}


@pytest.mark.parametrize(("lang", "usage"), [("zh", "[选项] 账号"), ("en", "[OPTIONS] ACCOUNT")])
def test_what_stands_for_a_value_is_said_in_the_users_language(
    lang: str, usage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["--lang", lang, "account", "show", "--help"]) == 0
    assert usage in capsys.readouterr().out
