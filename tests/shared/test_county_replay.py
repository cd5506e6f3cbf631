"""A county's published lists, one after the other: what one lost and won, by import and as exports of
the outside system against the ledger."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from sqlalchemy import func, select

import cli
from checkers.loading import load_checkers
from reconcilers.reconcile import reconcile
from registry.actors import get_actor
from registry.db import open_registry
from registry.exchange.national_reading import read_national
from registry.exchange.national_template import load_mapping
from registry.exchange.snapshots import keep_export
from registry.findings.differences import Reconciliation, ReviewKind
from registry.history.writing import Act
from registry.models import Filing
from registry.platforms import PlatformCatalogue
from registry.vocab import FilingKind
from tests.conftest import NOW
from tests.shared.test_ledgers_import import imported, ledger, listed
from tests.shared.test_ledgers_read import LEDGERS, MONTHLY, county

__all__ = ["ledger"]

FIRST, SECOND, MERGED, LAST = MONTHLY


def as_export(name: str, folder: Path) -> Path:
    """A county's list in the columns of the outside system."""
    titles = {column.field: column.title for column in load_mapping().columns}
    fields = ("host_unit", "name", "platform", "state")
    path = folder / f"export-{name}"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([titles[field] for field in fields])
        writer.writerows([*row, "正常运行"] for row in sorted(listed(name)))
    return path


def reconciled(*exports: Path) -> Reconciliation:
    """The ledger against exports, each kept after the one before; the result of the last."""
    found = load_checkers()
    platforms = PlatformCatalogue.with_known(found.infos(), found.identify)
    registry = open_registry("accounts.db")
    with registry.write() as session:
        act = Act(get_actor(session, "王芳"), NOW)
        for path in exports:
            export = read_national(path, load_mapping(), platforms)
            kept = keep_export(session, export, act)
        result = reconcile(session, at=NOW, act=act, catalogue=platforms, national=kept)
        filed = select(func.count()).where(Filing.kind != FilingKind.BASELINE)
        assert session.scalar(filed) == 0
    registry.close()
    return result


def renamed() -> tuple[str, str]:
    """(before, after): the one Weibo account of a unit in the first list and in the second that are
    not in both."""
    before, after = ({row[1] for row in listed(n) if row[2] == "weibo"} for n in (FIRST, SECOND))
    [old], [new] = before - after, after - before
    return old, new


def test_the_rename_is_suggested_by_the_import_with_its_reason(
    capsys: pytest.CaptureFixture[str],
) -> None:
    imported(FIRST, "--sender", county(), "--apply")
    [suggestion] = imported(SECOND, "--sender", county())["suggestions"]
    assert (suggestion["old"], suggestion["new"]) == renamed()
    assert "只少了这一个、只多了这一个" in suggestion["why"]
    capsys.readouterr()
    assert cli.main(["import", str(LEDGERS / SECOND), "--sender", county()]) == 0
    assert f"（{suggestion['why']}）" in capsys.readouterr().out.replace("\n", "")


def test_the_rename_is_suggested_by_reconciling_with_its_reason(tmp_path: Path) -> None:
    imported(FIRST, "--sender", county(), "--apply")
    result = reconciled(as_export(SECOND, tmp_path))
    [pair] = result.review
    assert pair.kind is ReviewKind.RENAME
    assert (pair.ledger["name"], pair.outside["name"]) == renamed()
    assert "可能是更名" in pair.why
    assert 0 < pair.score < 100
    assert renamed()[0] not in {d.ledger["name"] for d in result.differences if d.code == "RC304"}


def test_two_that_vanish_are_reported_absent_without_a_filing(tmp_path: Path) -> None:
    imported(MERGED, "--sender", county(), "--apply")
    result = reconciled(as_export(MERGED, tmp_path), as_export(LAST, tmp_path))
    against = [d for d in result.differences if d.code.startswith("RC")]
    assert [d.code for d in against] == ["RC304"] * 2
    gone = {(d.ledger["host_unit"], d.ledger["name"]) for d in against}
    assert gone == {row[:2] for row in listed(MERGED) - listed(LAST)}
    assert result.review == ()
    assert result.changes is not None
    assert {row.name for row in result.changes.went} == {name for _unit, name in gone}
