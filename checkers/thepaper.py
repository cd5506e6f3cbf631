"""澎湃号 (The Paper): what it is called and how its accounts are addressed. A person looks at it."""

from __future__ import annotations

from checkers.addresses import Addressed, Place


class ThePaper(Addressed):
    """澎湃政务号与湃客."""

    platform = "thepaper"
    label = {"zh": "澎湃号", "en": "The Paper"}
    synonyms = ("澎湃", "澎湃新闻", "澎湃政务", "澎湃政务号", "澎湃问政", "澎湃新闻号")
    schemes = {"pph_id": r"[0-9]{1,12}"}
    places = (
        Place("thepaper.cn", r"/(?:gov|user)_(?P<id>\d+)", "pph_id"),
        Place("thepaper.cn", r"/ppDetail", "pph_id", parameter="pphId"),
    )
