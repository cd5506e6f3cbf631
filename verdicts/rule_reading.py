"""The strict reading of one rule-set file: every fault at once, each with its table, key, remedy.

It knows which keys a rule set has and which values they take. It guesses nothing: a misspelt key
or an unknown code is a fault, never ignored.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from typing import Any

from registry.errors import BadConfig, BadInput, Fault
from registry.messages import _
from registry.toml_words import toml_fault
from registry.vocab import CODES, PLATFORM_PATTERN, Severity

Complaint = Callable[[object], str | None]
"""Says what is expected instead, or None when the value is right."""

REQUIRED_RULES = ("NM-V2", "NM-CLOSING")
"""Without these nothing can be judged; a set that extends another has them from there."""


class BadRuleSet(BadConfig, BadInput):
    """A rule-set file is faulty; `faults` names each with file, table, key and remedy."""

    code = "bad_config"


class Faults:
    """The faults of one file as they are found."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Fault] = []

    def add(self, table: str, key: str, message: str, remedy: str) -> None:
        """Note a fault at `key` of `[table]`; the top of the file is the table ''."""
        place = " ".join(part for part in (f"[{table}]" if table else "", key) if part)
        self.found.append(Fault(message, remedy, file=self.file, sheet=place))

    def error(self) -> BadRuleSet:
        return BadRuleSet(
            _("The rule set {file} cannot be used; faults: {n}.").format(
                file=self.file, n=len(self.found)
            ),
            self.found,
            _("Correct the file, then run `taizhang rules check {file}`.").format(file=self.file),
        )

    def raise_any(self) -> None:
        """Raise BadRuleSet if anything was found."""
        if self.found:
            raise self.error()


# --- what a value may be ------------------------------------------------------------------------


def _text(value: object) -> str | None:
    right = isinstance(value, str) and value.strip()
    return None if right else _("Give a text in quotes.")


def _name(value: object) -> str | None:
    right = isinstance(value, str) and re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", value)
    return None if right else _("Give small letters, digits and hyphens, at most 64.")


def _region(value: object) -> str | None:
    right = isinstance(value, str) and re.fullmatch(r"\d{6}", value)
    return None if right else _("Give the six digits of GB/T 2260 in quotes.")


def _yes_no(value: object) -> str | None:
    return None if isinstance(value, bool) else _("Write true or false.")


def _title(value: object) -> str | None:
    if (
        isinstance(value, dict)
        and set(value) == {"zh", "en"}
        and not any(map(_text, value.values()))
    ):
        return None
    return _('Write { zh = "…", en = "…" }.')


def _whole(low: int, high: int) -> Complaint:
    def complain(value: object) -> str | None:
        right = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        return (
            None
            if right
            else _("Give a whole number from {low} to {high}.").format(low=low, high=high)
        )

    return complain


def _one_of(*options: str) -> Complaint:
    def complain(value: object) -> str | None:
        if isinstance(value, str) and value in options:
            return None
        return _("Write one of: {options}.").format(options=", ".join(options))

    return complain


def _codes(value: object) -> str | None:
    if not _is_list_of_text(value):
        return _('Give a list of finding codes, e.g. ["ST101"].')
    unknown = [code for code in _listed(value) if code not in CODES]
    if unknown:
        return _("Unknown finding codes: {codes}.").format(codes=", ".join(unknown))
    return None


def _platforms(value: object) -> str | None:
    named = _listed(value) if _is_list_of_text(value) else []
    if named and all(PLATFORM_PATTERN.fullmatch(name) for name in named):
        return None
    return _('Write ["all"], or a list of platforms such as ["weibo", "wechat"].')


def _is_list_of_text(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _listed(value: object) -> list[str]:
    return list(value) if isinstance(value, list) else []


_TOP: Mapping[str, Complaint] = {
    "name": _name,
    "extends": _name,
    "year": _whole(2000, 2100),
    "jurisdiction": _text,
    "region_code": _region,
    "source": _text,
    "title": _title,
}
_TOP_REQUIRED = ("name", "year", "jurisdiction", "source", "title")
_METHOD: Mapping[str, Complaint] = {
    "gone_hours": _whole(24, 24 * 60),
    "edge_margin_days": _whole(0, 7),
    "broken_days": _whole(2, 30),
}
_RULE: Mapping[str, Complaint] = {
    "title": _title,
    "source": _text,
    "basis": _one_of("V", "S", "D", "M"),
    "applies_to": _platforms,
    "codes": _codes,
    "enabled": _yes_no,
}
_FIGURES: Mapping[str, Mapping[str, Complaint]] = {
    "NM-V2": {"window_days": _whole(1, 366), "edge": _one_of("pass", "fail")},
    "NM-SOON": {"day": _whole(1, 366)},
    "NM-ZOMBIE": {"months": _whole(1, 60)},
    "NM-LOCAL": {"every_days": _whole(1, 366)},
    "NM-REPOST": {"within_days": _whole(1, 366)},
    "SITE-2": {
        "week_days": _whole(1, 31),
        "samples_per_day": _whole(1, 1440),
        "full_days": _whole(1, 31),
        "gap_minutes": _whole(0, 1440),
        "share_percent": _whole(1, 100),
    },
    "SITE-3": {"window_days": _whole(1, 366), "edge": _one_of("pass", "fail")},
    "SITE-4": {
        "news_days": _whole(1, 366),
        "notice_months": _whole(1, 60),
        "edge": _one_of("pass", "fail"),
        "columns": _whole(1, 500),
        "all_columns": _whole(1, 500),
        "empty_columns": _whole(1, 500),
        "other_months": _whole(1, 60),
    },
    "SITE-5": {"unanswered_months": _whole(1, 60), "within_months": _whole(1, 60)},
}
_OPTIONAL = frozenset({("NM-REPOST", "within_days"), ("SITE-4", "other_months")})
"""Figures that a rule in force may lack."""
_RULE_NAME = re.compile(r"[A-Z]{2,8}(-[A-Za-z0-9]{1,16}){1,3}")


# --- one file -----------------------------------------------------------------------------------


def read_document(file: str, text: str) -> dict[str, Any]:
    """The file's tables, each key and value checked. Raises BadRuleSet with all its faults."""
    faults = Faults(file)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        faults.add("", "", toml_fault(error), _("Correct the TOML at this place."))
        raise faults.error() from None
    names = ("rules", "severity", "method")
    tables = {name: _table(document, name, faults) or {} for name in names}
    top = {key: value for key, value in document.items() if key not in tables}
    _check_keys("", top, _TOP, faults)
    for key in _TOP_REQUIRED:
        if key not in top:
            faults.add("", key, _("It is missing."), _TOP[key](None) or "")
    _check_keys("method", tables["method"], _METHOD, faults)
    _check_severities(tables["severity"], faults)
    for name in tables["rules"]:
        rule = _table(tables["rules"], name, faults, "rules")
        if rule is not None:
            _check_rule(name, rule, faults)
    _check_file_name(file, top.get("name"), faults)
    faults.raise_any()
    return document


def _table(
    document: Mapping[str, Any], name: str, faults: Faults, above: str = ""
) -> dict[str, Any] | None:
    """The table `name`, empty when absent; None, and a fault, when it is something else."""
    found = document.get(name, {})
    if isinstance(found, dict):
        return found
    heading = f"[{above}.{name}]" if above else f"[{name}]"
    remedy = _("Begin it with a line {table}.").format(table=heading)
    faults.add(above, name, _("It must be a table."), remedy)
    return None


def _check_keys(
    table: str, stated: Mapping[str, Any], known: Mapping[str, Complaint], faults: Faults
) -> None:
    for key, value in stated.items():
        if key not in known:
            remedy = _("Known here: {keys}.").format(keys=", ".join(known))
            faults.add(table, key, _("The key is unknown."), remedy)
            continue
        complaint = known[key](value)
        if complaint:
            faults.add(
                table,
                key,
                _("The value {value} cannot be taken.").format(value=_shown(value)),
                complaint,
            )


def _shown(value: object) -> str:
    return repr(value)[:60]


def _check_severities(stated: Mapping[str, Any], faults: Faults) -> None:
    complain = _one_of(*Severity)
    for code, value in stated.items():
        if code not in CODES:
            remedy = _("See `taizhang rules show {name}` for the codes.").format(
                name="national-2019"
            )
            faults.add("severity", code, _("The finding code is unknown."), remedy)
        elif complaint := complain(value):
            faults.add(
                "severity",
                code,
                _("The value {value} cannot be taken.").format(value=_shown(value)),
                complaint,
            )


def _check_rule(name: str, stated: Mapping[str, Any], faults: Faults) -> None:
    table = f"rules.{name}"
    if not _RULE_NAME.fullmatch(name):
        faults.add(table, "", _("This is no rule id."), _("Write it like NM-LOCAL."))
    _check_keys(table, stated, {**_RULE, **_FIGURES.get(name, {})}, faults)
    if "source" not in stated:
        # a figure changed here would otherwise be printed as the regulation's own
        remedy = _('Cite what your office relies on: source = "…".')
        faults.add(table, "source", _("It is missing."), remedy)


def _check_file_name(file: str, name: object, faults: Faults) -> None:
    stem = re.split(r"[/\\]", file)[-1].removesuffix(".toml")
    if isinstance(name, str) and name != stem:
        remedy = _('Call the file {name}.toml, or write name = "{stem}".').format(
            name=name, stem=stem
        )
        faults.add("", "name", _("The name is not that of the file."), remedy)


# --- the whole of what it extends ----------------------------------------------------------------


def check_whole(merged: Mapping[str, Any], faults: Faults) -> None:
    """Note what is missing or contradicts itself once all extended files lie on each other."""
    rules: Mapping[str, Mapping[str, Any]] = merged["rules"]
    for name in REQUIRED_RULES:
        if name not in rules:
            remedy = _('Write extends = "national-2019", or state the rule.')
            faults.add("", f"rules.{name}", _("It is missing."), remedy)
    for name, stated in rules.items():
        _check_complete(name, stated, faults)
    for key, complain in _METHOD.items():
        if key not in merged["method"]:
            faults.add("method", key, _("It is missing."), complain(None) or "")
    _check_order(rules, faults)


def _check_complete(name: str, stated: Mapping[str, Any], faults: Faults) -> None:
    table = f"rules.{name}"
    if "title" not in stated:
        remedy = _("Correct the id if you meant another rule, or give the new rule a title.")
        faults.add(table, "title", _("It is missing."), remedy)
    off = name not in REQUIRED_RULES and not stated.get("enabled", True)
    for key, complain in _FIGURES.get(name, {}).items():
        if key not in stated and not off and (name, key) not in _OPTIONAL:
            faults.add(table, key, _("It is missing."), complain(None) or "")


def _check_order(rules: Mapping[str, Mapping[str, Any]], faults: Faults) -> None:
    """A reminder after the window has closed reminds nobody; a week has no more full days than days."""
    _check_week(rules.get("SITE-2", {}), faults)
    window = rules.get("NM-V2", {}).get("window_days")
    soon = rules.get("NM-SOON", {})
    day = soon.get("day") if soon.get("enabled", True) else None
    if isinstance(window, int) and isinstance(day, int) and day >= window:
        message = _("The reminder on day {day} comes when the window of {window} days is over.")
        remedy = _("Give a day before the end of the window.")
        faults.add("rules.NM-SOON", "day", message.format(day=day, window=window), remedy)


def _check_week(stated: Mapping[str, Any], faults: Faults) -> None:
    full, days = stated.get("full_days"), stated.get("week_days")
    if isinstance(full, int) and isinstance(days, int) and full > days:
        message = _("{full} full days do not fit into {days} days.").format(full=full, days=days)
        remedy = _("Give a number from 1 to {days}.").format(days=days)
        faults.add("rules.SITE-2", "full_days", message, remedy)
