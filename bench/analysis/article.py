"""The article's printed classification reports beside what its protocol gives here."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.analysis.results import SuiteResults

# The article prints its reports once, from one seed, to two decimals.
PRINTED = Path(__file__).with_name("article.csv")
DECIMALS = 2


@dataclass(frozen=True)
class Figure:
    """A printed figure and our values for it, one a seed, rounded as the article rounds."""

    detector: str
    row: str
    name: str
    printed: float
    ours: tuple[float, ...]

    @property
    def verdict(self) -> str:
        """``equal`` for each seed, ``inside`` or ``outside`` the range over seeds, or ``not run``."""
        if not self.ours:
            return "not run"
        if all(value == self.printed for value in self.ours):
            return "equal"
        return "inside" if min(self.ours) <= self.printed <= max(self.ours) else "outside"


def compare_with_article(results: SuiteResults) -> list[Figure]:
    """Every figure that the article prints, with ours from the stored scores of the suite's runs."""
    ours: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    ok = results.frame[results.frame["status"] == "ok"]
    for run, record in zip(ok["run"], ok["record"], strict=True):
        if record["detector"]["label"] != record["detector"]["name"] or "native" not in record["thresholds"]:
            continue
        scores, labels = results.runs[run].scores(record), results.runs[run].labels(record)
        for row, name, value in classification_report(labels, scores > record["thresholds"]["native"]):
            ours[record["detector"]["name"], row, name].append(round(value, DECIMALS))
    with PRINTED.open(encoding="utf-8", newline="") as file:
        return [
            Figure(
                line["detector"], line["row"], line["figure"], float(line["printed"]),
                tuple(ours[line["detector"], line["row"], line["figure"]]),
            )
            for line in csv.DictReader(file)
        ]  # fmt: skip


def classification_report(labels: Any, called: Any) -> Iterator[tuple[str, str, float]]:
    """Row, name and value of each figure of scikit-learn's report; the rows are named as in our CSV."""
    from sklearn.metrics import classification_report as report

    names = {"0": "normal", "1": "anomaly"}
    found = report(labels, called.astype(int), output_dict=True, zero_division=0)
    for row, figures in found.items():
        if row == "accuracy":
            yield "accuracy", "accuracy", float(figures)
        else:
            for name, value in figures.items():
                yield names.get(row, row), name, float(value)
