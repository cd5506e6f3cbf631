"""How the rows of an export are named: in decisions by a key that no other row has, to people by
code, row and account, and found again by whichever of these somebody writes.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from reconcilers.bodies import Bodies
from reconcilers.decisions import OUTSIDE, outside_key
from registry.errors import Ambiguous, Refused
from registry.exchange.national_rows import NationalRows
from registry.exchange.national_template import PLATFORM_WORD, NationalEntry
from registry.messages import _
from registry.text import quoted

SHOWN = 8
"""How many rows a message lists."""

_ROW = re.compile(r"(?:第\s*(\d+)\s*行|row\s*[:：]?\s*(\d+))", re.IGNORECASE)


NATIONAL = f"{OUTSIDE}national:"
"""How the key of every row of the national system begins."""

_SHORT = 64
"""Characters of a code that surely stands in its key as it is."""


class RowKeys:
    """The key of each row of one export, as decisions name it.

    It is `outside_key` where no other row has the same. Rows that share one (a code or an id that
    stands there twice) are told apart by what else they say, and equal ones by their order.
    """

    def __init__(self, rows: NationalRows, bodies: Bodies) -> None:
        self._rows, self._bodies = rows, bodies

    def __call__(self, entry: NationalEntry) -> str:
        key = self._plain(entry)
        shared = self._shared.get(key)
        if shared is None:
            return key
        said = _said(entry)
        equal = shared.get(said, ())
        place = equal.index(entry.number) if entry.number in equal else 0
        return self._plain(entry, f"{said}.{place + 1}" if place else said)

    def at(self, position: int) -> str:
        """The key of the row at a position: at once for one whose code is its own."""
        code = self._rows.national_code[position]
        if code and not self._shared and len(code) < _SHORT:
            return f"{NATIONAL}{code}"
        return self(self._rows[position])

    def _plain(self, entry: NationalEntry, apart: str = "") -> str:
        return outside_key(entry, "national", self._bodies, entry.national_code, apart)

    @cached_property
    def _shared(self) -> Mapping[str, Mapping[str, list[int]]]:
        """Key that several rows share → what each says besides → the numbers of the rows."""
        rows, found = self._rows, dict[str, dict[str, list[int]]]()
        codes = set(rows.national_code)
        if "" not in codes and len(codes) == len(rows):
            return found
        rough = list(self._rough())
        counted = Counter(rough)
        for at, each in enumerate(rough):
            if counted[each] > 1:
                entry = rows[at]
                said = found.setdefault(self._plain(entry), {})
                said.setdefault(_said(entry), []).append(entry.number)
        return found

    def _rough(self) -> Iterator[object]:
        """For each row something that is equal where the keys are."""
        rows = self._rows
        columns = zip(rows.national_code, rows.platform, rows.scheme, rows.value, strict=True)
        for at, (code, *named) in enumerate(columns):
            if code:
                yield code
            elif rows.scheme[at] and at not in rows.further:
                yield NATIONAL + ":".join(named)
            else:
                yield self._plain(rows[at])


def _said(entry: NationalEntry) -> str:
    """Eight hex digits of what a row says beside its code, id and state."""
    told = (entry.platform, entry.form, entry.name, entry.host_unit, entry.url)
    ids = sorted(entry.identifiers.items())
    return hashlib.blake2s(repr((told, ids)).encode(), digest_size=4).hexdigest()


def row_words(entry: NationalEntry) -> str:
    """Which row it is, for people: `编码 53010001，导出表第 3 行：青石融媒（青石县融媒体中心，正常运行）`."""
    places = []
    if entry.national_code:
        places.append(_("code {code}").format(code=quoted(entry.national_code)))
    if entry.number:
        places.append(_("row {row} of the export").format(row=entry.number))
    told = _(", ").join(map(quoted, filter(None, (entry.host_unit, entry.state_raw))))
    name = quoted(entry.name)
    name = _("{name} ({told})").format(name=name, told=told) if told else name
    where = _(", ").join(places)
    return _("{where}: {name}").format(where=where, name=name) if where else name


def rows_words(entries: Sequence[NationalEntry]) -> str:
    """Several rows, the first few by name."""
    more = ["…"] * (len(entries) > SHOWN)
    return _("; ").join([*map(row_words, entries[:SHOWN]), *more])


def row_named(rows: NationalRows, keys: RowKeys, text: str) -> NationalEntry | None:
    """The row that somebody means by its key, its code, `第 3 行` of the export, or one of its ids;
    None where there is none.

    Raises Ambiguous where a code or an id stands in several rows, and lists them; Refused for a row
    that is compared with nothing, because nobody knows its platform.
    """
    found = _meant(rows, keys, text)
    if found is not None and found.unread:
        raise Refused(
            _("{row} is not compared: {word} is no platform that is known here.").format(
                row=row_words(found), word=found.fields.get(PLATFORM_WORD, "")
            ),
            _("Have the platform put right in the national system, and export the list again."),
        )
    return found


def _meant(rows: NationalRows, keys: RowKeys, text: str) -> NationalEntry | None:
    text = text.strip()
    number = _ROW.fullmatch(text)
    wanted = int(number[1] or number[2]) if number else 0
    keyed = text.startswith(OUTSIDE)
    for at, place in enumerate(rows.number):
        if (wanted and place == wanted) or (keyed and keys.at(at) == text):
            return rows[at]
    found = [rows[at] for at in _bearing(rows, text)] if text else []
    if len(found) > 1:
        raise Ambiguous(
            _("Several rows of the export fit {text}: {rows}.").format(
                text=text, rows=rows_words(found)
            ),
            _("Name one by its code, or by its row in the export, as in `row {row}`.").format(
                row=found[0].number
            ),
        )
    return found[0] if found else None


def no_record(rows: NationalRows, text: str) -> str:
    """What to say of `第1行` that is no record of the export; empty of any other text, and without
    an export."""
    if not rows or not _ROW.fullmatch(text.strip()):
        return ""
    return _(
        "{text} of the export kept last is no record: they stand in rows {first} to {last}."
    ).format(text=text.strip(), first=min(rows.number), last=max(rows.number))


def _bearing(rows: NationalRows, text: str) -> Iterator[int]:
    """The positions of the rows with that code or id."""
    for at, (code, value) in enumerate(zip(rows.national_code, rows.value, strict=True)):
        if text == code or text == value or text in rows.further.get(at, {}).values():
            yield at
