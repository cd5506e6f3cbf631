"""Made-up answers of 澎湃号 for the contract: the office 青石发布 seen on 20 March 2026."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from checkers.base import Response
from tests.checkers.contract import Answers, Example, SourceCases
from tests.checkers.driving import NOON
from tests.checkers.rsshub_cases import rsshub_cases
from tests.checkers.thepaper_answers import PPH, item, listing, local, target

_NEW, _OLD = local(3, 18), local(3, 1)
_STRANGER = item(local(3, 20, 11), 99999, "路人")


def _says(*items: dict[str, Any]) -> Answers:
    return lambda request: Response("", 200, {}, json.dumps(listing(*items)).encode())


CASES = {
    "json": SourceCases(
        target(),
        {
            "ok": Example(_says(item(_NEW), item(_OLD)), _NEW),
            "others": Example(_says(_STRANGER, item(_NEW), item(_OLD)), _NEW),
            "pinned_old": Example(_says(item(local(1, 5)), item(_NEW), item(_OLD)), _NEW),
            "pinned_newest": Example(_says(item(_NEW), item(local(3, 9)), item(_OLD)), _NEW),
            "future": Example(_says(item(NOON + timedelta(days=2)), item(_NEW), item(_OLD)), _NEW),
            "time_zone": Example(
                _says(item(local(3, 18, 0, 30))), datetime(2026, 3, 17, 16, 30, tzinfo=UTC)
            ),
            "silent": Example(_says(item(_OLD)), _OLD),
            "cut_short": Example(_says(item(local(3, 16)))),
            "empty": Example(_says()),
            "undated": Example(_says(item(_NEW, pubTimeLong=None), item(_OLD))),
            "renamed": Example(_says(item(_NEW, name="云川发布")), name="云川发布"),
        },
        absent={"pinned_only": "its lists have no pinned items"},
    ),
    "rsshub": rsshub_cases("thepaper", {"pph_id": PPH}, "澎湃新闻政务号 - {name}"),
    "rsshub_user": rsshub_cases("thepaper", {"pph_id": PPH}),
}
