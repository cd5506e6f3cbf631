"""Options that several commands share, so that they look and behave the same everywhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, TypeVar

import click

from registry.dates import SHANGHAI, DateError, parse_span
from registry.messages import _, language
from registry.vocab import Lang, label

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
            return self._midnight(value, param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)

    def _midnight(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        try:
            day = Day().convert(value, param, ctx)
        except click.BadParameter:
            text = _("{text} is not a time; write 2026-11-22 or 2026-11-22T09:00.")
            self.fail(text.format(text=value), param, ctx)
        return datetime.combine(day, time(), SHANGHAI)


class Known(Point):
    """A moment up to which records count; a day means all that was recorded on it. Aware."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        moment = super().convert(value, param, ctx)
        whole_day = not isinstance(value, datetime) and ":" not in str(value)
        return moment + timedelta(days=1, microseconds=-1) if whole_day else moment


class Words(click.Choice[str]):
    """The values of a vocabulary, written as the value or as its printed word. Gives the value."""

    def __init__(self, members: Iterable[StrEnum]) -> None:
        self.members = tuple(members)
        super().__init__([member.value for member in self.members])
        self.values = {label(each, lang): each.value for lang in Lang for each in self.members}

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """The printed words in Chinese, the values themselves in English."""
        if language() is Lang.EN:
            return super().get_metavar(param, ctx) or ""
        return f"[{'|'.join(dict.fromkeys(label(each, language()) for each in self.members))}]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value).strip()
        return super().convert(self.values.get(text, text), param, ctx)

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        words = (f"{label(each, language())} ({each.value})" for each in self.members)
        return _("{value} is none of: {choices}.").format(
            value=value, choices=_(", ").join(dict.fromkeys(words))
        )


class RegionCode(click.ParamType[str]):
    """Six digits of GB/T 2260."""

    name = "code"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value).strip()
        if not re.fullmatch(r"[1-9][0-9]{5}", text):
            self.fail(_("{text} is no region code: six digits are due.").format(text=text))
        return text


DAY = Day()
POINT = Point()
KNOWN = Known()
REGION_CODE = RegionCode()
