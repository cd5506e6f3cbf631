"""Verdicts over accounts, findings on their two axes, and what a person decides."""

from __future__ import annotations

from enum import StrEnum


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
    OFFLINE_THERE = "offline_there"
    """A row of the national system is to be taken offline there."""
    NOTICE = "notice"
    """The public notice of an account's change of host, by its link."""
