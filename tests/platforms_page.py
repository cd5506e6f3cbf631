"""`docs/platforms.md`, made of what the checkers declare: nothing in it is written by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum

from checkers.base import Checker, Pace, Source
from checkers.loading import load_checkers
from registry.vocab import CheckKind, Lang, Proof, label

_HEAD = """\
# 平台 Platforms

本页由程序生成，与代码一致：每个平台的叫法、标识、认得的地址、各来源按次序能证明什么，以及只有人能看的。
`taizhang checkers list` 列出本单位实际启用了哪些；一个链接是谁的，问 `taizhang checkers identify`。

This page is generated from the code. Per platform: its names, ids and known addresses, its sources in
the order in which they are asked, and what only a person can see. What is off by default is used only
where the office names it in the `[sources]` section of `taizhang.toml`."""

_COLUMNS = (
    "次序",
    "来源 Source",
    "说明 What it is",
    "能证明 Proves",
    "检查 Checks",
    "凭据 Credential",
    "默认 By default",
    "RSSHub 路由或地址 Route or address",
)
_OWED = (Proof.FRESH, Proof.STALE, Proof.EXISTENCE, Proof.NAME)


def platforms_page() -> str:
    """The page as it ought to be."""
    found = load_checkers()
    parts = [_HEAD]
    for name, checker in found.platforms.items():
        parts.append("\n".join(_platform(name, checker)))
    shared = [f"## {_both(c)} `{name}`\n\n{_table(c)}" for name, c in found.shared.items()]
    parts.append("# 各平台通用 For all platforms\n\n" + "\n\n".join(shared))
    return "\n\n".join(parts) + "\n"


def _both(checker: Checker) -> str:
    return f"{checker.label[Lang.ZH]} {checker.label[Lang.EN]}"


def _platform(name: str, checker: Checker) -> Iterator[str]:
    yield f"## {_both(checker)} `{name}`"
    yield ""
    named = dict.fromkeys([*checker.synonyms, *checker.forms])
    if named:
        yield f"- 又称 Also called: {'、'.join(named)}"
    for scheme, pattern in checker.schemes.items():
        preferred = "（主标识 preferred）" if scheme == next(iter(checker.schemes)) else ""
        yield f"- 标识 Id `{scheme}`{preferred}: `{pattern}`"
    for address in _addresses(checker):
        yield f"- 地址 Address: `{address}`"
    hosts = "；".join(f"`{host}` {_pace(pace)}" for host, pace in checker.hosts.items())
    if hosts:
        yield f"- 站点和间隔 Hosts and pace: {hosts}"
    yield from _for_people(checker.sources)
    if checker.sources:
        yield ""
        yield _table(checker)


def _addresses(checker: Checker) -> Iterator[str]:
    """The places of the platform's accounts; `{uid}` stands for what the pattern takes as the id."""
    for place in getattr(checker, "places", ()):
        path = _readable(place.path, place.scheme)
        query = f" ?{place.parameter}={{{place.scheme}}}" if place.parameter else ""
        yield place.host + path + query


def _readable(pattern: str, scheme: str) -> str:
    begin = pattern.find("(?P<id>")
    if begin < 0:
        return pattern
    depth, at = 0, begin
    for at in range(begin, len(pattern)):
        depth += {"(": 1, ")": -1}.get(pattern[at], 0)
        if not depth:
            break
    return f"{pattern[:begin]}{{{scheme}}}{pattern[at + 1:]}"


def _pace(pace: Pace) -> str:
    most = f"，每次巡查至多 {pace.per_run} per run" if pace.per_run is not None else ""
    return f"{pace.min_gap:g} s{most}"


def _for_people(sources: Iterable[Source]) -> Iterator[str]:
    """What no source proves at all, and what none proves without something of the office's own."""
    held = list(sources)
    if not held:
        yield "- 没有来源，全部由人查看。No source: people look."
        return
    anyhow = {proof for source in held for proof in source.proves if _free(source)}
    somehow = {proof for source in held for proof in source.proves}
    never = [proof for proof in _OWED if proof not in somehow]
    depends = [proof for proof in _OWED if proof in somehow - anyhow]
    if never:
        yield f"- 只有人能看 Only a person can see: {_words(never)}"
    if depends:
        yield (
            "- 没有凭据、RSSHub、所需地址或未启用时由人看 A person, unless the office has set it up: "
            + _words(depends)
        )


def _free(source: Source) -> bool:
    """Whether it works by itself: no credential, no RSSHub, no address, no decision."""
    return source.by_default and not (source.needs or source.route or source.address)


def _words(values: Iterable[StrEnum]) -> str:
    return "、".join(f"{label(value, Lang.ZH)} {label(value, Lang.EN)}" for value in values)


def _table(checker: Checker) -> str:
    rows = [_COLUMNS, ("---",) * len(_COLUMNS)]
    rows += [_row(number, source) for number, source in enumerate(checker.sources, 1)]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _row(number: int, source: Source) -> tuple[str, ...]:
    needs = "、".join(f"`{kind}`" for kind in source.needs)
    instead = " 或 or ".join(f"`{kind}`" for kind in source.instead)
    where = f"`{source.route}`" if source.route else "须给地址 needed" if source.address else ""
    return (
        str(number),
        f"`{source.name}`",
        " ".join(filter(None, (source.label.get(Lang.ZH), source.label.get(Lang.EN)))),
        _words(proof for proof in Proof if proof in source.proves),
        "、".join(label(kind, Lang.ZH) for kind in CheckKind if kind in source.kinds),
        " 或 or ".join(filter(None, (needs, instead))),
        "启用 on" if source.by_default else "不启用 off",
        where.replace("|", "\\|"),
    )
