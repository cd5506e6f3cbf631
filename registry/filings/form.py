"""What a filing's form may say: its fields by kind, read from what a person or a sheet gives.

A form holds model field names and plain JSON values; units stand in it by uid. It never holds a
contact: those go to `contact` by another door.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy.orm import Session

from registry.dates import DateError, parse_span
from registry.errors import BadInput, Fault, TaizhangError
from registry.history.rebase import key_label
from registry.messages import _, language
from registry.models import Unit
from registry.personal import without_numbers
from registry.platforms import PlatformCatalogue
from registry.text import clean, quoted
from registry.units.naming import find_unit
from registry.vocab import (
    PLATFORM_PATTERN,
    CancelCause,
    FilingKind,
    Lang,
    RoleKind,
    UnitStatus,
    label,
)

ROLE_FIELDS: Mapping[str, RoleKind] = {
    "host_unit": RoleKind.HOST,
    "co_hosts": RoleKind.CO_HOST,
    "supervising_unit": RoleKind.SUPERVISING,
    "operator": RoleKind.OPERATOR,
}
"""Fields that name units; `co_hosts` is a list."""
PLAIN_FIELDS = (
    "form",
    "name",
    "verified_subject",
    "url",
    "purpose",
    "opened_on",
    "cadence",
    "followers",
    "details",
)
"""Fields that are keys of the account's state."""
COUNTERS = frozenset({"followers", "details"})
"""Fields that imports update directly: another value meanwhile is no conflict."""

_COMMON = (*PLAIN_FIELDS, "identifiers", *ROLE_FIELDS)
FIELDS: Mapping[FilingKind, tuple[str, ...]] = {
    FilingKind.BASELINE: ("platform", *_COMMON),
    FilingKind.OPEN: ("platform", *_COMMON),
    FilingKind.CHANGE: _COMMON,
    FilingKind.STOP: ("stop_on",),
    FilingKind.CANCEL: ("cause", "cancelled_on"),
    FilingKind.REOPEN: ("name", "verified_subject", "url", "opened_on", "followers", "identifiers"),
    FilingKind.TRANSFER: ("transferred_to",),
}
"""What the form of each kind may say."""
AT_COMPLETION: Mapping[FilingKind, tuple[str, ...]] = {
    FilingKind.OPEN: ("verified_subject", "url", "opened_on", "followers", "identifiers"),
    FilingKind.REOPEN: ("verified_subject", "url", "opened_on", "followers", "identifiers"),
    FilingKind.CANCEL: ("cause", "cancelled_on"),
}
"""What may still be added to an approved filing when it is completed."""

_LONGEST = {"name": 200, "verified_subject": 200, "url": 2000, "cadence": 100, "form": 32}
_WEB = re.compile(r"(?:https?://)?[^\s/:@.]+(?:\.[^\s/:@.]+)+(?::\d{1,5})?(?:[/?#]\S*)?$", re.I)
_KEPT = frozenset({"platform", "name", "host_unit", "cause", "stop_on", "transferred_to"})
"""Fields that cannot be emptied."""


@dataclass(frozen=True, slots=True)
class FormReader:
    """How values are understood: whose short unit names, which platforms, which day is today."""

    session: Session
    today: date
    prefix: str = ""
    """The sender, by whom short names of units are expanded."""
    catalogue: PlatformCatalogue | None = None

    @property
    def platforms(self) -> PlatformCatalogue:
        return self.catalogue or _known()


@cache
def _known() -> PlatformCatalogue:
    return PlatformCatalogue.with_known(())


@dataclass(slots=True)
class _Reading:
    reader: FormReader
    platform: str
    form: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def read_form(
    kind: FilingKind,
    fields: Mapping[str, Any],
    reader: FormReader,
    *,
    platform: str = "",
    allowed: tuple[str, ...] | None = None,
) -> dict[str, Any]:
    """The form in plain JSON. `platform` is the account's, for the ids of one that exists.

    Values may be text as typed, or dates, numbers, Units, mappings. None or an empty text empties
    the field. Raises BadInput with every fault at once.
    """
    reading = _Reading(reader, platform)
    names = FIELDS[kind] if allowed is None else allowed
    for name in sorted(fields, key=lambda name: name != "platform"):
        if name not in names:
            text = _("A filing {kind} has no field {field}.")
            _fault(
                reading, name, text.format(kind=label(kind, language()), field=field_label(name))
            )
            continue
        try:
            _read_field(reading, name, fields[name])
        except TaizhangError as error:
            _fault(reading, name, error.message, error.hint)
    if reading.faults:
        raise BadInput(_("The form has faults."), reading.faults)
    return reading.form


def _fault(reading: _Reading, name: str, message: str, remedy: str = "") -> None:
    reading.faults.append(Fault(message, remedy, column=field_label(name)))


def _wrong(message: str, hint: str = "") -> BadInput:
    return BadInput(message, (), hint)


def _read_field(reading: _Reading, name: str, value: Any) -> None:
    empty = value is None or (isinstance(value, str) and not value.strip())
    if empty:
        if name in _KEPT:
            raise _wrong(_("{field} cannot be empty.").format(field=field_label(name)))
        reading.form[name] = _EMPTY.get(name, "")
        return
    _READERS.get(name, _read_text)(reading, name, value)


_EMPTY: Mapping[str, Any] = {
    "opened_on": None,
    "followers": None,
    "verified_subject": None,
    "details": {},
    "identifiers": {},
    "co_hosts": [],
    "supervising_unit": None,
    "operator": None,
}


def _read_text(reading: _Reading, name: str, value: Any) -> None:
    text = without_numbers(clean(str(value)))
    if len(text) > _LONGEST.get(name, 10_000):
        raise _wrong(_("{field} is too long.").format(field=field_label(name)))
    reading.form[name] = text


def _read_url(reading: _Reading, name: str, value: Any) -> None:
    text = checked_url(clean(str(value)))
    if len(text) > _LONGEST["url"]:
        raise _wrong(_("{field} is too long.").format(field=field_label(name)))
    reading.form[name] = text


def checked_url(text: str) -> str:
    """The address as given, without white space around it. Raises BadInput unless it is empty or
    one of the web."""
    text = text.strip()
    if text and not _WEB.match(text):
        raise _wrong(
            _("{text} is not a web address.").format(text=quoted(text)),
            _("Copy it from the browser; it begins with http:// or https://."),
        )
    return text


def _read_day(reading: _Reading, name: str, value: Any) -> None:
    try:
        span = parse_span(value, year=None, today=reading.reader.today)
    except DateError as error:
        raise _wrong(
            _("{value} is not a day: {why}.").format(
                value=quoted(str(value)), why=label(error.fault, language())
            ),
            _("Write it as 2026-07-16."),
        ) from None
    if span.first != span.last:
        raise _wrong(
            _("{value} is not one day.").format(value=quoted(str(value))),
            _("Write it as 2026-07-16."),
        )
    reading.form[name] = span.first.isoformat()


def _read_number(reading: _Reading, name: str, value: Any) -> None:
    text = str(value).replace(",", "").strip()
    if isinstance(value, float) and value.is_integer():
        text = str(int(value))
    if not re.fullmatch(r"[0-9]{1,12}", text):
        raise _wrong(
            _("{value} is not a whole number.").format(value=quoted(str(value))),
            _("Write it in digits."),
        )
    reading.form[name] = int(text)


def _read_platform(reading: _Reading, name: str, value: Any) -> None:
    text = clean(str(value))
    catalogue = reading.reader.platforms
    found = catalogue.recognise(text)
    platform = found[0] if found else text
    if not found and not PLATFORM_PATTERN.fullmatch(text):
        names = _(", ").join(catalogue.label(each, language()) for each in catalogue.platforms)
        raise _wrong(
            _("No platform is called {name}.").format(name=text),
            _("Known platforms: {names}.").format(names=names),
        )
    reading.platform = reading.form["platform"] = platform
    if found and found[1]:
        reading.form.setdefault("form", found[1])


def _read_identifiers(reading: _Reading, name: str, value: Any) -> None:
    if isinstance(value, str):
        value = _scheme_found(reading, clean(value))
    info = reading.reader.platforms
    known = info.info(reading.platform).schemes if reading.platform in info.platforms else {}
    taken: dict[str, str | None] = {}
    for scheme, given in value.items():
        text = clean(str(given)) if given else None
        if known and scheme not in known:
            raise _wrong(
                _("{scheme} is no kind of id of this platform.").format(scheme=scheme),
                _("Kinds of id here: {schemes}.").format(schemes=_(", ").join(known)),
            )
        if text and scheme in known and not re.fullmatch(known[scheme], text):
            raise _wrong(
                _("{value} is not a {scheme} of this platform.").format(
                    value=quoted(text), scheme=scheme
                ),
                _("Copy the id from the platform once more."),
            )
        taken[str(scheme)] = text
    reading.form[name] = taken


def _scheme_found(reading: _Reading, text: str) -> dict[str, str]:
    """`scheme:value`, or a value whose scheme the platform gives away."""
    scheme, colon, value = text.partition(":")
    if colon and re.fullmatch(r"[a-z][a-z0-9_]{1,31}", scheme):
        return {scheme: value.strip()}
    found = reading.reader.platforms.scheme_of(reading.platform, text)
    if found is None:
        raise _wrong(
            _("It is unclear what kind of id {value} is.").format(value=quoted(text)),
            _("Write the kind before it, e.g. uid:1234567890."),
        )
    return {found: text}


def _read_unit(reading: _Reading, name: str, value: Any) -> None:
    reading.form[name] = _unit(reading, value).uid


def _read_units(reading: _Reading, name: str, value: Any) -> None:
    many = re.split(r"[、，,；;]", value) if isinstance(value, str) else value
    reading.form[name] = sorted({_unit(reading, each).uid for each in many if each})


def _unit(reading: _Reading, value: Any) -> Unit:
    reader = reading.reader
    unit = (
        value
        if isinstance(value, Unit)
        else find_unit(reader.session, str(value), prefix=reader.prefix)
    )
    if unit.status is not UnitStatus.ACTIVE:
        raise _wrong(
            _("{name} no longer exists: {status}.").format(
                name=unit.name, status=label(unit.status, language())
            )
        )
    return unit


def _read_cause(reading: _Reading, name: str, value: Any) -> None:
    text = str(value).strip()
    for cause in CancelCause:
        if text in {cause.value, label(cause, Lang.ZH), label(cause, Lang.EN)}:
            reading.form[name] = cause.value
            return
    causes = _(", ").join(f"{label(each, language())} ({each.value})" for each in CancelCause)
    raise _wrong(
        _("{value} is no cause that stands for a proof.").format(value=quoted(text)),
        _("Possible: {causes}.").format(causes=causes),
    )


def _read_details(reading: _Reading, name: str, value: Any) -> None:
    if not isinstance(value, Mapping):
        raise _wrong(_("{field} must be given by title.").format(field=field_label(name)))
    reading.form[name] = {str(title): value[title] for title in value}


_READERS: Mapping[str, Callable[[_Reading, str, Any], None]] = {
    "platform": _read_platform,
    "url": _read_url,
    "opened_on": _read_day,
    "stop_on": _read_day,
    "cancelled_on": _read_day,
    "followers": _read_number,
    "identifiers": _read_identifiers,
    "cause": _read_cause,
    "details": _read_details,
    "host_unit": _read_unit,
    "supervising_unit": _read_unit,
    "operator": _read_unit,
    "co_hosts": _read_units,
}

_LABELS: Mapping[str, Callable[[], str]] = {
    "host_unit": lambda: label(RoleKind.HOST, language()),
    "co_hosts": lambda: label(RoleKind.CO_HOST, language()),
    "supervising_unit": lambda: label(RoleKind.SUPERVISING, language()),
    "operator": lambda: label(RoleKind.OPERATOR, language()),
    "identifiers": lambda: _("platform id"),
    "stop_on": lambda: _("last day of updates"),
    "cancelled_on": lambda: _("day of the platform's cancellation"),
    "cause": lambda: _("cause of closing"),
    "transferred_to": lambda: _("transferred to"),
}


def field_label(name: str) -> str:
    """The printed word for a field of a form."""
    return _LABELS[name]() if name in _LABELS else key_label(name)


def field_values(state: Mapping[str, Any], names: tuple[str, ...] | list[str]) -> dict[str, Any]:
    """The same fields as an account's state has them, in the form's own shape."""
    return {name: _field_value(state, name) for name in names}


def _field_value(state: Mapping[str, Any], name: str) -> Any:
    if name == "identifiers":
        valid = [key for key, entry in state[name].items() if entry["valid_to"] is None]
        return dict(key.split(":", 1) for key in sorted(valid))
    if name not in ROLE_FIELDS:
        return state.get(name)
    start = f"{ROLE_FIELDS[name].value}:"
    uids = sorted(
        key.removeprefix(start)
        for key, entry in state["roles"].items()
        if key.startswith(start) and entry["valid_to"] is None
    )
    return uids if name == "co_hosts" else (uids[-1] if uids else None)
