"""Recorded pages and feeds read by the cheap paths as by the thorough ones.

The module runs where `TAIZHANG_SHARED` (default: `../shared` beside the checkout) holds them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from checkers._site.entries import entries
from checkers._site.tree import read_page
from checkers._web.feeds import _exact, _scanned
from checkers.feed import _when, _whens
from tests.checkers.driving import NOON, answer
from tests.checkers.page_readings import agree, tell_the_same
from tests.checkers.site_answers import HOME
from tests.shared.test_payloads import PAYLOADS

pytestmark = pytest.mark.skipif(not PAYLOADS.is_dir(), reason="no recorded answers here")


def recorded(*endings: str) -> list[str]:
    """Recorded answers with such names."""
    found = [path for ending in endings for path in PAYLOADS.rglob(f"*.{ending}")]
    return sorted(str(path.relative_to(PAYLOADS)) for path in found)


@pytest.mark.parametrize("file", recorded("html", "htm"))
def test_a_recorded_page_is_read_in_one_walk_as_in_many(file: str) -> None:
    shown = read_page(answer(Path(PAYLOADS, file).read_bytes()))
    if shown is not None:
        for most in (5, 80, 20_000):
            agree(shown, most)


@pytest.mark.parametrize("file", recorded("html", "htm"))
def test_a_recorded_page_says_without_its_rows_what_it_says_with_them(file: str) -> None:
    sent = answer(Path(PAYLOADS, file).read_bytes(), url=HOME)
    quick, thorough = read_page(sent), read_page(sent, quickly=False)
    if quick is None or thorough is None:
        assert quick is thorough
        return
    tell_the_same(quick, thorough)
    assert entries(quick, HOME, NOON) == entries(thorough, HOME, NOON)


@pytest.mark.parametrize("file", recorded("xml", "rss", "atom"))
def test_a_recorded_feed_is_scanned_as_a_parser_reads_it(file: str) -> None:
    body = Path(PAYLOADS, file).read_bytes()
    found, thorough = _scanned(body), _exact(body)
    assert found is None or found == thorough
    if thorough is not None:
        dates = [item.date for item in thorough.items]
        assert _whens(dates, NOON) == [_when(date, NOON) for date in dates]
