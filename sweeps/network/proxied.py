"""The one proxy that everything goes through: when it is gone, no host can be told from another.

So a run ends with it, instead of noting of one host after the other that it failed. Nothing was asked
of any of them: what they still owe stays due.
"""

from __future__ import annotations

from collections.abc import Callable

from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from registry.errors import TaizhangError
from registry.messages import _
from sweeps.clock import Clock
from sweeps.network.declared import shown
from sweeps.network.heard import Heard

_PAUSES = (1.0, 2.0, 4.0)
"""Seconds after which one that has worked before is called again: it may only be starting anew."""

_WANTS_PASSWORD = "Tunnel connection failed: 407"
"""What the standard library says of a proxy that refuses to lead on for want of one."""


class ProxyLost(TaizhangError):
    """The proxy does not let anything through. All that was done is kept."""

    code = "proxy_lost"


class Proxy:
    """See the module; used by all threads that fetch."""

    def __init__(self, address: str, clock: Clock) -> None:
        self._shown = shown(address)
        self._clock = clock
        self._reached = False
        self._lost: ProxyLost | None = None

    def asked(self, ask: Callable[[], Heard]) -> Heard:
        """What `ask` hears through the proxy. Raises what it raises, and notes it where that is about
        the proxy itself."""
        pauses = iter(_PAUSES if self._reached else ())
        while True:
            try:
                heard = ask()
            except (NewConnectionError, ConnectTimeoutError) as error:
                # With a proxy, no connection is ever made to anybody else.
                pause = next(pauses, None)
                if pause is None:
                    self._lost = self._unreachable(error)
                    raise
                self._clock.wait(pause)
                continue
            except OSError as error:
                if _WANTS_PASSWORD in str(error):
                    self._lost = self._locked()
                raise
            self._reached = True
            if heard.status == 407:
                self._lost = self._locked()
            return heard

    def assure(self) -> None:
        """Raises ProxyLost once nothing gets through any more."""
        if self._lost is not None:
            raise self._lost

    def _unreachable(self, error: Exception) -> ProxyLost:
        cause = error.__cause__ or error.__context__
        why = cause.strerror if isinstance(cause, OSError) and cause.strerror else ""
        return ProxyLost(
            _("The proxy {proxy} cannot be reached ({why}).").format(
                proxy=self._shown, why=why or type(error).__name__
            ),
            _("See that it runs and that trusted_proxy under [sweep] in taizhang.toml names it."),
        )

    def _locked(self) -> ProxyLost:
        return ProxyLost(
            _("The proxy {proxy} wants a name and a password (HTTP 407).").format(
                proxy=self._shown
            ),
            _(
                'Write trusted_proxy = "http://NAME:PASSWORD@HOST:PORT" under [sweep] in'
                " taizhang.toml, and let nobody else read the file."
            ),
        )
