"""The page of metrics and threshold policies, from their registries."""

from __future__ import annotations

from collections.abc import Iterator

from bench.evaluation.metrics import METRICS
from bench.evaluation.policies import POLICIES


def page() -> Iterator[str]:
    """The lines of the page."""
    yield "# Metrics and threshold policies\n"
    yield "The anomaly class is the positive one. [Your own metric](../guide/own-metric.md) adds one.\n"
    yield "## Metrics\n"
    yield "| name | title | it is | needs | range | better |"
    yield "|---|---|---|---|---|---|"
    for metric in METRICS.values():
        low, high = metric.bounds
        better = "higher" if metric.higher_is_better else "lower"
        cells = [f"`{metric.name}`", metric.title, metric.explanation, metric.needs, f"{low:g} to {high:g}"]
        yield f"| {' | '.join(cells)} | {better} |"
    yield "\n## Threshold policies\n"
    yield "| name | it is | sees |"
    yield "|---|---|---|"
    families: dict[str, list[str]] = {}
    for name, policy in POLICIES.items():
        families.setdefault(policy.family or name, []).append(name)
    for first, *others in families.values():
        names = ", ".join(f"`{name}`" for name in (first, *others))
        sees = ", ".join(f"`{each}`" for each in sorted(POLICIES[first].sees))
        yield f"| {names} | {POLICIES[first].description} | {sees} |"
