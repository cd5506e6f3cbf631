"""`account show` lists ids that a platform showed; `account identifier --seen` enters them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

import cli
from registry.db import open_registry
from registry.models import Account, Observation, Run
from registry.vocab import CheckKind, Outcome

NOW = "2026-11-23T09:00"
LEDGER = """主办单位,平台,账号名称,平台ID
青石县文旅局,抖音,青石文旅,MS4wLjABAAAAqingshi0000000000000000001
青石县文旅局,抖音,青石旅游,qs.lvyou
"""
Desk = Callable[..., tuple[int, str]]


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Desk:
    """A registry with two Douyin accounts, one of which was seen with a further id."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TAIZHANG_DB", raising=False)
    monkeypatch.setenv("TAIZHANG_ACTOR", "王芳")
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")

    def run(*words: str) -> tuple[int, str]:
        capsys.readouterr()
        code = cli.main(["--now", NOW, *words])
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    Path("ledger.csv").write_text(LEDGER, encoding="utf-8")
    assert run("init", "--jurisdiction", "青石县人民政府")[0] == 0
    code, said = run("import", "ledger.csv", "--sender", "青石县人民政府", "--apply")
    assert code == 0, said
    assert run("sweep", "run", "--kind", "handle", "--at", "2026-11-16T09:00")[0] == 0
    return run


def show_id(douyin_id: str) -> dict[str, str]:
    """Note that the platform showed an id beside 青石文旅's own; returns that one."""
    registry = open_registry("accounts.db")
    with registry.write() as session:
        account = session.scalars(select(Account).where(Account.name == "青石文旅")).one()
        own = {row.scheme: row.value for row in account.identifiers}
        session.add(
            Observation(
                run_id=session.scalars(select(Run.id)).first(),
                account_id=account.id,
                kind=CheckKind.FRESHNESS,
                observed_at=datetime(2026, 11, 16, 2, tzinfo=UTC),
                outcome=Outcome.READ,
                facts={"identifiers": {**own, "douyin_id": douyin_id}},
            )
        )
    registry.close()
    return own


def test_an_id_seen_is_listed_and_entered_in_one_step(desk: Desk) -> None:
    own = show_id("qs.wenlv")
    code, said = desk("account", "show", "青石文旅")
    assert code == 0 and "平台显示、台账没有的平台ID" in said and "qs.wenlv" in said
    (seen,) = json.loads(desk("account", "show", "青石文旅", "--format", "json")[1])["seen_ids"]
    assert seen == {
        "scheme": "douyin_id",
        "value": "qs.wenlv",
        "seen_at": "2026-11-16T10:00:00+08:00",
        "instead_of": "",
        "held_by": "",
    }
    assert desk("account", "identifier", "青石文旅", "--seen", "--reason", "核对一致") == (
        0,
        "已为 青石文旅 登记：douyin_id:qs.wenlv。\n",
    )
    card = json.loads(desk("account", "show", "青石文旅", "--format", "json")[1])
    assert {row["scheme"]: row["value"] for row in card["ids"]} == {
        **own,
        "douyin_id": "qs.wenlv",
    }
    assert card["seen_ids"] == []
    code, said = desk("account", "history", "青石文旅")
    assert "核对一致" in said and "王芳" in said


def test_an_id_of_another_account_is_refused(desk: Desk) -> None:
    show_id("qs.lvyou")
    code, said = desk("account", "identifier", "青石文旅", "--seen")
    assert code == 2 and "青石旅游" in said


def test_seen_goes_with_nothing_else(desk: Desk) -> None:
    assert desk("account", "identifier", "青石文旅")[0] == 2
    code, said = desk("account", "identifier", "青石文旅", "douyin_id:qs.x", "--seen")
    assert code == 2 and "--seen 不能与平台ID、--end 或 --prefer 同时使用。" in said
    code, said = desk("account", "identifier", "青石文旅", "--seen")
    assert code == 2 and "没有看到 青石文旅 在台账之外的平台ID。" in said
    assert desk("account", "identifier", "青石文旅", "douyin_id:qs.wenlv")[0] == 0
