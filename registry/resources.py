"""Files that come with the program: found the same way in a checkout and in an installed wheel.

Read-only. What a user wrote (mappings, local rule sets) lies beside the registry, never here.
"""

from __future__ import annotations

import site
import sysconfig
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from registry.errors import NotFound
from registry.messages import _

SHARED_FOLDER = "share/taizhang"
"""Where a wheel puts its data files, below the root of the environment."""


def resource(package: str, name: str) -> Traversable:
    """The file or folder `name` (with `/` between parts) inside the package `package`.

    Raises NotFound when the installation is incomplete.
    """
    found = resources.files(package).joinpath(*name.split("/"))
    if not (found.is_file() or found.is_dir()):
        raise _incomplete(f"{package}/{name}")
    return found


def shared_file(name: str) -> Path:
    """The data file `name` (`accounts.db.sample`): top of the checkout, or the wheel's share.

    Raises NotFound when it is in neither.
    """
    for folder in _shared_folders():
        if (folder / name).is_file():
            return folder / name
    raise _incomplete(name)


def _shared_folders() -> list[Path]:
    checkout = Path(__file__).resolve().parent.parent
    roots = [sysconfig.get_path("data"), site.getuserbase()]
    return [checkout, *(Path(root) / SHARED_FOLDER for root in roots)]


def _incomplete(name: str) -> NotFound:
    return NotFound(
        _("The program's own file {name} is missing.").format(name=name),
        _("Install the program again."),
    )
