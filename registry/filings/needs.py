"""What a filing still lacks, all of it at once, and what deserves a warning when it is submitted.

Lacking something refuses the act; a warning never does: the office decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from registry.errors import MissingField
from registry.filings import jurisdictions
from registry.filings.form import field_label
from registry.filings.lifecycle import Need
from registry.messages import _, language
from registry.models import Account, AccountRole, Contact, Filing, Unit
from registry.vocab import (
    LIVE_STATES,
    AccountState,
    CancelCause,
    FilingKind,
    RoleKind,
    UnitKind,
    label,
)

PROOF = "cancellation_proof"
"""Purpose of an attachment that proves the platform's cancellation."""

State = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Caution:
    """Something to think about at submission."""

    code: str
    """`NM-DUP`, or `MAY-OPEN` for a local rule on who may open."""
    message: str


def require(filing: Filing, needs: Sequence[Need], state: State | None) -> None:
    """Raise MissingField naming all needs that are not met.

    `state` is the account's on the filing's day, None if there is no account yet.
    """
    lacking = missing(filing, needs, state)
    if lacking:
        raise MissingField(
            _("The filing {kind} of {account} lacks: {fields}.").format(
                account=filing.account.name if filing.account else filing.form.get("name") or "–",
                kind=label(filing.kind, language()),
                fields=_("; ").join(lacking),
            ),
            _("Add what is missing, then repeat the command."),
        )


def missing(filing: Filing, needs: Sequence[Need], state: State | None) -> list[str]:
    """The needs that are not met, in words, with the options that meet them; `state` as above."""
    return [_WORDS[need]() for need in needs if not _MET[need](filing, state or {})]


def _given(name: str) -> Callable[[Filing, State], bool]:
    return lambda filing, state: bool(filing.form.get(name))


def _has_changes(filing: Filing, state: State) -> bool:
    """A CHANGE must differ from what stood before; contacts alone are a change too."""
    differs = any(filing.form[name] != old for name, old in filing.before.items())
    return differs or _brings_contacts(filing)


def _brings_contacts(filing: Filing) -> bool:
    session = object_session(filing)
    rows = select(Contact.id).where(Contact.filing_id == filing.id).limit(1)
    return session is not None and session.scalar(rows) is not None


def _has_both_hosts(filing: Filing, state: State) -> bool:
    if not changes_host(filing):
        return True
    return bool(filing.before.get("host_unit")) and bool(filing.form["host_unit"])


def _has_host_notice(filing: Filing, state: State) -> bool:
    return not changes_host(filing) or bool(filing.notice_url)


def changes_host(filing: Filing) -> bool:
    """True for a CHANGE of the host unit 主办单位 (国办发〔2018〕123号: to be announced)."""
    if filing.kind is not FilingKind.CHANGE or "host_unit" not in filing.form:
        return False
    return bool(filing.form["host_unit"] != filing.before.get("host_unit"))


def _has_proof(filing: Filing, state: State) -> bool:
    return any(paper.purpose == PROOF for paper in filing.attachments) or _has_cause(filing, state)


def _has_cause(filing: Filing, state: State) -> bool:
    return filing.form.get("cause") in set(CancelCause)


def _has_identity(filing: Filing, state: State) -> bool:
    """An id, or a link. A re-opened account needs a new one: what it held has ended."""
    if any((filing.form.get("identifiers") or {}).values()) or filing.form.get("url"):
        return True
    return filing.kind is FilingKind.OPEN and bool(state.get("url"))


def _has_subject(filing: Filing, state: State) -> bool:
    return bool(filing.form.get("verified_subject") or state.get("verified_subject"))


_MET: Mapping[Need, Callable[[Filing, State], bool]] = {
    Need.PLATFORM: _given("platform"),
    Need.NAME: _given("name"),
    Need.HOST_UNIT: lambda filing, state: filing.host_unit_id is not None,
    Need.CHANGES: _has_changes,
    Need.BOTH_HOSTS: _has_both_hosts,
    Need.HOST_NOTICE: _has_host_notice,
    Need.REASON: lambda filing, state: bool(filing.reason),
    Need.STOP_ON: _given("stop_on"),
    Need.NOTICE_URL: lambda filing, state: bool(filing.notice_url),
    Need.CAUSE: _has_cause,
    Need.PROOF_OR_CAUSE: _has_proof,
    Need.IDENTITY: _has_identity,
    Need.VERIFIED_SUBJECT: _has_subject,
    Need.TRANSFERRED_TO: _given("transferred_to"),
}


def _causes() -> str:
    """The causes by the words that --cause takes."""
    lang = language()
    return _(", ").join(label(cause, lang) for cause in CancelCause)


_WORDS: Mapping[Need, Callable[[], str]] = {
    Need.PLATFORM: lambda: field_label("platform"),
    Need.NAME: lambda: field_label("name"),
    Need.HOST_UNIT: lambda: field_label("host_unit"),
    Need.CHANGES: lambda: _("a field that changes"),
    Need.BOTH_HOSTS: lambda: _("the host unit before the change and the one after it"),
    Need.HOST_NOTICE: lambda: _("the link of the public notice of the new host unit"),
    Need.REASON: lambda: _("reason"),
    Need.STOP_ON: lambda: f"{field_label('stop_on')} (--stop-on YYYY-MM-DD)",
    Need.NOTICE_URL: lambda: _("the link of the public notice"),
    Need.CAUSE: lambda: _("the cause (--cause: {causes}); otherwise file a stop first").format(
        causes=_causes()
    ),
    Need.PROOF_OR_CAUSE: lambda: _(
        "the platform's proof of cancellation as attachment, or a cause (--cause: {causes})"
    ).format(causes=_causes()),
    Need.IDENTITY: lambda: _("a platform id or link"),
    Need.VERIFIED_SUBJECT: lambda: field_label("verified_subject"),
    Need.TRANSFERRED_TO: lambda: field_label("transferred_to"),
}


def cautions(session: Session, filing: Filing, account: Account | None) -> list[Caution]:
    """What to warn about at submission: local rules on who may open, and NM-DUP."""
    host = _future_host(session, filing)
    if host is None or filing.kind not in {
        FilingKind.OPEN,
        FilingKind.REOPEN,
        FilingKind.CHANGE,
    }:
        return []
    if filing.kind is FilingKind.CHANGE and not changes_host(filing):
        return []
    return [*_may_open(session, host), *_duplicates(session, filing, account, host)]


def _future_host(session: Session, filing: Filing) -> Unit | None:
    """The unit that will answer for the account once the filing is completed."""
    uid = filing.form.get("host_unit") if filing.kind is FilingKind.CHANGE else None
    if uid:
        return session.scalars(select(Unit).where(Unit.uid == uid)).one()
    return filing.host_unit


def _may_open(session: Session, host: Unit) -> list[Caution]:
    warned = jurisdictions.warned_kinds(jurisdictions.for_unit(session, host))
    if host.kind.value not in warned:
        return []
    text = _("{host} is a {kind}: by local rule such units should not open accounts.")
    kind = label(UnitKind(host.kind), language())
    return [Caution("MAY-OPEN", text.format(host=host.name, kind=kind))]


def _duplicates(
    session: Session, filing: Filing, account: Account | None, host: Unit
) -> list[Caution]:
    platform = account.platform if account else filing.form["platform"]
    form = filing.form.get("form", account.form if account else "")
    others = session.scalars(
        select(Account)
        .join(AccountRole)
        .where(
            Account.platform == platform,
            Account.form == form,
            Account.state.in_([*LIVE_STATES, AccountState.PROPOSED]),
            Account.id != (account.id if account else 0),
            AccountRole.unit_id == host.id,
            AccountRole.role == RoleKind.HOST,
            AccountRole.valid_to.is_(None),
        )
        .order_by(Account.id)
    ).unique()
    names = _(", ").join(other.name for other in others)
    if not names:
        return []
    text = _("{host} already has on this platform: {names}. One account per unit is the rule.")
    return [Caution("NM-DUP", text.format(host=host.name, names=names))]
