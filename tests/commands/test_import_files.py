"""What `import` does to files: none is written over, and one that cannot be written stops it all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import cli

LIST = (
    "主办单位,新媒体类型,新媒体名称,UID,开设时间\n"
    "青石县公安局,微博,青石公安,6000000001,2020年3月\n"
    "青石县教育局,微博,青石教育,6000000002,2月30日\n"
)
SKIPPING = ("--apply", "--skip-rejected", "--rejects")


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new ledger and a list with one bad row, in the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TAIZHANG_DB", raising=False)
    monkeypatch.setenv("TAIZHANG_ACTOR", "王芳")
    Path("来表.csv").write_text(LIST, "utf-8")
    assert cli.main(["init"]) == 0


def imported(*words: str) -> int:
    return cli.main(["import", "来表.csv", "--sender", "青石县", *words])


def names() -> list[str]:
    words = ["account", "list", "--format", "json", "--output", "台账.json"]
    assert cli.main(words) == 0
    return [row["name"] for row in json.loads(Path("台账.json").read_text("utf-8"))]


@pytest.mark.parametrize("name", ["来表.csv", "./来表.csv", "又名.csv"])
def test_the_rejects_are_not_written_over_the_senders_file(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("又名.csv").hardlink_to("来表.csv")
    assert imported(*SKIPPING, name) == 2
    assert f"{Path(name)} 就是要导入的文件，不能覆盖；请另取文件名。" in capsys.readouterr().err
    assert Path("来表.csv").read_text("utf-8") == LIST
    assert names() == []


def test_the_plan_is_not_written_over_the_senders_file() -> None:
    assert imported("--format", "csv", "--output", "来表.csv") == 2
    assert Path("来表.csv").read_text("utf-8") == LIST


def test_rejects_that_cannot_be_written_leave_nothing_imported() -> None:
    assert imported(*SKIPPING, "没有这个文件夹/退回.xlsx") == 2
    assert names() == []


def test_rows_left_out_are_written_beside_what_was_taken_over(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert imported(*SKIPPING, "退回.csv") == 0
    assert names() == ["青石公安"]
    assert imported(*SKIPPING, "又退回.csv") == 0
    assert Path("退回.csv").read_bytes() == Path("又退回.csv").read_bytes()
    assert "没有新内容，未作改动。\n不能导入的行已另存：又退回.csv" in capsys.readouterr().out


def test_a_refusal_speaks_one_language_throughout(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--lang", "en", "import", "来表.csv", "--sender", "青石县", "--format", "csv"]
    assert cli.main(words) == 0
    assert "2月30日 cannot be taken as a date: no such day" in capsys.readouterr().out
