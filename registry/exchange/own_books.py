"""How a workbook that this program wrote is told from one of somebody else's: compared with the ledger
as if it were an export of the national system, it would say that all is well.
"""

from __future__ import annotations

from collections.abc import Sequence

from registry.exchange.decision_sheet import read_stamp
from registry.names import fold_name

UPLOAD = "taizhang upload 1"
"""Stands hidden on the sheet of `upload.xlsx` that explains it; the others are the template alone."""

_LEDGER = frozenset(map(fold_name, ("台账内部编号", "Id in the ledger")))
"""The title over the uids of `ledger.xlsx`."""


def is_own(cells: Sequence[str]) -> bool:
    """Whether one of the first rows of a sheet is that of a workbook of ours."""
    return any(
        cell == UPLOAD or read_stamp(cell) is not None or fold_name(cell) in _LEDGER
        for cell in filter(None, cells)
    )
