"""知乎 (Zhihu): how its accounts are addressed, and what the office's own RSSHub lists of them.

Zhihu's own lists want a signature computed in a browser (x-zse-96), so they are never asked. Each
route shows one kind of post: it can prove an account fresh and never silent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from checkers.addresses import Addressed, Place
from checkers.base import Pace, Source, Steps, Target, Unsupported
from checkers.feed import read_rsshub
from registry.vocab import CheckKind, Proof, Reason

_PACE = Pace(min_gap=5.0)
_KINDS = frozenset({CheckKind.FRESHNESS, CheckKind.HANDLE})


def _source(name: str, route: str, label: Mapping[str, str], named: bool = True) -> Source:
    proves = {Proof.FRESH, Proof.NAME} if named else {Proof.FRESH}
    return Source(name, frozenset(proves), _KINDS, pace=_PACE, route=route, label=label)


class Zhihu(Addressed):
    """知乎个人号、机构号与专栏."""

    platform = "zhihu"
    label = {"zh": "知乎", "en": "Zhihu"}
    synonyms = ("知乎号", "知乎账号", "知乎机构号", "知乎政务号")
    schemes = {
        "token": r"[A-Za-z0-9_-]{2,60}",
        "org": r"[A-Za-z0-9_-]{2,60}",
        "column": r"(?:c_[0-9]{5,25}|[A-Za-z0-9_-]{2,60})",
    }
    places = (
        Place("zhihu.com", r"/people/(?P<id>[\w-]+)(?:/[a-z_]+)*", "token"),
        Place("zhihu.com", r"/org/(?P<id>[\w-]+)(?:/[a-z_]+)*", "org"),
        Place("zhihu.com", r"/column/(?P<id>[\w-]+)", "column"),
        Place(
            "zhuanlan.zhihu.com",
            r"/(?!(?:p|write|api|search|notifications)(?:/|$))(?P<id>[\w-]+)",
            "column",
        ),
    )
    sources = (
        _source(
            "rsshub",
            "/zhihu/posts/people/{token}",
            {"zh": "自建 RSSHub(文章)", "en": "own RSSHub (articles)"},
        ),
        _source(
            "rsshub_org",
            "/zhihu/posts/org/{org}",
            {"zh": "自建 RSSHub(机构号文章)", "en": "own RSSHub (an organisation's articles)"},
        ),
        _source(
            "rsshub_pins",
            "/zhihu/people/pins/{token}",
            {"zh": "自建 RSSHub(想法)", "en": "own RSSHub (pins)"},
        ),
        _source(
            "rsshub_column",
            "/zhihu/zhuanlan/{column}",
            {"zh": "自建 RSSHub(专栏)", "en": "own RSSHub (column)"},
            named=False,
        ),
    )

    def check(self, target: Target, source: str) -> Steps:
        """The posts of one kind that RSSHub lists; a column's title is no account's name."""
        found = self.source(source)
        if found is None:
            raise Unsupported(Reason.NO_SOURCE, source)
        facts = yield from read_rsshub(target)
        return facts if Proof.NAME in found.proves else replace(facts, display_name=None)
