"""States and acts of units, accounts and filings, and who acts."""

from __future__ import annotations

from enum import StrEnum


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
    NOTICE = "notice"
    """The link of the public notice became known; the filing stays where it is."""


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
    """Why an account ends in the ledger without its unit having cancelled it: stands for the platform's
    proof of cancellation."""

    PLATFORM_SHUT_DOWN = "platform_shut_down"
    SEIZED = "seized"
    ENTERED_TWICE = "entered_twice"
    """The account goes on under another entry of the ledger; nothing is cancelled on the platform."""


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
    LIMIT = "limit"
    """A limit of the jurisdiction that is this unit's was set."""


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
