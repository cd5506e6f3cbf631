"""One workbook read to its rows by one reader per process: what a job around such a file starts from.

Prints seconds of wall time for the reading alone, and the rows that were read.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path


def calamine(path: Path) -> int:
    """The reader that the program uses, with nothing around it."""
    from python_calamine import CalamineWorkbook

    return len(CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python())


def openpyxl(path: Path) -> int:
    """In its mode for reading only."""
    from openpyxl import load_workbook

    sheet = load_workbook(path, read_only=True).worksheets[0]
    return sum(1 for _row in sheet.iter_rows(values_only=True))


READERS: dict[str, Callable[[Path], int]] = {"calamine": calamine, "openpyxl": openpyxl}


if __name__ == "__main__":
    began = time.perf_counter()
    read = READERS[sys.argv[1]](Path(sys.argv[2]))
    print(json.dumps({"reading_s": round(time.perf_counter() - began, 3), "rows_read": read}))
