"""A workbook measured before it is read: what it is, and how far each of its sheets reaches."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable
from xml.parsers.expat import ExpatError

from registry.errors import UnreadableFile
from registry.exchange import zipped
from registry.exchange.refusals import refusal
from registry.messages import _

MAX_CELLS = 12_000_000
"""Cells of one sheet, empty ones within its extent included: 100,000 rows of 120 columns."""
MAX_STREAMED = 28_000_000
"""The same where rows are read one after the other: all rows that a sheet can have, of 26 columns."""
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

Measured = tuple[str, Extents]
"""The format, `xlsx` or `ods`, and the extents of its sheets."""


def measured(data: bytes, name: str, most: int = MAX_CELLS) -> Measured:
    """The format and what the parts say of each sheet. Raises UnreadableFile, as for a sheet of more
    than `most` cells or with a formula that nobody worked out."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            kind = _zip_kind(archive)
            if kind not in {"xlsx", "ods"}:
                raise refusal(kind, name)
            look = _ods_extents if kind == "ods" else _xlsx_extents
            extents = look(archive, most)
    except zipped.TooLarge:
        raise refusal("large", name) from None
    except _DAMAGE:
        raise refusal("damaged", name) from None
    except RuntimeError:  # zipfile's word for an encrypted member
        raise refusal("password", name) from None
    _worked_out(extents, name)
    return kind, extents


_MOST_NAMED = 5
"""Cells of a sheet that are named."""


def _worked_out(extents: dict[str, zipped.Extent], name: str) -> None:
    """Raise UnreadableFile where a formula has no result: it would be read as an empty cell."""
    told = []
    for sheet, extent in extents.items():
        if cells := extent.without_result:
            more = "…" if len(cells) > _MOST_NAMED else ""
            text = _("sheet {sheet}, cells {cells}")
            told.append(text.format(sheet=sheet, cells="、".join(cells[:_MOST_NAMED]) + more))
    if told:
        count = sum(len(extent.without_result) for extent in extents.values())
        message = _(
            "{name} holds {count} formulas without a result, which cannot be read: {where}."
        )
        raise UnreadableFile(
            message.format(name=name, count=count, where=_("; ").join(told)),
            _("Open it in Excel or WPS, save it, and give it again: that works out the results."),
        )


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
    if "manifest.json" in names and any(name.startswith("database/") for name in names):
        return "backup"
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


def _xlsx_extents(archive: zipfile.ZipFile, most: int) -> dict[str, zipped.Extent]:
    """Sheet name → extent; parts that no sheet names are measured all the same."""
    extents = zipped.measure(archive, zipped.is_worksheet)
    _bounded(extents.values(), most)
    parts = zipped.sheet_parts(archive)
    return {sheet: extents[part] for sheet, part in parts.items() if part in extents}


def _ods_extents(archive: zipfile.ZipFile, most: int) -> dict[str, zipped.Extent]:
    zipped.measure(archive, lambda part: False)
    content = b"".join(zipped.chunks(archive, archive.getinfo("content.xml")))
    extents = zipped.scan_ods(content)
    _bounded(extents, most)
    return {extent.name: extent for extent in extents}


def _bounded(extents: Iterable[zipped.Extent], most: int) -> None:
    if any(extent.last_row * extent.width > most for extent in extents):
        raise zipped.TooLarge
