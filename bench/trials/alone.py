"""Judging row by row what scores the rows of a batch among each other.

With the flaw "batch", a row's score depends on which others are scored with it, and a rank beside detectors
that score each row by itself means little. So some test rows are scored a second time, one at a time, as rows
arrive where a detector is in use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bench.evaluation.metrics import METRICS
from bench.evaluation.ranking import Ranking
from bench.plugins.outputs import checked_scores, require_varied
from bench.trials.guard import how_it_failed
from bench.trials.measure import timed
from bench.trials.record import Alone

if TYPE_CHECKING:
    from bench.plugins.contract import Detector
    from bench.splits.arrays import Floats, Labels
    from bench.splits.rows import Rows

# At most so many rows of each class are scored alone.
MOST = 50
# Seconds that they may take, by what one row takes; where it would be more, none is. How many are scored must
# not depend on how busy a machine is.
LIMIT = 10.0


def score_alone(detector: Detector, test: Rows, scores: Floats, rng: np.random.Generator, file: str) -> Alone:
    """ROC AUC of some of the test rows: as they scored among all, ``scores`` of shape (n,), and each alone.

    ``rng`` draws them, as many of each class where there are. What the detector raises here is a reason why
    there are no figures, and no failure of the trial; ``file`` is named in it.
    """
    drawn = [rng.permutation(np.flatnonzero(test.y == label))[:MOST] for label in (0, 1)]
    try:
        _score_row(detector, test.X[drawn[0][0]])  # imports and compiles, where that has not been done
        with timed() as one:
            _score_row(detector, test.X[drawn[1][0]])
        chosen = np.concatenate(drawn)
        if one.seconds * len(chosen) > LIMIT:
            return Alone(reason=f"a row alone takes {one.seconds:.1f} s to score, which is too long")
        alone = np.array([_score_row(detector, test.X[row]) for row in chosen])
        require_varied(alone, "lone test")
    except (Exception, SystemExit) as error:
        return Alone(reason=how_it_failed(error, file)[1])
    y = test.y[chosen]
    return Alone(
        rows=len(chosen),
        anomalies=int(y.sum()),
        roc_auc_batch=_roc_auc(scores[chosen], y),
        roc_auc_alone=_roc_auc(alone, y),
    )


def _score_row(detector: Detector, row: Floats) -> float:
    [score] = checked_scores(detector.score(row[None].copy()), 1, "test")
    return float(score)


def _roc_auc(scores: Floats, y: Labels) -> float:
    return METRICS["roc_auc"].function(Ranking(scores, y))
