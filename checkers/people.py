"""人民号 (People's Daily): what it is called and how its pages are addressed. A person looks at it."""

from __future__ import annotations

from checkers.addresses import Addressed, Place


class People(Addressed):
    """人民号."""

    platform = "people"
    label = {"zh": "人民号", "en": "People's Daily account"}
    synonyms = (
        "人民日报人民号",
        "人民日报号",
        "政务人民号",
        "人民网人民号",
    )
    places = (Place("rmh.pdnews.cn", r"/.+", "url"),)
