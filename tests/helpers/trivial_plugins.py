"""A plugin file with which the cost of the harness is measured."""

from __future__ import annotations

# A detector that costs nothing, on data that are made at once: what is left is the harness.
TRIVIAL = '''
from bench import Split, dataset, detector

@detector(deterministic=True)
class MeanDistance:
    """Distance to the mean."""
    def __init__(self, power: int = 2):
        self.power = power
    def fit(self, train):
        self.centre, self.X = train.X.mean(axis=0), train.X
    def leave_one_out(self):
        n = len(self.X)
        return self.score(self.X) * (n / (n - 1)) ** self.power
    def score(self, X):
        return (abs(X - self.centre) ** self.power).sum(axis=1)

@dataset
def cloud(rng, *, rows=1000, columns=20, variant=0):
    """Gaussian rows, one in ten of them shifted."""
    X = rng.normal(size=(rows, columns))
    y = [1] * (rows // 10) + [0] * (rows - rows // 10)
    X[: rows // 10] += 2
    return Split.stratified(X, y, rng)
'''
