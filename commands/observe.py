"""`observe`: note what a person saw, of one account or in a whole filled-in sheet."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.door import Door
from commands.options import POINT, Words
from registry.errors import BadInput, Fault
from registry.messages import _
from registry.vocab import Existence, Precision, RunMethod

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from sweeps.hand import Seen

pass_door = click.make_pass_decorator(Door)


@click.command(help=_("Note what a person saw: one account, or a sheet from `sweep todo`."))
@click.argument("account", required=False)
@click.option(
    "--from",
    "sheet",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=_("The filled-in sheet."),
)
@click.option("--last-post", help=_("When the newest post was made, e.g. 2026-11-20 or 昨天."))
@click.option("--never-posted", is_flag=True, help=_("There is no post at all."))
@click.option(
    "--existence",
    type=Words(Existence),
    default=Existence.EXISTS.value,
    show_default=True,
    help=_("Whether the account is there."),
)
@click.option("--name", "display_name", default="", help=_("The name shown, if another."))
@click.option("--subject", "verified_subject", default="", help=_("Verified subject as shown."))
@click.option("--looked", type=POINT, help=_("When it was looked at (default: now)."))
@click.option("--at", type=POINT, help=_("Time point (default: the sheet's, or the latest)."))
@click.option("--self-report", is_flag=True, help=_("The unit reported it of itself."))
@click.option("--note", default="", help=_("A remark."))
@click.option(
    "--evidence",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=_("A screenshot."),
)
@pass_door
def command(
    door: Door, /, account: str | None, sheet: Path | None, self_report: bool, **given: Any
) -> None:
    method = RunMethod.SELF_REPORT if self_report else RunMethod.HAND
    if (account is None) == (sheet is None):
        raise click.UsageError(_("Name one account, or give a sheet with --from."))
    if sheet is not None:
        said = _take(door, sheet, given["at"], method)
    else:
        said = _note(door, str(account), method, given)
    click.echo(said)


def _take(door: Door, sheet: Path, at: datetime | None, method: RunMethod) -> str:
    """A whole sheet, all of it or nothing, and the sweep judged anew."""
    from commands import flow
    from sweeps.answers import take_answers
    from sweeps.todo_form import read_todo

    form = read_todo(sheet, now=door.now)
    with door.registry() as registry:
        with registry.write() as session:
            actor = door.act(session).actor
            point = flow.meant_time_point(session, at) if at else None
            taken = take_answers(session, form, now=door.now, actor=actor, at=point, method=method)
        if not taken.run_uid:
            return _repeats(taken.repeated) if taken.repeated else _("Nothing was filled in.")
        told = flow.judge(door, registry, taken.time_point)
    said = _("Taken: {accounts} accounts, {entries} menu entries; {found} new findings.").format(
        accounts=taken.accounts, entries=taken.entries, found=len(told.settled.raised)
    )
    return said + ("\n" + _repeats(taken.repeated) if taken.repeated else "")


def _repeats(rows: int) -> str:
    """What is said of rows that were taken in before."""
    return _(
        "{rows} rows are noted already and were not taken in again; if somebody has looked a second"
        " time, enter the day of looking."
    ).format(rows=rows)


def _note(door: Door, account: str, method: RunMethod, given: dict[str, Any]) -> str:
    """One account, and its sweep judged anew."""
    from commands import flow
    from registry.accounts import find_account
    from registry.attachments import attach
    from sweeps.hand import observe

    looked = given["looked"] or door.now
    with door.registry() as registry:
        with registry.write() as session:
            act = door.act(session, given["note"])
            found = find_account(session, account, catalogue=door.platforms)
            point = _point(door, session, given["at"])
            paper = None
            if given["evidence"]:
                paper = attach(
                    registry, session, given["evidence"], act=act, purpose="evidence", account=found
                )
            observe(
                session,
                found,
                _seen(given, looked),
                at=point,
                now=door.now,
                actor=act.actor,
                looked_at=looked,
                method=method,
                evidence=paper,
            )
            name = found.name
        told = flow.judge(door, registry, point)
    return _("Noted for {account}; {found} new findings.").format(
        account=name, found=len(told.settled.raised)
    )


def _point(door: Door, session: Session, at: datetime | None) -> datetime:
    """The time point named, else that of the latest sweep, else this minute."""
    from commands import flow

    if at is not None:
        return flow.meant_time_point(session, at)
    return flow.latest_time_point(session, door.now) or door.this_minute


def _seen(given: dict[str, Any], looked: datetime) -> Seen:
    """What the options say was seen. Raises BadInput for a date that is none."""
    from registry.dates import DateError, parse_when
    from registry.vocab import label
    from sweeps.hand import Seen

    when, precision = None, Precision.DAY
    if given["last_post"]:
        try:
            parsed = parse_when(given["last_post"], seen_at=looked)
        except DateError as error:
            fault = Fault(label(error.fault), _("Write it as 2026-11-20 or 2026-11-20 09:30."))
            message = _("--last-post {text} cannot be taken.").format(text=given["last_post"])
            raise BadInput(message, [fault]) from None
        when, precision = parsed.at, parsed.precision
    return Seen(
        existence=Existence(given["existence"]),
        last_post=when,
        precision=precision,
        never_posted=given["never_posted"],
        display_name=given["display_name"],
        verified_subject=given["verified_subject"],
        note=given["note"],
    )
