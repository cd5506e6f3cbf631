"""青石县's accounts on platforms that answer in their documented shapes, each with a planted verdict.

The bodies of the answers are those that the checkers' own tests are made of.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from registry.dates import SHANGHAI, shanghai_date
from registry.vocab import Verdict
from tests.checkers import bilibili_answers, site_answers, wechat_answers, weibo_answers
from tests.checkers.cases.feed import item, rss
from tests.conftest import NOW
from tests.simulator.http import Answer, Asked

T = NOW
"""The time point of the town's sweeps."""

LOOKED = T + timedelta(days=1, hours=1)
"""When they are made: WeChat's statistics of a day come on the next."""

RECENT, OLD = T - timedelta(days=3), T - timedelta(days=40)
RSSHUB = "rsshub.qingshi.example"
DEAD = "https://service.qingshi.example/gone"
LIVE = "https://service.qingshi.example/desk"

_RECENT_ONES = 12


@dataclass(frozen=True, slots=True)
class Planted:
    """One account and what a sweep must say of it."""

    platform: str
    number: int
    verdict: Verdict
    newest: datetime | None = None
    """Its newest post; None for one that never posted."""
    says: Answer | None = None
    """What its platform answers in place of anything else."""
    menu: tuple[str, ...] = ()
    """Addresses in its menu."""
    closed_on: date | None = None
    """The day on which it was cancelled: nobody judges it, its id is watched."""

    @property
    def name(self) -> str:
        return f"青石{self.platform}{self.number}"

    @property
    def id(self) -> str:
        """Its id on its platform, of the scheme in `scheme`."""
        serial = 5_000_000_000 + self.number
        return f"wx{serial:016x}" if self.platform == "wechat" else str(serial)

    @property
    def identifiers(self) -> dict[str, str]:
        scheme = {"weibo": "uid", "wechat": "appid", "bilibili": "mid"}.get(self.platform)
        return {scheme: self.id} if scheme else {}

    @property
    def host(self) -> str:
        """Of a website."""
        return f"www.q{self.number}.qingshi.example"

    @property
    def url(self) -> str:
        """What the ledger gives as its address."""
        return f"https://{self.host}/" if self.platform == "website" else ""

    def posts(self) -> list[datetime]:
        """Its posts, every second day, the newest first."""
        if self.newest is None:
            return []
        return [self.newest - timedelta(days=2 * number) for number in range(_RECENT_ONES)]


@dataclass(slots=True)
class Town:
    """Answers for all hosts on which the planted accounts are. `hosts` may add to these."""

    planted: tuple[Planted, ...]
    hosts: dict[str, Callable[[Asked], Answer]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.hosts = {
            "m.weibo.cn": self.weibo,
            "api.weixin.qq.com": self.wechat,
            "api.bilibili.com": self.bilibili,
            RSSHUB: self.rsshub,
            "service.qingshi.example": _service,
            "www.beian.gov.cn": _service,
            **{p.host: _site(p) for p in self.planted if p.platform == "website"},
            **self.hosts,
        }

    def __call__(self, asked: Asked) -> Answer:
        return self.hosts[asked.host](asked)

    def _of(self, platform: str, native: str) -> Planted:
        return next(p for p in self.planted if p.platform == platform and p.id == native)

    def weibo(self, asked: Asked) -> Answer:
        """m.weibo.cn: the account, or its list, ten posts a page."""
        query = _query(asked)
        account = self._of("weibo", query["value"])
        if account.says is not None:
            return account.says
        whose = {"id": int(account.id), "screen_name": account.name}
        if "containerid" not in query:
            count = 800 if account.newest else 0
            return _json(weibo_answers.profile(**whose, statuses_count=count))
        first = (int(query.get("page", "1")) - 1) * 10
        shown = account.posts()[first : first + 10]
        if not shown:
            return _json(weibo_answers.NOTHING_HERE)
        blogs = [weibo_answers.blog(at, user=whose) for at in shown]
        page = weibo_answers.listing(*map(weibo_answers.card, blogs))
        page["data"]["cardlistInfo"]["containerid"] = query["containerid"]
        return _json(page)

    def wechat(self, asked: Asked) -> Answer:
        """The official API: token, one day's publications, menu."""
        call = urlsplit(asked.path).path.rpartition("/")[2]
        body = json.loads(asked.body or b"{}")
        if call == "stable_token":
            return _json({"access_token": f"TOKEN{body['appid']}", "expires_in": 7200})
        account = self._of("wechat", _query(asked)["access_token"].removeprefix("TOKEN"))
        if account.says is not None:
            return account.says
        if call == "getarticletotaldetail":
            days = {shanghai_date(at).isoformat() for at in account.posts()}
            entries = [wechat_answers.entry(day) for day in days & {body["begin_date"]}]
            return _json(wechat_answers.statistics(*entries))
        if call == "get_current_selfmenu_info":
            named = enumerate(account.menu, start=1)
            buttons = [{"type": "view", "name": f"服务{n}", "url": url} for n, url in named]
            return _json(wechat_answers.menu(*buttons))
        return _json(wechat_answers.error(46003))

    def bilibili(self, asked: Asked) -> Answer:
        """The public card."""
        account = self._of("bilibili", _query(asked)["mid"])
        if account.says is not None:
            return account.says
        return _json(bilibili_answers.card(mid=account.id, name=account.name))

    def rsshub(self, asked: Asked) -> Answer:
        """The office's own RSSHub; of Bilibili accounts only."""
        account = self._of("bilibili", asked.path.rpartition("/")[2])
        dates = [item(format_datetime(at.astimezone(SHANGHAI))) for at in account.posts()]
        built = format_datetime(LOOKED)
        return _xml(rss(*dates, title=f"{account.name} 的 bilibili 空间", built=built))


def _site(planted: Planted) -> Callable[[Asked], Answer]:
    """A government site whose home page lists its entries with their days."""

    def answer(asked: Asked) -> Answer:
        if planted.says is not None:
            return planted.says
        if asked.path != "/":
            return Answer("<html><body>404</body></html>", 404, _HTML)
        days = [shanghai_date(at).isoformat() for at in planted.posts()]
        rows = [site_answers.row(day, 3000 + at) for at, day in enumerate(days)]
        return Answer(site_answers.page(site_answers.listing(*rows)), headers=_HTML)

    return answer


def _service(asked: Asked) -> Answer:
    """What menus and the feet of sites lead to."""
    if asked.path == urlsplit(DEAD).path:
        return Answer("<html><body>404 Not Found</body></html>", 404, _HTML)
    words = "青石县政务服务大厅预约办事，请携带有效证件。" * 40
    return Answer(f"<html><title>预约</title><body><p>{words}</p></body></html>", headers=_HTML)


_HTML = (("Content-Type", "text/html; charset=utf-8"),)


def _query(asked: Asked) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(asked.path).query).items()}


def _json(value: Mapping[str, Any]) -> Answer:
    return Answer(value, headers=(("Content-Type", "application/json; charset=utf-8"),))


def _xml(text: str) -> Answer:
    return Answer(text, headers=(("Content-Type", "application/xml; charset=utf-8"),))
