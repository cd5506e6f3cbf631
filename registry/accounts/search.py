"""Finding the one account that a person means: by uid, id, address or name with platform.

A text that fits several accounts is answered with Ambiguous and the candidates, never by a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, selectinload

from registry.accounts.parts import ENDED_STATES, units_in
from registry.accounts.splitting import split_cell
from registry.errors import Ambiguous, NotFound
from registry.messages import _, language
from registry.models import Account, AccountIdentifier, AccountRole
from registry.names import fold_name
from registry.platforms import PlatformCatalogue
from registry.text import quoted
from registry.vocab import RoleKind, label

SHOWN = 8
"""How many candidates a message lists."""
_UID_PART = re.compile(r"[0-9a-f]{4,8}(-[0-9a-f-]{0,27})?|-?[0-9a-f-]{4,36}", re.I)
_WITH_PLATFORM = re.compile(r"([^:：/／]{1,20})[:：/／]\s*(.+)")


@cache
def _catalogue() -> PlatformCatalogue:
    return PlatformCatalogue.with_known(())


def find_account(
    session: Session, text: str, *, catalogue: PlatformCatalogue | None = None
) -> Account:
    """The account that `text` names.

    In this order: a uid or a beginning or end of one (4 characters and more); an id, also as
    `scheme:value`; an address; a name with its platform (`微博:青石发布`, `青石发布（微博）`); a
    name alone. Accounts that still exist go before those closed. Raises NotFound or Ambiguous.
    """
    text = text.strip()
    for found in _tries(session, text, catalogue or _catalogue()):
        accounts = _exactly(_preferred(found), text)
        if len(accounts) == 1:
            return accounts[0]
        if accounts:
            raise _ambiguous(accounts, text)
    raise NotFound(
        _("No account answers to {text}.").format(text=quoted(text)),
        _("Give platform and name, e.g. 微博:青石发布, its id or its internal number."),
    )


def _tries(
    session: Session, text: str, catalogue: PlatformCatalogue
) -> Iterable[Sequence[Account]]:
    if not text:
        return
    if len(text) == 36:
        yield _accounts(session, Account.uid == text.lower())
    yield _by_identifier(session, text)
    if _UID_PART.fullmatch(text):
        low = text.lower()
        yield _accounts(session, Account.uid.startswith(low) | Account.uid.endswith(low))
    if "/" in text:
        yield _accounts(session, Account.url == text)
    for platform, form, name in readings(text, catalogue):
        where = [Account.platform == platform] if platform else []
        if form:
            where.append(Account.form == form)
        yield _accounts(session, Account.fold == fold_name(name), *where)


def readings(text: str, catalogue: PlatformCatalogue) -> Iterable[tuple[str, str, str]]:
    """(platform or "", form, name) as the text may be read."""
    found = _WITH_PLATFORM.fullmatch(text)
    known = catalogue.recognise(found[1].strip()) if found else None
    if found and known:
        yield *known, found[2]
    elif found and found[1].strip() in catalogue.platforms:
        yield found[1].strip(), "", found[2]
    yield "", "", text
    for split in split_cell(text, catalogue)[:1]:
        if split.platform:
            yield split.platform, split.form, split.name


def _accounts(session: Session, *where: ColumnElement[bool]) -> Sequence[Account]:
    roles = selectinload(Account.roles).selectinload(AccountRole.unit)
    return session.scalars(select(Account).where(*where).options(roles).order_by(Account.id)).all()


def _by_identifier(session: Session, text: str) -> Sequence[Account]:
    scheme, colon, value = text.partition(":")
    row = AccountIdentifier
    named = (row.scheme == scheme) & (row.value == value) if colon else row.value == text
    holders = select(row.account_id, row.valid_to).where(named | (row.value == text))
    held = session.execute(holders).all()
    current = [account_id for account_id, ended in held if ended is None]
    wanted = current or [account_id for account_id, _ended in held]
    return _accounts(session, Account.id.in_(wanted)) if wanted else []


def _preferred(accounts: Sequence[Account]) -> Sequence[Account]:
    return [account for account in accounts if account.state not in ENDED_STATES] or accounts


def _exactly(accounts: Sequence[Account], text: str) -> Sequence[Account]:
    """Of accounts of one platform those named to the letter as the text ends, where there are any."""
    if len({(account.platform, account.form) for account in accounts}) != 1:
        return accounts
    found = _WITH_PLATFORM.fullmatch(text)
    names = {text, found[2].strip() if found else text}
    return [account for account in accounts if account.name in names] or accounts


def _ambiguous(accounts: Sequence[Account], text: str) -> Ambiguous:
    lines = [_described(account) for account in accounts[:SHOWN]]
    if len(accounts) > SHOWN:
        lines.append("…")
    hint = _("Name it by its id or its internal number, which stands first in each line.")
    if len({(account.platform, account.form) for account in accounts}) > 1:
        hint = _(
            "Write it with its platform, e.g. 微博:青石发布, or name it by its id or internal number."
        )
    return Ambiguous(
        _("{text} fits {count} accounts:").format(text=quoted(text), count=len(accounts)),
        hint,
        lines,
    )


def _described(account: Account) -> str:
    hosts = units_in(account, RoleKind.HOST)
    platform = _catalogue().label(account.platform, language())
    return _("{uid}  {name} ({platform}, {host}, {state})").format(
        uid=account.uid,
        name=account.name,
        platform=" ".join(part for part in (platform, account.form) if part),
        host=hosts[-1].name if hosts else "–",
        state=label(account.state, language()),
    )
