"""Files that are no table we can read: what each is, and how to save it so that it can be read."""

from __future__ import annotations

from registry.errors import UnreadableFile
from registry.messages import _

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"{\\rtf", "word"),
    (b"SQLite format 3\x00", "database"),
)


def is_lock_file(name: str) -> bool:
    """Whether a spreadsheet program keeps that file beside one that is open: ~$a.xlsx of Excel and WPS,
    .~a.xlsx, .~lock.a.xlsx# of LibreOffice."""
    return name.startswith(("~$", ".~"))


def kind_by_magic(data: bytes) -> str | None:
    """What a file that is no table is, by its first bytes."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image"
    if data[:2] == b"BM" and data[6:10] == bytes(4):  # a table may begin with the letters BM
        return "image"
    return next((kind for magic, kind in _MAGIC if data.startswith(magic)), None)


def refusal(kind: str, name: str) -> UnreadableFile:
    """The error for a file of that kind, with the way out as its hint."""
    texts = {**_of_tables(), **_of_others()}
    message, hint = texts.get(kind, texts["damaged"])
    return UnreadableFile(message.format(name=name), hint)


def _of_tables() -> dict[str, tuple[str, str]]:
    """Kind → message and hint, of what is or may have been a table."""
    save_as = _("Open it in Excel or WPS, choose Save As, type .xlsx, and import that file.")
    return {
        "empty": (_("{name} is empty."), _("Ask the sender for the file again.")),
        "password": (
            _("{name} is protected by a password."),
            _(
                "Open it with its password in Excel or WPS, remove the password "
                "(File, Info, Protect Workbook), save it as .xlsx, and import that file."
            ),
        ),
        "et": (_("{name} is in WPS's own format (.et)."), save_as),
        "xlsb": (_("{name} is a binary workbook (.xlsb)."), save_as),
        "xml": (_("{name} is an XML table."), save_as),
        "webpage": (_("{name} is a web page whose tables lie in other files."), save_as),
        "text": (
            _("{name} is no spreadsheet but plain text under the name of one."),
            _("Export the list again as .xlsx; a new name does not make a spreadsheet of a file."),
        ),
        "large": (
            _("{name} is too large to be a table of accounts."),
            _("Copy the rows that matter into a new workbook, save it as .xlsx, and import that."),
        ),
        "damaged": (
            _("{name} is damaged or not a table."),
            _("Open it in Excel or WPS; if it opens there, save it as .xlsx and import that file."),
        ),
    }


def _of_others() -> dict[str, tuple[str, str]]:
    """The same of what is something else."""
    return {
        "word": (
            _("{name} is a text document, not a table."),
            _("Copy its table into a new workbook, save it as .xlsx, and import that file."),
        ),
        "slides": (
            _("{name} is a presentation, not a table."),
            _("Copy its table into a new workbook, save it as .xlsx, and import that file."),
        ),
        "pdf": (
            _("{name} is a PDF or OFD document, not a table."),
            _("Ask the sender for the workbook it was made from, saved as .xlsx."),
        ),
        "image": (
            _("{name} is a picture, not a table."),
            _("Ask the sender for the workbook it was made from, saved as .xlsx."),
        ),
        "lock": (
            _("{name} is no list: a spreadsheet program keeps it while the file is open."),
            _("Give the file of that name without the signs before it (~$ or .~)."),
        ),
        "backup": (
            _("{name} is a backup of this program, not a table."),
            _("Export the list in the national system, and give that file."),
        ),
        "archive": (
            _("{name} is an archive."),
            _("Unpack it and import the workbooks in it one by one."),
        ),
        "own": (
            _("{name} was written by this program; it is no export of the national system."),
            _("Export the list in the national system, and give that file."),
        ),
        "database": (
            _("{name} is a database, not a table."),
            _("Use it with --db, or export its table as .xlsx."),
        ),
    }
