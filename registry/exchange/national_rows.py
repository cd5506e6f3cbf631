"""The rows of an export of the national system, held by column: a list of 100,000 rows is compared,
kept and read back as a whole, and one row becomes an entry of its own only when it is asked for.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, overload

import orjson

from registry.exchange.national_template import NationalEntry
from registry.vocab import NationalState

_TEXTS = (
    *("platform", "form", "name", "host_unit", "url", "scheme", "value"),
    *("state_raw", "national_code"),
)
_REPEATED = frozenset(("platform", "form", "host_unit", "scheme", "state_raw"))
"""Texts that many rows share; of each, and of the other fields, one copy is kept."""
_BETWEEN = "\0"
_LEVEL = 1
"""Names and codes are packed to a fifth at once; more effort saves little."""


class NationalRows(Sequence[NationalEntry]):
    """Entries in the order of their file. Columns are lists of one length, to be read only."""

    __slots__ = (*_TEXTS, "state", "number", "further", "fields")

    platform: list[str]
    form: list[str]
    name: list[str]
    host_unit: list[str]
    url: list[str]
    scheme: list[str]
    """Scheme of the first identifier; empty for a row without one."""
    value: list[str]
    state: list[NationalState]
    state_raw: list[str]
    national_code: list[str]
    number: list[int]
    further: dict[int, dict[str, str]]
    """Position → identifiers beyond the first, by scheme."""
    fields: dict[str, list[str]]
    """The other mapped fields by name; an empty text where a row lacks one."""

    def __init__(self, entries: Iterable[NationalEntry] = ()) -> None:
        for column in _TEXTS:
            setattr(self, column, [])
        self.state, self.number, self.further, self.fields = [], [], {}, {}
        for entry in entries:
            self.append(entry)

    @classmethod
    def of(cls, rows: Sequence[NationalEntry]) -> NationalRows:
        """The rows by column; the same object where they are already."""
        return rows if isinstance(rows, NationalRows) else cls(rows)

    def append(self, entry: NationalEntry) -> None:
        """Add one row at the end."""
        ids = dict(entry.identifiers)
        scheme = next(iter(ids), "")
        value = ids.pop(scheme, "")
        if ids:
            self.further[len(self)] = ids
        self.extend(
            {
                **{"scheme": [scheme], "value": [value], "state": [entry.state]},
                **{n: [getattr(entry, n)] for n in _TEXTS if n not in {"scheme", "value"}},
                "number": [entry.number],
            },
            {name: [text] for name, text in entry.fields.items()},
        )

    def extend(
        self, columns: Mapping[str, Sequence[Any]], fields: Mapping[str, Sequence[str]]
    ) -> None:
        """Add rows by column: all of `columns`, and of `fields` those that any row fills."""
        before, more = len(self), len(columns["name"])
        for name, column in columns.items():
            getattr(self, name).extend(column)
        for name in fields.keys() - self.fields.keys():
            self.fields[name] = [""] * before
        for name, texts in self.fields.items():
            texts.extend(fields.get(name) or [""] * more)

    def __len__(self) -> int:
        return len(self.name)

    @overload
    def __getitem__(self, at: int) -> NationalEntry: ...
    @overload
    def __getitem__(self, at: slice) -> list[NationalEntry]: ...

    def __getitem__(self, at: int | slice) -> NationalEntry | list[NationalEntry]:
        if isinstance(at, slice):
            return [self._entry(number) for number in range(*at.indices(len(self)))]
        return self._entry(range(len(self))[at])

    def __iter__(self) -> Iterator[NationalEntry]:
        return map(self._entry, range(len(self)))

    def column(self, field: str) -> Sequence[str]:
        """One of the other fields, row by row; empty texts where no row has it."""
        return self.fields.get(field) or [""] * len(self)

    def identifiers(self, at: int) -> dict[str, str]:
        """Scheme → value of all identifiers of one row."""
        if not self.scheme[at]:
            return {}
        return {self.scheme[at]: self.value[at], **self.further.get(at, {})}

    def _entry(self, at: int) -> NationalEntry:
        return NationalEntry(
            self.platform[at],
            self.name[at],
            self.form[at],
            self.host_unit[at],
            self.url[at],
            self.identifiers(at),
            self.state[at],
            self.state_raw[at],
            self.national_code[at],
            {name: texts[at] for name, texts in self.fields.items() if texts[at]},
            self.number[at],
        )

    def __getstate__(self) -> dict[str, Any]:
        """What another Python is handed: a column of texts that differ goes over as one text."""
        state = {name: getattr(self, name) for name in self.__slots__}
        apart = (name for name in _TEXTS if name not in _REPEATED)
        return state | {name: _as_one(state[name]) for name in apart}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        for name, held in state.items():
            setattr(self, name, held.split(_BETWEEN) if isinstance(held, str) else held)

    def same(self, other: NationalRows) -> bool:
        """Whether both hold the same rows, in the same places of their files."""
        return all(mine == its for mine, its in zip(self._parts(), other._parts(), strict=False))

    def digest(self) -> str:
        """64 hex digits that change with the rows."""
        made = hashlib.sha256()
        for part in self._parts():
            made.update(_line(part))
        return made.hexdigest()

    def packed(self) -> bytes:
        """All rows as one compressed block: a line of JSON for each column."""
        made, packed = zlib.compressobj(_LEVEL), list[bytes]()
        with ThreadPoolExecutor(1) as packer:
            under_way = packer.submit(bytes)
            for line in map(_line, self._parts()):  # a line is packed while the next is made
                packed.append(under_way.result())
                under_way = packer.submit(made.compress, line)
        return b"".join([*packed, under_way.result(), made.flush()])

    def _parts(self) -> Iterator[Any]:
        yield sorted(self.fields)
        yield from (getattr(self, name) for name in (*_TEXTS, "state", "number"))
        yield self.further
        yield from (self.fields[name] for name in sorted(self.fields))

    @classmethod
    def unpacked(cls, block: bytes) -> NationalRows:
        """The rows of a block that `packed` made."""
        lines = iter(zlib.decompress(block).split(b"\n"))
        rows = cls()
        names = json.loads(next(lines))
        known: dict[str, str] = {}
        for column in (*_TEXTS, "state", "number"):
            values = json.loads(next(lines))
            setattr(rows, column, _once(values, known) if column in _REPEATED else values)
        states = {state.value: state for state in NationalState}
        rows.state = [states[word] for word in rows.state]
        rows.further = {int(at): ids for at, ids in json.loads(next(lines)).items()}
        rows.fields = {name: _once(json.loads(next(lines)), known) for name in names}
        return rows


def _as_one(texts: list[str]) -> str | list[str]:
    """The texts with a sign between any two, or themselves where that would not tell them apart."""
    whole = _BETWEEN.join(texts)
    return whole if texts and whole.count(_BETWEEN) == len(texts) - 1 else texts


def _once(texts: list[str], known: dict[str, str]) -> list[str]:
    """The texts, equal ones as the one object that is known."""
    return list(map(known.setdefault, texts, texts))


def _line(value: Any) -> bytes:
    """The value as one line of JSON."""
    if isinstance(value, list):
        with suppress(orjson.JSONEncodeError):  # half a character, say
            return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
