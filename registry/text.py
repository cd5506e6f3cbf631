"""How outside text is cleaned, compared and shown: widths, spaces, unsafe characters, masking.

It repairs what copying and typing did to a text and never guesses at its meaning; names are
compared in `registry.names`. Standard library only, so that checkers may use it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_PDF_COMMAS = str.maketrans({0xA3AC: "，", 0xA3AE: "。", 0xA3BB: "；"})
_YI = re.compile("[\ua000-\ua3ab\ua3ad\ua3af-\ua3ba\ua3bc-\ua4cf]")
_PDF_DAMAGE = re.compile("[\ua3ac\ua3ae\ua3bb]")

# Zero-width and direction marks. U+200D and the variation selectors are left alone where an emoji
# needs them, so they are dropped only when a text is folded for comparison.
_INVISIBLE = "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200e\u200f\u2060-\u2064"
_BIDI = "\u202a-\u202e\u2066-\u2069"
_UNSEEN = re.compile(f"[{_INVISIBLE}{_BIDI}\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
_JOINERS = re.compile("[\u200d\ufe00-\ufe0f]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_ESCAPE = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]?"  # CSI: colours, cursor moves
    "|(?:\x1b[\\]PX^_]|[\x90\x98\x9d\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\\\|\x9c)?"  # OSC, DCS …
    "|\x1b[ -/]*[0-~]?"
)
_SPACE = re.compile(r"\s+")
_SUSPECT = re.compile(
    "[\x00-\x1f\x7f-\xa0\xad\u034f\u061c\u115f-\u1160\u1680\u17b4-\u17b5\u180e\u2000-\u200c"
    "\u200e-\u200f\u2028-\u206f\u3000\ua3ac\ua3ae\ua3bb\ud800-\udfff\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)

_FORMULA = re.compile(r"\s*[=+\-@＝＋－﹣＠]|[\t\r\n]")


def repair(text: str) -> str:
    """The text with the U+A3AC, U+A3AE, U+A3BB of PDF copies turned back into ， 。 ；.

    They are Yi syllables to Unicode, so a text that holds any other Yi syllable is left as it is.
    """
    if not _PDF_DAMAGE.search(text) or _YI.search(text):
        return text
    return text.translate(_PDF_COMMAS)


def fold_width(text: str) -> str:
    """Half-width forms throughout (NFKC), after the repairs of `repair`."""
    text = repair(text)
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def fold_space(text: str) -> str:
    """Runs of white space of any kind made one space, ends trimmed, zero-width characters gone."""
    return _SPACE.sub(" ", _UNSEEN.sub("", text)).strip()


def remove_space(text: str) -> str:
    """The text without any white space or invisible character."""
    return _SPACE.sub("", _JOINERS.sub("", _UNSEEN.sub("", text)))


def display_safe(text: str, *, lines: bool = False) -> str:
    """The text fit to be shown anywhere: no terminal escapes, control characters or bidi overrides.

    A control character becomes a space; with `lines`, line feeds and tabs are kept.
    """
    text = _UNSEEN.sub("", _ESCAPE.sub("", text))
    if lines:
        return _CONTROL.sub(lambda hit: hit.group() if hit.group() in "\n\t" else " ", text)
    return _CONTROL.sub(" ", text)


def clean(text: str) -> str:
    """One cell's text as the sender meant it: printed characters kept as they are, nothing unsafe.

    Ends are trimmed, inner runs of white space made one space; widths and glyphs are not touched.
    """
    if not _SUSPECT.search(text):
        return text if "  " not in text and text == text.strip() else " ".join(text.split())
    return fold_space(display_safe(repair(text)))


def clean_all(texts: Sequence[str]) -> list[str]:
    """`clean` of each. Texts of which none needs it, as in most columns, are looked through as one."""
    whole = f"|{'|'.join(texts)}|"
    spaced = " " in whole and ("| " in whole or " |" in whole or "  " in whole)
    sound = whole.isprintable() if whole.isascii() else not _SUSPECT.search(whole)
    return list(texts) if sound and not spaced else [clean(text) for text in texts]


def clean_lines(text: str) -> list[str]:
    """The non-empty lines of a cell, each cleaned."""
    return [line for part in re.split(r"[\r\n\u2028\x0b\x0c]+", text) if (line := clean(part))]


def cell_safe(text: str) -> str:
    """The text for a CSV cell: what a spreadsheet would run as a formula is prefixed with `'`.

    Real account names begin with `@`, so the text itself must not change: in a workbook write it
    as an explicit string cell (XlsxWriter `write_string`), which needs no prefix. `cell_plain`
    takes the prefix off again when our own CSV comes back.
    """
    return "'" + text if _FORMULA.match(text) else text


def cell_plain(text: str) -> str:
    """The text of a CSV cell without the `'` that `cell_safe`, or a careful sender, put before it.

    A quote before digits goes as well: it is how Excel users mark a number as text.
    """
    if text.startswith("'") and (_FORMULA.match(text, 1) or text[1:2].isdigit()):
        return text[1:]
    return text


def fold_account_word(text: str) -> str:
    """帐号 and 账号 made one: both spellings are in official use."""
    return text.replace("帐", "账").replace("帳", "賬")


_PHONE = re.compile(r"\+?\d(?:[\d \-–—()（）]*\d)?")
_NAME_PART = re.compile(r"[^\s、，,；;/／|()（）:：]+")


def mask_phone(text: str) -> str:
    """The text with the middle of every telephone number starred: `138****5678`.

    Eleven digits and more keep three in front and four behind; shorter numbers keep the last two.
    """
    return _PHONE.sub(lambda hit: _star_digits(hit.group()), text)


def _star_digits(number: str) -> str:
    total = sum(char.isdigit() for char in number)
    if total < 5:
        return "*" * len(number) if total > 2 else number
    front, behind = (3, 4) if total >= 11 else (0, 2)
    out, seen = [], 0
    for char in number:
        seen += char.isdigit()
        hide = char.isdigit() and front < seen <= total - behind
        out.append("*" if hide else char)
    return "".join(out)


def mask_name(text: str) -> str:
    """The text with every name in it reduced to its first character: `张*`, `欧***`."""
    return _NAME_PART.sub(lambda hit: hit.group()[0] + "*" * max(len(hit.group()) - 1, 1), text)


MOST_QUOTED = 60
"""Characters of somebody else's text that a message repeats: enough to find it again."""


def quoted(text: str, most: int = MOST_QUOTED) -> str:
    """Outside text as messages quote it: of a longer one the beginning and an ellipsis."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def cells(text: str) -> int:
    """Columns that a text takes on a terminal; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
