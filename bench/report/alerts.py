"""alerts.md: what somebody finds who looks at the alerts, what mistakes cost, and what time buys."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from bench.analysis.alerts import AT_ALERTS, COSTS, alerts
from bench.analysis.cells import Row, TableCell, TableColumn, laid_out, number, significant
from bench.analysis.qualities import ranked_by
from bench.analysis.results import SuiteResults
from bench.evaluation.baselines import BASELINES
from bench.evaluation.decisions import MISSED_COSTS
from bench.evaluation.metrics import METRICS
from bench.evaluation.ranking import ALERT_BUDGETS
from bench.report.markdown import heading, table

EXPLANATION = f"""\
Somebody who looks at the rows that score highest, {" or ".join(each.explanation for each in ALERT_BUDGETS)},
finds so many of the anomalies (*recall*), and so many of the alerts are anomalies (*precision*): no
threshold has a part in that. Where records are older than these figures they are means over the trials whose
scores the run has kept, which of a packed run may be the first seed alone; a dash stands where it kept none.

*Cost* is what the suite's own decisions cost, in false alarms for each row, where a missed anomaly costs
{" or ".join(str(cost.false_alarms) for cost in MISSED_COSTS)} false alarms; lower is better. What costs more
than `calls all` or `calls none` is not worth running at that price, or needs another threshold.

*Seconds* are what a trial takes until its test rows are scored. *Gain* is by how much the metric that ranks
the board is above that of every detector that takes less time; what has none is not worth its time."""


def section(results: SuiteResults) -> str:
    """The figures of a suite, a part for each regime."""
    parts = [heading(results)]
    for regime in results.regimes():
        parts += [f"### {regime}", table(*alerts_table(results, regime))]
    return "\n\n".join(parts)


def alerts_table(results: SuiteResults, regime: str) -> tuple[list[str], list[Row]]:
    """Headers and cells, a row for each of the board's; metrics of which nothing is known are left out."""
    found = alerts(results, regime)
    detectors = found.drop(list(BASELINES), errors="ignore")
    shown = [name for name in (*AT_ALERTS, *COSTS) if detectors[name].notna().any()]
    columns = [
        TableColumn("detector", lambda row: str(row["detector"])),
        *(TableColumn(METRICS[name].title, partial(_number, name)) for name in shown),
        TableColumn("seconds", lambda row: significant(row["seconds"])),
        TableColumn(f"gain in {ranked_by(results.frame).title}", lambda row: number(row["gain"], 3)),
    ]
    return laid_out(columns, found.rename_axis("detector").reset_index().to_dict("records"))


def _number(name: str, row: Mapping[Any, Any]) -> TableCell:
    return number(row[name])
