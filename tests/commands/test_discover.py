"""`discover`: every account that a site shows is found, and nothing that is not the unit's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

import cli
from registry.db import open_registry
from registry.models import Account, Lead
from tests.checkers.qr_images import qr, saved
from tests.sweeps.loopback import Said, Server, serve

NOW = "2026-11-23T09:00"
HTML = (("Content-Type", "text/html; charset=utf-8"),)
Desk = Callable[..., tuple[int, str]]

LEDGER = """主办单位,平台,账号名称,平台ID,链接,状态
青石县人民政府办公室,新浪微博,青石发布,1000000001,,
青石县人民政府办公室,抖音,青石发布,,https://www.douyin.com/user/MS4wLjABAAAAgone_from_the_site_000000000001,
青石县公安局,新浪微博,青石公安,1000000002,,
云川市人民政府办公室,新浪微博,云川发布,1000000099,,
"""

HOME = """<!DOCTYPE html><html><head><title>青石县人民政府</title>
<style>.out{{display:none}} .pop{{display:none}} .ewm:hover .pop{{display:block}}</style></head><body>
<div class="top"><a href="/">首页</a> <a href="/xmt/index.html">政务新媒体矩阵</a>
<a href="/news/">新闻</a></div>
<div class="news"><h3>要闻</h3><ul>
 <li><a href="https://weibo.com/1000000077/AbCdEfGhI">云川公安转发：冬季防火须知</a></li>
 <li><a href="https://mp.weixin.qq.com/s?__biz=MzAwMDAwMDAwMQ==&mid=1">一篇文章的长长的标题一篇文章的长长的标题转自微信</a></li>
 <li><a href="https://weibo.com/u/1000000088">全国人大</a></li></ul></div>
<div class="article-content"><p>据<a href="https://weibo.com/u/1000000071">晨报记者</a>报道，<img src="/img/art_qr.png"></p></div>
<p>近日，我县各部门认真学习有关文件精神，开展了形式多样的宣传活动，群众可以通过多种渠道了解情况，其中
<a href="https://weibo.com/u/1000000072">一位网友</a>的微博也作了介绍，获得了广大群众的一致好评和广泛关注。活动将持续到年底。</p>
<div class="share"><a href="http://service.weibo.com/share/share.php?url=https%3A%2F%2Fweibo.com%2Fu%2F1000000070&appkey=1">分享到微博</a>
<a href="https://connect.qq.com/widget/shareqq/index.html?url=x">分享到QQ</a>
<a href="https://sns.qzone.qq.com/cgi-bin/qzshare/cgi_qzshare_onekey?url=x">空间</a>
<a href="https://www.kuaishou.com/share?url=https://www.kuaishou.com/profile/3xdecoy00000001">快手分享</a></div>
<!-- <a href="https://weibo.com/u/1000000061">旧微博</a> -->
<!--[if lt IE 9]><a href="https://weibo.com/u/1000000062">旧微博</a><![endif]-->
<script>document.write('<a href="https://weibo.com/u/1000000063">微博</a>');</script>
<noscript><a href="https://weibo.com/u/1000000064">微博</a></noscript>
<template><a href="https://weibo.com/u/1000000065">微博</a></template>
<textarea><a href="https://weibo.com/u/1000000066">微博</a></textarea>
<div style="display:none"><a href="https://weibo.com/u/1000000067">青石微博</a></div>
<a class="out" href="https://weibo.com/u/1000000068">青石微博</a>
<div style="position:absolute;left:-9999px"><a href="https://weibo.com/u/1000000069">青石微博</a></div>
<a href="javascript:void(0)">微博</a><a href="#">抖音</a><a href="mailto:a@b.example">信箱</a>
<div class="links"><div class="tit">友情链接</div><div class="con">
 <a href="https://weibo.com/u/1000000051">县融媒</a> <a href="https://space.bilibili.com/51">B站</a>
 <img src="/img/friend.png" alt="微信二维码"></div></div>
<dl><dt>政府网站导航</dt><dd><a href="https://weibo.com/u/1000000052">微博</a></dd></dl>
<ul class="yqlj"><li><a href="https://weibo.com/u/1000000053">微博</a></li></ul>
<div class="foot"><a href="https://weibo.com/u/1000000099" title="云川发布">云川发布微博</a>
 <a href="https://weibo.com/u/1000000054">云川市人民政府微博</a>
 <a href="https://weibo.com/u/1000000055">新华社官方微博</a>
 <a href="https://www.yunchuan.gov.cn/">云川市人民政府</a>
 <a href="https://weibo.com/u/1000000001"><img src="/img/wb.png" alt="青石发布微博"></a>
 <div class="ewm">客户端<div class="pop"><img src="/img/app_qr.png" alt="掌上青石客户端"></div></div>
 <img src="/img/here_qr.png" alt="手机版二维码"></div>
</body></html>"""

MATRIX = """<html><head><meta charset="gb2312"><title>政务新媒体矩阵</title></head><body>
<h2>政务新媒体矩阵</h2><ul>
 <li><a href="https://weibo.com/u/1000000002">青石公安微博</a></li>
 <li><a href="{base}/s/abc">抖音：青石文旅</a></li>
 <li><a href="https://www.kuaishou.com/profile/3xqingshi000001" title="青石融媒">快手</a></li>
 <li>教育局 <a href="https://space.bilibili.com/5550001">哔哩哔哩</a></li>
 <li><img src="/img/wx_qr.png"><p>青石发布微信公众号</p></li>
 <li><img src="/img/tt_qr.png" alt="青石发布头条号"></li>
 <li><img src="/img/round.png" alt="青石办事小程序码"></li>
 <li><img src="data:image/png;base64,{embedded}" alt="青石人社"></li>
 <li><a href="https://apps.apple.com/cn/app/id1000000005">掌上青石苹果版</a></li>
 <li><a href="/jump?to=zh">青石知乎</a></li></ul>
<h2>友情链接</h2><ul><li><a href="https://weibo.com/u/1000000056">微博</a></li></ul>
<p><a href="https://weibo.com/u/1000000002">青石公安</a> <a href="/">返回首页</a></p>
</body></html>"""

SHORT = "https://www.douyin.com/user/MS4wLjABAAAAqingshi_wenlv_00000000000000001"


def page(text: str, charset: str = "utf-8") -> Said:
    headers = HTML if charset == "utf-8" else (("Content-Type", "text/html"),)
    return Said(text.encode(charset), headers=headers)


def image(body: bytes) -> Said:
    return Said(body, headers=(("Content-Type", "image/png"),))


def leads_on(location: str) -> Said:
    return Said("", 302, (("Location", location),))


def two_pages(server: Server, short: str) -> None:
    import base64

    embedded = base64.b64encode(qr("https://www.toutiao.com/c/user/100000000007/")).decode()
    answers: dict[str, Any] = {
        "/": page(HOME.format()),
        "/xmt/index.html": page(MATRIX.format(base=short, embedded=embedded), "gb18030"),
        "/img/wx_qr.png": image(qr("http://weixin.qq.com/r/AbCdEfGhIjKl")),
        "/img/tt_qr.png": image(qr(f"{short}/s/tt")),
        "/img/round.png": image(saved(Image.new("L", (200, 200), 255))),
        "/img/app_qr.png": image(qr("https://sj.qq.com/appdetail/cn.gov.qingshi")),
        "/img/here_qr.png": image(qr(server.url("/"))),
        "/img/friend.png": image(qr("https://weibo.com/u/1000000057")),
        "/img/art_qr.png": image(qr("https://weibo.com/u/1000000058")),
        "/img/wb.png": image(saved(Image.new("L", (30, 30), 90))),
        "/jump": leads_on("https://www.zhihu.com/org/qing-shi-zhi-hu"),
    }
    server.answers.update(answers)


@pytest.fixture
def site() -> Iterator[tuple[Server, Server]]:
    """The unit's site, and a service of short links on another port."""
    with serve() as server, serve() as short:
        two_pages(server, short.url().rstrip("/"))
        short.answers.update(
            {
                "/s/abc": leads_on("/s/next"),
                "/s/next": leads_on(SHORT),
                "/s/tt": leads_on("https://www.toutiao.com/c/user/100000000006/"),
            }
        )
        yield server, short


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Desk:
    """Runs a command on a registry with a few accounts; the site may be asked on loopback."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TAIZHANG_DB", raising=False)
    monkeypatch.setenv("TAIZHANG_ACTOR", "王芳")
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    settings = (
        '[sweep]\nallow_private = ["127.0.0.1"]\nretries = 0\n[sweep.pace]\n"127.0.0.1" = 0.01\n'
    )
    Path("taizhang.toml").write_text(settings, encoding="utf-8")

    def run(*words: str, now: str = NOW) -> tuple[int, str]:
        capsys.readouterr()
        code = cli.main(["--now", now, *words])
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    Path("ledger.csv").write_text(LEDGER, encoding="utf-8")
    assert run("init", "--jurisdiction", "青石县人民政府")[0] == 0
    code, said = run("import", "ledger.csv", "--sender", "青石县人民政府", "--apply")
    assert code == 0, said
    return run


def found(desk: Desk, *words: str) -> list[dict[str, Any]]:
    code, said = desk("discover", *words, "--format", "json")
    assert code == 0, said
    rows: list[dict[str, Any]] = json.loads(said)
    return rows


def by_standing(rows: list[dict[str, Any]]) -> dict[str, set[tuple[str, str]]]:
    told: dict[str, set[tuple[str, str]]] = {}
    for row in rows:
        which = row["identifier"] or row["url"]
        told.setdefault(row["standing"], set()).add((row["platform"], which))
    return told


UNIT = ("--unit", "青石县人民政府办公室")


def test_every_planted_account_is_found_and_no_other(
    desk: Desk, site: tuple[Server, Server]
) -> None:
    server, short = site
    rows = found(desk, server.url(), *UNIT)
    told = by_standing(rows)
    assert told["lead"] == {
        ("douyin", "MS4wLjABAAAAqingshi_wenlv_00000000000000001"),
        ("kuaishou", "3xqingshi000001"),
        ("bilibili", "5550001"),
        ("wechat", "http://weixin.qq.com/r/AbCdEfGhIjKl"),
        ("toutiao", "100000000006"),
        ("toutiao", "100000000007"),
        ("app", "1000000005"),
        ("app", "cn.gov.qingshi"),
        ("zhihu", "qing-shi-zhi-hu"),
    }
    assert told["known"] == {("weibo", "1000000001")}
    assert told["others"] == {("weibo", "1000000002")}
    gone = ("douyin", "MS4wLjABAAAAgone_from_the_site_000000000001")
    assert told["not_shown"] == {gone}
    assert told.keys() == {"lead", "known", "others", "not_shown"}
    names = {row["identifier"]: row["name"] for row in rows}
    assert names["MS4wLjABAAAAqingshi_wenlv_00000000000000001"] == "青石文旅"
    assert names["5550001"] == "教育局"
    assert names["100000000007"] == "青石人社"
    assert {asked.path for asked in short.asked} == {"/s/abc", "/s/next", "/s/tt"}
    assert [path for path in server.paths() if not path.startswith("/img/")] == [
        "/",
        "/xmt/index.html",
        "/jump?to=zh",
    ]
    assert not {"/img/friend.png", "/img/art_qr.png"} & set(server.paths())


def test_leads_are_kept_once_and_reconciling_tells_of_them(
    desk: Desk, site: tuple[Server, Server]
) -> None:
    server, _short = site
    code, said = desk("discover", server.url(), *UNIT)
    assert code == 0
    assert (
        "台账中没有 9  台账中有 1  台账中已注销 0  其他单位的 1  未再展示 1  须人工查看 0" in said
    )
    assert "新增线索 9 条" in said and "taizhang filing open" in said
    assert server.url("/img/round.png") in said
    assert "新增线索 0 条" in desk("discover", server.url(), *UNIT)[1]
    with open_registry("accounts.db", None).read() as session:
        leads = session.scalars(select(Lead)).all()
        assert len(leads) == 9
        douyin = next(lead for lead in leads if lead.platform == "douyin")
        assert (douyin.name, douyin.host_unit, douyin.account_id) == (
            "青石文旅",
            "青石县人民政府办公室",
            None,
        )
        assert douyin.identifiers == {"sec_uid": "MS4wLjABAAAAqingshi_wenlv_00000000000000001"}
        assert douyin.found_at == datetime(2026, 11, 23, 1, tzinfo=UTC)
        assert server.url("/xmt/index.html") in douyin.found_where
    evidence, _again = sorted(Path("accounts.data/evidence").glob("discover-*-1.warc.gz"))
    assert evidence.name in douyin.found_where
    assert desk("reconcile", "run")[0] == 0
    findings = json.loads(desk("finding", "list", "--format", "json")[1])
    leads_told = [f for f in findings if f["code"] == "RC301"]
    assert len(leads_told) == 9
    assert all(f"（网页已存证，文件 {evidence.name}）" in f["detail"] for f in leads_told)


def test_a_dry_run_keeps_nothing(desk: Desk, site: tuple[Server, Server]) -> None:
    server, _short = site
    code, said = desk("discover", server.url(), *UNIT, "--dry-run")
    assert code == 0 and "未保存" in said
    with open_registry("accounts.db", None).read() as session:
        assert session.scalars(select(Lead)).all() == []


def test_the_unit_is_the_one_whose_website_it_is(desk: Desk, site: tuple[Server, Server]) -> None:
    server, _short = site
    code, said = desk("discover", server.url())
    assert code == 2
    assert "--unit" in said and server.url() in said
    ledger = "主办单位,平台,账号名称\n青石县人民政府办公室,政府网站,青石县人民政府\n"
    Path("sites.csv").write_text(ledger, encoding="utf-8")
    code, said = desk("import", "sites.csv", "--sender", "青石县人民政府办公室", "--apply")
    assert code == 0, said
    with open_registry("accounts.db", None).write() as session:
        account = session.scalars(select(Account).where(Account.platform == "website")).one()
        account.url = server.url("/index.html")
    rows = found(desk, server.url("/xmt/index.html"))
    told = by_standing(rows)
    assert ("kuaishou", "3xqingshi000001") in told["lead"]


def test_units_below_are_missed_only_when_asked_for(
    desk: Desk, site: tuple[Server, Server]
) -> None:
    server, _short = site
    assert desk("unit", "move", "青石县公安局", "青石县人民政府办公室")[0] == 0
    server.answers["/xmt/index.html"] = page("<html><body><p>维护中</p></body></html>")
    rows = found(desk, server.url(), *UNIT)
    assert [r["name"] for r in rows if r["standing"] == "not_shown"] == ["青石发布"]
    rows = found(desk, server.url(), *UNIT, "--below")
    missed = {r["name"]: r["host_unit"] for r in rows if r["standing"] == "not_shown"}
    assert missed == {"青石发布": "青石县人民政府办公室", "青石公安": "青石县公安局"}


def test_a_site_that_cannot_be_read_compares_nothing(
    desk: Desk, site: tuple[Server, Server]
) -> None:
    server, _short = site
    server.answers["/"] = Said("no", 403)
    code, said = desk("discover", server.url(), *UNIT)
    assert code == 2
    assert "访问被拒绝" in said and "没有比对任何账号" in said


def test_nothing_is_missed_where_a_page_could_not_be_read(
    desk: Desk, site: tuple[Server, Server]
) -> None:
    server, _short = site
    server.answers["/xmt/index.html"] = Said("busy", 503)
    code, said = desk("discover", server.url(), *UNIT)
    assert code == 0
    assert "未再展示 0  须人工查看 1" in said
    assert f"对方服务器错误  {server.url('/xmt/index.html')}" in said


def test_what_is_no_address_is_refused(desk: Desk) -> None:
    code, said = desk("discover", "ftp://www.qingshi.example/", *UNIT)
    assert code == 2 and "ftp://www.qingshi.example/" in said
