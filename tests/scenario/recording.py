"""Evidence of sweeps of the cast: the real engine and checkers ask platforms that are played, and
what came back is written as a run writes it. Made once; what a plant changes is recorded beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path

from sqlalchemy import select

from checkers.loading import load_checkers
from registry.db import Registry
from registry.models import Account
from sweeps.network.credentials import Credentials, variable
from sweeps.planning.plan import Filters, plan_run
from sweeps.run import Settings, evidence_folder, run
from tests.scenario.cast import CAST, LOOKED, MINI, NEWCOMERS, SHOWN, Shown
from tests.scenario.platforms import Platforms
from tests.sweeps.play import FakeClock, FakeWorkers, Reply

_UNHURRIED = {"min_gap": 0.0, "per_run": 10_000}
_HOSTS = ("m.weibo.cn", "api.bilibili.com", "api.weixin.qq.com", "itunes.apple.com")


_HELD = (
    f"miniprogram:{MINI}",
    *(f"wechat:{row.id}" for row in CAST.values() if row.platform == "wechat"),
)


class Recorder:
    """An office that has everybody in its ledger and a network."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        with registry.read() as session:
            rows = session.execute(select(Account.id, Account.platform, Account.name)).all()
        named = {(platform, name): key for key, platform, name in rows}
        self._ids = {
            key: named[row.platform, row.name] for key, row in {**CAST, **NEWCOMERS}.items()
        }
        self.whole = cache(self._whole)

    def _whole(self, at: datetime) -> Path:
        """Everybody, with nothing planted."""
        return self._record(SHOWN, at, Filters(everything=True))

    def files(self, shown: Mapping[str, Shown], at: datetime) -> tuple[Path, ...]:
        """Evidence of that week's sweep: what is planted goes before the rest."""
        whole = self.whole(at)
        return (self.planted(shown, at), whole) if shown else (whole,)

    def planted(self, shown: Mapping[str, Shown], at: datetime) -> Path:
        """Those accounts alone of which something else is shown."""
        ids = [self._ids[key] for key in shown]
        return self._record({**SHOWN, **shown}, at, Filters(everything=True, account_ids=ids))

    def _record(self, shown: Mapping[str, Shown], at: datetime, filters: Filters) -> Path:
        catalogue, looked = load_checkers(), at + LOOKED
        credentials = Credentials.of(catalogue, {variable(name): "a-secret" for name in _HELD})
        with self._registry.write() as session:
            planned = plan_run(
                session,
                at=at,
                now=looked,
                catalogue=catalogue,
                credentials=credentials,
                window_days=15,
                fresh_days=14,
                filters=filters,
            )
            uid = planned.uid
        clock = FakeClock(looked)
        run(
            self._registry,
            uid,
            catalogue,
            credentials=credentials,
            clock=clock,
            settings=Settings(pace={host: _UNHURRIED for host in _HOSTS}),
            workers=FakeWorkers(clock, _timed(Platforms(shown, at), clock)),
        )
        (file,) = evidence_folder(self._registry).glob(f"{uid}-*")
        return file


def _timed(platforms: Platforms, clock: FakeClock) -> Reply:
    """Answers carry the moment at which they came."""
    return lambda request: replace(platforms(request), fetched_at=clock.now())
