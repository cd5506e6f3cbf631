"""How a row differs from its account: what needs a filing, and what an import may update itself.

An empty cell says nothing and never empties a field. Names, units and subjects are compared folded
(widths, Traditional characters), so that another spelling of the same is no change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from registry.accounts.contacts import masked
from registry.accounts.making import ContactGiven
from registry.dates import Span
from registry.exchange.known import Known
from registry.exchange.matching import Match
from registry.exchange.record import Record
from registry.exchange.titles import columns_data
from registry.exchange.unit_names import NamedUnit, NamedUnits
from registry.messages import _
from registry.names import fold_name, fold_unit
from registry.vocab import RoleKind

FILED = ("name", "host_unit", "co_hosts", "verified_subject", "identifiers", "form")
"""Fields whose change is a matter of filing."""

_KEPT = ("address", "domain_area", "national_code", "note", "problem", "posts_count", "verified")
"""Fields of a record that an account keeps among its details."""
_PLAIN = ("followers", "url", "purpose", "cadence")


@dataclass(frozen=True, slots=True)
class Change:
    """One difference as it is shown: contacts masked, units by name."""

    field: str
    old: str
    new: str


@dataclass(slots=True)
class Comparison:
    """All differences between a row and its account."""

    filed: dict[str, Any] = field(default_factory=dict)
    """What a CHANGE filing would say: by form field, units as NamedUnit."""
    direct: dict[str, Any] = field(default_factory=dict)
    """Plain fields that the import updates, as the account's state takes them."""
    ids: dict[str, str] = field(default_factory=dict)
    """Ids that the row brings and the account lacks: scheme → value."""
    roles: dict[RoleKind, NamedUnit] = field(default_factory=dict)
    people: tuple[ContactGiven, ...] | None = None
    """The account's contacts from now on; None where they stay."""
    to_file: list[Change] = field(default_factory=list)
    updates: list[Change] = field(default_factory=list)

    @property
    def changed(self) -> frozenset[str]:
        """The fields whose change is a matter of filing."""
        return frozenset(change.field for change in self.to_file)

    def file(self, name: str, old: str, new: str, value: Any) -> None:
        self.filed[name] = value
        self.to_file.append(Change(name, old, new))

    def update(self, name: str, old: Any, new: Any) -> None:
        self.updates.append(Change(name, _shown(old), _shown(new)))


def compare(match: Match, known: Known, units: NamedUnits) -> Comparison:
    """The differences between a row and the account it speaks of."""
    found = Comparison()
    _names(found, match, known)
    _hosts(found, match, known, units)
    _identifiers(found, match.record, known)
    _plain(found, match.record, known)
    _roles(found, match.record, known, units)
    _people(found, match.record, known)
    return found


def _names(found: Comparison, match: Match, known: Known) -> None:
    record = match.record
    if match.fold != known.fold:
        found.file("name", known.name, record.name, record.name)
    if record.verified_subject and not known.verified_subject:
        found.direct["verified_subject"] = record.verified_subject
        found.update("verified_subject", "", record.verified_subject)
    elif record.verified_subject and known.verified_subject:
        if fold_unit(record.verified_subject) != fold_unit(known.verified_subject):
            subject = record.verified_subject
            found.file("verified_subject", known.verified_subject, subject, subject)
    if record.form and not known.form:
        found.direct["form"] = record.form
        found.update("form", "", record.form)
    elif record.form and fold_name(record.form) != fold_name(known.form):
        found.file("form", known.form, record.form, record.form)


def _hosts(found: Comparison, match: Match, known: Known, units: NamedUnits) -> None:
    """The host unit and those beside it. A unit that is only assumed changes nothing."""
    if not match.by_default and not match.host.is_unit(known.host_id):
        found.file("host_unit", units.name_of(known.host_id), match.host.name, match.host)
    named = [units.find(name) for name in match.record.co_hosts]
    if not named:
        return
    have = known.roles.get(RoleKind.CO_HOST, [])
    same = len(named) == len(have) and all(any(n.is_unit(key) for key in have) for n in named)
    if not same:
        old = "、".join(units.name_of(key) for key in have)
        found.file("co_hosts", old, "、".join(n.name for n in named), named)


def _identifiers(found: Comparison, record: Record, known: Known) -> None:
    changed = {}
    for scheme, value in record.identifiers.items():
        have = known.identifiers.get(scheme, [])
        if not have:
            found.ids[scheme] = value
            found.update("identifiers", "", f"{scheme} {value}")
        elif value not in have:
            changed[scheme] = value
            old = f"{scheme} {'、'.join(have)}"
            found.to_file.append(Change("identifiers", old, f"{scheme} {value}"))
    if changed:
        found.filed["identifiers"] = changed


def _plain(found: Comparison, record: Record, known: Known) -> None:
    for name in _PLAIN:
        new, old = getattr(record, name), getattr(known, name)
        if new not in (None, "") and new != old:
            found.direct[name] = new
            found.update(name, old, new)
    opened = exact_day(record.opened_on)
    if opened is not None and opened != known.opened_on:
        found.direct["opened_on"] = opened
        found.update("opened_on", known.opened_on, opened)
    details = details_of(record)
    new_ones = {t: v for t, v in details.items() if known.details.get(t) != v}
    if new_ones:
        found.direct["details"] = {**known.details, **new_ones}
    for title, value in new_ones.items():
        found.update(f"details/{title}", known.details.get(title), value)


def _roles(found: Comparison, record: Record, known: Known, units: NamedUnits) -> None:
    for role, name in roles_of(record).items():
        named, have = units.find(name), known.roles.get(role, [])
        if not any(named.is_unit(key) for key in have):
            found.roles[role] = named
            old = "、".join(units.name_of(key) for key in have)
            found.update(FIELD_OF[role], old, named.name)


FIELD_OF = {RoleKind.SUPERVISING: "supervising_unit", RoleKind.OPERATOR: "operator"}


def roles_of(record: Record) -> dict[RoleKind, str]:
    """The units beside the host that a row names."""
    named = {role: str(getattr(record, name)) for role, name in FIELD_OF.items()}
    return {role: name for role, name in named.items() if name}


def _people(found: Comparison, record: Record, known: Known) -> None:
    """The row's contacts take the place of those of their duty."""
    given = people_of(record)
    duties = {person.duty for person in given}
    old = [person for person in known.people if person.duty in duties]
    if not given or set(old) == set(given):
        return
    found.people = (*(p for p in known.people if p.duty not in duties), *given)
    found.update("contacts", "、".join(map(masked, old)), "、".join(map(masked, given)))


def people_of(record: Record) -> tuple[ContactGiven, ...]:
    """The contacts of a row."""
    return tuple(ContactGiven(each.name, each.phone, each.duty) for each in record.contacts)


def exact_day(span: Span | None) -> Any:
    """The day, where one is printed; None for a month or a year."""
    return span.first if span is not None and span.first == span.last else None


def details_of(record: Record) -> dict[str, Any]:
    """What an account keeps of the columns that the ledger has no field for, by title."""
    found: dict[str, Any] = {}
    for name in _KEPT:
        value = getattr(record, name)
        if value not in (None, ""):
            found[title_of(name)] = value
    if record.opened_on is not None and exact_day(record.opened_on) is None:
        found[title_of("opened_on")] = _span(record.opened_on)
    if record.last_update is not None:
        found[title_of("last_update")] = _span(record.last_update)
    return {**found, **record.extra}


def title_of(name: str) -> str:
    """The usual title of a column: the first spelling in the list of titles."""
    fields: Mapping[str, list[str]] = columns_data()["fields"]
    return fields[name][0]


def _span(span: Span) -> str:
    first, last = span.first.isoformat(), span.last.isoformat()
    return first if first == last else f"{first}～{last}"


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "" if value is None else str(value)
