"""The peers of the pace benchmark: the same addresses at the same rates, and nothing kept.

Arguments: the peer's name and the folder with `plan.json`.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


def addresses(plan: Any) -> dict[str, list[str]]:
    """Host → what it is asked, in order."""
    by_host: dict[str, list[str]] = defaultdict(list)
    for url in plan["addresses"]:
        by_host[urlsplit(url).netloc] += [f"{url}?page={page}" for page in range(plan["pages"])]
    return by_host


def scrapy(plan: Any) -> int:
    """Scrapy with a download slot per host, delays not randomised."""
    from scrapy import Request, Spider
    from scrapy.crawler import CrawlerProcess

    class Asker(Spider):  # type: ignore[misc]
        name = "asker"
        count = 0

        async def start(self) -> AsyncIterator[Any]:
            for host, urls in addresses(plan).items():
                for url in urls:
                    yield Request(url, meta={"download_slot": host}, dont_filter=True)

        def parse(self, response: Any) -> None:
            assert json.loads(response.body)["posts"]
            Asker.count += 1

    slots = {
        host: {"delay": 1 / rate, "concurrency": 500, "randomize_delay": False}
        for host, rate in plan["hosts"].items()
    }
    settings = {
        "LOG_LEVEL": "ERROR",
        "CONCURRENT_REQUESTS": 1000,
        "DOWNLOAD_SLOTS": slots,
        "RANDOMIZE_DOWNLOAD_DELAY": False,
        "ROBOTSTXT_OBEY": False,
        "TELNETCONSOLE_ENABLED": False,
        "RETRY_ENABLED": False,
    }
    process = CrawlerProcess(settings)
    process.crawl(Asker)
    process.start()
    return Asker.count


def ratelimiter(plan: Any) -> int:
    """requests-ratelimiter: a session per host, with threads enough for its rate."""
    from requests.adapters import HTTPAdapter
    from requests_ratelimiter import LimiterSession

    def ask(session: Any, url: str) -> int:
        return len(session.get(url).json()["posts"])

    pools, answers = [], []
    for host, urls in addresses(plan).items():
        rate = plan["hosts"][host]
        threads = max(2, rate // 3)
        session = LimiterSession(per_second=rate)
        session.mount("http://", HTTPAdapter(pool_maxsize=threads))
        pools.append(ThreadPoolExecutor(threads))
        answers += [pools[-1].submit(ask, session, url) for url in urls]
    return sum(answer.result() > 0 for answer in answers)


if __name__ == "__main__":
    run = {"scrapy": scrapy, "requests-ratelimiter": ratelimiter}[sys.argv[1]]
    print(run(json.loads((Path(sys.argv[2]) / "plan.json").read_text())))
