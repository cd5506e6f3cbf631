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
    """As many new UUIDv7 as `new_uid` would give, in rising order, for a tenth of the time."""
    if (source := _source.get()) is not _fresh:
        return [str(source()) for _ in range(count)]
    first = f"{time.time_ns() // 1_000_000:012x}"
    first = f"{first[:8]}-{first[8:]}-7"
    drawn = secrets.token_bytes(_DRAWN * count).hex()
    rising = [f"{place * 4096 // count:03x}" for place in range(count)]
    return sorted(
        f"{first}{then}-{_VARIANT[drawn[at]]}{drawn[at + 1:at + 4]}-{drawn[at + 4:at + 16]}"
        for then, at in zip(rising, range(0, 2 * _DRAWN * count, 2 * _DRAWN), strict=True)
    )


_DRAWN = 8
"""Random bytes for each: 62 of their 64 bits are used, beside where in its millisecond it stands."""
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
