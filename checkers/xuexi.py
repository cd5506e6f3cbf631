"""学习强国 (Xuexi Qiangguo): what it is called and how its pages are addressed. A person looks at it."""

from __future__ import annotations

from checkers.addresses import Addressed, Place


class Xuexi(Addressed):
    """学习强国号与频道."""

    platform = "xuexi"
    label = {"zh": "学习强国", "en": "Xuexi Qiangguo"}
    synonyms = ("学习强国号", "强国号", "学习强国平台", "学习强国学习平台")
    schemes = {"channel": r"[0-9a-z]{6,40}"}
    places = (
        Place("xuexi.cn", r"/lgdata/(?P<id>[0-9a-z]+)\.json", "channel"),
        Place("xuexi.cn", r"/[0-9a-f]{32}/[0-9a-f]{32}\.html", "url"),
    )
