"""What the columns of an export leave in doubt: a title that stands over two of them, and a cell that
says no day or no number. It says which, and changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from registry.messages import _
from registry.names import fold_name
from registry.text import quoted

_ANY_DAY = date(2100, 12, 31)
"""A day without a year is before this one, whichever is meant: only whether it is one is asked."""


def doubled(
    cells: Sequence[str],
    columns: Mapping[str, int],
    titles: Mapping[str, str],
    proper: Mapping[str, str],
) -> dict[str, list[int]]:
    """Field → the further columns of a row of titles that bear the very title of its column, or one that
    means the same (`titles`: folded title → field) where neither is its title `proper`."""
    folds = [fold_name(cell) for cell in cells]
    found = {}
    for field, index in columns.items():
        is_proper = folds[index] == fold_name(proper.get(field, ""))
        found[field] = [
            at
            for at, fold in enumerate(folds)
            if at != index
            and (fold == folds[index] or (not is_proper and fold and titles.get(fold) == field))
        ]
    return {field: further for field, further in found.items() if further}


def doubled_words(titles: Sequence[str], columns: Sequence[int]) -> tuple[str, str]:
    """(message, remedy) of several columns (from 0) of one meaning that differ in this row."""
    from registry.exchange.columns import column_letter  # hardly ever needed

    letters = "、".join(map(column_letter, columns))
    message = _("The title {title} stands over columns {columns}, and here they differ.")
    title = titles[0]
    if len(set(titles)) > 1:
        title = "、".join(titles)
        message = _("The titles {title} (columns {columns}) mean the same, and here they differ.")
    return message.format(title=quoted(title), columns=letters), _(
        "Delete the column that is not meant, or give it another title."
    )


def is_total(cells: Sequence[str]) -> bool:
    """Whether a row is a line of totals: 合计, 总计：20 in the first cell that is filled."""
    from registry.exchange.titles import words  # hardly ever needed

    first = next(filter(None, map(str.strip, cells)), "")
    found = re.match(r"[^\d:：(（\s]{1,6}", first)
    if found is None or len(first) > _LONGEST_TOTAL:
        return False
    return fold_name(found[0]) in words("totals")


_LONGEST_TOTAL = 20
"""Characters of the first cell of a line of totals."""


def no_id_words(text: str, platform: str) -> tuple[str, str]:
    """(message, remedy) of a text that is no id of the platform, by its printed name: a spreadsheet may
    have made a number of it, and of this 2.1E+09."""
    if re.fullmatch(r"[+-]?\d+(\.\d*)?[Ee]\+?\d+", text):
        message = _("{value} is an id that a spreadsheet has shortened as a number.")
        return message.format(value=quoted(text)), _(
            "Format the column as text and enter the id again, or export the list again."
        )
    message = _("{value} is no id of {platform}.").format(value=quoted(text), platform=platform)
    return message, _("Correct it, leave it empty, or write it as scheme:value.")


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
