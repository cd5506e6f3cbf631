"""`demo`: the whole job on the bundled sample, by the same steps as the real commands. No network.

It works on a copy in its own folder and touches nothing else; a folder that it did not make is
refused. Its clock stands where the bundled second run ended.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from importlib.resources import as_file
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.door import Door
from registry.errors import Refused
from registry.messages import _

if TYPE_CHECKING:
    from commands.demo_words import Shown
    from registry.db import Registry
    from registry.findings.differences import Reconciliation
    from reports.page_data import Link, PageData

pass_door = click.make_pass_decorator(Door)

MARK = ".taizhang-demo"
"""A folder with this file in it was made by the demo."""

DATABASE, DATA = "accounts.db", "accounts.data"
REPORTS = ("index.html", "ledger.xlsx", "reconcile.xlsx", "upload.xlsx")
_BESIDE = (f"{DATABASE}-wal", f"{DATABASE}-shm", f"{DATABASE}-journal")

_FIRST, _SECOND, _EXPORT = "first-run.warc.gz", "second-run.warc.gz", "national.xlsx"


@click.command(help=_("Run the whole job on the bundled sample, without a network."))
@click.option(
    "--out",
    default="demo-report",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help=_("Folder for the copy and the reports."),
)
@pass_door
def command(door: Door, out: Path) -> None:
    from commands.demo_words import tell

    with bundled() as sample:
        prepare(out, sample)
        shown = show(standing_door(door, out, sample[_SECOND]), out, sample)
    tell(shown, out)


@contextmanager
def bundled() -> Iterator[dict[str, Path]]:
    """The files of the sample by name, in a checkout and in an installed wheel. Raises NotFound."""
    from registry.resources import resource, shared_file

    with ExitStack() as stack:
        names = (_FIRST, _SECOND, _EXPORT)
        files = {name: stack.enter_context(as_file(resource("sample", name))) for name in names}
        yield {DATABASE: shared_file(f"{DATABASE}.sample"), **files}


def prepare(out: Path, sample: dict[str, Path]) -> None:
    """The folder with a fresh copy of the sample in it. Raises Refused for somebody else's folder.

    Of an earlier demo only what the demo itself writes is replaced.
    """
    if out.is_symlink() or (out.is_dir() and any(out.iterdir()) and not (out / MARK).is_file()):
        raise Refused(
            _("{folder} was not made by the demo and is left alone.").format(folder=out),
            _("Name another folder with --out."),
        )
    out.mkdir(parents=True, exist_ok=True)
    (out / MARK).write_text("taizhang demo\n", encoding="utf-8")
    for name in (DATABASE, *_BESIDE, *REPORTS):
        (out / name).unlink(missing_ok=True)
    if (out / DATA).is_dir():
        shutil.rmtree(out / DATA)
    shutil.copyfile(sample[DATABASE], out / DATABASE)
    evidence = out / DATA / "evidence"
    evidence.mkdir(parents=True)
    shutil.copyfile(sample[_FIRST], evidence / _FIRST)


def standing_door(door: Door, out: Path, evidence: Path) -> Door:
    """A door to the copy whose clock stands an hour after the bundled run began."""
    from sweeps.evidence.replay import recorded_run

    moment: datetime = recorded_run(evidence).as_of + timedelta(hours=1)
    actor = door.actor or _("demonstration")
    return Door(str(out / DATABASE), str(out / DATA), actor, None, lambda: moment)


def show(door: Door, out: Path, sample: dict[str, Path]) -> Shown:
    """Replay the second run, judge it, reconcile with the national export, write the reports."""
    from commands import comparing, judging, replaying, running
    from registry.sweep_points import time_point_of
    from commands.demo_words import Shown
    from registry.exchange.national_reading import read_national
    from registry.exchange.snapshots import keep_export
    from registry.models import Account, Filing
    from reports.page_data import gather
    from sweeps.network.credentials import Credentials

    with door.registry() as registry:
        uid, recording = replaying.plan_replay(
            door, registry, [sample[_SECOND]], other_registry=True
        )
        nobody = Credentials.of(door.catalogue, {})
        run = running.do_run(door, registry, uid, nobody, recording)
        with registry.read() as session:
            point = time_point_of(session, uid)
        told = judging.judge(door, registry, point)
        export = read_national(sample[_EXPORT], door.national_mapping(), door.platforms)
        with registry.write() as session:
            act = door.act(session, _("reconciling"))
            national = keep_export(session, export, act)
            result = comparing.reconcile_all(door, session, registry.data, act, national)
        with registry.read() as session:
            page = gather(
                session,
                at=door.now,
                platform=door.platforms.label,
                sweep=told,
                reconciliation=result,
                links=_links(),
            )
            accounts, filings = (session.query(table).count() for table in (Account, Filing))
        _write(door, registry, out, page, result)
    return Shown(accounts, filings, run, told, result, page)


def _links() -> tuple[Link, ...]:
    from reports.page_data import Link

    return (
        Link("reconcile.xlsx", _("What to put right"), _("a sheet for each kind of problem")),
        Link("upload.xlsx", _("Rows to upload"), _("to add, change, take offline")),
        Link("ledger.xlsx", _("The ledger"), _("all accounts as declared")),
    )


def _write(
    door: Door, registry: Registry, out: Path, page: PageData, result: Reconciliation
) -> None:
    """The four reports, by the writers that the commands use."""
    from registry.queries import ledger
    from reports.ledger import write_ledger
    from reports.page import write_page
    from reports.reconcile_book import write_reconcile_book
    from reports.upload import write_upload

    with registry.read() as session:
        rows = ledger(session, with_contacts=True)
    write_ledger(rows, "xlsx", out / "ledger.xlsx", platform=door.platforms.label, at=door.now)
    write_reconcile_book(result, out / "reconcile.xlsx", platform=door.platforms.label)
    template = door.national_mapping()
    write_upload(result.upload_rows, out / "upload.xlsx", template, door.platforms)
    write_page(page, out / "index.html")
