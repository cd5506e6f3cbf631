"""What `verify` finds: every way to tamper with what was recorded, and papers gone wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from registry.db import Registry
from registry.errors import NotFound, Refused, UnreadableFile
from registry.history import chain, triggers, verify
from registry.keeping.attachments import attach, erase, file_of, papers_of
from registry.models import Account, Attachment, History
from tests.registry.ledgers import a_unit, an_account, an_act, rename


@pytest.fixture
def ledger(registry: Registry) -> Registry:
    """Five rows of history: a unit, an account, and three changes of it."""
    with registry.write() as session:
        account = an_account(session, a_unit(session))
        for month, name in ((3, "青石公安"), (5, "平安青石"), (7, "青石警事")):
            rename(session, account, name, date(2026, month, 1))
    return registry


def tamper(registry: Registry, *statements: str, **values: Any) -> None:
    """Do what somebody with the file and enough knowledge can: protections off, and on again."""
    with registry.engine.begin() as connection:
        for name, definition in triggers.wanted(connection.dialect.name).items():
            table = definition.split(" ON ")[1].split()[0]
            on_table = "" if registry.is_sqlite else f" ON {table}"
            connection.exec_driver_sql(f"DROP TRIGGER {name}{on_table}")
        for statement in statements:
            connection.execute(text(statement), values)
        triggers.install(connection)


def problems(registry: Registry) -> list[str]:
    return list(verify.verify(registry).problems)


def test_an_untouched_registry_is_sound(ledger: Registry) -> None:
    report = verify.verify(ledger)
    with ledger.read() as session:
        last = session.get_one(History, 5)
        assert report == verify.Report((), (), 5, f"5:{last.hash}")
    assert report.sound


def test_an_empty_registry_is_sound(registry: Registry) -> None:
    report = verify.verify(registry)
    assert (report.problems, report.anchor) == ((), "0:" + "0" * 64)
    with registry.read() as session:
        assert verify.check_anchor(session, report.anchor) == ""


COLUMNS = {
    "uid": "'00000000-0000-7000-8000-000000000000'",
    "subject_kind": "'unit'",
    "subject_uid": "'x'",
    "effective_on": "'2026-05-02'",
    "recorded_at": "'2026-11-22 01:00:00.000001'",
    "actor_uid": "'x'",
    "actor_name": "'李四'",
    "acting_unit_uid": "'x'",
    "os_user": "'root'",
    "reason": "'x'",
    "filing_uid": "'x'",
    "batch_uid": "'x'",
    "rebased_seq": "2",
    "version": "2",
    "state": "replace(state, '平安青石', '平安临江')",
    "changed": "'[]'",
}


@pytest.mark.parametrize("column", COLUMNS)
def test_a_change_of_any_column_is_found_at_its_row(ledger: Registry, column: str) -> None:
    tamper(ledger, f"UPDATE history SET {column} = {COLUMNS[column]} WHERE seq = 4")
    assert problems(ledger)[0] == "历史记录第 4 条：该条记录的内容在写入后被改动。"


def test_the_first_of_several_broken_rows_is_named(ledger: Registry) -> None:
    tamper(ledger, "UPDATE history SET reason = 'x' WHERE seq IN (3, 5)")
    assert [line for line in problems(ledger) if "历史记录" in line] == [
        "历史记录第 3 条：该条记录的内容在写入后被改动。"
    ]


def test_a_removed_row_is_named(ledger: Registry) -> None:
    tamper(ledger, "DELETE FROM history WHERE seq = 3")
    assert problems(ledger)[0] == "历史记录第 3 条：第 3 条至第 3 条记录缺失。"


def test_a_removed_beginning_is_named(ledger: Registry) -> None:
    tamper(ledger, "DELETE FROM history WHERE seq < 3")
    assert problems(ledger)[0] == "历史记录第 1 条：第 1 条至第 2 条记录缺失。"


def test_a_removed_end_is_noticed(ledger: Registry) -> None:
    tamper(ledger, "DELETE FROM history WHERE seq > 3")
    found = problems(ledger)
    assert any("青石警事" in line and "名称" in line for line in found)
    if ledger.is_sqlite:
        assert found[0] == "历史记录第 4 条：第 4 条至第 5 条记录缺失。"


def test_a_row_with_a_hash_made_anew_does_not_fit_the_next_one(ledger: Registry) -> None:
    with ledger.read() as session:
        row = session.get_one(History, 3)
        columns = {name: getattr(row, name) for name in chain.HASHED} | {"reason": "x"}
    new = chain.digest(columns)
    tamper(ledger, "UPDATE history SET reason = 'x', hash = :new WHERE seq = 3", new=new)
    assert problems(ledger) == [
        "历史记录第 4 条：该条记录与第 3 条记录不衔接，两条之中有一条被改写。"
    ]


def rewritten(session: Session) -> list[dict[str, Any]]:
    """Every row with another reason, chained anew from the first on."""
    rows = [
        {name: getattr(row, name) for name in chain.HASHED} | {"reason": "x"}
        for row in session.scalars(select(History).order_by(History.seq))
    ]
    chain.link(chain.Head(0, chain.GENESIS), rows)
    return rows


def test_a_history_rewritten_to_its_end_is_found_by_an_anchor_noted_before(
    ledger: Registry,
) -> None:
    noted = verify.verify(ledger).anchor
    with ledger.read() as session:
        rows = rewritten(session)
    for row in rows:
        tamper(
            ledger,
            "UPDATE history SET reason = 'x', prev_hash = :prev, hash = :hash WHERE seq = :seq",
            prev=row["prev_hash"],
            hash=row["hash"],
            seq=row["seq"],
        )
    assert problems(ledger) == []
    assert verify.verify(ledger, anchor=noted).problems == (
        "第 5 条记录与当时记下的不一致：历史被改写。",
    )


def test_an_anchor_still_holds_after_more_was_recorded(ledger: Registry) -> None:
    noted = verify.verify(ledger).anchor
    with ledger.write() as session:
        account = session.scalars(select(Account)).one()
        rename(session, account, "青石公安", date(2026, 9, 1))
    with ledger.read() as session:
        assert verify.check_anchor(session, f" {noted}\n") == ""


def test_an_anchor_of_rows_that_are_gone_says_so(ledger: Registry) -> None:
    noted = verify.verify(ledger).anchor
    tamper(ledger, "DELETE FROM history WHERE seq = 5")
    with ledger.read() as session:
        assert (
            verify.check_anchor(session, noted) == "校验点所指的第 5 条记录已不存在：历史被截断。"
        )


def test_what_is_no_anchor_is_refused(ledger: Registry) -> None:
    with ledger.read() as session, pytest.raises(Refused):
        verify.check_anchor(session, "5:abc")


def test_values_that_no_program_wrote_are_named_and_do_not_stop_the_check(
    ledger: Registry,
) -> None:
    if not ledger.is_sqlite:
        pytest.skip("PostgreSQL takes no such values")
    tamper(ledger, "UPDATE history SET effective_on = 'soon' WHERE seq = 4")
    assert problems(ledger)[0] == "历史记录第 4 条：该条记录已不是写入时的格式，无法读取。"


def test_a_subject_kind_that_does_not_exist_is_named(ledger: Registry) -> None:
    tamper(ledger, "UPDATE history SET subject_kind = 'ghost' WHERE seq = 3")
    assert problems(ledger)[0] == "历史记录第 3 条：该条记录已不是写入时的格式，无法读取。"


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE account SET name = '临江警方'", "其名称与最后一条历史记录不符"),
        ("UPDATE account SET state = 'closed'", "其状态与最后一条历史记录不符"),
        ("UPDATE account SET followers = 9, url = 'x'", "其链接、粉丝数与最后一条历史记录不符"),
        ("UPDATE account SET revision = 3", "其版本为 3，最后一条历史记录为 5"),
        (
            "UPDATE account_identifier SET value = '7000009'",
            "其标识 uid:7000001、标识 uid:7000009与最后一条历史记录不符",
        ),
        ("DELETE FROM account_role", "其主办单位与最后一条历史记录不符"),
        (
            "INSERT INTO contact (account_id, duty, name, phone, salt) "
            "SELECT id, 'contact', '赵', '1', CAST('x' AS {blob}) FROM account",
            "其联系人与最后一条历史记录不符",
        ),
    ],
)
def test_a_live_row_changed_behind_history_is_named(
    ledger: Registry, statement: str, what: str
) -> None:
    with ledger.engine.begin() as connection:
        blob = "BLOB" if ledger.is_sqlite else "BYTEA"
        connection.execute(text(statement.format(blob=blob)))
        uid = connection.execute(text("SELECT uid FROM account")).scalar()
    found = problems(ledger)
    assert len(found) == 1
    assert f"（{uid}）：{what}。" in found[0]


def test_an_account_added_or_removed_behind_history_is_named(ledger: Registry) -> None:
    with ledger.engine.begin() as connection:
        connection.execute(text("DELETE FROM account_identifier"))
        connection.execute(text("DELETE FROM account_role"))
        connection.execute(text("UPDATE account SET uid = 'other', revision = 0"))
    found = problems(ledger)
    assert "（other）：台账中有而历史中没有。" in found[0]
    assert "青石警事" in found[1] and "历史中有而台账中已没有。" in found[1]


def test_a_live_row_that_cannot_be_read_is_told_of(ledger: Registry) -> None:
    with ledger.engine.begin() as connection:
        connection.execute(text("UPDATE account SET state = 'ghost'"))
    found = problems(ledger)
    assert len(found) == 1 and "ghost" in found[0]


def test_a_missing_protection_is_named(ledger: Registry) -> None:
    name = "keep_history_update" if ledger.is_sqlite else "keep_history_row"
    with ledger.engine.begin() as connection:
        on_table = "" if ledger.is_sqlite else " ON history"
        connection.exec_driver_sql(f"DROP TRIGGER {name}{on_table}")
    assert problems(ledger) == [f"历史记录的防改写保护缺失：{name}。"]


# --- papers ---------------------------------------------------------------------------------------


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "停更公告.pdf"
    path.write_bytes(b"%PDF-1.7 notice")
    return path


def attached(registry: Registry, paper: Path) -> str:
    """Attach the paper to the only account; its SHA-256."""
    with registry.write() as session:
        account = session.scalars(select(Account)).one()
        return attach(registry, session, paper, act=an_act(session), account=account).sha256


def test_a_paper_lies_under_its_hash(ledger: Registry, paper: Path) -> None:
    sha256 = attached(ledger, paper)
    assert file_of(ledger.data, sha256).read_bytes() == b"%PDF-1.7 notice"
    assert [path.name for path in (ledger.data / "attachments").iterdir()] == [sha256]
    with ledger.read() as session:
        row = session.scalars(select(Attachment)).one()
        assert (row.file_name, row.size) == ("停更公告.pdf", 15)
        assert papers_of(session, session.scalars(select(Account)).one()) == [row]
    assert problems(ledger) == []


def test_the_same_paper_is_stored_once(ledger: Registry, paper: Path, tmp_path: Path) -> None:
    other = tmp_path / "公告（副本）.pdf"
    other.write_bytes(paper.read_bytes())
    assert attached(ledger, paper) == attached(ledger, other)
    assert len(list((ledger.data / "attachments").iterdir())) == 1


def test_a_paper_that_cannot_be_read_leaves_nothing_behind(ledger: Registry) -> None:
    with pytest.raises(UnreadableFile):
        attached(ledger, Path("no such paper.pdf"))
    assert list((ledger.data / "attachments").iterdir()) == []


def test_an_altered_or_missing_paper_is_named(ledger: Registry, paper: Path) -> None:
    sha256 = attached(ledger, paper)
    path = file_of(ledger.data, sha256)
    path.write_bytes(b"%PDF-1.7 forged")
    assert problems(ledger) == [f"附件“停更公告.pdf”（{sha256}）：其文件被改动。"]
    path.unlink()
    assert problems(ledger) == [f"附件“停更公告.pdf”（{sha256}）：其文件缺失。"]


def test_an_erased_paper_is_accepted(ledger: Registry, paper: Path) -> None:
    sha256 = attached(ledger, paper)
    with ledger.write() as session:
        erase(ledger, session, sha256, act=an_act(session, reason="含个人信息"))
        assert file_of(ledger.data, sha256).exists()  # until the act is committed
    assert not file_of(ledger.data, sha256).exists()
    assert problems(ledger) == []
    with pytest.raises(Refused):
        attached(ledger, paper)
    file_of(ledger.data, sha256).write_bytes(paper.read_bytes())
    assert problems(ledger) == [f"附件“停更公告.pdf”（{sha256}）：已销毁而其文件又出现。"]


def test_an_erasure_that_is_undone_leaves_the_paper(ledger: Registry, paper: Path) -> None:
    sha256 = attached(ledger, paper)
    with pytest.raises(RuntimeError), ledger.write() as session:
        erase(ledger, session, sha256, act=an_act(session))
        raise RuntimeError
    assert file_of(ledger.data, sha256).exists()


def test_only_what_is_attached_can_be_erased(ledger: Registry) -> None:
    with pytest.raises(NotFound), ledger.write() as session:
        erase(ledger, session, "0" * 64, act=an_act(session))


def test_a_file_that_no_attachment_names_is_noted(ledger: Registry, paper: Path) -> None:
    attached(ledger, paper)
    (ledger.data / "attachments" / "stray.txt").write_text("x", encoding="utf-8")
    report = verify.verify(ledger)
    assert report.sound
    assert len(report.notes) == 1 and "stray.txt" in report.notes[0]
