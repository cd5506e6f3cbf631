"""Which rule set judges here."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.orm import Session

from registry.filings.jurisdictions import for_unit
from verdicts.ruleset import RuleSet, load

NATIONAL = "national-2019"
"""That of the State Council's office, where nobody has named another."""


def rules_in_force(session: Session, data: Path, named: str = "") -> RuleSet:
    """The rule set that the settings name, else the jurisdiction's, else the national one. `data`: the
    folder in which an office keeps its own. Raises what `load` raises."""
    rules = for_unit(session, None)
    return load(named or (rules.rule_set if rules else NATIONAL), data=data)
