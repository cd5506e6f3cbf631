"""Whole sweeps of the made-up town by the real program: right verdicts, good manners, no guesses."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from registry.db import Registry
from registry.models import Account, Finding, LinkResult
from registry.vocab import WALL_REASONS, AccountState, CheckKind, Outcome, Reason, Verdict
from tests.checkers import bilibili_answers, wechat_answers, weibo_answers
from tests.simulator.http import Answer, Fault, busiest
from tests.simulator.manners import SLACK, window
from tests.simulator.office import Office, office
from tests.simulator.town import DEAD, LIVE, OLD, RECENT, Planted

GONE = Answer({"ok": 0, "msg": "该用户不存在(20003)"})
BANNED = Answer(weibo_answers.notice("该账号因被投诉违反《微博社区公约》的相关规定，现已无法查看"))
NOT_GRANTED = Answer(wechat_answers.error(48001))
NO_CARD = Answer(bilibili_answers.refusal(-404, "啥都木有"))

TOWN = (
    Planted("weibo", 1, Verdict.FRESH, RECENT),
    Planted("weibo", 2, Verdict.STALE, OLD),
    Planted("weibo", 3, Verdict.STALE),
    Planted("weibo", 4, Verdict.PENDING, says=GONE),
    Planted("weibo", 5, Verdict.UNKNOWN, says=BANNED),
    Planted("wechat", 1, Verdict.FRESH, RECENT, menu=(LIVE, DEAD)),
    Planted("wechat", 2, Verdict.STALE, OLD),
    Planted("wechat", 3, Verdict.UNKNOWN, says=NOT_GRANTED),
    Planted("bilibili", 1, Verdict.FRESH, RECENT),
    Planted("bilibili", 2, Verdict.STALE, OLD),
    Planted("bilibili", 3, Verdict.PENDING, says=NO_CARD),
    Planted("website", 1, Verdict.FRESH, RECENT),
    Planted("website", 2, Verdict.STALE, OLD),
)

Open = Callable[..., AbstractContextManager[Office]]


@pytest.fixture
def opened(registry: Registry, location: str, tmp_path: Path) -> Open:
    """Opens an office that has the given accounts."""

    def made(*planted: Planted, **more: Any) -> AbstractContextManager[Office]:
        return office(registry, location, tmp_path, planted, **more)

    return made


def test_a_polite_sweep_gets_every_verdict_right(opened: Open) -> None:
    with opened(*TOWN) as desk:
        told = desk.sweep()
        report = desk.report()
        assert told["done"] == told["planned"]
        assert desk.verdicts() == {planted.name: planted.verdict for planted in TOWN}
        with desk.registry.read() as session:
            links = {link.url: link.status for link in session.scalars(select(LinkResult))}
        assert (links[LIVE], links[DEAD]) == (200, 404)
        assert desk.manners.closed == {} and report.errors == []
        for host, gap in desk.pace.items():
            count, seconds = window(gap)
            assert busiest(report.of(host).stamps, seconds * SLACK) <= count, host


def test_ids_of_cancelled_accounts_are_watched_and_told_apart(opened: Open, tmp_path: Path) -> None:
    closed_on = date(2026, 5, 1)
    closed = [
        Planted("weibo", 6, Verdict.UNKNOWN, says=GONE, closed_on=closed_on),
        Planted("weibo", 7, Verdict.UNKNOWN, RECENT, closed_on=closed_on),
    ]
    with opened(Planted("weibo", 1, Verdict.FRESH, RECENT), *closed) as desk:
        first = desk.sweep()
        assert desk.verdicts() == {"青石weibo1": Verdict.FRESH}
        # A week has its share of them.
        watched = desk.ended(first["run"], CheckKind.HANDLE)
        second = desk.sweep("--all", "--kind", "handle")
        assert len(watched) == 1
        assert desk.ended(second["run"], CheckKind.HANDLE) == {
            "青石weibo6": (Outcome.READ, None),
            "青石weibo7": (Outcome.READ, None),
        }
        desk.asked("reconcile", "run", "--out", str(tmp_path / "reconciled"))
        with desk.registry.read() as session:
            told = session.execute(
                select(Account.name, Finding.code)
                .join(Account, Account.id == Finding.account_id)
                .where(Account.state == AccountState.CLOSED)
            ).all()
        # One is gone, as it should be; the other is verified for a body that is not its host.
        assert [tuple(row) for row in told] == [("青石weibo7", "CL502")]


@pytest.mark.slow
def test_a_wall_leaves_the_rest_blocked_and_the_next_run_goes_on(opened: Open) -> None:
    town = [Planted("weibo", number, Verdict.STALE, OLD) for number in range(1, 5)]
    with opened(
        *town, Planted("website", 1, Verdict.FRESH, RECENT), walls={"m.weibo.cn": 5}
    ) as desk:
        first = desk.sweep()
        ended = desk.ended(first["run"])
        read = [name for name, (outcome, _why) in ended.items() if outcome is Outcome.READ]
        blocked = [name for name, end in ended.items() if end[1] is Reason.HOST_BLOCKED]
        asked = len(desk.report().of("m.weibo.cn").stamps)
        # Two requests an account and more: the wall came in the midst of it.
        assert "青石website1" in read and 2 <= len(read) <= 4
        assert blocked and set(ended) == {planted.name for planted in desk.town.planted}
        assert desk.verdicts() == {
            planted.name: planted.verdict if planted.name in read else Verdict.UNKNOWN
            for planted in desk.town.planted
        }
        assert asked <= 5 + 2, "a host that refused was asked on"
        desk.manners.walls, desk.manners.closed = {}, {}
        second = desk.sweep()
        assert set(desk.ended(second["run"])) == set(ended) - set(read)
        assert desk.verdicts() == {p.name: p.verdict for p in desk.town.planted}


def test_who_is_impolite_is_refused_and_nobody_is_called_stale_for_it(opened: Open) -> None:
    town = [Planted("weibo", number, Verdict.FRESH, RECENT) for number in range(1, 6)]
    with opened(*town) as desk:
        desk.pace = {**desk.pace, "m.weibo.cn": desk.pace["m.weibo.cn"] / 10}
        desk.sweep()
        assert "m.weibo.cn" in desk.manners.closed
        assert Verdict.STALE not in desk.verdicts().values()
        assert Verdict.UNKNOWN in desk.verdicts().values()


def test_each_platform_refuses_in_its_own_words_and_is_understood(opened: Open) -> None:
    town = [Planted(name, 1, Verdict.FRESH, RECENT) for name in ("weibo", "wechat", "bilibili")]
    closed = dict.fromkeys(("m.weibo.cn", "api.weixin.qq.com", "api.bilibili.com"), 0)
    with opened(*town, walls=closed) as desk:
        told = desk.sweep()
        ended = desk.ended(told["run"])
        for name in ("青石weibo1", "青石wechat1"):
            outcome, why = ended[name]
            assert outcome is Outcome.INCONCLUSIVE
            assert why in WALL_REASONS | {Reason.HOST_BLOCKED}
        # Where one source is closed, the next one in the platform's order is read.
        assert ended["青石bilibili1"] == (Outcome.READ, None)
        assert list(desk.verdicts().values()) == [Verdict.UNKNOWN, Verdict.UNKNOWN, Verdict.FRESH]


HTML = (("Content-Type", "text/html; charset=utf-8"),)
AROUND = Answer(status=302, headers=(("Location", "/"),))
DEEP = Answer("<p>政务公开</p>" * 200, headers=HTML)

FAILURES = (
    (Answer(fault=Fault.RESET), Reason.CONNECTION),
    (Answer(fault=Fault.SILENT), Reason.TIMEOUT),
    (replace(DEEP, fault=Fault.SLOW, drip=0.05), Reason.TIMEOUT),
    (replace(DEEP, fault=Fault.CUT), Reason.CONNECTION),
    (AROUND, Reason.REDIRECT_LOOP),
    (Answer("", 503), Reason.SERVER_ERROR),
    (Answer("", 404), Reason.NOT_FOUND),
)


@pytest.mark.slow
def test_each_failure_ends_in_its_own_reason_and_none_in_a_verdict(opened: Open) -> None:
    town = [
        Planted("website", number, Verdict.UNKNOWN, OLD, says=says)
        for number, (says, _reason) in enumerate(FAILURES, start=1)
    ]
    with opened(*town) as desk:
        told = desk.sweep()
        ended = desk.ended(told["run"])
        assert [ended[planted.name] for planted in town] == [
            (Outcome.INCONCLUSIVE, reason) for _says, reason in FAILURES
        ]
        assert set(desk.verdicts().values()) == {Verdict.UNKNOWN}


def test_a_page_in_another_charset_than_it_says_is_read_all_the_same(opened: Open) -> None:
    with opened(
        Planted("website", 1, Verdict.FRESH, RECENT), Planted("website", 2, Verdict.STALE, OLD)
    ) as desk:
        for planted in desk.town.planted:
            honest = desk.town.hosts[planted.host]

            def lying(asked: Any, honest: Any = honest) -> Answer:
                page: Answer = honest(asked)
                return replace(page, body=page.raw().decode().encode("gb18030"))

            desk.town.hosts[planted.host] = lying
        told = desk.sweep()
        assert set(desk.ended(told["run"]).values()) == {(Outcome.READ, None)}
        assert desk.verdicts() == {p.name: p.verdict for p in desk.town.planted}
