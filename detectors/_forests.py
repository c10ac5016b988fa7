"""scikit-learn's random forests, of which the trees are grown here: the same forests in less time."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import is_classifier
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

from bench import Floats

from ._tree_growing import Nodes, grow

# What a forest may be asked for that is done here; all else is as scikit-learn has it by default.
COVERED = {"n_estimators", "max_features", "random_state"}


class _Grown:
    """Fits the forest of scikit-learn with which it is combined."""

    def fit(self: Any, X: Floats, y: Any, sample_weight: Any = None) -> Any:
        """Fit to rows, shape (n, d), and two classes or numbers, shape (n,)."""
        columns = np.ascontiguousarray(X.T, dtype=np.float32)
        classes = is_classifier(self)
        default = type(self)().get_params()
        asked = {name for name, value in self.get_params().items() if value != default[name]}
        if (
            asked - COVERED
            or sample_weight is not None
            or np.isnan(columns).any()
            or (classes and len(np.unique(y)) != 2)
        ):
            return super().fit(X, y, sample_weight)  # type: ignore[misc]
        # A forest of roots has all that a forest has: its trees' seeds among them.
        self.set_params(min_samples_split=len(X) + 1)
        try:
            super().fit(X, y)  # type: ignore[misc]
        finally:
            self.set_params(min_samples_split=default["min_samples_split"])
        order = np.argsort(columns, axis=1, kind="stable").astype(np.int32)
        target = (y == self.classes_[1]).astype(float) if classes else np.asarray(y, dtype=float)
        for tree in self.estimators_:
            tree.set_params(min_samples_split=default["min_samples_split"])
            drawn = np.random.RandomState(tree.random_state).randint(0, len(X), len(X))
            weights = np.bincount(drawn, minlength=len(X)).astype(float)
            sums = weights, weights * target, weights * target**2
            seed = np.uint32(np.random.RandomState(tree.random_state).randint(0, 2**31 - 1))
            grown = grow(columns, order, *sums, classes, tree.max_features_, seed)
            tree.tree_ = planted(tree.tree_, grown, classes)
        return self


class GrownForestClassifier(_Grown, RandomForestClassifier):  # type: ignore[misc]
    """For two classes the same forest as scikit-learn's."""


class GrownForestRegressor(_Grown, RandomForestRegressor):  # type: ignore[misc]
    """Such a forest as scikit-learn's: where two splits are as good, another may be taken."""


def planted(root: Any, grown: Nodes, classes: bool) -> Any:
    """A tree of scikit-learn that has these nodes. root: one for such columns and targets."""
    kind, arguments, state = root.__reduce__()
    nodes = np.zeros(len(grown.feature), dtype=state["nodes"].dtype)
    for name in nodes.dtype.names or ():
        nodes[name] = getattr(grown, name)
    weight, target = grown.weighted_n_node_samples, grown.target
    sums = np.stack([weight - target, target] if classes else [target], axis=1)
    tree = kind(*arguments)
    tree.__setstate__({"max_depth": int(grown.depth.max()), "node_count": len(nodes), "nodes": nodes,
                       "values": (sums / weight[:, None])[:, None, :]})  # fmt: skip
    return tree
