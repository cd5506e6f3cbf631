"""Rule sets: what the shipped ones say, and every way in which a file is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from registry.errors import Fault, NotFound
from registry.vocab import CODES, Severity
from verdicts.rule_reading import BadRuleSet
from verdicts.ruleset import Edge, RuleSet, check, list_rulesets, load

HEAD = """
name = "local"
extends = "national-2019"
year = 2026
jurisdiction = "青石县"
source = "青石县管理办法"
title = { zh = "青石县指标", en = "Qingshi" }
"""


def write(folder: Path, text: str, name: str = "local") -> Path:
    path = folder / f"{name}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def faults(path: Path) -> list[tuple[str, str]]:
    with pytest.raises(BadRuleSet) as caught:
        check(path)
    assert all(isinstance(fault, Fault) and fault.remedy for fault in caught.value.faults)
    assert {fault.file for fault in caught.value.faults} == {str(path)}
    return [(fault.sheet, fault.message) for fault in caught.value.faults]


# --- the shipped ones ---------------------------------------------------------------------------


def test_the_national_rules_hold_the_figures_of_the_indicators() -> None:
    rules = load("national-2019")
    assert (rules.window_days, rules.edge, rules.soon_day) == (14, Edge.FAIL, 10)
    assert (rules.silent_months, rules.cadence_days) == (3, None)
    assert (rules.gone_hours, rules.edge_margin_days, rules.broken_days) == (24, 1, 2)
    assert (rules.name, rules.year, rules.jurisdiction) == ("national-2019", 2019, "全国")


def test_the_rules_for_websites_hold_the_figures_of_the_indicators() -> None:
    rules = load("national-2019")
    assert {name: dict(rules.rules[name].figures) for name in rules.rules if "SITE" in name} == {
        "SITE-1": {},
        "SITE-2": {
            "week_days": 7,
            "samples_per_day": 20,
            "full_days": 7,
            "gap_minutes": 10,
            "share_percent": 5,
        },
        "SITE-3": {"window_days": 14, "edge": "fail"},
        "SITE-4": {
            "news_days": 14,
            "notice_months": 6,
            "edge": "fail",
            "columns": 5,
            "all_columns": 10,
            "empty_columns": 5,
        },
        "SITE-5": {"unanswered_months": 3, "within_months": 12},
        "SITE-6": {},
        "SITE-MARK": {},
        "SITE-DATE": {},
    }
    assert rules.is_site("website") and not rules.is_site("weibo")
    assert rules.windows == (14, 14)


def test_websites_are_held_to_the_window_of_their_own_rule(tmp_path: Path) -> None:
    tightened = HEAD + "[rules.SITE-3]\nsource = '某办法'\nwindow_days = 7\n"
    rules = load(write(tmp_path, tightened))
    assert (rules.window_rule("website"), rules.window_rule("weibo")) == ("SITE-3", "NM-V2")
    assert (rules.windows, rules.window_days) == ((14, 7), 14)


def test_every_rule_has_a_source_and_titles_in_both_languages() -> None:
    for listed in list_rulesets():
        assert listed.rule_set is not None, listed.faults
        for rule in listed.rule_set.rules.values():
            assert rule.source and rule.title["zh"] and rule.title["en"]


def test_the_national_severities_are_those_of_the_codes() -> None:
    rules = load("national-2019")
    stated = {code: severity for code, severity in rules.severities.items()}
    assert stated == {code: CODES[code].severity for code in stated}
    assert {code for code in CODES if not code.startswith("MS")} == set(stated)


def test_every_code_of_a_national_rule_names_that_rule_in_the_vocabulary() -> None:
    for rule in load("national-2019").rules.values():
        for code in rule.codes:
            assert rule.id in CODES[code].rules


def test_the_example_tightens_the_national_rules_and_keeps_the_rest() -> None:
    rules = load("example-county")
    assert (rules.extends, rules.window_days, rules.cadence_days) == (("national-2019",), 14, 10)
    assert rules.soon_day == 7
    assert rules.severity("LK201") is Severity.VETO
    assert rules.severity("ST101") is Severity.VETO
    assert rules.severity("LK204") is Severity.WARNING
    assert rules.rules["NM-LOCAL"].stated_in == "example-county"
    assert rules.rules["NM-V2"].stated_in == "national-2019"


def test_a_rule_tightened_locally_does_not_inherit_how_well_the_old_source_was_confirmed() -> None:
    assert load("national-2019").rules["NM-SOON"].basis == "V"
    assert load("example-county").rules["NM-SOON"].basis == ""


@pytest.mark.parametrize(
    ("name", "code", "platform", "expected"),
    [
        ("national-2019", "ST101", "wechat", True),
        ("national-2019", "ST107", "weibo", False),
        ("national-2019", "ST107", "app", True),
        ("national-2019", "ST106", "weibo", False),
        ("example-county", "ST106", "weibo", True),
        ("national-2019", "SI702", "website", True),
        ("national-2019", "SI702", "weibo", False),
        ("example-county", "SI701", "website", True),
        ("national-2019", "RC308", "weibo", True),
    ],
)
def test_a_code_is_asked_for_by_enabled_rules_that_concern_the_platform(
    name: str, code: str, platform: str, expected: bool
) -> None:
    assert load(name).asks(code, platform) is expected


# --- where they are found -----------------------------------------------------------------------


def test_a_users_own_rule_set_is_found_by_name_and_listed(tmp_path: Path) -> None:
    write(tmp_path / "rules", HEAD)
    assert load("local", data=tmp_path).title["zh"] == "青石县指标"
    names = [(row.name, bool(row.path)) for row in list_rulesets(tmp_path)]
    assert names == [("example-county", False), ("national-2019", False), ("local", True)]


def test_a_rule_set_is_read_from_a_path_and_may_extend_one_beside_it(tmp_path: Path) -> None:
    write(tmp_path, HEAD)
    town = HEAD.replace('"local"', '"town"').replace("national-2019", "local")
    path = write(tmp_path, town + "[severity]\nLK201 = 'fault'\n", "town")
    rules = load(path)
    assert (rules.extends, rules.severity("LK201")) == (("local", "national-2019"), Severity.FAULT)


def test_an_unknown_name_is_not_found_and_the_known_ones_are_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as caught:
        load("nowhere", data=tmp_path)
    assert "national-2019" in caught.value.hint
    with pytest.raises(NotFound):
        load(tmp_path / "absent.toml")


def test_a_faulty_rule_set_is_listed_with_its_faults(tmp_path: Path) -> None:
    write(tmp_path / "rules", HEAD + "[severity]\nXX999 = 'veto'\n")
    (row,) = [row for row in list_rulesets(tmp_path) if row.name == "local"]
    assert row.rule_set is None
    assert [fault.sheet for fault in row.faults] == ["[severity] XX999"]


def test_a_users_file_cannot_take_the_name_of_a_shipped_one(tmp_path: Path) -> None:
    write(tmp_path / "rules", HEAD.replace('"local"', '"national-2019"'), "national-2019")
    with pytest.raises(BadRuleSet):
        load("national-2019", data=tmp_path)


# --- what is refused ----------------------------------------------------------------------------


def test_all_faults_of_a_file_are_named_at_once_with_table_key_and_remedy(tmp_path: Path) -> None:
    text = HEAD.replace("year = 2026", 'year = "2026"') + """
colour = "red"
[method]
gone_hours = 12
[rules.NM-V2]
source = "青石县管理办法"
window_day = 10
edge = "maybe"
codes = ["ST101", "ST999"]
enabled = 1
[rules.NM-LOCAL]
every_days = true
[rules.nonsense]
source = "青石县管理办法"
[severity]
ST101 = "terrible"
XX999 = "veto"
"""
    found = faults(write(tmp_path, text))
    assert [place for place, _message in found] == [
        "year",
        "colour",
        "[method] gone_hours",
        "[severity] ST101",
        "[severity] XX999",
        "[rules.NM-V2] window_day",
        "[rules.NM-V2] edge",
        "[rules.NM-V2] codes",
        "[rules.NM-V2] enabled",
        "[rules.NM-LOCAL] every_days",
        "[rules.NM-LOCAL] source",
        "[rules.nonsense]",
    ]


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ("rules = 3", "rules"),
        ("[rules]\nNM-V2 = 3", "[rules] NM-V2"),
        ("[rules.NM-LNIK]\nsource = '某办法'", "[rules.NM-LNIK] title"),
        ("[rules.NM-LOCAL]\nsource = '某办法'\nenabled = true", "[rules.NM-LOCAL] every_days"),
        ("[rules.NM-V2]\nsource = '某办法'\nwindow_days = 10", "[rules.NM-SOON] day"),
        ("[rules.NM-V2]\nsource = '某办法'\nwindow_days = 0", "[rules.NM-V2] window_days"),
        ("[rules.NM-V2]\nwindow_days = 13", "[rules.NM-V2] source"),
        ("[rules.SITE-2]\nsource = '某办法'\nshare_percent = 0", "[rules.SITE-2] share_percent"),
        ("[rules.SITE-2]\nsource = '某办法'\nshare_percent = 101", "[rules.SITE-2] share_percent"),
        ("[rules.SITE-2]\nsource = '某办法'\nfull_days = 8", "[rules.SITE-2] full_days"),
        ("[rules.SITE-2]\nsource = '某办法'\nseconds = 15", "[rules.SITE-2] seconds"),
        ("[rules.SITE-3]\nsource = '某办法'\nedge = 'no'", "[rules.SITE-3] edge"),
        ("[rules.SITE-4]\nsource = '某办法'\ncolumns = 0", "[rules.SITE-4] columns"),
        ("[rules.SITE-4]\nsource = '某办法'\nother_months = '12'", "[rules.SITE-4] other_months"),
        ("[rules.NM-V2]\nsource = '某办法'\ntitle = '内容不更新'", "[rules.NM-V2] title"),
        ("[rules.NM-V2]\nsource = '某办法'\napplies_to = 'all'", "[rules.NM-V2] applies_to"),
    ],
)
def test_one_fault_is_placed_where_it_stands(tmp_path: Path, more: str, place: str) -> None:
    head, table = (HEAD, more) if more.startswith("[") else (HEAD + more, "")
    assert [where for where, _message in faults(write(tmp_path, f"{head}\n{table}\n"))] == [place]


def test_a_rule_set_that_stands_alone_must_state_the_window_and_the_method(tmp_path: Path) -> None:
    alone = HEAD.replace('extends = "national-2019"', "")
    places = [place for place, _message in faults(write(tmp_path, alone))]
    assert places == [
        "rules.NM-V2",
        "rules.NM-CLOSING",
        "[method] gone_hours",
        "[method] edge_margin_days",
        "[method] broken_days",
    ]


def test_broken_toml_and_other_encodings_are_named_as_such(tmp_path: Path) -> None:
    assert len(faults(write(tmp_path, "name = "))) == 1
    path = tmp_path / "local.toml"
    path.write_bytes(HEAD.encode("gb18030"))
    assert len(faults(path)) == 1


def test_a_file_whose_name_is_not_the_rule_sets_is_refused(tmp_path: Path) -> None:
    assert [place for place, _m in faults(write(tmp_path, HEAD, "other"))] == ["name"]


def test_a_rule_set_that_extends_itself_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "rules", HEAD.replace("national-2019", "local"))
    with pytest.raises(BadRuleSet):
        load("local", data=tmp_path)


def test_a_new_local_rule_may_be_added_with_title_and_source(tmp_path: Path) -> None:
    text = HEAD + """
[rules.QS-ORIGINAL]
title = { zh = "每月至少发布1条原创", en = "One original post a month" }
source = "青石县管理办法第十条"
"""
    rules: RuleSet = load(write(tmp_path, text))
    assert rules.rule_title("QS-ORIGINAL") == "每月至少发布1条原创"
