"""Quality along a parameter of a synthetic family, with the best that is possible."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bench.analysis.qualities import Quality
from bench.report.page.figure import Figure
from bench.report.page.figures.drawing import (
    LINES,
    axis,
    baseline,
    layout,
    limits,
    line,
    name_of,
    numbers,
    safe,
)
from bench.report.page.view import RegimeView
from bench.trials.trial import Named

# From here on from end to end a parameter is shown on a logarithmic axis.
DECADES = 20
FEWEST = 3
# The best possible: a thick grey dash, unlike any detector's line.
BEST = {"line": {"color": "#7F7F7F", "dash": "dash", "width": 4}, "marker": {"color": "#7F7F7F", "size": 6}}


@dataclass(frozen=True)
class Sweep:
    """Datasets, by their labels, that differ in the value of one parameter: ``values``, in rising order."""

    family: str
    parameter: str
    values: Mapping[str, float]


def figures(view: RegimeView) -> list[Figure]:
    """One for each quality and each sweep that the suite holds."""
    found = []
    for place, sweep in enumerate(sweeps(view)):
        for quality in view.qualities:
            name = name_of(f"difficulty-{quality.key.replace('_', '-')}", view, str(place))
            found.append(_figure(view, quality, sweep, name))
    return found


def sweeps(view: RegimeView) -> list[Sweep]:
    """The sweeps: at least three datasets of one family that differ in one number only, each family once."""
    records = view.frame.drop_duplicates("dataset")["record"].dropna()
    families: dict[str, list[Named]] = {}
    for record in records:
        families.setdefault(record.dataset.name, []).append(record.dataset)
    found = []
    for family, datasets in families.items():
        differing = [
            parameter
            for parameter in datasets[0].params
            if len({json.dumps(each.params.get(parameter)) for each in datasets}) > 1
        ]
        if len(differing) != 1 or len(datasets) < FEWEST:
            continue
        [parameter] = differing
        values: dict[str, Any] = {each.label: each.params.get(parameter) for each in datasets}
        if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values.values()):
            rising = dict(sorted(values.items(), key=lambda item: item[1]))
            found.append(Sweep(family, parameter, rising))
    return found


def _figure(view: RegimeView, quality: Quality, sweep: Sweep, name: str) -> Figure:
    table, shown = view.by_dataset, quality.title
    means = table[f"{quality.key}_mean"].unstack().reindex(columns=list(sweep.values))
    spread = table[f"{quality.key}_std"].unstack().reindex(columns=list(sweep.values))
    best = [name for name in view.detectors if name in means.index and name in view.references]
    others = [name for name in view.competing if name in means.index]
    baselines = means.loc[[name for name in view.baselines if name in means.index]].dropna(how="all")
    values = list(sweep.values.values())
    hover = f"%{{fullData.name}}<br>{sweep.parameter} %{{x:g}}<br>{shown} %{{y:.3f}}<extra></extra>"
    traces = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": safe(detector) + (" (best possible)" if detector in best else ""),
            "x": numbers(values),
            "y": numbers(means.loc[detector]),
            "error_y": {"type": "data", "array": numbers(spread.loc[detector]), "thickness": 1, "width": 3},
            "visible": True if detector in [*best, *others[:LINES]] else "legendonly",
            "meta": {"detector": detector},
            "hovertemplate": hover,
            **(BEST if detector in best else line(others.index(detector))),
        }
        for detector in [*best, *others]
    ]
    traces += [baseline(str(name), numbers(values), numbers(row)) for name, row in baselines.iterrows()]
    ends = "; ".join(
        f"{detector} goes from {means.loc[detector].iloc[0]:.2f} to {means.loc[detector].iloc[-1]:.2f}"
        for detector in [*best[:1], *others[:2]]
    )
    is_wide = values[0] > 0 and values[-1] / values[0] >= DECADES
    return Figure(
        name,
        f"{quality.heading} along {sweep.parameter} of {sweep.family}, {view.regime}",
        f"Line chart of mean {shown} over seeds against {sweep.parameter}, from {values[0]:g} to "
        f"{values[-1]:g}; bars are standard deviations over seeds. {ends}.",
        traces,
        layout(
            480,
            xaxis=axis(f"{sweep.parameter} of {sweep.family}", type="log" if is_wide else "linear"),
            yaxis=axis(f"mean {shown} over seeds", range=limits(quality.metric, means, 0.02, 0.04)),
        ),
    )
