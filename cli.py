"""The door: global options, lazy commands, and the one place where errors become exit codes.

Imports as little as possible, so that `taizhang --help` starts at once.
"""

from __future__ import annotations

import sys

try:
    import errno
    import gettext
    import importlib
    import os
    from collections.abc import Mapping, Sequence
    from importlib.metadata import PackageNotFoundError, version

    import click

    from commands.help import Help
    from registry import collector
    from registry.errors import (
        EXIT_INTERNAL,
        EXIT_INTERRUPTED,
        EXIT_USAGE,
        Ambiguous,
        BadInput,
        Interrupted,
        TaizhangError,
    )
    from registry.messages import LOCALE_DIR, _, choose, set_language
    from registry.text import display_safe
    from registry.vocab import Lang
except KeyboardInterrupt:  # Ctrl-C before `main` can see it: nothing was begun
    sys.exit(130)

MOST_FAULTS_SHOWN = 50


def N_(message: str) -> str:
    """Mark a message for translation where it is only looked up later."""
    return message


COMMANDS: Mapping[str, tuple[str, str]] = {
    "demo": ("commands.demo", N_("Run the whole job on the bundled sample, without a network")),
    "init": ("commands.setup:init", N_("Create a registry")),
    "upgrade": ("commands.setup:upgrade", N_("Bring a registry to this version")),
    "verify": ("commands.setup:verify", N_("Check history, papers and protections")),
    "backup": ("commands.setup:backup", N_("Write one archive of everything")),
    "restore": ("commands.setup:restore", N_("Unpack an archive into a new place")),
    "import": ("commands.intake", N_("Read a spreadsheet: plan first, then --apply")),
    "unit": ("commands.unit", N_("Units and what happens to them")),
    "account": ("commands.account", N_("The ledger: list, show, history, forget a contact")),
    "filing": ("commands.filing", N_("File openings, changes, stops and cancellations")),
    "sweep": ("commands.sweep", N_("Look at the accounts: plan, run, list, show, todo")),
    "observe": ("commands.observe", N_("Note what a person saw")),
    "finding": ("commands.finding", N_("Problems found, their review and remedy")),
    "reconcile": ("commands.reconcile", N_("Ledger, reality and national system side by side")),
    "discover": ("commands.discover", N_("Read a unit's site for accounts not in the ledger")),
    "remind": ("commands.remind", N_("Remind units before accounts go stale")),
    "report": ("commands.report", N_("Ledger and upload sheet as files")),
    "evidence": ("commands.evidence", N_("Evidence files: list them, let go of old ones")),
    "rules": ("commands.rules", N_("Rule sets: list, show, check; limits")),
    "checkers": ("commands.checkers", N_("Platforms and how they are read")),
}
"""Command → module (and object in it), and its line in the help."""


_GLOBAL = ("--db", "--data", "--actor", "--config", "--lang")
"""Options of the program as a whole."""


class LazyGroup(click.Group):
    """A group that imports a command only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _colon, name = COMMANDS[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(module), name or "command")
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, _(line)) for name, (_module, line) in COMMANDS.items()])


def build() -> click.Group:
    """The root command, in the language in force. All help is laid out by `Help` from here on."""
    click.Context.formatter_class = Help
    options = [
        click.Option(
            ["--db"],
            default="accounts.db",
            envvar="TAIZHANG_DB",
            show_default=True,
            help=_("The registry: a file, or the URL of a PostgreSQL database."),
        ),
        click.Option(["--data"], help=_("Folder of attachments and evidence (for a URL).")),
        click.Option(
            ["--actor"], envvar="TAIZHANG_ACTOR", help=_("Who acts; kept with every act.")
        ),
        click.Option(["--config"], help=_("Settings file (default: taizhang.toml beside --db).")),
        click.Option(["--lang"], type=click.Choice(["zh", "en"]), help=_("Language.")),
        click.Option(["--now"], hidden=True, envvar="TAIZHANG_NOW"),
        click.Option(
            ["--version"],
            is_flag=True,
            expose_value=False,
            is_eager=True,
            callback=_print_version,
            help=_("Show the version and stop."),
        ),
    ]
    return LazyGroup(
        "taizhang",
        callback=_enter,
        params=list(options),
        help=_("The ledger of government new-media accounts: file, sweep, reconcile."),
        context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100},
    )


@click.pass_context
def _enter(
    ctx: click.Context,
    /,
    db: str,
    data: str | None,
    actor: str | None,
    config: str | None,
    lang: str | None,
    now: str | None,
) -> None:
    from commands.door import Door

    ctx.obj = Door.from_options(db, data, actor, config, now)


def _print_version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value:
        try:
            found = version("taizhang")
        except PackageNotFoundError:
            found = "0"
        click.echo(f"taizhang {found}")
        ctx.exit()


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; returns the exit code. Never lets a traceback through."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        _speak(arguments)
        collector.spare()
        result = build().main(arguments, prog_name="taizhang", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except (click.Abort, KeyboardInterrupt) as stop:
        _tell_interrupted(stop)
        return EXIT_INTERRUPTED
    except click.ClickException as error:
        _name_argument(error)
        error.show()
        if isinstance(error, click.NoSuchOption) and error.option_name in _GLOBAL:
            _place(error.option_name)
        return EXIT_USAGE
    except TaizhangError as error:
        _explain(error)
        return error.exit_code
    except Exception as error:  # the last resort: one line for the user, details in a file
        if isinstance(error, OSError) and _unread(error):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        return _refused_by_system(error) or _unexpected(error)


def _refused_by_system(error: Exception) -> int:
    """The exit code where the system let nothing be written, which is told; 0 for any other error."""
    if not isinstance(error, OSError):
        return 0
    from registry.unwritable import file_fault

    told = file_fault(error)
    if told is None:
        return 0
    _explain(told)
    return told.exit_code


def _unread(error: OSError) -> bool:
    """Whoever read our output has gone (`taizhang account list | more`); Windows has another word
    for it."""
    on_windows = sys.platform == "win32" and error.errno == errno.EINVAL
    return isinstance(error, BrokenPipeError) or (on_windows and error.filename is None)


def _speak(arguments: Sequence[str]) -> None:
    flag = None
    for here, word in enumerate(arguments):
        if word == "--lang" and here + 1 < len(arguments):
            flag = arguments[here + 1]
        elif word.startswith("--lang="):
            flag = word.partition("=")[2]
    lang = choose(flag, os.environ)
    set_language(lang)
    # click's own words ("Usage", "No such option") come from the gettext domain `messages`.
    gettext.bindtextdomain("messages", str(LOCALE_DIR))
    os.environ["LANGUAGE"] = "zh" if lang is Lang.ZH else "en"
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _name_argument(error: click.ClickException) -> None:
    """Call an argument that is missing or wrong as the help does."""
    if isinstance(error, click.BadParameter) and isinstance(error.param, click.Argument):
        from commands.help import named

        if error.param_hint is None and error.ctx is not None:
            error.param_hint = named(error.param.get_error_hint(error.ctx))


def _place(option: str) -> None:
    """Say where a global option belongs, to somebody who wrote it after the command."""
    hint = _("{option} stands before the command: taizhang {option} … COMMAND").format(
        option=option
    )
    click.echo(_("What to do: {hint}").format(hint=hint), err=True)


def _tell_interrupted(stop: BaseException) -> None:
    """What became of the work; of a command that says nothing of its own, what holds for each."""
    told = stop if isinstance(stop, Interrupted) else stop.__cause__
    if not isinstance(told, Interrupted):
        told = Interrupted(
            _("Interrupted. What was written before is kept; nothing is half written.")
        )
    for line in (told.message, told.hint):
        if line:
            click.echo(display_safe(line), err=True)


def _explain(error: TaizhangError) -> None:
    click.secho(
        _("Error: {message}").format(message=display_safe(error.message)), fg="red", err=True
    )
    for line in error.candidates if isinstance(error, Ambiguous) else ():
        click.echo(f"  {display_safe(line)}", err=True)
    if isinstance(error, BadInput):
        from commands.faults import fault_lines

        for line in fault_lines(error.faults, MOST_FAULTS_SHOWN):
            click.echo(line, err=True)
    if error.hint:
        click.echo(_("What to do: {hint}").format(hint=display_safe(error.hint)), err=True)


def _unexpected(error: Exception) -> int:
    from commands.crash import write_crash_report

    where = write_crash_report(error)
    click.secho(
        _("An error in the program: {kind}. Nothing half-done was kept. Details: {where}").format(
            kind=type(error).__name__, where=where
        ),
        fg="red",
        err=True,
    )
    return EXIT_INTERNAL


if __name__ == "__main__":
    sys.exit(main())
