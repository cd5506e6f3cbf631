"""The printed titles of fields, the same on every report."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from registry.messages import _

_TITLES: Mapping[str, Callable[[], str]] = {
    "host_unit": lambda: _("Host unit"),
    "supervising_unit": lambda: _("Supervising unit"),
    "operator": lambda: _("Operator"),
    "co_hosts": lambda: _("Co-host units"),
    "platform": lambda: _("Platform"),
    "form": lambda: _("Form"),
    "name": lambda: _("Account name"),
    "identifier": lambda: _("Platform id"),
    "identifiers": lambda: _("Other ids"),
    "verified_subject": lambda: _("Verified subject"),
    "url": lambda: _("Link"),
    "state": lambda: _("State"),
    "opened_on": lambda: _("Opened on"),
    "followers": lambda: _("Followers"),
    "purpose": lambda: _("Purpose"),
    "cadence": lambda: _("Cadence"),
    "region_code": lambda: _("Region code"),
    "remark": lambda: _("Remark"),
    "national_code": lambda: _("National code"),
    "row": lambda: _("Row in the export"),
    "existence": lambda: _("On the platform"),
    "verdict": lambda: _("Verdict"),
    "seen_at": lambda: _("Seen at"),
    "last_post_at": lambda: _("Last post"),
    "found_where": lambda: _("Found where"),
    "effective_on": lambda: _("In effect from"),
    "stopped_on": lambda: _("Stopped on"),
    "notice_url": lambda: _("Link of the notice"),
    "unit_status": lambda: _("State of the unit"),
    "supervising_units": lambda: _("Supervising unit"),
    "operators": lambda: _("Operator"),
    "native_id": lambda: _("Platform id"),
    "host_level": lambda: _("Level of the host unit"),
    "host_kind": lambda: _("Kind of the host unit"),
    "details": lambda: _("Other columns"),
    "contacts": lambda: _("Contacts (masked)"),
    "uid": lambda: _("Id in the ledger"),
}


def field_title(field: str) -> str:
    """The printed title of a field; its own name where none is known."""
    return _TITLES[field]() if field in _TITLES else field


_SCHEMES: Mapping[str, Callable[[], str]] = {
    "gh_id": lambda: _("original id"),
    "wxid": lambda: _("WeChat id"),
    "appid": lambda: "AppID",
    "uid": lambda: "UID",
    "mid": lambda: "UID",
    "domain": lambda: _("own address"),
    "douyin_id": lambda: _("Douyin id"),
    "kuaishou_id": lambda: _("Kuaishou id"),
    "red_id": lambda: _("Xiaohongshu id"),
    "channels_id": lambda: _("Channels id"),
    "app_id": lambda: _("Baijiahao id"),
    "pph_id": lambda: _("Thepaper id"),
    "appstore_id": lambda: "App Store ID",
    "package": lambda: _("package name"),
    "site_code": lambda: _("site code"),
}


def scheme_title(scheme: str) -> str:
    """The printed word for a kind of id; the scheme itself where people have none for it."""
    return _SCHEMES[scheme]() if scheme in _SCHEMES else scheme


def id_words(identifiers: Mapping[str, str]) -> str:
    """All ids of one account: the value alone, or each with its kind where there are several."""
    if len(identifiers) == 1:
        return next(iter(identifiers.values()))
    told = sorted(identifiers.items())
    return _("; ").join(f"{scheme_title(scheme)} {value}" for scheme, value in told)
