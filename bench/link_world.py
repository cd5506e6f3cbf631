"""A seeded world of links with the truth about each: what its server does, and what follows.

All sites are made up. What an address does cannot be read from it. The server's process builds the
same world from the same seed; only the pages that list the addresses reach it as files, since the
ports are not known before.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.simulator.http import Answer, Asked

IN_FLIGHT = 100
SILENT_SECONDS = 5.0
LINKS_EACH = 178
"""Links of one account's home page; a check asks for at most 180."""

SHARES = {
    "missing": 0.05,
    "failing": 0.02,
    "silent": 0.01,
    "moved": 0.02,
    "sent_home": 0.004,
    "soft_missing": 0.01,
    "no_head": 0.01,
    "anti_bot": 0.005,
    "expired": 0.002,
    "self_signed": 0.002,
    "nameless": 0.002,
}
"""Kind of link → share of all; the rest are plain pages."""

ANYWHERE = frozenset({"expired", "self_signed", "nameless"})
"""Kinds that are not on the counting server: they fail before any request is sent."""

Verdict = tuple[str, str]
"""State of a link and the code of its finding, empty for none."""

_SURE: Mapping[str, Verdict] = {
    "page": ("works", ""),
    "silent": ("works", ""),
    "moved": ("works", ""),
    "no_head": ("works", ""),
    "missing": ("broken", "LK201"),
    "expired": ("broken", "LK205"),
    # A wall, a foreign certificate and a way back to the home page say nothing about the page.
    "anti_bot": ("unsure", ""),
    "self_signed": ("unsure", ""),
    "sent_home": ("unsure", ""),
}


def truth(kind: str, days: int) -> Verdict:
    """What is to be said of a link of that kind, tried on so many days.

    What may be better tomorrow is broken only when it failed on two days.
    """
    if kind in {"failing", "soft_missing", "nameless"}:
        return ("broken", "LK201") if days > 1 else ("unsure", "")
    return _SURE[kind]


@dataclass(frozen=True, slots=True)
class World:
    """How many links there are and what each does; the same for the same seed."""

    seed: int
    count: int
    latency: float

    @property
    def kinds(self) -> list[str]:
        """The kind of each link, by its number."""
        found = [kind for kind, share in SHARES.items() for _n in range(round(share * self.count))]
        found += ["page"] * (self.count - len(found))
        random.Random(self.seed).shuffle(found)
        return found

    @property
    def accounts(self) -> int:
        """How many home pages it takes to show all links."""
        return -(-self.count // LINKS_EACH)

    def argument(self, folder: Path) -> str:
        """For the server's process."""
        told = {"seed": self.seed, "count": self.count, "latency": self.latency}
        return json.dumps({**told, "folder": str(folder)})

    def bound(self) -> float:
        """Seconds that 100 places need when each is busy until the last answer: what the servers
        take for the addresses alone, one request for each and one for each redirect."""
        counted = Counter(self.kinds)
        asked = sum(counted[kind] for kind in counted if kind not in ANYWHERE | {"silent"})
        hops = counted["moved"] + counted["sent_home"]
        silent = max(SILENT_SECONDS, self.latency)
        held = (asked + hops) * self.latency + counted["silent"] * silent
        return max(held / IN_FLIGHT, silent if counted["silent"] else 0.0)


Where = Mapping[str, Sequence[str]]
"""Beginnings of addresses (scheme, host and port): of `plain` servers, of `expired` and
`self_signed` ones."""


def addresses(world: World, where: Where) -> list[str]:
    """The address of each link, by its number."""
    chance = random.Random(world.seed + 1)
    made = []
    for number, kind in enumerate(world.kinds):
        scheme = where["plain"][0].partition(":")[0]
        begin = chance.choice(where.get(kind) or where["plain"])
        if kind == "nameless":
            begin = f"{scheme}://qingshi-{number}.invalid"
        made.append(f"{begin}/zwgk/{number}.html")
    return made


def write_pages(world: World, where: Where, folder: Path) -> dict[str, str]:
    """The home pages, and one page and one text with all addresses for the peers, into `folder`.

    Returns address → kind.
    """
    urls = addresses(world, where)
    pages = {"/all": _listing(urls)}
    for account in range(world.accounts):
        shown = urls[account * LINKS_EACH : (account + 1) * LINKS_EACH]
        pages[f"/{account}"] = _listing(shown)
    (folder / "pages.json").write_text(json.dumps(pages), "utf-8")
    (folder / "all.txt").write_text("\n".join(urls) + "\n", "utf-8")
    return dict(zip(urls, world.kinds, strict=True))


def _listing(urls: Sequence[str]) -> str:
    rows = "".join(f'<li><a href="{url}">青石县事项 {n}</a></li>\n' for n, url in enumerate(urls))
    return _page("青石县政务公开", f"<ul>{rows}</ul>")


_WORDS = "青石县 政务 公开 服务 事项 指南 办理 材料 通知 公告 预算 决算 规划 招标 水利 教育".split()


def _page(title: str, content: str) -> str:
    head = f'<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8"><title>{title}</title>'
    return f"{head}</head><body><h1>{title}</h1>{content}</body></html>"


def _article(number: int) -> str:
    """Some 3 KB of a page."""
    chance = random.Random(number)
    rows = (f"<p>{''.join(chance.choices(_WORDS, k=24))}。</p>" for _row in range(18))
    return _page(f"青石县公告第{number}号", "".join(rows))


# --- the server's side ----------------------------------------------------------------------------

_HTML = (
    ("Content-Type", "text/html; charset=utf-8"),
    # By this a server tells linkchecker that it need not keep to ten requests a second; without it,
    # all its threads wait for one another.
    ("LinkChecker", "welcome"),
)
_GONE = _page("页面不存在", "<p>您访问的页面不存在或已被删除。</p>")


def handler(argument: str) -> Callable[[Asked], Answer]:
    """What the servers of a world say; see `World.argument`."""
    told = json.loads(argument)
    world = World(told["seed"], told["count"], told["latency"])
    pages = [Answer(_article(number).encode(), headers=_HTML) for number in range(16)]
    said = [_answer(kind, number, pages) for number, kind in enumerate(world.kinds)]
    others = _Others(Path(told["folder"]), pages[0])

    def answer(asked: Asked) -> Answer:
        number = asked.path.removeprefix("/zwgk/").partition(".")[0]
        if not (asked.path.startswith("/zwgk/") and number.isdigit()):
            return others(asked)
        refused = asked.method == "HEAD" and world_kinds[int(number)] == "no_head"
        return _NO_HEAD[int(number) % 2] if refused else said[int(number)]

    world_kinds = world.kinds
    return answer


_NO_HEAD = (Answer(status=405), Answer(status=403))


def _answer(kind: str, number: int, pages: Sequence[Answer]) -> Answer:
    page = pages[number % len(pages)]
    if kind == "silent":
        return Answer(page.body, headers=_HTML, delay=SILENT_SECONDS)
    ways: Mapping[str, tuple[int, Any, str]] = {
        "missing": (404, "<h1>404</h1>", ""),
        "failing": (500, "<h1>500</h1>", ""),
        "anti_bot": (403, "<h1>Forbidden</h1>", ""),
        "moved": (301 + number % 2, "", f"/article/{number}.html"),
        "sent_home": (302, "", "/"),
        "soft_missing": (200, _GONE, ""),
    }
    if kind not in ways:
        return page
    status, body, location = ways[kind]
    headers = (*_HTML, ("Location", location)) if location else _HTML
    return Answer(body.encode(), status, headers)


class _Others:
    """Home pages, lists of links, robots.txt, and where redirects lead."""

    def __init__(self, folder: Path, page: Answer) -> None:
        self._file = folder / "pages.json"
        self._page = page
        self._pages: dict[str, Answer] = {}

    def __call__(self, asked: Asked) -> Answer:
        if asked.path == "/robots.txt":
            return Answer("User-agent: *\nDisallow:\n", headers=(("Content-Type", "text/plain"),))
        if not self._pages and self._file.exists():
            told = json.loads(self._file.read_text("utf-8"))
            self._pages = {path: Answer(text, headers=_HTML) for path, text in told.items()}
        listed = self._pages.get(asked.path.removeprefix("/list"))
        return listed if listed is not None else self._page
