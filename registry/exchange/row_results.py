"""What becomes of one row: new, updated, filed, unchanged, a conflict, or rejected.

A changed name, host unit, verified subject or id is a conflict, because an import must not launder
an unfiled change; with `as_filing` CHANGE filings are submitted instead. Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from registry.errors import Fault
from registry.exchange.comparing import Change, Comparison, compare, roles_of
from registry.exchange.known import Known
from registry.exchange.matching import Dispute, Match
from registry.exchange.plan_rows import PlanRow, Result, plan_field
from registry.exchange.record import Record
from registry.exchange.shifted import IDENTIFIERS
from registry.exchange.unit_names import NamedUnit, NamedUnits
from registry.messages import _, language
from registry.names import fold_name
from registry.text import quoted
from registry.vocab import LIVE_STATES, AccountState, RoleKind, label

_LONGEST = {"verified_subject": 200, "cadence": 100}
_LONGEST_CONTACT = {"name": 100, "phone": 64}


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms a file is imported."""

    as_filing: bool = False
    """Make CHANGE filings of what would be conflicts."""
    accepted: frozenset[str] = frozenset()
    """What a person has looked at and accepts."""


# --- rows that cannot be taken --------------------------------------------------------------------


def faults_of(match: Match, units: NamedUnits, file: str) -> Iterator[Fault]:
    """What is wrong with a row beyond its cells: units that are unclear or gone, texts too long."""
    for message, remedy, name in (*_unit_faults(match, units), *_too_long(match.record)):
        yield Fault(message, remedy, file, match.record.sheet, match.record.row, plan_field(name))


def _unit_faults(match: Match, units: NamedUnits) -> Iterator[tuple[str, str, str]]:
    """Message, remedy and field of each."""
    for name, unit in _named_units(match, units):
        if unit.fault:
            yield unit.fault, unit.remedy, name
    if match.known is None and not match.record.host_unit:
        message = _("A new account needs a host unit.")
        remedy = _("Fill it in, or give it for all such rows: --default-host UNIT.")
        yield message, remedy, "host_unit"


def _named_units(match: Match, units: NamedUnits) -> Iterator[tuple[str, NamedUnit]]:
    """Each unit that the row would give to the account, with its field."""
    known, record = match.known, match.record
    if known is None or not (match.by_default or match.host.is_unit(known.host_id)):
        yield "host_unit", match.host
    roles = known.roles if known else {}
    named = [("co_hosts", RoleKind.CO_HOST, name) for name in record.co_hosts]
    named += [(role.value, role, name) for role, name in roles_of(record).items()]
    for name, role, printed in named:
        unit = units.find(printed)
        if not any(unit.is_unit(key) for key in roles.get(role, ())):
            yield name, unit


def _too_long(record: Record) -> Iterator[tuple[str, str, str]]:
    message, remedy = _("The text is too long."), _("Shorten it.")
    for name, most in _LONGEST.items():
        if len(getattr(record, name)) > most:
            yield message, remedy, name
    for each in record.contacts:
        if any(len(getattr(each, part)) > most for part, most in _LONGEST_CONTACT.items()):
            yield message, remedy, "contacts"


# --- rows that can --------------------------------------------------------------------------------


def result_of(match: Match, units: NamedUnits, terms: Terms) -> PlanRow:
    """What becomes of a row without faults."""
    if match.known is None:
        return _of_new(match, units, terms)
    return _of_known(match, match.known, units, terms)


def plan_row(match: Match, result: Result, **more: Any) -> PlanRow:
    """The row of the plan for one record."""
    record = match.record
    return PlanRow(
        record.sheet,
        record.row,
        result,
        record.platform,
        record.form,
        record.name,
        match.host.name,
        record.host_assumed,
        match.known.uid if match.known else None,
        match=match,
        **more,
    )


def _beside(record: Record, units: NamedUnits) -> dict[RoleKind, tuple[NamedUnit, ...]]:
    """The units beside the host, by role."""
    named: dict[RoleKind, tuple[NamedUnit, ...]] = {
        role: (units.find(name),) for role, name in roles_of(record).items()
    }
    if record.co_hosts:
        named[RoleKind.CO_HOST] = tuple(units.find(name) for name in record.co_hosts)
    return named


def _of_new(match: Match, units: NamedUnits, terms: Terms) -> PlanRow:
    reasons = _open_disputes(match, match.disputes, terms)
    if match.record.state is AccountState.PROPOSED:
        reasons.append(
            _("An account that is still to be opened is filed (`taizhang filing open`).")
        )
    if reasons:
        return plan_row(match, Result.CONFLICT, reasons=tuple(reasons))
    beside = _beside(match.record, units)
    return plan_row(match, Result.CREATE, disputed=_schemes(match.disputes), beside=beside)


def _schemes(disputes: list[Dispute]) -> frozenset[str]:
    return frozenset(dispute.scheme for dispute in disputes)


def _of_known(match: Match, known: Known, units: NamedUnits, terms: Terms) -> PlanRow:
    state = _state_conflict(match.record, known)
    if known.ended:
        result = Result.CONFLICT if state else Result.UNCHANGED
        return plan_row(match, result, reasons=tuple(state))
    found = compare(match, known, units)
    changes = (*found.to_file, *found.updates)
    mere = [dispute for dispute in match.disputes if dispute.scheme in found.ids]
    reasons = state + _open_disputes(match, mere, terms)
    to_file = [_unfiled(change) for change in found.to_file]
    if to_file and (reasons or not terms.as_filing or not _fileable(known)):
        reasons = to_file + reasons
    if to_file and not reasons:
        reasons = _waiting(found, known, units)
    more = {"changes": changes, "comparison": found, "reasons": tuple(reasons)}
    if reasons:
        return plan_row(match, Result.CONFLICT, **more)
    result = Result.UPDATE if found.updates else Result.UNCHANGED
    return plan_row(match, Result.FILING if to_file else result, disputed=_schemes(mere), **more)


def _open_disputes(match: Match, mere: list[Dispute], terms: Terms) -> list[str]:
    """Ids that something else holds. Accepting them helps only where the account has no id of the
    scheme: another id instead of its own is a filing, and no filing takes a disputed one."""
    accepted = [d for d in mere if not d.repeated] if IDENTIFIERS in terms.accepted else []
    return [_disputed(dispute) for dispute in match.disputes if dispute not in accepted]


def _disputed(dispute: Dispute) -> str:
    if dispute.holder is None:
        text = _("The id {scheme} {value} also stands in row {row}.")
        return text.format(scheme=dispute.scheme, value=dispute.value, row=dispute.row)
    text = _("The id {scheme} {value} belongs to the account {name} ({uid}).")
    holder = dispute.holder
    return text.format(scheme=dispute.scheme, value=dispute.value, name=holder.name, uid=holder.uid)


def _unfiled(change: Change) -> str:
    text = _("{field}: {old} in the ledger, {new} in the list; it needs a filing.")
    return text.format(
        field=plan_field(change.field), old=change.old or "–", new=quoted(str(change.new))
    )


def _fileable(known: Known) -> bool:
    return known.state in LIVE_STATES


def _state_conflict(record: Record, known: Known) -> list[str]:
    """What the list says of the account's state against the ledger: only filings change a state.

    An account that is being closed still runs, so a list may well call it running.
    """
    said = record.state
    running = said is AccountState.ACTIVE and known.state is AccountState.CLOSING
    if said is known.state or running or (said is None and not known.ended):
        return []
    stands = label(known.state, language())
    if said is None:
        text = _("The list still has the account, which is {state} in the ledger.")
        return [text.format(state=stands)]
    text = _("The list says {said}, the ledger {state}: a state changes by its own filing.")
    return [text.format(said=label(said, language()), state=stands)]


def _waiting(found: Comparison, known: Known, units: NamedUnits) -> list[str]:
    """The filing under way that says the same already; nothing is filed twice."""
    wanted = {name: _form_value(value, units) for name, value in found.filed.items()}
    for number, form in known.filings:
        if all(_says(form.get(name), value) for name, value in wanted.items()):
            return [_("The filing {number} of this change is under way.").format(number=number)]
    return []


def _says(filed: Any, wanted: Any) -> bool:
    if isinstance(wanted, Mapping):
        return isinstance(filed, Mapping) and all(filed.get(k) == v for k, v in wanted.items())
    if isinstance(wanted, str) and isinstance(filed, str):
        return fold_name(filed) == fold_name(wanted)
    return bool(filed == wanted)


def _form_value(value: Any, units: NamedUnits) -> Any:
    """The value as a form would hold it: units by uid."""
    if isinstance(value, NamedUnit):
        return units.uid_of(value.unit_id)
    if isinstance(value, list):
        return sorted(units.uid_of(each.unit_id) for each in value)
    return value
