"""Which filing a decision about a finding asks for, with what the other side says as its form.

A filing is drafted, never handed in: what is still missing (a notice, a stop date) is for people.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reconcilers.upload import UNDECIDED
from registry.differences import fingerprint
from registry.errors import Refused
from registry.exchange.national_template import read_identifiers
from registry.filing_batch import FilingRequest
from registry.filing_form import field_label
from registry.messages import _, language
from registry.models import Account, Filing, Finding
from registry.platforms import PlatformCatalogue
from registry.vocab import Choice, FilingKind, FilingState, code_title, label

KINDS: Mapping[Choice, FilingKind] = {
    Choice.FILE_OPEN: FilingKind.OPEN,
    Choice.FILE_CHANGE: FilingKind.CHANGE,
    Choice.FILE_STOP: FilingKind.STOP,
    Choice.FILE_CANCEL: FilingKind.CANCEL,
    Choice.FILE_REOPEN: FilingKind.REOPEN,
}
"""The decisions that make a filing, with its kind."""

_OPENING = ("platform", "form", "name", "host_unit", "verified_subject", "url")
_REOPENING = ("name", "verified_subject", "url")


def filing_request(
    session: Session, finding: Finding, choice: Choice, remark: str, catalogue: PlatformCatalogue
) -> FilingRequest:
    """The filing that the decision asks for. Raises Refused where it cannot be made of the row."""
    kind = KINDS[choice]
    account = session.get(Account, finding.account_id) if finding.account_id else None
    if kind is not FilingKind.OPEN and account is None:
        raise Refused(_("The row is about no account of the ledger."), _("Choose another one."))
    reason = remark or f"{finding.code} {code_title(finding.code, language())}"
    fields = _fields(finding, kind, account, catalogue)
    return FilingRequest(kind, account, fields, reason=reason)


def _fields(
    finding: Finding, kind: FilingKind, account: Account | None, catalogue: PlatformCatalogue
) -> dict[str, Any]:
    outside = finding.facts.get("outside", {})
    if kind is FilingKind.OPEN:
        if not outside.get("host_unit"):
            raise Refused(
                _("It is not known whose account it is."),
                _("File it with its host unit: taizhang filing open."),
            )
        return _seen(outside, _OPENING, outside["platform"], catalogue)
    if kind is FilingKind.REOPEN and account is not None:
        return _seen(outside, _REOPENING, account.platform, catalogue)
    if kind is FilingKind.CHANGE and account is not None:
        return _changes(finding, account.platform, catalogue)
    return {}


def _seen(
    outside: Mapping[str, Any], names: tuple[str, ...], platform: str, catalogue: PlatformCatalogue
) -> dict[str, Any]:
    """Those of the fields that the other side fills, with its ids."""
    fields = {name: outside[name] for name in names if outside.get(name)}
    if outside.get("identifier"):
        fields["identifiers"] = _ids(outside["identifier"], platform, catalogue)
    return fields


def _changes(finding: Finding, platform: str, catalogue: PlatformCatalogue) -> dict[str, Any]:
    """What the ledger must change to say what the other side says."""
    outside, fields = finding.facts.get("outside", {}), list(finding.facts.get("fields", ()))
    if finding.code == "RC309":  # only the verification was read: its body is the new host
        subject = outside.get("verified_subject")
        return {"host_unit": subject, "verified_subject": subject}
    if "state" in fields:
        raise Refused(
            _("The state of an account is not changed by a change."),
            _("Choose another decision, or file the stop or the cancellation."),
        )
    changes = {
        name: outside.get(name) for name in fields if name != "identifier" and outside.get(name)
    }
    if "identifier" in fields and outside.get("identifier"):
        changes["identifiers"] = _ids(outside["identifier"], platform, catalogue)
    if not changes:
        raise Refused(
            _("The other side does not say what to change it to."),
            _("File it by hand: taizhang filing change."),
        )
    return changes


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
        _("{field} “{value}”").format(field=field_label(name), value=_value(value))
        for name, value in request.fields.items()
        if name != "platform"
    ]
    return _("{kind}: {fields}").format(kind=kind, fields=_(", ").join(said)) if said else kind


def _value(value: Any) -> str:
    return _(", ").join(value.values()) if isinstance(value, Mapping) else str(value)


def known_filing(session: Session, finding: Finding, request: FilingRequest) -> Filing | None:
    """The filing that says the same already: made of this finding, or under way without it."""
    made = _made(session, finding, request.kind)
    if made is not None:
        return made
    f = Filing
    query = select(f).where(f.kind == request.kind, f.state.in_(UNDECIDED)).order_by(f.id.desc())
    if isinstance(request.account, Account):
        query = query.where(f.account_id == request.account.id)
    else:
        query = query.where(f.account_id.is_(None))
    return next((each for each in session.scalars(query) if _says(each, request)), None)


def _made(session: Session, finding: Finding, kind: FilingKind) -> Filing | None:
    """The filing of the kind that was last drafted of the finding, unless it came to nothing, or
    was completed and the finding says another thing since."""
    facts = finding.facts
    now = fingerprint(facts.get("ledger", {}), facts.get("outside", {}), facts.get("fields", ()))
    told = {
        event.details.get("filing", ""): event.details.get("about", now)
        for event in finding.events
        if event.act == "filed" and event.details.get("kind") == kind.value
    }
    dead = [FilingState.REJECTED, FilingState.WITHDRAWN]
    query = select(Filing).where(Filing.uid.in_(told), Filing.state.not_in(dead))
    last = session.scalars(query.order_by(Filing.id.desc())).first() if told else None
    over = last is not None and last.state is FilingState.COMPLETED and told[last.uid] != now
    return None if over else last


def _says(filing: Filing, request: FilingRequest) -> bool:
    """Whether the filing's form holds the same; a unit stands in it by uid and is looked past."""
    texts = {
        name: value
        for name, value in request.fields.items()
        if name not in {"host_unit", "identifiers"}
    }
    rest = set(request.fields) - set(texts)
    return all(filing.form.get(name) == value for name, value in texts.items()) and all(
        name in filing.form or (name == "host_unit" and filing.host_unit_id) for name in rest
    )
