"""The entries that a website's page lists: title, address and, where it is printed, the day.

A day belongs to a link when both stand in one item: a row, a list item, a block or a line. Days in
titles, sentences, addresses, menus (`<option>`), clocks and footers belong to none.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from lxml.etree import _Element

from checkers._site.dates import (
    InAddress,
    Printed,
    in_address,
    in_pieces,
    may_name_a_day,
    printed,
    that_may_name_days,
)
from checkers._site.hosts import is_own, place
from checkers._site.kinds import looks_like_article, may_be_article
from checkers._site.rows import Place
from checkers._site.tree import NOT_SHOWN, SitePage, named

_ITEMS = frozenset({"li", "tr"})
_LISTS = frozenset({"ul", "ol", "table", "tbody", "body", "html", "form"})
_INLINE = frozenset({"span", "i", "em", "b", "font", "small", "strong", "time", "label", "u"})
_LEVELS = 6
_MOST_IN_ITEM = 6
"""Links in one row or list item; one that holds more is a block of its own."""

_SHORTEST_TITLE = 6
"""Characters; a shorter link is a button or a column, unless its address is that of a page."""

_MOST_PIECES = 10_000
_FAR = 60
_TITLE = 10
"""Characters from which a link's words are a title, whatever its address looks like."""

_FOOTER = re.compile(r"foot|copyright|banquan|beian|(?:^| )(?:page-?)?bottom\d?(?: |$)")


class Entry(NamedTuple):
    """One entry of a list."""

    url: str
    place: Place
    """What tells its page from others."""
    title: str
    day: date | None = None
    """None where no day is printed beside it."""
    dated: bool = False
    """Its day is known with its year, which is not only guessed."""
    own: bool = True
    """It leads to a page of the site itself."""
    group: int = 0
    """The list that holds it; entries of one page share numbers."""


def entries(page: SitePage, home: str, seen_at: datetime) -> list[Entry]:
    """The entries of a page of the site `home`, dated ones and links that look like articles.

    In the order of the page, each address once.
    """
    found: dict[Place, Entry] = {}
    groups: dict[_Element | None, int] = {}
    itself = {place(page.url), place(home)}
    for link, url in page.links_and_runs():
        if not url:
            _take_rows(page, link, seen_at, itself, groups, found)
            continue
        if _says_little(page, link) and not looks_like_article(url):
            continue
        here = place(url)
        if here in itself:
            continue
        words = _words(page, link, seen_at)
        titled = _is_titled(words.title, link)
        single = looks_like_article(url) or (len(words.title) >= _TITLE and may_be_article(url))
        if not (single or titled) or _left_out(page, link):
            continue
        item = _item(page, link)
        day = _day(page, link, item, words, seen_at)
        if day is None and not (single and titled):
            continue
        if day and not day.with_year:
            day = _with_year(day, url)
        around = (link if item is None else item).getparent()
        group = groups.setdefault(around, len(groups))
        own = is_own(url, home)
        entry = _NEW(Entry, (url, here, words.title, *(day or _NO_DAY), own, group))
        known = found.get(here)
        found[here] = _merged(known, entry) if known else entry
    return list(found.values())


def _take_rows(
    page: SitePage,
    row_of_all: _Element,
    seen_at: datetime,
    itself: Container[Place],
    groups: dict[_Element | None, int],
    found: dict[Place, Entry],
) -> None:
    """The entries of rows that are no elements of the page."""
    if _left_out(page, row_of_all):
        return
    rows = [row for row in page.runs[row_of_all].rows if row.place not in itself]
    if not rows:
        return
    group = groups.setdefault(row_of_all.getparent(), len(groups))
    days = {beside: printed(beside, seen_at) for beside in {row.beside for row in rows}}
    telling = {*that_may_name_days([row.words for row in rows])}
    for url, _href, here, attribute, words, beside, _first, _empty, _raw in rows:
        day, title = days[beside], words
        within = printed(words, seen_at) if words in telling else None
        if within or not words.isalpha():
            title = _worded("" if within else words, attribute)
        if within and day:
            day = max(within, day, key=_by_day)
        day = day or within or _at_the_end(title, seen_at)
        if day is None and len(title) < _SHORTEST_TITLE:
            continue
        if day and not day.with_year:
            day = _with_year(day, url)
        entry = _NEW(Entry, (url, here, title, *(day or _NO_DAY), True, group))
        known = found.setdefault(here, entry)
        if known is not entry:
            found[here] = _merged(known, entry)


_NO_DAY = (None, False)
_NEW = tuple.__new__  # a tuple's own way in takes half the time


def _says_little(page: SitePage, link: _Element) -> bool:
    """True for the few letters of a button or of a column's name, which are all that is in a link."""
    if len(link):
        pieces = page.pieces(link, 2)
        text = pieces[0][1].strip() if len(pieces) == 1 else ""
    else:
        text = (link.text or "").strip()
    return len(text) < _SHORTEST_TITLE and text.isalpha() and not may_name_a_day(text)


def _is_titled(title: str, link: _Element) -> bool:
    """True for the words of an entry, and for a picture without any: it may be the newest."""
    if not title:
        return next(link.iter("img"), None) is not None
    return len(title) >= _SHORTEST_TITLE


def _left_out(page: SitePage, element: _Element) -> bool:
    """True for what stands in the foot of a page or in what is not shown, sixty levels below it at
    the most."""
    known, new = page.below_foot, list[_Element]()
    current: _Element | None = element
    while current is not None and current not in known:
        new.append(current)
        current = current.getparent()
    distance = _FAR if current is None else known[current]
    for each in reversed(new):
        name = named(each)
        foot = each.tag in NOT_SHOWN or each.tag == "footer" or (name and _is_foots(name))
        distance = 0 if foot else distance + 1
        known[each] = distance
    return distance < _FAR


@lru_cache(maxsize=1024)
def _is_foots(name: str) -> bool:
    return _FOOTER.search(name) is not None


def _merged(known: Entry, entry: Entry) -> Entry:
    """One entry of two links to the same address: a picture and a title, a headline and a row."""
    title = max(known.title, entry.title, key=len)
    if known.day is None or (entry.dated and not known.dated):
        return entry._replace(title=title)
    return known._replace(title=title)


def _with_year(day: Printed, url: str) -> Printed:
    """The day with the year that its address tells, if that tells the same day."""
    told = in_address(url)
    return _of_year(day, told) if told else day


@lru_cache(maxsize=1024)
def _of_year(day: Printed, told: InAddress) -> Printed:
    if (told.first.month, told.last.month) == (day.day.month, day.day.month):
        if told.first.day <= day.day.day <= told.last.day:  # no other year has a 29th of February
            return Printed(told.first.replace(day=day.day.day))
    return day


def _item(page: SitePage, link: _Element) -> _Element | None:
    """The row, list item or block in which the link is the only one, or the one with the title."""
    best = None
    element = link.getparent()
    for _level in range(1, _LEVELS):
        if element is None or element.tag in _LISTS:
            return best
        if element.tag in _ITEMS:
            return element if _leads_in(page, element, link) else best
        if _others(page, element):
            return best
        best, element = element, element.getparent()
    return best


def _links_in(page: SitePage, element: _Element, most: int) -> list[_Element]:
    """The first links of an element, one more than `most`; of rows that are no elements of the page
    the one that stands in for them, three times or more."""
    if not page.runs:
        return list(islice(element.iter("a"), most + 1))
    found = list[_Element]()
    for link in islice(element.iter("a"), most + 1):
        row = link.getparent()
        run = page.runs.get(row) if row is not None else None
        found += [link] * len(run.rows) if run else [link]
    return found[: most + 1]


def _leads_in(page: SitePage, item: _Element, link: _Element) -> bool:
    """True when the link has the longest words of all links of its row: the others are tags."""
    others = _links_in(page, item, _MOST_IN_ITEM)
    if len(others) > _MOST_IN_ITEM:
        return False
    if others == [link]:
        return True
    longest = max((len(text) for other in others for text in _words_of(page, other)), default=0)
    return len(page.words(link, 20)) >= longest


def _words_of(page: SitePage, link: _Element) -> list[str]:
    row = link.getparent()
    run = page.runs.get(row) if row is not None else None
    return [" ".join(r.words.split()) for r in run.rows] if run else [page.words(link, 20)]


def _others(page: SitePage, element: _Element) -> bool:
    """True when a block holds links to other addresses, or very many."""
    known = page.with_others.get(element)
    if known is None:
        links = _links_in(page, element, _MOST_IN_ITEM)
        known = len(links) > _MOST_IN_ITEM
        if not known and len(links) > 1:
            known = len({href for link in links for href in _hrefs(page, link)}) > 1
        page.with_others[element] = known
    return known


def _hrefs(page: SitePage, link: _Element) -> list[str]:
    """The address of a link as it is written; of rows, those of all."""
    row = link.getparent()
    run = page.runs.get(row) if row is not None else None
    return [r.href for r in run.rows] if run else [(link.get("href") or "").strip()]


@dataclass(slots=True)
class _Words:
    """The words of a link."""

    title: str
    texts: list[str]
    """The pieces of which they are made, without days."""
    days: list[Printed]
    """The days that stand in pieces of their own among them."""


def _words(page: SitePage, link: _Element, seen_at: datetime) -> _Words:
    texts, days = list[str](), list[Printed]()
    for _where, text in page.pieces(link):
        day = printed(text, seen_at)
        if day:
            days.append(day)
        else:
            texts.append(text)
    return _Words(_title(link, texts), texts, days)


def _day(
    page: SitePage, link: _Element, item: _Element | None, words: _Words, seen_at: datetime
) -> Printed | None:
    """The day printed with a link: in its item or line, of several the latest."""
    around = link.getparent() if item is None else item
    if around is not None and around.tag != "dt" and not page.may_tell_a_day(around):
        return _at_the_end(words.title, seen_at)
    loose = [*_beside(page, link)] if item is None else _outside(page, item)
    days = [*words.days, *(day for text in loose if (day := printed(text, seen_at)))]
    found = days[0] if len(days) == 1 else max(days, key=_by_day, default=None)
    return found or _pieced(words.texts, loose, seen_at) or _at_the_end(words.title, seen_at)


def _by_day(day: Printed) -> tuple[bool, date]:
    return day.with_year, day.day


def _title(link: _Element, shown: list[str]) -> str:
    words = _worded(" ".join(shown), link.get("title") or "")
    if not words:
        image = next(link.iter("img"), None)
        words = " ".join((image.get("alt") or "").split()) if image is not None else ""
    return words[:200]


def _worded(shown: str, title: str) -> str:
    """The words shown; where they are cut short or none, those of the attribute."""
    words = " ".join(shown.split())
    if words.endswith(("…", "...")) or not words:
        words = " ".join(title.split()) or words
    return words


def _outside(page: SitePage, item: _Element) -> list[str]:
    """Texts of an item outside all its links."""
    texts = page.loose(item)
    if item.tag == "dt":
        following = item.getnext()
        if following is not None and following.tag == "dd":
            return texts + page.loose(following)
    return texts


def _beside(page: SitePage, link: _Element) -> Iterator[str]:
    """Texts of the link's own line: behind it up to the next link, before it from the last."""
    if link.tail and link.tail.strip():
        yield link.tail
    for element in link.itersiblings():
        if element.tag not in _INLINE:
            break
        yield from (text for _where, text in page.pieces(element, 5))
        if element.tail and element.tail.strip():
            yield element.tail
    yield from _before(page, link)


def _before(page: SitePage, link: _Element) -> Iterator[str]:
    texts: list[str] = []
    for element in link.itersiblings(preceding=True):
        if element.tag == "a":
            return
        if element.tail and element.tail.strip():
            texts.append(element.tail)
        if element.tag not in _INLINE:
            break
        texts += [text for _where, text in page.pieces(element, 5)]
    else:
        around = link.getparent()
        texts.append((around.text or "") if around is not None else "")
    yield from texts


def _pieced(title: list[str], loose: list[str], seen_at: datetime) -> Printed | None:
    """The day of a date in two pieces, `18` and `2026-03`, inside the link or beside it."""
    for texts in (loose, title):
        if len(texts) < 2:
            continue
        short = [text.strip() for text in texts if len(text.strip()) <= 8]
        for first, second in zip(short, short[1:], strict=False):
            day = in_pieces(f"{first} {second}", seen_at)
            if day:
                return day
    return None


_END = re.compile(r"[\s\[(（【](\d{4}[-/.]\d{1,2}[-/.]\d{1,2})[\])）】]?$")


_CLOSING = frozenset("])）】")


def _at_the_end(title: str, seen_at: datetime) -> Printed | None:
    """The day that ends a link's own words: `标题 2026-03-18`."""
    if not (title[-1:].isdecimal() or title[-1:] in _CLOSING):
        return None
    found = _END.search(title)
    return printed(found.group(1), seen_at) if found else None


def shown_days(page: SitePage, seen_at: datetime, after: date) -> Iterator[date]:
    """Days behind `after` that are printed by themselves or at the end of a line, above the foot, with a link or without:
    what opens by script alone is no entry, and may be the newest of all."""
    pieces = page.pieces(page.root, _MOST_PIECES)
    texts = that_may_name_days([text for _where, text in pieces])
    days = {text: _ending(text, seen_at) for text in texts}
    if not any(day and day.day > after for day in days.values()):
        return
    for where, text in pieces:
        day = days.get(text)
        if day and day.day > after and not _left_out(page, where):
            yield day.day


def _ending(text: str, seen_at: datetime) -> Printed | None:
    """The day that a piece of text is, or ends with."""
    if not may_name_a_day(text):
        return None
    return printed(text, seen_at) or _at_the_end(text.strip()[-40:], seen_at)
