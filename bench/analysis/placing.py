"""Where one detector stands: its place, whom it beats, and on which kinds of data it does well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from bench.analysis.results import SuiteResults
from bench.analysis.statistics.blocks import by_dataset_and_seed
from bench.analysis.statistics.ratings import win_rates
from bench.analysis.statistics.standing import ALPHA, Standing, standings
from bench.spec import Spec


@dataclass(frozen=True)
class Placing:
    """A detector's standing in a suite and regime.

    ``standings``: one for independent datasets, or one for the seeds of each dataset, as `standings` gives
    them. ``kinds``: for each kind of data (by ``kind``, "modality" or "family", and ``name``) the number of
    datasets, the mean rank and the win rate there, and the best detector; described, not tested.
    """

    suite: str
    regime: str
    detector: str
    standings: list[Standing]
    kinds: pd.DataFrame


def placings(
    results: SuiteResults,
    detector: str,
    modalities: Mapping[str, str],
    metric: str = "f1",
    alpha: float = ALPHA,
) -> list[Placing]:
    """One for each regime of the suite in which the detector competes.

    ``modalities``: that of each dataset by its name; those that are not in it are left out of the kinds.
    """
    found = []
    for regime in results.regimes():
        values = by_dataset_and_seed(results, regime, metric)
        if detector in values.columns and values[detector].notna().any():
            own = [
                each
                for each in standings(results, regime, metric, alpha)
                if detector in each.blocks.values.columns
            ]
            kinds = _kinds(values.groupby("dataset", sort=False).mean(), detector, modalities)
            found.append(Placing(results.name, regime, detector, own, kinds))
    return found


def _kinds(means: pd.DataFrame, detector: str, modalities: Mapping[str, str]) -> pd.DataFrame:
    means = means[means[detector].notna()]
    families = [Spec.parse(str(dataset)).name for dataset in means.index]
    rows = []
    for kind, names in (("modality", [modalities.get(name) for name in families]), ("family", families)):
        for name, part in means.groupby(pd.Series(names, means.index), sort=False):
            ranks = part.rank(axis="columns", ascending=False).mean()
            rows.append(
                {"kind": kind, "name": name, "datasets": len(part), "rank": ranks[detector],
                 "of": int(ranks.notna().sum()), "win_rate": win_rates(part)[detector],
                 "best": ranks.idxmin()}
            )  # fmt: skip
    return pd.DataFrame(rows, columns=["kind", "name", "datasets", "rank", "of", "win_rate", "best"])
