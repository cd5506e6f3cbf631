"""What is wrong with a TOML file, in the reader's language: the place, not the parser's English."""

from __future__ import annotations

import re
from tomllib import TOMLDecodeError

from registry.messages import _

_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")


def toml_fault(error: ValueError) -> str:
    """Where the file cannot be read as TOML, or that it is no UTF-8 text."""
    if isinstance(error, UnicodeError):
        return _("it is not UTF-8 text")
    if not isinstance(error, TOMLDecodeError):
        return _("a number in it has too many digits")
    place = _PLACE.search(str(error))
    if place is None:
        return _("something is left open at its end")
    return _("line {line}, column {column} is not written as TOML").format(
        line=place[1], column=place[2]
    )
