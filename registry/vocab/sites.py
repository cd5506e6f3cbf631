"""Websites: kinds of column, marks of identification, and the parts of a look at a site."""

from __future__ import annotations

from enum import StrEnum

WEBSITE = "website"
"""The platform whose accounts are sites: they have pages and no menu."""


class ColumnKind(StrEnum):
    """Which window a column 栏目 has (国办秘函〔2019〕19号)."""

    NEWS = "news"
    """要闻动态类: two weeks."""
    NOTICE = "notice"
    """通知公告、政策文件类: six months."""
    OTHER = "other"
    """No window of its own."""


class SiteMark(StrEnum):
    """What a government website shows of itself."""

    PARTY_GOVERNMENT = "party_government"
    SITE_CODE = "site_code"
    ICP = "icp"
    POLICE = "police"
    ERROR_REPORT = "error_report"


class SitePart(StrEnum):
    """What a look at a site can speak about."""

    REACH = "reach"
    COLUMNS = "columns"
    MARKS = "marks"
    HIDDEN = "hidden"
    DATES = "dates"
