"""Looks at a website judged by literal figures. T is 2026-11-22 09:00 in Shanghai."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from registry.vocab import ColumnKind, Severity, SiteMark, SitePart
from tests.verdicts.building import at
from verdicts.points import Point
from verdicts.ruleset import RuleSet, load
from verdicts.seen import Hit
from verdicts.sites import (
    Column,
    Doubtful,
    Hidden,
    Sample,
    SiteJudgement,
    SiteLook,
    judge_site,
    spaced,
)

T = at("2026-11-22 09:00")
NATIONAL = load("national-2019")
HOUR = timedelta(hours=1)


def with_figures(rule: str, **figures: int | str) -> RuleSet:
    old = NATIONAL.rules[rule]
    new = replace(old, figures={**old.figures, **figures})
    return replace(NATIONAL, rules={**NATIONAL.rules, rule: new})


def told(
    samples: Iterable[Sample] = (), *looks: SiteLook, rules: RuleSet = NATIONAL
) -> SiteJudgement:
    return judge_site(list(samples), looks, Point.of(T, rules), "website")


def hit(judgement: SiteJudgement, code: str) -> Hit:
    (found,) = [hit for hit in judgement.hits if hit.code == code]
    return found


def codes(judgement: SiteJudgement) -> list[str]:
    return [hit.code for hit in judgement.hits]


# --- SI701 --------------------------------------------------------------------------------------


def week(*, failed: int, a_day: int = 20, days: int = 7) -> list[Sample]:
    """So many samples a day, an hour apart, going back from T; the newest `failed` did not open."""
    when = [T - day * timedelta(days=1) - n * HOUR for day in range(days) for n in range(a_day)]
    return [
        Sample(moment, n >= failed, f"sample-{n}", "" if n >= failed else "HTTP 502")
        for n, moment in enumerate(sorted(when, reverse=True))
    ]


@pytest.mark.parametrize(("failed", "expected"), [(6, []), (7, ["SI701"]), (140, ["SI701"])])
def test_a_site_is_unreachable_from_5_percent_of_140_samples_on(
    failed: int, expected: list[str]
) -> None:
    judgement = told(week(failed=failed))
    assert codes(judgement) == expected
    assert judgement.examined == {"SI701"}


def test_an_unreachable_site_is_raised_with_its_figures() -> None:
    found = hit(told(week(failed=7)), "SI701")
    assert (found.severity, dict(found.facts)) == (Severity.VETO, {})
    assert found.measured == {
        "samples": 140,
        "failed": 7,
        "failed_percent": 5.0,
        "sample_days": 7,
        "first_failed_at": T - 6 * HOUR,
        "last_failed_at": T,
        "reasons": ["HTTP 502"],
        "time_point": T,
    }
    assert found.proof == tuple(f"sample-{n}" for n in (6, 5, 4, 3, 2, 1, 0))


@pytest.mark.parametrize(
    "samples",
    [
        [],
        week(failed=140, a_day=19),
        week(failed=120, days=6),
        week(failed=140)[1:],  # one day has 19
    ],
)
def test_below_the_minimum_of_samples_nothing_is_concluded(samples: list[Sample]) -> None:
    assert told(samples) == SiteJudgement((), frozenset())


def test_samples_before_the_week_and_after_the_time_point_do_not_count() -> None:
    outside = [
        Sample(T - timedelta(days=7), False, "a week before, to the minute"),
        Sample(T + timedelta(minutes=1), False, "after"),
    ]
    assert codes(told([*week(failed=6), *outside])) == []
    assert told([*week(failed=140)[1:], *outside]).examined == frozenset()


def test_a_local_rule_set_changes_every_figure() -> None:
    assert codes(told(week(failed=7), rules=with_figures("SITE-2", share_percent=6))) == []
    fewer = with_figures("SITE-2", samples_per_day=10, full_days=3)
    assert codes(told(week(failed=3, a_day=10, days=3), rules=fewer)) == ["SI701"]
    longer = with_figures("SITE-2", week_days=8, full_days=8)
    assert told(week(failed=140), rules=longer).examined == frozenset()


def test_samples_closer_than_ten_minutes_count_once_and_an_opened_one_stands_for_them() -> None:
    def sample(minutes: float, opened: bool) -> Sample:
        return Sample(T + timedelta(minutes=minutes), opened, str(minutes))

    given = [
        sample(0, False),
        sample(5, True),
        sample(9, False),
        sample(10, False),
        sample(19.9, False),
        sample(20, True),
        sample(25, False),
    ]
    kept = spaced(reversed(given), timedelta(minutes=10))
    assert [(s.uid, s.opened) for s in kept] == [("5", True), ("10", False), ("20", True)]


def test_twenty_samples_at_once_are_no_twenty_visits() -> None:
    crowded = [
        replace(sample, at=sample.at + timedelta(minutes=minutes))
        for sample in week(failed=140, a_day=10)
        for minutes in (-2, 0)
    ]
    assert told(crowded).examined == frozenset()


def test_where_the_rule_is_off_reachability_is_not_examined() -> None:
    off = replace(NATIONAL.rules["SITE-2"], enabled=False)
    rules = replace(NATIONAL, rules={**NATIONAL.rules, "SITE-2": off})
    assert told(week(failed=140), rules=rules) == SiteJudgement((), frozenset())


# --- SI703 and SI704 ----------------------------------------------------------------------------

NEWS, NOTICE, OTHER = ColumnKind.NEWS, ColumnKind.NOTICE, ColumnKind.OTHER


def columns(*groups: tuple[int, ColumnKind, str | None, int | None]) -> SiteLook:
    """(how many, kind, newest day, entries) of the columns that a look at T saw."""
    made = [
        Column(
            f"{kind.value}{number}.{n}",
            f"https://www.qingshi.example/{kind.value}{number}.{n}/",
            kind,
            entries,
            date.fromisoformat(newest) if newest else None,
        )
        for number, (count, kind, newest, entries) in enumerate(groups)
        for n in range(count)
    ]
    return SiteLook("look", T, frozenset({SitePart.COLUMNS}), tuple(made))


@pytest.mark.parametrize(
    ("look", "stale"),
    [
        (columns((5, NEWS, "2026-11-08", 10)), 5),
        (columns((5, NEWS, "2026-11-09", 10)), None),
        (columns((4, NEWS, "2026-11-08", 10)), None),
        (columns((5, NOTICE, "2026-05-22", 10)), 5),
        (columns((5, NOTICE, "2026-05-23", 10)), None),
        (columns((2, NEWS, "2026-01-01", 10), (3, NOTICE, "2025-01-01", 10)), 5),
        (columns((2, NEWS, "2026-01-01", 10), (2, NOTICE, "2025-01-01", 10)), None),
        (columns((5, NEWS, "2026-11-23", 10)), None),  # updated since the time point
        (columns((40, OTHER, "2018-01-01", 10)), None),  # no period is laid down for them
    ],
)
def test_columns_are_stale_by_the_window_of_their_kind(look: SiteLook, stale: int | None) -> None:
    judgement = told((), look)
    found = {h.code: h.measured["columns_stale"] for h in judgement.hits}
    assert found == ({"SI703": stale} if stale else {})
    assert judgement.examined == {"SI703", "SI704"}


def test_with_the_edge_day_passing_it_is_still_a_day_of_the_window() -> None:
    rules = with_figures("SITE-4", edge="pass")
    for look, expected in (
        (columns((5, NEWS, "2026-11-08", 10)), []),
        (columns((5, NEWS, "2026-11-07", 10)), ["SI703"]),
        (columns((5, NOTICE, "2026-05-22", 10)), []),
        (columns((5, NOTICE, "2026-05-21", 10)), ["SI703"]),
    ):
        assert codes(told((), look, rules=rules)) == expected


def test_ten_stale_columns_of_any_kind_are_a_fault_where_a_period_is_laid_down() -> None:
    rules = with_figures("SITE-4", other_months=12)
    six, four = (6, OTHER, "2025-11-22", 10), (4, NEWS, "2026-11-08", 10)
    assert codes(told((), columns(six, four), rules=rules)) == ["SI703"]
    assert codes(told((), columns((5, OTHER, "2025-11-22", 10), four), rules=rules)) == []
    assert codes(told((), columns((6, OTHER, "2025-11-23", 10), four), rules=rules)) == []
    assert hit(told((), columns(six, four), rules=rules), "SI703").measured["limit"] == 10


def test_stale_columns_are_named_with_kind_and_day() -> None:
    found = hit(told((), columns((5, NEWS, "2026-10-01", 3), (2, NEWS, None, 3))), "SI703")
    assert found.facts["columns"][0] == {
        "name": "news0.0",
        "kind": NEWS,
        "newest_day": date(2026, 10, 1),
        "url": "https://www.qingshi.example/news0.0/",
    }
    assert len(found.facts["columns"]) == 5
    assert found.measured == {
        "columns_stale": 5,
        "columns_seen": 7,
        "columns_undated": 2,
        "limit": 5,
        "time_point": T,
    }
    assert (found.severity, found.proof) == (Severity.VETO, ("look",))


def test_columns_whose_date_nobody_could_tell_never_count() -> None:
    judgement = told((), columns((4, NEWS, "2026-10-01", 3), (30, NEWS, None, 12)))
    assert (codes(judgement), "SI703" in judgement.examined) == ([], True)


def test_columns_that_could_not_be_read_neither_raise_nor_end_anything() -> None:
    four = (4, NEWS, "2026-10-01", 3)
    assert told((), columns(four, (1, NOTICE, None, None))).examined == {"SI704"}
    assert told((), columns(four, (1, OTHER, None, None))).examined == {"SI703", "SI704"}
    assert told((), columns((5, NOTICE, None, None))).examined == frozenset()
    five = (5, NEWS, "2026-10-01", 3)
    assert codes(told((), columns(five, (9, NOTICE, None, None)))) == ["SI703"]


def test_a_column_listed_twice_counts_once() -> None:
    four = columns((4, NEWS, "2026-10-01", 3))
    twice = replace(four, columns=four.columns * 2)
    assert codes(told((), twice)) == []


@pytest.mark.parametrize(("empty", "expected"), [(4, []), (5, ["SI704"])])
def test_five_empty_columns_are_a_fault_of_their_own(empty: int, expected: list[str]) -> None:
    judgement = told((), columns((empty, NEWS, None, 0), (3, NOTICE, "2026-11-20", 8)))
    assert codes(judgement) == expected
    assert judgement.examined == {"SI703", "SI704"}


def test_empty_columns_are_named_and_are_not_stale_as_well() -> None:
    found = hit(told((), columns((6, NOTICE, None, 0))), "SI704")
    assert [column["name"] for column in found.facts["empty_columns"]] == [
        f"notice0.{n}" for n in range(6)
    ]
    assert found.measured == {"columns_empty": 6, "columns_seen": 6, "limit": 5}


def test_the_number_of_columns_is_a_figure_of_the_rule_set() -> None:
    rules = with_figures("SITE-4", columns=1, empty_columns=1)
    look = columns((1, NEWS, "2026-11-08", 3), (1, NEWS, None, 0))
    assert codes(told((), look, rules=rules)) == ["SI703", "SI704"]


# --- the other parts ----------------------------------------------------------------------------


def seen(*parts: SitePart, when: str = "2026-11-22 10:00", **more: object) -> SiteLook:
    return replace(SiteLook(when, at(when), frozenset(parts)), **more)  # type: ignore[arg-type]


def test_a_part_that_was_not_looked_at_is_not_examined() -> None:
    assert told((), seen(SitePart.REACH)) == SiteJudgement((), frozenset())
    assert told((), seen(SitePart.HIDDEN)).examined == {"SI705"}
    assert told((), seen(SitePart.DATES)).examined == {"SI707"}
    assert told((), seen(SitePart.COLUMNS)).examined == {"SI703", "SI704"}
    assert told((), seen(hidden=(Hidden("https://a.example/", "a.example"),))).hits == ()


def test_missing_marks_are_listed_only_when_marks_were_looked_at() -> None:
    some = frozenset({SiteMark.ICP, SiteMark.SITE_CODE, SiteMark.POLICE})
    found = hit(told((), seen(SitePart.MARKS, marks=some)), "SI706")
    assert found.facts == {"missing": [SiteMark.PARTY_GOVERNMENT, SiteMark.ERROR_REPORT]}
    assert found.severity is Severity.WARNING
    every = told((), seen(SitePart.MARKS, marks=frozenset(SiteMark)))
    assert every == SiteJudgement((), frozenset({"SI706"}))


def test_hidden_links_are_one_finding_whose_matter_is_where_they_lead() -> None:
    links = (
        Hidden("https://bet.example/1", "bet.example", "彩票", "style", "https://q.example/"),
        Hidden("https://bet.example/2", "bet.example", "棋牌", "size", "https://q.example/a"),
        Hidden("https://ads.example/", "ads.example", "", "position", "https://q.example/"),
    )
    found = hit(told((), seen(SitePart.HIDDEN, hidden=links)), "SI705")
    assert found.facts == {"hosts": ["ads.example", "bet.example"]}
    assert found.measured["count"] == 3
    assert found.measured["hidden"][0] == {
        "url": "https://bet.example/1",
        "text": "彩票",
        "how": "style",
        "page": "https://q.example/",
    }
    assert found.severity is Severity.VETO


def test_of_many_hidden_links_fifty_are_named_and_all_are_counted() -> None:
    many = tuple(Hidden(f"https://h{n}.example/", f"h{n}.example") for n in range(60))
    found = hit(told((), seen(SitePart.HIDDEN, hidden=many)), "SI705")
    assert (len(found.measured["hidden"]), found.measured["count"]) == (50, 60)


def test_an_untrue_publish_date_is_raised_with_what_contradicts_it() -> None:
    doubtful = Doubtful(
        "https://q.example/t.html", "通知", date(2026, 8, 1), at("2026-11-20 10:00"), "网页生成时间"
    )
    found = hit(told((), seen(SitePart.DATES, doubtful=(doubtful,))), "SI707")
    assert found.facts == {
        "articles": [
            {"url": "https://q.example/t.html", "title": "通知", "printed_day": date(2026, 8, 1)}
        ]
    }
    assert found.measured == {
        "evidence": [{"text": "网页生成时间", "at": at("2026-11-20 10:00")}],
        "count": 1,
    }


def test_of_several_looks_the_last_that_spoke_about_a_part_counts() -> None:
    bad = (Hidden("https://bet.example/1", "bet.example"),)
    early = seen(SitePart.HIDDEN, SitePart.MARKS, when="2026-11-22 10:00", hidden=bad)
    late = seen(SitePart.HIDDEN, when="2026-11-23 10:00")
    assert codes(told((), late, early)) == ["SI706"]
    assert codes(told((), early)) == ["SI705", "SI706"]


def test_a_rule_that_does_not_concern_the_platform_raises_nothing_of_it() -> None:
    narrowed = replace(NATIONAL.rules["SITE-MARK"], enabled=False)
    rules = replace(NATIONAL, rules={**NATIONAL.rules, "SITE-MARK": narrowed})
    judgement = told((), seen(SitePart.MARKS), rules=rules)
    assert judgement == SiteJudgement((), frozenset({"SI706"}))
