"""Made-up feeds of Zhihu for the contract: the account 青石发布 seen on 20 March 2026."""

from __future__ import annotations

from registry.vocab import Proof
from tests.checkers.rsshub_cases import rsshub_cases

_NAMED = frozenset({Proof.FRESH, Proof.NAME})
_PERSON = {"token": "qing-shi-fa-bu"}

CASES = {
    "rsshub": rsshub_cases("zhihu", _PERSON, "{name} 的知乎文章", proves=_NAMED),
    "rsshub_org": rsshub_cases("zhihu", {"org": "qing-shi"}, "{name} 的知乎文章", proves=_NAMED),
    "rsshub_pins": rsshub_cases("zhihu", _PERSON, "{name}的知乎想法", proves=_NAMED),
    "rsshub_column": rsshub_cases(
        "zhihu",
        {"column": "c_1234567890"},
        "知乎专栏-{name}",
        proves=frozenset({Proof.FRESH}),
    ),
}
