"""Names that can be mistaken, and names that only look alike to a machine."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcilers.likeness import Core, core, misspelt, neighbours, one_place, skeleton


@pytest.mark.parametrize(
    "one, other",
    [
        ("青石县融媒体中心", "青石县融煤体中心"),
        ("青石县融媒体中心", "青石县融体媒中心"),
        ("青石县交警大队", "青石县交巡警大队"),
    ],
)
def test_one_slip_makes_a_name_that_can_be_mistaken(one: str, other: str) -> None:
    assert misspelt(one, other) and misspelt(other, one)


@pytest.mark.parametrize(
    "one, other",
    [
        ("青石县第一中学", "青石县第二中学"),
        ("临河市养老", "临河市养老保险经办处"),
        ("青石县东城小学", "青石县西城小学"),
        ("青石县人社局", "青石县人防局"),
        ("青石县文化馆", "青石县文化局"),
        ("青石县公安局高新", "青石县公安分局高新"),
        ("青石县城关镇发布厅", "青石县城关乡发布厅"),
        ("平安青石", "平安清石"),
        ("云川县融媒体中心", "青石县融媒体中心"),
        ("青石三中政教处", "青石3中政教处"),
        ("青石县融媒体中心", "青石县融媒体中心"),
    ],
)
def test_another_body_is_never_a_misspelling(one: str, other: str) -> None:
    assert not misspelt(one, other) and not misspelt(other, one)


@pytest.mark.parametrize(
    "name, bare",
    [
        ("青石公安发布", "青石公安"),
        ("青石公安官方微博", "青石公安"),
        ("青石发布", "青石发布"),
        ("官方青石文旅", "青石文旅"),
    ],
)
def test_badges_come_off_while_a_name_is_left(name: str, bare: str) -> None:
    assert skeleton(name) == bare


def test_a_county_left_out_is_the_same_place_and_another_division_is_not() -> None:
    assert core("青石县文旅") == Core("青石文旅", "县")
    assert one_place(core("青石县文旅"), core("青石文旅"))
    assert not one_place(core("南川县公安"), core("南川市公安"))


@given(st.lists(st.text("青石县融媒体中心发布平安交警", min_size=5, max_size=9), max_size=12))
def test_neighbours_finds_what_comparing_all_with_all_finds(names: list[str]) -> None:
    every = sorted(set(names))
    expected = {
        (one, other)
        for index, one in enumerate(every)
        for other in every[index + 1 :]
        if misspelt(one, other)
    }
    assert set(neighbours(names)) == expected
