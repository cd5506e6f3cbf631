"""What a sweep came to: lines for people, one object for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from commands.stop_words import TODO, again_words, tell_stops
from registry.messages import _, language
from registry.text import display_safe
from registry.vocab import Outcome, Reason, Verdict, label

if TYPE_CHECKING:
    from datetime import datetime

    from commands.door import Door
    from sweeps.run import RunResult
    from verdicts.coverage import Counts
    from verdicts.pending import Missing
    from verdicts.sweep import SweepJudgement

MOST_NAMED = 10
"""Accounts that may be gone are named one by one, up to so many."""


def tell_run(
    result: RunResult,
    at: datetime,
    *,
    replayed: bool = False,
    again: str | None = None,
    todo: str = TODO,
) -> None:
    """How much a run of the sweep of `at` has done, and why the rest was not read. `again`: the command
    that goes on with what is left, where it is not another run here; `todo`: the one that makes the list for people.
    """
    again = again or again_words(at, everything=result.everything)
    from registry.dates import to_the_minute

    words = (
        _("Replay of the sweep of {at}: {done} of {planned} checks judged again, {read} read.")
        if replayed
        else _("Sweep of {at}: {done} of {planned} checks done, {read} read.")
    )
    click.echo(
        words.format(
            at=to_the_minute(at),
            done=result.done,
            planned=result.planned,
            read=result.outcomes.get(Outcome.READ, 0),
        )
    )
    for reason, count in sorted(result.reasons.items(), key=lambda item: -item[1]):
        click.echo(f"  {label(reason, language().value)} {count}")
    tell_limited(result.reasons.get(Reason.OWN_LIMIT, 0), None if result.stopped else again)
    tell_stops(result.stopped, again, todo)
    if Reason.ADDRESS_REFUSED in result.reasons:
        click.echo(
            _(
                "Addresses of the office's own network are not asked unless allow_private under"
                ' [sweep] in taizhang.toml names them, e.g. allow_private = ["10.20.0.5:1200"].'
            )
        )


def tell_limited(count: int, again: str | None) -> None:
    """How many checks our own limits left to the next run; nobody need look at these. `again`: the
    command that goes on with them; None where each host is named with it."""
    if not count:
        return
    text = _(
        "{count} are for the next run, no platform refused them: this program asks a site so often"
        " and no more."
    )
    if again:
        text = _(
            "{count} are for the next run, no platform refused them: this program asks a site so"
            " often and no more. Run `{again}` again (where the day's limit is used up, tomorrow)."
        )
    click.echo(text.format(count=count, again=again))


def tell_ahead(
    door: Door,
    result: RunResult,
    at: datetime,
    proven: int,
    missing: Sequence[Missing],
    format_: str,
    *,
    replayed: bool = False,
) -> None:
    """What a run came to whose T is still to come: nothing can be judged yet. `proven`: the
    accounts that it left out; `missing`: those that may be gone."""
    from reports.listing import write_object

    if format_ == "json":
        write_object({**_figures(result, at), "proven": proven, "pending": missing})
        return
    tell_run(result, at, replayed=replayed)
    click.echo(
        _(
            "{proven} accounts were proven for that time point already. It is still to come, so"
            " nothing is judged yet; see `taizhang sweep plan`."
        ).format(proven=proven)
    )
    tell_pending(door, missing)


def tell_pending(door: Door, missing: Sequence[Missing]) -> None:
    """Who may be gone, by name, and from when on a second look decides."""
    from registry.dates import to_the_minute

    if not missing:
        return
    waiting = sum(not each.gone for each in missing)
    click.echo(
        _("May be gone: {waiting} to be looked at again, {gone} gone by a second look.").format(
            waiting=waiting, gone=len(missing) - waiting
        )
    )
    once = _("  {platform} {name}: since {since}; a look from {again} on decides")
    twice = _("  {platform} {name}: since {since}; a second look has confirmed it")
    for each in missing[:MOST_NAMED]:
        told = (twice if each.gone else once).format(
            platform=door.platform_label(each.platform),
            name=display_safe(each.name),
            since=to_the_minute(each.since),
            again=to_the_minute(each.again_from),
        )
        click.echo(told)
    if len(missing) > MOST_NAMED:
        click.echo(_("  … and {count} more").format(count=len(missing) - MOST_NAMED))


def _tell_since(told: SweepJudgement, missing: Sequence[Missing]) -> None:
    """Why the accounts that may be gone are not as many as their verdicts say."""
    from registry.dates import to_the_minute

    waiting = sum(not each.gone for each in missing)
    if waiting != told.verdicts[Verdict.PENDING] or waiting != len(missing):
        click.echo(
            _(
                "The verdicts are those of {at}, by looks up to the time point after it. May be gone"
                " is by every look up to now, so its figures can be others."
            ).format(at=to_the_minute(told.at))
        )


def coverage_words(whole: Counts) -> str:
    """How much was read, and how much need not be."""
    text = _("Coverage: {read} of {planned} accounts read ({share:.0%}).")
    if whole.passed_over:
        text = _(
            "Coverage of all {accounts} accounts: {read} of {planned} read, {proven} left out because"
            " earlier looks prove them, {passed_over} not in this sweep ({share:.0%} in all)."
        )
    elif whole.proven_before:
        text = _(
            "Coverage: {read} of {planned} accounts read, {proven} more left out because earlier"
            " looks prove them ({share:.0%} in all)."
        )
    return text.format(
        accounts=whole.accounts,
        read=whole.read,
        planned=whole.planned,
        proven=whole.proven_before,
        passed_over=whole.passed_over,
        share=whole.share,
    )


def tell_sweep(
    door: Door,
    result: RunResult,
    told: SweepJudgement,
    missing: Sequence[Missing],
    format_: str,
    *,
    replayed: bool = False,
) -> None:
    """What the run and its judgement came to: lines for people, one object for programs."""
    from reports.listing import write_object

    if format_ == "json":
        write_object({**_summary(result, told), "pending": missing})
        return
    tell_run(result, told.at, replayed=replayed)
    lang = language().value
    whole = told.coverage.whole
    click.echo(coverage_words(whole))
    verdicts = "  ".join(f"{label(v, lang)} {told.verdicts[v]}" for v in Verdict)
    click.echo(_("Verdicts from all looks so far: {verdicts}").format(verdicts=verdicts))
    click.echo(
        _("Findings: {raised} new, {seen} seen again, {ended} ended.").format(
            raised=len(told.settled.raised),
            seen=len(told.settled.seen),
            ended=len(told.settled.ended),
        )
    )
    if told.settled.rechecked:
        click.echo(
            _(
                "Hints not there any more: {count}, marked as rechecked for a person to clear or"
                " dismiss (`taizhang finding list --remedy rechecked`)."
            ).format(count=len(told.settled.rechecked))
        )
    tell_pending(door, missing)
    _tell_since(told, missing)
    click.echo(_("Next: `taizhang finding list`; what a person must see: `taizhang sweep todo`."))


def _figures(result: RunResult, at: datetime) -> dict[str, Any]:
    return {
        "run": result.run_uid,
        "time_point": at,
        "planned": result.planned,
        "done": result.done,
        "outcomes": result.outcomes,
        "reasons": result.reasons,
        "stopped": result.stopped,
    }


def _summary(result: RunResult, told: SweepJudgement) -> dict[str, Any]:
    return {
        **_figures(result, told.at),
        "rule_set": told.rule_set,
        "coverage": told.coverage,
        "verdicts": told.verdicts,
        "links": told.links,
        "findings": {
            "raised": len(told.settled.raised),
            "seen": len(told.settled.seen),
            "ended": len(told.settled.ended),
            "rechecked": len(told.settled.rechecked),
        },
    }
