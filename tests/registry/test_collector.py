"""How often Python looks for cycles."""

from __future__ import annotations

import subprocess
import sys

_CODE = """
import gc
from registry import collector
{spare}
collector.leave_alone()
print(gc.get_freeze_count() > 0)
"""


def frozen(spare: str) -> str:
    command = [sys.executable, "-c", _CODE.format(spare=spare)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_what_is_loaded_is_left_alone_in_our_own_program_only() -> None:
    assert frozen("collector.spare()") == "True"
    assert frozen("") == "False"
