"""政府网站 (government websites): what spreadsheets call them and how they are named.

It recognises the front page of a `.gov.cn` site only: any other address may be anybody's page.
"""

from __future__ import annotations

from checkers.addresses import Addressed, Place


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
    places = (Place("gov.cn", r"|/(?:index|default)\.\w{3,5}", "url"),)
