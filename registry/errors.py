"""The one error family. Whoever raises says what is wrong and what to do next; the door prints it.

Nothing else is caught at the door: any other exception is a defect (exit code 70).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Sequence

EXIT_GATE = 1
EXIT_USAGE = 2
EXIT_COVERAGE = 3
EXIT_INTERNAL = 70
EXIT_INTERRUPTED = 130


class TaizhangError(Exception):
    """An expected failure: a stable `code`, a message, a remedy and the exit code of the program.

    `message` and `hint` are already in the user's language.
    """

    code = "error"
    exit_code = EXIT_USAGE

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Interrupted(KeyboardInterrupt):
    """Ctrl-C, by somebody who knows what became of the work; the door says it for all others.

    `message` and `hint` are already in the user's language.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class NotFound(TaizhangError):
    """Nothing in the registry answers to that name or id."""

    code = "not_found"


class Ambiguous(TaizhangError):
    """More than one thing answers to that name; the message lists them, or `candidates` does."""

    code = "ambiguous"

    def __init__(self, message: str, hint: str = "", candidates: Sequence[str] = ()) -> None:
        super().__init__(message, hint)
        self.candidates = tuple(candidates)


class AlreadyExists(TaizhangError):
    code = "already_exists"


class MissingField(TaizhangError):
    """A filing or form lacks something that a regulation asks for."""

    code = "missing_field"


class IllegalTransition(TaizhangError):
    """The lifecycle does not allow this move; the message names the legal ones."""

    code = "illegal_transition"


class HistoryConflict(TaizhangError):
    """A row entered late contradicts later ones; the message names the rows."""

    code = "history_conflict"


class StaleRevision(TaizhangError):
    """Somebody else changed the row in the meantime."""

    code = "stale_revision"


class ActorRequired(TaizhangError):
    """The act must be attributed to a person (`--actor`)."""

    code = "actor_required"


class SchemaMismatch(TaizhangError):
    """The database is older or newer than the program, or its protections are missing."""

    code = "schema_mismatch"


class Refused(TaizhangError):
    """The program will not do this without an explicit decision."""

    code = "refused"


class Unwritable(Refused):
    """The system does not let a file be written: a full disk, no permission, a folder that is gone."""

    code = "unwritable"


class UnreadableFile(TaizhangError):
    """A file cannot be read; the hint says how to save it so that it can."""

    code = "unreadable_file"


class BadConfig(TaizhangError):
    code = "bad_config"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault in the user's input, placed as the user sees it."""

    message: str
    remedy: str = ""
    file: str = ""
    sheet: str = ""
    row: int | None = None
    """The sender's own row number, from 1."""
    column: str = ""
    """The column title as printed, or its letter."""


class BadInput(TaizhangError):
    """Everything wrong with one input, all at once."""

    code = "bad_input"

    def __init__(self, message: str, faults: Sequence[Fault] = (), hint: str = "") -> None:
        super().__init__(message, hint)
        self.faults = tuple(faults)
