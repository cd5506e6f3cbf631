"""知乎 (Zhihu): what it is called and how its accounts are addressed. A person looks at it.

Its lists are signed; an office that runs its own RSSHub may read them through a feed.
"""

from __future__ import annotations

from checkers.addresses import Addressed, Place


class Zhihu(Addressed):
    """知乎个人号与机构号."""

    platform = "zhihu"
    label = {"zh": "知乎", "en": "Zhihu"}
    synonyms = ("知乎号", "知乎账号", "知乎机构号", "知乎政务号")
    schemes = {"token": r"[A-Za-z0-9_-]{2,60}"}
    places = (Place("zhihu.com", r"/(?:people|org)/(?P<id>[\w-]+)(?:/[a-z]+)?", "token"),)
