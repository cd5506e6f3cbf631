"""What a run still owes: in the planner's order within each lane, and few targets at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from registry.vocab import CheckKind
from sweeps.driving.agenda import Agenda, Planned
from sweeps.driving.targets import PlannedTarget

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


def load(ids: Sequence[int]) -> list[Planned]:
    target = PlannedTarget("1", "weibo", "青石发布", CheckKind.FRESHNESS, NOW, NOW, NOW, NOW)
    return [Planned(number, number, CheckKind.FRESHNESS, 0, target) for number in ids]


def test_each_lane_keeps_the_order_of_the_plan() -> None:
    agenda = Agenda([(3, "a"), (1, "b"), (2, "a"), (9, "a")], load)
    assert [planned.id for planned in agenda.take("a", 5)] == [3, 2, 9]
    assert [planned.id for planned in agenda.take("b", 5)] == [1]
    assert agenda.left == 0


def test_many_lanes_do_not_hold_the_whole_plan() -> None:
    asked: list[int] = []

    def counted(ids: Sequence[int]) -> list[Planned]:
        asked.append(len(ids))
        return load(ids)

    owed = [(lane * 100 + n, f"host{lane}") for lane in range(400) for n in range(100)]
    agenda = Agenda(owed, counted)
    for lane in range(400):
        assert len(agenda.take(f"host{lane}", 1)) == 1
    assert sum(asked) <= 4000
    assert agenda.left == 39_600
