"""What a clerk can decide in a workbook, row by row: the words of the drop-downs, there and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from registry.messages import _


class Choice(StrEnum):
    """One decision on one row."""

    CONFIRM = "confirm"
    DISMISS = "dismiss"
    WAIVE = "waive"
    FILE_CHANGE = "file_change"
    CHANGE_THERE = "change_there"
    APPROVE = "approve"
    SAME = "same"
    NOT_SAME = "not_same"


_WORDS: Mapping[Choice, Callable[[], str]] = {
    Choice.CONFIRM: lambda: _("Confirmed"),
    Choice.DISMISS: lambda: _("Not so"),
    Choice.WAIVE: lambda: _("Waived for now"),
    Choice.FILE_CHANGE: lambda: _("File the change"),
    Choice.CHANGE_THERE: lambda: _("Change the national system"),
    Choice.APPROVE: lambda: _("Several approved"),
    Choice.SAME: lambda: _("Same account"),
    Choice.NOT_SAME: lambda: _("Not the same account"),
}

_COMMON = (Choice.CONFIRM, Choice.DISMISS, Choice.WAIVE)
_BY_CODE: Mapping[str, tuple[Choice, ...]] = {
    "RC306": (Choice.CHANGE_THERE, Choice.FILE_CHANGE, Choice.DISMISS, Choice.WAIVE),
    "RC308": (Choice.FILE_CHANGE, *_COMMON),
    "RC309": (Choice.FILE_CHANGE, *_COMMON),
    "DU401": (Choice.APPROVE, *_COMMON),
    "DU402": (Choice.SAME, Choice.NOT_SAME),
    "DU403": (Choice.NOT_SAME, *_COMMON),
}
REVIEW = (Choice.SAME, Choice.NOT_SAME)
"""For pairs that a person must look at."""


def choices_for(code: str) -> tuple[Choice, ...]:
    """What can be decided about a finding of that code."""
    return _BY_CODE.get(code, _COMMON)


def word(choice: Choice) -> str:
    """The printed word of a decision, in the user's language."""
    return _WORDS[choice]()


def choice_of(text: str) -> Choice | None:
    """The decision that a printed word means, or None."""
    return next((choice for choice in Choice if word(choice) == text.strip()), None)
