"""The first export of all: with none before it, only the ledger tells that it is a part, or that one of
its columns is shifted. Such a one is refused until a person accepts it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy.orm import Session

from registry.errors import Refused
from registry.exchange.national import KeptExport
from registry.exchange.national_export import NationalExport
from registry.exchange.national_template import WATCHED
from registry.exchange.shifted import ABSENT, is_most, is_quarter
from registry.exchange.snapshots import acceptance
from registry.exchange.watched import accepting, watched_word
from registry.history.writing import Act
from registry.messages import _


def check_first(
    session: Session,
    export: NationalExport,
    kept: KeptExport,
    act: Act,
    accept: Collection[str] = (),
    *,
    absent: int,
    live: int,
    contradicted: Mapping[str, int],
    matched: int,
) -> None:
    """Refuse the first export of all where it lacks most of the ledger's accounts in use (`absent` of
    `live`), or where a field contradicts the ledger in a quarter of the rows that are an account
    (`contradicted`: field → how many of the rows `matched`); a column that is shifted by a row stays
    right in the rows of a unit's further accounts.

    `accept` as for `keep_export`. Raises Refused; the caller then keeps nothing of it.
    """
    if not kept.first or not export.rows:
        return
    doubts = {ABSENT: (absent, live)} if is_most(absent, live) else {}
    for name in WATCHED:
        if is_quarter(contradicted.get(name, 0), matched):
            doubts[name] = contradicted[name], matched
    if any(what not in accept for what in doubts):
        raise _refusal(export, doubts, accept)
    session.add_all(acceptance(export, what, *doubts[what], act) for what in doubts)


def _refusal(
    export: NationalExport, doubts: Mapping[str, tuple[int, int]], accept: Collection[str]
) -> Refused:
    """All that is in doubt and that nobody accepted, and how the whole of it is accepted."""
    told = [_words(export, what, *doubts[what]) for what in doubts if what not in accept]
    remedies = [_("Export everything again.")]
    if ABSENT in doubts:
        text = _(
            "If the file is whole and these accounts were never reported there, add {flags}: they"
            " go into upload.xlsx to be added."
        )
        remedies.append(text.format(flags="--accept-absent"))
    if fields := [what for what in doubts if what != ABSENT]:
        text = _("If the column is right as it stands there, add {flags}: each row is compared.")
        remedies.append(text.format(flags=accepting(fields, export.titles)))
    return Refused(" ".join(told), " ".join(remedies))


def _words(export: NationalExport, what: str, count: int, of: int) -> str:
    if what == ABSENT:
        text = _("{file} lacks {count} of the {of} accounts in use of the ledger: a part only?")
        return text.format(file=export.file_name, count=count, of=of)
    text = _(
        "{file} has another {field} than the ledger in {count} of the {of} rows that are its"
        " accounts: a shifted column?"
    )
    word = watched_word(what, export.titles)
    return text.format(file=export.file_name, field=word, count=count, of=of)
