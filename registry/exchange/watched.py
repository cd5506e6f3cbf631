"""The fields of which a shifted column is noticed, in a person's words: by the title of the column, by
the printed word, or by the field's own name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from registry.errors import BadInput, Fault
from registry.exchange.plan_rows import plan_field
from registry.exchange.titles import meanings
from registry.messages import _, language
from registry.names import fold_name
from registry.vocab import Lang


def watched_word(name: str, titles: Mapping[str, str] | None = None) -> str:
    """The printed word for a watched field. `titles`: field → the title of its column in the template;
    in Chinese that one goes first."""
    if titles and name in titles and language() is Lang.ZH:
        return titles[name]
    if name == "national_code":
        return _("code in the national system")
    if name == "name":
        return _("account name")
    if name == "host_level":
        return _("level of the host unit")
    return plan_field("identifiers" if name == "identifier" else name)


def accepting(names: Iterable[str], titles: Mapping[str, str] | None = None) -> str:
    """The options that accept a change of these fields, as they can be typed. `titles` as above."""
    chinese = language() is Lang.ZH
    words = [watched_word(name, titles) if chinese else name for name in names]
    return " ".join(f"--accept-changed {_typed(word)}" for word in words)


def _typed(word: str) -> str:
    """A word as a shell takes it for one."""
    return word if word.replace("_", "").isalnum() else f'"{word}"'


def watched_fields(
    said: Iterable[str],
    fields: Collection[str],
    titles: Mapping[str, str] | None = None,
    words: Mapping[str, str] | None = None,
) -> set[str]:
    """The fields that were named. `titles`: folded title of a template's column → its field; `words`:
    field → the title of its column.

    Raises BadInput, with everything that can be named, for a word that means none of them.
    """
    known = {fold_name(word): name for name in fields for word in (watched_word(name), name)}
    found, unknown = set[str](), []
    for text in said:
        own = {**(titles or {}), **known}.get(fold_name(text))
        named = [own] if own else [meaning.field for meaning in meanings(text)]
        name = next((n for n in named if n in fields), None)
        if name is None:
            unknown.append(text)
        else:
            found.add(name)
    if unknown:
        known_words = _(", ").join(dict.fromkeys(watched_word(name, words) for name in fields))
        message = _("No watched column is called {text}.")
        remedy = _("Columns: {words}.").format(words=known_words)
        faults = [Fault(message.format(text=text), remedy) for text in unknown]
        raise BadInput(_("--accept-changed does not say which column."), faults)
    return found
