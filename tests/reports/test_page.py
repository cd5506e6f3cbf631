"""The overview page: what it says, and that nothing from outside gets out of its place."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from registry.findings.drafts import Draft
from registry.findings.settling import settle
from registry.messages import set_language
from registry.vocab import Lang, Precision, SubjectKind
from reports.page import render_page, write_page
from reports.page_data import Link, gather, share
from tests.conftest import NOW
from tests.exchange.catalogues import CATALOGUE
from tests.reconcilers.county import County, found
from tests.reconcilers.test_reconcile import PLANTS
from verdicts.ruleset import load
from verdicts.sweep import look_at_sweep

label = CATALOGUE.label


@pytest.fixture
def county(session: Session) -> County:
    return found(session)


def text_of(page: str) -> str:
    """The page's words without mark-up, white space as one space."""
    body = re.sub(r"<style>.*?</style>", "", page, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


class _Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_an_empty_registry_makes_a_page_too(session: Session) -> None:
    page = render_page(gather(session, at=NOW, platform=label))
    assert "政务新媒体运行情况" in page
    assert "尚未检查" in page


def test_the_page_says_totals_verdicts_findings_and_what_to_see_to(county: County) -> None:
    silent = NOW - timedelta(days=40)
    county.see(
        "pension",
        when=NOW + timedelta(minutes=5),
        last_post_at=silent,
        last_post_precision=Precision.MINUTE,
    )
    PLANTS["RC306"](county)
    later = NOW + timedelta(hours=1)
    sweep = look_at_sweep(county.session, at=NOW, ruleset=load("national-2019"), now=later)
    data = gather(
        county.session,
        at=later,
        platform=label,
        sweep=sweep,
        reconciliation=county.reconcile(),
        links=[Link("reconcile.xlsx", "核对结果")],
    )
    words = text_of(render_page(data))
    assert "青石县人民政府办公室" in words
    assert "在用账号 9" in words
    assert re.search("RC306 台账与报送系统信息不符 青石\\S+ 问题 1 1", words)
    assert "青石县养老 新浪微博 青石县民政局 超期未更新 2026-10-13 09:00 40" in words
    assert "监测时间点：2026年11月22日 09:00" in words
    assert "报送系统记录已对应 10 / 10" in words


def test_a_code_names_the_first_it_is_about_and_counts_the_rest(county: County) -> None:
    first = list(county.accounts.values())[:5]
    drafts = [Draft(SubjectKind.ACCOUNT, a.uid, "ST101", account_id=a.id) for a in first]
    settle(county.session, drafts, examined=(), at=NOW, act=county.act)
    words = text_of(render_page(gather(county.session, at=NOW, platform=label)))
    named = "、".join(account.name for account in first[:3])
    assert f"ST101 内容不更新 {named} 等，另有 2 个 单项否决 5 5" in words


def test_names_from_outside_are_only_text(county: County) -> None:
    county.account(
        "evil",
        '"><script>alert(1)</script>\u202e',
        "青石县<b>局</b>",
        url="javascript:alert(1)",
        seen=False,
        reported=None,
    )
    county.see(
        "evil",
        when=NOW + timedelta(minutes=5),
        last_post_at=NOW - timedelta(days=40),
        last_post_precision=Precision.MINUTE,
    )
    later = NOW + timedelta(hours=1)
    sweep = look_at_sweep(county.session, at=NOW, ruleset=load("national-2019"), now=later)
    page = render_page(gather(county.session, at=later, platform=label, sweep=sweep))
    tags = _Tags(page).found
    assert "script" not in {tag for tag, _attributes in tags}
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "javascript:" not in page
    assert "\u202e" not in page


def test_the_page_fetches_nothing(county: County) -> None:
    page = render_page(
        gather(county.session, at=NOW, platform=label, links=[Link("a b.xlsx", "甲")])
    )
    tags = _Tags(page).found
    assert {tag for tag, _a in tags} & {"script", "link", "img", "iframe", "object"} == set()
    assert "url(" not in page and "@import" not in page
    policy = [a.get("content") for tag, a in tags if a.get("http-equiv")]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'"]
    assert [a.get("href") for tag, a in tags if tag == "a"] == ["a%20b.xlsx"]


def test_the_page_speaks_english_too(county: County) -> None:
    set_language(Lang.EN)
    page = render_page(gather(county.session, at=NOW, platform=lambda p: CATALOGUE.label(p, "en")))
    assert "Findings by code" in page
    assert '<html lang="en">' in page


def test_the_page_is_written_whole(county: County, tmp_path: Path) -> None:
    write_page(gather(county.session, at=NOW, platform=label), tmp_path / "index.html")
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".html"] == ["index.html"]


@pytest.mark.parametrize(
    "part, whole, printed",
    [(0, 0, "–"), (3, 3, "100%"), (2999, 3000, "99.9%"), (1, 3, "33.3%"), (0, 4, "0.0%")],
)
def test_a_share_is_never_called_whole_while_something_lacks(
    part: int, whole: int, printed: str
) -> None:
    assert share(part, whole) == printed
