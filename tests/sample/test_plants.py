"""Reconciling finds in the sample exactly what is planted there; taking a plant out takes it away."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from checkers.loading import load_checkers
from reconcilers.decisions import approve_duplicate, decide
from reconcilers.reconcile import reconcile
from registry.actors import get_actor
from registry.db import Registry
from registry.exchange.national import KeptExport, store_snapshot
from registry.exchange.national_export import NationalExport
from registry.history.writing import Act
from registry.models import Account, Finding, Lead, Unit
from registry.platforms import PlatformCatalogue
from registry.units.naming import find_unit
from registry.vocab import DecisionKind, SubjectKind
from sample import national
from sample.desk import moment
from sample.plants import ON_THE_SITE, PLANTS

NOW = moment(11, 17, 10)


def _told(session: Session) -> set[tuple[str, str]]:
    """(code, subject as the table of plants names it) of every running RC and DU finding."""
    running = select(Finding).where(Finding.ended_at.is_(None))
    found = [f for f in session.scalars(running) if f.code[:2] in {"RC", "DU"}]
    told = [(finding.code, _subject(session, finding)) for finding in found]
    assert len(told) == len(set(told))
    return set(told)


def _subject(session: Session, finding: Finding) -> str:
    if finding.subject_kind is SubjectKind.UNIT:
        return session.scalars(select(Unit.name).where(Unit.uid == finding.subject_uid)).one()
    if finding.account_id is not None:
        return session.get_one(Account, finding.account_id).name
    return str(finding.facts["outside"]["name"])


def test_the_demo_finds_every_plant_once_and_nothing_else(seen: Registry) -> None:
    with seen.read() as session:
        assert _told(session) == {(plant.code, plant.subject) for plant in PLANTS}


def test_the_website_shows_its_two_plants_and_nothing_else(seen: Registry) -> None:
    query = select(Finding.code, Account.name).join(Account, Account.id == Finding.account_id)
    of_site = query.where(Account.platform == "website", Finding.ended_at.is_(None))
    with seen.read() as session:
        found = sorted(tuple(row) for row in session.execute(of_site))
    assert found == [(plant.code, plant.subject) for plant in ON_THE_SITE]


def test_every_code_that_reconciling_knows_of_ledger_and_duplicates_is_planted() -> None:
    codes = [plant.code for plant in PLANTS]
    assert codes == [f"RC{n}" for n in range(301, 313)] + [f"DU{n}" for n in range(401, 406)]


# --- without the plant ----------------------------------------------------------------------------


def _act(session: Session) -> Act:
    return Act(get_actor(session, "方远"), NOW)


def _again(session: Session, planted: tuple[str, ...] = national.PLANTED) -> set[str]:
    """The codes of another reconciling, with an export that holds only these plants."""
    catalogue = load_checkers()
    rows = tuple(national.entries(session, planted))
    export = NationalExport("export", "0" * 64, rows)
    kept = KeptExport(store_snapshot(session, export, _act(session)), rows)
    platforms = PlatformCatalogue.with_known(catalogue.infos(), catalogue.identify)
    result = reconcile(session, at=NOW, act=_act(session), catalogue=platforms, national=kept)
    return set(result.counts)


_ALL = {plant.code for plant in PLANTS} - {"RC302"}
"""Without the verdicts of a sweep nothing can be said of what is gone."""


def test_the_plants_are_found_again_from_the_tables_alone(seen: Registry) -> None:
    with seen.write() as session:
        assert _again(session) == _ALL


@pytest.mark.parametrize("code", national.PLANTED)
def test_an_export_without_the_plant_brings_no_such_finding(seen: Registry, code: str) -> None:
    with seen.write() as session:
        rest = tuple(other for other in national.PLANTED if other != code)
        assert _again(session, rest) == _ALL - {code}


def _no_leads(session: Session) -> None:
    session.execute(delete(Lead))


def _duplicate_approved(session: Session) -> None:
    uid = find_unit(session, "青石县市场监督管理局").uid
    approve_duplicate(session, uid, "wechat", "订阅号", None, _act(session))


def _rename_followed(session: Session) -> None:
    account = session.scalars(select(Account).where(Account.name == "青石自然资源")).one()
    account.name = account.fold = "自然青石"


def _told_apart(session: Session) -> None:
    names = ("青石文旅", "青石文旅发布")
    found = select(Account.uid).where(Account.platform == "xiaohongshu", Account.name.in_(names))
    one, other = session.scalars(found)
    decide(session, DecisionKind.NOT_SAME, one, other, _act(session))


@pytest.mark.parametrize(
    ("without", "codes"),
    [
        (_no_leads, {"RC301", "RC312"}),
        (_duplicate_approved, {"DU401"}),
        (_rename_followed, {"RC308"}),
        (_told_apart, {"DU403"}),
    ],
)
def test_what_is_put_right_is_found_no_more(
    seen: Registry, without: Callable[[Session], None], codes: set[str]
) -> None:
    with seen.write() as session:
        without(session)
        assert _again(session) == _ALL - codes
