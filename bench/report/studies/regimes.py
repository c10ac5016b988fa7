"""regimes.md: what a label adds, and what a clean train set adds: the regimes on the same test rows."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from bench import escaping
from bench.analysis.cells import NONE, Row, TableCell, number
from bench.analysis.results import SuiteResults, column
from bench.analysis.statistics.intervals import mean_interval
from bench.plugins.contract import REGIMES
from bench.report.markdown import environment_lines, table
from bench.report.statistics import with_interval
from bench.report.studies import Study
from bench.spec import Spec, label
from bench.splits.sources import related_group
from bench.splits.split import LABELLED_FRACTION

LABELLED = "labelled_anomalies"
EXPLANATION = """\
Each figure is a ROC AUC: the mean over independent datasets (those of one source, or of one synthetic family,
are one, by their mean) of the mean over seeds, with a 95 % bootstrap interval over these. For a seed and a
dataset all regimes share one test set, and one train set of which they show more or less: *unsupervised* all
rows and no label; *one-class* the normal rows alone; *1 % labelled* all rows, and the labels of so many of
the anomalous ones, one at least; *supervised* every label.

No detector can be used everywhere: one that reads no label gains nothing from labels, and one that learns
from labels needs some. So those that can be used at the same levels stand in tables of their own, and each
column of a table is of the same detectors on the same datasets: those on which all ended `ok`."""
GAIN = "What more knowledge adds, each column less *{}*, on the same dataset."
CHOSEN = """\
By dataset. The figure of a level is that of the detector, of those above, which is best there on all
datasets of *other* sources, so that no dataset chooses its own winner. *Best possible* is the likelihood
ratio's, where densities are known."""
ACROSS = """\
The detector chosen so at a level, less the one chosen among those of *{}*, on the datasets of both tables.
These are other detectors, so that the difference is not what the labels alone are worth."""
MEAN, TOGETHER = "mean", "mean of these"


def markdown(results: SuiteResults) -> str:
    """What labels and clean training rows are worth, as tables."""
    every = by_level(results)
    best = best_possible(every, results.references)
    fields = same_levels(competing(every, results.references))
    parts = [f"# {results.title}", *environment_lines(results), EXPLANATION]
    for field in fields:
        parts += _field_texts(field, best, every.index.unique("dataset"))
    if len(fields) > 1:
        first, *others = map(blind_choice, fields)
        parts += ["## From one table to the next", ACROSS.format("* and *".join(map(str, first)))]
        parts += [_difference_table(other, first) for other in others]
    return "\n\n".join(parts) + "\n"


def same_levels(levels: pd.DataFrame) -> list[pd.DataFrame]:
    """The rows of `by_level` in parts: detectors that were run at the same levels, with nothing missing.

    A dataset on which one of a part's detectors has no figure at one of the levels is left out of that part.
    """
    known = levels.notna().groupby("detector").any()
    parts = []
    for detectors in known.groupby(list(known.columns)).groups.values():
        columns = [name for name in levels.columns if known.loc[detectors, name].all()]
        part = levels.loc[levels.index.isin(detectors, level="detector"), columns]
        complete = part.notna().all(axis=1).groupby("dataset").sum() == len(detectors)
        parts.append(part[part.index.isin(complete.index[complete], level="dataset")])
    order = list(levels.columns)
    return sorted((part for part in parts if part.size), key=lambda part: order.index(part.columns[0]))


def _field_texts(field: pd.DataFrame, best: pd.Series, datasets: Iterable[str]) -> list[str]:
    """What is said of detectors that were run at the same levels."""
    first, *others = field.columns
    chosen = blind_choice(field)
    missing = [name for name in datasets if name not in chosen.index]
    parts = [
        f"## From {first} to {others[-1]}" if others else f"## {first.capitalize()}",
        f"{len(field.index.unique('detector'))} detectors, {len(chosen)} datasets, "
        f"{len(over_sources(chosen))} of them independent"
        + (f"; not all ended `ok` on {', '.join(map(escaping.markdown, missing))}." if missing else "."),
        _detector_table(field),
    ]
    if others:
        gain = field[others].sub(field[first], axis=0)
        parts += [GAIN.format(first), _detector_table(gain, signed=True)]
    return [*parts, CHOSEN, _dataset_table(chosen, best.reindex(chosen.index))]


def _detector_table(values: pd.DataFrame, *, signed: bool = False) -> str:
    """Detectors in rows, best last column first, and the mean of them, with intervals."""
    by_dataset = {str(name): rows for name, rows in values.groupby("detector")}
    names = sorted(by_dataset, key=lambda name: -over_sources(by_dataset[name]).iloc[:, -1].mean())
    rows: list[Row] = [[name, *_means(by_dataset[name], signed)] for name in names]
    rows.append([TOGETHER, *_means(values.groupby("dataset").mean(), signed)])
    return table(["detector", *values.columns], rows)


def _dataset_table(chosen: pd.DataFrame, best: pd.Series) -> str:
    """Datasets in rows, with what is best possible there; the means of the other columns with intervals."""
    rows: list[Row] = [
        [str(name), *(number(value, 3) for value in values), number(best[name], 3)]
        for name, *values in chosen.itertuples()
    ]
    return table(["dataset", *chosen.columns, "best possible"], [*rows, [MEAN, *_means(chosen), NONE]])


def _difference_table(chosen: pd.DataFrame, first: pd.DataFrame) -> str:
    """Levels in rows: the means of the figures of ``chosen`` less each of those of ``first``."""
    rows: list[Row] = [
        [level, *_means(first.rsub(chosen[level], axis=0).dropna(), signed=True)] for level in chosen.columns
    ]
    return table(["level", *(f"less {level}" for level in first.columns)], rows)


def _means(by_dataset: pd.DataFrame, signed: bool = False) -> list[TableCell]:
    """The mean of each column over sources with its interval; ``signed`` ones with a plus."""
    cells = [
        with_interval(values.mean(), *mean_interval(values.to_numpy(float)), 3)
        for _, values in over_sources(by_dataset).items()
    ]
    return [TableCell(f"+{cell}", cell.value) if signed and (cell.value or 0) > 0 else cell for cell in cells]


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


def over_sources(values: pd.DataFrame) -> pd.DataFrame:
    """The mean over the datasets of each source, of which there are as many as independent observations.

    ``values``: datasets in rows, or detectors and datasets.
    """
    sources = values.index.get_level_values("dataset").map(related_group).rename("source")
    others = [values.index.get_level_values(str(name)) for name in values.index.names if name != "dataset"]
    return values.groupby([*others, sources], sort=False).mean()


def by_detector(levels: pd.DataFrame) -> pd.DataFrame:
    """Mean over sources for each detector and level, where it was run on all datasets."""
    is_complete = levels.groupby("detector").count() == len(levels.index.unique("dataset"))
    mean: pd.DataFrame = over_sources(levels).groupby("detector").mean().where(is_complete)
    return mean


def blind_choice(levels: pd.DataFrame) -> pd.DataFrame:
    """Datasets in rows, levels in columns: ROC AUC of the detector that is best on all other sources.

    A dataset so has no say in who stands for a level there, nor have those that are made from the same.
    """
    chosen = {}
    sources = pd.Series({name: related_group(name) for name in levels.index.unique("dataset")})
    for dataset, source in sources.items():
        on_others = by_detector(levels.drop(sources.index[sources == source], level="dataset"))
        chosen[dataset] = {
            level: levels[level].get((means.idxmax(), dataset))
            for level, means in on_others.items()
            if means.notna().any()
        }
    found = pd.DataFrame.from_dict(chosen, orient="index").reindex(columns=levels.columns)
    return found.rename_axis("dataset")


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


STUDY = Study(suites=("regimes",), texts=lambda results: {"regimes.md": markdown(results)})
