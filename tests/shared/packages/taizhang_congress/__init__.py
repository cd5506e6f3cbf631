"""A platform whose accounts have numeric ids, for the replay of a published register."""

from __future__ import annotations

from checkers.base import Checker


class Handles(Checker):
    """Accounts of which nothing is looked at: a register names them."""

    platform = "handles"
    label = {"zh": "短讯号", "en": "Handles"}
    forms = {"office": "office", "campaign": "campaign"}
    schemes = {"user_id": r"[1-9][0-9]{2,19}"}
