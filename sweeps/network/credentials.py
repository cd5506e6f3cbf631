"""Secrets: found in the environment or the keyring, put into a request, kept out of all else.

Whatever is stored, logged or shown goes through the `Redactor` first, which knows every secret of
this process. Nothing here writes a secret anywhere, and no text form of these objects shows one.
"""

from __future__ import annotations

import base64
import html
import json
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from urllib.parse import quote, quote_plus

from checkers.base import Credential
from checkers.loading import Catalogue
from registry.errors import BadConfig, BadInput
from registry.messages import _

ENVIRONMENT = "TAIZHANG_SECRET_"
SERVICE = "taizhang"
"""The keyring's name for us; the user name there is the credential's name."""

MARK = "REDACTED"
SHORTEST = 8
"""Characters: a shorter secret could not be told from ordinary text when it is redacted."""


@dataclass(frozen=True, slots=True)
class Insertion:
    """A secret and its place in one request on the wire."""

    place: str
    """`query:NAME`, `header:NAME`, `cookie`, or `json:NAME` for a field of a JSON body."""
    value: str = field(repr=False)
    beside: tuple[Insertion, ...] = ()
    """What goes into the same request."""

    def all(self) -> Iterator[Insertion]:
        """Each secret with its place, itself first."""
        yield replace(self, beside=())
        for other in self.beside:
            yield from other.all()


class Redactor:
    """Takes every known secret out of text and bytes, in each form in which it may come back."""

    def __init__(self) -> None:
        self._forms: tuple[bytes, ...] = ()
        self._texts: tuple[str, ...] = ()

    def add(self, secret: str) -> None:
        """Know one more secret; of a cookie line, also the value of each cookie."""
        cookies = [part.partition("=")[2].strip() for part in secret.split(";") if "=" in part]
        texts, forms = set(self._texts), set(self._forms)
        for value in (secret, *cookies):
            if len(value) >= SHORTEST:
                texts |= _spellings(value)
                forms |= {form for text in _spellings(value) for form in _encodings(text)}
        # The longest first, so that no form is broken up by a shorter one within it.
        self._texts = tuple(sorted(texts, key=len, reverse=True))
        self._forms = tuple(sorted(forms, key=len, reverse=True))

    @property
    def knows_any(self) -> bool:
        """False while there is nothing to take out."""
        return bool(self._forms)

    def text(self, text: str) -> str:
        """The text without secrets."""
        for secret in self._texts:
            if secret in text:
                text = text.replace(secret, MARK)
        return text

    def data(self, data: bytes) -> bytes:
        """The bytes without secrets."""
        for secret in self._forms:
            if secret in data:
                data = data.replace(secret, MARK.encode())
        return data


def _spellings(secret: str) -> set[str]:
    try:
        raw = secret.encode()
    except UnicodeEncodeError:
        # half a character, as JSON can spell it: it comes back in no other form
        return {json.dumps(secret)[1:-1]}
    percent = {quote(secret, safe=""), quote(secret), quote_plus(secret)}
    lower = {re.sub(r"%[0-9A-F]{2}", lambda hit: hit.group().lower(), form) for form in percent}
    packed = {base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()}
    slashed = json.dumps(secret)[1:-1].replace("/", "\\/")
    plain = {secret, json.dumps(secret)[1:-1], slashed, html.escape(secret)}
    return plain | percent | lower | packed | {form.rstrip("=") for form in packed}


def _encodings(text: str) -> set[bytes]:
    return {text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be")}


class _LogFilter(logging.Filter):
    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = self._redactor.text(record.getMessage()), None
        return True


@contextmanager
def quiet_logs(redactor: Redactor) -> Iterator[None]:
    """Within the block, what the HTTP library logs of addresses holds no secret."""
    loggers = [logging.getLogger(name) for name in ("urllib3.connectionpool", "urllib3.connection")]
    screen = _LogFilter(redactor)
    for logger in loggers:
        logger.addFilter(screen)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(screen)


class Credentials:
    """Which secrets this process holds, and what kinds of credential the checkers know."""

    def __init__(
        self,
        environ: Mapping[str, str],
        specs: Iterable[Credential] = (),
        *,
        use_keyring: bool = False,
    ) -> None:
        """Raises BadConfig for a secret too short to be redacted."""
        self.redactor = Redactor()
        self._environ = {k: v for k, v in environ.items() if k.startswith(ENVIRONMENT) and v}
        self._specs = {spec.kind: spec for spec in specs}
        self._use_keyring = use_keyring
        self._from_keyring: dict[str, str] = {}
        for variable, secret in self._environ.items():
            self._know(variable, secret)

    @classmethod
    def of(
        cls,
        catalogue: Catalogue,
        environ: Mapping[str, str],
        *,
        use_keyring: bool = False,
    ) -> Credentials:
        """With the kinds of credential that the checkers of the catalogue declare."""
        checkers = (*catalogue.platforms.values(), *catalogue.shared.values())
        specs = [spec for checker in checkers for spec in checker.credentials]
        return cls(environ, specs, use_keyring=use_keyring)

    def __repr__(self) -> str:
        return f"<Credentials for {', '.join(sorted(self._specs)) or 'nothing'}>"

    def spec(self, name: str) -> Credential | None:
        """The kind of credential that `kind` or `kind:ID` is of, if a checker declares it."""
        return self._specs.get(name.partition(":")[0])

    def checked_name(self, name: str) -> str:
        """The name, if it is `kind` or `kind:ID` of a kind that some checker declares.

        Raises BadInput without repeating what was given: it may be the secret itself.
        """
        if self.spec(name) is None:
            raise BadInput(
                _("This is not the name of a credential."),
                hint=_(
                    "Give its name, such as wechat:wx… ; the secret itself goes into the environment"
                    " or the keyring, never into the registry. Kinds: {kinds}."
                ).format(kinds=", ".join(sorted(self._specs))),
            )
        return name

    def has(self, name: str) -> bool:
        """True when the secret of that name is at hand, with all that goes along with it."""
        spec = self.spec(name)
        return bool(self.secret(name)) and (spec is None or self._complete(spec))

    def _complete(self, spec: Credential) -> bool:
        exchange = spec.exchange
        parts = [*spec.parts, *(exchange.parts if exchange else ())]
        through = exchange.through if exchange else ""
        held = all(self.secret(f"{spec.kind}:{part}") for _place, part in parts)
        return held and (not through or self.has(through))

    def secret(self, name: str, *, anew: bool = False) -> str:
        """The secret called `kind` or `kind:ID`, or empty. Not for storing, logging or showing.

        `anew`: ask the keyring again, for a secret that others replace while we run.
        """
        if anew:
            self._from_keyring.pop(name, None)
        return self._environ.get(variable(name)) or self._ask_keyring(name)

    def insertion(self, name: str) -> Insertion | None:
        """How the secret of a kind without exchange goes into a request; None without a secret."""
        secret = self.secret(name)
        return self.inserted(name, secret) if secret else None

    def inserted(self, name: str, token: str) -> Insertion | None:
        """How a secret or token of that name goes into a request, with its parts beside it."""
        spec = self.spec(name)
        if spec is None:
            return None
        beside = [
            Insertion(place, self.secret(f"{spec.kind}:{part}")) for place, part in spec.parts
        ]
        return Insertion(spec.place, spec.prefix + token, tuple(beside))

    def _ask_keyring(self, name: str) -> str:
        if not self._use_keyring:
            return ""
        if name not in self._from_keyring:
            secret = keyring_secret(name)
            if secret:
                self._know(name, secret)
            self._from_keyring[name] = secret
        return self._from_keyring[name]

    def _know(self, name: str, secret: str) -> None:
        if len(secret) < SHORTEST or not secret.isprintable():
            raise BadConfig(
                _("The secret {name} is too short or holds control characters.").format(name=name),
                _("It needs at least {count} printable characters.").format(count=SHORTEST),
            )
        self.redactor.add(secret)


def variable(name: str) -> str:
    """The environment variable of a credential: `wechat:wx12` → TAIZHANG_SECRET_WECHAT_WX12."""
    return ENVIRONMENT + re.sub(r"[^A-Z0-9]", "_", name.upper())


def keyring_secret(name: str) -> str:
    """What this machine's keyring holds for us under that name; empty without one or a keyring."""
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(SERVICE, name) or ""
    except KeyringError:
        # No usable keyring on this machine (a server without a desktop) is as good as an empty one.
        return ""
