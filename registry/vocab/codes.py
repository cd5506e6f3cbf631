"""Finding codes: stable for ever, printed on reports, selected by rule sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from registry.vocab.sites import WEBSITE
from registry.vocab.states import Lang
from registry.vocab.verdicts import Severity


@dataclass(frozen=True, slots=True)
class Code:
    """A finding code: stable for ever, printed on reports, selectable by rule sets."""

    code: str
    zh: str
    en: str
    severity: Severity
    rules: tuple[str, ...] = ()


_VETO, _FAULT = Severity.VETO, Severity.FAULT
_WARNING, _ADVICE = Severity.WARNING, Severity.ADVICE

_ROWS = (
    Code("ST101", "内容不更新", "stale", _VETO, ("NM-V2",)),
    Code("ST102", "即将超期", "due soon", _ADVICE, ("NM-SOON",)),
    Code("ST103", "开通以来从未更新", "never posted", _VETO, ("NM-V2",)),
    Code("ST104", "超过3个月未更新", "silent for more than 3 months", _WARNING, ("NM-ZOMBIE",)),
    Code("ST105", "关停中账号未更新", "closing account stale", _VETO, ("NM-CLOSING",)),
    Code("ST106", "未达到本地更新频次", "local cadence missed", _ADVICE, ("NM-LOCAL",)),
    Code("ST107", "移动客户端无法下载或使用", "app cannot be downloaded", _VETO, ("NM-V2b",)),
    Code("ST108", "账号被平台限制", "restricted by the platform", _ADVICE),
    Code("LK201", "菜单链接失效", "menu link dead", _WARNING, ("NM-LINK",)),
    Code("LK202", "小程序无法打开", "mini-program target missing", _WARNING, ("NM-LINK",)),
    Code("LK203", "二维码失效", "QR dead or unreadable", _WARNING, ("NM-LINK",)),
    Code("LK204", "链接与名称不符", "leads elsewhere than its label says", _WARNING),
    Code("LK205", "证书过期", "certificate expired", _WARNING, ("NM-LINK",)),
    Code("RC301", "未备案（漏报瞒报）", "real, not in ledger", _FAULT),
    Code("RC302", "台账有、平台已不存在", "in ledger, gone", _FAULT),
    Code("RC303", "已注销、报送系统仍在运行", "closed, still live in national system", _FAULT),
    Code("RC304", "台账有、报送系统没有", "active, absent in national system", _FAULT),
    Code("RC305", "报送系统有、台账没有", "in national system, not in ledger", _FAULT),
    Code("RC306", "台账与报送系统信息不符", "field differs", _FAULT),
    Code("RC307", "平台未注销、报送系统已下线", "offline before cancelled", _FAULT),
    Code("RC308", "更名未备案", "renamed unfiled", _FAULT),
    Code("RC309", "认证主体与主办单位不一致", "verified subject is another body", _FAULT),
    Code("RC310", "主办单位变化未公告", "host changed without notice", _FAULT, ("NM-HOST",)),
    Code("RC311", "公告关停后未注销", "stop announced, never cancelled", _FAULT),
    Code("RC312", "注销后未备案重新启用", "re-opened without filing", _FAULT),
    Code("DU401", "同一单位同一平台多个账号", "several on one platform", _WARNING, ("NM-DUP",)),
    Code("DU402", "同一账号重复登记", "one account twice", _FAULT),
    Code("DU403", "与其他单位账号名称近似", "look-alike of another unit", _ADVICE),
    Code("DU404", "各平台名称不一致", "names differ across platforms", _ADVICE, ("NM-NAME",)),
    Code("DU405", "主办单位已撤销", "host abolished", _FAULT),
    Code("CL501", "已注销账号再次发布", "cancelled handle posts again", _FAULT),
    Code("CL502", "已注销账号被他人使用", "cancelled handle held by another", _FAULT),
    Code("CT601", "疑似泄露个人信息", "personal data (hint)", _ADVICE),
    Code("CT602", "疑似错别字", "misprint (hint)", _ADVICE),
    Code("CT603", "严重表述错误", "serious wording error", _VETO, ("NM-V1",)),
    Code("CT604", "未提供有效互动功能", "no working interaction", _VETO, ("NM-V3",)),
    Code("CT605", "购买粉丝、强制点赞", "bought followers", _VETO, ("NM-V3",)),
    Code("CT606", "泄密、违法内容或严重舆情", "leak, banned content, outcry", _VETO, ("NM-V1",)),
    Code("SI701", "站点无法访问", "site unreachable", _VETO, ("SITE-2",)),
    Code("SI702", "首页不更新", "home page stale", _VETO, ("SITE-3",)),
    Code("SI703", "栏目不更新", "columns stale", _VETO, ("SITE-4",)),
    Code("SI704", "空白栏目", "empty columns", _VETO, ("SITE-4",)),
    Code("SI705", "暗链", "hidden links", _VETO, ("SITE-1",)),
    Code("SI706", "网站标识缺失", "identification missing", _WARNING, ("SITE-MARK",)),
    Code("SI707", "发布日期不实", "publish date untrue", _WARNING, ("SITE-DATE",)),
    Code("SI708", "留言超过3个月未回复", "no reply for 3 months", _VETO, ("SITE-5",)),
    Code("SI709", "服务不实用", "services not usable", _VETO, ("SITE-6",)),
    Code("MS801", "网民留言逾期未办结", "error-report message overdue", _FAULT),
)


CODES: Mapping[str, Code] = {row.code: row for row in _ROWS}
"""Every finding code with its titles and default severity (a rule set may raise or lower it)."""

HAND_CODES = ("CT603", "CT604", "CT605", "CT606")
"""Codes that only a person enters (`finding add`); a machine never decides them."""

BLOCKING_CODES = frozenset(
    code for code in CODES if code.startswith("RC") or code in {"DU401", "DU402", "DU405"}
)
"""Open findings of these codes stop the upload (`reconcile run --gate`)."""


_OF_SITES: Mapping[str, tuple[str, str]] = {"LK201": ("网页链接失效", "page link dead")}
"""Titles that a website's findings have of their own: it has no menu."""


def code_title(code: str, lang: str = Lang.ZH, platform: str = "") -> str:
    """The printed title of a finding code; with `platform`, of a finding about an account there."""
    zh, en = CODES[code].zh, CODES[code].en
    if platform == WEBSITE:
        zh, en = _OF_SITES.get(code, (zh, en))
    return en if lang == Lang.EN else zh
