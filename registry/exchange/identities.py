"""The addresses and ids of a row, each checked against its platform and given to its account.

An id that does not fit, was rounded, or contradicts the address is a fault: it is never stored, and
never given to one of several accounts by guess.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from registry.accounts.splitting import How
from registry.exchange.cells import CellFault, identifier_of, text_of
from registry.exchange.columns import Column, Columns
from registry.exchange.rowcells import RowCells
from registry.exchange.titles import NAMED_SCHEMES
from registry.messages import _, language
from registry.platforms import PlatformCatalogue
from registry.text import fold_width, quoted, remove_space
from registry.vocab import Identity

HABIT = "wechat"
"""The platform of an account where nothing names one: 公众号 by habit."""

_ADDRESS = re.compile(
    r"(?:(?:https?://)?[A-Za-z0-9][\w.-]*\.[A-Za-z]{2,}|https?://(?:\d{1,3}(?:\.\d{1,3}){3}|localhost"
    r"|\[[0-9A-Fa-f:.]{2,40}\]))(?::\d+)?(?:[/?#].*)?",
    re.S,
)
"""A host by its name, or a number with http in front: closed networks have sites without a name."""
_BETWEEN_LINKS = re.compile(r"[\s、，；;]+")
_BETWEEN_IDS = re.compile(r"[\s、，,；;/／]+")
_LONGEST_URL = 2_000
_LONGEST_ID = 200


@dataclass(slots=True)
class Held:
    """One account of the row: its platform as far as known, and what the row gives it."""

    name: str = ""
    whole: str = ""
    """The name with the platform still glued to it, where it was taken off."""
    platform: str = ""
    form: str = ""
    how: How = How.HABIT
    url: str = ""
    identifiers: dict[str, str] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)
    """What stands in a column of links or ids and is neither: by title, kept as text."""

    @property
    def open_to_proof(self) -> bool:
        """True while the platform is unnamed, or only guessed from the end of the name."""
        return not self.platform or self.how is How.SUFFIX

    def proven(self, platform: str, form: str = "") -> None:
        """The link or id shows the platform; a name ending that says otherwise is part of it."""
        if platform == self.platform:
            return
        if self.how is How.SUFFIX:
            self.name = self.whole
        self.platform, self.form, self.how = platform, form, How.LINK


class Identities:
    """Reads the link and id columns of one sheet."""

    def __init__(self, columns: Columns, catalogue: PlatformCatalogue, text_file: bool) -> None:
        self._catalogue, self._text_file = catalogue, text_file
        self._link = columns.first("url")
        schemes = {s for p in catalogue.platforms for s in catalogue.info(p).schemes}
        wanted = (schemes | NAMED_SCHEMES | {"native_id"}) - {"name", "url"}
        self._ids = [column for column in columns.columns if column.field in wanted]

        self._seen: dict[str, Identity | None] = {}

    def _identify(self, text: str) -> Identity | None:
        """What the checkers say of a text, asked once for each row."""
        if text not in self._seen:
            self._seen[text] = self._catalogue.identify(text)
        return self._seen[text]

    def read(self, cells: RowCells, held: Sequence[Held]) -> None:
        """Give each account of the row its link and ids; faults are noted in `cells`."""
        self._seen.clear()
        if self._link is not None:
            self._links(cells, held, self._link)
        for column in self._ids:
            self._column(cells, held, column)
        for account in held:
            account.platform = account.platform or HABIT

    # --- links --------------------------------------------------------------------------------

    def _links(self, cells: RowCells, held: Sequence[Held], column: Column) -> None:
        text = cells.text(column)
        if not text:
            return
        links = [part for part in _BETWEEN_LINKS.split(text) if part]
        if not any(self._is_link(link) for link in links):
            held[0].extra[column.title] = text
            return
        given = self._give(cells, held, column, links)
        for account, link in given:
            self._one_link(cells, account, column, link)

    def _is_link(self, text: str) -> bool:
        return bool(_ADDRESS.fullmatch(text) or self._identify(text))

    def _give(
        self, cells: RowCells, held: Sequence[Held], column: Column, links: list[str]
    ) -> list[tuple[Held, str]]:
        """Which link is whose: in order where there are as many, else by platform."""
        if len(links) == len(held):
            return list(zip(held, links, strict=True))
        given: list[tuple[Held, str]] = []
        for link in links:
            identity = self._identify(link)
            fits = [h for h in held if identity and h.platform == identity.platform]
            if len(held) == 1 and (not held[0].url or fits):
                fits = [held[0]]
            if len(fits) != 1 or any(account is fits[0] for account, _link in given):
                cells.fault(
                    column,
                    _("The row holds {accounts} accounts and {values} of these.").format(
                        accounts=len(held), values=len(links)
                    ),
                    _("Give each account a row of its own."),
                )
                return []
            given.append((fits[0], link))
        return given

    def _one_link(self, cells: RowCells, account: Held, column: Column, link: str) -> None:
        identity = self._identify(link)
        if len(link) > _LONGEST_URL:
            cells.fault(column, _("The link is too long."), _("Copy the account's own address."))
            return
        if not self._agrees(cells, account, column, identity):
            return
        if _ADDRESS.fullmatch(link):
            account.url = link
        elif identity and identity.url:
            account.url = identity.url
        elif identity is None:
            account.extra[column.title] = link
        if identity and identity.scheme != "url":
            self._hold(cells, account, column, identity.scheme, identity.value)

    def _agrees(
        self, cells: RowCells, account: Held, column: Column, identity: Identity | None
    ) -> bool:
        """False, with a fault, when an address is of another platform than the row says."""
        if identity is None or identity.platform == account.platform:
            return True
        if account.open_to_proof:
            account.proven(identity.platform, identity.form)
            return True
        label = self._catalogue.label
        lang = language()
        cells.contradiction(column, label(account.platform, lang), label(identity.platform, lang))
        return False

    # --- ids ----------------------------------------------------------------------------------

    def _column(self, cells: RowCells, held: Sequence[Held], column: Column) -> None:
        cell = cells.row.at(column.index)
        if cell is None:
            return
        value = cells.attempt(column, lambda: identifier_of(cell, from_text_file=self._text_file))
        if not value:
            return
        if len(held) == 1:
            self._one_id(cells, held[0], column, value)
            return
        parts = [part for part in _BETWEEN_IDS.split(_plain(cell)) if part]
        if len(parts) == len(held):
            for account, part in zip(held, parts, strict=True):
                self._one_id(cells, account, column, part)
            return
        fits = [h for h in held if self._scheme(h.platform or HABIT, column.field, value)]
        if len(parts) == 1 and len(fits) == 1:
            self._one_id(cells, fits[0], column, value)
            return
        cells.fault(
            column,
            _("The row holds {accounts} accounts and {values} of these.").format(
                accounts=len(held), values=len(parts)
            ),
            _("Give each account a row of its own."),
        )

    def _one_id(self, cells: RowCells, account: Held, column: Column, value: str) -> None:
        if account.open_to_proof:
            self._platform_by_id(account, column.field, value)
        platform = account.platform or HABIT
        scheme = self._scheme(platform, column.field, value)
        if scheme:
            self._hold(cells, account, column, scheme, value)
        elif platform in self._catalogue.platforms and not self._catalogue.info(platform).schemes:
            account.extra[column.title] = value
        else:
            cells.fault(
                column,
                _("{value} is no id of {platform}.").format(
                    value=quoted(value), platform=self._catalogue.label(platform, language())
                ),
                _("Copy it again from the account's page, or clear the cell."),
            )

    def _platform_by_id(self, account: Held, field_name: str, value: str) -> None:
        """An account of unnamed platform: by the look of its id, or by the column's scheme."""
        identity = self._identify(value)
        if identity and identity.scheme != "url":
            account.proven(identity.platform, identity.form)
            return
        owners = [
            p for p in self._catalogue.platforms if field_name in self._catalogue.info(p).schemes
        ]
        if len(owners) == 1 and (account.platform or owners[0] != HABIT):
            account.proven(owners[0])

    def _scheme(self, platform: str, field_name: str, value: str) -> str | None:
        """The scheme that the value follows on the platform; None when it follows none.

        A column named after a scheme of the platform admits no other.
        """
        if platform not in self._catalogue.platforms or len(value) > _LONGEST_ID:
            return None
        if field_name in self._catalogue.info(platform).schemes:
            fits = self._catalogue.valid_identifier(platform, field_name, value)
            return field_name if fits else None
        return self._catalogue.scheme_of(platform, value)

    def _hold(
        self, cells: RowCells, account: Held, column: Column, scheme: str, value: str
    ) -> None:
        before = account.identifiers.setdefault(scheme, value)
        if before != value:
            cells.contradiction(column, before, value)


def _plain(cell: object) -> str:
    try:
        return fold_width(text_of(cell)) if isinstance(cell, str) else remove_space(str(cell))
    except CellFault:
        return ""
