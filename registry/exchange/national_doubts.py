"""What the columns of an export leave in doubt: a title that stands over two of them, and a cell that
says no day or no number. It says which, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from registry.messages import _
from registry.names import fold_name

_ANY_DAY = date(2100, 12, 31)
"""A day without a year is before this one, whichever is meant: only whether it is one is asked."""


def doubled(cells: Sequence[str], columns: Mapping[str, int]) -> dict[str, list[int]]:
    """Field → the further columns that bear the very title of its column, of a row of titles."""
    folds = [fold_name(cell) for cell in cells]
    found = {
        field: [at for at, fold in enumerate(folds) if at != index and fold == folds[index]]
        for field, index in columns.items()
    }
    return {field: further for field, further in found.items() if further}


def doubled_words(title: str, columns: Sequence[int]) -> tuple[str, str]:
    """(message, remedy) of a title over several columns (from 0) that differ in this row."""
    from registry.exchange.columns import column_letter  # hardly ever needed

    letters = "、".join(map(column_letter, columns))
    message = _("The title {title} stands over columns {columns}, and here they differ.")
    return message.format(title=title, columns=letters), _(
        "Delete the column that is not meant, or give it another title."
    )


def unreadable(field: str, texts: Sequence[str]) -> Iterator[tuple[int, str]]:
    """(position, what is wrong) of the texts of a field that are neither empty nor what it asks for;
    nothing of fields that ask for neither a day nor a number."""
    plain = _PLAIN.get(field)
    if plain is None:
        return
    strange = [text for text in set(texts) if text and not plain(text)]
    wrong = {text: why for text in strange if (why := _wrong(field, text))}
    for at, text in enumerate(texts) if wrong else ():
        if text in wrong:
            yield at, wrong[text]


def _wrong(field: str, text: str) -> str:
    """What is wrong with a text that is not in the plainest form; empty where it can be read."""
    from registry.exchange.cells import CellFault, count_of, span_of  # slow to load

    try:
        if field == "followers":
            count_of(text)
        else:
            span_of(text, year=None, today=_ANY_DAY)
    except CellFault as fault:
        return fault.message
    return ""


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).year >= 1990
    except ValueError:
        return False


_PLAIN: Mapping[str, Callable[[str], bool]] = {"opened_on": _is_day, "followers": str.isdecimal}
"""Field → whether a text is in the plainest form, as nearly all are."""
