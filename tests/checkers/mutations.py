"""Documents damaged as the web damages them, for hypothesis: cut, spliced, in another charset."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

_PLACE = st.integers(0, 10**6)


def damaged(
    documents: Sequence[str], pieces: Sequence[str], charsets: Sequence[str] = ("utf-8",)
) -> st.SearchStrategy[bytes]:
    """One of `documents` with up to eight cuts and insertions of `pieces`, behind a tag or anywhere."""
    insertion = st.tuples(_PLACE, st.sampled_from(pieces), st.booleans())
    cut = st.tuples(_PLACE, st.integers(1, 60), st.booleans())
    return st.builds(
        _damage,
        st.sampled_from(documents),
        st.lists(insertion | cut, max_size=8),
        st.none() | _PLACE,
        st.sampled_from(charsets),
    )


def _damage(
    document: str, changes: list[tuple[int, str | int, bool]], end: int | None, charset: str
) -> bytes:
    for number, change, behind_a_tag in changes:
        at = number % (len(document) + 1)
        if behind_a_tag:
            at = document.find(">", at) + 1
        more = at + change if isinstance(change, int) else at
        document = document[:at] + (change if isinstance(change, str) else "") + document[more:]
    if end is not None:
        document = document[: end % (len(document) + 1)]
    return document.encode(charset, "replace")
