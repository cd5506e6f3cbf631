"""The platforms' answers about the cast, in the shapes that they document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from checkers.base import Failure, Request, Response
from registry.dates import shanghai_date
from registry.vocab import Reason
from tests.checkers import bilibili_answers, wechat_answers, weibo_answers
from tests.scenario.cast import CAST, MINI, NEWCOMERS, Declared, Shown
from tests.scenario.sites import site


class Platforms:
    """Answers whatever the checkers ask, as things stand at one time point."""

    def __init__(self, shown: Mapping[str, Shown], at: datetime) -> None:
        self._shown = shown
        self._at = at
        self._known = {**CAST, **NEWCOMERS}

    def __call__(self, request: Request) -> Response:
        parts = urlsplit(request.url)
        answer = {
            "m.weibo.cn": self._weibo,
            "api.bilibili.com": self._bilibili,
            "api.weixin.qq.com": self._wechat,
            "itunes.apple.com": self._app_store,
        }.get(parts.hostname or "", self._elsewhere)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        return answer(request, query)

    def _of(self, platform: str, native: str) -> tuple[Declared, Shown]:
        """The account with that id there; of two entries of one, the first."""
        for key, row in self._known.items():
            if (row.platform, row.id) == (platform, native):
                return row, self._shown[key]
        raise KeyError(native)

    def _posts(self, shown: Shown) -> list[datetime]:
        return [self._at - timedelta(days=days) for days in shown.posts]

    def _weibo(self, request: Request, query: Mapping[str, str]) -> Response:
        row, shown = self._of("weibo", query["value"])
        if shown.instead == "gone":
            return _json(request, weibo_answers.notice("该账号因用户自行申请关闭，现已无法查看。"))
        if shown.instead == "restricted":
            words = "该账号因被投诉违反《微博社区公约》的相关规定，现已无法查看"
            return _json(request, weibo_answers.notice(words))
        whose = {"id": int(row.id), "screen_name": shown.name or row.name}
        if "containerid" not in query:
            subject = row.host if shown.subject is None else shown.subject
            verified = {"verified": bool(subject), "verified_reason": f"{subject}官方微博"}
            count = 800 if shown.posts else 0
            return _json(request, weibo_answers.profile(**whose, **verified, statuses_count=count))
        first = (int(query.get("page", "1")) - 1) * 10
        posts = self._posts(shown)[first : first + 10]
        if not posts:
            return _json(request, weibo_answers.NOTHING_HERE)
        blogs = [weibo_answers.blog(at, user=whose, text=shown.text) for at in posts]
        page = weibo_answers.listing(*map(weibo_answers.card, blogs))
        page["data"]["cardlistInfo"]["containerid"] = query["containerid"]
        return _json(request, page)

    def _bilibili(self, request: Request, query: Mapping[str, str]) -> Response:
        row, shown = self._of("bilibili", query["mid"])
        if shown.instead == "gone":
            return _json(request, bilibili_answers.refusal(-404, "啥都木有"))
        subject = row.host if shown.subject is None else shown.subject
        verified = {"type": 1, "desc": f"{subject}官方账号"} if subject else {"type": -1}
        card = bilibili_answers.card(
            mid=row.id, name=shown.name or row.name, official_verify=verified
        )
        return _json(request, card)

    def _wechat(self, request: Request, query: Mapping[str, str]) -> Response:
        call = urlsplit(request.url).path.rpartition("/")[2]
        body = json.loads(request.body or b"{}")
        if call == "stable_token":
            return _json(request, {"access_token": f"TOKEN{body['appid']}", "expires_in": 7200})
        if call == "getwxacodeunlimit":
            said = self._shown["menu_mini"].mini
            if said:
                return _json(request, wechat_answers.error(said))
            return Response(request.url, 200, {"content-type": "image/png"}, _PNG)
        _row, shown = self._of("wechat", (request.auth or "").partition(":")[2])
        if call == "getarticletotaldetail":
            days = {shanghai_date(at).isoformat() for at in self._posts(shown)}
            entries = [wechat_answers.entry(day) for day in days & {body["begin_date"]}]
            return _json(request, wechat_answers.statistics(*entries))
        if call == "get_current_selfmenu_info":
            buttons = [_button(f"办事{n}", leads) for n, leads in enumerate(shown.menu, start=1)]
            return _json(request, wechat_answers.menu(*buttons))
        return _json(request, wechat_answers.error(46003))

    def _app_store(self, request: Request, query: Mapping[str, str]) -> Response:
        row, shown = self._of("app", query["id"])
        if shown.instead == "gone":
            return _json(request, {"resultCount": 0, "results": []})
        found = {"trackId": int(row.id), "trackName": shown.name or row.name}
        found |= {"bundleId": "cn.qingshi.tong", "version": "1.2.0"}
        return _json(request, {"resultCount": 1, "results": [found]})

    def _elsewhere(self, request: Request, query: Mapping[str, str]) -> Response:
        for key, row in CAST.items():
            if row.url and request.url.startswith(row.url):
                return site(request, row.name, self._shown[key], self._at)
        return self._service(request, query)

    def _service(self, request: Request, query: Mapping[str, str]) -> Response:
        path = urlsplit(request.url).path
        if path == "/expired":
            ran_out = self._at - timedelta(days=9)
            failure = Failure(Reason.TLS, "certificate has expired", ran_out)
            return Response(request.url, 0, failure=failure)
        if path == "/gone":
            return _page(request, "<html><body>404 Not Found</body></html>", 404)
        words = "青石县政务服务大厅预约办事，请携带有效证件。" * 40
        return _page(request, f"<html><title>预约</title><body><p>{words}</p></body></html>")


_PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


def _button(label: str, leads: str) -> dict[str, str]:
    if leads == MINI:
        page = {"pagepath": "pages/index", "url": "http://mp.weixin.qq.com"}
        return {"type": "miniprogram", "name": label, "appid": MINI, **page}
    return {"type": "view", "name": label, "url": leads}


def _json(request: Request, value: Mapping[str, Any]) -> Response:
    headers = {"content-type": "application/json; charset=utf-8"}
    return Response(request.url, 200, headers, json.dumps(value, ensure_ascii=False).encode())


def _page(request: Request, text: str, status: int = 200) -> Response:
    headers = {"content-type": "text/html; charset=utf-8"}
    return Response(request.url, status, headers, text.encode())
