"""A seeded world of account names in which it is known which of them mean one body: names as offices
write them, the same again in another writing, and others that only look like them.

`python bench/name_world.py FOLDER [--count N] [--seed N] [--held-out]` writes `names.csv` (number,
name) and `truth.csv` (number, body, family, number of the name it was made from). Rules and words
of the held-out world are used in no other.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import name_words as words  # noqa: E402

SPELLINGS = ("width", "traditional", "suffix", "order")
VARIANTS = (*SPELLINGS, "short", "region", "slip", "mixed")
HELD_OUT_VARIANTS = ("dropped", "doubled", "swapped")
LIKE = ("number", "direction", "kin", "part", "village", "town", "division", "level", "neighbour")

_VARIED, _LIKE = 0.14, 0.10
"""Shares of the rows."""
_TRIES = 200
"""Rows of which one is tried to be made before another family is drawn."""
_A_PLACE = 36
"""Names to a place, about."""
_FIXED = frozenset("第东西南北县市区州镇乡村0123456789" + words.ORDINALS)
"""A slip in one of these makes another name, not a wrong one."""
_FULL_WIDTH = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})


@dataclass(frozen=True, slots=True)
class Place:
    """A region and how it may be written."""

    stem: str
    division: str
    people: str = ""
    parent: str = ""
    twin: bool = False
    """Another place bears the stem: it is never written without its division."""
    namesake: bool = False
    """Another place bears the name: it is never written without its parent."""

    def forms(self) -> list[str]:
        """Every way to write it that names no other place."""
        long = self.stem + self.people + self.division
        if self.namesake:
            return [self.parent + long]
        found = [long, self.stem + self.division[-1]]
        if self.parent:
            found.append(self.parent + long)
        return found if self.twin else [*found, self.stem]


@dataclass(frozen=True, slots=True)
class Body:
    """What answers for an account, by all its names."""

    place: int
    names: tuple[str, ...]

    @property
    def key(self) -> tuple[int, str]:
        return self.place, self.names[0]


@dataclass(frozen=True, slots=True)
class Written:
    """One name in its parts."""

    body: Body
    place: str
    name: str
    badge: str = ""
    layout: str = "PNB"
    """Order of place, name and badge."""

    def text(self) -> str:
        parts = {"P": self.place, "N": self.name, "B": self.badge}
        return "".join(parts[part] for part in self.layout)


@dataclass(frozen=True, slots=True)
class Row:
    """One name of the data."""

    name: str
    body: tuple[int, str]
    family: str
    of: int
    """Row it was made from, or -1."""


@dataclass
class World:
    """Everything that was made."""

    rows: list[Row] = field(default_factory=list)

    def write(self, folder: Path) -> None:
        """`names.csv` and `truth.csv`."""
        bodies: dict[tuple[int, str], int] = {}
        with (folder / "names.csv").open("w", encoding="utf-8", newline="") as names:
            lines = csv.writer(names)
            lines.writerows((number, row.name) for number, row in enumerate(self.rows))
        with (folder / "truth.csv").open("w", encoding="utf-8", newline="") as truth:
            lines = csv.writer(truth)
            for number, row in enumerate(self.rows):
                body = bodies.setdefault(row.body, len(bodies))
                lines.writerow((number, body, row.family, row.of))


def build(*, count: int, seed: int, held_out: bool = False) -> World:
    """`count` names, shuffled; the same for the same seed."""
    return _Maker(random.Random(seed), count, held_out).made()


class _Maker:
    def __init__(self, chance: random.Random, count: int, held_out: bool) -> None:
        self.chance, self.count, self.held_out = chance, count, held_out
        self.bodies = words.HELD_OUT_BODIES if held_out else words.BODIES
        self.badges = words.HELD_OUT_BADGES if held_out else words.BADGES
        self.kin = words.HELD_OUT_KIN if held_out else words.KIN
        self.places = _places(chance, max(count // _A_PLACE, 4))
        self.stems = {place.stem: number for number, place in enumerate(self.places)}
        self.rows: list[Row] = []
        self.writings: list[Written] = []
        self.seen: dict[str, tuple[int, str]] = {}
        self.taken: set[tuple[int, str]] = set()

    def made(self) -> World:
        plain = round(self.count * (1 - _VARIED - _LIKE))
        like = round(self.count * _LIKE)
        while len(self.rows) < plain:
            self._add(self._written(self._body()), "plain", -1)
        while len(self.rows) < plain + like:
            self._look_alike(self.chance.choice(LIKE), plain)
        families = VARIANTS[:-2] + HELD_OUT_VARIANTS if self.held_out else VARIANTS
        while len(self.rows) < self.count:
            self._vary(self.chance.choice(families), plain)
        return World(_shuffled(self.chance, self.rows))

    # --- rows

    def _add(self, made: Written, family: str, of: int, text: str = "") -> bool:
        """One more row, unless its text stands already."""
        text, key = text or made.text(), made.body.key
        if text in self.seen or (of < 0 and key in self.taken):
            return False
        self.seen[text] = key
        self.taken.add(key)
        self.rows.append(Row(text, key, family, of))
        self.writings.append(made)
        return True

    def _body(self) -> Body:
        place, roll = self.chance.randrange(len(self.places)), self.chance.random()
        choose = self.chance.choice
        if roll < 0.66:
            full = choose(list(self.bodies))
            return Body(place, (full, *self.bodies[full]))
        if roll < 0.78:
            number, kind = choose(words.ORDINALS), choose("中学 小学 幼儿园 人民医院".split())
            short = () if kind == "人民医院" else (number + kind[0],)
            return Body(place, (f"第{number}{kind}", *short))
        if roll < 0.88:
            return Body(
                place, (choose(words.VILLAGES) + choose("小学 村委会 幼儿园 林场".split()),)
            )
        if roll < 0.93:
            return Body(place, (f"{choose(words.TOWNS)}{choose('镇乡')}人民政府",))
        if roll < 0.96:
            return Body(place, (choose("12345 12315 12333 12348 12328".split()) + "热线",))
        return Body(place, (choose(words.SLOGANS),))

    def _written(self, body: Body) -> Written:
        forms = self.places[body.place].forms()
        badge = self.chance.choice(self.badges) if self.chance.random() < 0.2 else ""
        layout = "NPB" if body.names[0] in words.SLOGANS and self.chance.random() < 0.7 else "PNB"
        place, name = self.chance.choice(forms), self.chance.choice(body.names)
        return Written(body, place, name, badge, layout)

    # --- the same again

    def _vary(self, family: str, plain: int) -> None:
        """One more writing of one of the first `plain` rows."""
        for _try in range(_TRIES):
            of = self.chance.randrange(plain)
            base = self.writings[of]
            if family in _TEXT:
                made, text = base, _TEXT[family](self.chance, base.text())
            elif family == "mixed":
                made, text = self._mixed(base)
            else:
                made = self._rewritten(base, family)
                text = made.text()
            if text != base.text() and not self._elsewhere_too(base, text):
                if self._add(made, family, of, text):
                    return

    def _mixed(self, base: Written) -> tuple[Written, str]:
        made = base
        for step in self.chance.sample(("suffix", "order", "short", "region"), 2):
            made = self._rewritten(made, step)
        if self.chance.random() < 0.5:
            return made, _TEXT[self.chance.choice(("width", "traditional"))](
                self.chance, made.text()
            )
        return made, made.text()

    def _elsewhere_too(self, base: Written, text: str) -> bool:
        """A slip has made another place of the place."""
        at = base.text().find(self.places[base.body.place].stem)
        changed = [text[at : at + 2], text[at : at + 3]]
        return any(self.stems.get(stem, base.body.place) != base.body.place for stem in changed)

    def _rewritten(self, base: Written, family: str) -> Written:
        choose = self.chance.choice
        if family == "suffix":
            return replace(base, badge=choose([b for b in (*self.badges, "") if b != base.badge]))
        if family == "order":
            layouts = ["NPB"] + (["BPN", "PBN"] if base.badge else [])
            return replace(
                base, layout=choose([one for one in layouts if one != base.layout] or ["PNB"])
            )
        if family == "region":
            return replace(base, place=choose(self.places[base.body.place].forms()))
        if family == "short":
            made = replace(base, name=choose(base.body.names))
            return self._rewritten(made, "region") if made != base else made
        raise ValueError(family)

    # --- others

    def _look_alike(self, family: str, plain: int) -> None:
        """One more name that is like one of the first `plain` rows and means another body."""
        make: Callable[[Written], Written | None] = getattr(self, f"_other_{family}")
        for _try in range(_TRIES):
            base = self.writings[self.chance.randrange(plain)]
            made = make(base)
            if made is not None and made.body.key != base.body.key:
                if self._add(made, family, -1):
                    return

    def _renamed(self, base: Written, name: str) -> Written:
        return replace(base, body=Body(base.body.place, (name,)), name=name)

    def _other_number(self, base: Written) -> Written | None:
        first, rest = base.name[:1], base.name[1:]
        if base.name.startswith("第"):
            first, rest = "第", base.name[2:]
            number = self.chance.choice(words.ORDINALS)
            return self._numbered(base, number, rest)
        if first in words.ORDINALS:
            return self._numbered(base, self.chance.choice(words.ORDINALS), rest)
        if base.name[:2] == "12":
            return self._renamed(
                base, self.chance.choice("12351 12355 12358 12318".split()) + "热线"
            )
        return None

    def _numbered(self, base: Written, number: str, kind: str) -> Written:
        full = {"中": "中学", "小": "小学", "幼": "幼儿园"}.get(kind, kind)
        short = () if kind == "人民医院" else (number + full[0],)
        body = Body(base.body.place, (f"第{number}{full}", *short))
        return replace(base, body=body, name=body.names[0 if base.name.startswith("第") else -1])

    def _other_direction(self, base: Written) -> Written | None:
        kind = self.chance.choice("城派出所 关小学 湖管理处 门街道办事处 区分局".split())
        one, other = self.chance.sample(words.DIRECTIONS, 2)
        self._add(self._renamed(base, one + kind), "direction", -1)
        return self._renamed(base, other + kind)

    def _pair(self, base: Written, pairs: list[str], family: str) -> Written:
        one, other = self.chance.choice(pairs).split("|")
        first, second = (self._named(base.body.place, name) for name in (one, other))
        self._add(replace(base, body=first, name=one), family, -1)
        return replace(base, body=second, name=other)

    def _named(self, place: int, name: str) -> Body:
        """The body of that name, full or short."""
        for full, shorts in self.bodies.items():
            if name == full or name in shorts:
                return Body(place, (full, *shorts))
        return Body(place, (name,))

    def _other_kin(self, base: Written) -> Written | None:
        return self._pair(base, self.kin, "kin")

    def _other_part(self, base: Written) -> Written | None:
        return None if self.held_out else self._pair(base, words.SUBORDINATE, "part")

    def _other_village(self, base: Written) -> Written | None:
        one, other = self.chance.sample(words.VILLAGES, 2)
        kind = self.chance.choice("小学 村委会 幼儿园 林场".split())
        same_end = self.chance.choice((one[0] + other[1], other))
        if same_end in words.VILLAGES and same_end != other:
            return None
        self._add(self._renamed(base, one + kind), "village", -1)
        return self._renamed(base, same_end + kind)

    def _other_town(self, base: Written) -> Written | None:
        town = self.chance.choice(words.TOWNS)
        self._add(self._renamed(base, f"{town}镇人民政府"), "town", -1)
        return self._renamed(base, f"{town}乡人民政府")

    def _elsewhere(self, base: Written, place: int) -> Written:
        there = self.places[place]
        return replace(
            base, body=replace(base.body, place=place), place=self.chance.choice(there.forms())
        )

    def _other_division(self, base: Written) -> Written | None:
        here = self.places[base.body.place]
        twins = [n for n in (base.body.place - 1, base.body.place + 1) if 0 <= n < len(self.places)]
        twins = [n for n in twins if self.places[n].stem == here.stem]
        return self._elsewhere(base, twins[0]) if twins else None

    def _other_level(self, base: Written) -> Written | None:
        here = self.places[base.body.place]
        above = [n for n, p in enumerate(self.places[:400]) if p.stem + p.division == here.parent]
        return self._elsewhere(base, above[0]) if above else None

    def _other_neighbour(self, base: Written) -> Written | None:
        here = self.places[base.body.place].stem
        near = [
            number
            for number, place in enumerate(self.places)
            if len(place.stem) == len(here) and _differing(place.stem, here) == 1
        ]
        return self._elsewhere(base, self.chance.choice(near)) if near else None


def _differing(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))


def _places(chance: random.Random, count: int) -> list[Place]:
    """Prefectures first, then their counties; twins stand side by side."""
    stems = [a + b for a in words.FIRST for b in sorted(set(words.SECOND)) if a != b]
    chance.shuffle(stems)
    stems = stems[:count]
    seats, found = max(count // 11, 1), list[Place]()
    for stem in stems[:seats]:
        people = chance.choice(words.PEOPLES) if chance.random() < 0.1 else ""
        found.append(Place(stem, "自治州" if people else "市", people))
    for stem in stems[seats:]:
        above = chance.choice(found[:seats])
        parent, roll = above.stem + above.people + above.division, chance.random()
        if roll < 0.04:
            found += [Place(stem, d, parent=parent, twin=True) for d in ("县", "市")]
        elif roll < 0.06:
            others = chance.sample(found[:seats], min(2, seats))
            named = [other.stem + other.people + other.division for other in others]
            found += [Place(stem, "区", parent=name, namesake=True) for name in named]
        elif roll < 0.12:
            found.append(Place(stem, "自治县", chance.choice(words.PEOPLES), parent))
        else:
            found.append(Place(stem, chance.choices("县区市旗", (70, 18, 10, 2))[0], parent=parent))
    return found


# --- what the hand or the machine does to a text ----------------------------------------------------


def _wide(chance: random.Random, text: str) -> str:
    if text.translate(_FULL_WIDTH) != text:
        return text.translate(_FULL_WIDTH)
    at = chance.randrange(2, len(text))
    kind = chance.choice(("space", "wide space", "bar", "bracket", "at"))
    if kind == "bracket":
        return f"{text[:at]}（{text[at:]}）"
    if kind == "at":
        return "@" + text
    mark = {"space": " ", "wide space": "\u3000", "bar": "丨"}[kind]
    return f"{text[:at]}{mark}{text[at:]}"


def _traditional(_chance: random.Random, text: str) -> str:
    return "".join(words.TRADITIONAL.get(char, char) for char in text)


def _places_for_slips(chance: random.Random, text: str) -> int:
    free = [at for at, char in enumerate(text) if char not in _FIXED]
    return chance.choice(free) if free else 0


def _slip(chance: random.Random, text: str) -> str:
    at = _places_for_slips(chance, text)
    known = [pair[1] for pair in words.SLIPS if pair[0] == text[at]]
    known += [pair[0] for pair in words.SLIPS if pair[1] == text[at]]
    typed = chance.choice(known) if known and chance.random() < 0.8 else ""
    return text[:at] + (typed or chance.choice(words.RANDOM_SLIPS)) + text[at + 1 :]


def _dropped(chance: random.Random, text: str) -> str:
    at = _places_for_slips(chance, text)
    return text[:at] + text[at + 1 :]


def _doubled(chance: random.Random, text: str) -> str:
    at = _places_for_slips(chance, text)
    return text[:at] + text[at] + text[at:]


def _swapped(chance: random.Random, text: str) -> str:
    at = min(_places_for_slips(chance, text), len(text) - 2)
    if text[at] in _FIXED or text[at + 1] in _FIXED:
        return text
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


_TEXT: dict[str, Callable[[random.Random, str], str]] = {
    "width": _wide,
    "traditional": _traditional,
    "slip": _slip,
    "dropped": _dropped,
    "doubled": _doubled,
    "swapped": _swapped,
}


def _shuffled(chance: random.Random, rows: list[Row]) -> list[Row]:
    order = list(range(len(rows)))
    chance.shuffle(order)
    new = {old: number for number, old in enumerate(order)}
    new[-1] = -1
    return [replace(rows[old], of=new[rows[old].of]) for old in order]


def main() -> None:
    """Write a world into a folder."""
    given = sys.argv

    def option(name: str, default: int) -> int:
        return int(given[given.index(name) + 1]) if name in given else default

    made = build(
        count=option("--count", 100_000), seed=option("--seed", 1), held_out="--held-out" in given
    )
    Path(given[1]).mkdir(parents=True, exist_ok=True)
    made.write(Path(given[1]))


if __name__ == "__main__":
    main()
