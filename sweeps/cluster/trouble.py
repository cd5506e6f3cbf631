"""Why a cluster or one of its workers cannot be used, in the office's own words: Dask speaks of its
insides, in English, and says nothing of what to do.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from registry.messages import _

_LONGEST = 200
_CHAIN = 8
"""Causes of causes that are looked at."""


class Cause(Enum):
    """What is the matter, as far as it can be told."""

    SILENT = auto()
    """Nobody answers."""
    MUTE = auto()
    """Somebody takes the call and says nothing."""
    RESET = auto()
    NO_CERTIFICATE = auto()
    """This machine was told of none."""
    NO_FILE = auto()
    UNTRUSTED = auto()
    OTHER_PROGRAM = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Trouble:
    """A cause with what was said of it."""

    cause: Cause
    said: str = ""

    @classmethod
    def of(cls, error: object) -> Trouble:
        """The trouble behind whatever Dask raised or handed over."""
        said = str(error).partition("\n")[0][:_LONGEST] or type(error).__name__
        found = next((cause for each in _chain(error) if (cause := _cause(each))), Cause.OTHER)
        return cls(found, said)

    @property
    def words(self) -> str:
        """For the user, with what to do."""
        match self.cause:
            case Cause.SILENT:
                return _(
                    "Nobody answers there: the address is another, the scheduler is not running, or"
                    " a firewall stands between."
                )
            case Cause.MUTE:
                return _("Somebody is there and says nothing: perhaps it is no Dask scheduler.")
            case Cause.RESET:
                return _("It ended the connection: perhaps it asks for TLS (write tls://…).")
            case Cause.NO_CERTIFICATE:
                return _(
                    "This machine knows no certificate for TLS: set the variables"
                    " DASK_DISTRIBUTED__COMM__TLS__… (see docs/scaling.md)."
                )
            case Cause.NO_FILE:
                return _(
                    "A file of certificates is not there: look at the variables"
                    " DASK_DISTRIBUTED__COMM__TLS__…"
                )
            case Cause.UNTRUSTED:
                return _(
                    "The certificates of both sides are not of one authority, or have expired:"
                    " make them as docs/scaling.md says."
                )
            case Cause.OTHER_PROGRAM:
                return _("Taizhang is not installed there, or in another version.")
        return _("Dask says: {said}").format(said=self.said)


def _chain(error: object) -> Iterator[BaseException]:
    """The error with its causes, the deepest first: that is what happened."""
    found: list[BaseException] = []
    while isinstance(error, BaseException) and len(found) < _CHAIN:
        found.append(error)
        error = error.__cause__ or error.__context__
    return reversed(found)


def _cause(error: BaseException) -> Cause | None:
    match error:
        case ssl.SSLError():
            return Cause.UNTRUSTED
        case TypeError() if "ssl_context" in str(error):
            return Cause.NO_CERTIFICATE
        case FileNotFoundError():
            return Cause.NO_FILE
        case ImportError() | AttributeError():
            return Cause.OTHER_PROGRAM
        case ConnectionResetError() | BrokenPipeError():
            return Cause.RESET
        case TimeoutError() | OSError():
            return Cause.SILENT
    return None
