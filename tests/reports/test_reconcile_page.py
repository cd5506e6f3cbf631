"""A reconciling as a page and as an object: everything is in it, and nothing gets out of its place."""

from __future__ import annotations

import json
from datetime import date
from html.parser import HTMLParser

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.findings.acts import waive
from registry.messages import set_language
from registry.models import Finding
from registry.vocab import Lang
from reports import reconcile_page
from reports.cells import jsonable
from reports.reconcile_page import reconciliation_object, render_reconcile_page
from tests.exchange.catalogues import CATALOGUE
from tests.reconcilers.county import County, found
from tests.reconcilers.test_reconcile import PLANTS
from tests.reports.test_page import text_of

label = CATALOGUE.label


@pytest.fixture
def county(session: Session) -> County:
    return found(session)


class _Page(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.marked: list[str] = []
        self._in_mark = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._in_mark = "m" in (dict(attrs).get("class") or "").split()

    def handle_data(self, data: str) -> None:
        if self._in_mark:
            self.marked.append(data)
            self._in_mark = False


def test_the_page_has_both_sides_what_to_do_and_what_was_said(county: County) -> None:
    PLANTS["RC306"](county)
    county.reconcile()
    one = county.session.scalars(select(Finding)).one()
    waive(county.session, one, until=date(2026, 12, 31), act=county.act_for("缓办"))
    county.report("agency", identifiers={"uid": "1000000044"})
    county.report("pension", identifiers={"uid": "1000000045"})
    page = render_reconcile_page(county.reconcile(), platform=label)
    words = text_of(page)
    assert "青石县人民政府办公室" in words
    assert "RC306 台账与报送系统信息不符 问题 1 是" in words
    assert "国办发〔2018〕123号 暂免，至 2026-12-31" in words
    assert "是同一账号而平台ID有误，还是两个账号？" in words
    assert "报送系统记录 10" in words
    assert _Page(page).marked[:2] == ["青石县第一中学", "青石一中"]


def test_where_everything_agrees_the_page_says_so(county: County) -> None:
    words = text_of(render_reconcile_page(county.reconcile(), platform=label))
    assert "影响报送的未决事项 0 发现的问题 0" in words


def test_outside_text_stays_text_and_nothing_is_fetched(county: County) -> None:
    evil = "<script>alert(1)</script>\"'><img src=x onerror=y>"
    county.report("school1", name=evil)
    page = render_reconcile_page(county.reconcile(), platform=label)
    tags = _Page(page).tags
    assert {tag for tag, _attrs in tags} & {"script", "img", "link", "iframe"} == set()
    assert not [attrs for _tag, attrs in tags if {"src", "onerror"} & set(attrs)]
    assert [a["href"] for _t, a in tags if "href" in a] == ["#RC306"]
    assert "alert(1)" in text_of(page)


def test_a_long_list_is_cut_on_the_page_and_says_so(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile_page, "MOST", 2)
    for key in ("school1", "school2", "pension"):
        county.report(key, name=county.accounts[key].name + "甲")
    page = render_reconcile_page(county.reconcile(), platform=label)
    assert page.count("甲</td>") == 2
    assert "共 3" in text_of(page)


@pytest.mark.parametrize("lang", list(Lang))
@pytest.mark.parametrize("code", PLANTS)
def test_every_code_fits_on_the_page(county: County, code: str, lang: Lang) -> None:
    PLANTS[code](county)
    result = county.reconcile()
    set_language(lang)
    assert f'id="{code}"' in render_reconcile_page(result, platform=label)


def test_the_object_has_every_row_and_no_key_of_the_database(county: County) -> None:
    PLANTS["RC306"](county)
    PLANTS["RC308"](county)
    county.report("agency", identifiers={"uid": "1000000044"})
    county.report("pension", identifiers={"uid": "1000000045"})
    result = county.reconcile()
    told = json.loads(json.dumps(jsonable(reconciliation_object(result, ["reconcile.xlsx"]))))
    assert told["counts"] == {"RC306": 1, "RC308": 1}
    assert (told["review"], len(told["pairs"])) == (1, 1)
    rows = {row["code"]: row for row in told["differences"]}
    assert rows["RC306"]["fields"] == ["name"]
    assert rows["RC306"]["outside"]["name"] == "青石一中"
    assert (rows["RC306"]["standing"], rows["RC306"]["severity"]) == ("open", "fault")
    uids = {one.uid for one in county.session.scalars(select(Finding))}
    assert {row["finding_uid"] for row in rows.values()} == uids
    assert not {"account_id", "unit_id", "id"} & {key for row in rows.values() for key in row}
    assert [row["act"] for row in told["uploads"]] == ["change"]


@pytest.mark.parametrize("code", ["DU401", "DU402"])
def test_the_object_names_the_account_that_is_suggested_to_be_kept(
    county: County, code: str
) -> None:
    PLANTS[code](county)
    result = county.reconcile()
    rows = jsonable(reconciliation_object(result, []))["differences"]
    (told,) = [row for row in rows if row["code"] == code]
    uid, name = told["suggested_account"]["uid"], told["suggested_account"]["name"]
    assert uid == told["accounts"][0] and len(told["accounts"]) == 2
    assert name == next(a.name for a in county.accounts.values() if a.uid == uid)
    assert f"建议保留：{name}" in told["note"]


def test_where_nothing_tells_which_account_to_keep_the_object_suggests_none(
    county: County,
) -> None:
    for key, uid in (("one", "1000000081"), ("two", "1000000082")):
        ids = {"uid": uid}
        county.account(key, f"青石普法{key}", "青石县司法局", identifiers=ids, reported=None)
    rows = jsonable(reconciliation_object(county.reconcile(), []))["differences"]
    (told,) = [row for row in rows if row["code"] == "DU401"]
    assert told["suggested_account"] is None and len(told["accounts"]) == 2
