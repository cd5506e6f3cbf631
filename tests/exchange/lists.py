"""Lists that an office sends, planned and applied in one go: the made-up 青石县 of 云川市."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from csv import writer
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.actors import get_actor
from registry.exchange.apply import Applied, apply_plan
from registry.exchange.incoming import Incoming, read_incoming
from registry.exchange.plan import File, make_plan
from registry.exchange.plan_rows import ImportPlan, Result
from registry.exchange.recognise import Kind
from registry.exchange.rejects import is_returned
from registry.exchange.senders import find_sender
from registry.history.writing import Act
from registry.models import Account, Filing, History
from registry.vocab import ActorKind
from tests.conftest import NOW
from tests.exchange.catalogues import CATALOGUE
from tests.registry.county import TODAY

HEADER = ("主办单位", "账号名称", "平台")
WITH_IDS = (*HEADER, "UID")
SENDER = "青石县"

Rows = Sequence[Sequence[Any]]


def act(session: Session, *, kind: ActorKind = ActorKind.PERSON) -> Act:
    """An act of 王芳."""
    return Act(get_actor(session, "王芳", kind=kind), NOW)


@dataclass
class Desk:
    """Where lists arrive."""

    session: Session
    folder: Path
    sender: str = SENDER
    number: int = field(default=0)

    def write(self, rows: Rows, header: Sequence[str] = HEADER) -> Path:
        """The list as a CSV file; its name tells its contents."""
        text = io.StringIO(newline="")
        writer(text).writerows([header, *rows])
        data = text.getvalue().encode()
        path = self.folder / f"台账{hashlib.sha256(data).hexdigest()[:6]}.csv"
        path.write_bytes(data)
        return path

    def read(self, path: Path) -> Incoming:
        """The file, as far as reading goes."""
        return read_incoming(path, CATALOGUE)

    def plan_file(self, path: Path, *, default_host: str = "", **options: Any) -> ImportPlan:
        """The plan of a file."""
        sender = find_sender(self.session, self.sender)
        incoming = read_incoming(path, CATALOGUE, options.get("columns"), sender.columns)
        parsed = incoming.parse(
            CATALOGUE,
            kind=Kind.LEDGER,
            sender=sender.name,
            default_host=default_host,
            today=TODAY,
        )
        file = File(incoming.file, incoming.workbook.sha256)
        options.setdefault("supplement", is_returned(incoming))
        return make_plan(
            self.session, parsed, sender=sender, file=file, catalogue=CATALOGUE, **options
        )

    def plan(self, rows: Rows, header: Sequence[str] = HEADER, **options: Any) -> ImportPlan:
        """The plan of a list."""
        return self.plan_file(self.write(rows, header), **options)

    def apply(
        self, plan: ImportPlan, *, skip_rejected: bool = False, by: Act | None = None
    ) -> Applied:
        """The plan carried out by 王芳."""
        done = by or act(self.session)
        return apply_plan(
            self.session, plan, done, catalogue=CATALOGUE, skip_rejected=skip_rejected
        )

    def take(self, rows: Rows, header: Sequence[str] = HEADER, **options: Any) -> ImportPlan:
        """A list planned and applied; the plan."""
        plan = self.plan(rows, header, **options)
        self.apply(plan)
        return plan

    def accounts(self) -> list[Account]:
        """All accounts, in the order of their making."""
        return list(self.session.scalars(select(Account).order_by(Account.id)))

    def account(self, name: str) -> Account:
        """The one account of that name."""
        return self.session.scalars(select(Account).where(Account.name == name)).one()

    def tally(self) -> tuple[int, int, int]:
        """How many accounts, filings and rows of history there are."""
        tables = (Account, Filing, History)
        counts = [self.session.scalar(select(func.count()).select_from(t)) or 0 for t in tables]
        return counts[0], counts[1], counts[2]


def results(plan: ImportPlan) -> list[Result]:
    """What becomes of each row."""
    return [row.result for row in plan.rows]


def reasons(plan: ImportPlan) -> str:
    """Everything that is said of the rows."""
    return "\n".join(reason for row in plan.rows for reason in row.reasons)


def many(count: int, *, first: int = 1, host: str = "青石县公安局") -> list[tuple[str, str, str]]:
    """So many Weibo accounts of one unit."""
    return [(host, f"青石{number}号", "微博") for number in range(first, first + count)]
