"""Made-up websites for `bench/parse.py`: home pages, columns and articles as county offices have them."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass

from registry.vocab import CheckKind

SITE = "https://www.qingshi.gov.cn/"
_WORDS = "青石县云川市公开通知工作会议教育医疗交通安全生产气象预警乡村振兴政务服务办理指南"
_ELSEWHERE = "http://xxgk.qingshi.gov.cn/"
_COLUMNS = 16


@dataclass(frozen=True)
class Site:
    """What a site answers, and what a look at it must find."""

    pages: Mapping[str, bytes]
    """Path → page."""
    expected: int
    """Entries; of a look for identity alone, marks."""
    kind: CheckKind = CheckKind.FRESHNESS


def sites(draw: random.Random) -> dict[str, Site]:
    """A whole site, a home page that leads to no column, and lists that are nothing but rows."""
    front, entries = home(draw, 100_000, ())
    found = {
        "site_16_columns": _whole(draw),
        "home_100k": Site({"/": front} | _articles(draw, front), entries),
        "identity_100k": Site({"/": front}, 4, CheckKind.IDENTITY),
    }
    for size in (20, 100, 500):
        body, rows = listing(draw, size * 1000)
        found[f"column_{size}k"] = Site({"/": _DOOR, "/xwzx/": body}, rows)
    return found


def text_of(draw: random.Random, count: int) -> str:
    """So many characters of the words that such pages are made of."""
    return "".join(draw.choices(_WORDS, k=count))


def filled(draw: random.Random, size: int, part: str) -> str:
    """The part repeated with other words and numbers, up to about `size` bytes."""
    made: list[str] = []
    length = 0
    while length < size:
        one = part.format(text_of(draw, 24), draw.randrange(10**6), draw.randrange(1, 20))
        made.append(one)
        length += len(one.encode())
    return "".join(made)


# --- a whole site --------------------------------------------------------------------------------


def _whole(draw: random.Random) -> Site:
    """A home page of 100 KB, the sixteen columns that it leads to, and the articles of both."""
    columns = [f"/zwgk/list_{number}/" for number in range(_COLUMNS)]
    front, _entries = home(draw, 100_000, columns)
    pages = {path: _column(draw, path) for path in columns} | {"/": front}
    listed = {path for page in pages.values() for path in _listed(page)}
    articles = {
        path: page for body in pages.values() for path, page in _articles(draw, body).items()
    }
    return Site(pages | articles, len(listed))


def _column(draw: random.Random, path: str) -> bytes:
    """One column as a site has it, some 30 KB: the site's navigation, menus of other sites, twenty
    rows, the foot."""
    menus = "".join(
        f'<li><a href="{_ELSEWHERE}menu_{n}/" target="_blank">{text_of(draw, 4)}</a></li>'
        for n in range(60)
    )
    others = "".join(
        f'<option value="http://www.site{n}.gov.cn/"> {text_of(draw, 8)} </option>'
        for n in range(180)
    )
    rows = "".join(
        f'<li><a href="{path}202611/t202611{day}_{draw.randrange(10**7)}.html" target="_blank"'
        f' title="{(words := text_of(draw, 24))}">{words}</a><span>2026-11-{day}</span></li>\n'
        for day in sorted((draw.randrange(10, 19) for _ in range(20)), reverse=True)
    )
    return _page(
        f'<meta name="ColumnName" content="{text_of(draw, 4)}">',
        f'<div class="nav"><ul>{menus}</ul></div><div class="main"><div class="list"><ul>{rows}</ul>'
        f'<div class="page">{text_of(draw, 6)}</div></div></div><select>{others}</select>',
    )


def _listed(page: bytes) -> list[str]:
    return re.findall(r'href="\.?(/[\w/]+\.html)"', page.decode())


def _articles(draw: random.Random, page: bytes) -> dict[str, bytes]:
    """An article of some 20 KB for each address in a page, with the day that the address names."""
    part = '<p style="text-indent:2em"><span style="font-size:16px">{0}{0}{0}</span></p>'
    text = filled(draw, 14_000, part)
    return {path: _article(path, text) for path in _listed(page)}


def _article(path: str, text: str) -> bytes:
    day = re.findall(r"t(\d{4})(\d\d)(\d\d)_", path)[0]
    return _page(
        f'<meta name="PubDate" content="{"-".join(day)} 10:00">',
        f'<div class="nav"></div><div class="article"><h1>{text[80:100]}</h1>{text}</div>',
    )


# --- pages ---------------------------------------------------------------------------------------

_DOOR = (
    '<html><head><title>青石县</title></head><body><a href="/xwzx/">要闻动态</a></body></html>'
).encode()


def listing(draw: random.Random, size: int) -> tuple[bytes, int]:
    """A list that is nothing but rows, and how many entries it has: each with its link and its day."""
    part = '<li><a href="/art/2026/11/{1}.html" title="{0}">{0}</a><span>2026-11-{2:02}</span></li>'
    head = '<html><head><title>青石县人民政府</title><meta name="SiteName" content="青石县"></head>'
    rows = filled(draw, size, part)
    addresses = {row.partition('"')[0] for row in rows.split('href="')[1:]}
    return f"{head}<body><ul>{rows}</ul></body></html>".encode(), len(addresses)


_FOOT = (
    '<div class="footer"><p>版权所有 青石县人民政府办公室</p><p>网站标识码：5300000001 云ICP备12345678号-1'
    '<a href="http://www.beian.gov.cn/portal/registerSystemInfo?recordcode=53000002000001">'
    '<img src="/images/ga.png">云公网安备 53000002000001号</a></p><span id="_ideConac"></span></div>'
    '<script src="/js/jquery.min.js"></script><script>$(function(){$("#tab li").hover(function(){'
    "var at=$(this).index();$(this).addClass('on').siblings().removeClass('on');});});</script>"
)
_STYLE = "<style>.nav li{float:left;width:10%}.box{border:1px solid #ddd}.on{color:red}</style>"


def _page(metas: str, body: str) -> bytes:
    head = (
        '<meta charset="utf-8"><meta name="SiteName" content="青石县"><meta name="SiteIDCode"'
        f' content="5300000001">{metas}<title>青石县人民政府</title>{_STYLE}'
    )
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}{_FOOT}</body></html>".encode()


def _row(draw: random.Random) -> str:
    """One entry: the day without its year, a mark, a title that is cut short."""
    day, words = draw.randrange(10, 19), text_of(draw, 24)
    return (
        f'\n        <li class="clearfix"><span class="date fr">11-{day}</span>'
        f'<a href="./zwgk/202611/t202611{day}_{draw.randrange(10**7)}.html" target="_blank"'
        f' title="{words}"><i class="dot"></i><font color="#333">{words[:18]}…</font></a></li>'
    )


def home(draw: random.Random, size: int, columns: list[str] | tuple[()]) -> tuple[bytes, int]:
    """A home page and how many entries it has: navigation, blocks of lists with tabs, a slide show,
    links to others, the marks at its foot. Without `columns` its navigation leads to another host.
    """
    menu = columns or [f"{_ELSEWHERE}list_{n}/" for n in range(30)]
    nav = "".join(f'<li class="item"><a href="{to}">{text_of(draw, 4)}</a></li>' for to in menu)
    others = "".join(
        f'<a href="http://www.site{n}.gov.cn/" target="_blank">{text_of(draw, 6)}</a>'
        for n in range(40)
    )
    blocks, length, entries = list[str](), 0, 0
    while length < size:
        rows = "".join(_row(draw) for _ in range(8))
        to = menu[len(blocks) % len(menu)]
        block = (
            f'\n<div class="box fl mt20"><div class="hd clearfix"><h2><a href="{to}">{text_of(draw, 4)}'
            f'</a></h2><a class="more" href="{to}">更多&gt;&gt;</a></div>'
            f'<div class="bd"><ul class="list">{rows}\n</ul></div><div class="pic"><a href="/special/'
            f'{len(blocks)}/"><img src="/images/{len(blocks)}.jpg" alt="{text_of(draw, 8)}"></a></div></div>'
        )
        blocks.append(block)
        length, entries = length + len(block.encode()), entries + 8
    body = f'<div class="nav"><ul>{nav}</ul></div><div class="main">{"".join(blocks)}</div>'
    return _page("", f'{body}<div class="link">{others}</div>'), entries
