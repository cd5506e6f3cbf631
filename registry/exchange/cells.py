"""Reads one cell: numbers, days, yes and no, states, telephone numbers, ids.

What Excel broke beyond repair is refused (`CellFault`): a wrong id is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from registry.dates import DateError, Span, parse_span
from registry.exchange.record import ContactEntry
from registry.exchange.sheets import Cell, cell_text
from registry.exchange.titles import columns_data, words
from registry.messages import _, language
from registry.names import fold_name, simplify
from registry.text import fold_width, quoted, remove_space
from registry.vocab import AccountState, label

_SHORT = 6
"""Characters of the longest word that means nothing, or 同上."""
_EXACT = 2**53
_SIGNIFICANT = 15
"""Digits that Excel keeps of a number."""
_EXCEL_ERRORS = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)|#{3,}", re.I)
_SCIENTIFIC = re.compile(r"[+-]?\d(?:\.\d+)?E[+-]?\d{1,3}", re.I)
_DECIMAL_TAIL = re.compile(r"(\d+)\.0+")
_MARKED = re.compile(r"'\d+")


class CellFault(ValueError):
    """A cell that cannot be taken: what is wrong, and what to do."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message, self.remedy = message, remedy


def text_of(value: Cell) -> str:
    """The text of a cell; empty for a word that says there is nothing (无, -, /).

    Raises CellFault for an error value of Excel.
    """
    text = cell_text(value)
    if len(text) <= _SHORT and _says_nothing(text):
        return ""
    if text.startswith("#") and _EXCEL_ERRORS.fullmatch(text):
        raise CellFault(
            _("The cell holds the error value {value}.").format(value=text),
            _("Correct the formula in the sheet, or clear the cell."),
        )
    return text


@lru_cache(maxsize=4096)
def _says_nothing(text: str) -> bool:
    return text in columns_data()["words"]["empty"] or fold_name(text) in words("empty")


def is_ditto(value: Cell) -> bool:
    """True for 同上 and the marks that mean it."""
    return isinstance(value, str) and len(value) <= _SHORT and _means_ditto(value)


@lru_cache(maxsize=4096)
def _means_ditto(text: str) -> bool:
    return fold_name(text) in words("ditto")


# --- numbers --------------------------------------------------------------------------------------

_COUNT = re.compile(
    r"(?:约|近|超过?|逾)?([\d,]*\.?\d+)(百|千|万|亿|w|k)?(?:余|多|\+|以上)?(?:人|个|条|次|名|位)?"
)
_UNITS = {"百": 100, "千": 1_000, "k": 1_000, "万": 10_000, "w": 10_000, "亿": 100_000_000}


def count_of(value: Cell, scale: int = 1) -> int | None:
    """A count, halves rounded up; None for an empty cell. Raises CellFault.

    A unit in the cell itself (1.2万) goes before that of the column title.
    """
    if isinstance(value, float) and value.is_integer() and 0 <= value < _EXACT:
        return int(value) * scale
    text = text_of(value)
    if not text:
        return None
    plain = simplify(remove_space(fold_width(text))).lower()
    found = _COUNT.fullmatch(plain)
    if _SCIENTIFIC.fullmatch(plain):
        number, factor = Decimal(plain), scale
    elif found:
        number = Decimal(found[1].replace(",", ""))
        factor = _UNITS[found[2]] if found[2] else scale
    else:
        raise CellFault(
            _("{value} is not a number.").format(value=quoted(text)),
            _("Write digits only, e.g. 12000."),
        )
    return int((number * factor).quantize(Decimal(1), ROUND_HALF_UP))


def yes_or_no(value: Cell) -> bool | None:
    """是 and 否 in their spellings; None for anything else."""
    return _yes_or_no(cell_text(value)) if value is not None else None


@lru_cache(maxsize=1024)
def _yes_or_no(text: str) -> bool | None:
    key = fold_name(text)
    return True if key in words("yes") else False if key in words("no") else None


# --- days -----------------------------------------------------------------------------------------


def span_of(value: Cell, *, year: int | None, today: date) -> Span | None:
    """The day or days of a cell; None for an empty one. Raises CellFault."""
    if value is None or (isinstance(value, str) and not text_of(value)):
        return None
    try:
        if isinstance(value, bool | time | timedelta):
            raise CellFault(
                _("{value} is not a date.").format(value=quoted(cell_text(value))),
                _("Write it as 2024-07-16."),
            )
        return _span(value, year, today)
    except DateError as error:
        raise CellFault(
            _("{value} cannot be taken as a date: {why}.").format(
                value=quoted(cell_text(value)), why=label(error.fault, language())
            ),
            _("Write it as 2024-07-16."),
        ) from None


@lru_cache(maxsize=4096)
def _span(value: str | int | float | date, year: int | None, today: date) -> Span:
    return parse_span(value, year=year, today=today)


def says_never(value: Cell) -> bool:
    """True when a last-update cell says that nothing was ever published."""
    return isinstance(value, str) and bool(_NEVER.search(simplify(value)))


_NEVER = re.compile("从未|未曾|无更新|没有更新|未更新|未发布")


# --- states ---------------------------------------------------------------------------------------


def state_of(text: str) -> AccountState | None:
    """The account's state that a printed word means; None for a word we do not know."""
    plain = simplify(remove_space(text)).lower()
    for state, spellings in columns_data()["states"].items():
        for word in spellings:
            at = plain.find(word)
            if at >= 0 and plain[at - 1 : at] not in {"不", "未", "非", "没"}:
                return AccountState(state)
    return None


# --- contacts -------------------------------------------------------------------------------------

_PHONE = re.compile(
    r"(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}[-– ]?\d{7,8}(?:[-转]\d{1,6})?"
    r"|(?<!\d)\d{5,12}(?!\d)|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
)
_JUST_PHONE = re.compile(r"1[3-9]\d{9}")
_JUST_NAME = re.compile(r"[\u4e00-\u9fff·]{2,4}(?<!电话)")
_MARKS = " 、，,；;:：/／|()（）-"


def contact_of(value: Cell) -> tuple[str, str]:
    """(name, phone) of a cell that holds either or both. Raises CellFault for a rounded number."""
    text = text_of(value)
    if _JUST_PHONE.fullmatch(text):
        return "", text
    if _JUST_NAME.fullmatch(text):
        return text, ""
    text = re.sub(r"^'(?=\d)", "", text)
    plain = fold_width(text)
    if isinstance(value, str) and _SCIENTIFIC.fullmatch(plain):
        raise rounded(text)
    plain = _DECIMAL_TAIL.sub(r"\1", plain) if _DECIMAL_TAIL.fullmatch(plain) else plain
    phones = [" ".join(phone.split()) for phone in _PHONE.findall(plain)]
    rest = re.sub(r"(?:手机|电话|联系方式|办公|座机|邮箱)[::]?", "", _PHONE.sub(" ", plain))
    name = "、".join(part for part in re.split(r"[、，,；;/|\s]+", rest.strip(_MARKS)) if part)
    return name.strip(_MARKS), "、".join(phones)


def join_contacts(parts: Mapping[str, list[tuple[str, str]]]) -> tuple[ContactEntry, ...]:
    """One entry for each duty, 联系人 first, from the (name, phone) pairs of its columns."""
    entries = []
    for duty in ("contact", "responsible", "admin"):
        pairs = parts.get(duty, [])
        name = "、".join(dict.fromkeys(name for name, _phone in pairs if name))
        phone = "、".join(dict.fromkeys(phone for _name, phone in pairs if phone))
        if name or phone:
            entries.append(ContactEntry(duty, name, phone))
    return tuple(entries)


# --- ids ------------------------------------------------------------------------------------------

_LABELLED = re.compile(
    r"(?:微信号|公众号|原始ID|抖音号|账号ID|UID|ID|微博)\s*[:：]\s*(.+)", re.I | re.S
)


def identifier_of(value: Cell, *, from_text_file: bool) -> str:
    """An id as text; empty for an empty cell. Raises CellFault when Excel has rounded it.

    In a text file nothing tells a number from a text, so there 16 digits and more that end in
    zeros after the 15th count as rounded, unless marked as text by a leading `'`.
    """
    if isinstance(value, bool):
        raise CellFault(
            _("{value} is not an id.").format(value=quoted(cell_text(value))),
            _("Write the id as text."),
        )
    if isinstance(value, int | float):
        return _exact_number(value)
    text = remove_space(fold_width(text_of(value)))
    if _SCIENTIFIC.fullmatch(text):
        raise rounded(text)
    if _MARKED.fullmatch(text):
        return text[1:]
    if _DECIMAL_TAIL.fullmatch(text):
        text = text.split(".")[0]
    if from_text_file and text.isdigit() and _looks_rounded(text):
        raise rounded(text)
    found = _LABELLED.fullmatch(text)
    return found[1] if found else text


def _exact_number(value: int | float) -> str:
    if not float(value).is_integer():
        raise CellFault(
            _("{value} is not an id.").format(value=quoted(cell_text(value))),
            _("Write the id as text."),
        )
    digits = str(int(value))
    if abs(value) >= _EXACT or len(digits) > _SIGNIFICANT:
        raise rounded(digits)
    return digits


def _looks_rounded(digits: str) -> bool:
    return len(digits) > _SIGNIFICANT and not digits[_SIGNIFICANT:].strip("0")


def rounded(value: str) -> CellFault:
    """The fault of a number whose last digits are lost."""
    return CellFault(
        _("{value} was rounded by Excel: digits of it are lost.").format(value=value),
        _(
            "Look the number up again, set the column's format to Text before typing it in "
            "(in a CSV file write ' before it), and send the sheet again."
        ),
    )
