"""Reading a response against fetching it over TLS: CPU of this process, kind by kind.

Our checkers' reading stands beside our transport's fetching of the same bytes on loopback, over a
kept connection (the harder comparison, which the goal uses) and over a new one. Peers read the same
bytes. The server is another process, so its CPU does not count. Best of several rounds each.
"""

from __future__ import annotations

import io
import multiprocessing
import random
import shutil
import ssl
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast
from xml.etree import ElementTree

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.harness import Result, installed, report  # noqa: E402
from checkers._site.entries import entries  # noqa: E402
from checkers._site.marks import marks, site_name  # noqa: E402
from checkers._site.tree import read_page  # noqa: E402
from checkers._web.feeds import read_feed  # noqa: E402
from checkers._wechat.article import read_article  # noqa: E402
from checkers.base import Request, Response  # noqa: E402
from checkers.links import read_link  # noqa: E402
from sweeps.clock import SystemClock  # noqa: E402
from sweeps.transport import Network, Transport  # noqa: E402

SEED, ROUNDS = 1, 7
NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
WORDS = "青石县云川市公开通知工作会议教育医疗交通安全生产气象预警乡村振兴政务服务办理指南"


def _text(draw: random.Random, count: int) -> str:
    return "".join(draw.choices(WORDS, k=count))


def feed(draw: random.Random, items: int) -> bytes:
    """RSS 2.0 with descriptions of some hundred characters."""
    rows = "".join(
        f"<item><title>{_text(draw, 20)}</title><link>https://feed.example/{number}</link>"
        f"<description><![CDATA[<p>{_text(draw, 200)}</p>]]></description>"
        f"<pubDate>{format_datetime(NOW - timedelta(hours=7 * number))}</pubDate></item>"
        for number in range(items)
    )
    return f'<rss version="2.0"><channel><title>青石县</title>{rows}</channel></rss>'.encode()


def article(draw: random.Random, size: int) -> bytes:
    """An article page: script variables first, then paragraphs up to about `size` bytes."""
    head = (
        '<html><head><meta property="og:title" content="青石县通知"/><script>var ct = "1795000000";'
        'var user_name = "gh_0123456789ab"; var nickname = htmlDecode("青石县发布");</script></head>'
    )
    part = '<section style="margin:0"><p><span style="color:#333">{}</span></p></section>'
    return (head + "<body>" + _filled(draw, size, part) + "</body></html>").encode()


def listing(draw: random.Random, size: int) -> bytes:
    """A home page or column list: entries with links and days."""
    part = '<li><a href="/art/2026/11/{1}.html" title="{0}">{0}</a><span>2026-11-{2:02}</span></li>'
    head = '<html><head><title>青石县人民政府</title><meta name="SiteName" content="青石县"></head>'
    return (head + "<body><ul>" + _filled(draw, size, part) + "</ul></body></html>").encode()


def _filled(draw: random.Random, size: int, part: str) -> str:
    made: list[str] = []
    length = 0
    while length < size:
        one = part.format(_text(draw, 24), draw.randrange(10**6), draw.randrange(1, 20))
        made.append(one)
        length += len(one.encode())
    return "".join(made)


def read_site(response: Response) -> int:
    """What the site checker does with a page: tree, name, marks and entries."""
    page = read_page(response)
    assert page is not None
    site_name(page)
    return len(marks(page)) + len(entries(page, response.url, NOW))


Read = Callable[[Response], object]
FEED, HTML = "application/rss+xml", "text/html; charset=utf-8"


def kinds(draw: random.Random) -> dict[str, tuple[str, bytes, Read]]:
    """Name → content type, body, our reading."""

    def as_feed(answer: Response) -> object:
        return read_feed(answer.body, FEED)

    def as_link(answer: Response) -> object:
        return read_link(answer.url, answer)

    found: dict[str, tuple[str, bytes, Read]] = {
        f"feed_{items}": (FEED, feed(draw, items), as_feed) for items in (20, 200)
    }
    for size in (20, 100, 500):
        found[f"article_{size}k"] = (HTML, article(draw, size * 1000), read_article)
        found[f"site_{size}k"] = (HTML, listing(draw, size * 1000), read_site)
        found[f"link_target_{size}k"] = (HTML, article(draw, size * 1000), as_link)
    return found


# --- measuring -----------------------------------------------------------------------------------


def cpu_ms(work: Callable[[], object]) -> float:
    """CPU of one go, in milliseconds: the best of several rounds of as many as take 20 ms."""
    work()
    began = time.process_time()
    work()
    times = max(1, int(0.02 / max(time.process_time() - began, 1e-5)))
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(times):
            work()
        best = min(best, (time.process_time() - began) / times * 1000)
    return round(best, 3)


def peers(content_type: str, body: bytes) -> dict[str, Callable[[], object]]:
    """Others' reading of the same bytes, down to a tree."""
    if content_type == FEED:
        found: dict[str, Callable[[], object]] = {
            "ElementTree": lambda: ElementTree.fromstring(body)
        }
        if installed("feedparser"):
            import feedparser

            found["feedparser"] = lambda: feedparser.parse(io.BytesIO(body))
        return found
    import lxml.html
    from bs4 import BeautifulSoup

    return {
        "bs4 html.parser": lambda: BeautifulSoup(body, "html.parser"),
        "bs4 lxml": lambda: BeautifulSoup(body, "lxml"),
        "lxml": lambda: lxml.html.document_fromstring(body),
    }


def serve(folder: str, bodies: dict[str, tuple[str, bytes]], tell: Any) -> None:
    """The loopback server, for a process of its own."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            kind, body = bodies[self.path.strip("/")]
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_ignored: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{folder}/server.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    tell.send(server.server_address[1])
    server.serve_forever()


def run(folder: Path) -> Result:
    """Everything that is measured."""
    import trustme

    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    issued = authority.issue_cert("127.0.0.1")
    issued.private_key_and_cert_chain_pem.write_to_path(str(folder / "server.pem"))
    made = kinds(random.Random(SEED))
    bodies = {name: (kind, body) for name, (kind, body, _read) in made.items()}
    hear, tell = multiprocessing.Pipe()
    process = multiprocessing.Process(target=serve, args=(str(folder), bodies, tell), daemon=True)
    process.start()
    result = Result("parse", {"seed": SEED, "kinds": list(made)})
    try:
        where = f"https://127.0.0.1:{cast(int, hear.recv())}"
        network = Network(allow_private=("127.0.0.0/8",), ca_file=str(folder / "ca.pem"))
        for name, (kind, body, read) in made.items():
            _measure(result, name, network, f"{where}/{name}", body, read)
            for peer, work in peers(kind, body).items():
                result.peers.setdefault(peer, {})[f"{name}_read_ms"] = cpu_ms(work)
    finally:
        process.terminate()
        process.join()
    return result


def _measure(
    result: Result, name: str, network: Network, url: str, body: bytes, read: Read
) -> None:
    transport = Transport(SystemClock(), network)
    request = Request(url)
    response = transport.fetch(request)
    assert response.status == 200, response.failure

    def again() -> None:
        answer = transport.fetch(request)
        assert answer.status == 200 and answer.body == body, answer.failure

    def anew() -> None:
        transport._session.close()  # the pools forget their connections, the context stays
        again()

    kept = cpu_ms(again)
    fresh = cpu_ms(anew)
    transport.close()
    reading = cpu_ms(lambda: read(replace(response)))
    result.ours[f"{name}_read_ms"] = reading
    result.ours[f"{name}_fetch_kept_ms"] = kept
    result.ours[f"{name}_fetch_new_ms"] = fresh
    result.ours[f"{name}_read_to_fetch"] = round(reading / kept, 2)
    result.goals[f"{name}_read_to_fetch"] = 1.0


def main() -> Result:
    folder = Path(tempfile.mkdtemp(prefix="bench-parse-"))
    try:
        return run(folder)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    report(main)
