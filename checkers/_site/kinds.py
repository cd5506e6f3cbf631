"""What an address alone tells of its page: one article, or a list of them."""

from __future__ import annotations

import re
from functools import lru_cache

from checkers._site.hosts import parts_of

_FILE = re.compile(
    r"\d{3,}[^/]*\.(?:s?html?|jhtml|jspx?|aspx?|php|do)$|_\d+\.s?html?$",
    re.I,
)
_NUMBER = re.compile(r"/\d{4,}/?$")
_DAY_IN_PATH = re.compile(r"/t?20\d{6}[_/]", re.I)
WITH_ID = re.compile(r"(?:^|&)\w*id=[\w-]{1,40}", re.I)
LIST_PAGE = re.compile(
    r"/(?:index|list|channel|column|col|node|class)[_-]?\w{0,12}\.\w{3,5}$"
    r"|/(?:list|channels?|columns?|node|lanmu)/[\w-]{1,20}\.\w{3,5}$",
    re.I,
)
OF_LISTS = frozenset("iIlLcCnN\u0130\u0131")
"""How a file or a folder begins that may be one of those."""


@lru_cache(maxsize=4096)
def looks_like_article(url: str) -> bool:
    """True for addresses of single pages: numbers, days or an id in them."""
    _host, path, query = parts_of(url)
    if _is_list_page(path):
        return False
    return _is_of_one(path) or bool(query and WITH_ID.search(query))


def is_path_of_article(path: str) -> bool:
    """The same of a path without parameters."""
    return _is_of_one(path) and not _is_list_page(path)


def _is_of_one(path: str) -> bool:
    """True for a path with the number or the day of one page in it."""
    file = path.rfind("/") + 1
    if file < len(path) and _FILE.search(path, file):
        return True
    number = _NUMBER.search(path, max(0, path.rfind("/", 0, len(path) - 1)))
    return bool(number or ("20" in path and _DAY_IN_PATH.search(path)))


def _is_list_page(path: str) -> bool:
    """True by the last two parts of a path, where there is a file."""
    file = path.rfind("/")
    if file + 1 == len(path):
        return False
    folder = max(0, path.rfind("/", 0, max(0, file)))
    if path[file + 1] not in OF_LISTS and path[folder + 1 : folder + 2] not in OF_LISTS:
        return False
    return LIST_PAGE.search(path, folder) is not None


def may_be_article(url: str) -> bool:
    """False for addresses of folders and lists alone: words and letters tell of no kind of page."""
    path = parts_of(url)[1]
    return not path.endswith("/") and not _is_list_page(path)
