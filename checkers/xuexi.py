"""学习强国 (Xuexi Qiangguo): the public data of a channel, which lists all that stands in it.

Accounts (学习强国号) show their pages in the app only, and the data beside a column's own page is a
cache of 2017 to 2019: both are for a person to look at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from checkers.addresses import Addressed, Place
from checkers.base import (
    Coverage,
    Facts,
    Inconclusive,
    Pace,
    Post,
    Request,
    Response,
    Source,
    Steps,
    Target,
    Unsupported,
    newest_first,
)
from registry.dates import DateError, parse_when
from registry.vocab import CheckKind, CoverageKind, Existence, Proof, Reason


class Xuexi(Addressed):
    """学习强国号与频道."""

    platform = "xuexi"
    label = {"zh": "学习强国", "en": "Xuexi Qiangguo"}
    synonyms = ("学习强国号", "强国号", "学习强国平台", "学习强国学习平台")
    schemes = {"channel": r"[0-9a-z]{6,40}"}
    places = (
        Place("xuexi.cn", r"/lgdata/(?P<id>[0-9a-z]+)\.json", "channel"),
        Place("xuexi.cn", r"/[0-9a-f]{32}/(?:data)?[0-9a-f]{32}\.(?:html|js)", "url"),
    )
    hosts = {"www.xuexi.cn": Pace(min_gap=3.0, per_run=200)}
    sources = (
        Source(
            "channel",
            frozenset({Proof.FRESH, Proof.STALE}),
            frozenset({CheckKind.FRESHNESS, CheckKind.HANDLE}),
            label={"zh": "学习强国频道数据", "en": "channel data"},
        ),
    )

    def check(self, target: Target, source: str) -> Steps:
        """Freshness of the channel that the ledger or the office names."""
        if source != "channel":
            raise Unsupported(Reason.NO_SOURCE, source)
        channel = self._channel(target)
        if not channel:
            known = target.url or target.address
            reason = Reason.BY_HAND if known else Reason.NO_ADDRESS
            raise Unsupported(reason, "no channel; pages of accounts are shown in the app only")
        minutes = int(target.as_of.timestamp() // 60)
        response: Response = yield Request(
            f"https://www.xuexi.cn/lgdata/{channel}.json?_st={minutes}"
        )
        return _facts(_rows(response), response.moment)

    def _channel(self, target: Target) -> str:
        values = [target.identifiers.get("channel", "")]
        for url in (target.address, target.url):
            found = self.identify(url)
            values.append(found.value if found and found.scheme == "channel" else "")
        return next((v for v in values if re.fullmatch(self.schemes["channel"], v)), "")


_NOT_VALID = frozenset({"false", "0"})
"""What `dataValid` says of a row that was taken back, as a word or as a number too."""


def _rows(response: Response) -> list[Mapping[str, Any]]:
    """The valid rows of a channel. Raises Inconclusive where there are none."""
    data = response.json()
    if response.status != 200 or not isinstance(data, list):
        raise Inconclusive(Reason.CHANGED_LAYOUT, f"HTTP {response.status}, no list")
    if not all(isinstance(row, dict) for row in data):
        raise Inconclusive(Reason.CHANGED_LAYOUT, "rows that are no objects")
    rows = [row for row in data if str(row.get("dataValid")).lower() not in _NOT_VALID]
    if not rows:
        raise Inconclusive(Reason.AMBIGUOUS, f"no valid row of {len(data)}")
    return rows


def _facts(rows: list[Mapping[str, Any]], seen_at: datetime) -> Facts:
    """All rows of the channel, whatever their order. One without a time may be new."""
    posts = newest_first([post for row in rows if (post := _post(row, seen_at))])
    if not posts:
        raise Inconclusive(Reason.CHANGED_LAYOUT, "rows without a time")
    coverage = Coverage(CoverageKind.PARTIAL)
    if len(posts) == len(rows):
        coverage = Coverage(CoverageKind.REACHES_BACK_TO, posts[-1].published_at)
    return Facts(Existence.EXISTS, posts, coverage)


def _post(row: Mapping[str, Any], seen_at: datetime) -> Post | None:
    raw = row.get("publishTime")
    if not isinstance(raw, (str, int)) or isinstance(raw, bool):
        return None
    try:
        when = parse_when(raw, seen_at=seen_at)
    except DateError:
        return None
    title, url = str(row.get("title") or "")[:200], str(row.get("url") or "")
    return Post(when.at, when.precision, title, url)
