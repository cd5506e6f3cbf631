"""What a page consists of: links, pictures and words, each with the place where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MOST_ANCHORS = 20_000
MOST_PICTURES = 5_000


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something stands on a page."""

    hidden: str = ""
    words: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    row: str = ""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link: `<a>`, `<area>`, or an element that opens an address when clicked."""

    url: str
    """Absolute; as written where it cannot be joined with the page's address."""
    href: str
    """As written."""
    text: str = ""
    title: str = ""
    """Its title, or the alt text of a picture in it."""
    spot: Spot = Spot()


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of the page."""

    url: str
    alt: str = ""
    title: str = ""
    link: str = ""
    """Address of the link that it stands in."""
    spot: Spot = Spot()


@dataclass(frozen=True, slots=True)
class Html:
    """One page as read."""

    url: str
    """Its base: the address asked for, or what `<base>` says."""
    title: str = ""
    metas: Mapping[str, str] = field(default_factory=dict)
    """Name, property or http-equiv in lower case → the first content given for it."""
    refresh: str = ""
    """Absolute address to which the page itself leads on (`<meta http-equiv=refresh>`)."""
    frames: tuple[str, ...] = ()
    """Absolute addresses of the pages it holds."""
    anchors: tuple[Anchor, ...] = ()
    pictures: tuple[Picture, ...] = ()
    text: str = ""
    """Words in sight: white space folded, a line for each block."""
    charset: str = "utf-8"
    """The codec by which it was read."""
    cut: bool = False
    """The page goes on beyond what was read."""
