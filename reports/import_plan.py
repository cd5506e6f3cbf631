"""An import plan for people: counts first, then what is new, changed, in conflict, rejected, absent,
and what to do next. It decides nothing, and contacts reach it masked.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TextIO

from registry.exchange.comparing import Change
from registry.exchange.mentions import Fit, Mention, MentionList
from registry.exchange.plan_rows import (
    ImportPlan,
    PlanRow,
    Result,
    UnitTwin,
    plan_field,
    result_label,
)
from registry.messages import _, language
from registry.text import quoted
from reports import terminal
from reports.cells import one_line
from reports.listing import Column

MOST = 30
"""Rows of one table that are printed; CSV and JSON hold them all."""

_SHOWN = (Result.CREATE, Result.UPDATE, Result.FILING, Result.CONFLICT, Result.REJECTED)

Label = Callable[[str, str], str]
"""From a platform and a language to its printed name."""


def plan_columns() -> list[Column]:
    """The columns of the plan as CSV."""
    return [
        Column("sheet", _("Sheet")),
        Column("row", _("Row"), right=True),
        Column("result", _("Result")),
        Column("platform", _("Platform")),
        Column("form", _("Form")),
        Column("name", _("Account")),
        Column("host_unit", _("Host unit")),
        Column("host_assumed", _("Unit assumed")),
        Column("account", "uid"),
        Column("detail", _("Details")),
    ]


def plan_lines(plan: ImportPlan, label: Label) -> list[dict[str, Any]]:
    """One line for each account of each row, for each absent account, for each unit that is likely
    known."""
    lines = [_line(row, label) for row in plan.rows]
    for each in plan.absent:
        lines.append(
            {
                "sheet": "",
                "row": None,
                "result": _("absent"),
                "platform": label(each.platform, language()),
                "form": "",
                "name": each.name,
                "host_unit": each.host_unit,
                "host_assumed": False,
                "account": each.account,
                "detail": _("accepted") if each.accepted else "",
            }
        )
    return lines + [_twin_line(twin) for twin in plan.unit_twins]


def _twin_line(twin: UnitTwin) -> dict[str, Any]:
    text = _("perhaps {likely}: {command}")
    return {
        **dict.fromkeys(("platform", "form", "name"), ""),
        "sheet": twin.sheet,
        "row": twin.row,
        "result": _("perhaps a known unit"),
        "host_unit": twin.name,
        "host_assumed": False,
        "account": "",
        "detail": text.format(likely=twin.likely, command=twin.command),
    }


def _line(row: PlanRow, label: Label) -> dict[str, Any]:
    return {
        "sheet": row.sheet,
        "row": row.row,
        "result": result_label(row.result),
        "platform": label(row.platform, language()) if row.platform else "",
        "form": row.form,
        "name": row.name,
        "host_unit": row.host_unit,
        "host_assumed": row.host_assumed,
        "account": row.account,
        "detail": _detail(row),
    }


def _detail(row: PlanRow) -> str:
    """Why, for a conflict or a rejected row; else what changes."""
    return _("; ").join(row.reasons or map(_change, row.changes))


def _change(change: Change) -> str:
    text = _("{field}: {old} → {new}")
    return text.format(
        field=plan_field(change.field),
        old=quoted(str(change.old or "–")),
        new=quoted(str(change.new)),
    )


def print_plan(
    plan: ImportPlan, label: Label, stream: TextIO | None = None, *, done: bool = False
) -> None:
    """The plan on a terminal; `done` when it was carried out."""
    out = _Paper(stream, label)
    out.title(_("Plan: {file}").format(file=plan.file_name), plan.sender.name)
    out.counts(
        [
            (result_label(Result(k)) if k != "absent" else _("absent"), n)
            for k, n in plan.counts.items()
        ]
    )
    for result in _SHOWN:
        out.rows(result_label(result), plan.of(result))
    out.absent(plan)
    out.suggestions(plan)
    out.unit_twins(plan, done=done)
    out.lines([] if done else _next_steps(plan))


class _Paper:
    """Where a plan is printed."""

    def __init__(self, stream: TextIO | None, label: Label) -> None:
        self._stream = stream or sys.stdout
        self._label = label

    def line(self, text: str) -> None:
        self._stream.write(one_line(text) + "\n")

    def lines(self, texts: Sequence[str]) -> None:
        if texts:
            self._stream.write("\n")
        for text in texts:
            self.line(text)

    def title(self, title: str, sender: str) -> None:
        self.line(title)
        self.line(_("Sender: {name}").format(name=sender or "–"))

    def counts(self, counts: Sequence[tuple[str, int]]) -> None:
        self.line(_(", ").join(f"{name} {number}" for name, number in counts))

    def table(self, title: str, total: int, columns: Sequence[Column], rows: list[Any]) -> None:
        """A titled table of the first rows."""
        if not rows:
            return
        self._stream.write("\n")
        self.line(_("{title} ({count})").format(title=title, count=total))
        cells = [[row[column.key] for column in columns] for row in rows[:MOST]]
        right = [n for n, column in enumerate(columns) if column.right]
        titles = [column.title for column in columns]
        terminal.print_table(titles, cells, right=right, stream=self._stream, lang=language().value)
        if total > MOST:
            self.line(_("… and {more} more: --format csv --output FILE").format(more=total - MOST))

    def rows(self, title: str, rows: Sequence[PlanRow]) -> None:
        several = len({row.sheet for row in rows}) > 1
        columns = [
            *([Column("sheet", _("Sheet"))] if several else []),
            Column("row", _("Row"), right=True),
            Column("platform", _("Platform")),
            Column("name", _("Account")),
            Column("host_unit", _("Host unit")),
            Column("detail", _("Details")),
        ]
        lines = [_line(row, self._label) for row in rows[:MOST]]
        for line in lines:
            line.update((key, quoted(line[key])) for key in ("name", "host_unit"))
        for line, row in zip(lines, rows, strict=False):
            if row.form:
                line["platform"] = f"{line['platform']} {row.form}"
            if row.host_assumed:
                line["host_unit"] = _("{name} (assumed)").format(name=line["host_unit"])
        self.table(title, len(rows), columns, lines)

    def absent(self, plan: ImportPlan) -> None:
        columns = [
            Column("platform", _("Platform")),
            Column("name", _("Account")),
            Column("host_unit", _("Host unit")),
            Column("account", "uid"),
            Column("detail", _("Details")),
        ]
        lines = plan_lines(plan, self._label)[len(plan.rows) :][: len(plan.absent)]
        title = _("Absent: listed before, not in this list; they stay as they are")
        self.table(title, len(lines), columns, lines)

    def suggestions(self, plan: ImportPlan) -> None:
        texts = []
        for each in plan.suggestions[:MOST]:
            if each.field == "name":
                text = _(
                    "Row {row}: perhaps {old} was renamed to {new} ({why}). If so, file the "
                    "change instead: taizhang filing change {uid}"
                )
            else:
                text = _(
                    "Row {row}: {name} is absent on {old} and new on {new}: the right platform?"
                )
            old, new = each.old, each.new
            if each.field == "platform":
                old, new = (self._label(name, language()) for name in (each.old, each.new))
            texts.append(
                text.format(
                    row=each.row, name=each.name, old=old, new=new, uid=each.account, why=each.why
                )
            )
        self.lines(texts)

    def unit_twins(self, plan: ImportPlan, *, done: bool) -> None:
        """Units that are likely known, each with its place and what to do; `done`: they were made."""
        if not plan.unit_twins:
            return
        told = plan.unit_twins[:MOST]
        head = _("Perhaps units known under another name ({count}); nothing is merged by itself:")
        if done:
            text = _("{place}: {name} is perhaps {likely}. If so: {command}")
        else:
            text = _("{place}: {name} is perhaps {likely}. If so, before --apply: {command}")
        self.lines([head.format(count=len(plan.unit_twins))])
        for twin in told:
            row = _("row {row}").format(row=twin.row)
            place = " · ".join(filter(None, (plan.file_name, twin.sheet, row)))
            command = twin.command_afterwards if done else twin.command
            self.line(text.format(place=place, name=twin.name, likely=twin.likely, command=command))
        if len(plan.unit_twins) > MOST:
            more = len(plan.unit_twins) - MOST
            self.line(_("… and {more} more: --format csv --output FILE").format(more=more))


def _next_steps(plan: ImportPlan) -> list[str]:
    """What to do now, as far as it is not an error anyway."""
    counts = plan.counts
    steps = []
    if not plan.rows:
        steps.append(_("The file holds no account."))
    if counts[Result.REJECTED]:
        steps.append(
            _(
                "Rejected rows: correct the sheet, or leave them out with --apply --skip-rejected "
                "--rejects FILE."
            )
        )
    if counts[Result.CONFLICT]:
        steps.append(
            _(
                "Conflicts are left as they are: file the changes, or let --as-filing submit them "
                "as CHANGE filings."
            )
        )
    if plan.writes and not counts[Result.REJECTED]:
        steps.append(_("To carry out the plan: the same command with --apply."))
    return steps


# --- lists of problems and observations -----------------------------------------------------------


def mention_columns() -> list[Column]:
    """The columns of a list of problems or observations as CSV."""
    return [
        Column("sheet", _("Sheet")),
        Column("row", _("Row"), right=True),
        Column("fit", _("Result")),
        Column("platform", _("Platform")),
        Column("form", _("Form")),
        Column("name", _("Account")),
        Column("host_unit", _("Unit in the list")),
        Column("ledger_host", _("Unit in the ledger")),
        Column("problem", _("Problem")),
        Column("last_update", _("Last update")),
        Column("account", "uid"),
        Column("detail", _("Details")),
    ]


def _fit_label(fit: Fit) -> str:
    return {
        Fit.KNOWN: _("in the ledger"),
        Fit.UNKNOWN: _("not in the ledger"),
        Fit.UNCLEAR: _("unclear"),
        Fit.REJECTED: _("rejected"),
    }[fit]


def mention_lines(found: MentionList, label: Label) -> list[dict[str, Any]]:
    """One line for each row of the list."""
    return [_mention_line(row, label) for row in found.rows]


def _mention_line(row: Mention, label: Label) -> dict[str, Any]:
    never = _("never") if row.never_updated else None
    return {
        "sheet": row.sheet,
        "row": row.row,
        "fit": _fit_label(row.fit),
        "platform": label(row.platform, language()) if row.platform else "",
        "form": row.form,
        "name": row.name,
        "host_unit": row.host_unit,
        "ledger_host": row.ledger_host,
        "problem": row.problem,
        "last_update": row.last_update or never,
        "account": row.account,
        "detail": _("; ").join(row.reasons),
    }


def print_mentions(
    found: MentionList, label: Label, stream: TextIO | None = None, *, done: bool = False
) -> None:
    """A list of problems or observations on a terminal; `done` when its dates were noted."""
    out = _Paper(stream, label)
    problems = found.file.kind == "problems"
    title = _("List of problems: {file}") if problems else _("List of observations: {file}")
    out.title(title.format(file=found.file.name), found.sender.name)
    counts = found.counts
    out.counts([(_fit_label(fit), counts[fit]) for fit in Fit])
    columns = [column for column in mention_columns() if column.key not in {"sheet", "form"}]
    lines = mention_lines(found, label)
    out.table(_("Rows"), len(lines), columns, lines)
    out.lines([] if done else list(_about_mentions(found)))


def _about_mentions(found: MentionList) -> Iterator[str]:
    yield _("Such a list makes no account and no finding; whether a problem is one, people say.")
    if found.dated:
        text = _("{count} dates of last update would be noted as observations: --apply.")
        yield text.format(count=len(found.dated))
