"""Patterns that are compiled when they are first sought: to compile those of all sites, articles and
dates takes longer than to load the rest of their checkers, and most runs need few of them."""

from __future__ import annotations

import re
from typing import Any, AnyStr

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "sub", "subn", "split")


def later(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """As `re.compile`, of which it gives the methods. A pattern that is wrong is told of when it is
    first sought, so it must be a literal that a test seeks."""
    return _Later(pattern, flags)  # type: ignore[return-value]


class _Later:
    def __init__(self, pattern: Any, flags: int) -> None:
        self._told = pattern, flags

    def __getattr__(self, name: str) -> Any:
        """Called for what is not there yet: from then on the methods are the compiled pattern's."""
        if name.startswith("__") or name == "_told":
            raise AttributeError(name)
        compiled = re.compile(*self._told)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)
