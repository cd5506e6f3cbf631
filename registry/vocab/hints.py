"""What a machine may point at in published text. It decides nothing about it."""

from __future__ import annotations

from enum import StrEnum


class HintKind(StrEnum):
    ID_CARD = "id_card"
    MOBILE = "mobile"
    BANK_CARD = "bank_card"
    MISPRINT = "misprint"
