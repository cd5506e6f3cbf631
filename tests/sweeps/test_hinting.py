"""What a stored check keeps of the text it read: starred hints, places, and never a number."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from checkers.base import Facts, Link, Passage, Post
from checkers.site_facts import SiteFacts
from registry.misprints import Misprints
from registry.vocab import CheckKind, LinkKind, Outcome, Reason, SitePart
from sweeps.driving.course import Result
from sweeps.network.credentials import Redactor
from sweeps.writing import Row, row

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
CITIZEN, MOBILE, CARD = "110101199003077475", "13512345678", "6217000000000014"
MISPRINTS = Misprints([("部暑", "部署")])


def stored(facts: Facts, kind: CheckKind = CheckKind.FRESHNESS) -> Row:
    result = Result(Outcome.READ, facts=facts, source="page", observed_at=NOW)
    return row(1, kind, 0, result, NOW, Redactor(), MISPRINTS)


def kept(facts: Facts, kind: CheckKind = CheckKind.FRESHNESS) -> list[tuple[str, str, str, str]]:
    hints = stored(facts, kind).columns["facts"].get("hints", [])
    return [(h["kind"], h["masked"], h["where"], h["snippet"]) for h in hints]


def test_a_title_with_a_citizens_number_is_kept_starred_with_a_hint_at_its_address() -> None:
    post = Post(NOW, title=f"关于张某（{CITIZEN}）的公告", url="https://q.example/1")
    facts = Facts(posts=(post,))
    assert kept(facts) == [
        (
            "id_card",
            "110***********7475",
            "https://q.example/1",
            "关于张某（110***********7475）的公告",
        )
    ]
    (title,) = [post["title"] for post in stored(facts).columns["facts"]["posts"]]
    assert title == "关于张某（110***********7475）的公告"


def test_no_number_is_left_anywhere_in_what_is_stored() -> None:
    facts = Facts(
        posts=(
            Post(NOW, title=f"电话{MOBILE}"),
            Post(NOW, title=f"卡号{CARD}", url="https://q.example/2"),
        ),
        passages=(Passage(f"全文……身份证{CITIZEN}，{MOBILE}……", f"标题 {MOBILE}"),),
        links=(Link(f"咨询 {MOBILE}", LinkKind.EVENT, path=("服务", f"咨询 {MOBILE}")),),
        note=f"seen {CITIZEN}",
    )
    done = stored(facts, CheckKind.MENU)
    text = json.dumps(dict(done.columns), default=str, ensure_ascii=False) + repr(done.links)
    for number in (CITIZEN, MOBILE, CARD):
        assert number not in text
    assert (done.links[0]["path"], done.links[0]["label"]) == (
        "服务 / 咨询 135****5678",
        "咨询 135****5678",
    )
    assert done.columns["facts"]["note"] == "seen 110***********7475"


def test_each_text_is_hinted_at_with_the_place_where_it_stands() -> None:
    facts = Facts(
        posts=(Post(NOW, title=f"李某{MOBILE}"),),
        passages=(Passage(f"全文{CARD}", "https://q.example/a.html"),),
        links=(Link(f"值班{MOBILE}", LinkKind.EVENT, path=("服务", "值班")),),
        note=f"x {CITIZEN}",
    )
    assert kept(facts, CheckKind.MENU) == [
        ("mobile", "135****5678", "李某135****5678", "李某135****5678"),
        ("bank_card", "621*********0014", "https://q.example/a.html", "全文621*********0014"),
        ("mobile", "135****5678", "服务 / 值班", "值班135****5678"),
        ("id_card", "110***********7475", "note", "x 110***********7475"),
    ]


def test_a_misprint_of_the_offices_list_is_hinted_at() -> None:
    post = Post(NOW, title=f"部暑工作，联系{MOBILE}", url="https://q.example/1")
    assert kept(Facts(posts=(post,))) == [
        ("mobile", "135****5678", "https://q.example/1", "部暑工作，联系135****5678"),
        ("misprint", "部暑 → 部署", "https://q.example/1", "部暑工作，联系135****…"),
    ]


def test_the_same_hit_at_the_same_place_is_kept_once() -> None:
    passage = Passage(f"{MOBILE}，再说一遍{MOBILE}", "https://q.example/1")
    assert len(kept(Facts(passages=(passage, passage)))) == 1


def test_other_peoples_posts_are_not_looked_through() -> None:
    assert kept(Facts(posts=(Post(NOW, title=f"网民{MOBILE}", own=False),))) == []


def test_passages_leave_their_place_and_never_their_text() -> None:
    facts = Facts(passages=(Passage("青石县今日晴", "https://q.example/a.html"),))
    columns = stored(facts).columns
    assert columns["facts"]["scanned"] == ["https://q.example/a.html"]
    assert "hints" not in columns["facts"] and "今日晴" not in str(columns)


def test_a_check_without_texts_keeps_neither_hints_nor_places() -> None:
    assert not {"hints", "scanned", "site"} & stored(Facts()).columns["facts"].keys()


def test_a_hundred_hits_are_kept_of_one_check() -> None:
    posts = tuple(
        Post(NOW, title=f"135123{n:05}", url=f"https://q.example/{n}") for n in range(150)
    )
    assert len(kept(Facts(posts=posts))) == 100


def test_text_that_is_none_is_the_checkers_error() -> None:
    done = stored(Facts(passages=(Passage(5),)))  # type: ignore[arg-type]
    assert (done.outcome, done.reason) == (Outcome.INCONCLUSIVE, Reason.CHECKER_ERROR)


def test_a_look_at_a_site_is_kept_beside_the_posts() -> None:
    site = SiteFacts(frozenset({SitePart.REACH}), False, "HTTP 502")
    assert stored(Facts(site=site), CheckKind.SITE).columns["facts"]["site"] == {
        "looked_at": ["reach"],
        "opened": False,
        "why": "HTTP 502",
    }
    rubbish = stored(Facts(site=SiteFacts(opened=1)), CheckKind.SITE)  # type: ignore[arg-type]
    assert rubbish.reason is Reason.CHECKER_ERROR


def test_nothing_runs_over_from_one_line_to_the_next() -> None:
    text = f"全部\n暑期学校 135\n1234 5678\n值班{MOBILE}\n再次{MOBILE}"
    facts = Facts(passages=(Passage(text, "https://q.example/"),))
    assert kept(facts) == [("mobile", "135****5678", "https://q.example/", "值班135****5678")]


def test_a_page_full_of_numbers_is_looked_through_once() -> None:
    row = " ".join(f"1351234{number:04d}" for number in range(1000, 9000))
    found = kept(Facts(passages=(Passage(row, "https://q.example/"),)))
    assert len(found) == len({shown for _kind, shown, _where, _snippet in found}) == 100
    assert found[99][1:] == (
        "135****1099",
        "https://q.example/",
        "…135****1098 135****1099 135****1100…",
    )


def test_a_label_that_is_a_title_too_is_hinted_at_where_the_title_stands() -> None:
    url, label = "https://q.example/1.html", f"咨询{MOBILE}"
    link = Link(label, LinkKind.URL, url, ("首页", label), place=url)
    assert kept(Facts(links=(link,)), CheckKind.MENU) == [
        ("mobile", "135****5678", url, "咨询135****5678")
    ]
