"""The credentials of WeChat's official interfaces, and how each secret becomes a token.

An account's own secret comes first. A third-party platform 第三方平台 that the office runs may ask
for every account that has authorised it by one scan: its AppSecret with the ticket that WeChat
pushes every ten minutes gives its own token, and with that each account's refresh token gives the
account's. Nothing here holds a secret.
"""

from __future__ import annotations

from checkers.base import Credential, Exchange, Pace

HOST = "https://api.weixin.qq.com"
API_PACE = Pace(min_gap=1, per_run=1000)

_EXPIRED = frozenset({40001, 40014, 42001})
"""Codes of a token that is no longer good, upon which it is fetched anew, once."""

_STABLE_TOKEN = Exchange(
    f"{HOST}/cgi-bin/stable_token",
    extra=(("grant_type", "client_credential"),),
    expired=_EXPIRED,
)
"""Unlike cgi-bin/token it leaves the tokens of other holders alone."""

OWN = Credential("wechat", "query:access_token", exchange=_STABLE_TOKEN, per_account=True)
"""`wechat:APPID`: the AppSecret of an official account."""

MINIPROGRAM = Credential(
    "miniprogram", "query:access_token", exchange=_STABLE_TOKEN, per_account=True
)
"""`miniprogram:APPID`: the AppSecret of a mini-program."""

COMPONENT = Credential(
    "wechat_component",
    "query:component_access_token",
    exchange=Exchange(
        f"{HOST}/cgi-bin/component/api_component_token",
        id_field="component_appid",
        secret_field="component_appsecret",
        parts=(("component_appid", "appid"), ("component_verify_ticket", "ticket")),
        token_field="component_access_token",
        expired=_EXPIRED,
    ),
    parts=(("json:component_appid", "appid"),),
    confidential=("authorizer_refresh_token", "authorizer_access_token"),
)
"""`wechat_component`: the AppSecret of the office's third-party platform; `wechat_component:appid`
its AppID and `wechat_component:ticket` the newest component_verify_ticket."""

AUTHORIZED = Credential(
    "wechat_authorized",
    "query:access_token",
    exchange=Exchange(
        f"{HOST}/cgi-bin/component/api_authorizer_token",
        id_field="authorizer_appid",
        secret_field="authorizer_refresh_token",
        token_field="authorizer_access_token",
        expired=_EXPIRED,
        through="wechat_component",
        renews_field="authorizer_refresh_token",
    ),
    per_account=True,
)
"""`wechat_authorized:APPID`: the refresh token of an account, official or mini-program, that has
authorised the third-party platform."""

BACKEND = Credential("wechat_backend", "cookie", parts=(("query:token", "token"),))
"""`wechat_backend`: the cookie line of the office's own session at mp.weixin.qq.com, and
`wechat_backend:token` the number that its addresses carry as `token`."""
