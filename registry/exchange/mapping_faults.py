"""What is wrong with a column mapping that somebody edited, all at once: with the printed title of
each field, and behind it the name that the file needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from registry.errors import Fault
from registry.messages import _, language
from registry.names import fold_name
from registry.text import quoted
from registry.vocab import NationalState, label

_WIDEST = 255
"""Characters of a column, to a spreadsheet."""
ALWAYS = ("platform", "name")
"""Fields without which a row is no account, whatever a mapping asks for."""
_STATES = [state for state in NationalState if state is not NationalState.ABSENT]


def mapping_faults(data: Mapping[str, Any], file: str, titles: Mapping[str, str]) -> list[Fault]:
    """Every fault of a mapping as read from its file. `titles`: field → its shipped title, for all
    that a column can be."""
    said = list(_misshapen(data))
    if not said:
        said = [*_of_columns(data, data.get("column", []), titles), *_of_states(data)]
    return [Fault(message, remedy, file=file) for message, remedy in said]


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _tables(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def _words(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(each, str) for each in value.values())


def _lists(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_texts, value.values()))


_COLUMN = '[[column]]\nfield = "name"\ntitle = "账号名称"'

_SHAPES: Sequence[tuple[str, Callable[[Any], bool], str]] = (
    ("column", _tables, _COLUMN),
    ("required", _texts, 'required = ["platform", "name"]'),
    ("states", _words, '[states]\n"正常运行" = "live"'),
    ("write", _words, '[write]\nlive = "正常运行"'),
    ("contacts", _lists, '[contacts]\ntitles = ["联系人"]'),
    ("empty", _lists, '[empty]\nwords = ["无"]'),
)
"""Each part of the file: its test and how it is written."""

_PARTS: Sequence[tuple[str, Callable[[Any], bool], str]] = (
    ("field", lambda value: isinstance(value, str), 'field = "name"'),
    ("also", _texts, 'also = ["名称"]'),
    ("width", lambda value: type(value) in {int, float} and 0 < value <= _WIDEST, "width = 16"),
)
"""Each part of a column."""


def _misshapen(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(message, remedy) of the parts of which nothing can be read."""
    for part, fits, example in _SHAPES:
        if part in data and not fits(data[part]):
            yield _("“{part}” is not written as it must be.").format(part=part), _like(example)
    columns = data.get("column", [])
    for column in columns if _tables(columns) else ():
        title = column.get("title") or column.get("field") or "?"
        for part, fits, example in _PARTS:
            if part in column and not fits(column[part]):
                text = _("“{part}” of the column {title} is not written as it must be.")
                yield text.format(part=part, title=title), _like(example)


def _like(example: str) -> str:
    lines = _(" and on the next line ").join(example.split("\n"))
    return _("Write it like this: {example}").format(example=lines)


def _of_columns(
    data: Mapping[str, Any], columns: Sequence[Mapping[str, Any]], titles: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """(message, remedy) of the columns and the fields that they are."""
    if not columns:
        yield _("It has no [[column]] table."), _like(_COLUMN)
    fields = [column.get("field", "") for column in columns]
    for column in columns:
        title = column.get("title")
        if column.get("field", "") not in titles:
            yield _unknown(column, titles)
        if not isinstance(title, str) or not title.strip():
            words = _called(column.get("field", ""), titles)
            yield _("The column of {field} has no title.").format(field=words), _(
                "Write the title that stands above it in your export: {example}."
            ).format(example='title = "…"')
    for field in dict.fromkeys(fields):
        if fields.count(field) > 1 and field in titles:
            words = _("The field {field} stands in {count} columns.")
            yield words.format(field=_called(field, titles), count=fields.count(field)), _(
                "Keep one of them, and write the other titles into its `also`."
            )
    yield from _twice(columns, titles)
    for field in dict.fromkeys((*ALWAYS, *data.get("required", ()))):
        if field not in fields:
            words = _("The required field {field} has no column.")
            yield words.format(field=_called(field, titles)), _without(field)


def _without(field: str) -> str:
    """What to do about a required field that has no column."""
    if field in ALWAYS:
        return _("Add its column again: a row without it is no account.")
    return _("Add its column again, or take it out of `required`.")


def _twice(
    columns: Sequence[Mapping[str, Any]], titles: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Titles that several columns bear: all but one of these would never be found."""
    bearers: dict[str, list[Mapping[str, Any]]] = {}
    for column in columns:
        if isinstance(column.get("title"), str):
            bearers.setdefault(fold_name(column["title"]), []).append(column)
    for title, some in bearers.items():
        fields = dict.fromkeys(str(column.get("field", "")) for column in some)
        if title and len(fields) > 1:
            named = _(", ").join(_called(field, titles) for field in fields)
            words = _("The title {title} stands over several columns: {fields}.")
            yield words.format(title=some[0]["title"], fields=named), _(
                "Give each the title that stands above it in your export."
            )


def _unknown(column: Mapping[str, Any], titles: Mapping[str, str]) -> tuple[str, str]:
    """A column whose field there is none of; a printed title in its place is answered by its field."""
    said = column.get("field", "")
    message = _("There is no field called {field}.").format(field=quoted(str(said)) or "?")
    meant = next((field for field, title in titles.items() if said == title), None)
    if meant is not None:
        return message, _('Write field = "{field}".').format(field=meant)
    known = _(", ").join(_called(field, titles) for field in titles)
    return message, _("Fields, each with what to write in brackets: {fields}.").format(fields=known)


def _called(field: str, titles: Mapping[str, str]) -> str:
    return _bracketed(titles[field], field) if field in titles else field


def _bracketed(words: str, typed: str) -> str:
    """账号名称（name）."""
    return _("{title} ({field})").format(title=words, field=typed)


def _of_states(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(message, remedy) of the words for states."""
    said = [*data.get("states", {}).items(), *(("[write]", each) for each in data.get("write", {}))]
    for word, state in said:
        if state not in _STATES:
            known = (_bracketed(label(each, language()), each.value) for each in _STATES)
            yield _("{word}: there is no state called {state}.").format(
                word=quoted(word), state=quoted(str(state))
            ), _("States, each with what to write in brackets: {states}.").format(
                states=_(", ").join(known)
            )
