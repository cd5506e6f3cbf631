"""Workbooks of Excel, WPS and LibreOffice: values by python-calamine, the rest by our own look.

The library tells neither hidden rows nor the merges of an .ods, and takes a cell in the far corner
as reason to fill the memory; so each file is measured before it is read.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import python_calamine as calamine

from registry.exchange import ole, zipped
from registry.exchange.measuring import MAX_CELLS, MAX_STREAMED, Extents, measured
from registry.exchange.refusals import refusal
from registry.exchange.sheets import NONE, Merge, Rows, Sheet, build_sheet, rows_of


def read_zip(data: bytes, name: str) -> tuple[str, tuple[Sheet, ...]]:
    """(format, sheets) of an .xlsx or .ods. Raises UnreadableFile."""
    kind, extents = measured(data, name)
    return kind, _read_sheets(data, name, extents)


def stream_zip(
    data: bytes, name: str, hidden: Callable[[str], object]
) -> tuple[Rows, Callable[[], object]]:
    """The sheets of an .xlsx or .ods with their rows as they are read, and what waits until the library
    takes the file apart. `hidden` is told the name of each hidden sheet before its rows come. Raises
    UnreadableFile when rows are asked for."""
    pool, is_measured = ThreadPoolExecutor(1), threading.Event()
    begun = pool.submit(_begin, data, name, is_measured.set)
    pool.shutdown(wait=False)
    return _streamed(begun, name, hidden), is_measured.wait


_Begun = tuple[Extents, calamine.CalamineWorkbook, dict[int, calamine.CalamineSheet]]


def _begin(data: bytes, name: str, is_measured: Callable[[], object]) -> _Begun:
    """What the parts say, the book, and its first sheet by position. The library needs no lock of
    Python's for these two."""
    try:
        _kind, extents = measured(data, name, MAX_STREAMED)
    finally:
        is_measured()
    book = calamine.load_workbook(io.BytesIO(data))
    first = next((position for position, _about in _worksheets(book)), None)
    return extents, book, {} if first is None else {first: book.get_sheet_by_index(first)}


def _streamed(begun: Future[_Begun], name: str, hidden: Callable[[str], object]) -> Rows:
    with _refusing(name):
        extents, book, ready = begun.result()
        del begun
        sheets = list(_worksheets(book))
        for position, about in sheets:
            sheet = ready.pop(position, None) or book.get_sheet_by_index(position)
            if about.visible != calamine.SheetVisibleEnum.Visible:
                hidden(about.name)
            extent = _extent(book, position, extents)
            if any(merge.last_row > merge.first_row for merge in _merges(sheet, extent)):
                yield about.name, rows_of(_read_sheet(book, position, extents))
                continue
            if position == sheets[-1][0]:
                book.close()  # the last sheet has its own copy of the book's texts
            yield about.name, enumerate(sheet.iter_rows(), 1)  # from the first row of all


def read_ole(data: bytes, name: str) -> tuple[str, tuple[Sheet, ...]]:
    """(format, sheets) of an .xls. Raises UnreadableFile for everything else in such a container."""
    try:
        container = ole.Container(data)
        kind = _ole_kind(container, name)
        if kind != "xls":
            raise refusal(kind, name)
        stream = container.read("Workbook" if "Workbook" in container.streams else "Book")
        book = ole.scan_biff(stream)
        sound = ole.pack_workbook(stream)
    except (ole.Damaged, KeyError, IndexError):
        raise refusal("damaged", name) from None
    if book.encrypted:
        raise refusal("password", name)
    if any(sheet.last_row * sheet.last_column > MAX_CELLS for sheet in book.sheets):
        raise refusal("large", name)
    extents = [zipped.Extent(hidden_rows=sheet.hidden_rows) for sheet in book.sheets]
    if not book.sheets:
        raise refusal("damaged", name)
    return "xls", _read_sheets(sound, name, extents)


def _ole_kind(container: ole.Container, name: str) -> str:
    streams = container.streams
    if "EncryptedPackage" in streams or "EncryptionInfo" in streams:
        return "password"
    if name.lower().endswith((".et", ".ett")):
        return "et"
    if "Workbook" in streams or "Book" in streams:
        return "xls"
    if "WordDocument" in streams:
        return "word"
    return "slides" if "PowerPoint Document" in streams else "damaged"


def _read_sheets(data: bytes, name: str, extents: Extents) -> tuple[Sheet, ...]:
    """The sheets with their values."""
    with _refusing(name), calamine.load_workbook(io.BytesIO(data)) as book:
        return tuple(_read_sheet(book, position, extents) for position, _about in _worksheets(book))


@contextmanager
def _refusing(name: str) -> Iterator[None]:
    """What the library raises, as UnreadableFile."""
    try:
        yield
    except calamine.PasswordError:
        raise refusal("password", name) from None
    except calamine.CalamineError:
        raise refusal("damaged", name) from None
    except BaseException as error:
        # the library is written in Rust; a damaged file may end in a panic, which is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise refusal("damaged", name) from None


def _worksheets(
    book: calamine.CalamineWorkbook,
) -> Iterator[tuple[int, calamine.SheetMetadata]]:
    """Position and description of each sheet that holds rows."""
    for position, about in enumerate(book.sheets_metadata):
        if about.typ == calamine.SheetTypeEnum.WorkSheet:
            yield position, about


def _read_sheet(book: calamine.CalamineWorkbook, position: int, extents: Extents) -> Sheet:
    about = book.sheets_metadata[position]
    sheet = book.get_sheet_by_index(position)
    return build_sheet(
        about.name,
        dict(enumerate(sheet.to_python(skip_empty_area=False), 1)),
        hidden=about.visible != calamine.SheetVisibleEnum.Visible,
        hidden_rows=frozenset(_extent(book, position, extents).hidden_rows) or NONE,
        merges=_merges(sheet, _extent(book, position, extents)),
    )


def _extent(book: calamine.CalamineWorkbook, position: int, extents: Extents) -> zipped.Extent:
    if isinstance(extents, dict):
        return extents.get(book.sheets_metadata[position].name, zipped.Extent())
    return extents[position] if position < len(extents) else zipped.Extent()


def _merges(sheet: calamine.CalamineSheet, extent: zipped.Extent) -> list[Merge]:
    ranges = sheet.merged_cell_ranges
    if ranges is None:
        return extent.merges
    return [Merge(top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in ranges]
