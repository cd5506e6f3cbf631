"""`observe`: note what a person saw, of one account or in a whole filled-in sheet."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.door import Door
from commands.options import POINT, Words
from registry.errors import BadInput, Fault
from registry.messages import _, language
from registry.vocab import AccountState, Existence, Lang, Precision, RunMethod, label

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from registry.db import Registry
    from sweeps.people.hand import Seen
    from verdicts.pending import Missing

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
    help=_("Whether the account is there; it is unless you say otherwise."),
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
        _take(door, sheet, given["at"], method)
    else:
        click.echo(_note(door, str(account), method, given))


def _take(door: Door, sheet: Path, at: datetime | None, method: RunMethod) -> None:
    """A whole sheet, all of it or nothing, and the sweep judged anew."""
    from commands import judging
    from registry.sweep_points import meant_time_point
    from registry.sweep_queries import accounts_looked_at
    from commands.sweep_words import tell_pending
    from sweeps.people.answers import take_answers
    from sweeps.people.todo_form import read_todo

    form = read_todo(sheet, now=door.now)
    with door.registry() as registry:
        with registry.write() as session:
            actor = door.act(session).actor
            point = meant_time_point(session, at) if at else None
            taken = take_answers(session, form, now=door.now, actor=actor, at=point, method=method)
        if not taken.run_uid:
            click.echo(_repeats(taken.repeated) if taken.repeated else _("Nothing was filled in."))
            return
        told = judging.judge(door, registry, taken.time_point)
        with registry.read() as session:
            looked_at = accounts_looked_at(session, taken.run_uid)
        missing = _missing(door, registry, looked_at)
    said = _("Taken: {accounts} accounts, {entries} menu entries; {found} new findings.").format(
        accounts=taken.accounts, entries=taken.entries, found=len(told.settled.raised)
    )
    click.echo(said)
    if taken.repeated:
        click.echo(_repeats(taken.repeated))
    tell_pending(door, missing)


def _repeats(rows: int) -> str:
    """What is said of rows that were taken in before."""
    return _(
        "{rows} rows are noted already and were not taken in again; if somebody has looked a second"
        " time, enter the day of looking."
    ).format(rows=rows)


def _note(door: Door, account: str, method: RunMethod, given: dict[str, Any]) -> str:
    """One account, and its sweep judged anew."""
    from commands import judging
    from registry.accounts.making import find_account
    from registry.keeping.attachments import attach
    from sweeps.people.hand import observe

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
            name, uid, closed = found.name, found.uid, found.state is AccountState.CLOSED
        told = judging.judge(door, registry, point)
        missing = _missing(door, registry, {uid})
    said = _("Noted for {account}; {found} new findings.").format(
        account=name, found=len(told.settled.raised)
    )
    lines = [said, *(_look_again(account, each) for each in missing)]
    if closed or given["display_name"] or given["verified_subject"]:
        lines.append(_to_reconcile(closed))
    return "\n".join(lines)


def _to_reconcile(closed: bool) -> str:
    """Who compares with the ledger what was seen: a sweep judges accounts in use by their posts alone."""
    if closed:
        return _(
            "The ledger has it as cancelled: whether it is in use again, and by whom, is told by"
            " `taizhang reconcile run`."
        )
    return _(
        "Whether name and verified subject are those of the ledger is told by"
        " `taizhang reconcile run`."
    )


def _missing(door: Door, registry: Registry, uids: Collection[str]) -> list[Missing]:
    """Those of the accounts that may be gone by the looks so far, the longest missing first."""
    from commands import judging
    from verdicts.pending import pending

    with registry.read() as session:
        rules = judging.rules_in_force(door, session, registry.data)
        everything = pending(session, rules, door.now, judged=NEVER)
    return [each for each in everything if each.account_uid in uids]


NEVER = datetime.min.replace(tzinfo=UTC)


def _look_again(account: str, missing: Missing) -> str:
    """The next step once somebody has found an account gone: one look is not enough."""
    from registry.dates import to_the_minute

    if missing.gone:
        return _(
            "It was gone in two looks far enough apart: it counts as gone. File its stop and"
            " cancellation, or have it restored."
        )
    return _(
        "One look is not enough. Look again from {again} on; if it is gone then as well, enter:"
        ' taizhang observe "{account}" --existence {word}'
    ).format(
        again=to_the_minute(missing.again_from),
        account=account,
        word=(
            label(Existence.GONE_SIGNAL, language())
            if language() is Lang.ZH
            else Existence.GONE_SIGNAL.value
        ),
    )


def _point(door: Door, session: Session, at: datetime | None) -> datetime:
    """The time point named, else that of the latest sweep, else this minute."""
    from registry.sweep_points import latest_time_point, meant_time_point, sensible_time_point

    if at is not None:
        return sensible_time_point(session, meant_time_point(session, at), door.now)
    return latest_time_point(session, door.now) or door.this_minute


def _seen(given: dict[str, Any], looked: datetime) -> Seen:
    """What the options say was seen. Raises BadInput for a date that is none."""
    from registry.dates import DateError, parse_when
    from sweeps.people.hand import Seen

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
