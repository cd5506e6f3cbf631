"""Rows of a list as programs write them, taken out of a page before it becomes a tree.

A row is taken out only where every sign of it is accounted for: `<li>` with one link to an article
of the site's own host, its words, and a date before or behind it. One row stands in for a run of
them, so that the parser itself says whether they are rows at all: what stands in a script, a comment
or a text field does not come out as an element, and then the whole page is parsed as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple

from lxml.etree import _Element

from checkers._site.hosts import place
from checkers._site.kinds import OF_LISTS, is_path_of_article
from checkers._web.joining import origin_and_folder
from checkers._web.later import later
from checkers._web.lines import BREAK

_FEWEST = 3
"""Rows in succession, fewer of which are left to the tree."""

_MOST_SIGNS, _MOST_LINKS = 50_000, 4_000
"""Signs `<` and `<a` up to which nothing of a page has to be cut off anywhere."""

_DEEPEST = 40
"""Levels below which a run may stand."""

MARK = "taizhang-rows"

_SPACE = r"[ \t\r\n]"
_CONTROLS = r"\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
_TEXT = rf"[^<>&{{$={_CONTROLS}]"
_VALUE = rf"[^<>&\"'{{$={_CONTROLS}]*+"
"""No text and no value in which a template could be looked for: `{{}}`, `${}`, `v-for=`."""
_ADDRESS = rf"{_VALUE}(?:(?<!-\w{{3}})(?<!-\w{{4}})(?<!-\w{{6}})={_VALUE})*+"
_UNPLAIN = "foot|banquan|beian|bottom|visibility|yright|play"
"""What in a row's classes and styles could make it a foot (`copyright`), or keep it from sight
(`display`), from letters on that few names hold."""
_PLAIN = rf"(?:[ac-eg-oq-uwxzAC-EG-OQ-UWXZ0-9_:;#%. -]++|(?!(?i:{_UNPLAIN}))[bfpvyBFPVY])*+"
_LOOK = rf"(?:class|style)=(?:\"{_PLAIN}\"|'{_PLAIN}')"
_OTHER = rf"(?:{_LOOK}|(?:target|rel|align|color|size)=(?:\"[\w:;#%. -]*+\"|'[\w:;#%. -]*+'))"
_OTHERS = rf"(?:{_SPACE}++{_OTHER})*+"
_LOOKS = rf"{_OTHERS}{_SPACE}*+"
_EARLY, _LATE = (
    rf"{_SPACE}++title=(?P<q{name}>[\"'])(?P<{name}>{_VALUE})(?P=q{name})"
    for name in ("early", "late")
)
_DATE = r"[ \t\n\[(（]*+\d[\d./:年月日 \t\n\])）-]*+"
_FOLDER = r"(?:https?://[a-z\d.-]++/|\./|/)?+(?:[\w~-][\w.~-]*+/)*+"
_SURE = (
    r"(?![iIlLcCnN])(?:[a-zA-Z_~-]++|\d\d?(?!\d))*+\d{3}[\w.~-]*+"
    r"(?:(?<=\.html)|(?<=\.htm)|(?<=\.shtml))"
)
"""A file with the number of one page, which is neither a list nor an index."""
_TAGS = r"span|i|em|b|font|small|strong"

_ROW = later(
    rf"(<li{_LOOKS}>{_SPACE}*+"
    rf"(?:<(?P<t1>{_TAGS}){_LOOKS}>(?P<before>{_DATE})</(?P=t1)>{_SPACE}*+)?"
    rf"<a{_OTHERS}(?:{_EARLY})?{_OTHERS}"
    rf"{_SPACE}++href=(?P<q>[\"'])(?P<href>(?P<folder>{_FOLDER})"
    rf"(?:(?P<sure>{_SURE})(?=[\"'])|[\w~-][\w.~-]*+))(?P=q){_OTHERS}(?(qearly)|(?:{_LATE})?){_LOOKS}>"
    rf"(?:{_SPACE}*+(?P<dot><i{_LOOKS}></i>))?(?:{_SPACE}*+<(?P<t2>{_TAGS}){_LOOKS}>)?"
    rf"(?P<words>{_TEXT}++)(?(t2)</(?P=t2)>{_SPACE}*+)</a>"
    rf"(?(t1){_SPACE}*+|(?:(?P<loose>{_DATE})|{_SPACE}*+<(?P<t3>{_TAGS}){_LOOKS}>(?P<after>{_DATE})"
    rf"</(?P=t3)>{_SPACE}*+))</li>(?:{_SPACE}*+(?=<li))?)",
    re.A,
)
_CHOICE = rf"<option(?:{_SPACE}++(?:(?:value|title)=(?:\"{_ADDRESS}\"|'{_ADDRESS}')|{_OTHER}))*+{_SPACE}*+>"
_CHOICES = later(
    rf"{_CHOICE}(?P<words>{_TEXT}++)</option>(?:{_SPACE}*+{_CHOICE}{_TEXT}*+</option>)++", re.A
)
_MARKS_OF_OTHERS = ("conac", "kaipuyun", "zfwzzc", "ta.trs.cn")
_TAG = later(r"<[^>]*+>")
Place = tuple[str, str, str]


class Row(NamedTuple):
    """One row."""

    url: str
    href: str
    """The address as it is written."""
    place: Place
    title: str
    """The attribute of its link."""
    words: str
    """The one piece of text in its link, as it stands."""
    beside: str
    """The one piece outside it: a date."""
    first: bool
    """The date stands before the link."""
    empty: int
    """How many elements begin with the link, without text, before its words."""
    raw: str


@dataclass(slots=True, eq=False)
class Run:
    """Rows that stand one behind the other."""

    rows: list[Row]
    raw: str

    def pieces(self) -> list[str]:
        """The shown texts in order."""
        return [
            t for r in self.rows for t in ((r.beside, r.words) if r.first else (r.words, r.beside))
        ]

    def linked(self) -> list[bool]:
        """Of each piece, whether it stands in a link."""
        return [flag for row in self.rows for flag in (_BEHIND if row.first else _AHEAD)]

    def steps(self) -> Iterator[str | None]:
        """What a walk meets: the text with which each element begins, and each text behind one."""
        for row in self.rows:
            yield None
            if row.first:
                yield row.beside
            yield from (None,) * row.empty
            yield row.words
            if not row.first:
                yield row.beside

    def count(self) -> int:
        """How many steps a walk takes."""
        return 3 * len(self.rows) + sum([row.empty for row in self.rows])

    def lines(self, titled: Set[Place]) -> list[str]:
        """The texts, a break before each row, without the links that lead to `titled`."""
        if not titled:
            return _TAG.split(self.raw.replace("<li", f"<>{BREAK}<li"))
        found = list[str]()
        for row in self.rows:
            if row.place in titled:
                found.append(BREAK + row.beside)
            else:
                first, *others = _TAG.split(row.raw)[1:-1]
                found += (BREAK + first, *others)
        return found


@dataclass(frozen=True, slots=True)
class Short:
    """A page without what needs no tree."""

    text: str
    runs: Sequence[Run] = ()
    choices: int = 0


def shortened(text: str, url: str) -> Short:
    """The page at `url`, one row or choice standing for several."""
    if MARK in text or text.count("<") >= _MOST_SIGNS:
        return Short(text)
    less, choices = _choices_taken_out(text)
    return Short(*_rows_taken_out(less, url), choices)


def _rows_taken_out(text: str, url: str) -> tuple[str, list[Run]]:
    """The page with one row in place of each run, and the runs in their order."""
    origin, below = origin_and_folder(url)
    if not _may_be_searched(text, origin):
        return text, []
    kept, runs, at = list[str](), list[Run](), 0
    for start, end, rows in _in_succession(text, _Folders(origin, below)):
        kept.append(f'{text[at:start]}<li><a {MARK}="{len(runs)}"></a></li>')
        runs.append(Run(rows, text[start:end]))
        at = end
    return "".join([*kept, text[at:]]), runs


class _Folder(NamedTuple):
    """A folder that an address names."""

    begin: str
    """The whole address of what stands in it begins so; empty outside the site's own host."""
    path: str
    host: str
    plain: bool
    """It is no folder of lists by its name."""


class _Folders(dict[str, _Folder]):
    """Folders as they are written in addresses of one page: a list's rows share a few."""

    def __init__(self, origin: str, below: str) -> None:
        self._origin, self._below = origin, below
        self._host = place(origin)[0]

    def __missing__(self, folder: str) -> _Folder:
        if folder[:1] == "/":
            begin = self._origin + folder
        elif folder[:4] != "http":
            begin = self._below + folder.removeprefix("./")
        else:
            begin = folder if folder.startswith(f"{self._origin}/") else ""
        path = begin[len(self._origin) :]
        found = _Folder(begin, path, self._host, path[:-1].rpartition("/")[2][:1] not in OF_LISTS)
        self[folder] = found
        return found


def _in_succession(text: str, folders: _Folders) -> Iterator[tuple[int, int, list[Row]]]:
    """Where rows that follow each other begin and end, and the rows: those of enough of them."""
    start, at, rows = 0, 0, list[Row]()
    for found in _ROW.findall(text):
        row, raw = _row(found, folders), found[0]
        if row is None or not text.startswith(raw, at):
            if len(rows) >= _FEWEST:
                yield start, at, rows
            start = at = text.find(raw, at)
            rows = []
        at += len(raw)
        if row is None:
            start = at
        else:
            rows.append(row)
    if len(rows) >= _FEWEST:
        yield start, at, rows


def _row(found: Sequence[str], folders: _Folders) -> Row | None:
    """The row of what `_ROW` has found, where it leads to an article of the site's own host."""
    raw, ahead, day, _, early, _, href, folder, sure, _, late, dot, one, words, loose, _, last = (
        found
    )
    begin, path, host, plain = folders[folder]
    file = href[len(folder) :]
    path += file
    if not begin or words.isspace():
        return None
    if sure and plain:
        url, here = begin + file, (host, path, "")
    elif is_path_of_article(path):
        url = begin + file
        here = place(url)
    else:
        return None
    beside, empty = day or loose or last, 2 if dot else int(one != "")
    return _NEW(Row, (url, href, here, early or late, words, beside, ahead != "", empty, raw))


_AHEAD, _BEHIND = (True, False), (False, True)
_NEW = tuple.__new__  # a tuple's own way in takes half the time


def _choices_taken_out(text: str) -> tuple[str, int]:
    """The page with one choice of a menu in place of several, and how many of them stand for others.

    Menus are no words of a page and lead nowhere, but half of a page is in them: other sites' names.
    """
    if "<option" not in text:
        return text, 0
    kept, at = list[str](), 0
    for found in _CHOICES.finditer(text):
        if not found["words"].isspace():
            number = len(kept)
            kept.append(
                f'{text[at : found.start()]}<option {MARK}="{number}">{found["words"]}</option>'
            )
            at = found.end()
    return "".join([*kept, text[at:]]), len(kept)


def _may_be_searched(text: str, origin: str) -> bool:
    if not origin or "<li" not in text:
        return False
    if any(word in origin for word in _MARKS_OF_OTHERS):
        return False
    return text.count("<") < _MOST_LINKS or text.count("<a") + text.count("<A") < _MOST_LINKS


def settled(root: _Element, short: Short, hidden: Container[str]) -> dict[_Element, Run] | None:
    """The runs by the row that stands in for each; None where something that stands in for others
    has not become what it looked like. `hidden`: elements in which nothing is looked at.
    """
    if short.choices and len(_in_order("option", root)) != short.choices:
        return None
    places = _in_order("a", root) if short.runs else []
    if len(places) != len(short.runs):
        return None
    found: dict[_Element, Run] = {}
    for link, run in zip(places, short.runs, strict=True):
        row = link.getparent()
        if row is None or row.tag != "li" or len(row) != 1 or row.text or link.tail:
            return None
        around = [element.tag for element in row.iterancestors()]
        if len(around) > _DEEPEST or any(tag == "a" or tag in hidden for tag in around):
            return None
        found[row] = run
    return found


def _in_order(tag: str, root: _Element) -> list[_Element]:
    """The marked elements; none where their numbers are not those that they were given."""
    marked = [each for each in root.iter(tag) if each.get(MARK) is not None]
    numbers = [each.get(MARK) for each in marked]
    return marked if numbers == [*map(str, range(len(marked)))] else []
