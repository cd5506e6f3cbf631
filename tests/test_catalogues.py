"""Every message of the program is there in Chinese."""

from __future__ import annotations

import pytest

from registry.messages import DOMAINS
from tests.catalogues import CATALOGUES, FOREIGN, catalogue, compiled, faults


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_message_has_a_chinese_translation_with_the_same_place_holders(domain: str) -> None:
    assert faults(domain) == []


@pytest.mark.parametrize("domain", FOREIGN)
def test_the_catalogues_for_libraries_are_compiled(domain: str) -> None:
    assert (CATALOGUES / f"{domain}.mo").read_bytes() == compiled(domain)


def test_one_english_message_has_one_chinese_translation_in_all_domains() -> None:
    # The domains are looked up one after the other, so the first translation found is used.
    seen: dict[str, set[str]] = {}
    for domain in DOMAINS:
        for message in catalogue(domain):
            if message.id:
                seen.setdefault(str(message.id), set()).add(str(message.string))
    assert {text: found for text, found in seen.items() if len(found) > 1} == {}
