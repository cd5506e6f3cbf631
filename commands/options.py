"""Options that several commands share, so that they look and behave the same everywhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any, TypeVar

import click

from registry.dates import SHANGHAI, DateError, parse_span
from registry.messages import _

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def listing_options(function: Decorated) -> Decorated:
    """`--format table|csv|json` and `--output FILE`."""
    function = click.option(
        "--output", type=click.Path(dir_okay=False), help=_("Write to this file instead.")
    )(function)
    return click.option(
        "--format",
        "format_",
        type=click.Choice(["table", "csv", "json"]),
        default="table",
        show_default=True,
        help=_("How to print the list."),
    )(function)


def card_options(function: Decorated) -> Decorated:
    """`--format table|json` and `--output FILE`, for one thing shown in full."""
    function = click.option(
        "--output", type=click.Path(dir_okay=False), help=_("Write to this file instead.")
    )(function)
    return click.option(
        "--format",
        "format_",
        type=click.Choice(["table", "json"]),
        default="table",
        show_default=True,
        help=_("How to print it."),
    )(function)


class Day(click.ParamType[date]):
    """A day as people write it: 2026-11-22, 2026年11月22日, 2026.11.22. Gives a `date`."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            span = parse_span(str(value), year=None, today=date.max)
        except DateError:
            span = None
        if span is None or span.first != span.last:
            self.fail(_("{text} is not a day; write 2026-11-22.").format(text=value), param, ctx)
        return span.first


class Point(click.ParamType[datetime]):
    """A moment: 2026-11-22T09:00, or a day, which means its midnight in Shanghai. Aware."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(str(value).strip())
        except ValueError:
            return datetime.combine(Day().convert(value, param, ctx), time(), SHANGHAI)
        return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


DAY = Day()
POINT = Point()
