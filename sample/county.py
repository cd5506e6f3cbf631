"""The made-up 青石县 of 云川市: its units and the accounts that its first ledger lists, as data.

No name, number or address here belongs to anybody. Ids lie outside the ranges that platforms have
given out, and addresses end in `.example`.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from registry.accounts.making import ContactGiven
from registry.vocab import AccountState, UnitKind, UnitLevel

CITY, COUNTY = "云川市", "青石县"
REGION_CODES = {CITY: "539900", COUNTY: "539921"}
SITE = "https://www.qingshi.example"
RSSHUB = "https://rsshub.yunchuan.example"

SUBSCRIPTION, SERVICE = "订阅号", "服务号"


@dataclass(frozen=True, slots=True)
class UnitEntry:
    """One body, with what cannot be read off its name."""

    name: str
    parent: str
    level: UnitLevel
    kind: UnitKind
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One account of the first ledger. `serial` makes its ids."""

    host: str
    platform: str
    name: str
    form: str = ""
    serial: int = 0
    opened_on: date = date(2019, 6, 3)
    purpose: str = ""
    cadence: str = "每周不少于1次"
    followers: int = 0
    state: AccountState = AccountState.ACTIVE
    way: str = ""
    """How it is looked at, where the platform's default does not do: `api`, `article`,
    `rsshub`."""
    same_id_as: str = ""
    """Key of the entry whose id it repeats; accepted as disputed."""
    identifiers: Mapping[str, str] = field(default_factory=dict)
    url: str = ""

    @property
    def key(self) -> str:
        """How the sample names it."""
        return f"{self.platform}:{self.name}"

    @property
    def article(self) -> str:
        """The address of the article by which it is looked at."""
        return f"https://mp.weixin.qq.com/s/QingshiSample{self.serial:04d}Article"

    @property
    def feed(self) -> str:
        """The address of the feed by which it is looked at."""
        return f"{RSSHUB}/{_ROUTES[self.platform].format(**self.identifiers)}"


_ROUTES = {
    "bilibili": "bilibili/user/dynamic/{mid}",
    "toutiao": "toutiao/user/token/{token}",
}


def _units(parent: str, level: UnitLevel, *names: str) -> list[UnitEntry]:
    return [UnitEntry(name, parent, level, UnitKind.DEPARTMENT) for name in names]


UNITS: tuple[UnitEntry, ...] = (
    *_units(
        CITY,
        UnitLevel.CITY,
        "云川市人民政府办公室",
        "云川市公安局",
        "云川市文化和旅游局",
        "云川市气象局",
        "云川市生态环境局",
    ),
    *_units(
        COUNTY,
        UnitLevel.COUNTY,
        "青石县人民政府办公室",
        "青石县公安局",
        "青石县卫生健康局",
        "青石县教育局",
        "青石县应急管理局",
        "青石县文化和旅游局",
        "青石县市场监督管理局",
        "青石县人力资源和社会保障局",
        "青石县政务服务管理局",
        "青石县粮食和物资储备局",
        "青石县发展和改革局",
        "青石县综合行政执法局",
        "青石县住房和城乡建设局",
        "青石县司法局",
        "青石县农业农村局",
        "青石县林业和草原局",
        "青石县水利局",
        "青石县民政局",
        "青石县自然资源局",
        "青石县审计局",
        "青石县财政局",
        "青石县医疗保障局",
        "青石县退役军人事务局",
    ),
    UnitEntry("青石县融媒体中心", COUNTY, UnitLevel.COUNTY, UnitKind.INSTITUTION, ("县融媒中心",)),
    UnitEntry("青石县公安局交通警察大队", "青石县公安局", UnitLevel.COUNTY, UnitKind.SECTION),
    UnitEntry("青石县就业服务中心", COUNTY, UnitLevel.COUNTY, UnitKind.INSTITUTION),
    UnitEntry("青石县全域旅游服务中心", COUNTY, UnitLevel.COUNTY, UnitKind.INSTITUTION),
    UnitEntry("青石县图书馆", COUNTY, UnitLevel.COUNTY, UnitKind.INSTITUTION),
    UnitEntry("青石县博物馆", COUNTY, UnitLevel.COUNTY, UnitKind.INSTITUTION),
    UnitEntry("青石县文化馆", COUNTY, UnitLevel.COUNTY, UnitKind.INSTITUTION),
    UnitEntry("青石县档案馆", COUNTY, UnitLevel.COUNTY, UnitKind.INSTITUTION),
    UnitEntry("青石县招商服务中心", COUNTY, UnitLevel.COUNTY, UnitKind.INSTITUTION),
    UnitEntry("青石县科学技术协会", COUNTY, UnitLevel.COUNTY, UnitKind.OTHER, ("青石县科协",)),
    UnitEntry("青石县残疾人联合会", COUNTY, UnitLevel.COUNTY, UnitKind.OTHER, ("青石县残联",)),
    UnitEntry("青石县供销合作社联合社", COUNTY, UnitLevel.COUNTY, UnitKind.OTHER),
    UnitEntry("青石县气象局", COUNTY, UnitLevel.COUNTY, UnitKind.VERTICAL),
    UnitEntry("青石县消防救援大队", COUNTY, UnitLevel.COUNTY, UnitKind.VERTICAL),
    UnitEntry("青石县城关镇人民政府", COUNTY, UnitLevel.TOWNSHIP, UnitKind.TOWNSHIP),
)
"""In the order in which they are entered; parents first."""

_CLOSED = AccountState.CLOSED

_LEDGER: tuple[Entry, ...] = (
    # --- the city
    Entry("云川市人民政府办公室", "weibo", "云川发布", way="api", cadence="每日"),
    Entry("云川市人民政府办公室", "wechat", "云川发布", SUBSCRIPTION, way="api", cadence="每日"),
    Entry("云川市人民政府办公室", "douyin", "云川发布"),
    Entry("云川市人民政府办公室", "channels", "云川发布", opened_on=date(2021, 9, 1)),
    Entry("云川市人民政府办公室", "toutiao", "云川发布", way="rsshub"),
    Entry("云川市公安局", "weibo", "云川公安", way="api"),
    Entry("云川市公安局", "wechat", "云川公安", SUBSCRIPTION, way="api"),
    Entry("云川市文化和旅游局", "wechat", "云川文旅", SUBSCRIPTION, way="article"),
    Entry("云川市文化和旅游局", "bilibili", "云川文旅", way="rsshub"),
    Entry("云川市气象局", "weibo", "云川气象", way="api", cadence="每日"),
    Entry("云川市气象局", "wechat", "云川气象", SERVICE, way="api", cadence="每月4次"),
    Entry("云川市生态环境局", "wechat", "云川生态环境", SUBSCRIPTION, way="api"),
    # --- the county's own
    Entry("青石县人民政府办公室", "weibo", "青石发布", way="api", cadence="每日"),
    Entry("青石县人民政府办公室", "wechat", "青石发布", SUBSCRIPTION, way="api", cadence="每日"),
    Entry("青石县人民政府办公室", "douyin", "青石发布"),
    Entry(COUNTY, "website", "青石县人民政府门户网站", opened_on=date(2008, 5, 1)),
    Entry("青石县融媒体中心", "weibo", "青石融媒", way="api"),
    Entry("青石县融媒体中心", "wechat", "青石融媒", SUBSCRIPTION, way="api", cadence="每日"),
    Entry("青石县融媒体中心", "bilibili", "青石融媒", way="rsshub"),
    Entry("青石县融媒体中心", "app", "青石融媒", opened_on=date(2020, 12, 18)),
    Entry("青石县公安局", "weibo", "青石公安", way="api"),
    Entry("青石县公安局", "wechat", "青石公安", SUBSCRIPTION, way="api"),
    Entry("青石县公安局交通警察大队", "weibo", "青石交警"),
    Entry("青石县公安局交通警察大队", "wechat", "青石交警", SERVICE, way="api"),
    # --- its departments
    Entry("青石县卫生健康局", "weibo", "青石卫健"),
    Entry("青石县卫生健康局", "wechat", "健康青石", SUBSCRIPTION, way="article"),
    Entry("青石县教育局", "weibo", "青石教体"),
    Entry("青石县教育局", "wechat", "青石教体", SUBSCRIPTION, way="api"),
    Entry("青石县应急管理局", "weibo", "青石应急"),
    Entry("青石县应急管理局", "wechat", "青石应急", SUBSCRIPTION),
    Entry("青石县文化和旅游局", "wechat", "青石文旅", SUBSCRIPTION, way="article"),
    Entry("青石县文化和旅游局", "douyin", "青石文旅"),
    Entry("青石县文化和旅游局", "douyin", "青石县文旅", same_id_as="douyin:青石文旅"),
    Entry("青石县文化和旅游局", "xiaohongshu", "青石文旅", opened_on=date(2022, 4, 20)),
    Entry("青石县全域旅游服务中心", "xiaohongshu", "青石文旅发布", opened_on=date(2024, 3, 8)),
    Entry("青石县市场监督管理局", "wechat", "青石市场监管", SUBSCRIPTION, way="api"),
    Entry("青石县市场监督管理局", "wechat", "青石市监服务", SUBSCRIPTION, way="api"),
    Entry("青石县人力资源和社会保障局", "wechat", "青石人社", SUBSCRIPTION, way="api"),
    Entry("青石县就业服务中心", "wechat", "青石就业", SUBSCRIPTION, way="article"),
    Entry("青石县政务服务管理局", "wechat", "青石政务", SERVICE, way="api", cadence="每月4次"),
    Entry("青石县政务服务管理局", "miniprogram", "青石政务", "微信小程序"),
    Entry("青石县粮食和物资储备局", "wechat", "青石粮储", SUBSCRIPTION, way="article"),
    Entry("青石县住房和城乡建设局", "weibo", "青石城管"),
    Entry("青石县发展和改革局", "weibo", "青石发改"),
    Entry("青石县司法局", "toutiao", "青石普法", way="rsshub"),
    Entry("青石县农业农村局", "kuaishou", "青石三农"),
    Entry("青石县农业农村局", "wechat", "青石三农", SUBSCRIPTION, way="article"),
    Entry("青石县林业和草原局", "weibo", "青石林草"),
    Entry("青石县水利局", "wechat", "青石水利", SUBSCRIPTION, way="article"),
    Entry("青石县民政局", "weibo", "青石民政", opened_on=date(2026, 5, 18)),
    Entry("青石县自然资源局", "weibo", "青石自然资源"),
    Entry("青石县审计局", "weibo", "青石审计"),
    Entry("青石县财政局", "wechat", "青石财税", SUBSCRIPTION, way="api"),
    Entry("青石县气象局", "weibo", "青石气象"),
    # --- institutions and others
    Entry("青石县图书馆", "wechat", "青石县图书馆", SUBSCRIPTION, way="api"),
    Entry("青石县博物馆", "weibo", "青石博物馆"),
    Entry("青石县文化馆", "weibo", "青石文化馆", state=_CLOSED),
    Entry("青石县档案馆", "weibo", "青石档案"),
    Entry("青石县招商服务中心", "toutiao", "投资青石", state=_CLOSED),
    Entry("青石县残疾人联合会", "tencent_weibo", "青石残联", state=_CLOSED),
    Entry("青石县科学技术协会", "weibo", "青石科普"),
    Entry("青石县消防救援大队", "weibo", "青石消防"),
    Entry("青石县城关镇人民政府", "wechat", "青石城关", SUBSCRIPTION, way="article"),
)


def _completed(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    made: dict[str, Entry] = {}
    for serial, entry in enumerate(entries, start=1):
        source = made[entry.same_id_as] if entry.same_id_as else None
        ids = source.identifiers if source else new_ids(entry.platform, serial)
        made[entry.key] = replace(
            entry,
            serial=serial,
            identifiers=ids,
            url="" if source else _address(entry.platform, ids, serial),
            followers=entry.followers or 800 + serial * serial * 37 % 90_000,
            purpose=entry.purpose or _PURPOSES.get(entry.platform, "政务信息发布"),
        )
    return tuple(made.values())


_PURPOSES = {
    "miniprogram": "政务服务事项查询与预约",
    "app": "新闻资讯和便民服务",
    "website": "政府信息公开、办事服务、互动交流",
}


def new_ids(platform: str, serial: int) -> dict[str, str]:
    """Ids in the platform's own form that no real account has."""
    made = {
        "weibo": {"uid": f"{99_900_000_000 + serial}"},
        "tencent_weibo": {},
        "wechat": {
            "gh_id": f"gh_5399{serial:08x}",
            "biz": base64.b64encode(f"{539_900_000 + serial:010d}".encode()).decode(),
            "appid": f"wx5399{serial:012x}",
        },
        "douyin": {"douyin_id": f"sample5399.{serial:04d}"},
        "channels": {"channels_id": f"sphSample5399{serial:04d}"},
        "toutiao": {"token": f"MS4wLjABAAAAsample5399{serial:04d}example0000"},
        "kuaishou": {"eid": f"3xsample5399{serial:04d}"},
        "bilibili": {"mid": f"{995_399_000_000_000_000 + serial}"},
        "xiaohongshu": {"uid": f"{0x5399:016x}{serial:08x}"},
        "miniprogram": {"appid": f"wx5399{serial:012x}"},
        "app": {"package": f"example.qingshi.app{serial:04d}"},
        "website": {"site_code": f"539921{serial:04d}"},
    }
    return made[platform]


def sec_uid(serial: int) -> str:
    """The id in the address of a Douyin account; its 抖音号 is another one."""
    return f"MS4wLjABAAAAsample5399{serial:04d}example0001"


def _address(platform: str, ids: Mapping[str, str], serial: int) -> str:
    made = {
        "weibo": "https://weibo.com/u/{uid}",
        "douyin": f"https://www.douyin.com/user/{sec_uid(serial)}",
        "toutiao": "https://www.toutiao.com/c/user/token/{token}/",
        "kuaishou": "https://www.kuaishou.com/profile/{eid}",
        "bilibili": "https://space.bilibili.com/{mid}",
        "xiaohongshu": "https://www.xiaohongshu.com/user/profile/{uid}",
        "website": f"{SITE}/",
        "app": f"{SITE}/app/",
    }
    return made.get(platform, "").format(**ids)


ACCOUNTS = _completed(_LEDGER)
BY_KEY = {entry.key: entry for entry in ACCOUNTS}

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡林郭何高罗"
_GIVEN = ("建平", "晓燕", "志远", "丽华", "国强", "秀梅", "文博", "春兰", "永康", "雪峰", "红霞")


def contact(entry: Entry) -> ContactGiven:
    """A made-up person to call about the account; no number in use begins with 100."""
    name = _SURNAMES[entry.serial * 7 % len(_SURNAMES)] + _GIVEN[entry.serial * 5 % len(_GIVEN)]
    return ContactGiven(name, f"1005399{entry.serial:04d}", "contact")
