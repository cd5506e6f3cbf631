"""The rows that bring the national system in line with the ledger: to add, to change, to take
offline. An account whose ledger entry is itself in question is held back, with the reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from reconcilers.actions import action
from reconcilers.ledger import Ledger, LedgerAccount
from reconcilers.national import NationalPicture
from registry.differences import Difference, HeldRow, UploadAct, UploadRow
from registry.exchange.national_template import NationalEntry
from registry.models import Filing, Finding, FindingEvent
from registry.vocab import FilingState, NationalState, SubjectKind

UNSETTLED = frozenset({"RC302", "RC308", "RC309", "RC310", "DU402", "DU405"})
"""While one of these is found, the ledger's own entry is not what should be reported."""

FOLLOWING = ("RC303", "RC306")
"""Codes of which either side may be the one that is right."""

UNDECIDED = (
    FilingState.DRAFT,
    FilingState.SUBMITTED,
    FilingState.RETURNED,
    FilingState.APPROVED,
)
"""States of a filing that is under way."""


def plan_upload(
    picture: NationalPicture,
    differences: Iterable[Difference],
    following: Collection[tuple[str, str]] = (),
) -> tuple[list[UploadRow], list[HeldRow]]:
    """Rows for the next upload, and accounts kept out of it.

    `differences` leaves out what people waived or dismissed; `following` are the (account uid,
    code) of differences in which the ledger is to follow, see `ledger_follows`.
    """
    by_account: defaultdict[str, dict[str, Difference]] = defaultdict(dict)
    for difference in differences:
        if difference.subject_kind is SubjectKind.ACCOUNT:
            by_account[difference.subject_uid][difference.code] = difference
    rows: list[UploadRow] = []
    held: list[HeldRow] = []
    for uid, found in by_account.items():
        account = picture.ledger.by_uid[uid]
        row = _row(account, found, picture.row_of(uid))
        if row is None:
            continue
        unsettled = UNSETTLED & set(found) if row.act is not UploadAct.OFFLINE else set()
        codes = tuple(sorted(unsettled | {code for code in found if (uid, code) in following}))
        if codes:
            held.append(HeldRow(uid, account.side(), codes))
        else:
            rows.append(row)
    rows.extend(_leaving(entry) for entry in picture.leaving)
    order = {act: number for number, act in enumerate(UploadAct)}
    rows.sort(key=lambda row: (order[row.act], row.entry.host_unit, row.entry.platform))
    return rows, held


def _row(
    account: LedgerAccount, found: Mapping[str, Difference], there: NationalEntry | None
) -> UploadRow | None:
    if "RC304" in found:
        return UploadRow(UploadAct.ADD, entry_of(account), (), account.uid, found["RC304"].action)
    if "RC303" in found and there is not None:
        entry = merged(account, there, NationalState.OFFLINE_REQUESTED)
        return UploadRow(UploadAct.OFFLINE, entry, ("state",), account.uid, found["RC303"].action)
    changed = found.get("RC306")
    if changed is not None and there is not None and account.live:
        entry = merged(account, there, NationalState.LIVE)
        return UploadRow(UploadAct.CHANGE, entry, changed.fields, account.uid, changed.action)
    return None


def _leaving(entry: NationalEntry) -> UploadRow:
    """A row that is no account of ours, or its second one, as it is to stand there."""
    gone = replace(entry, state=NationalState.OFFLINE_REQUESTED, state_raw="")
    return UploadRow(UploadAct.OFFLINE, gone, ("state",), "", action("RC303"))


def ledger_follows(session: Session) -> set[tuple[str, str]]:
    """(account uid, code) of running findings of which a filing was made that is under way: not the
    national system is to change but the ledger."""
    f, e = Finding, FindingEvent
    query = select(f.subject_uid, f.code, e.details).join(e, e.finding_id == f.id)
    filed = query.where(e.act == "filed", f.ended_at.is_(None), f.code.in_(FOLLOWING))
    made = {details["filing"]: (uid, code) for uid, code, details in session.execute(filed)}
    states = select(Filing.uid).where(Filing.uid.in_(list(made)), Filing.state.in_(UNDECIDED))
    return {made[uid] for uid in session.scalars(states)} if made else set()


def first_upload(ledger: Ledger) -> Iterator[UploadRow]:
    """Every live account as a row to add: for an office that has never reported."""
    for account in ledger.live:
        yield UploadRow(UploadAct.ADD, entry_of(account), (), account.uid)


def entry_of(account: LedgerAccount) -> NationalEntry:
    """The account as a row of the national system."""
    fields = {
        "verified_subject": account.verified_subject or "",
        "opened_on": account.opened_on.isoformat() if account.opened_on else "",
        "followers": str(account.followers) if account.followers is not None else "",
        "purpose": account.purpose,
        "host_level": account.host_level,
        "region_code": account.region_code,
    }
    return NationalEntry(
        platform=account.platform,
        name=account.name,
        form=account.form,
        host_unit=account.host_name,
        url=account.url,
        identifiers=dict(sorted(account.identifiers.items())),
        state=NationalState.LIVE,
        fields={key: value for key, value in fields.items() if value},
    )


def merged(account: LedgerAccount, there: NationalEntry, state: NationalState) -> NationalEntry:
    """The row there with the ledger's values in it; what the ledger lacks stays as it is there."""
    own = entry_of(account)
    return NationalEntry(
        platform=own.platform,
        name=own.name,
        form=own.form or there.form,
        host_unit=own.host_unit or there.host_unit,
        url=own.url or there.url,
        identifiers={**there.identifiers, **own.identifiers} or {},
        state=state,
        national_code=there.national_code,
        fields={**there.fields, **own.fields},
    )
