"""What the columns of a filing sheet are called, beyond those of a ledger (`columns.toml`).

Pure words: which title means which part of a filing, and which change a word names.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from registry.exchange.titles import CONTACT_FIELDS, NAMED_SCHEMES, meanings, plain_title
from registry.names import fold_name
from registry.vocab import FilingKind, Lang, label

OWN: Mapping[str, tuple[str, ...]] = {
    "kind": ("备案类型", "备案事项", "业务类型", "办理事项", "filing"),
    "account": (
        "账号",
        "账号名称",
        "现账号名称",
        "备案账号",
        "新媒体名称",
        "公众号名称",
        "account",
    ),
    "item": ("变更事项", "变更内容", "变更项目", "item"),
    "value": ("变更后", "变更后内容", "新值", "变更为", "new value"),
    "before": ("变更前", "变更前内容", "原值", "old value"),
    "name": ("新账号名称", "新名称", "变更后名称", "new name"),
    "new_id": ("新平台ID", "新账号ID", "new id"),
    "reason": ("原因", "备案原因", "关停原因", "变更原因", "开设理由", "事由", "reason"),
    "cause": ("原因类别", "关停原因类别", "cause"),
    "stop_on": ("停更日期", "停止更新日期", "关停日期", "stop on"),
    "cancelled_on": ("平台注销日期", "注销日期", "cancelled on"),
    "transferred_to": ("划转至", "划转单位", "接收单位", "transferred to"),
    "effective_on": ("生效日期", "变更日期", "effective on"),
    "notice_url": ("公告链接", "公告网址", "停更公告链接", "notice"),
    "co_hosts": ("联合主办单位", "co-hosts"),
}
"""Part of a filing → its titles. They go before the words of a ledger's columns."""

LEDGER_FIELDS = frozenset(
    {
        "platform",
        "form",
        "host_unit",
        "supervising_unit",
        "operator",
        "verified_subject",
        "url",
        "purpose",
        "opened_on",
        "cadence",
        "followers",
        "native_id",
        *NAMED_SCHEMES,
        *CONTACT_FIELDS,
    }
)
"""Fields of a ledger's columns that a filing can take."""

KIND_WORDS: Mapping[FilingKind, tuple[str, ...]] = {
    FilingKind.OPEN: ("新增", "开通", "新开", "新建"),
    FilingKind.CHANGE: ("更名", "修改"),
    FilingKind.STOP: ("关闭", "停更", "停用"),
    FilingKind.CANCEL: ("销号",),
    FilingKind.REOPEN: ("重启", "恢复"),
    FilingKind.TRANSFER: ("移交",),
}
"""Spellings of the kinds beside their own labels."""


@cache
def _own() -> Mapping[str, str]:
    return {fold_name(title): part for part, titles in OWN.items() for title in titles}


def part_of(title: str) -> str:
    """The part of a filing that a column title means; empty for one that means none."""
    own = _own().get(fold_name(title)) or _own().get(fold_name(plain_title(title)))
    if own:
        return own
    found = [meaning.field for meaning in meanings(title)]
    if "name" in found[:1]:
        return "account"
    return next((field for field in found if field in LEDGER_FIELDS), "")


def changed_field(word: str) -> str:
    """The field that a cell under 变更事项 names; empty for a word that names none."""
    own = _own().get(fold_name(word))
    if own in {"co_hosts"}:
        return "co_hosts"
    if fold_name(word) in {"更名", "名称变更", "改名"}:
        return "name"
    found = [meaning.field for meaning in meanings(word)]
    return next((field for field in found if field in LEDGER_FIELDS | {"name"}), "")


@cache
def _kinds() -> Mapping[str, FilingKind]:
    found: dict[str, FilingKind] = {}
    for kind, words in KIND_WORDS.items():
        for word in (kind.value, label(kind, Lang.ZH), *words):
            found[fold_name(word)] = kind
            found[fold_name(word + "备案")] = kind
    return found


def kind_of(word: str) -> FilingKind | None:
    """The kind of filing that a cell names."""
    return _kinds().get(fold_name(word))
