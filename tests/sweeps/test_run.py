"""Whole runs against servers on loopback: what is stored, resumed, replayed."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from checkers.base import (
    Credential,
    Exchange,
    Facts,
    Inconclusive,
    Link,
    LinkFact,
    Pace,
    Request,
    Response,
    Source,
    Steps,
    Target,
)
from checkers.links import Links
from checkers.loading import Catalogue
from checkers.website import Website
from registry.actors import system
from registry.db import Registry
from registry.errors import NotFound
from registry.models import (
    Account,
    AccountSource,
    EvidenceSum,
    LinkResult,
    Observation,
    Run,
    all_tables,
)
from registry.vocab import (
    CheckKind,
    CoverageKind,
    Existence,
    LinkKind,
    Outcome,
    Precision,
    Proof,
    Reason,
    RunMethod,
)
from sweeps.driving.ground import Tuning
from registry.keeping.attachments import sha256_of
from sweeps.evidence.sums import record
from sweeps.evidence.adoption import adopt_evidence
from sweeps.evidence.replay import RecordedCredentials, Recording, recorded_run
from sweeps.network.credentials import Credentials
from sweeps.network.transport import Limits, Network
from sweeps.evidence.replay import RecordedRun
from sweeps.planning.again import plan_again, recorded_runs
from sweeps.planning.plan import Filters, plan_run
from sweeps.run import Progress, RunResult, Settings, evidence_folder, run
from tests.conftest import NOW
from tests.sweeps.loopback import Asked, Said, Server, serve
from tests.sweeps.play import ALL_PROOFS, FakeClock, add_account, catalogue, checker, facts

FREE = Pace(0.0, in_flight=8)
SETTINGS = Settings(network=Network(Limits(5, 5, 20), ("127.0.0.1",)))
PAGE = checker(hosts={"127.0.0.1": FREE})


@pytest.fixture
def server() -> Iterator[Server]:
    with serve() as running:
        running.answers["*"] = Said(NOW.isoformat())
        yield running


def planned(registry: Registry, known: Catalogue, **changes: Any) -> str:
    """The uid of a new run that looks at all there is."""
    given: dict[str, Any] = {
        "credentials": Credentials.of(known, {}),
        "window_days": 14,
        "filters": Filters(everything=True),
    }
    with registry.write() as session:
        made = plan_run(session, at=NOW, now=NOW, catalogue=known, **{**given, **changes})
        return made.uid


def swept(registry: Registry, known: Catalogue, uid: str, **changes: Any) -> RunResult:
    given: dict[str, Any] = {
        "credentials": Credentials.of(known, {}),
        "clock": FakeClock(),
        "settings": SETTINGS,
    }
    return run(registry, uid, known, **{**given, **changes})


def observations(registry: Registry, uid: str) -> list[Observation]:
    """Those of a run, in order of the accounts."""
    with registry.read() as session:
        return list(
            session.scalars(
                select(Observation)
                .join(Run, Run.id == Observation.run_id)
                .where(Run.uid == uid)
                .order_by(Observation.account_id, Observation.kind, Observation.ordinal)
            )
        )


def accounts(registry: Registry, server: Server, count: int) -> None:
    with registry.write() as session:
        for number in range(count):
            add_account(session, f"青石{number}", url=server.url(f"/{number}"))


def test_every_planned_check_is_observed_and_counted(registry: Registry, server: Server) -> None:
    accounts(registry, server, 5)
    server.answers["/3"] = Said("", 404)
    server.answers["/4"] = Said("", 403)
    known = catalogue(PAGE)
    uid = planned(registry, known)
    result = swept(registry, known, uid)
    assert (result.planned, result.done, result.left) == (5, 5, 0)
    assert result.outcomes == {Outcome.READ: 3, Outcome.INCONCLUSIVE: 2}
    assert result.reasons == {Reason.CHECKER_ERROR: 1, Reason.BLOCKED: 1}
    with registry.read() as session:
        assert session.scalars(select(Run)).one().finished_at == NOW


def test_what_was_seen_stands_in_the_columns(registry: Registry, server: Server) -> None:
    accounts(registry, server, 1)
    server.answers["/0"] = Said((NOW - timedelta(days=3)).isoformat())
    known = catalogue(PAGE)
    uid = planned(registry, known)
    swept(registry, known, uid)
    (seen,) = observations(registry, uid)
    assert (seen.outcome, seen.reason, seen.source) == (Outcome.READ, None, "page")
    assert (seen.existence, seen.coverage) == (Existence.EXISTS, CoverageKind.COMPLETE)
    assert (seen.last_post_at, seen.last_post_precision) == (
        NOW - timedelta(days=3),
        Precision.SECOND,
    )
    assert seen.observed_at == NOW
    assert seen.facts["posts"] == [
        {
            "at": "2026-11-19T01:00:00+00:00",
            "precision": "second",
            "own": True,
            "pinned": False,
            "title": "",
            "url": "",
            "derived": "field",
        }
    ]
    assert seen.facts["sources"] == [
        {"source": "page", "outcome": "read", "reason": None, "detail": ""}
    ]
    assert len(seen.records) == 1


def test_an_observation_names_records_that_are_in_the_evidence(
    registry: Registry, server: Server
) -> None:
    accounts(registry, server, 2)
    known = catalogue(PAGE)
    uid = planned(registry, known)
    swept(registry, known, uid)
    with registry.read() as session:
        (name,) = session.scalars(select(Run)).one().evidence
    recording = Recording([evidence_folder(registry) / name])
    for number, seen in enumerate(observations(registry, uid)):
        found = recording.response(Request(server.url(f"/{number}")), 0)
        assert found is not None and [found[1]] == seen.records


def hostile(target: Target, source: str) -> Steps:
    yield Request(target.url)
    return Facts(
        Existence.EXISTS,
        display_name="青石\0公安\ud800" + "长" * 300,
        signal="\0",
        counters={"followers": 2**40},
        note="\udfff",
    )


def test_text_that_no_database_takes_is_mended(registry: Registry, server: Server) -> None:
    accounts(registry, server, 1)
    known = catalogue(checker(hostile))
    uid = planned(registry, known)
    swept(registry, known, uid)
    (seen,) = observations(registry, uid)
    assert seen.display_name is not None
    assert seen.display_name.startswith("青石公安?长")
    assert len(seen.display_name) == 200


def impossible(target: Target, source: str) -> Steps:
    yield Request(target.url)
    return Facts(Existence.EXISTS, counters={"followers": "many"})  # type: ignore[dict-item]


def test_facts_that_cannot_be_stored_are_the_checkers_error(
    registry: Registry, server: Server
) -> None:
    accounts(registry, server, 2)
    known = catalogue(checker(impossible))
    uid = planned(registry, known)
    assert swept(registry, known, uid).reasons == {Reason.CHECKER_ERROR: 2}


def test_an_account_that_nothing_can_read_is_unsupported(
    registry: Registry, server: Server
) -> None:
    with registry.write() as session:
        add_account(session, "青石发布", platform="toutiao")
    uid = planned(registry, catalogue(PAGE))
    assert swept(registry, catalogue(PAGE), uid).reasons == {Reason.BY_HAND: 1}


def test_an_unknown_run_is_not_found(registry: Registry) -> None:
    with pytest.raises(NotFound):
        swept(registry, catalogue(PAGE), "no-such-run")


def test_a_private_address_is_refused_without_leave(registry: Registry, server: Server) -> None:
    accounts(registry, server, 1)
    known = catalogue(PAGE)
    uid = planned(registry, known)
    result = swept(registry, known, uid, settings=Settings())
    assert result.reasons == {Reason.ADDRESS_REFUSED: 1}
    assert server.asked == []


def test_progress_is_told_to_whoever_shows_it(registry: Registry, server: Server) -> None:
    accounts(registry, server, 3)
    known = catalogue(PAGE)
    told: list[tuple[int, int]] = []

    def show(progress: Progress) -> None:
        told.append((progress.done, progress.planned))

    swept(registry, known, planned(registry, known), on_progress=show)
    assert told[-1][1] == 3
    assert sorted(told) == told


# --- menus ------------------------------------------------------------------------------------


def test_the_links_of_a_menu_become_link_results(registry: Registry, server: Server) -> None:
    def menu(target: Target, source: str) -> Steps:
        yield Request(target.url)
        return Facts(
            Existence.EXISTS,
            links=(
                Link("办事", LinkKind.URL, server.url("/works"), ("服务", "办事")),
                Link("旧文", LinkKind.URL, server.url("/gone"), ("服务", "旧文")),
                Link("搬家", LinkKind.URL, server.url("/moved"), ("服务", "搬家")),
                Link("小程序", LinkKind.MINIPROGRAM, "", ("小程序",), "wx0123", "pages/index"),
            ),
        )

    server.answers["/works"] = Said("<p>办事指南</p>")
    server.answers["/gone"] = Said("", 404)
    server.answers["/moved"] = Said(status=301, headers=(("Location", "/works"),))
    made = checker(menu, sources=[Source("menu", ALL_PROOFS, frozenset({CheckKind.MENU}))])
    known = catalogue(made, links=Links())
    with registry.write() as session:
        add_account(session, "青石公安", url=server.url("/menu"))
    uid = planned(registry, known, filters=Filters(kinds={CheckKind.MENU}))
    swept(registry, known, uid)
    with registry.read() as session:
        rows = session.scalars(select(LinkResult).order_by(LinkResult.id)).all()
        told = [(r.path, r.kind, r.status, r.failure, r.final_url) for r in rows]
    assert told == [
        ("服务 / 办事", LinkKind.URL, 200, None, server.url("/works")),
        ("服务 / 旧文", LinkKind.URL, 404, None, server.url("/gone")),
        ("服务 / 搬家", LinkKind.URL, 200, None, server.url("/works")),
        ("小程序", LinkKind.MINIPROGRAM, 0, None, ""),
    ]
    assert rows[2].hops == [[server.url("/moved"), 301, "/works"]]
    assert (rows[3].appid, rows[3].page) == ("wx0123", "pages/index")


# --- interruption -----------------------------------------------------------------------------


def interrupting(server: Server, path: str) -> Callable[[Progress], None]:
    """Presses Ctrl-C as soon as `path` has been asked."""

    def press(progress: Progress) -> None:
        if path in server.paths():
            raise KeyboardInterrupt

    return press


def test_an_interrupted_run_keeps_what_it_has_and_goes_on_with_the_rest(
    registry: Registry, server: Server
) -> None:
    accounts(registry, server, 20)
    one_by_one = catalogue(checker(hosts={"127.0.0.1": Pace(0.0)}))
    uid = planned(registry, one_by_one)
    with pytest.raises(KeyboardInterrupt):
        swept(registry, one_by_one, uid, on_progress=interrupting(server, "/7"))
    before = observations(registry, uid)
    assert 5 <= len(before) <= 9
    result = swept(registry, one_by_one, uid)
    assert (result.planned, result.done) == (20, 20)
    assert [o.uid for o in observations(registry, uid)][: len(before)] == [o.uid for o in before]
    with registry.read() as session:
        names = session.scalars(select(Run)).one().evidence
    assert names == [f"{uid}-1.warc.gz", f"{uid}-2.warc.gz"]
    assert 20 <= len(server.asked) <= 21


def test_a_finished_run_asks_nothing_more(registry: Registry, server: Server) -> None:
    accounts(registry, server, 2)
    known = catalogue(PAGE)
    uid = planned(registry, known)
    first = swept(registry, known, uid)
    assert swept(registry, known, uid) == first
    assert len(server.asked) == 2


def test_a_resumed_run_asks_as_it_was_planned(registry: Registry, server: Server) -> None:
    accounts(registry, server, 1)
    known = catalogue(PAGE)
    uid = planned(registry, known)
    with registry.write() as session:
        session.scalars(select(Account)).one().url = server.url("/elsewhere")
    swept(registry, known, uid)
    assert server.paths() == ["/0"]


# --- replay -----------------------------------------------------------------------------------


def replayed(registry: Registry, known: Catalogue, first: str) -> tuple[str, RunResult]:
    """A replay of a run's evidence as a run of its own."""
    with registry.read() as session:
        names = session.scalars(select(Run.evidence).where(Run.uid == first)).one()
    files = [evidence_folder(registry) / name for name in names]
    recording, told = Recording(files), recorded_run(files[0])
    assert told.run_uid == first
    with registry.write() as session:
        uid = plan_run(
            session,
            at=told.time_point,
            now=NOW + timedelta(days=3),
            as_of=told.as_of,
            catalogue=known,
            credentials=RecordedCredentials(known, recording),
            window_days=told.window_days,
            fresh_days=told.fresh_days,
            filters=Filters(everything=True),
            method=RunMethod.REPLAY,
        ).uid
    adopt_evidence(registry, evidence_folder(registry), uid, files, NOW)
    later = FakeClock(NOW + timedelta(days=3))
    return uid, swept(registry, known, uid, clock=later, recording=recording)


def told(seen: Observation) -> tuple[Any, ...]:
    return (
        seen.outcome,
        seen.reason,
        seen.source,
        seen.last_post_at,
        seen.observed_at,
        seen.records,
        seen.facts["posts"],
    )


def test_a_replay_comes_to_the_same_without_any_network(registry: Registry, server: Server) -> None:
    accounts(registry, server, 6)
    server.answers["/1"] = Said("", 503)
    server.answers["/2"] = Said(status=302, headers=(("Location", "/5"),))
    server.answers["/3"] = Said("", 403)
    server.answers["/4"] = Said(instead=lambda handler: None)
    known = catalogue(checker(hosts={"127.0.0.1": Pace(0.0)}))
    first = planned(registry, known)
    swept(registry, known, first)
    asked = len(server.asked)
    second, result = replayed(registry, known, first)
    assert len(server.asked) == asked
    assert result.done == 6
    before = {o.account_id: told(o) for o in observations(registry, first)}
    after = {o.account_id: told(o) for o in observations(registry, second)}
    blocked = {k for k, v in before.items() if v[1] is Reason.HOST_BLOCKED}
    assert {k: v for k, v in after.items() if k not in blocked} == {
        k: v for k, v in before.items() if k not in blocked
    }
    assert blocked and {after[k][1] for k in blocked} <= {Reason.NOT_RECORDED, None}
    with registry.read() as session:
        again = session.scalars(select(Run).where(Run.uid == second)).one()
        assert (again.method, again.as_of) == (RunMethod.REPLAY, NOW)
        assert again.evidence == [f"{first}-1.warc.gz"]


def said(uid: str) -> RecordedRun:
    """What the evidence of that run says of it."""
    return RecordedRun(uid, NOW, NOW, 14, 14)


def again(registry: Registry, known: Catalogue, *firsts: str) -> tuple[str, RunResult]:
    """A replay as the command makes it: of the checks of the runs, from all of their evidence."""
    with registry.write() as session:
        runs = recorded_runs(session, {first: said(first) for first in firsts})
        names = [name for each in runs for name in each.run.evidence]
        uid = plan_again(session, runs, now=NOW + timedelta(days=3), actor=system(session)).uid
    files = [evidence_folder(registry) / name for name in names]
    adopt_evidence(registry, evidence_folder(registry), uid, files, NOW)
    later = FakeClock(NOW + timedelta(days=3))
    return uid, swept(registry, known, uid, clock=later, recording=Recording(files))


def test_a_replay_has_the_checks_of_the_run_and_no_others(
    registry: Registry, server: Server
) -> None:
    accounts(registry, server, 3)
    server.answers["/1"] = Said("", 404)
    known = catalogue(PAGE)
    first = planned(registry, known)
    before = swept(registry, known, first)
    accounts(registry, server, 6)
    with registry.write() as session:
        for account in session.scalars(select(Account)):
            account.url = server.url("/moved")
    uid, result = again(registry, known, first)
    assert (result.planned, result.outcomes) == (3, before.outcomes)
    with registry.read() as session:
        made = session.scalars(select(Run).where(Run.uid == uid)).one()
        assert (made.method, made.as_of) == (RunMethod.REPLAY, NOW)
        assert made.options["fresh_days"] == 14


def test_a_replay_of_two_runs_owes_what_both_had_once(registry: Registry, server: Server) -> None:
    accounts(registry, server, 2)
    known = catalogue(PAGE)
    first = planned(registry, known)
    swept(registry, known, first)
    with registry.write() as session:
        add_account(session, "青石新开", url=server.url("/new"))
    second = planned(registry, known)
    swept(registry, known, second)
    _uid, result = again(registry, known, first, second)
    assert (result.planned, result.outcomes) == (3, {Outcome.READ: 3})


def sums(registry: Registry) -> dict[str, str]:
    """Evidence file → the hash that was kept of it."""
    with registry.read() as session:
        return {row.name: row.sha256 for row in session.scalars(select(EvidenceSum))}


def test_the_hash_of_what_a_run_recorded_is_kept_when_it_ends(
    registry: Registry, server: Server
) -> None:
    accounts(registry, server, 1)
    swept(registry, catalogue(PAGE), planned(registry, catalogue(PAGE)))
    (file,) = evidence_folder(registry).iterdir()
    assert sums(registry) == {file.name: sha256_of(file)}


def test_the_hash_of_what_a_killed_run_left_is_kept_when_somebody_sweeps_again(
    registry: Registry, server: Server
) -> None:
    """Its own files when it is gone on with, and those of one that nobody goes on with."""
    accounts(registry, server, 1)
    folder, known = evidence_folder(registry), catalogue(PAGE)
    folder.mkdir(parents=True)
    left, killed = planned(registry, known), planned(registry, known)
    with registry.write() as session:
        for uid in (left, killed):
            (folder / f"{uid}-1.warc.gz").write_bytes(uid.encode())
            run = session.scalars(select(Run).where(Run.uid == uid)).one()
            run.evidence = [f"{uid}-1.warc.gz"]
    swept(registry, known, killed)
    names = {f"{left}-1.warc.gz", f"{killed}-1.warc.gz", f"{killed}-2.warc.gz"}
    assert sums(registry) == {name: sha256_of(folder / name) for name in names}


def test_what_was_written_after_somebody_took_over_is_taken_back(
    registry: Registry, server: Server
) -> None:
    accounts(registry, server, 2)
    folder, known = evidence_folder(registry), catalogue(PAGE)
    uid, kept = planned(registry, known), dict[str, str]()

    def taken_over(_progress: Progress) -> None:
        if not kept:
            (file,) = folder.iterdir()
            record(registry, folder, [file.name], NOW)
            kept[file.name] = sha256_of(file)

    swept(registry, known, uid, on_progress=taken_over)
    assert {path.name: sha256_of(path) for path in folder.iterdir()} == kept == sums(registry)


def test_a_copy_of_kept_evidence_is_not_kept_twice(
    registry: Registry, server: Server, tmp_path: Path
) -> None:
    accounts(registry, server, 1)
    known = catalogue(PAGE)
    first = planned(registry, known)
    swept(registry, known, first)
    folder = evidence_folder(registry)
    (kept,) = folder.iterdir()
    copy = tmp_path / "copy.warc.gz"
    copy.write_bytes(kept.read_bytes())
    other = planned(registry, known)
    adopt_evidence(registry, evidence_folder(registry), other, [copy, kept], NOW)
    assert [path.name for path in folder.iterdir()] == [kept.name]
    with registry.read() as session:
        assert session.scalars(select(Run.evidence).where(Run.uid == other)).one() == [kept.name]
    (folder / "a-renamed-copy.warc.gz").write_bytes(kept.read_bytes())
    adopt_evidence(
        registry, evidence_folder(registry), other, [folder / "a-renamed-copy.warc.gz"], NOW
    )
    with registry.read() as session:
        assert session.scalars(select(Run.evidence).where(Run.uid == other)).one() == [kept.name]
    (folder / "a-renamed-copy.warc.gz").unlink()
    copy.write_bytes(kept.read_bytes()[:-1])
    adopt_evidence(registry, evidence_folder(registry), other, [copy], NOW)
    assert {path.name for path in folder.iterdir()} == {kept.name, "copy.warc.gz"}


def test_a_request_that_is_not_in_the_evidence_is_not_guessed(
    registry: Registry, server: Server
) -> None:
    accounts(registry, server, 1)
    known = catalogue(PAGE)
    first = planned(registry, known)
    swept(registry, known, first)
    accounts(registry, server, 2)
    with registry.write() as session:
        add_account(session, "青石新开", url=server.url("/new"))
    _uid, result = replayed(registry, known, first)
    assert result.reasons[Reason.NOT_RECORDED] >= 1


def api(server: Server) -> Catalogue:
    """A checker whose API wants a token for each account."""

    def script(target: Target, source: str) -> Steps:
        answer: Response = yield Request(server.url("/list"), auth=target.credential)
        data = answer.json()
        if data.get("errcode"):
            raise Inconclusive(Reason.CONFIG, str(data["errcode"]))
        return facts(NOW)

    spec = Credential(
        "weibo",
        "query:access_token",
        exchange=Exchange(server.url("/token"), expired=frozenset({40001})),
        per_account=True,
    )
    return catalogue(
        checker(
            script,
            sources=[Source("api", ALL_PROOFS, needs=("weibo",))],
            hosts={"127.0.0.1": FREE},
            credentials=[spec],
        )
    )


@pytest.mark.parametrize(
    ("token", "listing", "outcome"),
    [
        ([{"access_token": "canary-token-1", "expires_in": 7200}], [{"list": []}], Outcome.READ),
        ([{"errcode": 40164, "errmsg": "ip"}], [{}], Outcome.INCONCLUSIVE),
        (
            [
                {"access_token": "canary-token-1", "expires_in": 7200},
                {"access_token": "canary-token-2", "expires_in": 7200},
            ],
            [{"errcode": 40001}, {"list": []}],
            Outcome.READ,
        ),
    ],
)
def test_a_replay_needs_no_secret(
    registry: Registry,
    server: Server,
    token: list[dict[str, Any]],
    listing: list[dict[str, Any]],
    outcome: Outcome,
) -> None:
    def in_turn(bodies: list[dict[str, Any]]) -> Callable[[Asked], Said]:
        waiting = list(bodies)
        return lambda asked: Said(json.dumps(waiting.pop(0)))

    server.answers["/token"], server.answers["/list"] = in_turn(token), in_turn(listing)
    known = api(server)
    secrets = Credentials.of(known, {"TAIZHANG_SECRET_WEIBO_WX1": "canary-app-secret"})
    with registry.write() as session:
        add_account(session, "青石公安", appid="wx1")
    first = planned(registry, known, credentials=secrets)
    swept(registry, known, first, credentials=secrets)
    second, _result = replayed(registry, known, first)
    (before,), (after,) = observations(registry, first), observations(registry, second)
    assert before.outcome is outcome
    assert (after.outcome, after.reason, after.detail) == (outcome, before.reason, before.detail)


# --- secrets ----------------------------------------------------------------------------------

CANARIES = (
    "canary-app-secret-7731",
    "canary-cookie-8842",
    "canary-oauth-9953",
    "canary-token-6620",
)


def leaky(server: Server) -> Catalogue:
    """Checkers that hold credentials of every kind and misbehave with what they get."""

    def script(target: Target, source: str) -> Steps:
        answer: Response = yield Request(
            server.url(f"/{source}/{target.name}"), auth=target.credential
        )
        text = answer.text()
        if target.name == "raises":
            raise ValueError(f"{answer} {text}")
        if target.name == "inconclusive":
            raise Inconclusive(Reason.CHANGED_LAYOUT, text)
        link = Link(text, LinkKind.URL, server.url(f"/link?{text}"), (text,))
        return Facts(
            Existence.EXISTS,
            display_name=text,
            verified_subject=text,
            signal=text,
            note=text,
            identifiers={"uid": text},
            links=(link,),
            link_facts=(LinkFact(link.url, 200, link.url, answer.hops, text, text),),
        )

    def made(platform: str, place: str, exchange: Exchange | None = None) -> Any:
        kinds = frozenset({CheckKind.FRESHNESS, CheckKind.MENU})
        return checker(
            script,
            platform=platform,
            sources=[Source("api", frozenset(Proof), kinds, needs=(platform,))],
            hosts={"127.0.0.1": FREE},
            credentials=[
                Credential(platform, place, exchange=exchange, per_account=exchange is not None)
            ],
        )

    return catalogue(
        made("wechat", "query:access_token", Exchange(server.url("/token"))),
        made("weibo", "cookie"),
        made("bilibili", "header:Authorization"),
        links=Links(),
    )


def echo(asked: Asked) -> Said:
    """Everything that was sent comes back, in the body, in headers and in the way on."""
    text = " ".join([asked.path, *asked.headers.values(), asked.body.decode()])
    if "redirects" in asked.path and "again" not in asked.path:
        return Said(text, 302, (("Location", asked.path + "&again=1"), ("X-Echo", asked.path)))
    if "fails" in asked.path:
        return Said(text, 500)
    if "breaks" in asked.path:
        return Said(instead=lambda handler: None)
    return Said(text, headers=(("X-Echo", asked.path), ("Set-Cookie", f"SUB={CANARIES[1]}")))


def token(asked: Asked) -> Said:
    """A token, with the secret and another token beside it."""
    secret = json.loads(asked.body)["secret"]
    return Said({"access_token": CANARIES[3], "expires_in": 7200, "you_sent": secret})


def test_no_secret_is_found_in_anything_that_a_sweep_leaves_behind(
    registry: Registry,
    server: Server,
    location: str,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    server.answers |= {"*": echo, "/token": token}
    known = leaky(server)
    secrets = Credentials.of(
        known,
        {
            "TAIZHANG_SECRET_WECHAT_WX1": CANARIES[0],
            "TAIZHANG_SECRET_WEIBO": f"SUB={CANARIES[1]}; SUBP=another-part",
            "TAIZHANG_SECRET_BILIBILI": CANARIES[2],
        },
    )
    names = ("reads", "raises", "inconclusive", "redirects", "fails", "breaks")
    with registry.write() as session:
        for platform in ("wechat", "weibo", "bilibili"):
            for name in names:
                account = add_account(session, name, platform=platform, appid=f"{platform}-{name}")
                credential = "wechat:wx1" if platform == "wechat" else platform
                account.sources.append(AccountSource(source="api", credential=credential))
    caplog.set_level("DEBUG")
    uid = planned(registry, known, credentials=secrets)
    settings = Settings(
        tuning=Tuning(retries=1),
        network=Network(Limits(5, 5, 20), ("127.0.0.1",)),
        pace={"127.0.0.1": {"in_flight": 8}},
    )
    result = swept(registry, known, uid, credentials=secrets, settings=settings)
    assert result.done == len(names) * 6
    seen = {asked.path.split("?")[0] for asked in server.asked}
    assert {"/token", "/api/reads", "/api/redirects"} <= seen
    sent = json.dumps([[a.path, dict(a.headers), a.body.decode()] for a in server.asked])
    assert all(canary in sent for canary in CANARIES)
    everything = {
        "output": "".join(capfd.readouterr()).encode(),
        "log": caplog.text.encode(),
        "results": repr(result).encode(),
        **left_behind(registry),
    }
    assert len(everything["dump"]) > 1000
    for canary in CANARIES:
        found = [name for name, data in everything.items() if canary.encode() in data]
        assert found == [], f"{canary} in {found}"


def left_behind(registry: Registry) -> dict[str, bytes]:
    """Every byte that the sweep stored: tables, database files, evidence as it is and unpacked."""
    stored = {"dump": b""}
    with registry.engine.connect() as connection:
        for table in all_tables().sorted_tables:
            rows = connection.execute(select(table)).all()
            stored["dump"] += "\n".join(map(str, map(tuple, rows))).encode("utf-8", "replace")
    if registry.path is not None:
        for file in registry.path.parent.glob("accounts.db*"):
            if file.is_file():
                stored[file.name] = file.read_bytes()
    for file in evidence_folder(registry).iterdir():
        stored[file.name] = file.read_bytes()
        stored[f"{file.name}, unpacked"] = gzip.decompress(file.read_bytes())
    return stored


def test_the_home_page_of_a_site_is_fetched_once_for_its_pages_and_its_links(
    registry: Registry, server: Server
) -> None:
    links = "".join(f'<li><a href="/news/{n}.html">要闻 {n}</a> 2026-11-20</li>' for n in range(9))
    page = f"<html><head><title>青石县人民政府</title></head><body><ul>{links}</ul></body></html>"
    html = (("Content-Type", "text/html; charset=utf-8"),)
    server.answers |= {"*": Said("", 404), "/": Said(page, headers=html)}
    with registry.write() as session:
        add_account(session, "青石县政府网", platform="website", url=server.url("/"))
    known = catalogue(Website(), links=Links())
    uid = planned(
        registry,
        known,
        filters=Filters(kinds=(CheckKind.FRESHNESS, CheckKind.MENU), everything=True),
    )
    swept(registry, known, uid)
    looks = {look.kind: look for look in observations(registry, uid)}
    assert looks.keys() == {CheckKind.FRESHNESS, CheckKind.MENU}
    assert looks[CheckKind.MENU].outcome is Outcome.READ
    asked = server.paths()
    assert (asked.count("/"), asked.count("/robots.txt")) == (1, 1)
    shared = set(looks[CheckKind.FRESHNESS].records) & set(looks[CheckKind.MENU].records)
    assert len(shared) == 2
