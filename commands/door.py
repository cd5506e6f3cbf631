"""What every command is handed: the registry, the clock, the actor, the platforms, the settings.

Only here is the clock read.
"""

from __future__ import annotations

import getpass
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from registry.dates import SHANGHAI, shanghai_date
from registry.errors import ActorRequired, BadConfig, NotFound, Refused
from registry.messages import _, language

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from checkers.loading import Catalogue
    from commands.settings import Settings
    from registry.db import Registry
    from registry.exchange.national_template import NationalMapping
    from registry.history.writing import Act
    from registry.misprints import Misprints
    from registry.platforms import PlatformCatalogue
    from sweeps.messaging import Messenger
    from sweeps.network.credentials import Credentials
    from sweeps.planning.sourcing import Order


@dataclass
class Door:
    """The global options, resolved; heavy things are opened when first asked for."""

    location: str
    data: str | None
    actor: str | None
    config: str | None
    clock: Callable[[], datetime]

    @classmethod
    def from_options(
        cls, db: str, data: str | None, actor: str | None, config: str | None, now: str | None
    ) -> Door:
        """From the words on the command line. Raises BadConfig for an unreadable `--now`."""
        return cls(db, data, actor, config, _clock(now))

    @property
    def now(self) -> datetime:
        """This moment, UTC."""
        return self.clock()

    @contextmanager
    def registry(self) -> Iterator[Registry]:
        """The opened registry, closed afterwards."""
        from registry.db import open_registry

        opened = open_registry(self.location, self.data)
        try:
            yield opened
        finally:
            opened.close()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads."""
        with self.registry() as registry, registry.read() as session:
            yield session

    @contextmanager
    def writing(self, reason: str = "", *, person: bool = False) -> Iterator[tuple[Session, Act]]:
        """One transaction and the act in whose name it is done; see `act`."""
        with self.registry() as registry, registry.write() as session:
            yield session, self.act(session, reason, person=person)

    def act(self, session: Session, reason: str = "", *, person: bool = False) -> Act:
        """An act of whoever --actor names, else of the user logged in.

        `person` is for acts by which somebody answers (approve, confirm, waive, decide): they
        need --actor. Raises ActorRequired.
        """
        from registry.actors import get_actor
        from registry.history.writing import Act
        from registry.personal import without_numbers

        user = _os_user()
        name = self.actor or ("" if person else user)
        if not name:
            raise ActorRequired(
                _("This must be attributed to a person."),
                _("Add --actor NAME, or set TAIZHANG_ACTOR."),
            )
        # telephone numbers belong among the contacts: history cannot forget them
        return Act(get_actor(session, name), self.now, without_numbers(reason), os_user=user)

    @cached_property
    def credentials(self) -> Credentials:
        """The secrets of this process, from the environment and the keyring."""
        from commands.crash import REDACTORS
        from sweeps.network.credentials import Credentials

        made = Credentials.of(self.catalogue, os.environ, use_keyring=True)
        REDACTORS.append(made.redactor)
        return made

    @cached_property
    def messenger(self) -> Messenger:
        """Where messages go; the addresses come from the environment and the keyring."""
        from commands.crash import REDACTORS
        from sweeps.messaging import Messenger

        made = Messenger(os.environ, use_keyring=True)
        REDACTORS.append(made.redactor)
        return made

    @property
    def engine_clock(self) -> EngineClock:
        """The clock that a sweep runs by: real waiting, and this door's idea of now."""
        return EngineClock(self.clock)

    @property
    def user(self) -> str:
        """The user logged in, or empty."""
        return _os_user()

    @property
    def this_minute(self) -> datetime:
        """The minute that runs, UTC: a time point is named to the minute."""
        return self.now.replace(second=0, microsecond=0)

    @property
    def today(self) -> date:
        """This day in Shanghai."""
        return shanghai_date(self.now)

    @cached_property
    def catalogue(self) -> Catalogue:
        """All checkers, ours and third parties'."""
        from checkers.loading import load_checkers

        return load_checkers()

    @cached_property
    def platforms(self) -> PlatformCatalogue:
        """What the registry needs to recognise platforms, taken from the checkers."""
        from registry.platforms import PlatformCatalogue

        return PlatformCatalogue.with_known(self.catalogue.infos(), self.catalogue.identify)

    def platform_label(self, platform: str) -> str:
        """The printed name of a platform in the language in force."""
        return self.platforms.label(platform, language())

    def day(self, on: date | None) -> date:
        """The day from which something holds: today unless given. Raises Refused for one to come,
        which only a filing can wait for."""
        if on is not None and on > self.today:
            raise Refused(
                _("{day} is still to come.").format(day=on.isoformat()),
                _("Enter it on that day; only a filing can be approved ahead of its day."),
            )
        return on or self.today

    def check_source(self, platform: str, source: str) -> None:
        """Raise NotFound, naming what there is, unless the platform can be read by that source."""
        if self.catalogue.find_source(platform, source) is None:
            raise NotFound(
                _("Accounts of this platform have no source {source}.").format(source=source),
                _("See `taizhang checkers list`."),
            )

    @cached_property
    def settings(self) -> Settings:
        """The settings file, or the defaults when there is none."""
        from commands.settings import read_settings

        return read_settings(self.config, self.location)

    def national_mapping(self, path: Path | None = None) -> NationalMapping:
        """The column mapping given, else that of the settings, else the shipped one."""
        from registry.exchange.national_template import load_mapping

        named = self.settings.national.mapping
        return load_mapping(path or (Path(named) if named else None))

    @cached_property
    def misprints(self) -> Misprints:
        """The office's own list of misprints; empty when the settings name none."""
        from registry.misprints import Misprints, read_misprints

        named = self.settings.hints.misprints
        return read_misprints(Path(self.settings.file).parent / named) if named else Misprints()

    @cached_property
    def source_order(self) -> Order:
        """The sources that the office wants tried, by platform. Raises BadInput for a platform or
        a source that there is not."""
        from sweeps.planning.sourcing import checked_order

        given = self.settings
        return checked_order(given.sources, self.catalogue, self.platforms, given.file)


@dataclass(frozen=True)
class EngineClock:
    """See `sweeps.clock.Clock`."""

    clock: Callable[[], datetime]

    def now(self) -> datetime:
        return self.clock()

    def monotonic(self) -> float:
        return time.monotonic()

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)


def _clock(text: str | None) -> Callable[[], datetime]:
    if not text:
        return lambda: datetime.now(UTC)
    try:
        fixed = datetime.fromisoformat(text)
    except ValueError:
        raise BadConfig(
            _("--now is not a time: {text}").format(text=text),
            _("Write it as 2026-11-22T09:00."),
        ) from None
    aware = fixed if fixed.tzinfo else fixed.replace(tzinfo=SHANGHAI)
    return lambda: aware.astimezone(UTC)


def _os_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # Windows without USERNAME
        return ""


def folder(path: str | Path) -> Path:
    """The folder, made if it is not there. Raises Refused where it cannot be made."""
    made = Path(path)
    try:
        made.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        from registry.system_words import os_fault

        reason = os_fault(error)
        raise Refused(
            _("The folder {folder} cannot be made: {reason}.").format(folder=path, reason=reason),
            _("Name another folder."),
        ) from error
    return made
