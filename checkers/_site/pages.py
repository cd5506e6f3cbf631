"""A website's home page and columns read for their entries, and what that lets one say.

Silence is claimed only of a home page that shows its own lists, all of whose entries are known to be
old: by the day beside them, by their address or by their own page. Anything else is PARTIAL.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from checkers._site.article import Article, doubt, read_article
from checkers._site.columns import Lead, latest, leads, read_column
from checkers._site.entries import Entry, entries, shown_days
from checkers._site.filling import is_filled_by_scripts
from checkers._site.hidden import hidden_links
from checkers._site.hosts import place, same_host
from checkers._site.marks import marks, name_for, site_code, tells_of_marks
from checkers._site.passages import Passages
from checkers._site.robots import Rule, may_read
from checkers._site.tree import SitePage
from checkers._site.visit import address_of, opened, visit
from checkers._web.lines import OF_ARTICLE
from checkers.base import (
    Coverage,
    Facts,
    Inconclusive,
    Post,
    Request,
    Response,
    Target,
    newest_first,
)
from checkers.site_facts import DoubtfulDate, HiddenLink, SiteColumn, SiteFacts
from registry.dates import shanghai_date, start_of_day
from registry.vocab import (
    WALL_REASONS,
    CheckKind,
    CoverageKind,
    Derivation,
    Existence,
    Precision,
    Reason,
    SitePart,
)

_FEWEST = 5
"""Own dated entries on a home page without which its silence proves nothing."""

_CONFIRMED = 3
_UNDATED = 6
"""Pages that are opened for the day of an entry: of the newest ones, and of ones without a day."""

_MOST_BYTES = 2_000_000
"""Of a further page; the home page may have as many as any answer."""

_DAY = timedelta(days=1)
_ABSENT = frozenset({Reason.NOT_FOUND})

Key = tuple[str, str, str]


@dataclass(slots=True)
class _Look:
    """What one look has gathered so far."""

    home: SitePage
    name: str
    """As the ledger writes it."""
    seen_at: datetime
    rules: tuple[Rule, ...]
    since: date | None
    """The day that a list must reach back to."""
    listed: dict[Key, Entry] = field(default_factory=dict)
    """All entries of all pages read."""
    on_home: list[Key] = field(default_factory=list)
    from_field: set[Key] = field(default_factory=set)
    """Entries whose day is the PubDate of their own page."""
    columns: list[SiteColumn] = field(default_factory=list)
    hidden: list[HiddenLink] = field(default_factory=list)
    doubtful: list[DoubtfulDate] = field(default_factory=list)
    passages: Passages = field(default_factory=Passages)
    opened_articles: int = 0
    unread: str = ""
    """Why a page that was asked for was not read; then nothing is complete."""

    @property
    def today(self) -> date:
        """The day in Shanghai of the look."""
        return shanghai_date(self.seen_at)

    def add(self, found: Sequence[Entry]) -> None:
        """Take the entries of a page in; one seen before gains the day it lacked."""
        for entry in found:
            known = self.listed.setdefault(entry.place, entry)
            if known is not entry and entry.dated and not known.dated:
                self.listed[entry.place] = entry._replace(group=known.group)


def read_pages(target: Target) -> Generator[Request | list[Request], Any, Facts]:
    """The facts of a site: with kind IDENTITY of its home page alone, else of its columns too."""
    page, response, rules = yield from visit(address_of(target))
    back_to = target.read_back_to
    since = shanghai_date(back_to) if back_to.tzinfo else None
    look = _Look(
        page, target.name, response.moment, rules, since, hidden=hidden_links(page, page.url)
    )
    if target.kind is CheckKind.IDENTITY:
        look.passages.add(page, page.url)
        return _facts(look, SitePart.MARKS, SitePart.HIDDEN)
    found = entries(page, page.url, look.seen_at)
    look.passages.add(page, page.url, found)
    look.add(found)
    look.on_home = [entry.place for entry in found]
    yield from _columns(look)
    yield from _articles(look)
    return _whole(look)


# --- columns --------------------------------------------------------------------------------------


def _columns(look: _Look) -> Generator[list[Request], Any, None]:
    wanted = leads(look.home, look.home.url, look.rules)
    if not wanted:
        return
    answers: list[Response] = yield [_request(lead.url) for lead in wanted]
    for lead, answer in zip(wanted, answers, strict=True):
        page = _page(look, answer)
        if page is not None and same_host(page.url, look.home.url):
            _column(look, lead, page)


def _request(url: str) -> Request:
    return Request(url, max_bytes=_MOST_BYTES)


def _page(look: _Look, answer: Response) -> SitePage | None:
    """The page of a further answer; a missing one shows nothing, any other fault is kept."""
    try:
        return opened(answer)
    except Inconclusive as error:
        if error.reason not in _ABSENT:
            walled = error.reason in WALL_REASONS
            look.unread = error.reason.value if walled or not look.unread else look.unread
        return None


def _column(look: _Look, lead: Lead, page: SitePage) -> None:
    found = entries(page, look.home.url, look.seen_at)
    look.columns.append(read_column(lead, page, found, look.today))
    look.hidden += hidden_links(page, look.home.url)
    look.passages.add(page, lead.url, found)
    look.add(found)


# --- single pages ---------------------------------------------------------------------------------


def _articles(look: _Look) -> Generator[list[Request], Any, None]:
    """Open the newest entries, and those without a day that may hide an update."""
    if look.unread in {reason.value for reason in WALL_REASONS}:
        return
    wanted = [entry for entry in _to_open(look) if may_read(look.rules, entry.url)]
    if not wanted:
        return
    answers: list[Response] = yield [_request(entry.url) for entry in wanted]
    for entry, answer in zip(wanted, answers, strict=True):
        article = read_article(answer, entry.url)
        if article is not None:
            _take(look, entry, article)
        elif answer.status not in {404, 410}:
            failed = answer.failure.reason.value if answer.failure else f"HTTP {answer.status}"
            look.unread = look.unread or failed


def _to_open(look: _Look) -> list[Entry]:
    host = place(look.home.url)[0]
    own = [e for e in look.listed.values() if e.place[0] == host]
    last = max((e for e in own if e.dated), key=lambda e: e.day or date.min, default=None)
    newest = last.day if last else None
    guessed = [e for e in own if e.day and not e.dated and (newest is None or e.day > newest)]
    guessed.sort(key=lambda e: e.day or date.min, reverse=True)
    wanted = [*guessed[:_CONFIRMED], *([last] if last else [])]
    if look.since is not None and (newest is None or newest < look.since):
        unsure = [e for e in own if e.day is None and e.place in look.on_home]
        wanted += [e for e in unsure if latest(e, look.today) >= look.since][:_UNDATED]
    return wanted


def _take(look: _Look, entry: Entry, article: Article) -> None:
    """Let the entry have the day of its own page; a contradiction is kept."""
    look.opened_articles += 1
    if article.page is not None:
        look.passages.add(article.page, OF_ARTICLE.format(url=entry.url))
    listed = entry.day if entry.dated else None
    found = doubt(article, entry.title, listed)
    if found is not None:
        look.doubtful.append(found)
    if article.published is not None:
        look.listed[entry.place] = entry._replace(
            title=entry.title or article.title, day=article.published, dated=True
        )
        if listed is None and article.from_meta:
            look.from_field.add(entry.place)


# --- facts ----------------------------------------------------------------------------------------


def _whole(look: _Look) -> Facts:
    facts = _facts(
        look,
        SitePart.MARKS,
        SitePart.HIDDEN,
        *([SitePart.COLUMNS] if look.columns else []),
        *([SitePart.DATES] if look.opened_articles else []),
    )
    posts = newest_first(
        [_post(look, key, entry) for key, entry in look.listed.items() if entry.dated]
    )
    return replace(facts, posts=posts, coverage=_coverage(look), note=_note(look))


def _post(look: _Look, key: Key, entry: Entry) -> Post:
    assert entry.day is not None
    derived = Derivation.FIELD if key in look.from_field else Derivation.TEXT
    at, title, url, own = start_of_day(entry.day), entry.title, entry.url, entry.own
    return Post(at, Precision.DAY, title, url, own, False, derived)


def _note(look: _Look) -> str:
    return f"a page was not read: {look.unread}" if look.unread else ""


def _facts(look: _Look, *parts: SitePart) -> Facts:
    shown, code = marks(look.home), site_code(look.home)
    looked_at = frozenset(parts)
    if not tells_of_marks(look.home, shown):
        looked_at -= {SitePart.MARKS}
    return Facts(
        existence=Existence.EXISTS,
        display_name=name_for(look.home, look.name),
        identifiers={"site_code": code} if code else {},
        site=SiteFacts(
            looked_at,
            columns=tuple(look.columns),
            marks=shown,
            hidden=tuple(look.hidden),
            doubtful=tuple(look.doubtful),
        ),
        passages=tuple(look.passages.found),
    )


def _coverage(look: _Look) -> Coverage:
    """REACHES_BACK_TO where the home page's silence is sure; else PARTIAL."""
    shown = [look.listed[key] for key in look.on_home]
    own = [entry for entry in shown if entry.own and entry.dated]
    if look.unread or len(own) < _FEWEST or not look.home.whole:
        return Coverage(CoverageKind.PARTIAL)
    if is_filled_by_scripts(look.home):
        return Coverage(CoverageKind.PARTIAL)
    since = max(_reach(own), *_unsure(look, shown), date.min)
    if since > look.today:
        return Coverage(CoverageKind.PARTIAL)
    return Coverage(CoverageKind.REACHES_BACK_TO, start_of_day(since))


def _unsure(look: _Look, shown: Sequence[Entry]) -> Iterator[date]:
    """Days after which nothing of the home page that is not surely old can have been published."""
    for entry in shown:
        if not (entry.own and entry.dated):
            yield latest(entry, look.today) + _DAY
    newest = max(entry.day for entry in shown if entry.own and entry.dated and entry.day)
    for day in shown_days(look.home, look.seen_at, newest):
        yield day + _DAY
    for found in look.doubtful:
        yield shanghai_date(max(found.printed, found.contradicted_by)) + _DAY


def _reach(own: Sequence[Entry]) -> date:
    """The day from which on no list lacks an entry: the day after the end of the shortest-reaching.

    The last entry of a list is its end; an older one further up was put there by hand.
    """
    ends = {entry.group: entry.day for entry in own if entry.day}
    return max(ends.values()) + _DAY
