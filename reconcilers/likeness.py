"""Which account names mean one body, or can be mistaken for each other. The place is compared apart
from the rest; what is common tells a name from a slip. Conservative on purpose: a false alarm costs
a clerk more than a pair left out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import combinations
from typing import NamedTuple

from reconcilers.shortening import body_parts, kinds_fit, shortens
from reconcilers.slips import slip
from reconcilers.wording import Parts, Wording
from registry.names import customary_names

COMMON = 3
"""Places in which a name must be in use for one that differs by a character to be a slip of it."""
_RARE = 8
"""The most places that have a slip of the hand."""
_KNOWN = 4
"""Names from which a place is well known."""
_FAR = 20
"""Times that a name is in use for each repetition of a slip of it."""
_MANY, _SHARE = 8, 0.025
"""Places, and share of all places, with a name that is more than a few places' own."""
_NEARLY = 4
"""Times that the usual wider region of a place must outnumber all others named for it."""
_VERY_MANY = 100
"""Places with a name from which whatever is written otherwise just once is worth a look."""
_FEW = 16
"""More texts with one end than this are looked up instead of compared one by one."""
_CROWD = 12
"""More names than this that come to the same share a common word, not a body."""


class Tier(StrEnum):
    """How sure a likeness is."""

    CERTAIN = "certain"
    SUGGESTION = "suggestion"


class Reason(StrEnum):
    """What makes two names differ although they mean one body."""

    REGION = "region"
    """The region is written shorter or longer."""
    ORDER = "order"
    """The same words in another order."""
    BADGE = "badge"
    """官方, 发布 and the like are added or left out."""
    ENDING = "ending"
    """局, 委员会 and the like are left out."""
    SHORT = "short"
    """A short form of the name."""
    SLIP = "slip"
    """One slip of the hand."""


class Likeness(NamedTuple):
    """Two different folded names, the lesser first."""

    one: str
    other: str
    tier: Tier
    reasons: tuple[Reason, ...]


def alike(names: Collection[str], further: Iterable[str] = ()) -> Iterator[Likeness]:
    """Every pair of different folded names that are alike, each once.

    `further`: folded names of units, from which regions are learned as well. Near-linear: names are
    compared only within a place, and there only where an end, a first character or all agree.
    """
    yield from alike_in(Wording(names, further))


def alike_in(wording: Wording) -> Iterator[Likeness]:
    """The same of names that are taken apart already."""
    slips: set[tuple[str, str]] = set()
    for found in _Finder(wording).found():
        if found.reasons == (Reason.SLIP,):
            if (found.one, found.other) in slips:
                continue
            slips.add((found.one, found.other))
        yield found


class _Finder:
    """What is known of all names together."""

    def __init__(self, wording: Wording) -> None:
        self.parts, self.wording = wording.parts, wording
        self.by_stem: defaultdict[str, list[str]] = defaultdict(list)
        for name, one in self.parts.items():
            self.by_stem[one.stem].append(name)
        self.spread = Counter[str]()
        """Core → number of places that have it."""
        for names in self.by_stem.values():
            self.spread.update({self.parts[name].core for name in names})
        self._index: dict[tuple[str, str], _Place] = {}

    def found(self) -> Iterator[Likeness]:
        """Every likeness; a slip between two rare names perhaps twice."""
        for place in self.places():
            yield from place.pairs(self)
        yield from self.misplaced()

    def places(self) -> Iterator[_Place]:
        """Names by place, as far as it can be told which place is meant."""
        for stem, names in self.by_stem.items():
            for key, group in _resolved([self.parts[name] for name in names], names).items():
                place = _Place(stem, key, group, self)
                if stem and len(group) >= _KNOWN:
                    self._index[stem, key] = place
                yield place

    def rare(self, core: str) -> bool:
        """It may be a slip of something more common."""
        return self.spread[core] <= _RARE

    def contrast(self, core: str, other: str) -> bool:
        """The other is in use, and far more than this."""
        often, once = self.spread[other], self.spread[core]
        return often >= COMMON and often >= _FAR * (once - 1)

    def everywhere(self, core: str) -> bool:
        """It is in use in a good part of all places: no proper name of a village or school."""
        return self.spread[core] >= max(_MANY, _SHARE * len(self.by_stem))

    def slipped(self, core: str, right: str, *, readily: bool) -> Tier | None:
        """How sure it is that a core is a slip of another, by how common both are.

        A character that nobody takes for the other proves a slip only in a name of more than a word.
        """
        if self.contrast(core, right):
            if readily:
                return Tier.CERTAIN
            if self.everywhere(right) and len(body_parts(right)[0]) > 2:
                return Tier.CERTAIN
        once = self.spread[core] == 1
        return Tier.SUGGESTION if once and (readily or self.spread[right] >= _VERY_MANY) else None

    def misplaced(self) -> Iterator[Likeness]:
        """Names whose place is written with one wrong character."""
        known: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
        for stem in {stem for stem, _key in self._index}:
            for at in range(len(stem)):
                known[stem[:at] + stem[at + 1 :], at].append(stem)
        places: defaultdict[str, list[_Place]] = defaultdict(list)
        for (stem, _key), place in self._index.items():
            places[stem].append(place)
        for stem, names in self.by_stem.items():
            if not stem or len(names) == 1:
                for name in names:
                    yield from self._misplaced(name, known, places)

    def _misplaced(
        self,
        name: str,
        known: defaultdict[tuple[str, int], list[str]],
        places: defaultdict[str, list[_Place]],
    ) -> Iterator[Likeness]:
        """Where one known place fits, or one by a character readily mistaken."""
        found: dict[str, tuple[list[str], bool]] = {}
        for wrong, division, rest in _readings(name, self.parts[name]):
            core = self.wording.core(rest)
            for at in range(len(wrong)):
                for stem in known.get((wrong[:at] + wrong[at + 1 :], at), ()):
                    near = slip(wrong, stem)
                    for place in places[stem] if near else ():
                        if division and place.division and division != place.division:
                            continue
                        if hit := place.answering(core):
                            found[stem] = hit, near == 1
        if not found:
            return
        likely = [hit for hit, readily in found.values() if readily]
        every = [hit for hit, _readily in found.values()]
        chosen = likely if len(likely) == 1 else every if len(every) == 1 else []
        sure = Tier.CERTAIN if len(likely) == 1 == len(chosen) else Tier.SUGGESTION
        for hit in chosen:
            for other in hit:
                if other != name:
                    yield Likeness(min(name, other), max(name, other), sure, (Reason.SLIP,))


def _readings(name: str, one: Parts) -> Iterator[tuple[str, str, str]]:
    """(stem, division, rest) as a name with an unknown place may be meant."""
    if one.stem:
        yield one.stem, one.division, one.rest
        return
    for size in (2, 3):
        stem, rest = name[:size], name[size:]
        if len(rest) > 1:
            yield stem, "", rest
        stem, rest = name[-size:], name[:-size]
        if len(rest) > 1:
            yield stem, "", rest


def _resolved(parts: Sequence[Parts], names: Sequence[str]) -> dict[str, list[str]]:
    """Names of one stem by the place meant; what may mean several places is kept apart."""
    combos = Counter((one.parent, one.division) for one in parts)
    divisions = {division for _parent, division in combos if division}
    only = divisions.pop() if len(divisions) == 1 else ""
    parents: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for (parent, division), count in combos.items():
        if parent:
            parents[division or only][parent] += count
    main = {division: _main(counts) for division, counts in parents.items()}
    usual = {division: _usual(counts) for division, counts in parents.items()}
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for one, name in zip(parts, names, strict=True):
        division = one.division or only
        if one.parent:
            parent = main[division][one.parent]
        else:
            parent = usual.get(division, "")
        groups[f"{parent}/{division}"].append(name)
    return groups


def _usual(counts: Counter[str]) -> str:
    """The parent of nearly all, or an empty text: another place bears the name, too."""
    parent, often = counts.most_common(1)[0]
    return parent if often > _NEARLY * (counts.total() - often) else ""


def _main(counts: Counter[str]) -> dict[str, str]:
    """Parent → the parent meant: one met once may be a slip of one met often."""
    often = [parent for parent, count in counts.items() if count > 1]
    meant = {}
    for parent, count in counts.items():
        near = [o for o in often if slip(parent, o) or parent.startswith(o)] if count == 1 else []
        meant[parent] = near[0] if len(near) == 1 else parent
    return meant


class _Place:
    """The names of one place, grouped by the body they name."""

    def __init__(self, stem: str, key: str, names: list[str], finder: _Finder) -> None:
        self.stem, self.division = stem, key.partition("/")[2]
        self.cores: defaultdict[str, list[str]] = defaultdict(list)
        for name in names:
            self.cores[finder.parts[name].core].append(name)
        self.body: dict[str, str] = {core: core for core in self.cores}
        """Core → the core that stands for its body."""
        if len(self.cores) > 1:
            bodies = [(*body_parts(core), core) for core in self.cores]
            self._join_orders()
            self._join_endings(bodies)
            self._join_short_forms(bodies)

    # --- cores that are one body

    def _root(self, core: str) -> str:
        while self.body[core] != core:
            core = self.body[core]
        return core

    def _join(self, one: str, other: str) -> None:
        self.body[self._root(one)] = self._root(other)

    def _join_orders(self) -> None:
        """The same words turned round: 教育招生, 招生教育."""
        turned: defaultdict[str, list[str]] = defaultdict(list)
        for core in self.cores:
            if len(core) > 3:
                turned["".join(sorted(core))].append(core)
        for group in turned.values():
            for one, other in combinations(group, 2) if len(group) > 1 else ():
                at = (one + one).find(other)
                if 2 <= at <= len(one) - 2:
                    self._join(one, other)

    def _join_endings(self, bodies: list[tuple[str, str, str]]) -> None:
        """教育 and 教育局, where there is no 教育 of another kind."""
        alike: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for mid, kind, core in bodies:
            alike[mid].append((kind, core))
        for group in alike.values():
            if len(group) > 1:
                self._join_kinds(group)

    def _join_kinds(self, group: list[tuple[str, str]]) -> None:
        kinds: dict[str, str] = {}
        for kind, core in group:
            if kind in kinds:
                self._join(core, kinds[kind])
            kinds[kind] = core
        named = [kind for kind in kinds if kind]
        if "" in kinds and len(named) == 1 and kinds_fit("", named[0]):
            self._join(kinds[""], kinds[named[0]])

    def _join_short_forms(self, bodies: list[tuple[str, str, str]]) -> None:
        """人社局 and 人力资源和社会保障局, where no other body has that short form."""
        first: defaultdict[str, list[tuple[str, str, str]]] = defaultdict(list)
        for body in bodies:
            first[body[0][:1]].append(body)
        for short, kind, core in bodies:
            near = {short[:1], *(full[:1] for full in customary_names().get(short, ()))}
            fulls = {
                self._root(other)
                for head in near
                for full, full_kind, other in first.get(head, ())
                if len(full) > len(short) and kinds_fit(kind, full_kind)
                if shortens(short, full)
            }
            if fulls and len(fulls := fulls - {self._root(core)}) == 1:
                self._join(core, fulls.pop())

    def answering(self, core: str) -> list[str]:
        """The names of the body that a core from elsewhere would name here."""
        if core in self.cores:
            root = self._root(core)
            return [
                name
                for one, names in self.cores.items()
                if self._root(one) == root
                for name in names
            ]
        return []

    # --- pairs

    def pairs(self, finder: _Finder) -> Iterator[Likeness]:
        bodies: defaultdict[str, list[str]] = defaultdict(list)
        for core, names in self.cores.items():
            bodies[self._root(core)].extend(names)
        tier = Tier.CERTAIN if self.stem else Tier.SUGGESTION
        for names in bodies.values():
            if 1 < len(names) <= _CROWD:
                for one, other in combinations(sorted(names), 2):
                    yield Likeness(
                        one, other, tier, reasons(finder.parts[one], finder.parts[other])
                    )
        yield from self._slips(finder, bodies, tier)

    def _slips(
        self, finder: _Finder, bodies: defaultdict[str, list[str]], best: Tier
    ) -> Iterator[Likeness]:
        lone = [names[0] for core, names in bodies.items() if len(names) == 1]
        suspects = [name for name in lone if finder.rare(finder.parts[name].core)]
        if not suspects or len(bodies) < 2:
            return
        ends = {end: _Near(end, texts) for end, texts in self._by_ends(finder).items()}
        for name in suspects:
            text = finder.parts[name]
            for body, tier in self._chosen(text, ends, finder):
                for other in bodies[body]:
                    low, high = min(name, other), max(name, other)
                    yield Likeness(
                        low, high, tier if best is Tier.CERTAIN else best, (Reason.SLIP,)
                    )

    def _by_ends(self, finder: _Finder) -> dict[str, dict[str, str]]:
        """First and last characters → text that has them → core."""
        ends: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for core, names in self.cores.items():
            for text in {text for name in names for text in _texts(finder.parts[name])}:
                for end in _ends(text):
                    ends[end][text] = core
        return ends

    def _chosen(
        self, one: Parts, ends: dict[str, _Near], finder: _Finder
    ) -> Iterator[tuple[str, Tier]]:
        """Of the bodies that a rare name may be a slip of, the one it is."""
        own, found = self._root(one.core), dict[str, tuple[float, str]]()
        for text in _texts(one):
            for end in _ends(text):
                for other, core in ends[end].of(text) if end in ends else ():
                    if (likely := slip(text, other)) and (body := self._root(core)) != own:
                        found[body] = max(found.get(body, (0.0, "")), (likely, core))
        top = max((likely for likely, _core in found.values()), default=0.0)
        best = [(body, core) for body, (likely, core) in found.items() if likely == top]
        if len(best) == 1:
            body, core = best[0]
            if tier := finder.slipped(one.core, core, readily=top == 1):
                yield body, tier


class _Near:
    """Texts with one end, and which of them can be a slip of a text: of few all, of many those that
    agree with it once a character at most is left out of the rest of each."""

    def __init__(self, end: str, cores: dict[str, str]) -> None:
        self.end, self.cores = end, cores
        self._less: dict[str, list[str]] | None = None

    def of(self, text: str) -> Iterable[tuple[str, str]]:
        """(text, core) of all to which one slip leads from a text of that end, and of some others."""
        if len(self.cores) <= _FEW:
            return self.cores.items()
        if self._less is None:
            self._less = {}
            for each in self.cores:
                for less in self._lessened(each):
                    self._less.setdefault(less, []).append(each)
        near = {o for less in self._lessened(text) for o in self._less.get(less, ()) if o != text}
        return [(other, self.cores[other]) for other in near]

    def _lessened(self, text: str) -> set[str]:
        """A text without its end, and what is left of that without one of its characters."""
        size = len(self.end) - 1
        rest = text[size:] if self.end[0] == "^" else text[: len(text) - size]
        return {rest, *[rest[:at] + rest[at + 1 :] for at in range(len(rest))]}


def _texts(one: Parts) -> set[str]:
    return {one.core, one.rest}


def _ends(text: str) -> tuple[str, ...]:
    """One slip leaves the first or the last of these."""
    if len(text) < 4:
        return "^" + text[:1], "$" + text[-1:]
    return "^" + text[:2], "$" + text[-2:]


def reasons(one: Parts, other: Parts) -> tuple[Reason, ...]:
    """In what two names of one body differ."""
    found = []
    if (one.parent, one.stem, one.division) != (other.parent, other.stem, other.division):
        found.append(Reason.REGION)
    if one.turned != other.turned:
        found.append(Reason.ORDER)
    if one.core != other.core:
        left, right = body_parts(one.core), body_parts(other.core)
        same = sorted(one.core) == sorted(other.core)
        found.append(
            Reason.ORDER if same else Reason.ENDING if left[0] == right[0] else Reason.SHORT
        )
    if len(one.rest) - len(one.core) or len(other.rest) - len(other.core):
        found.append(Reason.BADGE)
    return tuple(dict.fromkeys(found)) or (Reason.REGION,)
