"""How one value is printed: in a cell, on a terminal, in a CSV file, in JSON. Outside text is made
harmless here and nowhere else; what a value means is not decided here.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import Enum, StrEnum
from pathlib import Path
from typing import Any

from registry.dates import SHANGHAI, to_the_minute
from registry.messages import _
from registry.text import cell_safe, display_safe
from registry.vocab import Lang, label

_NOT_XML = re.compile("[\ufdd0-\ufdef\ufffe\uffff]")


def clean(text: str) -> str:
    """The text without terminal escapes, control characters, direction marks, half surrogates.

    They can move a cursor, turn round what is printed, or break an XML file. Line ends stay.
    """
    return _NOT_XML.sub("", display_safe(text, lines=True))


def one_line(text: str) -> str:
    """The clean text with every run of white space as one space."""
    return " ".join(clean(text).split())


def csv_safe(text: str) -> str:
    """The clean text, with `'` before what a spreadsheet would take for a formula."""
    return cell_safe(clean(text))


def shown(value: Any, lang: str = Lang.ZH) -> str:
    """A value as people read it: labels for enums, 是/否, Shanghai time, lists joined by 、."""
    match value:
        case None:
            return ""
        case bool():
            return _("yes") if value else _("no")
        case StrEnum():
            return _labelled(value, lang)
        case datetime():
            return to_the_minute(value)
        case date():
            return value.isoformat()
        case str():
            return clean(value)
        case Mapping():
            return "; ".join(f"{clean(str(k))}: {shown(v, lang)}" for k, v in value.items())
        case Sequence() | set() | frozenset():
            return "、".join(shown(item, lang) for item in value)
        case _:
            return clean(str(value))


def _labelled(value: StrEnum, lang: str) -> str:
    try:
        return label(value, lang)
    except KeyError:  # an enum of a single package, which vocab does not label
        return value.value


def jsonable(value: Any) -> Any:
    """A value in the terms of JSON: enums by value, times ISO 8601 with +08:00, days ISO."""
    match value:
        case Enum():
            return value.value
        case datetime():
            return value.astimezone(SHANGHAI).isoformat(timespec="seconds")
        case date() | Path():
            return str(value)
        case str() | bool() | int() | float() | None:
            return value
        case Mapping():
            return {str(jsonable(k)): jsonable(v) for k, v in value.items()}
        case set() | frozenset():
            return sorted((jsonable(item) for item in value), key=str)
        case Sequence():
            return [jsonable(item) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: jsonable(getattr(value, f.name)) for f in dataclasses.fields(value)}
    raise TypeError(f"no JSON form for {type(value).__name__}")
