"""The words of the field: closed lists of states, reasons and codes, each with its Chinese label.

Platforms are not here: a platform is a validated string, and everything about it stands in its
checker's own file. This module imports the standard library only, so that checkers may use it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Mapping

PLATFORM_PATTERN = re.compile(r"[a-z][a-z0-9_]{1,31}")


class Lang(StrEnum):
    ZH = "zh"
    EN = "en"


class AccountState(StrEnum):
    """What the ledger declares of an account (design: lifecycle table)."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    CLOSING = "closing"
    CLOSED = "closed"
    TRANSFERRED = "transferred"
    ABANDONED = "abandoned"


LIVE_STATES = frozenset({AccountState.ACTIVE, AccountState.CLOSING})
"""States in which the account is open to the public, so the 14-day rule runs (NM-CLOSING)."""


class FilingKind(StrEnum):
    """The verbs of filing 备案 (国办发〔2018〕123号), with first import, re-opening and transfer."""

    BASELINE = "baseline"
    OPEN = "open"
    CHANGE = "change"
    STOP = "stop"
    CANCEL = "cancel"
    REOPEN = "reopen"
    TRANSFER = "transfer"


class FilingState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    COMPLETED = "completed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class FilingAct(StrEnum):
    """What can be done to a filing; each leaves one step."""

    DRAFT = "draft"
    SUBMIT = "submit"
    APPROVE = "approve"
    RETURN = "return"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    COMPLETE = "complete"


class Task(StrEnum):
    """What somebody has to do next."""

    APPROVE = "approve"
    CORRECT = "correct"
    COMPLETE = "complete"
    REPORT = "report"
    """The platform has cancelled: the cancellation has to be filed to the end."""
    CANCEL = "cancel"
    """The notice period of a stop is over: the account has to be cancelled."""


class CancelCause(StrEnum):
    """Why an account ended without its unit: stands for the platform's proof of cancellation."""

    PLATFORM_SHUT_DOWN = "platform_shut_down"
    SEIZED = "seized"


class NationalState(StrEnum):
    """The state of a row in 全国政务新媒体信息报送系统; OTHER keeps the raw text beside it."""

    ABSENT = "absent"
    LIVE = "live"
    OFFLINE_REQUESTED = "offline_requested"
    OFFLINE = "offline"
    OTHER = "other"


class RoleKind(StrEnum):
    HOST = "host"
    CO_HOST = "co_host"
    SUPERVISING = "supervising"
    OPERATOR = "operator"


class UnitLevel(StrEnum):
    NATION = "nation"
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"


class UnitKind(StrEnum):
    """What sort of body a unit is; local rules on who may open an account speak of these."""

    GOVERNMENT = "government"
    DEPARTMENT = "department"
    TOWNSHIP = "township"
    ZONE = "zone"
    SECTION = "section"
    VERTICAL = "vertical"
    INSTITUTION = "institution"
    OTHER = "other"


class UnitStatus(StrEnum):
    ACTIVE = "active"
    MERGED = "merged"
    ABOLISHED = "abolished"


class UnitActKind(StrEnum):
    ADD = "add"
    ALIAS = "alias"
    RENAME = "rename"
    MERGE = "merge"
    SPLIT = "split"
    ABOLISH = "abolish"
    MOVE = "move"


class ActorKind(StrEnum):
    PERSON = "person"
    IMPORT = "import"
    SYSTEM = "system"
    PEER = "peer"


class SubjectKind(StrEnum):
    """What a history row, a finding or a decision speaks of."""

    UNIT = "unit"
    ACCOUNT = "account"
    NATIONAL_ROW = "national_row"
    LEAD = "lead"


class CheckKind(StrEnum):
    FRESHNESS = "freshness"
    IDENTITY = "identity"
    MENU = "menu"
    APP = "app"
    SITE = "site"
    HANDLE = "handle"


class RunMethod(StrEnum):
    ENGINE = "engine"
    HAND = "hand"
    SELF_REPORT = "self_report"
    REPLAY = "replay"
    IMPORT = "import"


class Outcome(StrEnum):
    """How a check ended. Facts are read only from READ; the others say why nothing was read."""

    READ = "read"
    INCONCLUSIVE = "inconclusive"
    UNSUPPORTED = "unsupported"


class Reason(StrEnum):
    """The closed list of reasons for INCONCLUSIVE and UNSUPPORTED."""

    # nothing could be asked
    NO_CREDENTIAL = "no_credential"
    NO_SOURCE = "no_source"
    NO_ADDRESS = "no_address"
    BY_HAND = "by_hand"
    PERMISSION = "permission"
    # somebody is in the way
    LOGIN_WALL = "login_wall"
    CAPTCHA = "captcha"
    RATE_LIMITED = "rate_limited"
    BLOCKED = "blocked"
    HOST_BLOCKED = "host_blocked"
    EMPTY_BODY = "empty_body"
    # the network
    TIMEOUT = "timeout"
    DNS = "dns"
    CONNECTION = "connection"
    TLS = "tls"
    ADDRESS_REFUSED = "address_refused"
    REDIRECT_LOOP = "redirect_loop"
    TOO_LARGE = "too_large"
    SERVER_ERROR = "server_error"
    NOT_FOUND = "not_found"
    # the answer
    BAD_JSON = "bad_json"
    NOT_A_FEED = "not_a_feed"
    CHANGED_LAYOUT = "changed_layout"
    WRONG_ACCOUNT = "wrong_account"
    AMBIGUOUS = "ambiguous"
    SYNTHETIC_DATES = "synthetic_dates"
    DELAYED = "delayed"
    CONFIG = "config"
    # ourselves
    CHECKER_ERROR = "checker_error"
    CHECKER_TIMEOUT = "checker_timeout"
    NOT_RECORDED = "not_recorded"
    INTERRUPTED = "interrupted"


TRANSIENT_REASONS = frozenset(
    {Reason.TIMEOUT, Reason.CONNECTION, Reason.DNS, Reason.SERVER_ERROR, Reason.RATE_LIMITED}
)
"""Worth another try, with back-off; everything else would only repeat itself."""

WALL_REASONS = frozenset(
    {Reason.LOGIN_WALL, Reason.CAPTCHA, Reason.RATE_LIMITED, Reason.BLOCKED, Reason.EMPTY_BODY}
)
"""A wall: the host is left alone for the rest of the run."""


class Existence(StrEnum):
    EXISTS = "exists"
    GONE_SIGNAL = "gone_signal"
    RESTRICTED = "restricted"
    UNKNOWN = "unknown"


class CoverageKind(StrEnum):
    """How much of the account's post list was seen.

    COMPLETE: every post. REACHES_BACK_TO: every post since a stated moment. PARTIAL: some posts,
    so it can prove fresh and never stale. PROVEN_EMPTY: a second field says there are none.
    UNREAD: no list was read.
    """

    COMPLETE = "complete"
    REACHES_BACK_TO = "reaches_back_to"
    PARTIAL = "partial"
    PROVEN_EMPTY = "proven_empty"
    UNREAD = "unread"


class Precision(StrEnum):
    SECOND = "second"
    MINUTE = "minute"
    DAY = "day"


class DateFault(StrEnum):
    """Why a date as printed cannot be taken."""

    UNREADABLE = "unreadable"
    IMPOSSIBLE = "impossible"
    FUTURE = "future"
    TOO_OLD = "too_old"
    TWO_DIGIT_YEAR = "two_digit_year"
    AMBIGUOUS = "ambiguous"


class Derivation(StrEnum):
    """Where a time was taken from: a field meant for it, running text, or an id that encodes it."""

    FIELD = "field"
    TEXT = "text"
    ID = "id"


class Proof(StrEnum):
    """What a source can prove. One that proves only FRESH can never lead to STALE."""

    FRESH = "fresh"
    STALE = "stale"
    EXISTENCE = "existence"
    NAME = "name"
    LINKS = "links"


class LinkKind(StrEnum):
    """What a menu entry or link is, which decides whether a machine can check it."""

    URL = "url"
    ARTICLE = "article"
    MINIPROGRAM = "miniprogram"
    MATERIAL = "material"
    QR = "qr"
    EVENT = "event"
    CONTENT = "content"
    UNKNOWN = "unknown"


class LinkState(StrEnum):
    """The verdict over one link."""

    WORKS = "works"
    BROKEN = "broken"
    UNSURE = "unsure"
    UNCHECKED = "unchecked"


SEEN_WORKING, SEEN_BROKEN = "seen_working", "seen_broken"
"""`link_result.signal` of a link that a person has tried."""


class Verdict(StrEnum):
    FRESH = "fresh"
    STALE = "stale"
    PENDING = "pending"
    GONE = "gone"
    UNKNOWN = "unknown"


class Review(StrEnum):
    OPEN = "open"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    WAIVED = "waived"


class Remedy(StrEnum):
    NONE = "none"
    DUE = "due"
    REPORTED = "reported"
    RECHECKED = "rechecked"
    CLEARED = "cleared"


class Severity(StrEnum):
    VETO = "veto"
    FAULT = "fault"
    WARNING = "warning"
    ADVICE = "advice"


class DecisionKind(StrEnum):
    """What a person decided, remembered for ever."""

    SAME = "same"
    NOT_SAME = "not_same"
    ABSENT_ACCEPTED = "absent_accepted"
    CHANGED_ACCEPTED = "changed_accepted"
    DUPLICATE_APPROVED = "duplicate_approved"


@dataclass(frozen=True, slots=True)
class Identity:
    """One account on one platform, as read off an address or an id."""

    platform: str
    scheme: str
    """The id scheme, e.g. `uid`, `gh_id`, `biz`; `url` where only an address is known."""
    value: str
    url: str = ""
    """A public address of the account, if the text held one."""
    form: str = ""


@dataclass(frozen=True, slots=True)
class PlatformInfo:
    """What the registry needs to know of a platform to recognise it in a spreadsheet."""

    platform: str
    label: Mapping[str, str]
    synonyms: tuple[str, ...]
    forms: Mapping[str, str] = field(default_factory=dict)
    """Folded synonym → form, e.g. 订阅号 → 订阅号."""
    schemes: Mapping[str, str] = field(default_factory=dict)
    """Id scheme → the pattern a full value matches."""
    preferred: str = ""
    """The scheme of the native id."""


@dataclass(frozen=True, slots=True)
class Code:
    """A finding code: stable for ever, printed on reports, selectable by rule sets."""

    code: str
    zh: str
    en: str
    severity: Severity
    rules: tuple[str, ...] = ()


def _codes() -> dict[str, Code]:
    veto, fault, warning, advice = Severity.VETO, Severity.FAULT, Severity.WARNING, Severity.ADVICE
    rows = [
        Code("ST101", "内容不更新", "stale", veto, ("NM-V2",)),
        Code("ST102", "即将超期", "due soon", advice, ("NM-SOON",)),
        Code("ST103", "开通以来从未更新", "never posted", veto, ("NM-V2",)),
        Code("ST104", "超过3个月未更新", "silent for more than 3 months", warning, ("NM-ZOMBIE",)),
        Code("ST105", "关停中账号未更新", "closing account stale", veto, ("NM-CLOSING",)),
        Code("ST106", "未达到本地更新频次", "local cadence missed", advice, ("NM-LOCAL",)),
        Code("ST107", "移动客户端无法下载或使用", "app cannot be downloaded", veto, ("NM-V2b",)),
        Code("ST108", "账号被平台限制", "restricted by the platform", advice),
        Code("LK201", "菜单链接失效", "menu link dead", warning, ("NM-LINK",)),
        Code("LK202", "小程序无法打开", "mini-program target missing", warning, ("NM-LINK",)),
        Code("LK203", "二维码失效", "QR dead or unreadable", warning, ("NM-LINK",)),
        Code("LK204", "链接与名称不符", "leads elsewhere than its label says", warning),
        Code("LK205", "证书过期", "certificate expired", warning, ("NM-LINK",)),
        Code("RC301", "未备案（漏报瞒报）", "real, not in ledger", fault),
        Code("RC302", "台账有、平台已不存在", "in ledger, gone", fault),
        Code("RC303", "已注销、报送系统仍在运行", "closed, still live in national system", fault),
        Code("RC304", "台账有、报送系统没有", "active, absent in national system", fault),
        Code("RC305", "报送系统有、台账没有", "in national system, not in ledger", fault),
        Code("RC306", "台账与报送系统信息不符", "field differs", fault),
        Code("RC307", "平台未注销、报送系统已下线", "offline before cancelled", fault),
        Code("RC308", "更名未备案", "renamed unfiled", fault),
        Code("RC309", "认证主体与主办单位不一致", "verified subject is another body", fault),
        Code("RC310", "主办单位变化未公告", "host changed without notice", fault, ("NM-HOST",)),
        Code("RC311", "公告关停后未注销", "stop announced, never cancelled", fault),
        Code("RC312", "注销后未备案重新启用", "re-opened without filing", fault),
        Code("DU401", "同一单位同一平台多个账号", "several on one platform", warning, ("NM-DUP",)),
        Code("DU402", "同一账号重复登记", "one account twice", fault),
        Code("DU403", "与其他单位账号名称近似", "look-alike of another unit", advice),
        Code("DU404", "各平台名称不一致", "names differ across platforms", advice, ("NM-NAME",)),
        Code("DU405", "主办单位已撤销", "host abolished", fault),
        Code("CL501", "已注销账号再次发布", "cancelled handle posts again", fault),
        Code("CL502", "已注销账号被他人使用", "cancelled handle held by another", fault),
        Code("CT601", "疑似泄露个人信息", "personal data (hint)", advice),
        Code("CT602", "疑似错别字", "misprint (hint)", advice),
        Code("CT603", "严重表述错误", "serious wording error", veto, ("NM-V1",)),
        Code("CT604", "未提供有效互动功能", "no working interaction", veto, ("NM-V3",)),
        Code("CT605", "购买粉丝、强制点赞", "bought followers", veto, ("NM-V3",)),
        Code("CT606", "泄密、违法内容或严重舆情", "leak, banned content, outcry", veto, ("NM-V1",)),
        Code("SI701", "站点无法访问", "site unreachable", veto, ("SITE-2",)),
        Code("SI702", "首页不更新", "home page stale", veto, ("SITE-3",)),
        Code("SI703", "栏目不更新", "columns stale", veto, ("SITE-4",)),
        Code("SI704", "空白栏目", "empty columns", veto, ("SITE-4",)),
        Code("SI705", "暗链", "hidden links", veto, ("SITE-1",)),
        Code("SI706", "网站标识缺失", "identification missing", warning),
        Code("SI707", "发布日期不实", "publish date untrue", warning),
        Code("SI708", "留言超过3个月未回复", "no reply for 3 months", veto, ("SITE-5",)),
        Code("SI709", "服务不实用", "services not usable", veto, ("SITE-6",)),
        Code("MS801", "网民留言逾期未办结", "error-report message overdue", fault),
    ]
    return {row.code: row for row in rows}


CODES: Mapping[str, Code] = _codes()
"""Every finding code with its titles and default severity (a rule set may raise or lower it)."""

HAND_CODES = ("CT603", "CT604", "CT605", "CT606")
"""Codes that only a person enters (`finding add`); a machine never decides them."""

BLOCKING_CODES = frozenset(
    code for code in CODES if code.startswith("RC") or code in {"DU401", "DU402", "DU405"}
)
"""Open findings of these codes stop the upload (`reconcile run --gate`)."""

_LABEL_ROWS: tuple[tuple[StrEnum, str, str], ...] = (
    (AccountState.PROPOSED, "拟开设", "proposed"),
    (AccountState.ACTIVE, "正常运行", "active"),
    (AccountState.CLOSING, "关停中", "closing"),
    (AccountState.CLOSED, "已注销", "closed"),
    (AccountState.TRANSFERRED, "已划转", "transferred"),
    (AccountState.ABANDONED, "已放弃开设", "abandoned"),
    (FilingKind.BASELINE, "存量登记", "baseline"),
    (FilingKind.OPEN, "开设", "open"),
    (FilingKind.CHANGE, "变更", "change"),
    (FilingKind.STOP, "关停", "stop"),
    (FilingKind.CANCEL, "注销", "cancel"),
    (FilingKind.REOPEN, "重新启用", "reopen"),
    (FilingKind.TRANSFER, "划转", "transfer"),
    (FilingState.DRAFT, "草稿", "draft"),
    (FilingState.SUBMITTED, "已提交", "submitted"),
    (FilingState.RETURNED, "已退回", "returned"),
    (FilingState.APPROVED, "已批准", "approved"),
    (FilingState.COMPLETED, "已办结", "completed"),
    (FilingState.REJECTED, "不予批准", "rejected"),
    (FilingState.WITHDRAWN, "已撤回", "withdrawn"),
    (Task.APPROVE, "审批", "approve"),
    (Task.CORRECT, "补正", "correct"),
    (Task.COMPLETE, "办结", "complete"),
    (Task.REPORT, "报告注销", "report the cancellation"),
    (Task.CANCEL, "注销账号", "cancel the account"),
    (FilingAct.DRAFT, "起草", "draft"),
    (FilingAct.SUBMIT, "提交", "submit"),
    (FilingAct.APPROVE, "批准", "approve"),
    (FilingAct.RETURN, "退回", "return"),
    (FilingAct.REJECT, "不予批准", "reject"),
    (FilingAct.WITHDRAW, "撤回", "withdraw"),
    (FilingAct.COMPLETE, "办结", "complete"),
    (CancelCause.PLATFORM_SHUT_DOWN, "平台停止服务", "platform shut down"),
    (CancelCause.SEIZED, "账号被平台收回或封禁", "seized"),
    (NationalState.ABSENT, "未报送", "absent"),
    (NationalState.LIVE, "正常运行", "live"),
    (NationalState.OFFLINE_REQUESTED, "申请下线", "offline requested"),
    (NationalState.OFFLINE, "已下线", "offline"),
    (NationalState.OTHER, "其他", "other"),
    (RoleKind.HOST, "主办单位", "host unit"),
    (RoleKind.CO_HOST, "联合主办单位", "co-host unit"),
    (RoleKind.SUPERVISING, "主管单位", "supervising unit"),
    (RoleKind.OPERATOR, "承办单位", "operator"),
    (UnitLevel.NATION, "国家", "nation"),
    (UnitLevel.PROVINCE, "省级", "province"),
    (UnitLevel.CITY, "市级", "city"),
    (UnitLevel.COUNTY, "县级", "county"),
    (UnitLevel.TOWNSHIP, "乡镇", "township"),
    (UnitKind.GOVERNMENT, "政府", "government"),
    (UnitKind.DEPARTMENT, "部门", "department"),
    (UnitKind.TOWNSHIP, "乡镇街道", "township"),
    (UnitKind.ZONE, "高新区、经开区", "development zone"),
    (UnitKind.SECTION, "内设机构", "internal section"),
    (UnitKind.VERTICAL, "垂管部门", "vertically managed"),
    (UnitKind.INSTITUTION, "事业单位", "public institution"),
    (UnitKind.OTHER, "其他", "other"),
    (UnitStatus.ACTIVE, "在用", "active"),
    (UnitStatus.MERGED, "已并入", "merged"),
    (UnitStatus.ABOLISHED, "已撤销", "abolished"),
    (UnitActKind.ADD, "新增", "add"),
    (UnitActKind.ALIAS, "别名", "alias"),
    (UnitActKind.RENAME, "更名", "rename"),
    (UnitActKind.MERGE, "合并", "merge"),
    (UnitActKind.SPLIT, "分设", "split"),
    (UnitActKind.ABOLISH, "撤销", "abolish"),
    (UnitActKind.MOVE, "调整隶属", "move"),
    (ActorKind.PERSON, "人员", "person"),
    (ActorKind.IMPORT, "导入", "import"),
    (ActorKind.SYSTEM, "系统", "system"),
    (ActorKind.PEER, "其他登记机构", "peer"),
    (SubjectKind.UNIT, "单位", "unit"),
    (SubjectKind.ACCOUNT, "账号", "account"),
    (SubjectKind.NATIONAL_ROW, "报送系统记录", "national row"),
    (SubjectKind.LEAD, "线索", "lead"),
    (CheckKind.FRESHNESS, "更新情况", "freshness"),
    (CheckKind.IDENTITY, "账号身份", "identity"),
    (CheckKind.MENU, "菜单链接", "menu"),
    (CheckKind.APP, "客户端", "app"),
    (CheckKind.SITE, "网站", "site"),
    (CheckKind.HANDLE, "已注销账号", "closed handle"),
    (RunMethod.ENGINE, "自动巡查", "engine"),
    (RunMethod.HAND, "人工查看", "by hand"),
    (RunMethod.SELF_REPORT, "单位自报", "self-report"),
    (RunMethod.REPLAY, "重放", "replay"),
    (RunMethod.IMPORT, "导入", "import"),
    (Outcome.READ, "已读取", "read"),
    (Outcome.INCONCLUSIVE, "未能判断", "inconclusive"),
    (Outcome.UNSUPPORTED, "无法自动检查", "unsupported"),
    (Reason.NO_CREDENTIAL, "未配置凭据", "no credential configured"),
    (Reason.NO_SOURCE, "没有可用的数据来源", "no source available"),
    (Reason.NO_ADDRESS, "台账缺少链接或平台ID", "no address or id in the ledger"),
    (Reason.BY_HAND, "须人工查看", "a person must look"),
    (Reason.PERMISSION, "接口权限不足", "permission missing"),
    (Reason.LOGIN_WALL, "需要登录", "login wall"),
    (Reason.CAPTCHA, "出现验证码", "captcha"),
    (Reason.RATE_LIMITED, "访问过于频繁被限制", "rate limited"),
    (Reason.BLOCKED, "访问被拒绝", "blocked"),
    (Reason.HOST_BLOCKED, "该站点本轮已停止访问", "host left alone for this run"),
    (Reason.EMPTY_BODY, "返回空内容", "empty body"),
    (Reason.TIMEOUT, "超时", "time-out"),
    (Reason.DNS, "域名无法解析", "name does not resolve"),
    (Reason.CONNECTION, "连接失败", "connection failed"),
    (Reason.TLS, "证书或加密连接错误", "TLS error"),
    (Reason.ADDRESS_REFUSED, "内网地址，拒绝访问", "private address refused"),
    (Reason.REDIRECT_LOOP, "循环跳转", "redirect loop"),
    (Reason.TOO_LARGE, "内容过大", "too large"),
    (Reason.SERVER_ERROR, "对方服务器错误", "server error"),
    (Reason.NOT_FOUND, "地址不存在", "not found"),
    (Reason.BAD_JSON, "返回内容不是有效的 JSON", "not valid JSON"),
    (Reason.NOT_A_FEED, "返回内容不是订阅源", "not a feed"),
    (Reason.CHANGED_LAYOUT, "页面格式有变化", "layout changed"),
    (Reason.WRONG_ACCOUNT, "返回的是另一个账号", "another account answered"),
    (Reason.AMBIGUOUS, "返回内容含义不明", "ambiguous answer"),
    (Reason.SYNTHETIC_DATES, "日期由来源自行填写", "dates made up by the source"),
    (Reason.DELAYED, "数据延迟", "data delayed"),
    (Reason.CONFIG, "配置错误", "configuration error"),
    (Reason.CHECKER_ERROR, "检查程序出错", "checker failed"),
    (Reason.CHECKER_TIMEOUT, "检查程序超时", "checker took too long"),
    (Reason.NOT_RECORDED, "证据中没有这次访问", "not in the recorded evidence"),
    (Reason.INTERRUPTED, "被中断", "interrupted"),
    (Existence.EXISTS, "存在", "exists"),
    (Existence.GONE_SIGNAL, "疑似已不存在", "gone signal"),
    (Existence.RESTRICTED, "被限制", "restricted"),
    (Existence.UNKNOWN, "未知", "unknown"),
    (CoverageKind.COMPLETE, "完整", "complete"),
    (CoverageKind.REACHES_BACK_TO, "读到某一时间", "reaches back"),
    (CoverageKind.PARTIAL, "部分", "partial"),
    (CoverageKind.PROVEN_EMPTY, "确认为空", "proven empty"),
    (CoverageKind.UNREAD, "未读取", "unread"),
    (Precision.SECOND, "秒", "second"),
    (Precision.MINUTE, "分", "minute"),
    (Precision.DAY, "日", "day"),
    (DateFault.UNREADABLE, "日期无法识别", "no date form that is known"),
    (DateFault.IMPOSSIBLE, "日期不存在", "no such day or time"),
    (DateFault.FUTURE, "日期在将来", "in the future"),
    (DateFault.TOO_OLD, "日期过早", "too long ago to be true"),
    (DateFault.TWO_DIGIT_YEAR, "年份只有两位", "year of two digits"),
    (DateFault.AMBIGUOUS, "日期有两种读法", "can be read in two ways"),
    (Derivation.FIELD, "字段", "field"),
    (Derivation.TEXT, "文字", "text"),
    (Derivation.ID, "编号", "id"),
    (Proof.FRESH, "证明有更新", "fresh"),
    (Proof.STALE, "证明未更新", "stale"),
    (Proof.EXISTENCE, "证明存在", "existence"),
    (Proof.NAME, "证明名称", "name"),
    (Proof.LINKS, "读取链接", "links"),
    (LinkKind.URL, "网页", "web page"),
    (LinkKind.ARTICLE, "文章", "article"),
    (LinkKind.MINIPROGRAM, "小程序", "mini-program"),
    (LinkKind.MATERIAL, "素材", "material"),
    (LinkKind.QR, "二维码", "QR code"),
    (LinkKind.EVENT, "事件按钮", "event"),
    (LinkKind.CONTENT, "文字图片", "content"),
    (LinkKind.UNKNOWN, "未知类型", "unknown type"),
    (LinkState.WORKS, "可用", "works"),
    (LinkState.BROKEN, "失效", "broken"),
    (LinkState.UNSURE, "不能确定", "unsure"),
    (LinkState.UNCHECKED, "未检查", "unchecked"),
    (Verdict.FRESH, "更新正常", "fresh"),
    (Verdict.STALE, "超期未更新", "stale"),
    (Verdict.PENDING, "疑似消失，待复核", "pending"),
    (Verdict.GONE, "已不存在", "gone"),
    (Verdict.UNKNOWN, "不能判断", "unknown"),
    (Review.OPEN, "待核实", "open"),
    (Review.CONFIRMED, "已确认", "confirmed"),
    (Review.DISMISSED, "不成立", "dismissed"),
    (Review.WAIVED, "暂免", "waived"),
    (Remedy.NONE, "无", "none"),
    (Remedy.DUE, "待整改", "due"),
    (Remedy.REPORTED, "已报整改", "reported"),
    (Remedy.RECHECKED, "已复查", "rechecked"),
    (Remedy.CLEARED, "已销号", "cleared"),
    (Severity.VETO, "单项否决", "veto"),
    (Severity.FAULT, "问题", "fault"),
    (Severity.WARNING, "警示", "warning"),
    (Severity.ADVICE, "提示", "advice"),
    (DecisionKind.SAME, "同一账号", "same"),
    (DecisionKind.NOT_SAME, "不是同一账号", "not the same"),
    (DecisionKind.ABSENT_ACCEPTED, "认可缺少", "absence accepted"),
    (DecisionKind.CHANGED_ACCEPTED, "认可变化", "change accepted"),
    (DecisionKind.DUPLICATE_APPROVED, "批准保留多个账号", "duplicates approved"),
)

# Members of different enums are equal when their text is equal, so the class is part of the key.
_LABELS = {(type(value), value.value): (zh, en) for value, zh, en in _LABEL_ROWS}


def label(value: StrEnum, lang: str = Lang.ZH) -> str:
    """The printed word for an enum value, in `zh` or `en`."""
    zh, en = _LABELS[type(value), value.value]
    return en if lang == Lang.EN else zh


_FINDING_ACTS: Mapping[str, tuple[str, str]] = {
    "raised": ("发现", "raised"),
    "seen": ("再次发现", "seen again"),
    "ended": ("已消除", "ended"),
    "confirm": ("确认", "confirm"),
    "dismiss": ("不成立", "dismiss"),
    "waive": ("暂免", "waive"),
    "assign": ("交办整改", "assign"),
    "reported": ("上报整改", "reported"),
    "recheck": ("复查", "recheck"),
    "clear": ("销号", "clear"),
}


def finding_act(act: str, lang: str = Lang.ZH) -> str:
    """The printed word for what happened to a finding; an unknown act as it stands."""
    zh, en = _FINDING_ACTS.get(act, (act, act))
    return en if lang == Lang.EN else zh


def code_title(code: str, lang: str = Lang.ZH) -> str:
    """The printed title of a finding code."""
    row = CODES[code]
    return row.en if lang == Lang.EN else row.zh
