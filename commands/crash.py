"""The report of an unexpected error: a traceback without the values of variables, and without
any secret that this process has come to know."""

from __future__ import annotations

import os
import platform
import tempfile
import traceback
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from registry.errors import TaizhangError
from sweeps.network.credentials import Credentials, Redactor

REDACTORS: list[Redactor] = []
"""Those of the credentials opened in this process; tokens fetched meanwhile are known to them."""


def program_version() -> str:
    """The version that is installed; `0` in a checkout that is not."""
    try:
        return version("taizhang")
    except PackageNotFoundError:
        return "0"


def write_crash_report(error: BaseException) -> Path:
    """Write the traceback to a new file in the temporary folder and return its path."""
    lines = traceback.format_exception(error)
    text = f"Python {platform.python_version()} on {platform.system()}\n" + "".join(lines)
    for redactor in [*REDACTORS, *_from_environment()]:
        text = redactor.text(text)
    with tempfile.NamedTemporaryFile(
        "w", prefix="taizhang-error-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        file.write(text)
    return Path(file.name)


def _from_environment() -> list[Redactor]:
    try:
        return [Credentials(os.environ).redactor]
    except TaizhangError:  # a secret too short to be redacted is refused wherever it is used
        return []
