"""Which unit a name means: in full, shorter, longer, or as it was called before."""

from __future__ import annotations

import pytest

from reconcilers.bodies import Bodies, Body
from registry.names import fold_unit
from registry.vocab import UnitStatus

UNITS = (
    "青石县公安局",
    "青石县教育局",
    "青石县卫生健康委员会",
    "青石县生态环境局",
    "青石县文化馆",
    "青石县文化局",
    "青石县人民政府办公室",
    "云川市青石县第一中学",
    "云川苗族侗族自治州公安局",
    "临河市教育局",
    "临河县教育局",
)


@pytest.fixture
def bodies() -> Bodies:
    made = (
        Body(number, f"u{number}", name, fold_unit(name), UnitStatus.ACTIVE, None)
        for number, name in enumerate(UNITS, 1)
    )
    return Bodies(list(made), {1: ["青石警方"]}, "云川市青石县")


@pytest.mark.parametrize(
    "text, name",
    [
        ("县公安局", "青石县公安局"),
        ("青石警方", "青石县公安局"),
        ("青石县公安", "青石县公安局"),
        ("云川市青石县公安局", "青石县公安局"),
        ("青石县教育委员会", None),
        ("青石县卫健委", "青石县卫生健康委员会"),
        ("青石縣衛健委", "青石县卫生健康委员会"),
        ("青石县", "青石县人民政府办公室"),
        ("青石县人民政府", "青石县人民政府办公室"),
        ("青石县政府办", "青石县人民政府办公室"),
        ("青石县一中", "云川市青石县第一中学"),
        ("云川州公安局", "云川苗族侗族自治州公安局"),
        ("青石县环境保护局", "青石县生态环境局"),
        ("县环境保护局", "青石县生态环境局"),
        ("青石县卫生和计划生育局", "青石县卫生健康委员会"),
        ("青石县文化", None),
        ("青石县公安局交警大队", None),
        ("青石县第二中学", None),
        ("临河教育局", None),
        ("青石市公安局", None),
        ("安阳市青石县公安局", "青石县公安局"),
        ("公安局", None),
        ("", None),
    ],
)
def test_the_one_unit_that_a_name_means(bodies: Bodies, text: str, name: str | None) -> None:
    found = bodies.find(text)
    assert (found.name if found else None) == name


def test_an_earlier_name_means_the_unit_and_is_not_its_name(bodies: Bodies) -> None:
    ecology = bodies.find("青石县生态环境局")
    assert ecology is not None
    assert bodies.find("青石县环境保护局") is ecology
    assert bodies.same("青石县环境保护局", ecology) is False


def test_a_short_form_is_the_same_body(bodies: Bodies) -> None:
    health = bodies.find("青石县卫生健康委员会")
    assert health is not None
    assert bodies.same("青石县卫健委", health) is True
    assert bodies.same("青石县疾控中心", health) is False
    assert bodies.key("青石县卫健委") == health.uid
