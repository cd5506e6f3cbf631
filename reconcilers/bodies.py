"""Which unit an outside name means, and whether two names can be one body. A name that cannot be
told is no contradiction: a short form never makes a difference, another body's full name does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from reconcilers.shortening import body_parts, kinds_fit, shortens
from registry.names import expand_unit, fold_unit, region_levels, region_parts, reorganised
from registry.vocab import UnitLevel, UnitStatus

_BADGE = re.compile(
    r"(?:的)?(?:唯一)?(?:官方|政务)(?:新浪)?(?:微博|微信|公众号|账号|抖音号?|快手号?|头条号|视频号|号|认证)$"
)
"""What platforms put behind the body in a verification line."""


_GOVERNMENT = re.compile("(?:(?:人民)?政府(?:办公室|办公厅|办)?)?")
"""What stands for a government and its office; a list may name no more than the place."""


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """One unit, as reconcilers need it."""

    id: int
    uid: str
    name: str
    fold: str
    status: UnitStatus
    successor_id: int | None
    level: UnitLevel | None = None
    region_code: str | None = None


class _Apart(NamedTuple):
    """A unit's name in its parts, folded."""

    wider: tuple[str, ...]
    """Stems of the regions around it, from the widest."""
    stem: str
    division: str
    rest: str
    mid: str
    kind: str

    def may_be(self, full: _Apart) -> bool:
        """True when this can be a shorter writing of `full` (a unit of the same stem)."""
        if self.division and full.division and self.division != full.division:
            return False
        if self.wider and full.wider and self.wider[-1] != full.wider[-1]:
            return False
        if not kinds_fit(self.kind, full.kind):
            return False
        return self.mid == full.mid or shortens(self.mid, full.mid)


def _apart(name: str) -> _Apart:
    fold = fold_unit(name)
    levels = region_levels(fold)
    parts = [region_parts(level) for level in levels]
    rest = fold[sum(map(len, levels)) :]
    stem, division = parts[-1] if parts else ("", "")
    wider = tuple(stem for stem, _division in parts[:-1])
    mid, kind = ("人民政府", "") if _GOVERNMENT.fullmatch(rest) else body_parts(rest)
    return _Apart(wider, stem, division, rest, mid, kind)


class Bodies:
    """All units by every name they answer to."""

    def __init__(
        self, units: Sequence[Body], aliases: Mapping[int, Iterable[str]], prefix: str = ""
    ) -> None:
        """`prefix`: the name by which short forms are expanded (县公安局 → 青石县公安局)."""
        self.by_id = {unit.id: unit for unit in units}
        self.prefix = prefix
        self._names = {u.id: [u.name, *aliases.get(u.id, ())] for u in units}
        self._by_fold: dict[str, list[Body]] = {}
        for unit in units:
            for fold in {fold_unit(name) for name in self._names[unit.id]}:
                self._by_fold.setdefault(fold, []).append(unit)
        self._found: dict[str, Body | None] = {}
        self._now: dict[str, Body | None] = {}
        self._forms: dict[str, frozenset[str]] = {}

    def find(self, text: str) -> Body | None:
        """The one unit that answers to a name: in full, by alias, by a short form, or as what became
        of an earlier body; None if none or several do."""
        if text not in self._now:
            self._now[text] = self._named(text) or self._became(text)
        return self._now[text]

    def _named(self, text: str) -> Body | None:
        if text not in self._found:
            self._found[text] = self._look_up(text)
        return self._found[text]

    def _look_up(self, text: str) -> Body | None:
        if not text:
            return None
        for name in (text, expand_unit(text, self.prefix) if self.prefix else text):
            found = self._by_fold.get(fold_unit(name), [])
            if found:
                return found[0] if len(found) == 1 else None
        return self._short(_apart(name))

    def _short(self, name: _Apart) -> Body | None:
        """The one unit of the place that such a short form may name."""
        there = self._by_place.get(name.stem, ()) if name.stem else ()
        found = {unit.id: unit for other, unit in there if name.may_be(other)}
        kinds = {other.kind for other, _unit in there if other.mid == name.mid}
        if len(found) != 1 or (not name.kind and len(kinds) > 1):
            return None
        return next(iter(found.values()))

    def _became(self, text: str) -> Body | None:
        """The unit into which an earlier body of the place was made: 环境保护局 → 生态环境局."""
        name = fold_unit(expand_unit(text, self.prefix) if self.prefix else text)
        rest = _apart(name).rest
        later = reorganised(rest)
        return self._short(_apart(name.removesuffix(rest) + later)) if later else None

    @cached_property
    def _by_place(self) -> Mapping[str, list[tuple[_Apart, Body]]]:
        """Stem of a region → its units, by each of their names."""
        found: dict[str, list[tuple[_Apart, Body]]] = {}
        for number, names in self._names.items():
            for name in map(_apart, names):
                if name.stem:
                    found.setdefault(name.stem, []).append((name, self.by_id[number]))
        return found

    def key(self, text: str) -> str:
        """A key under which equal bodies compare equal: the unit's uid, or the folded name."""
        found = self.find(text)
        return found.uid if found else fold_unit(text)

    def same(self, text: str, body: Body) -> bool | None:
        """Can `text` name `body`? None where it cannot be told (nothing there).

        Beyond names and aliases, a name that only adds or leaves out the wider regions is the same:
        云川市青石县公安局, 青石县公安局, 公安局.
        """
        if not text.strip():
            return None
        if self._same(text, body):
            return True
        bare = _BADGE.sub("", text.strip())
        return bool(bare != text and bare and self._same(bare, body))

    def _same(self, text: str, body: Body) -> bool:
        found = self._named(text)
        if found is not None:
            return found is body
        said = self._variants(text)
        full = fold_unit(text)
        for name in self._names[body.id]:
            if full in self._variants(name) or fold_unit(name) in said:
                return True
        return False

    def _variants(self, name: str) -> frozenset[str]:
        """The folded name with none, one, … all of its regions left out."""
        if name not in self._forms:
            levels = region_levels(name)
            starts = [len("".join(levels[:count])) for count in range(len(levels) + 1)]
            rests = (name[start:] for start in starts)
            self._forms[name] = frozenset(fold_unit(rest) for rest in rests if len(rest) > 1)
        return self._forms[name]
