"""Answers of WeChat in their documented shapes, about accounts of a county that does not exist."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from checkers.base import Response, Target
from registry.vocab import CheckKind
from tests.checkers.driving import answer

GH_ID = "gh_0a1b2c3d4e5f"
BIZ = "MzAwMDAwMDAwMQ=="
APPID = "wx00112233445566aa"
NAME = "青石公安"
NOON = datetime(2026, 3, 20, 4, 0, tzinfo=UTC)
"""2026-03-20 12:00 in Shanghai, the moment of the run."""


def target(**more: Any) -> Target:
    """The account 青石公安 with every id and a credential, to be read back to 5 March."""
    given: dict[str, Any] = {
        "identifiers": {"gh_id": GH_ID, "biz": BIZ, "appid": APPID},
        "credential": f"wechat:{APPID}",
        "as_of": NOON,
        "read_back_to": datetime(2026, 3, 5, 4, 0, tzinfo=UTC),
    }
    return Target("wechat", NAME, **(given | more))


def menu_target() -> Target:
    return target(kind=CheckKind.MENU)


def entry(day: str, title: str = "青石县公安局发布防溺水提醒", **more: Any) -> dict[str, Any]:
    """One publication in an answer of getarticletotaldetail."""
    return {
        "ref_date": day,
        "msgid": "2247480001_1",
        "publish_type": 0,
        "title": title,
        "content_url": "https://mp.weixin.qq.com/s?__biz=MzAwMDAwMDAwMQ==&mid=2247480001",
        "detail_list": [{"stat_date": day, "read_user": 12}],
    } | more


def statistics(*entries: Mapping[str, Any], delayed: bool = False) -> dict[str, Any]:
    return {"list": list(entries), "is_delay": delayed}


def error(code: int, message: str = "refused rid: 69a00000-1a2b3c4d-5e6f7a8b") -> dict[str, Any]:
    return {"errcode": code, "errmsg": message}


def published_item(created: int, title: str = "通知", **content: Any) -> dict[str, Any]:
    """One item in an answer of freepublish/batchget, times inside the content as recorded."""
    news = {"title": title, "url": "https://mp.weixin.qq.com/s?mid=1", "is_deleted": False}
    return {
        "article_id": "a-1",
        "content": {"news_item": [news], "create_time": created, "update_time": created} | content,
    }


def batch(*items: Mapping[str, Any]) -> dict[str, Any]:
    return {"item": list(items), "total_count": len(items), "item_count": len(items)}


def menu(*buttons: Mapping[str, Any]) -> dict[str, Any]:
    return {"is_menu_open": 1, "selfmenu_info": {"button": list(buttons)}}


def no_variants() -> Response:
    """What menu/get answers for a menu that was made on the website."""
    return answer(error(46003, "menu no exist rid: 6-6-6"))


AUTHORIZED = f"wechat_authorized:{APPID}"


def card(**info: Any) -> dict[str, Any]:
    """An answer of api_get_authorizer_info, as a third-party platform gets it."""
    return {
        "authorizer_info": {
            "nick_name": NAME,
            "user_name": GH_ID,
            "alias": "qingshi-gongan",
            "principal_name": "青石县公安局",
            "service_type_info": {"id": 2},
            "verify_type_info": {"id": 0},
            "account_status": 1,
        }
        | info,
        "authorization_info": {
            "authorizer_appid": APPID,
            "authorizer_refresh_token": "REDACTED",
            "func_info": [{"funcscope_category": {"id": 1}}],
        },
    }


def article(
    ct: str = "1773900000",
    *,
    gh_id: str = GH_ID,
    name: str = NAME,
    body: str = "近日，青石县公安局……",
    scripts: str = "",
) -> str:
    """An article page as mp.weixin.qq.com serves it: the time stands in a script only."""
    return f"""<!DOCTYPE html><html><head>
<meta content="青石县公安局发布防溺水提醒" property="og:title"/></head><body>
<a id="js_name"> {name} </a><em id="publish_time"></em>
<div id="js_content"><p>{body}</p></div>
<script>var biz = "" || "{BIZ}"; var ct = "{ct}"; var user_name = "{gh_id}";
var nickname = htmlDecode("{name}"); var msg_title = '青石县公安局发布防溺水提醒'.html(false);
{scripts}</script></body></html>"""


def notice(words: str, scripts: str = "", tag: str = "div") -> str:
    """A page that shows one sentence instead of an article, with HTTP 200."""
    return f"""<!DOCTYPE html><html><body><div class="weui-msg">
<{tag} class="weui-msg__title warn">{words}</{tag}></div>
<a href="https://mp.weixin.qq.com/webpoc">微信公众平台运营中心</a>
<script>var biz = '' || ''; var report = "参数错误";{scripts}</script></body></html>"""


def backend_article(created: Any, **more: Any) -> dict[str, Any]:
    """One article in a list of the backend."""
    return {
        "aid": "2247480001_1",
        "title": "夏季治安行动",
        "link": "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv",
        "create_time": created,
        "update_time": created,
        "is_deleted": False,
    } | more


def backend_list(*articles: Mapping[str, Any], ret: int = 0) -> dict[str, Any]:
    """A page of the backend's list, articles packed as text within text, one per publication."""
    published = [
        {"publish_type": 101, "publish_info": json.dumps({"appmsgex": [article]})}
        for article in articles
    ]
    page = {"total_count": len(articles), "publish_list": published}
    return {"base_resp": {"ret": ret, "err_msg": "ok"}, "publish_page": json.dumps(page)}


def backend_search(*found: Mapping[str, Any]) -> dict[str, Any]:
    return {"base_resp": {"ret": 0, "err_msg": "ok"}, "list": list(found), "total": len(found)}


WXID = "qingshi-gongan"
PROFILE = "http://mp.weixin.qq.com/profile?src=3&timestamp=1773900000&ver=1&signature=aa*bb"


def sogou_row(
    wxid: str = WXID,
    unix: str = "1773900000",
    *,
    href: str = "/link?url=dn9a_x",
    name: str = "青石<em><!--red_beg-->公安<!--red_end--></em>",
) -> str:
    """One result of Sogou's search of accounts."""
    link = href.replace("&", "&amp;")
    return f"""<li id="sogou_vr_11002301_box_0"><div class="gzh-box2"><div class="txt-box">
<p class="tit"><a target="_blank" uigs="account_name_0" href="{link}">{name}</a><i></i></p>
<p class="info">微信号：<label name="em_weixinhao">{wxid}</label></p></div></div>
<dl><dt>认证：</dt><dd>青石县公安局</dd></dl>
<dl><dt>最近文章：</dt><dd><a uigs="account_article_0" href="{link}">防溺水提醒</a>
<span><script>document.write(timeConvert('{unix}'))</script></span></dd></dl></li>"""


def sogou(*rows: str) -> str:
    return f"""<!doctype html><html><head><title>青石公安的相关微信公众号 – 搜狗微信搜索</title></head>
<body><div class="news-box"><ul class="news-list2">{"".join(rows)}</ul></div></body></html>"""


def mass_sent(unix: Any, title: str = "防溺水提醒", flag: Any = 1) -> dict[str, Any]:
    """One entry of the list that WeChat shows to visitors who come from Sogou."""
    return {
        "app_msg_ext_info": {"title": title, "del_flag": flag, "content_url": "/s?a=1&amp;b=2"},
        "comm_msg_info": {"datetime": unix, "id": 1000000001, "type": 49},
    }


def profile(*entries: Mapping[str, Any], wxid: str = WXID, biz: str = BIZ) -> str:
    listed = json.dumps({"list": list(entries)}, ensure_ascii=False)
    return f"""<!DOCTYPE html><html><head><title>青石公安 </title></head><body>
<strong class="profile_nickname"> 青石公安 </strong><p class="profile_account">微信号: {wxid}</p>
<div class="weui_category_title">最近10条群发</div>
<script>var biz = "{biz}" || ""; var msgList = {listed};
        seajs.use("sougou/profile.js");</script></body></html>"""


def about(*names: str, wxid: str = WXID, biz: str = BIZ, subject: str = "青石县公安局") -> str:
    """The page 关于公众号; `names`: entries of its record of names, newest first."""
    record = f"""<div class="item-info"><div class="item-title">名称记录</div>
<div class="item-desc" id="js_div_rename_history">{"".join(names)}</div></div>"""
    return f"""<!DOCTYPE html><html><head><title>关于公众号</title></head><body>
<div class="item-info"><div class="item-title">公众号简介</div><div class="item-desc">警务</div></div>
<div class="item-info"><div class="item-title">微信号</div><div class="item-desc">{wxid}</div></div>
<div class="item-info" id="link"><div class="item-title">认证主体</div>
<a class="item-desc" href="http://mp.weixin.qq.com/mp/getverifyinfo?__biz={biz}#wechat_redirect">
<div id="js_arrow_text"> {subject} <i class="inline-icon"></i></div></a></div>
{record if names else ""}</body></html>"""


def named(day: str, words: str, scene: int = 4) -> str:
    """One entry of the record of names."""
    return f'<p class="js_item" data-scene="{scene}">\n   {day} {words}\n </p>'
