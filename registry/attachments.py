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
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event, or_, select
from sqlalchemy.orm import Session

from registry.errors import NotFound, Refused, UnreadableFile
from registry.messages import _
from registry.models import Account, Actor, Attachment, Erasure, Filing, Finding, Observation
from registry.text import display_safe

FOLDER = "attachments"
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Links:
    """What a paper belongs to."""

    account: Account | None = None
    filing: Filing | None = None
    observation_uid: str | None = None
    finding_uid: str | None = None


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
    session: Session,
    data: Path,
    paper: Path,
    links: Links,
    *,
    actor: Actor,
    at: datetime,
    purpose: str = "",
) -> Attachment:
    """Keep a copy of `paper` and link it; `at` is an aware moment.

    The same bytes are stored once, whatever their name. Raises UnreadableFile, or Refused for
    bytes that were erased on purpose.
    """
    with _copied(data, paper) as copy:
        sha256 = sha256_of(copy)
        if _erasure(session, sha256) is not None:
            raise Refused(
                _("{file} was erased from this registry on purpose.").format(file=paper.name),
                _("Attach another version of the paper, without what had to be erased."),
            )
        os.replace(copy, file_of(data, sha256))
    attachment = Attachment(
        sha256=sha256,
        file_name=display_safe(paper.name)[-255:],
        size=file_of(data, sha256).stat().st_size,
        purpose=purpose,
        added_at=at,
        actor_id=actor.id,
        account_id=links.account.id if links.account else None,
        filing_id=links.filing.id if links.filing else None,
        observation_uid=links.observation_uid,
        finding_uid=links.finding_uid,
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
                    _("{file} cannot be read: {error}").format(
                        file=paper, error=error.strerror or error
                    )
                ) from None
            copy.flush()
            os.fsync(copy.fileno())
        yield Path(name)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)


def _erasure(session: Session, sha256: str) -> Erasure | None:
    return session.scalars(select(Erasure).where(Erasure.sha256 == sha256)).first()


def erase(
    session: Session, data: Path, sha256: str, *, actor: Actor, at: datetime, reason: str = ""
) -> Erasure:
    """Erase a paper's bytes when the transaction commits; its rows and its hash stay.

    Erasing twice only makes sure that the file is gone. Raises NotFound for a hash that no
    attachment has.
    """
    path = file_of(data, sha256)
    known = session.scalars(select(Attachment.id).where(Attachment.sha256 == sha256)).first()
    if known is None:
        raise NotFound(_("No attachment has the hash {sha256}.").format(sha256=sha256))

    def remove(_session: Any) -> None:
        path.unlink(missing_ok=True)

    event.listen(session, "after_commit", remove, once=True)
    found = _erasure(session, sha256)
    if found is None:
        found = Erasure(sha256=sha256, erased_at=at, actor_id=actor.id, reason=reason)
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
