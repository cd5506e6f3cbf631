"""`reconcile.xlsx`: the workbook that a clerk works through. A summary with counts and coverage, a
sheet for each code with both sides, and the pairs that only a person can decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from registry.exchange.decision_sheet import FindingKey, PairKey, Stamp
from registry.findings.differences import (
    Coverage,
    Difference,
    Reconciliation,
    ReviewKind,
    ReviewPair,
    Side,
    Standing,
    UploadAct,
    fingerprint,
)
from registry.messages import _, language
from registry.vocab import (
    BLOCKING_CODES,
    CODES,
    PAIR_CHOICES,
    Review,
    Severity,
    choices_for,
    code_title,
    label,
)
from reports.decision_columns import (
    explain_decisions,
    input_columns,
    more_parts,
    with_input,
)
from reports.export_changes import change_lines, changes_sheet
from reports.fields import field_title
from reports.held_sheet import held_sheet
from reports.marks import marks
from reports.reconcile_words import (
    act_title,
    bands,
    export_words,
    how_to_map,
    list_words,
    not_compared,
    outside_title,
    pair_bands,
    state_words,
    stopping_words,
)
from reports.unread_sheet import unread_sheet
from reports.workbook import Book, Cell, Look, SheetColumn, printed_at

_ALWAYS = ("name", "identifier", "state")
"""Fields that stand on every sheet where a side has them; others where they differ."""

_WIDTHS: Mapping[str, float] = {
    "host_unit": 20,
    "form": 8,
    "name": 18,
    "identifier": 17,
    "verified_subject": 20,
    "url": 24,
    "state": 9,
    "seen_at": 12,
    "last_post_at": 12,
    "row": 7,
    "national_code": 15,
    "found_where": 14,
    "existence": 9,
    "verdict": 9,
    "effective_on": 11,
    "stopped_on": 11,
    "unit_status": 9,
}
_TABS: Mapping[Severity, str] = {
    Severity.VETO: "#B00020",
    Severity.FAULT: "#D2691E",
    Severity.WARNING: "#E0A800",
    Severity.ADVICE: "#5B8DB8",
}


def write_reconcile_book(
    result: Reconciliation, path: Path, *, platform: Callable[[str], str]
) -> None:
    """Write the workbook. `platform` gives a platform's printed name. Raises Refused."""
    stamp = str(Stamp(result.registry_uid, result.at))
    with Book(path) as book:
        _summary(book, result, stamp)
        for code, found in groupby(result.differences, key=lambda d: d.code):
            rows = [(d, result.standings.get(d.identity, NEW)) for d in found]
            _code_sheet(book, code, rows, platform, stamp)
        if result.review:
            _review_sheet(book, result.review, platform, stamp)
        if result.held:
            held_sheet(book, result, platform)
        if result.unread:
            unread_sheet(book, result.unread)
        if result.changes:
            changes_sheet(book, result.changes, platform)
        offered = {choice for found in result.differences for choice in found.choices}
        explain_decisions(book, offered.union(*(pair.choices for pair in result.review)))


# --- the summary ----------------------------------------------------------------------------------


def _summary(book: Book, result: Reconciliation, stamp: str) -> None:
    """The hidden stamp tells a workbook of ours also where there is nothing to decide."""
    columns = [
        SheetColumn(_("Item"), 44),
        SheetColumn(_("Number"), 12),
        SheetColumn(_("Severity"), 12),
        SheetColumn(_("Stops the upload"), 14),
        SheetColumn(_("What to do"), 60),
        SheetColumn(stamp, 10, hidden=True),
    ]
    notes = [
        _("As of {at}").format(at=printed_at(result.at)),
        *filter(None, [export_words(result)]),
        _("Each code has a sheet of its own; differing cells are marked."),
    ]
    rows = [*_code_rows(result), *_work_rows(result), *coverage_rows(result.coverage)]
    rows += _change_rows(result)
    book.sheet(_("Summary"), columns, rows, title=_("Reconciling: summary"), notes=notes)


def _code_rows(result: Reconciliation) -> Iterator[list[Any]]:
    yield _head(_("Differences"), len(result.differences))
    lang = language()
    for code, count in result.counts.items():
        first = next(d for d in result.differences if d.code == code)
        severity = first.severity or CODES[code].severity
        stops = _("yes") if code in BLOCKING_CODES else _("no")
        yield [
            f"{code}  {code_title(code, lang)}",
            count,
            Cell(severity, Look.CENTRE),
            Cell(stops, Look.CENTRE),
            first.action,
        ]


def _work_rows(result: Reconciliation) -> Iterator[list[Any]]:
    stops = _("yes") if any(p.kind is not ReviewKind.ALIKE for p in result.review) else ""
    what = _("Decide each on its sheet, where it says what is unclear.") if result.review else ""
    yield _head(_("Still to be decided and reported"), None)
    yield [
        _("Pairs for a person to decide"),
        len(result.review),
        "",
        Cell(stops, Look.CENTRE),
        what,
    ]
    for act in UploadAct:
        count = sum(row.act is act for row in result.upload_rows)
        yield [_("Upload: {act}").format(act=act_title(act)), count, "", "", ""]
    yield [_("Kept out of the upload until settled"), len(result.held), "", "", ""]
    yield [_("Open matters that stop the upload"), result.blocking, "", "", stopping_words(result)]


def coverage_rows(coverage: Coverage) -> Iterator[list[Any]]:
    """How much was seen, line by line."""
    lang = language()
    yield _head(_("Coverage"), None)
    states = "、".join(f"{label(s, lang)} {n}" for s, n in sorted(coverage.accounts.items()))
    yield [_("Accounts in the ledger"), sum(coverage.accounts.values()), "", "", states]
    verdicts = "、".join(f"{label(v, lang)} {n}" for v, n in sorted(coverage.verdicts.items()))
    yield [_("Live accounts"), coverage.live, "", "", verdicts]
    yield [_("of these judged by what was seen"), coverage.seen, "", "", ""]
    yield [_("of these with the name read off the platform"), coverage.named, "", "", ""]
    yield [_("of these with the verified subject read"), coverage.subjects, "", "", ""]
    if coverage.national_rows is None:
        yield [_("Rows of the national system"), "", "", "", not_compared()]
    else:
        yield [_("Rows of the national system"), coverage.national_rows, "", "", ""]
        yield [_("of these matched to an account"), coverage.matched, "", "", ""]
        if coverage.unread:
            what = _("The platform is not known; see the sheet of those not compared.")
            yield [_("of these not compared"), coverage.unread, "", "", what]
        if coverage.unknown_states:
            what = _("{words}. {how}").format(words=state_words(coverage), how=how_to_map())
            count = sum(coverage.unknown_states.values())
            yield [_("of these not compared in their state"), count, "", "", what]


def _change_rows(result: Reconciliation) -> Iterator[list[Any]]:
    if result.changes:
        yield _head(_("National system since the export before"), None)
        for title, count, what in change_lines(result.changes):
            yield [title, count, "", "", what]


def _head(title: str, count: int | None) -> list[Any]:
    blank: list[Any] = [Cell("", Look.STRONG)] * 3
    number = Cell(count if count is not None else "", Look.STRONG)
    return [Cell(title, Look.STRONG), number, *blank]


# --- one sheet per code ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Told:
    """What is said of a difference beside its two sides; left out where no row has it."""

    title: Callable[[], str]
    read: Callable[[Difference, Standing], Any]
    width: float
    look: Look = Look.PLAIN


_TOLD = (
    _Told(lambda: _("Why"), lambda d, _s: d.note, 20, Look.FAINT),
    _Told(lambda: _("What to do"), lambda d, _s: d.action, 24),
    _Told(lambda: _("Basis"), lambda d, _s: d.basis, 12, Look.FAINT),
    _Told(lambda: _("Deadline"), lambda d, _s: d.deadline, 11, Look.CENTRE),
    _Told(lambda: _("Suggested"), lambda d, _s: suggestion(d), 14),
    _Told(lambda: _("Said of it so far"), lambda _d, s: review_words(s), 12, Look.CENTRE),
)


def suggestion(found: Difference) -> str:
    """The decision that what was seen speaks for, if one does."""
    return label(found.suggested, language()) if found.suggested else ""


def review_words(standing: Standing) -> str:
    """What people made of a difference; nothing while nobody has looked at it."""
    if standing.review is Review.OPEN:
        return ""
    words = label(standing.review, language())
    if standing.waived_until is None:
        return words
    return _("{review} until {day}").format(review=words, day=standing.waived_until.isoformat())


_Row = tuple[Difference, Standing]
NEW = Standing("", Review.OPEN)
"""Of a difference that no running finding stands for."""


def _code_sheet(
    book: Book, code: str, rows: Sequence[_Row], platform: Callable[[str], str], stamp: str
) -> None:
    lang = language()
    left, right = bands(code)
    found = [d for d, _standing in rows]
    own = _shown_fields([d.ledger for d in found], found)
    there = _shown_fields([d.outside for d in found], found)
    told = [part for part in _TOLD if any(_filled(part.read(d, s)) for d, s in rows)]
    columns = [
        SheetColumn(_("No."), 5),
        SheetColumn(_("Responsible unit"), 20),
        SheetColumn(_("Platform"), 10),
        *(SheetColumn(field_title(f), _WIDTHS.get(f, 12), band=left) for f in own),
        *(SheetColumn(outside_title(code, f), _WIDTHS.get(f, 12), band=right) for f in there),
        *(SheetColumn(part.title(), part.width) for part in told),
    ]
    more = more_parts(code)
    cells = (
        with_input(
            _code_row(n, *row, own, there, told, platform),
            *(columns, _key_of(*row), choices_for(code), more),
        )
        for n, row in enumerate(rows, start=1)
    )
    offered = (d.choices for d in found)
    words = [d.words for d in found]
    filled_in = input_columns(choices_for(code), offered, stamp, more, words, columns)
    title = f"{code}  {code_title(code, lang)}"
    notes = [_("{count} rows. Choose a decision in the green column.").format(count=len(rows))]
    tab = _TABS[found[0].severity or CODES[code].severity]
    book.sheet(title, [*columns, *filled_in], cells, title=title, notes=notes, tab=tab, frozen=3)


def _key_of(found: Difference, standing: Standing) -> FindingKey:
    said = fingerprint(found.ledger, found.outside, found.fields, found.accounts)
    return FindingKey(standing.finding_uid, said)


def _shown_fields(sides: Sequence[Side], found: Sequence[Difference]) -> list[str]:
    """The fields worth a column: the usual ones, those that differ, all of a side that is alone."""
    differing = {field for d in found for marked in marks(d) for field in marked}
    alone = not any(d.ledger for d in found) or not any(d.outside for d in found)
    names = dict.fromkeys(name for side in sides for name in side if name != "platform")
    usual = {*_ALWAYS, *differing}
    return [
        name
        for name in names
        if any(_filled(side.get(name)) for side in sides)
        and (alone or name in usual or name not in _SIDE_FIELDS)
    ]


_SIDE_FIELDS = frozenset({"host_unit", "form", "verified_subject", "url"})
"""Fields that stand on a sheet only where they matter."""


def _filled(value: Any) -> bool:
    return value is not None and value != ""


def _code_row(
    number: int,
    found: Difference,
    standing: Standing,
    own: Sequence[str],
    there: Sequence[str],
    told: Sequence[_Told],
    platform: Callable[[str], str],
) -> list[Any]:
    name = str(found.ledger.get("platform") or found.outside.get("platform") or "")
    ours, theirs = marks(found)
    return [
        Cell(number, Look.CENTRE),
        found.responsible,
        Cell(platform(name) if name else "", Look.CENTRE),
        *(_side_cell(found.ledger, field, field in ours) for field in own),
        *(_side_cell(found.outside, field, field in theirs) for field in there),
        *(Cell(part.read(found, standing), part.look) for part in told),
    ]


def _side_cell(side: Side, field: str, differs: bool) -> Cell:
    return Cell(side.get(field, ""), Look.MARKED if differs else Look.PLAIN)


# --- what only a person can decide ----------------------------------------------------------------

_PAIR_FIELDS = ("host_unit", "name", "identifier", "url")
_ROW_FIELDS = ("state", "national_code", "row", "found_where")
"""What the other one is told apart by besides, also from another row with the same id."""


def _review_sheet(
    book: Book, pairs: Sequence[ReviewPair], platform: Callable[[str], str], stamp: str
) -> None:
    ledger, other = pair_bands(pairs)
    more = [f for f in _ROW_FIELDS if any(_filled(pair.outside.get(f)) for pair in pairs)]
    there = (*_PAIR_FIELDS, *more)
    columns = [
        SheetColumn(_("No."), 5),
        SheetColumn(_("Responsible unit"), 20),
        SheetColumn(_("Platform"), 12),
        *(SheetColumn(field_title(f), _WIDTHS.get(f, 14), band=ledger) for f in _PAIR_FIELDS),
        SheetColumn(_("Compared with"), 12, band=other),
        *(SheetColumn(field_title(f), _WIDTHS.get(f, 14), band=other) for f in there),
        SheetColumn(_("Likeness of the names"), 10),
        SheetColumn(_("Why"), 36),
        SheetColumn(_("Question"), 28),
        SheetColumn(_("Basis"), 12),
        SheetColumn(_("Deadline"), 11),
        SheetColumn(_("On the terminal"), 30),
    ]
    rows = (
        with_input(
            _review_row(n, pair, more, platform),
            *(columns, PairKey(pair.left_key, pair.right_key), PAIR_CHOICES),
        )
        for n, pair in enumerate(pairs, start=1)
    )
    offered = (pair.choices for pair in pairs)
    filled_in = input_columns(PAIR_CHOICES, offered, stamp, told=columns)
    title = _("To be decided by a person")
    notes = [
        _("Choose in the green column; a decision is remembered and not asked again."),
        _(
            "On the terminal: the command of the row, with --not-same or --offline in place of --same"
            " where that is so."
        ),
    ]
    every = [*columns, *filled_in]
    book.sheet(title, every, rows, title=title, notes=notes, tab="#6F42C1", frozen=3)


def _review_row(
    number: int, pair: ReviewPair, more: Sequence[str], platform: Callable[[str], str]
) -> list[Any]:
    name = str(pair.ledger.get("platform") or pair.outside.get("platform") or "")
    return [
        Cell(number, Look.CENTRE),
        pair.responsible,
        Cell(platform(name) if name else "", Look.CENTRE),
        *(_pair_cell(pair.ledger, pair.outside, field) for field in _PAIR_FIELDS),
        list_words(pair),
        *(_pair_cell(pair.outside, pair.ledger, field) for field in _PAIR_FIELDS),
        *(Cell(pair.outside.get(field, "")) for field in more),
        Cell(round(pair.score), Look.CENTRE),
        pair.why,
        question(pair.kind),
        Cell(pair.basis, Look.FAINT),
        Cell(pair.deadline, Look.CENTRE),
        Cell(pair.command, Look.FAINT),
    ]


def _pair_cell(side: Side, other: Side, field: str) -> Cell:
    value, against = side.get(field, ""), other.get(field, "")
    differs = _filled(value) and _filled(against) and value != against
    return Cell(value, Look.MARKED if differs else Look.PLAIN)


def question(kind: ReviewKind) -> str:
    """What a person is asked about a pair."""
    words = {
        ReviewKind.SEVERAL: _("Which of these belong together?"),
        ReviewKind.IDENTIFIER_DIFFERS: _("Is it one account with a wrong id, or two accounts?"),
        ReviewKind.UNIT_DIFFERS: _("Is it one account with a wrong unit, or two accounts?"),
        ReviewKind.CODE: _("Is it the account under another name, or was its code given on?"),
        ReviewKind.RENAME: _("Was the account renamed?"),
        ReviewKind.TWICE: _(
            "Which row is right? “Same”: this one, the other goes offline; “take offline”: this goes."
        ),
        ReviewKind.ALIKE: _("Is it one account entered twice, or two accounts?"),
    }
    return words[kind]
