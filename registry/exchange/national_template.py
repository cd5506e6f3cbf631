"""The national system's spreadsheet as a template: which column is which field, which word which
state. A user edits it as a TOML file; the shipped one is the default. It reads no workbook.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

from registry.errors import BadInput, UnreadableFile
from registry.exchange.mapping_faults import ALWAYS, mapping_faults
from registry.messages import _
from registry.names import fold_name
from registry.platforms import PlatformCatalogue
from registry.toml_words import toml_fault
from registry.vocab import NationalState

FIELDS = (
    "national_code",
    "host_unit",
    "host_level",
    "supervising_unit",
    "operator",
    "platform",
    "form",
    "name",
    "identifier",
    "identifiers",
    "verified_subject",
    "url",
    "opened_on",
    "followers",
    "purpose",
    "region_code",
    "state",
    "remark",
)
"""What a column of the template can be."""

WATCHED = tuple(name for name in FIELDS if name not in {"followers", "remark", "identifiers"})
"""Fields of which a shifted column is noticed: all but counters and remarks. `identifier` stands
for all ids."""

PLATFORM_WORD, ID_WORD = "platform_word", "id_word"
"""Fields of a row of which nobody knows the platform: what its cells say in place of one and of an id."""

_SCHEMED = re.compile(r"([a-z][a-z0-9_]{0,31})[:：]\s*(.+)")
_BETWEEN = re.compile(r"[;；\n]+")
_JOINED = re.compile(r"[;；:：\s]|^$")
"""In a cell that may name a scheme or several ids, or none."""


@dataclass(slots=True)
class NationalEntry:
    """One row of the national system, read or to be written. Holds no contact. Not changed once made:
    to make one that Python keeps from being changed takes three times as long."""

    platform: str
    name: str
    form: str = ""
    host_unit: str = ""
    url: str = ""
    identifiers: Mapping[str, str] = field(default_factory=dict)
    state: NationalState = NationalState.OTHER
    state_raw: str = ""
    """The state as printed."""
    national_code: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    """The other mapped fields as printed, by field name."""
    number: int = 0
    """The row in the file, from 1; 0 for a row not read from a file."""

    @property
    def unread(self) -> bool:
        """Nobody knows its platform: it is kept, and compared with no account."""
        return not self.platform


@dataclass(frozen=True, slots=True)
class TemplateColumn:
    """One column: its field, the title written and other titles under which it is recognised."""

    field: str
    title: str
    also: tuple[str, ...] = ()
    width: float = 16
    """In characters, for the written workbook."""


@dataclass(frozen=True)
class NationalMapping:
    """The template in force."""

    sheet: str
    columns: tuple[TemplateColumn, ...]
    required: tuple[str, ...]
    """Fields without which a row says nothing, `ALWAYS` among them; a sheet lacking such a column is
    not the export."""
    contact_titles: tuple[str, ...]
    states: Mapping[str, NationalState]
    words: Mapping[NationalState, str]
    """The word written for each state."""
    empty: frozenset[str]
    """Words that stand for an empty cell."""
    name: str = "national.toml"
    own: bool = False
    """A file of the office's, not the shipped one."""

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """Folded title → field. A column's own title goes before another's synonym."""
        found = {fold_name(column.title): column.field for column in self.columns}
        for column in self.columns:
            for title in column.also:
                found.setdefault(fold_name(title), column.field)
        return found

    @cached_property
    def title_of(self) -> Mapping[str, str]:
        """Field → the title of its column."""
        return {column.field: column.title for column in self.columns}

    @cached_property
    def contacts(self) -> frozenset[str]:
        """Folded titles of columns that hold contacts."""
        return frozenset(map(fold_name, self.contact_titles)) - set(self.titles)

    @cached_property
    def _states(self) -> Mapping[str, NationalState]:
        return {fold_name(word): state for word, state in self.states.items()}

    def state(self, word: str) -> NationalState:
        """The state that a printed word means; OTHER for any it does not list."""
        return self._states.get(fold_name(word), NationalState.OTHER)

    def lists_state(self, word: str) -> bool:
        """True when the word stands among the states, be it as `other`."""
        return fold_name(word) in self._states

    def says_other(self, word: str) -> bool:
        """True when the word stands among the states as `other`."""
        return self._states.get(fold_name(word)) is NationalState.OTHER

    def cells(self, entry: NationalEntry, catalogue: PlatformCatalogue) -> list[str]:
        """The entry as one row of text, in the template's columns."""
        first, further = _identifier_cells(entry, catalogue)
        own = {
            "national_code": entry.national_code,
            "platform": catalogue.label(entry.platform),
            "form": entry.form,
            "name": entry.name,
            "host_unit": entry.host_unit,
            "url": entry.url,
            "identifier": first,
            "identifiers": further,
            "state": entry.state_raw or self.words.get(entry.state, ""),
        }
        return [own.get(c.field, entry.fields.get(c.field, "")) for c in self.columns]


def _identifier_cells(entry: NationalEntry, catalogue: PlatformCatalogue) -> tuple[str, str]:
    """The native id for its own column, and all further ids for theirs."""
    schemes = list(entry.identifiers)
    if not schemes:
        return "", ""
    known = entry.platform in catalogue.platforms
    preferred = catalogue.info(entry.platform).preferred if known else ""
    first = preferred if preferred in entry.identifiers else schemes[0]
    value = entry.identifiers[first]
    plain = catalogue.scheme_of(entry.platform, value) == first and not _SCHEMED.match(value)
    further = (f"{s}:{entry.identifiers[s]}" for s in schemes if s != first)
    return value if plain else f"{first}:{value}", "; ".join(further)


def read_identifiers(
    text: str, platform: str, catalogue: PlatformCatalogue
) -> tuple[dict[str, str], str]:
    """The ids that a cell names by scheme, and what is left that is no id of the platform."""
    if text.isalnum() or text.isidentifier() or not _JOINED.search(text):
        only = catalogue.scheme_of(platform, text)
        return ({only: text}, "") if only else ({}, text)
    found: dict[str, str] = {}
    for part in filter(None, map(str.strip, _BETWEEN.split(text))):
        explicit = _SCHEMED.fullmatch(part)
        if explicit:
            found[explicit[1]] = explicit[2].strip()
            continue
        scheme = catalogue.scheme_of(platform, part)
        if scheme is None or scheme in found:
            return found, part
        found[scheme] = part
    return found, ""


def mapping_text(path: Path | None = None) -> str:
    """A mapping file as it stands, or the shipped one. Raises UnreadableFile."""
    name = path.name if path else "national.toml"
    source = path or resources.files("registry.exchange").joinpath("national.toml")
    try:
        return source.read_text("utf-8-sig")
    except OSError:
        raise UnreadableFile(
            _("The column mapping {name} cannot be opened.").format(name=name),
            _("Give the path of a file that is there."),
        ) from None
    except UnicodeDecodeError as error:
        raise _unreadable(name, error) from None


def _unreadable(name: str, error: tomllib.TOMLDecodeError | UnicodeDecodeError) -> UnreadableFile:
    return UnreadableFile(
        _("The column mapping {name} cannot be read: {error}").format(
            name=name, error=toml_fault(error)
        ),
        _("Save it as UTF-8 text in the form of the shipped national.toml."),
    )


def load_mapping(path: Path | None = None) -> NationalMapping:
    """The template of a TOML file, or the shipped one.

    Raises UnreadableFile when it cannot be read as TOML, BadInput with every fault in it.
    """
    name = path.name if path else "national.toml"
    try:
        data = tomllib.loads(mapping_text(path))
    except tomllib.TOMLDecodeError as error:
        raise _unreadable(name, error) from None
    faults = mapping_faults(data, name, _shipped_titles()) if path is not None else []
    if faults:
        raise BadInput(
            _("The column mapping {name} has faults.").format(name=name),
            faults,
            _("Compare it with the shipped national.toml."),
        )
    return _mapping(data, name, own=path is not None)


def _shipped_titles() -> dict[str, str]:
    """Field → its title in the shipped mapping, or its printed word, for every field."""
    from registry.filings.form import field_label  # slow to load, and the shipped one needs it not

    shipped = {row["field"]: row["title"] for row in tomllib.loads(mapping_text())["column"]}
    return {name: shipped.get(name) or field_label(name) for name in FIELDS}


def _mapping(data: dict[str, Any], name: str, own: bool) -> NationalMapping:
    columns = tuple(
        TemplateColumn(
            row["field"], row["title"], tuple(row.get("also", ())), float(row.get("width", 16))
        )
        for row in data["column"]
    )
    return NationalMapping(
        sheet=str(data.get("sheet", "Sheet1")),
        columns=columns,
        required=tuple(dict.fromkeys((*ALWAYS, *data.get("required", ())))),
        contact_titles=tuple(data.get("contacts", {}).get("titles", ())),
        states={word: NationalState(state) for word, state in data.get("states", {}).items()},
        words={NationalState(state): word for state, word in data.get("write", {}).items()},
        empty=frozenset(data.get("empty", {}).get("words", ())),
        name=name,
        own=own,
    )
