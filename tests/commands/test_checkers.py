"""`checkers list` and `checkers identify`: what an office is told of its sources and of a link."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import cli

Desk = Callable[..., tuple[int, str]]


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Desk:
    """Runs a command in an empty folder, in Chinese."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TAIZHANG_DB", raising=False)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")

    def run(*words: str) -> tuple[int, str]:
        capsys.readouterr()
        code = cli.main(list(words))
        printed = capsys.readouterr()
        return code, printed.out or printed.err

    return run


def rows(said: str) -> dict[tuple[str, str], dict[str, object]]:
    return {(row["platform"], row["source"]): row for row in json.loads(said)}


def test_a_source_is_listed_with_all_that_an_office_must_know(desk: Desk) -> None:
    found = rows(desk("checkers", "list", "--format", "json")[1])
    assert found["weibo", "api"] == {
        "platform": "weibo",
        "label": "新浪微博",
        "source": "api",
        "title": "微博开放平台接口",
        "switched": "default",
        "proves": ["fresh", "stale", "existence", "name"],
        "kinds": ["freshness", "identity", "handle"],
        "needs": ["weibo"],
        "instead": [],
        "at_hand": "per_account",
        "route": "",
        "pace": found["weibo", "api"]["pace"],
    }
    assert found["weibo", "rsshub"]["route"] == "/weibo/user/{uid}"
    assert found["weibo", "rsshub"]["pace"] == {"": 5.0}
    assert found["weibo", "rsshub"]["at_hand"] == "no_rsshub"
    assert found["weibo", "page"]["pace"]["m.weibo.cn"] == 30.0  # type: ignore[index]


def test_people_read_it_in_words(desk: Desk) -> None:
    code, said = desk("checkers", "list", "--format", "csv")
    assert code == 0
    assert (
        "平台,名称,来源,说明,启用情况,能证明,检查类别,凭据,可代替的凭据,凭据是否具备,RSSHub 路由"
        in said
    )
    assert "新浪微博,visitor" in said
    assert "未启用" in said and "账号指定时" in said and "不需要" in said
    assert "m.weibo.cn 30; weibo.com 30" in said


def test_a_table_has_room_for_the_span_of_paces_only(desk: Desk) -> None:
    said = desk("checkers", "list")[1]
    assert "m.weibo.cn" not in said
    (line,) = (line for line in said.splitlines() if " visitor " in line)
    assert line.endswith("2–30")


def test_a_platform_without_a_source_is_looked_at_by_hand(desk: Desk) -> None:
    found = rows(desk("checkers", "list", "--format", "json")[1])
    assert found["kuaishou", ""]["switched"] == "by_hand"
    said = desk("checkers", "list", "--format", "csv")[1]
    assert "kuaishou,快手,,,人工查看," in said


def test_what_will_do_instead_of_a_credential_is_listed(desk: Desk) -> None:
    found = rows(desk("checkers", "list", "--format", "json")[1])
    assert found["wechat", "menu"]["needs"] == ["wechat"]
    assert found["wechat", "menu"]["instead"] == ["wechat_authorized"]
    said = desk("checkers", "list", "--format", "csv")[1]
    assert "凭据,可代替的凭据,凭据是否具备" in said


def test_the_offices_order_shows(desk: Desk) -> None:
    Path("taizhang.toml").write_text('[sources]\n"微博" = ["visitor", "page"]\n', encoding="utf-8")
    found = rows(desk("checkers", "list", "--format", "json")[1])
    mine = [
        (name, row["switched"]) for (platform, name), row in found.items() if platform == "weibo"
    ]
    assert mine[:2] == [("visitor", "office"), ("page", "office")]
    assert {switched for _name, switched in mine[2:]} == {"off"}


def test_a_wrong_order_is_told_with_what_there_is(desk: Desk) -> None:
    Path("taizhang.toml").write_text('[sources]\nweibo = ["paeg"]\n', encoding="utf-8")
    code, said = desk("checkers", "list")
    assert code == 2
    assert "该平台没有来源 paeg" in said and "此处可用：api, rsshub, page" in said
    Path("taizhang.toml").write_text('[sources]\nweibo = "page"\n[souces]\n', encoding="utf-8")
    code, said = desk("checkers", "list")
    assert code == 2
    assert "sources.weibo" in said and '请写来源清单，如 ["rsshub", "page"]。' in said
    assert "没有这个小节" in said and ", sources" in said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://weibo.com/u/1234567890", ("weibo", "uid", "1234567890")),
        ("看看 https://m.weibo.cn/u/1234567890 ，转给大家", ("weibo", "uid", "1234567890")),
        ("gh_0123456789ab", ("wechat", "gh_id", "gh_0123456789ab")),
        ("微博:1234567890", ("weibo", "uid", "1234567890")),
        ("微博：1234567890", ("weibo", "uid", "1234567890")),
    ],
)
def test_an_account_is_recognised(desk: Desk, text: str, expected: tuple[str, str, str]) -> None:
    code, said = desk("checkers", "identify", text, "--format", "json")
    (row,) = json.loads(said)
    assert (row["platform"], row["scheme"], row["value"]) == expected
    assert (code, row["advice"]) == (0, "")


@pytest.mark.parametrize(
    ("text", "platform", "advice"),
    [
        (
            "wx0123456789abcdef",
            "wechat",
            "别的平台也有这种形式的标识。如果是其中之一，请写 小程序:wx0123456789abcdef。",
        ),
        ("小程序:wx0123456789abcdef", "miniprogram", ""),
        ("weixin://dl/business/?appid=wx0123456789abcdef&path=a", "miniprogram", ""),
        ("gh_0123456789ab", "wechat", ""),
    ],
)
def test_an_id_that_others_have_too_says_so(
    desk: Desk, text: str, platform: str, advice: str
) -> None:
    code, said = desk("checkers", "identify", text, "--format", "json")
    (row,) = json.loads(said)
    assert (code, row["platform"], row["advice"]) == (0, platform, advice)


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("青石发布", "只有名称不能确定账号"),
        ("https://www.qingshi.example/x", "www.qingshi.example 不是已知平台的账号页面"),
        ("1234567890", "请写明平台，如 移动客户端:1234567890 或 "),
        (
            "https://weibo.com/u/1234567890 https://mp.weixin.qq.com/mp/profile_ext?__biz=MzAwMDAwMDAwMA==",
            "像是几个平台的",
        ),
    ],
)
def test_what_is_not_recognised_says_what_to_do_next(desk: Desk, text: str, advice: str) -> None:
    code, said = desk(
        "checkers", "identify", "https://weibo.com/u/1234567890", text, "--format", "json"
    )
    known, row = json.loads(said)
    assert code == 2
    assert known["platform"] == "weibo"
    assert (row["platform"], row["scheme"], row["value"]) == ("", "", "")
    assert advice in row["advice"]


def test_a_text_alone_needs_no_repeating_in_the_table(desk: Desk) -> None:
    code, said = desk("checkers", "identify", "https://weibo.com/u/1234567891")
    assert code == 0 and "新浪微博" in said and "所给文字" not in said
    assert (
        "所给文字"
        in desk(
            "checkers",
            "identify",
            "https://weibo.com/u/1234567891",
            "https://weibo.com/u/1234567892",
        )[1]
    )
