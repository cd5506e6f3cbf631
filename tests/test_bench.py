"""The page of benchmarks: made of the stored results alone, and complete."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from bench import all as runner
from bench import page as pages
from bench.machine import described, machine

GOOD: dict[str, Any] = {
    "bench": "made_up",
    "params": {"rows": 100_000, "seed": 1},
    "ours": {"wall_s": 1.25, "missed": 0, "small": {"cpu_ms": 0.75}},
    "peers": {"slowcheck": {"wall_s": 2.5}, "fastcheck": "not installed"},
    "goals": {"wall_s": 1.0, "missed": 0},
    "met": {"wall_s": False, "missed": True},
}
SCRIPT = '''"""Counts made-up rows.

More of it.
"""

import sys

from bench.harness import Result, report

if "--fail" in sys.argv:
    raise SystemExit("no server here")
print({said!r})
'''


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of benchmarks of its own: one that reports, one that only helps."""
    (tmp_path / "made_up.py").write_text(SCRIPT.format(said=json.dumps(GOOD)), encoding="utf-8")
    (tmp_path / "helping.py").write_text("from bench.harness import Result\n", encoding="utf-8")
    monkeypatch.setattr(pages, "HERE", tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent.parent))
    for module in (pages, runner):
        monkeypatch.setattr(module, "RESULTS", tmp_path / "results.json")
        monkeypatch.setattr(module, "PAGE", tmp_path / "performance.md")
    return tmp_path


def test_the_page_is_what_its_writer_makes_of_the_stored_results() -> None:
    written = pages.PAGE.read_text(encoding="utf-8")
    assert written == pages.page(pages.stored()), "python -m bench.all --page makes it again"


def test_every_benchmark_is_named_on_the_page_with_how_to_repeat_it() -> None:
    text = pages.PAGE.read_text(encoding="utf-8")
    assert {"reconcile", "links", "sweep_pace", "due"} <= pages.scripts().keys()
    for name, (path, options) in pages.runs().items():
        assert f"## {name}\n" in text
        assert f"`{pages.command(path, options)}`" in text


def test_stored_results_have_the_shape_of_a_benchmark_s_and_their_own_verdict() -> None:
    for name, kept in pages.stored().items():
        result = kept["result"]
        assert runner._KEYS <= result.keys(), name
        assert result["goals"].keys() == result["met"].keys() <= result["ours"].keys(), name
        assert described(kept["machine"]), name


def test_a_row_says_goal_ours_peers_and_whether_it_is_met(house: Path) -> None:
    assert runner.main([]) == 0
    text = (house / "performance.md").read_text(encoding="utf-8")
    assert "| [made_up](#made_up) | wall_s | ≤ 1 | 1.25 | slowcheck 2.5 | **not met** |" in text
    assert "| [made_up](#made_up) | missed | ≤ 0 | 0 |  | met |" in text
    assert "Counts made-up rows.\n" in text
    assert "Made of: rows 100,000, seed 1." in text
    assert "| figure | ours | slowcheck |" in text
    assert "| small cpu_ms | 0.75 |  |" in text
    assert "Peers without figures: fastcheck (not installed)." in text
    assert "helping" not in text


def test_results_carry_the_day_and_the_machine(house: Path) -> None:
    runner.main(["--only", "made_up"])
    kept = json.loads((house / "results.json").read_text(encoding="utf-8"))["made_up"]
    assert kept["result"] == GOOD
    assert kept["machine"].keys() == machine().keys()
    assert kept["machine"]["python"].endswith(sys.version.split()[0])
    assert f"Measured on {kept['on']}: " in (house / "performance.md").read_text(encoding="utf-8")


def test_one_can_be_refreshed_and_the_others_stay(house: Path) -> None:
    other = SCRIPT.format(said=json.dumps({**GOOD, "ours": {**GOOD["ours"], "missed": 3}}))
    (house / "another.py").write_text(other, encoding="utf-8")
    runner.main([])
    before = json.loads((house / "results.json").read_text(encoding="utf-8"))
    (house / "another.py").write_text(SCRIPT.format(said=json.dumps(GOOD)), encoding="utf-8")
    assert runner.main(["--only", "another"]) == 0
    after = json.loads((house / "results.json").read_text(encoding="utf-8"))
    assert before["another"]["result"]["ours"]["missed"] == 3
    assert after["another"]["result"]["ours"]["missed"] == 0
    assert after["made_up"] == before["made_up"]


@pytest.mark.parametrize("said", ["no JSON at all", '{"bench": "made_up"}', "[1]"])
def test_a_benchmark_that_fails_keeps_its_last_row(
    said: str, house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runner.main([])
    before = (house / "results.json").read_text(encoding="utf-8")
    (house / "made_up.py").write_text(SCRIPT.format(said=said), encoding="utf-8")
    assert runner.main([]) == 1
    assert "made_up failed" in capsys.readouterr().err
    assert (house / "results.json").read_text(encoding="utf-8") == before


def test_what_was_never_measured_is_said_to_be_so(house: Path) -> None:
    runner.main(["--page"])
    text = (house / "performance.md").read_text(encoding="utf-8")
    assert "| made_up |  |  | not measured yet |  |  |" in text
    assert "Not measured yet." in text
