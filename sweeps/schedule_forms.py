"""Jobs in the form of each system: crontab lines, systemd units, Windows tasks. Text only: nothing
is written into a system, and whatever stands in a path stays a path there.
"""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from xml.etree import ElementTree

from registry.dates import SHANGHAI
from registry.errors import EXIT_INTERRUPTED
from registry.messages import _
from sweeps.schedule import MINUTE_OF_SAMPLES, Job, Place

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LONG_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TASK = "http://schemas.microsoft.com/windows/2004/02/mit/task"
_LOG = "taizhang.log"


@dataclass(frozen=True, slots=True)
class Definition:
    """One file to be put into a system by whoever runs it."""

    name: str
    text: str
    encoding: str = "utf-8"

    def data(self) -> bytes:
        """The bytes of the file."""
        return self.text.encode(self.encoding)


# --- cron ------------------------------------------------------------------------------------------


def crontab(place: Place, found: Sequence[Job], *, zone: tzinfo, today: date) -> list[Definition]:
    """Lines for `crontab -e`; cron goes by the machine's own `zone`, so the times are told in it."""
    lines = [_("# Lines for `crontab -e`. cron makes up for nothing that a machine was off for.")]
    for job in found:
        lines += [f"# {job.title}", f"{_cron_time(job, zone, today)} {_cron_command(place, job)}"]
    return [Definition("taizhang.crontab", "\n".join(lines) + "\n")]


def _cron_time(job: Job, zone: tzinfo, today: date) -> str:
    if job.at is None:
        return f"{MINUTE_OF_SAMPLES} * * * *"
    first = today
    if job.weekday is not None:
        first += timedelta(days=(job.weekday - today.weekday()) % 7)
    local = datetime.combine(first, job.at, SHANGHAI).astimezone(zone)
    weekday = "*" if job.weekday is None else str(local.isoweekday() % 7)
    return f"{local.minute} {local.hour} * * {weekday}"


def _cron_command(place: Place, job: Job) -> str:
    variables = [f"{name}={shlex.quote(value)}" for name, value in place.environment.items()]
    words = [shlex.quote(word) for word in (*place.program, *place.options, *job.words)]
    parts = [f"cd {shlex.quote(place.folder)}"]
    if place.secrets:
        file = shlex.quote(place.secrets)
        # `command`: a slip in that file ends no run; what it says of a slip would show a secret
        sourced = f"set -a; command . {file} 2>/dev/null; set +a"
        parts.append(f"{{ [ ! -r {file} ] || {{ {sourced}; }}; }}")
    parts.append(" ".join([*variables, *words, f">> {_LOG} 2>&1"]))
    # an unescaped per cent sign ends the command, even within quotation marks
    return " && ".join(parts).replace("%", r"\%")


# --- systemd ---------------------------------------------------------------------------------------


def systemd(place: Place, found: Sequence[Job], *, user: str = "") -> list[Definition]:
    """A service and a timer for each job; `user` runs them."""
    made: list[Definition] = []
    for job in found:
        made.append(Definition(f"{job.name}.service", _service(place, job, user)))
        made.append(Definition(f"{job.name}.timer", _timer(job)))
    return made


def _service(place: Place, job: Job, user: str) -> str:
    words = [*place.program, *place.options, *job.words]
    if set(words[0]) & set("'\"\\$"):
        # systemd itself starts no program whose path holds one of them
        words.insert(0, "/usr/bin/env")
    lines = [
        "[Unit]",
        f"Description={_percent(job.title)}",
        "Wants=network-online.target",
        "After=network-online.target",
        "",
        "[Service]",
        "Type=oneshot",
        *([f"User={_percent(user)}"] if user else []),
        f"WorkingDirectory={_percent(place.folder)}",
        *(f"Environment={_quoted(f'{k}={v}')}" for k, v in place.environment.items()),
        *([f"EnvironmentFile=-{_percent(place.secrets)}"] if place.secrets else []),
        f"ExecStart={' '.join(map(_unit_word, words))}",
        _("# Everything seen so far is kept:"),
        "KillSignal=SIGINT",
        f"SuccessExitStatus={EXIT_INTERRUPTED}",
    ]
    return "\n".join(lines) + "\n"


def _timer(job: Job) -> str:
    if job.at is None:
        when = f"*-*-* *:{MINUTE_OF_SAMPLES:02}:00"
    else:
        day = "" if job.weekday is None else f"{_DAYS[job.weekday]} "
        when = f"{day}*-*-* {job.at:%H:%M}:00 Asia/Shanghai"
    lines = [
        "[Unit]",
        f"Description={_percent(job.title)}",
        "",
        "[Timer]",
        f"OnCalendar={when}",
        _("# What was missed while the machine was off is made up for once:"),
        f"Persistent={'false' if job.at is None else 'true'}",
        "",
        "[Install]",
        "WantedBy=timers.target",
    ]
    return "\n".join(lines) + "\n"


def _percent(text: str) -> str:
    return text.replace("%", "%%")


def _quoted(text: str) -> str:
    """A word of a unit file: quoted, with nothing in it that is expanded."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{_percent(escaped)}"'


def _unit_word(text: str) -> str:
    """The same for a command line, where `$` begins a variable."""
    plain = text.replace("/", "").replace("-", "").replace("_", "").replace(".", "")
    return text if plain.isascii() and plain.isalnum() else _quoted(text).replace("$", "$$")


# --- Windows ---------------------------------------------------------------------------------------


def windows(place: Place, found: Sequence[Job], *, today: date) -> list[Definition]:
    """A task of the Task Scheduler for each job; who acts is named by `--actor`, since a task has no
    variables of its own."""
    return [
        Definition(f"{job.name}.xml", _task(place, job, today), encoding="utf-16") for job in found
    ]


def schtasks(found: Sequence[Definition]) -> list[str]:
    """The commands that enter the files; each asks for the password of the user who runs it."""
    return [
        f"schtasks /Create /TN {file.name.removesuffix('.xml')} /XML {file.name}"
        ' /RU "%USERNAME%" /RP *'
        for file in found
    ]


def _task(place: Place, job: Job, today: date) -> str:
    ElementTree.register_namespace("", _TASK)
    task = ElementTree.Element(f"{{{_TASK}}}Task", version="1.2")
    _add(_add(task, "RegistrationInfo"), "Description", job.title)
    _trigger(_add(task, "Triggers"), job, today)
    settings = _add(task, "Settings")
    for name, value in (
        ("MultipleInstancesPolicy", "IgnoreNew"),
        ("DisallowStartIfOnBatteries", "false"),
        ("StopIfGoingOnBatteries", "false"),
        ("StartWhenAvailable", "true"),
        ("RunOnlyIfNetworkAvailable", "true"),
        ("ExecutionTimeLimit", "PT0S"),
    ):
        _add(settings, name, value)
    program, *first = place.program
    actor = [word for who in place.environment.values() for word in ("--actor", who)]
    action = _add(_add(task, "Actions"), "Exec")
    _add(action, "Command", program)
    _add(action, "Arguments", subprocess.list2cmdline([*first, *place.options, *actor, *job.words]))
    _add(action, "WorkingDirectory", place.folder)
    ElementTree.indent(task)
    text = ElementTree.tostring(task, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-16"?>\n{text}\n'


def _trigger(triggers: ElementTree.Element, job: Job, today: date) -> None:
    trigger = _add(triggers, "CalendarTrigger")
    if job.at is None:
        repeated = _add(trigger, "Repetition")
        _add(repeated, "Interval", "PT1H")
        _add(repeated, "Duration", "P1D")
    at = job.at or time(0, MINUTE_OF_SAMPLES)
    _add(trigger, "StartBoundary", datetime.combine(today, at, SHANGHAI).isoformat())
    if job.weekday is None:
        _add(_add(trigger, "ScheduleByDay"), "DaysInterval", "1")
        return
    weekly = _add(trigger, "ScheduleByWeek")
    _add(weekly, "WeeksInterval", "1")
    _add(_add(weekly, "DaysOfWeek"), _LONG_DAYS[job.weekday])


def _add(parent: ElementTree.Element, name: str, text: str | None = None) -> ElementTree.Element:
    made = ElementTree.SubElement(parent, f"{{{_TASK}}}{name}")
    made.text = text
    return made
