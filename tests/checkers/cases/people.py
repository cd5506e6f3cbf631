"""Made-up article pages of 人民号 for the contract, seen on 20 March 2026."""

from __future__ import annotations

from datetime import UTC, datetime

from checkers.base import Request, Response, Target
from tests.checkers.contract import Answers, Example, SourceCases
from tests.checkers.driving import NOON

ADDRESS = "https://rmh.pdnews.cn/Pc/ArtInfoApi/article?id=29970001"
COOKIE = "simulation_id=qs0123456789abcd"


def article(
    time: str = "2026年03月18日 10:00",
    author: str = "青石发布",
    title: str = "防汛提示",
    head: str = "",
) -> str:
    """The page of one article."""
    return (
        f"<!DOCTYPE html><html><head><title>人民号</title>{head}</head><body>"
        f'<div class="title"><h2> {title} </h2></div>'
        f'<div class="other clearfix m-t"><p><a href="#"><span>{author}</span></a> {time} </p></div>'
        '<div class="content"><p>2026年03月20日将有大雨。</p></div></body></html>'
    )


def says(page: str) -> Answers:
    return lambda request: Response("", 200, {}, page.encode())


def with_cookie(page: str) -> Answers:
    """The first visit brings the cookie only, the second the article."""

    def answers(request: Request) -> Response:
        if dict(request.headers).get("Cookie") == COOKIE:
            return Response("", 200, {}, page.encode())
        headers = {"set-cookie": f"acw=1; path=/\n{COOKIE}; path=/; HttpOnly"}
        return Response("", 200, headers, b"<html><body>...</body></html>")

    return answers


TARGET = Target(
    "people",
    "青石发布",
    address=ADDRESS,
    as_of=NOON,
    read_back_to=datetime(2026, 3, 5, 4, tzinfo=UTC),
)

CASES = {
    "article": SourceCases(
        TARGET,
        {
            "ok": Example(with_cookie(article()), datetime(2026, 3, 18, 2, tzinfo=UTC)),
            "future": Example(says(article("2026年03月22日 10:00"))),
            "time_zone": Example(
                says(article("2026-03-18 00:30:00")), datetime(2026, 3, 17, 16, 30, tzinfo=UTC)
            ),
        },
        absent={
            "others": "another author's article is refused as a whole",
            "pinned_old": "one article, no list",
            "pinned_newest": "one article, no list",
        },
        json=False,
    )
}
