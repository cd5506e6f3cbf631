"""The form `todo.xlsx`: its sheets, columns and the answers to choose from.

A document for offices, so it is in Chinese always.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sweeps.people.todo import Risk

ACCOUNTS, MENUS = "账号", "菜单"
"""Names of the two sheets."""

RISKS: Mapping[Risk, str] = {
    Risk.OVERDUE: "可能超期",
    Risk.NEVER_SEEN: "从未读到",
    Risk.SOON: "将到期",
    Risk.RECENT: "近期有更新",
    Risk.CLOSED: "已注销，看有无人使用",
}

UPDATED, EMPTY, GONE, RESTRICTED, UNSEEN = (
    "正常，最近发布日期见右",
    "存在，从未发布",
    "查无此账号",
    "被平台限制",
    "未能查看",
)
RESULTS = (UPDATED, EMPTY, GONE, RESTRICTED, UNSEEN)
OPENS, DEAD = "能打开", "打不开"
TRIALS = (OPENS, DEAD, UNSEEN)

TITLE = "政务新媒体巡查人工查看清单"
POINT = "监测时间点："
HOW = "请填写黄色各列，其余各列请勿改动；未查看的行留空。日期写作 2026-11-22。"
HEADER = 2
"""The row of the column titles, from 0; the form begins below it."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the form."""

    key: str
    title: str
    width: int
    fill: bool = False
    """To be filled in by a person."""
    choices: tuple[str, ...] = ()


ACCOUNT_COLUMNS = (
    Column("unit", "主办单位", 24),
    Column("platform", "平台", 12),
    Column("name", "账号名称", 22),
    Column("native_id", "平台ID", 18),
    Column("url", "链接", 30),
    Column("risk", "风险", 10),
    Column("reason", "未读取原因", 18),
    Column("known", "已知最近发布", 13),
    Column("result", "查看结果", 22, True, RESULTS),
    Column("last_post", "最近发布日期", 14, True),
    Column("shown", "平台显示名称（与台账不同时填）", 20, True),
    Column("subject", "认证主体（可不填）", 20, True),
    Column("looked_on", "查看日期（可不填）", 13, True),
    Column("note", "备注", 24, True),
    Column("uid", "编号（勿改）", 38),
)
MENU_COLUMNS = (
    Column("unit", "主办单位", 24),
    Column("platform", "平台", 12),
    Column("name", "账号名称", 22),
    Column("path", "菜单位置", 24),
    Column("label", "菜单名称", 16),
    Column("kind", "类型", 10),
    Column("appid", "小程序 AppID", 20),
    Column("page", "页面路径", 28),
    Column("url", "链接", 30),
    Column("result", "查看结果", 14, True, TRIALS),
    Column("looked_on", "查看日期（可不填）", 13, True),
    Column("note", "备注", 24, True),
    Column("uid", "编号（勿改）", 38),
)
