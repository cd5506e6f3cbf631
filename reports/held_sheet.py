"""The sheet of accounts that are kept out of the upload: which, why, and what has to be done first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from registry.findings.differences import Difference, HeldRow, Reconciliation
from registry.messages import _, language
from registry.vocab import code_title
from reports.fields import field_title
from reports.reconcile_words import act_title, told_values
from reports.workbook import Book, Cell, Look, SheetColumn

_Found = Mapping[tuple[str, str], Difference]
"""(account uid, code) → the difference."""


def held_sheet(book: Book, result: Reconciliation, platform: Callable[[str], str]) -> None:
    """One row for each matter that is to be settled; an account with several has several."""
    columns = [
        SheetColumn(_("No."), 5),
        SheetColumn(field_title("host_unit"), 26),
        SheetColumn(field_title("platform"), 12),
        SheetColumn(field_title("name"), 22),
        SheetColumn(field_title("identifier"), 17),
        SheetColumn(_("Would be reported as"), 10),
        SheetColumn(_("To be settled first"), 26),
        SheetColumn(_("What is wrong"), 44),
        SheetColumn(_("What to do"), 44),
    ]
    told = (*result.earlier, *result.differences)
    found = {(each.subject_uid, each.code): each for each in told}
    rows = [
        [Cell(number, Look.CENTRE), *_matter(row, code, found, platform)]
        for number, row in enumerate(result.held, start=1)
        for code in row.codes
    ]
    title = _("Kept out of the upload")
    notes = [
        _("The ledger's own entry is in question, so it is not reported yet."),
        _(
            "Once it is settled, run `taizhang reconcile run` again: the row is in upload.xlsx then."
        ),
    ]
    book.sheet(title, columns, rows, title=title, notes=notes)


def _matter(row: HeldRow, code: str, found: _Found, platform: Callable[[str], str]) -> list[Any]:
    difference = found.get((row.account_uid, code))
    what = " ".join(filter(None, (told_values(difference), difference.note))) if difference else ""
    done = difference.action if difference else ""
    return [
        row.ledger["host_unit"],
        platform(str(row.ledger["platform"])),
        row.ledger["name"],
        row.ledger.get("identifier", ""),
        act_title(row.act),
        f"{code} {code_title(code, language())}",
        what,
        done,
    ]
