"""Messages to where people read them: group robots, mail. Addresses hold keys, so they come from
the environment or the keyring alone, and nothing here stores, logs or shows one.

A message is delivered once one address has taken it; a robot that answers "no" has not. `apprise`
comes with the program, since an office offline cannot add it later, and is imported by the first
address that is opened: nothing else waits for it.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from registry.errors import BadConfig
from registry.messages import _
from sweeps.network.credentials import SHORTEST, Redactor, keyring_secret, quiet_logs

if TYPE_CHECKING:
    from apprise import NotifyBase

ENVIRONMENT = "TAIZHANG_NOTIFY"
KEYRING = "notify"
"""The keyring's user name for the office's addresses; `notify:UNIT` for those of a unit."""

ROBOT_GAP = 3.1
"""Seconds between two messages of one robot: the strictest of them allows 20 a minute."""

_ROBOTS: Mapping[str, str] = MappingProxyType(
    {
        "qyapi.weixin.qq.com": "errcode",
        "oapi.dingtalk.com": "errcode",
        "open.feishu.cn": "code",
        "open.larksuite.com": "code",
    }
)
"""Host → the field in which a robot says no, under a status of 200."""

_NATIVE = (
    (re.compile(r"https://oapi\.dingtalk\.com/robot/send\?access_token=(\w+)"), "dingtalk://"),
    (re.compile(r"https://open\.feishu\.cn/open-apis/bot/v2/hook/([\w-]+)/?"), "feishu://"),
)
"""Addresses as the robots' own pages show them, which the library does not know."""


@dataclass(frozen=True, slots=True)
class Undelivered:
    """An address that did not take a message."""

    service: str
    """What it is, in the user's language; never the address."""
    why: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one message."""

    taken: int
    """By how many addresses."""
    undelivered: tuple[Undelivered, ...] = ()


@dataclass(frozen=True, slots=True)
class _Address:
    service: str
    plugin: NotifyBase = field(repr=False)


class Messenger:
    """The addresses of this process, and how they are written to."""

    def __init__(self, environ: Mapping[str, str], *, use_keyring: bool = False) -> None:
        self.redactor = Redactor()
        self._environ = {k: v for k, v in environ.items() if k.startswith(ENVIRONMENT) and v}
        self._use_keyring = use_keyring
        self._opened: dict[str, tuple[_Address, ...]] = {}

    def __repr__(self) -> str:
        return "<Messenger>"

    def reaches(self, names: Iterable[str] = ()) -> bool:
        """True when there is an address for one of `names`, or, without names, the office's own.
        Raises BadConfig for an address that is none."""
        return bool(self._addresses(names))

    def send(self, title: str, body: str, names: Sequence[str] = ()) -> Delivery:
        """Write to the first of `names` that has addresses of its own, else to the office's.

        Raises BadConfig without any address, or for one that is none.
        """
        addresses = self._addresses(names) or self._addresses(())
        if not addresses:
            raise BadConfig(
                _("Nobody is named to whom messages go."),
                _("Put the addresses into {variable}; see the guide.").format(variable=ENVIRONMENT),
            )
        with _silent(self.redactor), _heeding_refusals() as refused:
            told = [(each.service, _sent(each, title, body, refused)) for each in addresses]
        failed = tuple(Undelivered(service, why) for service, why in told if why is not None)
        return Delivery(len(told) - len(failed), failed)

    def _addresses(self, names: Iterable[str]) -> tuple[_Address, ...]:
        keys = [(variable(name), f"{KEYRING}:{name}") for name in names]
        for key, ring in keys or [(ENVIRONMENT, KEYRING)]:
            if key not in self._opened:
                held = self._environ.get(key) or (keyring_secret(ring) if self._use_keyring else "")
                self._opened[key] = tuple(self._open(key, held.split()))
            if self._opened[key]:
                return self._opened[key]
        return ()

    def _open(self, key: str, urls: Sequence[str]) -> Iterator[_Address]:
        for number, url in enumerate(urls, 1):
            for secret in (url, *re.split(r"[/:?&=@]+", url)):
                # what is shorter cannot be told from ordinary text
                if len(secret) >= SHORTEST:
                    self.redactor.add(secret)
            with _silent(self.redactor):
                yield _opened(url, key, number)


def variable(name: str) -> str:
    """The environment variable of a unit's own addresses: `530921-01` → TAIZHANG_NOTIFY_530921_01.

    Letters of any script are kept, so that a unit's short name will do where the system allows.
    """
    return f"{ENVIRONMENT}_{re.sub(r'[^0-9A-Z一-鿿]', '_', name.upper())}"


def _opened(url: str, key: str, number: int) -> _Address:
    plugin = _plugin(url)
    if plugin is None:
        raise BadConfig(
            _("Address {number} in {variable} cannot be used.").format(number=number, variable=key),
            _("Copy the robot's Webhook address whole, or write mailtos://…; see the guide."),
        )
    if getattr(plugin, "notify_url", "").startswith("https://"):
        plugin.request_rate_per_sec = ROBOT_GAP
    return _Address(_service(str(plugin.service_name)), plugin)


def _service(name: str) -> str:
    """What the office calls it; of others the library's own name."""
    known = {
        "WeCom Bot": _("WeCom"),
        "DingTalk": _("DingTalk"),
        "Feishu": _("Feishu"),
        "Lark (Feishu)": _("Feishu"),
        "E-Mail": _("E-mail"),
    }
    return known.get(name, name)


def _plugin(url: str) -> NotifyBase | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the library says of its own dependencies
        from apprise import Apprise, AppriseAsset
        from apprise.common import OverflowMode

        for pattern, scheme in _NATIVE:
            if native := pattern.fullmatch(url):
                url = scheme + native.group(1)
        asset = AppriseAsset(async_mode=False, app_id="Taizhang", app_desc="Taizhang")
        made = Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    if made is not None:
        made.overflow_mode = OverflowMode.SPLIT
    return made


def _sent(address: _Address, title: str, body: str, refused: list[str]) -> str | None:
    """None when the address took it, else why not; whatever the library raises is such a why."""
    refused.clear()
    try:
        taken = address.plugin.notify(title=title, body=body, body_format="text")
    except Exception as error:  # its text may quote the address
        return type(error).__name__
    return None if taken else "; ".join(refused) or _("no connection, or refused")


@contextmanager
def _silent(redactor: Redactor) -> Iterator[None]:
    """Within the block the library, which logs addresses and messages, says nothing."""
    log = logging.getLogger("apprise")
    before = log.disabled
    log.disabled = True
    try:
        with quiet_logs(redactor):
            yield
    finally:
        log.disabled = before


@contextmanager
def _heeding_refusals() -> Iterator[list[str]]:
    """Within the block a robot's "no" is an error: the library looks at the status alone, which is
    200. Yields where the answers' codes are noted."""
    import requests

    noted: list[str] = []
    ask: Callable[..., Any] = requests.api.request

    def asked(method: str, url: str, **options: Any) -> Any:
        response = ask(method, url, **options)
        field_name = _ROBOTS.get(url.split("/")[2].lower() if "//" in url else "")
        if field_name and (code := _code(response, field_name)):
            noted.append(_("refused with code {code}").format(code=code))
            raise requests.RequestException("refused")
        return response

    setattr(requests.api, "request", asked)
    try:
        yield noted
    finally:
        setattr(requests.api, "request", ask)


def _code(response: Any, name: str) -> str:
    """The robot's error code; empty when it took the message."""
    try:
        answer = response.json()
    except ValueError:
        return "" if response.status_code != 200 else "?"
    code = answer.get(name) if isinstance(answer, Mapping) else None
    return "" if code in (0, "0") or response.status_code != 200 else str(code)[:20]
