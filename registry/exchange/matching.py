"""Which account of the ledger each row speaks of: by a live id, by its address, by its name.

An account is given to one row only, and a row that could be several accounts is never settled by
guess. Whether a match is a change or a conflict is not decided here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import product

from registry.exchange.known import Id, Known, Ledger
from registry.exchange.record import Record
from registry.exchange.unit_names import NamedUnit
from registry.names import fold_name
from registry.platforms import PlatformCatalogue


@dataclass(frozen=True, slots=True)
class Dispute:
    """An id of a row that something else holds."""

    scheme: str
    value: str
    holder: Known | None
    """The live account that holds it; None where an earlier row of the sheet brings it."""
    row: int | None = None
    """That earlier row."""
    repeated: bool = False
    """True when that row says the same of the same account: never accepted, and never matched."""


@dataclass(slots=True, eq=False)
class Match:
    """One record with the account it speaks of."""

    record: Record
    host: NamedUnit
    fold: str
    rejected: bool = False
    """A row with faults: it claims its account, so that this is not absent, and no more."""
    known: Known | None = None
    disputes: list[Dispute] = field(default_factory=list)

    @property
    def ids(self) -> list[Id]:
        """The record's ids with their platform."""
        record = self.record
        return [(record.platform, scheme, value) for scheme, value in record.identifiers.items()]

    @property
    def by_default(self) -> bool:
        """True when the host unit is not printed but only assumed."""
        return self.record.host_assumed or not self.record.host_unit


def match(
    records: Iterable[tuple[Record, bool]],
    ledger: Ledger,
    host_of: Callable[[Record], NamedUnit],
    catalogue: PlatformCatalogue,
) -> list[Match]:
    """One Match per record, in order; the flag of a record says that its row is rejected."""
    matches = [
        Match(record, host_of(record), fold_name(record.name), rejected)
        for record, rejected in records
    ]
    note_repetitions(matches)
    # a good row goes before one with faults
    wanted = sorted((m for m in matches if not m.disputes), key=lambda each: each.rejected)
    matcher = _Matcher(ledger, wanted)
    matcher.by_identifier_and_name()
    with matcher.holders_reserved():
        matcher.by_address(catalogue)
        matcher.by_name()
    matcher.by_identifier()
    matcher.by_name()
    matcher.by_name_in_doubt()
    matcher.by_name_elsewhere()
    matcher.note_disputes()
    return matches


def note_repetitions(matches: Iterable[Match]) -> None:
    """Mark each row that brings an id, a name and a unit that an earlier row brings together."""
    seen: dict[tuple[Id, str, str], Match] = {}
    for match in matches:
        if match.rejected:
            continue
        for each in match.ids:
            earlier = seen.setdefault((each, match.fold, match.host.key), match)
            if earlier is not match:
                row = earlier.record.row
                match.disputes.append(Dispute(each[1], each[2], None, row, repeated=True))


def forms_fit(one: str, other: str) -> bool:
    """False for two different forms (订阅号, 服务号) of one platform."""
    return not one or not other or one == other


def contradicts(record: Record, known: Known) -> bool:
    """True when both have an id of one scheme, and not the same."""
    return any(
        value not in known.identifiers[scheme]
        for scheme, value in record.identifiers.items()
        if known.identifiers.get(scheme)
    )


class _Matcher:
    """The rows of one sender's file and the accounts not yet given to one of them."""

    def __init__(self, ledger: Ledger, matches: Sequence[Match]) -> None:
        self._ledger = ledger
        self._matches = matches
        self._taken: set[int] = set()
        self._reserved: set[int] = set()

    def _give(self, match: Match, known: Known) -> None:
        match.known = known
        self._taken.add(known.id)

    def _open(self) -> list[Match]:
        return [match for match in self._matches if match.known is None]

    def _free(self, accounts: Iterable[Known]) -> Iterator[Known]:
        return (known for known in accounts if known.id not in self._taken)

    def _namesakes(self, match: Match) -> Iterator[Known]:
        """Free accounts of the row's platform, name and form, the sender's own first."""
        found = self._free(self._ledger.by_name.get((match.record.platform, match.fold), ()))
        return (known for known in found if forms_fit(match.record.form, known.form))

    # --- by id --------------------------------------------------------------------------------

    def by_identifier_and_name(self) -> None:
        """The holder of any of the row's ids, where it bears the row's name."""
        opened = [match for match in self._open() if match.record.identifiers]
        for same_host, same_form in product((True, False), repeat=2):
            for match in opened:
                if match.known is None:
                    self._same_name(match, same_host, same_form)

    @contextmanager
    def holders_reserved(self) -> Iterator[None]:
        """Meanwhile no row takes an account to which an id in another row leads: if that is the
        account of its own name, it waits."""
        self._reserved = {known.id for match in self._open() for known in self._holders(match)}
        yield
        self._reserved = set()

    def by_identifier(self) -> None:
        """The holder of any of the row's ids, under whatever name; unless an account of the row's
        own name and unit is left over: then the id is in doubt, and not the name."""
        opened = [match for match in self._open() if match.record.identifiers]
        wanted = {known.id for match in opened for known in self._holders(match)}
        for match in opened:
            left = next((k for k in self._exact(match) if k.id not in wanted), None)
            if left is None:
                self._nearest(match)
            else:
                wanted.add(left.id)

    def _holders(self, match: Match) -> Iterator[Known]:
        for each in match.ids:
            for known in self._ledger.by_id.get(each, ()):
                if known.id not in self._taken:
                    yield known

    def _same_name(self, match: Match, same_host: bool, same_form: bool) -> None:
        for known in self._holders(match):
            here = not same_host or match.host.is_unit(known.host_id)
            alike = not same_form or match.record.form == known.form
            if here and alike and known.fold == match.fold:
                self._give(match, known)
                return

    def _exact(self, match: Match) -> Iterator[Known]:
        """Free accounts of the row's name and unit that no id of the row speaks against."""
        for known in self._namesakes(match):
            if match.host.is_unit(known.host_id) and not known.ended:
                if not contradicts(match.record, known):
                    yield known

    def _nearest(self, match: Match) -> None:
        """The holder of another name, that of the same unit first."""
        held = sorted(self._holders(match), key=lambda k: not match.host.is_unit(k.host_id))
        if held:
            self._give(match, held[0])

    # --- by address ---------------------------------------------------------------------------

    def by_address(self, catalogue: PlatformCatalogue) -> None:
        """The one account whose address, which holds no id, is the row's."""
        rows: dict[Id, list[Match]] = defaultdict(list)
        for match in self._open():
            if key := _address(catalogue, match.record.platform, match.record.url):
                rows[key].append(match)
        if not rows:
            return
        accounts: dict[Id, list[Known]] = defaultdict(list)
        for known in self._free(self._ledger.accounts.values()):
            if key := _address(catalogue, known.platform, known.url):
                accounts[key].append(known)
        for key, matches in rows.items():
            held = [k for k in accounts.get(key, []) if k.id not in self._reserved]
            if len(matches) == len(held) == 1 and not held[0].ended:
                if not contradicts(matches[0].record, held[0]):
                    self._give(matches[0], held[0])

    # --- by name ------------------------------------------------------------------------------

    def by_name(self) -> None:
        """Name, platform and host unit; equal ones in the order in which they came before."""
        doubted = self._doubted()
        self._by_key([match for match in self._open() if id(match) not in doubted])

    def by_name_in_doubt(self) -> None:
        """The same for rows with an id that something else has. After that, accounts of the name
        and unit with another id: the sender's own, whose id was changed, and those that have
        ended, which must not come back unseen."""
        self._by_key(self._open())
        for match in self._open():
            here = (k for k in self._namesakes(match) if match.host.is_unit(k.host_id))
            known = next((k for k in here if k.ordinal is not None or k.ended), None)
            if known is not None:
                self._give(match, known)

    def _by_key(self, matches: Sequence[Match]) -> None:
        """Rows that name a form go first, to accounts of that form."""
        for named_form in (True, False):
            for match in matches:
                if match.known is None and (match.record.form or not named_form):
                    self._namesake(match, named_form)

    def _doubted(self) -> set[int]:
        """Open rows with an id that something else has: they take no account from a clear row."""
        seen = {each for match in self._matches if match.known is not None for each in match.ids}
        doubted = set()
        for match in self._open():
            if any(each in seen or self._ledger.by_id.get(each) for each in match.ids):
                doubted.add(id(match))
            seen.update(match.ids)
        return doubted

    def _namesake(self, match: Match, named_form: bool) -> None:
        for known in self._namesakes(match):
            if named_form and known.form != match.record.form:
                continue
            if match.host.is_unit(known.host_id) and not contradicts(match.record, known):
                if known.id not in self._reserved:
                    self._give(match, known)
                return

    def by_name_elsewhere(self) -> None:
        """The one account of that name that the sender listed under another unit. Not for a row
        with an id that something else has: unit and id together may well be another account's."""
        doubted = self._doubted()
        rows: dict[tuple[str, str], list[Match]] = defaultdict(list)
        for match in self._open():
            rows[match.record.platform, match.fold].append(match)
        for matches in rows.values():
            listed = [k for k in self._namesakes(matches[0]) if k.ordinal is not None]
            living = [known for known in listed if not known.ended]
            if len(matches) == len(living) == 1 and id(matches[0]) not in doubted:
                if not contradicts(matches[0].record, living[0]):
                    self._give(matches[0], living[0])

    # --- disputes -----------------------------------------------------------------------------

    def note_disputes(self) -> None:
        """Every id of a row that another live account, or an earlier row, holds."""
        first: dict[Id, Match] = {}
        for match in self._matches:
            if match.rejected:
                continue
            for each in match.ids:
                earlier = first.setdefault(each, match)
                if match.known is None or each[2] not in match.known.identifiers.get(each[1], ()):
                    self._note(match, each, earlier)

    def _note(self, match: Match, each: Id, earlier: Match) -> None:
        _platform, scheme, value = each
        holder = next(iter(self._ledger.by_id.get(each, ())), None)
        if holder is not None and holder is not match.known:
            match.disputes.append(Dispute(scheme, value, holder))
        elif earlier is not match:
            match.disputes.append(Dispute(scheme, value, None, earlier.record.row))


def _address(catalogue: PlatformCatalogue, platform: str, url: str) -> Id | None:
    """The identity of an address that names an account of the platform without holding an id."""
    identity = catalogue.identify(url) if url else None
    if identity is None or identity.scheme != "url" or identity.platform != platform:
        return None
    return platform, "url", identity.value
