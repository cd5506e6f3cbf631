"""The office's desk: the program's own commands, in this process, and what they have found."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter
from sqlalchemy import Select, select

import cli
from registry.db import Registry, open_registry
from registry.models import Account, AccountIdentifier, Filing, Finding, Unit
from registry.vocab import Review
from tests.scenario.cast import (
    CAST,
    CLOSED,
    CLOSING,
    LOOKED,
    NEWCOMERS,
    OFFICE,
    REGION,
    Declared,
    Listed,
    T,
)

LABELS = {
    "weibo": "新浪微博",
    "wechat": "微信公众号",
    "bilibili": "哔哩哔哩",
    "app": "移动客户端",
    "website": "政府网站",
}
Found = frozenset[tuple[str, str]]
"""(code, of whom): name of account or unit, else the name that the outside row bears."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A registry with its folder."""

    location: str
    folder: Path

    def run(self, *words: str, now: datetime = T + LOOKED) -> str:
        """A command that must do what it is asked; what it printed."""
        where = ["--db", self.location, "--data", str(self.folder / "accounts.data")]
        config = self.folder / "taizhang.toml"
        if config.exists():
            where += ["--config", str(config)]
        said = io.StringIO()
        with redirect_stdout(said), redirect_stderr(said):
            code = cli.main([*where, "--actor", "王芳", "--now", now.isoformat(), *words])
        assert code == 0, said.getvalue()
        return said.getvalue()

    def opened(self) -> Registry:
        return open_registry(self.location, self.folder / "accounts.data")

    # --- the ledger

    def enter(
        self, rows: Iterable[Declared], now: datetime, *words: str, sender: str = OFFICE
    ) -> None:
        """Import a list of accounts as units send it."""
        path = self.folder / "台账.csv"
        titles = (
            "主办单位",
            "平台",
            "账号形式",
            "账号名称",
            "平台ID",
            "认证主体",
            "链接",
            "开设日期",
        )
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(titles)
            for row in rows:
                subject = row.subject or ("" if row.platform in {"app", "website"} else row.host)
                place = (row.host, LABELS[row.platform], row.form, row.name, row.id, subject)
                writer.writerow((*place, row.url, "2020-01-01"))
        self.run("import", str(path), "--sender", sender, "--apply", *words, now=now)

    def file(self, kind: str, *words: str, now: datetime, complete: tuple[str, ...] = ()) -> None:
        """A filing, approved by county and city; completed where `complete` has its options."""
        lines = self.run("filing", kind, *words, now=now).splitlines()
        numbers = [word for line in lines for word in line.split() if _is_number(word)]
        assert numbers, lines
        for _step in range(2):
            self.run("filing", "approve", *numbers, now=now)
        if complete:
            self.run("filing", "complete", *numbers, *complete, now=now)

    def open_account(self, row: Declared, now: datetime) -> None:
        """An account opened in the ordinary way."""
        what = ("--platform", LABELS[row.platform], "--name", row.name, "--host", row.host)
        done = ("--id", row.id, "--subject", row.host)
        self.file("open", *what, "--reason", "新开", now=now, complete=done)

    def paper(self, name: str) -> str:
        """A paper to go with a filing."""
        return str(written(self.folder / name, "平台已注销"))

    def filing(self, key: str) -> str:
        """The number of the last filing that concerns an account of the county."""
        of_it = select(Filing.number).join(Account, Account.id == Filing.account_id)
        of_it = of_it.where(Account.name == CAST[key].name)
        return self._one(of_it.order_by(Filing.id.desc()).limit(1))

    def newest(self, name: str) -> str:
        """The number of the account of that name that was entered last."""
        named = select(Account.uid).where(Account.name == name)
        return self._one(named.order_by(Account.id.desc()).limit(1))

    def uid_of(self, key: str) -> str:
        """The number of an account that has an id."""
        held = AccountIdentifier.value == {**CAST, **NEWCOMERS}[key].id
        return self._one(select(Account.uid).join(AccountIdentifier).where(held))

    def finding(self, code: str) -> str:
        """The number of the one finding of that code."""
        return self._one(select(Finding.uid).where(Finding.code == code))

    def _one(self, query: Select[str]) -> str:
        registry = self.opened()
        with registry.read() as session:
            found = session.scalars(query).one()
        registry.close()
        return found

    # --- what is asked of the program

    def sweep(self, *files: Path, at: datetime = T) -> None:
        """Judge what the files recorded."""
        replays = [word for file in files for word in ("--replay", str(file))]
        replays.append("--other-registry")
        self.run("sweep", "run", *replays, now=at + LOOKED)

    def reconcile(self, listed: Mapping[str, Listed], at: datetime = T) -> None:
        """Take in an export of the national system and compare."""
        path = self.folder / "导出.xlsx"
        write_export(path, listed.values())
        out = self.folder / "核对"
        words = ("--national", str(path), "--out", str(out))
        self.run("reconcile", "run", *words, now=at + timedelta(days=3))

    def found(self) -> Found:
        """The findings that run."""
        query = (
            select(Finding.code, Account.name, Unit.name, Finding.account_id, Finding.facts)
            .outerjoin(Account, Account.id == Finding.account_id)
            .outerjoin(Unit, Unit.id == Finding.unit_id)
            .where(Finding.ended_at.is_(None), Finding.review != Review.DISMISSED)
        )
        registry = self.opened()
        with registry.read() as session:
            rows = session.execute(query).all()
        registry.close()
        return frozenset((row[0], _of_whom(*row[1:])) for row in rows)


def _of_whom(account: str | None, unit: str | None, key: int | None, facts: Any) -> str:
    if key is not None:
        return str(account)
    return (
        str(facts.get("outside", {}).get("name") or unit) if not facts.get("ledger") else str(unit)
    )


def written(path: Path, text: str) -> Path:
    """A file with that text."""
    path.write_text(text, encoding="utf-8")
    return path


def _is_number(word: str) -> bool:
    return word.isdigit() or word.partition("-")[2].isdigit()


def write_export(path: Path, listed: Iterable[Listed]) -> None:
    """An export of the national system, in the columns of the shipped mapping."""
    titles = (
        "新媒体编码",
        "主办单位",
        "平台类型",
        "账号类别",
        "账号名称",
        "平台ID",
        "运行状态",
        "区划代码",
    )
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("政务新媒体")
        sheet.write_row(0, 0, titles)
        for number, row in enumerate(listed, start=1):
            place = (row.code, row.host, LABELS[row.platform], row.form, row.name, row.id)
            for column, text in enumerate((*place, row.state, row.region)):
                sheet.write_string(number, column, text)


def settle_county(desk: Desk) -> None:
    """The clean county: the ledger imported, some accounts closed with their papers, one closing."""
    began = T - timedelta(days=300)
    words = (
        "--jurisdiction",
        OFFICE,
        "--parent",
        "云川市人民政府办公室",
        "--region-code",
        REGION,
    )
    desk.run("init", *words, now=began)
    desk.enter(CAST.values(), began)
    for name in sorted({row.host for row in NEWCOMERS.values()} - {r.host for r in CAST.values()}):
        desk.run("unit", "add", name, now=began)
    proof = desk.paper("注销凭证.txt")
    notice = ("--notice", "https://www.qingshi.example/notice/1.html")
    closed = [name_of(key) for key in CLOSED]
    stop, cancel = T - timedelta(days=230), T - timedelta(days=200)
    day = stop.date().isoformat()
    desk.file("stop", *closed, "--stop-on", day, "--reason", "精简", now=stop, complete=notice)
    gone = ("--cancelled-on", cancel.date().isoformat(), "--proof", proof)
    desk.file("cancel", *closed, *gone, now=cancel, complete=("--proof", proof))
    lately = T - timedelta(days=12)
    closing = [name_of(key) for key in CLOSING]
    day = lately.date().isoformat()
    desk.file("stop", *closing, "--stop-on", day, "--reason", "停办", now=lately, complete=notice)


def name_of(key: str) -> str:
    """An account as commands are told it."""
    row = CAST[key]
    return f"{LABELS[row.platform]}:{row.name}"
