"""What is to be done about a difference, on which regulation, until when. The words stand here; the
figures come from the rule set and the jurisdiction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from registry.filings.workdays import is_working_day
from registry.messages import _, language
from registry.vocab import CODES, CancelCause, label
from verdicts.ruleset import RuleSet

FILING = "国办发〔2018〕123号"
"""关于推进政务新媒体健康有序发展的意见: opening, changing, stopping and cancelling are filed."""

_ACTIONS: Mapping[str, Callable[[], str]] = {
    "RC301": lambda: _(
        "Find out whose account it is; have it filed (opening or baseline), or closed."
    ),
    "RC302": lambda: _(
        "Check the account on the platform; if it is gone, file stop and cancellation with proof."
    ),
    "RC303": lambda: _("Apply for taking it offline in the national system."),
    "RC304": lambda: _("Add the account in the national system."),
    "RC305": lambda: _("File the account, or apply for taking the row offline there."),
    "RC306": lambda: _("Change the row in the national system, or file the change first."),
    "RC307": lambda: _(
        "The platform has not cancelled it: restore the row in the national system, or cancel the"
        " account on the platform and file that."
    ),
    "RC308": lambda: _("File the change of name, or have the former name restored."),
    "RC309": lambda: _("Have the verification renewed under the host unit, or file the change."),
    "RC310": lambda: _(
        "Publish the notice of the change; record its link with the filing or in the workbook."
    ),
    "RC311": lambda: _("Cancel the account on the platform and file the cancellation with proof."),
    "RC312": lambda: _("File the re-opening, or have the account cancelled on the platform."),
    "DU401": lambda: _(
        "Keep one account, stop the others, or have the exception approved. The one to keep is chosen in"
        " the row; or file the stop of each that is to go: `{command}`."
    ).format(command="taizhang filing stop " + _("ACCOUNT")),
    "DU402": lambda: _(
        "Check whether it is one account; if it is, cancel the entry that is to go as entered twice. The"
        " one to keep is chosen in the row; or file it yourself: `{command}`."
    ).format(command=_entered_twice(_("ACCOUNT"))),
    "DU403": lambda: _("Compare both accounts; have one renamed if people can mistake them."),
    "DU404": lambda: _("Bring the names in line where the platforms allow it."),
    "DU405": lambda: _("File the change of host to the successor, or stop the account."),
    "CL501": lambda: _("Find out who posts; have the platform close it or file the re-opening."),
    "CL502": lambda: _("Ask the platform to take the handle back; warn the public if needed."),
}


def action(code: str) -> str:
    """The instruction for a finding code, in the user's language."""
    return _ACTIONS[code]()


def cancel_entry(name: str, uid: str) -> str:
    """The instruction where a person has said that two entries are one account."""
    words = _(
        "It is one account, a person has said so: cancel the entry that is not kept ({name} unless another"
        " one was chosen) as entered twice, with the filing that this decision drafts or `{command}`."
    )
    return words.format(name=name, command=_entered_twice(uid))


def _entered_twice(account: str) -> str:
    """The command that cancels an entry of an account that goes on under another one."""
    cause = label(CancelCause.ENTERED_TWICE, language())
    return f"taizhang filing cancel {account} --cause {cause}"


def closing_gone() -> str:
    """The instruction where an account under closing is gone from its platform, as it should be."""
    return _("The platform has cancelled it: file the cancellation with proof.")


def not_in_use() -> str:
    """The instruction where an account that is not in use here runs there: no upload says that."""
    return _(
        "Have the row handed over or taken offline there by hand; upload.xlsx has no such row."
    )


def in_upload(instruction: str) -> str:
    """The instruction with the word that the next upload does it."""
    return _("{instruction} It is in upload.xlsx.").format(instruction=instruction)


def held_back(instruction: str) -> str:
    """The instruction where another matter of the account keeps it out of the upload."""
    return _("{instruction} It is held back until the account's other matters are settled.").format(
        instruction=instruction
    )


def id_goes(instruction: str) -> str:
    """The instruction where an account to be added has an id of which a row is to go offline there."""
    return _(
        "{instruction} It is held back: a row with its id is to be taken offline there. If that row is"
        " this account, say so: `taizhang reconcile decide ACCOUNT ROW --same --reverse --reason …`."
    ).format(instruction=instruction)


def under_way(filings: str) -> str:
    """The instruction where the ledger is to follow by `filings`, in words."""
    return _("Under way: filing {filings}. Complete it; the row is held back until then.").format(
        filings=filings
    )


def filed_already(instruction: str, filings: str) -> str:
    """The instruction where `filings`, in words, do what it asks for."""
    words = _(
        "{instruction} Under way already: filing {filings}; go on with it, no second is needed."
    )
    return words.format(instruction=instruction, filings=filings)


def come_back() -> str:
    """The instruction where a closed account's row had gone and is there again."""
    return _("File the re-opening, or apply for taking it offline in the national system.")


_SEEN: Mapping[str, str] = {
    "RC301": "四川 2024 年通报",
    "RC303": "四川 2025 年第一季度通报",
    "RC307": "湖北 2021 年通报",
    "RC308": "钦州 2021 年第三季度通报",
    "RC312": "三明 2021 年第三季度通报",
}
"""Circulars that name the fault."""


def basis(code: str, ruleset: RuleSet | None) -> str:
    """The regulation a code rests on: its rule's source, else the duty to file, with a circular that
    names the fault where one is known."""
    if ruleset is not None:
        for rule in CODES[code].rules:
            if rule in ruleset.rules:
                return ruleset.rules[rule].source
    if not code.startswith(("RC", "DU", "CL501")):
        return ""
    return "；".join(filter(None, (FILING, _SEEN.get(code))))


def last_day(start: date, working_days: int) -> date:
    """The last day of a period of so many working days that begins on the day after `start`."""
    day = start
    while working_days > 0:
        day += timedelta(days=1)
        working_days -= is_working_day(day)[0]
    return day
