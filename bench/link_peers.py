"""Programs that check links as well, and how each is asked to try a world's addresses.

Each is given one page (or one text) with all addresses and told to have 100 requests under way; what
it really had, the server says. From PyPI: linkchecker, pylinkvalidator, deadlink. From npm, into
`build/peers`: `npm install --prefix build/peers linkinator@8 node@22`.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.harness import Cost, installed, measured
from bench.link_world import IN_FLIGHT

ROOT = Path(__file__).parent.parent
_NPM = ROOT / "build" / "peers" / "node_modules" / ".bin"
_BIN = Path(sys.executable).parent
_TIMEOUT = 20
"""Seconds that a peer waits for an answer, as ours does."""
_MOST_SECONDS = 180
"""After which a peer is ended, whatever it has done."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a peer is to do."""

    folder: Path
    """Where it may write; `all.txt` there names all addresses, one to a line."""
    page: str
    """Address of a page that links to all of them."""
    authority: str
    """PEM file of the certificate authorities to be trusted."""

    def environment(self) -> dict[str, str]:
        """Trust in them for OpenSSL, requests and Node, and a home of its own."""
        home = {"HOME": str(self.folder), "XDG_CONFIG_HOME": str(self.folder / ".config")}
        names = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
        return home | dict.fromkeys(names, self.authority)


def _linkchecker(task: Task) -> list[str]:
    settings = task.folder / "linkcheckerrc"
    lines = ("[checking]", "maxrequestspersecond=100000", f"sslverify={task.authority}", "")
    settings.write_text("\n".join(lines), "utf-8")
    return [
        *(str(_BIN / "linkchecker"), "-f", str(settings), "-t", str(IN_FLIGHT)),
        *("-r", "1", "--check-extern", "--no-robots", "--no-status", "--no-warnings"),
        *("--timeout", str(_TIMEOUT), "-o", "csv", task.page),
    ]


def _pylinkvalidator(task: Task) -> list[str]:
    return [
        *(str(_BIN / "pylinkvalidate.py"), "-w", str(IN_FLIGHT), "-m", "thread", "-R", "lxml"),
        *("-O", "-d", "1", "-T", str(_TIMEOUT), "-E", "errors", task.page),
    ]


def _deadlink(task: Task) -> list[str]:
    settings = task.folder / ".config" / "deadlink" / "deadlink.toml"
    settings.parent.mkdir(parents=True, exist_ok=True)
    lines = f"timeout_s = {_TIMEOUT}\ncache_ttl_s = 0\nnum_concurrent_requests = {IN_FLIGHT}\n"
    settings.write_text(lines, "utf-8")
    return [str(_BIN / "deadlink"), "check", str(task.folder / "all.txt")]


def _linkinator(task: Task) -> list[str]:
    return [
        *(str(_NPM / "node"), str(_NPM / "linkinator"), task.page),
        *("--concurrency", str(IN_FLIGHT), "--timeout", str(_TIMEOUT * 1000), "--format", "json"),
    ]


def _requests(task: Task) -> list[str]:
    script = Path(__file__).with_name("link_plain.py")
    return [sys.executable, str(script), str(task.folder / "all.txt"), str(IN_FLIGHT)]


@dataclass(frozen=True, slots=True)
class Peer:
    """One program."""

    name: str
    needs: str
    """What must be there: a module, or a path that is absolute."""
    command: Callable[[Task], Sequence[str]]
    judges: bool = True
    """Whether it is a link checker; what only fetches stands beside ours for its CPU."""

    @property
    def there(self) -> bool:
        """True when it is installed."""
        return Path(self.needs).exists() if os.path.isabs(self.needs) else installed(self.needs)

    def run(self, task: Task) -> Cost:
        """Let it try all addresses; that it found dead ones is no failure of its own."""
        shutil.rmtree(task.folder / ".config", ignore_errors=True)
        limited = ("timeout", str(_MOST_SECONDS), *self.command(task))
        command = ["sh", "-c", '"$@" || true', "peer", *limited]
        return measured(command, task.environment())


PEERS = (
    Peer("linkchecker", "linkcheck", _linkchecker),
    Peer("pylinkvalidator", "pylinkvalidator", _pylinkvalidator),
    Peer("deadlink", str(_BIN / "deadlink"), _deadlink),
    Peer("linkinator", str(_NPM / "linkinator"), _linkinator),
    Peer("requests with threads", "requests", _requests, judges=False),
)
