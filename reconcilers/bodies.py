"""Which unit an outside name means, and whether two names can be one body. A name that cannot be
told is no contradiction: a short form never makes a difference, another body's full name does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

from reconcilers.shortening import body_parts, kinds_fit, one_office, shortens, without_signboard
from registry.names import expand_unit, fold_unit, region_levels, region_parts, reorganised
from registry.vocab import Lang, UnitLevel, UnitStatus, label

_BADGE = re.compile(
    r"(?:的)?(?:唯一)?(?:官方|政务)(?:新浪)?(?:微博|微信|公众号|账号|抖音号?|快手号?|头条号|视频号|号|认证)$"
)
"""What platforms put behind the body in a verification line."""


_GOVERNMENT = re.compile("(?:(?:(?:人民)?政府|府(?=办))(?:办公室|办公厅|办)?)?")
"""What stands for a government and its office; a list may name no more than the place."""
_STREET_OFFICE = re.compile("(?:(?:街道)?办事处|街道办|办)?")
"""The same of a subdistrict."""

_ABOVE = re.compile("^(?:中国共产党|中共|国家税务总局(?=.+税务局$))")
"""Whose body it is, where that goes without saying."""
_POLICE = re.compile("^公安局(?=.+(?:[大支总]队|派出所)$)")
_LEAGUE = re.compile("^(.*?)团([省市州县区旗])委$")
_YOUTH = re.compile("^(?:共青团|中国共产主义青年团)(.+?)(委|委员会)$")
"""The one body that names its region in the middle: 共青团青石县委员会."""


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
    supervising_id: int | None = None
    """The unit that is said to supervise it; never its parent in the place of one."""
    level_read_off: bool = False
    """Nobody gave its level: it is what the name lets expect."""

    @property
    def level_word(self) -> str:
        """Its level as it is printed; empty where nobody knows."""
        return label(self.level, Lang.ZH) if self.level else ""


class Apart(NamedTuple):
    """A unit's name in its parts, folded."""

    wider: tuple[str, ...]
    """Stems of the regions around it, from the widest."""
    stem: str
    division: str
    rest: str
    mid: str
    kind: str

    def may_be(self, full: Apart) -> bool:
        """True when this can be a shorter writing of `full` (a unit of the same stem)."""
        if not self.is_there(full) or not kinds_fit(self.kind, full.kind):
            return False
        return self.mid == full.mid or shortens(self.mid, full.mid)

    def respells(self, other: Apart) -> bool:
        """True when this can be a longer writing of `other`, or its name with another word for an
        office: 卫生健康局 of 卫健委 and of 卫生健康委员会. Both must say what kind of body they are."""
        if not self.is_there(other) or not one_office(self.kind, other.kind):
            return False
        return (
            self.mid == other.mid or shortens(other.mid, self.mid) or shortens(self.mid, other.mid)
        )

    def writes(self, body: Apart) -> bool:
        """True when what stands behind its regions is `body`, in full or for short."""
        if not one_office(self.kind, body.kind):
            return False
        return self.mid == body.mid or shortens(self.mid, body.mid)

    def is_there(self, other: Apart) -> bool:
        """Whether no region of the two speaks against it."""
        if self.division and other.division and self.division != other.division:
            return False
        return not (self.wider and other.wider and self.wider[-1] != other.wider[-1])

    @property
    def is_office(self) -> bool:
        """Whether a government's name is that of its office, which is a body of its own."""
        government = self.mid == "人民政府" and self.division != "街道"
        return government and self.rest.endswith(("办公室", "办公厅", "办"))

    def is_written(self, other: Apart) -> bool:
        """Whether this writes out the same of a government and its office as `other`: 政府办 as
        人民政府办公室, and 县政府 as 县人民政府. The place alone writes out neither."""
        if self.rest == other.rest or (self.is_office and other.is_office):
            return True
        return bool(self.division) and {self.rest, other.rest} == {"政府", "人民政府"}


def _plain(name: str) -> str:
    """The folded name, its region in front and nothing before that."""
    bare = _ABOVE.sub("", fold_unit(name))
    return _LEAGUE.sub(r"\1\2共青团委", _YOUTH.sub(r"\1共青团\2", bare))


def apart(name: str) -> Apart:
    """The name in its parts; of one that begins with no region, `stem` is empty."""
    fold = _plain(name)
    levels = region_levels(fold)
    parts = [region_parts(level) for level in levels]
    rest = fold[sum(map(len, levels)) :]
    stem, division = parts[-1] if parts else ("", "")
    wider = tuple(stem for stem, _division in parts[:-1])
    return _of_place(wider, stem, division, rest)


def _of_place(wider: tuple[str, ...], stem: str, division: str, rest: str) -> Apart:
    office = _STREET_OFFICE if division == "街道" else _GOVERNMENT
    mid, kind = ("人民政府", "") if office.fullmatch(rest) else body_parts(_POLICE.sub("", rest))
    return Apart(wider, stem, division, rest, mid, kind)


@cache
def _reorganised() -> Sequence[tuple[Apart, Apart]]:
    """Earlier bodies and what each was made part of, of no place."""
    return [
        (_of_place((), "", "", earlier), _of_place((), "", "", later))
        for earlier, later in reorganised().items()
    ]


def became(name: Apart) -> Iterator[Apart]:
    """What a body of a place was made part of, and that in its turn, the first first."""
    yield from _followed(name, [(earlier, later) for earlier, later in _reorganised()])


def was(name: Apart) -> Iterator[Apart]:
    """The earlier bodies of a place that were made part of it."""
    yield from _followed(name, [(later, earlier) for earlier, later in _reorganised()])


def _followed(name: Apart, steps: Sequence[tuple[Apart, Apart]]) -> Iterator[Apart]:
    """Where these steps lead from a body by any writing of its name; it itself is none of them."""
    seen, ahead = {(name.mid, name.kind)}, [name] if name.stem and name.kind else []
    while ahead:
        one = ahead.pop(0)
        for start, end in steps:
            if (end.mid, end.kind) not in seen and one.writes(start):
                seen.add((end.mid, end.kind))
                ahead.append(one._replace(rest=end.rest, mid=end.mid, kind=end.kind))
                yield ahead[-1]


class Bodies:
    """All units by every name they answer to."""

    def __init__(
        self, units: Sequence[Body], aliases: Mapping[int, Iterable[str]], prefix: str = ""
    ) -> None:
        """`prefix`: the name by which short forms are expanded (县公安局 → 青石县公安局)."""
        self.by_id = {unit.id: unit for unit in units}
        self.prefix = prefix
        self._names = {u.id: [u.name, *aliases.get(u.id, ())] for u in units}
        self._aliases = aliases
        self._by_fold = self._indexed(self._names)
        self._answer_further()
        self._found: dict[str, Body | None] = {}
        self._now: dict[str, Body | None] = {}
        self._keys: dict[str, str] = {}
        self._forms: dict[str, frozenset[str]] = {}
        self._bare: dict[tuple[str, int], bool] = {}

    def _indexed(self, names: Mapping[int, Sequence[str]]) -> dict[str, list[Body]]:
        """Units by the folds of these names."""
        found: dict[str, list[Body]] = {}
        for number, called in names.items():
            for fold in {fold_unit(name) for name in called}:
                found.setdefault(fold, []).append(self.by_id[number])
        return found

    def _answer_further(self) -> None:
        """Let units answer to their names with the region written out, and without the second signboard
        in brackets behind them, as far as these are no unit's own."""
        found: dict[int, list[str]] = {}
        for number, called in self._names.items():
            fronts = [(name, without_signboard(name) or name) for name in called]
            wholes = [(n, expand_unit(f, self.prefix) if self.prefix else f) for n, f in fronts]
            if further := [whole for name, whole in wholes if whole != name]:
                found[number] = further
        self._by_fold = {**self._indexed(found), **self._by_fold}
        for number, further in found.items():
            own = (n for n in further if self.by_id[number] in self._by_fold[fold_unit(n)])
            self._names[number].extend(own)

    def living_with(self, more: Iterable[Body]) -> Bodies:
        """The units that exist, by all their names, and `more`, by theirs alone."""
        living = [body for body in self.by_id.values() if body.status is UnitStatus.ACTIVE]
        return Bodies([*living, *more], self._aliases, self.prefix)

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
        whole = expand_unit(_plain(text), self.prefix) if self.prefix else text
        for name in (text, whole):
            found = self._by_fold.get(fold_unit(name), [])
            if found:
                return found[0] if len(found) == 1 else None
        front = without_signboard(text)
        if front:
            return self._named(front)
        return self._meant(apart(whole)) or self._undivided(whole)

    def readings(self, name: str) -> list[Apart]:
        """The name taken apart by its region; where that lacks its division, by the known places."""
        told = apart(name)
        return [told] if told.stem else list(self._stems(_plain(name)))

    def _undivided(self, name: str) -> Body | None:
        """The one unit that is meant where the place lacks its division: 青石二中, 云川青石教育."""
        plain = _plain(name)
        if region_levels(plain):
            return None
        found = {unit.id: unit for part in self._stems(plain) if (unit := self._meant(part))}
        return next(iter(found.values())) if len(found) == 1 else None

    def _stems(self, plain: str) -> Iterator[Apart]:
        """The readings of a name that begins with stems of known places."""
        for size in (2, 3, 4):
            stem, rest = plain[:size], plain[size:]
            if not rest or stem not in self._places:
                continue
            yield _of_place((), stem, "", rest)
            for inner in (2, 3, 4):
                below, body = rest[:inner], rest[inner:]
                if body and stem in self._places.get(below, ()):
                    yield _of_place((stem,), below, "", body)

    @cached_property
    def _places(self) -> Mapping[str, set[str]]:
        """Stem of a place → the stems of the regions around it."""
        around: dict[str, set[str]] = {}
        for stem, there in self.by_place.items():
            around[stem] = {one for part, _unit in there for one in part.wider}
        for wider in [one for stems in around.values() for one in stems]:
            around.setdefault(wider, set())
        return around

    def _meant(self, name: Apart) -> Body | None:
        """The one unit of the place that is written so for short, else the one that is so respelt."""
        return self._short(name) or self._respelt(name)

    def _respelt(self, name: Apart) -> Body | None:
        there = self.by_place.get(name.stem, ()) if name.stem and name.kind else ()
        found = {unit.id: unit for other, unit in there if name.respells(other)}
        return next(iter(found.values())) if len(found) == 1 else None

    def _short(self, name: Apart) -> Body | None:
        """The one unit of the place that such a short form may name."""
        there = self.by_place.get(name.stem, ()) if name.stem else ()
        fits = [(other, unit) for other, unit in there if name.may_be(other)]
        found = {unit.id: unit for _other, unit in fits}
        if len(found) > 1:  # a government and its office: what is written out is meant
            found = {unit.id: unit for other, unit in fits if name.is_written(other)}
        kinds = {other.kind for other, _unit in there if other.mid == name.mid}
        if len(found) != 1 or (not name.kind and len(kinds) > 1):
            return None
        return next(iter(found.values()))

    def _became(self, text: str) -> Body | None:
        """The unit into which an earlier body of the place was made: 环境保护局 → 生态环境局. A name that
        several units may bear as they are is no earlier one's."""
        name = self._whole(text)
        there = (full for full, _unit in self.by_place.get(name.stem, ()))
        if any(name.may_be(full) or name.respells(full) for full in there):
            return None
        found = (self._meant(later) for later in became(name))
        return next(filter(None, found), None)

    def _was(self, text: str) -> Body | None:
        """The one unit of the place that has the name of an earlier body still."""
        found = [self._meant(earlier) for earlier in was(self._whole(text))]
        units = {unit.id: unit for unit in found if unit is not None}
        return next(iter(units.values())) if len(units) == 1 else None

    def _whole(self, text: str) -> Apart:
        return apart(expand_unit(text, self.prefix) if self.prefix else text)

    @cached_property
    def by_place(self) -> Mapping[str, list[tuple[Apart, Body]]]:
        """Stem of a region → its units, by each of their names taken apart."""
        found: dict[str, list[tuple[Apart, Body]]] = {}
        for number, names in self._names.items():
            for name in map(apart, names):
                if name.stem:
                    found.setdefault(name.stem, []).append((name, self.by_id[number]))
        return found

    def all_called(self, text: str) -> list[Body]:
        """Every unit that exists and that the name may mean; the one that answers to it alone."""
        one = self.find(text)
        if one is not None:
            return [one]
        living = (body for body in self.by_id.values() if body.status is UnitStatus.ACTIVE)
        return [body for body in living if self.same(text, body)]

    def key(self, text: str) -> str:
        """A key under which equal bodies compare equal: the unit's uid, or the folded name. A body that
        nobody knows is the one that was made into it, if there is but one."""
        if text not in self._keys:
            found = self.find(text) or self._was(text)
            self._keys[text] = found.uid if found else fold_unit(text)
        return self._keys[text]

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
            whole = expand_unit(text, name)  # 县公安局, where nobody told of which county
            if fold_unit(whole) in self._variants(name) or self._named(whole) is body:
                return True
        return self._without_region(text, body)

    def _without_region(self, text: str, body: Body) -> bool:
        """Whether it is a short form of the body alone that leaves its region to the reader: 人社局."""
        if (text, body.id) not in self._bare:
            told = None if self.readings(text) else apart(text)
            fits = (place for place in map(apart, self._names[body.id]) if place.stem)
            self._bare[text, body.id] = told is not None and any(
                told.may_be(full)
                and (told.kind or told.mid == full.mid)
                and self._short(_of_place(full.wider, full.stem, full.division, told.rest)) is body
                for full in fits
            )
        return self._bare[text, body.id]

    def alike(self, one: Body, other: Body) -> bool:
        """Whether the name of one is likely a shorter writing of the other's and of no third one's:
        青石一中 beside 青石县第一中学. Two units stay two: it is only a question for people."""
        return self._written_out(one, other) or self._written_out(other, one)

    def _written_out(self, short: Body, full: Body) -> bool:
        """Whether all units of which the first's name can be a shorter writing are the second."""
        readings = self.readings(short.name)
        fits = [
            unit
            for one in readings
            for other, unit in self.by_place.get(one.stem, ())
            if unit is not short and one.may_be(other) and one.is_office == other.is_office
        ]
        return bool(fits) and all(unit is full for unit in fits)

    def _variants(self, name: str) -> frozenset[str]:
        """The folded name with none, one, … all of its regions left out."""
        if name not in self._forms:
            levels = region_levels(name)
            starts = [len("".join(levels[:count])) for count in range(len(levels) + 1)]
            rests = (name[start:] for start in starts)
            self._forms[name] = frozenset(fold_unit(rest) for rest in rests if len(rest) > 1)
        return self._forms[name]
