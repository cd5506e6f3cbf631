"""Who there is in 青石县: what the ledger declares, what platforms show, what the national system
lists. As it stands here nothing is wrong; `plants` spoils one thing at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from tests.conftest import NOW

T = NOW
"""The time point of the first sweep, 2026-11-22 09:00 in Shanghai; the second is a week later."""
WEEK = timedelta(days=7)
LOOKED = timedelta(days=1, hours=1)
"""So long after a time point it is looked at: WeChat's statistics of a day come on the next."""

OFFICE, REGION = "青石县人民政府办公室", "530999"
EVERY_THIRD_DAY = tuple(range(1, 60, 3))
OF_A_SITE = (1, 4, 7, 10, 13, 16)


DESK, MINI = "https://service.qingshi.example/desk", "wx00000000000000aa"


@dataclass(frozen=True, slots=True)
class Declared:
    """One row of the ledger as it was first imported."""

    platform: str
    name: str
    host: str
    id: str
    form: str = ""
    url: str = ""
    subject: str = ""
    """Verified subject; its host unless said."""

    @property
    def scheme(self) -> str:
        return {"wechat": "appid", "bilibili": "mid", "app": "appstore_id"}.get(
            self.platform, "uid"
        )


@dataclass(frozen=True, slots=True)
class Shown:
    """What the platform shows of an account; what is None is as declared."""

    name: str | None = None
    subject: str | None = None
    posts: tuple[int, ...] = EVERY_THIRD_DAY
    """How many days before the time point each post was made."""
    text: str = "青石县召开防汛工作会议"
    instead: str = ""
    """`gone` or `restricted`, in the platform's words, in place of all this."""
    menu: tuple[str, ...] = (DESK,)
    """Addresses behind the buttons of a menu; `MINI` opens the mini-program."""
    mini: int = 0
    """What WeChat says of the mini-program's page: an error code, 0 for none."""
    site: str = ""
    """What is wrong with a website; see `sites`."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of the national system's export."""

    code: str
    host: str
    platform: str
    form: str
    name: str
    id: str
    state: str = "正常运行"
    region: str = ""
    """Code of the host unit's region, where the export has it."""


def _weibo(number: int, name: str, host: str = "") -> Declared:
    return Declared("weibo", f"青石{name}", host or f"青石县{name}局", f"1000000{number:03}")


def _wechat(number: int, name: str, host: str = "") -> Declared:
    appid = f"wx{number:016}"
    return Declared("wechat", f"青石{name}", host or f"青石县{name}局", appid, "服务号")


def _site(host: str, name: str, unit: str = "") -> Declared:
    return Declared("website", name, unit or name, "", url=f"https://{host}.qingshi.example/")


CAST: Mapping[str, Declared] = {
    "silent": _weibo(1, "水利"),
    "asleep": _weibo(2, "林业"),
    "late": _weibo(3, "教育"),
    "empty": _weibo(4, "审计"),
    "muted": _weibo(5, "统计"),
    "closing": _weibo(6, "体育"),
    "gone": _weibo(7, "文联", "青石县文学艺术界联合会"),
    "renamed": _weibo(8, "民政"),
    "verified": _weibo(9, "财政"),
    "rehosted": _weibo(10, "交通", "青石县交通运输局"),
    "stopped": _weibo(11, "粮食"),
    "unlisted": _weibo(12, "气象"),
    "listed": _weibo(13, "档案"),
    "doubled": _weibo(14, "供电", "青石县供电公司"),
    "twice": _weibo(15, "司法"),
    "likened": _weibo(16, "融媒", "青石县融媒体中心"),
    "named": _weibo(17, "应急", "青石县应急管理局"),
    "orphan": _weibo(18, "扶贫", "青石县扶贫开发办公室"),
    "spoken": _weibo(19, "公安"),
    "tourism": _weibo(31, "旅游"),
    "tourism_video": Declared("bilibili", "青石旅游", "青石县旅游局", "51000031"),
    "trade": _weibo(32, "招商"),
    "coop": _weibo(33, "供销", "青石县供销合作社联合社"),
    "post": _weibo(34, "邮政"),
    "salt": _weibo(35, "盐务"),
    "menu_link": _wechat(41, "人社", "青石县人力资源和社会保障局"),
    "menu_mini": _wechat(42, "医保", "青石县医疗保障局"),
    "menu_secure": _wechat(43, "税务"),
    "app": Declared("app", "青石通", "青石县大数据局", "1000000051"),
    "county_site": _site("www", "青石县人民政府", OFFICE),
    "health_site": _site("wjj", "青石县卫生健康局"),
    "farm_site": _site("nyj", "青石县农业农村局"),
    "house_site": _site("zjj", "青石县住房和城乡建设局"),
    "land_site": _site("zrj", "青石县自然资源局"),
    "reform_site": _site("fgj", "青石县发展和改革局"),
    "code_site": _site("wlj", "青石县文化馆"),
    "label_site": _site("bwg", "青石县博物馆"),
}
"""Everybody in the clean county."""

CLOSING = ("closing",)
"""Being stopped, within the time allowed."""

CLOSED = ("tourism", "trade", "coop", "post", "salt")
"""Cancelled half a year ago, with the platform's proof; gone from their platforms."""

NEWCOMERS: Mapping[str, Declared] = {
    "second": Declared("weibo", "青石用电服务", "青石县供电公司", "1000000061"),
    "like": Declared("weibo", "青石融媒", "青石县国有资产公司", "1000000063"),
    "police": Declared("weibo", "青石交警", "青石县公安局交通警察大队", "1000000065"),
    "other_name": Declared("bilibili", "应急科普", "青石县应急管理局", "51000064"),
}
"""Accounts that a plant enters into the ledger."""

SHOWN: Mapping[str, Shown] = {
    **{key: Shown() for key in (*CAST, *NEWCOMERS)},
    **{key: Shown(posts=OF_A_SITE) for key, row in CAST.items() if row.platform == "website"},
    **{key: Shown(instead="gone") for key in CLOSED},
    "menu_mini": Shown(menu=(DESK, MINI)),
}
"""What the platforms show while nothing is planted."""

LISTED: Mapping[str, Listed] = {
    key: Listed(
        f"5309{number:06}",
        row.host,
        row.platform,
        row.form,
        row.name,
        row.id,
        "已下线" if key in CLOSED else "正常运行",
        REGION if row.host == OFFICE else "",
    )
    for number, (key, row) in enumerate(CAST.items(), start=1)
}
"""The national system while nothing is planted."""
