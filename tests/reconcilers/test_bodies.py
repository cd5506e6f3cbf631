"""Which unit a name means: in full, shorter, longer, or as it was called before."""

from __future__ import annotations

import tomllib

import pytest

from reconcilers.bodies import Bodies, Body
from registry.names import fold_unit
from registry.resources import resource
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
        ("青石县教育委员会", "青石县教育局"),
        ("青石县教委", "青石县教育局"),
        ("青石县府办", "青石县人民政府办公室"),
        ("青石县卫计委", "青石县卫生健康委员会"),
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


def units(*names: str, prefix: str = "") -> Bodies:
    """Bodies of these names."""
    made = (
        Body(number, f"u{number}", name, fold_unit(name), UnitStatus.ACTIVE, None)
        for number, name in enumerate(names, 1)
    )
    return Bodies(list(made), {}, prefix)


def meant(bodies: Bodies, text: str) -> str:
    """The unit that a name means, or an empty text."""
    found = bodies.find(text)
    return found.name if found else ""


COUNTY = tuple(
    f"青石县{body}"
    for body in (
        "第一中学 第二中学 第一高级中学 第三小学 人民医院 第二人民医院 中医医院 卫生健康局 发展和改革局 "
        "住房和城乡建设局 市场监督管理局 文化广电和旅游局 委宣传部 委政法委员会 纪委监委 人民检察院 "
        "公安局 公安局交通警察大队 城关镇人民政府 东风街道办事处 妇女联合会 工商业联合会"
    ).split()
) + ("共青团青石县委员会", "国家税务总局青石县税务局")


@pytest.mark.parametrize(
    "text, name",
    [
        ("青石二中", "青石县第二中学"),
        ("青石一中", "青石县第一中学"),
        ("青石县一高", "青石县第一高级中学"),
        ("青石三小", "青石县第三小学"),
        ("青石三中", ""),
        ("青石县第三中学", ""),
        ("青石二小", ""),
        ("县医院", "青石县人民医院"),
        ("青石二院", "青石县第二人民医院"),
        ("青石县中医院", "青石县中医医院"),
        ("青石三院", ""),
        ("青石卫健", "青石县卫生健康局"),
        ("青石发改", "青石县发展和改革局"),
        ("县住建局", "青石县住房和城乡建设局"),
        ("青石市场监管", "青石县市场监督管理局"),
        ("青石文旅", "青石县文化广电和旅游局"),
        ("中共青石县委宣传部", "青石县委宣传部"),
        ("青石县宣传部", "青石县委宣传部"),
        ("青石政法", "青石县委政法委员会"),
        ("青石县纪委", "青石县纪委监委"),
        ("中共青石县纪律检查委员会", "青石县纪委监委"),
        ("青石检察", "青石县人民检察院"),
        ("青石交警", "青石县公安局交通警察大队"),
        ("青石公安", "青石县公安局"),
        ("青石县城关镇", "青石县城关镇人民政府"),
        ("青石县东风街道办", "青石县东风街道办事处"),
        ("青石妇联", "青石县妇女联合会"),
        ("团县委", "共青团青石县委员会"),
        ("青石团县委", "共青团青石县委员会"),
        ("共青团青石县委", "共青团青石县委员会"),
        ("青石县税务局", "国家税务总局青石县税务局"),
        ("青石税务", "国家税务总局青石县税务局"),
        ("云川一中", ""),
        ("青石", ""),
        ("青石县局", ""),
    ],
)
def test_what_people_call_the_bodies_of_a_county(text: str, name: str) -> None:
    assert meant(units(*COUNTY, prefix="云川市青石县"), text) == name


def test_schools_of_two_numbers_are_two_schools() -> None:
    bodies = units("青石县第一中学")
    first = bodies.find("青石县第一中学")
    assert first is not None
    assert bodies.same("青石一中", first) is True
    assert bodies.same("青石二中", first) is False


@pytest.mark.parametrize(
    "text, same", [("县公安局", True), ("市公安局", False), ("县教育局", False)]
)
def test_a_name_that_leaves_its_county_to_the_reader_contradicts_no_county(
    text: str, same: bool
) -> None:
    bodies = units("云川市青石县公安局", "清河县公安局")
    police = bodies.find("云川市青石县公安局")
    assert police is not None
    assert bodies.same(text, police) is same


def test_a_stem_that_two_places_share_names_neither() -> None:
    bodies = units("临河市教育局", "临河县教育局", "云川市教育局", "云川市青石县教育局")
    assert meant(bodies, "临河教育") == ""
    assert meant(bodies, "云川教育") == "云川市教育局"
    assert meant(bodies, "云川青石教育") == "云川市青石县教育局"


DEPARTMENTS = [
    (full, short)
    for full, shorts in tomllib.loads(resource("registry", "name_words.toml").read_text("utf-8"))[
        "departments"
    ].items()
    for short in shorts
]


@pytest.mark.parametrize("full, short", DEPARTMENTS)
def test_a_customary_short_form_means_the_department(full: str, short: str) -> None:
    bodies = units(f"青石县{full}局", "青石县气象局")
    assert meant(bodies, f"青石县{short}局") == f"青石县{full}局"


def test_among_all_departments_a_short_form_means_one_of_its_own_or_nobody() -> None:
    fulls = {full for full, _short in DEPARTMENTS}
    bodies = units(*(f"青石县{full}局" for full in fulls))
    for _full, short in DEPARTMENTS:
        own = {short, *(full for full, other in DEPARTMENTS if other == short)}
        found = meant(bodies, f"青石县{short}局")
        assert found in {"", *(f"青石县{full}局" for full in own)}, (short, found)


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


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("青石人民政府办公室", "青石县人民政府办公室"),
        ("青石人民政府", "青石县人民政府"),
        ("青石政府", None),
    ],
)
def test_of_a_government_and_its_office_the_one_written_out_is_meant(
    text: str, name: str | None
) -> None:
    names = ("青石县人民政府", "青石县人民政府办公室", "青石县教育局")
    units = [Body(n, f"u{n}", each, each, UnitStatus.ACTIVE, None) for n, each in enumerate(names)]
    found = Bodies(units, {}).find(text)
    assert (found and found.name) == name


@pytest.mark.parametrize(
    "text, name, same",
    [
        ("人社局", "青石县人力资源和社会保障局", True),
        ("县人社局", "青石县人力资源和社会保障局", True),
        ("发改局", "青石县发展和改革局", True),
        ("市监局", "青石县市场监督管理局", True),
        ("一中", "青石县第一中学", True),
        ("二中", "青石县第一中学", False),
        ("北山中队", "青石县南山中队", False),
        ("卫健局", "青石县发展和改革局", False),
        ("清河发改局", "青石县发展和改革局", False),
        ("市发改局", "青石县发展和改革局", False),
        ("发展局", "青石县发展和改革局", False),
    ],
)
@pytest.mark.parametrize("prefix", ["", "云川市青石县", "云川市"])
def test_a_short_form_without_its_region_contradicts_no_region(
    text: str, name: str, same: bool, prefix: str
) -> None:
    bodies = units(
        "青石县人力资源和社会保障局",
        "青石县发展和改革局",
        "青石县市场监督管理局",
        "青石县第一中学",
        "青石县南山中队",
        "清河县发展和改革局",
        prefix=prefix,
    )
    body = bodies.find(name)
    assert body is not None
    assert bodies.same(text, body) is same


@pytest.mark.parametrize(
    "one, other, alike",
    [
        ("青石县文旅局", "青石县文化和旅游局", True),
        ("青石一中", "青石县第一中学", True),
        ("青石二中", "青石县第一中学", False),
        ("青石县人民政府", "青石县人民政府办公室", False),
        ("清河县文旅局", "青石县文化和旅游局", False),
    ],
)
def test_two_units_of_which_one_is_called_as_the_other_for_short_are_alike(
    one: str, other: str, alike: bool
) -> None:
    bodies = units(one, other)
    first, second = (bodies.by_id[number] for number in (1, 2))
    assert bodies.alike(first, second) is alike
    assert bodies.alike(second, first) is alike


@pytest.mark.parametrize(
    "own, there",
    [
        ("松岭区教育局", "松岭区教委"),
        ("松岭区教委", "松岭区教育委员会"),
        ("松岭县人民政府办公室", "松岭县府办"),
        ("松岭县政府办", "松岭县人民政府办公室"),
        ("松岭县卫健委", "松岭县卫生健康局"),
        ("松岭县卫生健康委员会", "松岭县卫健局"),
        ("松岭县发改局", "松岭县发展和改革委员会"),
        ("松岭县信访局", "松岭县信访办公室"),
    ],
)
def test_a_longer_writing_and_another_word_for_an_office_are_one_body_either_way(
    own: str, there: str
) -> None:
    for name, text in ((own, there), (there, own)):
        bodies = units(name, "松岭县公安局", "松岭县文化馆")
        assert bodies.find(text) is bodies.by_id[1]
        assert bodies.same(text, bodies.by_id[1]) is True


@pytest.mark.parametrize(
    "own, there",
    [
        ("松岭县第一税务分局", "松岭县第二税务分局"),
        ("松岭县东城管理办公室", "松岭县西城管理局"),
        ("松岭县公安局", "松岭县公安局交通警察大队"),
        ("松岭县疾病预防控制局", "松岭县疾病预防控制中心"),
        ("松岭县大数据局", "松岭县大数据中心"),
        ("松岭县教育局", "松岑县教育委员会"),
        ("松岭县教育局", "松岭市教育委员会"),
    ],
)
def test_other_bodies_stay_apart_whatever_their_offices_are_called(own: str, there: str) -> None:
    for name, text in ((own, there), (there, own)):
        bodies = units(name)
        assert bodies.find(text) is None
        assert bodies.same(text, bodies.by_id[1]) is False


def test_where_both_offices_are_known_each_is_its_own() -> None:
    bodies = units("松岭县信访局", "松岭县信访办公室")
    assert meant(bodies, "松岭县信访办") == "松岭县信访办公室"
    assert bodies.same("松岭县信访局", bodies.by_id[2]) is False
    assert meant(units("松岭县信访局", "松岭县信访办公室"), "松岭县信访委员会") == ""


@pytest.mark.parametrize(
    "earlier, later",
    [
        ("松岭县卫生和计划生育局", "松岭县卫生健康局"),
        ("松岭县卫计委", "松岭县卫健委"),
        ("松岭县环保局", "松岭县生态环境局"),
        ("松岭县扶贫办", "松岭县农业农村局"),
    ],
)
def test_an_earlier_body_and_what_it_was_made_into_have_one_key_either_way(
    earlier: str, later: str
) -> None:
    for own, there in ((earlier, later), (later, earlier)):
        bodies = units(own)
        assert bodies.key(there) == "u1"
        assert bodies.same(there, bodies.by_id[1]) is False


def test_of_two_earlier_bodies_none_is_taken_for_what_both_were_made_into() -> None:
    bodies = units("松岭县工商行政管理局", "松岭县质量技术监督局")
    assert bodies.key("松岭县市场监督管理局") == "松岭县市场监督管理局"
    assert bodies.find("松岭县市场监督管理局") is None


IN_LINSHUI = (
    "临水县人民政府",
    "临水县人民政府办公室",
    "临水县经济开发区管理委员会",
    "临水县云台山风景名胜区管理委员会",
    "临水县人民政府国有资产监督管理委员会",
    "临水县林业局",
    "临水县文化和旅游局",
    "临水县发展和改革局",
)


@pytest.mark.parametrize(
    "full, short",
    [
        *(("临水县人民政府办公室", s) for s in "临水县政府办公室 临水县政府办 临水县府办".split()),
        *(("临水县人民政府办公室", short) for short in "县政府办 县政府办公室 县府办".split()),
        ("临水县人民政府", "临水县政府"),
        ("临水县人民政府", "县政府"),
        ("临水县经济开发区管理委员会", "临水县经济开发区管委会"),
        ("临水县经济开发区管理委员会", "县经开区管委会"),
        ("临水县云台山风景名胜区管理委员会", "临水县云台山风景名胜区管委会"),
        ("临水县云台山风景名胜区管理委员会", "云台山风景名胜区管委会"),
        ("临水县人民政府国有资产监督管理委员会", "临水县国资委"),
        ("临水县人民政府国有资产监督管理委员会", "县国资委"),
        ("临水县林业局", "临水县林业和草原局"),
        ("临水县林业局", "县林草局"),
        ("临水县文化和旅游局", "临水县文化和旅游局（临水县文物局）"),
        ("临水县文化和旅游局", "县文旅局(县文物局)"),
        ("临水县发展和改革局", "临水县发改局（大数据局）"),
    ],
)
def test_the_usual_short_forms_of_a_county_are_one_body_either_way(full: str, short: str) -> None:
    others = [name for name in IN_LINSHUI if name != full]
    for own, there in ((full, short), (short, full)):
        bodies = units(own, *others, prefix="临水县人民政府办公室")
        assert bodies.find(there) is bodies.by_id[1]
        assert bodies.same(there, bodies.by_id[1]) is True


@pytest.mark.parametrize(
    "own, there",
    [
        ("临水县人民政府办公室", "临水市政府办公室"),
        ("临水县人民政府办公室", "清河县政府办"),
        ("临水县人民政府", "临水县政府办"),
        ("临水县经济开发区管理委员会", "清河县经济开发区管委会"),
        ("临水县东山风景名胜区管理委员会", "临水县西山风景名胜区管委会"),
        ("临水县林业局", "临水县林业中心"),
        ("临水县政务服务管理局", "临水县行政审批局"),
        ("临水县公安局", "临水县公安局（交警大队）"),
        ("临水县教育局", "临水县教育局（招生办公室）"),
        ("临水县第一小学", "临水县第一小学（第二小学）"),
        ("临水县人民政府", "临水县人民政府政务服务中心"),
    ],
)
def test_bodies_of_other_places_and_parts_of_a_body_are_none_of_its_short_forms(
    own: str, there: str
) -> None:
    others = ("临水县人民政府", "临水县人民政府办公室")
    for name, text in ((own, there), (there, own)):
        bodies = units(name, *(o for o in others if o not in (name, text)), prefix="临水县")
        assert bodies.same(text, bodies.by_id[1]) is False


def test_what_one_unit_is_called_in_full_is_no_further_name_of_another() -> None:
    plain, both = "临水县文化和旅游局", "临水县文化和旅游局（临水县文物局）"
    bodies = units(plain, both)
    assert [bodies.find(name) for name in (plain, both)] == [bodies.by_id[1], bodies.by_id[2]]
