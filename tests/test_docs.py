"""What the documents say is what the program does."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import cli
from tests.documents import CODES_PAGE, DOCS, ROOT, codes_page, commands

FILES = ROOT / "tests" / "docs"
"""What the pages assume to lie in the reader's folder."""


def test_the_page_of_finding_codes_is_up_to_date() -> None:
    assert CODES_PAGE.read_text(encoding="utf-8") == codes_page()


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_every_command_of_a_page_runs_as_written(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in FILES.iterdir():
        shutil.copy(file, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TAIZHANG_DB", raising=False)
    monkeypatch.setenv("TAIZHANG_ACTOR", "王芳")
    for words in commands(page):
        assert cli.main(words) == 0, f"taizhang {' '.join(words)}"


def test_make_targets_of_the_pages_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for page in DOCS:
        for line in page.read_text(encoding="utf-8").splitlines():
            if line.startswith("make "):
                assert f"\n{line.split()[1]}:" in makefile, f"{page.name}: {line}"


def test_the_guide_shows_every_command() -> None:
    guide = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
    for name in cli.COMMANDS:
        assert f"taizhang {name}" in guide, name
