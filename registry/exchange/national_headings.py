"""Which row of an export holds the column titles, and what is said where none holds them all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from registry.errors import Fault
from registry.exchange.national_template import NationalMapping
from registry.messages import _
from registry.names import fold_name


@dataclass(frozen=True, slots=True)
class Heading:
    """A row of titles as far as the mapping knows them."""

    sheet: str
    number: int
    columns: Mapping[str, int]
    """Field → index of its column."""

    def is_nearer(self, other: Heading | None) -> bool:
        """Whether it is more of a heading than the other; a single title is none."""
        return len(self.columns) > max(1, len(other.columns) if other else 0)


def columns_of(cells: Sequence[str], mapping: NationalMapping) -> dict[str, int]:
    """Field → column index; a title proper goes before a synonym, the first before a later."""
    own = {c.field: fold_name(c.title) for c in mapping.columns}
    chosen: dict[str, int] = {}
    for index, cell in enumerate(cells):
        field = mapping.titles.get(fold_name(cell)) if cell else None
        if field and (field not in chosen or _proper(cells, index, chosen[field], own[field])):
            chosen[field] = index
    return chosen


def _proper(cells: Sequence[str], index: int, chosen: int, own: str) -> bool:
    return fold_name(cells[index]) == own and fold_name(cells[chosen]) != own


def no_heading(file: str, mapping: NationalMapping, nearest: Heading | None) -> Fault:
    """What to say of a file in which no row has all the titles required: which are missing in the row
    that has the most."""
    if nearest is None:
        text = _("No row holds the column titles {titles}.")
        text = text.format(titles=_titles(mapping.required, mapping))
        return Fault(text, _how_to_name_them(mapping), file)
    lacking = [field for field in mapping.required if field not in nearest.columns]
    text = _("These columns are missing: {titles}.").format(titles=_titles(lacking, mapping))
    remedy = _("Add them and fill them in for each account.") + _how_to_name_them(mapping)
    return Fault(text, remedy, file, nearest.sheet, nearest.number)


def _titles(fields: Iterable[str], mapping: NationalMapping) -> str:
    return "、".join(mapping.title_of[field] for field in fields)


def _how_to_name_them(mapping: NationalMapping) -> str:
    if mapping.own:
        return _("Name your columns in the mapping {name}.").format(name=mapping.name)
    text = _(
        "If your export calls them otherwise: write the mapping out with `{write}`, put your"
        " titles in it, and run again with `{use}`."
    )
    write = "taizhang reconcile mapping --output national.toml"
    return text.format(write=write, use="--mapping national.toml")
