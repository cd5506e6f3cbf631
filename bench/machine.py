"""What the figures were measured on, read from the system at run time. No name of the machine."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path
from typing import Any

GIB = 1024**3


def machine() -> dict[str, Any]:
    """CPU, cores, memory in GiB, system, Python, and how busy it was before (load over a minute)."""
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count() or 0,
        "memory_gib": round(_memory() / GIB, 1),
        "system": _system(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
    }


def described(found: dict[str, Any]) -> str:
    """The same in one line."""
    text = (
        f"{found['cpu']}, {found['cores']} cores, {found['memory_gib']} GiB, {found['system']},"
        f" {found['python']}"
    )
    return text if found["load"] is None else f"{text}; load before {found['load']}"


def _cpu() -> str:
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        told = ""
    named = re.search(r"^model name\s*:\s*(.+)$", told, re.M)
    return named.group(1).strip() if named else platform.processor() or platform.machine()


def _memory() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 0


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (AttributeError, OSError, KeyError):
        return f"{platform.system()} {platform.release()}"
