"""移动客户端 (apps): whether the stores that are known to have one still offer it.

A store shows that an app can be downloaded, never that it works, and nothing of its posts. Several
stores may have one app: it is gone only when none of those that are known to have it offers it.
"""

from __future__ import annotations

import re

from checkers._app import stores as stores
from checkers._app.file import is_package_address, package_file
from checkers._app.offers import UNREAD_STORES
from checkers.addresses import Addressed, Place, addresses
from checkers.base import Pace, Source, Steps, Target, Unsupported
from registry.vocab import CheckKind, Identity, Proof, Reason

_OFFER = frozenset({Proof.EXISTENCE})
_OFFER_AND_NAME = frozenset({Proof.EXISTENCE, Proof.NAME})
_APP = frozenset({CheckKind.APP, CheckKind.HANDLE})
_APP_AND_NAME = frozenset({CheckKind.APP, CheckKind.IDENTITY, CheckKind.HANDLE})
_STORE_PACE = Pace(min_gap=10.0, per_run=50)


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
        "huawei_id": r"C[0-9]{4,12}",
        "vivo_id": r"[0-9]{1,12}",
        "bundle_id": r"[A-Za-z0-9][\w-]*(\.[\w-]+)+",
    }
    places = (
        Place("apps.apple.com", r"/(?:[a-z]{2}/)?app/(?:[^/]+/)?id(?P<id>\d+)", "appstore_id"),
        Place("itunes.apple.com", r"/(?:[a-z]{2}/)?app/(?:[^/]+/)?id(?P<id>\d+)", "appstore_id"),
        Place("a.app.qq.com", r"/o/simple\.jsp", "package", parameter="pkgname"),
        Place("sj.qq.com", r"/appdetail/(?P<id>[\w.]+)", "package"),
        Place("sj.qq.com", r"/myapp/detail\.htm", "package", parameter="apkName"),
        Place("android.myapp.com", r"/myapp/detail\.htm", "package", parameter="apkName"),
        Place("app.mi.com", r"/details?", "package", parameter="id"),
        Place("app.xiaomi.com", r"/details?", "package", parameter="id"),
        Place("appgallery.huawei.com", r"/app/(?P<id>C\d+)", "huawei_id"),
        Place(
            "appgallery.cloud.huawei.com",
            r"/(?:appdl|ag/n/app|marketshare/app)/(?P<id>C\d+)",
            "huawei_id",
        ),
        Place("url.cloud.huawei.com", r"/.+", "url"),
        Place("vivo.com.cn", r"/(?:h5coml/appdetail_h5/.+|details?)", "vivo_id", parameter="appId"),
        Place("play.google.com", r"/store/apps/details", "package", parameter="id"),
        *(Place(host, r"/.+", "url") for host in UNREAD_STORES if host not in {"so.com", "360.cn"}),
        Place("zhushou.360.cn", r"/detail/.+", "url"),
    )
    hosts = {
        "itunes.apple.com": Pace(min_gap=3.0, per_run=200),
        "appgallery.cloud.huawei.com": _STORE_PACE,
        "web-drcn.hispace.dbankcloud.com": _STORE_PACE,
        "a.app.qq.com": _STORE_PACE,
        "app.mi.com": _STORE_PACE,
        "h5-api.appstore.vivo.com.cn": _STORE_PACE,
    }
    sources = (
        Source(
            "appstore", _OFFER_AND_NAME, _APP_AND_NAME, label={"zh": "苹果商店", "en": "App Store"}
        ),
        Source("huawei", _OFFER, _APP, label={"zh": "华为应用市场下载", "en": "Huawei download"}),
        Source(
            "yingyongbao", _OFFER_AND_NAME, _APP_AND_NAME, label={"zh": "应用宝", "en": "Tencent"}
        ),
        Source("xiaomi", _OFFER, _APP, label={"zh": "小米应用商店", "en": "Xiaomi"}),
        Source("vivo", _OFFER_AND_NAME, _APP_AND_NAME, label={"zh": "vivo应用商店", "en": "vivo"}),
        Source(
            "apk",
            _OFFER,
            _APP,
            address=True,
            pace=Pace(min_gap=3.0),
            label={"zh": "安装包直链", "en": "direct package link"},
        ),
        Source(
            "appgallery",
            _OFFER_AND_NAME,
            _APP_AND_NAME,
            by_default=False,
            label={"zh": "华为应用市场网页接口", "en": "AppGallery web interface"},
        ),
    )

    def identify(self, text: str) -> Identity | None:
        """The app in a store link, a share text or a direct package link."""
        found = super().identify(text.replace("/#/", "/"))
        if found is not None:
            return found
        for address in addresses(text):
            if address.url in text and is_package_address(address.url):
                return Identity(self.platform, "url", address.url, address.url)
        return None

    def check(self, target: Target, source: str) -> Steps:
        """Whether one store offers the app. Unsupported without an id of that store."""
        if source == "apk":
            return package_file(target)
        if source == "appstore":
            found, bundle = self._id(target, "appstore_id"), self._id(target, "bundle_id")
            _demand(found or bundle, source)
            return stores.app_store(target, found, bundle)
        readers = {
            "huawei": ("huawei_id", stores.huawei),
            "appgallery": ("huawei_id", stores.app_gallery),
            "yingyongbao": ("package", stores.yingyongbao),
            "xiaomi": ("package", stores.xiaomi),
            "vivo": ("vivo_id", stores.vivo),
        }
        if source not in readers:
            raise Unsupported(Reason.NO_SOURCE, source)
        scheme, reader = readers[source]
        value = self._id(target, scheme)
        _demand(value, source)
        return reader(target, value)

    def _id(self, target: Target, scheme: str) -> str:
        """The app's id of that scheme: the ledger's, else one that its addresses hold."""
        values = [target.identifiers.get(scheme, "")]
        for url in (target.address, target.url):
            found = self.identify(url)
            values.append(found.value if found and found.scheme == scheme else "")
        return next((v for v in values if re.fullmatch(self.schemes[scheme], v)), "")


def _demand(value: str, source: str) -> None:
    if not value:
        raise Unsupported(Reason.NO_ADDRESS, f"no id of the app in {source}")
