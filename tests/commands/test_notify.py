"""`sweep run --notify` and `remind`: what is sent to whom, and that nothing of it hurts a run."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import cli
from commands import notifying
from registry.db import open_registry
from sweeps.clock import SystemClock
from sweeps.driving.engine import Engine
from sweeps.lease import REMINDERS, leased
from sweeps.messaging import ENVIRONMENT
from tests.sweeps.loopback import Asked, Said, Server, serve

NOW = "2026-11-23T09:00"
KEY = "canary-hook-0123456789"
Desk = Callable[..., tuple[int, str, str]]

LEDGER = """主办单位,平台,账号名称,平台ID,开设日期
青石县文旅局,百家号,青石文旅,1600000000000001,2020-01-01
青石县文旅局,百家号,青石旅游 13812345678,1600000000000002,2020-01-01
青石县公安局,百家号,平安青石,1600000000000003,2020-01-01
"""


@pytest.fixture
def hook() -> Iterator[Server]:
    """Where messages arrive."""
    with serve() as server:
        server.answers["*"] = Said("ok")
        yield server


@pytest.fixture
def desk(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    hook: Server,
) -> Desk:
    """Runs a command on a registry of three accounts that only people can read."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TAIZHANG_DB", raising=False)
    monkeypatch.setenv("TAIZHANG_ACTOR", "王芳")
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    monkeypatch.setenv(ENVIRONMENT, f"json://{hook.host}/{KEY}")

    def run(*words: str, now: str = NOW) -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.main(["--now", now, *words])
        printed = capsys.readouterr()
        assert KEY not in printed.out + printed.err
        return code, printed.out, printed.err

    Path("ledger.csv").write_text(LEDGER, encoding="utf-8")
    assert run("init", "--jurisdiction", "青石县人民政府")[0] == 0
    assert run("import", "ledger.csv", "--sender", "青石县人民政府", "--apply")[0] == 0
    return run


def messages(hook: Server) -> list[tuple[str, str]]:
    """Title and text of what arrived."""
    bodies = [json.loads(asked.body) for asked in hook.asked]
    return [(body["title"], body["message"]) for body in bodies]


def seen(desk: Desk, account: str, day: str) -> None:
    code, out, err = desk("observe", account, "--last-post", day, "--at", "2026-11-23")
    assert code == 0, out + err


# --- after a run --------------------------------------------------------------------------------


def test_a_run_is_told_of_in_a_few_lines(desk: Desk, hook: Server) -> None:
    assert desk("sweep", "run", "--notify")[0] == 0
    ((title, body),) = messages(hook)
    assert title == "巡查 2026-11-23 09:00"
    assert body.splitlines() == [
        "应做 3 项检查，完成 3 项，读到 0 项。",
        "覆盖率：应查 3 个账号，读到 0 个（0%）。",
        "覆盖率偏低：没读到的记为未能判断，不算未更新。",
        "结论：不能判断 3",
        "没有新发现的问题。",
        "需人工查看 3 项（`taizhang sweep todo --out 清单.xlsx`）。",
        "下一步：taizhang sweep list",
    ]


def test_a_run_before_its_time_point_is_told_of_without_verdicts(desk: Desk, hook: Server) -> None:
    Path("taizhang.toml").write_text('[sweep]\ntime_point = "周一 09:00"\n', encoding="utf-8")
    code, out, err = desk("sweep", "run", "--notify", now="2026-11-22T02:00")
    assert code == 0, out + err
    ((title, body),) = messages(hook)
    assert title == "巡查 2026-11-23 09:00"
    assert "监测时间点未到，还没有下结论" in body and "结论：" not in body


def test_without_notify_nothing_is_sent(desk: Desk, hook: Server) -> None:
    assert desk("sweep", "run")[0] == 0
    assert messages(hook) == []


def test_low_is_what_the_caller_calls_low_and_its_exit_code_stays(desk: Desk, hook: Server) -> None:
    assert desk("sweep", "run", "--notify", "--min-coverage", "0")[0] == 0
    assert desk("sweep", "run", "--all", "--notify", "--min-coverage", "0.5")[0] == 3
    low = ["覆盖率偏低" in body for _title, body in messages(hook)]
    assert low == [False, True]


def test_a_message_that_cannot_be_sent_is_a_warning(desk: Desk, hook: Server) -> None:
    hook.answers["*"] = Said("no", status=500)
    code, out, err = desk("sweep", "run", "--notify")
    assert (code, err) == (0, "提示：JSON 没有收下消息：连不上或被拒绝。\n")
    assert "覆盖率" in out


@pytest.mark.parametrize(
    ("address", "said"), [("", "没有设置接收地址"), (f"nonsense://{KEY}", "第 1 个地址不能用")]
)
def test_without_a_good_address_the_run_goes_on(
    address: str, said: str, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENVIRONMENT, address)
    code, out, err = desk("sweep", "run", "--notify")
    assert code == 0
    assert err.count(said) == 1 and err.count("提示：") == 1
    monkeypatch.setattr(Engine, "run", _broken)
    code, out, err = desk("sweep", "run", "--notify", "--all")
    assert code == 70 and err.count("提示：") == 1


def _broken(*_given: object) -> None:
    raise RuntimeError


@pytest.mark.parametrize(
    ("error", "code", "why"),
    [(KeyboardInterrupt(), 130, "被中断"), (RuntimeError(KEY), 70, "程序出错（RuntimeError）")],
)
def test_a_run_that_did_not_end_is_told_of_and_ends_as_it_would(
    error: BaseException,
    code: int,
    why: str,
    desk: Desk,
    hook: Server,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(*_ignored: object, **_too: object) -> None:
        raise error

    monkeypatch.setattr(Engine, "run", fails)
    assert desk("sweep", "run", "--notify")[0] == code
    ((title, body),) = messages(hook)
    assert body == f"巡查没有做完：{why}\n已查到的都已保存。下一步：taizhang sweep run --resume"


def test_who_interrupts_is_not_kept_waiting_by_a_robot_that_does_not_answer(
    desk: Desk, hook: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go = threading.Event()

    def silent(asked: Asked) -> Said:
        let_go.wait(30)
        return Said("ok")

    def interrupted(*_ignored: object, **_too: object) -> None:
        raise KeyboardInterrupt

    hook.answers["*"] = silent
    monkeypatch.setattr(Engine, "run", interrupted)
    monkeypatch.setattr(notifying, "_PATIENCE", 0.05)
    code, _out, err = desk("sweep", "run", "--notify")
    waiting = not let_go.is_set()
    let_go.set()
    assert (code, waiting) == (130, True)
    assert "已中断" in err


# --- reminders ----------------------------------------------------------------------------------


@pytest.fixture
def silent(desk: Desk) -> Desk:
    """Two units' accounts have been silent for eleven days; one account is fresh."""
    assert desk("sweep", "run", "--at", "2026-11-23T08:00")[0] == 0
    seen(desk, "青石文旅", "2026-11-12")
    seen(desk, "平安青石", "2026-11-11")
    seen(desk, "1600000000000002", "2026-11-22")
    return desk


def test_a_dry_run_lists_and_sends_nothing(silent: Desk, hook: Server) -> None:
    code, out, _err = silent("remind", "--dry-run", "--format", "json")
    assert code == 0
    assert json.loads(out) == [
        {
            "unit": "青石县公安局",
            "platform": "baijiahao",
            "account": "平安青石",
            "last_post_at": "2026-11-11",
            "stale_on": "2026-11-25",
            "looked_at": "2026-11-23T09:00:00+08:00",
            "sent": False,
        },
        {
            "unit": "青石县文旅局",
            "platform": "baijiahao",
            "account": "青石文旅",
            "last_post_at": "2026-11-12",
            "stale_on": "2026-11-26",
            "looked_at": "2026-11-23T09:00:00+08:00",
            "sent": False,
        },
    ]
    assert messages(hook) == []
    assert "将提醒 2 个单位" in silent("remind", "--dry-run")[1]


def test_each_unit_is_told_once(silent: Desk, hook: Server) -> None:
    code, out, _err = silent("remind")
    assert (code, "已提醒 2 个单位。" in out) == (0, True)
    assert messages(hook)[0] == (
        "更新提醒：青石县公安局",
        "以下 1 个账号即将超过更新期限：\n"
        "百家号“平安青石”：最后发布 2026-11-11，2026-11-25 起算不更新\n"
        "请在上述日期前更新；已经更新的，不必理会。",
    )
    assert len(messages(hook)) == 2
    code, out, _err = silent("remind", now="2026-11-24T09:00")
    assert (code, len(messages(hook))) == (0, 2)


def test_who_could_not_be_told_is_told_next_time(silent: Desk, hook: Server) -> None:
    refused = iter([Said("no", status=500)])
    hook.answers["*"] = lambda asked: next(refused, Said("ok"))
    code, out, err = silent("remind")
    assert code == 2
    assert "1 个单位没有提醒到" in err and "JSON 没有收下消息" in err
    first = [title for title, _body in messages(hook)]
    assert first == ["更新提醒：青石县公安局", "更新提醒：青石县文旅局"]
    assert silent("remind")[0] == 0
    assert [title for title, _body in messages(hook)][2:] == ["更新提醒：青石县公安局"]


def test_a_unit_with_an_address_of_its_own_is_told_there(
    silent: Desk, hook: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{ENVIRONMENT}_青石县公安局", f"json://{hook.host}/own")
    assert silent("remind")[0] == 0
    assert [asked.path for asked in hook.asked] == ["/own", f"/{KEY}"]


def test_a_unit_s_wrong_address_holds_up_no_other(
    silent: Desk, hook: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{ENVIRONMENT}_青石县公安局", f"https://qingshi.example/{KEY}")
    code, _out, err = silent("remind")
    assert code == 2
    assert f"{ENVIRONMENT}_青石县公安局" in err and "1 个单位没有提醒到" in err
    assert [title for title, _body in messages(hook)] == ["更新提醒：青石县文旅局"]


def test_one_tells_the_units_at_a_time(silent: Desk, hook: Server) -> None:
    with leased(open_registry("accounts.db"), SystemClock(), REMINDERS):
        code, _out, err = silent("remind")
        assert code == 2 and "正在发提醒" in err
        assert silent("remind", "--dry-run")[0] == 0
    assert messages(hook) == []
    assert silent("remind")[0] == 0
    assert len(messages(hook)) == 2


def test_without_any_address_nothing_is_noted(
    silent: Desk, hook: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENVIRONMENT, "")
    code, _out, err = silent("remind")
    assert code == 2
    assert "没有设置消息发给谁" in err and "TAIZHANG_NOTIFY" in err
    monkeypatch.setenv(ENVIRONMENT, f"json://{hook.host}/{KEY}")
    assert silent("remind")[0] == 0
    assert len(messages(hook)) == 2


def test_numbers_of_persons_in_names_are_starred(desk: Desk, hook: Server) -> None:
    assert desk("sweep", "run", "--at", "2026-11-23T08:00")[0] == 0
    seen(desk, "1600000000000002", "2026-11-12")
    assert desk("remind")[0] == 0
    assert "138" in messages(hook)[0][1] and "13812345678" not in messages(hook)[0][1]
