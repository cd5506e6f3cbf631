"""`discover`: what a unit's own site shows of its accounts, against the ledger. Wires the reading and
the comparing together; leads are kept unless --dry-run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from commands.door import Door
from commands.options import listing_options
from registry.errors import NotFound, Refused
from registry.messages import _, language
from registry.vocab import label

if TYPE_CHECKING:
    from checkers._matrix.reading import Eye
    from reconcilers.bodies import Body
    from reconcilers.discovery import Comparison, Discovered, SeenAccount
    from reconcilers.ledger import Ledger
    from registry.db import Registry
    from sweeps.discovery import SiteRead

_MOST_TOLD = 10


@dataclass(frozen=True, slots=True)
class _Site:
    """The addresses to read for one unit."""

    unit: Body
    units: frozenset[int]
    """The unit and those below it."""
    urls: tuple[str, ...]


@click.command(
    help=_(
        "Read a unit's site for its 新媒体矩阵 and compare it with the ledger: not declared, declared,"
        " no longer shown."
    )
)
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@click.option("--unit", help=_("Whose site it is (default: whose website in the ledger it is)."))
@click.option("--below", is_flag=True, help=_("Also miss accounts of units below it."))
@click.option("--dry-run", is_flag=True, help=_("Show only; keep no leads."))
@listing_options
@click.pass_obj
def command(
    door: Door,
    urls: tuple[str, ...],
    unit: str | None,
    below: bool,
    dry_run: bool,
    format_: str,
    output: str | None,
) -> None:
    with door.registry() as registry:
        sites = _sites(registry, [_whole(url) for url in urls], unit)
        reads: list[SiteRead] = []
        rows: list[Discovered] = []
        new = 0
        for site in sites:
            found = _read(door, registry, site)
            reads += found
            told = _compared(door, registry, site, found, below)
            rows += told.rows
            new += 0 if dry_run else _kept(door, registry, told)
    _listed(door, rows, format_, output)
    if format_ == "table" and output is None:
        _tell(rows, reads, new, dry_run)


def _whole(url: str) -> str:
    from checkers._web.qr import is_web

    whole = url.strip() if "://" in url else f"https://{url.strip()}"
    if not is_web(whole):
        raise Refused(
            _("{url} is no address of a website.").format(url=url),
            _("Write it as https://www.example.gov.cn/."),
        )
    return whole


def _sites(registry: Registry, urls: Sequence[str], unit: str | None) -> list[_Site]:
    """The addresses by the unit whose site they are. Raises NotFound where that is not known."""
    from reconcilers.discovery import site_hosts
    from reconcilers.ledger import read_ledger
    from registry.units.naming import find_unit
    from sweeps.planning.plan import below

    with registry.read() as session:
        ledger = read_ledger(session)
        given = ledger.bodies.by_id[find_unit(session, unit).id] if unit else None
        grouped: dict[int, tuple[Body, list[str]]] = {}
        for url in urls:
            hosts = [given] if given else site_hosts(ledger, url)
            if len(hosts) != 1:
                raise _unknown(url, hosts)
            grouped.setdefault(hosts[0].id, (hosts[0], []))[1].append(url)
        return [
            _Site(body, frozenset(session.scalars(below(body.id))), tuple(its))
            for body, its in grouped.values()
        ]


def _unknown(url: str, hosts: Sequence[Body]) -> NotFound:
    if hosts:
        message = _("Several units have {url} as their site: {names}.").format(
            url=url, names="、".join(body.name for body in hosts)
        )
    else:
        message = _("No website in the ledger lies at {url}.").format(url=url)
    return NotFound(message, _("Name the unit whose site it is: --unit UNIT."))


def _eye(door: Door, ledger: Ledger, site: _Site) -> Eye:
    from checkers._matrix.reading import Eye
    from checkers._matrix.words import Whose
    from reconcilers.discovery import others_names, own_names

    own = own_names(ledger, site.units, site.unit.name)
    others = others_names(ledger, site.units, own)
    return Eye(door.catalogue.identify, door.platforms.mentioned, Whose(own, others))


def _read(door: Door, registry: Registry, site: _Site) -> list[SiteRead]:
    """The sites as they show themselves. Raises NotFound when none could be read."""
    from commands.sweep_setup import sweep_settings
    from reconcilers.ledger import read_ledger
    from sweeps.discovery import discover
    from sweeps.run import evidence_folder

    with registry.read() as session:
        eye = _eye(door, read_ledger(session), site)
    reads = discover(
        site.urls,
        door.catalogue,
        eye,
        folder=evidence_folder(registry),
        credentials=door.credentials,
        clock=door.engine_clock,
        settings=sweep_settings(door),
    )
    if all(read.reason for read in reads):
        first = reads[0]
        why = label(first.reason, language().value) if first.reason else ""
        raise NotFound(
            _("{url} could not be read: {why}.").format(url=first.url, why=why),
            _("Nothing was compared. Open it in a browser, or try again later."),
        )
    return reads


def _compared(
    door: Door, registry: Registry, site: _Site, reads: Sequence[SiteRead], below: bool
) -> Comparison:
    from reconcilers.decisions import load_decisions
    from reconcilers.discovery import compare
    from reconcilers.ledger import read_ledger

    unread = [one for read in reads for one in read.unread]
    with registry.read() as session:
        return compare(
            read_ledger(session),
            _seen(reads),
            unit=site.unit.name,
            units=site.units,
            below=site.units if below else {site.unit.id},
            catalogue=door.platforms,
            decisions=load_decisions(session, door.today),
            whole=not any([*(r.reason for r in reads), *(one.reason for one in unread)]),
            unread_codes=any(one.reason is None for one in unread),
        )


def _seen(reads: Sequence[SiteRead]) -> list[SeenAccount]:
    """Each account once, from whichever page showed it first."""
    from reconcilers.discovery import SeenAccount

    found: dict[tuple[str, ...], SeenAccount] = {}
    for read in reads:
        for one in read.sightings:
            key = (one.platform, one.scheme, one.value or one.url)
            ids: Mapping[str, str] = {one.scheme: one.value} if one.scheme else {}
            where = f"{one.title} {one.page}".strip()
            where = f"{where} ({read.evidence})"
            found.setdefault(key, SeenAccount(one.platform, one.name, one.url, ids, where))
    return list(found.values())


def _kept(door: Door, registry: Registry, told: Comparison) -> int:
    from registry.accounts.leads import add_leads

    with registry.write() as session:
        return add_leads(session, told.leads, found_at=door.now)


def _words() -> Mapping[str, str]:
    return {
        "lead": _("not in the ledger"),
        "known": _("in the ledger"),
        "closed": _("cancelled in the ledger"),
        "others": _("another unit's"),
        "not_shown": _("no longer shown"),
        "unsure": _("a person must look"),
    }


def _listed(door: Door, rows: Sequence[Discovered], format_: str, output: str | None) -> None:
    from reconcilers.leads import where_words
    from reports.listing import Column, write_listing

    columns = [
        Column("standing", _("Result"), shown=lambda standing: _words()[standing]),
        Column("platform", _("Platform"), shown=door.platform_label),
        Column("name", _("Name")),
        Column("identifier", _("Platform id")),
        Column("url", _("Address")),
        Column("host_unit", _("Host unit")),
        Column("where", _("Page"), table=False, shown=where_words),
        Column("account_uid", _("Account's uid"), table=False),
    ]
    write_listing(rows, columns, format_, output)


def _tell(rows: Sequence[Discovered], reads: Sequence[SiteRead], new: int, dry_run: bool) -> None:
    counts = Counter(row.standing.value for row in rows)
    click.echo("  ".join(f"{words} {counts[name]}" for name, words in _words().items()))
    if counts["lead"] and dry_run:
        click.echo(_("Nothing was kept (--dry-run)."))
    elif counts["lead"]:
        click.echo(
            _(
                "{new} new leads kept. Look at each; then file it with `taizhang filing open …`, or"
                " see it as RC301 in `taizhang reconcile run`."
            ).format(new=new)
        )
    if counts["closed"]:
        click.echo(
            _(
                "Shown although cancelled: have the link taken off the site, or see whether the account is"
                " in use again."
            )
        )
    if counts["not_shown"]:
        click.echo(_("No longer shown: ask the unit; stopped accounts: `taizhang filing stop …`."))
    unread = [one for read in reads for one in read.unread]
    unread_pages = [one for one in unread if one.reason]
    if unread_pages or any(read.reason for read in reads):
        click.echo(_("Not everything could be read, so nothing is called no longer shown:"))
        failed = [(r.url, r.reason) for r in reads if r.reason]
        for url, reason in [*failed, *((one.url, one.reason) for one in unread_pages)][:_MOST_TOLD]:
            click.echo(f"  {label(reason, language().value) if reason else ''}  {url}")
    codes = [one for one in unread if one.reason is None]
    if codes:
        click.echo(_("Images without a QR code that a machine reads; open them with WeChat:"))
        for one in codes[:_MOST_TOLD]:
            click.echo(f"  {one.url[:200]}")
