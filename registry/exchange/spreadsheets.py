"""Workbooks of Excel, WPS and LibreOffice: values by python-calamine, the rest by our own look.

The library tells neither hidden rows nor the merges of an .ods, and takes a cell in the far corner
as reason to fill the memory; so each file is measured before it is read.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from xml.parsers.expat import ExpatError

import python_calamine as calamine

from registry.exchange import ole, zipped
from registry.exchange.refusals import refusal
from registry.exchange.sheets import NONE, Merge, Rows, Sheet, build_sheet, rows_of

MAX_CELLS = 12_000_000
"""Cells of one sheet, empty ones within its extent included: 100,000 rows of 120 columns."""
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"


_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    ExpatError,
    EOFError,
    LookupError,
    ValueError,
    NotImplementedError,
    OSError,
)
"""What the archive library raises for the damages it meets."""


Extents = dict[str, zipped.Extent] | list[zipped.Extent]
"""What was measured of each sheet, by its name or in the workbook's order."""


def read_zip(data: bytes, name: str) -> tuple[str, tuple[Sheet, ...]]:
    """(format, sheets) of an .xlsx or .ods. Raises UnreadableFile."""
    kind, extents = _measured(data, name)
    return kind, _read_sheets(data, name, extents)


def stream_zip(data: bytes, name: str) -> Rows:
    """The sheets of an .xlsx or .ods with their rows as they are read. Raises UnreadableFile."""
    _kind, extents = _measured(data, name)
    with _refusing(name), calamine.load_workbook(io.BytesIO(data)) as book:
        for position, about in _worksheets(book):
            sheet, extent = book.get_sheet_by_index(position), _extent(book, position, extents)
            if any(merge.last_row > merge.first_row for merge in _merges(sheet, extent)):
                yield about.name, rows_of(_read_sheet(book, position, extents))
            else:
                yield about.name, enumerate(sheet.iter_rows(), 1)  # from the first row of all


def _measured(data: bytes, name: str) -> tuple[str, Extents]:
    """The format and what the parts say of each sheet. Raises UnreadableFile."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            kind = _zip_kind(archive)
            if kind not in {"xlsx", "ods"}:
                raise refusal(kind, name)
            return kind, _ods_extents(archive) if kind == "ods" else _xlsx_extents(archive)
    except zipped.TooLarge:
        raise refusal("large", name) from None
    except _DAMAGE:
        raise refusal("damaged", name) from None
    except RuntimeError:  # zipfile's word for an encrypted member
        raise refusal("password", name) from None


def _zip_kind(archive: zipfile.ZipFile) -> str:
    names = {entry.lower() for entry in archive.namelist()}
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "word/document.xml" in names:
        return "word"
    if "ppt/presentation.xml" in names:
        return "slides"
    if "ofd.xml" in names:
        return "pdf"
    return _open_document(archive) if "mimetype" in names else "archive"


def _open_document(archive: zipfile.ZipFile) -> str:
    mime = b"".join(zipped.chunks(archive, archive.getinfo("mimetype")))
    if not mime.strip().startswith(_ODS):
        return "word" if b"opendocument" in mime else "archive"
    manifest = "META-INF/manifest.xml"
    if manifest in archive.namelist():
        text = b"".join(zipped.chunks(archive, archive.getinfo(manifest)))
        if b"encryption-data" in text:
            return "password"
    return "ods"


def _xlsx_extents(archive: zipfile.ZipFile) -> dict[str, zipped.Extent]:
    """Sheet name → extent; parts that no sheet names are measured all the same."""
    extents = zipped.measure(archive, zipped.is_worksheet)
    _bounded(extents.values())
    parts = zipped.sheet_parts(archive)
    return {sheet: extents[part] for sheet, part in parts.items() if part in extents}


def _ods_extents(archive: zipfile.ZipFile) -> dict[str, zipped.Extent]:
    zipped.measure(archive, lambda part: False)
    content = b"".join(zipped.chunks(archive, archive.getinfo("content.xml")))
    extents = zipped.scan_ods(content)
    _bounded(extents)
    return {extent.name: extent for extent in extents}


def _bounded(extents: Iterable[zipped.Extent]) -> None:
    if any(extent.last_row * extent.width > MAX_CELLS for extent in extents):
        raise zipped.TooLarge


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
