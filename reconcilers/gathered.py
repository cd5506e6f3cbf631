"""The filings that the rows of a workbook ask for: gathered, so that two rows share one, and drafted
together.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from reconcilers.deciding_filings import (
    in_words,
    is_one_filing,
    known_filing,
    left_as_it_is,
    other_host,
    with_more,
)
from reconcilers.decision_effects import Work
from reconcilers.minutes import Minutes
from reconcilers.outcomes import Effect, RowFault
from registry.errors import BadInput
from registry.exchange.decided import DecidedRow
from registry.exchange.decision_sheet import FindingKey, Part
from registry.filings.acts import lacks
from registry.filings.batch import FilingRequest, file_batch
from registry.findings import acts as finding_acts
from registry.history.writing import Act
from registry.messages import _, language
from registry.models import Account, Filing, Finding
from registry.platforms import PlatformCatalogue
from registry.vocab import FilingKind, label


@dataclass(slots=True)
class Gathered:
    """What the rows have asked for so far; `draft` makes the filings."""

    work: Work
    minutes: Minutes
    catalogue: PlatformCatalogue
    requests: list[tuple[DecidedRow, Finding, FilingRequest]] = field(default_factory=list)
    asked: dict[tuple[FilingKind, str], int] = field(default_factory=dict)
    """(kind, account's uid) of each filing → the place of the first one among the requests."""
    served: list[tuple[DecidedRow, Finding, int]] = field(default_factory=list)
    """Rows that ask for the same filing as another one, with its place among the requests."""
    opened: dict[tuple[str, str, str], DecidedRow] = field(default_factory=dict)
    """(platform, scheme, id) of each account to be opened → the first row that asks for it."""

    def ask(self, row: DecidedRow, finding: Finding, request: FilingRequest) -> None:
        """Take in what a row asks for; a filing that is there already is told instead. Raises
        RowFault where another row or filing stands against it."""
        self._check_alone(row, request)
        known = known_filing(self.work.session, finding, request)
        if known is not None:
            _check_host(row, known)
            state = label(known.state, language())
            words = _("filing {number} is there: {state}").format(number=known.number, state=state)
            self.minutes.outcome(row, finding, Effect.NOTHING, words, known.number, request)
            return
        known_as = request.account.uid if isinstance(request.account, Account) else ""
        at = self.asked.setdefault((request.kind, known_as), len(self.requests))
        if at < len(self.requests):
            first, of, asked = self.requests[at]
            if is_one_filing(asked, request):
                self.requests[at] = (first, of, with_more(asked, request))
                self.served.append((row, finding, at))
                return
        self.requests.append((row, finding, replace(request, place=row.fault(""))))

    def _check_alone(self, row: DecidedRow, request: FilingRequest) -> None:
        """Raise RowFault where another row opens the account with one of these ids already."""
        if request.kind is not FilingKind.OPEN:
            return
        platform = str(request.fields.get("platform", ""))
        for scheme, value in (request.fields.get("identifiers") or {}).items():
            known = self.opened.setdefault((platform, scheme, value), row)
            if known is not row:
                words = _("Sheet {sheet}, row {row} opens the account with id {id} already.")
                raise RowFault(
                    words.format(sheet=known.place.sheet, row=known.place.row, id=value),
                    _("There can be only one: leave one of the rows empty, or decide otherwise."),
                )

    def draft(self) -> None:
        """Draft all filings together, and note each with its finding."""
        if not self.requests:
            return
        try:
            batch = file_batch(
                self.work.session,
                [request for _row, _finding, request in self.requests],
                act=self.work.act,
                title=_("Decisions of {file}").format(file=self.work.book.file),
                hand_in=False,
                catalogue=self.catalogue,
            )
        except BadInput as error:
            self.minutes.faults += error.faults
            self._tell_others({(fault.sheet, fault.row) for fault in error.faults})
            return
        for (row, finding, request), filing in zip(self.requests, batch.filings, strict=True):
            act = self._filed(row, finding, filing)
            words = in_words(request) + left_as_it_is(finding, row.choice, row.fields)
            if lacking := lacks(self.work.session, filing, act):
                words += _("; still lacks: {fields}").format(fields=_("; ").join(lacking))
            self.minutes.outcome(row, finding, Effect.FILED, words, filing.number, request)
        self._tell_served(batch.filings)

    def _filed(self, row: DecidedRow, finding: Finding, filing: Filing) -> Act:
        """Note the filing with the finding of a row; in whose name and why it is."""
        act = self.work.reason(row)
        about = row.key.fingerprint if isinstance(row.key, FindingKey) else ""
        finding_acts.filed(self.work.session, finding, filing, act=act, about=about)
        return act

    def _tell_served(self, filings: Sequence[Filing]) -> None:
        """Note with each row that asks for another one's filing that it serves both."""
        for row, finding, at in self.served:
            first, _of, request = self.requests[at]
            self._filed(row, finding, filings[at])
            words = _(
                "one filing for both, drafted with sheet {sheet}, row {row}: {filing}"
            ).format(sheet=first.place.sheet, row=first.place.row, filing=in_words(request))
            self.minutes.outcome(row, finding, Effect.REVIEWED, words, filings[at].number, request)

    def _tell_others(self, faulty: Collection[tuple[str, int | None]]) -> None:
        """Say of the filings without a fault what they would be: none is kept."""
        for row, finding, request in self.requests:
            if (row.place.sheet, row.place.row) not in faulty:
                self.minutes.outcome(row, finding, Effect.FILED, in_words(request), "", request)


def _check_host(row: DecidedRow, known: Filing) -> None:
    """Raise RowFault where the filing that is there names another host unit than the row."""
    if named := other_host(known, row.host):
        raise RowFault(
            _("Filing {number} is there, and names another host unit: {unit}.").format(
                number=known.number, unit=named
            ),
            _("Withdraw it first: `taizhang filing withdraw {number}`.").format(
                number=known.number
            ),
            Part.HOST,
        )
