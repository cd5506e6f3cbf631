"""Pages out of templates: what comes from outside is cleaned and escaped, a name that is not there
is an error, and nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from registry.messages import _, language
from registry.vocab import label
from reports.cells import clean
from reports.workbook import printed_at


def rendered(name: str, filters: Mapping[str, Callable[..., Any]], **values: Any) -> str:
    """The template of that name as HTML, in the language in force."""
    environment = Environment(
        loader=PackageLoader("reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: clean(value) if type(value) is str else value,
    )
    lang = language().value
    environment.globals.update(_=_)
    environment.filters.update(
        moment=printed_at, label=lambda value: label(value, lang), **dict(filters)
    )
    return environment.get_template(name).render(lang=lang, **values)
