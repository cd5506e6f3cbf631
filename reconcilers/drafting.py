"""How a difference is put together, the same way by every reconciler: both sides, the fields in
which they differ, what to do, who, on which basis, until when.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from reconcilers.actions import action, basis
from reconcilers.bodies import Body
from reconcilers.ledger import LedgerAccount
from registry.dates import shanghai_date
from registry.findings.differences import Difference, Side
from registry.vocab import Choice, Severity, SubjectKind
from verdicts.ruleset import RuleSet


@dataclass(frozen=True, slots=True)
class Setting:
    """What all reconcilers of one run are told."""

    at: datetime
    """Aware; the moment for which the result holds."""
    ruleset: RuleSet | None = None
    _asked: dict[tuple[str, str], bool] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    _bases: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)
    _actions: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def today(self) -> date:
        """The day of `at` in Shanghai."""
        return shanghai_date(self.at)

    def severity(self, code: str) -> Severity | None:
        """The rule set's severity; None leaves the code's own."""
        return self.ruleset.severity(code) if self.ruleset else None

    def basis(self, code: str) -> str:
        """The regulation a code rests on."""
        if code not in self._bases:
            self._bases[code] = basis(code, self.ruleset)
        return self._bases[code]

    def action(self, code: str) -> str:
        """What is to be done about a code, in words that are put together once."""
        if code not in self._actions:
            self._actions[code] = action(code)
        return self._actions[code]

    def asks(self, code: str, platform: str) -> bool:
        """True unless the rule set leaves the code out for that platform."""
        if self.ruleset is None:
            return True
        key = (code, platform)
        if key not in self._asked:
            self._asked[key] = self.ruleset.asks(code, platform)
        return self._asked[key]


def about_account(
    setting: Setting,
    code: str,
    account: LedgerAccount,
    *,
    outside: Side,
    fields: Sequence[str] = (),
    note: str = "",
    suggested: Choice | None = None,
    without: tuple[Choice, ...] = (),
    discriminator: str = "",
    ledger: Side | None = None,
    instruction: str = "",
    deadline: date | None = None,
    severity: Severity | None = None,
    observation_uids: tuple[str, ...] = (),
) -> Difference:
    """A difference whose subject is an account; its host unit answers for it."""
    return Difference(
        code=code,
        subject_kind=SubjectKind.ACCOUNT,
        subject_uid=account.uid,
        discriminator=discriminator,
        ledger=account.side() if ledger is None else ledger,
        outside=outside,
        fields=tuple(fields),
        action=instruction or setting.action(code),
        responsible=account.host_name,
        basis=setting.basis(code),
        deadline=deadline,
        note=note,
        suggested=suggested,
        without=without,
        account_id=account.id,
        unit_id=account.host.id if account.host else None,
        severity=severity or setting.severity(code),
        observation_uids=observation_uids,
    )


def about_unit(
    setting: Setting,
    code: str,
    unit: Body,
    *,
    ledger: Side,
    outside: Side,
    fields: Sequence[str] = (),
    note: str = "",
    discriminator: str = "",
) -> Difference:
    """A difference whose subject is a unit."""
    return Difference(
        code=code,
        subject_kind=SubjectKind.UNIT,
        subject_uid=unit.uid,
        discriminator=discriminator,
        ledger=ledger,
        outside=outside,
        fields=tuple(fields),
        action=setting.action(code),
        responsible=unit.name,
        basis=setting.basis(code),
        note=note,
        unit_id=unit.id,
        severity=setting.severity(code),
    )


def about_outside(
    setting: Setting,
    code: str,
    kind: SubjectKind,
    key: str,
    *,
    outside: Side,
    unit: Body | None,
    note: str = "",
) -> Difference:
    """A difference whose subject is an outside row that no account answers to."""
    return Difference(
        code=code,
        subject_kind=kind,
        subject_uid=key,
        outside=outside,
        action=setting.action(code),
        responsible=unit.name if unit else str(outside.get("host_unit", "")),
        basis=setting.basis(code),
        note=note,
        unit_id=unit.id if unit else None,
        severity=setting.severity(code),
    )


def joined(accounts: Sequence[LedgerAccount]) -> dict[str, str]:
    """One side that stands for several accounts: each field's values, one after the other."""
    sides = [account.side() for account in accounts]
    plain = ("host_unit", "platform", "form")
    return {
        key: (
            str(sides[0][key])
            if key in plain and len({str(side[key]) for side in sides}) == 1
            else "；".join(str(side[key]) for side in sides if side[key])
        )
        for key in (sides[0] if sides else {})
        if key != "state"
    }
