"""The shortest link check that is worth its name: `requests` with kept connections, in threads.

Run by `bench/links.py`: a file of addresses, and how many threads. It prints how many answered.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests
from requests.adapters import HTTPAdapter


def main() -> None:
    urls = Path(sys.argv[1]).read_text("utf-8").split()
    session, threads = requests.Session(), int(sys.argv[2])
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(pool_connections=512, pool_maxsize=threads))

    def answered(url: str) -> int:
        try:
            return session.get(url, timeout=20).status_code
        except requests.RequestException:
            return 0

    with ThreadPoolExecutor(threads) as pool:
        told = list(pool.map(answered, urls))
    print(sum(status == 200 for status in told), "of", len(told))


if __name__ == "__main__":
    main()
