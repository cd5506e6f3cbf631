"""The settings file `taizhang.toml`: read strictly, every fault at once. It never holds a secret."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from registry.errors import BadConfig, BadInput, Fault
from registry.messages import _
from registry.toml_words import toml_fault
from sweeps.lanes.own_pace import mistakes, own_paces
from sweeps.planning.weekly import WeekPoint

FILE_NAME = "taizhang.toml"
_SOURCES = "sources"


@dataclass(frozen=True, slots=True)
class SweepSettings:
    """How the office sweeps."""

    workers: int = 64
    """Requests under way at once, over all hosts; so many silent ones hold up the rest."""
    retries: int = 2
    """Further tries after a passing fault."""
    allow_private: tuple[str, ...] = ()
    """Addresses, networks such as `10.1.0.0/16` and hosts that may be asked although they are private;
    see `sweeps.network.addresses.entry_fault`."""
    trusted_proxy: str = ""
    """A proxy that is trusted to keep private addresses out; behind it our guard sees nothing."""
    ca_file: str = ""
    """More certificate authorities, beside the usual ones."""
    credential_egress: str = ""
    """The way out of a cluster that sends what carries a credential; empty: this machine does."""
    rsshub: str = ""
    """Address of the office's own RSSHub."""
    pace: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Host → figures of its pace, where the platform's own are not wanted. In the file a number
    alone stands for `min_gap`, the seconds between two requests."""
    time_point: WeekPoint | None = None
    """The monitoring time point T of each week, in Shanghai; None: a run's T is when it begins."""
    hours: int = 24
    """Hours a day in which sweeps may run, for planning the week."""


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """Which rule set judges."""

    set: str = ""
    """Name of a shipped rule set or path of a file; empty: the jurisdiction's."""


@dataclass(frozen=True, slots=True)
class NationalSettings:
    """The template of the national system."""

    mapping: str = ""
    """Path of a column mapping; empty: the shipped one."""


@dataclass(frozen=True, slots=True)
class HintSettings:
    """What a sweep points at in published text, beside numbers of persons."""

    misprints: str = ""
    """Path of the office's own list, one `错=对` per line; a relative one begins at the settings
    file's folder."""


@dataclass(frozen=True, slots=True)
class EvidenceSettings:
    """How long the evidence of sweeps is kept."""

    keep_days: int = 730
    """Days after which `evidence prune` lets go of what no finding rests on; at least 1."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings; one section of the file each."""

    sweep: SweepSettings = SweepSettings()
    rules: RuleSettings = RuleSettings()
    national: NationalSettings = NationalSettings()
    hints: HintSettings = HintSettings()
    evidence: EvidenceSettings = EvidenceSettings()
    sources: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Platform as the office calls it → the sources to try there, in order; not yet compared with
    what there is."""
    file: str = ""
    """Where they were read from; empty for the defaults."""


class WrongSettings(BadInput):
    """What is wrong in the form of the settings; `sound` are the others, for whoever looks further."""

    sound: Settings


def read_settings(path: str | None, location: str) -> Settings:
    """The settings at `path`, or beside the database, or the defaults when there is no file.

    Raises BadConfig for a named file that cannot be read, WrongSettings for wrong contents.
    """
    beside = Path(FILE_NAME) if "://" in location else Path(location).parent / FILE_NAME
    file = Path(path) if path else beside
    if not path and not file.exists():
        return Settings()
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError:
        remedy = _("Give the path of a file that is there with --config.")
        if not path:
            remedy = _("It must be a file that can be read; or take it away to use the defaults.")
        raise BadConfig(
            _("The settings file {file} cannot be opened.").format(file=file), remedy
        ) from None
    except UnicodeDecodeError:
        raise BadConfig(
            _("The settings file {file} is not written in UTF-8.").format(file=file),
            _("Save it as UTF-8, e.g. in Notepad by Save as with the encoding UTF-8."),
        ) from None
    except ValueError as error:  # no TOML, or a number of thousands of digits
        raise BadConfig(
            _("The settings file {file} cannot be read: {error}").format(
                file=file, error=toml_fault(error)
            ),
            _("Mend the line named, or take the file away to use the defaults."),
        ) from None
    return _checked(table, str(file))


def _checked(table: Mapping[str, Any], file: str) -> Settings:
    faults: list[Fault] = []
    sections: dict[str, Any] = {}
    kinds = {
        "sweep": SweepSettings,
        "rules": RuleSettings,
        "national": NationalSettings,
        "hints": HintSettings,
        "evidence": EvidenceSettings,
    }
    for name, values in table.items():
        kind = kinds.get(name)
        if name == _SOURCES and isinstance(values, dict):
            sections[name] = _orders(values, file, faults)
        elif kind is None or not isinstance(values, dict):
            there = ", ".join((*kinds, _SOURCES))
            faults.append(_fault(file, name, _("There is no such section."), there))
        else:
            sections[name] = _section(kind, name, values, file, faults)
    settings = Settings(**sections, file=file)
    if faults:
        wrong = WrongSettings(
            _("The settings file {file} is wrong.").format(file=file),
            faults,
            _("Mend the lines named, or take the file away to use the defaults."),
        )
        wrong.sound = settings
        raise wrong
    return settings


def _orders(
    values: Mapping[str, Any], file: str, faults: list[Fault]
) -> Mapping[str, tuple[str, ...]]:
    """Per platform a list of names; which platforms and names there are is known elsewhere."""
    taken: dict[str, tuple[str, ...]] = {}
    for platform, names in values.items():
        if _fits("tuple", names):
            taken[platform] = tuple(names)
            continue
        message = _("The value has the wrong type.")
        remedy = _('Write a list of sources, e.g. ["rsshub", "page"].')
        faults.append(Fault(f"{_SOURCES}.{platform}: {message}", remedy, file=file))
    return taken


def _section(
    kind: type[Any], name: str, values: Mapping[str, Any], file: str, faults: list[Fault]
) -> Any:
    known = {f.name: f for f in fields(kind)}
    taken: dict[str, Any] = {}
    for key, value in values.items():
        if key not in known:
            there = ", ".join(known)
            faults.append(_fault(file, f"{name}.{key}", _("There is no such setting."), there))
        elif not _fits(str(known[key].type), value):
            whole = isinstance(value, int) and not isinstance(value, bool)
            remedy = _bounds(key) if whole and key in _RANGES else _wanted(known[key].type)
            for where, message in _wrong(f"{name}.{key}", str(known[key].type), value):
                faults.append(Fault(f"{where}: {message}", remedy, file=file))
        elif key in _RANGES and value not in range(*_RANGES[key]):
            message = _("The value is out of range.")
            faults.append(Fault(f"{name}.{key}: {message}", _bounds(key), file=file))
        elif wrong := [Fault(*told, file=file) for told in _senseless(f"{name}.{key}", value)]:
            faults += wrong
        else:
            taken[key] = _taken(str(known[key].type), value)
    return kind(**taken)


def _senseless(where: str, value: Any) -> Iterator[tuple[str, str]]:
    """What of a value of the right type cannot be meant: each with its place, and its remedy."""
    if where == "sweep.rsshub" and value and not _is_address(value):
        message = _("{url} is no address of a website.").format(url=value)
        remedy = _('Write it with http:// or https://, e.g. "http://10.20.0.5:1200".')
        yield f"{where}: {message}", remedy
    if where == "sweep.trusted_proxy" and value:
        from sweeps.network.declared import proxy_fault

        if told := proxy_fault(value):
            yield f"{where}: {told[0]}", told[1]
    if where == "sweep.pace":
        for mistake in mistakes(value):
            yield f"{where}.{mistake.where}: {mistake.message}", mistake.remedy
    if where == "sweep.allow_private" and value:
        from sweeps.network.addresses import entry_fault

        for entry in value:
            if told := entry_fault(entry):
                yield f"{where}: {told[0]}", told[1]


def _wrong(where: str, wanted: str, value: Any) -> list[tuple[str, str]]:
    """What is wrong with a value, and where."""
    if wanted.startswith("WeekPoint") and isinstance(value, str):
        return [(where, _("{text} is no weekday with a time.").format(text=value))]
    if wanted == "int" and isinstance(value, int) and not isinstance(value, bool):
        return [(where, _("The value is out of range."))]
    return [(where, _("The value has the wrong type."))]


def _taken(wanted: str, value: Any) -> Any:
    if wanted.startswith("WeekPoint"):
        return WeekPoint.parse(value)
    if isinstance(value, dict):
        return own_paces(value)
    return tuple(value) if isinstance(value, list) else value


def _is_week_point(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(WeekPoint.parse(value))
    except ValueError:
        return False


def _fits(wanted: str, value: Any) -> bool:
    if wanted == "int":
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if wanted == "str":
        return isinstance(value, str)
    if wanted.startswith("WeekPoint"):
        return _is_week_point(value)
    if wanted.startswith("tuple"):
        return isinstance(value, list) and all(isinstance(v, str) for v in value)
    return isinstance(value, dict)


_RANGES = {
    "workers": (1, 10_001),
    "retries": (0, 11),
    "hours": (1, 25),
    "keep_days": (1, 36_501),
}
"""Settings that are whole numbers within bounds: the least, and the first that is too much."""


def _bounds(key: str) -> str:
    """What a setting within bounds can be."""
    least, beyond = _RANGES[key]
    return _("Possible here: {known}.").format(known=f"{least}–{beyond - 1}")


def _is_address(text: str) -> bool:
    """An address to which the path of a route can be added."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    plain = not any(letter.isspace() for letter in text)
    return plain and parts.scheme in {"http", "https"} and bool(parts.hostname) and port != 0


def _wanted(kind: object) -> str:
    """What a setting of that type is written like."""
    if kind == "int":
        return _("Write a whole number, e.g. 8.")
    if kind == "str":
        return _('Write a text in quotation marks, e.g. "national-2019".')
    if str(kind).startswith("WeekPoint"):
        return _('Write a weekday and a time, e.g. "周一 09:00" or "mon 09:00".')
    if str(kind).startswith("tuple"):
        return _('Write a list of texts, e.g. ["10.1.0.0/16"].')
    return _(
        'Write hosts with seconds from 0 up, e.g. "m.weibo.cn" = 30, or with the figures of a pace,'
        ' e.g. "m.weibo.cn" = {min_gap = 30, per_run = 40, daily = 200}.'
    )


def _fault(file: str, key: str, message: str, known: str) -> Fault:
    remedy = _("Possible here: {known}.").format(known=known)
    return Fault(f"{key}: {message}", remedy, file=file)
