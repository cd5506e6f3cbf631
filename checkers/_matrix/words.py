"""Whose a link on a unit's site is, by its address, its words and the block that it stands in.

Share buttons, content of platforms, links to friends and accounts that name another body are not
the unit's. Where words say nothing, the link counts: a person looks at every lead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from checkers._web.html import Spot

_COLUMN = re.compile(
    r"新媒体|矩阵|两微一端|双微|三微一端|关注我们|联系我们|政务(?:微博|微信|抖音|头条|公众号)"
    r"|官方(?:微博|微信|抖音|账号)|微博微信|微信微博|微矩阵|移动端|客户端|手机版|掌上|无障碍矩阵"
)
_MATRIX = re.compile(
    r"新媒体|矩阵|两微一端|双微|关注我们|扫一扫|扫码|政务(?:微博|微信|抖音|头条)"
    r"|官方(?:微博|微信|抖音|账号)|二维码"
)
_FRIENDS = re.compile(
    r"友情链接|友情连接|相关链接|网站链接|链接导航|网站导航|站点导航|政府网站|政务网站|网站群|站群"
    r"|部门网站|下级网站|上级网站|县区网站|兄弟(?:单位|县|区|市|网)|友好(?:链接|单位|网站)|常用网站|常用链接|快速链接|外部链接"
    r"|(?:中央|新闻|主流|网络|重点)媒体|媒体链接|其他(?:网站|单位|链接)|合作(?:单位|伙伴|媒体|网站)"
)
_FRIEND_CLASS = re.compile(
    r"friend|yqlj|youqing|flink|frlink|blogroll|wzdh|wzlj|outlink|weblink|sitenav|site-nav"
)
_ARTICLE_CLASS = re.compile(
    r"trs_editor|ucap-content|article|news_?con|newscon|zoom|detail|v_news_content|con_?txt"
    r"|pages_content|xxgk|post-body|entry"
)
_SHARE_HOST = re.compile(
    r"^(?:service\.weibo\.com|v\.t\.sina\.com\.cn|widget\.weibo\.com|share\.\S+|connect\.qq\.com"
    r"|sns\.qzone\.qq\.com|s\.jiathis\.com|www\.jiathis\.com|api\.bshare\.cn|s\.share\.baidu\.com"
    r"|open\.weixin\.qq\.com|xui\.ptlogin2\.qq\.com|api\.weibo\.com|passport\.\S+|login\.\S+)$"
)
_SHARE_PATH = re.compile(
    r"/(?:share|sharer|sendto|dialog/share|cgi-bin/qzshare)\b|share\.php", re.I
)
_SHARE_QUERY = re.compile(r"(?:^|&)(?:url|share_url|rurl|appkey|pics?)=", re.I)
_CONTENT = re.compile(
    r"^(?:mp\.weixin\.qq\.com/s\b"
    r"|(?:www\.|m\.)?weibo\.(?:com|cn)/(?:\d{6,11}/[A-Za-z0-9]{7,12}|detail/|status/|ttarticle/|tv/)"
    r"|(?:www\.)?(?:douyin|kuaishou|bilibili|ixigua|zhihu|xiaohongshu)\.com/"
    r"(?:video|note|short-video|read|article|p|question|explore|discovery)/"
    r"|(?:www\.|m\.)?toutiao\.com/(?:article|video|w|a|i)\d*/?)",
    re.I,
)
_SHORT_HOST = re.compile(
    r"^(?:t\.cn|url\.cn|w\.url\.cn|dwz\.cn|suo\.(?:im|nz)|mrw\.so|985\.so|sourl\.cn|tinyurl\.com"
    r"|bit\.ly|v\.douyin\.com|v\.kuaishou\.com|b23\.tv|xhslink\.com|m\.toutiao\.com"
    r"|v\.ixigua\.com|mr\.baidu\.com|kurl\.\w+\.\w+|s\.\w{1,12}\.(?:cn|com))$"
)
_OF_WECHAT = re.compile(r"^(?:weixin\.qq\.com/r/|u\.wechat\.com/)\S", re.I)

_NATION = re.compile(
    r"中国政府网|国务院|中华人民共和国|人民日报|人民网|新华社|新华网|央视|中央|求是|光明|国家|全国"
    r"|共产党员网|中国"
)
_BODY = re.compile(
    r"[\u4e00-\u9fff]{2,20}?(?:政府|委员会|管委会|局|厅|法院|检察院|日报|晚报|电视台|新闻网|银行"
    r"|大学|学院|医院|公司|集团|街道|协会|办公室)"
)
_REGION = re.compile(r"[\u4e00-\u9fff]{2,7}(?:省|市|县|区|州|旗|盟)")
_OWN_WORDS = re.compile(r"^(?:本|我|县|市|区|省|州|该)")

_PLATFORM = (
    r"政务(?=微博|微信|抖音|头条|快手|新媒体)|微信公众号|公众号|订阅号|服务号|视频号|微信|新浪|腾讯|微博"
    r"|抖音号?|快手号?|今日头条|头条号?|百家号|哔哩哔哩|bilibili|B站号?|小红书号?|知乎号?|澎湃号"
    r"|人民号|强国号|小程序|客户端"
)
_NO_NAME = re.compile(
    _PLATFORM + r"|二维码|扫一扫|扫码|扫描|关注|我们|欢迎|点击|进入|下载|安卓|苹果"
    r"|iOS|Android|App\s?Store|APP|官方账号|官方|账号|新媒体|矩阵|图标|logo|ewm|qrcode|qr|icon"
    r"|weixin|weibo|wechat|douyin|两微一端|链接|更多|首页|请|用|长按|识别|手机|版",
    re.I,
)
_GLUED = re.compile(f"(?:{_PLATFORM})+", re.I)
_SHORT = 4
"""Characters from which what is left of a name without its platform can be a name of its own."""
_ENDS = re.compile(r"^[\W_]+|[\W_]+$")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")

_OF_A_POST = re.compile(
    r"转发|转载|转自|分享|原文|来源|出处|详情|阅读|查看|全文|直播|回放|视频(?!号)|话题|评论|图文|专题|活动"
)

_QR_WORDS = re.compile(
    r"qr|ewm|erweima|erwei|2wm|2vm|weixin|wechat|(?<![a-z])wx|weibo|(?<![a-z])wb|douyin|(?<![a-z])dy"
    r"|kuaishou|toutiao|gzh|(?<![a-z])app|code|二维码|扫一扫|扫码|微信|微博|抖音|公众号|快手|头条"
    r"|小程序|客户端|视频号|新媒体",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Whose:
    """What is known of the unit and of others, to tell their accounts apart."""

    own: frozenset[str] = frozenset()
    """Regions, names and accounts of the unit and of those below it."""
    others: frozenset[str] = frozenset()
    """Regions and accounts of other units."""


def leads_to_matrix(text: str) -> bool:
    """True for the name of a column that may show the unit's accounts."""
    return len(text) <= 30 and bool(_COLUMN.search(text))


def is_matrix(text: str) -> bool:
    """True for a heading over the unit's accounts."""
    return bool(_MATRIX.search(text))


def is_share(url: str) -> bool:
    """True for a button that posts to a platform and leads to no account."""
    parts = _split(url)
    if parts is None:
        return True
    host, path, query = parts
    if _SHARE_HOST.match(host):
        return True
    return bool(_SHARE_PATH.search(path)) and bool(_SHARE_QUERY.search(query))


def is_content(url: str) -> bool:
    """True for one post, video or article of a platform."""
    parts = _split(url)
    return parts is not None and bool(_CONTENT.match(parts[0] + parts[1]))


def speaks_of_a_post(text: str) -> bool:
    """True for words at a link that speak of one post and not of who wrote it: 转发微博."""
    return bool(_OF_A_POST.search(text))


def is_front(url: str) -> bool:
    """True for the front page of a host: a platform's own, which is nobody's account."""
    parts = _split(url)
    return parts is not None and parts[1] in {"", "/"} and not parts[2]


def is_short(url: str) -> bool:
    """True for an address whose host only leads on."""
    parts = _split(url)
    return parts is not None and bool(_SHORT_HOST.match(parts[0]))


def of_wechat(url: str) -> bool:
    """True for what a QR code of an official account holds: only WeChat knows which it is."""
    parts = _split(url)
    return parts is not None and bool(_OF_WECHAT.match(parts[0] + parts[1]))


def same_site(one: str, other: str) -> bool:
    """True when two addresses lie on one site; `www` makes no difference, a port does."""
    return _site(one) == _site(other) != ""


def among_friends(spot: Spot) -> bool:
    """True for a block of links to others; the nearest heading that says anything decides."""
    for label in spot.labels:
        if is_matrix(label):
            return False
        if _FRIENDS.search(label):
            return True
    return any(_FRIEND_CLASS.search(word) for word in spot.words)


def in_matrix(spot: Spot) -> bool:
    """True when a heading over it says that the unit's accounts stand here."""
    return any(is_matrix(label) for label in spot.labels) and not among_friends(spot)


def in_article(spot: Spot) -> bool:
    """True inside the text of an article: a class says so, or a long sentence around it."""
    prose = len(spot.row) > 80 and "。" in spot.row
    return prose or any(_ARTICLE_CLASS.search(word) for word in spot.words)


def in_prose(spot: Spot) -> bool:
    """True inside a long sentence."""
    return len(spot.row) > 80 and "。" in spot.row


def of_another(text: str, whose: Whose, *, matrix: bool) -> bool:
    """True when the words at a link name a body that is not the unit's. A unit's own matrix lists
    its departments by short names; elsewhere such a name means somebody else."""
    if any(name in text for name in whose.own):
        return False
    if any(name in text for name in whose.others) or _NATION.search(text):
        return True
    body = _BODY.search(text)
    if body is None or _OWN_WORDS.match(body.group()):
        return False
    return not matrix or bool(_REGION.search(body.group()))


def may_be_code(url: str, words: str) -> bool:
    """True when an image's address or words say that it may be a QR code."""
    name = url[:5] if url[:5] == "data:" else url.rpartition("/")[2]
    return bool(_QR_WORDS.search(f"{name[:100]} {words}"))


def account_name(*texts: str) -> str:
    """The name in the first text that holds more than words for platforms; else nothing. Of a short one
    a platform that is glued to it is a part: 青石B站, of which 青石 alone is no account."""
    for text in texts:
        if len(text) > 60 or _FRIENDS.search(text):
            continue
        name = _ENDS.sub("", _NO_NAME.sub(" ", text))
        if 2 <= len(name) <= 30 and _CHINESE.search(name):
            return re.sub(r"\s+", " ", name) + (_glued(name, text) if len(name) < _SHORT else "")
    return ""


def _glued(name: str, text: str) -> str:
    """The words for platforms right behind a name in its text."""
    found = _GLUED.match(text, text.find(name) + len(name))
    return found.group() if found else ""


def _split(url: str) -> tuple[str, str, str] | None:
    try:
        parts = urlsplit(url)
        return (parts.hostname or "").lower(), parts.path, parts.query
    except ValueError:
        return None


def _site(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower().removeprefix("www.")
        port = parts.port
    except ValueError:
        return ""
    return f"{host}:{port}" if host and port not in {None, 80, 443} else host
