"""Which filing a decision about a finding asks for, with what the other side says as its form.

A filing is drafted, never handed in: what is still missing (a notice, a stop date) is for people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reconcilers.outcomes import RowFault
from registry.errors import Refused
from registry.exchange.decision_sheet import Part, field_word, fields_of
from registry.exchange.national_template import read_identifiers
from registry.filings.acts import withdraw
from registry.filings.batch import FilingRequest
from registry.filings.form import field_label
from registry.findings.acts import unfiled
from registry.findings.differences import fingerprint_stored
from registry.findings.filings import UNDECIDED
from registry.findings.offered import of_a_change
from registry.history.writing import Act
from registry.messages import _, language
from registry.models import Account, Filing, Finding
from registry.names import fold_name
from registry.platforms import PlatformCatalogue
from registry.vocab import (
    AccountState,
    CancelCause,
    Choice,
    FilingKind,
    FilingState,
    code_title,
    label,
)

KINDS: Mapping[Choice, FilingKind] = {
    Choice.FILE_OPEN: FilingKind.OPEN,
    Choice.FILE_CHANGE: FilingKind.CHANGE,
    Choice.FILE_STOP: FilingKind.STOP,
    Choice.STOP_OTHERS: FilingKind.STOP,
    Choice.FILE_CANCEL: FilingKind.CANCEL,
    Choice.FILE_REOPEN: FilingKind.REOPEN,
}
"""The decisions that make a filing, with its kind."""

_LIVE = (AccountState.ACTIVE, AccountState.CLOSING)
_ONCE = frozenset({FilingKind.STOP, FilingKind.CANCEL, FilingKind.REOPEN})
"""Kinds of which an account has no second one under way."""
_OPENING = ("platform", "form", "name", "host_unit", "verified_subject", "url")
_REOPENING = ("name", "verified_subject", "url")


def filing_requests(
    session: Session,
    finding: Finding,
    choice: Choice,
    remark: str,
    catalogue: PlatformCatalogue,
    fields: str = "",
    keep: Account | None = None,
    host: str = "",
) -> list[FilingRequest]:
    """The filings that the decision asks for. `fields`: those in which the ledger is to follow, as
    somebody wrote them; all where it is empty. `keep`: of several accounts, the one that stays; `host`:
    whose account is opened, where that is not what the row lists. Raises Refused where they cannot be
    made of the row, RowFault where the fields are none of its."""
    if keep is not None and choice is Choice.STOP_OTHERS:
        return _stops(session, finding, remark, keep)
    if keep is not None:
        return _other_entry(session, finding, remark, keep)
    kind = KINDS[choice]
    account = session.get(Account, finding.account_id) if finding.account_id else None
    if kind is not FilingKind.OPEN and account is None:
        raise Refused(_("The row is about no account of the ledger."), _("Choose another one."))
    if kind is FilingKind.OPEN:
        said = _opening(finding, catalogue, host)
    else:
        said = _fields(finding, kind, account, catalogue, chosen_fields(finding, fields))
    return [FilingRequest(kind, account, said, reason=_reason(finding, remark))]


def _reason(finding: Finding, remark: str) -> str:
    return remark or f"{finding.code} {code_title(finding.code, language())}"


def _stops(session: Session, finding: Finding, remark: str, keep: Account) -> list[FilingRequest]:
    """DU401: a stop of each account in use but the one to keep."""
    uids = [uid for uid in finding.facts.get("accounts", ()) if uid != keep.uid]
    query = select(Account).where(Account.uid.in_(uids), Account.state == AccountState.ACTIVE)
    found = session.scalars(query.order_by(Account.id)).all()
    if not found:
        raise Refused(
            _("No other account of the unit is in use there."),
            _("Write the workbook anew: `taizhang reconcile run`."),
        )
    reason = _reason(finding, remark)
    return [FilingRequest(FilingKind.STOP, account, {}, reason=reason) for account in found]


def _other_entry(
    session: Session, finding: Finding, remark: str, keep: Account
) -> list[FilingRequest]:
    """DU402: the cancellation of the finding's entry or, where that is kept, of the one entered first;
    none where it has gone already. So the rows of an account's entries that keep the same one let each
    of the others go once."""
    is_own = keep.uid == finding.subject_uid
    uid = finding.discriminator if is_own else finding.subject_uid
    query = select(Account).where(Account.uid == uid, Account.state.in_(_LIVE))
    said = {"cause": CancelCause.ENTERED_TWICE.value}
    reason = _reason(finding, remark)
    return [
        FilingRequest(FilingKind.CANCEL, account, said, reason=reason)
        for account in session.scalars(query)
    ]


def chosen_fields(finding: Finding, text: str) -> list[str]:
    """The differing fields that the words name; all where there are none. Raises RowFault."""
    differing = list(finding.facts.get("fields", ()))
    if not text:
        return differing
    named, unknown = fields_of(text)
    unknown += [field_word(name) for name in named if name not in differing]
    if unknown:
        raise RowFault(
            _("The sides do not differ in {words}.").format(words=_(", ").join(unknown)),
            _("They differ in: {words}.").format(words=_fields_words(differing)),
            Part.FIELDS,
        )
    return [name for name in differing if name in named]


def _fields(
    finding: Finding,
    kind: FilingKind,
    account: Account | None,
    catalogue: PlatformCatalogue,
    named: Sequence[str],
) -> dict[str, Any]:
    outside = finding.facts.get("outside", {})
    if kind is FilingKind.REOPEN and account is not None:
        return _seen(outside, _REOPENING, account.platform, catalogue)
    if kind is FilingKind.CHANGE and account is not None:
        return _changes(finding, account.platform, catalogue, named)
    return {}


def _opening(finding: Finding, catalogue: PlatformCatalogue, host: str) -> dict[str, Any]:
    """What was seen of an account to be opened, of the unit that the row or somebody names."""
    outside = finding.facts.get("outside", {})
    said = {**outside, "host_unit": host or outside.get("host_unit")}
    if not said["host_unit"]:
        raise RowFault(
            _("It is not known whose account it is."),
            _("Write its host unit into this column."),
            Part.HOST,
        )
    return _seen(said, _OPENING, outside["platform"], catalogue)


def other_host(filing: Filing, host: str) -> str:
    """The unit that a filing of an opening names instead of that one; empty where it is the same."""
    unit = filing.host_unit
    if not host or filing.kind is not FilingKind.OPEN or unit is None:
        return ""
    names = {unit.name, *(alias.alias for alias in unit.aliases)}
    return "" if fold_name(host) in map(fold_name, names) else unit.name


def _seen(
    outside: Mapping[str, Any], names: tuple[str, ...], platform: str, catalogue: PlatformCatalogue
) -> dict[str, Any]:
    """Those of the fields that the other side fills, with its ids."""
    fields = {name: outside[name] for name in names if outside.get(name)}
    if outside.get("identifier"):
        fields["identifiers"] = _ids(outside["identifier"], platform, catalogue)
    return fields


def _changes(
    finding: Finding, platform: str, catalogue: PlatformCatalogue, fields: Sequence[str]
) -> dict[str, Any]:
    """What the ledger must change to say in these fields what the other side says."""
    outside = finding.facts.get("outside", {})
    if finding.code == "RC309":  # only the verification was read: its body is the new host
        subject = outside.get("verified_subject")
        return {"host_unit": subject, "verified_subject": subject}
    fitting = [name for name in fields if name in of_a_change()]
    if fields and not fitting:
        raise _no_change(finding, fields)
    changes = {
        name: outside.get(name) for name in fitting if name != "identifier" and outside.get(name)
    }
    if "identifier" in fields and outside.get("identifier"):
        changes["identifiers"] = _ids(outside["identifier"], platform, catalogue)
    if not changes:
        raise Refused(
            _("The other side does not say what to change it to."),
            _("File it by hand: taizhang filing change."),
        )
    return changes


def _no_change(finding: Finding, fields: Sequence[str]) -> Refused | RowFault:
    """Why none of the fields is changed by a filing of the account, and what is to be done."""
    if "state" in fields:
        return Refused(
            _("The state of an account is not changed by a change."),
            _("Choose another decision, or file the stop or the cancellation."),
        )
    rest = [name for name in finding.facts.get("fields", ()) if name in of_a_change()]
    name_others = _("Name others: {words}; or have the row there put right.")
    return RowFault(
        _("{words} belong to the host unit: no filing of an account changes them.").format(
            words=_fields_words(fields)
        ),
        (
            name_others.format(words=_fields_words(rest))
            if rest
            else _("Choose another decision: have the row there put right.")
        ),
        Part.FIELDS,
    )


def _fields_words(names: Sequence[str]) -> str:
    return _(", ").join(map(field_word, names))


def _ids(text: str, platform: str, catalogue: PlatformCatalogue) -> dict[str, str]:
    found, rest = read_identifiers(text, platform, catalogue)
    if rest:
        raise Refused(
            _("It is unclear what kind of id {value} is.").format(value=rest),
            _("File it by hand, with the kind before it: --id uid:1234567890."),
        )
    return found


def in_words(request: FilingRequest) -> str:
    """What the filing would say: `变更：账号名称“青石文旅”`."""
    kind = label(request.kind, language())
    said = [
        _("{field} “{value}”").format(field=field_label(name), value=_value(name, value))
        for name, value in request.fields.items()
        if name != "platform"
    ]
    return _("{kind}: {fields}").format(kind=kind, fields=_(", ").join(said)) if said else kind


def left_as_it_is(finding: Finding, choice: Choice, fields: str) -> str:
    """What else differs and is to follow the ledger: fields that were not singled out, and those that
    no filing of an account changes. Nothing where all are filed."""
    if choice is not Choice.FILE_CHANGE or finding.code == "RC309":
        return ""
    chosen = chosen_fields(finding, fields)
    fixed = [name for name in chosen if name not in of_a_change()]
    rest = [name for name in finding.facts.get("fields", ()) if name not in chosen]
    words = _("; the ledger is right in: {fields}, uploaded once the filing is completed")
    stays = _(
        "; {fields} are not changed by such a filing and stay as the ledger has them, uploaded once"
        " the filing is completed"
    )
    told = words.format(fields=_fields_words(rest)) if rest else ""
    return told + (stays.format(fields=_fields_words(fixed)) if fixed else "")


def _value(name: str, value: Any) -> str:
    if name == "cause":
        return label(CancelCause(value), language())
    return _(", ").join(value.values()) if isinstance(value, Mapping) else str(value)


def known_filing(session: Session, finding: Finding, request: FilingRequest) -> Filing | None:
    """The filing that says the same already: made of this finding, or under way without it. An
    account is opened, re-opened, stopped and cancelled once, whatever else the two forms say."""
    made = _made(session, finding, request)
    if made is not None:
        return made
    f = Filing
    query = select(f).where(f.kind == request.kind, f.state.in_(UNDECIDED)).order_by(f.id.desc())
    if isinstance(request.account, Account):
        query = query.where(f.account_id == request.account.id)
    once = request.kind in _ONCE
    return next(
        (
            each
            for each in session.scalars(query)
            if once or _opens_it(each, request) or _says(each, request)
        ),
        None,
    )


def is_one_filing(one: FilingRequest, other: FilingRequest) -> bool:
    """Whether one filing does what both ask for: an account is re-opened, stopped and cancelled once,
    and a change that says nothing beyond another's is that change."""
    if one.kind is not other.kind or not isinstance(one.account, Account):
        return False
    if one.account is not other.account:
        return False
    if one.kind in _ONCE:
        return True
    return one.kind is FilingKind.CHANGE and one.fields == other.fields


def with_more(one: FilingRequest, other: FilingRequest) -> FilingRequest:
    """The first with the fields that only the other fills."""
    return replace(one, fields={**other.fields, **one.fields})


def _opens_it(filing: Filing, request: FilingRequest) -> bool:
    """Whether both open the account with one of these ids."""
    ids = (request.fields.get("identifiers") or {}).items()
    return (
        request.kind is FilingKind.OPEN
        and filing.form.get("platform") == request.fields.get("platform")
        and not ids.isdisjoint((filing.form.get("identifiers") or {}).items())
    )


def _made(session: Session, finding: Finding, request: FilingRequest) -> Filing | None:
    """The filing like the request that was last drafted of the finding, unless it came to nothing, or
    was completed and the finding says another thing since."""
    now = fingerprint_stored(finding.facts)
    told = {
        event.details.get("filing", ""): event.details.get("about", now)
        for event in finding.events
        if event.act == "filed" and event.details.get("kind") == request.kind.value
    }
    dead = [FilingState.REJECTED, FilingState.WITHDRAWN]
    query = select(Filing).where(Filing.uid.in_(told), Filing.state.not_in(dead))
    if isinstance(request.account, Account):
        query = query.where(Filing.account_id == request.account.id)
    last = session.scalars(query.order_by(Filing.id.desc())).first() if told else None
    over = last is not None and last.state is FilingState.COMPLETED and told[last.uid] != now
    return None if over else last


def made_of(session: Session, finding: Finding) -> list[Filing]:
    """The filings drafted of the finding that are still under way, the first one first."""
    told = {e.details.get("filing", "") for e in finding.events if e.act == "filed"}
    query = select(Filing).where(Filing.uid.in_(told), Filing.state.in_(UNDECIDED))
    return list(session.scalars(query.order_by(Filing.id))) if told else []


def take_back(
    session: Session,
    finding: Finding,
    choice: Choice,
    requests: Sequence[FilingRequest],
    act: Act,
    keep: Account | None = None,
) -> list[Filing]:
    """Withdraw the drafts that were made of the finding and that the decision is against, that end the
    account to `keep`, or that would change other fields than it `requests`.

    Raises RowFault for one that has been handed in: people are at work on it.
    """
    made, kept = made_of(session, finding), _kept_by(choice)
    against = [
        filing
        for filing in made
        if filing.kind not in kept
        or (keep is not None and filing.account_id == keep.id)
        or _changes_others(filing, finding, requests)
    ]
    for filing in against:
        if filing.state is not FilingState.DRAFT:
            raise RowFault(
                _("Filing {number} was made of this row and is {state}.").format(
                    number=filing.number, state=label(filing.state, language())
                ),
                _(
                    "Withdraw it first: `taizhang filing withdraw {number}`; or clear this cell."
                ).format(number=filing.number),
            )
    words = act.reason or label(choice, language())
    gone = [filing for filing in against if not _asked_elsewhere(session, finding, filing)]
    for filing in against:
        if filing in gone:
            withdraw(session, filing, act, note=words)
        if _asks_for(finding, filing):
            unfiled(session, finding, filing, act=replace(act, reason=words))
    return gone


def _asked_elsewhere(session: Session, finding: Finding, filing: Filing) -> bool:
    """Whether another running finding of the account is to be put right by the filing, too."""
    f = Finding
    query = select(f).where(f.account_id == finding.account_id, f.ended_at.is_(None))
    others = session.scalars(query.where(f.account_id.is_not(None), f.id != finding.id))
    return any(_asks_for(other, filing) for other in others)


def _asks_for(finding: Finding, filing: Filing) -> bool:
    """Whether what was last said of the filing with this finding is that it is to put it right."""
    about = [e.act for e in finding.events if e.details.get("filing") == filing.uid]
    return bool(about) and about[-1] == "filed"


def _changes_others(filing: Filing, finding: Finding, requests: Sequence[FilingRequest]) -> bool:
    """Whether a draft of a change holds other fields of the finding than are asked for now."""
    asked = [set(request.fields) for request in requests if request.kind is FilingKind.CHANGE]
    if not asked or filing.kind is not FilingKind.CHANGE or filing.state is not FilingState.DRAFT:
        return False
    differing = {
        "identifiers" if name == "identifier" else name for name in finding.facts.get("fields", ())
    }
    return differing & set(filing.form) != differing & asked[0]


def _kept_by(choice: Choice) -> frozenset[FilingKind]:
    """The kinds of filings that go with a decision: an account is stopped, then cancelled."""
    if choice is Choice.CONFIRM:
        return frozenset(FilingKind)
    if choice is Choice.SAME:
        return frozenset({FilingKind.CANCEL})
    if choice in {Choice.FILE_STOP, Choice.STOP_OTHERS, Choice.FILE_CANCEL}:
        return frozenset({FilingKind.STOP, FilingKind.CANCEL})
    return frozenset({KINDS[choice]}) if choice in KINDS else frozenset()


def numbered(filings: Sequence[Filing]) -> str:
    """Filings by number with their state."""
    words = _("{number} ({state})")
    lang = language()
    return _(", ").join(
        words.format(number=each.number, state=label(each.state, lang)) for each in filings
    )


def _says(filing: Filing, request: FilingRequest) -> bool:
    """Whether the filing's form holds the same; a unit stands in it by uid and is looked past,
    and so are ids, unless they are others."""
    texts = {
        name: value
        for name, value in request.fields.items()
        if name not in {"host_unit", "identifiers"}
    }
    rest = set(request.fields) - set(texts)
    own, asked = (form.get("identifiers") or {} for form in (filing.form, request.fields))
    if any(own[scheme] != asked[scheme] for scheme in own.keys() & asked.keys()):
        return False
    return all(filing.form.get(name) == value for name, value in texts.items()) and all(
        name in filing.form or (name == "host_unit" and filing.host_unit_id) for name in rest
    )
