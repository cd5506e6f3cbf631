"""The example of `docs/adding-a-platform.md`: a package of its own that adds a whole platform."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

import cli
from checkers.base import Checker, Request, Response
from checkers.loading import load_checkers
from registry.db import Registry
from registry.vocab import Identity, Outcome, Proof, Reason
from sweeps.network.credentials import Credentials
from sweeps.planning.plan import plan_run
from tests.checkers.contract import OWED, Cases, checks
from tests.checkers.driving import NOON
from tests.checkers.test_contract import cases_of
from tests.sweeps.play import FakeClock, FakeWorkers, add_account
from tests.sweeps.test_run import observations, swept

PAGE = Path(__file__).parents[2] / "docs" / "adding-a-platform.md"


THIRD_PARTY = Path(__file__).parents[1] / "thirdparty"
PACKAGE = THIRD_PARTY / "taizhang_qingshi"


def blocks(language: str = "python") -> list[str]:
    """The code of the page, in order: the checker, then its cases."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S)


def module(name: str, source: str) -> ModuleType:
    made = ModuleType(name)
    exec(compile(source, f"{PAGE.name}: {name}", "exec"), made.__dict__)
    return made


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The package stands where installed ones do."""
    monkeypatch.setattr(sys, "path", [str(THIRD_PARTY), *sys.path])
    yield
    for name in [name for name in sys.modules if name.startswith("taizhang_qingshi")]:
        del sys.modules[name]


@pytest.fixture
def example(installed: None) -> tuple[Checker, Cases]:
    """The checker as its entry point brings it, and its cases."""
    found = load_checkers()
    assert found.broken == ()
    cases = cases_of("qingshi")
    assert cases is not None
    return found.platforms["qingshi"], cases


def test_the_page_and_the_package_are_one() -> None:
    assert blocks() == [
        (PACKAGE / f"{name}.py").read_text("utf-8") for name in ("checker", "cases")
    ]
    (points,) = blocks("ini")
    (metadata,) = THIRD_PARTY.glob("*.dist-info")
    assert points == (metadata / "entry_points.txt").read_text("utf-8")


def test_nothing_of_ours_knows_it_and_nothing_of_ours_is_lost() -> None:
    assert "qingshi" not in load_checkers().platforms
    ours = set(load_checkers().platforms)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys, "path", [str(THIRD_PARTY), *sys.path])
        assert set(load_checkers().platforms) == {*ours, "qingshi"}


def test_it_is_listed_and_its_addresses_are_known(
    installed: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["checkers", "list", "--format", "json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    mine = [(r["source"], r["route"], r["switched"]) for r in listed if r["platform"] == "qingshi"]
    assert mine == [("rsshub", "/qingshi/user/{uid}", "default"), ("profile", "", "default")]
    address = "https://www.qingshi.example/u/1234567890"
    assert cli.main(["checkers", "identify", address, "--format", "json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["platform"], row["scheme"], row["value"]) == ("qingshi", "uid", "1234567890")


def test_its_accounts_are_swept(registry: Registry, example: tuple[Checker, Cases]) -> None:
    known, clock = load_checkers(), FakeClock(NOON)
    with registry.write() as session:
        add_account(session, "青石公安", platform="qingshi", uid="1234567890")
        none = Credentials.of(known, {})
        uid = plan_run(
            session, at=NOON, now=NOON, catalogue=known, credentials=none, window_days=14
        ).uid
    answers = example[1]["profile"].examples["ok"].answers

    def reply(request: Request) -> Response:
        return replace(answers(request), url=request.url, fetched_at=clock.now())

    workers = FakeWorkers(clock, reply)
    swept(registry, known, uid, clock=clock, workers=workers)
    (seen,) = observations(registry, uid)
    assert (seen.outcome, seen.source) == (Outcome.READ, "profile")
    assert seen.last_post_at == datetime(2026, 3, 17, 16, 30, tzinfo=UTC)
    tried = {each["source"]: each["reason"] for each in seen.facts["sources"]}
    assert tried == {"rsshub": "no_source", "profile": None}


def test_the_example_of_the_page_keeps_the_contract(example: tuple[Checker, Cases]) -> None:
    checker, cases = example
    titles = []
    for title, check in checks(checker, cases):
        check()
        titles.append(title)
    assert {"profile: empty", "rsshub: cut short"} <= set(titles)
    assert "profile: HTTP 403 is no finding about the account" in titles


def test_the_example_recognises_its_accounts_by_address(example: tuple[Checker, Cases]) -> None:
    address = "https://www.qingshi.example/u/1234567890"
    assert example[0].identify(f"见 {address} 。") == Identity(
        "qingshi", "uid", "1234567890", address
    )


@pytest.mark.parametrize(
    ("right", "wrong", "title"),
    [
        ('str(row.get("author")) == uid', "True", "profile: others"),
        ("if counted != 0:", "if False:", "profile: empty"),
        ('row.get("top") is True', "False", "profile: pinned only"),
        ("len(posts) < len(rows) or not in_order", "not in_order", "profile: undated"),
        ("response.json()", "__import__('json').loads(response.body)", "profile: HTTP 403"),
    ],
)
def test_a_careless_copy_of_the_example_fails(right: str, wrong: str, title: str) -> None:
    checker, cases = blocks()
    assert right in checker
    careless = module("careless", checker.replace(right, wrong)).Qingshi()
    failed = []
    for name, check in checks(careless, module("qingshi_cases", cases).CASES):
        try:
            check()
        except Exception:  # whatever a careless checker raises, it fails
            failed.append(name)
    assert any(name.startswith(title) for name in failed), failed


def test_the_page_names_every_proof_and_example_and_no_reason_of_its_own() -> None:
    text = PAGE.read_text("utf-8")
    for proof in Proof:
        row = next(line for line in text.splitlines() if line.startswith(f"| `{proof.name}` |"))
        assert re.findall(r"`([a-z_]+)`", row) == list(OWED[proof])
    assert set(re.findall(r"Reason\.([A-Z_]+)", text)) <= set(Reason.__members__)
