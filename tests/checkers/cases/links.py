"""Made-up pages behind a menu, for the contract of the link checker."""

from __future__ import annotations

from checkers.base import Link, Response, Target
from registry.vocab import CheckKind, LinkKind
from tests.checkers.contract import Example, SourceCases
from tests.checkers.driving import NOON

_LINKS = (
    Link("办事大厅", LinkKind.URL, "https://www.qingshi.gov.cn/zwfw/"),
    Link("简介", LinkKind.ARTICLE, "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv"),
    Link("预约", LinkKind.MINIPROGRAM, appid="wx00112233445566aa", page="pages/book"),
)

HTTP = SourceCases(
    Target("wechat", "青石公安", kind=CheckKind.MENU, as_of=NOON, links=_LINKS),
    {
        "links": Example(
            lambda request: Response("", 200, {}, b"<html><body>ok</body></html>"), links=3
        )
    },
    json=False,
)

CASES = {"http": HTTP}
