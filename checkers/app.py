"""移动客户端 (apps): what spreadsheets call them and how stores name them. A person looks at it.

That a store offers an app does not mean that it opens.
"""

from __future__ import annotations

from checkers.addresses import Addressed, Place


class App(Addressed):
    """政务移动客户端."""

    platform = "app"
    label = {"zh": "移动客户端", "en": "app"}
    synonyms = (
        "APP",
        "客户端",
        "手机APP",
        "手机客户端",
        "移动APP",
        "移动应用",
        "移动应用程序",
        "政务APP",
        "政务客户端",
        "新闻客户端",
        "移动客户端/APP",
        "移动客户端（APP）",
    )
    schemes = {
        "appstore_id": r"[0-9]{6,12}",
        "package": r"[A-Za-z]\w*(\.\w+)+",
        "huawei_id": r"C[0-9]{6,12}",
    }
    places = (
        Place("apps.apple.com", r"/(?:[a-z]{2}/)?app/(?:[^/]+/)?id(?P<id>\d+)", "appstore_id"),
        Place("itunes.apple.com", r"/(?:[a-z]{2}/)?app/(?:[^/]+/)?id(?P<id>\d+)", "appstore_id"),
        Place("a.app.qq.com", r"/o/simple\.jsp", "package", parameter="pkgname"),
        Place("sj.qq.com", r"/appdetail/(?P<id>[\w.]+)", "package"),
        Place("app.mi.com", r"/details", "package", parameter="id"),
        Place("appgallery.huawei.com", r"/app/(?P<id>C\d+)", "huawei_id"),
        Place("appgallery.cloud.huawei.com", r"/(?:appdl|ag/n/app)/(?P<id>C\d+)", "huawei_id"),
    )
