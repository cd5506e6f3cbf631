"""Forgetting a contact for good: the row, its salt, and the bytes they left in the database.

History keeps a digest that nothing can be tried against any more. Papers and reports are listed for
a person to look through; they are never changed here. Backups made earlier are out of reach.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import ColumnElement, func, or_, select, text
from sqlalchemy.orm import Session

from registry.dates import shanghai_date
from registry.db import Registry
from registry.errors import NotFound, Refused
from registry.history.writing import Act, record
from registry.keeping.attachments import FOLDER, file_of, papers_of
from registry.keeping.traces import files_with
from registry.messages import _
from registry.models import Account, Attachment, Contact, Filing, History

REPORTS = "reports"
BUSY_MS = 5000
"""Milliseconds to wait for other programs before the scrubbing is given up."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A file that may still name the person."""

    path: Path
    name: str
    """The name under which it was attached, or of the report."""
    certain: bool
    """True when the name or number was found in its bytes; pictures cannot be searched."""

    def __str__(self) -> str:
        shown = _("{path} ({name})").format(path=self.path, name=self.name)
        return _("{paper}: names the person").format(paper=shown) if self.certain else shown


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was deleted and what is left for a person to do."""

    deleted: int
    papers: tuple[Paper, ...]
    """The account's papers, and all papers and reports that name the person or the account."""


def forget_contact(registry: Registry, uid: str, act_of: Callable[[Session], Act]) -> Forgotten:
    """Delete all contacts of an account and of its filings, and scrub the database.

    `uid` names the account, or a filing that never came to one. `act_of` makes the act in the
    session of the deletion. When nothing is left to delete it only scrubs, so it can be repeated.
    Raises NotFound; Refused when another program has the database open, so that the deletion is
    done and the scrubbing is not.
    """
    with registry.write() as session:
        account, filings = _subject(session, uid)
        contacts = _contacts(session, account, filings)
        papers = _papers(registry, session, account, filings, contacts)
        if registry.is_sqlite:
            session.execute(text("PRAGMA secure_delete = ON"))
        if contacts:
            _delete(session, account, contacts, act_of(session))
    scrub(registry)
    return Forgotten(len(contacts), papers)


def _subject(session: Session, uid: str) -> tuple[Account | None, list[Filing]]:
    """The account of that uid, or of the filing of that uid, with all its filings."""
    filing = session.scalars(select(Filing).where(Filing.uid == uid)).first()
    account = session.scalars(select(Account).where(Account.uid == uid)).first()
    account = account or (filing.account if filing else None)
    if account is None and filing is None:
        raise NotFound(_("There is no account {uid}.").format(uid=uid))
    if account is None:
        return None, [filing] if filing else []
    return account, list(session.scalars(select(Filing).where(Filing.account_id == account.id)))


def _contacts(session: Session, account: Account | None, filings: list[Filing]) -> list[Contact]:
    mine: ColumnElement[bool] = Contact.filing_id.in_([filing.id for filing in filings])
    if account is not None:
        mine = or_(mine, Contact.account_id == account.id)
    return list(session.scalars(select(Contact).where(mine)))


def _delete(session: Session, account: Account | None, contacts: list[Contact], act: Act) -> None:
    recorded = any(contact.account_id is not None for contact in contacts)
    for contact in contacts:
        session.delete(contact)
    session.flush()
    if account is None or not recorded:
        return
    session.expire(account, ["contacts"])
    last = session.scalar(
        select(func.max(History.effective_on)).where(History.subject_uid == account.uid)
    )
    day = max(shanghai_date(act.at), last or date.min)
    record(session, account, {"contacts": []}, effective_on=day, act=act)


def _papers(
    registry: Registry,
    session: Session,
    account: Account | None,
    filings: list[Filing],
    contacts: list[Contact],
) -> tuple[Paper, ...]:
    """Files to look through, those that name the person first. Only their bytes are searched."""
    person = [part for contact in contacts for part in (contact.name, contact.phone)]
    found = {
        path: Paper(path, path.name, True)
        for folder in (FOLDER, REPORTS)
        for path in files_with(registry.data / folder, person)
    }
    names = select(Attachment.sha256, Attachment.file_name)
    for sha256, name in session.execute(names.order_by(Attachment.id)):
        path = file_of(registry.data, sha256)
        if path in found:
            found[path] = Paper(path, name, True)
    linked = papers_of(session, account) if account else [p for f in filings for p in f.attachments]
    for paper in linked:
        path = file_of(registry.data, paper.sha256)
        if path.exists():
            found[path] = Paper(path, paper.file_name, path in found)
    for path in files_with(registry.data / REPORTS, [account.name, account.uid] if account else []):
        found.setdefault(path, Paper(path, path.name, False))
    return tuple(sorted(found.values(), key=lambda paper: (not paper.certain, paper.path)))


def scrub(registry: Registry) -> None:
    """Rewrite what the database still holds of deleted contacts.

    SQLite: VACUUM, and a write-ahead log cut to nothing. PostgreSQL: the table put into a new file;
    its own log and its backups are the administrator's. Raises Refused while another program has
    the database open.
    """
    if registry.is_sqlite:
        _scrub_sqlite(registry)
    else:
        _scrub_postgresql(registry)


def _scrub_postgresql(registry: Registry) -> None:
    # VACUUM, FULL or not, keeps deleted rows as long as anybody might still see them; a truncated
    # table begins a new file, and the old one goes at the commit.
    with registry.write() as session:
        for statement in (
            "LOCK TABLE contact IN ACCESS EXCLUSIVE MODE",
            "CREATE TEMPORARY TABLE kept_contact ON COMMIT DROP AS TABLE contact",
            "TRUNCATE contact",
            "INSERT INTO contact SELECT * FROM kept_contact",
        ):
            session.execute(text(statement))
    with registry.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(text("VACUUM contact"))


def _scrub_sqlite(registry: Registry) -> None:
    # Neither statement may run inside a transaction, so a connection of its own is used.
    raw = registry.engine.raw_connection()
    driver = raw.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    raw.detach()
    try:
        driver.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        driver.execute("PRAGMA secure_delete = ON")
        driver.execute("VACUUM")
        busy = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.OperationalError:
        busy = True
    finally:
        driver.close()
    if busy:
        raise Refused(
            _("The contact is deleted, but its bytes may remain: the database is in use."),
            _("Close every other program that has it open, then do the same again."),
        )
