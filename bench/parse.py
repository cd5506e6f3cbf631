"""Reading what a look asks for against fetching it over TLS: CPU of this process, kind by kind.
Judged is each kind by the fetch that a weekly sweep really pays for it. Answers of platforms' APIs
and articles come over a kept connection; so does what the office's RSSHub sends, which packs it
(`gzip`). A feed at an address of its own and the pages of a website come over a connection that the
look's first request opens with the shared TLS context and that the others keep. All requests of a
look count, those for what is missing too; a site's is its home page, columns and newest articles.

Our checkers' whole reading, from bytes to facts, stands beside our transport's fetching of the same
answers on loopback in all three ways. Peers read the longest of them down to a tree: no reading that
builds one is cheaper. The server is another process, so its CPU does not count. Each figure is the
best of several rounds, and the rounds of reading and fetching alternate.
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
from sweeps.clock import SystemClock  # noqa: E402
from sweeps.network.transport import Network, Transport  # noqa: E402

SEED, ROUNDS = 1, 7
_LONG_ENOUGH = 0.015
"""Seconds that a round takes at least."""

Work = Callable[[], object]


def best_ms(works: Mapping[str, Work]) -> dict[str, float]:
    """CPU of one go of each, in milliseconds: the best of several rounds, taken in turns."""
    times = {name: _enough(work) for name, work in works.items()}
    best = dict.fromkeys(works, float("inf"))
    for _ in range(ROUNDS):
        for name, work in works.items():
            began = time.process_time()
            for _ in range(times[name]):
                work()
            best[name] = min(best[name], (time.process_time() - began) / times[name] * 1000)
    return {name: round(figure, 3) for name, figure in best.items()}


def _enough(work: Work) -> int:
    work()
    began = time.process_time()
    work()
    return max(1, int(_LONG_ENOUGH / max(time.process_time() - began, 1e-5)))


def peers(look: Look) -> dict[str, Work]:
    """Others' reading of the same bytes, down to a tree or to objects."""
    body = max((answer.body for answer in look.fetched()), key=len)
    if look.content_type == JSON:
        return {"json": lambda: json.loads(body)}
    if look.content_type == FEED:
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

        def do_GET(self) -> None:
            folded, name = self.path.startswith("/gzip/"), self.path.rpartition("/")[2]
            status, kind, body = answers[name]
            body = packed[name] if folded else body
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
    return result


def _measure(result: Result, name: str, network: Network, where: str, look: Look) -> None:
    found = look.count(look.read())
    assert found == look.expected, f"{name}: {found} instead of {look.expected}"
    transport, wanted = Transport(SystemClock(), network), look.fetched()

    def fetch(folder: str) -> None:
        for place, one in enumerate(wanted):
            answer = transport.fetch(Request(f"{where}{folder}/{name}.{place}"))
            assert (answer.status, answer.body) == (one.status, one.body), answer.failure

    def anew() -> None:
        transport.hang_up()  # the context stays
        fetch("")

    ours: dict[str, Work] = {"read": look.read, "fetch_kept": lambda: fetch("")}
    ours |= {"fetch_gzip": lambda: fetch("/gzip"), "fetch_new": anew}
    others = peers(look)
    figures = best_ms(ours | others)
    transport.close()
    result.ours[f"{name}_requests"] = len(wanted)
    for figure in ours:
        result.ours[f"{name}_{figure}_ms"] = figures[figure]
    for peer in others:
        result.peers.setdefault(peer, {})[f"{name}_read_ms"] = figures[peer]
    for way in ("kept", "gzip", "new"):
        ratio = figures["read"] / figures[f"fetch_{way}"]
        result.ours[f"{name}_read_to_{way}"] = round(ratio, 2)
    result.goals[f"{name}_read_to_{look.comes}"] = 1.0


def main() -> Result:
    folder = Path(tempfile.mkdtemp(prefix="bench-parse-"))
    try:
        return run(folder)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    report(main)
