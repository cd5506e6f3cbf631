"""What was seen of a website, or hinted at in a text, in words: one line, or a line per entry.

The facts come as they are stored; outside text is left as it is, whoever prints makes it safe.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from registry.dates import to_the_minute
from registry.messages import _, language
from registry.vocab import ColumnKind, HintKind, Reason, SiteMark, label

_NAMED = 3
"""Entries named in one line; their number is told beside."""


def leads_to(url: str, appid: str, page: str) -> str:
    """What a link opens, in one line: the mini-program's page, beside which an address is only for
    old clients; else its address."""
    return f"{appid} {page}".strip() if (appid and page) or not url else url


def summary(facts: Mapping[str, Any]) -> str:
    """What was seen, in one line; empty when these are no facts of a site or a hint."""
    for key, words in _SUMMARIES.items():
        if facts.get(key):
            return words(facts)
    return ""


def _unreachable(facts: Mapping[str, Any]) -> str:
    return _("{failed} of {samples} visits in {days} days did not open ({percent}%)").format(
        failed=facts.get("failed"),
        samples=facts["samples"],
        days=facts.get("sample_days"),
        percent=f"{float(facts.get('failed_percent') or 0):g}",
    )


def _stale(facts: Mapping[str, Any]) -> str:
    columns = facts["columns"]
    named = [f"{c.get('name')} {c.get('newest_day') or ''}".strip() for c in columns]
    return _("{count} columns not updated: {names}").format(
        count=len(columns), names=_some(named, len(columns))
    )


def _empty(facts: Mapping[str, Any]) -> str:
    columns = facts["empty_columns"]
    return _("{count} empty columns: {names}").format(
        count=len(columns), names=_some([str(c.get("name")) for c in columns], len(columns))
    )


def _hidden(facts: Mapping[str, Any]) -> str:
    hosts = facts["hosts"]
    return _("{count} hidden links, leading to {hosts}; to be confirmed by a person").format(
        count=facts.get("count") or len(hosts), hosts=_some(hosts, len(hosts))
    )


def _missing(facts: Mapping[str, Any]) -> str:
    return _("missing: {marks}").format(marks=_(", ").join(_marks(facts["missing"])))


def _untrue(facts: Mapping[str, Any]) -> str:
    articles = facts["articles"]
    named = [f"{a.get('title') or a.get('url')} {a.get('printed_day')}" for a in articles]
    count = int(facts.get("count") or len(articles))
    return _("{count} publish dates contradicted: {names}").format(
        count=count, names=_some(named, count)
    )


def _hinted(facts: Mapping[str, Any]) -> str:
    where = str(facts.get("where") or "")
    return _("; ").join([_(", ").join(_hints(facts["hints"])), *filter(None, [where])])


_SUMMARIES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "samples": _unreachable,
    "columns": _stale,
    "empty_columns": _empty,
    "hosts": _hidden,
    "missing": _missing,
    "articles": _untrue,
    "hints": _hinted,
}


def _some(names: Sequence[str], count: int) -> str:
    """The first of the names, and that there are more."""
    said = _(", ").join(str(name) for name in names[:_NAMED])
    return _("{names} …").format(names=said) if count > min(len(names), _NAMED) else said


# --- line by line -------------------------------------------------------------------------------


def entries(key: str, value: Any) -> list[str] | None:
    """A list among the facts as one text for each entry; None when it is not one of ours."""
    words = _ENTRIES.get(key)
    if words is None or not isinstance(value, list):
        return None
    return words(value)


def _columns(found: Sequence[Mapping[str, Any]]) -> list[str]:
    return [
        _joined(c.get("name"), _kind(c.get("kind")), c.get("newest_day"), c.get("url"))
        for c in found
    ]


def _kind(value: Any) -> str:
    known = value in {kind.value for kind in ColumnKind}
    return _("({kind})").format(kind=label(ColumnKind(value), language())) if known else ""


def _links(found: Sequence[Mapping[str, Any]]) -> list[str]:
    hidden = {"style": _("hidden by style"), "size": _("hidden by size")}
    hidden["position"] = _("hidden by position")
    return [
        _joined(
            link.get("text"),
            link.get("url"),
            _("({kind})").format(kind=hidden.get(str(link.get("how")), link.get("how"))),
            link.get("page"),
        )
        for link in found
    ]


def _articles(found: Sequence[Mapping[str, Any]]) -> list[str]:
    return [_joined(a.get("title"), a.get("printed_day"), a.get("url")) for a in found]


def _evidence(found: Sequence[Mapping[str, Any]]) -> list[str]:
    return [_joined(e.get("text"), _moment(e.get("at"))) for e in found]


def _marks(found: Sequence[Any]) -> list[str]:
    known = {mark.value for mark in SiteMark}
    return [label(SiteMark(m), language()) if m in known else str(m) for m in found]


def _hints(found: Sequence[Mapping[str, Any]]) -> list[str]:
    known = {kind.value for kind in HintKind}
    said = []
    for hint in found:
        kind = hint.get("kind")
        named = label(HintKind(kind), language()) if kind in known else str(kind)
        said.append(_joined(named, hint.get("masked")))
    return said


def _reasons(found: Sequence[Any]) -> list[str]:
    """`timeout 15 s` with the word for the reason; statuses as they are."""
    known = {reason.value for reason in Reason}
    said = []
    for why in map(str, found):
        first, _space, rest = why.partition(" ")
        said.append(_joined(label(Reason(first), language()), rest) if first in known else why)
    return said


_ENTRIES: Mapping[str, Callable[[Sequence[Any]], list[str]]] = {
    "reasons": _reasons,
    "columns": _columns,
    "empty_columns": _columns,
    "hidden": _links,
    "articles": _articles,
    "evidence": _evidence,
    "missing": _marks,
    "hints": _hints,
}


def caution(hints: Sequence[Mapping[str, Any]]) -> str:
    """What whoever reads a hint must bear in mind."""
    if any(hint.get("kind") == HintKind.MOBILE for hint in hints):
        return _(
            "A machine's hint, to be judged by a person. A duty or service telephone that the"
            " office publishes itself is nothing to object to."
        )
    return _("A machine's hint, to be judged by a person.")


def _joined(*parts: Any) -> str:
    return " ".join(str(part) for part in parts if part)


def _moment(value: Any) -> str:
    try:
        return to_the_minute(datetime.fromisoformat(str(value)))
    except ValueError:
        return str(value)
