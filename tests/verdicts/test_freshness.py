"""The verdict over one account, by literal dates. T is 2026-11-22 09:00 in Shanghai unless said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from registry.vocab import AccountState, CoverageKind, Reason, RunMethod, Severity, Verdict
from tests.verdicts.building import alive, at, failed, gone, look, restricted
from verdicts.freshness import freshness
from verdicts.ruleset import RuleSet, load
from verdicts.seen import AccountFacts, Judgement, Seen, Why

T = at("2026-11-22 09:00")
WEIBO = AccountFacts("account-1", "weibo")


def national() -> RuleSet:
    return load("national-2019")


def passing_edge() -> RuleSet:
    rules = national()
    v2 = rules.rules["NM-V2"]
    passing = replace(v2, figures={**v2.figures, "edge": "pass"})
    return replace(rules, rules={**rules.rules, "NM-V2": passing})


def verdict(*seen: Seen, account: AccountFacts = WEIBO, rules: RuleSet | None = None) -> Judgement:
    return freshness(account, seen, rules or national(), at=T)


def codes(told: Judgement) -> list[str]:
    return [hit.code for hit in told.hits]


# --- the window and its edge --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("newest", "days", "expected", "edge"),
    [
        ("2026-11-22 08:59", 0, Verdict.FRESH, False),
        ("2026-11-22", 0, Verdict.FRESH, False),
        ("2026-11-10 12:00", 12, Verdict.FRESH, False),
        ("2026-11-09 12:00", 13, Verdict.FRESH, True),
        ("2026-11-09 00:00", 13, Verdict.FRESH, True),
        ("2026-11-08 23:59", 14, Verdict.STALE, True),
        ("2026-11-08", 14, Verdict.STALE, True),
        ("2026-11-07 12:00", 15, Verdict.STALE, True),
        ("2026-11-06 12:00", 16, Verdict.STALE, False),
    ],
)
def test_under_the_default_edge_day_14_itself_fails(
    newest: str, days: int, expected: Verdict, edge: bool
) -> None:
    told = verdict(look("2026-11-22 10:00", newest))
    assert (told.verdict, told.days, told.within_edge) == (expected, days, edge)


@pytest.mark.parametrize(
    ("newest", "expected"),
    [
        ("2026-11-08 00:00", Verdict.FRESH),
        ("2026-11-07 23:59", Verdict.STALE),
    ],
)
def test_with_edge_pass_day_14_passes_and_day_15_fails(newest: str, expected: Verdict) -> None:
    assert verdict(look("2026-11-22 10:00", newest), rules=passing_edge()).verdict is expected


@pytest.mark.parametrize(
    ("time_point", "newest", "days", "expected"),
    [
        # 00:30 in Shanghai is still the day before in UTC; days are counted in Shanghai
        ("2026-11-22 00:30", "2026-11-09 00:10", 13, Verdict.FRESH),
        ("2026-11-22 00:30", "2026-11-08 23:50", 14, Verdict.STALE),
        ("2026-11-21 23:59", "2026-11-08 23:50", 13, Verdict.FRESH),
        # 08:00 in Shanghai is midnight in UTC
        ("2026-11-22 08:00", "2026-11-08 07:59", 14, Verdict.STALE),
        ("2026-11-22 07:59", "2026-11-08 08:01", 14, Verdict.STALE),
        # over New Year and over the end of February
        ("2027-01-05 09:00", "2026-12-23 09:00", 13, Verdict.FRESH),
        ("2027-01-05 09:00", "2026-12-22 23:59", 14, Verdict.STALE),
        ("2028-03-06 09:00", "2028-02-22 09:00", 13, Verdict.FRESH),
        ("2027-03-06 09:00", "2027-02-20 09:00", 14, Verdict.STALE),
    ],
)
def test_days_are_counted_between_shanghai_dates(
    time_point: str, newest: str, days: int, expected: Verdict
) -> None:
    later = look("2028-12-31 10:00", newest)
    told = freshness(WEIBO, [later], national(), at=at(time_point))
    assert (told.days, told.verdict) == (days, expected)


def test_the_newest_post_of_all_looks_counts_not_that_of_the_last() -> None:
    told = verdict(
        look("2026-11-15 10:00", "2026-11-14 12:00", uid="before"),
        look("2026-11-22 10:00", "2026-10-01 12:00"),
    )
    assert (told.verdict, told.days, told.proof) == (Verdict.FRESH, 8, ("before",))


def test_a_post_after_the_time_point_does_not_count() -> None:
    told = verdict(look("2026-11-23 10:00", "2026-11-22 09:01", "2026-11-01 10:00"))
    assert (told.verdict, told.days) == (Verdict.STALE, 21)


def test_a_post_at_the_time_point_itself_counts() -> None:
    assert verdict(look("2026-11-23 10:00", "2026-11-22 09:00")).verdict is Verdict.FRESH


def test_a_pinned_old_post_first_in_the_list_hides_no_newer_one() -> None:
    told = verdict(look("2026-11-22 10:00", "2026-06-27 10:00", "2026-11-21 18:00"))
    assert told.verdict is Verdict.FRESH


# --- what staleness needs -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seen", "why"),
    [
        ((), Why.NOT_LOOKED),
        ((look("2026-11-22 08:59", "2026-10-01 10:00"),), Why.NOT_LOOKED),
        ((failed("2026-11-22 10:00"),), Why.NOT_READ),
        ((alive("2026-11-22 10:00"),), Why.NO_LIST),
        ((look("2026-11-22 10:00", "2026-10-01 10:00", until="2026-11-22 00:00"),), Why.ENDS_EARLY),
        (
            (look("2026-11-22 10:00", "2026-10-01 10:00", coverage=CoverageKind.PARTIAL),),
            Why.PARTIAL,
        ),
        ((look("2026-11-22 10:00", coverage=CoverageKind.PARTIAL),), Why.PARTIAL),
        ((look("2026-11-22 10:00", since="2026-11-09 00:01"),), Why.NOT_FAR_ENOUGH),
    ],
)
def test_without_a_proof_of_silence_the_verdict_is_unknown(
    seen: tuple[Seen, ...], why: Why
) -> None:
    told = verdict(*seen)
    assert (told.verdict, told.why, codes(told)) == (Verdict.UNKNOWN, why, [])
    assert told.examined <= {"ST108"}


@pytest.mark.parametrize(
    "seen",
    [
        look("2026-11-22 09:00", "2026-10-01 10:00"),
        look("2026-12-24 10:00", "2026-10-01 10:00"),
        look("2026-11-22 10:00", "2026-10-01 10:00", since="2026-10-01 10:00"),
        look("2026-11-22 10:00", since="2026-11-09 00:00"),
        look("2026-11-23 10:00", "2026-10-01 10:00", until="2026-11-23 00:00"),
        look("2026-11-22 10:00", "2026-10-01 10:00", until="2026-11-22 09:00"),
    ],
)
def test_a_list_current_at_the_time_point_that_reaches_back_proves_staleness(seen: Seen) -> None:
    assert verdict(seen).verdict is Verdict.STALE


def test_an_unread_look_tells_the_reason_of_the_last_one() -> None:
    told = verdict(
        failed("2026-11-22 10:00", Reason.CAPTCHA), failed("2026-11-22 11:00", Reason.TIMEOUT)
    )
    assert told.reason is Reason.TIMEOUT


def test_a_recent_post_of_a_partial_list_proves_fresh() -> None:
    told = verdict(look("2026-11-22 10:00", "2026-11-20 10:00", coverage=CoverageKind.PARTIAL))
    assert told.verdict is Verdict.FRESH


def test_a_list_that_ends_before_the_time_point_can_still_prove_fresh() -> None:
    told = verdict(look("2026-11-22 10:00", "2026-11-20 10:00", until="2026-11-22 00:00"))
    assert told.verdict is Verdict.FRESH


def test_an_account_proven_empty_has_never_posted() -> None:
    told = verdict(look("2026-11-22 10:00", coverage=CoverageKind.PROVEN_EMPTY))
    assert (told.verdict, told.why, told.days, codes(told)) == (
        Verdict.STALE,
        Why.NEVER_POSTED,
        None,
        ["ST103"],
    )


@pytest.mark.parametrize(
    ("opened_on", "since", "why", "code"),
    [
        ("2020-01-01", "2026-10-01 00:00", Why.NONE_IN_WINDOW, "ST101"),
        (None, "2026-10-01 00:00", Why.NONE_IN_WINDOW, "ST101"),
        ("2026-10-02", "2026-10-01 00:00", Why.NEVER_POSTED, "ST103"),
    ],
)
def test_only_a_list_back_to_the_opening_says_that_an_account_has_never_posted(
    opened_on: str | None, since: str, why: Why, code: str
) -> None:
    opened = date.fromisoformat(opened_on) if opened_on else None
    account = AccountFacts("account-1", "wechat", opened_on=opened)
    told = verdict(look("2026-11-22 10:00", since=since), account=account)
    assert (told.verdict, told.why, codes(told)) == (Verdict.STALE, why, [code])
    (hit,) = told.hits
    assert hit.facts.get("older_unread", False) is (code == "ST101")


def test_an_account_whose_posts_were_deleted_is_stale_since_the_last_one_ever_seen() -> None:
    told = verdict(
        look("2026-09-01 10:00", "2026-08-30 10:00", uid="then"),
        look("2026-11-22 10:00", coverage=CoverageKind.PROVEN_EMPTY, uid="now"),
    )
    assert (told.why, told.days, told.proof) == (Why.NO_RECENT_POST, 84, ("now", "then"))
    assert "ST103" not in codes(told)


@pytest.mark.parametrize(
    ("opened_on", "expected"),
    [
        (None, Verdict.STALE),
        (date(2026, 11, 9), Verdict.STALE),
        (date(2026, 11, 10), Verdict.UNKNOWN),
        (date(2026, 12, 1), Verdict.UNKNOWN),
    ],
)
def test_an_account_opened_after_the_first_day_of_the_window_is_too_new(
    opened_on: date | None, expected: Verdict
) -> None:
    account = replace(WEIBO, opened_on=opened_on)
    told = verdict(look("2026-11-22 10:00", coverage=CoverageKind.PROVEN_EMPTY), account=account)
    assert told.verdict is expected
    assert (told.why is Why.TOO_NEW) is (expected is Verdict.UNKNOWN)


def test_an_account_too_new_that_has_posted_is_fresh() -> None:
    account = replace(WEIBO, opened_on=date(2026, 11, 20))
    assert verdict(look("2026-11-22 10:00", "2026-11-21 10:00"), account=account).verdict is (
        Verdict.FRESH
    )


# --- codes --------------------------------------------------------------------------------------


def test_a_stale_account_has_the_veto_with_its_figures_and_proof() -> None:
    told = verdict(look("2026-11-22 10:00", "2026-11-01 10:00", uid="now"))
    (hit,) = told.hits
    assert (hit.code, hit.severity, hit.proof) == ("ST101", Severity.VETO, ("now",))
    assert hit.facts == {"newest_day": date(2026, 11, 1)}
    assert (hit.measured["days"], hit.measured["window_days"]) == (21, 14)


WEBSITE = AccountFacts("account-2", "website")


def test_a_stale_website_has_the_code_of_its_home_page_and_none_of_accounts() -> None:
    told = verdict(look("2026-11-22 10:00", "2026-11-01 10:00", uid="now"), account=WEBSITE)
    (hit,) = told.hits
    assert (told.verdict, hit.code, hit.severity) == (Verdict.STALE, "SI702", Severity.VETO)
    assert hit.facts == {"newest_day": date(2026, 11, 1)}
    assert (hit.measured["days"], hit.measured["window_days"]) == (21, 14)
    assert {"ST101", "ST103", "SI702"} <= told.examined
    empty = look("2026-11-22 10:00", coverage=CoverageKind.PROVEN_EMPTY)
    assert codes(verdict(empty, account=WEBSITE)) == ["SI702"]


def test_a_website_is_judged_by_its_own_window_and_an_account_by_that_of_accounts() -> None:
    rules = national()
    tightened = replace(rules.rules["SITE-3"], figures={"window_days": 7, "edge": "pass"})
    rules = replace(rules, rules={**rules.rules, "SITE-3": tightened})
    for newest, days, expected, edge in (
        ("2026-11-16 10:00", 6, Verdict.FRESH, True),
        ("2026-11-15 10:00", 7, Verdict.FRESH, True),
        ("2026-11-14 10:00", 8, Verdict.STALE, True),
        ("2026-11-13 10:00", 9, Verdict.STALE, False),
    ):
        seen = look("2026-11-22 10:00", newest)
        told = verdict(seen, account=WEBSITE, rules=rules)
        assert (told.days, told.verdict, told.within_edge) == (days, expected, edge)
        assert verdict(seen, rules=rules).verdict is Verdict.FRESH


def test_where_the_rule_for_home_pages_is_off_a_stale_website_gets_no_veto_at_all() -> None:
    rules = national()
    off = replace(rules.rules["SITE-3"], enabled=False)
    rules = replace(rules, rules={**rules.rules, "SITE-3": off})
    told = verdict(look("2026-11-22 10:00", "2026-11-01 10:00"), account=WEBSITE, rules=rules)
    assert (told.verdict, codes(told)) == (Verdict.STALE, [])


def test_a_closing_account_is_held_to_the_same_window_under_its_own_code() -> None:
    closing = replace(WEIBO, state=AccountState.CLOSING)
    assert codes(verdict(look("2026-11-22 10:00", "2026-11-01 10:00"), account=closing)) == [
        "ST105"
    ]
    empty = look("2026-11-22 10:00", coverage=CoverageKind.PROVEN_EMPTY)
    assert codes(verdict(empty, account=closing)) == ["ST105"]


@pytest.mark.parametrize(
    ("newest", "expected"),
    [
        ("2026-11-13 10:00", []),
        ("2026-11-12 23:59", ["ST102"]),
        ("2026-11-09 00:00", ["ST102"]),
        ("2026-11-08 23:59", ["ST101"]),
    ],
)
def test_the_host_is_reminded_from_day_10_until_the_window_closes(
    newest: str, expected: list[str]
) -> None:
    assert codes(verdict(look("2026-11-22 10:00", newest))) == expected


def test_nobody_is_reminded_on_the_word_of_a_list_that_may_lack_posts() -> None:
    told = verdict(look("2026-11-22 10:00", "2026-11-11 10:00", coverage=CoverageKind.PARTIAL))
    assert (told.verdict, codes(told), "ST102" in told.examined) == (Verdict.FRESH, [], False)


@pytest.mark.parametrize(
    ("newest", "dormant"),
    [
        ("2026-08-22 00:00", False),
        ("2026-08-21 23:59", True),
        ("2026-01-01 10:00", True),
    ],
)
def test_more_than_three_calendar_months_of_silence_is_dormant(newest: str, dormant: bool) -> None:
    told = verdict(look("2026-11-22 10:00", newest))
    assert codes(told) == (["ST101", "ST104"] if dormant else ["ST101"])


def test_three_months_end_with_a_shorter_month() -> None:
    may = at("2026-05-31 09:00")
    for newest, dormant in (("2026-02-28 10:00", False), ("2026-02-27 10:00", True)):
        told = freshness(WEIBO, [look("2026-05-31 10:00", newest)], national(), at=may)
        assert ("ST104" in codes(told)) is dormant


def test_a_list_that_does_not_reach_back_three_months_says_nothing_about_dormancy() -> None:
    told = verdict(look("2026-11-22 10:00", since="2026-11-01 00:00"))
    assert (told.verdict, "ST104" in codes(told), "ST104" in told.examined) == (
        Verdict.STALE,
        False,
        False,
    )


@pytest.mark.parametrize(
    ("opened_on", "dormant"),
    [(None, False), (date(2026, 8, 22), True), (date(2026, 8, 23), False)],
)
def test_an_account_that_never_posted_is_dormant_if_known_to_be_open_for_three_months(
    opened_on: date | None, dormant: bool
) -> None:
    account = replace(WEIBO, opened_on=opened_on)
    told = verdict(look("2026-11-22 10:00", coverage=CoverageKind.PROVEN_EMPTY), account=account)
    assert ("ST104" in codes(told)) is dormant


@pytest.mark.parametrize(
    ("newest", "expected"),
    [
        ("2026-11-16 10:00", []),
        ("2026-11-15 10:00", ["ST102"]),
        ("2026-11-13 00:00", ["ST102"]),
        ("2026-11-12 10:00", ["ST102", "ST106"]),
        ("2026-11-08 10:00", ["ST101", "ST106"]),
    ],
)
def test_a_local_cadence_of_10_days_is_judged_beside_the_national_window(
    newest: str, expected: list[str]
) -> None:
    told = verdict(look("2026-11-22 10:00", newest), rules=load("example-county"))
    assert codes(told) == expected


def test_without_a_local_cadence_st106_is_never_raised() -> None:
    assert "ST106" not in codes(verdict(look("2026-11-22 10:00", "2026-01-01 10:00")))


def test_a_fresh_account_ends_all_codes_of_staleness() -> None:
    told = verdict(look("2026-11-22 10:00", "2026-11-21 10:00"))
    assert told.examined == {"ST101", "ST102", "ST103", "ST104", "ST105", "ST106", "ST108"}


def test_a_rule_that_does_not_concern_the_platform_raises_nothing() -> None:
    rules = national()
    only_wechat = replace(rules.rules["NM-V2"], applies_to=("wechat",))
    narrowed = replace(rules, rules={**rules.rules, "NM-V2": only_wechat})
    told = verdict(look("2026-11-22 10:00", "2026-11-01 10:00"), rules=narrowed)
    assert (told.verdict, codes(told)) == (Verdict.STALE, [])


# --- gone, pending, restricted ------------------------------------------------------------------


def test_one_gone_signal_is_pending() -> None:
    told = verdict(gone("2026-11-22 10:00", uid="first"))
    assert (told.verdict, told.why, told.proof, told.examined) == (
        Verdict.PENDING,
        Why.GONE_ONCE,
        ("first",),
        frozenset(),
    )


@pytest.mark.parametrize(
    ("second", "expected"),
    [("2026-11-23 09:59", Verdict.PENDING), ("2026-11-23 10:00", Verdict.GONE)],
)
def test_gone_needs_two_signals_24_hours_apart(second: str, expected: Verdict) -> None:
    assert verdict(gone("2026-11-22 10:00"), gone(second)).verdict is expected


def test_a_failed_look_between_two_gone_signals_changes_nothing() -> None:
    told = verdict(
        gone("2026-11-15 10:00", uid="a"), failed("2026-11-18 10:00"), gone("2026-11-22 10:00", "b")
    )
    assert (told.verdict, told.proof) == (Verdict.GONE, ("a", "b"))


@pytest.mark.parametrize(
    "sign",
    [
        alive("2026-11-18 10:00"),
        restricted("2026-11-18 10:00"),
        look("2026-11-22 08:00", "2026-11-18 10:00", coverage=CoverageKind.PARTIAL),
    ],
)
def test_a_sign_of_life_between_two_gone_signals_starts_anew(sign: Seen) -> None:
    told = verdict(gone("2026-11-15 10:00"), sign, gone("2026-11-22 10:00"))
    assert told.verdict is Verdict.PENDING


def test_a_gone_account_that_answers_again_is_judged_by_its_posts() -> None:
    told = verdict(
        gone("2026-11-08 10:00"),
        gone("2026-11-15 10:00"),
        look("2026-11-22 10:00", "2026-11-20 10:00"),
    )
    assert told.verdict is Verdict.FRESH


def test_an_account_alive_at_the_time_point_is_not_gone_for_what_happened_later() -> None:
    told = verdict(
        look("2026-11-22 10:00", "2026-11-21 10:00"),
        gone("2026-11-24 10:00"),
        gone("2026-11-26 10:00"),
    )
    assert told.verdict is Verdict.FRESH


def test_signals_after_the_next_time_point_say_nothing_about_this_one() -> None:
    seen = [gone("2026-11-22 10:00"), gone("2026-11-29 10:00")]
    until = at("2026-11-29 09:00")
    told = freshness(WEIBO, seen, national(), at=T, until=until)
    assert told.verdict is Verdict.PENDING
    assert freshness(WEIBO, seen, national(), at=until).verdict is Verdict.GONE


def test_a_gone_account_stays_gone_while_looks_fail() -> None:
    told = verdict(gone("2026-11-08 10:00"), gone("2026-11-15 10:00"), failed("2026-11-22 10:00"))
    assert told.verdict is Verdict.GONE


def test_a_restricted_account_is_unknown_with_its_own_code() -> None:
    told = verdict(restricted("2026-11-22 10:00", uid="now"))
    assert (told.verdict, told.why, codes(told), told.proof) == (
        Verdict.UNKNOWN,
        Why.RESTRICTED,
        ["ST108"],
        ("now",),
    )
    assert told.hits[0].severity is Severity.ADVICE


def test_a_restricted_account_is_unknown_even_if_it_has_posted_lately() -> None:
    told = verdict(look("2026-11-20 10:00", "2026-11-19 10:00"), restricted("2026-11-22 10:00"))
    assert told.verdict is Verdict.UNKNOWN


def test_a_restriction_of_last_week_is_not_one_of_today() -> None:
    told = verdict(restricted("2026-11-15 10:00"), failed("2026-11-22 10:00"))
    assert (told.why, codes(told), told.examined) == (Why.NOT_READ, [], frozenset())


def test_a_restriction_lifted_later_still_held_at_the_time_point() -> None:
    told = verdict(restricted("2026-11-22 10:00"), look("2026-11-24 10:00", "2026-11-23 10:00"))
    assert told.why is Why.RESTRICTED


# --- who looked ---------------------------------------------------------------------------------


def test_a_look_by_hand_counts_like_any_other() -> None:
    told = verdict(look("2026-11-22 10:00", "2026-11-01 10:00", method=RunMethod.HAND))
    assert (told.verdict, told.self_reported) == (Verdict.STALE, False)


def test_a_verdict_that_rests_on_the_units_own_report_says_so() -> None:
    report = look("2026-11-22 10:00", "2026-11-20 10:00", method=RunMethod.SELF_REPORT)
    told = verdict(look("2026-11-22 09:30", "2026-11-01 10:00"), report)
    assert (told.verdict, told.self_reported) == (Verdict.FRESH, True)


def test_a_verdict_that_stands_without_the_units_report_is_not_marked() -> None:
    report = look("2026-11-22 10:00", "2026-11-20 10:00", method=RunMethod.SELF_REPORT)
    told = verdict(look("2026-11-22 09:30", "2026-11-15 10:00"), report)
    assert (told.verdict, told.days, told.self_reported) == (Verdict.FRESH, 2, False)


def test_of_two_looks_that_show_the_same_post_the_one_not_by_the_unit_is_the_proof() -> None:
    told = verdict(
        look("2026-11-22 10:00", "2026-11-20 10:00", uid="machine"),
        look("2026-11-22 12:00", "2026-11-20 10:00", method=RunMethod.SELF_REPORT, uid="unit"),
    )
    assert told.proof == ("machine",)
