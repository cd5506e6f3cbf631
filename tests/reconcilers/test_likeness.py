"""Names that mean one body, and names that only look alike to a machine."""

from __future__ import annotations

import random
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcilers.likeness import Likeness, Reason, Tier, _Near, alike
from reconcilers.shortening import body_parts, shortens
from reconcilers.slips import confusable, slip
from reconcilers.wording import Wording

COUNTIES = [a + b for a, b in product("青云清临安宁松桐", "石川河山阳源")]
BODIES = "教育局 公安局 民政局 财政局 水利局 文化馆 融媒体中心 人力资源和社会保障局".split()
PROVINCE = [f"{county}县{body}" for county in COUNTIES for body in BODIES]
"""Every county has every body, so that a name written wrong stands out."""


def between(one: str, other: str, *further: str) -> Likeness | None:
    """What is found of two names, alone or among others."""
    wanted = {one, other}
    found = [f for f in alike(dict.fromkeys((one, other, *further))) if {f.one, f.other} == wanted]
    assert len(found) < 2
    return found[0] if found else None


def certain(one: str, other: str, *further: str) -> tuple[Reason, ...]:
    """The reasons of a certain likeness; empty where there is none."""
    found = between(one, other, *further)
    return found.reasons if found and found.tier is Tier.CERTAIN else ()


@pytest.mark.parametrize(
    "one, other, reason",
    [
        ("青石县公安局", "青石公安局", Reason.REGION),
        ("云川市青石县公安局", "青石县公安局", Reason.REGION),
        ("青石彝族自治县公安局", "青石县公安局", Reason.REGION),
        ("青石县教育局", "教育局青石县", Reason.ORDER),
        ("青石县教育发布", "发布青石县教育", Reason.ORDER),
        ("青石县教育", "青石县教育发布", Reason.BADGE),
        ("青石县教育官方微博", "青石县教育政务", Reason.BADGE),
        ("青石县教育局", "青石县教育", Reason.ENDING),
        ("沛县教育局", "沛县教育", Reason.ENDING),
        ("青石县卫生健康委员会", "青石县卫健委", Reason.SHORT),
        ("青石县人力资源和社会保障局", "青石县人社局", Reason.SHORT),
        ("青石县人力资源和社会保障局", "青石县人社", Reason.SHORT),
        ("青石县妇女联合会", "青石县妇联", Reason.SHORT),
        ("青石县市场监督管理局", "青石县市监局", Reason.SHORT),
        ("青石县机关事务管理局", "青石县机关事务局", Reason.SHORT),
        ("青石县第一中学", "青石县一中", Reason.ENDING),
        ("青石县第二中学", "青石二中", Reason.ENDING),
        ("青石县第二人民医院", "青石县二院", Reason.ENDING),
        ("青石县住房和城乡建设局", "青石住建", Reason.SHORT),
        ("青石县自然资源和规划局", "青石县资规局", Reason.SHORT),
        ("青石县融媒体中心", "青石县融媒", Reason.SHORT),
    ],
)
def test_one_body_in_two_writings(one: str, other: str, reason: Reason) -> None:
    assert reason in certain(one, other)


@pytest.mark.parametrize(
    "one, other",
    [
        ("青石县第一中学", "青石县第二中学"),
        ("青石一中", "青石县二中"),
        ("临河市养老", "临河市养老保险经办处"),
        ("青石县东城小学", "青石县西城小学"),
        ("青石县人社局", "青石县人防局"),
        ("青石县文化馆", "青石县文化局"),
        ("青石县卫生局", "青石县卫生监督局"),
        ("青石县教育局", "青石县教育考试院"),
        ("青石县公安局", "青石县公安局交警大队"),
        ("青石县人民医院", "青石县第一人民医院"),
        ("青石县中医院", "青石县中西医结合医院"),
        ("青石县科技馆", "青石县科学技术协会"),
        ("青石县城关镇人民政府", "青石县城关乡人民政府"),
        ("青石县公安局", "青石市公安局"),
        ("云川市教育局", "云川市青石县教育局"),
        ("云川县融媒体中心", "青石县融媒体中心"),
        ("青石12345热线", "青石12315热线"),
        ("青石县发布", "青石县在线"),
        ("南京发布", "北京发布"),
        ("北京市东城区发布", "北京市西城区发布"),
    ],
)
def test_another_body_stays_apart(one: str, other: str) -> None:
    assert between(one, other) is None
    assert between(one, other, *PROVINCE) is None


def test_two_places_of_one_stem_make_a_short_form_of_neither() -> None:
    twins = ("青石县公安局", "青石市公安局")
    assert between("青石公安局", twins[0], *twins) is None
    assert between("青石公安局", twins[1], *twins) is None


def test_a_short_form_of_two_bodies_is_taken_for_neither() -> None:
    bodies = ("青石县文化馆", "青石县文化局", "青石县文化中心")
    assert between("青石县文化", "青石县文化局", *bodies) is None


@pytest.mark.parametrize(
    "wrong, right",
    [
        ("青石县融煤体中心", "青石县融媒体中心"),
        ("青石县民正局", "青石县民政局"),
        ("铜石县教育局", "桐石县教育局"),
        ("铜石教育局", "桐石县教育局"),
        ("青石县人力资原和社会保障局", "青石县人力资源和社会保障局"),
        ("青石县人力资的和社会保障局", "青石县人力资源和社会保障局"),
        ("青石县人力资源和会社保障局", "青石县人力资源和社会保障局"),
    ],
)
def test_a_name_written_wrong_is_known_where_the_right_one_is_common(
    wrong: str, right: str
) -> None:
    assert between(wrong, right, *PROVINCE) is not None


@pytest.mark.parametrize(
    "one, other",
    [
        ("青石县柳林小学", "青石县枣林小学"),
        ("青石县南坪小学", "青石县北坪小学"),
        ("青石县教育局", "清石县教育局"),
        ("青石县文旅集团", "青石县文投集团"),
    ],
)
def test_names_that_differ_by_a_character_and_are_as_rare_or_as_common_are_two(
    one: str, other: str
) -> None:
    assert between(one, other, *PROVINCE) is None or one[0] != other[0]
    common = [
        *PROVINCE,
        *(f"{c}县{one[3:]}" for c in COUNTIES),
        *(f"{c}县{other[3:]}" for c in COUNTIES),
    ]
    common += [f"清石县{body}" for body in BODIES]
    assert between(one, other, *common) is None


def test_a_likely_slip_that_nothing_confirms_is_only_suggested() -> None:
    found = between("青石县融煤体中心", "青石县融媒体中心")
    assert found is not None and (found.tier, found.reasons) == (Tier.SUGGESTION, (Reason.SLIP,))


def test_without_a_place_nothing_is_certain() -> None:
    found = between("交警大队发布", "交警大队")
    assert found is not None and found.tier is Tier.SUGGESTION


def test_endings_that_many_names_bear_are_learned() -> None:
    names = [f"{c}县{b}" for c in COUNTIES[::2] for b in BODIES]
    names += [f"{c}县{b}小喇叭" for c in COUNTIES[1::2] for b in BODIES]
    pair = ("青石县教育局", "青石县教育局小喇叭")
    assert "小喇叭" in Wording(names).badges and certain(*pair, *names) == (Reason.BADGE,)
    assert between(*pair) is None


def test_endings_that_stand_beside_the_name_alone_are_other_accounts() -> None:
    names = [f"{c}县{b}{end}" for c in COUNTIES for b in BODIES for end in ("", "党建")]
    assert not Wording(names).badges
    assert between("青石县教育局", "青石县教育局党建", *names) is None


@pytest.mark.parametrize(
    "name, parts",
    [
        ("云川市青石县教育局发布", ("云川", "青石", "县", "教育局发布", "教育局", False)),
        ("青石彝族自治县教育局", ("", "青石", "县", "教育局", "教育局", False)),
        ("文旅青石", ("", "青石", "", "文旅", "文旅", True)),
        ("审计云川市", ("", "云川", "市", "审计", "审计", True)),
        ("官方青石教育", ("", "青石", "", "教育官方", "教育", True)),
        ("青石政务服务中心", ("", "青石", "", "政务服务中心", "政务服务中心", False)),
        ("青石市场监管", ("", "青石", "", "市场监管", "市场监管", False)),
        ("大地之声", ("", "", "", "大地之声", "大地之声", False)),
    ],
)
def test_a_name_is_taken_apart(name: str, parts: tuple[str, ...]) -> None:
    known = ["云川市公安局", "云川市青石县公安局", "云川市青石县水利局", "青石县林业局"]
    assert tuple(Wording([name, *known]).parts[name]) == parts


@pytest.mark.parametrize(
    "short, full",
    [
        ("人社", "人力资源社会保障"),
        ("卫健", "卫生健康"),
        ("残联", "残疾人联合"),
        ("交警", "交通警察"),
        ("疾控", "疾病预防控制"),
    ],
)
def test_people_shorten_by_cutting_words(short: str, full: str) -> None:
    assert shortens(short, full)


@pytest.mark.parametrize(
    "short, full",
    [
        ("卫生", "卫生监督"),
        ("教育", "教育考试"),
        ("工", "工商业联合"),
        ("中学", "第一中学"),
        ("科技", "科学技术协"),
        ("ab", "abc"),
    ],
)
def test_a_whole_word_less_is_no_short_form(short: str, full: str) -> None:
    assert not shortens(short, full)


def test_what_a_body_is_for_and_its_kind() -> None:
    assert body_parts("卫生健康委员会") == ("卫生健康", "委")
    assert body_parts("编办") == body_parts("机构编制委员会办公室")
    assert body_parts("第三小学") == body_parts("三小")


def test_characters_alike_in_sound_or_shape_are_taken_for_each_other() -> None:
    assert confusable("青", "清") and confusable("媒", "煤") and confusable("徽", "微")
    assert not confusable("山", "水") and not confusable("a", "b")


def test_ordinals_directions_and_kinds_of_body_are_no_slips() -> None:
    for one, other in combinations("一二三东西南北", 2):
        assert slip(f"青石{one}小学", f"青石{other}小学") == 0
    assert slip("文化馆", "文化局") == 0 and slip("城关镇", "城关乡") == 0


@given(
    st.lists(st.text("青石云川县市教育公安局发布官方第一二", min_size=2, max_size=9), max_size=14)
)
def test_pairs_are_of_the_names_given_each_once_whatever_the_order(names: list[str]) -> None:
    given_names = list(dict.fromkeys(names))
    found = list(alike(given_names))
    pairs = [(one.one, one.other) for one in found]
    assert len(set(pairs)) == len(pairs)
    assert all(one < other and {one, other} <= set(given_names) for one, other in pairs)
    random.Random(1).shuffle(given_names)
    assert set(alike(given_names)) == set(found)


def _placeless(count: int, chars: str, seed: int) -> list[str]:
    """Names of two to four characters and an ending that most share; no place is known in them."""
    rng = random.Random(seed)
    ends = ("发布", "发布", "发布", "在线", "布", "")
    drawn = ("".join(rng.choices(chars, k=rng.choice((2, 3, 3, 4)))) for _ in range(count))
    return list(dict.fromkeys(f"{name}{rng.choice(ends)}" for name in drawn))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(
    "chars", ["己已媒煤谋日曰川", "己已媒煤谋徽微未末融隔辩辨土士日曰栽裁防妨治冶"]
)
def test_what_is_looked_up_is_what_comparing_each_with_each_finds(
    monkeypatch: pytest.MonkeyPatch, chars: str, seed: int
) -> None:
    names = _placeless(300, chars, seed)
    monkeypatch.setattr("reconcilers.likeness._FEW", len(names) * 2)
    exhaustive = sorted(alike(names))
    monkeypatch.setattr("reconcilers.likeness._FEW", 0)

    assert sorted(alike(names)) == exhaustive
    assert any(found.reasons == (Reason.SLIP,) for found in exhaustive)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("end", ["^己", "^己已", "$媒", "$发布", "$布", "^", "$"])
def test_a_text_and_each_slip_of_it_with_the_same_end_meet(end: str, seed: int) -> None:
    def has_end(text: str) -> bool:
        return text.startswith(end[1:]) if end[0] == "^" else text.endswith(end[1:])

    texts = dict.fromkeys(
        filter(has_end, [*_placeless(1500, "己已媒煤", seed), "己", "媒", ""]), ""
    )
    near = _Near(end, texts)
    for one in texts:
        assert {o for o in texts if slip(one, o)} <= {o for o, _core in near.of(one)}


def test_names_of_one_ending_are_not_compared_each_with_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls = []

    def counted(one: str, other: str) -> float:
        calls.append((one, other))
        return slip(one, other)

    monkeypatch.setattr("reconcilers.likeness.slip", counted)
    rng = random.Random(7)
    names = {
        "".join(chr(rng.randrange(0x4E00, 0x9000)) for _ in "三个字") + "发布": 0
        for _ in range(3000)
    }
    list(alike(names))

    assert len(calls) < 10 * len(names)
