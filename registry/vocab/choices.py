"""What a clerk can decide about one row of a reconciling, and which decisions fit which code."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Choice(StrEnum):
    """One decision on one row."""

    CONFIRM = "confirm"
    """It is so, and is to be put right."""
    DISMISS = "dismiss"
    """It is no fault."""
    WAIVE = "waive"
    """Let it be until a day."""
    CHANGE_THERE = "change_there"
    """The ledger is right: the national system is to follow."""
    OFFLINE_THERE = "offline_there"
    """The row of the national system is to be taken offline."""
    FILE_OPEN = "file_open"
    FILE_CHANGE = "file_change"
    """The other side is right: the ledger is to follow, by a filing."""
    FILE_STOP = "file_stop"
    STOP_OTHERS = "stop_others"
    """One account stays; the others of the unit there are stopped, by filings."""
    FILE_CANCEL = "file_cancel"
    FILE_REOPEN = "file_reopen"
    NOTICE = "notice"
    """The public notice of a change of host is there: its link is recorded."""
    ALIAS = "alias"
    """The other side names the host unit by another name of it."""
    APPROVE = "approve"
    """The unit may have several accounts on the platform, until a day or for good."""
    SAME = "same"
    NOT_SAME = "not_same"


_C = Choice
_COMMON = (_C.CONFIRM, _C.DISMISS, _C.WAIVE)
_LET_PASS = (_C.DISMISS, _C.WAIVE)
_BY_CODE: Mapping[str, tuple[Choice, ...]] = {
    "RC301": (_C.FILE_OPEN, *_COMMON),
    "RC302": (_C.FILE_STOP, _C.FILE_CANCEL, *_COMMON),
    "RC303": (_C.CHANGE_THERE, _C.FILE_REOPEN, *_LET_PASS),
    "RC304": (_C.CHANGE_THERE, _C.FILE_STOP, _C.FILE_CANCEL, *_LET_PASS),
    "RC305": (_C.FILE_OPEN, _C.OFFLINE_THERE, *_LET_PASS),
    "RC306": (_C.CHANGE_THERE, _C.FILE_CHANGE, _C.ALIAS, *_LET_PASS),
    "RC307": (_C.CHANGE_THERE, _C.FILE_STOP, _C.FILE_CANCEL, *_LET_PASS),
    "RC308": (_C.FILE_CHANGE, *_COMMON),
    "RC309": (_C.FILE_CHANGE, _C.ALIAS, *_COMMON),
    "RC310": (_C.NOTICE, *_COMMON),
    "RC311": (_C.FILE_CANCEL, *_COMMON),
    "RC312": (_C.FILE_REOPEN, *_COMMON),
    "DU401": (_C.STOP_OTHERS, _C.APPROVE, *_COMMON),
    "DU402": (_C.SAME, _C.NOT_SAME),
    "DU403": (_C.NOT_SAME, *_COMMON),
    "DU405": (_C.FILE_CHANGE, _C.FILE_STOP, *_COMMON),
    "CL501": (_C.FILE_REOPEN, *_COMMON),
}
DATED = frozenset({_C.WAIVE, _C.APPROVE})
"""Decisions that may end on a day."""
PAIR_CHOICES = (_C.SAME, _C.NOT_SAME, _C.OFFLINE_THERE)
"""For two rows that may be one account."""


def choices_for(code: str) -> tuple[Choice, ...]:
    """What can be decided about a finding of that code."""
    return _BY_CODE.get(code, _COMMON)
