"""An office's own list of misprints: read line by line, found in texts under the folding of names.

A line is `错=对`. It knows no language: what stands in the list is pointed at, nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from registry.errors import BadConfig, BadInput, Fault
from registry.messages import _
from registry.system_words import os_fault
from registry.text import clean

MOST_LINES = 20_000


@dataclass(frozen=True, slots=True)
class Misprint:
    """One entry found in a text."""

    wrong: str
    right: str
    start: int
    end: int
    """Where it first stands in the text."""


@dataclass(frozen=True, slots=True)
class _Entry:
    wrong: str
    right: str
    key: str
    right_key: str


def fold_name(text: str) -> str:
    """The folding of names; its tables are read when there is a list."""
    from registry.names import fold_name

    return fold_name(text)


class Misprints:
    """The entries by the first character of what is wrong; empty, it finds nothing."""

    def __init__(self, pairs: Sequence[tuple[str, str]] = ()) -> None:
        self._by_first: dict[str, list[_Entry]] = {}
        for wrong, right in pairs:
            entry = _Entry(wrong, right, fold_name(wrong), fold_name(right))
            self._by_first.setdefault(entry.key[0], []).append(entry)

    def __bool__(self) -> bool:
        return bool(self._by_first)

    def found(self, text: str) -> tuple[Misprint, ...]:
        """The entries that the text holds, each once, in the order in which they stand there."""
        if not self._by_first or not text:
            return ()
        folded = fold_name(text)
        seen: dict[str, _Entry] = {}
        for at, char in enumerate(folded):
            for entry in self._by_first.get(char, ()):
                if folded.startswith(entry.key, at) and not _is_right(folded, at, entry):
                    seen.setdefault(entry.wrong, entry)
        return tuple(Misprint(e.wrong, e.right, *_place(text, e.key)) for e in seen.values())


def _is_right(folded: str, at: int, entry: _Entry) -> bool:
    """True when what looks wrong is a part of the right form: 二十大精 within 二十大精神."""
    offset = entry.right_key.find(entry.key)
    while offset >= 0:
        if at >= offset and folded.startswith(entry.right_key, at - offset):
            return True
        offset = entry.right_key.find(entry.key, offset + 1)
    return False


def _place(text: str, key: str) -> tuple[int, int]:
    """The shortest piece of the text that folds to something with `key` in it."""
    end = _least(len(text), lambda size: key in fold_name(text[:size]))
    length = _least(end, lambda size: key in fold_name(text[end - size : end]))
    return end - length, end


def _least(most: int, holds: Callable[[int], bool]) -> int:
    """The least size up to `most` for which it holds; it then holds for every greater one."""
    low, high = 0, most
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


def read_misprints(path: Path) -> Misprints:
    """The list in a text file, UTF-8 or GB18030; empty lines and those that begin with # are not read.

    Raises BadConfig for a file that cannot be opened, BadInput with every faulty line.
    """
    faults: list[Fault] = []
    pairs: dict[str, tuple[str, str]] = {}
    for number, line in enumerate(_lines(path), 1):
        wrong, sign, right = line.replace("＝", "=").partition("=")
        wrong, right = clean(wrong), clean(right)
        if not clean(line) or line.lstrip().startswith("#"):
            continue
        problem = _problem(wrong, sign, right)
        if not problem and pairs.get(fold_name(wrong), (wrong, right))[1] != right:
            problem = _("It stands in the list already, with another correction.")
        if problem:
            remedy = _("Write one per line: 错=对.")
            faults.append(Fault(problem, remedy, file=str(path), row=number))
        else:
            pairs[fold_name(wrong)] = (wrong, right)
    if faults:
        raise BadInput(_("The list of misprints {file} is wrong.").format(file=path), faults)
    return Misprints(list(pairs.values()))


def _problem(wrong: str, sign: str, right: str) -> str:
    if not sign or not wrong or not right:
        return _("This is no pair of a misprint and its correction.")
    if fold_name(wrong) == fold_name(right):
        return _(
            "Both sides are the same when widths, 帐/账 and Traditional characters are folded."
        )
    return ""


def _lines(path: Path) -> Iterator[str]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadConfig(
            _("The list of misprints {file} cannot be opened: {error}").format(
                file=path, error=os_fault(error)
            ),
            _("Correct `misprints` in the section [hints] of the settings."),
        ) from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030", "replace")
    yield from text.splitlines()[:MOST_LINES]
