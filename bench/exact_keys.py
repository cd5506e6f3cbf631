"""Two tables in memory compared by their key: one program and one comparer per process.

All are given the same rows, those that have an id, in the form in which each holds a table: the
ledger and the export as reconciling reads them, a frame, a dict of rows. All hand out the same
answer: the keys on one side only, and of every cell that differs key, field and both values. Ours
finds out who holds which id within the time that is measured, as the others do (but for csv-diff,
which reads into a dict by key); besides, it folds names, looks for what is left by name and address,
and says of each difference what is to be done. No comparer is interrupted to look for cycles.

Prints seconds of wall time for the comparison alone, and the size of its answer.
"""

from __future__ import annotations

import csv
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.ledgers import NOW  # noqa: E402
from checkers.loading import load_checkers  # noqa: E402
from reconcilers.decisions import Decisions, load_decisions  # noqa: E402
from reconcilers.drafting import Setting  # noqa: E402
from reconcilers.ledger import Ledger, read_ledger  # noqa: E402
from reconcilers.national import match_national, national_differences  # noqa: E402
from registry.collector import resting  # noqa: E402
from registry.db import open_registry  # noqa: E402
from registry.exchange.national import kept_last  # noqa: E402
from registry.exchange.national_rows import NationalRows  # noqa: E402
from registry.platforms import PlatformCatalogue  # noqa: E402

FIELDS = ("platform", "name", "host_unit", "url", "verified_subject")


Cell = tuple[str, str, str, str]
"""Key, field, and the value on either side."""


@dataclass(frozen=True)
class Answer:
    """How two tables differ."""

    dropped: list[str]
    """Keys of the ledger alone."""
    added: list[str]
    """Keys of the export alone."""
    cells: list[Cell]

    def counts(self) -> dict[str, int]:
        """How much of each."""
        return {name: len(getattr(self, name)) for name in ("dropped", "added", "cells")}


def read(folder: Path) -> tuple[Ledger, NationalRows, Decisions]:
    """The ledger as it is read for reconciling, and the rows of the export that have an id."""
    with open_registry(str(folder / "ledger.db")).read() as session:
        ledger, export = read_ledger(session), kept_last(session)
        decisions = load_decisions(session, NOW.date())
    assert export is not None
    return ledger, NationalRows(row for row in export.rows if row.identifiers), decisions


def ours(folder: Path) -> Callable[[], Answer]:
    """Matching and comparing, as reconciling does it."""
    checkers = load_checkers()
    catalogue = PlatformCatalogue.with_known(checkers.infos(), checkers.identify)
    setting = Setting(NOW, None)
    ledger, rows, decisions = read(folder)

    def compare() -> Answer:
        picture = match_national(ledger, rows, catalogue, decisions)
        found = list(
            national_differences(picture, setting, catalogue, closed_on={}, cancel_limit=None)
        )
        return Answer(
            [d.ledger["identifier"] for d in found if d.code == "RC304"],
            [d.outside["identifier"] for d in found if d.code == "RC305"],
            [
                (d.ledger["identifier"], field, d.ledger[field], d.outside[field])
                for d in found
                if d.code == "RC306"
                for field in d.fields
            ],
        )

    return compare


def tables(folder: Path) -> tuple[Path, Path]:
    """Both sides as CSV with the id as `key`."""
    ledger, rows, _decisions = read(folder)
    left, right = folder / "left.csv", folder / "right.csv"
    _write(
        left,
        [
            (a.native, a.platform, a.name, a.host_name, a.url, a.verified_subject or "")
            for a in ledger.accounts
        ],
    )
    _write(
        right,
        [
            (*row.identifiers.values(), row.platform, row.name, row.host_unit, row.url)
            + (row.fields.get("verified_subject", ""),)
            for row in rows
        ],
    )
    return left, right


def _write(path: Path, rows: list[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(("key", *FIELDS))
        lines.writerows(rows)


def datacompy(folder: Path) -> Callable[[], Answer]:
    """Its comparison of two pandas frames."""
    import datacompy as library
    import pandas as pd

    left, right = (pd.read_csv(path, dtype=str).fillna("") for path in tables(folder))

    def compare() -> Answer:
        made = library.PandasCompare(left, right, join_columns="key")
        both, cells = made.intersect_rows, list[Cell]()
        for name in FIELDS:
            unlike = both[~both[f"{name}_match"]]
            keys, here, there = unlike["key"], unlike[f"{name}_df1"], unlike[f"{name}_df2"]
            cells += zip(keys, [name] * len(unlike), here, there, strict=True)
        return Answer(list(made.df1_unq_rows["key"]), list(made.df2_unq_rows["key"]), cells)

    return compare


def pandas(folder: Path) -> Callable[[], Answer]:
    """An outer merge and a comparison of each column."""
    import pandas as pd

    left, right = (pd.read_csv(path, dtype=str).fillna("") for path in tables(folder))

    def compare() -> Answer:
        both = left.merge(right, on="key", how="outer", suffixes=("", "_there"), indicator=True)
        side, cells = both["_merge"], list[Cell]()
        matched = both[side == "both"]
        for name in FIELDS:
            unlike = matched[matched[name] != matched[f"{name}_there"]]
            keys, here, there = unlike["key"], unlike[name], unlike[f"{name}_there"]
            cells += zip(keys, [name] * len(unlike), here, there, strict=True)
        dropped, added = both["key"][side == "left_only"], both["key"][side == "right_only"]
        return Answer(list(dropped), list(added), cells)

    return compare


def polars(folder: Path) -> Callable[[], Answer]:
    """A full join and a comparison of each column."""
    import polars as pl

    left, right = (pl.read_csv(path, infer_schema=False).fill_null("") for path in tables(folder))

    def compare() -> Answer:
        both = left.join(right, on="key", how="full", suffix="_there")
        dropped = both.filter(both["key_there"].is_null())["key"].to_list()
        added = both.filter(both["key"].is_null())["key_there"].to_list()
        cells = list[Cell]()
        for name in FIELDS:
            unlike = both.filter(pl.col(name) != pl.col(f"{name}_there"))
            cells += unlike.select("key", pl.lit(name).alias("field"), name, f"{name}_there").rows()
        return Answer(dropped, added, cells)

    return compare


def csv_diff(folder: Path) -> Callable[[], Answer]:
    """Its comparison of two dicts of rows."""
    import csv_diff as library

    left, right = (library.load_csv(path.open(encoding="utf-8"), "key") for path in tables(folder))

    def compare() -> Answer:
        found = library.compare(left, right)
        return Answer(
            [row["key"] for row in found["removed"]],
            [row["key"] for row in found["added"]],
            [
                (row["key"], name, here, there)
                for row in found["changed"]
                for name, (here, there) in row["changes"].items()
            ],
        )

    return compare


COMPARERS = {
    "ours": ours,
    "datacompy": datacompy,
    "pandas": pandas,
    "polars": polars,
    "csv-diff": csv_diff,
}


def main() -> None:
    """`exact_keys.py COMPARER FOLDER`: read first, then time the comparison alone."""
    compare = COMPARERS[sys.argv[1]](Path(sys.argv[2]))
    with resting():
        began = time.perf_counter()
        answer = compare()
        seconds = time.perf_counter() - began
    print(json.dumps({"seconds": round(seconds, 3), **answer.counts()}))


if __name__ == "__main__":
    main()
