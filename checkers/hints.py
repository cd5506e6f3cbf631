"""Numbers of persons in published text: identity cards, mobile telephones, bank cards. Hints only.

Whether a number may stand where it stands is for people: a duty office publishes its telephone. It
keeps no text and gives every number back starred. Standard library only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from registry.vocab import HintKind

_DIGITS = re.compile(r"\d")
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_DASHES = re.compile("[\u2010-\u2015\u2212\ufe63\uff0d]")
_ADDRESS = re.compile(r"(?:https?://|www\.)[!-~]+", re.I)
_GROUPS = re.compile(r"\d+(?:[ -]{1,3}\d+)*")

_MOST_GROUPS = 19
"""The longest number has as many digits."""

_REGIONS = frozenset(
    (11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46)
    + (50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83)
)
"""First two digits of GB/T 2260; 81–83 are those of residence permits."""
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"

_CARDS = ("62", "9558", "603", "690755")
_CARDS_OF_16 = ("4", "51", "52", "53", "54", "55", "35")
_NO_CARD = re.compile(r"(?:订单|单号|编号|编码|代码|流水|批次)[^\d。；]{0,4}$")

_SERVICE = frozenset({"13800138000", "13010112500"})
"""Mobile-like numbers of the operators' own services."""
_HOTLINE = re.compile(r"(?:热线|客服)[^\d。；]{0,6}$")
_AMOUNT = re.compile(r" ?[%‰元万亿千吨次人户亩个瓦米条件]")
_PHONE_SHAPES = ((11,), (3, 4, 4), (3, 8), (7, 4), (4, 3, 4), (3, 3, 5))


@dataclass(frozen=True, slots=True)
class Number:
    """One number found in a text."""

    kind: HintKind
    masked: str
    """Three digits in front and four behind, the rest starred."""
    start: int
    end: int
    """Where it stands in the text, separators included."""


def find_numbers(text: str) -> tuple[Number, ...]:
    """The numbers of persons in the text, in their order; those already starred are none.

    Full-width digits, spaces and dashes between the digits are seen through.
    """
    if len(text) < 11 or len(_DIGITS.findall(text)) < 11:
        return ()
    plain = _plain(text)
    return tuple(number for chunk in _GROUPS.finditer(plain) for number in _in_chunk(plain, chunk))


def masked(text: str) -> str:
    """The text with every number found in it starred; without any it comes back as it was."""
    found = find_numbers(text)
    if not found:
        return text
    pieces, at = list[str](), 0
    for number in found:
        pieces += (text[at : number.start], _starred(text[number.start : number.end]))
        at = number.end
    return "".join((*pieces, text[at:]))


def snippet(text: str, start: int, end: int, around: int = 12) -> str:
    """What stands around a place in the text, starred, on one line."""
    return excerpt(masked(text), start, end, around)


def excerpt(told: str, start: int, end: int, around: int = 12) -> str:
    """The same of a text that is starred already."""
    first, last = max(start - around, 0), min(end + around, len(told))
    inner = " ".join(told[first:last].split())
    return ("…" if first else "") + inner + ("…" if last < len(told) else "")


def _starred(number: str) -> str:
    total = sum(char.isalnum() for char in number)
    out, seen = [], 0
    for char in number:
        seen += char.isalnum()
        out.append("*" if char.isalnum() and 3 < seen <= total - 4 else char)
    return "".join(out)


def _plain(text: str) -> str:
    """The text of the same length with plain digits, letters, spaces and dashes, no addresses."""
    plain = _DASHES.sub("-", text.replace("\t", " "))
    plain = _FOREIGN.sub(lambda hit: _narrow(hit.group()), plain)
    return _ADDRESS.sub(lambda hit: "/" * len(hit.group()), plain)


def _narrow(char: str) -> str:
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    narrow = unicodedata.normalize("NFKC", char)
    return narrow if len(narrow) == 1 and narrow.isascii() else char


# --- groups of digits ---------------------------------------------------------------------------


def _in_chunk(plain: str, chunk: re.Match[str]) -> Iterator[Number]:
    """The numbers among groups of digits that stand together, the longest first at each place."""
    groups = [hit.span() for hit in re.compile(r"\d+").finditer(plain, *chunk.span())]
    at = 0
    while at < len(groups):
        number, used = _number_at(plain, groups[at : at + _MOST_GROUPS])
        if number is not None:
            yield number
        at += max(used, 1)


def _number_at(plain: str, groups: Sequence[tuple[int, int]]) -> tuple[Number | None, int]:
    """The number that begins with the first of the groups, and how many groups it takes."""
    if not _may_begin(plain, groups[0][0]):
        return None, 1
    for kind, count, end in _candidates(plain, groups):
        if _may_end(plain, end):
            start = groups[0][0]
            digits = re.sub("[ -]", "", plain[start:end]).upper()
            digits = digits[-11:] if kind is HintKind.MOBILE else digits
            return Number(kind, _starred(digits), start, end), count
    return None, 1


def _candidates(
    plain: str, groups: Sequence[tuple[int, int]]
) -> Iterator[tuple[HintKind, int, int]]:
    """(kind, groups taken, end) of what the first groups may be, a card of a person first."""
    joined = [""]
    for start, end in groups:
        joined.append(joined[-1] + plain[start:end])
    sizes = [end - start for start, end in groups]
    for count in range(len(joined) - 1, 0, -1):
        digits, end = joined[count], groups[count - 1][1]
        lettered = re.compile("[ -]?[Xx]").match(plain, end) if len(digits) == 17 else None
        if lettered and _is_citizen(digits + "X"):
            yield HintKind.ID_CARD, count, lettered.end()
        if _is_citizen(digits):
            yield HintKind.ID_CARD, count, end
        if _is_card(digits, sizes[:count]) and not _NO_CARD.search(_before(plain, groups[0][0])):
            yield HintKind.BANK_CARD, count, end
        if _is_mobile(plain, groups[0][0], digits, tuple(sizes[:count]), end):
            yield HintKind.MOBILE, count, end


def _may_begin(plain: str, start: int) -> bool:
    """Not behind a letter, a star, or what joins it to a longer code."""
    before = plain[start - 1] if start else ""
    if before == "." and start > 1 and plain[start - 2].isdigit():
        return False
    return not before or not (before.isascii() and (before.isalnum() or before in "_*/=&%#@"))


def _before(plain: str, start: int) -> str:
    return plain[max(start - 16, 0) : start]


def _may_end(plain: str, end: int) -> bool:
    after = plain[end : end + 1]
    if after == "." and plain[end + 1 : end + 2].isdigit():
        return False
    return not after or not (after.isascii() and (after.isalnum() or after in "_*/=&#@"))


# --- what they may be ---------------------------------------------------------------------------


def _is_citizen(number: str) -> bool:
    """18 characters with a known region, a birthday that there was, and the right check digit."""
    if len(number) != 18 or int(number[:2]) not in _REGIONS or number[4:6] == "00":
        return False
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS))
    return 1900 <= born.year < 2100 and _CHECKS[total % 11] == number[17]


def _is_card(number: str, sizes: Sequence[int]) -> bool:
    """16 to 19 digits of a known issuer, printed in one piece or in fours, with Luhn's digit."""
    if not 16 <= len(number) <= 19:
        return False
    fours = all(size == 4 for size in sizes[:-1]) and sizes[-1] <= 4
    if not (len(sizes) == 1 or fours or (len(sizes) == 2 and sizes[0] == 6)):
        return False
    of_16 = len(number) == 16 and number.startswith(_CARDS_OF_16)
    return (of_16 or number.startswith(_CARDS)) and _luhn(number)


def _luhn(number: str) -> bool:
    doubled = [int(d) * (1 + n % 2) for n, d in enumerate(reversed(number))]
    return sum(d - 9 * (d > 9) for d in doubled) % 10 == 0


def _is_mobile(plain: str, start: int, digits: str, sizes: tuple[int, ...], end: int) -> bool:
    """Eleven digits from 13… to 19…, or with the country's 86 before them; no service's number."""
    before = _before(plain, start)
    if len(sizes) == 1 and digits.startswith("0086"):
        digits, sizes = digits[4:], (len(digits) - 4,)
    elif len(sizes) == 1 and before.endswith("+") and digits.startswith("86"):
        digits, sizes = digits[2:], (len(digits) - 2,)
    if sizes not in _PHONE_SHAPES or not re.fullmatch(r"1[3-9]\d{9}", digits):
        return False
    if digits in _SERVICE or len(set(digits[3:])) == 1:
        return False
    return not _HOTLINE.search(before) and not _AMOUNT.match(plain, end)
