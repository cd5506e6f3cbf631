"""Whose a link is, by address, words and block."""

from __future__ import annotations

import pytest

from checkers._matrix.words import (
    Whose,
    account_name,
    among_friends,
    in_article,
    in_matrix,
    in_prose,
    is_content,
    is_matrix,
    is_share,
    is_short,
    leads_to_matrix,
    may_be_code,
    of_another,
    of_wechat,
    same_site,
)
from checkers._web.html import Spot

PROSE = "近日，我县各部门认真学习有关文件精神，" * 5 + "广受好评。"


@pytest.mark.parametrize(
    ("url", "share"),
    [
        ("http://service.weibo.com/share/share.php?url=x&title=y", True),
        ("https://service.weibo.com/", True),
        ("http://v.t.sina.com.cn/share/share.php?title=x", True),
        ("https://connect.qq.com/widget/shareqq/index.html?url=x", True),
        ("https://sns.qzone.qq.com/cgi-bin/qzshare/cgi_qzshare_onekey?url=x", True),
        ("https://share.example.org/x", True),
        ("https://passport.weibo.com/visitor", True),
        ("https://login.example.org/", True),
        ("https://www.douban.com/share/service?url=x", True),
        ("https://www.facebook.com/sharer/sharer.php?u=x&url=y", True),
        ("https://www.example.org/a/share.php?title=t&url=x", True),
        ("https://www.example.org/share?appkey=1", True),
        ("https://www.example.org/share?id=1", False),
        ("https://www.example.org/shared/?url=x", False),
        ("https://weibo.com/u/1000000001", False),
        ("https://weibo.com/u/1?url=x", False),
        ("https://www.myservice.weibo.com.example/", False),
        ("https://[broken", True),
    ],
)
def test_share_buttons(url: str, share: bool) -> None:
    assert is_share(url) is share


@pytest.mark.parametrize(
    ("url", "content"),
    [
        ("https://mp.weixin.qq.com/s/AbCdEf", True),
        ("https://mp.weixin.qq.com/s?__biz=x", True),
        ("https://mp.weixin.qq.com/mp/profile_ext?__biz=x", False),
        ("https://weibo.com/1000000001/AbCdEfGhI", True),
        ("https://m.weibo.cn/status/123", True),
        ("https://m.weibo.cn/detail/123", True),
        ("https://weibo.com/tv/show/1", True),
        ("https://weibo.com/ttarticle/p/show?id=1", True),
        ("https://weibo.com/u/1000000001", False),
        ("https://weibo.com/1000000001", False),
        ("https://www.douyin.com/video/1", True),
        ("https://www.douyin.com/user/x", False),
        ("https://www.bilibili.com/read/cv1", True),
        ("https://www.zhihu.com/question/1", True),
        ("https://www.xiaohongshu.com/explore/1", True),
        ("https://www.toutiao.com/article/1/", True),
        ("https://www.toutiao.com/i123/", True),
        ("https://www.toutiao.com/c/user/1/", False),
        ("https://[broken", False),
    ],
)
def test_one_post_is_no_account(url: str, content: bool) -> None:
    assert is_content(url) is content


@pytest.mark.parametrize(
    ("url", "short"),
    [
        ("https://t.cn/A6x", True),
        ("https://url.cn/x", True),
        ("https://dwz.cn/x", True),
        ("https://suo.im/x", True),
        ("https://v.douyin.com/x/", True),
        ("https://v.kuaishou.com/x", True),
        ("https://b23.tv/x", True),
        ("https://xhslink.com/x", True),
        ("https://s.example.cn/x", True),
        ("https://www.t.cn/x", False),
        ("https://t.cn.example/x", False),
        ("https://weibo.com/x", False),
        ("https://[broken", False),
    ],
)
def test_hosts_that_only_lead_on(url: str, short: bool) -> None:
    assert is_short(url) is short


@pytest.mark.parametrize(
    ("url", "wechat"),
    [
        ("http://weixin.qq.com/r/AbC", True),
        ("HTTPS://WEIXIN.QQ.COM/R/ABC", True),
        ("https://u.wechat.com/AbC", True),
        ("http://weixin.qq.com/r/", False),
        ("http://weixin.qq.com/g/AbC", False),
        ("https://mp.weixin.qq.com/s/AbC", False),
        ("https://[broken", False),
    ],
)
def test_codes_that_only_wechat_can_open(url: str, wechat: bool) -> None:
    assert of_wechat(url) is wechat


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://www.qingshi.gov.cn/a", "http://qingshi.gov.cn", True),
        ("https://www.qingshi.gov.cn:443/a", "https://www.qingshi.gov.cn/", True),
        ("http://127.0.0.1:8000/a", "http://127.0.0.1:8000/b", True),
        ("http://127.0.0.1:8000/a", "http://127.0.0.1:8001/a", False),
        ("https://xmt.qingshi.gov.cn/", "https://www.qingshi.gov.cn/", False),
        ("mailto:a@b.example", "mailto:a@b.example", False),
        ("https://[broken", "https://[broken", False),
        ("https://a.example:x/", "https://a.example:x/", False),
    ],
)
def test_one_site(one: str, other: str, same: bool) -> None:
    assert same_site(one, other) is same


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("政务新媒体", True),
        ("新媒体矩阵", True),
        ("两微一端", True),
        ("关注我们", True),
        ("联系我们", True),
        ("政务微博", True),
        ("官方微信", True),
        ("移动客户端", True),
        ("通知公告", False),
        ("", False),
        ("新媒体" + "长" * 27, True),
        ("新媒体" + "长" * 28, False),
    ],
)
def test_columns_that_may_hold_accounts(text: str, column: bool) -> None:
    assert leads_to_matrix(text) is column


def test_headings_over_accounts() -> None:
    assert is_matrix("政务新媒体") and is_matrix("扫一扫 关注") and is_matrix("官方微博")
    assert not is_matrix("联系我们") and not is_matrix("要闻")


@pytest.mark.parametrize(
    ("spot", "friends"),
    [
        (Spot(labels=("友情链接",)), True),
        (Spot(labels=("政府网站",)), True),
        (Spot(labels=("相关链接：",)), True),
        (Spot(labels=("中央媒体",)), True),
        (Spot(labels=("县区网站",)), True),
        (Spot(labels=("合作单位",)), True),
        (Spot(labels=("供销合作社",)), False),
        (Spot(labels=("要闻", "友情链接")), True),
        (Spot(labels=("新媒体矩阵", "友情链接")), False),
        (Spot(labels=("友情链接", "新媒体矩阵")), True),
        (Spot(labels=("政务新媒体 友情链接",)), False),
        (Spot(words=("yqlj",)), True),
        (Spot(words=("w", "friend-link")), True),
        (Spot(words=("yqlj",), labels=("新媒体矩阵",)), False),
        (Spot(words=("foot",), labels=("要闻",)), False),
        (Spot(), False),
    ],
)
def test_blocks_of_links_to_others(spot: Spot, friends: bool) -> None:
    assert among_friends(spot) is friends


def test_a_block_of_own_accounts() -> None:
    assert in_matrix(Spot(labels=("要闻", "新媒体矩阵")))
    assert not in_matrix(Spot(labels=("友情链接", "新媒体矩阵")))
    assert not in_matrix(Spot(labels=("要闻",)))
    assert not in_matrix(Spot())


def test_text_of_an_article() -> None:
    assert len(PROSE) > 80
    assert in_prose(Spot(row=PROSE)) and in_article(Spot(row=PROSE))
    assert not in_prose(Spot(row=PROSE.replace("。", "")))
    edge = "长" * 79 + "。"
    assert not in_prose(Spot(row=edge)) and in_prose(Spot(row="长" + edge))
    assert not in_article(Spot(row=edge)) and in_article(Spot(row="长" + edge))
    for word in ("trs_editor", "ucap-content", "article-body", "news_content", "zoom", "detail"):
        assert in_article(Spot(words=("w", word))), word
        assert not in_prose(Spot(words=("w", word)))
    assert not in_article(Spot(words=("foot",), row="青石发布"))


WHOSE = Whose(frozenset({"青石", "魅力山城"}), frozenset({"云川", "平安云川"}))


@pytest.mark.parametrize(
    ("text", "elsewhere", "in_own_block"),
    [
        ("青石发布", False, False),
        ("青石县公安局", False, False),
        ("云川市青石县公安局", False, False),
        ("魅力山城", False, False),
        ("官方微博", False, False),
        ("", False, False),
        ("云川发布", True, True),
        ("新华社", True, True),
        ("中国政府网", True, True),
        ("国务院客户端", True, True),
        ("公安局", True, False),
        ("县公安局", False, False),
        ("我县教育局", False, False),
        ("生态环境局", True, False),
        ("山河市人民政府", True, True),
        ("山河县融媒体", False, False),
        ("山河银行", True, False),
    ],
)
def test_words_that_name_another_body(text: str, elsewhere: bool, in_own_block: bool) -> None:
    assert of_another(text, WHOSE, matrix=False) is elsewhere
    assert of_another(text, WHOSE, matrix=True) is in_own_block


@pytest.mark.parametrize(
    ("url", "words", "likely"),
    [
        ("https://a.example/images/ewm.png", "", True),
        ("https://a.example/QRcode_1.jpg", "", True),
        ("https://a.example/ewm/logo.png", "", False),
        ("https://a.example/logo.png", "", False),
        ("https://a.example/1.png", "微信公众号", True),
        ("https://a.example/1.png", "青石发布", False),
        ("https://a.example/wx.png", "", True),
        ("https://a.example/lwx.png", "", False),
        ("data:image/png;base64,ewmewm", "", False),
        ("data:image/png;base64,x", "扫一扫", True),
        ("https://a.example/" + "x" * 100 + "ewm.png", "", False),
    ],
)
def test_images_that_may_be_codes(url: str, words: str, likely: bool) -> None:
    assert may_be_code(url, words) is likely


@pytest.mark.parametrize(
    ("texts", "name"),
    [
        (("青石发布微博",), "青石发布"),
        (("“青石发布”微信公众号二维码",), "青石发布"),
        (("微博", "青石公安"), "青石公安"),
        (("政务微博：青石文旅",), "青石文旅"),
        (("扫一扫关注我们", "weibo", "", "教育局"), "教育局"),
        (("官方微信",), ""),
        (("Qingshi",), ""),
        (("青",), ""),
        (("青石",), "青石"),
        (("青石B站",), "青石B站"),
        (("点击进入青石微博",), "青石微博"),
        (("扫一扫关注青石抖音号二维码",), "青石抖音号"),
        (("微信公众号：微青石",), "微青石"),
        (("抖音 青石",), "青石"),
        (("青石发布B站",), "青石发布"),
        (("青石政务",), "青石政务"),
        (("友情链接",), ""),
        (("长" * 30,), "长" * 30),
        (("长" * 31,), ""),
        (("微博" * 29 + "青石",), "青石"),
        (("微博" * 30 + "青石",), ""),
        (("青石  抖音  文旅",), "青石 文旅"),
        ((), ""),
    ],
)
def test_the_name_in_words_beside_an_account(texts: tuple[str, ...], name: str) -> None:
    assert account_name(*texts) == name


def test_an_address_in_capitals_is_no_embedded_image() -> None:
    assert may_be_code("HTTPS://a.example/EWM.png", "")
    assert may_be_code("ewm.png", "") and may_be_code("/ewm.png", "")
