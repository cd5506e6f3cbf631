"""What did the office send: a ledger, a list of problems, or a list of observations?

Told by columns, and by words in the cells where the columns are silent. A list that could be two
things is UNCLEAR and must be asked for: a problem list read as a ledger would invent accounts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from registry.exchange.columns import Columns
from registry.exchange.sheets import Sheet, cell_text
from registry.exchange.titles import CONTACT_FIELDS, NAMED_SCHEMES, columns_data, words
from registry.messages import _
from registry.names import fold_name, simplify
from registry.text import quoted

_DECLARED = frozenset(
    "url native_id verified_subject verified opened_on purpose cadence followers "
    "supervising_unit operator address domain_area".split()
)
_LEDGER_FIELDS = _DECLARED | CONTACT_FIELDS | NAMED_SCHEMES
"""Fields that an office declares when it files an account."""
_SEEN_FIELDS = frozenset({"url", "native_id", "followers"}) | NAMED_SCHEMES
"""Of these, what also stands in a list of what somebody saw."""
_SAMPLE = 500


class Kind(StrEnum):
    """What a list is."""

    LEDGER = "ledger"
    PROBLEMS = "problems"
    OBSERVATIONS = "observations"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Recognition:
    """What a list is, and why we think so."""

    kind: Kind
    reasons: tuple[str, ...] = ()
    """In the user's language."""


def recognise(sheet: Sheet, columns: Columns) -> Recognition:
    """What one sheet is."""
    if not columns.found:
        return Recognition(Kind.UNCLEAR, (_("No column of account names was found."),))
    declared = sorted(columns.fields & _LEDGER_FIELDS)
    titles = "、".join(columns.title(field) for field in declared)
    told = _("Columns of a ledger: {titles}.").format(titles=titles)
    problems = _problem_reasons(sheet, columns)
    if problems and len(declared) >= 3:
        return Recognition(Kind.UNCLEAR, (*problems, told))
    if problems:
        return Recognition(Kind.PROBLEMS, problems)
    if "last_update" in columns.fields:
        return _with_last_update(columns, frozenset(declared), told)
    heading = _troubled_heading(sheet, columns)
    if heading and not declared:
        return Recognition(Kind.UNCLEAR, (heading, _("Only names of accounts and units.")))
    return Recognition(Kind.LEDGER, (told if declared else _("Names of accounts and units."),))


def recognise_all(tables: Sequence[tuple[Sheet, Columns]]) -> Recognition:
    """What a file is: that of all its sheets that name accounts; UNCLEAR when they differ."""
    found = [recognise(sheet, columns) for sheet, columns in tables if columns.found]
    if not found:
        return Recognition(Kind.UNCLEAR, (_("No column of account names was found."),))
    kinds = {recognition.kind for recognition in found}
    reasons = tuple(dict.fromkeys(r for recognition in found for r in recognition.reasons))
    if len(kinds) > 1:
        reasons = (_("The sheets of the file are of different kinds."), *reasons)
    return Recognition(found[0].kind if len(kinds) == 1 else Kind.UNCLEAR, reasons)


def _with_last_update(columns: Columns, declared: frozenset[str], told: str) -> Recognition:
    title = columns.title("last_update")
    seen = _("Column of what was seen: {title}.").format(title=title)
    if declared - _SEEN_FIELDS:
        return Recognition(Kind.LEDGER, (told,))
    if declared and "host_unit" in columns.fields:
        return Recognition(Kind.UNCLEAR, (seen, told))
    return Recognition(Kind.OBSERVATIONS, (seen,))


def _problem_reasons(sheet: Sheet, columns: Columns) -> tuple[str, ...]:
    """Why this is a problem list; empty when it is none."""
    column = columns.first("problem")
    if column is not None:
        texts = _texts(sheet, columns, column.index)
        body = any(row.number > max(columns.header, default=0) for row in sheet.rows)
        if body and not any(_tells_problem(text) for text in texts):
            return ()
        return (_("Column of problems: {title}.").format(title=column.title),)
    for silent in columns.columns:
        if silent.field in {"state", "note", "", "cadence"}:
            texts = _texts(sheet, columns, silent.index)
            troubled = [text for text in texts if _problem_word(text)]
            if troubled and len(troubled) * 2 >= len(texts):
                reason = _("Column {title} speaks of problems: {words}.")
                some = "、".join(dict.fromkeys(troubled[:3]))
                return (reason.format(title=silent.title, words=some),)
    return ()


def _texts(sheet: Sheet, columns: Columns, index: int) -> list[str]:
    start = max(columns.header, default=0)
    rows = [row for row in sheet.rows if row.number > start][:_SAMPLE]
    return [text for row in rows if (text := cell_text(row.at(index)))]


def _tells_problem(text: str) -> bool:
    """False for 无, 正常, 合格 and the like under a title of problems."""
    key = fold_name(text)
    return key not in words("empty") | words("no") | words("fine")


def _problem_word(text: str) -> bool:
    plain = simplify(text)
    return any(word in plain for word in columns_data()["problems"]["words"])


def _troubled_heading(sheet: Sheet, columns: Columns) -> str:
    for text in (*columns.headings, sheet.name):
        if any(word in simplify(text) for word in columns_data()["problems"]["headings"]):
            return _("The heading speaks of problems: {text}.").format(text=quoted(text))
    return ""
