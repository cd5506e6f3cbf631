"""The reminder that a host unit gets (更新提醒): its accounts about to go stale, in plain lines.

It names accounts and days, no person and no number of one.
"""

from __future__ import annotations

from collections.abc import Callable

from registry.messages import _
from registry.personal import without_numbers
from reports.cells import one_line, shown
from verdicts.reminders import Silent, UnitReminder


def reminder_note(told: UnitReminder, platform: Callable[[str], str]) -> tuple[str, str]:
    """Title and text; `platform` gives the printed name of a platform."""
    title = _("Update reminder: {unit}").format(unit=one_line(told.unit) or _("no host unit"))
    lines = [
        _("These {count} accounts will soon be too long without an update:").format(
            count=len(told.accounts)
        ),
        *(_line(silent, platform) for silent in told.accounts),
        _("Please publish before the day named. Who has published since need do nothing."),
    ]
    return title, "\n".join(lines)


def _line(silent: Silent, platform: Callable[[str], str]) -> str:
    return _("{platform} {name}: last post {last}, not updated from {day} on").format(
        platform=platform(silent.platform),
        name=one_line(without_numbers(silent.name)),
        last=shown(silent.last_post_at) or _("never"),
        day=silent.stale_on.isoformat(),
    )
