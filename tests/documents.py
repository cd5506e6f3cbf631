"""The documents against the program: generated pages, and the commands that they show.

`python -m tests.documents` rewrites the generated pages.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from reconcilers.actions import basis
from reconcilers.deadlines import PAIR, TERMS
from reconcilers.settled import CODES as RECONCILED
from registry.vocab import BLOCKING_CODES, CODES, HAND_CODES, Lang, label
from tests.platforms_page import platforms_page
from verdicts.apps import APP_CODE
from verdicts.codes import HOME_CODE, STALE_CODES
from verdicts.hints import HINT_CODES
from verdicts.links import LINK_CODES
from verdicts.ruleset import load
from verdicts.sites import SITE_CODES

ROOT = Path(__file__).parent.parent
DOCS = (ROOT / "README.md", ROOT / "README.zh-CN.md", *sorted((ROOT / "docs").glob("*.md")))
CODES_PAGE = ROOT / "docs" / "finding-codes.md"
PLATFORMS_PAGE = ROOT / "docs" / "platforms.md"

RAISED = {
    *STALE_CODES,
    "ST102",
    "ST104",
    "ST106",
    APP_CODE,
    "ST108",
    *LINK_CODES,
    *HINT_CODES,
    HOME_CODE,
    *SITE_CODES,
    *RECONCILED,
}
"""Codes that this version raises by itself; the others are kept for what is not built yet."""

_BLOCK = re.compile(r"^ *```console\n(.*?)^ *```$", re.M | re.S)


def commands(page: Path) -> Iterator[list[str]]:
    """The words of every `$ taizhang …` line of a page, in order, without the program's name."""
    for block in _BLOCK.findall(page.read_text(encoding="utf-8")):
        for line in map(str.strip, block.replace("\\\n", " ").splitlines()):
            if line.startswith("$ taizhang "):
                yield shlex.split(line.removeprefix("$ taizhang "), comments=True)


def codes_page() -> str:
    """`docs/finding-codes.md`, made of the vocabulary and the national rule set."""
    rules = load("national-2019")
    lines = [
        "# 问题代码 Finding codes",
        "",
        "本页由程序生成。代码永不改变含义；严重程度可由检查指标（rule set）调整，见 `taizhang rules show`。",
        "",
        "This page is generated. A code never changes its meaning; a rule set may raise or lower its",
        "severity (`taizhang rules show NAME`). 预留: kept for what this version does not look at yet.",
        "",
        "整改期限按工作日计，从发现之日起算，写在核对表里；交办时另定期限的，以交办为准。RC303 从注销之日起算",
        "（安康：5个工作日内报告），RC311 的期限已经过去（公告期加注销期）。未注明规定的是本项目约定，不是全国",
        "规定，本单位可以改（`taizhang rules limits --set`，见[使用指南](guide.md)）：",
        "",
        *_terms(),
        "",
        "| 代码 | 问题 | What | 默认程度 | 指标 | 依据 | 期限 | 谁提出 | 阻止上报 |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for code, row in CODES.items():
        sources = [rules.rules[rule].source for rule in row.rules if rule in rules.rules]
        who = "人工" if code in HAND_CODES else "程序" if code in RAISED else "预留"
        cells = [
            code,
            row.zh,
            row.en,
            label(row.severity, Lang.ZH),
            "、".join(row.rules),
            "；".join(dict.fromkeys(sources)) or basis(code, rules),
            f"{TERMS[code].days}个工作日" if code in TERMS else "",
            who,
            "是" if code in BLOCKING_CODES else "",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _terms() -> Iterator[str]:
    """The terms of the house with their sources, one line each."""
    for term in dict.fromkeys(TERMS.values()):
        names = ["待人工认定的" if name == PAIR else name for name, t in TERMS.items() if t is term]
        yield f"- {term.days}个工作日（{term.source}）：{'、'.join(names)}"


if __name__ == "__main__":
    CODES_PAGE.write_text(codes_page(), encoding="utf-8")
    PLATFORMS_PAGE.write_text(platforms_page(), encoding="utf-8")
