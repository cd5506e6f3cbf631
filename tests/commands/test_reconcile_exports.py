"""`taizhang reconcile run` with exports that are not what they seem, and with what is half right."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import cli

NOW = "2026-11-23T09:00"
OFFICE = "青石县人民政府办公室"
HEAD = ("新媒体编码", "主办单位", "平台类型", "账号名称", "平台ID", "状态")
Said = tuple[int, str]
Run = Callable[..., Said]


def account(n: int) -> tuple[str, str, str]:
    """(host unit, name, id) of one account of the ledger."""
    return f"青石县第{n}局", f"青石第{n}号", f"10000000{n:02}"


def exported(n: int, **cells: Any) -> list[Any]:
    """The row of that account in an export; cells by their title."""
    unit, name, uid = account(n)
    row = dict(zip(HEAD, (f"53012300{n:02}", unit, "微博", name, uid, "正常运行"), strict=True))
    return [*(row | cells).values()]


def book(path: str, *sheets: Sequence[Sequence[Any]], hidden: Sequence[int] = ()) -> str:
    """A workbook with these rows, the titles above each sheet's; some sheets hidden."""
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for at, rows in enumerate(sheets):
        sheet = made.create_sheet(f"表{at + 1}")
        for row in (HEAD, *rows):
            sheet.append(row)
        sheet.sheet_state = "hidden" if at in hidden else "visible"
    made.save(path)
    return path


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """A ledger of twenty accounts, and no export as yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TAIZHANG_DB", raising=False)
    monkeypatch.delenv("TAIZHANG_ACTOR", raising=False)

    def run(*words: str, actor: str = "王芳") -> Said:
        capsys.readouterr()
        whose = ["--actor", actor] if actor else []
        code = cli.main(["--lang", "zh", "--now", NOW, *whose, *words])
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    assert run("init", "--jurisdiction", OFFICE)[0] == 0
    lines = ["主办单位,账号名称,平台,UID"]
    lines += ["{},{},微博,{}".format(*account(n)) for n in range(20)]
    Path("台账.csv").write_text("\n".join(lines), encoding="utf-8")
    assert run("import", "台账.csv", "--sender", OFFICE, "--apply")[0] == 0
    return run


def reconciled(desk: Run, file: str, *words: str) -> Said:
    return desk("reconcile", "run", "--national", file, "--out", "核对", *words)


def upload() -> list[tuple[Any, ...]]:
    """The rows of upload.xlsx below its titles."""
    sheet = openpyxl.load_workbook(Path("核对", "upload.xlsx")).worksheets[0]
    return list(sheet.iter_rows(min_row=2, values_only=True))


# --- the first export of all


def test_a_first_export_that_lacks_most_of_the_ledger_is_refused(desk: Run) -> None:
    part = book("一部分.xlsx", [exported(n) for n in range(8)])
    code, said = reconciled(desk, part)
    assert code == 2
    assert "一部分.xlsx 中没有台账 20 个在用账号中的 12 个" in said
    assert "--accept-absent" in said
    assert not Path("核对").exists()
    code, said = desk("reconcile", "run", "--out", "核对")
    assert "未提供导出表" in said  # nothing of it was kept


def test_a_first_export_is_accepted_by_a_person_and_then_asked_no_more(desk: Run) -> None:
    part = book("一部分.xlsx", [exported(n) for n in range(8)])
    code, said = desk(
        "reconcile", "run", "--national", part, "--out", "核对", "--accept-absent", actor=""
    )
    assert (code, "--actor" in said) == (2, True)
    assert reconciled(desk, part, "--accept-absent")[0] == 0
    assert len(upload()) == 12
    assert reconciled(desk, part)[0] == 0


def test_a_first_export_that_holds_half_of_the_ledger_is_compared(desk: Run) -> None:
    half = book("一半.xlsx", [exported(n) for n in range(10)])
    code, said = reconciled(desk, half)
    assert (code, len(upload())) == (0, 10), said


def shifted(field: str) -> list[list[Any]]:
    """Twenty rows of which the column stands a row lower than it should."""
    at = HEAD.index(field)
    rows = [exported(n) for n in range(20)]
    cells = [row[at] for row in rows]
    return [[*row[:at], cells[n - 1], *row[at + 1 :]] for n, row in enumerate(rows)]


def test_a_first_export_with_a_shifted_column_is_refused_until_accepted(desk: Run) -> None:
    file = book("导出.xlsx", shifted("主办单位"))
    code, said = reconciled(desk, file)
    assert code == 2
    assert "与台账账号对上的 20 行，有 20 行的主办单位与台账不同，可能是整栏错位" in said
    assert "--accept-changed 主办单位" in said and not Path("核对").exists()
    code, said = reconciled(desk, file, "--accept-changed", "主办单位")
    assert (code, "RC306" in said) == (0, True)
    assert reconciled(desk, file)[0] == 0


@pytest.mark.parametrize(("others", "code"), [(5, 0), (6, 2)])
def test_a_first_export_with_a_few_rows_of_another_host_is_compared(
    desk: Run, others: int, code: int
) -> None:
    rows = shifted("主办单位")[:others] + [exported(n) for n in range(others, 20)]
    done, said = reconciled(desk, book("导出.xlsx", rows))
    assert (done, "RC306" in said) == (code, code == 0), said


def test_a_part_with_a_shifted_column_names_both(desk: Run) -> None:
    part = book("一部分.xlsx", shifted("主办单位")[:8])
    code, said = reconciled(desk, part, "--accept-absent")
    assert (code, "主办单位与台账不同" in said, "可能只导出了一部分" in said) == (2, True, False)
    assert "--accept-absent" in said and "--accept-changed 主办单位" in said
    assert reconciled(desk, part, "--accept-absent", "--accept-changed", "主办单位")[0] == 0


def test_where_the_codes_are_shifted_these_are_doubted_first(desk: Run) -> None:
    assert reconciled(desk, book("导出.xlsx", [exported(n) for n in range(20)]))[0] == 0
    code, said = reconciled(desk, book("又一次.xlsx", shifted("新媒体编码")))
    assert (code, "很可能是新媒体编码一栏错位" in said) == (2, True), said
    assert "请先核对“新媒体编码”一栏" in said
    assert "--accept-changed 账号名称" not in said
    accepted = [("--accept-changed", field) for field in ("主办单位", "账号名称", "平台ID")]
    words = [word for pair in accepted for word in pair]
    assert reconciled(desk, "又一次.xlsx", *words)[0] == 0


def test_a_record_that_runs_again_is_no_new_one(desk: Run) -> None:
    rows = [exported(n) for n in range(20)]
    rows[3] = exported(3, 状态="已下线")
    assert reconciled(desk, book("导出.xlsx", rows))[0] == 0
    code, said = reconciled(desk, book("又一次.xlsx", [exported(n) for n in range(20)]))
    assert (code, "新增 0 条" in said) == (0, True), said
    sheet = openpyxl.load_workbook(Path("核对", "reconcile.xlsx"))["新增与减少"]
    told = [row[1] for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int)]
    assert told == ["恢复运行"]


# --- files that are no export


def test_a_formula_of_which_the_file_keeps_no_result_is_refused(desk: Run) -> None:
    """As programs leave it that write workbooks and work out nothing."""
    rows = [exported(n) for n in range(20)]
    rows[3] = exported(3, 主办单位="=B2", 状态='=IF(1,"已下线","")')
    code, said = reconciled(desk, book("导出.xlsx", rows))
    assert (code, "工作表“表1”的 B5、F5" in said) == (2, True), said
    assert not Path("核对").exists()
    assert reconciled(desk, book("无公式.xlsx", [exported(n) for n in range(20)]))[0] == 0
    filled = openpyxl.load_workbook(Path("核对", "upload.xlsx"))
    filled.worksheets[0]["A9"] = "=A1"
    filled.save("回填.xlsx")
    for words in (("reconcile", "apply", "回填.xlsx"), ("import", "回填.xlsx", "--sender", OFFICE)):
        code, said = desk(*words)
        assert (code, "公式" in said) == (2, True), said


def test_a_file_that_a_spreadsheet_program_keeps_for_itself_is_called_so(desk: Run) -> None:
    Path("~$导出.xlsx").write_bytes(b"\x04clerk" + b" " * 160)
    code, said = reconciled(desk, "~$导出.xlsx")
    assert code == 2
    assert "打开文件时生成的临时文件" in said and "开头没有“~$”" in said


def test_the_ledger_and_its_backup_are_no_export(desk: Run) -> None:
    assert desk("backup", "备份.zip")[0] == 0
    code, said = reconciled(desk, "备份.zip")
    assert (code, "备份.zip 是本程序的备份文件，不是表格" in said) == (2, True)
    code, said = reconciled(desk, "accounts.db")
    assert (code, "accounts.db 是数据库文件，不是表格" in said) == (2, True)


# --- sheets and rows that are passed over, and said


def test_hidden_sheets_are_not_read(desk: Run) -> None:
    rows = [exported(n) for n in range(20)]
    file = book("导出.xlsx", rows[:18], rows[18:], [], hidden=[1, 2])
    code, said = reconciled(desk, file)
    assert (code, "隐藏的工作表没有读取：表2；读取的是：表1。" in said) == (0, True)
    assert "报送系统记录 18 条" in said
    code, said = reconciled(desk, book("只有隐藏.xlsx", [], rows, hidden=[1]))
    assert (code, "只有隐藏的工作表里有记录：表2" in said, "取消隐藏" in said) == (2, True, True)


@pytest.mark.parametrize(
    "total",
    [
        ["合计", "", "20个", "", "", ""],
        ["总计", "", "", "20", "", ""],
        ["", "合计：20个", "", "", "", ""],
        ["", "", "小计", "20", "", ""],
    ],
)
def test_a_line_of_totals_is_passed_over_and_said(desk: Run, total: list[str]) -> None:
    file = book("导出.xlsx", [*(exported(n) for n in range(20)), total])
    code, said = reconciled(desk, file)
    assert (code, "工作表“表1”第 22 行是合计行，已跳过" in said) == (0, True), said
    assert "报送系统记录 20 条" in said


def test_a_row_that_stands_in_the_export_twice_is_passed_over_and_said(desk: Run) -> None:
    rows = [exported(n) for n in range(20)]
    code, said = reconciled(desk, book("导出.xlsx", [*rows, exported(3)], [exported(5)]))
    assert (code, "报送系统记录 20 条" in said) == (0, True), said
    assert "工作表“表1”第 22 行与前面的一行完全相同，已跳过" in said
    assert "工作表“表2”第 2 行与前面的一行完全相同，已跳过" in said


def test_a_code_that_stands_over_another_row_is_a_fault(desk: Run) -> None:
    rows = [exported(n) for n in range(20)]
    twice = exported(3, 主办单位="青石县另一局")
    code, said = reconciled(desk, book("导出.xlsx", [*rows, exported(5), twice]))
    assert (code, "编码 5301230003 已在第 5 行出现过" in said) == (2, True), said
    assert "5301230005" not in said


# --- a platform that nobody knows


def not_compared() -> list[dict[str, Any]]:
    made = openpyxl.load_workbook(Path("核对", "reconcile.xlsx"))
    every = list(made["未比对的记录"].iter_rows(values_only=True))
    head, *rows = every[next(at for at, row in enumerate(every) if "序号" in row) :]
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def test_a_row_of_an_unknown_platform_is_listed_and_the_rest_compared(desk: Run) -> None:
    rows = [exported(n) for n in range(20)]
    rows[3] = exported(3, 平台类型="新浪微搏")
    rows[5] = exported(5, 平台类型="某平台", 账号名称="别的名称", 平台ID="")
    code, said = reconciled(desk, book("导出.xlsx", rows), "--format", "table")
    assert code == 0, said
    assert "报送系统记录 20 条" in said and "其中 2 条没有比对：平台无法识别" in said
    first, second = not_compared()
    assert (first["导出表行号"], first["平台"], first["台账中可能对应的账号"]) == (
        5,
        "新浪微搏",
        "青石第3号（新浪微博）",
    )
    assert second["台账中可能对应的账号"] is None
    assert "“某平台”不是已知的平台" in second["情况说明"]
    assert [("青石第5号" in row) for row in upload()] == [True]  # the fourth is not added again


def test_a_row_that_was_not_compared_stops_the_upload(desk: Run) -> None:
    rows = [exported(n) for n in range(20)]
    assert reconciled(desk, book("导出.xlsx", rows), "--gate")[0] == 0
    rows[3] = exported(3, 平台类型="新浪微搏")
    code, said = reconciled(desk, book("又一次.xlsx", rows), "--gate")
    assert (code, "可以报送" in said) == (1, False), said
    assert "无法比对的记录 1 条（平台无法识别）" in said


def test_a_row_of_an_unknown_platform_that_is_gone_and_nobodys_stops_nothing(desk: Run) -> None:
    rows = [exported(n) for n in range(20)]
    gone = exported(30, 平台类型="某平台", 状态="已下线")
    assert reconciled(desk, book("导出.xlsx", [*rows, gone]), "--gate")[0] == 0


def test_of_accounts_of_one_name_only_the_one_with_the_rows_id_may_be_it(desk: Run) -> None:
    unit, name, uid = account(3)
    lines = ["主办单位,账号名称,平台,UID", f"{unit},{name},抖音,douyin0003"]
    Path("抖音.csv").write_text("\n".join(lines), encoding="utf-8")
    assert desk("import", "抖音.csv", "--sender", unit, "--apply")[0] == 0
    rows = [exported(n) for n in range(20)]
    rows[3] = exported(3, 平台类型="新浪微搏")
    reconciled(desk, book("导出.xlsx", rows))
    assert not_compared()[0]["台账中可能对应的账号"] == f"{name}（新浪微博）"
    rows[3] = exported(3, 平台类型="新浪微搏", 平台ID="")
    reconciled(desk, book("又一次.xlsx", rows))
    assert not_compared()[0]["台账中可能对应的账号"] == f"{name}（新浪微博）、{name}（抖音）"


# --- words for a state that the mapping does not know


def test_a_word_for_a_state_without_a_meaning_is_named_and_stops_the_upload(desk: Run) -> None:
    rows = [exported(n, 状态="停更") if n < 3 else exported(n) for n in range(20)]
    rows[19] = exported(19, 状态="补录")
    code, said = reconciled(desk, book("导出.xlsx", rows), "--gate")
    assert (code, "可以报送" in said) == (1, False), said
    assert "其中 3 条没有核对状态" in said and "“停更”3 条" in said
    assert "taizhang reconcile mapping" in said and "--mapping" in said
    made = openpyxl.load_workbook(Path("核对", "reconcile.xlsx"))
    summary = {row[0]: row for row in made["汇总"].iter_rows(values_only=True)}
    assert summary["其中：未核对状态的"][1] == 3
    assert "“停更”3 条" in str(summary["其中：未核对状态的"][4])
    code, said = desk("reconcile", "run", "--out", "核对", "--format", "json", "--gate")
    told = json.loads(said[said.index("{") : said.rindex("}") + 1])
    assert (code, told["coverage"]["unknown_states"]) == (1, {"停更": 3})


def test_a_word_gets_its_meaning_by_the_mapping_and_the_same_export_is_compared(desk: Run) -> None:
    export = book("导出.xlsx", [exported(n, 状态="停更") for n in range(20)])
    assert reconciled(desk, export, "--gate")[0] == 1
    assert desk("reconcile", "mapping", "--output", "对照.toml")[0] == 0
    mapping = Path("对照.toml").read_text("utf-8")
    for meaning, code in (("other", 0), ("offline", 1)):
        made = mapping.replace("[states]\n", f'[states]\n"停更" = "{meaning}"\n')
        Path("对照.toml").write_text(made, encoding="utf-8")
        words = (export, "--mapping", "对照.toml", "--gate")
        done, said = reconciled(desk, *words)
        assert (done, "没有核对状态" in said, "RC307" in said) == (code, False, code == 1), said


def test_a_row_whose_state_is_not_known_does_not_end_what_was_found(desk: Run) -> None:
    rows = [exported(n) for n in range(20)]
    rows[3] = exported(3, 状态="已注销")
    assert "RC307" in reconciled(desk, book("导出.xlsx", rows))[1]
    rows[3] = exported(3, 状态="停更")
    reconciled(desk, book("又一次.xlsx", rows))
    assert "RC307" in desk("finding", "list")[1]
    rows[3] = exported(3)
    reconciled(desk, book("再一次.xlsx", rows))
    assert "RC307" not in desk("finding", "list")[1]


def test_what_was_not_compared_is_kept_with_the_export(desk: Run) -> None:
    rows = [exported(n) for n in range(20)]
    rows[3] = exported(3, 平台类型="新浪微搏", 新媒体编码="")
    assert reconciled(desk, book("导出.xlsx", rows))[0] == 0
    code, said = desk("reconcile", "run", "--out", "核对")
    assert (code, "其中 1 条没有比对" in said, upload()) == (0, True, [])
    rows[3] = exported(3)
    code, said = reconciled(desk, book("又一次.xlsx", rows))
    assert (code, "没有比对" in said) == (0, False)
    assert "新增 0 条" in said and "减少 0 条" in said


def test_where_most_platforms_are_unknown_the_column_is_doubted(desk: Run) -> None:
    rows = [exported(n, 平台类型=f"第{n}科") for n in range(20)]
    code, said = reconciled(desk, book("导出.xlsx", rows))
    assert (code, "有 20 处错误" in said) == (2, True)
    assert not Path("核对").exists()


# --- cells that a spreadsheet has spoilt, titles that say the same


def test_an_id_that_was_shortened_as_a_number_is_placed_with_its_remedy(desk: Run) -> None:
    rows = [exported(n) for n in range(20)]
    rows[3] = exported(3, 平台ID="2.1E+09")
    rows[4] = exported(4, 平台ID=2.1e18)
    code, said = reconciled(desk, book("导出.xlsx", rows))
    assert code == 2
    assert "表1 · 第5行 · “平台ID”列: “2.1E+09”是被表格软件当作数字简写了的编号" in said
    assert "表1 · 第6行 · “平台ID”列" in said
    assert said.count("设为“文本”格式后重新填写，或者重新导出") == 2


def test_two_titles_of_one_meaning_are_both_named_where_they_differ(desk: Run) -> None:
    head = ["单位", "开设单位", "平台类型", "账号名称"]
    made = openpyxl.Workbook()
    made.worksheets[0].append(head)
    made.worksheets[0].append(["甲局", "甲局", "微博", "青石第1号"])
    made.worksheets[0].append(["甲局", "乙局", "微博", "青石第2号"])
    made.save("导出.xlsx")
    code, said = reconciled(desk, "导出.xlsx")
    assert code == 2
    assert "第3行" in said and "栏目“单位、开设单位”（第A、B列）是同一项内容" in said


def test_the_same_export_under_a_new_name_is_told_by_the_name_given_now(desk: Run) -> None:
    rows = [exported(n) for n in range(20)]
    old = Path(book("旧.xlsx", rows))
    assert "导出表：旧.xlsx（2026-11-23 保存）" in reconciled(desk, str(old))[1]
    Path("新.xlsx").write_bytes(old.read_bytes())
    assert (
        "导出表：新.xlsx（内容与 2026-11-23 保存的 旧.xlsx 相同）" in reconciled(desk, "新.xlsx")[1]
    )
    assert "导出表：旧.xlsx（2026-11-23 保存）" in reconciled(desk, str(old))[1]


def test_a_sheet_with_nothing_but_a_line_of_totals_holds_no_row(desk: Run) -> None:
    code, said = reconciled(desk, book("导出.xlsx", [["合计", "", "", "0", "", ""]]))
    assert (code, "--accept-absent" in said) == (2, True)
    assert "第 2 行是合计行，已跳过" in said


@pytest.mark.parametrize(
    "words",
    [("explain", "微博:青石第3号", "第5行"), ("decide", "第5行", "--offline")],
    ids=lambda words: words[0],
)
def test_nothing_is_said_of_a_row_that_was_not_compared(desk: Run, words: tuple[str, ...]) -> None:
    rows = [exported(n) for n in range(20)]
    rows[3] = exported(3, 平台类型="新浪微搏")
    assert reconciled(desk, book("导出.xlsx", rows))[0] == 0
    code, said = desk("reconcile", *words)
    assert (code, "没有比对：“新浪微搏”不是已知的平台" in said) == (2, True), said
