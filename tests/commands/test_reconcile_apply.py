"""`taizhang reconcile apply`: the workbook goes out, is filled in, and comes back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.conftest import OFFICE, Desk, listed
from tests.reconcilers.workbooks import change, fill, sheet_of


def book() -> Path:
    return Path("核对", "reconcile.xlsx")


def filled() -> Path:
    return fill(
        book(),
        ("RC304", 1, "更正报送系统", None, ""),
        ("RC305", 1, "补办开设备案", None, "旅游股开设"),
        ("RC306", 1, "办理变更备案", None, "已改名"),
    )


def test_an_empty_workbook_decides_nothing(upload_desk: Desk) -> None:
    code, said = upload_desk("reconcile", "apply", str(book()))
    assert (code, said.strip()) == (0, "核对表中没有填写处理决定。")


def test_the_plan_is_shown_first_and_nothing_is_written(upload_desk: Desk) -> None:
    code, said = upload_desk("reconcile", "apply", str(filled()), actor="")
    assert code == 0
    assert "变更：名称“青石公安”" in said
    kinds = "起草备案 2（补办开设备案 1、办理变更备案 1）；登记意见 1（更正报送系统 1）"
    assert f"试运行，未写入任何内容。加 --apply 正式办理的结果：{kinds}。" in said
    assert "正式办理：在同一命令后加 --apply。" in said
    assert "2026-0001" not in said
    assert listed(upload_desk, "filing", "list", "--state", "draft") == []


@pytest.mark.parametrize("format_", ["table", "csv"])
def test_a_pair_says_in_the_plan_that_a_person_decides_it(upload_desk: Desk, format_: str) -> None:
    path = fill(book(), ("待人工认定", 1, "同一账号", None, ""))
    code, said = upload_desk("reconcile", "apply", str(path), "--format", format_)
    assert (code, said.count("待人工认定")) == (0, {"table": 1, "csv": 2}[format_]), said


def test_it_is_written_in_the_name_of_a_person_and_only_once(upload_desk: Desk) -> None:
    path = str(filled())
    code, said = upload_desk("reconcile", "apply", path, "--apply", actor="")
    assert (code, "--actor" in said) == (2, True)
    code, said = upload_desk("reconcile", "apply", path, "--apply")
    assert (code, "已写入" in said) == (0, True)
    drafts = listed(upload_desk, "filing", "list", "--state", "draft")
    assert {(row["kind"], row["account"]) for row in drafts} == {
        ("open", "青石旅游"),
        ("change", "平安青石"),
    }
    reviews = sorted((row["code"], row["review"]) for row in listed(upload_desk, "finding", "list"))
    assert reviews == [
        ("RC304", "confirmed"),
        ("RC305", "confirmed"),
        ("RC306", "confirmed"),
        ("RC306", "open"),
        ("RC306", "open"),
    ]
    code, said = upload_desk("reconcile", "apply", path, "--apply")
    assert (code, "都已办理过" in said) == (0, True)
    assert listed(upload_desk, "filing", "list", "--state", "draft") == drafts


@pytest.mark.parametrize("apply", [(), ("--apply",)])
def test_with_one_fault_nothing_is_written_and_faults_come_first(
    upload_desk: Desk, apply: tuple[str, ...]
) -> None:
    path = str(fill(filled(), ("RC304", 1, "暂免", None, "")))
    code, said = upload_desk("reconcile", "apply", path, *apply)
    assert code == 2
    assert said.startswith("错误：没有写入任何内容：reconcile.xlsx 有 2 处错误。")
    assert said.count("RC304  台账有、报送系统没有") == 2
    assert "其余 2 行没有错误" in said and "变更：名称" not in said
    assert listed(upload_desk, "filing", "list", "--state", "draft") == []


def test_the_plan_comes_as_json_too(upload_desk: Desk) -> None:
    code, said = upload_desk("reconcile", "apply", str(filled()), "--format", "json")
    told = json.loads(said[: said.rindex("}") + 1])
    assert (code, told["applied"]) == (0, False)
    assert told["counts"] == {"filed": 2, "reviewed": 1, "remembered": 0, "nothing": 0}
    assert [row["choice"] for row in told["rows"]] == ["change_there", "file_open", "file_change"]


def test_a_workbook_of_another_registry_is_refused(upload_desk: Desk, tmp_path: Path) -> None:
    path = str(filled())
    assert (
        upload_desk("--db", str(tmp_path / "other.db"), "init", "--jurisdiction", "云川市")[0] == 0
    )
    code, said = upload_desk("--db", str(tmp_path / "other.db"), "reconcile", "apply", path)
    assert (code, "另一个台账的核对表" in said) == (2, True)


def test_a_workbook_written_in_english_comes_back_in_either_language(upload_desk: Desk) -> None:
    assert upload_desk("reconcile", "run", "--out", "book", lang="en")[0] == 0
    path = str(Path("book", "reconcile.xlsx"))
    assert "No decision" in upload_desk("reconcile", "apply", path, lang="en")[1]
    assert "没有填写处理决定" in upload_desk("reconcile", "apply", path)[1]


def test_the_reconciling_comes_as_an_object_and_as_a_page(upload_desk: Desk) -> None:
    code, said = upload_desk("reconcile", "run", "--format", "json")
    told = json.loads(said)
    assert (code, told["counts"]) == (0, {"RC304": 1, "RC305": 1, "RC306": 3})
    assert sorted(row["ledger"].get("name", "") for row in told["differences"])[-1] == "青石水利"
    (pair,) = told["pairs"]
    assert pair["command"].startswith("taizhang reconcile decide ") and pair["deadline"]
    page = Path("核对", "核对.html")
    code, said = upload_desk("reconcile", "run", "--format", "html", "--output", str(page))
    assert (code, said) == (0, "")
    assert "青石水利" in page.read_text(encoding="utf-8")


def test_the_gate_is_shut_while_anything_is_open(upload_desk: Desk) -> None:
    assert upload_desk("reconcile", "run", "--gate")[0] == 1
    decided = [("RC304", 1), ("RC305", 1), ("RC306", 1), ("RC306", 2), ("RC306", 3)]
    cells = [(code, row, "不成立", None, "试运行") for code, row in decided]
    path = fill(book(), *cells, ("待人工认定", 1, "同一账号", None, ""))
    assert upload_desk("reconcile", "apply", str(path), "--apply")[0] == 0
    code, said = upload_desk("reconcile", "run", "--gate")
    assert (code, "RC306" in said) == (1, True)  # the pair is one account now, and its id differs
    path = fill(Path("reconcile-report", "reconcile.xlsx"), ("RC306", 4, "不成立", None, "试运行"))
    assert upload_desk("reconcile", "apply", str(path), "--apply")[0] == 0
    code, said = upload_desk("reconcile", "run", "--gate")
    assert code == 0
    assert "没有影响报送的事项，可以报送（" in said and "已暂免或不成立的" in said
    told = [line.split() for line in said.splitlines() if line.startswith(("RC", "DU", "CL"))]
    assert {line[-1] for line in told} == {"否"}


def test_the_gate_is_shut_where_no_export_was_compared(upload_desk: Desk) -> None:
    fresh = ("--db", "空.db")
    assert upload_desk(*fresh, "init", "--jurisdiction", OFFICE)[0] == 0
    code, said = upload_desk(*fresh, "reconcile", "run", "--gate")
    assert (code, "未提供导出表，本次未与报送系统核对" in said, "--national" in said) == (
        1,
        True,
        True,
    )
    code, said = upload_desk(*fresh, "reconcile", "run")
    assert (code, "未提供导出表，本次未与报送系统核对" in said) == (0, True)
    page = Path("核对.html")
    words = ("--format", "html", "--output", str(page))
    code, said = upload_desk(*fresh, "reconcile", "run", *words)
    assert (code, "未提供导出表" in said) == (0, True)
    (figure,) = [line for line in page.read_text("utf-8").splitlines() if "影响报送的未决" in line]
    assert "figure good" not in figure and "未提供导出表" in figure
    assert "未提供导出表" not in upload_desk("reconcile", "run")[1]


def test_a_workbook_with_nothing_to_decide_is_written_over_and_says_so(upload_desk: Desk) -> None:
    fresh = ("--db", "空.db")
    assert upload_desk(*fresh, "init", "--jurisdiction", OFFICE)[0] == 0
    for _turn in range(2):
        code, said = upload_desk(*fresh, "reconcile", "run", "--out", "无事")
        assert (code, "已经填写过" in said) == (0, False)
    assert sorted(path.name for path in Path("无事").iterdir()) == ["reconcile.xlsx", "upload.xlsx"]
    code, said = upload_desk(*fresh, "reconcile", "apply", "无事/reconcile.xlsx")
    assert (code, "没有填写处理决定" in said) == (0, True)
    assert upload_desk(*fresh, "reconcile", "apply", "无事/upload.xlsx")[0] == 2


def test_a_workbook_that_was_filled_in_is_never_written_over(upload_desk: Desk) -> None:
    def others() -> list[Path]:
        return [path for path in book().parent.glob("*.xlsx") if "-" in path.name]

    assert upload_desk("reconcile", "run", "--out", "核对")[0] == 0
    assert others() == []
    work = filled().read_bytes()
    code, said = upload_desk("reconcile", "run", "--out", "核对")
    (kept,) = others()
    assert (code, kept.read_bytes()) == (0, work) and kept.name in said
    assert book().read_bytes() != work
    book().write_text("no workbook", encoding="utf-8")
    assert upload_desk("reconcile", "run", "--out", "核对")[0] == 0
    assert len(others()) == 2


def test_a_pair_is_decided_by_the_id_of_its_row_and_only_of_one_there_is(upload_desk: Desk) -> None:
    account, named = "微博:平安青石", "1000000009"
    code, said = upload_desk("reconcile", "decide", account, "outside:national:none", "--same")
    assert code == 2 and "outside:national:none" in said
    assert upload_desk("reconcile", "decide", account, named, "--not-same")[0] == 0
    code, said = upload_desk("reconcile", "explain", account, named, "--format", "json")
    assert (code, json.loads(said)["decisions"][-1]["kind"]) == (0, "not_same")


NO_PROC = not Path("/proc/self").exists()


@pytest.mark.parametrize(
    "out",
    [
        "导出.xlsx/核对",
        pytest.param("/proc/核对", marks=pytest.mark.skipif(NO_PROC, reason="Linux")),
    ],
)
def test_a_folder_that_cannot_be_made_is_said_in_one_line(upload_desk: Desk, out: str) -> None:
    code, said = upload_desk("reconcile", "run", "--out", out)
    assert code == 2 and "不能建立文件夹" in said and "换一个文件夹" in said


def test_drafts_are_spoken_of_only_where_one_was_made(upload_desk: Desk) -> None:
    path = str(fill(book(), ("RC304", 1, "更正报送系统", None, "")))
    code, said = upload_desk("reconcile", "apply", path, "--apply")
    assert (code, "已写入。" in said, "filing submit" in said) == (0, True, False)
    path = str(
        fill(book(), ("RC304", 1, "更正报送系统", None, ""), ("RC305", 1, "补办开设备案", None, ""))
    )
    assert "filing submit" in upload_desk("reconcile", "apply", path, "--apply")[1]


def test_of_no_other_rows_nothing_is_said(upload_desk: Desk) -> None:
    path = str(fill(book(), ("RC304", 1, "暂免", None, "")))
    code, said = upload_desk("reconcile", "apply", path)
    assert (code, "请全部改正后再运行。" in said, "其余" in said) == (2, True, False)


def test_a_page_never_takes_the_place_of_a_workbook(upload_desk: Desk) -> None:
    before = book().read_bytes()
    words = ("--format", "html", "--out", "核对", "--output", "核对/../核对/reconcile.xlsx")
    code, said = upload_desk("reconcile", "run", *words)
    assert (code, "请给 --output 另起文件名" in said) == (2, True)
    assert book().read_bytes() == before


@pytest.mark.parametrize("apply", [(), ("--apply",)])
def test_cells_that_are_not_read_are_named_and_the_rest_is_done(
    upload_desk: Desk, apply: tuple[str, ...]
) -> None:
    path = change(filled(), lambda book: sheet_of(book, "RC305").__setitem__("B5", "青石县教育局"))
    code, said = upload_desk("reconcile", "apply", str(path), *apply)
    assert code == 0, said
    assert "注意：有 1 处改动写在不读取的单元格里" in said
    assert "RC305  报送系统有、台账没有 · 第5行 · “责任单位”列" in said
    assert "已改为“青石县教育局”" in said and "起草备案 2" in said
    told = upload_desk("reconcile", "apply", str(path), "--format", "json")[1]
    edited = json.loads(told[: told.index("\n}") + 2])["edited"]
    assert [(each["row"], each["column"]) for each in edited] == [(5, "责任单位")]
