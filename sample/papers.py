"""The filings and acts of the sample's year, each as a story of dated steps.

All of them go through the same functions as a clerk's commands. One account changes its host
without a filing: a correction entered straight into history, as happens when offices merge.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from reconcilers.decisions import approve_duplicate
from registry.accounts.making import ContactGiven
from registry.accounts.parts import replace_roles
from registry.filings import acts as filings
from registry.history import writing as history
from registry.models import Lead
from registry.units.acts import merge_unit, rename_unit
from registry.vocab import FilingKind, RoleKind
from sample.county import CITY, SITE, new_ids
from sample.desk import Desk, Story, moment

REOPENED = "weibo:青石文化馆"
REOPENED_SERIAL = 162
OPENED = "wechat:青石医保"
OPENED_SERIAL = 171

Steps = Iterator[datetime]


# --- before the first sweep ---------------------------------------------------------------------


def _office_renamed(desk: Desk) -> Steps:
    yield (at := moment(8, 3))
    rename_unit(
        desk.session,
        desk.unit("青石县教育局"),
        "青石县教育体育局",
        act=desk.act(at, reason="机构改革"),
        effective_on=at.date(),
    )


def _office_merged(desk: Desk) -> Steps:
    """Its account is left behind."""
    yield (at := moment(9, 1))
    merge_unit(
        desk.session,
        desk.unit("青石县粮食和物资储备局"),
        desk.unit("青石县发展和改革局"),
        act=desk.act(at, reason="机构改革"),
        effective_on=at.date(),
    )


def _host_corrected(desk: Desk) -> Steps:
    """Another host unit without a filing and without a public notice."""
    yield (at := moment(9, 2))
    account, day = desk.account("weibo:青石城管"), date(2026, 9, 1)
    uid = desk.unit("青石县综合行政执法局").uid
    history.record(
        desk.session,
        account,
        replace_roles(history.state_of(account), RoleKind.HOST, [uid], day),
        effective_on=day,
        act=desk.act(at, reason="职能划转后更正主办单位"),
    )


def _archive_closed(desk: Desk) -> Steps:
    """Stopped and cancelled; the national system still has it as running."""
    yield (at := moment(7, 20))
    key = "weibo:青石档案"
    stop = desk.submitted(
        FilingKind.STOP, at, key, fields={"stop_on": "2026-07-31"}, reason="合并到青石发布"
    )
    yield from desk.approval(stop, moment(7, 21))
    yield (at := moment(7, 24))
    desk.completed(stop, at, notice_url=f"{SITE}/gsgg/2026-07-24.html")
    yield (at := moment(9, 2, 15))
    cancel = desk.submitted(FilingKind.CANCEL, at, key, fields={"cause": "seized"})
    yield from desk.approval(cancel, moment(9, 3))
    yield (at := moment(9, 7))
    desk.completed(cancel, at, fields={"cancelled_on": "2026-09-07"})


def _library_forgotten(desk: Desk) -> Steps:
    """Stopped in August and never cancelled."""
    yield (at := moment(8, 17))
    stop = desk.submitted(
        FilingKind.STOP,
        at,
        "wechat:青石县图书馆",
        fields={"stop_on": "2026-08-31"},
        reason="并入县文化馆账号",
    )
    yield from desk.approval(stop, moment(8, 18))
    yield (at := moment(8, 24))
    desk.completed(stop, at, notice_url=f"{SITE}/gsgg/2026-08-24.html")


def _museum_closing(desk: Desk) -> Steps:
    """Stopped a while ago, within the limits; it no longer posts."""
    yield (at := moment(10, 19))
    stop = desk.submitted(
        FilingKind.STOP,
        at,
        "weibo:青石博物馆",
        fields={"stop_on": "2026-10-30"},
        reason="人手不足，集中力量办好线下展览",
    )
    yield from desk.approval(stop, moment(10, 20))
    yield (at := moment(10, 27))
    desk.completed(stop, at, notice_url=f"{SITE}/gsgg/2026-10-27.html")


def _reopened(desk: Desk) -> Steps:
    """Re-opened as it should be: filed, approved, with new ids."""
    yield (at := moment(9, 14))
    filing = desk.submitted(FilingKind.REOPEN, at, REOPENED, reason="恢复线上群众文化活动")
    yield from desk.approval(filing, moment(9, 16))
    ids = new_ids("weibo", REOPENED_SERIAL)
    fields = {
        "identifiers": ids,
        "url": f"https://weibo.com/u/{ids['uid']}",
        "verified_subject": "青石县文化馆",
        "opened_on": "2026-09-25",
    }
    yield (at := moment(9, 28))
    desk.completed(filing, at, fields=fields)


def _opened(desk: Desk) -> Steps:
    """Opened and filed; the national system does not know it yet."""
    yield (at := moment(9, 21))
    filing = desk.submitted(
        FilingKind.OPEN,
        at,
        fields={
            "platform": "wechat",
            "form": "订阅号",
            "name": "青石医保",
            "purpose": "医保政策宣传和办事指引",
            "cadence": "每周不少于1次",
        },
        host_unit=desk.unit("青石县医疗保障局"),
        contacts=[ContactGiven("高春兰", "10053990171")],
    )
    yield from desk.approval(filing, moment(9, 23))
    yield (at := moment(10, 12))
    fields = {
        "identifiers": new_ids("wechat", OPENED_SERIAL),
        "verified_subject": "青石县医疗保障局",
        "opened_on": "2026-10-09",
    }
    desk.completed(filing, at, fields=fields)
    assert filing.account is not None
    desk.accounts[OPENED] = filing.account.uid


def _host_changed(desk: Desk) -> Steps:
    """Another host unit as it should be: filed, approved, announced."""
    yield (at := moment(10, 8))
    change = desk.submitted(
        FilingKind.CHANGE,
        at,
        "wechat:青石就业",
        fields={
            "host_unit": "青石县人力资源和社会保障局",
            "verified_subject": "青石县人力资源和社会保障局",
        },
        effective_on=date(2026, 10, 15),
        reason="就业服务中心并入县人社局",
        notice_url=f"{SITE}/gsgg/2026-10-15.html",
    )
    yield from desk.approval(change, moment(10, 9))
    yield (at := moment(10, 15))
    desk.completed(change, at)


def _cadence_changed(desk: Desk) -> Steps:
    yield (at := moment(10, 26))
    change = desk.submitted(
        FilingKind.CHANGE,
        at,
        "wechat:青石财税",
        fields={"cadence": "每周不少于2次"},
        effective_on=date(2026, 11, 1),
        reason="调整更新频次",
    )
    yield from desk.approval(change, moment(10, 27))
    yield (at := moment(11, 2))
    desk.completed(change, at)


def _refused(desk: Desk) -> Steps:
    yield (at := moment(10, 13))
    fields = {"platform": "kuaishou", "name": "青石交警宣传股"}
    host = desk.unit("青石县公安局交通警察大队")
    filing = desk.submitted(FilingKind.OPEN, at, fields=fields, host_unit=host)
    yield (at := moment(10, 14))
    note = "内设机构不单独开设，请使用青石交警"
    filings.reject(desk.session, filing, desk.act(at), note=note)


def _proposed(desk: Desk) -> Steps:
    """Approved; it waits to be registered on the platform."""
    yield (at := moment(10, 29))
    fields = {"platform": "channels", "name": "青石退役军人", "purpose": "政策宣传"}
    host = desk.unit("青石县退役军人事务局")
    filing = desk.submitted(FilingKind.OPEN, at, fields=fields, host_unit=host)
    yield from desk.approval(filing, moment(11, 3))


def _waiting(desk: Desk) -> Steps:
    """Handed in; it waits for the county."""
    yield (at := moment(11, 4))
    fields = {"platform": "douyin", "name": "青石供销", "purpose": "农产品产销信息"}
    host = desk.unit("青石县供销合作社联合社")
    desk.submitted(FilingKind.OPEN, at, fields=fields, host_unit=host)


# --- after it -----------------------------------------------------------------------------------


def _returned(desk: Desk) -> Steps:
    yield (at := moment(11, 10, 15))
    change = desk.submitted(
        FilingKind.CHANGE,
        at,
        "wechat:健康青石",
        fields={"name": "青石卫健"},
        reason="各平台名称统一",
    )
    yield (at := moment(11, 12))
    note = "请补充平台改名受理截图后再提交"
    filings.return_(desk.session, change, desk.act(at), note=note)


def _rename_filed_late(desk: Desk) -> Steps:
    """Renamed on 15 October, entered on 13 November; the national system has the old name."""
    yield (at := moment(11, 11))
    change = desk.submitted(
        FilingKind.CHANGE,
        at,
        "wechat:青石财税",
        fields={"name": "青石财政"},
        effective_on=date(2026, 10, 15),
        reason="补办更名备案",
    )
    yield from desk.approval(change, moment(11, 11, 15))
    yield (at := moment(11, 13))
    desk.completed(change, at)


def _duplicate_approved(desk: Desk) -> Steps:
    yield (at := moment(11, 12))
    approve_duplicate(
        desk.session,
        desk.unit("青石县人力资源和社会保障局").uid,
        "wechat",
        "订阅号",
        date(2027, 6, 30),
        desk.act(at, CITY, reason="就业服务专号，经市政府办公室同意保留"),
    )


def _seen_unfiled(desk: Desk) -> Steps:
    """A citizen names an account that nobody has filed."""
    yield (at := moment(11, 12, 14))
    desk.session.add(
        Lead(
            platform="wechat",
            name="青石招生考试",
            identifiers={"gh_id": new_ids("wechat", 181)["gh_id"]},
            host_unit="青石县招生考试服务中心",
            found_at=at,
            found_where="县长信箱来信",
        )
    )
    desk.session.flush()


def _seen_again(desk: Desk) -> Steps:
    """A cancelled account posts again; nobody has filed its re-opening."""
    yield (at := moment(11, 13, 10))
    closed = desk.account("toutiao:投资青石")
    desk.session.add(
        Lead(
            platform=closed.platform,
            name=closed.name,
            url=closed.url,
            identifiers={row.scheme: row.value for row in closed.identifiers},
            host_unit="青石县招商服务中心",
            found_at=at,
            found_where="日常巡看",
        )
    )
    desk.session.flush()


BEFORE: tuple[Story, ...] = (
    _office_renamed,
    _office_merged,
    _host_corrected,
    _archive_closed,
    _library_forgotten,
    _museum_closing,
    _reopened,
    _opened,
    _host_changed,
    _cadence_changed,
    _refused,
    _proposed,
    _waiting,
)
"""From July to the first sweep."""

AFTER: tuple[Story, ...] = (
    _returned,
    _rename_filed_late,
    _duplicate_approved,
    _seen_unfiled,
    _seen_again,
)
"""Between the sweeps."""
