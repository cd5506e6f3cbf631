"""What a site's robots.txt lets a program read (RFC 9309). It only reads rules; it asks nobody.

No robots.txt, or a page in its place, forbids nothing. A reach sample is a visit and needs none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from checkers._site.tree import decoded
from checkers.base import Response

_NAME = "taizhang"
_MOST_RULES = 1000


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a group: the longest that fits decides."""

    path: str
    allows: bool


def may_read(rules: tuple[Rule, ...], url: str) -> bool:
    """True when the address may be read; of two rules of one length the one that allows counts."""
    if not rules:
        return True
    parts = urlsplit(url)
    path = _plain((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
    fitting = [rule for rule in rules if _fits(rule.path, path)]
    best = max(fitting, key=lambda rule: (len(rule.path), rule.allows), default=None)
    return best is None or best.allows


def read_rules(response: Response) -> tuple[Rule, ...]:
    """The rules for this program, or for all where none names it."""
    if response.failure or response.status != 200:
        return ()
    text = decoded(response).lstrip("\ufeff")
    if text.lstrip()[:1] == "<":
        return ()
    groups = _groups(text)
    mine = [rules for names, rules in groups if any(_NAME in name for name in names)]
    everyone = [rules for names, rules in groups if "*" in names]
    return tuple(rule for rules in mine or everyone for rule in rules)[:_MOST_RULES]


def _groups(text: str) -> list[tuple[set[str], list[Rule]]]:
    groups: list[tuple[set[str], list[Rule]]] = []
    naming = False
    for line in text.splitlines():
        key, _, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if key == "user-agent":
            if not naming:
                groups.append((set(), []))
            groups[-1][0].add(value.lower())
            naming = True
        elif key in {"allow", "disallow"} and groups:
            naming = False
            if value:
                groups[-1][1].append(Rule(_plain(value), key == "allow"))
    return groups


def _plain(path: str) -> str:
    return quote(unquote(path), safe="/?=&*$%:;,@!~+().-_'")


def _fits(pattern: str, path: str) -> bool:
    """`*` stands for anything, `$` at the end for the end."""
    whole = pattern.endswith("$")
    parts = pattern.rstrip("$").split("*")[:10]
    expression = ".*?".join(re.escape(part) for part in parts)
    found = re.compile(expression, re.S)
    return bool(found.fullmatch(path) if whole else found.match(path))
