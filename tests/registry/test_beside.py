"""A second Python does what it is asked, one thing after the other; whatever hinders it is told as one
thing, and the next question finds it again."""

from __future__ import annotations

import operator
import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import pytest

from registry.beside import Hindered, Second
from registry.messages import _, language, set_language
from registry.vocab import Lang


def raising() -> None:
    raise ValueError("no")


def dying() -> None:
    os._exit(0)


def printing() -> str:
    print("中" * 5000)
    return "told"


def lambda_made() -> object:
    return lambda: None


def test_it_does_one_thing_after_the_other_in_another_process() -> None:
    with Second() as second:
        asked = [second.ask(operator.add, n, 1) for n in range(20)]
        other = second.ask(os.getpid)
        assert [each.result() for each in asked] == list(range(1, 21))
        assert other.result() != os.getpid()


def test_it_finds_modules_where_this_one_does_and_speaks_its_language() -> None:
    before = language()
    try:
        for lang in Lang:
            set_language(lang)
            with Second() as second:
                assert second.ask(language).result() is lang
                assert second.ask(_, "The cell is empty.").result() == _("The cell is empty.")
    finally:
        set_language(before)


@pytest.mark.parametrize("work", [raising, lambda_made])
def test_what_fails_there_hinders_only_itself(work: Callable[[], object]) -> None:
    with Second() as second:
        failing: Future[object] = second.ask(work)
        after = second.ask(operator.mul, 6, 7)
        with pytest.raises(Hindered):
            failing.result()
        assert after.result() == 42


def test_what_cannot_be_handed_over_hinders_only_itself() -> None:
    with Second() as second:
        with pytest.raises(Hindered):
            second.ask(lambda: 1).result()
        assert second.ask(operator.neg, 3).result() == -3


def test_what_is_printed_there_is_no_answer() -> None:
    with Second() as second:
        assert second.ask(printing).result() == "told"


def test_a_new_one_does_what_is_asked_after_the_old_one_was_let_go() -> None:
    with Second() as second:
        before = [second.ask(os.getpid), second.ask(os.getpid)]
        second.renew()
        second.renew()
        after = [second.ask(os.getpid), second.ask(os.getpid)]
        assert before[0].result() == before[1].result() != after[0].result() == after[1].result()
        second.renew()


def test_one_that_died_hinders_all_that_is_asked_after() -> None:
    with Second() as second:
        for asked in (second.ask(dying), second.ask(operator.neg, 3)):
            with pytest.raises(Hindered):
                asked.result()


@pytest.mark.parametrize("python", ["", "/nowhere/python", "false", "true"])
def test_where_there_is_no_other_python_all_is_hindered(
    monkeypatch: pytest.MonkeyPatch, python: str
) -> None:
    monkeypatch.setattr(sys, "executable", python)
    with Second() as second, pytest.raises(Hindered):
        second.ask(operator.neg, 3).result()


def test_nothing_is_started_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.beside.subprocess.Popen", None)
    with Second():
        pass


def test_it_ends_with_the_block_and_in_the_midst_of_work_where_that_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started = list[subprocess.Popen[bytes]]()

    class Seen(subprocess.Popen[bytes]):
        def __init__(self, *words: object, **how: object) -> None:
            super().__init__(*words, **how)  # type: ignore[call-overload]
            started.append(self)

    monkeypatch.setattr("registry.beside.subprocess.Popen", Seen)
    with Second() as second:
        second.ask(operator.neg, 3).result()
    with pytest.raises(KeyError), Second() as second:
        second.ask(operator.neg, 3).result()
        long = second.ask(time.sleep, 600)
        raise KeyError
    with pytest.raises(Hindered):
        long.result()
    assert started[0].returncode == 0
    assert started[1].returncode not in {0, None}


def test_modules_of_the_folder_that_it_is_called_in_are_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pickle.py").write_text("raise SystemExit(3)", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with Second() as second:
        assert second.ask(operator.neg, 3).result() == -3
