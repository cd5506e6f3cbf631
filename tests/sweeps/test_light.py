"""A sweep loads what it needs: its first request need not wait for the rest."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from registry.db import create
from registry.vocab import CheckKind
from sweeps.network.credentials import Credentials
from sweeps.planning.plan import Filters, plan_run
from tests.conftest import NOW
from tests.sweeps.loopback import Said, serve
from tests.sweeps.play import add_account, catalogue, checker

_SUBJECTS = ("accounts", "filings", "findings", "history", "intake", "units")
UNNEEDED = (
    *(f"registry.models.{subject}" for subject in _SUBJECTS),
    *("registry.names", "registry.exchange", "verdicts", "reports", "reconcilers", "commands"),
    *("alembic", "apprise", "bs4", "distributed", "feedparser", "jinja2", "keyring", "lxml"),
    *("opencc", "openpyxl", "python_calamine", "requests", "rich", "warcio", "xlsxwriter"),
    *(("psutil",) if sys.platform == "linux" else ()),
)

_SWEEP = """
import json, sys
from datetime import datetime

from checkers.base import Checker, Facts, Post, Request, Source
from checkers.loading import Catalogue
from registry.db import open_registry
from registry.vocab import Existence, Proof
from sweeps.clock import SystemClock
from sweeps.network.credentials import Credentials
from sweeps.network.transport import Network
from sweeps.run import Settings, run
from sqlalchemy.orm import Mapper
from sqlalchemy import event

set_up = []
event.listen(Mapper, "before_configured", lambda: set_up.append(True))


class Play(Checker):
    platform, label = "play", {"zh": "演练", "en": "Play"}
    sources = (Source("page", frozenset(Proof)),)

    def check(self, target, source):
        answer = yield Request(target.url)
        return Facts(Existence.EXISTS, (Post(datetime.fromisoformat(answer.usable().text())),))


path, uid, unneeded = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
done = run(
    open_registry(path),
    uid,
    Catalogue({"play": Play()}),
    credentials=Credentials({}),
    clock=SystemClock(),
    settings=Settings(network=Network(allow_private=("127.0.0.1",))),
)
loaded = [name for name in unneeded if name in sys.modules]
print(json.dumps([dict(done.outcomes), loaded, set_up]))
"""


def test_a_sweep_from_its_plan_to_its_end_loads_no_more_than_it_needs(tmp_path: Path) -> None:
    pages = catalogue(checker(platform="play"))
    path = str(tmp_path / "accounts.db")
    registry = create(path)
    with serve() as server:
        server.answers["*"] = Said(NOW.isoformat())
        with registry.write() as session:
            add_account(session, "青石", platform="play", url=server.url("/1"))
            uid = plan_run(
                session,
                at=NOW,
                now=NOW,
                catalogue=pages,
                credentials=Credentials({}),
                window_days=14,
                filters=Filters(kinds=(CheckKind.FRESHNESS,)),
            ).uid
        registry.close()
        command = [sys.executable, "-c", _SWEEP, path, uid, json.dumps(UNNEEDED)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert json.loads(done.stdout) == [{"read": 1}, [], []]
