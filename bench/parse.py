"""Reading what a look asks for against fetching it over TLS: CPU of this process, kind by kind.
Judged is each kind by the fetch that a weekly sweep really pays for it. The first request of a look
pays for the connection (`new`: TLS handshake with the shared context, of which certificates are read
once) unless the lane's last look left it open (`kept`), and all further requests are made over it.
Our transport says that it takes packed answers, as browsers do, so pages and feeds come packed
(`gzip`, level 6) and are unpacked in the fetch; platforms' APIs are taken to answer unpacked, which
is against us where they do pack. So: APIs `kept`; articles, link targets and the office's RSSHub
`kept_gzip`; a feed at an address of its own and the pages of a website `new_gzip`. The other ways
stand beside them. All requests of a look count, those for what is missing too; a site's is its home
page, columns and newest articles.

Our checkers' whole reading, from bytes to facts, stands beside our transport's fetching of the same
answers on loopback, from a server of another process whose CPU does not count. It lets each answer
wait for 20 ms, as the nearest of networks does: a process that has to be woken for each answer pays
for that, two to four times what one pays that always finds it there. The reading is measured right
behind each fetch, as in a sweep, and each figure is the best of several rounds. Peers read the
longest of the answers down to a tree, once for each such body, in rounds that do not wait: no
reading that builds one is cheaper.

Two kinds measure a shape that sweeps hardly meet: `column_100k` and `column_500k` hold 450 and 2,200
dated rows on one page, where columns have fifteen to thirty. Each row is an entry and a post of the
facts, two objects of Python, while fetching a further row costs next to nothing.
"""

from __future__ import annotations

import gzip
import io
import json
import multiprocessing
import random
import shutil
import ssl
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast
from xml.etree import ElementTree

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.harness import Result, installed, report  # noqa: E402
from bench.parse_looks import FEED, JSON, Look, looks  # noqa: E402
from checkers.base import Request  # noqa: E402
from registry import collector  # noqa: E402
from sweeps.clock import SystemClock  # noqa: E402
from sweeps.network.transport import Network, Transport  # noqa: E402

collector.spare()  # as the program does

SEED, ROUNDS, ROUNDS_OF_PEERS = 1, 7, 3
_ON_THE_WAY = 0.02
"""Seconds that an answer waits for."""
_LONG_ENOUGH = 0.01
"""Seconds that a round of a peer takes at least."""

Work = Callable[[], object]


def best_ms(works: Mapping[str, Work], rounds: int) -> dict[str, float]:
    """CPU of one go of each, in milliseconds: the best of several rounds, taken in turns."""
    times = {name: _enough(work) for name, work in works.items()}
    best = dict.fromkeys(works, float("inf"))
    for _ in range(rounds):
        for name, work in works.items():
            began = time.process_time()
            for _ in range(times[name]):
                work()
            best[name] = min(best[name], (time.process_time() - began) / times[name] * 1000)
    return {name: round(figure, 3) for name, figure in best.items()}


def behind_each_ms(fetches: Mapping[str, Work], read: Work) -> dict[str, float]:
    """CPU of each fetch and of the reading behind them, in milliseconds: the best of all rounds."""
    best = dict.fromkeys(["read", *fetches], float("inf"))
    for _ in range(ROUNDS):
        for name, fetch in fetches.items():
            began = time.process_time()
            fetch()
            fetched = time.process_time()
            read()
            best["read"] = min(best["read"], time.process_time() - fetched)
            best[name] = min(best[name], fetched - began)
    return {name: round(figure * 1000, 3) for name, figure in best.items()}


def _enough(work: Work) -> int:
    work()
    began = time.process_time()
    work()
    return max(1, int(_LONG_ENOUGH / max(time.process_time() - began, 1e-5)))


def peers(content_type: str, body: bytes) -> dict[str, Work]:
    """Others' reading of the same bytes, down to a tree or to objects."""
    if content_type == JSON:
        return {"json": lambda: json.loads(body)}
    if content_type == FEED:
        found: dict[str, Work] = {"ElementTree": lambda: ElementTree.fromstring(body)}
        if installed("feedparser"):
            import feedparser

            found["feedparser"] = lambda: feedparser.parse(io.BytesIO(body))
        return found
    import lxml.html
    from bs4 import BeautifulSoup

    parser = lxml.html.HTMLParser(encoding="utf-8")
    return {
        "bs4 html.parser": lambda: BeautifulSoup(body, "html.parser"),
        "bs4 lxml": lambda: BeautifulSoup(body, "lxml"),
        "lxml": lambda: lxml.html.document_fromstring(body, parser=parser),
    }


Sent = tuple[int, str, bytes]
"""Status, type and body of an answer."""


def serve(folder: str, answers: Mapping[str, Sent], tell: Any) -> None:
    """The loopback server, for a process of its own. `/gzip/NAME` sends NAME compressed."""
    packed = {name: gzip.compress(body, 6) for name, (_status, _kind, body) in answers.items()}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1  # head and body leave together

        def do_GET(self) -> None:
            folded, name = self.path.startswith("/gzip/"), self.path.rpartition("/")[2]
            status, kind, body = answers[name]
            body = packed[name] if folded else body
            time.sleep(_ON_THE_WAY)
            self.send_response(status)
            if folded:
                self.send_header("Content-Encoding", "gzip")
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
    made = looks(random.Random(SEED))
    answers = {
        f"{name}.{place}": (answer.status, answer.headers["content-type"], answer.body)
        for name, look in made.items()
        for place, answer in enumerate(look.fetched())
    }
    hear, tell = multiprocessing.Pipe()
    process = multiprocessing.Process(target=serve, args=(str(folder), answers, tell), daemon=True)
    process.start()
    result = Result("parse", {"seed": SEED, "kinds": list(made)})
    try:
        where = f"https://127.0.0.1:{cast(int, hear.recv())}"
        network = Network(allow_private=("127.0.0.0/8",), ca_file=str(folder / "ca.pem"))
        for name, look in made.items():
            _measure(result, name, network, where, look)
    finally:
        process.terminate()
        process.join()
    _measure_peers(result, made)
    return result


def _measure_peers(result: Result, made: Mapping[str, Look]) -> None:
    """What peers take for the longest answer of each look; of looks with one body, once."""
    read: dict[bytes, dict[str, float]] = {}
    for name, look in made.items():
        body = max((answer.body for answer in look.fetched()), key=len)
        if body not in read:
            read[body] = best_ms(peers(look.content_type, body), ROUNDS_OF_PEERS)
        for peer, figure in read[body].items():
            result.peers.setdefault(peer, {})[f"{name}_read_ms"] = figure


def _measure(result: Result, name: str, network: Network, where: str, look: Look) -> None:
    found = look.count(look.read())
    assert found == look.expected, f"{name}: {found} instead of {look.expected}"
    transport, wanted = Transport(SystemClock(), network), look.fetched()

    def fetch(folder: str) -> None:
        for place, one in enumerate(wanted):
            answer = transport.fetch(Request(f"{where}{folder}/{name}.{place}"))
            assert (answer.status, answer.body) == (one.status, one.body), answer.failure

    def anew(folder: str) -> None:
        transport.hang_up()  # the context stays
        fetch(folder)

    ways: dict[str, Work] = {
        "kept": lambda: fetch(""),
        "kept_gzip": lambda: fetch("/gzip"),
        "new_gzip": lambda: anew("/gzip"),
    }
    fetch("")
    figures = behind_each_ms(ways, look.read)
    transport.close()
    result.ours[f"{name}_requests"] = len(wanted)
    result.ours[f"{name}_read_ms"] = figures["read"]
    for way in ways:
        result.ours[f"{name}_fetch_{way}_ms"] = figures[way]
        result.ours[f"{name}_read_to_{way}"] = round(figures["read"] / figures[way], 2)
    result.goals[f"{name}_read_to_{look.comes}"] = 1.0


def main() -> Result:
    folder = Path(tempfile.mkdtemp(prefix="bench-parse-"))
    try:
        return run(folder)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    report(main)
