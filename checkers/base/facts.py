"""What one look showed: posts and how many of them, the account itself, its links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from operator import attrgetter

from checkers.base.exchanges import Hop
from checkers.site_facts import SiteFacts
from registry.vocab import CoverageKind, Derivation, Existence, LinkKind, Precision, Reason


@dataclass(frozen=True, slots=True, init=False)
class Post:
    """One post as listed. A list has hundreds: each is filled in half the time that a frozen
    dataclass takes by itself."""

    published_at: datetime
    """UTC. With day precision: midnight in Shanghai, and only its Shanghai date means anything."""
    precision: Precision = Precision.SECOND
    title: str = ""
    url: str = ""
    own: bool = True
    """False for other people's items in the list; a repost by the account is its own."""
    pinned: bool = False
    derived_from: Derivation = Derivation.FIELD

    def __init__(
        self,
        published_at: datetime,
        precision: Precision = Precision.SECOND,
        title: str = "",
        url: str = "",
        own: bool = True,
        pinned: bool = False,
        derived_from: Derivation = Derivation.FIELD,
    ) -> None:
        _at(self, published_at)
        _precision(self, precision)
        _title(self, title)
        _url(self, url)
        _own(self, own)
        _pinned(self, pinned)
        _derived_from(self, derived_from)


_at, _precision, _title, _url, _own, _pinned, _derived_from = (
    getattr(Post, each.name).__set__ for each in fields(Post)
)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the post list was seen; `since` (UTC) goes with REACHES_BACK_TO."""

    kind: CoverageKind = CoverageKind.UNREAD
    since: datetime | None = None
    until: datetime | None = None
    """UTC; the list knows nothing of posts from here on (statistics that end yesterday), so it
    counts as read at this moment. None: it was current when it was fetched."""


@dataclass(frozen=True, slots=True)
class Link:
    """One menu entry or link of the account, as found; whether it works is another check's fact."""

    label: str
    kind: LinkKind = LinkKind.URL
    url: str = ""
    path: tuple[str, ...] = ()
    """Where it stands: menu, sub-menu."""
    appid: str = ""
    page: str = ""
    place: str = ""
    """Where its label counts as text; empty: at its path. On a website it is a title too, which
    another check reads at its address: one hint, not two."""


@dataclass(frozen=True, slots=True)
class LinkFact:
    """What happened when one address was asked for. `verdicts` judges it."""

    url: str
    status: int = 0
    final_url: str = ""
    hops: tuple[Hop, ...] = ()
    signal: str = ""
    """What the body says beyond the status, e.g. `deleted`, `violation`, `migrated`."""
    signal_text: str = ""
    failure: Reason | None = None
    detail: str = ""
    certificate_expired_at: datetime | None = None
    appid: str = ""
    """With `page`: the mini-program's page that was tried; then `url` is empty."""
    page: str = ""
    seconds: float = 0.0
    """How long the answer took, if that is known."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of text that the account shows, for hints at personal data and misprints."""

    text: str
    where: str = ""
    """Its address, or what it is: a title, a menu label."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What one look showed. Not a verdict: that needs a rule set and a time point."""

    existence: Existence = Existence.UNKNOWN
    posts: tuple[Post, ...] = ()
    coverage: Coverage = Coverage()
    display_name: str | None = None
    """None when not seen or not trustworthy (`undefined`, all digits, empty)."""
    verified_subject: str | None = None
    counters: Mapping[str, int] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    link_facts: tuple[LinkFact, ...] = ()
    identifiers: Mapping[str, str] = field(default_factory=dict)
    """Ids seen in the answer, by scheme."""
    signal: str = ""
    """The text or code that led to GONE_SIGNAL or RESTRICTED, as received."""
    note: str = ""
    site: SiteFacts | None = None
    """Of a website only."""
    passages: tuple[Passage, ...] = ()
    """Text seen beside the posts' titles. It is scanned when the check is stored, never stored."""

    @property
    def newest(self) -> Post | None:
        """The newest own post, pinned or not."""
        return max((p for p in self.posts if p.own), key=lambda p: p.published_at, default=None)


def newest_first(posts: Sequence[Post]) -> tuple[Post, ...]:
    """The posts sorted newest first, own or not."""
    return tuple(sorted(posts, key=attrgetter("published_at"), reverse=True))
