"""The made-up website of the county: its home page, two columns 栏目 and their articles.

Planted on it: the foot lacks the mark of the public security filing, and one link leads nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from registry.dates import shanghai_date
from sample.county import BY_KEY, SITE

KEY = "website:青石县人民政府门户网站"
DEAD_LINK = f"{SITE}/yuyue/index.html"
"""The entry 在线预约 of the site and of the menu of 青石发布."""

_HOME, _ROBOTS = f"{SITE}/", f"{SITE}/robots.txt"
_SINCE = date(2026, 6, 1)
_IN_COLUMN = 12


@dataclass(frozen=True, slots=True)
class Column:
    """One column. Its titles come round again and again."""

    name: str
    folder: str
    every: int
    """Days between two entries."""
    on_home: int
    """Entries that the home page shows."""
    titles: tuple[str, ...]

    @property
    def url(self) -> str:
        """The address of its page."""
        return f"{SITE}/{self.folder}/index.html"


@dataclass(frozen=True, slots=True)
class _Item:
    """One article of a column."""

    day: date
    title: str
    url: str


COLUMNS = (
    Column(
        "政务要闻",
        "zwyw",
        2,
        5,
        (
            "县政府召开常务会议研究民生实事",
            "全县冬季安全生产工作部署会召开",
            "城关镇老旧小区改造项目完工",
            "县领导走访慰问困难群众",
            "青石河治理二期工程开工",
            "我县秋粮收购工作有序推进",
            "县政务服务大厅延长办事时间",
            "全县防火宣传月活动启动",
        ),
    ),
    Column(
        "通知公告",
        "tzgg",
        9,
        3,
        (
            "关于开展城乡居民医保参保缴费的通告",
            "关于青石大道东段临时交通管制的通告",
            "县政府办公室关于调整值班电话的通知",
            "关于公开征求供水管理办法意见的公告",
            "关于申报就业创业补贴的通知",
        ),
    ),
)


class Site:
    """Answers for every address of the site: status, content type, body."""

    def __call__(self, url: str, at: datetime) -> tuple[int, str, bytes]:
        """What comes back for `url` at the moment `at` (aware)."""
        today = shanghai_date(at)
        if url == _ROBOTS:
            return 200, "text/plain", b"User-agent: *\nDisallow: /admin/\n"
        if url == DEAD_LINK:
            return _html(_page("404 Not Found", "<p>404 Not Found</p>"), 404)
        if url == _HOME:
            return _html(_home(today))
        for column in COLUMNS:
            if url == column.url:
                return _html(_column_page(column, today))
            for item in _items(column, today):
                if url == item.url:
                    return _html(_article(column, item))
        return _html(_page("青石县人民政府门户网站", "<p>主办：青石县人民政府</p>"))


def _html(text: str, status: int = 200) -> tuple[int, str, bytes]:
    return status, "text/html; charset=utf-8", text.encode()


def _items(column: Column, today: date) -> list[_Item]:
    """Its articles up to that day, newest first."""
    made: list[_Item] = []
    for number in range((today - _SINCE).days // column.every + 1):
        day = _SINCE + timedelta(days=number * column.every)
        title = column.titles[number % len(column.titles)]
        url = f"{SITE}/{column.folder}/{day:%Y%m}/t{day:%Y%m%d}_{number + 1}.html"
        made.append(_Item(day, title, url))
    return made[::-1]


def _home(today: date) -> str:
    """Lists of both columns, and a foot with the marks that the site has."""
    links = {column.name: column.url for column in COLUMNS}
    links |= {"办事服务": f"{SITE}/bszn/index.html", "在线预约": DEAD_LINK}
    menu = " ".join(f'<a href="{url}">{name}</a>' for name, url in links.items())
    lists = "\n".join(
        f"<div><h2>{column.name}</h2>{_list(_items(column, today)[: column.on_home])}</div>"
        for column in COLUMNS
    )
    return _page("青石县人民政府门户网站", f"<nav>{menu}</nav>\n{lists}\n{_foot()}")


def _foot() -> str:
    """党政机关标识, 找错, 网站标识码 and ICP; 公安备案 is missing."""
    code = _site_code()
    return f"""<div class="footer"><p>主办：青石县人民政府</p>
<p>网站标识码：{code} 云ICP备00005399号-1</p>
<span id="_ideConac"></span>
<script id="_jiucuo_" sitecode="{code}" src="https://zfwzzc.www.gov.cn/sample/5399.js"></script>
</div>"""


def _site_code() -> str:
    return BY_KEY[KEY].identifiers["site_code"]


def _column_page(column: Column, today: date) -> str:
    held = {"ColumnName": column.name, "ColumnType": column.name}
    return _page(column.name, _list(_items(column, today)[:_IN_COLUMN]), held)


def _article(column: Column, item: _Item) -> str:
    held = {
        "ColumnName": column.name,
        "ArticleTitle": item.title,
        "PubDate": f"{item.day} 09:30",
        "ContentSource": "青石县人民政府办公室",
    }
    text = f"<h1>{item.title}</h1><p>发布时间：{item.day}</p><p>详情请咨询县人民政府办公室。</p>"
    return _page(item.title, text, held)


def _list(items: list[_Item]) -> str:
    rows = (f'<li><a href="{i.url}">{i.title}</a><span>{i.day}</span></li>' for i in items)
    return "<ul>" + "\n".join(rows) + "</ul>"


def _page(title: str, body: str, held: Mapping[str, str] | None = None) -> str:
    """A page with the meta tags of 国办发〔2017〕47号; `held`: those beside the site's own."""
    told = {"SiteName": "青石县人民政府门户网站", "SiteIDCode": _site_code(), **(held or {})}
    metas = "".join(f'<meta name="{name}" content="{value}">\n' for name, value in told.items())
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title>\n{metas}</head>'
        f"<body>{body}</body></html>"
    )
