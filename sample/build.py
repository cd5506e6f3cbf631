"""Rebuilds the bundled sample: `python -m sample.build`, or `make sample`. No network, no clock.

What comes out is the same at every run: `accounts.db.sample` with an earlier sweep, that sweep's
evidence, the evidence of a second run a week later, and an export of the national system.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import update
from sqlalchemy.orm import Session

from checkers.loading import Catalogue, load_checkers
from registry import db
from registry.accounts import making as accounts
from registry.accounts.baseline import BaselineRow, baseline_many
from registry.actors import get_actor
from registry.filings import jurisdictions
from registry.history.writing import Act
from registry.models import ImportBatch, Run
from registry.platforms import PlatformCatalogue
from registry.uids import repeatable
from registry.units.acts import add_unit
from registry.units.naming import find_unit
from registry.vocab import ActorKind, UnitLevel
from sample import national, papers, sightings
from sample.answers import Platforms
from sample.county import ACCOUNTS, CITY, COUNTY, REGION_CODES, UNITS, Entry, contact, new_ids
from sample.desk import Desk, moment
from sample.stage import StageClock, StageWorkers
from sweeps.network.credentials import Credentials, variable
from sweeps.planning.plan import Filters, plan_run
from sweeps.evidence.sums import enter, sum_of
from sweeps.run import evidence_folder, run
from verdicts.ruleset import load
from verdicts.sweep import judge_sweep

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "accounts.db.sample"
EXPORT, FIRST_EVIDENCE, SECOND_EVIDENCE = "national.xlsx", "first-run.warc.gz", "second-run.warc.gz"

FIRST, FIRST_RUN = moment(11, 9), moment(11, 10)
"""The first time point, and when the run for it began: a day later, as WeChat's statistics are
made overnight."""
SECOND, SECOND_RUN = moment(11, 16), moment(11, 17)

_SEED, _BEGAN = 5399, moment(7, 6)
_RULES = "national-2019"


def build(folder: Path) -> None:
    """Write the sample into `folder`: the database at its top, the rest in `sample/`."""
    with tempfile.TemporaryDirectory() as made, repeatable(_SEED, _milliseconds(_BEGAN)):
        work, out = Path(made), folder / "sample"
        out.mkdir(parents=True, exist_ok=True)
        catalogue = load_checkers()
        registry = db.create(str(work / "accounts.db"))
        _fill(registry, catalogue)
        with registry.read() as session:
            platforms = PlatformCatalogue.with_known(catalogue.infos(), catalogue.identify)
            national.write(session, out / EXPORT, platforms)
        shutil.copyfile(evidence_folder(registry) / FIRST_EVIDENCE, out / FIRST_EVIDENCE)
        registry.close()
        _compact(work / "accounts.db")
        shutil.copyfile(work / "accounts.db", folder / DATABASE)
        shutil.copyfile(_second_evidence(work, catalogue), out / SECOND_EVIDENCE)


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _fill(registry: db.Registry, catalogue: Catalogue) -> None:
    """The year of the sample up to the morning of the second time point."""
    with registry.write() as session:
        desk = Desk(session, _founded(session))
        desk.play(papers.BEFORE)
        _set_sources(desk)
    _name_evidence(registry, _sweep(registry, catalogue, FIRST, FIRST_RUN))
    with registry.write() as session:
        desk = Desk(session, desk.accounts)
        sightings.looked(desk, FIRST)
        judge_sweep(
            session,
            at=FIRST,
            ruleset=load(_RULES),
            now=moment(11, 10, 15),
            act=desk.act(moment(11, 10, 15), CITY),
        )
        desk.play((*papers.AFTER, sightings.put_right, sightings.still_silent))


def _name_evidence(registry: db.Registry, run_uid: str) -> None:
    """Give the run's evidence the name under which it is bundled."""
    folder = evidence_folder(registry)
    made = next(folder.glob(f"{run_uid}-*"))
    bundled = sum_of(made.rename(folder / FIRST_EVIDENCE))
    with registry.write() as session:
        session.execute(update(Run).where(Run.uid == run_uid).values(evidence=[FIRST_EVIDENCE]))
        enter(session, {FIRST_EVIDENCE: bundled}, FIRST_RUN)


# --- the office, its units and its first ledger ---------------------------------------------------


def _founded(session: Session) -> dict[str, str]:
    """Both offices with their rules, the units, and the ledger as first imported."""
    founding = Act(get_actor(session, "方远"), _BEGAN, "建库")
    jurisdictions.found_office(
        session, CITY, act=founding, level=UnitLevel.CITY, region_code=REGION_CODES[CITY]
    )
    county = add_unit(
        session,
        COUNTY,
        act=founding,
        effective_on=_BEGAN.date(),
        level=UnitLevel.COUNTY,
        kind=find_unit(session, CITY).kind,
        region_code=REGION_CODES[COUNTY],
        parent=find_unit(session, CITY),
    )
    jurisdictions.seed(session, county)
    for unit in UNITS:
        add_unit(
            session,
            unit.name,
            act=founding,
            effective_on=_BEGAN.date(),
            level=unit.level,
            kind=unit.kind,
            parent=find_unit(session, unit.parent),
            aliases=unit.aliases,
        )
    return _imported(session)


def _imported(session: Session) -> dict[str, str]:
    importing = Act(get_actor(session, "import", kind=ActorKind.IMPORT), _BEGAN, "存量登记")
    batch = ImportBatch(
        sender_id=find_unit(session, CITY).id,
        kind="ledger",
        file_name="云川市政务新媒体台账（2026年6月）.xlsx",
        sha256="5399" * 16,
        applied_at=_BEGAN,
        actor_id=importing.actor.id,
        counts={"create": len(ACCOUNTS)},
        options={},
    )
    session.add(batch)
    session.flush()
    made = baseline_many(session, [_row(session, e) for e in ACCOUNTS], importing, batch)
    return {entry.key: account.uid for entry, account in zip(ACCOUNTS, made, strict=True)}


def _row(session: Session, entry: Entry) -> BaselineRow:
    return BaselineRow(
        platform=entry.platform,
        name=entry.name,
        host_unit=find_unit(session, entry.host),
        form=entry.form,
        identifiers=entry.identifiers,
        disputed=frozenset(entry.identifiers) if entry.same_id_as else frozenset(),
        state=entry.state,
        verified_subject=entry.host,
        url=entry.url,
        purpose=entry.purpose,
        opened_on=entry.opened_on,
        followers=entry.followers,
        cadence=entry.cadence,
        contacts=[contact(entry)],
    )


# --- how the accounts are looked at ---------------------------------------------------------------


def _renewed() -> dict[str, Entry]:
    """Entries as filings have changed their ids, or have brought them."""
    old = next(e for e in ACCOUNTS if e.key == papers.REOPENED)
    opened = Entry(
        "青石县医疗保障局",
        "wechat",
        "青石医保",
        "订阅号",
        papers.OPENED_SERIAL,
        identifiers=new_ids("wechat", papers.OPENED_SERIAL),
        way="api",
    )
    return {
        old.key: replace(old, identifiers=new_ids("weibo", papers.REOPENED_SERIAL)),
        opened.key: opened,
    }


def _entries() -> list[Entry]:
    """Every account as it is looked at."""
    found = {entry.key: entry for entry in ACCOUNTS} | _renewed()
    return list(found.values())


def _credential(entry: Entry) -> str:
    """The name of the account's secret, where the office has one."""
    if entry.way != "api":
        return ""
    return f"{entry.platform}:{entry.identifiers['appid' if entry.platform == 'wechat' else 'uid']}"


def _set_sources(desk: Desk) -> None:
    for entry in _entries():
        account = desk.account(entry.key)
        name = _credential(entry)
        if name:
            accounts.set_source(desk.session, account, "api", credential=name)
        if name and entry.platform == "wechat":
            accounts.set_source(desk.session, account, "menu", credential=name, position=1)
        if entry.way == "article":
            accounts.set_source(desk.session, account, "article", address=entry.article)
        if entry.way == "rsshub":
            accounts.set_source(desk.session, account, "rsshub", address=entry.feed)


def _credentials(catalogue: Catalogue) -> Credentials:
    """Secrets of nobody, under the names that the accounts' sources say."""
    names = filter(None, map(_credential, _entries()))
    return Credentials.of(catalogue, {variable(n): f"sample-secret-of-{n}" for n in names})


def _sweep(registry: db.Registry, catalogue: Catalogue, at: datetime, began: datetime) -> str:
    """One run of the real engine on the stage; its uid."""
    clock = StageClock(began)
    credentials = _credentials(catalogue)
    with registry.write() as session:
        act = Act(get_actor(session, "方远", unit=find_unit(session, CITY)), began)
        planned = plan_run(
            session,
            at=at,
            now=began,
            catalogue=catalogue,
            credentials=credentials,
            window_days=load(_RULES).window_days + 1,
            fresh_days=load(_RULES).window_days,
            filters=Filters(everything=True),
            actor=act.actor,
        )
        uid = planned.uid
    workers = StageWorkers(clock, Platforms(_renewed()))
    run(registry, uid, catalogue, credentials=credentials, clock=clock, workers=workers)
    return uid


# --- files ----------------------------------------------------------------------------------------


def _second_evidence(work: Path, catalogue: Catalogue) -> Path:
    """The evidence of a run a week later, made in a copy that is thrown away."""
    shutil.copyfile(work / "accounts.db", work / "second.db")
    registry = db.open_registry(str(work / "second.db"))
    _sweep(registry, catalogue, SECOND, SECOND_RUN)
    registry.close()
    return next(evidence_folder(registry).iterdir())


def _compact(path: Path) -> None:
    """One file that any SQLite browser opens: nothing beside it, nothing left over in it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA page_size = 4096")  # few rows in many tables: half the file
        connection.execute("VACUUM")


def dump(path: Path) -> Mapping[str, list[tuple[object, ...]]]:
    """Every table of a database file with its rows: what the file says, whatever its bytes."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        )
        return {
            name: connection.execute(f'SELECT * FROM "{name}" ORDER BY 1').fetchall()
            for (name,) in names.fetchall()
        }


if __name__ == "__main__":
    build(ROOT)
