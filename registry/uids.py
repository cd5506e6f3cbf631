"""UUIDv7 identifiers, the names by which rows leave a registry, and the salts of contacts."""

from __future__ import annotations

import random
import secrets
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


def _fresh() -> uuid.UUID:
    return _compose(time.time_ns() // 1_000_000, secrets.randbits(74))


def _compose(milliseconds: int, entropy: int) -> uuid.UUID:
    value = (milliseconds & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76 | (entropy >> 62 & 0xFFF) << 64
    value |= 0b10 << 62 | entropy & ((1 << 62) - 1)
    return uuid.UUID(int=value)


_source: ContextVar[Callable[[], uuid.UUID]] = ContextVar("uid_source", default=_fresh)


def new_uid() -> str:
    """A new UUIDv7 as text of 36 characters; later ones sort after earlier ones."""
    return str(_source.get()())


def new_uids(count: int) -> list[str]:
    """As many new UUIDv7 as `new_uid` would give, made together for a tenth of the time."""
    if (source := _source.get()) is not _fresh:
        return [str(source()) for _ in range(count)]
    first = f"{time.time_ns() // 1_000_000:012x}"
    first = f"{first[:8]}-{first[8:]}-7"
    drawn = secrets.token_bytes(_DRAWN * count).hex()
    return [
        f"{first}{drawn[at:at + 3]}-{_VARIANT[drawn[at + 3]]}{drawn[at + 4:at + 7]}-"
        f"{drawn[at + 7:at + 19]}"
        for at in range(0, 2 * _DRAWN * count, 2 * _DRAWN)
    ]


_DRAWN = 10
"""Random bytes for each: 19 of their 20 digits are used."""
_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}

SALT_BYTES = 16

_salts: ContextVar[Callable[[int], bytes]] = ContextVar("salts", default=secrets.token_bytes)


def new_salt() -> bytes:
    """Random bytes for the digest of a contact."""
    return _salts.get()(SALT_BYTES)


@contextmanager
def repeatable(seed: int, milliseconds: int) -> Iterator[None]:
    """Within the block, uids and salts are the same at every run (for the bundled sample only)."""
    generator = random.Random(seed)
    tick = iter(range(milliseconds, 1 << 48))
    uids = _source.set(lambda: _compose(next(tick), generator.getrandbits(74)))
    salts = _salts.set(generator.randbytes)
    try:
        yield
    finally:
        _source.reset(uids)
        _salts.reset(salts)
