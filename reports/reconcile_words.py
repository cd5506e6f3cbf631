"""Words that the workbook, the page and the terminal share when they tell of a reconciling."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from registry.dates import shanghai_date
from registry.findings.differences import (
    Coverage,
    Difference,
    Reconciliation,
    ReviewPair,
    UploadAct,
)
from registry.messages import _, language
from registry.text import quoted
from registry.vocab import SubjectKind
from reports.cells import shown
from reports.fields import field_title


def act_title(act: UploadAct) -> str:
    """The printed word for what an upload row does."""
    words = {
        UploadAct.ADD: _("add"),
        UploadAct.CHANGE: _("change"),
        UploadAct.OFFLINE: _("take offline"),
    }
    return words[act]


def bands(code: str) -> tuple[str, str]:
    """What the two sides are called."""
    if code == "DU405":
        return _("Ledger"), _("Successor")
    if code in {"DU403", "DU404"}:  # of these none is to go
        return _("Entered first"), _("The other account")
    if code.startswith("DU"):
        return _("Suggested to be kept"), _("The other account")
    national = code in {"RC303", "RC304", "RC305", "RC306", "RC307"}
    return _("Ledger"), _("National system") if national else _("As seen")


def outside_title(code: str, field: str) -> str:
    """The title of a field of the other side."""
    if code == "DU405" and field == "host_unit":  # under its band: the successor's name
        return _("Name of the unit")
    return field_title(field)


def list_words(pair: ReviewPair) -> str:
    """The list that the other one of a pair stands in."""
    words = {
        SubjectKind.NATIONAL_ROW: _("National system"),
        SubjectKind.LEAD: _("Leads"),
        SubjectKind.ACCOUNT: _("The ledger itself"),
    }
    return words[pair.outside_kind]


def pair_bands(pairs: Sequence[ReviewPair]) -> tuple[str, str]:
    """What the two sides of these pairs are called: the list by its name, if it is one for all."""
    lists = {list_words(pair) for pair in pairs}
    return _("Ledger"), lists.pop() if len(lists) == 1 else _("The other one")


def not_compared() -> str:
    """What is said where there was no export to compare with."""
    return _("No export was given: the national system was not compared.")


def upload_tone(result: Reconciliation) -> str:
    """How the number of matters that stop the upload is coloured: what was not compared with the
    national system is never good."""
    if result.clear:
        return "good"
    return "bad" if result.blocking else "warn"


def export_words(result: Reconciliation) -> str:
    """Which export of the national system was compared, and whether anybody named it this time;
    nothing where there was none."""
    used = result.export
    if used is None:
        return ""
    if used.reused:
        text = _("Export: {file} (kept on {day}; none was named now, so the one kept last is used)")
    elif used.same_as:
        text = _("Export: {file} (the same as {other}, kept on {day})")
    else:
        text = _("Export: {file} (kept on {day})")
    day = shanghai_date(used.kept_at).isoformat()
    return text.format(file=used.file_name, other=used.same_as, day=day)


def stopping_words(result: Reconciliation) -> str:
    """What the matters are that stop the upload: the sum of the parts is `result.blocking`."""
    return _("; ").join(_parts(result))


def _parts(result: Reconciliation) -> Iterator[str]:
    told = result.stopping
    if told.found:
        text = _("{count} of the differences under codes that stop it")
        yield text.format(count=told.found)
    if told.pairs:
        yield _("{count} rows of which a person must decide whose they are").format(
            count=told.pairs
        )
    if told.earlier:
        text = _("{count} found before, of which this run could tell nothing (see finding list)")
        yield text.format(count=told.earlier)
    if told.unread:
        text = _("{count} records that could not be compared: their platform is not known")
        yield text.format(count=told.unread)
    if told.states:
        text = _("{count} records whose state could not be compared: {words}")
        yield text.format(count=told.states, words=state_words(result.coverage))
    if told.overtaken:
        text = _("not counted: {count} seen before the change was filed, and not looked at since")
        yield text.format(count=told.overtaken)
    if told.passed:
        text = _("not counted: {count} that were waived or dismissed")
        yield text.format(count=told.passed)


def state_words(coverage: Coverage) -> str:
    """The words for a state that have no meaning, each with its number of rows: “关停”57 条."""
    text = _("“{word}” {count}")
    each = coverage.unknown_states.items()
    told = [text.format(word=quoted(word), count=count) for word, count in each]
    return _(", ").join(told)


def how_to_map() -> str:
    """What gives a word for a state its meaning."""
    return _(
        "Write the mapping out with `taizhang reconcile mapping --output mapping.toml`, put each word"
        " under [states] in it, and reconcile anew with --national FILE --mapping mapping.toml."
    )


def told_values(found: Difference) -> str:
    """Both sides of a difference in one line: 认证主体：台账“甲”，实际“乙”."""
    sides = found.ledger, found.outside
    seen = (name for name in _SEEN if any(side.get(name) for side in sides))
    names = dict.fromkeys((*found.fields, *seen))
    return _("; ").join(filter(None, (_values(found, name) for name in names)))


_SEEN = ("verdict", "effective_on", "stopped_on", "unit_status")
"""What is told of the other side although the ledger has no such field."""


def _values(found: Difference, name: str) -> str:
    lang = language().value
    sides = zip(bands(found.code), (found.ledger, found.outside), strict=True)
    values = [(band, shown(side.get(name), lang)) for band, side in sides if side.get(name)]
    if not values:
        return ""
    if len({value for _band, value in values}) == 1:
        return _("{field}: {value}").format(field=field_title(name), value=values[0][1])
    told = (_("{side} {value}").format(side=band, value=value) for band, value in values)
    return _("{field}: {value}").format(field=field_title(name), value=_(", ").join(told))
