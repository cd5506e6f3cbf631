"""`observe`: note what a person saw, one account or a whole filled-in sheet."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.door import Door
from commands.options import POINT
from registry.messages import _

if TYPE_CHECKING:
    from registry.db import Registry

pass_door = click.make_pass_decorator(Door)
