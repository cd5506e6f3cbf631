"""What a sweep came to: lines for people, one object for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from registry.messages import _, language
from registry.vocab import Outcome, Verdict, label

if TYPE_CHECKING:
    from datetime import datetime

    from sweeps.run import RunResult
    from verdicts.coverage import Counts
    from verdicts.sweep import SweepJudgement


def tell_run(result: RunResult, at: datetime) -> None:
    """How much a run of the sweep of `at` has done, and why the rest was not read."""
    from commands.flow import shown

    click.echo(
        _("Sweep of {at}: {done} of {planned} checks done, {read} read.").format(
            at=shown(at),
            done=result.done,
            planned=result.planned,
            read=result.outcomes.get(Outcome.READ, 0),
        )
    )
    for reason, count in sorted(result.reasons.items(), key=lambda item: -item[1]):
        click.echo(f"  {label(reason, language().value)} {count}")


def tell_ahead(result: RunResult, at: datetime, proven: int, format_: str) -> None:
    """What a run came to whose T is still to come: nothing can be judged yet. `proven`: the
    accounts that it left out."""
    from reports.listing import write_object

    if format_ == "json":
        write_object({**_figures(result, at), "proven": proven})
        return
    tell_run(result, at)
    click.echo(
        _(
            "{proven} accounts were proven for that time point already. It is still to come, so"
            " nothing is judged yet; see `taizhang sweep plan`."
        ).format(proven=proven)
    )


def coverage_words(whole: Counts) -> str:
    """How much was read, and how much need not be."""
    text = _("Coverage: {read} of {planned} accounts read ({share:.0%}).")
    if whole.proven_before:
        text = _(
            "Coverage: {read} of {planned} accounts read, {proven} more left out because earlier"
            " looks prove them ({share:.0%} in all)."
        )
    return text.format(
        read=whole.read, planned=whole.planned, proven=whole.proven_before, share=whole.share
    )


def tell_sweep(result: RunResult, told: SweepJudgement, format_: str) -> None:
    """What the run and its judgement came to: lines for people, one object for programs."""
    from reports.listing import write_object

    if format_ == "json":
        write_object(_summary(result, told))
        return
    tell_run(result, told.at)
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
    click.echo(_("Next: `taizhang finding list`; what a person must see: `taizhang sweep todo`."))


def _figures(result: RunResult, at: datetime) -> dict[str, Any]:
    return {
        "run": result.run_uid,
        "time_point": at,
        "planned": result.planned,
        "done": result.done,
        "outcomes": result.outcomes,
        "reasons": result.reasons,
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
        },
    }
