"""Where one detector stands: its place, whom it beats, and on which kinds of data it does well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bench.analysis.results import SuiteResults
from bench.analysis.statistics.blocks import by_dataset_and_seed, over_seeds
from bench.analysis.statistics.standing import ALPHA, Standing, standings
from bench.analysis.wins import mean_ranks, win_rates, won
from bench.spec import Spec


@dataclass(frozen=True)
class Placing:
    """A detector's standing in a suite and regime.

    ``standings``: one for independent datasets, or one for the seeds of each dataset, as ``standings`` gives
    them. ``kinds``: for each kind of data (by ``kind``, "modality" or "family", and ``name``) the number of
    datasets, the mean rank and the win rate there, and the best detector; described, not tested.
    """

    suite: str
    regime: str
    detector: str
    standings: list[Standing]
    kinds: pd.DataFrame

    @property
    def places(self) -> pd.DataFrame:
        """A row for each of the standings: over which blocks, the place, and who is significantly worse
        (``better_than``) and better (``worse_than``).
        """
        return pd.DataFrame(
            {
                "over": each.blocks.dataset or "datasets",
                "blocks": len(each.blocks.values),
                "place": each.place(self.detector),
                "of": len(each.order),
                "mean_rank": each.ranks[self.detector],
                "better_than": each.wins(self.detector),
                "worse_than": each.losses(self.detector),
            }
            for each in self.standings
        )


def placings(
    results: SuiteResults,
    detector: str,
    modalities: Mapping[str, str],
    metric: str | None = None,
    alpha: float = ALPHA,
) -> list[Placing]:
    """One for each regime of the suite in which the detector competes.

    ``modalities``: that of each dataset by its name; those that are not in it are left out of the kinds.
    ``metric``: the key of a quality; None for what ranks the boards.
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
            kinds = _kinds(values, detector, modalities)
            found.append(Placing(results.name, regime, detector, own, kinds))
    return found


def _kinds(values: pd.DataFrame, detector: str, modalities: Mapping[str, str]) -> pd.DataFrame:
    known = values.groupby("dataset", sort=False).filter(lambda part: part[detector].notna().any())
    wins = {
        str(dataset): won(over_seeds(part.to_numpy(float)))
        for dataset, part in known.groupby("dataset", sort=False)
    }
    family = {dataset: Spec.parse(dataset).name for dataset in wins}
    modality = {dataset: modalities.get(name) for dataset, name in family.items()}
    rows = []
    for kind, names in (("modality", modality), ("family", family)):
        for name in dict.fromkeys(each for each in names.values() if each is not None):
            datasets = [dataset for dataset in wins if names[dataset] == name]
            together = np.sum([wins[dataset] for dataset in datasets], axis=0)
            ranks = mean_ranks(together, known.columns)
            rows.append(
                {"kind": kind, "name": name, "datasets": len(datasets), "rank": ranks[detector],
                 "of": int(ranks.notna().sum()),
                 "win_rate": win_rates(together, known.columns)[detector], "best": ranks.idxmin()}
            )  # fmt: skip
    return pd.DataFrame(rows, columns=["kind", "name", "datasets", "rank", "of", "win_rate", "best"])
