"""Words for the state of a row that say nothing: the mapping gives them no meaning, not even that of
`other`. Rows that bear one are named, for nothing of their state was compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from registry.exchange.national import KeptExport
from registry.exchange.national_rows import NationalRows
from registry.exchange.national_template import NationalMapping
from registry.vocab import NationalState

_OTHER = NationalState.OTHER


def with_unknown_states(kept: KeptExport, mapping: NationalMapping) -> KeptExport:
    """The same export with what its rows say of their state in words without a meaning."""
    rows = NationalRows.of(kept.rows)
    return replace(kept, unknown_states=unknown_states(rows, mapping))


def unknown_states(rows: NationalRows, mapping: NationalMapping) -> Mapping[str, int]:
    """Word → rows of a known platform whose state was read as `other`, though the mapping does not say
    that this is what the word means."""
    if _OTHER not in rows.state:  # as a rule
        return {}
    told = zip(rows.state_raw, rows.state, rows.platform, strict=True)
    words = Counter(word for word, state, platform in told if state is _OTHER and platform)
    return {word: n for word, n in words.items() if word and not mapping.says_other(word)}
