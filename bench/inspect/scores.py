"""Pictures of the test rows' scores, for any detector."""

from __future__ import annotations

import numpy as np

from bench.drawing import CLASSES, COLOURS, NEUTRAL, new_figure
from bench.inspect.drawing import Picture, five_numbers
from bench.inspect.inspection import Inspection

BINS = 40
# Positive scores whose highest is more than this many times their median are drawn on a logarithmic axis.
LONG_TAIL = 5
SCORE = "score (higher = more anomalous)"


def box_plots(inspection: Inspection) -> Picture:
    title = "Scores of the normal and of the anomalous test rows"
    figure = new_figure(inspection.name, title, 5.5, 4.2)
    axes = figure.subplots()
    by_class = _by_class(inspection)
    boxes = axes.boxplot(
        list(by_class.values()),
        tick_labels=[f"{CLASSES[label]} ({len(scores)} rows)" for label, scores in by_class.items()],
        widths=0.5,
        patch_artist=True,
        medianprops={"color": NEUTRAL, "linewidth": 1.5},
        flierprops={"marker": ".", "markersize": 4},
    )
    for label, box in zip(by_class, boxes["boxes"], strict=True):
        box.set(facecolor=COLOURS[label], alpha=0.7)
    axes.axhline(
        inspection.threshold, color=NEUTRAL, linestyle="--", linewidth=1, label=_of_threshold(inspection)
    )
    axes.set_yscale(_scale(inspection))
    axes.set_ylabel(SCORE + _words_on_scale(inspection))
    figure.legend(loc="outside lower left")
    said = "; ".join(f"{CLASSES[label]}: {five_numbers(scores)}" for label, scores in by_class.items())
    return Picture(
        "scores",
        title,
        "Boxes reach from quartile to quartile, whiskers to the last row within 1.5 times that; "
        "rows beyond are dots.",
        f"Box plots of scores, {said}. Threshold {inspection.threshold:.3g}.",
        figure,
    )


def histogram(inspection: Inspection) -> Picture:
    title = "How the scores are distributed"
    figure = new_figure(inspection.name, title, 6.5, 3.4)
    axes = figure.subplots()
    low, high = inspection.scores.min(), inspection.scores.max()
    edges = (np.geomspace if _scale(inspection) == "log" else np.linspace)(low, high, BINS + 1)
    # Rounding must not leave the highest score out.
    edges[0], edges[-1] = low, high
    for label, scores in _by_class(inspection).items():
        fractions = np.histogram(scores, edges)[0] / len(scores)
        outline = "-" if label == 0 else "--"
        axes.stairs(fractions, edges, fill=True, color=COLOURS[label], alpha=0.35, label=CLASSES[label])
        axes.stairs(fractions, edges, color=COLOURS[label], linestyle=outline)
    axes.axvline(
        inspection.threshold, color=NEUTRAL, linestyle="--", linewidth=1, label=_of_threshold(inspection)
    )
    axes.set_xscale(_scale(inspection))
    axes.set_xlabel(SCORE + _words_on_scale(inspection))
    axes.set_ylabel("fraction of the class's rows")
    figure.legend(loc="outside lower left", ncols=3)
    above = "; ".join(
        f"{(scores > inspection.threshold).mean():.0%} of the {CLASSES[label]} rows"
        for label, scores in _by_class(inspection).items()
    )
    return Picture(
        "histogram",
        title,
        "Each class's fractions add up to one, however many rows it has.",
        f"Histograms of scores from {low:.3g} to {high:.3g}. "
        f"Above the threshold of {inspection.threshold:.3g} lie {above}.",
        figure,
    )


def curves(inspection: Inspection) -> Picture:
    from sklearn.metrics import precision_recall_curve, roc_curve

    title = "What other thresholds would give"
    figure = new_figure(inspection.name, title, 7.5, 3.6)
    left, right = figure.subplots(1, 2)
    record, y = inspection.record, inspection.y
    auc, ap = record.metrics["ranking"]["roc_auc"], record.metrics["ranking"]["average_precision"]
    chosen = record.metrics[inspection.policy.name]
    false_alarms = len(inspection.groups["false alarms"]) / (y == 0).sum()
    false_rate, hit_rate, _ = roc_curve(y, inspection.scores)
    precision, recall, _ = precision_recall_curve(y, inspection.scores)

    left.plot(false_rate, hit_rate, color=COLOURS[0], label=f"detector, AUC {auc:.3f}")
    left.plot([0, 1], [0, 1], color="grey", linestyle=":", label="chance, AUC 0.5")
    left.plot(false_alarms, chosen["recall"], "o", color=COLOURS[1], clip_on=False, label="at the threshold")
    left.set(title="ROC curve", xlabel="false positive rate", ylabel="recall")
    right.step(recall, precision, where="post", color=COLOURS[0], label=f"detector, average {ap:.3f}")
    right.axhline(y.mean(), color="grey", linestyle=":", label=f"chance, {y.mean():.3f}")
    right.plot(
        chosen["recall"], chosen["precision"], "o", color=COLOURS[1], clip_on=False, label="at the threshold"
    )
    right.set(title="Precision-recall curve", xlabel="recall", ylabel="precision")
    for axes in (left, right):
        axes.set(xlim=(0, 1), ylim=(0, 1.02), aspect="equal")
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18))
    return Picture(
        "curves",
        title,
        f"The dot: {inspection.policy.description}.",
        f"ROC curve with an AUC of {auc:.3f} and precision-recall curve with an average precision of "
        f"{ap:.3f}. At the threshold, precision is {chosen['precision']:.2f}, recall "
        f"{chosen['recall']:.2f} and {false_alarms:.1%} of the normal rows are false alarms.",
        figure,
    )


def _by_class(inspection: Inspection) -> dict[int, np.ndarray]:
    return {label: inspection.scores[inspection.y == label] for label in CLASSES}


def _of_threshold(inspection: Inspection) -> str:
    return f"{inspection.policy.description} ({inspection.threshold:.3g})"


def _scale(inspection: Inspection) -> str:
    scores = inspection.scores
    positive = min(scores.min(), inspection.threshold) > 0
    return "log" if positive and scores.max() > LONG_TAIL * np.median(scores) else "linear"


def _words_on_scale(inspection: Inspection) -> str:
    return ", logarithmic" if _scale(inspection) == "log" else ""
