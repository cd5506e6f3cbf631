"""Why two are, or are not, one account: every key compared, the decisions, the outcome."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from reconcilers.decisions import decide
from reconcilers.compared import Speaks
from reconcilers.explaining import Answer, Explanation, explain
from reconcilers.national import NationalPicture
from registry.errors import Ambiguous, NotFound, Refused
from registry.models import Lead
from registry.vocab import DecisionKind, Lang, code_title
from tests.conftest import NOW
from tests.exchange.catalogues import CATALOGUE
from tests.reconcilers.county import County, found
from tests.reconcilers.test_reconcile import PLANTS


@pytest.fixture
def county(session: Session) -> County:
    return found(session)


def told(county: County, key: str, other: str) -> Explanation:
    county.session.flush()
    county.keep_export()
    uid = county.accounts[key].uid
    return explain(county.session, uid, other, catalogue=CATALOGUE, at=NOW)


def keys(explanation: Explanation) -> dict[str, tuple[Speaks, float | None]]:
    return {each.key: (each.speaks, each.score) for each in explanation.compared}


def test_a_row_is_the_account_by_its_id_whatever_its_name(county: County) -> None:
    county.report("police", name="青石警方", host_unit="青石县司法局")
    said = told(county, "police", county.national["police"].national_code)
    assert (said.answer, said.why) == (Answer.SAME, "有相同的平台ID：1000000001。")
    assert keys(said) == {
        "identifier:uid": (Speaks.FOR, None),
        "url": (Speaks.NOTHING, None),
        "platform": (Speaks.FOR, None),
        "form": (Speaks.NOTHING, None),
        "name": (Speaks.AGAINST, 50.0),
        "host_unit": (Speaks.AGAINST, None),
    }


def test_a_row_that_is_another_account_says_which(county: County) -> None:
    said = told(county, "media", county.national["police"].national_code)
    assert said.answer is Answer.NOT_SAME
    assert "平安青石" in said.why and "青石融媒" in said.why
    assert keys(said)["identifier:uid"] == (Speaks.AGAINST, None)


def test_what_is_around_a_pair_explains_it_as_the_whole_matching_does(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    county.report("police", identifiers={"uid": "1000000099"})
    county.national["again"] = replace(county.national["media"], national_code="53019999")
    county.national["like"] = replace(county.national["school1"], number=77)
    county.report("agency", name="青石县养老")
    PLANTS["RC305"](county)
    accounts = ("police", "media", "school1", "agency")
    pairs = [(one, row.national_code) for one in accounts for row in county.national.values()]

    def explained() -> list[object]:
        answers: list[object] = []
        for one, code in dict.fromkeys(pairs):
            try:
                answers.append(told(county, one, code))
            except Ambiguous as error:
                answers.append(error.message)
        return answers

    around = explained()
    monkeypatch.setattr(NationalPicture, "around", lambda picture, _row, _uid="": picture.whole())
    assert explained() == around


def test_a_row_in_doubt_says_why(county: County) -> None:
    row = county.national["police"]
    county.report("police", identifiers={"uid": "1000000099"})
    said = told(county, "police", row.national_code)
    assert said.answer is Answer.UNDECIDED
    assert "平台ID" in said.why


def test_a_decision_is_the_answer_and_stands_with_who_and_when(county: County) -> None:
    key = f"outside:national:{county.national['police'].national_code}"
    uid = county.accounts["police"].uid
    decide(county.session, DecisionKind.SAME, uid, key, county.act)
    decide(county.session, DecisionKind.NOT_SAME, uid, key, county.act)
    said = told(county, "police", key)
    assert said.answer is Answer.NOT_SAME
    assert [(each.kind, each.actor) for each in said.decisions] == [
        (DecisionKind.SAME, "王敏"),
        (DecisionKind.NOT_SAME, "王敏"),
    ]


def test_a_row_is_found_by_its_id(county: County) -> None:
    said = told(county, "closed", "1000000006")
    assert (said.answer, said.why) == (Answer.SAME, "该平台ID曾属于这个账号：1000000006。")


def test_two_accounts_are_explained_as_well(county: County) -> None:
    said = told(county, "school1", county.accounts["school2"].uid)
    assert said.answer is Answer.NOT_SAME
    assert keys(said)["name"][0] is Speaks.AGAINST
    county.account("again", "青石融媒", "青石县融媒体中心", "douyin", seen=False)
    assert told(county, "media_douyin", county.accounts["again"].uid).answer is Answer.SAME


def test_a_lead_is_explained_too(county: County) -> None:
    ids = {"uid": "1000000001"}
    lead = Lead(platform="weibo", name="平安青石", identifiers=ids, found_at=NOW)
    county.session.add(lead)
    county.session.flush()
    assert told(county, "police", f"outside:lead:{lead.uid}").answer is Answer.SAME


def lead(county: County, **more: Any) -> Lead:
    """An account that was found and that the ledger does not have."""
    made = Lead(**{"platform": "bilibili", "name": "青石文旅B站", "found_at": NOW, **more})
    county.session.add(made)
    county.session.flush()
    return made


@pytest.mark.parametrize(
    "text",
    [
        "青石文旅B站",
        "bilibili:青石文旅B站",
        "8000000077",
        "https://space.bilibili.com/8000000077?from=x",
    ],
)
def test_an_account_that_was_found_is_named_by_whatever_is_known_of_it(
    county: County, text: str
) -> None:
    url = "https://space.bilibili.com/8000000077?from=x"
    made = lead(county, url=url, identifiers={"mid": "8000000077"})
    said = told(county, "media", text)
    assert (said.right_key, said.answer) == (f"outside:lead:{made.uid}", Answer.NOT_SAME)
    assert [listed.code for listed in said.findings] == ["RC301"]
    assert told(county, "media", made.uid).right_key == said.right_key


def test_of_two_found_under_one_name_both_are_listed(county: County) -> None:
    one, other = lead(county), lead(county, url="https://space.bilibili.com/1")
    with pytest.raises(Ambiguous) as caught:
        told(county, "media", "青石文旅B站")
    assert [line[:36] for line in caught.value.candidates] == [one.uid, other.uid]


def test_an_account_found_that_is_in_the_ledger_is_no_finding(county: County) -> None:
    lead(county, platform="weibo", name="平安青石", identifiers={"uid": "1000000001"})
    said = told(county, "police", "outside:lead:" + lead(county, platform="weibo").uid)
    assert [listed.code for listed in said.findings] == ["RC301"]
    county.national.clear()
    said = told(county, "police", "1000000001")
    assert (said.answer, said.findings) == (Answer.SAME, ())


def test_what_is_nowhere_is_said_to_be_so(county: County) -> None:
    with pytest.raises(NotFound, match="没有 53019999"):
        told(county, "police", "53019999")


@pytest.mark.parametrize(
    ("code", "one", "other"),
    [("DU401", "media", "second"), ("DU403", "media", "alike"), ("DU404", "hydro1", "hydro2")],
)
def test_what_reconciling_finds_of_two_accounts_is_named_as_the_workbook_does(
    county: County, code: str, one: str, other: str
) -> None:
    PLANTS[code](county)
    said = told(county, one, county.accounts[other].uid)
    (listed,) = said.findings
    (found_,) = [each for each in county.reconcile().differences if each.code == code]
    assert (listed.code, listed.why, listed.action) == (code, found_.note, found_.action)
    assert listed.title == code_title(code, Lang.ZH)


def test_of_two_that_reconciling_lets_be_nothing_is_listed(county: County) -> None:
    assert told(county, "police", county.accounts["media"].uid).findings == ()


def test_an_account_beside_itself_is_told_so_and_not_that_it_is_nowhere(county: County) -> None:
    with pytest.raises(Refused, match="同一个账号"):
        told(county, "police", "微博:平安青石")
