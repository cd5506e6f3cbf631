"""Which accounts of the ledger hold an identifier in force. Looked up by its value alone, which hardly
ever two accounts share; what two do share, on one platform or on two, is looked at one by one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import compress
from operator import attrgetter, is_not
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconcilers.ledger import LedgerAccount

Key = tuple[str, str, str]
"""(platform, scheme, value) of an identifier."""


class Holders:
    """Accounts by what they hold."""

    def __init__(
        self, accounts: Sequence[LedgerAccount], manifold: Iterable[LedgerAccount]
    ) -> None:
        """`manifold`: those of the accounts that hold more than one identifier."""
        values = list(map(attrgetter("value"), accounts))
        self.alone = dict(zip(values, accounts, strict=True))
        """Value → the one account that has it as an identifier, of whatever kind."""
        self.common: dict[str, list[LedgerAccount]] = {}
        """Value → the accounts that have it, where it is several; by their ids."""
        self.alone.pop("", None)
        if len(self.alone) < len(values):
            others = map(is_not, map(self.alone.get, values), accounts)
            for account in compress(accounts, others):
                self._add(account.value, account)
        for account in manifold:
            for _platform, _scheme, value in account.keys():
                self._add(value, account)

    def _add(self, value: str, account: LedgerAccount) -> None:
        """Note that the account has the value, if it is one."""
        if value in self.common:
            several = {*self.common[value], account}
        elif value and self.alone.setdefault(value, account) is not account:
            several = {self.alone.pop(value), account}
        else:
            return
        self.common[value] = sorted(several, key=attrgetter("id"))

    def of(self, key: Key) -> Sequence[LedgerAccount]:
        """The accounts that hold an identifier, the one entered first in front."""
        platform, scheme, value = key
        alone = self.alone.get(value)
        found = self.common.get(value, ()) if alone is None else (alone,)
        return [a for a in found if a.platform == platform and (scheme, value) in a.held]

    def shared(self) -> Mapping[Key, Sequence[LedgerAccount]]:
        """Identifiers that several accounts hold: one of them is disputed."""
        found: defaultdict[Key, list[LedgerAccount]] = defaultdict(list)
        for value, accounts in self.common.items():
            for account in accounts:
                for key in {key for key in account.keys() if key[2] == value}:
                    found[key].append(account)
        return {key: accounts for key, accounts in found.items() if len(accounts) > 1}
