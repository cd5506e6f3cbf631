"""What a host puts up with: its gap between requests, and what it says to whoever is too fast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.simulator.http import Answer, Asked, Handler

SLACK = 0.9
"""The share of its time that a host insists on: arrivals jitter by what two threads need to wake."""

CHALLENGE = Answer("<html><body>请完成验证</body></html>", 418)
TOO_MANY = Answer("", 429)

REFUSALS: Mapping[str, Answer] = {
    "m.weibo.cn": CHALLENGE,
    "api.bilibili.com": Answer({"code": -352, "message": "风控校验失败", "ttl": 1}),
    "api.weixin.qq.com": Answer({"errcode": 45011, "errmsg": "api minute-quota reach limit"}),
}
"""What each host says once it has had enough; others say 429."""


def window(gap: float) -> tuple[int, float]:
    """How many requests a host takes in how many seconds, at a gap of so many: one a gap, or, where
    several come in a second, as many as come in it."""
    count = max(1, int(1 / gap + 1e-9)) if gap > 0 else 1
    return count, count * gap


@dataclass(slots=True)
class Manners:
    """Hosts that refuse everything from the first impolite request on.

    `gaps`: host → seconds that it wants between two arrivals. `walls`: host → how many requests it
    answers at all before it refuses without any reason.
    """

    handler: Handler
    gaps: Mapping[str, float] = field(default_factory=dict)
    walls: Mapping[str, int] = field(default_factory=dict)
    stamps: dict[str, list[float]] = field(default_factory=dict)
    closed: dict[str, str] = field(default_factory=dict)
    """Host → why it refuses."""

    def __call__(self, asked: Asked) -> Answer:
        if why := self._too_fast(asked) or self._wall(asked):
            self.closed.setdefault(asked.host, why)
        if asked.host in self.closed:
            return REFUSALS.get(asked.host, TOO_MANY)
        return self.handler(asked)

    def _too_fast(self, asked: Asked) -> str:
        count, seconds = window(self.gaps.get(asked.host, 0.0))
        stamps = self.stamps.setdefault(asked.host, [])
        stamps.append(asked.at)
        if len(stamps) <= count:
            return ""
        taken = stamps[-1] - stamps[-1 - count]
        return f"{count + 1} within {taken:.3f} s" if taken < seconds * SLACK else ""

    def _wall(self, asked: Asked) -> str:
        most = self.walls.get(asked.host)
        return "a wall" if most is not None and asked.number > most else ""
