"""Seeded ledgers and exports for the benchmarks, with the truth about every planted difference.

All units, accounts and ids are made up. The ledger is written straight into the tables: what is
measured is reconciling, not filing.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import islice, product
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from checkers.loading import load_checkers
from registry.db import Registry, create
from registry.exchange.national import write_national
from registry.exchange.national_template import NationalEntry, load_mapping
from registry.models import Account, AccountIdentifier, AccountRole, Unit
from registry.names import fold_name
from registry.platforms import PlatformCatalogue
from registry.uids import new_uid
from registry.vocab import AccountState, NationalState, RoleKind

NOW = datetime(2026, 3, 20, 4, 0, tzinfo=UTC)
_FIRST = "青云清临安宁和松桐兰永长古金银玉"
_SECOND = "石川河山阳原泉溪湖城岭江浦源口安"
_BODIES = (
    "公安局 教育局 财政局 民政局 司法局 审计局 统计局 林业局 水利局 气象局 商务局 档案局 信访局 "
    "医疗保障局 市场监督管理局 应急管理局 交通运输局 农业农村局 生态环境局 自然资源局 "
    "文化和旅游局 卫生健康委员会 发展和改革委员会 退役军人事务局 人力资源和社会保障局"
).split()
_TOWNS = ("", *(f"{a}{b}镇" for a, b in product("白黄青红", "水山沙林")))
"""Of the largest ledgers: so many units that no two accounts of one share a platform."""
_TAILS = "发布 在线 之窗 服务 微讯 资讯 平台 播报 融媒 便民".split()
_PLATFORMS = ("wechat", "weibo", "douyin", "kuaishou", "toutiao", "bilibili")


@dataclass(slots=True)
class Planted:
    """Where ledger and export were made to differ; values are national codes or account uids."""

    added: list[str] = field(default_factory=list)
    """In the export only."""
    dropped: list[str] = field(default_factory=list)
    """In the ledger only."""
    changed: dict[str, str] = field(default_factory=dict)
    """Account → the field that differs."""
    renamed: list[str] = field(default_factory=list)
    """The name differs, the id does not."""
    without_id: list[str] = field(default_factory=list)
    """The export names no id; nothing else differs."""


@dataclass(frozen=True, slots=True)
class Made:
    """One account as both sides would show it if they agreed."""

    uid: str
    unit: int
    platform: str
    name: str
    scheme: str
    value: str
    url: str


def build(folder: Path, *, count: int, seed: int) -> Planted:
    """Write `ledger.db`, `export.xlsx` and `truth.json` into the folder."""
    chance = random.Random(seed)
    units = list(islice(_unit_names(), -(-count // len(_PLATFORMS))))
    made = list(_accounts(chance, units, count))
    registry = create(str(folder / "ledger.db"))
    _write_ledger(registry, units, made)
    registry.close()
    catalogue = PlatformCatalogue(load_checkers().infos())
    rows, planted = _export(chance, units, made)
    write_national(rows, folder / "export.xlsx", load_mapping(), catalogue, made_at=NOW)
    truth = {name: getattr(planted, name) for name in Planted.__slots__}
    (folder / "truth.json").write_text(json.dumps(truth, ensure_ascii=False), "utf-8")
    return planted


def _unit_names() -> Iterator[str]:
    for town, a, b, division, body in product(_TOWNS, _FIRST, _SECOND, "县市区", _BODIES):
        yield f"{a}{b}{division}{town}{body}"


def _accounts(chance: random.Random, units: list[str], count: int) -> Iterator[Made]:
    slots = ((unit, tail, p) for tail in _TAILS for p in _PLATFORMS for unit in range(len(units)))
    for number, (unit, tail, platform) in enumerate(islice(slots, count)):
        scheme, value, url = _identifier(chance, platform, number)
        yield Made(new_uid(), unit, platform, units[unit] + tail, scheme, value, url)


def _identifier(chance: random.Random, platform: str, number: int) -> tuple[str, str, str]:
    text = "".join(chance.choices("0123456789abcdef", k=12))
    if platform == "wechat":
        return "gh_id", f"gh_{text}", ""
    if platform == "douyin":
        value = f"MS4wLjABAAAA{text}{number:012d}"
        return "sec_uid", value, f"https://www.douyin.com/user/{value}"
    if platform == "kuaishou":
        value = f"3x{text}{number:06d}"[:15]
        return "kuaishou_id", value, ""
    value = str(1_000_000_000 + number * 7)
    scheme = {"weibo": "uid", "toutiao": "uid", "bilibili": "mid"}[platform]
    return scheme, value, f"https://weibo.com/u/{value}" if platform == "weibo" else ""


def _write_ledger(registry: Registry, units: list[str], made: list[Made]) -> None:
    accounts = [
        {
            "id": number,
            "uid": one.uid,
            "platform": one.platform,
            "name": one.name,
            "fold": fold_name(one.name),
            "url": one.url,
            "verified_subject": units[one.unit],
            "state": AccountState.ACTIVE,
            "opened_on": date(2020, 1, 1),
        }
        for number, one in enumerate(made, 1)
    ]
    identifiers = [
        {
            "account_id": number,
            "platform": one.platform,
            "scheme": one.scheme,
            "value": one.value,
            "preferred": True,
        }
        for number, one in enumerate(made, 1)
    ]
    roles = [
        {"account_id": number, "unit_id": one.unit + 1, "role": RoleKind.HOST}
        for number, one in enumerate(made, 1)
    ]
    names = [
        {"id": number, "name": name, "fold": fold_name(name)}
        for number, name in enumerate(units, 1)
    ]
    with registry.write() as session:
        session.execute(insert(Unit), names)
        session.execute(insert(Account), accounts)
        session.execute(insert(AccountIdentifier), identifiers)
        session.execute(insert(AccountRole), roles)


def _export(
    chance: random.Random, units: list[str], made: list[Made]
) -> tuple[list[NationalEntry], Planted]:
    """1 % added, 1 % dropped, 3 % changed in a field, 1 % renamed, 2 % without ids."""
    planted, rows = Planted(), list[NationalEntry]()
    share = len(made) // 100
    chosen = chance.sample(range(len(made)), 7 * share)
    kinds = dict[int, str]()
    for kind, size in (("dropped", 1), ("changed", 3), ("renamed", 1), ("without_id", 2)):
        for _place in range(size * share):
            kinds[chosen.pop()] = kind
    for number, one in enumerate(made):
        row = _plant(chance, kinds.get(number, ""), one, _row(number, one, units), planted, units)
        if row is not None:
            rows.append(row)
    for extra in range(share):
        rows.append(_stranger(chance, len(made) + extra, units))
        planted.added.append(rows[-1].national_code)
    chance.shuffle(rows)
    return rows, planted


def _row(number: int, one: Made, units: list[str]) -> NationalEntry:
    return NationalEntry(
        one.platform,
        one.name,
        host_unit=units[one.unit],
        url=one.url,
        identifiers={one.scheme: one.value},
        state=NationalState.LIVE,
        national_code=f"N{number:07d}",
        fields={"opened_on": "2020-01-01", "verified_subject": units[one.unit]},
    )


def _plant(
    chance: random.Random,
    kind: str,
    one: Made,
    row: NationalEntry,
    planted: Planted,
    units: list[str],
) -> NationalEntry | None:
    if kind == "dropped":
        planted.dropped.append(one.uid)
        return None
    if kind == "renamed":
        planted.renamed.append(one.uid)
        return replace(
            row, name=f"{units[one.unit]}{chance.choice('新政惠民')}{len(planted.renamed)}号"
        )
    if kind == "changed":
        return _changed(chance, one, row, planted, units)
    if kind == "without_id":
        planted.without_id.append(one.uid)
        return replace(row, identifiers={}, url="")
    return row


def _changed(
    chance: random.Random, one: Made, row: NationalEntry, planted: Planted, units: list[str]
) -> NationalEntry:
    changes: dict[str, Any] = {
        "host_unit": {"host_unit": units[(one.unit + 1) % len(units)]},
        "verified_subject": {
            "fields": {**row.fields, "verified_subject": units[(one.unit + 2) % len(units)]}
        },
    }
    name = chance.choice(sorted(changes))
    planted.changed[one.uid] = name
    return replace(row, **changes[name])


def _stranger(chance: random.Random, number: int, units: list[str]) -> NationalEntry:
    """An account that the ledger has never heard of, of a unit that it knows."""
    platform = chance.choice(_PLATFORMS)
    scheme, value, url = _identifier(chance, platform, number)
    return NationalEntry(
        platform,
        f"{units[number % len(units)]}第{number}服务窗口",
        host_unit=units[number % len(units)],
        url=url,
        identifiers={scheme: value},
        state=NationalState.LIVE,
        national_code=f"N{number:07d}",
        fields={"opened_on": "2020-01-01"},
    )
