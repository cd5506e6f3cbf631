"""小程序 (mini-programs): what spreadsheets call them and how they are named. A person looks at it.

Nobody outside can tell over HTTP whether a mini-program opens. Its AppID looks like that of an
official account, so an id alone does not say which of the two it is.
"""

from __future__ import annotations

from checkers.addresses import Addressed, Place


class MiniProgram(Addressed):
    """微信、支付宝等平台的小程序."""

    platform = "miniprogram"
    label = {"zh": "小程序", "en": "mini-program"}
    synonyms = ("政务小程序", "微信小程序", "支付宝小程序", "百度小程序", "抖音小程序")
    forms = {
        "微信小程序": "微信小程序",
        "支付宝小程序": "支付宝小程序",
        "百度小程序": "百度小程序",
        "抖音小程序": "抖音小程序",
    }
    schemes = {
        "appid": r"wx[0-9a-f]{16}",
        "alipay_appid": r"20[0-9]{14}",
        "short_link": r"#小程序://[^/\s]{1,60}/[0-9A-Za-z]{4,40}",
    }
    bare = ("short_link",)
    places = (Place("wxaurl.cn", r"/[\w-]+", "url"),)
