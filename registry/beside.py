"""A second Python beside this one. Python does one thing at a time, however many processors there are;
so long work that needs no registry is done by the second one while this one does something else.

The second one may be slower, fail or not be there at all: whoever asks it can do the work himself.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

from registry.collector import resting
from registry.messages import language, set_language

_Told = TypeVar("_Told")
_Given = ParamSpec("_Given")

_PROGRAM = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer);"
    "from registry.beside import serve; serve()"
)
_ROOT = str(Path(__file__).parents[1])

_GIVING_BACK = {"MALLOC_TRIM_THRESHOLD_": "131072", "MALLOC_MMAP_THRESHOLD_": "131072"}
"""Where the C library is glibc: memory that is no longer used is given back at once. Whoever holds much
for a short time would else keep most of it to the end."""


class Hindered(Exception):
    """The second Python did not do it, for whatever reason."""


class Second:
    """Starts with the first work it is given; ends with the block, at once where that fails."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._waiting = ThreadPoolExecutor(1)
        self._failed = False

    def __enter__(self) -> Second:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._failed = kind is not None
        if self._failed and self._process is not None:
            self._process.kill()
        self._waiting.shutdown()
        self._let_go()

    def ask(
        self, work: Callable[_Given, _Told], *given: _Given.args, **named: _Given.kwargs
    ) -> Future[_Told]:
        """Have `work` done, after what was asked before. It is a function of a module; what it is given
        and what it returns are copies. The result raises Hindered, and nothing else."""
        try:
            request = pickle.dumps((work, given, named))
        except Exception as error:  # whatever cannot be copied is done here
            hindered = Future[_Told]()
            hindered.set_exception(Hindered(repr(error)))
            return hindered
        return self._waiting.submit(self._answer, request)

    def renew(self) -> None:
        """Let it go when it has done what was asked; the next work starts another one. A Python that has
        held much gives little of it back before its end."""
        self._waiting.submit(self._let_go)

    def _let_go(self) -> None:
        if self._process is not None:
            with suppress(OSError), self._process:
                pass  # its pipes are closed, which ends it, and its end is awaited
            self._process = None

    def _answer(self, request: bytes) -> Any:
        try:
            if self._process is None:
                self._process = _started()
            if self._failed:
                self._process.kill()
            given, told = self._process.stdin, self._process.stdout
            assert given is not None and told is not None
            pickle.dump(request, given)  # as one piece, so that the next one is found in any case
            given.flush()
            done, answer = pickle.load(told)
        except Exception as error:  # it is not there, or has died
            raise Hindered(repr(error)) from error
        if not done:
            raise Hindered(answer)
        return answer


def _started() -> subprocess.Popen[bytes]:
    """The second one, which finds its modules where this one does and speaks its language."""
    if not sys.executable or hasattr(sys, "frozen"):
        raise Hindered("there is no other Python")
    pipe = subprocess.PIPE
    command = [sys.executable, "-I", "-c", _PROGRAM]
    process = subprocess.Popen(
        command,
        stdin=pipe,
        stdout=pipe,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **_GIVING_BACK},
    )
    assert process.stdin is not None
    for word in ([*sys.path, _ROOT], language()):
        pickle.dump(word, process.stdin)
    return process


def serve() -> None:
    """As the second one: do one thing after the other until nobody is left who asks."""
    given, told = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # what is printed would stand among the answers
    set_language(pickle.load(given))
    with resting():
        while True:
            try:
                request = pickle.load(given)
            except EOFError:
                return
            told.write(_done(request))
            told.flush()


def _done(request: bytes) -> bytes:
    """Whether what was asked was done, and what came of it."""
    try:
        work, given, named = pickle.loads(request)
        return pickle.dumps((True, work(*given, **named)), pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        return pickle.dumps((False, repr(error)))
