"""regimes.md: what a label adds, and what a clean train set adds: the regimes on the same test rows."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from bench.analysis.cells import number
from bench.analysis.results import SuiteResults, column
from bench.plugins.contract import REGIMES
from bench.report.markdown import environment_lines, table
from bench.report.studies import Study
from bench.spec import Spec, label
from bench.splits.split import LABELLED_FRACTION

LABELLED = "labelled_anomalies"
EXPLANATION = """\
Each figure is a ROC AUC, the mean over seeds. For a seed and a dataset all regimes share one test set, and
one train set of which they show more or less: *unsupervised* all rows and no label; *one-class* the normal
rows alone; *1 % labelled* all rows, and the labels of so many of the anomalous ones; *supervised* every
label."""
DATASETS = """\
By dataset. The figure of a level is that of the detector which is best there on all *other* datasets, so that
no dataset chooses its own winner. *Best possible* is the likelihood ratio's, where densities are known."""
GAIN = """\
What a clean train set adds, one-class less unsupervised, for each detector that can be used in both."""


def markdown(results: SuiteResults) -> str:
    """What labels and clean training rows are worth, as tables."""
    every = by_level(results)
    levels = competing(every, results.references)
    chosen, gain, detectors = blind_choice(levels), clean_train_gain(levels), by_detector(levels)
    chosen["best possible"] = best_possible(every, results.references).reindex(chosen.index)
    means = chosen.mean().where(chosen.notna().all())
    together = pd.concat([chosen, means.to_frame("mean").T])
    gain.insert(0, "mean", gain.mean(axis=1))
    parts = [
        f"# {results.title}",
        *environment_lines(results),
        EXPLANATION,
        DATASETS,
        _table("dataset", together),
        GAIN,
        _table("detector", gain.sort_values("mean", ascending=False), signed=True),
        "By detector, the mean over datasets.",
        _table("detector", detectors),
    ]
    return "\n\n".join(parts) + "\n"


def by_level(results: SuiteResults) -> pd.DataFrame:
    """Mean ROC AUC over seeds of what ended "ok": detectors and datasets in rows, levels in columns.

    A level is a regime, the semi-supervised one with the share of anomalous training rows that have a label;
    levels stand in the order in which a detector is told more. A dataset is the same whatever that share is.
    """
    ok = results.frame[results.frame["status"] == "ok"]
    specs = [Spec.parse(text) for text in ok["dataset"]]
    levels = [_level(regime, spec) for regime, spec in zip(ok["regime"], specs, strict=True)]
    keys = pd.DataFrame(
        {
            "detector": ok["detector"].to_numpy(),
            "dataset": [_without_share(spec) for spec in specs],
            "level": [name for _, _, name in levels],
        },
        index=ok.index,
    )
    means = column(ok, "ranking.roc_auc").groupby([keys[name] for name in keys]).mean().unstack("level")
    return means[[name for _, _, name in sorted(set(levels))]]


def competing(levels: pd.DataFrame, references: Iterable[str]) -> pd.DataFrame:
    """Those of the detectors that are not out of competition."""
    return levels[~levels.index.isin(list(references), level="detector")]


def best_possible(levels: pd.DataFrame, references: Iterable[str]) -> pd.Series:
    """What those out of competition reach on each dataset, whatever they are told."""
    reached = levels[levels.index.isin(list(references), level="detector")].max(axis=1)
    best: pd.Series = reached.groupby("dataset").max()
    return best


def by_detector(levels: pd.DataFrame) -> pd.DataFrame:
    """Mean over datasets for each detector and level, where it was run on all of them."""
    grouped = levels.groupby("detector")
    datasets = levels.index.unique("dataset")
    mean: pd.DataFrame = grouped.mean().where(grouped.count() == len(datasets))
    return mean


def blind_choice(levels: pd.DataFrame) -> pd.DataFrame:
    """Datasets in rows, levels in columns: ROC AUC of the detector that is best on all the other datasets.

    A dataset so has no say in who stands for a level there.
    """
    chosen = {}
    for dataset in levels.index.unique("dataset"):
        on_others = by_detector(levels.drop(dataset, level="dataset"))
        chosen[dataset] = {
            level: levels[level].get((means.idxmax(), dataset))
            for level, means in on_others.items()
            if means.notna().any()
        }
    return pd.DataFrame.from_dict(chosen, orient="index").reindex(columns=levels.columns)


def clean_train_gain(levels: pd.DataFrame) -> pd.DataFrame:
    """What one-class training rows add to ROC AUC: detectors in rows, datasets in columns."""
    gain = (levels["one-class"] - levels["unsupervised"]).dropna()
    return gain.unstack("dataset")


def _level(regime: str, spec: Spec) -> tuple[int, float, str]:
    """A level's place, and its name."""
    place = REGIMES.index(regime)
    if regime != "semi-supervised":
        return place, 0.0, regime
    share = float(spec.params.get(LABELLED, LABELLED_FRACTION))
    return place, share, f"{100 * share:g} % labelled"


def _without_share(spec: Spec) -> str:
    params = {name: value for name, value in spec.params.items() if name != LABELLED}
    if spec.bare is None:
        return label(spec.name, params)
    return label(spec.name, {**params, "": spec.bare}, bare="")


def _table(name: str, frame: pd.DataFrame, *, signed: bool = False) -> str:
    rows = [
        [str(index), *("+" * (signed and value > 0) + str(number(value, 3)) for value in row)]
        for index, *row in frame.itertuples()
    ]
    return table([name, *map(str, frame.columns)], rows)


STUDY = Study(suites=("regimes",), texts=lambda results: {"regimes.md": markdown(results)})
