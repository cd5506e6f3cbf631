"""Which accounts a run concerns, and what the ledger says of them, some at a time.

Only keys are held for all of them: 100,000 accounts with their ids need not be in memory at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from checkers.loading import Catalogue
from registry.errors import NotFound
from registry.messages import _
from registry.models import Account, AccountIdentifier, AccountRole, AccountSource, Unit, table_of
from registry.vocab import LIVE_STATES, AccountState, CheckKind, RoleKind
from sweeps.planning.shown_ids import with_shown
from sweeps.planning.slow_first import Waited, moved_links, slow_links
from sweeps.planning.sourcing import NamedSource, PlannedAccount

_ACCOUNT = table_of(Account).c
_IDENTIFIER = table_of(AccountIdentifier).c
_ROLE = table_of(AccountRole).c
_SOURCE = table_of(AccountSource).c
_UNIT = table_of(Unit).c

KINDS = frozenset({CheckKind.FRESHNESS, CheckKind.MENU, CheckKind.APP, CheckKind.HANDLE})
"""What a run looks at unless told otherwise; names and existence ride along with freshness, and
whether a site can be reached is asked by runs of its own, hourly."""

AT_ONCE = 1000
"""Accounts read at a time."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which checks a run makes; empty means no restriction."""

    kinds: Collection[CheckKind] = KINDS
    platforms: Collection[str] = ()
    unit_id: int | None = None
    """This unit and all below it, as host units."""
    account_ids: Collection[int] = ()
    everything: bool = False
    """Also what is proven already, and what is not due today (`--all`)."""

    def stored(self) -> dict[str, Any]:
        """For `run.options`."""
        return {
            "kinds": sorted(self.kinds),
            "platforms": sorted(self.platforms),
            "unit": self.unit_id,
            "accounts": len(self.account_ids),
            "all": self.everything,
        }


def assure_accounts(session: Session) -> None:
    """Raises NotFound while the ledger holds no account that any sweep could look at."""
    looked_at = (*LIVE_STATES, AccountState.CLOSED)
    session.flush()
    found = select(_ACCOUNT.id).where(_ACCOUNT.state.in_(looked_at)).limit(1)
    if session.scalar(found) is None:
        raise NotFound(
            _("The ledger holds no account in use yet, so there is nothing to sweep."),
            _(
                "Take a sheet in with `taizhang import FILE --apply`, or file an opening with"
                " `taizhang filing open` and complete it."
            ),
        )


class Choice:
    """The accounts that the filters leave; read in parts."""

    def __init__(
        self, session: Session, filters: Filters, catalogue: Catalogue, as_of: datetime
    ) -> None:
        self._session = session
        session.flush()
        chosen = self._chosen = _chosen(session, filters)
        self.ids: list[int] = list(session.scalars(chosen.order_by(_ACCOUNT.id)))
        """Keys, in the order of the ledger."""
        self._shown = _shown(session, chosen, catalogue, as_of)

    def __len__(self) -> int:
        return len(self.ids)

    def parts(self) -> Iterator[Sequence[int]]:
        """The keys, some at a time."""
        for first in range(0, len(self.ids), AT_ONCE):
            yield self.ids[first : first + AT_ONCE]

    def slow_links(self) -> dict[int, Waited]:
        """Account key → what the last look at its links waited for."""
        return slow_links(self._session, self._chosen)

    def moved_links(self, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """Account key → addresses of its links that led on to others the last time; of at most
        `AT_ONCE` accounts."""
        return moved_links(self._session, ids)

    def accounts(self, ids: Sequence[int]) -> dict[int, PlannedAccount]:
        """These accounts with their ids and sources, by key; at most `AT_ONCE` of them."""
        chosen = select(_ACCOUNT.id).where(_ACCOUNT.id.in_(ids))
        known = _identifiers(self._session, chosen)
        sources = _sources(self._session, ids)
        columns = (_ACCOUNT.id, _ACCOUNT.uid, _ACCOUNT.platform, _ACCOUNT.name)
        rows = self._session.execute(
            select(*columns, _ACCOUNT.url, _ACCOUNT.state)
            .where(_ACCOUNT.id.in_(ids))
            .order_by(_ACCOUNT.id)
        )
        return {
            row.id: PlannedAccount(
                *row,
                {**known.get(row.id, {}), **self._shown.get(row.id, {})},
                sources.get(row.id, ()),
            )
            for row in rows
        }


def _chosen(session: Session, filters: Filters) -> Select[Any]:
    """The ids of the accounts that the filters leave."""
    states = set(LIVE_STATES)
    if CheckKind.HANDLE in filters.kinds:
        states.add(AccountState.CLOSED)
    chosen = select(_ACCOUNT.id).where(_ACCOUNT.state.in_(states))
    if filters.platforms:
        chosen = chosen.where(_ACCOUNT.platform.in_(list(filters.platforms)))
    if filters.account_ids:
        chosen = chosen.where(_ACCOUNT.id.in_(list(filters.account_ids)))
    if filters.unit_id is not None:
        hosts = exists().where(
            _ROLE.account_id == _ACCOUNT.id,
            _ROLE.role == RoleKind.HOST,
            _ROLE.unit_id.in_(below(filters.unit_id)),
        )
        chosen = chosen.where(hosts)
    return chosen


def below(unit_id: int) -> Select[Any]:
    """The ids of a unit and of all units below it."""
    tree = select(_UNIT.id).where(_UNIT.id == unit_id).cte("tree", recursive=True)
    tree = tree.union(select(_UNIT.id).join(tree, _UNIT.parent_id == tree.c.id))
    return select(tree.c.id)


def _identifiers(session: Session, chosen: Select[Any]) -> dict[int, dict[str, str]]:
    """Per account its ids by scheme, the native one first. Of closed accounts, those they had."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    held = _IDENTIFIER
    rows = session.execute(
        select(held.account_id, held.scheme, held.value)
        .join(table_of(Account), _ACCOUNT.id == held.account_id)
        .where(held.account_id.in_(chosen))
        .where(held.valid_to.is_(None) | (_ACCOUNT.state == AccountState.CLOSED))
        .order_by(held.account_id, held.preferred.desc(), held.valid_to.desc(), held.id.desc())
    )
    for account_id, scheme, value in rows:
        found[account_id].setdefault(scheme, value)
    return found


def _sources(session: Session, ids: Sequence[int]) -> Mapping[int, Sequence[NamedSource]]:
    """Per account the sources that it names, in their order."""
    found = defaultdict[int, list[NamedSource]](list)
    columns = (_SOURCE.source, _SOURCE.address, _SOURCE.credential, _SOURCE.enabled)
    rows = session.execute(
        select(_SOURCE.account_id, *columns)
        .where(_SOURCE.account_id.in_(ids))
        .order_by(_SOURCE.position, _SOURCE.id)
    )
    for account_id, *source in rows:
        found[account_id].append(NamedSource(*source))
    return found


def _shown(
    session: Session, chosen: Select[Any], catalogue: Catalogue, as_of: datetime
) -> dict[int, Mapping[str, str]]:
    """What platforms lately showed beside the ledger's ids; weighed over all accounts at once, for
    an id that two of them showed is nobody's."""
    known = _identifiers(session, chosen)
    joined = with_shown(session, chosen, known, catalogue, as_of)
    return {key: ids for key, ids in joined.items() if ids is not known.get(key)}
