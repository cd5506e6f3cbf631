"""Sweeps at the desk: what a person saw, what stands behind a finding, settings, days as points."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from rich.cells import cell_len

import cli
from sweeps.network.proxied import ProxyLost

NOW = "2026-11-23T09:00"
Desk = Callable[..., tuple[int, str]]


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Desk:
    """Runs a command on a registry with one Baijiahao account and one sweep, at 2026-11-16 09:00."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TAIZHANG_DB", raising=False)
    monkeypatch.setenv("TAIZHANG_ACTOR", "王芳")
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")

    def run(*words: str, now: str = NOW) -> tuple[int, str]:
        capsys.readouterr()
        code = cli.main(["--now", now, *words])
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    ledger = "主办单位,平台,账号名称,平台ID,开设日期\n青石县文旅局,百家号,青石文旅,1600000000000001,2020-01-01\n"
    Path("ledger.csv").write_text(ledger, encoding="utf-8")
    assert run("init", "--jurisdiction", "青石县人民政府")[0] == 0
    code, said = run("import", "ledger.csv", "--sender", "青石县人民政府", "--apply")
    assert code == 0, said
    code, said = run("sweep", "run", "--at", "2026-11-16T09:00")
    assert code == 0, said
    return run


def test_a_day_means_the_sweep_of_that_day(desk: Desk) -> None:
    code, said = desk("observe", "青石文旅", "--last-post", "2026-11-01", "--at", "2026-11-16")
    assert (code, said) == (0, "已登记：青石文旅；新增问题 1 个。\n")
    points = {row["time_point"] for row in json.loads(desk("sweep", "list", "--format", "json")[1])}
    assert points == {"2026-11-16T09:00:00+08:00"}
    assert desk("sweep", "todo", "--out", "todo.xlsx", "--at", "2026-11-16")[0] == 0


def test_what_no_sweep_judges_is_told_to_be_for_reconciling(desk: Desk) -> None:
    said = desk("observe", "青石文旅", "--last-post", "2026-11-15", "--subject", "某公司")[1]
    assert "认证主体" in said and "`taizhang reconcile run`" in said
    assert desk("filing", "cancel", "青石文旅", "--cause", "平台停止服务")[0] == 0
    for act in ("approve", "approve", "complete"):
        code, said = desk("filing", act, "2026-0001")
        assert code == 0, said
    code, said = desk("observe", "青石文旅", "--last-post", "2026-11-16")
    assert code == 0 and "已注销" in said and "`taizhang reconcile run`" in said


def test_the_form_is_a_workbook_and_is_called_one(desk: Desk) -> None:
    for name in ("todo.csv", "todo"):
        code, said = desk("sweep", "todo", "--out", name)
        assert code == 2
        assert f"{name}：清单是工作簿。" in said and "文件名请以 .xlsx 结尾。" in said
        assert not Path(name).exists()
    assert desk("sweep", "todo", "--out", "TODO.XLSX")[0] == 0


def test_a_run_that_looks_at_nothing_leaves_the_form_as_it_was(desk: Desk) -> None:
    assert desk("sweep", "run", "--platform", "bilibili", "--all")[0] == 0
    said = desk("sweep", "todo", "--out", "t2.xlsx")[1]
    assert "1 行" in said
    runs = json.loads(desk("sweep", "list", "--format", "json")[1])
    assert [run["planned"] for run in runs] == [0, 1]


def test_an_empty_form_names_the_sweep_that_left_rows(desk: Desk) -> None:
    seen = ("observe", "青石文旅", "--last-post", "2026-11-15", "--at", "2026-11-16")
    assert desk(*seen)[0] == 0
    assert desk("sweep", "run", "--all")[0] == 0
    code, said = desk("sweep", "todo", "--out", "t.xlsx", "--at", "2026-11-16")
    assert code == 0 and "0 行" in said
    assert "2026-11-16 09:00 没有要看的；2026-11-23 09:00 还有 1 行" in said
    assert 'taizhang sweep todo --at "2026-11-23 09:00" --out t.xlsx' in said


def test_the_run_just_made_stands_first_in_the_list(desk: Desk) -> None:
    assert desk("sweep", "run", "--all", "--at", "2026-11-09T09:00")[0] == 0
    runs = json.loads(desk("sweep", "list", "--format", "json")[1])
    points = [run["time_point"][:10] for run in runs]
    assert points == ["2026-11-09", "2026-11-16"]


def test_a_day_with_two_sweeps_is_asked_about(desk: Desk) -> None:
    assert desk("sweep", "run", "--all", "--at", "2026-11-16T15:00")[0] == 0
    code, said = desk("sweep", "todo", "--out", "todo.xlsx", "--at", "2026-11-16")
    assert code == 2
    assert "2026-11-16 有多次巡查：2026-11-16 09:00, 2026-11-16 15:00。" in said
    assert '--at "2026-11-16 15:00"' in said


def test_hourly_samples_of_sites_belong_to_the_latest_sweep(desk: Desk) -> None:
    for hour in ("10", "11"):
        code, said = desk("sweep", "run", "--kind", "site", now=f"2026-11-17T{hour}:00")
        assert code == 0, said
    rows = json.loads(desk("sweep", "list", "--format", "json")[1])
    assert [row["time_point"] for row in rows] == ["2026-11-16T09:00:00+08:00"] * 3
    assert desk("sweep", "run", "--kind", "site", "--kind", "freshness")[0] == 0
    rows = json.loads(desk("sweep", "list", "--format", "json")[1])
    assert rows[0]["time_point"] == "2026-11-23T09:00:00+08:00"


def test_a_finding_leads_to_the_look_behind_it(desk: Desk) -> None:
    desk("observe", "青石文旅", "--last-post", "2026-11-01", "--note", "翻看主页")
    (found,) = json.loads(desk("finding", "list", "--format", "json")[1])
    code, said = desk("sweep", "show", found["uid"])
    assert code == 0
    assert "方式: 人工查看" in said and "最近更新: 2026-11-01\n" in said
    one = json.loads(desk("sweep", "show", found["uid"], "--format", "json")[1])
    assert one["last_post_at"] == "2026-11-01T00:00:00+08:00"


@pytest.mark.parametrize("at", ["1990-01-01", "2025-11-01", "2027-03-01", "2030-01-01T09:00"])
def test_a_time_point_that_nobody_can_mean_is_refused_with_what_is_possible(
    desk: Desk, at: str
) -> None:
    before = desk("sweep", "list", "--format", "json")[1]
    observed = ("observe", "青石文旅", "--last-post", "2026-11-01")
    for words in (("sweep", "run"), ("sweep", "plan"), ("sweep", "export", "a.zip"), observed):
        code, said = desk(*words, "--at", at)
        assert code == 2, said
        assert at[:10] in said and "--at 的年份" in said
        assert "2025-11-22 09:00 至 2027-02-23 09:00" in said
    assert desk("sweep", "list", "--format", "json")[1] == before
    assert not Path("a.zip").exists()


@pytest.mark.parametrize("at", ["2025-11-30", "2027-02-20"])
def test_a_time_point_of_last_year_or_a_quarter_ahead_is_planned_for(desk: Desk, at: str) -> None:
    assert desk("sweep", "plan", "--at", at)[0] == 0


def test_a_clock_that_was_set_back_is_told_in_words(desk: Desk) -> None:
    for words in (("sweep", "run"), ("sweep", "plan"), ("sweep", "list")):
        assert "时钟" not in desk(*words)[1]
        said = desk(*words, now="2026-10-01T09:00")[1]
        assert "现在是 2026-10-01 09:00，台账中却已有 2026-11-23 09:00 的记录" in said
        assert "时钟调准" in said and "taizhang sweep run --all" in said


def test_a_run_is_shown_with_what_each_check_came_to(desk: Desk) -> None:
    (run,) = json.loads(desk("sweep", "list", "--format", "json")[1])
    for words in ((), (run["uid"],)):
        (look,) = json.loads(desk("sweep", "show", *words, "--format", "json")[1])
        assert (look["account"], look["outcome"], look["reason"]) == (
            "青石文旅",
            "unsupported",
            "by_hand",
        )
    assert desk("sweep", "show", look["uid"])[0] == 0
    code, said = desk("sweep", "show", "没有的")
    assert code == 2 and "sweep show 巡查编号" in said


def test_a_plan_says_what_is_left_for_people(desk: Desk) -> None:
    code, said = desk("sweep", "plan")
    assert code == 0
    assert "程序检查 0 项；另有 1 项没有可用来源，须人工查看" in said


def test_what_happened_to_a_finding_is_told_in_words(desk: Desk) -> None:
    desk("observe", "青石文旅", "--last-post", "2026-11-01")
    (found,) = json.loads(desk("finding", "list", "--format", "json")[1])
    uid = found["uid"]
    code, said = desk("finding", "clear", uid)
    assert code == 2
    assert "不能执行 clear（销号）" in said and "confirm（确认）、dismiss（不成立）" in said
    for words in (
        ("confirm", uid),
        ("assign", uid, "--due", "2026-12-01"),
        ("reported", uid),
        ("recheck", uid, "--failed", "--due", "2026-12-09"),
    ):
        assert desk("finding", *words)[0] == 0
    shown = desk("finding", "show", uid)[1]
    assert "距监测时间点天数   15" in shown and "within_edge" not in shown
    assert "未通过   2026-12-09" in shown


def test_settings_are_faulted_in_words_that_say_what_to_write(desk: Desk) -> None:
    Path("taizhang.toml").write_text('[sweep]\nworkers = "many"\npcae = 3\npace = {a = -1}\n')
    code, said = desk("sweep", "plan")
    assert code == 2
    assert "sweep.workers: 值的类型不对。 请写整数，如 8。" in said
    assert "sweep.pcae: 没有这个设置项。" in said
    assert "-1 超出范围。 请写秒数，0.01–86400。" in said and 'sweep.pace."a": ' in said
    Path("taizhang.toml").write_text(
        '[sweep]\ntime_point = "星期一九点"\npace = {"m.weibo.cn" = 30, "b.example" = "x"}\n',
        encoding="utf-8",
    )
    code, said = desk("sweep", "plan")
    assert code == 2 and "sweep.time_point: “星期一九点”不是星期加时间。" in said
    assert 'sweep.pace."b.example": ' in said and "m.weibo.cn" not in said
    Path("taizhang.toml").write_text("a = = 1\n")
    code, said = desk("sweep", "plan")
    assert code == 2 and "第 1 行第 5 个字符处不合 TOML 写法" in said
    code, said = desk("--config", "none.toml", "sweep", "plan")
    assert code == 2 and "设置文件 none.toml 打不开。" in said


def test_what_a_sweep_cannot_work_with_is_told_all_at_once(desk: Desk) -> None:
    Path("taizhang.toml").write_text(
        '[sweep]\nca_file = "none.pem"\n[rules]\nset = "none"\n[hints]\nmisprints = "none.txt"\n'
        '[sources]\nweixin = ["page"]\n',
        encoding="utf-8",
    )
    for words in (["sweep", "plan"], ["sweep", "run"]):
        code, said = desk(*words)
        assert code == 2
        named = ("none.pem", "规则集。", "none.txt", "sources.weixin")
        assert [name for name in named if name not in said] == []


def test_a_proxy_without_its_port_is_refused_at_the_start(desk: Desk) -> None:
    Path("taizhang.toml").write_text('[sweep]\ntrusted_proxy = "http://10.20.0.1:"\n')
    code, said = desk("sweep", "run")
    assert code == 2 and "sweep.trusted_proxy: " in said and "http://10.20.0.1:8080" in said


def test_a_proxy_that_is_gone_ends_a_sweep_with_how_to_go_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ends(*_given: Any, **_more: Any) -> None:
        raise ProxyLost("The proxy is gone.", "See that it runs.")

    monkeypatch.setattr("sweeps.run.run", ends)
    code, said = desk("sweep", "run")
    assert code == 2
    assert "The proxy is gone." in said
    assert "See that it runs. 已看到的都已保存" in said and "`taizhang sweep run --resume`" in said


def test_a_proxy_of_the_environment_is_said_not_to_be_used(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "trusted_proxy" not in desk("sweep", "plan")[1]
    monkeypatch.setenv("HTTPS_PROXY", "http://liwei:sesame@10.20.0.1:8080")
    code, said = desk("sweep", "plan")
    assert code == 0 and "HTTPS_PROXY" in said and "trusted_proxy" in said
    assert "sesame" not in said
    Path("taizhang.toml").write_text('[sweep]\ntrusted_proxy = "http://10.20.0.1:8080"\n')
    assert "HTTPS_PROXY" not in desk("sweep", "plan")[1]


def test_resume_and_replay_exclude_each_other(desk: Desk) -> None:
    Path("x.warc.gz").write_bytes(b"")
    assert desk("sweep", "run", "--resume", "--replay", "x.warc.gz")[0] == 2


def test_with_a_weekly_time_point_a_run_before_it_judges_nothing_and_one_after_it_does(
    desk: Desk,
) -> None:
    Path("taizhang.toml").write_text('[sweep]\ntime_point = "周一 09:00"\n', encoding="utf-8")
    code, said = desk("sweep", "run", now="2026-11-22T12:00+08:00")
    assert code == 0, said
    assert "2026-11-23 09:00" in said and "尚未到来" in said
    code, said = desk("sweep", "run", "--format", "json", now="2026-11-23T09:30+08:00")
    assert code == 0, said
    told = json.loads(said)
    assert (told["time_point"], told["planned"]) == ("2026-11-23T09:00:00+08:00", 1)
    assert told["coverage"]["whole"]["accounts"] == 1


def test_a_plan_lists_each_account_with_its_deadline(desk: Desk) -> None:
    code, said = desk("sweep", "plan", "--accounts", "--format", "json")
    assert code == 0, said
    (row,) = json.loads(said)
    assert (row["account"], row["cause"], row["due_by"]) == ("青石文旅", "never_read", "2026-11-23")
    code, said = desk("sweep", "plan", "--accounts")
    assert code == 0 and "从未读到" in said


def test_a_pace_for_a_host_that_is_a_slip_is_pointed_at(desk: Desk) -> None:
    Path("taizhang.toml").write_text('[sweep.pace]\n"m.weibo.cm" = 60\n', encoding="utf-8")
    code, said = desk("sweep", "plan")
    assert code == 0 and "m.weibo.cm" in said and "m.weibo.cn" in said


def test_a_pace_for_a_host_that_nobody_asks_is_pointed_at(desk: Desk) -> None:
    ledger = (
        "主办单位,平台,账号名称,链接\n青石县文旅局,政府网站,青石县,https://www.qingshi.example/a\n"
    )
    Path("more.csv").write_text(ledger, encoding="utf-8")
    assert desk("import", "more.csv", "--sender", "青石县人民政府", "--apply")[0] == 0
    told = (
        '[sweep]\nrsshub = "http://10.20.0.5:1200"\nallow_private = ["10.20.0.5"]\n[sweep.pace]\n'
    )
    names = [
        "www.qingshi.example",
        "10.20.0.5:1200",
        "m.weibo.cn",
        "nobody.example",
        "qingshi.example",
    ]
    Path("taizhang.toml").write_text(told + "".join(f'"{name}" = 60\n' for name in names), "utf-8")
    code, said = desk("sweep", "plan")
    assert code == 0, said
    warned = [name for name in names if f"写的主机 {name} " in said]
    assert warned == ["nobody.example", "qingshi.example"], said


def test_a_plan_warns_of_an_address_that_will_be_refused(desk: Desk) -> None:
    asked = '[sweep]\nrsshub = "http://10.20.0.5:1200"\n'
    ledger = "主办单位,平台,账号名称,平台ID\n青石县文旅局,微博,青石微博,1900000002\n"
    Path("more.csv").write_text(ledger, encoding="utf-8")
    assert desk("import", "more.csv", "--sender", "青石县人民政府", "--apply")[0] == 0
    Path("taizhang.toml").write_text(asked + '[sources]\n"微博" = ["rsshub"]\n', "utf-8")
    said = desk("sweep", "plan")[1]
    assert "10.20.0.5:1200 是内网地址，巡查时会拒绝访问" in said
    assert 'allow_private = ["10.20.0.5:1200"]' in said
    allowed = asked + 'allow_private = ["10.20.0.5:1200"]\n'
    Path("taizhang.toml").write_text(allowed + '[sources]\n"微博" = ["rsshub"]\n', "utf-8")
    assert "内网地址" not in desk("sweep", "plan")[1]


def test_a_plan_is_refused_with_settings_that_no_run_can_work_with(desk: Desk) -> None:
    Path("taizhang.toml").write_text('[sweep]\nca_file = "none.pem"\n', encoding="utf-8")
    code, said = desk("sweep", "plan")
    assert code == 2 and "none.pem" in said


def test_accounts_that_a_form_says_are_gone_are_named_with_the_time_of_the_second_look(
    desk: Desk,
) -> None:
    assert desk("sweep", "todo", "--out", "todo.xlsx")[0] == 0
    book = openpyxl.load_workbook("todo.xlsx")
    sheet = book["账号"]
    titles = [cell.value for cell in sheet[3]]
    sheet.cell(4, 1 + titles.index("查看结果"), "查无此账号")
    book.save("todo.xlsx")
    code, said = desk("observe", "--from", "todo.xlsx")
    assert code == 0, said
    assert "青石文旅" in said and "以后再看一次即可确定" in said


def test_words_for_values_in_the_help_of_sweeps_are_chinese(desk: Desk) -> None:
    said = desk("sweep", "show", "--help")[1]
    assert "巡查编号|查看编号|问题" in said and "RUN" not in said


def test_the_form_tells_its_time_point_as_people_write_it(desk: Desk) -> None:
    import openpyxl

    assert desk("sweep", "todo", "--out", "todo.xlsx")[0] == 0
    cells = [c for row in openpyxl.load_workbook("todo.xlsx").worksheets[0].values for c in row]
    assert "监测时间点：2026-11-16 09:00" in cells
    code, said = desk("observe", "--from", "todo.xlsx")
    assert code == 0, said


def test_lines_written_into_a_file_are_not_called_those_above(desk: Desk) -> None:
    assert "把以上各行" in desk("sweep", "install", "--format", "cron")[1]
    said = desk("sweep", "install", "--format", "cron", "--out", "jobs")[1]
    assert "把以上各行" not in said and "把文件中的各行放进 `crontab -e`" in said
    assert desk("sweep", "install", "--format", "systemd", "--out", "jobs")[0] == 0
    units = "".join(path.read_text("utf-8") for path in Path("jobs").iterdir())
    assert "# 已看到的都会保存：" in units and "# What" not in units


def test_a_plan_fits_a_terminal_and_names_private_addresses_in_one_line(desk: Desk) -> None:
    rows = (
        "".join(f"青石县文旅局,政府网站,青石{n},http://10.20.0.{n}/\n" for n in (5, 6))
        + "青石县文旅局,微博,青石微博,https://weibo.com/u/1900000002\n"
    )
    Path("more.csv").write_text(f"主办单位,平台,账号名称,链接\n{rows}", encoding="utf-8")
    assert desk("import", "more.csv", "--sender", "青石县人民政府", "--apply")[0] == 0
    Path("taizhang.toml").write_text('[sweep]\ntime_point = "周一 09:00"\n', "utf-8")
    code, said = desk("sweep", "plan", now="2026-11-19T10:00+08:00")
    assert code == 0 and said.count("内网地址") == 1
    assert 'allow_private = ["10.20.0.5", "10.20.0.6"]' in said
    table = [line for line in said.splitlines() if "─" in line or "m.weibo.cn" in line]
    assert table and all(cell_len(line) <= 120 for line in table)
    assert "每天的项数" in said and "11-19 " in said


def test_the_form_is_made_of_lists_that_are_read_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With 100,000 accounts each of them takes seconds."""
    from sweeps.people import todo

    reads: list[str] = []
    for name in ("_unanswered", "_entries", "_accounts"):

        def counted(*given: Any, read: Any = getattr(todo, name), name: str = name) -> Any:
            reads.append(name)
            return read(*given)

        monkeypatch.setattr(todo, name, counted)
    assert desk("sweep", "run")[0] == 0
    code, said = desk("sweep", "todo", "--out", "todo.xlsx")
    assert code == 0 and Path("todo.xlsx").is_file(), said
    assert sorted(reads) == ["_accounts", "_entries", "_unanswered"]
