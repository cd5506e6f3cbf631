"""Kuaishou, Channels and Baijiahao: their addresses and ids, and that no sweep can read them."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from checkers.baijiahao import Baijiahao
from checkers.base import Checker, Target, Unsupported, validate_identifier
from checkers.channels import Channels
from checkers.kuaishou import Kuaishou
from checkers.loading import load_checkers
from registry.vocab import Identity, Reason

CATALOGUE = load_checkers()
EID = "3xqingshi0001x"
SPH = "sphQingShi0001x"
FINDER = "v2_060000231003b20faec8c6e48e1ac7d0@finder"
APP_ID = "1612345678901234"


def told(checker: Checker, text: str) -> tuple[str, str] | None:
    found = checker.identify(text)
    assert found is None or found.platform == checker.platform
    return (found.scheme, found.value) if found else None


@pytest.mark.parametrize(
    ("checker", "why"),
    [
        (Kuaishou(), "its lists are signed, and its feeds carry no dates"),
        (Channels(), "it has no public page and no public interface"),
        (
            Baijiahao(),
            "no list of its articles may be asked for without a login or a signature",
        ),
    ],
)
@pytest.mark.parametrize("source", ["page", "api", "rsshub", ""])
def test_whatever_is_asked_of_it_a_person_must_look(
    checker: Checker, why: str, source: str
) -> None:
    assert checker.sources == ()
    target = Target(checker.platform, "青石发布", identifiers={"eid": EID, "channels_id": SPH})
    with pytest.raises(Unsupported) as stopped:
        checker.check(target, source)
    assert (stopped.value.reason, stopped.value.detail) == (Reason.BY_HAND, why)
    assert CATALOGUE.find_source(checker.platform, "page") is None


# --- Kuaishou -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "scheme", "value"),
    [
        (f"https://www.kuaishou.com/profile/{EID}?shareToken=x", "eid", EID),
        (f"https://live.kuaishou.com/u/{EID}", "eid", EID),
        (f"https://c.kuaishou.com/fw/user/{EID}", "eid", EID),
        (f"https://v.m.chenzhongtech.com/fw/user/{EID}?cc=share", "eid", EID),
        (f"https://m.gifshow.com/fw/user/{EID}", "eid", EID),
        ("https://live.kuaishou.com/profile/qingshi_01", "kuaishou_id", "qingshi_01"),
        (EID, "eid", EID),
        (f" {EID}\n", "eid", EID),
        ("快手号：qingshi_01", "kuaishou_id", "qingshi_01"),
        ("青石发布 快手ID: 987654321", "kuaishou_id", "987654321"),
    ],
)
def test_kuaishous_accounts_are_recognised(text: str, scheme: str, value: str) -> None:
    assert told(Kuaishou(), text) == (scheme, value)
    assert validate_identifier(Kuaishou(), scheme, value)


@pytest.mark.parametrize(
    "url",
    [
        "https://v.kuaishou.com/AbC123",
        "https://v.kuaishouapp.com/s/AbC123",
        "https://www.kuaishou.com/f/X-AbC123",
    ],
)
def test_kuaishous_short_links_are_kept(url: str) -> None:
    for glue in (" ", ""):
        text = f"{url}{glue}青石发布 复制此消息，打开【快手】直接观看！"
        assert Kuaishou().identify(text) == Identity("kuaishou", "url", url, url)


@pytest.mark.parametrize(
    "text",
    [
        "qingshi_01",
        "3xabc",
        EID.upper(),
        f"{EID} {EID}",
        f"青石{EID}",
        f"青石发布 {EID}",
        "快手号：青石发布",
        "快手号：ab",
        "https://www.kuaishou.com/short-video/3xabcdefghij01",
        "https://v.m.chenzhongtech.com/fw/photo/3xabcdefghij01",
        "https://v.m.chenzhongtech.com/fw/user/qingshi_01",
        "https://v.kuaishouapp.com/AbC123",
        "https://www.kuaishou.com/profile/青石",
    ],
)
def test_kuaishou_leaves_alone_what_names_no_account(text: str) -> None:
    assert Kuaishou().identify(text) is None


# --- Channels -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "scheme", "value"),
    [
        (SPH, "channels_id", SPH),
        (f"视频号ID：{SPH}", "channels_id", SPH),
        (f"青石发布（视频号: {SPH}）", "channels_id", SPH),
        (FINDER, "finder", FINDER),
        (f"finderUserName={FINDER}&nonce=1", "finder", FINDER),
        ("长。" * 2000 + FINDER, "finder", FINDER),
    ],
)
def test_channels_are_recognised(text: str, scheme: str, value: str) -> None:
    assert told(Channels(), text) == (scheme, value)
    assert validate_identifier(Channels(), scheme, value)


def test_the_share_link_of_a_channel_is_kept() -> None:
    url = "https://weixin.qq.com/sph/AbC-d_1"
    for text in (f"青石发布的视频号 {url} 快来看", f"青石发布{url}快来看"):
        assert Channels().identify(text) == Identity("channels", "url", url, url)
        assert CATALOGUE.identify(text) == Identity("channels", "url", url, url)


@pytest.mark.parametrize(
    "text",
    [
        "青石发布",
        "视频号：青石发布",
        "sphshort",
        f"视频号ID：{SPH.upper()}",
        "sph" + "a" * 21,
        f"{SPH} 关注",
        FINDER + "s",
        "x" + FINDER,
        "v2_060000231003@finder",
        "https://channels.weixin.qq.com/platform",
        "https://mp.weixin.qq.com/sph/AbCd1",
        "https://weixin.qq.com/sph/",
    ],
)
def test_channels_leave_alone_what_names_no_account(text: str) -> None:
    assert Channels().identify(text) is None


# --- Baijiahao ----------------------------------------------------------------------------------


def shared(context: str, host: str = "author.baidu.com", path: str = "/home") -> str:
    return f"https://{host}{path}?type=profile&action=profile&context={quote(context)}&from=x"


@pytest.mark.parametrize(
    "text",
    [
        f"https://author.baidu.com/home/{APP_ID}?from=x",
        f"https://author.baidu.com/home?from=bjh_article&app_id={APP_ID}",
        f"https://baijiahao.baidu.com/u?app_id={APP_ID}&wfr=spider",
        shared(f'{{"from":"ugc_share","app_id":"{APP_ID}"}}'),
        shared(f'{{"app_id":{APP_ID}}}', "mbd.baidu.com", "/webpage"),
        "【青石发布】 " + shared(f'{{"app_id":"{APP_ID}"}}') + " 打开百度App查看",
        f"https://author.baidu.com/home/{APP_ID}打开百度App查看",
        shared(f'{{"app_id":"{APP_ID}"}}') + "打开百度App查看",
        f"百家号ID：{APP_ID}",
    ],
)
def test_baijiahaos_accounts_are_recognised(text: str) -> None:
    assert told(Baijiahao(), text) == ("app_id", APP_ID)


def test_a_share_link_keeps_its_address() -> None:
    url = shared(f'{{"app_id":"{APP_ID}"}}')
    assert Baijiahao().identify(url) == Identity("baijiahao", "app_id", APP_ID, url)
    short = "https://mbd.baidu.com/ma/s/AbC123"
    assert Baijiahao().identify(f"青石发布 {short} ") == Identity("baijiahao", "url", short, short)


@pytest.mark.parametrize(
    "text",
    [
        APP_ID,
        "百家号：青石发布",
        "百家号ID：1234567",
        "百家号ID：" + "1" * 21,
        "https://baijiahao.baidu.com/s?id=1877446299628255783",
        "https://author.baidu.com/home/1234567",
        "https://author.baidu.com/home?app_id=x",
        shared(
            '{"nid":"news_9664507230212976443"}', "mbd.baidu.com", "/newspage/data/landingsuper"
        ),
        shared(f'{{"app_id":"{APP_ID}"}}', "mbd.baidu.com", "/home"),
        shared(f'{{"app_id":"{APP_ID}"}}', "www.baidu.com", "/home"),
        shared('{"app_id":"青石"}'),
        shared('{"app_id":"1234567"}'),
        shared(f'["{APP_ID}"]'),
        shared("{"),
        shared("[" * 1500),
    ],
)
def test_baijiahao_leaves_alone_what_names_no_account(text: str) -> None:
    assert Baijiahao().identify(text) is None
