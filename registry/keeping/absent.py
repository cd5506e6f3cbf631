"""Evidence that a restored registry lacks because its backup was made without: a choice, no loss.

The names stand in a file of the evidence's own folder, from the moment of restoring on. What runs
record later is missed like any other; what is put back is read like any other.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_LIST = "not-in-backup.txt"


def note_absent(folder: Path, names: Iterable[str]) -> None:
    """Write down the evidence files, relative to `folder`, that the backup was made without."""
    if listed := sorted({*names}):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _LIST).write_text("\n".join(listed) + "\n", encoding="utf-8")


def absent(folder: Path) -> frozenset[str]:
    """The names that were written down; none where nothing was restored, or with all of it."""
    with suppress(OSError, UnicodeDecodeError):
        return frozenset((folder / _LIST).read_text(encoding="utf-8").splitlines())
    return frozenset()
