"""A judgement in words, for people: what the verdict rests on, or what it lacks."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from registry.dates import SHANGHAI
from registry.messages import _, language
from registry.vocab import Lang, Precision, label
from verdicts.seen import Judgement, SeenPost, Why

_WORDS: Mapping[Why, Callable[[], str]] = {
    Why.RECENT_POST: lambda: _("Last updated {newest}, {days} days before the time point."),
    Why.NO_RECENT_POST: lambda: _("Not updated since {newest}, {days} days before the time point."),
    Why.NONE_IN_WINDOW: lambda: _(
        "Nothing was posted in the time looked through, which is longer than the window; what was"
        " before it is not known."
    ),
    Why.NEVER_POSTED: lambda: _("It has never posted anything."),
    Why.GONE_TWICE: lambda: _(
        "The platform has said repeatedly, at least a day apart, that it is gone."
    ),
    Why.GONE_ONCE: lambda: _(
        "The platform says that it is gone; to be confirmed by a second look."
    ),
    Why.RESTRICTED: lambda: _("The platform restricts it, so nobody can tell when it was updated."),
    Why.TOO_NEW: lambda: _("It was opened within the window and has had no full window yet."),
    Why.NOT_LOOKED: lambda: _("Nobody has looked since the time point."),
    Why.NOT_READ: lambda: _("It could not be read: {reason}."),
    Why.NO_LIST: lambda: _("It was found, but its posts could not be listed."),
    Why.ENDS_EARLY: lambda: _("The list of posts ends before the time point."),
    Why.PARTIAL: lambda: _("The list of posts may lack some, so it proves no silence."),
    Why.NOT_FAR_ENOUGH: lambda: _("The list of posts does not reach back before the window."),
}


def explain(told: Judgement) -> str:
    """One sentence on why the verdict is what it is, in the user's language."""
    lang = language()
    text = _WORDS[told.why]().format(
        newest=shown_time(told.newest) if told.newest else "",
        days=told.days,
        reason=label(told.reason, lang) if told.reason else "",
    )
    notes = [
        _("So near the edge that one day matters.") if told.within_edge else "",
        _("By the unit's own report.") if told.self_reported else "",
    ]
    return ("" if lang is Lang.ZH else " ").join(part for part in (text, *notes) if part)


def shown_time(post: SeenPost) -> str:
    """When a post was published, in Shanghai, no more precise than it is known."""
    at = post.at.astimezone(SHANGHAI)
    if post.precision is Precision.DAY:
        return at.strftime("%Y-%m-%d")
    return at.strftime("%Y-%m-%d %H:%M")
