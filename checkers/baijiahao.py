"""百家号 (Baijiahao): what it is called and how its accounts are addressed. A person looks at it."""

from __future__ import annotations

from checkers.addresses import Addressed, Place


class Baijiahao(Addressed):
    """百度百家号."""

    platform = "baijiahao"
    label = {"zh": "百家号", "en": "Baijiahao"}
    synonyms = ("百度百家号", "百度百家", "百度号", "政务百家号")
    schemes = {"app_id": r"[0-9]{8,20}"}
    places = (
        Place("author.baidu.com", r"/home/(?P<id>\d+)", "app_id"),
        Place("baijiahao.baidu.com", r"/u", "app_id", parameter="app_id"),
    )
