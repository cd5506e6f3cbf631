"""Evidence at the desk: files that were rewritten, renamed, cut or removed, and what is said of them."""

from __future__ import annotations

import errno
import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

import cli
from registry.db import connect
from registry.resources import resource, shared_file
from sweeps.evidence.store import KEY, records
from sweeps.evidence.warc import member, message

NOW = "2026-11-17T12:00"
FIRST = Path("accounts.data/evidence/first-run.warc.gz")
Desk = Callable[..., tuple[int, str]]


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Desk:
    """Runs a command on the bundled sample, which has one sweep and its evidence."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TAIZHANG_DB", raising=False)
    monkeypatch.setenv("TAIZHANG_ACTOR", "王芳")
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    FIRST.parent.mkdir(parents=True)
    shutil.copyfile(shared_file("accounts.db.sample"), "accounts.db")
    shutil.copyfile(str(resource("sample", FIRST.name)), FIRST)

    def run(*words: str, now: str = NOW) -> tuple[int, str]:
        capsys.readouterr()
        code = cli.main(["--now", now, *words])
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return run


def rewritten(path: Path) -> None:
    """Change one answer and compute every digest anew, as somebody may who knows the format."""
    with path.open("rb") as file:
        whole = list(records(file))
    data = b""
    for each in whole:
        version = "HTTP/1.1 " if each.kind == "response" else ""
        head = message(version + each.status, each.headers).encode() if each.status else b""
        kept = [(n, v) for n, v in each.fields.items() if n.startswith("WARC-Conc") or KEY in n]
        url, body = each.fields.get("WARC-Target-URI", ""), each.body.replace(b"2026", b"2025")
        data += member(each.kind, each.record_id, each.fields["WARC-Date"], url, kept, head, body)
    path.write_bytes(data)


def evidence_of(desk: Desk) -> list[str]:
    """What the run that began last is judged from."""
    with connect("accounts.db").connect() as connection:
        query = text("SELECT evidence FROM run ORDER BY id DESC LIMIT 1")
        found: list[str] = json.loads(connection.execute(query).scalar_one())
    return found


def test_the_evidence_as_it_was_recorded_is_accepted(desk: Desk) -> None:
    assert desk("verify")[0] == 0
    code, said = desk("sweep", "run", "--replay", str(FIRST))
    assert code == 0, said
    assert "重新判断" in said and "SHA-256" not in said and "缺失" not in said
    assert evidence_of(desk) == [FIRST.name]


def test_a_file_that_was_rewritten_to_fit_in_itself_is_refused(desk: Desk) -> None:
    rewritten(FIRST)
    code, said = desk("verify")
    assert code == 2
    assert FIRST.name in said and "SHA-256 与巡查结束时留存的不一致" in said and "备份" in said
    before = len(json.loads(desk("sweep", "list", "--format", "json")[1]))
    code, said = desk("sweep", "run", "--replay", str(FIRST))
    assert code == 2
    assert FIRST.name in said and "SHA-256 与巡查结束时留存的不一致" in said and "备份" in said
    shutil.move(FIRST, "elsewhere.warc.gz")
    code, said = desk("sweep", "run", "--replay", "elsewhere.warc.gz")
    assert code == 2 and "elsewhere.warc.gz" in said and "SHA-256" in said
    assert len(json.loads(desk("sweep", "list", "--format", "json")[1])) == before


def test_a_rewritten_file_is_refused_when_it_was_cut_too(desk: Desk) -> None:
    rewritten(FIRST)
    FIRST.write_bytes(FIRST.read_bytes()[:-30])
    code, said = desk("sweep", "run", "--replay", str(FIRST))
    assert code == 2 and "SHA-256" in said


def test_of_a_run_before_hashes_were_kept_the_file_is_accepted_and_that_is_said(desk: Desk) -> None:
    with connect("accounts.db").begin() as connection:
        connection.execute(text("DROP TRIGGER keep_evidence_sum_delete"))
        connection.execute(text("DELETE FROM evidence_sum"))
    assert desk("upgrade")[0] == 0
    code, said = desk("verify")
    assert code == 0 and "1 个证据文件没有留存 SHA-256" in said
    code, said = desk("sweep", "run", "--replay", str(FIRST))
    assert code == 0 and "没有留存它的 SHA-256" in said
    assert evidence_of(desk) == [FIRST.name]


def test_a_copy_under_another_name_stands_for_the_file_that_is_known(desk: Desk) -> None:
    copy = FIRST.with_name("a-copy.warc.gz")
    shutil.copyfile(FIRST, copy)
    assert desk("sweep", "run", "--replay", str(copy))[0] == 0
    assert evidence_of(desk) == [FIRST.name]
    FIRST.rename(FIRST.with_name("renamed.warc.gz"))
    copy.unlink()
    code, said = desk("sweep", "run", "--replay", str(FIRST.with_name("renamed.warc.gz")))
    assert code == 0, said
    assert evidence_of(desk) == [FIRST.name]
    assert FIRST.is_file() and desk("verify")[0] == 0


def test_of_a_cut_file_it_is_said_that_its_end_is_missing_and_what_was_read(desk: Desk) -> None:
    with FIRST.open("rb") as file:
        offsets = [each.offset for each in records(file)]
    FIRST.write_bytes(FIRST.read_bytes()[: offsets[100] + 30])
    code, said = desk("sweep", "run", "--replay", str(FIRST))
    assert code == 0, said
    (line,) = [line for line in said.splitlines() if "文件末尾缺失" in line]
    count = int(line.split("前面的 ")[1].split(" 条")[0])
    assert FIRST.name in line and 90 <= count <= 100
    assert "证据中没有" in said
    code, said = desk("verify")
    assert code == 2 and "末尾缺失" in said


def test_a_copy_that_the_disk_does_not_take_leaves_nothing_behind(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_file: object, copy: Path) -> None:
        copy.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    second = str(resource("sample", "second-run.warc.gz"))
    with monkeypatch.context() as disk:
        disk.setattr(shutil, "copyfile", full)
        code, said = desk("sweep", "run", "--replay", second, "--other-registry")
    assert code == 2
    assert "second-run.warc.gz" in said and "磁盘已满" in said
    assert [path.name for path in FIRST.parent.iterdir()] == [FIRST.name]


def test_a_file_packed_as_one_piece_says_how_to_repack_it(desk: Desk) -> None:
    Path("one.warc.gz").write_bytes(gzip.compress(gzip.decompress(FIRST.read_bytes())))
    code, said = desk("sweep", "run", "--replay", "one.warc.gz")
    assert code == 2
    assert "one.warc.gz" in said and "压成了一块" in said and "warcio recompress" in said


def test_a_file_that_was_removed_by_policy_is_called_so(desk: Desk) -> None:
    with connect("accounts.db").begin() as connection:
        connection.execute(text("UPDATE finding SET review = 'dismissed'"))
    code, said = desk("evidence", "prune", "--keep-days", "1", "--apply", now="2026-12-20T09:00")
    assert code == 0 and not FIRST.exists(), said
    code, said = desk("sweep", "run", "--replay", str(FIRST))
    assert code == 2
    assert f"{FIRST.name}：已于 2026-12-20 按保存期限删除，不能重新判断。" in said
    code, said = desk("sweep", "run", "--replay", "nowhere.warc.gz")
    assert code == 2 and "nowhere.warc.gz：没有这个文件。" in said


def found(desk: Desk, code: str, account: str) -> str:
    """The number of a finding of the sample."""
    rows = json.loads(desk("finding", "list", "--format", "json")[1])
    return next(str(row["uid"]) for row in rows if (row["code"], row["account"]) == (code, account))


def test_a_finding_is_shown_with_its_title_and_where_each_record_stands(desk: Desk) -> None:
    uid = found(desk, "ST101", "青石普法")
    code, said = desk("sweep", "show", uid)
    assert code == 0
    assert "问题: ST101 内容不更新" in said and f"问题编号: {uid}" in said and "青石普法" in said
    card = json.loads(desk("sweep", "show", uid, "--format", "json")[1])
    assert card["places"] and [each["record"] for each in card["places"]] == card["records"]
    for each in card["places"]:
        with (FIRST.parent / each["file"]).open("rb") as file:
            file.seek(each["offset"])
            record = next(records(file))
        assert record.record_id == each["record"]
        assert record.fields["WARC-Target-URI"] == each["url"]
        assert each["url"].startswith("http") and each["url"][:20] in said
    FIRST.unlink()
    said = desk("sweep", "show", uid)[1]
    assert "文件中没有" in said and card["records"][0][:24] in said


def test_a_number_that_is_nobodys_says_what_numbers_look_like(desk: Desk) -> None:
    code, said = desk("sweep", "show", "zzz")
    assert code == 2
    assert "没有编号为 zzz 的巡查、查看记录或问题" in said
    assert "019f34f0-73b2-70e0-bf71-5d8e2befe785" in said and "taizhang sweep list" in said


def test_the_links_of_a_site_are_not_called_a_menu(desk: Desk) -> None:
    second = str(resource("sample", "second-run.warc.gz"))
    assert desk("sweep", "run", "--replay", second, "--other-registry")[0] == 0
    site = found(desk, "LK201", "青石县人民政府门户网站")
    for words in (("finding", "show", site), ("sweep", "show", site)):
        said = desk(*words)[1]
        assert "网页链接失效" in said and "链接位置" in said and "菜单" not in said
    wechat = found(desk, "LK201", "青石发布")
    said = desk("finding", "show", wechat)[1]
    assert "菜单链接失效" in said and "菜单位置" in said
