"""Files are written whole or not at all, several that belong together all or none: beside their place
first, then moved into it.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path
from shutil import rmtree

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


@contextmanager
def together(files: Sequence[Path], kept: Mapping[Path, Path]) -> Iterator[list[Path]]:
    """Names to write to, for files of one folder; when the block ends without an exception all of them
    take the places of `files`, or none does. A former file in `kept` gets the name that stands there.

    Raises Refused, naming the file that cannot be written, with all files as they were.
    """
    try:
        stage = Path(tempfile.mkdtemp(dir=files[0].parent, prefix=f".{files[0].name}."))
    except OSError as error:
        raise _unwritable(files[0], error) from error
    try:
        made = [stage / file.name for file in files]
        yield made
        former = {file: stage / f"former-{file.name}" for file in files}
        _take_places(made, files, {**former, **kept})
    finally:
        rmtree(stage, ignore_errors=True)


def _take_places(made: Sequence[Path], files: Sequence[Path], former: Mapping[Path, Path]) -> None:
    """Move what is there out of the way, then what was made into its place; what another program has
    open does not let itself be moved, and then everything goes back."""
    done: list[tuple[Path, Path]] = []
    try:
        moves = [(file, former[file]) for file in files if file.exists()]
        for one, other in (*moves, *zip(made, files, strict=True)):
            if one.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(one))
            os.replace(one, other)
            done.append((one, other))
    except BaseException as error:
        for start, end in reversed(done):
            os.replace(end, start)
        if isinstance(error, OSError):
            file = one if one in former else other
            raise _unwritable(file, error, _none_written(file)) from error
        raise


def _none_written(file: Path) -> str:
    return _(
        "None of the files was changed. Close {name} in Excel or WPS and run the command again, or"
        " choose another place."
    ).format(name=file.name)


def dated(path: Path) -> Path:
    """A name that is free, with the moment of the file's last change, for when another takes its place."""
    changed = datetime.fromtimestamp(path.stat().st_mtime, SHANGHAI)
    stem = f"{path.stem}-{changed:%Y%m%d-%H%M%S}"
    names = (f"{stem}{'' if n == 1 else f'-{n}'}{path.suffix}" for n in count(1))
    return next(free for name in names if not (free := path.with_name(name)).exists())


def _mode() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _unwritable(path: Path, error: OSError, hint: str = "") -> Refused:
    if isinstance(error, FileNotFoundError):
        return Refused(
            _("{path} cannot be written: there is no such folder.").format(path=path),
            _("Make the folder first, or choose another place."),
        )
    return Refused(
        _("{path} cannot be written: {reason}").format(path=path, reason=os_fault(error)),
        hint or _("Close it if another program has it open, or choose another place."),
    )
