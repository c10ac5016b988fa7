"""What detectors are worth to somebody who looks at alerts: what these hold, mistakes cost, and time buys."""

from __future__ import annotations

import pandas as pd

from bench.analysis.baselines import baseline_trials
from bench.analysis.leaderboard import leaderboard
from bench.analysis.qualities import qualities, ranked_by
from bench.analysis.results import SuiteResults
from bench.analysis.timing import trial_seconds
from bench.evaluation.decisions import MISSED_COSTS
from bench.evaluation.metrics import METRICS
from bench.evaluation.ranking import ALERT_BUDGETS, Ranking

AT_ALERTS = [metric.name for budget in ALERT_BUDGETS for metric in budget.metrics()]
COSTS = [cost.metric().name for cost in MISSED_COSTS]


def alerts(results: SuiteResults, regime: str) -> pd.DataFrame:
    """A row for each detector and baseline of a leaderboard, in its order, indexed by label.

    Means over datasets of the mean over seeds: the metrics of `AT_ALERTS`, of `COSTS` by the suite's headline
    decisions, and ``seconds``, what a trial takes until its test rows are scored. ``gain``: by how much the
    metric that ranks the board is higher than that of every detector that takes less time; NaN where it is
    not, and out of competition.
    """
    board = leaderboard(results, regime)
    trials = results.board(regime)
    ok = trials[trials["status"] == "ok"]
    known = qualities()
    costs = {name: known[name].values(ok, results.headline) for name in COSTS}
    found = _means(_at_alerts(results, ok).assign(**costs, seconds=trial_seconds(ok)), ok)
    baselines = baseline_trials(results, regime)
    theirs = {name: known[name].values(baselines, results.headline) for name in (*AT_ALERTS, *COSTS)}
    found = pd.concat([_means(pd.DataFrame(theirs), baselines), found]).reindex(board.index)
    quality = board[f"{ranked_by(results.frame).key}_mean"]
    return found.assign(gain=_gains(quality.where(board["rank"].notna()), found["seconds"]))


def _at_alerts(results: SuiteResults, ok: pd.DataFrame) -> pd.DataFrame:
    """The metrics of `AT_ALERTS`; of older records, which lack them, from the scores that their run kept."""
    values = pd.DataFrame({name: qualities()[name].values(ok, results.headline) for name in AT_ALERTS})
    for place, run, record in ok.loc[values.isna().any(axis=1), ["run", "record"]].itertuples():
        rows = results.runs[run].scored_rows(record)
        if rows is not None:
            ranking = Ranking(*rows)
            values.loc[place] = [METRICS[name].function(ranking) for name in AT_ALERTS]
    return values


def _means(figures: pd.DataFrame, trials: pd.DataFrame) -> pd.DataFrame:
    by_dataset = figures.groupby([trials["detector"], trials["dataset"]]).mean()
    return by_dataset.groupby("detector").mean()


def _gains(quality: pd.Series, seconds: pd.Series) -> pd.Series:
    """By how much each is better than all that take less time."""
    by_time = pd.DataFrame({"quality": quality, "seconds": seconds}).dropna().sort_values("seconds")
    before = by_time["quality"].cummax().shift()
    gain = by_time["quality"] - before
    return gain[gain > 0].reindex(quality.index)
