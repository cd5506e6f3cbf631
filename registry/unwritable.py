"""What a database says where the system does not let it write, in one place and in the reader's words."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from registry.errors import Unwritable
from registry.messages import _
from registry.system_words import os_fault

_REASONS: Mapping[str, tuple[Callable[[], str], Callable[[], str]]] = {
    "SQLITE_FULL": (
        lambda: _("the disk is full"),
        lambda: _("Make room on the disk, and do the same again."),
    ),
    "SQLITE_READONLY": (lambda: _("it may only be read"), lambda: _permission()),
    "SQLITE_PERM": (lambda: _("it may only be read"), lambda: _permission()),
    "SQLITE_CANTOPEN": (
        lambda: _("the file, or the files beside it, cannot be opened or made"),
        lambda: _permission(),
    ),
    "SQLITE_IOERR": (
        lambda: _("the disk reports an error, or is full"),
        lambda: _("See that the disk has room and is still connected, and do the same again."),
    ),
}
"""Beginning of what SQLite calls it → why, and what to do."""

_REFUSING = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM})
"""What the system calls it of any other file."""


def _permission() -> str:
    return _(
        "Have the right to write into the file and its folder given to you, or work on a copy where you"
        " may write (--db). Backup media and shared folders are often set to reading only."
    )


def storage_fault(error: BaseException, where: object) -> Unwritable | None:
    """That the database at `where` cannot be written, if that is what the error says: of the driver, or
    of the library around it."""
    said = getattr(error, "orig", None) or error
    if not isinstance(said, sqlite3.Error):
        return None
    name = getattr(said, "sqlite_errorname", None) or ""
    for start, (reason, remedy) in _REASONS.items():
        if name.startswith(start):
            text = _("The registry {path} cannot be written: {reason}.")
            return Unwritable(text.format(path=where, reason=reason()), remedy())
    return None


def file_fault(error: OSError) -> Unwritable | None:
    """The same of any file that the system does not let be written or opened."""
    if error.errno not in _REFUSING:
        return None
    if error.filename is None:
        text = _("Nothing more can be written: {reason}.").format(reason=os_fault(error))
    else:
        path = error.filename2 or error.filename
        text = _("{path} cannot be written or opened: {reason}.").format(
            path=path, reason=os_fault(error)
        )
    full = error.errno in {errno.ENOSPC, errno.EDQUOT}
    return Unwritable(
        text, _("Make room on the disk, and do the same again.") if full else _other()
    )


def _other() -> str:
    return _("See that you may write there, and that no other program has it open.")


@contextmanager
def writable(where: object) -> Iterator[None]:
    """Raises Unwritable where the database at `where` cannot be written."""
    try:
        yield
    except Exception as error:
        told = storage_fault(error, where)
        if told is None:
            raise
        raise told from error
