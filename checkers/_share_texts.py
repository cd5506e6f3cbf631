"""Texts as people pass accounts on: an id behind the platform's own word for it (`抖音号：qingshi`),
an address with words glued to its end (`https://v.douyin.com/AbC/复制此链接，打开抖音`).

The word makes unmistakable what would be any word without it. A short link is followed only by a
check that looks at its account anyway.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence

from checkers.addresses import follow_short
from checkers.base import Checker, Request, Response, Target, Unsupported
from registry.vocab import Reason

_DOMAIN = re.compile(r".*\.(?:cn|com|net|org|gov|edu)", re.I)
_NOT_ADDRESS = re.compile(r"[^!-~]+")


def unglued(text: str) -> str:
    """The text with spaces for all that cannot stand in a plain address, where it has a dot.

    For platforms whose addresses hold no Chinese; without a dot there is no address.
    """
    return _NOT_ADDRESS.sub(" ", text) if "." in text else text


def labelled(text: str, words: Sequence[str], pattern: str) -> str:
    """The id of that pattern behind one of the words and a colon; empty where there is none.

    No part of a longer word and no domain is taken for an id.
    """
    if ":" not in text and "：" not in text:
        return ""
    label = "|".join(map(re.escape, words))
    behind = rf"(?i:{label})\s{{0,3}}[:：]\s{{0,3}}(?P<id>{pattern})(?![\w.@/-])"
    found = re.search(behind, text)
    return found["id"] if found and not _DOMAIN.fullmatch(found["id"]) else ""


def id_of(checker: Checker, target: Target, scheme: str) -> Generator[Request, Response, str]:
    """The account's id of that scheme: the ledger's, or the one in its address or behind its short
    link, for one request. Raises Unsupported (no_address) where there is none.
    """
    value = target.identifiers.get(scheme, "")
    found = None if value else checker.identify(target.url)
    if found and found.scheme == "url":
        found = yield from follow_short(checker, found.value)
    if found and found.scheme == scheme:
        value = found.value
    if not re.fullmatch(checker.schemes[scheme], value):
        raise Unsupported(Reason.NO_ADDRESS, f"no {scheme}")
    return value
