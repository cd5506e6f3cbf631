"""The benchmarks' own checks can fail, and their goals are set by whom they should be."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from bench import links, sweep_pace
from bench.harness import Cost, Result, measured
from bench.link_world import World
from tests.simulator.http import Counted, Report

WORLD = World(seed=1, count=5000, latency=0.2)


def judged(peers: dict[str, Any], world: World = WORLD, *, tls: bool = False) -> Result:
    """Goals and figures of a made-up run of the links beside these peers."""
    ours = {"first_wrong": 0, "second_wrong": 0, "most_in_flight": 100, "second_s": 13.5}
    ours |= {"first_cpu_ms_a_url": 0.5, "second_cpu_ms_a_url": 0.4}
    result = Result("links", {}, ours=ours, peers=peers)
    links._set_goals(result, world, tls=tls)
    return result


def peer(wall: float, cpu: float, **told: str) -> dict[str, Any]:
    return {"wall_s": wall, "cpu_ms_a_url": cpu, **told}


def test_time_is_held_against_checkers_that_keep_their_limit_and_try_everything() -> None:
    result = judged(
        {
            "linkchecker": peer(20.0, 1.2),
            "pylinkvalidator": peer(18.0, 0.4),
            "deadlink": peer(5.0, 0.1, no_peer=links.INCOMPLETE),
            "linkinator": peer(9.0, 0.3, no_peer="breaks its limit"),
            "requests with threads": peer(14.0, 0.6),
        }
    )
    assert result.ours["second_to_best_peer"] == 0.75
    assert result.met() == dict.fromkeys(result.goals, True)
    assert result.goals["second_to_best_peer"] == 0.80


def test_cpu_under_tls_is_held_against_all_that_try_everything_and_read_it() -> None:
    result = judged(
        {
            "linkchecker": peer(9.0, 0.45, no_peer="breaks its limit"),
            "pylinkvalidator": peer(5.0, 0.1, no_peer=links.INCOMPLETE),
            "deadlink": peer(5.0, 0.2, does_less=links.HEADS_ONLY),
            "requests with threads": peer(14.0, 0.6),
        },
        World(1, 5000, 0.0),
        tls=True,
    )
    met = result.met()
    assert (met["first_cpu_ms_a_url"], met["second_cpu_ms_a_url"]) == (False, True)
    assert "second_to_bound" not in result.goals


def test_without_a_peer_there_is_no_goal_beside_one() -> None:
    result = judged({"linkchecker": "not installed"})
    assert "second_to_best_peer" not in result.goals
    assert result.goals["second_to_bound"] == 1.10
    assert round(result.ours["bound_s"], 1) == 12.6


@pytest.mark.parametrize(("last", "over"), [(0.999, 1), (1.0, 0)])
def test_one_request_too_many_in_a_second_is_counted(last: float, over: int) -> None:
    server = Report({"h": Counted([0.0, 0.2, 0.4, 0.6, 0.8, last])})
    figures = sweep_pace._figures(sweep_pace.SMALL, Cost(20.6, 1.0, 70.0, ""), server, {"h": 5})
    assert figures["windows_over_rate"] == over
    assert figures["to_bound"] == 1.03


@pytest.mark.parametrize(
    ("said", "asked", "met"),
    [
        ('{"read": 1450}', 1450, True),
        ('{"read": 1449, "inconclusive": 1}', 1450, False),
        ('{"inconclusive": 1450}', 1450, False),
        ('{"read": 1450}', 1451, False),
    ],
)
def test_what_was_not_read_or_asked_twice_misses_the_goal(
    said: str, asked: int, met: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = {"to_bound": 1.0, "windows_over_rate": 0, "cpu_ms": 1.0, "peak_mib": 70.0}

    def measure(*_ignored: object) -> tuple[dict[str, Any], str]:
        return figures | {"requests": asked}, f"{said}\n"

    monkeypatch.setattr(sweep_pace, "_measure", measure)
    monkeypatch.setattr(sweep_pace, "_PEER_MODULES", {})
    result = sweep_pace.run((sweep_pace.SMALL,), (False,))
    assert all(result.met().values()) is met


def test_the_peak_of_memory_is_the_commands_and_not_that_of_who_starts_it() -> None:
    held = b"x" * (150 << 20)
    assert measured([sys.executable, "-I", "-S", "-c", "pass"]).peak < 100
    assert len(held) == 150 << 20


def test_what_a_command_prints_is_kept_and_its_failure_told() -> None:
    assert measured([sys.executable, "-c", "print(7)"]).out == "7\n"
    with pytest.raises(SystemExit, match="(?s)failed:.*no table here"):
        measured([sys.executable, "-c", "raise SystemExit('no table here')"])


def test_memory_of_two_processes_at_one_time_is_their_sum() -> None:
    hold = "held = bytes(range(256)) * (60 << 12); "
    ask = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]])"
    both = [sys.executable, "-c", hold + ask, hold + "import time; time.sleep(0.5)"]
    assert 60 < measured(both).peak < 110
    assert 120 < measured(both, together=True).peak
