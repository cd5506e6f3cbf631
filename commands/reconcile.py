"""`reconcile`: ledger, reality and national system side by side, with a workbook of what to fix."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.door import Door
from commands.options import DAY, card_options
from commands.reconcile_apply import command as apply
from commands.reconcile_words import load_printing, tell, tell_notes, tell_remarks
from commands.second import begin_reading
from registry.beside import Second
from registry.collector import resting
from registry.errors import EXIT_GATE, Refused
from registry.exchange.national_template import WATCHED
from registry.messages import _, language
from registry.vocab import DecisionKind, label

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from reconcilers.explaining import Explanation
    from registry.exchange.national_export import NationalExport
    from registry.exchange.national_template import NationalMapping
    from registry.findings.differences import Reconciliation
    from registry.platforms import PlatformCatalogue

pass_door = click.make_pass_decorator(Door)


@click.group(help=_("Reconciling: run · apply · decide · explain · approve-duplicate · mapping."))
def command() -> None:
    pass


@command.command(help=_("Compare all three pictures; write reconcile.xlsx and upload.xlsx."))
@click.option(
    "--national",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=_("Export of the national system (default: the one kept last)."),
)
@click.option(
    "--mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=_("Its column mapping (default: the shipped one, or as the settings say)."),
)
@click.option(
    "--out",
    default="reconcile-report",
    type=click.Path(file_okay=False, path_type=Path),
    show_default=True,
    help=_("Folder for the workbooks."),
)
@click.option(
    "--accept-absent",
    is_flag=True,
    help=_("The export is whole: what it lacks since the last one is gone."),
)
@click.option(
    "--accept-changed",
    multiple=True,
    metavar=_("COLUMN"),
    help=_(
        "The export is right: this column did change in so many rows (its title, e.g. 主办单位)."
    ),
)
@click.option(
    "--gate",
    is_flag=True,
    help=_("Exit 1 while anything stops the upload, or when no export was compared."),
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "json", "html"]),
    default="table",
    show_default=True,
    help=_("How to print it; html is one page with every difference."),
)
@click.option("--output", type=click.Path(dir_okay=False), help=_("Write to this file instead."))
@pass_door
def run(
    door: Door,
    /,
    national: Path | None,
    mapping: Path | None,
    out: Path,
    accept_absent: bool,
    accept_changed: tuple[str, ...],
    gate: bool,
    format_: str,
    output: str | None,
) -> None:
    template = door.national_mapping(mapping)
    accept = {*_watched(accept_changed, template), *(["absent"] if accept_absent else [])}
    files = [out / "reconcile.xlsx", out / "upload.xlsx"]
    _check_apart(output, files)
    with Second() as second, resting():
        read = begin_reading(second, national, template) if national else None
        from commands.reconcile_books import write_books  # slow to load: the reading has begun

        result = _reconciled(door, read, accept, template)
        write_books(result, files, template, door, second)
        tell(result, files, format_, output, door.platforms.label)
    if gate and not result.clear:
        raise click.exceptions.Exit(EXIT_GATE)


def _watched(titles: Collection[str], template: NationalMapping) -> Collection[str]:
    """The fields that these titles or words mean. Raises BadInput for any other."""
    if not titles:
        return ()
    from registry.exchange.watched import watched_fields  # slow to load, and hardly ever needed

    return watched_fields(titles, WATCHED, template.titles, template.title_of)


def _reconciled(
    door: Door,
    read: Callable[[PlatformCatalogue], NationalExport] | None,
    accept: Collection[str],
    template: NationalMapping,
) -> Reconciliation:
    """All pictures compared and settled; the export is asked for when nothing else is left to do."""
    from commands.comparing import look_at_all, reconcile_all
    from registry.exchange.first_export import check_first
    from registry.exchange.national_states import with_unknown_states
    from registry.exchange.snapshots import keep_export, last_export

    with door.registry() as registry, registry.write() as session:
        act = door.act(session, _("reconciling"), person=bool(accept))
        looked = look_at_all(door, session, registry.data)
        if read is None:
            last = last_export(session)
            last = with_unknown_states(last, template) if last else None
            return reconcile_all(door, session, registry.data, act, last, looked)
        load_printing()  # slow, and the export is still being read
        found = read(door.platforms)
        tell_remarks(found.remarks)
        tell_notes(found.notes)
        export = with_unknown_states(keep_export(session, found, act, accept), template)
        result = reconcile_all(door, session, registry.data, act, export, looked)
        seen = result.coverage
        check_first(
            *(session, found, export, act, accept),
            absent=seen.absent,
            live=seen.live,
            contradicted=result.contradicted,
            matched=seen.matched,
        )
        return result


def _check_apart(output: str | None, files: Sequence[Path]) -> None:
    """Raise Refused where `--output` is one of the workbooks: it would be written over."""
    if output and any(Path(output).resolve() == file.resolve() for file in files):
        raise Refused(
            _("{file} is a workbook that this run writes.").format(file=output),
            _("Give --output another name."),
        )


@command.command(
    help=_("Record for ever that two rows are the same account, or are not, or that one must go.")
)
@click.argument("left", metavar="ACCOUNT")
@click.argument("right", metavar="ACCOUNT_OR_ROW", required=False)
@click.option("--same", is_flag=True, help=_("They are one account."))
@click.option("--not-same", is_flag=True, help=_("They are two."))
@click.option(
    "--offline",
    is_flag=True,
    help=_(
        "The row of the national system is to be taken offline; one that is no account (RC305) is"
        " named alone."
    ),
)
@click.option("--reverse", is_flag=True, help=_("Overrule what was decided of them before."))
@click.option("--reason", default="", help=_("Why; kept with the act."))
@pass_door
def decide(
    door: Door,
    /,
    left: str,
    right: str | None,
    same: bool,
    not_same: bool,
    offline: bool,
    reverse: bool,
    reason: str,
) -> None:
    decided = _decided(same=same, not_same=not_same, offline=offline)
    if right is not None:
        _decide_two(door, decided, left, right, reverse, reason)
    elif decided is DecisionKind.OFFLINE_THERE:
        _take_offline(door, left, reverse, reason)
    else:
        raise click.UsageError(
            _(
                "Name two: an account, and another account or a row. Whether a row that is no account"
                " (RC305) is to stay is said of its finding: `taizhang finding dismiss`."
            )
        )


def _take_offline(door: Door, row: str, reverse: bool, reason: str) -> None:
    from reconcilers.naming import row_words
    from reconcilers.pairs import check_let_pass, lone_row, row_goes, row_stays

    with door.writing(reason, person=True) as (session, act):
        key, entry = lone_row(session, row, catalogue=door.platforms, at=door.now)
        check_let_pass(session, key, act, reverse=reverse)
        done = row_goes(session, key, act)
        back = row_stays(session, key)
    if not done:
        click.echo(" ".join(filter(None, (_("Nothing new: that was recorded before."), back))))
        return
    told = _("Recorded: {row}: {decision}.").format(
        row=row_words(entry), decision=label(DecisionKind.OFFLINE_THERE, language())
    )
    click.echo(told + _("The next upload.xlsx takes it offline there."))


def _decide_two(
    door: Door, decided: DecisionKind, left: str, right: str, reverse: bool, reason: str
) -> None:
    from reconcilers.explaining import look_up
    from reconcilers.pairs import check_pair, gives_up, if_reversed, said_before, settle, stays

    with door.writing(reason, person=True) as (session, act):
        uid, other, also = _two(session, left, right, door.platforms)
        found, picture = look_up(
            session, uid, other, catalogue=door.platforms, at=door.now, also=also
        )
        check_pair(decided, found.right_key, found.left, found.right, door.platform_label)
        keys = (found.left_key, found.right_key)
        allowed = if_reversed(act, reverse)
        done = settle(session, decided, *keys, act, overrule=allowed, picture=picture)
        before = said_before(done.earlier) if done.earlier else ""
    if not done.recorded:
        click.echo(_("Nothing new: {before}").format(before=before))
        return
    click.echo(_recorded(decided, found, door.platform_label))
    if before:
        click.echo(_("It takes the place of an earlier decision: {before}").format(before=before))
    if done.offline:
        click.echo(gives_up(done.offline))
    if done.staying:
        click.echo(stays(done.staying))


def _recorded(decided: DecisionKind, found: Explanation, platform: Callable[[str], str]) -> str:
    """What was recorded, of which two, and what comes next."""
    from reports.explanation import called

    text = _("Recorded: {left} ({code}) and {right} ({other}): {decision}.")
    told = text.format(
        left=called(found.left, platform),
        code=found.left_code,
        right=called(found.right, platform),
        other=found.right_code,
        decision=label(decided, language()),
    )
    return told + _("Next: `taizhang reconcile run` reconciles anew with it.")


def _decided(*, same: bool, not_same: bool, offline: bool) -> DecisionKind:
    """The one decision that was said. Raises UsageError for none and for several."""
    said = [
        kind
        for kind, meant in (
            (DecisionKind.SAME, same),
            (DecisionKind.NOT_SAME, not_same),
            (DecisionKind.OFFLINE_THERE, offline),
        )
        if meant
    ]
    if not said:
        raise click.UsageError(_("Say which: --same, --not-same or --offline."))
    if len(said) > 1:
        raise click.UsageError(
            _("--same, --not-same and --offline contradict each other: say one of them.")
        )
    return said[0]


@command.command(help=_("Say why two are, or are not, taken for one account."))
@click.argument("left", metavar="ACCOUNT")
@click.argument("right", metavar="ACCOUNT_OR_ROW")
@card_options
@pass_door
def explain(door: Door, left: str, right: str, format_: str, output: str | None) -> None:
    from commands.progress import steps
    from reconcilers.explaining import explain as explained
    from reports.explanation import write_explanation

    with door.reading() as session:
        uid, other, also = _two(session, left, right, door.platforms)
        with steps(_("Comparing")):
            found = explained(session, uid, other, catalogue=door.platforms, at=door.now, also=also)
    write_explanation(found, format_, output, platform=door.platforms.label)


def _two(
    session: Session, left: str, right: str, catalogue: PlatformCatalogue
) -> tuple[str, str, str]:
    """The uid of the account, and that of the other; its own words where they name no other one:
    then a row is meant. Either may be named first: where both name the account, the first stands
    last, for it may be the one that names a row."""
    from registry.accounts.making import find_account
    from registry.errors import NotFound

    try:
        uid = find_account(session, left, catalogue=catalogue).uid
    except NotFound:
        left, right = right, left  # the row was named first
        uid = _account_of(session, left, right, catalogue)
    if right.startswith("outside:"):
        return uid, right, ""
    try:
        other = find_account(session, right, catalogue=catalogue).uid
    except NotFound:
        return uid, right, ""
    return (uid, other, "") if other != uid else (uid, right, left)


def _account_of(session: Session, text: str, row: str, catalogue: PlatformCatalogue) -> str:
    """The uid of the account beside a row. Raises NotFound that names both, where it is none either."""
    from registry.accounts.making import find_account
    from registry.errors import NotFound

    try:
        return find_account(session, text, catalogue=catalogue).uid
    except NotFound as error:
        if row.startswith("outside:"):
            raise
        raise NotFound(
            _("Neither {one} nor {other} is an account of the ledger.").format(one=row, other=text),
            error.hint,
        ) from None


@command.command("approve-duplicate", help=_("Let a unit keep several accounts on a platform."))
@click.argument("unit")
@click.argument("platform")
@click.option(
    "--form",
    default="",
    help=_("Form, e.g. 服务号; every form that the unit has there if left out."),
)
@click.option("--until", type=DAY, help=_("The last day of the exception."))
@click.option("--withdraw", is_flag=True, help=_("The exception no longer holds."))
@click.option("--reason", required=True, help=_("On whose approval."))
@pass_door
def approve_duplicate(
    door: Door,
    unit: str,
    platform: str,
    form: str,
    until: date | None,
    withdraw: bool,
    reason: str,
) -> None:
    from reconcilers.exceptions import Exempted, forms_meant
    from reconcilers.ledger import find_host

    if withdraw and until is not None:
        raise click.UsageError(_("--withdraw and --until contradict each other: say one of them."))
    named = door.platforms.named(platform)
    with door.writing(reason, person=True) as (session, act):
        host = find_host(session, unit)
        known = door.platforms.info(named).forms.values()
        forms = forms_meant(session, host, named, form, known)
        exempted = Exempted(host, named, tuple(forms), until)
        before = (exempted.withdraw if withdraw else exempted.approve)(session, act)
    words = " ".join(filter(None, (door.platform_label(named), _(", ").join(filter(None, forms)))))
    click.echo(_exempted(host.name, words, until, withdraw))
    for each in before:
        click.echo(_("It takes the place of an earlier decision: {before}").format(before=each))


def _exempted(unit: str, place: str, until: date | None, withdrawn: bool) -> str:
    """What was recorded of an exception, in words."""
    if withdrawn:
        words = _("Recorded: {unit} may no longer keep several accounts on {platform}.")
        return words.format(unit=unit, platform=place)
    return _("Recorded: {unit} may keep several accounts on {platform}{until}.").format(
        unit=unit,
        platform=place,
        until=_(" until {day}").format(day=until.isoformat()) if until else _(" for good"),
    )


@command.command(
    "mapping", help=_("Print the column mapping in force, to be edited and given with --mapping.")
)
@click.option("--output", type=click.Path(path_type=Path), help=_("Write to this new file."))
@pass_door
def mapping_(door: Door, output: Path | None) -> None:
    from registry.exchange.national_template import mapping_text
    from reports.listing import put

    if output is not None and output.exists():
        raise click.UsageError(
            _("{file} is there already; name a new file.").format(file=output.name)
        )
    named = door.settings.national.mapping
    put(mapping_text(Path(named) if named else None).encode(), output)
    if output is not None:
        said = _(
            "Written: {file}. Change the titles in it, then use it with --mapping {file}, or put"
            ' mapping = "{file}" under [national] in taizhang.toml.'
        )
        click.echo(said.format(file=output))


command.add_command(apply)
