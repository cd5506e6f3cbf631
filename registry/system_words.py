"""What the system says of a file, in the reader's language: the common cases by their number."""

from __future__ import annotations

import errno
from collections.abc import Callable

from registry.messages import _

_WORDS: dict[int, Callable[[], str]] = {
    errno.ENOENT: lambda: _("there is no such file"),
    errno.ENOTDIR: lambda: _("there is no such folder"),
    errno.EISDIR: lambda: _("it is a folder"),
    errno.EACCES: lambda: _("no permission, or another program has it open"),
    errno.EPERM: lambda: _("no permission, or another program has it open"),
    errno.EEXIST: lambda: _("it is there already"),
    errno.ENOSPC: lambda: _("the disk is full"),
    errno.EROFS: lambda: _("nothing can be written there"),
    errno.ENAMETOOLONG: lambda: _("its name is too long"),
}


def os_fault(error: OSError) -> str:
    """Why a file could not be opened or written; the system's own words for a rare reason."""
    said = _WORDS.get(error.errno or 0)
    return said() if said else error.strerror or str(error)
