"""An office's own list of misprints: how it is read, what is found, and what is no fault of a text."""

from __future__ import annotations

from pathlib import Path

import pytest

from registry.errors import BadConfig, BadInput
from registry.misprints import Misprints, read_misprints

LIST = Misprints(
    [("二十大精", "二十大精神"), ("青石县人民政俯", "青石县人民政府"), ("部暑", "部署")]
)


def found(text: str, misprints: Misprints = LIST) -> list[tuple[str, str]]:
    return [(m.wrong, text[m.start : m.end]) for m in misprints.found(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("会议部暑防汛工作", [("部暑", "部暑")]),
        ("会议部 暑防汛工作", [("部暑", "部 暑")]),
        ("會議部暑防汛工作", [("部暑", "部暑")]),
        ("青石縣人民政俯公告", [("青石县人民政俯", "青石縣人民政俯")]),
        ("部署、部暑、部暑", [("部暑", "部暑")]),
        ("部暑 青石县人民政俯", [("部暑", "部暑"), ("青石县人民政俯", "青石县人民政俯")]),
        ("学习二十大精神", []),
        ("学习二十大精，二十大精神", [("二十大精", "二十大精")]),
        ("会议部署防汛工作", []),
        ("", []),
    ],
)
def test_what_the_list_names_is_found_under_the_folding_of_names(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert found(text) == expected


def test_of_a_misprint_that_stands_twice_the_first_place_is_told() -> None:
    (one,) = LIST.found("再次部暑，层层部暑")
    assert (one.start, one.end) == (2, 4)


def test_an_empty_list_finds_nothing_and_is_false() -> None:
    assert not Misprints() and LIST
    assert found("部暑", Misprints()) == []


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "misprints.txt"
    path.write_text(text, encoding=encoding)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_list_is_read_with_comments_and_in_either_encoding(tmp_path: Path, encoding: str) -> None:
    text = "# 本单位易错词\n\n部暑 = 部署\n二十大精＝二十大精神\r\n部暑=部署\n"
    listed = read_misprints(write(tmp_path, text, encoding))
    assert found("部暑二十大精", listed) == [("部暑", "部暑"), ("二十大精", "二十大精")]


def test_every_faulty_line_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, "部暑=部署\n部暑\n=部署\n部暑=\n帐号=账号\n部暑=布署\n")
    with pytest.raises(BadInput) as caught:
        read_misprints(path)
    assert [(fault.row, fault.file) for fault in caught.value.faults] == [
        (row, str(path)) for row in (2, 3, 4, 5, 6)
    ]
    assert [fault.message for fault in caught.value.faults] == [
        "这不是“错=对”的写法。",
        "这不是“错=对”的写法。",
        "这不是“错=对”的写法。",
        "按全角半角、帐/账、繁简折叠后，两边相同。",
        "清单里已有这一条，更正的写法不同。",
    ]
    assert {fault.remedy for fault in caught.value.faults} == {"每行写一条：错=对。"}


def test_a_list_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadConfig) as caught:
        read_misprints(tmp_path / "none.txt")
    assert str(tmp_path / "none.txt") in caught.value.message
