"""What is said of a platform and of one account on it. A platform is a validated string; everything
else about it stands in its checker's own file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

PLATFORM_PATTERN = re.compile(r"[a-z][a-z0-9_]{1,31}")


@dataclass(frozen=True, slots=True)
class Identity:
    """One account on one platform, as read off an address or an id."""

    platform: str
    scheme: str
    """The id scheme, e.g. `uid`, `gh_id`, `biz`; `url` where only an address is known."""
    value: str
    url: str = ""
    """A public address of the account, if the text held one."""
    form: str = ""


@dataclass(frozen=True, slots=True)
class PlatformInfo:
    """What the registry needs to know of a platform to recognise it in a spreadsheet."""

    platform: str
    label: Mapping[str, str]
    synonyms: tuple[str, ...]
    forms: Mapping[str, str] = field(default_factory=dict)
    """Folded synonym → form, e.g. 订阅号 → 订阅号."""
    schemes: Mapping[str, str] = field(default_factory=dict)
    """Id scheme → the pattern a full value matches."""
    preferred: str = ""
    """The scheme of the native id."""
    identify: Callable[[str], Identity | None] | None = field(default=None, compare=False)
    """What the platform's own checker takes a text for; None where there is none."""
