"""Papers 附件: kept once under their SHA-256, linked to what they prove, erased on purpose only.

A file is stored before its row is committed and never changed; erasing takes the bytes away and
keeps row and hash. Nothing here opens or interprets a paper.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import event, or_, select
from sqlalchemy.orm import Session

from registry.db import Registry
from registry.errors import NotFound, Refused, UnreadableFile
from registry.history.writing import Act
from registry.messages import _
from registry.models import Account, Attachment, Erasure, Filing, Finding, Observation
from registry.system_words import os_fault
from registry.text import display_safe

FOLDER = "attachments"
_SHA256 = re.compile(r"[0-9a-f]{64}")


def file_of(data: Path, sha256: str) -> Path:
    """Where the bytes with that hash lie under the registry's folder `data`."""
    if not _SHA256.fullmatch(sha256):
        raise ValueError(f"not a SHA-256: {sha256!r}")
    return data / FOLDER / sha256


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def attach(
    registry: Registry,
    session: Session,
    paper: Path,
    *,
    act: Act,
    purpose: str = "",
    account: Account | None = None,
    filing: Filing | None = None,
    observation_uid: str | None = None,
    finding_uid: str | None = None,
) -> Attachment:
    """Keep a copy of `paper` and link it to what it proves.

    The same bytes are stored once, whatever their name. Raises UnreadableFile, or Refused for
    bytes that were erased on purpose.
    """
    with _copied(registry.data, paper) as copy:
        sha256, size = sha256_of(copy), copy.stat().st_size
        if _erasure(session, sha256) is not None:
            raise Refused(
                _("{file} was erased from this registry on purpose.").format(file=paper.name),
                _("Attach another version of the paper, without what had to be erased."),
            )
        os.replace(copy, file_of(registry.data, sha256))
    attachment = Attachment(
        sha256=sha256,
        file_name=display_safe(paper.name)[-255:],
        size=size,
        purpose=purpose,
        added_at=act.at,
        actor_id=act.actor.id,
        account_id=account.id if account else None,
        filing=filing,
        observation_uid=observation_uid,
        finding_uid=finding_uid,
    )
    session.add(attachment)
    session.flush()
    return attachment


@contextmanager
def _copied(data: Path, paper: Path) -> Iterator[Path]:
    """A copy of the paper beside the others, gone at the end unless it was given a name."""
    folder = data / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix="new-", dir=folder)
    try:
        with os.fdopen(handle, "wb") as copy:
            try:
                with paper.open("rb") as source:
                    shutil.copyfileobj(source, copy)
            except OSError as error:
                raise UnreadableFile(
                    _("{file} cannot be read: {error}").format(file=paper, error=os_fault(error))
                ) from None
            copy.flush()
            os.fsync(copy.fileno())
        yield Path(name)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)


def _erasure(session: Session, sha256: str) -> Erasure | None:
    return session.scalars(select(Erasure).where(Erasure.sha256 == sha256)).first()


def erase(registry: Registry, session: Session, sha256: str, *, act: Act) -> Erasure:
    """Erase a paper's bytes when the transaction commits; its rows and its hash stay.

    Erasing twice only makes sure that the file is gone. Raises NotFound for a hash that no
    attachment has.
    """
    path = file_of(registry.data, sha256)
    known = session.scalars(select(Attachment.id).where(Attachment.sha256 == sha256)).first()
    if known is None:
        raise NotFound(_("No attachment has the hash {sha256}.").format(sha256=sha256))

    def remove(_session: Any) -> None:
        path.unlink(missing_ok=True)

    event.listen(session, "after_commit", remove, once=True)
    found = _erasure(session, sha256)
    if found is None:
        found = Erasure(sha256=sha256, erased_at=act.at, actor_id=act.actor.id, reason=act.reason)
        session.add(found)
        session.flush()
    return found


def papers_of(session: Session, account: Account) -> list[Attachment]:
    """All papers that belong to an account: its own, its filings', observations', findings'."""
    filings = select(Filing.id).where(Filing.account_id == account.id)
    seen = select(Observation.uid).where(Observation.account_id == account.id)
    findings = select(Finding.uid).where(Finding.account_id == account.id)
    return list(
        session.scalars(
            select(Attachment)
            .where(
                or_(
                    Attachment.account_id == account.id,
                    Attachment.filing_id.in_(filings),
                    Attachment.observation_uid.in_(seen),
                    Attachment.finding_uid.in_(findings),
                )
            )
            .order_by(Attachment.id)
        )
    )
