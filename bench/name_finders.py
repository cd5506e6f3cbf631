"""One finder of like names per process: ours, or a peer's way of doing it. Called by
`bench/duplicates.py` with a folder that holds `names.csv`; writes `pairs-FINDER.csv` there (two
numbers and a tier).

Peers are given the names folded and their place apart, by which they block: what they add is how
alike the rest must be.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

Pair = tuple[int, int, str]


def ours(names: list[str]) -> Iterator[Pair]:
    """The product's finder."""
    from reconcilers.likeness import alike
    from registry.names import fold_name

    bearers: defaultdict[str, list[int]] = defaultdict(list)
    for number, name in enumerate(names):
        bearers[fold_name(name)].append(number)
    for same in bearers.values():
        for one, other in combinations(same, 2):
            yield one, other, "certain"
    for found in alike(bearers):
        for one in bearers[found.one]:
            for other in bearers[found.other]:
                yield min(one, other), max(one, other), found.tier


def _apart(names: list[str]) -> list[tuple[str, str]]:
    """(place, rest) of each name."""
    from reconcilers.wording import Wording
    from registry.names import fold_name

    folds = [fold_name(name) for name in names]
    parts = Wording(dict.fromkeys(folds)).parts
    return [(parts[fold].stem, parts[fold].rest) for fold in folds]


def _cdist(names: list[str], least: float) -> Iterator[Pair]:
    """All pairs of a place whose rests are so alike (0 to 100)."""
    from rapidfuzz import fuzz, process

    places: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for number, (place, rest) in enumerate(_apart(names)):
        places[place].append((number, rest))
    for group in places.values():
        rests = [rest for _number, rest in group]
        scores = process.cdist(rests, rests, scorer=fuzz.ratio, score_cutoff=least)
        for one, other in zip(*scores.nonzero(), strict=True):
            if one < other:
                yield group[one][0], group[other][0], "certain"


def rapidfuzz_88(names: list[str]) -> Iterator[Pair]:
    """cdist with the threshold that keeps its precision."""
    return _cdist(names, 88)


def rapidfuzz_80(names: list[str]) -> Iterator[Pair]:
    """cdist with a threshold for recall."""
    return _cdist(names, 80)


def recordlinkage(names: list[str]) -> Iterator[Pair]:
    """Blocked on the place, Jaro-Winkler of the rest."""
    import pandas as pd
    import recordlinkage as library

    frame = pd.DataFrame(_apart(names), columns=["place", "rest"])
    index = library.Index()
    index.block("place")
    pairs = index.index(frame)
    compare = library.Compare()
    compare.string("rest", "rest", method="jarowinkler", threshold=0.92, label="rest")
    scores = compare.compute(pairs, frame)
    for one, other in scores.index[scores["rest"] == 1]:
        yield min(one, other), max(one, other), "certain"


def splink(names: list[str]) -> Iterator[Pair]:
    """Fellegi-Sunter weights trained on the names, blocked on the place."""
    import logging

    import pandas as pd
    import splink.comparison_library as compared
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.disable(logging.WARNING)
    frame = pd.DataFrame(_apart(names), columns=["place", "rest"])
    frame["unique_id"] = range(len(frame))
    frame["first"] = frame["rest"].str[:1]
    settings = SettingsCreator(
        link_type="dedupe_only",
        probability_two_random_records_match=0.02,  # of one place
        blocking_rules_to_generate_predictions=[block_on("place")],
        comparisons=[
            compared.JaroWinklerAtThresholds("rest", [0.95, 0.9, 0.8]),
            compared.ExactMatch("first"),
        ],
    )
    database = DuckDBAPI()
    linker = Linker(database.register(frame), settings)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("place"))
    found = linker.inference.predict(threshold_match_probability=0.5).as_pandas_dataframe()
    for one, other in zip(found["unique_id_l"], found["unique_id_r"], strict=True):
        yield min(one, other), max(one, other), "certain"


FINDERS = {
    "ours": ours,
    "rapidfuzz_88": rapidfuzz_88,
    "rapidfuzz_80": rapidfuzz_80,
    "recordlinkage": recordlinkage,
    "splink": splink,
}


def _write(path: Path, pairs: Iterable[Pair]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(pairs)


def main() -> None:
    """`name_finders.py FINDER FOLDER`."""
    finder, folder = sys.argv[1], Path(sys.argv[2])
    with (folder / "names.csv").open(encoding="utf-8", newline="") as file:
        names = [name for _number, name in csv.reader(file)]
    _write(folder / f"pairs-{finder}.csv", FINDERS[finder](names))


if __name__ == "__main__":
    main()
