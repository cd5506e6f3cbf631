"""The example of `docs/adding-a-platform.md` is a whole checker that keeps the contract."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

import pytest

from checkers.base import Checker
from checkers.loading import GROUP, load_checkers
from registry.vocab import Identity, Proof, Reason
from tests.checkers.contract import OWED, Cases, checks

PAGE = Path(__file__).parents[2] / "docs" / "adding-a-platform.md"


def blocks() -> list[str]:
    """The code of the page, in order: the checker, then its cases."""
    return re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S)


def module(name: str, source: str) -> ModuleType:
    made = ModuleType(name)
    exec(compile(source, f"{PAGE.name}: {name}", "exec"), made.__dict__)
    return made


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Checker, Cases]]:
    """The checker as an entry point brings it, and its cases."""
    checker, cases = blocks()
    monkeypatch.setitem(sys.modules, "qingshi_example", module("qingshi_example", checker))
    found = load_checkers([EntryPoint("qingshi", "qingshi_example:Qingshi", GROUP)])
    assert found.broken == ()
    yield found.platforms["qingshi"], module("qingshi_cases", cases).CASES


def test_the_example_of_the_page_keeps_the_contract(example: tuple[Checker, Cases]) -> None:
    checker, cases = example
    titles = []
    for title, check in checks(checker, cases):
        check()
        titles.append(title)
    assert (
        "profile: empty" in titles and "profile: HTTP 403 is no finding about the account" in titles
    )


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
