"""What prose says in figures is what the committed tables say.

One list: of each page its sentences, as the tables make them. Who changes a table is told which to mend.
"""

from __future__ import annotations

import pandas as pd
import pytest
from committed_tables import ROOT, board, numbers, part, rows, said, same, span

STATISTICS, THOUSAND, NORMAL = "statistics.md", "thousand.md", "recommend-normal.md"
RECOMMEND, CONTAMINATION = "recommend.md", "contamination-recommend-study.md"
NESTED = "How many tables tell detectors apart"
LESS, NOT_TOLD = "knn less isolation_forest", "not told from the best, adjusted AP"
LOSS, LESS_LOST = ("Mean loss", "loss of ROC AUC"), ("Less lost than by others", "ROC AUC")
BEST_ON_OTHERS = "the detector that is best on the other sources"


def mean(detector, suite="thousand", regime="one-class", key="adjusted_ap"):
    return board(suite, regime)[f"{key}_mean"][detector]


def means(*detectors, suite="thousand", regime="one-class", key="adjusted_ap"):
    return [mean(each, suite, regime, key) for each in detectors]


def adbench(regime, *detectors):
    return means(*detectors, suite="adbench", regime=regime)


def told(size):
    """How many of the thirty detectors are told from the best by so many tables."""
    left, of = numbers(NOT_TOLD, size, THOUSAND, NESTED)
    return int(of) - int(left)


def roc_auc_less(tables="279"):
    """How far kNN is ahead of the isolation forest by ROC AUC: the second table side by side."""
    [row] = said(rf"\| {tables} +\|(.*?\|.*?\|.*?\|.*?\|.*?)\|", THOUSAND, NESTED)
    return [text.strip(" []") for text in row.split("|")[4].replace("[", ",").split(",")]


def lost(way, column=LOSS):
    return numbers(column[1], way, NORMAL, column[0])


def behind(regime, of, detector):
    """Of how many others how many are behind a detector, before correction and after."""
    pattern = rf"(\d+) of {of} are behind {detector} before correction .*?, (\d+) after"
    return said(pattern, STATISTICS, "adbench", f"{regime}, by adjusted AP")


def alone(detector):
    row = board("adbench", "one-class").loc[detector]
    return f"from {row['alone_roc_auc_batch']:.2f} to {row['alone_roc_auc']:.2f}"


def pairs(metric):
    return said(rf"By {metric}, of (\d+) pairs one is better in (\d+); equal: (\d+); open: (\d+)", THOUSAND)


def loses(choice, metric):
    found = said(rf"By {metric}: the tree .*?\| {choice} +\| ([\d.]+)", THOUSAND, "Choosing by size")
    return found[0]


def choice(way, labels):
    return numbers(labels, way, RECOMMEND, "Mean loss by number of labels")[0]


def stated(factor, column="lost"):
    figures = numbers(column, f"{factor} ×", CONTAMINATION)
    return [f"{float(figure):.2f}" for figure in figures]


def scale(detector, column, metric="ROC AUC", collection="oddbench"):
    """How much more a detector has on another scale than on standardised columns, with the interval."""
    return numbers(column, detector, "scaling.md", f"`{collection}`, one-class: {metric}")


def budget(asked, column):
    """Of all detectors, whose rows are told apart by what was asked for."""
    lines = [line.split("|") for line in part("alert-budgets.md").splitlines()]
    place = [cell.strip() for cell in next(line for line in lines if len(line) > 1)].index(column)
    return [float(line[place].split()[0]) for line in lines if len(line) > 1 and line[2].strip() == asked]


def million_points(detector):
    """Seconds and GiB."""
    row = rf"{detector} +\| +1000000 +\| +([\d.]+) +\|[^|]*\| +(\d+)"
    seconds, mebibytes = map(float, said(row, "timing-series.md", "Costs"))
    return seconds, mebibytes / 1024


def alerts(column):
    found = rows(column, "alerts.md", "recommend-study")
    known = [
        float(cell) for name, cell in found.items() if name not in ("calls all", "calls none", "chance level")
    ]
    return known, found


def exchanged(by, detector):
    """Per cent of the highest rows, in the median table, that another seed or "other rows" exchange."""
    stays = rows(f"{by}: same alerts", "stability.md", "How stable scores and alerts are")[detector]
    return f"{100 * (1 - float(stays.split()[0])):.0f} %"


GAP = ("adbench", "unsupervised")


def readme():
    yield (
        f"Another seed exchanges {exchanged('seed', 'isolation_forest')} of the rows that an isolation "
        f"forest scores highest, {exchanged('seed', 'loda')} of LODA's, and other training rows "
        f"{exchanged('other rows', 'knn')} of kNN's"
    )
    yield (
        "`dte_np`, `histogram_neighbour_density` and Gaussian mixtures reach "
        f"{same(means('dte_np', 'histogram_neighbour_density', 'gaussian_mixture'))}, kNN {mean('knn'):.2f}. "
        f"Isolation forests reach {same(means('iforest', 'isolation_forest'))}, HBOS "
        f"{mean('hbos'):.2f}, ECOD and "
        f"COPOD {same(means('ecod', 'copod'))}."
    )
    yield (f"with the first 28 of the tables it was {told('28')} of 30.")
    yield (
        "ahead of the isolation forest by {} in ROC AUC ({} to {})".format(*roc_auc_less())
        + f" and by {numbers(LESS, '279', THOUSAND, NESTED)[0]} in adjusted AP."
    )
    yield (
        f"the isolation forest gains {scale('isolation_forest', 'whiten')[0]} in ROC AUC and HBOS "
        f"{scale('hbos', 'whiten')[0]} ("
    )
    yield (
        "span {} in adjusted AP, in the median of the {}; from {} (PCA) to {} (KDE).".format(
            *said(
                r"spans ([\d.]+) in the median of (\d+) detectors, from ([\d.]+) \(pca\) to ([\d.]+) \(kde\)",
                "settings.md",
            )
        )
    )
    yield (
        "A default is ahead of {} % of the settings".format(
            *said(r"the default is ahead of (\d+) %", "settings.md")
        )
    )
    yield (
        "so do {} of the {} pairs that a test tells apart".format(
            *said(r"(\d+) of them among the (\d+) that a test tells apart", "settings.md")
        )
    )
    yield (
        "`rank_mean`, COPOD and isolation forests reach "
        + span(
            adbench(
                "unsupervised",
                "suod",
                "histogram_neighbour_density",
                "hbos",
                "rank_mean",
                "copod",
                "iforest",
                "isolation_forest",
            )
        )
    )
    yield (
        "Of the 68 others {} are behind the first before correction for all pairs, and {} after".format(
            *behind("unsupervised", 68, "histogram_neighbour_density")
        )
    )
    yield (
        "adaptive resonance, Parzen windows and kernels reach "
        + span(adbench("one-class", "adaptive_resonance", "parzen_windows", "kpca", "kde"))
    )
    yield (
        "CatBoost reaches {:.2f}, and {:.2f} with a tenth".format(
            *adbench("supervised", "catboost"), *adbench("semi-supervised", "catboost")
        )
    )


def statistics():
    yield (
        f"exchanges {exchanged('seed', 'isolation_forest')} of the twentieth of rows that an isolation "
        f"forest scores highest, {exchanged('seed', 'isolation_forest:n_estimators=300')} with 300 trees, "
        f"{exchanged('seed', 'loda')} of LODA's;"
    )
    same_rows = {exchanged("other rows", each) for each in ("knn", "hbos")}
    yield (
        f"exchange {exchanged('other rows', 'isolation_forest')} of the isolation forest's, "
        f"{' '.join(same_rows)} of kNN's and of HBOS's, {exchanged('other rows', 'lof')} of LOF's"
    )
    assert exchanged("other rows", "ecod") == "0 %"
    lead, low, high = roc_auc_less("112")
    yield (
        f"of 112 drawn at random it is {lead} with an interval from {low} to {high}, of the first 28 of "
        f"these {roc_auc_less('28')[0]} ("
    )
    yield (
        f"Of 28 of the tables a test says that of {told('28')}, of 56 of {told('56')}, of "
        f"112 of {told('112')}, of 224 of {told('224')}."
    )
    yield (
        "in ROC AUC kNN is {} ahead of it (95 % interval {} to {}). With {} its mean absolute".format(
            *roc_auc_less(), *said(r"mean absolute difference +\| +([\d.]+)", THOUSAND)
        )
    )
    yield (
        "with at most 2,500 training rows it is {} and kNN is ahead on {};".format(
            numbers("knn less iforest", "2500", THOUSAND, NESTED)[0],
            numbers("ahead on", "2500", THOUSAND, NESTED)[0],
        )
    )
    others = [
        numbers("knn less iforest", limit, THOUSAND, NESTED)[0] for limit in ("1000", "2000", "3000", "5000")
    ]
    yield f"with other limits of rows from {min(others)} to {max(others)}."
    yield (
        "raise the ROC AUC of HBOS by {} (95 % interval {} to {}) and the isolation forest's by {} "
        "({} to {}): both".format(*scale("hbos", "whiten"), *scale("isolation_forest", "whiten"))
    )
    yield (
        "On ADBench's tables it is {} and {}, with intervals around 0.".format(
            *(scale(each, "whiten", collection="adbench")[0] for each in ("hbos", "isolation_forest"))
        )
    )
    taken = [scale(each, "rank")[0].lstrip("-") for each in ("hbos", "knn")]
    yield "(`rank`) take {} from HBOS and {} from kNN".format(*taken)
    lost_by = sorted(scale(each, "robust", "adjusted AP")[0].lstrip("-") for each in ("lof", "kde", "knn"))
    yield f"take {lost_by[0]} to {lost_by[-1]} of the adjusted AP of LOF, KDE and kNN; `minmax` adds "
    yield f"`minmax` adds {scale('knn', 'minmax', 'adjusted AP')[0]} to kNN's."
    yield (
        "It loses {} of ROC AUC against the best one in hindsight (95 % interval {} to "
        "{}), what PyOD's ADEngine plans {}".format(
            *lost(BEST_ON_OTHERS), lost("the detector that PyOD's ADEngine plans")[0]
        )
    )
    yield (
        f"isolation forest {lost('isolation forest')[0]}, and one at random "
        f"{lost('a detector drawn at random')[0]}."
    )
    yield (f"anomalous, loses {lost('the default of `recommend`')[0]}:")
    yield (
        "of the {} pairs one is better by more than 0.01 of adjusted AP in {}, {} is equal "
        "within 0.01, and {} are open".format(*pairs("adjusted AP"))
    )
    yield ("together (ROC AUC: {}, {} and {})".format(*pairs("ROC AUC")[1:]))
    yield (
        "of depth 2 chooses loses {} to the best in hindsight on sources that it has not "
        "seen, and one detector for all {}; in ROC AUC it is worse, {} against {} (isolation "
        "forest: {} and {})".format(
            *(
                loses(each, metric)
                for metric in ("adjusted AP", "ROC AUC")
                for each in ("a tree of depth 2", "the single detector")
            ),
            *(loses("isolation_forest on every table", metric) for metric in ("adjusted AP", "ROC AUC")),
        )
    )
    yield (f"here both are behind it ({same(means('ecod', 'copod'))} against {mean('isolation_forest'):.2f},")
    yield (
        "are ahead by rank, with means of "
        + span(board("adbench", "unsupervised").sort_values("rank")["adjusted_ap_mean"].head(8))
        + "; MCD has the "
        f"highest mean, {board('adbench', 'unsupervised')['adjusted_ap_mean'].max():.2f}"
    )
    yield (
        "tested alone, {1} after correction".format(
            *behind("unsupervised", 68, "histogram_neighbour_density")
        )
    )
    yield (
        "densities) are ahead, with "
        + span(adbench("one-class", "adaptive_resonance", "parzen_windows", "kpca", "kde"))
        + "; {1} of 68 are behind Parzen windows after".format(*behind("one-class", 68, "parzen_windows"))
    )
    yield (
        "CatBoost is ahead, with {:.2f}; {} of 24 are behind it after correction.".format(
            *adbench("supervised", "catboost"), behind("supervised", 24, "catboost")[1]
        )
    )
    yield (
        f"ROC AUC goes {alone('cof')} for COF, {alone('sos')} for SOS, {alone('loci')} for "
        f"LOCI, {alone('sod')} for SOD"
    )
    yield (
        "is ahead by rank over independent sources, with {:.2f}, then kNN on windows as it is and "
        "`mahalanobis` on windows, smoothed, with {:.2f} and {:.2f}.".format(
            *means(
                *(
                    name
                    for name, _ in zip(
                        rows("rank", STATISTICS, "series-real", "unsupervised, by VUS-PR"),
                        range(3),
                        strict=False,
                    )
                ),
                suite="series-real",
                regime="unsupervised",
                key="vus_pr",
            )
        )
    )
    yield (
        "The matrix profile has {:.2f}".format(
            *means("matrix_profile", suite="series-real", regime="unsupervised", key="vus_pr")
        )
    )
    yield (
        "own threshold loses {} of F1 on average, and one that labelled calibration rows "
        "set loses {} (".format(
            *(numbers("gap", each, "thresholds.md", *GAP)[0] for each in ("native", "calibration"))
        )
    )
    yield (
        "the median of {} detectors calls {:.0f} %".format(
            len(rows("train-quantile", "false-alarms.md")),
            100 * float(numbers("median", "train-quantile", "false-alarms.md")[0]),
        )
    )
    yield (
        "the highest {:.0f} % ([the table]".format(
            100 * float(numbers("highest", "train-quantile", "false-alarms.md")[0])
        )
    )


def report():
    yield (
        "own threshold loses {} of F1 on average, and one that labelled calibration rows set "
        "loses {}.".format(
            *(numbers("gap", each, "thresholds.md", *GAP)[0] for each in ("native", "calibration"))
        )
    )
    yield (f"scores that know nothing have {mean('chance level', 'adbench', 'unsupervised'):.2f} on average")
    yield (
        "first ten alerts are anomalies ({}, where chance has {})".format(
            span(alerts("precision at 10 alerts")[0]), alerts("precision at 10 alerts")[1]["chance level"]
        )
    )
    yield (
        "cost more ({} a row) than calling every row ({})".format(
            span(alerts("cost 10:1")[0]), alerts("cost 10:1")[1]["calls all"]
        )
    )


def settings():
    yield (
        "told the true share they reach an F1 of {}. Told a quarter of it they lose {} (95 % "
        "interval {} to {}), told half {} ({} to {}).".format(
            stated("1", "F1")[0], *stated("0.25"), *stated("0.5")
        )
    )
    yield (
        "lose nothing ({}, {} to {}), told four times {} ({} to {})".format(
            *stated("2"), numbers("lost", "4 ×", CONTAMINATION)[0], *stated("4")[1:]
        )
    )


def own_data():
    yield (
        "hindsight was {} without labels".format(
            choice("the default of recommend, on every table", "no labels")
        )
    )
    yield (
        "A pair that is chosen on the other sources lost {}, isolation forest {}, the detector "
        "that PyOD's ADEngine plans {}, one at random {}:".format(
            *(
                choice(way, "no labels")
                for way in (
                    "mean rank of the pair of candidates that is best on the other sources",
                    "isolation forest",
                    "the detector that PyOD's ADEngine plans",
                    "a candidate drawn at random",
                )
            )
        )
    )
    yield (f"With 20 labels the loss was {choice('the choice of recommend', '20 labels')}")
    yield (
        "it lost {} of ROC AUC against the best of {} detectors in hindsight, which is {} less "
        "than isolation forest (95 % interval {} to {}), {} less than the default ({} to {}), and "
        "{} less than the "
        "detector that PyOD's ADEngine plans ({} to {})".format(
            lost(BEST_ON_OTHERS)[0],
            *said(r"counts as 0\. (\d+) detectors", NORMAL),
            *(
                figure
                for way in (
                    "isolation forest",
                    "the default of `recommend`",
                    "the detector that PyOD's ADEngine plans",
                )
                for figure in lost(way, LESS_LOST)
            ),
        )
    )


def datasets():
    tables = pd.read_csv(ROOT / "bench" / "data" / "oddbench.csv")
    leaks, conflicts = tables["copies"] > 0.1, tables["conflicts"] > 0.1
    yield f"{len(tables)} of [OddBench]"
    yield (
        f"In {leaks.sum()} tables more than a tenth of the test rows equal a training row, in "
        f"{conflicts.sum()} more than a tenth of the anomalies equal a normal row."
    )
    yield f"stands for the {(~leaks & ~conflicts).sum()} that do neither"
    yield f"On {(tables['published'] < 0.5).sum()} tables an isolation forest is worse than chance"


def series():
    discords, neighbours, histogram = map(
        million_points,
        ("matrix_profile:window=100", "sub_knn:window=100", "hbos:normalize=true,window=100"),
    )
    assert max(discords[1], neighbours[1]) < 1
    yield f"a million points {neighbours[0] / 60:.0f} minutes on one core and less than 1 GiB;"
    yield (
        f"`matrix_profile` takes {discords[0] / 60:.0f}, `hbos` on windows of 100 points "
        f"{histogram[0]:.0f} seconds and {histogram[1]:.1f} GiB"
    )


def using():
    for asked in ("1.0 %", "5.0 %", "10.0 %"):
        yield (
            "| {:g} % | {} % | {:.0f} and {:g} % |".format(
                float(asked.split()[0]),
                span(budget(asked, "reached"), 1),
                min(budget(asked, "lowest")),
                max(budget(asked, "highest")),
            )
        )


SENTENCES = {
    "README.md": readme,
    "docs/guide/statistics.md": statistics,
    "docs/guide/report.md": report,
    "docs/guide/settings.md": settings,
    "docs/guide/own-data.md": own_data,
    "docs/guide/datasets.md": datasets,
    "docs/guide/series.md": series,
    "docs/guide/using.md": using,
}


def words(text):
    return " ".join(text.split())


@pytest.mark.parametrize("page", SENTENCES)
def test_a_page_says_what_its_tables_say(page):
    found = words((ROOT / page).read_text(encoding="utf-8"))
    made = [words(sentence) for sentence in SENTENCES[page]()]
    assert [sentence for sentence in made if sentence not in found] == []
