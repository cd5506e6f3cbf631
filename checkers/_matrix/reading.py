"""A unit's own site read for the accounts that it shows: links, QR codes, short links, stores.

It goes from the pages given to those columns of the same site that by their names may hold the
新媒体矩阵, a bounded number of them. It never visits a platform: an address that names an account
is taken as it stands, and a short link is followed only until it does.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from urllib.parse import urljoin

from checkers._matrix.words import (
    Whose,
    account_name,
    among_friends,
    in_article,
    in_matrix,
    in_prose,
    is_content,
    is_front,
    is_matrix,
    is_share,
    is_short,
    leads_to_matrix,
    may_be_code,
    of_another,
    of_wechat,
    same_site,
    speaks_of_a_post,
)
from checkers._site.filling import is_filled_by_scripts
from checkers._site.tree import read_page
from checkers._web.html import Anchor, Html, Picture, Spot, read_html
from checkers._web.qr import embedded, image_request, is_web, read_code
from checkers.base import (
    Checker,
    Facts,
    Inconclusive,
    Link,
    LinkFact,
    Request,
    Response,
    Source,
    Steps,
    Target,
)
from registry.vocab import QR_UNREADABLE, Identity, LinkKind, Proof, Reason

MOST_PAGES = 12
MOST_PICTURES = 40
MOST_SHORT = 40
MOST_HOPS = 5
LONGEST_LABEL = 15
"""One post or article stands for its account only where a short label says so: 青石发布微信."""

LONGEST_NEAR = 40
"""Words beside a link that tell of its platform; longer ones are about something else."""

DEEPEST = 2
"""Columns of the page given, and columns of those."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_WEBSITE = "website"

Talk = Generator[list[Request], list[Response], None]


@dataclass(frozen=True, slots=True)
class Eye:
    """What is needed to recognise an account and to tell whose it is."""

    identify: Callable[[str], Identity | None]
    mentioned: Callable[[str], frozenset[str]]
    """The platforms that a text names."""
    whose: Whose = Whose()


class Matrix(Checker):
    """The accounts that a site shows. `target.url` is the page to begin with.

    Returns Facts whose `links` are the accounts (label: a name or nothing; url; path: the title and
    the address of the page) and whose `link_facts` are pages and images that could not be read.
    """

    label = {"zh": "网站新媒体矩阵", "en": "accounts shown on a site"}
    sources = (
        Source(
            "matrix",
            frozenset({Proof.LINKS}),
            label={"zh": "单位网站", "en": "the unit's site"},
        ),
    )

    def __init__(self, eye: Eye) -> None:
        self._eye = eye

    def check(self, target: Target, source: str) -> Steps:
        """Read the site. Raises Inconclusive when the page given cannot be read."""
        walk = _Walk(self._eye, target.url)
        yield from walk.visits()
        if walk.pages == 0:
            raise walk.why()
        yield from walk.look_at_pictures()
        yield from walk.visits()
        return walk.facts()


@dataclass(frozen=True, slots=True)
class _Visit:
    """An address to ask for, and what was said of it."""

    url: str
    label: str = ""
    path: tuple[str, ...] = ()
    kind: LinkKind = LinkKind.URL
    depth: int = 0
    hops: int = 0
    short: bool = False
    """It only leads on: wherever it ends, it is no page of the site."""
    matrix: bool = False
    """By its name the column holds the unit's accounts."""


class _Walk:
    """One site under way."""

    def __init__(self, eye: Eye, start: str) -> None:
        self._eye = eye
        self._start = start
        self._queue = [_Visit(start)]
        self._queued = {_key(start)}
        self._found: dict[tuple[str, ...], Link] = {}
        self._unread: dict[str, LinkFact] = {}
        self._pictures: dict[str, tuple[Picture, tuple[str, ...]]] = {}
        self._short = 0
        self.pages = 0

    # --- pages --------------------------------------------------------------------------------

    def visits(self) -> Talk:
        """Ask for what is in the queue, round by round, until nothing is left."""
        while self._queue:
            batch, self._queue = self._queue, []
            responses = yield [Request(visit.url, redirects=False) for visit in batch]
            for visit, response in zip(batch, responses, strict=True):
                self._answered(visit, response)

    def _answered(self, visit: _Visit, response: Response) -> None:
        location = response.headers.get("location", "")
        if response.status in _REDIRECTS and location:
            self._onward(visit, urljoin(visit.url, location.strip()))
            return
        if response.status == 200 and _is_picture(response):
            where = visit.path or (visit.label, visit.url)
            self._decoded(visit.url, Picture(visit.url, visit.label), where, response.body)
            return
        try:
            page = self._page(visit, response)
        except Inconclusive as error:
            self._lost(visit, LinkFact(visit.url, response.status, failure=error.reason))
            return
        if page is not None and page.refresh and not page.anchors:
            self._onward(visit, page.refresh)
        elif page is not None:
            before = self._gathered()
            self._read(visit, page)
            if self._gathered() == before and self._may_be_filled(visit, page, response):
                self._unread.setdefault(
                    visit.url, LinkFact(visit.url, 200, failure=Reason.CHANGED_LAYOUT)
                )

    def _page(self, visit: _Visit, response: Response) -> Html | None:
        response.usable()
        if response.status != 200:
            raise Inconclusive(Reason.NOT_FOUND, f"HTTP {response.status}")
        if visit.short:
            self._lost(visit, None)
            return None
        page = read_html(response.body, response.headers.get("content-type", ""), visit.url)
        if not page.anchors and not page.pictures and not page.refresh and not page.text:
            raise Inconclusive(Reason.CHANGED_LAYOUT, "nothing to read")
        return page

    def _gathered(self) -> int:
        return len(self._found) + len(self._pictures) + len(self._queued)

    def _may_be_filled(self, visit: _Visit, page: Html, response: Response) -> bool:
        """True for a page that should show accounts, shows none, and may be filled by scripts:
        what it does not show may be there all the same."""
        if visit.depth and not visit.matrix and not is_matrix(page.title):
            return False
        held = read_page(replace(response, url=visit.url))
        return held is not None and is_filled_by_scripts(held)

    def _lost(self, visit: _Visit, fact: LinkFact | None) -> None:
        """It led nowhere. A short address of a platform is an account all the same."""
        if visit.short and (found := self._eye.identify(visit.url)) is not None:
            self._keep(found, visit.url, visit.label, visit.path, visit.kind)
        elif fact is not None:
            self._unread[visit.url] = fact

    def _onward(self, visit: _Visit, url: str) -> None:
        """Where a page or a short link led: an account, or the next thing to ask for."""
        if self._take(url, visit.label, visit.path, visit.kind):
            return
        short = visit.short or is_short(url)
        if short and self._is_website(url):
            return
        if visit.hops >= MOST_HOPS:
            self._lost(visit, LinkFact(visit.url, failure=Reason.REDIRECT_LOOP))
        elif is_web(url) and (short or visit.depth == 0 or same_site(url, self._start)):
            if visit.depth == 0 and not short:
                self._start = url
            self._ask(
                _Visit(
                    url,
                    visit.label,
                    visit.path,
                    visit.kind,
                    visit.depth,
                    visit.hops + 1,
                    short,
                    visit.matrix,
                ),
                again=True,
            )

    def _ask(self, visit: _Visit, again: bool = False) -> None:
        key = _key(visit.url)
        if again or key not in self._queued:
            self._queued.add(key)
            self._queue.append(visit)

    def _read(self, visit: _Visit, page: Html) -> None:
        self.pages += 1
        where = (page.title or visit.label, visit.url)
        matrix = visit.matrix or is_matrix(page.title)
        for anchor in page.anchors:
            self._weigh(anchor, where, visit.depth, matrix)
        for picture in page.pictures:
            self._notice(picture, where, matrix)
        for frame in page.frames:
            if same_site(frame, self._start) and len(self._queued) - self._short < MOST_PAGES:
                self._ask(_Visit(frame, visit.label, where, depth=visit.depth + 1, matrix=matrix))
        if page.cut:
            self._unread[visit.url] = LinkFact(visit.url, 200, failure=Reason.TOO_LARGE)

    # --- links --------------------------------------------------------------------------------

    def _weigh(self, anchor: Anchor, where: tuple[str, ...], depth: int, matrix: bool) -> None:
        url, spot = anchor.url, anchor.spot
        if spot.hidden or not is_web(url) or is_share(url):
            return
        said = f"{anchor.title} {anchor.text}".strip()
        if same_site(url, self._start):
            self._follow(anchor, where, depth, matrix)
            return
        if self._foreign(said, spot, matrix):
            return
        if is_content(url) and not self._names_an_account(said):
            return
        name = account_name(anchor.title, anchor.text, spot.row, *spot.labels[:1])
        if self._take(url, name, where, LinkKind.URL):
            return
        if is_front(url):
            return
        if is_short(url) or (self._mentions(said, spot, matrix) and not self._is_website(url)):
            self._shorten(url, name, where, LinkKind.URL)

    def _names_an_account(self, said: str) -> bool:
        if len(said) > LONGEST_LABEL or speaks_of_a_post(said):
            return False
        return bool(self._eye.mentioned(said))

    def _mentions(self, said: str, spot: Spot, matrix: bool) -> bool:
        """True when the words at a link name a platform; among the unit's accounts those of its
        row or of the heading over it do as well."""
        if self._eye.mentioned(said):
            return True
        if not (matrix or in_matrix(spot)):
            return False
        near = (spot.row, *spot.labels[:1])
        return any(len(words) <= LONGEST_NEAR and self._eye.mentioned(words) for words in near)

    def _follow(self, anchor: Anchor, where: tuple[str, ...], depth: int, matrix: bool) -> None:
        """A page of the site itself: a column that may hold accounts, or an address that leads on."""
        said = anchor.text or anchor.title
        column = leads_to_matrix(anchor.text) or leads_to_matrix(anchor.title)
        named = len(said) <= 20 and self._mentions(said, anchor.spot, matrix)
        if not (column or named) or depth >= DEEPEST or among_friends(anchor.spot):
            return
        if len(self._queued) - self._short >= MOST_PAGES:
            return
        spot = anchor.spot
        name = account_name(anchor.title, anchor.text, spot.row, *spot.labels[:1])
        self._ask(_Visit(anchor.url, name, where, depth=depth + 1, matrix=column))

    def _foreign(self, said: str, spot: Spot, matrix: bool) -> bool:
        """True when what stands here is not the unit's own."""
        own_block = matrix or in_matrix(spot)
        if among_friends(spot) or (in_prose(spot) if own_block else in_article(spot)):
            return True
        row = spot.row if len(spot.row) <= 60 else ""
        return of_another(f"{said} {row}", self._eye.whose, matrix=own_block)

    def _shorten(self, url: str, name: str, where: tuple[str, ...], kind: LinkKind) -> None:
        if self._short < MOST_SHORT and _key(url) not in self._queued:
            self._short += 1
            self._ask(_Visit(url, name, where, kind, depth=1, short=True))

    def _take(self, url: str, name: str, where: tuple[str, ...], kind: LinkKind) -> bool:
        """Keep the account that an address names. False where it names none, or not yet."""
        found = None if is_share(url) else self._eye.identify(url)
        if found is None and not of_wechat(url):
            return False
        if found is not None and found.platform == _WEBSITE:
            return False
        if found is not None and found.scheme == "url" and is_short(url):
            return False
        self._keep(found, url, name, where, kind)
        return True

    def _keep(
        self,
        found: Identity | None,
        url: str,
        name: str,
        where: tuple[str, ...],
        kind: LinkKind,
    ) -> None:
        key = (found.platform, found.scheme, found.value) if found else ("", "", url)
        known = self._found.get(key)
        if known is None or (name and not known.label):
            self._found[key] = Link(name, kind, url, where)

    def _is_website(self, url: str) -> bool:
        found = self._eye.identify(url)
        return found is not None and found.platform == _WEBSITE

    # --- pictures -----------------------------------------------------------------------------

    def _notice(self, picture: Picture, where: tuple[str, ...], matrix: bool) -> None:
        """Remember an image that may be a QR code of the unit's. One that only shows when somebody
        points at it is a usual place for them, so hiding by style does not count."""
        spot = picture.spot
        words = f"{picture.alt} {picture.title} {spot.row} {' '.join(spot.words[:4])}"
        likely = matrix or in_matrix(spot) or may_be_code(picture.url, words)
        if not likely or spot.hidden in {"size", "position"} or picture.url in self._pictures:
            return
        if self._foreign(f"{picture.alt} {picture.title}", spot, matrix):
            return
        if len(self._pictures) < MOST_PICTURES:
            self._pictures[picture.url] = (picture, where)

    def look_at_pictures(self) -> Talk:
        """Decode the images noticed; what a code leads to is taken or put in the queue."""
        asked = [url for url in self._pictures if is_web(url)]
        answers = (yield [image_request(url) for url in asked]) if asked else []
        bodies = dict(zip(asked, answers, strict=True))
        for url, (picture, where) in self._pictures.items():
            answer = bodies.get(url)
            body = (answer.body if answer.status == 200 else b"") if answer else embedded(url)
            if answer is not None and answer.failure is not None:
                self._unread[url] = LinkFact(url, failure=answer.failure.reason)
                continue
            self._decoded(url, picture, where, body or b"")

    def _decoded(self, url: str, picture: Picture, where: tuple[str, ...], body: bytes) -> None:
        code = read_code(body)
        spot = picture.spot
        name = account_name(picture.alt, picture.title, spot.row, *spot.labels[:1])
        if code.fault == QR_UNREADABLE and self._may_hold(picture):
            self._unread[url] = LinkFact(url, 200, signal=code.fault, detail=name)
        for text in code.texts:
            if is_web(text) and not same_site(text, self._start) and not is_content(text):
                if not self._take(text, name, where, LinkKind.QR):
                    self._shorten(text, name, where, LinkKind.QR)

    def _may_hold(self, picture: Picture) -> bool:
        """Whether a picture without a QR code is worth telling of: WeChat's round codes are named
        as codes, plain pictures are not."""
        words = f"{picture.alt} {picture.title} {picture.spot.row}"
        return may_be_code("", words) or may_be_code(picture.url, "")

    # --- the result ---------------------------------------------------------------------------

    def why(self) -> Inconclusive:
        """Why nothing was read."""
        fact = next(iter(self._unread.values()), None)
        reason = fact.failure if fact else None
        return Inconclusive(reason or Reason.AMBIGUOUS, fact.url if fact else "")

    def facts(self) -> Facts:
        return Facts(links=tuple(self._found.values()), link_facts=tuple(self._unread.values()))


def _is_picture(response: Response) -> bool:
    return response.headers.get("content-type", "").lower().startswith("image/")


def _key(url: str) -> str:
    return url.partition("#")[0].rstrip("/")
