"""The table of `docs/scaling.md`: how many ways out the paces of the checkers ask for.

`python -m tests.scaling_table` writes it into the page again.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from checkers.base import Pace
from checkers.loading import load_checkers
from sweeps.driving.engine import paces

PAGE = Path(__file__).parent.parent / "docs" / "scaling.md"
BEGIN, END = "<!-- table -->\n", "<!-- /table -->\n"

WEEK = 7 * 86_400.0
RUNS = 7
"""A week: one run a day."""
LOOKS = 0.6
"""Looks per account and week under due planning, the goal that `bench/due.py` measures against."""
SIZES = (4_000, 100_000, 1_000_000)


class Host(NamedTuple):
    """A host with the accounts that are read there."""

    title: str
    name: str
    share: float
    """Of all accounts: an example, to be replaced by one's own."""
    requests: int
    """For one look at an account, as in the sample."""


HOSTS = (
    Host("微信公众号（接口，更新和菜单）", "api.weixin.qq.com", 0.45, 9),
    Host("微博（接口）", "api.weibo.com", 0.15, 2),
    Host("微博（公开页面）", "m.weibo.cn", 0.10, 2),
    Host("抖音（分享页）", "www.iesdouyin.com", 0.10, 1),
    Host("今日头条（公开页面）", "m.toutiao.com", 0.05, 1),
    Host("B站（公开名片）", "api.bilibili.com", 0.02, 1),
)


def capacity(pace: Pace) -> float:
    """Requests that one egress may make of a host in a week of daily runs."""
    limits = [WEEK / pace.min_gap if pace.min_gap else math.inf]
    limits += [RUNS * each for each in (pace.per_run, pace.daily) if each is not None]
    return min(limits)


def table() -> str:
    """The table as it ought to be."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    sizes = " | ".join(f"{size:,} 个账号" for size in SIZES)
    yield f"| 读取途径 | 站点 | 占比 | 每次请求 | 间隔 | 每次巡查上限 | {sizes} |"
    yield "| --- | --- | --- | --- | --- | --- |" + " --- |" * len(SIZES)
    known = paces(load_checkers())
    for host in HOSTS:
        pace = known[host.name]
        cells = [host.title, f"`{host.name}`", f"{host.share:.0%}", str(host.requests)]
        cells += [f"{pace.min_gap:g} 秒", str(pace.per_run or "不限")]
        cells += [_cell(host, pace, size) for size in SIZES]
        yield f"| {' | '.join(cells)} |"


def _cell(host: Host, pace: Pace, accounts: int) -> str:
    requests = accounts * host.share * LOOKS * host.requests
    hours, ways = requests * pace.min_gap / 3600, math.ceil(requests / capacity(pace))
    return f"{requests:,.0f} 次，{hours:,.1f} 小时，出口 {ways:,} 个"


def with_table(page: str) -> str:
    """The page with the table as it ought to be."""
    before, rest = page.split(BEGIN)
    return before + BEGIN + table() + END + rest.split(END)[1]


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
