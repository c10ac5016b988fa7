"""Stored figures are those that scikit-learn gives for the stored scores and labels; nothing of `bench` is
asked. `docs/guide/records.md` says how the files are read."""

from __future__ import annotations

import json
import lzma
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

RUNS = Path(__file__).parents[2] / "results" / "runs"
SCORED = sorted(file.parent.name for file in RUNS.glob("reference-*/scores.f64.xz"))
# Every so many records of a run: all of them take a minute.
STEP = 23
# Metrics that records written before these were thought of lack.
SINCE = {
    *(f"{name}_at_{k}" for name in ("precision", "recall") for k in ("10", "1pct", "5pct")),
    *(f"cost_{ratio}" for ratio in (10, 50)),
}


def unpacked(run, name):
    return lzma.decompress((RUNS / run / f"{name}.xz").read_bytes())


def scored_records(run):
    """A sample of the records that have scores, each with these and its labels."""
    scores = np.frombuffer(unpacked(run, "scores.f64"), "<f8")
    labels = np.frombuffer(unpacked(run, "labels.i8"), "i1")
    records = [json.loads(line) for line in unpacked(run, "trials.jsonl").splitlines()]
    for record in [record for record in records if record["scores"] is not None][::STEP]:
        first, count = record["scores"]["offset"] // 8, record["scores"]["count"]
        place = record["labels"]["offset"]
        yield record, scores[first : first + count], labels[place : place + count].astype(int)


def of_scores(scores, y):
    average_precision, share = metrics.average_precision_score(y, scores), y.mean()
    return {
        "roc_auc": metrics.roc_auc_score(y, scores),
        "average_precision": average_precision,
        "adjusted_ap": max(-1.0, (average_precision - share) / (1 - share)),
        "precision_at_n": found_among(scores, y, y.sum()) / y.sum(),
        **{
            f"{name}_at_{k}": found_among(scores, y, rows) / out_of
            for k, rows in (("10", 10), ("1pct", round(len(y) / 100) or 1), ("5pct", round(len(y) / 20) or 1))
            for name, out_of in (("precision", rows), ("recall", y.sum()))
        },
    }


def found_among(scores, y, rows):
    """Anomalies among the rows that score highest, the mean over all ways to break a tie at the last."""
    last = np.sort(scores)[-rows]
    above, tied = scores > last, scores == last
    return y[above].sum() + (rows - above.sum()) * y[tied].mean()


def of_decisions(predicted, y):
    normals = y == 0
    missed = y[predicted == 0].sum()
    return {
        **{f"cost_{ratio}": (ratio * missed + predicted[normals].sum()) / len(y) for ratio in (10, 50)},
        "f1": metrics.f1_score(y, predicted, zero_division=0),
        "precision": metrics.precision_score(y, predicted, zero_division=0),
        "recall": metrics.recall_score(y, predicted),
        "false_alarm_rate": predicted[normals].mean(),
        "accuracy": metrics.accuracy_score(y, predicted),
        "macro_f1": metrics.f1_score(y, predicted, average="macro", zero_division=0),
    }


@pytest.mark.parametrize("run", SCORED)
def test_stored_metrics_follow_from_stored_scores(run):
    seen = 0
    for record, scores, y in scored_records(run):
        made = {"ranking": of_scores(scores, y)}
        for policy, threshold in record["thresholds"].items():
            made[policy] = of_decisions((scores > threshold).astype(int), y)
        for group, figures in made.items():
            stored = record["metrics"][group]
            assert set(stored) in (set(figures), set(figures) - SINCE), (record["key"], group)
            assert stored == pytest.approx({name: figures[name] for name in stored}, abs=1e-9)
        assert y.sum() == record["rows"]["test_anomalies"]
        seen += 1
    assert seen >= 4


@pytest.mark.parametrize("run", SCORED)
def test_no_threshold_has_a_better_f1_than_the_oracles(run):
    for record, scores, y in scored_records(run):
        precision, recall, _ = metrics.precision_recall_curve(y, scores)
        best = max(2 * p * r / (p + r) for p, r in zip(precision, recall, strict=True) if p + r)
        assert math.isclose(record["metrics"]["oracle"]["f1"], best, abs_tol=1e-9), record["key"]


@pytest.mark.parametrize("suite", ["core", "regimes", "thousand"])
def test_boards_have_means_over_datasets_of_means_over_seeds(suite):
    last = {}
    for line in unpacked(f"reference-{suite}", "trials.jsonl").splitlines():
        record = json.loads(line)
        trial = (record["detector"]["label"], record["dataset"]["label"], record["regime"], record["seed"])
        last[trial] = max(last.get(trial, record), record, key=lambda each: each["written"])
    keys, names = ["detector", "dataset", "regime", "seed"], ["adjusted_ap", "roc_auc", "average_precision"]
    table = pd.DataFrame(
        [[*trial, *(record["metrics"]["ranking"][name] for name in names)]
         for trial, record in last.items() if record["status"] == "ok"],
        columns=[*keys, *names],
    )  # fmt: skip
    means = table.groupby(keys[:3]).mean().groupby(["detector", "regime"]).mean()
    boards = pd.read_csv(RUNS.parent / "leaderboard.csv")
    whole = boards[(boards["suite"] == suite) & (boards["dataset"] == "(all)") & (boards["ok"] > 0)]
    shown = whole.set_index(["detector", "regime"])
    assert len(shown) > 20
    for name in names:
        assert shown[f"{name}_mean"].to_numpy() == pytest.approx(
            means.loc[shown.index, name].to_numpy(), rel=1e-5, abs=1e-9
        )
