"""How a workbook that this program wrote is told from one of somebody else's: compared with the ledger
as if it were an export of the national system, it would say that all is well.
"""

from __future__ import annotations

from collections.abc import Sequence

from registry.exchange.decision_sheet import read_stamp
from registry.names import fold_name

UPLOAD = "taizhang upload 1"
"""Stands hidden on the sheet of `upload.xlsx` that explains it; the others are the template alone."""

_TITLES = (
    ("政务新媒体账号台账",),  # over `ledger.xlsx`, also where its hidden column was deleted
    ("Ledger of government new media",),
    ("台账内部编号",),  # the uids of `ledger.xlsx` and of `account list`
    ("Id in the ledger",),
    ("政务新媒体巡查人工查看清单",),  # over the form of `sweep todo`
    ("编号（勿改）",),  # its last column
    ("备案类型", "变更事项", "变更前", "变更后"),  # `filing template`
    ("备案编号", "已过审批级数", "内部编号"),  # `filing list`
    ("问题编号", "代码", "核实"),  # `finding list`
    ("工作表", "行号", "结果", "uid", "说明"),  # the plan of an import
)
_OWN = tuple(frozenset(map(fold_name, titles)) for titles in _TITLES)
"""Titles that stand together in no other table than one of ours."""


def is_own(cells: Sequence[str]) -> bool:
    """Whether one of the first rows of a sheet is that of a workbook of ours."""
    folds = set(map(fold_name, filter(None, cells)))
    if any(titles <= folds for titles in _OWN):
        return True
    return any(cell == UPLOAD or read_stamp(cell) is not None for cell in cells)
