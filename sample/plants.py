"""What reconciling and looking at the website must find in the sample, and nothing else there: each
code once, with where it lies.

A test holds the demo's findings against this table.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plant:
    """One planted fault."""

    code: str
    subject: str
    """The account's name in the ledger, the unit's for faults of a unit, else the outside name."""
    where: str
    """The module of the sample that plants it."""
    why: str


PLANTS: tuple[Plant, ...] = (
    Plant("RC301", "青石招生考试", "papers", "a citizen names it, nobody has filed it"),
    Plant("RC302", "青石林草", "voices", "the platform says twice that it does not exist"),
    Plant("RC303", "青石档案", "national", "cancelled on 7 September, still running there"),
    Plant("RC304", "青石医保", "national", "opened in October, not reported there"),
    Plant("RC305", "畅游青石", "national", "reported there, in no ledger"),
    Plant("RC306", "青石财政", "national", "renamed by a filing entered late, old name there"),
    Plant("RC307", "青石气象", "national", "offline there, running here"),
    Plant("RC308", "青石自然资源", "voices", "shows another name, and no change is filed"),
    Plant("RC309", "青石发改", "voices", "verified as a company"),
    Plant("RC310", "青石城管", "papers", "another host unit since September, no notice"),
    Plant("RC311", "青石县图书馆", "papers", "stopped on 31 August, never cancelled"),
    Plant("RC312", "投资青石", "papers", "cancelled long ago, seen posting again"),
    Plant("DU401", "青石县市场监督管理局", "county", "two subscription accounts, no exception"),
    Plant("DU402", "青石县文旅", "county", "entered twice under one id"),
    Plant("DU403", "青石文旅发布", "county", "reads like the account of another unit"),
    Plant("DU404", "青石县卫生健康局", "county", "青石卫健 on one platform, 健康青石 on another"),
    Plant("DU405", "青石粮储", "papers", "its unit was merged in September"),
)

ON_THE_SITE: tuple[Plant, ...] = (
    Plant("LK201", "青石县人民政府门户网站", "site", "在线预约 leads nowhere, as in a menu"),
    Plant("SI706", "青石县人民政府门户网站", "site", "its foot has no 公安备案"),
)
"""What looking at the county's website must find, and nothing else."""
