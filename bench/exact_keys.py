"""Two tables in memory compared by their key: one program and one comparer per process.

Prints seconds of wall time for the comparison alone, and how many rows differ. Called by
`bench/reconcile.py`, which writes the tables.
"""

from __future__ import annotations

import csv
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

FIELDS = ("platform", "name", "host_unit", "url", "verified_subject")


def ours(folder: Path) -> Callable[[], int]:
    """Matching and comparing, as reconciling does it: it looks for no cycles meanwhile."""
    from bench.ledgers import NOW
    from checkers.loading import load_checkers
    from reconcilers.decisions import load_decisions
    from reconcilers.drafting import Setting
    from reconcilers.ledger import read_ledger
    from reconcilers.national import match_national, national_differences
    from registry.collector import resting
    from registry.db import open_registry
    from registry.exchange.national import kept_last
    from registry.platforms import PlatformCatalogue

    checkers = load_checkers()
    catalogue = PlatformCatalogue.with_known(checkers.infos(), checkers.identify)
    setting = Setting(NOW, None)
    with open_registry(str(folder / "ledger.db")).read() as session:
        ledger, export = read_ledger(session), kept_last(session)
        decisions = load_decisions(session, setting.today)
    assert export is not None

    def compare() -> int:
        with resting():
            picture = match_national(ledger, export.rows, catalogue, decisions)
            found = national_differences(
                picture, setting, catalogue, closed_on={}, cancel_limit=None
            )
            return sum(1 for _difference in found)

    return compare


def tables(folder: Path) -> tuple[Path, Path]:
    """Both sides as CSV with the id as `key`. Rows without an id have no key: they are left out."""
    from reconcilers.ledger import read_ledger
    from registry.db import open_registry
    from registry.exchange.national import kept_last

    with open_registry(str(folder / "ledger.db")).read() as session:
        ledger, export = read_ledger(session), kept_last(session)
    assert export is not None
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
            for row in export.rows
            if row.identifiers
        ],
    )
    return left, right


def _write(path: Path, rows: list[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(("key", *FIELDS))
        lines.writerows(rows)


def datacompy(folder: Path) -> Callable[[], int]:
    """Its comparison of two pandas frames."""
    import datacompy as library
    import pandas as pd

    left, right = (pd.read_csv(path, dtype=str).fillna("") for path in tables(folder))

    def compare() -> int:
        made = library.PandasCompare(left, right, join_columns="key")
        only = len(made.df1_unq_rows) + len(made.df2_unq_rows)
        return only + int(len(made.intersect_rows) - made.count_matching_rows())

    return compare


def pandas(folder: Path) -> Callable[[], int]:
    """An outer merge and a comparison of each column."""
    import pandas as pd

    left, right = (pd.read_csv(path, dtype=str).fillna("") for path in tables(folder))

    def compare() -> int:
        both = left.merge(right, on="key", how="outer", suffixes=("", "_there"), indicator=True)
        matched = both[both["_merge"] == "both"]
        differs = [matched[name] != matched[name + "_there"] for name in FIELDS]
        return int((both["_merge"] != "both").sum() + pd.concat(differs, axis=1).any(axis=1).sum())

    return compare


def polars(folder: Path) -> Callable[[], int]:
    """A full join and a comparison of each column."""
    import polars as pl

    left, right = (pl.read_csv(path, infer_schema=False).fill_null("") for path in tables(folder))

    def compare() -> int:
        both = left.join(right, on="key", how="full", suffix="_there")
        lone = both["key"].is_null() | both["key_there"].is_null()
        matched = both.filter(~lone)
        differs = pl.any_horizontal(pl.col(name) != pl.col(name + "_there") for name in FIELDS)
        return int(lone.sum() + matched.filter(differs).height)

    return compare


def csv_diff(folder: Path) -> Callable[[], int]:
    """Its comparison of two dicts of rows."""
    import csv_diff as library

    left, right = (library.load_csv(path.open(encoding="utf-8"), "key") for path in tables(folder))

    def compare() -> int:
        found = library.compare(left, right)
        return len(found["added"]) + len(found["removed"]) + len(found["changed"])

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
    began = time.perf_counter()
    count = compare()
    print(json.dumps({"seconds": round(time.perf_counter() - began, 3), "differing": count}))


if __name__ == "__main__":
    main()
