"""What each account of the sample posts and how its platform answers for it, as data.

Only what a machine can read is here; what a person saw stands in `sample.sightings`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from registry.dates import SHANGHAI
from sample.county import Entry

LATER = datetime(2026, 11, 14, tzinfo=SHANGHAI)
"""From here on the platforms give the answers of the second sweep."""


class Sign(StrEnum):
    """How a platform answers for an account."""

    OPEN = "open"
    GONE = "gone"
    RESTRICTED = "restricted"
    WALL = "wall"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Voice:
    """One account as its platform shows it."""

    every: int = 2
    """Days between two posts."""
    last: date | None = None
    """The day of the last post; None: it goes on posting."""
    since: date | None = date(2026, 6, 1)
    """The first day in its list; None: it has never posted."""
    shows: str = ""
    """The name shown, where it is not the ledger's."""
    subject: str = ""
    """The verified body shown, where it is not the host unit."""
    first: Sign = Sign.OPEN
    """At the first sweep."""
    second: Sign = Sign.OPEN
    """At the second."""

    def sign(self, at: datetime) -> Sign:
        """How the platform answers at that moment."""
        return self.second if at >= LATER else self.first


VOICES: Mapping[str, Voice] = {
    "weibo:云川发布": Voice(every=1),
    "wechat:云川发布": Voice(every=1),
    "weibo:青石发布": Voice(every=1),
    "wechat:青石发布": Voice(every=1),
    "weibo:云川气象": Voice(every=1),
    "wechat:云川气象": Voice(every=6),
    "wechat:青石政务": Voice(every=5),
    "wechat:青石交警": Voice(every=6),
    # a reminder is due: silent for ten days and more
    "wechat:云川生态环境": Voice(every=9, last=date(2026, 11, 6)),
    "weibo:青石教体": Voice(every=6, last=date(2026, 11, 5)),
    # not updated
    "wechat:青石教体": Voice(every=7, last=date(2026, 10, 28)),
    "toutiao:青石普法": Voice(every=5, last=date(2026, 10, 24)),
    "weibo:青石科普": Voice(every=12, last=date(2026, 7, 20), since=date(2025, 9, 1)),
    "weibo:青石博物馆": Voice(every=4, last=date(2026, 10, 26)),
    # was silent at the first sweep, and posts again
    "weibo:青石应急": Voice(every=23, since=date(2026, 3, 4)),
    # never posted
    "weibo:青石民政": Voice(since=None),
    # what reconciling finds
    "weibo:青石自然资源": Voice(shows="自然青石"),
    "weibo:青石发改": Voice(subject="青石县发展投资集团有限公司"),
    "weibo:青石城管": Voice(subject="青石县综合行政执法局"),
    # gone, perhaps gone, held back
    "weibo:青石林草": Voice(first=Sign.GONE, second=Sign.GONE),
    "weibo:青石档案": Voice(first=Sign.GONE, second=Sign.GONE),
    "wechat:青石水利": Voice(last=date(2026, 11, 4), second=Sign.GONE),
    "weibo:青石审计": Voice(second=Sign.RESTRICTED),
    # unknown: a wall, a server that is down
    "weibo:青石消防": Voice(second=Sign.WALL),
    "wechat:青石城关": Voice(last=date(2026, 10, 30), second=Sign.WALL),
    "bilibili:云川文旅": Voice(second=Sign.DOWN),
    # accounts of which one article is known
    "wechat:云川文旅": Voice(last=date(2026, 11, 8)),
    "wechat:健康青石": Voice(last=date(2026, 11, 7)),
    "wechat:青石文旅": Voice(last=date(2026, 11, 9)),
    "wechat:青石就业": Voice(last=date(2026, 11, 6)),
    "wechat:青石粮储": Voice(last=date(2026, 11, 5)),
    "wechat:青石三农": Voice(last=date(2026, 10, 20)),
}
"""Accounts that are not named here post every other day under the name that the ledger has."""


def voice(entry: Entry) -> Voice:
    """How the account shows itself."""
    return VOICES.get(entry.key, Voice())


@dataclass(frozen=True, slots=True)
class Shown:
    """One post."""

    at: datetime
    title: str


_TITLES = (
    "入冬用火用电安全提示",
    "本周政务公开信息汇总",
    "关于开展便民服务进社区活动的通知",
    "一图读懂：惠民政策申请指南",
    "今明两天天气变化，请注意防寒保暖",
    "县里这项工作有了新进展",
    "办事指南：这些材料可以网上提交",
    "现场直击：重点项目加快建设",
    "提醒：谨防冒充客服的电信诈骗",
    "征求意见公告",
    "便民服务热线接听情况通报",
    "身边的榜样：基层一线的故事",
    "政策问答：群众关心的五个问题",
)


def posts(entry: Entry, until: datetime) -> list[Shown]:
    """The posts in the account's list at a moment, newest first, with the title of each."""
    spoken = voice(entry)
    if spoken.since is None:
        return []
    today = until.astimezone(SHANGHAI).date()
    shown: list[Shown] = []
    day = spoken.last or today - timedelta(days=(today - spoken.since).days % spoken.every)
    while day >= spoken.since:
        at = _moment(entry, day)
        if at <= until:
            shown.append(Shown(at, _title(entry, day)))
        day -= timedelta(days=spoken.every)
    return shown


def _moment(entry: Entry, day: date) -> datetime:
    minute = (entry.serial * 17 + day.toordinal() * 7) % 480
    start = datetime(day.year, day.month, day.day, 9, 5, tzinfo=SHANGHAI)
    return start + timedelta(minutes=minute, seconds=entry.serial % 60)


def _title(entry: Entry, day: date) -> str:
    return _TITLES[(entry.serial * 3 + day.toordinal()) % len(_TITLES)]
