"""The green columns of a reconciling's workbook, and the sheet that says what each decision does."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from registry.exchange.decision_sheet import (
    FindingKey,
    PairKey,
    Part,
    cell_mark,
    titles_mark,
    told_apart,
)
from registry.messages import _, language
from registry.vocab import DATED, Choice, label
from reports.cells import shown
from reports.workbook import Book, Cell, Look, SheetColumn


def input_columns(
    choices: Sequence[Choice],
    rows: Iterable[Sequence[Choice]],
    stamp: str,
    more: Sequence[Part] = (),
    keeping: Sequence[tuple[str, ...]] = (),
    told: Sequence[SheetColumn] = (),
) -> list[SheetColumn]:
    """What a clerk fills in, with `more` columns than usual, and the hidden key under the workbook's
    stamp. `choices`: of the sheet; `rows`: those of each row, from which it is chosen there; `keeping`:
    the accounts of each row of which one is kept; `told`: the other columns, in whose cells nothing is
    to be changed."""
    words = {choice: label(choice, language()) for choice in choices}
    lists = [tuple(words[choice] for choice in row) for row in rows]
    until = [SheetColumn(Part.UNTIL.title, 13)] if DATED.intersection(choices) else []
    return [
        SheetColumn(Part.DECISION.title, 18, choices=lists),
        *until,
        *(SheetColumn(part.title, 20, choices=_lists(part, keeping)) for part in more),
        SheetColumn(Part.REMARK.title, 20),
        SheetColumn(Part.KEY.title, 10, hidden=True, band=stamp),
        SheetColumn(
            Part.CELLS.title, 11, hidden=True, band=titles_mark(each.title for each in told)
        ),
    ]


def _lists(part: Part, keeping: Sequence[tuple[str, ...]]) -> Sequence[tuple[str, ...]]:
    return keeping if part is Part.KEEP else ()


def with_input(
    cells: Sequence[Any],
    told: Sequence[SheetColumn],
    key: FindingKey | PairKey,
    choices: Sequence[Choice],
    more: Sequence[Part] = (),
) -> list[Any]:
    """A row of a sheet: the cells of its columns `told`, and those of `input_columns`, empty, with the
    key of the row and what stands in it."""
    lang = language().value
    values = (cell.value if type(cell) is Cell else cell for cell in cells)
    marks = (
        cell_mark(title, _text(value, lang))
        for title, value in zip(_apart(tuple(column.title for column in told)), values, strict=True)
    )
    return [*cells, *_input_cells(key, choices, more), " ".join(marks)]


@lru_cache(maxsize=64)
def _apart(titles: tuple[str, ...]) -> list[str]:
    return told_apart(titles)


def _text(value: Any, lang: str) -> str:
    """The value as its cell shows it."""
    plain = type(value) is str and value.isprintable()
    return value if plain else shown(value, lang)


def _input_cells(
    key: FindingKey | PairKey, choices: Sequence[Choice], more: Sequence[Part]
) -> list[Any]:
    until = [Cell("", Look.DAY)] if DATED.intersection(choices) else []
    texts = [Cell("", Look.INPUT)] * (len(more) + 1)
    return [Cell("", Look.INPUT), *until, *texts, str(key)]


def more_parts(code: str) -> tuple[Part, ...]:
    """The columns that only the sheet of this code has."""
    return _MORE.get(code, ())


_MORE: Mapping[str, tuple[Part, ...]] = {
    "RC301": (Part.HOST,),
    "RC305": (Part.HOST,),
    "RC306": (Part.FIELDS,),
    "RC310": (Part.NOTICE,),
    "DU401": (Part.KEEP,),
    "DU402": (Part.KEEP,),
}


_EFFECTS: Mapping[Choice, Callable[[], tuple[str, str]]] = {
    Choice.CONFIRM: lambda: (_("The finding is confirmed; it stays until it is put right."), ""),
    Choice.DISMISS: lambda: (
        _("The finding is dismissed, and stays so while what was seen stays the same."),
        _("the reason"),
    ),
    Choice.WAIVE: lambda: (
        _("The finding is let be until the end of that day, then it is open again."),
        _("the last day and the reason"),
    ),
    Choice.CHANGE_THERE: lambda: (
        _(
            "The finding is confirmed; the row is in upload.xlsx, to be entered there, unless its own"
            " instruction says otherwise."
        ),
        "",
    ),
    Choice.OFFLINE_THERE: lambda: (
        _("Remembered; the next upload.xlsx takes the row offline there."),
        "",
    ),
    Choice.FILE_OPEN: lambda: (
        _("A filing of the opening is drafted from what was seen."),
        _("the host unit, if another one than is listed, or none is"),
    ),
    Choice.FILE_CHANGE: lambda: (
        _(
            "A filing is drafted that brings the ledger in line with the other side, in the fields named or in"
            " all; the others follow in upload.xlsx once it is completed."
        ),
        _("the fields, if not all"),
    ),
    Choice.FILE_STOP: lambda: (_("A filing of the stop is drafted."), ""),
    Choice.STOP_OTHERS: lambda: (
        _(
            "A filing of the stop is drafted for each of the unit's accounts there but the one that is kept."
        ),
        _("the account to keep, if another one than is suggested, or none is"),
    ),
    Choice.NOTICE: lambda: (
        _("The link of the public notice is recorded with the change of host."),
        _("the link of the notice"),
    ),
    Choice.FILE_CANCEL: lambda: (_("A filing of the cancellation is drafted."), ""),
    Choice.FILE_REOPEN: lambda: (_("A filing of the re-opening is drafted."), ""),
    Choice.ALIAS: lambda: (
        _("The other name is kept as an alias of the host unit and found from then on."),
        "",
    ),
    Choice.APPROVE: lambda: (
        _("The unit may keep several accounts there, until that day or for good."),
        _("on whose approval; the last day if there is one"),
    ),
    Choice.SAME: lambda: (
        _(
            "Remembered for ever: it is one account. If it is entered twice (DU402), the cancellation of the"
            " entry that is not kept is drafted."
        ),
        _("the account to keep, if another one than is suggested, or none is"),
    ),
    Choice.NOT_SAME: lambda: (_("Remembered for ever: these are two accounts."), ""),
}


def explain_decisions(book: Book, offered: Collection[Choice]) -> None:
    """A sheet that says what each of the decisions does that the workbook offers."""
    if not offered:
        return
    columns = [
        SheetColumn(Part.DECISION.title, 24),
        SheetColumn(_("What it does"), 70),
        SheetColumn(_("To be filled in with it"), 40),
    ]
    rows = [
        [label(choice, language()), *_EFFECTS[choice]()] for choice in Choice if choice in offered
    ]
    notes = [
        _("Rows may be sorted, filtered, deleted and left empty; an empty row decides nothing."),
        _("Hand it back with `taizhang reconcile apply FILE`: it shows first what would be done."),
    ]
    book.sheet(_("How to fill it in"), columns, rows, title=_("How to fill it in"), notes=notes)
