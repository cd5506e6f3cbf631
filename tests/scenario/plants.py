"""The faults of the circulars, each with how it comes about, what must be found, and how it is put
right. Everything that is not said here is as in the clean county.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from registry.accounts.leads import LeadDraft, add_leads
from tests.scenario.cast import (
    CAST,
    DESK,
    LISTED,
    LOOKED,
    MINI,
    NEWCOMERS,
    OF_A_SITE,
    WEEK,
    Declared,
    Listed,
    Shown,
    T,
)
from tests.scenario.desk import Desk, name_of, written

At = Callable[[Desk], None]
Listing = Mapping[str, Listed | None]
"""Rows of the national system that stand there instead; None: that one is missing."""


@dataclass(frozen=True, slots=True)
class Plant:
    """One fault."""

    fault: str
    """In the circulars' words."""
    found: Mapping[str, tuple[str, ...]]
    """Whom it is found of → under which codes."""
    shown: Mapping[str, Shown] = field(default_factory=dict)
    ledger: At | None = None
    """Done at the desk before the sweep."""
    listed: Listing = field(default_factory=dict)
    people: At | None = None
    """What people see and enter the day after."""
    settings: str = ""
    """Of `taizhang.toml`."""
    put_right: At | None = None
    """Done at the desk before the next sweep, by which time platforms and national system are as in
    the clean county but for `shown_after` and `listed_after`."""
    shown_after: Mapping[str, Shown] = field(default_factory=dict)
    listed_after: Listing = field(default_factory=dict)

    @property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """(code, of whom)."""
        return frozenset((code, who) for who, codes in self.found.items() for code in codes)


def _old(first: int) -> Shown:
    return Shown(posts=tuple(range(first, first + 60, 3)))


GONE = Shown(instead="gone")
MONTHS_AGO, LATELY = T - timedelta(days=75), T - timedelta(days=20)
NEXT = T + timedelta(days=4)
"""When faults are put right."""
NOTICE = ("--notice", "https://www.qingshi.example/notice/2.html")


def _row(key: str, **changes: str) -> Mapping[str, Listed]:
    return {key: replace(LISTED[key], **changes)}


def _newcomer(key: str, code: str, **changes: str) -> Mapping[str, Listed]:
    row = NEWCOMERS[key]
    listed = Listed(code, row.host, row.platform, row.form, row.name, row.id)
    return {key: replace(listed, **changes)}


def _opened(key: str, when: datetime = LATELY) -> At:
    return lambda desk: desk.open_account(NEWCOMERS[key], when)


def _stopped(key: str, stop: datetime) -> At:
    def act(desk: Desk) -> None:
        words = ("--stop-on", stop.date().isoformat(), "--reason", "精简")
        desk.file("stop", name_of(key), *words, now=stop, complete=NOTICE)

    return act


def _cancelled(key: str, when: datetime) -> At:
    def act(desk: Desk) -> None:
        proof = desk.paper("注销凭证.txt")
        words = ("--cancelled-on", when.date().isoformat(), "--proof", proof)
        desk.file("cancel", name_of(key), *words, now=when, complete=("--proof", proof))

    return act


def _both(*acts: At) -> At:
    def act(desk: Desk) -> None:
        for each in acts:
            each(desk)

    return act


def _seen_gone(key: str) -> At:
    """A person finds it gone, a day after the machine."""
    when = T + LOOKED + timedelta(days=1, hours=1)
    return lambda desk: _run(desk, "observe", name_of(key), "--existence", "gone_signal", now=when)


def _changed(key: str, *words: str, complete: tuple[str, ...] = ("--reason", "办结")) -> At:
    return lambda desk: desk.file("change", key, *words, now=NEXT, complete=complete)


def _run(desk: Desk, *words: str, now: datetime = NEXT) -> None:
    desk.run(*words, now=now)


def _entered(code: str, key: str = "spoken") -> Plant:
    titles = {
        "CT603": "严重表述错误",
        "CT604": "未提供有效互动功能",
        "CT605": "购买粉丝、强制点赞",
        "CT606": "泄密、违法内容或严重舆情",
    }
    who = CAST[key].name
    seen = ("--url", f"https://weibo.com/u/{CAST[key].id}")
    add = ("finding", "add", name_of(key), code, "--reason", titles[code], *seen)
    return Plant(
        titles[code],
        {who: (code,)},
        people=lambda desk: _run(desk, *add, now=T + LOOKED + timedelta(hours=1)),
        put_right=lambda desk: _run(
            desk, "finding", "dismiss", desk.finding(code), "--reason", "查无此事"
        ),
    )


def _lead(desk: Desk) -> None:
    """`discover` reads the county's site and keeps what the ledger does not know."""
    row = NEWCOMERS["police"]
    found = LeadDraft(
        row.platform,
        row.name,
        f"https://weibo.com/u/{row.id}",
        {"uid": row.id},
        row.host,
        "新媒体矩阵",
    )
    registry = desk.opened()
    with registry.write() as session:
        add_leads(session, [found], found_at=T - timedelta(days=1))
    registry.close()


def _rehosted(desk: Desk) -> None:
    """The host changed on a day that is over; its filing still waits for the notice."""
    words = ("--host", _ROADS, "--effective", LATELY.date().isoformat(), "--reason", "机构改革")
    _run(desk, "unit", "add", _ROADS, now=LATELY)
    desk.file("change", name_of("rehosted"), *words, now=LATELY)


def _entered_twice(desk: Desk) -> None:
    """An account is filed as new that has stood in the ledger for years."""
    row = CAST["twice"]
    what = ("--platform", "微博", "--name", row.name, "--host", row.host, "--reason", "新开")
    done = ("--url", "https://weibo.com/n/qingshisifa", "--subject", row.host)
    desk.file("open", *what, now=LATELY, complete=done)


def _misprints(desk: Desk) -> None:
    written(desk.folder / "易错词.txt", "防讯=防汛\n")


def _abolished(desk: Desk) -> None:
    words = ("--successor", _VILLAGES, "--reason", "机构改革")
    _run(desk, "unit", "add", _VILLAGES, now=LATELY)
    _run(desk, "unit", "abolish", CAST["orphan"].host, *words, now=LATELY)


_ROADS, _VILLAGES = "青石县公路管理局", "青石县乡村振兴局"
_STRANGER = "云川游乐有限公司"
_MISTAKE = ("--cause", "seized", "--reason", "重复登记")

OF_THE_LEDGER: Mapping[str, Plant] = {
    # domain.md §3, in its order
    "offline before the platform cancelled": Plant(
        "平台未注销、报送系统先下线（湖北 2021）",
        {"青石体育": ("RC307",)},
        listed=_row("closing", state="已下线"),
    ),
    "cancelled and still live there": Plant(
        "已注销、报送系统仍在运行（四川 2025Q1）",
        {"青石招商": ("RC303",)},
        listed=_row("trade", state="正常运行"),
    ),
    "announced and never cancelled": Plant(
        "公告后未注销",
        {"青石粮食": ("RC311",)},
        ledger=_stopped("stopped", MONTHS_AGO),
        put_right=_cancelled("stopped", NEXT),
        shown_after={"stopped": GONE},
        listed_after=_row("stopped", state="已下线"),
    ),
    "re-opened without filing": Plant(
        "注销后私自重开（三明 2021Q3）",
        {"青石供销": ("RC312",)},
        shown={"coop": Shown()},
    ),
    "offline with its namesake": Plant(
        "一个平台注销，另一平台的同名账号一并下线（汉台 2022Q2）",
        {"青石旅游": ("RC307",)},
        listed=_row("tourism_video", state="已下线"),
    ),
    "closed with its namesake": Plant(
        "一个平台注销，另一平台的同名账号在台账上一并注销（汉台 2022Q2）",
        {"青石旅游": ("RC312",)},
        ledger=_both(_stopped("tourism_video", MONTHS_AGO), _cancelled("tourism_video", LATELY)),
        listed=_row("tourism_video", state="已下线"),
        put_right=lambda desk: desk.file(
            "reopen",
            name_of("tourism_video"),
            "--reason",
            "误报注销",
            now=NEXT,
            complete=("--id", CAST["tourism_video"].id, "--subject", CAST["tourism_video"].host),
        ),
    ),
    "not in the ledger": Plant(
        "漏报瞒报：平台上有、台账没有（四川 2024、商丘）",
        {"青石交警": ("RC301",)},
        ledger=_lead,
        put_right=_opened("police", NEXT),
        listed_after=_newcomer("police", "5309000901"),
    ),
    "not in the national system": Plant(
        "漏报：台账有、报送系统没有（四川 2024、商丘）",
        {"青石气象": ("RC304",)},
        listed={"unlisted": None},
    ),
    "in the national system only": Plant(
        "报送系统有、台账没有",
        {"青石盐业": ("RC305",)},
        listed={
            "stray": Listed("5309000902", "青石县盐业公司", "weibo", "", "青石盐业", "1000000099")
        },
    ),
    "renamed unfiled": Plant(
        "更名未备案（钦州、渭南）",
        {"青石民政": ("RC308",)},
        shown={"renamed": Shown(name="青石民政发布")},
        put_right=_changed(name_of("renamed"), "--name", "青石民政发布", "--reason", "更名"),
        shown_after={"renamed": Shown(name="青石民政发布")},
        listed_after=_row("renamed", name="青石民政发布"),
    ),
    "verified for another body": Plant(
        "认证主体与主办单位不一致（渭南、阜阳）",
        {"青石财政": ("RC309",)},
        shown={"verified": Shown(subject="青石文化传媒有限公司")},
    ),
    "handle taken over": Plant(
        "注销后账号被他人使用",
        {"青石邮政": ("CL502",)},
        shown={"post": Shown(name="云川游乐", subject=_STRANGER)},
    ),
    "handle posts again": Plant(
        "注销后账号再次发布",
        {"青石盐务": ("CL501",)},
        shown={"salt": Shown(subject="")},
    ),
    # the other differences between ledger, reality and national system
    "gone from its platform": Plant(
        "台账有、平台已不存在",
        {"青石文联": ("RC302",)},
        shown={"gone": GONE},
        people=_seen_gone("gone"),
    ),
    "differs in the national system": Plant(
        "备案信息不符",
        {"青石档案": ("RC306",)},
        listed=_row("listed", name="青石档案局"),
    ),
    "region differs in the national system": Plant(
        "备案信息不符（主办单位所在区划）",
        {"青石县人民政府": ("RC306",)},
        listed=_row("county_site", region="530111"),
    ),
    "host changed without notice": Plant(
        "主办单位变化未公告",
        {"青石交通": ("RC310",)},
        ledger=_rehosted,
        put_right=lambda desk: _run(desk, "filing", "complete", desk.filing("rehosted"), *NOTICE),
        shown_after={"rehosted": Shown(subject=_ROADS)},
        listed_after=_row("rehosted", host=_ROADS),
    ),
    "several on one platform": Plant(
        "同一单位同一平台多个账号",
        {"青石县供电公司": ("DU401",)},
        ledger=_opened("second"),
        listed=_newcomer("second", "5309000903"),
        put_right=lambda desk: _run(
            desk,
            "reconcile",
            "approve-duplicate",
            "青石县供电公司",
            "微博",
            "--reason",
            "县政府批准",
        ),
        listed_after=_newcomer("second", "5309000903"),
    ),
    "one account twice": Plant(
        "同一账号重复登记",
        # the national system has it once, as it should
        {"青石司法": ("DU402", "RC304")},
        ledger=_entered_twice,
        put_right=lambda desk: desk.file(
            "cancel", desk.newest("青石司法"), *_MISTAKE, now=NEXT, complete=_MISTAKE
        ),
    ),
    "look-alike of another unit": Plant(
        "与其他单位账号名称近似",
        {"青石融媒": ("DU403",)},
        ledger=_opened("like"),
        listed=_newcomer("like", "5309000904"),
        put_right=lambda desk: _run(
            desk,
            "reconcile",
            "decide",
            desk.uid_of("like"),
            desk.uid_of("likened"),
            "--not-same",
        ),
        listed_after=_newcomer("like", "5309000904"),
    ),
    "names differ": Plant(
        "各平台名称不一致",
        {"青石县应急管理局": ("DU404",)},
        ledger=_opened("other_name"),
        listed=_newcomer("other_name", "5309000905"),
        put_right=_changed("哔哩哔哩:应急科普", "--name", "青石应急", "--reason", "统一名称"),
        shown_after={"other_name": Shown(name="青石应急")},
        listed_after=_newcomer("other_name", "5309000905", name="青石应急"),
    ),
    "host abolished": Plant(
        "主办单位已撤销",
        {"青石扶贫": ("DU405",)},
        ledger=_abolished,
        put_right=_changed(
            name_of("orphan"), "--host", _VILLAGES, *NOTICE, "--reason", "机构改革", complete=NOTICE
        ),
        shown_after={"orphan": Shown(subject=_VILLAGES)},
        listed_after=_row("orphan", host=_VILLAGES),
    ),
}
"""Ledger against reality, the national system and itself."""

OF_SWEEPS: Mapping[str, Plant] = {
    "stale": Plant("内容不更新", {"青石水利": ("ST101",)}, shown={"silent": _old(20)}),
    "dormant": Plant("僵尸账号", {"青石林业": ("ST101", "ST104")}, shown={"asleep": _old(100)}),
    "due soon": Plant("即将超期", {"青石教育": ("ST102",)}, shown={"late": _old(11)}),
    "never posted": Plant(
        "开通以来从未更新", {"青石审计": ("ST103", "ST104")}, shown={"empty": Shown(posts=())}
    ),
    "closing and silent": Plant(
        "关停中账号未更新（杨陵 2025）", {"青石体育": ("ST105",)}, shown={"closing": _old(20)}
    ),
    "local cadence": Plant(
        "未达到本地更新频次",
        {"青石教育": ("ST102", "ST106")},
        shown={"late": _old(11)},
        settings='[rules]\nset = "example-county"\n',
    ),
    "app withdrawn": Plant(
        "移动客户端无法下载", {"青石通": ("ST107",)}, shown={"app": GONE}, people=_seen_gone("app")
    ),
    "restricted": Plant(
        "账号被平台限制",
        {"青石统计": ("ST108",)},
        shown={"muted": Shown(instead="restricted")},
    ),
    "dead menu link": Plant(
        "菜单链接失效",
        {"青石人社": ("LK201",)},
        shown={"menu_link": Shown(menu=(DESK, "https://service.qingshi.example/gone"))},
    ),
    "mini-program missing": Plant(
        "小程序无法打开",
        {"青石医保": ("LK202",)},
        shown={"menu_mini": Shown(menu=(DESK, MINI), mini=40165)},
    ),
    "certificate expired": Plant(
        "证书过期",
        {"青石税务": ("LK205",)},
        shown={"menu_secure": Shown(menu=(DESK, "https://service.qingshi.example/expired"))},
    ),
    "dead QR code": Plant(
        "二维码失效",
        {"青石县文化馆": ("LK203",)},
        shown={"code_site": Shown(posts=OF_A_SITE, site="broken code")},
    ),
    "misleading QR code": Plant(
        "链接与名称不符",
        {"青石县博物馆": ("LK204",)},
        shown={"label_site": Shown(posts=OF_A_SITE, site="other code")},
    ),
    "home page stale": Plant(
        "首页不更新",
        # whatever its columns show counts for the home page, too
        {"青石县人民政府": ("SI702", "SI703")},
        shown={"county_site": Shown(posts=(20, 23, 26, 29, 32), site="old columns")},
    ),
    "columns stale": Plant(
        "栏目不更新",
        {"青石县卫生健康局": ("SI703",)},
        shown={"health_site": Shown(posts=OF_A_SITE, site="old columns")},
    ),
    "columns empty": Plant(
        "空白栏目",
        {"青石县农业农村局": ("SI704",)},
        shown={"farm_site": Shown(posts=OF_A_SITE, site="empty columns")},
    ),
    "hidden links": Plant(
        "暗链",
        {"青石县住房和城乡建设局": ("SI705",)},
        shown={"house_site": Shown(posts=OF_A_SITE, site="hidden links")},
    ),
    "unmarked site": Plant(
        "网站标识缺失",
        {"青石县自然资源局": ("SI706",)},
        shown={"land_site": Shown(posts=OF_A_SITE, site="unmarked")},
    ),
    "untrue dates": Plant(
        "发布日期不实",
        {"青石县发展和改革局": ("SI707",)},
        shown={"reform_site": Shown(posts=OF_A_SITE, site="untrue dates")},
    ),
    "personal data": Plant(
        "疑似泄露个人信息",
        {"青石公安": ("CT601",)},
        shown={"spoken": Shown(posts=(1, 8), text="失主电话13912345678，请联系")},
        shown_after={"spoken": Shown(posts=(1, 8, 15))},
    ),
    "misprint": Plant(
        "疑似错别字",
        {"青石公安": ("CT602",)},
        shown={"spoken": Shown(posts=(1, 8), text="青石县召开防讯工作会议")},
        shown_after={"spoken": Shown(posts=(1, 8, 15))},
        settings='[hints]\nmisprints = "易错词.txt"\n',
        ledger=_misprints,
    ),
}
"""What a sweep and its verdicts find."""

BY_HAND: Mapping[str, Plant] = {
    code: _entered(code) for code in ("CT603", "CT604", "CT605", "CT606")
}
"""What only a person sees."""

PLANTS: Mapping[str, Plant] = {**OF_THE_LEDGER, **OF_SWEEPS, **BY_HAND}

TOGETHER: Mapping[str, Plant] = {
    name: plant
    for name, plant in PLANTS.items()
    if name not in {"closing and silent", "local cadence", "misprint", "CT604", "CT605", "CT606"}
    and name != "closed with its namesake"
}
"""Those that do not concern the same account as another."""

__all__ = ["PLANTS", "TOGETHER", "WEEK", "Declared", "Plant"]
