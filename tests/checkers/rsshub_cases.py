"""The contract's examples for a platform's own RSSHub source, the same for all platforms."""

from __future__ import annotations

from collections.abc import Mapping

from checkers.base import Target
from registry.vocab import Proof
from tests.checkers.cases.feed import ABSENT, READ_BACK_TO, examples
from tests.checkers.contract import OWED, SourceCases
from tests.checkers.driving import NOON

OWN_INSTANCE = "http://rsshub.qingshi.example:1200"
_PROVES = frozenset({Proof.FRESH, Proof.STALE, Proof.NAME})


def rsshub_cases(
    platform: str,
    identifiers: Mapping[str, str],
    title: str = "{name}",
    *,
    proves: frozenset[Proof] = _PROVES,
) -> SourceCases:
    """Cases for `Source("rsshub", proves, route=…)` of an account with those ids.

    `title`: how RSSHub titles the channel of this platform, e.g. `{name}的微博`. Examples of proofs
    that the source does not claim are left out.
    """
    owed = {name for proof in proves for name in OWED[proof]}
    target = Target(
        platform,
        "青石发布",
        identifiers=identifiers,
        address=f"{OWN_INSTANCE}/{platform}/1",
        as_of=NOON,
        read_back_to=READ_BACK_TO,
    )
    return SourceCases(
        target,
        {name: example for name, example in examples(title).items() if name in owed},
        {name: why for name, why in ABSENT.items() if name in owed},
        json=False,
    )
