"""Links from the wire to the finding: certificates, QR images and their labels."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from checkers.base import Facts, Link, Request, Source, Steps, Target
from checkers.links import Links
from checkers.loading import Catalogue
from registry.actors import system
from registry.db import Registry
from registry.history.writing import Act
from registry.models import Finding, LinkResult
from registry.platforms import PlatformCatalogue
from registry.vocab import CheckKind, Identity, LinkKind, LinkState
from sweeps.planning.plan import Filters
from sweeps.run import Settings
from tests.checkers.qr_images import qr
from tests.conftest import NOW
from tests.sweeps.loopback import Said, Server, serve
from tests.sweeps.play import ALL_PROOFS, add_account, catalogue, checker
from tests.sweeps.test_run import planned, swept
from tests.sweeps.test_transport import tls, trusting
from verdicts.ruleset import load
from verdicts.sweep import SweepJudgement, judge_sweep

PNG = (("Content-Type", "image/png"),)
PAGE = (("Content-Type", "text/html; charset=utf-8"),)


def showing(links: Iterable[Link]) -> Catalogue:
    """A catalogue whose one platform shows these links."""

    def menu(target: Target, source: str) -> Steps:
        yield Request(target.url)
        return Facts(links=tuple(links))

    made = checker(menu, sources=[Source("menu", ALL_PROOFS, frozenset({CheckKind.MENU}))])
    return catalogue(made, links=Links())


def judged(registry: Registry, server: Server, links: Iterable[Link]) -> SweepJudgement:
    """One sweep of the links by loopback, judged."""
    known = showing(links)
    with registry.write() as session:
        add_account(session, "青石公安", url=server.url("/menu"))
    uid = planned(registry, known, filters=Filters(kinds={CheckKind.MENU}))
    swept(registry, known, uid, settings=Settings(network=trusting()))

    def identify(text: str) -> Identity | None:
        return Identity("douyin", "url", text) if text.endswith("/douyin") else None

    with registry.write() as session:
        return judge_sweep(
            session,
            at=NOW,
            ruleset=load("national-2019"),
            now=NOW,
            act=Act(system(session), NOW),
            platforms=PlatformCatalogue.with_known((), identify),
        )


def found(registry: Registry) -> dict[str, str]:
    """Menu path → code."""
    with registry.read() as session:
        return {f.discriminator: f.code for f in session.scalars(select(Finding))}


def test_an_expired_certificate_becomes_a_finding_with_its_day(registry: Registry) -> None:
    with serve() as server, serve(tls("expired")) as old:
        server.answers |= {"/menu": Said("ok"), "/qr.png": Said(qr(old.url("/x")), headers=PNG)}
        links = [
            Link("办事", LinkKind.URL, old.url("/x"), ("办事",)),
            Link("扫码", LinkKind.QR, server.url("/qr.png"), ("扫码",)),
        ]
        told = judged(registry, server, links)
        assert told.links[LinkState.BROKEN] == 2
        assert found(registry) == {"办事": "LK205", "扫码": "LK205"}
    with registry.read() as session:
        days = [f.facts["certificate_expired_at"] for f in session.scalars(select(Finding))]
        assert days == ["2020-01-01T00:00:00+00:00"] * 2


def test_codes_are_judged_by_where_they_lead_and_by_their_labels(registry: Registry) -> None:
    with serve() as server:
        server.answers |= {
            "/menu": Said("ok"),
            "/douyin": Said("<p>青石发布</p>", headers=PAGE),
            "/wb.png": Said(qr(server.url("/douyin")), headers=PNG),
            "/dy.png": Said(qr(server.url("/douyin"), 3), headers=PNG),
            "/dead.png": Said(qr(server.url("/no-page")), headers=PNG),
            "/page.png": Said("<p>维护中</p>", headers=PAGE),
            "/text.png": Said(qr("青石县人民政府"), headers=PNG),
        }
        names = {
            "微博": "wb",
            "抖音": "dy",
            "旧码": "dead",
            "缺图": "none",
            "网页": "page",
            "文字": "text",
        }
        links = [
            Link(label, LinkKind.QR, server.url(f"/{name}.png"), ("首页", label))
            for label, name in names.items()
        ]
        told = judged(registry, server, links)
        assert found(registry) == {
            "首页 / 微博": "LK204",
            "首页 / 旧码": "LK203",
            "首页 / 缺图": "LK203",
        }
        assert {state: told.links[state] for state in LinkState} == {
            LinkState.WORKS: 2,
            LinkState.BROKEN: 2,
            LinkState.UNSURE: 2,
            LinkState.UNCHECKED: 0,
        }
        with registry.read() as session:
            rows = {row.label: row for row in session.scalars(select(LinkResult))}
            assert rows["微博"].detail == server.url("/douyin")
            assert rows["微博"].final_url == server.url("/douyin")
            assert rows["网页"].signal == "not_image"
            assert (rows["文字"].signal, rows["文字"].detail) == ("qr_text", "青石县人民政府")
