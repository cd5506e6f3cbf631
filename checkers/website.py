"""政府网站 (government websites): entries and columns, links, and whether the home page opens.

By address it recognises the front page of a `.gov.cn` site only: any other may be anybody's page. An
account whose ledger says that it is a website is read wherever its link leads.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from checkers._site.hosts import host_of
from checkers._site.links import read_links
from checkers._site.pages import read_pages
from checkers._site.reach import WITNESS, read_reach
from checkers.addresses import Addressed, Place
from checkers.base import Facts, Pace, Source, Steps, Target, Unsupported
from registry.vocab import CheckKind, Proof, Reason

_PACE = Pace(min_gap=3.0, in_flight=1)
"""Of every site, since no list of sites stands here."""


class Website(Addressed):
    """政府网站."""

    platform = "website"
    label = {"zh": "政府网站", "en": "website"}
    synonyms = (
        "网站",
        "门户网站",
        "政府门户网站",
        "政务网站",
        "部门网站",
        "官网",
        "官方网站",
    )
    schemes = {"site_code": r"(bm[0-9]{8}|[0-9]{10})"}
    hosts = {host_of(WITNESS): _PACE}
    sources = (
        Source(
            "pages",
            frozenset({Proof.FRESH, Proof.STALE, Proof.NAME}),
            kinds=frozenset({CheckKind.FRESHNESS, CheckKind.IDENTITY, CheckKind.HANDLE}),
            pace=_PACE,
            requests=5,
            label={"zh": "首页和栏目页", "en": "home page and columns"},
        ),
        Source(
            "links",
            frozenset({Proof.LINKS}),
            kinds=frozenset({CheckKind.MENU}),
            pace=_PACE,
            requests=15,
            label={"zh": "首页和新媒体矩阵的链接", "en": "links of home page and account list"},
        ),
        Source(
            "reach",
            frozenset({Proof.REACH}),
            kinds=frozenset({CheckKind.SITE}),
            pace=_PACE,
            label={"zh": "首页能否打开", "en": "whether the home page opens"},
        ),
    )
    places = (Place("gov.cn", r"|/(?:index|default)\.\w{3,5}", "url"),)

    def check(self, target: Target, source: str) -> Steps:
        """Look at the site of `target.url`; `reach` takes one sample, `links` reads what to try."""
        ways = {"pages": read_pages, "links": read_links, "reach": read_reach}
        if source not in ways:
            raise Unsupported(Reason.NO_SOURCE, source)
        steps: Generator[Any, Any, Facts] = ways[source](target)
        return (yield from steps)
