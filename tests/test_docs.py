"""What the documents say is what the program does."""

from __future__ import annotations

import re
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

import cli
from checkers.base import Failure, Request, Response
from checkers.loading import load_checkers
from commands.door import EngineClock
from registry.errors import EXIT_GATE
from registry.exchange.national import write_national
from registry.exchange.national_template import NationalEntry, load_mapping
from registry.platforms import PlatformCatalogue
from registry.vocab import NationalState, Reason
from sweeps.network.transport import Transport
from tests.documents import CODES_PAGE, DOCS, PLATFORMS_PAGE, ROOT, codes_page, commands
from tests.platforms_page import platforms_page

FILES = ROOT / "tests" / "docs"
"""What the pages assume to lie in the reader's folder."""


@pytest.fixture
def readers_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the reader's files, a name to act under, and no network."""
    for file in FILES.iterdir():
        shutil.copy(file, tmp_path)
    platforms = PlatformCatalogue.with_known(load_checkers().infos())
    rows = [
        NationalEntry(
            "weibo", "青石发布", host_unit="青石县人民政府办公室", state=NationalState.LIVE
        ),
        NationalEntry(
            "weibo", "青石旅游", host_unit="青石县文化和旅游局", state=NationalState.LIVE
        ),
    ]
    write_national(rows, tmp_path / "报送系统导出.xlsx", load_mapping(), platforms)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TAIZHANG_DB", raising=False)
    monkeypatch.setenv("TAIZHANG_ACTOR", "王芳")
    monkeypatch.setattr(Transport, "fetch", _no_network)
    monkeypatch.setattr("commands.door.EngineClock", _Hurried)
    return tmp_path


class _Hurried(EngineClock):
    """A clock whose waiting takes no time: politeness is kept, nobody sits through it."""

    passed = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + _Hurried.passed

    def wait(self, seconds: float) -> None:
        _Hurried.passed += seconds


_SITE = """<html><head><title>青石县人民政府</title></head><body><h3>政务新媒体</h3>
<a href="https://weibo.com/u/1900000009">青石应急微博</a></body></html>"""


def _no_network(self: Transport, request: Request, *_ignored: object) -> Response:
    """Nobody answers but the site that the guide reads."""
    now = datetime.now(UTC)
    if request.url == "https://www.qingshi.gov.cn/":
        return Response(request.url, 200, {"content-type": "text/html"}, _SITE.encode(), now)
    return Response(request.url, 0, fetched_at=now, failure=Failure(Reason.CONNECTION))


def test_the_page_of_finding_codes_is_up_to_date() -> None:
    assert CODES_PAGE.read_text(encoding="utf-8") == codes_page()


def test_the_page_of_platforms_is_up_to_date() -> None:
    assert PLATFORMS_PAGE.read_text(encoding="utf-8") == platforms_page()


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_every_command_of_a_page_runs_as_written(page: Path, readers_folder: Path) -> None:
    for words in commands(page):
        shut = EXIT_GATE if "--gate" in words else 0  # the reader's folder has open matters
        assert cli.main(words) == shut, f"taizhang {' '.join(words)}"


def test_make_targets_of_the_pages_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for page in DOCS:
        for line in page.read_text(encoding="utf-8").splitlines():
            if line.startswith("make "):
                assert f"\n{line.split()[1]}:" in makefile, f"{page.name}: {line}"


def test_the_guide_shows_every_command() -> None:
    guide = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
    for name in cli.COMMANDS:
        assert re.search(rf"taizhang( --db \S+)? {name}\b", guide), name
