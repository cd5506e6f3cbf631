"""The rows that bring the national system in line with the ledger: to add, to change, to take
offline. An account whose ledger entry is itself in question is held back, with the reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from reconcilers.actions import action, filed_already, held_back, id_goes, in_upload, under_way
from reconcilers.ledger import Ledger, LedgerAccount
from reconcilers.naming import row_words
from reconcilers.national import NationalPicture
from registry.exchange.national_template import NationalEntry
from registry.findings.differences import Difference, HeldRow, Standing, UploadAct, UploadRow
from registry.findings.drafts import Identity
from registry.findings.filings import UNDECIDED, UnderWay, filings_under_way
from registry.messages import _
from registry.models import Filing, Finding
from registry.vocab import FilingKind, NationalState, SubjectKind

UNSETTLED = frozenset({"RC302", "RC308", "RC309", "RC310", "DU402", "DU405"})
"""While one of these is found, the ledger's own entry is not what should be reported."""

_ALIVE = frozenset({"RC312", "CL501"})
"""While one of these is found of a cancelled account, its row there is not to go offline."""

HOLDING = UNSETTLED | _ALIVE
"""All that keeps an account out of the upload."""

_CLASHING = "RC304"
"""The code of an account to be added; under it it is held back where its id is to go offline."""

_ENDING = frozenset({FilingKind.STOP, FilingKind.CANCEL})
_SETTLING: Mapping[str, frozenset[FilingKind]] = {
    "RC303": frozenset({FilingKind.REOPEN}),
    "RC304": _ENDING,
    "RC306": frozenset({FilingKind.CHANGE}),
    "RC307": _ENDING,
}
"""Codes of which either side may be the one that is right → the filings by which the ledger gives
way. Of a state that differs (RC306) these are the filings that change a state."""

Matter = tuple[str, str]
"""(account uid, code)"""


def plan_upload(
    picture: NationalPicture,
    differences: Iterable[Difference],
    following: Collection[Matter] = (),
    staying: Collection[str] = (),
) -> tuple[list[UploadRow], list[HeldRow]]:
    """Rows for the next upload, and accounts kept out of it.

    `differences` leaves out what people waived or dismissed; `following` are those in which the
    ledger is to follow, see `ledger_follows`; `staying` are the keys of rows that are not to be taken
    offline after all, see `rows_staying`.
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
        unsettled = set(found) & (_ALIVE if row.act is UploadAct.OFFLINE else UNSETTLED)
        filed = {code for code in found if (uid, code) in following}
        if unsettled or filed:
            codes = tuple(sorted(unsettled | filed))
            held.append(HeldRow(uid, account.side(), codes, row.act, tuple(sorted(filed))))
        else:
            rows.append(row)
    gone = (entry for entry in picture.leaving if picture.key(entry) not in staying)
    rows.extend(map(_leaving, gone))
    rows, clashing = _without_clashes(rows, picture.ledger)
    held.extend(clashing)
    order = {act: number for number, act in enumerate(UploadAct)}
    rows.sort(key=lambda row: (order[row.act], row.entry.host_unit, row.entry.platform))
    return rows, held


def _without_clashes(
    rows: Collection[UploadRow], ledger: Ledger
) -> tuple[list[UploadRow], list[HeldRow]]:
    """The rows without accounts to be added under an id of which a row is to go offline, and these
    accounts: one id is never reported both ways, and that it is to go is a person's word."""
    going = {key for row in rows if row.act is UploadAct.OFFLINE for key in _keys(row.entry)}
    kept, held = list[UploadRow](), list[HeldRow]()
    for row in rows:
        if row.act is UploadAct.ADD and not going.isdisjoint(_keys(row.entry)):
            side = ledger.by_uid[row.account_uid].side()
            held.append(HeldRow(row.account_uid, side, (_CLASHING,), row.act))
        else:
            kept.append(row)
    return kept, held


def _keys(entry: NationalEntry) -> Iterator[tuple[str, str, str]]:
    for scheme, value in entry.identifiers.items():
        yield entry.platform, scheme, value


def _row(
    account: LedgerAccount, found: Mapping[str, Difference], there: NationalEntry | None
) -> UploadRow | None:
    if "RC304" in found:
        return UploadRow(UploadAct.ADD, entry_of(account), (), account.uid, found["RC304"].action)
    if "RC303" in found and there is not None:
        entry = _located(merged(account, there, NationalState.OFFLINE_REQUESTED), there)
        return UploadRow(UploadAct.OFFLINE, entry, ("state",), account.uid, found["RC303"].action)
    changed = found.get("RC306") or found.get("RC307")
    if changed is not None and there is not None and account.live:
        entry = _located(merged(account, there, NationalState.LIVE), there)
        return UploadRow(UploadAct.CHANGE, entry, changed.fields, account.uid, changed.action)
    return None


def _leaving(entry: NationalEntry) -> UploadRow:
    """A row that is no account of ours, or its second one, as it is to stand there."""
    gone = replace(entry, state=NationalState.OFFLINE_REQUESTED, state_raw="")
    return UploadRow(UploadAct.OFFLINE, _located(gone, entry), ("state",), "", action("RC303"))


def _located(entry: NationalEntry, there: NationalEntry) -> NationalEntry:
    """The entry with a remark that says which row `there` is meant, where nothing else that stays as
    it is tells: no code, id or link."""
    if there.national_code or there.identifiers or there.url:
        return entry
    words = _("Stands there as {row}.").format(row=row_words(there))
    remark = _("; ").join(filter(None, (entry.fields.get("remark", ""), words)))
    return replace(entry, fields={**entry.fields, "remark": remark})


def with_places(
    differences: Iterable[Difference],
    rows: Iterable[UploadRow],
    held: Iterable[HeldRow],
    following: Mapping[Matter, str],
    drafted: Mapping[Matter, str],
) -> list[Difference]:
    """The differences with what the upload does with them in their instruction: the filing that is
    under way, and of a row to be restored (RC307) whether it is in the upload. `drafted`: filings
    that put the others right."""
    reported = {row.account_uid for row in rows}
    waiting = {row.account_uid for row in held}
    clashing = {row.account_uid for row in held if row.codes == (_CLASHING,) and not row.filed}

    def instruction(found: Difference) -> str:
        filings = following.get((found.subject_uid, found.code))
        if filings is not None:
            return under_way(filings)
        if (found.subject_uid, found.code) in drafted:
            return filed_already(found.action, drafted[found.subject_uid, found.code])
        if found.code == _CLASHING and found.subject_uid in clashing:
            return id_goes(found.action)
        if found.code == "RC303" and found.subject_uid in waiting:
            return held_back(found.action)
        if found.code != "RC307":
            return found.action
        if found.subject_uid in waiting:
            return held_back(found.action)
        return in_upload(found.action) if found.subject_uid in reported else found.action

    told = ((each, instruction(each)) for each in differences)
    return [each if words == each.action else replace(each, action=words) for each, words in told]


def ledger_follows(session: Session) -> dict[Matter, str]:
    """Running findings that a filing under way settles, whoever drafted it (not the national system
    is to change but the ledger), with the filings in words."""
    f, p = Finding, Filing
    columns = (f.subject_uid, f.code, f.facts, p.form, p.uid, p.number, p.kind, p.state)
    query = select(*columns).join(p, p.account_id == f.account_id)
    running = query.where(f.code.in_(_SETTLING), f.ended_at.is_(None), p.state.in_(UNDECIDED))
    found: defaultdict[Matter, list[str]] = defaultdict(list)
    for uid, code, facts, form, *filing in session.execute(running.order_by(p.id)):
        told = UnderWay(*filing)
        if _settles(code, facts.get("fields", ()), told.kind, form):
            found[uid, code].append(told.words)
    return {matter: _(", ").join(told) for matter, told in found.items()}


def already_drafted(session: Session, standings: Mapping[Identity, Standing]) -> dict[Matter, str]:
    """Running findings that a filing under way would put right, whichever finding it was drafted of,
    with the filings in words."""
    filings = filings_under_way(session)
    if not filings:
        return {}
    return {
        (found.subject_uid, found.code): _(", ").join(
            f.words for f in filings[standing.finding_uid]
        )
        for found, standing in standings.items()
        if standing.finding_uid in filings
    }


def _settles(code: str, fields: Collection[str], kind: FilingKind, form: Collection[str]) -> bool:
    """Whether a filing with these fields in its form makes the ledger say what the other side does
    in any of the `fields` in which they differ."""
    if code != "RC306":
        return kind in _SETTLING[code]
    if "state" in fields and kind is not FilingKind.CHANGE:
        return True
    names = {"identifiers" if name == "identifier" else name for name in fields}
    return kind is FilingKind.CHANGE and not names.isdisjoint(form)


def first_upload(ledger: Ledger) -> Iterator[UploadRow]:
    """Every live account as a row to add: for an office that has never reported."""
    for account in ledger.live:
        yield UploadRow(UploadAct.ADD, entry_of(account), (), account.uid)


def entry_of(account: LedgerAccount) -> NationalEntry:
    """The account as a row of the national system."""
    fields = {
        "supervising_unit": account.supervising_name,
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
    """The row there with the ledger's values in it; what the ledger lacks, or has only read off a unit's
    name, stays as it is there."""
    own = entry_of(account)
    kept = set() if account.given_level else {"host_level"}
    return NationalEntry(
        platform=own.platform,
        name=own.name,
        form=own.form or there.form,
        host_unit=own.host_unit or there.host_unit,
        url=own.url or there.url,
        identifiers={**there.identifiers, **own.identifiers} or {},
        state=state,
        national_code=there.national_code,
        fields={**there.fields, **{k: v for k, v in own.fields.items() if k not in kept}},
    )
