"""Rule sets: which rules hold in a jurisdiction, with their figures, sources and severities.

A rule set is data that a user can edit (TOML); this module gives its frozen form and finds, loads
and checks the files. It judges nothing, and it never falls back silently: a file with any fault
is refused as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from registry.errors import Fault, NotFound
from registry.messages import _
from registry.resources import resource
from registry.vocab import CODES, Lang, Severity
from verdicts.rule_reading import BadRuleSet, Faults, check_whole, read_document

NATIONAL = "national-2019"
"""The rule set that holds where an office has chosen no other."""

MOST_EXTENSIONS = 8


class Edge(StrEnum):
    """What becomes of an account whose newest post is exactly `window_days` days old."""

    FAIL = "fail"
    PASS = "pass"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule 指标 with where it stands and which finding codes it raises."""

    id: str
    title: Mapping[str, str]
    source: str
    stated_in: str
    """The rule set that states it last, itself or one it extends."""
    basis: str = ""
    """V verified · S second hand · D deduced · M not confirmed."""
    applies_to: tuple[str, ...] = ("all",)
    """`all`, or platforms."""
    codes: tuple[str, ...] = ()
    enabled: bool = True
    figures: Mapping[str, int | str] = field(default_factory=dict)
    """Its thresholds by name, e.g. `window_days`."""

    def concerns(self, platform: str) -> bool:
        """True when accounts of that platform are held to it."""
        return "all" in self.applies_to or platform in self.applies_to


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules in force for a jurisdiction."""

    name: str
    title: Mapping[str, str]
    jurisdiction: str
    year: int
    source: str
    rules: Mapping[str, Rule]
    severities: Mapping[str, Severity]
    method: Mapping[str, int]
    extends: tuple[str, ...] = ()
    """The rule sets below it, nearest first."""
    region_code: str = ""

    @property
    def window_days(self) -> int:
        """Days without an update after which an account is stale (NM-V2)."""
        return int(self.rules["NM-V2"].figures["window_days"])

    @property
    def edge(self) -> Edge:
        return self.edge_of("NM-V2")

    def edge_of(self, rule: str) -> Edge:
        """What becomes of the last day of that rule's window."""
        return Edge(str(self.rules[rule].figures["edge"]))

    def window_rule(self, platform: str) -> str:
        """The rule whose window accounts of that platform are held to: NM-V2, or SITE-3."""
        home = self.rules.get("SITE-3")
        own = home is not None and "window_days" in home.figures and platform in home.applies_to
        return "SITE-3" if own else "NM-V2"

    @property
    def windows(self) -> tuple[int, ...]:
        """The windows in days that lists of posts are judged by, that of NM-V2 first."""
        home = self.figure("SITE-3", "window_days")
        return (self.window_days, *([home] if home else []))

    @property
    def reach_days(self) -> int:
        """Days a list must reach back so that every window can be judged, the local cadence too."""
        return max(*self.windows, self.cadence_days or 0) + 1

    @property
    def fresh_days(self) -> int:
        """Days within which a post proves all that is asked of an account, the local cadence too."""
        return min(*self.windows, self.cadence_days or self.window_days)

    @property
    def soon_day(self) -> int | None:
        """Days without an update from which the host unit is reminded (NM-SOON)."""
        return self.figure("NM-SOON", "day")

    @property
    def silent_months(self) -> int | None:
        """Calendar months without an update that make an account dormant (NM-ZOMBIE)."""
        return self.figure("NM-ZOMBIE", "months")

    @property
    def cadence_days(self) -> int | None:
        """The longest gap that the local cadence allows, in days (NM-LOCAL)."""
        return self.figure("NM-LOCAL", "every_days")

    def is_site(self, platform: str) -> bool:
        """True when the rules for websites (SITE-…) concern accounts of that platform."""
        return any(
            rule.concerns(platform) for rule in self.rules.values() if rule.id.startswith("SITE-")
        )

    @property
    def gone_hours(self) -> int:
        return self.method["gone_hours"]

    @property
    def edge_margin_days(self) -> int:
        return self.method["edge_margin_days"]

    @property
    def broken_days(self) -> int:
        return self.method["broken_days"]

    def figure(self, rule: str, name: str) -> int | None:
        """A threshold of a rule; None when the rule is off or does not state it."""
        found = self.rules.get(rule)
        value = found.figures.get(name) if found is not None and found.enabled else None
        return int(value) if value is not None else None

    def severity(self, code: str) -> Severity:
        """How grave a finding of that code is here."""
        return self.severities.get(code, CODES[code].severity)

    def asks(self, code: str, platform: str) -> bool:
        """True when a finding of that code is raised for accounts of that platform.

        A code that belongs to no rule is always raised.
        """
        owners = [rule for rule in self.rules.values() if code in rule.codes]
        return not owners or any(rule.enabled and rule.concerns(platform) for rule in owners)

    def rule_title(self, rule: str, lang: str = Lang.ZH) -> str:
        """The printed title of a rule."""
        return self.rules[rule].title[lang]


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of `rules list`."""

    name: str
    path: str
    """Empty for a rule set that comes with the program."""
    rule_set: RuleSet | None
    faults: tuple[Fault, ...] = ()
    """Why it cannot be used, when `rule_set` is None."""


def rules_folder(data: Path) -> Path:
    """Where a user's own rule sets lie in the registry's data folder."""
    return data / "rules"


def load(name: str | Path, *, data: Path | None = None) -> RuleSet:
    """The rule set of that name, or of that file when given a path ending in `.toml`.

    Names are looked up among the shipped sets and in `rules/` of the data folder. Raises NotFound,
    or BadRuleSet with every fault of the file and of what it extends.
    """
    chain = _chain(str(name), data)
    faults = Faults(chain[0][0])
    merged = _merge([document for _file, document in reversed(chain)])
    check_whole(merged, faults)
    faults.raise_any()
    return _build(merged, tuple(document["name"] for _file, document in chain[1:]))


def check(name: str | Path, *, data: Path | None = None) -> RuleSet:
    """The same as `load`: a rule set that loads has no fault. For `rules check`."""
    return load(name, data=data)


def list_rulesets(data: Path | None = None) -> list[Listed]:
    """All rule sets there are, shipped ones first; a faulty one is listed with its faults."""
    shipped = sorted(_shipped())
    own = sorted(rules_folder(data).glob("*.toml")) if data is not None else []
    return [_listed(name, "", data) for name in shipped] + [
        _listed(path.stem, str(path), data) for path in own
    ]


def _listed(name: str, path: str, data: Path | None) -> Listed:
    try:
        return Listed(name, path, load(path or name, data=data))
    except BadRuleSet as error:
        return Listed(name, path, None, error.faults)
    except NotFound as error:
        return Listed(name, path, None, (Fault(error.message, error.hint, file=path or name),))


# --- finding the files --------------------------------------------------------------------------


def _shipped() -> dict[str, str]:
    """Name → text of the rule sets that come with the program."""
    folder = resource("verdicts", "indicators")
    files = [entry for entry in folder.iterdir() if entry.name.endswith(".toml")]
    return {entry.name.removesuffix(".toml"): entry.read_text("utf-8") for entry in files}


def _chain(name: str, data: Path | None) -> list[tuple[str, dict[str, Any]]]:
    """(file, document) of the rule set and of what it extends, itself first."""
    chain: list[tuple[str, dict[str, Any]]] = []
    beside = Path(name).parent if name.endswith(".toml") else None
    while name:
        file, text = _find(name, data, beside)
        document = read_document(file, text)
        names = [below["name"] for _file, below in chain]
        chain.append((file, document))
        if document["name"] in names or len(chain) > MOST_EXTENSIONS:
            faults = Faults(file)
            faults.add("", "extends", _("It extends itself."), _("Name another rule set."))
            raise faults.error()
        name = document.get("extends", "")
    return chain


def _find(name: str, data: Path | None, beside: Path | None) -> tuple[str, str]:
    """(file as shown, text) of a rule set by path, or by name: own, shipped, beside the path."""
    if name.endswith(".toml"):
        return _read_file(Path(name))
    shipped = _shipped()
    own = rules_folder(data) / f"{name}.toml" if data is not None else None
    if own is not None and own.is_file():
        if name in shipped:
            faults = Faults(str(own))
            faults.add("", "name", _("A shipped rule set has this name."), _("Rename the file."))
            raise faults.error()
        return _read_file(own)
    if name in shipped:
        return f"{name}.toml", shipped[name]
    if beside is not None and (beside / f"{name}.toml").is_file():
        return _read_file(beside / f"{name}.toml")
    raise NotFound(
        _("There is no rule set {name}.").format(name=name),
        _("There are: {names}. See `taizhang rules list`.").format(names=", ".join(_names(data))),
    )


def _names(data: Path | None) -> list[str]:
    own = rules_folder(data).glob("*.toml") if data is not None else []
    return sorted(_shipped()) + sorted(path.stem for path in own)


def _read_file(path: Path) -> tuple[str, str]:
    try:
        return str(path), path.read_text("utf-8")
    except UnicodeDecodeError:
        faults = Faults(str(path))
        faults.add("", "", _("It is not UTF-8 text."), _("Save the file as UTF-8."))
        raise faults.error() from None
    except OSError as error:
        raise NotFound(
            _("The rule set {path} cannot be read: {error}").format(
                path=path, error=error.strerror or error
            ),
            _("Check the path."),
        ) from None


# --- putting them together ----------------------------------------------------------------------


def _merge(documents: list[dict[str, Any]]) -> dict[str, Any]:
    """The documents on top of each other, the lowest first; tables are merged key by key."""
    merged: dict[str, Any] = {"rules": {}, "severity": {}, "method": {}}
    for document in documents:
        plain = {k: v for k, v in document.items() if not isinstance(v, dict) or k == "title"}
        merged.update(plain)
        for table in ("severity", "method"):
            merged[table] |= document.get(table, {})
        for rule, stated in document.get("rules", {}).items():
            # how well the older source was confirmed says nothing about the new one
            before = {k: v for k, v in merged["rules"].get(rule, {}).items() if k != "basis"}
            merged["rules"][rule] = before | stated | {"stated_in": document["name"]}
    return merged


_OF_A_RULE = ("title", "source", "stated_in", "basis", "applies_to", "codes", "enabled")


def _rule(name: str, stated: Mapping[str, Any]) -> Rule:
    return Rule(
        id=name,
        title=stated["title"],
        source=stated["source"],
        stated_in=stated["stated_in"],
        basis=stated.get("basis", ""),
        applies_to=tuple(stated.get("applies_to", ["all"])),
        codes=tuple(stated.get("codes", [])),
        enabled=stated.get("enabled", True),
        figures={key: value for key, value in stated.items() if key not in _OF_A_RULE},
    )


def _build(merged: Mapping[str, Any], extends: tuple[str, ...]) -> RuleSet:
    return RuleSet(
        name=merged["name"],
        title=merged["title"],
        jurisdiction=merged["jurisdiction"],
        year=merged["year"],
        source=merged["source"],
        rules={name: _rule(name, stated) for name, stated in merged["rules"].items()},
        severities={code: Severity(value) for code, value in merged["severity"].items()},
        method=merged["method"],
        extends=extends,
        region_code=merged.get("region_code", ""),
    )
