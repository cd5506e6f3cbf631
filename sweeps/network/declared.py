"""What an office declares of its way out, and what is wrong with it.

The address of a proxy is never repeated in full: it may hold a password.
"""

from __future__ import annotations

import ssl
from urllib.parse import urlsplit

from registry.messages import _


def proxy_fault(address: str) -> tuple[str, str] | None:
    """What is wrong with the address of a proxy, and how it is written; None for one that is good."""
    remedy = _("Write it like http://10.20.0.1:8080.")
    try:
        parts = urlsplit(address)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or any(letter.isspace() for letter in address):
        return _("The address in trusted_proxy is none of a proxy."), remedy
    if parts.netloc.endswith(":"):
        return _("The address in trusted_proxy has a colon and no port after it."), remedy
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        return _("The address in trusted_proxy is that of a page, not of a proxy."), remedy
    return None


def shown(proxy: str) -> str:
    """The address without what only the proxy may know."""
    parts = urlsplit(proxy)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def authority_fault(file: str) -> tuple[str, str] | None:
    """Why certificates cannot be read out of a file, and what to do; None where they can."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(file)
    except OSError:
        message = _("The certificates in {file} cannot be read.").format(file=file)
        return message, _("Name a PEM file that is there in ca_file.")
    return None
