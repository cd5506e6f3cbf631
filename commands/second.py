"""What `reconcile run` has a second Python do while it compares: read a large export, and write one of
its two workbooks. Whatever hinders that one is done here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from registry.beside import Hindered, Second

if TYPE_CHECKING:
    from registry.exchange.national_export import NationalExport
    from registry.exchange.national_template import NationalMapping
    from registry.findings.differences import UploadRow
    from registry.platforms import PlatformCatalogue

_LARGE_FILE = 1_000_000
"""Bytes of an export from which on reading it takes longer than a second Python to start."""
_MANY_ROWS = 1_000
"""The same for rows of an upload."""


def begin_reading(
    second: Second, file: Path, mapping: NationalMapping
) -> Callable[[PlatformCatalogue], NationalExport]:
    """Have an export read if it is large. Returns what hands it out once it is needed, raising as
    `read_national` does."""
    if file.stat().st_size < _LARGE_FILE:
        return lambda catalogue: _read(file, mapping, catalogue)
    reading = second.ask(read_there, file, mapping)
    second.renew()  # a workbook has filled it
    second.ask(ready_there)

    def read(catalogue: PlatformCatalogue) -> NationalExport:
        try:
            return reading.result()
        except Hindered:
            return _read(file, mapping, catalogue)

    return read


def _read(file: Path, mapping: NationalMapping, catalogue: PlatformCatalogue) -> NationalExport:
    from registry.exchange.national_reading import read_national

    return read_national(file, mapping, catalogue)


def write_upload_beside(
    second: Second,
    rows: Sequence[UploadRow],
    path: Path,
    mapping: NationalMapping,
    catalogue: PlatformCatalogue,
) -> Callable[[], object]:
    """Have upload.xlsx written if it is large. Returns what waits for its end, or else writes it,
    raising as `write_upload` does."""
    from reports.upload import write_upload

    if len(rows) < _MANY_ROWS:
        return lambda: write_upload(rows, path, mapping, catalogue)
    writing = second.ask(write_there, rows, path, mapping)

    def finish() -> object:
        try:
            return writing.result()
        except Hindered:
            return write_upload(rows, path, mapping, catalogue)

    return finish


# --- as the second one ----------------------------------------------------------------------------


@cache
def _platforms() -> PlatformCatalogue:
    from checkers.loading import load_checkers
    from registry.platforms import PlatformCatalogue

    checkers = load_checkers()
    return PlatformCatalogue.with_known(checkers.infos(), checkers.identify)


def read_there(file: Path, mapping: NationalMapping) -> NationalExport:
    """The export as read. The platforms are loaded while a library takes the file apart, which needs
    no Python."""
    from registry.exchange.national_reading import read_stream
    from registry.exchange.readers import stream_workbook

    workbook = stream_workbook(file)
    workbook.until_apart()
    return read_stream(workbook, mapping, _platforms())


def ready_there() -> None:
    """What `write_there` needs first is loaded while nothing is to be written yet."""
    import reports.upload  # noqa: F401

    _platforms()


def write_there(rows: Sequence[UploadRow], path: Path, mapping: NationalMapping) -> None:
    """upload.xlsx, as `write_upload` writes it."""
    from reports.upload import write_upload

    write_upload(rows, path, mapping, _platforms())
