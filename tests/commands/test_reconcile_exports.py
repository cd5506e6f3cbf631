"""`taizhang reconcile run` with exports that are not what they seem, and with what is half right."""

from __future__ import annotations

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
    made.remove(made.active)
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
    sheet = openpyxl.load_workbook(Path("核对", "upload.xlsx")).active
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
