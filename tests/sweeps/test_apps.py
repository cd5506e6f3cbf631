"""Apps in a whole run against a server on loopback: heads, ranges, and the same again from evidence."""

from __future__ import annotations

from checkers.app import App
from registry.db import Registry
from registry.models import Observation
from registry.vocab import CheckKind, Existence, Outcome, Reason
from sweeps.planning.plan import Filters
from tests.sweeps.loopback import Asked, Said, serve
from tests.sweeps.play import add_account, catalogue
from tests.sweeps.test_run import observations, planned, replayed, swept

PACKAGE = b"PK\x03\x04" + b"x" * 60


def package(asked: Asked) -> Said:
    """A server that knows no HEAD and heeds a range."""
    if asked.method == "HEAD":
        return Said(b"", 403)
    return Said(PACKAGE[:4], 206) if asked.headers.get("range") == "bytes=0-3" else Said(PACKAGE)


def ends(seen: list[Observation]) -> list[tuple[object, ...]]:
    return [(o.outcome, o.reason, o.existence, o.signal, o.source) for o in seen]


def test_a_package_is_found_lost_and_unread_and_the_evidence_says_the_same(
    registry: Registry,
) -> None:
    with serve() as server:
        server.answers["/there.apk"] = package
        server.answers["/lost.apk"] = Said(b"", 404)
        server.answers["/walled.apk"] = Said(b"x", 401)
        with registry.write() as session:
            for name in ("there", "lost", "walled"):
                add_account(session, name, platform="app", url=server.url(f"/{name}.apk"))
        known = catalogue(App())
        filters = Filters(kinds={CheckKind.APP}, everything=True)
        first = planned(registry, known, filters=filters)
        swept(registry, known, first)
        asked = [(asked.method, asked.path) for asked in server.asked]
        second, _result = replayed(registry, known, first)
    assert sorted(asked) == [
        ("GET", "/lost.apk"),
        ("GET", "/there.apk"),
        ("HEAD", "/lost.apk"),
        ("HEAD", "/there.apk"),
        ("HEAD", "/walled.apk"),
    ]
    expected = [
        (Outcome.READ, None, Existence.EXISTS, "", "apk"),
        (Outcome.READ, None, Existence.GONE_SIGNAL, "not_found", "apk"),
        (Outcome.INCONCLUSIVE, Reason.LOGIN_WALL, Existence.UNKNOWN, "", "apk"),
    ]
    assert ends(observations(registry, first)) == expected
    of_apps = [o for o in observations(registry, second) if o.kind is CheckKind.APP]
    assert ends(of_apps) == expected
