"""What people dismissed stays dismissed until something else is found, under every code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.exchange.national_template import NationalEntry
from registry.findings.acts import dismiss
from registry.findings.matters import same_matter
from registry.models import Finding, Lead, Observation
from registry.vocab import CheckKind, NationalState, Precision, Review
from tests.conftest import NOW
from tests.reconcilers.county import County, found
from tests.reconcilers.test_reconcile import PLANTS

NEXT = NOW + timedelta(days=7)


@pytest.fixture
def county(session: Session) -> County:
    return found(session)


def findings(county: County, code: str) -> list[Finding]:
    return list(
        county.session.scalars(select(Finding).where(Finding.code == code).order_by(Finding.id))
    )


def dismissed(county: County, code: str) -> Finding:
    """The one finding of that code, planted and dismissed."""
    PLANTS[code](county)
    county.reconcile()
    (finding,) = findings(county, code)
    dismiss(county.session, finding, act=county.act_for("情况属实，不是问题"))
    return finding


def look_again(county: County) -> None:
    """A week later everything is seen as it was, each account posts, the rows stand elsewhere."""
    seen = county.session.scalars(select(Observation).order_by(Observation.id)).all()
    keys = {account.id: key for key, account in county.accounts.items()}
    for at, look in enumerate(seen):
        posted = look.last_post_at and look.last_post_at + timedelta(days=7)
        if look.kind is not CheckKind.HANDLE:
            posted = NEXT - timedelta(hours=at + 1)
        if keys[look.account_id] == "closed" and look.last_post_at is None:
            posted = None
        county.see(
            keys[look.account_id],
            when=look.observed_at + timedelta(days=7),
            kind=look.kind,
            existence=look.existence,
            display_name=look.display_name,
            verified_subject=look.verified_subject,
            last_post_at=posted,
        )
    rows = reversed(list(county.national.items()))
    county.national = {key: replace(row, number=n) for n, (key, row) in enumerate(rows, start=2)}
    for lead in county.session.scalars(select(Lead)):
        lead.found_at = NEXT - timedelta(hours=3)


@pytest.mark.parametrize("code", PLANTS)
def test_what_was_dismissed_is_not_asked_again_where_nothing_else_is_found(
    county: County, code: str
) -> None:
    finding = dismissed(county, code)
    before = dict(finding.facts)
    look_again(county)
    county.reconcile(at=NEXT)
    assert [each.uid for each in findings(county, code)] == [finding.uid]
    county.session.refresh(finding)
    assert (finding.review, finding.ended_at) == (Review.DISMISSED, None)
    assert (finding.last_seen_at, finding.facts.keys()) == (NEXT, before.keys())


def other_lead(county: County) -> None:
    county.session.scalars(select(Lead)).one().name = "青石路况"


def other_body(county: County) -> None:
    county.report("closed", name="云川游戏")


def other_name(county: County) -> None:
    county.accounts["school1"].name = "青石县第九中学"
    county.accounts["school1"].fold = "青石县第九中学"


def other_row(county: County) -> None:
    county.report("extra", name="青石河长")


def other_difference(county: County) -> None:
    county.report("school1", name="青石实验中学")


def other_offline(county: County) -> None:
    county.report("school1", name="青石实验中学")


def renamed_again(county: County) -> None:
    county.see("media", when=NEXT, display_name="云川游戏")


def subject_again(county: County) -> None:
    county.see("media", when=NEXT, verified_subject="云川游乐有限公司")


def third(county: County) -> None:
    county.account("third", "青石视点", "青石县融媒体中心", identifiers={"uid": "1000000055"})


def handle_name(county: County) -> None:
    kind, when = CheckKind.HANDLE, NEXT - timedelta(hours=1)
    county.see("closed", when=when, kind=kind, display_name="云川游戏", last_post_at=when)


def handle_subject(county: County) -> None:
    kind, when = CheckKind.HANDLE, NEXT - timedelta(hours=1)
    county.see("closed", when=when, kind=kind, verified_subject="云川食品有限公司")


def entry_renamed(county: County) -> None:
    account = county.accounts["again"]
    account.name = account.fold = "青石县第一中学校友会"


def third_name(county: County) -> None:
    county.account("hydro3", "青石河湖", "青石县水利局", "kuaishou")


def other_bearer(county: County) -> None:
    body = "青石县文化和旅游局"
    county.see("closed", when=NEXT, display_name="云川游戏", verified_subject=body)


def alike_now(county: County) -> None:
    county.accounts["alike"].roles[0].unit = county.unit("青石县水利局")


CHANGES: dict[str, Callable[[County], None]] = {
    "RC301": other_lead,
    "RC303": other_body,
    "RC304": other_name,
    "RC305": other_row,
    "RC306": other_difference,
    "RC307": other_offline,
    "RC308": renamed_again,
    "RC309": subject_again,
    "RC312": other_bearer,
    "DU401": third,
    "DU402": entry_renamed,
    "DU403": alike_now,
    "DU404": third_name,
    "CL501": handle_name,
    "CL502": handle_subject,
}


@pytest.mark.parametrize("code", CHANGES)
def test_another_name_or_subject_brings_it_up_again(county: County, code: str) -> None:
    finding = dismissed(county, code)
    CHANGES[code](county)
    county.reconcile(at=NEXT)
    old, new = findings(county, code)
    assert (old.uid, old.review, new.review) == (finding.uid, Review.DISMISSED, Review.OPEN)
    assert new.previous_id == old.id


def test_another_body_of_the_row_is_another_matter(county: County) -> None:
    finding = dismissed(county, "RC303")
    county.report("closed", state=NationalState.LIVE, state_raw="在运行")
    county.reconcile(at=NEXT)
    assert len(findings(county, "RC303")) == 2 and finding.ended_at == NEXT


def test_which_one_is_set_against_the_others_is_no_other_matter(county: County) -> None:
    finding = dismissed(county, "DU401")
    kept = finding.facts["ledger"]["name"]
    for key in ("media", "second"):
        if county.accounts[key].name != kept:
            county.see(key, when=NEXT, last_post_at=NEXT)
    county.reconcile(at=NEXT)
    county.session.refresh(finding)
    assert (finding.review, len(findings(county, "DU401"))) == (Review.DISMISSED, 1)
    assert finding.facts["ledger"]["name"] != kept


def test_ids_in_another_order_and_a_form_in_other_letters_are_no_other_matter(
    county: County,
) -> None:
    ids = {"gh_id": "gh_0000000000f1", "biz": "MzAwMDAwMDAwMQ=="}
    row = NationalEntry("wechat", "青石河长", "订阅号", "青石县水利局", identifiers=ids)
    county.national["extra"] = replace(row, state=NationalState.LIVE, national_code="53019999")
    county.reconcile()
    (finding,) = findings(county, "RC305")
    dismiss(county.session, finding, act=county.act_for("上级单位的账号"))
    county.report("extra", identifiers=dict(reversed(ids.items())), form="訂閱號")
    county.reconcile(at=NEXT)
    county.session.refresh(finding)
    assert (finding.review, len(findings(county, "RC305"))) == (Review.DISMISSED, 1)


def test_a_post_known_to_the_day_and_then_to_the_second_is_no_other_matter(county: County) -> None:
    for when, precision in ((NOW, Precision.DAY), (NEXT, Precision.SECOND)):
        kind, posted = CheckKind.HANDLE, NOW - timedelta(hours=3)
        looked = when - timedelta(hours=2)
        county.see(
            "closed", when=looked, kind=kind, last_post_at=posted, last_post_precision=precision
        )
        county.reconcile(at=when)
        (finding,) = findings(county, "CL501")
        if when == NOW:
            dismiss(county.session, finding, act=county.act_for("本单位的值班账号"))
    county.session.refresh(finding)
    assert (finding.review, finding.last_seen_at) == (Review.DISMISSED, NEXT)


def test_another_spelling_of_the_same_name_is_no_other_matter(county: County) -> None:
    finding = dismissed(county, "RC308")
    county.see("media", when=NEXT, display_name="青石融媒 發布廳")
    county.reconcile(at=NEXT)
    county.session.refresh(finding)
    assert (finding.review, len(findings(county, "RC308"))) == (Review.DISMISSED, 1)


def test_facts_of_older_versions_are_compared_by_what_both_hold() -> None:
    row = {"name": "青石水利", "identifier": "7", "host_unit": "青石县水利局", "row": 9}
    old = {"ledger": {}, "outside": row, "fields": [], "note": "", "accounts": []}
    new = {"ledger": {}, "outside": {**row, "row": 12, "colour": "red"}, "fields": []}
    assert same_matter("RC305", old, new)
    assert not same_matter("RC305", old, {**new, "outside": {**row, "identifier": "8"}})
    assert not same_matter("RC305", {"signal": "404"}, new)
    assert same_matter("LK201", {"signal": "404", "note": "x"}, {"signal": "404"})
    assert not same_matter("LK201", {"signal": "404"}, {"signal": "410"})
