"""The report of an unexpected error: a traceback without values, secrets redacted."""

from __future__ import annotations

import platform
import tempfile
import traceback
from pathlib import Path

from sweeps.credentials import redact


def write_crash_report(error: BaseException) -> Path:
    """Write the traceback to a new file in the temporary folder and return its path."""
    lines = traceback.format_exception(error)
    text = f"Python {platform.python_version()} on {platform.system()}\n" + "".join(lines)
    with tempfile.NamedTemporaryFile(
        "w", prefix="taizhang-error-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        file.write(redact(text))
    return Path(file.name)
