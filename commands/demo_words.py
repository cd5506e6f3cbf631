"""What the demo says when it is done: the steps, what to see to first, the files, what to try next.

Words only; every figure comes from the same results as the reports.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from registry.messages import _, language
from registry.text import cells
from registry.vocab import BLOCKING_CODES, Verdict, code_title, label

if TYPE_CHECKING:
    from registry.findings.differences import Reconciliation
    from reports.page_data import AccountLine, PageData
    from sweeps.run import RunResult
    from verdicts.sweep import SweepJudgement

_VERDICTS = (Verdict.FRESH, Verdict.STALE, Verdict.GONE, Verdict.PENDING, Verdict.UNKNOWN)
_COLOURS = {Verdict.GONE: "red", Verdict.PENDING: "magenta", Verdict.STALE: "yellow"}

_MOST = 8
"""Lines of the second list; the workbook has the rest."""

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """What the demo has come to."""

    accounts: int
    filings: int
    run: RunResult
    told: SweepJudgement
    result: Reconciliation
    page: PageData


def tell(shown: Shown, out: Path) -> None:
    """Print the summary."""
    click.secho(_("The whole job on a made-up city and its county. No network."), bold=True)
    click.echo()
    for number, line in enumerate(_steps(shown), start=1):
        click.echo(f"  {click.style(str(number), fg='cyan', bold=True)}  {line}")
    _section(_("See to these first"), [_line(row) for row in shown.page.attention])
    _section(_("These stop the upload"), list(_stopping(shown)))
    _section(_("Files"), list(_files(out)))
    _section(_("Try next"), list(_next(out)))


def _section(title: str, rows: Sequence[Row]) -> None:
    """A heading and its rows in columns; the last column is left as it is."""
    click.echo()
    click.secho(title, bold=True)
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        padded = [cell + " " * (w - _width(cell)) for cell, w in zip(row, widths, strict=True)]
        click.echo("  " + "  ".join(padded).rstrip())


def _width(text: str) -> int:
    return cells(click.unstyle(text))


def _steps(shown: Shown) -> Iterator[str]:
    from registry.dates import to_the_minute as at
    from reports.page_data import share

    lang, told, result = language(), shown.told, shown.result
    text = _("Opened the sample: {accounts} accounts, {filings} filings, one earlier sweep.")
    yield text.format(accounts=shown.accounts, filings=shown.filings)
    text = _("Replayed the sweep of {at}: {read} of {planned} accounts read ({share}).")
    whole = told.coverage.whole
    read = share(whole.read, whole.planned)
    yield text.format(at=at(told.at), read=whole.read, planned=whole.planned, share=read)
    verdicts = " · ".join(f"{label(v, lang)} {told.verdicts[v]}" for v in _VERDICTS)
    yield _("Judged by {rules} from all looks so far: {verdicts}.").format(
        rules=told.rule_set, verdicts=verdicts
    )
    text = _("Compared ledger, platforms and {rows} rows of the national system: {count} faults.")
    yield text.format(rows=result.coverage.national_rows, count=len(result.differences))
    text = _("Wrote the reports; {rows} rows are ready to be uploaded.")
    yield text.format(rows=len(result.upload_rows))


def _line(row: AccountLine) -> Row:
    lang = language()
    verdict = click.style(label(row.verdict, lang), fg=_COLOURS.get(row.verdict))
    return verdict, row.name, row.platform, row.host_unit, row.why


def _stopping(shown: Shown) -> Iterator[Row]:
    """Differences that stop the upload, each with whose it is; faults before duplicates."""
    stopping = [d for d in shown.result.differences if d.code in BLOCKING_CODES]
    stopping.sort(key=lambda found: not found.code.startswith("RC"))
    for found in stopping[:_MOST]:
        name = found.ledger.get("name") or found.outside.get("name") or ""
        yield found.code, code_title(found.code, language()), str(name), found.responsible
    if len(stopping) > _MOST:
        more = _("{count} more, see reconcile.xlsx").format(count=len(stopping) - _MOST)
        yield "…", more, "", ""


def _files(out: Path) -> Iterator[Row]:
    yield str(out / "index.html"), _("how things stand; open it in a browser")
    yield str(out / "reconcile.xlsx"), _("what to put right, a sheet for each kind of problem")
    yield str(out / "upload.xlsx"), _("rows to add, change, take offline in the national system")
    yield str(out / "ledger.xlsx"), _("the ledger, contacts masked")
    yield str(out / "accounts.db"), _("the database; any SQLite browser opens it")


def _next(out: Path) -> Iterator[Row]:
    database = str(out / "accounts.db")
    if any(char.isspace() for char in database):
        database = f'"{database}"'
    start = f"taizhang --db {database}"
    yield f"{start} account history 青石财政", _(
        "what became of one account, and when it was entered"
    )
    yield f"{start} finding list", _("all findings with their evidence")
    yield f"{start} filing list --due", _("filings that wait for somebody")
    yield f"{start} sweep todo --out todo.xlsx", _("the form for what no machine can read")
    yield "taizhang --help", _("everything else; begin your own with `taizhang init`")
