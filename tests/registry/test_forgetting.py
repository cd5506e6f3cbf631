"""Forgetting a contact: nothing of the person is left in any file, and history still verifies."""

from __future__ import annotations

import os
import sqlite3
import zipfile
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

import cli
from registry.accounts.contacts import add_contact, replace_contacts
from registry.accounts.making import ContactGiven
from registry.db import Registry
from registry.errors import NotFound, Refused
from registry.exchange.national import entries_of, store_snapshot
from registry.exchange.national_reading import read_national
from registry.exchange.national_template import load_mapping
from registry.filings import acts as filings
from registry.history import verify
from registry.history.writing import rows_of, state_of
from registry.keeping import forgetting
from registry.keeping.attachments import attach, erase
from registry.keeping.forgetting import Forgotten, forget_contact
from registry.keeping.traces import files_with, holds, needles_of
from registry.models import Account, Contact, Filing
from registry.vocab import FilingKind, SubjectKind
from tests.conftest import NOW
from tests.exchange.catalogues import CATALOGUE
from tests.registry import county
from tests.registry.ledgers import a_unit, an_account, an_act

NAME, PHONE = "贾元春辰", "13911112222"
PERSON = ContactGiven(NAME, PHONE)
FORMER = ContactGiven("甄士隐言", "13933334444")
PLANTED = (NAME, PHONE, FORMER.name, FORMER.phone)
MAR, MAY = date(2026, 3, 1), date(2026, 5, 1)


def forget(registry: Registry, account: Account) -> Forgotten:
    return forget_contact(registry, account.uid, lambda session: an_act(session, reason="离职"))


@pytest.fixture
def account(registry: Registry) -> Account:
    """An account whose contact was changed once, with another one on a filing of it."""
    with registry.write() as session:
        account = an_account(session, a_unit(session))
        act = an_act(session)
        add_contact(session, account, FORMER, act=act, effective_on=MAR)
        replace_contacts(session, account, [PERSON], act=act, effective_on=MAY)
        filing = Filing(number="2026-0001", kind=FilingKind.CHANGE, account=account, created_at=NOW)
        session.add(filing)
        session.flush()
        session.add(Contact(filing_id=filing.id, name=NAME, phone=PHONE, salt=b"0" * 16))
    return account


def in_files(folder: Path) -> list[str]:
    """Every file under the folder, the database's own included, that holds what was planted."""
    return [str(path.relative_to(folder)) for path in files_with(folder, PLANTED)]


def in_tables(registry: Registry) -> list[str]:
    """Every table that holds what was planted, in whatever column."""
    found = []
    with registry.engine.connect() as connection:
        tables = registry_tables(registry)
        for table in tables:
            for row in connection.execute(text(f'SELECT * FROM "{table}"')):
                shown = " ".join(str(value) for value in row)
                if any(word in shown for word in PLANTED):
                    found.append(table)
    return found


def registry_tables(registry: Registry) -> list[str]:
    from sqlalchemy import inspect

    return list(inspect(registry.engine).get_table_names())


def in_relations(registry: Registry) -> list[str]:
    """Every file of a PostgreSQL database that holds what was planted: tables, indexes, TOAST."""
    needles = needles_of(PLANTED)
    found = []
    with registry.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(text("CHECKPOINT"))
        rows = connection.execute(
            text(
                "SELECT relname, pg_read_binary_file(pg_relation_filepath(oid), 0, 100000000, true) "
                "FROM pg_class WHERE relkind IN ('r', 'i', 't', 'S', 'm') "
                "AND pg_relation_filepath(oid) NOT LIKE 'global/%'"
            )
        )
        for name, content in rows:
            if content and any(needle in bytes(content) for needle in needles):
                found.append(name)
    return found


def left(registry: Registry, folder: Path) -> list[str]:
    """Everything that still holds what was planted."""
    relations = [] if registry.is_sqlite else in_relations(registry)
    return in_files(folder) + in_tables(registry) + relations


def test_nothing_of_the_person_is_left(
    registry: Registry, account: Account, tmp_path: Path
) -> None:
    assert left(registry, tmp_path)  # the search finds what is there
    gone = forget(registry, account)
    assert gone == Forgotten(2, ())
    assert left(registry, tmp_path) == []
    with registry.read() as session:
        assert session.scalars(select(Contact)).all() == []
    assert verify.verify(registry).problems == ()


def test_a_contact_of_another_account_is_kept(registry: Registry, account: Account) -> None:
    with registry.write() as session:
        other = an_account(session, a_unit(session, "青石县融媒体中心"), uid="2")
        given = ContactGiven("史湘云", "13955556666")
        add_contact(session, other, given, act=an_act(session), effective_on=MAR)
    forget(registry, account)
    with registry.write() as session:
        kept = session.scalars(select(Contact)).one()
        assert (kept.account_id, kept.name, kept.phone) == (other.id, "史湘云", "13955556666")
        session.add(Contact(account_id=None, name="无", salt=b"0" * 16))  # keys go on
    assert verify.verify(registry).problems == ()


def test_history_keeps_the_digests_and_says_who_forgot(
    registry: Registry, account: Account
) -> None:
    with registry.read() as session:
        before = rows_of(session, SubjectKind.ACCOUNT, account.uid)
    forget(registry, account)
    with registry.read() as session:
        rows = rows_of(session, SubjectKind.ACCOUNT, account.uid)
        assert [row.hash for row in rows[:-1]] == [row.hash for row in before]
        assert (rows[-1].reason, rows[-1].actor_name) == ("离职", "王芳")
        assert rows[-1].effective_on == date(2026, 11, 22)
        live = session.scalars(select(Account)).one()
        assert state_of(live)["contacts"] == []


def test_the_papers_and_reports_to_look_through_are_listed(
    registry: Registry, account: Account, tmp_path: Path
) -> None:
    form, photo = tmp_path / "备案表.docx", tmp_path / "注销截图.png"
    with zipfile.ZipFile(form, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<w:t>负责人：{NAME}</w:t>".encode())
    photo.write_bytes(b"\x89PNG no text")
    with registry.write() as session:
        row = session.scalars(select(Account)).one()
        filing = session.scalars(select(Filing)).one()
        act = an_act(session)
        inside = attach(registry, session, form, act=act, filing=filing).sha256
        picture = attach(registry, session, photo, act=act, account=row).sha256
    form.unlink()
    reports = registry.data / "reports"
    reports.mkdir()
    with zipfile.ZipFile(reports / "ledger.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", f"<t>青石警方</t><t>{PHONE}</t>".encode())
    (reports / "other.csv").write_text("账号,青石警方\n", encoding="utf-16")
    (reports / "nothing.csv").write_text("账号,临江发布\n", encoding="utf-8")

    gone = forget(registry, account)
    attachments = registry.data / "attachments"
    assert [(paper.path, paper.name, paper.certain) for paper in gone.papers] == [
        (attachments / inside, "备案表.docx", True),
        (reports / "ledger.xlsx", "ledger.xlsx", True),
        *sorted(
            [
                (attachments / picture, "注销截图.png", False),
                (reports / "other.csv", "other.csv", False),
            ]
        ),
    ]
    assert str(gone.papers[0]).endswith("（备案表.docx）：含有该联系人")

    with registry.write() as session:
        erase(registry, session, inside, act=an_act(session, reason="含个人信息"))
    (reports / "ledger.xlsx").unlink()
    assert left(registry, tmp_path) == []
    assert verify.verify(registry).problems == ()


def test_forgetting_again_scrubs_again_and_records_nothing(
    registry: Registry, account: Account
) -> None:
    forget(registry, account)
    with registry.read() as session:
        rows = len(rows_of(session, SubjectKind.ACCOUNT, account.uid))
    assert forget(registry, account) == Forgotten(0, ())
    with registry.read() as session:
        assert len(rows_of(session, SubjectKind.ACCOUNT, account.uid)) == rows


def test_an_unknown_account_is_told(registry: Registry) -> None:
    with pytest.raises(NotFound):
        forget_contact(registry, "none", an_act)


def test_nothing_is_left_although_somebody_might_still_see_it(
    registry: Registry, account: Account, tmp_path: Path
) -> None:
    """PostgreSQL keeps deleted rows for old snapshots; the table is put into a new file."""
    if registry.is_sqlite:
        pytest.skip("SQLite refuses instead")
    with registry.engine.connect() as other:
        other.execution_options(isolation_level="REPEATABLE READ")
        other.execute(text("SELECT count(*) FROM account"))
        forget(registry, account)
        assert in_relations(registry) == []


def test_a_database_in_use_is_said_to_be_not_scrubbed(
    registry: Registry, account: Account, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if registry.path is None:
        pytest.skip("a file that several programs have open")
    monkeypatch.setattr(forgetting, "BUSY_MS", 1)
    browser = sqlite3.connect(registry.path)
    browser.execute("BEGIN")
    browser.execute("SELECT * FROM contact").fetchall()
    with pytest.raises(Refused) as caught:
        forget(registry, account)
    assert "正在使用" in caught.value.message
    browser.close()
    assert forget(registry, account).deleted == 0
    assert left(registry, tmp_path) == []


def test_a_contact_that_was_only_removed_leaves_no_bytes_after_the_next_forgetting(
    registry: Registry, account: Account, tmp_path: Path
) -> None:
    with registry.write() as session:
        row = session.scalars(select(Account)).one()
        replace_contacts(session, row, [], act=an_act(session), effective_on=MAY)
        session.execute(text("DELETE FROM contact"))
    forget(registry, account)
    assert left(registry, tmp_path) == []


def test_the_contact_of_an_opening_without_account_is_forgotten_by_its_filing(
    registry: Registry, tmp_path: Path
) -> None:
    with registry.write() as session:
        qingshi = county.found(session)
        opening = filings.draft(
            session,
            FilingKind.OPEN,
            act=an_act(session),
            fields={"platform": "weibo", "name": "青石卫健", "host_unit": qingshi.health},
            contacts=[PERSON],
        )
        filings.submit(session, opening, an_act(session))
    assert set(in_tables(registry)) == {"contact"}
    assert forget_contact(registry, opening.uid, an_act) == Forgotten(1, ())
    assert left(registry, tmp_path) == []
    assert verify.verify(registry).problems == ()


# --- contacts are stored in one place ---------------------------------------------------------


def test_filings_store_contacts_nowhere_else(registry: Registry, tmp_path: Path) -> None:
    with registry.write() as session:
        qingshi = county.found(session)
        opening = qingshi.opened(contacts=[PERSON])
        account = opening.account
        assert account is not None
        filings.complete(
            session,
            opening,
            an_act(session),
            fields={"identifiers": {"uid": "7000009"}, "verified_subject": "青石县卫生健康局"},
        )
        change = qingshi.approved(FilingKind.CHANGE, account, contacts=[FORMER])
        filings.complete(session, change, an_act(session))
    assert set(in_tables(registry)) == {"contact"}
    assert forget(registry, account).deleted == 1
    assert left(registry, tmp_path) == []
    assert verify.verify(registry).problems == ()


def test_the_export_of_the_national_system_brings_no_contact(
    registry: Registry, tmp_path: Path
) -> None:
    file = tmp_path / "导出.csv"
    head = "新媒体编码,主办单位,平台类型,账号名称,平台ID,联系人,联系电话,状态"
    row = f"5301230001,青石县公安局,微博,平安青石,1234567890,{NAME},{PHONE},在运行"
    file.write_text(f"{head}\n{row}\n", encoding="utf-8")
    with registry.write() as session:
        export = read_national(file, load_mapping(), CATALOGUE)
        kept = entries_of(session, store_snapshot(session, export, an_act(session)))
        assert [row.name for row in kept] == ["平安青石"]
        assert not [text for text in (NAME, PHONE) if text in str(list(kept))]
    file.unlink()
    assert left(registry, tmp_path) == []


LEDGER = f"""填报单位：青石县政府办公室　填报人：{FORMER.name}　联系电话：{FORMER.phone}
单位名称,新媒体类型,账号名称,账号ID,联系人,联系电话,负责人及电话,粉丝量,备注
青石县公安局,新浪微博,青石警方,7000001,{NAME},{PHONE},{FORMER.name}{FORMER.phone},100,无
青石县融媒体中心,微信公众号,青石融媒,gh_0a1b2c3d4e5f,{NAME},{PHONE},,90,无
"""
PROBLEMS = f"""单位名称,新媒体类型,账号名称,问题类别,问题描述,联系人,联系电话
青石县公安局,新浪微博,青石警方,更新不及时,超过14天未更新,{NAME},{PHONE}
"""


@pytest.mark.parametrize(("as_what", "text_"), [("ledger", LEDGER), ("problems", PROBLEMS)])
def test_an_import_stores_contacts_nowhere_else(
    registry: Registry, location: str, tmp_path: Path, as_what: str, text_: str
) -> None:
    given = ["--db", location, "--data", str(registry.data), "--actor", "王芳", "import"]
    sender = ["--sender", "青石县", "--apply"]
    for kind, content in (("ledger", LEDGER), (as_what, text_.replace("100,无", "200,无"))):
        file = tmp_path / "报送.csv"
        file.write_text(content, encoding="utf-8")
        assert cli.main([*given, str(file), "--as", kind, *sender]) == 0
        file.unlink()
    assert set(in_tables(registry)) == {"contact"}
    with registry.read() as session:
        accounts = session.scalars(select(Account)).all()
        assert [account.followers for account in accounts if account.followers] != []
    for account in accounts:
        assert forget(registry, account).deleted > 0
    assert left(registry, tmp_path) == []
    assert verify.verify(registry).problems == ()


# --- the search itself ----------------------------------------------------------------------------


IN_ENCODINGS = {
    "utf-8": f"姓名{NAME}".encode(),
    "utf-16": f"姓名{NAME}".encode("utf-16"),
    "big-endian": f"x{PHONE}".encode("utf-16-be"),
    "gb18030": NAME.encode("gb18030"),
}


@pytest.mark.parametrize("form", IN_ENCODINGS)
def test_a_text_is_found_in_every_encoding(form: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"\x00\x01" + IN_ENCODINGS[form])
    assert in_files(tmp_path) == ["file"]


def test_a_text_is_found_inside_archives_inside_archives(tmp_path: Path) -> None:
    inner = tmp_path / "inner.xlsx"
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", f"<t>{NAME}</t>" * 50)
    with zipfile.ZipFile(tmp_path / "outer.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(inner, "report.xlsx")
    inner.unlink()
    assert in_files(tmp_path) == ["outer.zip"]


def test_a_text_is_found_across_the_border_of_two_blocks(tmp_path: Path) -> None:
    for shift in (0, 1, 6, 11):
        (tmp_path / "file").write_bytes(b"x" * ((1 << 20) - shift) + PHONE.encode())
        assert in_files(tmp_path) == ["file"]


def test_a_text_with_markup_is_found_as_it_is_escaped(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<td>A&amp;B&lt;C</td>", encoding="utf-8")
    assert list(files_with(tmp_path, ["A&B<C"])) == [tmp_path / "a.html"]


def test_a_file_that_cannot_be_searched_is_for_a_person_to_look_at(tmp_path: Path) -> None:
    path = tmp_path / "broken.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", os.urandom(2000))
    content = bytearray(path.read_bytes())
    content[60:1500] = b"\x00" * 1440
    path.write_bytes(bytes(content))
    assert holds(path, needles_of([NAME]))


def test_texts_of_one_character_are_not_searched_for(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("王", encoding="utf-8")
    assert list(files_with(tmp_path, ["王", ""])) == []


def test_the_session_sees_the_account_without_contacts(
    registry: Registry, account: Account
) -> None:
    with registry.write() as session:
        seen = session.scalars(select(Account)).one()
        assert len(seen.contacts) == 1
    forget(registry, account)
    with registry.read() as session:
        assert contacts(session) == []


def contacts(session: Session) -> list[Contact]:
    return session.scalars(select(Account)).one().contacts
