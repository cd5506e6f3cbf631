"""Ledger against what platforms show: RC301, RC302, RC308 to RC312. What was not read, or was read
before the ledger changed, is unknown and never a difference.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from reconcilers.aliases import no_alias, why_alias
from reconcilers.actions import closing_gone, last_day
from reconcilers.drafting import Setting, about_account, about_outside
from reconcilers.handles import CODES as CLOSED_CODES
from reconcilers.handles import Holders, alive_again
from reconcilers.ledger import Ledger, LedgerAccount
from reconcilers.leads import LeadRow, lead_side
from reconcilers.matching import Matching
from reconcilers.papers import Papers
from reconcilers.seen import Reality, Seen
from registry.dates import shanghai_date
from registry.findings.differences import Difference
from registry.messages import _
from registry.models import Finding
from registry.names import fold_name
from registry.vocab import AccountState, Choice, Severity, SubjectKind, Verdict

CODES = ("RC301", "RC302", "RC308", "RC309", "RC310", "RC311", "RC312")

_OF_LIVE = frozenset({"RC302", "RC308", "RC309", "RC310"})
_OF_CLOSED = frozenset(CLOSED_CODES)
_OF_PLAIN = frozenset({"RC310", "RC311"})

_NAME = frozenset({"name"})
_SUBJECT = frozenset({"verified_subject", "host_unit"})


@dataclass
class Examined:
    """Differences found, and the (subject uid, code) about which something could be said."""

    differences: list[Difference] = field(default_factory=list)
    told: set[tuple[str, str]] = field(default_factory=set)
    singly: set[str] = field(default_factory=set)
    """Accounts that were looked at one by one; every other one in use is plain, see `tell_plain`."""

    def tell(self, uid: str, code: str, found: Iterable[Difference] = ()) -> None:
        """This subject was examined for this code, with this result."""
        self.told.add((uid, code))
        self.differences.extend(found)


def reality_differences(
    ledger: Ledger,
    reality: Reality,
    papers: Papers,
    leads: Matching[LeadRow],
    setting: Setting,
    *,
    holders: Holders,
    by_look: Collection[str],
    stop_limit: int | None,
) -> Examined:
    """Every difference between the ledger and what was seen.

    `holders`: what was read of the ids of closed accounts; `by_look`: see `subjects_by_look`.
    `stop_limit`: working days from the stop within which an account must be cancelled (None: no
    such rule here).
    """
    result = Examined()
    _unknown(result, setting, ledger, leads)
    filed = papers.accounts()
    for account in ledger.accounts:
        if _is_plain(account, reality, filed):
            continue
        result.singly.add(account.uid)
        if account.live:
            seen = reality.get(account.uid)
            _gone(result, setting, account, seen)
            _renamed(result, setting, account, seen, papers)
            read = _subject_read(account, seen, papers, ledger)
            if read is not None or account.uid not in by_look:
                _subject(result, setting, account, read, papers, ledger)
            _rehosted(result, setting, account, papers)
        _never_cancelled(result, setting, account, papers, stop_limit)
    known = {pair.account.uid: pair.row for pair in leads.pairs}
    alive_again(result.tell, ledger, holders, papers, setting, known, lead_side)
    return result


def _unknown(result: Examined, setting: Setting, ledger: Ledger, leads: Matching[LeadRow]) -> None:
    """RC301: the ledger does not have it; or its opening, filed of this finding, is approved and not yet
    completed."""
    waiting = [
        p.row for p in leads.pairs if p.account.state is AccountState.PROPOSED and p.row.found
    ]
    for lead in (*leads.outside_only, *waiting):
        unit, kind = ledger.bodies.find(lead.host_unit), SubjectKind.LEAD
        found = about_outside(setting, "RC301", kind, lead.uid, outside=lead_side(lead), unit=unit)
        result.tell(lead.uid, "RC301", [found])
    for pair in leads.pairs:
        if pair.row not in waiting:
            result.tell(pair.row.uid, "RC301")


def _is_plain(account: LedgerAccount, reality: Reality, filed: Collection[str]) -> bool:
    """True for an account in use of which nothing was seen or filed, and whose verified subject is
    its host: there is nothing to look at."""
    return (
        account.state is AccountState.ACTIVE
        and account.uid not in reality
        and account.uid not in filed
        and (not account.verified_subject or account.verified_subject == account.host_name)
    )


def subjects_by_look(session: Session) -> frozenset[str]:
    """Uids of accounts with a running RC309 that was read off the platform: what the ledger declares
    neither ends it nor stands in its place."""
    f = Finding
    query = select(f.subject_uid, f.observation_uids).where(f.code == "RC309", f.ended_at.is_(None))
    return frozenset(uid for uid, looks in session.execute(query) if looks)


def tell_plain(
    result: Examined,
    ledger: Ledger,
    running: Iterable[tuple[str, str]],
    by_look: Collection[str],
) -> None:
    """Tell what is known of plain accounts, as far as findings (subject uid, code) run: no host was
    changed, no stop is overdue, and the declared subject is the host."""
    for uid, code in running:
        account = ledger.by_uid.get(uid)
        if account is None or account.state is not AccountState.ACTIVE or uid in result.singly:
            continue
        declared = code == "RC309" and account.host is not None and uid not in by_look
        if code in _OF_PLAIN or declared:
            result.tell(uid, code)


def asked_no_more(ledger: Ledger, uid: str, code: str) -> bool:
    """True when the ledger itself has settled it: an account that is closed by now cannot be renamed
    unfiled, one that is open again is no closed one that shows signs of life (one whose re-opening is
    approved is not open yet)."""
    account = ledger.by_uid.get(uid)
    if account is None:
        return False
    if code in _OF_CLOSED:
        return account.state not in {AccountState.CLOSED, AccountState.PROPOSED}
    return code in _OF_LIVE and not account.live


def _gone(result: Examined, setting: Setting, account: LedgerAccount, seen: Seen | None) -> None:
    """RC302. PENDING and UNKNOWN say nothing either way."""
    verdict = seen.verdict if seen else Verdict.UNKNOWN
    if seen is None or verdict in {Verdict.UNKNOWN, Verdict.PENDING}:
        return
    if verdict is not Verdict.GONE:
        result.tell(account.uid, "RC302")
        return
    closing = account.state is AccountState.CLOSING
    found = about_account(
        setting,
        "RC302",
        account,
        outside={"verdict": verdict, "seen_at": seen.seen_at},
        fields=("state",),
        instruction=closing_gone() if closing else "",
        severity=Severity.ADVICE if closing else None,
        observation_uids=seen.evidence("existence"),
    )
    result.tell(account.uid, "RC302", [found])


def _renamed(
    result: Examined, setting: Setting, account: LedgerAccount, seen: Seen | None, papers: Papers
) -> None:
    """RC308: the platform shows another name, and no change to it is completed."""
    if seen is None or seen.display_name is None or seen.named_at is None:
        return
    same = account.fold == fold_name(seen.display_name)
    if not same and papers.changed_since(account.uid, _NAME, shanghai_date(seen.named_at)):
        return  # the ledger is newer than the look
    if same:
        result.tell(account.uid, "RC308")
        return
    found = about_account(
        setting,
        "RC308",
        account,
        outside={"name": seen.display_name, "seen_at": seen.named_at},
        fields=("name",),
        observation_uids=seen.evidence("name"),
    )
    result.tell(account.uid, "RC308", [found])


def _subject(
    result: Examined,
    setting: Setting,
    account: LedgerAccount,
    read: Seen | None,
    papers: Papers,
    ledger: Ledger,
) -> None:
    """RC309: the verification names a body that is not the host unit. What the ledger declares
    counts where the platform was not read."""
    if account.host is None:
        return
    said = read.verified_subject if read else account.verified_subject
    same = said == account.host_name or ledger.bodies.same(said or "", account.host)
    if same is not False:
        result.tell(account.uid, "RC309")
        return
    unread = "" if read else _("The ledger itself declares it; the platform was not read.")
    alias = why_alias(said or "", account.host, ledger.bodies)
    found = about_account(
        setting,
        "RC309",
        account,
        outside={"verified_subject": said, "seen_at": read.subject_at if read else None},
        fields=("host_unit", "verified_subject"),
        note=" ".join(filter(None, (unread, alias))),
        suggested=Choice.ALIAS if alias else None,
        without=no_alias(said or "", ledger.bodies),
        observation_uids=read.evidence("subject") if read else (),
    )
    result.tell(account.uid, "RC309", [found])


def _subject_read(
    account: LedgerAccount, seen: Seen | None, papers: Papers, ledger: Ledger
) -> Seen | None:
    """What was seen, if the verified subject was read and the ledger is no newer than the look, or says
    by now what was seen."""
    if seen is None or not seen.verified_subject or seen.subject_at is None:
        return None
    changed = papers.changed_since(account.uid, _SUBJECT, shanghai_date(seen.subject_at))
    if changed and account.host is not None:
        return seen if ledger.bodies.same(seen.verified_subject, account.host) else None
    return None if changed else seen


def _rehosted(result: Examined, setting: Setting, account: LedgerAccount, papers: Papers) -> None:
    """RC310: the host is another than before, by the ledger or by a filing whose day is over, and no
    public notice is recorded."""
    day = papers.rehosted_on.get(account.uid)
    if day is None or day > setting.today or papers.noticed(account.uid, day):
        day = papers.unannounced(account.uid, setting.today)
    if day is None:
        result.tell(account.uid, "RC310")
        return
    found = about_account(
        setting,
        "RC310",
        account,
        outside={"effective_on": day, "notice_url": ""},
        fields=("host_unit",),
        note=_("The host unit changed on {day}; no notice is recorded.").format(day=day),
    )
    result.tell(account.uid, "RC310", [found])


def _never_cancelled(
    result: Examined,
    setting: Setting,
    account: LedgerAccount,
    papers: Papers,
    stop_limit: int | None,
) -> None:
    """RC311: the limit after the stop is over and the account is not cancelled."""
    stopped = papers.stopped_on.get(account.uid)
    closing = account.state is AccountState.CLOSING
    if not closing or stopped is None or stop_limit is None:
        if not closing:
            result.tell(account.uid, "RC311")
        return
    due = last_day(stopped, stop_limit)
    if setting.today <= due:
        result.tell(account.uid, "RC311")
        return
    found = _overdue(setting, account, stopped, due)
    result.tell(account.uid, "RC311", [found])


def _overdue(setting: Setting, account: LedgerAccount, stopped: date, due: date) -> Difference:
    note = _("Stopped on {stopped}, to be cancelled by {due}.").format(stopped=stopped, due=due)
    return about_account(
        setting,
        "RC311",
        account,
        outside={"stopped_on": stopped},
        fields=("state",),
        deadline=due,
        note=note,
    )
