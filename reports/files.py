"""Files are written whole or not at all: beside their place first, then moved into it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path

from registry.dates import SHANGHAI
from registry.errors import Refused
from registry.messages import _
from registry.system_words import os_fault


@contextmanager
def replaced(path: Path | str) -> Iterator[Path]:
    """A name to write to; it takes the place of `path` when the block ends without an exception.

    Raises Refused when the folder or the file cannot be written (Excel locks what it has open).
    """
    path = Path(path)
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        os.close(handle)
    except OSError as error:
        raise _unwritable(path, error) from error
    made = Path(name)
    try:
        yield made
        os.chmod(made, _mode())
        os.replace(made, path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        made.unlink(missing_ok=True)


def write_file(path: Path | str, data: bytes) -> None:
    """Write a file whole or not at all. Raises Refused."""
    with replaced(path) as made:
        made.write_bytes(data)


def put_aside(path: Path) -> Path:
    """Give the file a name with the moment of its last change, so that another can take its place;
    returns the new one. Raises Refused."""
    changed = datetime.fromtimestamp(path.stat().st_mtime, SHANGHAI)
    stem = f"{path.stem}-{changed:%Y%m%d-%H%M%S}"
    names = (f"{stem}{'' if n == 1 else f'-{n}'}{path.suffix}" for n in count(1))
    kept = next(kept for name in names if not (kept := path.with_name(name)).exists())
    try:
        path.rename(kept)
    except OSError as error:
        raise _unwritable(path, error) from error
    return kept


def _mode() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _unwritable(path: Path, error: OSError) -> Refused:
    if isinstance(error, FileNotFoundError):
        return Refused(
            _("{path} cannot be written: there is no such folder.").format(path=path),
            _("Make the folder first, or choose another place."),
        )
    return Refused(
        _("{path} cannot be written: {reason}").format(path=path, reason=os_fault(error)),
        _("Close it if another program has it open, or choose another place."),
    )
