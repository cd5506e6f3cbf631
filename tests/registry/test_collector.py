"""How often Python looks for cycles."""

from __future__ import annotations

import subprocess
import sys

_CODE = """
import gc
from registry import collector
{spare}
{work}
print(gc.get_freeze_count() > 0)
"""
_RESTING = """
with collector.resting():
    assert not gc.isenabled()
assert gc.isenabled()
"""
_RESTING_WITHIN = """
gc.disable()
with collector.resting():
    pass
assert not gc.isenabled()
"""
_CYCLES_OF_A_SWEEP = """
import weakref
collector.leave_alone()
class Node: pass
def look():
    one, other = Node(), Node()
    one.other, other.one = other, one
    return weakref.ref(one)
seen = [look() for _ in range(300)]
kept = [[] for _ in range(60_000)]
assert not any(ref() for ref in seen), "cycles of looks stay"
"""


def frozen(spare: str, work: str = "collector.leave_alone()") -> str:
    command = [sys.executable, "-c", _CODE.format(spare=spare, work=work)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_what_is_loaded_is_left_alone_in_our_own_program_only() -> None:
    assert frozen("collector.spare()") == "True"
    assert frozen("") == "False"


def test_after_work_without_looks_they_go_on_and_only_our_own_program_leaves_its_rows_alone() -> (
    None
):
    assert frozen("collector.spare()", _RESTING) == "True"
    assert frozen("", _RESTING) == "False"


def test_whoever_looks_for_no_cycles_goes_on_so() -> None:
    assert frozen("", _RESTING_WITHIN) == "False"


def test_cycles_that_a_sweep_leaves_behind_are_found_while_it_runs() -> None:
    assert frozen("collector.spare()", _CYCLES_OF_A_SWEEP) == "True"
