"""Which sources an account is looked at through, in which order, and what each is told.

The account's own settings go before the office's order for the platform, and that before what the
platform's checker does by default. It asks nobody: what cannot be used says why.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from checkers.base import Checker, Source
from checkers.loading import Catalogue
from registry.errors import BadInput, Fault, NotFound
from registry.messages import _
from registry.platforms import PlatformCatalogue
from registry.vocab import AccountState, CheckKind, Proof, Reason
from sweeps.driving.targets import BY_HAND, PlannedSource
from sweeps.network.credentials import Credentials

_TIMES = frozenset({Proof.FRESH, Proof.STALE})
"""A source that proves one of these reads when an account posted."""

Order = Mapping[str, Sequence[str]]
"""Platform → the names of the sources that the office wants tried there, in order. Where none of
them looks at a kind, the checker's defaults do; an empty list leaves the platform to people."""


@dataclass(frozen=True, slots=True)
class NamedSource:
    """One that the ledger names for an account."""

    source: str
    address: str = ""
    credential: str = ""
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class PlannedAccount:
    """One account as planned."""

    id: int
    uid: str
    platform: str
    name: str
    url: str
    state: AccountState
    identifiers: Mapping[str, str] = field(default_factory=dict)
    sources: Sequence[NamedSource] = ()


class Sourcing:
    """Chooses the sources of accounts. `rsshub`: the address of the office's own instance."""

    def __init__(
        self, catalogue: Catalogue, credentials: Credentials, rsshub: str, order: Order
    ) -> None:
        self._catalogue = catalogue
        self._credentials = credentials
        self._rsshub = rsshub.rstrip("/")
        self._order = order

    def sources(
        self, account: PlannedAccount, kind: CheckKind, asked: Mapping[str, str]
    ) -> tuple[PlannedSource, ...]:
        """The sources of this kind in their order. `asked`: the ids that routes are filled from."""
        chosen = [row for row in account.sources if self._is_of(account, row.source, kind)]
        enabled = [row for row in chosen if row.enabled]
        if enabled:
            return tuple(self._from_row(account, row, asked) for row in enabled)
        off = {row.source for row in chosen}
        return tuple(
            self._unnamed(account, source, asked)
            for source in switched_on(self._catalogue, self._order, account.platform, kind)
            if source.name not in off
        )

    def blind(self, platform: str, kind: CheckKind, sources: Iterable[PlannedSource]) -> bool:
        """Whether none of the sources that can be used tells when an account posted, where that is
        what the check is for."""
        if kind is not CheckKind.FRESHNESS:
            return False
        names = (source.source for source in sources if source.why_not is None)
        found = (self._catalogue.find_source(platform, name) for name in names)
        return not any(each is None or _TIMES & each[1].proves for each in found)

    def address_of(self, account: PlannedAccount, kind: CheckKind, asked: Mapping[str, str]) -> str:
        """The address that a check is told. Where each id of a cancelled account is asked for by
        itself, one that names another of them would answer in its stead."""
        if kind is not CheckKind.HANDLE or len(account.identifiers) < 2 or not account.url:
            return account.url
        checker = self._catalogue.get(account.platform)
        named = checker.identify(account.url) if checker else None
        other = named is not None and named.scheme in account.identifiers
        return "" if other and named and named.scheme not in asked else account.url

    def _is_of(self, account: PlannedAccount, name: str, kind: CheckKind) -> bool:
        """Whether the source looks at this kind; one that nobody knows is kept for freshness."""
        found = self._catalogue.find_source(account.platform, name)
        return kind in found[1].kinds if found else kind is CheckKind.FRESHNESS

    def _from_row(
        self, account: PlannedAccount, row: NamedSource, asked: Mapping[str, str]
    ) -> PlannedSource:
        found = self._catalogue.find_source(account.platform, row.source)
        if found is None:
            return PlannedSource(row.source, row.address, row.credential, Reason.NO_SOURCE)
        source = found[1]
        given = row.address or filled(source.route, asked)
        address = self._address(given)
        credential = row.credential or self._credential(account, source)
        why = None
        if row.credential and not self._credentials.has(row.credential):
            why = Reason.NO_CREDENTIAL
        elif source.needs and not credential:
            why = Reason.NO_CREDENTIAL
        elif (source.address or source.route) and not address:
            why = _lacking(given)
        return PlannedSource(row.source, address, credential, why)

    def _unnamed(
        self, account: PlannedAccount, source: Source, asked: Mapping[str, str]
    ) -> PlannedSource:
        """A source of which the account's own settings say nothing."""
        given = filled(source.route, asked)
        address = self._address(given)
        credential = self._credential(account, source)
        why = None
        if source.needs and not credential:
            why = Reason.NO_CREDENTIAL
        elif source.route and not address:
            why = _lacking(given)
        elif source.address and not (address or account.url):
            # Of a link in the ledger, the platform's own checker knows whether it will do.
            why = Reason.NO_ADDRESS
        elif self._leads_nowhere(account, source, asked):
            why = Reason.NO_ADDRESS
        return PlannedSource(source.name, address, credential, why)

    def _leads_nowhere(
        self, account: PlannedAccount, source: Source, asked: Mapping[str, str]
    ) -> bool:
        """Whether a name is all there is, of a platform that knows its accounts by ids."""
        if asked or account.url or source.needs or source.name == BY_HAND:
            return False
        checker = self._catalogue.get(account.platform)
        return checker is not None and bool(checker.schemes)

    def _credential(self, account: PlannedAccount, source: Source) -> str:
        """The name under which the secret that this source needs is held for the account.

        Of several that it needs, the first one's. Where any of them is missing, that of the first
        kind that will do instead, or an empty name.
        """
        held = [self._held(account, kind) for kind in source.needs]
        if held and all(held):
            return held[0]
        instead = (self._held(account, kind) for kind in source.instead)
        return next((name for name in instead if name), "")

    def _held(self, account: PlannedAccount, kind: str) -> str:
        spec = self._credentials.spec(kind)
        names = [kind]
        if spec is not None and spec.per_account:
            names = [f"{kind}:{value}" for value in account.identifiers.values()]
        return next((name for name in names if self._credentials.has(name)), "")

    def _address(self, address: str) -> str:
        """A route behind the office's own RSSHub, empty where it has none; else as it is."""
        if address.startswith("/"):
            return self._rsshub + address if self._rsshub else ""
        return address


def _lacking(given: str) -> Reason:
    """Why there is no address: a route that could be filled lacks the office's RSSHub alone."""
    return Reason.NO_SOURCE if given else Reason.NO_ADDRESS


def checked_order(
    given: Mapping[str, Sequence[str]],
    catalogue: Catalogue,
    platforms: PlatformCatalogue,
    file: str = "",
) -> Order:
    """The order as an office wrote it, with platforms by any of their names.

    Raises BadInput with every platform and source that there is not, and what there is instead.
    """
    faults: list[Fault] = []
    order: dict[str, tuple[str, ...]] = {}
    for word, names in given.items():
        try:
            platform = platforms.named(word)
        except NotFound as error:
            faults.append(Fault(f"sources.{word}: {error.message}", error.hint, file=file))
            continue
        if platform in order:
            message = _("This platform stands here twice.")
            faults.append(Fault(f"sources.{word}: {message}", file=file))
        faults += _unknown(word, names, names_of(catalogue, platform), file)
        order[platform] = tuple(dict.fromkeys(names))
    if faults:
        raise BadInput(
            _("The settings file {file} is wrong.").format(file=file),
            faults,
            _("`taizhang checkers list` shows platforms and sources."),
        )
    return order


def _unknown(word: str, names: Sequence[str], there: Sequence[str], file: str) -> list[Fault]:
    remedy = _("Possible here: {known}.").format(known=", ".join(there))
    said = _("This platform has no source {source}.")
    return [
        Fault(f"sources.{word}: {said.format(source=name)}", remedy, file=file)
        for name in names
        if name not in there
    ]


def names_of(catalogue: Catalogue, platform: str) -> tuple[str, ...]:
    """The sources that an office may name for a platform: its own, then those for any platform."""
    own = catalogue.get(platform)
    shared = [
        source.name
        for checker in catalogue.shared.values()
        for source in checker.sources
        if CheckKind.FRESHNESS in source.kinds
    ]
    return tuple(dict.fromkeys([*(s.name for s in (own.sources if own else ())), *shared]))


def switched_on(
    catalogue: Catalogue, order: Order, platform: str, kind: CheckKind
) -> Iterable[Source]:
    """The sources that accounts of the platform are looked at through unless they say otherwise."""
    checker = catalogue.get(platform)
    if platform not in order:
        return _by_default(checker, kind)
    found = [catalogue.find_source(platform, name) for name in order[platform]]
    named = [hit[1] for hit in found if hit is not None and kind in hit[1].kinds]
    return named if named or not order[platform] else _by_default(checker, kind)


def _by_default(checker: Checker | None, kind: CheckKind) -> list[Source]:
    sources = checker.sources if checker else ()
    return [source for source in sources if kind in source.kinds and source.by_default]


def filled(route: str, identifiers: Mapping[str, str]) -> str:
    """The route with the account's ids in it, percent-encoded; empty where it lacks one of them."""
    if any(scheme not in identifiers for scheme in schemes_of(route)):
        return ""
    return re.sub(r"\{(\w+)\}", lambda hit: quote(identifiers[hit[1]], safe=""), route)


def schemes_of(route: str) -> list[str]:
    """The id schemes that a route needs."""
    return re.findall(r"\{(\w+)\}", route)
