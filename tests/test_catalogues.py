"""Every message of the program is there in Chinese."""

from __future__ import annotations

import pytest

from registry.messages import DOMAINS
from tests.catalogues import CATALOGUES, FOREIGN, compiled, faults


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_message_has_a_chinese_translation_with_the_same_place_holders(domain: str) -> None:
    assert faults(domain) == []


@pytest.mark.parametrize("domain", FOREIGN)
def test_the_catalogues_for_libraries_are_compiled(domain: str) -> None:
    assert (CATALOGUES / f"{domain}.mo").read_bytes() == compiled(domain)
