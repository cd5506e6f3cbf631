"""The list of exact texts that were met on platforms: each is recognised for what it means."""

from __future__ import annotations

import json
from typing import Any

import pytest

from checkers.signals import SignalClass, match
from tests.shared.test_payloads import PAYLOADS

pytestmark = pytest.mark.skipif(not PAYLOADS.is_dir(), reason="no recorded answers here")

MEANT = {
    "account_gone_or_restricted": {
        SignalClass.ACCOUNT_GONE,
        SignalClass.ACCOUNT_RESTRICTED,
        SignalClass.ACCOUNT_MIGRATED,
    },
    "article_gone_only": {SignalClass.ARTICLE_ONLY},
    "wall": {SignalClass.WALL},
}
"""Group of WeChat's texts → the classes that they may be of."""


def _texts() -> list[Any]:
    path = PAYLOADS / "signals.json"
    listed = json.loads(path.read_text("utf-8"))["wechat"] if path.is_file() else {}
    return [pytest.param(text, group, id=text) for group in MEANT for text in listed.get(group, [])]


@pytest.mark.parametrize(("text", "group"), _texts())
def test_a_text_of_wechat_means_what_the_list_says(text: str, group: str) -> None:
    found = match("wechat", text)
    assert found is not None and found.kind in MEANT[group]
