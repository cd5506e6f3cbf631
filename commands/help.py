"""Help in cells, not characters: a Chinese one is two wide, and a line may end after any of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import click

from registry.messages import _
from registry.text import cells

_CELLS = re.compile(r"\s+|[!-~]+|.")
"""What is not torn apart: a run of spaces, a word of ASCII, any other character."""
_NEVER_FIRST = frozenset("，。、；：？！）》”’…,.;:?!)")
_PLACEHOLDER = re.compile(r"\b([A-Z][A-Z_]+)(?: RANGE)?\b")


def _words() -> dict[str, str]:
    """What stands for a value in usage and options, in the user's language."""
    return {
        "ACCOUNT": _("ACCOUNT"),
        "ACCOUNTS": _("ACCOUNTS"),
        "ACCOUNT_OR_ROW": _("ACCOUNT_OR_ROW"),
        "ADDRESS": _("ADDRESS"),
        "ARGS": _("ARGS"),
        "CODE": _("CODE"),
        "COMMAND": _("COMMAND"),
        "DATE": _("DATE"),
        "DUTY": _("DUTY"),
        "FIELD": _("FIELD"),
        "FILE": _("FILE"),
        "FILING": _("FILING"),
        "FILINGS": _("FILINGS"),
        "FINDING": _("FINDING"),
        "FINDINGS": _("FINDINGS"),
        "FLOAT": _("NUMBER"),
        "IDENTIFIER": _("IDENTIFIER"),
        "INTEGER": _("NUMBER"),
        "NAME": _("NAME"),
        "OBSERVATION": _("OBSERVATION"),
        "OPTIONS": _("OPTIONS"),
        "PATH": _("FILE"),
        "PHONE": _("PHONE"),
        "PLATFORM": _("PLATFORM"),
        "RESULT": _("RESULT"),
        "RUN": _("RUN"),
        "SCHEME": _("SCHEME"),
        "SOURCE": _("SOURCE"),
        "TEXT": _("TEXT"),
        "TIME": _("TIME"),
        "UNIT": _("UNIT"),
        "VALUE": _("VALUE"),
    }


class Help(click.HelpFormatter):
    """click's formatter with columns that line up and lines that end where the screen does."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The line on how a command is written."""
        super().write_usage(prog, named(args), prefix)

    def write_text(self, text: str) -> None:
        """A paragraph."""
        margin = " " * self.current_indent
        for line in wrapped(text, max(self.width - self.current_indent, 10)):
            self.write(f"{margin}{line}\n")

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Terms with what they mean beside them; a long term has a line of its own."""
        listed = [(named(first), second) for first, second in rows]
        widest = max((cells(first) for first, _second in listed), default=0)
        margin, column = " " * self.current_indent, min(widest, col_max) + col_spacing
        for first, second in listed:
            lines = list(wrapped(second, max(self.width - column - 2, 10)))
            room = column - cells(first)
            if room >= col_spacing and lines:
                self.write(f"{margin}{first}{' ' * room}{lines.pop(0)}\n")
            else:
                self.write(f"{margin}{first}\n")
            for line in lines:
                self.write(f"{margin}{' ' * column}{line}\n")


def named(term: str) -> str:
    """A term with what stands for a value in the user's language."""
    known = _words()
    return _PLACEHOLDER.sub(lambda found: known.get(found[1], found[0]), term)


def wrapped(text: str, width: int) -> Iterator[str]:
    """The text in lines of at most `width` cells; closing punctuation may hang over."""
    line, used = "", 0
    for piece in _CELLS.findall(" ".join(text.split())):
        wide = cells(piece)
        if used and used + wide > width and piece not in _NEVER_FIRST:
            yield line.rstrip()
            line, used = "", 0
            if piece.isspace():
                continue
        line, used = line + piece, used + wide
    if line.strip():
        yield line.rstrip()
