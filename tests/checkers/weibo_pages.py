"""Answers to a visitor, and pages of weibo.cn, about accounts of a county that does not exist."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from checkers._weibo.posts import _DIGITS
from tests.checkers.weibo_answers import NAME, UID, mid

SUB, SUBP = "_2Aqingshi0visitor", "0033WQingshi0001"


def callback(name: str, data: dict[str, Any] | None, retcode: int = 20000000, msg: str = "") -> str:
    """An answer of the visitor service, in the form in which a page's script is called."""
    body = {"retcode": retcode, "msg": msg, "data": data}
    return f"window.{name} && {name}({json.dumps(body)});"


def made(tid: str = "qingshi+tid/0001=", **more: Any) -> str:
    """The first answer to a visitor."""
    return callback("gen_callback", {"tid": tid, "new_tid": False, "confidence": 95} | more)


def granted(sub: str = SUB, subp: str = SUBP) -> str:
    """The second answer: the visitor's cookies."""
    return callback("cross_domain", {"sub": sub, "subp": subp})


def short(at: datetime) -> str:
    """The id of a post created at that moment as weibo.cn shows it."""
    left, signs = mid(at), ""
    while left:
        number, left = int(left[-7:]), left[:-7]
        group = ""
        while number:
            number, digit = divmod(number, 62)
            group = _DIGITS[digit] + group
        signs = (group.rjust(4, "0") if left else group) + signs
    return signs


def info(name: str = NAME, verified: str = "青石县公安局官方微博", uid: str = UID) -> str:
    """The page of particulars."""
    return _page(
        f'<div class="n"><a href="/{uid}/info?rand=1&amp;p=r" class="nl">刷新</a></div>'
        '<div class="tip">基本信息</div>'
        f'<div class="c">昵称:{name}<br/>认证:{verified}　<br/>地区:云川<br/>'
        f"认证信息：{verified}　<br/>简介:时间:每日<br/></div>"
        f'<div class="c"><a href="/album/albumlist?fuid={uid}">相册</a></div>'
    )


def wap(at: datetime | None, printed: str, *, top: bool = False, text: str = "防溺水提醒") -> str:
    """One post of the list."""
    pin = '[<span class="kt">置顶</span>]' if top else ""
    return (
        f'<div class="c" id="M_{short(at) if at else "?"}"><div>{pin}'
        f'<span class="ctt">{text}</span></div><div>赞[3]&nbsp;'
        f'<span class="ct">{printed}&nbsp;来自微博网页版</span></div></div><div class="s"></div>'
    )


def posts(*blocks: str, counted: str = "800", uid: str = UID) -> str:
    """The page of posts."""
    return _page(
        f'<div class="tip2"><span class="tc">微博[{counted}]</span>&nbsp;'
        f'<a href="/{uid}/follow">关注[9]</a>&nbsp;<a href="/{uid}/fans">粉丝[5200]</a></div>'
        f'{"".join(blocks)}<div class="pa"><form action="/{uid}" method="post"></form></div>'
    )


def says(words: str) -> str:
    """A page with a message in place of an account; it can be loaded anew like any other."""
    return _page(
        f'<div class="n"><a href="/{UID}/info?rand=7&amp;p=r">刷新</a></div>'
        f'<div class="me">{words}</div>'
    )


def _page(body: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE html><html><head><title>微博</title>'
        f'</head><body>{body}<div class="b">weibo.cn[03-20 12:00]</div></body></html>'
    )
