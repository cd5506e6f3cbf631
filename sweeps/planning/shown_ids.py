"""Ids that a platform lately showed beside one of the ledger's, for sources that need such an id.

Used for asking only: the ledger is not touched. Whatever is doubtful is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from checkers.base import Checker, validate_identifier
from checkers.loading import Catalogue
from registry.bulk import chunks
from registry.models import Account, AccountIdentifier, Observation, Run, table_of
from registry.vocab import LIVE_STATES, CheckKind, Outcome, RunMethod

LOOK_BACK = timedelta(days=15)
"""How old an answer may be: that of last week's sweep still counts."""

Ids = Mapping[int, Mapping[str, str]]
"""Account → scheme → value."""

_Key = tuple[str, str, str]
"""Platform, scheme, value."""


def with_shown(
    session: Session, chosen: Select[Any], known: Ids, catalogue: Catalogue, as_of: datetime
) -> dict[int, Mapping[str, str]]:
    """`known` with the ids of schemes in which the ledger has none, for live accounts.

    They stand in the latest answer before `as_of` that showed an id of the ledger's. An id that the
    ledger knows of any account, now or before, or that two accounts showed, is left out.
    """
    found = {
        (platform, scheme, value, account)
        for account, (platform, shown) in _latest(session, chosen, known, catalogue, as_of).items()
        for scheme, value in shown.items()
        if scheme not in known[account]
        and validate_identifier(catalogue.platforms[platform], scheme, value)
    }
    shown_by = Counter(each[:3] for each in found)
    taken = _in_ledger(session, shown_by)
    joined: dict[int, Mapping[str, str]] = dict(known)
    for *key, account in sorted(found):
        platform, scheme, value = key
        if shown_by[platform, scheme, value] == 1 and (platform, scheme, value) not in taken:
            joined[account] = {**joined[account], scheme: value}
    return joined


def _latest(
    session: Session, chosen: Select[Any], known: Ids, catalogue: Catalogue, as_of: datetime
) -> dict[int, tuple[str, Mapping[str, str]]]:
    """Account → its platform and what the latest answer showed that agrees with the ledger."""
    found: dict[int, tuple[str, Mapping[str, str]]] = {}
    platforms = [name for name, checker in catalogue.platforms.items() if _several(checker)]
    for account, platform, shown in _answers(session, chosen, platforms, as_of):
        own = known.get(account, {})
        if shown and own and any(own.get(scheme) == value for scheme, value in shown.items()):
            found[account] = (platform, shown)
    return found


def _several(checker: Checker) -> bool:
    return len(checker.schemes) > 1


def _answers(
    session: Session, chosen: Select[Any], platforms: Iterable[str], as_of: datetime
) -> Iterator[Any]:
    """(account, platform, ids shown) of machines' answers, oldest first; one query."""
    look, account, run = table_of(Observation).c, table_of(Account).c, table_of(Run).c
    query = (
        select(look.account_id, account.platform, look.facts["identifiers"])
        .join(table_of(Account), account.id == look.account_id)
        .join(table_of(Run), run.id == look.run_id)
        .where(look.observed_at >= as_of - LOOK_BACK, look.observed_at < as_of)
        .where(look.outcome == Outcome.READ, look.kind != CheckKind.HANDLE)
        .where(run.method.in_([RunMethod.ENGINE, RunMethod.AWAY, RunMethod.REPLAY]))
        .where(account.state.in_(LIVE_STATES), account.platform.in_(sorted(platforms)))
        .where(account.id.in_(chosen))
        .order_by(look.observed_at, look.id)
    )
    return iter(session.execute(query.execution_options(yield_per=2000)))


def _in_ledger(session: Session, keys: Iterable[_Key]) -> set[_Key]:
    """Those of the ids that the ledger knows already, of whomever."""
    held = table_of(AccountIdentifier).c
    taken: set[_Key] = set()
    for some in chunks({value for _platform, _scheme, value in keys}):
        rows = session.execute(
            select(held.platform, held.scheme, held.value).where(held.value.in_(some))
        )
        taken.update((platform, scheme, value) for platform, scheme, value in rows)
    return taken
