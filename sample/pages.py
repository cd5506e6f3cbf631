"""The pages and feeds of the sample as text: an article, a notice, a feed, a page of a store."""

from __future__ import annotations

import json
from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape

from sample.county import SITE, Entry
from sample.voices import Shown, voice

_CHANNELS = {
    "bilibili": "{name} 的 bilibili 空间",
    "toutiao": "{name} 的头条",
}
_ITEMS = 20


def article_page(entry: Entry, post: Shown) -> str:
    """An article as mp.weixin.qq.com serves it: its time stands in a script only."""
    return f"""<!DOCTYPE html><html><head>
<meta content="{post.title}" property="og:title"/></head><body>
<a id="js_name"> {voice(entry).shows or entry.name} </a><em id="publish_time"></em>
<div id="js_content"><p>{post.title}。详情见本单位公告栏。</p></div>
<script>var biz = "" || "{entry.identifiers['biz']}"; var ct = "{int(post.at.timestamp())}";
var user_name = "{entry.identifiers['gh_id']}"; var nickname = htmlDecode("{entry.name}");
</script></body></html>"""


def notice_page(words: str) -> str:
    """One sentence in place of an article, with HTTP 200."""
    return f"""<!DOCTYPE html><html><body><div class="weui-msg">
<div class="weui-msg__title warn">{words}</div></div>
<script>var biz = '' || '';</script></body></html>"""


def feed_page(entry: Entry, shown: list[Shown], at: datetime) -> bytes:
    """An RSS document of the newest posts."""
    name = escape(_CHANNELS[entry.platform].format(name=entry.name))
    items = "".join(
        f"<item><title>{escape(post.title)}</title><link>{SITE}/{number}.html</link>"
        f"<pubDate>{format_datetime(post.at)}</pubDate></item>\n"
        for number, post in enumerate(shown[:_ITEMS], start=1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>'
        f"<title>{name}</title><link>{SITE}/</link>"
        f"<lastBuildDate>{format_datetime(at)}</lastBuildDate>\n{items}</channel></rss>"
    ).encode()


def store_page(entry: Entry) -> str:
    """The page of an app that 应用宝 offers: what it says of it stands in a script."""
    detail = {
        "pkgName": entry.identifiers["package"],
        "appName": entry.name,
        "versionName": "2.6.1",
    }
    data = json.dumps({"appDetail": detail}, ensure_ascii=False)
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{entry.name}</title></head>'
        f"<body><script>window.systemData = {data};</script></body></html>"
    )
