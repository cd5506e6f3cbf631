"""Links known from the last time are asked for while the page that names them is on its way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from checkers.base import (
    Checker,
    Facts,
    Link,
    Pace,
    Request,
    Response,
    Source,
    Steps,
    Target,
)
from checkers.links import Links
from registry.vocab import CheckKind, Outcome, Reason
from sweeps.driving.agenda import Planned
from sweeps.driving.course import Result
from sweeps.lanes.egresses import Egresses
from sweeps.lanes.lane import Stop
from sweeps.lanes.lanes import Lanes
from tests.conftest import NOW
from tests.sweeps.play import ALL_PROOFS, Script, catalogue, checker, one_page
from tests.sweeps.test_engine import Play, planned

PAGE = "https://www.qingshi.gov.cn/"
SLOW = "https://slow.qingshi.gov.cn/1"
QUICK = "https://quick.qingshi.gov.cn/1"
GONE = "https://gone.qingshi.gov.cn/1"
MENU = Source("menu", ALL_PROOFS, kinds=frozenset(CheckKind))


def menu_of(slow: Sequence[str], number: int = 1, url: str = PAGE) -> Planned:
    """A check of the links of one account, of which those kept us waiting the last time."""
    check = planned(number, url, ("menu",))
    target = replace(check.target, kind=CheckKind.MENU, slow=tuple(slow))
    return replace(check, kind=CheckKind.MENU, target=target)


def played(
    shown: Sequence[str] = (),
    says: Mapping[str, Response] | None = None,
    *,
    script: Script | None = None,
    links: Checker | None = None,
    room: int = 8,
) -> Play:
    """An engine with a page that shows these links; each answers 200 unless `says` knows better."""

    def one_page(target: Target, source: str) -> Steps:
        (yield Request(target.url)).usable()
        return Facts(links=tuple(Link(url, url=url) for url in shown))

    def reply(request: Request) -> Response:
        return (says or {}).get(request.url, Response(request.url, 200, {}, b"x", NOW))

    known = catalogue(checker(script or one_page, sources=(MENU,)), links=links or Links())
    return Play(known, reply, room=room)


def told(result: Result) -> list[tuple[str, int]]:
    assert result.outcome is Outcome.READ and result.facts is not None
    return [(fact.url, fact.status) for fact in result.facts.link_facts]


def test_a_link_that_kept_us_waiting_goes_out_with_the_page_that_names_it() -> None:
    play = played([QUICK, SLOW])
    results = play.run(menu_of([SLOW]))
    assert play.sent == [(0.0, PAGE), (0.0, SLOW), (0.2, QUICK)]
    assert told(results[1]) == [(QUICK, 200), (SLOW, 200)]
    assert len(results[1].records) == 3


def test_a_link_that_led_on_goes_out_with_the_page_too() -> None:
    play = played([QUICK, SLOW])
    check = menu_of([])
    play.run(replace(check, target=replace(check.target, moved=(SLOW,))))
    assert play.sent == [(0.0, PAGE), (0.0, SLOW), (0.2, QUICK)]


def test_one_whose_answer_takes_longer_than_the_page_is_waited_for_and_not_asked_again() -> None:
    play = played([SLOW])
    play.workers.late[SLOW] = 5.0
    results = play.run(menu_of([SLOW]))
    assert play.sent == [(0.0, PAGE), (0.0, SLOW)]
    assert told(results[1]) == [(SLOW, 200)]
    assert play.clock.monotonic() == 5.0


def test_one_that_is_not_there_any_more_is_recorded_and_told_to_nobody() -> None:
    play = played([QUICK])
    results = play.run(menu_of([GONE]))
    assert play.sent == [(0.0, PAGE), (0.0, GONE), (0.2, QUICK)]
    assert told(results[1]) == [(QUICK, 200)]
    assert [request.url for request, _response in play.recorder.kept] == [PAGE, GONE, QUICK]


@pytest.mark.parametrize(
    "answer",
    [
        Response(GONE, 503, {}, b"", NOW),
        Response(GONE, 302, {"location": f"{GONE}2"}, b"", NOW),
    ],
)
def test_a_wrong_guess_is_neither_tried_again_nor_followed(answer: Response) -> None:
    play = played([QUICK], {GONE: answer})
    play.workers.late[GONE] = 0.3
    play.run(menu_of([GONE]))
    assert play.sent == [(0.0, PAGE), (0.0, GONE), (0.2, QUICK)]


def test_what_fails_ahead_is_tried_again_like_any_other() -> None:
    play = played([SLOW], {SLOW: Response(SLOW, 503, {}, b"", NOW)})
    results = play.run(menu_of([SLOW]))
    assert [url for _at, url in play.sent] == [PAGE, SLOW, SLOW, SLOW]
    assert told(results[1]) == [(SLOW, 503)]


def test_what_leads_on_is_followed_ahead() -> None:
    play = played([SLOW], {SLOW: Response(SLOW, 302, {"location": QUICK}, b"", NOW)})
    result = play.run(menu_of([SLOW]))[1]
    assert play.sent == [(0.0, PAGE), (0.0, SLOW), (0.2, QUICK)]
    assert result.facts is not None
    (fact,) = result.facts.link_facts
    assert (fact.url, fact.final_url, len(fact.hops)) == (SLOW, QUICK, 1)


def test_nothing_goes_ahead_where_every_place_is_taken() -> None:
    play = played([SLOW], room=1)
    play.run(menu_of([SLOW]))
    assert play.sent == [(0.0, PAGE), (0.2, SLOW)]


def test_nothing_goes_ahead_to_a_host_that_may_not_be_asked_yet() -> None:
    here = f"{PAGE}list"
    play = played([here])
    play.run(menu_of([here]))
    assert play.sent == [(0.0, PAGE), (1.0, here)]


def test_checks_take_turns() -> None:
    slow = [f"https://{letter}.qingshi.gov.cn/" for letter in "abcdefgh"]
    play = played(room=6)
    first, second = menu_of(slow[:4]), menu_of(slow[4:], 2, "https://www.yunling.gov.cn/")
    play.run(first, second)
    ahead = [url for at, url in play.sent if at == 0.0][2:]
    assert ahead == [slow[0], slow[4], slow[1], slow[5]]


def test_a_page_that_names_links_is_asked_for_before_the_links_of_others() -> None:
    links = [f"https://{number}.qingshi.gov.cn/" for number in range(9)]
    second = "https://www.yunling.gov.cn/"

    def script(target: Target, source: str) -> Steps:
        for step in range(3 if target.url == second else 1):
            yield Request(f"{target.url}{step}")
        return Facts(links=tuple(Link(url, url=url) for url in links))

    play = played(script=script, room=2)
    check = menu_of([], 2, second)
    play.engine.lanes.expect("www.yunling.gov.cn", Pace(0.0))
    play.run(menu_of([]), check)
    pages = [at for at, url in play.sent if url.startswith(second)]
    assert pages == [0.0, 0.4, 0.6]


def test_no_more_answers_are_held_than_twice_the_places() -> None:
    slow = [f"https://{number}.qingshi.gov.cn/" for number in range(9)]

    def script(target: Target, source: str) -> Steps:
        for step in range(9):
            yield Request(f"{PAGE}{step}")
        return Facts(links=())

    play = played(script=script, room=2)
    play.run(menu_of(slow))
    assert sum(url in slow for _at, url in play.sent) == 4


def test_a_look_that_fails_has_its_guesses_forgotten() -> None:
    def script(target: Target, source: str) -> Steps:
        yield Request(target.url)
        raise ValueError("changed layout")

    play = played(script=script)
    results = play.run(menu_of([SLOW]))
    assert results[1].reason is Reason.CHECKER_ERROR
    assert play.sent == [(0.0, PAGE), (0.0, SLOW)]


def test_a_link_checker_that_cannot_guess_guesses_nothing() -> None:
    class Unlucky(Links):
        def foreseen(self, target: Target) -> list[Request]:
            raise ZeroDivisionError

    play = played([SLOW], links=Unlucky())
    assert told(play.run(menu_of([SLOW]))[1]) == [(SLOW, 200)]
    assert play.sent == [(0.0, PAGE), (0.2, SLOW)]


def test_nothing_with_a_credential_goes_ahead() -> None:
    class Lent(Links):
        def foreseen(self, target: Target) -> list[Request]:
            return [Request(SLOW, auth="wechat:1")]

    play = played([QUICK], links=Lent())
    play.run(menu_of([SLOW]))
    assert play.sent == [(0.0, PAGE), (0.2, QUICK)]


def test_a_look_for_posts_foresees_no_links() -> None:
    play = played(script=one_page)
    check = planned(1, PAGE, ("menu",))
    play.run(replace(check, target=replace(check.target, slow=(SLOW,))))
    assert play.sent == [(0.0, PAGE)]


def test_a_lane_is_idle_while_nothing_waits_and_it_could_start_at_once() -> None:
    lanes = Lanes({"a": Pace(1.0), "b": Pace(0.0, in_flight=1)}, margin=0.0)
    assert lanes.idle("a", 0.0)
    lanes.add(1, "a")
    assert not lanes.idle("a", 0.0)
    assert lanes.due(0.0, 9) == [1]
    lanes.finished("a", 1, 0.0)
    assert not lanes.idle("a", 0.9) and lanes.idle("a", 1.0)
    lanes.add(2, "b")
    lanes.due(0.0, 9)
    assert not lanes.idle("b", 5.0)
    lanes.stop("a", Stop(Reason.CAPTCHA))
    assert not lanes.idle("a", 9.0)


def test_a_lane_is_idle_only_at_an_egress_with_a_free_place() -> None:
    ways = Egresses(lambda egress: Lanes({"a": Pace(0.0)}, egress=egress))
    assert not ways.idle(ways.route("a"), 0.0)
    ways.seat("north", 1)
    lane = ways.route("a")
    assert lane == "a@north" and ways.idle(lane, 0.0)
    ways.add(1, ways.route("b"))
    assert ways.due(0.0, 9) == [1]
    assert not ways.idle(lane, 0.0)
