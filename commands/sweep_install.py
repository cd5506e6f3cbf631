"""`sweep install`: print what makes this machine sweep by itself. It enters nothing anywhere."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.door import Door, folder
from registry.errors import BadInput
from registry.messages import _

if TYPE_CHECKING:
    from sweeps.schedule import Job, Place
    from sweeps.schedule_forms import Definition

pass_door = click.make_pass_decorator(Door)

FORMS = ("cron", "systemd", "windows")
SECRETS = "taizhang.env"
"""File beside the database with variables that nobody prints, such as TAIZHANG_NOTIFY."""


@click.command(
    help=_(
        "Print the definitions that make this machine sweep by itself (cron, systemd, Windows)."
        " Nothing is entered into the system."
    )
)
@click.option(
    "--format", "form", type=click.Choice(FORMS), help=_("For which system (default: this one).")
)
@click.option(
    "--time", "daily", default="02:00", show_default=True, help=_("When runs begin, in Shanghai.")
)
@click.option("--remind", is_flag=True, help=_("Also remind units, every day at 09:30."))
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help=_("Write the files into this folder instead."),
)
@pass_door
def install(door: Door, form: str | None, daily: str, remind: bool, out: Path | None) -> None:
    from sweeps.schedule import checked, jobs

    form = form or this_form()
    place = checked(place_of(door, form))
    point = door.settings.sweep.time_point
    found = list(jobs(_time(daily), point, samples=_has_sites(door), remind=remind))
    definitions = defined(door, form, place, found)
    if out is not None:
        for each in definitions:
            (folder(out) / each.name).write_bytes(each.data())
            click.echo(_("Written: {file}").format(file=out / each.name))
    else:
        _print(definitions)
    _advise(form, definitions, place, no_point=point is None, file=out)


def this_form() -> str:
    """The form of this machine's system."""
    if sys.platform == "win32":
        return "windows"
    return "systemd" if Path("/run/systemd/system").is_dir() else "cron"


def defined(door: Door, form: str, place: Place, found: Sequence[Job]) -> list[Definition]:
    """The jobs as files of that form."""
    from sweeps import schedule_forms as forms

    if form == "windows":
        return forms.windows(place, found, today=door.today)
    if form == "systemd":
        return forms.systemd(place, found, user=door.user)
    zone = datetime.now().astimezone().tzinfo
    assert zone is not None
    return forms.crontab(place, found, zone=zone, today=door.today)


def place_of(door: Door, form: str) -> Place:
    """This program, this registry, all paths absolute. The URL of a database may hold a password,
    so it is left to the file of secrets."""
    from sweeps.schedule import Place

    by_url = "://" in door.location
    home = Path.cwd() if by_url else Path(door.location).resolve().parent
    options: list[str] = []
    if not by_url:
        options += ["--db", str(Path(door.location).resolve())]
    for name, given in (("--data", door.data), ("--config", door.config)):
        if given:
            options += [name, str(Path(given).resolve())]
    return Place(
        program=_program(),
        options=tuple(options),
        folder=str(home),
        environment={"TAIZHANG_ACTOR": door.actor or _("scheduled task")},
        secrets="" if form == "windows" else str(home / SECRETS),
    )


def _program() -> tuple[str, ...]:
    """The installed program, else this interpreter with our module."""
    beside = Path(sys.executable).parent
    for name in ("taizhang.exe", "taizhang"):
        if (beside / name).is_file():
            return (str(beside / name),)
    return (sys.executable, "-m", "cli")


def _time(text: str) -> time:
    try:
        return datetime.strptime(text.replace("：", ":"), "%H:%M").time()
    except ValueError:
        raise BadInput(
            _("{text} is no time of day.").format(text=text), hint=_("Write it as 02:00.")
        ) from None


def _has_sites(door: Door) -> bool:
    """True when the ledger has websites, which are tried every hour."""
    from sqlalchemy import select

    from registry.models import Account
    from registry.vocab import LIVE_STATES, WEBSITE

    with door.reading() as session:
        wanted = select(Account.id).where(
            Account.platform == WEBSITE, Account.state.in_(LIVE_STATES)
        )
        return session.scalar(wanted.limit(1)) is not None


def _print(definitions: Sequence[Definition]) -> None:
    for each in definitions:
        if len(definitions) > 1:
            click.echo(f"# ----- {each.name} -----")
        click.echo(each.text)


def _advise(
    form: str, found: Sequence[Definition], place: Place, *, no_point: bool, file: Path | None
) -> None:
    """What is left to do, to stderr, so that it does not get into a file."""
    lines = [*_steps(form, found, file), *_on_secrets(place)]
    if no_point:
        lines.append(
            _("With a weekly `time_point` in taizhang.toml a run a day does what is due by then.")
        )
    for text in lines:
        click.echo(text, err=True)


def _steps(form: str, found: Sequence[Definition], file: Path | None) -> list[str]:
    """How the definitions get into the system. `file`: the folder that they were written into."""
    if form == "cron":
        if file is None:
            return [_("Put the lines into `crontab -e`.")]
        return [_("Put the lines of that file into `crontab -e`.")]
    if form == "systemd":
        timers = " ".join(each.name for each in found if each.name.endswith(".timer"))
        return [
            _("Put the files into /etc/systemd/system, then:"),
            "  systemctl daemon-reload",
            f"  systemctl enable --now {timers}",
        ]
    from sweeps.schedule_forms import schtasks

    where = _(
        "Write the files with --out, then in their folder, in a prompt opened as administrator:"
    )
    enter = [f"  {command}" for command in schtasks(found)]
    if file is None:
        return [where, *enter]
    where = _("In the folder {folder}, in a prompt opened as administrator:").format(folder=file)
    return [where, f'  cd /d "{file.resolve()}"', *enter]


def _on_secrets(place: Place) -> list[str]:
    """Where secrets go."""
    where = place.secrets or _("the keyring or, with setx, the user's variables")
    lines = [
        _("Secrets such as TAIZHANG_NOTIFY go into: {where}. Nobody else may read it.").format(
            where=where
        )
    ]
    if place.secrets:
        lines.append(
            _("One to a line, in single quotes: {line}; then: chmod 600 {file}").format(
                line="TAIZHANG_NOTIFY='…'", file=shlex.quote(place.secrets)
            )
        )
    if "--db" not in place.options:
        lines.append(_("TAIZHANG_DB goes there, too: the address of the database is a secret."))
    return lines
