"""`docs/performance.md`, made of the last results of all benchmarks and of nothing else."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.machine import described

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
PAGE = HERE.parent / "docs" / "performance.md"

VARIANTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "links": {
        "links": (),
        "links-cpu": ("--latency", "0"),
        "links-tls": ("--latency", "0", "--tls", "--count", "1500"),
    },
    "reconcile": {"reconcile": (), "reconcile-million": ("--growth",)},
}
"""Script → name of a run → its options; every other script is run once without any. Over TLS there
are fewer links: two of the peers take 30 ms for each."""

_INTRO = """# Performance

What the sweep engine, the ledger and the reconcilers cost, beside other programs that do part of the
same. Every benchmark makes its own world from a seed, talks to nobody but loopback, and checks that
its results are right before it counts time. Peers run beside ours in the same run; one that is not
installed is named as missing.

This page is generated: `make bench` runs everything and rewrites it, `make bench ONLY=NAME` one
benchmark, which leaves the other rows as they are. The figures as they came are in
`bench/results.json`. They hold for the machine named with them: repeat them on yours. A machine that
does something else at the same time makes times longer, never shorter; the load before each run
stands beside it.

What survives is no benchmark but a test: `make check-slow` ends a sweep by SIGKILL 200 times and the
workers of a local cluster 50 times, and fails unless each planned check is stored exactly once.
"""


def scripts() -> dict[str, Path]:
    """Every benchmark by its name: the files that report a result."""
    return {path.stem: path for path in sorted(HERE.glob("*.py")) if _reports(path)}


def _reports(path: Path) -> bool:
    """True when the file takes `report` from the harness."""
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "bench.harness"
        and "report" in {alias.name for alias in node.names}
        for node in ast.parse(path.read_text(encoding="utf-8")).body
    )


def runs() -> dict[str, tuple[Path, tuple[str, ...]]]:
    """Name of each run → its script and options."""
    return {
        name: (path, options)
        for stem, path in scripts().items()
        for name, options in VARIANTS.get(stem, {stem: ()}).items()
    }


def stored() -> dict[str, Any]:
    """The last results by name of the run."""
    if not RESULTS.exists():
        return {}
    found: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return found


def page(results: Mapping[str, Any]) -> str:
    """The page."""
    parts = [_INTRO, *_overview(results)]
    for name, (path, options) in runs().items():
        parts.append(_section(name, path, options, results.get(name)))
    return "\n".join(parts)


def command(path: Path, options: Sequence[str]) -> str:
    """How a run is repeated by hand."""
    return " ".join(["python", f"bench/{path.name}", *options])


def _overview(results: Mapping[str, Any]) -> Iterator[str]:
    yield "## Goals\n"
    rows = [row for name in runs() for row in _goal_rows(name, results.get(name))]
    yield _table(("benchmark", "figure", "goal", "ours", "peers", ""), rows)


def _goal_rows(name: str, kept: Mapping[str, Any] | None) -> Iterator[Sequence[str]]:
    if kept is None:
        yield (name, "", "", "not measured yet", "", "")
        return
    result = kept["result"]
    for figure, limit in result["goals"].items():
        peers = [
            f"{peer} {_shown(figures[figure])}"
            for peer, figures in result["peers"].items()
            if isinstance(figures, dict) and figure in figures
        ]
        met = "met" if result["met"][figure] else "**not met**"
        ours = _shown(result["ours"][figure])
        yield (f"[{name}](#{name})", figure, f"≤ {_shown(limit)}", ours, ", ".join(peers), met)


def _section(name: str, path: Path, options: Sequence[str], kept: Mapping[str, Any] | None) -> str:
    about = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n\n")[0]
    lines = [f"## {name}\n", " ".join(about.split()), "", f"`{command(path, options)}`", ""]
    if kept is None:
        return "\n".join([*lines, "Not measured yet.", ""])
    result = kept["result"]
    params = ", ".join(f"{key} {_shown(value)}" for key, value in result["params"].items())
    lines += [
        f"Measured on {kept['on']}: {described(kept['machine'])}.",
        "",
        f"Made of: {params}.",
        "",
    ]
    columns = {"ours": result["ours"], **_measured(result["peers"])}
    flat = {who: dict(_flat(figures)) for who, figures in columns.items()}
    names = list(dict.fromkeys(figure for figures in flat.values() for figure in figures))
    rows = [
        (
            figure,
            *(_shown(figures[figure]) if figure in figures else "" for figures in flat.values()),
        )
        for figure in names
    ]
    lines.append(_table(("figure", *flat), rows))
    missing = [
        f"{peer} ({said})" for peer, said in result["peers"].items() if isinstance(said, str)
    ]
    if missing:
        lines.append(f"Peers without figures: {', '.join(missing)}.\n")
    return "\n".join(lines)


def _measured(peers: Mapping[str, Any]) -> dict[str, Any]:
    return {peer: figures for peer, figures in peers.items() if isinstance(figures, dict)}


def _flat(figures: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Figures within figures, each under its whole name."""
    for name, value in figures.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name} ")
        else:
            yield f"{before}{name}", value


def _shown(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: ""}[value]
    if isinstance(value, float):
        return f"{value:,.3f}".rstrip("0").rstrip(".")
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_shown, value))
    return str(value).replace("|", "\\|").replace("\n", " ")


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"
