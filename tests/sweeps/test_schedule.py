"""Definitions for cron, systemd and Windows: what runs when, and awkward paths that stay paths."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path
from xml.etree import ElementTree

import pytest

from registry.dates import SHANGHAI
from registry.errors import BadConfig
from sweeps.planning.weekly import WeekPoint
from sweeps.schedule import Job, Place, checked, jobs
from sweeps.schedule_forms import crontab, schtasks, systemd, windows

TODAY = date(2026, 11, 22)  # a Sunday
POINT = WeekPoint(0, time(9, 0))
AWKWARD = '/srv/青石 县\'s 100%/tai$zhang "台账"\\x'
NS = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}


def place(folder: str = AWKWARD, secrets: bool = True) -> Place:
    return Place(
        (f"{folder}/bin/taizhang",),
        ("--db", f"{folder}/accounts.db"),
        folder,
        {"TAIZHANG_ACTOR": "定时 任务'100%"},
        f"{folder}/taizhang.env" if secrets else "",
    )


def every_job() -> list[Job]:
    return list(jobs(time(2, 0), POINT, samples=True, remind=True))


def test_with_a_time_point_there_is_a_run_a_day_and_one_at_the_point() -> None:
    told = [(job.name, job.words, job.at, job.weekday) for job in every_job()]
    assert told == [
        ("taizhang-daily", ("sweep", "run", "--notify"), time(2, 0), None),
        ("taizhang-time-point", ("sweep", "run", "--notify", "--wait"), time(9, 0), 0),
        ("taizhang-sites", ("sweep", "run", "--kind", "site"), None, None),
        ("taizhang-remind", ("remind",), time(9, 30), None),
    ]


def test_without_one_there_is_a_run_a_week() -> None:
    (job,) = jobs(time(2, 0), None)
    assert (job.name, job.at, job.weekday) == ("taizhang-weekly", time(2, 0), 0)


@pytest.mark.parametrize("part", ["folder", "program", "actor"])
def test_no_form_can_hold_a_line_end(part: str) -> None:
    made = {
        "folder": Place(("x",), (), "/srv/a\nb"),
        "program": Place(("x\ty",), (), "/srv"),
        "actor": Place(("x",), (), "/srv", {"TAIZHANG_ACTOR": "a\r\nb"}),
    }
    with pytest.raises(BadConfig):
        checked(made[part])
    assert checked(place()) == place()


# --- cron ------------------------------------------------------------------------------------------


def cron_lines(*, zone: timezone | None = None, where: Place | None = None) -> list[str]:
    (file,) = crontab(where or place(), every_job(), zone=zone or SHANGHAI, today=TODAY)
    return [line for line in file.text.splitlines() if not line.startswith("#")]


def test_each_line_has_five_fields_and_a_command() -> None:
    fields = [line.split(" ", 5)[:5] for line in cron_lines()]
    assert fields == [
        ["0", "2", "*", "*", "*"],
        ["0", "9", "*", "*", "1"],
        ["7", "*", "*", "*", "*"],
        ["30", "9", "*", "*", "*"],
    ]


@pytest.mark.parametrize(
    ("hours", "daily", "weekly"),
    [
        (0, "0 18 * * *", "0 1 * * 1"),
        (-8, "0 10 * * *", "0 17 * * 0"),
        (9, "0 3 * * *", "0 10 * * 1"),
    ],
)
def test_a_machine_elsewhere_is_told_its_own_time(hours: int, daily: str, weekly: str) -> None:
    lines = cron_lines(zone=timezone(timedelta(hours=hours)))
    assert [line.startswith(wanted) for line, wanted in zip(lines, (daily, weekly))] == [True] * 2


def test_no_per_cent_sign_ends_a_command() -> None:
    for line in cron_lines():
        assert re.search(r"(?<!\\)%", line) is None
        assert line.count(r"\%") >= 4


@pytest.mark.skipif(shutil.which("sh") is None, reason="cron hands its commands to a shell")
def test_a_shell_runs_the_command_in_its_folder_with_its_variables(tmp_path: Path) -> None:
    folder = tmp_path / '青石 县\'s 100% $HOME "台账"'
    (folder / "bin").mkdir(parents=True)
    program = folder / "bin" / "taizhang"
    program.write_text(
        '#!/bin/sh\nprintf "%s|" "$PWD" "$TAIZHANG_ACTOR" "$TAIZHANG_NOTIFY" "$@"\n', "utf-8"
    )
    program.chmod(0o755)
    (folder / "taizhang.env").write_text("TAIZHANG_NOTIFY='json://a b'\n", encoding="utf-8")
    command = cron_lines(where=place(str(folder)))[0].split(" ", 5)[5]
    subprocess.run(["sh", "-c", command.replace(r"\%", "%")], check=True, cwd="/")
    said = (folder / "taizhang.log").read_text(encoding="utf-8").split("|")
    assert said[:3] == [str(folder), "定时 任务'100%", "json://a b"]
    assert said[3:-1] == ["--db", f"{folder}/accounts.db", "sweep", "run", "--notify"]


@pytest.mark.skipif(shutil.which("sh") is None, reason="cron hands its commands to a shell")
@pytest.mark.parametrize("slip", ["json://canary", "'canary", "a b://canary c", "(canary"])
def test_a_slip_in_the_file_of_secrets_is_not_quoted_and_ends_no_run(
    slip: str, tmp_path: Path
) -> None:
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "taizhang"
    program.write_text("#!/bin/sh\necho ran\n", encoding="utf-8")
    program.chmod(0o755)
    (tmp_path / "taizhang.env").write_text(f"TAIZHANG_NOTIFY={slip}\n", encoding="utf-8")
    command = cron_lines(where=place(str(tmp_path)))[0].split(" ", 5)[5].replace(r"\%", "%")
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, cwd="/")
    assert "canary" not in done.stdout + done.stderr
    assert (tmp_path / "taizhang.log").read_text(encoding="utf-8") == "ran\n"


def test_without_a_file_of_secrets_the_shell_goes_on(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "taizhang"
    program.write_text("#!/bin/sh\necho ran\n", encoding="utf-8")
    program.chmod(0o755)
    command = cron_lines(where=place(str(tmp_path)))[0].split(" ", 5)[5]
    subprocess.run(["sh", "-c", command.replace(r"\%", "%")], check=True, cwd="/")
    assert (tmp_path / "taizhang.log").read_text(encoding="utf-8") == "ran\n"


# --- systemd ---------------------------------------------------------------------------------------


def units(where: Place | None = None) -> dict[str, configparser.ConfigParser]:
    made = {}
    for file in systemd(where or place(), every_job(), user="taizhang"):
        parser = configparser.ConfigParser(
            interpolation=None, comment_prefixes=("#",), delimiters="="
        )
        parser.optionxform = str  # type: ignore[assignment,method-assign]
        parser.read_string(file.text)
        made[file.name] = parser
    return made


def unescaped(words: str) -> list[str]:
    """What systemd makes of a command line or an assignment."""
    return [word.replace("%%", "%").replace("$$", "$") for word in shlex.split(words)]


def test_each_job_has_a_service_and_a_timer() -> None:
    found = units()
    assert len(found) == 8
    when = {name: unit["Timer"]["OnCalendar"] for name, unit in found.items() if "Timer" in unit}
    assert when == {
        "taizhang-daily.timer": "*-*-* 02:00:00 Asia/Shanghai",
        "taizhang-time-point.timer": "Mon *-*-* 09:00:00 Asia/Shanghai",
        "taizhang-sites.timer": "*-*-* *:07:00",
        "taizhang-remind.timer": "*-*-* 09:30:00 Asia/Shanghai",
    }
    assert found["taizhang-daily.timer"]["Timer"]["Persistent"] == "true"
    assert found["taizhang-daily.timer"]["Install"]["WantedBy"] == "timers.target"


def test_a_service_holds_awkward_paths_as_they_are() -> None:
    service = units()["taizhang-daily.service"]["Service"]
    assert unescaped(service["ExecStart"]) == [
        "/usr/bin/env",
        f"{AWKWARD}/bin/taizhang",
        "--db",
        f"{AWKWARD}/accounts.db",
        "sweep",
        "run",
        "--notify",
    ]
    assert unescaped(service["Environment"]) == ["TAIZHANG_ACTOR=定时 任务'100%"]
    assert service["WorkingDirectory"] == AWKWARD.replace("%", "%%")
    assert service["EnvironmentFile"] == "-" + AWKWARD.replace("%", "%%") + "/taizhang.env"
    assert (service["User"], service["KillSignal"]) == ("taizhang", "SIGINT")
    assert service["SuccessExitStatus"] == "130"


def test_no_per_cent_or_dollar_sign_is_left_to_be_expanded() -> None:
    text = "".join(file.text for file in systemd(place(), every_job()))
    assert re.search(r"(?<!%)%(%%)*(?!%)", text) is None
    exec_lines = [line for line in text.splitlines() if line.startswith("ExecStart")]
    assert all(line.count("$$") * 2 == line.count("$") > 0 for line in exec_lines)
    assert "User=" not in text


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
@pytest.mark.parametrize("name", ["青石 县 100%", '青石 县\'s 100% $HOME "台账"'])
def test_systemd_itself_accepts_a_program_at_an_awkward_path(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    (folder / "bin").mkdir(parents=True)
    program = folder / "bin" / "taizhang"
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    unit, *_others = systemd(place(str(folder), secrets=False), every_job())
    (tmp_path / unit.name).write_bytes(unit.data())
    done = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / unit.name)], capture_output=True, text=True
    )
    assert unit.name not in done.stderr, done.stderr


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_itself_accepts_the_units(tmp_path: Path) -> None:
    for file in systemd(place("/tmp", secrets=False), every_job()):
        (tmp_path / file.name).write_bytes(file.data().replace(b"/tmp/bin/taizhang", b"/bin/true"))
    files = sorted(str(path) for path in tmp_path.iterdir())
    done = subprocess.run(["systemd-analyze", "verify", *files], capture_output=True, text=True)
    assert "taizhang" not in done.stderr


# --- Windows ---------------------------------------------------------------------------------------

WINDOWS = Place(
    (r"C:\台账 & 程序\taizhang.exe",),
    ("--db", r"D:\青石县 100%\accounts.db"),
    r"D:\青石县 100%",
    {"TAIZHANG_ACTOR": '定时"任务'},
)


def tasks() -> dict[str, ElementTree.Element]:
    """The tasks as the Task Scheduler reads them: bytes with a mark of their order."""
    made = {}
    for file in windows(WINDOWS, every_job(), today=TODAY):
        data = file.data()
        assert data[:2] in (b"\xff\xfe", b"\xfe\xff")
        assert data.decode("utf-16").startswith('<?xml version="1.0" encoding="UTF-16"?>\n')
        made[file.name] = ElementTree.fromstring(data)
    return made


def text(task: ElementTree.Element, path: str) -> str:
    found = task.find("/".join(f"t:{step}" for step in path.split("/")), NS)
    assert found is not None, path
    return found.text or ""


def test_a_task_runs_the_program_in_its_folder() -> None:
    task = tasks()["taizhang-daily.xml"]
    assert text(task, "Actions/Exec/Command") == WINDOWS.program[0]
    assert text(task, "Actions/Exec/WorkingDirectory") == WINDOWS.folder
    assert text(task, "Actions/Exec/Arguments") == (
        r'--db "D:\青石县 100%\accounts.db" --actor 定时\"任务 sweep run --notify'
    )
    assert text(task, "Settings/StartWhenAvailable") == "true"
    assert text(task, "Settings/ExecutionTimeLimit") == "PT0S"


def test_tasks_begin_by_shanghai_s_clock_every_day_week_or_hour() -> None:
    found = tasks()
    starts = {name: text(t, "Triggers/CalendarTrigger/StartBoundary") for name, t in found.items()}
    assert starts == {
        "taizhang-daily.xml": "2026-11-22T02:00:00+08:00",
        "taizhang-time-point.xml": "2026-11-22T09:00:00+08:00",
        "taizhang-sites.xml": "2026-11-22T00:07:00+08:00",
        "taizhang-remind.xml": "2026-11-22T09:30:00+08:00",
    }
    weekly = found["taizhang-time-point.xml"]
    assert text(weekly, "Triggers/CalendarTrigger/ScheduleByWeek/DaysOfWeek/Monday") == ""
    hourly = found["taizhang-sites.xml"]
    assert text(hourly, "Triggers/CalendarTrigger/Repetition/Interval") == "PT1H"
    assert datetime.fromisoformat(starts["taizhang-daily.xml"]).astimezone(UTC).hour == 18


def test_the_commands_that_enter_the_tasks_name_each_file() -> None:
    commands = schtasks(windows(WINDOWS, every_job(), today=TODAY))
    assert commands[0] == (
        'schtasks /Create /TN taizhang-daily /XML taizhang-daily.xml /RU "%USERNAME%" /RP *'
    )
    assert len(commands) == 4
