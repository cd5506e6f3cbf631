"""The desk as a clerk uses it: Chinese words, wrong inputs, corrections, what is said back."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

import cli

NOW = "2026-11-23T09:00"
OFFICE = "青石县人民政府办公室"
Desk = Callable[..., tuple[int, str]]


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Desk:
    """Runs a command on a new registry with one unit; gives exit code and all that was printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TAIZHANG_DB", raising=False)
    monkeypatch.setenv("TAIZHANG_ACTOR", "王芳")
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")

    def run(*words: str, now: str = NOW, lang: str = "zh") -> tuple[int, str]:
        capsys.readouterr()
        code = cli.main(["--lang", lang, "--now", now, *words])
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    assert run("init", "--jurisdiction", OFFICE, "--parent", "云川市人民政府办公室")[0] == 0
    assert run("unit", "add", "青石县公安局", "--parent", OFFICE)[0] == 0
    return run


def opened(desk: Desk, *more: str) -> str:
    words = ["--platform", "微博", "--name", "青石公安", "--host", "青石县公安局", *more]
    code, said = desk("filing", "open", *words)
    assert code == 0, said
    return said


def active(desk: Desk) -> None:
    opened(desk, "--id", "uid:1900000002", "--subject", "青石县公安局")
    for step in ("approve", "approve", "complete"):
        assert desk("filing", step, "1")[0] == 0


def test_each_step_says_whose_approval_is_awaited_next(desk: Desk) -> None:
    assert opened(desk) == "2026-0001 开设 青石公安：已提交，等待青石县人民政府办公室审批\n"
    assert "等待云川市人民政府办公室审批" in desk("filing", "approve", "1")[1]
    assert desk("filing", "approve", "1")[1] == "2026-0001 开设 青石公安：已批准\n"


def test_a_returned_filing_is_corrected_as_it_is_handed_in_again(desk: Desk) -> None:
    opened(desk, "--purpose", "发布")
    desk("filing", "return", "1", "--note", "功能定位请写明")
    code, said = desk("filing", "submit", "1", "--purpose", "警务公开", "--reason", "已补正")
    assert (code, "已提交" in said) == (0, True)
    card = desk("filing", "show", "1")[1]
    assert "警务公开" in card
    assert "原因: 已补正" in card


def test_one_that_cannot_be_corrected_leaves_the_others_of_the_command_alone(desk: Desk) -> None:
    opened(desk, "--draft")
    opened(desk)
    code, said = desk("filing", "submit", "1", "2", "--purpose", "警务公开")
    assert code == 2
    assert "备案 2026-0002 当前为“已提交”" in said
    assert "草稿" in desk("filing", "list")[1]


def test_values_may_be_written_in_the_words_that_are_printed(desk: Desk) -> None:
    opened(desk)
    assert "2026-0001" in desk("filing", "list", "--state", "已提交", "--kind", "开设")[1]
    code, said = desk("filing", "list", "--state", "在办")
    assert code == 2
    assert "已提交 (submitted)" in said


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--id", "foo:1"), "没有“foo”这类平台ID"),
        (("--url", "javascript:alert(1)"), "不是网址"),
        (("--notice", "公告"), "不是网址"),
    ],
)
def test_what_is_no_id_and_no_address_is_refused(
    desk: Desk, words: tuple[str, ...], message: str
) -> None:
    code, said = desk(
        "filing", "open", "--platform", "微博", "--name", "x", "--host", "青石县公安局", *words
    )
    assert (code, message in said) == (2, True)
    assert "没有符合条件的记录" in desk("filing", "list")[1]


def test_telephone_numbers_in_remarks_are_starred_before_they_are_kept(
    desk: Desk, tmp_path: Path
) -> None:
    opened(desk, "--reason", "联系 13912345678", "--purpose", "热线13912345678")
    desk("filing", "return", "1", "--note", "请打13912345678")
    assert "139****5678" in desk("filing", "show", "1")[1]
    with sqlite3.connect(tmp_path / "accounts.db") as database:
        text = "\n".join(database.iterdump())
    database.close()
    assert "13912345678" not in text


def test_the_platform_stands_in_a_filing_by_its_name(desk: Desk) -> None:
    opened(desk)
    card = desk("filing", "show", "1")[1]
    assert card.count("新浪微博") == 2
    assert "weibo" not in card


def test_the_table_has_the_contacts_when_they_are_asked_for(desk: Desk) -> None:
    opened(desk, "--contact", "李强,13800000002", "--id", "uid:1900000002", "--subject", "x")
    for step in ("approve", "approve", "complete"):
        desk("filing", step, "1")
    assert "138****0002" in desk("account", "list", "--contacts")[1]
    assert "138****0002" not in desk("account", "list")[1]


def test_known_at_a_day_means_all_that_was_recorded_on_it(desk: Desk) -> None:
    active(desk)
    assert "青石公安" in desk("account", "list", "--known-at", "2026-11-23")[1]
    assert "青石公安" not in desk("account", "list", "--known-at", "2026-11-22")[1]
    assert "青石公安" not in desk("account", "list", "--known-at", "2026-11-23T08:00")[1]


def test_an_act_without_approval_cannot_be_entered_ahead_of_its_day(desk: Desk) -> None:
    active(desk)
    for words in (
        ("unit", "rename", "青石县公安局", "青石县公安分局", "--on", "2026-11-24"),
        ("account", "identifier", "微博:青石公安", "domain:qs", "--on", "2026-11-24"),
    ):
        code, said = desk(*words)
        assert (code, "2026-11-24 还没有到" in said) == (2, True)


def test_a_secret_given_for_the_name_of_a_credential_is_refused_and_not_repeated(
    desk: Desk,
) -> None:
    secret = "6f1ed002ab5595859014ebf0951522d9"
    active(desk)
    source = ("account", "source", "微博:青石公安", "api", "--credential")
    code, said = desk(*source, secret)
    assert code == 2 and secret not in said
    assert "这不是凭据的名称" in said and "weibo" in said
    assert desk(*source, "weibo")[0] == 0


def test_an_address_to_read_from_is_one_of_the_web_or_a_route(desk: Desk) -> None:
    active(desk)
    code, said = desk("account", "source", "微博:青石公安", "feed", "--address", "file:///etc/x")
    assert (code, "不是网址" in said) == (2, True)
    for address in ("https://example.gov.cn/feed.xml", "/weibo/user/1900000002"):
        assert desk("account", "source", "微博:青石公安", "feed", "--address", address)[0] == 0


def test_a_region_code_has_six_digits(desk: Desk) -> None:
    code, said = desk("unit", "add", "青石县水利局", "--region-code", "12")
    assert (code, "应为六位数字" in said) == (2, True)


def test_accounts_of_one_name_are_told_apart_by_their_platform(desk: Desk) -> None:
    active(desk)
    words = ["--platform", "抖音", "--name", "青石公安", "--host", "青石县公安局"]
    desk("filing", "open", *words)
    desk("filing", "approve", "2")
    desk("filing", "approve", "2")
    code, said = desk("account", "show", "青石公安")
    assert (code, "请写明平台，如 微博:青石发布" in said) == (2, True)


def test_english_names_platforms_in_english(desk: Desk) -> None:
    active(desk)
    assert "Weibo" in desk("account", "list", lang="en")[1]
    assert "新浪微博" in desk("account", "list")[1]


def test_an_abolished_unit_leaves_accounts_named_with_their_platform(desk: Desk) -> None:
    active(desk)
    said = desk("unit", "abolish", "青石县公安局")[1]
    assert "青石公安（新浪微博）" in said


def test_a_slip_of_the_pen_is_answered_in_chinese(desk: Desk) -> None:
    assert "是否指 'approve'？" in desk("filing", "aprove", "1")[1]
    assert "该文件夹不存在" in desk("account", "list", "--output", "没有/台账.txt")[1]


def test_verify_names_files_that_no_row_speaks_of(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "accounts.data" / "attachments"
    folder.mkdir(parents=True)
    (folder / "stray.pdf").write_bytes(b"x")
    code, said = desk("verify")
    assert (code, "stray.pdf" in said) == (0, True)


def test_a_paper_of_another_account_is_listed_under_its_name(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "说明.txt").write_text("李强 13800000002", encoding="utf-8")
    opened(desk, "--contact", "李强,13800000002", "--id", "uid:1900000002", "--subject", "x")
    for step in ("approve", "approve", "complete"):
        desk("filing", step, "1")
    words = ["--platform", "抖音", "--name", "青石警方", "--host", "青石县公安局"]
    desk("filing", "open", *words, "--paper", "说明.txt")
    said = desk("account", "forget-contact", "微博:青石公安")[1]
    assert "（说明.txt）：含有该联系人" in said


def test_contacts_are_shown_in_full_only_where_they_are_asked_for(desk: Desk) -> None:
    opened(desk, "--contact", "李强,13800000002", "--id", "uid:1900000002", "--subject", "x")
    for step in ("approve", "approve", "complete"):
        desk("filing", step, "1")
    code, said = desk("account", "contacts", "微博:青石公安")
    assert code == 0 and "李强" in said and "13800000002" in said and "联系人" in said
    for words in (["account", "show", "微博:青石公安"], ["account", "list", "--contacts"]):
        code, said = desk(*words)
        assert code == 0 and "138****0002" in said and "13800000002" not in said


def test_a_row_of_the_history_tells_what_its_own_act_changed(desk: Desk) -> None:
    active(desk)

    def change(number: str, now: str, *words: str) -> None:
        assert desk("filing", "change", "uid:1900000002", *words, now=now)[0] == 0
        for step in ("approve", "approve", "complete"):
            assert desk("filing", step, number, now=now)[0] == 0

    change("2", "2026-12-10T09:00", "--name", "青石警方", "--effective", "2026-12-10")
    change("3", "2026-12-20T09:00", "--purpose", "警务", "--effective", "2026-12-01")
    said = desk("account", "history", "uid:1900000002", "--format", "csv")[1]
    changes = [line.split(",")[3] for line in said.splitlines()[1:]]
    assert changes[-3:] == [
        "功能定位: – → “警务”",
        "名称: “青石公安” → “青石警方”",
        "功能定位: – → “警务”",
    ]


def test_a_step_without_a_named_unit_says_which_level_is_awaited(
    desk: Desk, tmp_path: Path
) -> None:
    other = ("--db", str(tmp_path / "other.db"))
    desk(*other, "init", "--jurisdiction", OFFICE)
    words = ["--platform", "微博", "--name", "青石发布", "--host", OFFICE]
    desk(*other, "filing", "open", *words)
    assert "等待市级主管部门审批" in desk(*other, "filing", "approve", "1")[1]


def test_the_password_of_a_database_is_not_printed(desk: Desk) -> None:
    url = "postgresql://user:geheim@127.0.0.1:1/none"
    for words in (("verify",), ("init",), ("restore", "accounts.db"), ("filing", "list")):
        code, said = desk("--db", url, "--data", "d", *words)
        assert (code, "geheim" in said) == (2, False)


def test_the_choices_of_a_word_are_printed_in_the_users_language(desk: Desk) -> None:
    assert "[存在|疑似已不存在|被限制|未知]" in desk("observe", "--help")[1]
    assert "[exists|gone_signal|restricted|unknown]" in desk("observe", "--help", lang="en")[1]


@pytest.mark.parametrize("word", ["疑似已不存在", "gone_signal"])
def test_an_account_found_gone_is_to_be_looked_at_once_more(desk: Desk, word: str) -> None:
    active(desk)
    code, said = desk("observe", "微博:青石公安", "--existence", word)
    assert code == 0
    assert "请在 2026-11-24 09:00 以后再看一次" in said
    assert 'taizhang observe "微博:青石公安" --existence 疑似已不存在' in said
    words = ("observe", "微博:青石公安", "--existence", "疑似已不存在")
    assert "再看一次" in desk(*words, now="2026-11-24T08:00")[1]
    assert "判为“已不存在”" in desk(*words, now="2026-11-24T09:00")[1]
    assert "再看一次" not in desk("observe", "微博:青石公安", now="2026-11-24T10:00")[1]
