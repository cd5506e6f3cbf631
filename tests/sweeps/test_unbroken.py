"""Ctrl-C while something is written takes effect when it has been written."""

from __future__ import annotations

import signal
import threading

import pytest

from sweeps.unbroken import unbroken


def press() -> None:
    signal.raise_signal(signal.SIGINT)


def test_it_takes_effect_at_the_end_of_the_block() -> None:
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        with unbroken():
            press()
            done.append("written")
        done.append("not reached")
    assert done == ["written"]
    with pytest.raises(KeyboardInterrupt):
        press()


def test_without_one_nothing_happens_and_the_handler_is_the_old_one() -> None:
    before = signal.getsignal(signal.SIGINT)
    with unbroken():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


def test_who_ignores_it_goes_on_ignoring_it() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with unbroken():
            press()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_an_error_in_the_block_comes_through() -> None:
    with pytest.raises(ValueError, match="broken"), unbroken():
        raise ValueError("broken")


def test_on_another_thread_it_does_nothing() -> None:
    seen: list[bool] = []

    def work() -> None:
        before = signal.getsignal(signal.SIGINT)
        with unbroken():
            seen.append(signal.getsignal(signal.SIGINT) is before)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [True]
