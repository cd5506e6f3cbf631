"""The made-up links of `bench/links.py`: the same for the same seed, and true to their word."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import requests

from bench.link_world import World, addresses, handler, truth, write_pages
from tests.simulator.http import serving


def test_the_same_seed_makes_the_same_world_and_another_another() -> None:
    assert World(4, 500, 0.2).kinds == World(4, 500, 0.2).kinds
    assert World(4, 500, 0.2).kinds != World(5, 500, 0.2).kinds


def test_shares_and_bound_are_those_of_the_task() -> None:
    world = World(4, 5000, 0.2)
    counted = Counter(world.kinds)
    assert (counted["missing"], counted["failing"], counted["silent"]) == (250, 100, 50)
    assert counted["moved"] == 100 and sum(counted.values()) == 5000
    # 4,920 answers and 120 redirects of 0.2 s, 50 silences of 5 s, over 100 places
    assert world.bound() == (4920 * 0.2 + 120 * 0.2 + 50 * 5.0) / 100


def test_no_link_can_be_told_by_its_address() -> None:
    world = World(4, 200, 0.2)
    urls = addresses(world, {"plain": ["http://a"], "expired": ["http://a"]})
    paths = {url.rpartition("/")[2] for url in urls}
    assert paths == {f"{number}.html" for number in range(200)}


def test_what_may_be_better_tomorrow_is_broken_on_the_second_day_only() -> None:
    assert truth("failing", 1) == ("unsure", "")
    assert truth("failing", 2) == ("broken", "LK201")
    assert truth("missing", 1) == ("broken", "LK201")
    assert truth("expired", 1) == ("broken", "LK205")
    assert truth("anti_bot", 2) == ("unsure", "")


def test_the_server_does_what_the_truth_says(tmp_path: Path) -> None:
    world = World(4, 1000, 0.0)
    number = {kind: n for n, kind in enumerate(world.kinds)}
    with serving(handler(world.argument(tmp_path)), latency=0.0) as server:
        kinds = write_pages(world, {"plain": [server.url(0, "")]}, tmp_path)

        def said(kind: str, method: str = "GET") -> requests.Response:
            url = server.url(0, f"/zwgk/{number[kind]}.html")
            assert kinds[url] == kind
            return requests.request(method, url, timeout=5)

        assert [said(k).status_code for k in ("missing", "failing", "anti_bot")] == [404, 500, 403]
        assert said("no_head", "HEAD").status_code in {403, 405}
        assert said("no_head").status_code == said("page", "HEAD").status_code == 200
        assert [len(said(k).history) for k in ("page", "moved", "sent_home")] == [0, 1, 1]
        assert said("sent_home").url == server.url(0, "/")
        assert "页面不存在" in said("soft_missing").content.decode()
        listed = requests.get(server.url(0, "/list/all"), timeout=5).content.decode()
        assert listed.count("<li>") == 1000
