"""What is unclear of a row and an account that may be one, in a sentence that names both sides: a
clerk decides by it without looking either of them up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reconcilers.decisions import OutsideRow
from reconcilers.ledger import LedgerAccount
from registry.messages import _
from registry.text import quoted

_SHOWN = 4
"""So many are named; of more it says that there are."""


def ids_shared(accounts: Sequence[LedgerAccount]) -> str:
    """Several accounts hold ids of one row."""
    text = _("The ids of this row are those of several accounts of the ledger: {accounts}.")
    return text.format(accounts=_accounts(accounts))


def fits_several(accounts: Sequence[LedgerAccount], rows: Sequence[OutsideRow]) -> str:
    """A name fits `accounts`, or an account fits `rows`, and no id decides."""
    if len(accounts) > 1:
        text = _(
            "By its name the row may be any of these accounts, and no identifier tells which: {accounts}."
        )
        return text.format(accounts=_accounts(accounts))
    text = _(
        "By its name the account may be any of these rows, and no identifier tells which: {rows}."
    )
    return text.format(rows=_listed(_called(row.name, row.host_unit) for row in rows))


def ids_differ(account: LedgerAccount, row: OutsideRow) -> str:
    """Name and unit agree, an id of one kind does not."""
    own, there = _ids(account, row)
    text = _("Name and unit agree, but the ids do not: {own} in the ledger, {there} in the list.")
    return text.format(own=own, there=there)


def _ids(account: LedgerAccount, row: OutsideRow) -> tuple[str, str]:
    """The ids of both, of the kinds in which they differ."""
    kinds = [
        scheme
        for scheme, value in row.identifiers.items()
        if scheme in account.identifiers and (scheme, value) not in account.held
    ]
    own = _listed(account.identifiers[scheme] for scheme in kinds)
    return own, _listed(row.identifiers[scheme] for scheme in kinds)


def code_of_another(account: LedgerAccount, row: OutsideRow, code: str) -> str:
    """The code is that of an account which has another id, or is another in all else."""
    own, there = _called(account.name, account.host_name), _called(row.name, row.host_unit)
    held, borne = _ids(account, row)
    if held:
        text = _(
            "The code {code} is the same, but the ids are not: {held}, {own}, in the ledger; {borne},"
            " {there}, in the list."
        )
        return text.format(code=code, held=held, own=own, borne=borne, there=there)
    if own == there:
        text = _("The code {code} is that of {own} on both sides, but platform or form differ.")
        return text.format(code=code, own=own)
    text = _(
        "The code {code} is that of {own} in the ledger, and of {there} in the list, which is unlike it."
    )
    return text.format(code=code, own=own, there=there)


def units_differ(account: LedgerAccount, row: OutsideRow) -> str:
    """The name agrees, the units do not, and no id decides."""
    text = _(
        "The name agrees, but the units do not, and no identifier decides: {own} in the ledger, {there}"
        " in the list."
    )
    return text.format(own=quoted(account.host_name), there=quoted(row.host_unit))


def may_be_renamed(account: LedgerAccount, row: OutsideRow, *, alone: bool) -> str:
    """An account of the unit is missing where a row appears; `alone`: there is but one of each."""
    text = (
        _(
            "{unit} has one account here that is missing in the list, {own}, and one that came: {there}."
            " Perhaps a rename."
        )
        if alone
        else _(
            "Of {unit}, {own} is missing in the list, and {there}, named alike, is there: perhaps a"
            " rename."
        )
    )
    return text.format(
        unit=quoted(account.host_name), own=quoted(account.name), there=quoted(row.name)
    )


def _accounts(accounts: Iterable[LedgerAccount]) -> str:
    return _listed(_called(account.name, account.host_name) for account in accounts)


def _called(name: str, unit: str) -> str:
    name, unit = quoted(name), quoted(unit)
    return _("{name} ({unit})").format(name=name, unit=unit) if unit else name


def _listed(words: Iterable[str]) -> str:
    found = list(map(quoted, words))
    return _(", ").join([*found[:_SHOWN], *["…"] * (len(found) > _SHOWN)])
