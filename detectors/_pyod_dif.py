"""DIF as PyOD fits it, where rows walk down the trees instead of being compared with all of their nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bench import Floats

from ._fast import Fast
from ._pyod_batches import RandomNetworks

if TYPE_CHECKING:
    import torch

    from ._row_loops import Indices, Values


class QuickDIF(Fast, RandomNetworks):
    """DIF."""

    def speed_up(self) -> None:
        self.__dict__.pop("trees", None)  # of other training rows
        self.model._deep_representation = self.represent
        self.model.decision_function = self.mean_of_members

    def represent(self, network: torch.nn.Module, X: Floats) -> Values:
        import torch

        with torch.inference_mode():
            batches = torch.as_tensor(X, dtype=torch.float32).split(self.model.batch_size)
            codes = torch.cat([network(batch) for batch in batches]).numpy()
        return np.tanh(standardised(codes))

    def mean_of_members(self, X: Floats) -> Floats:
        from ._row_loops import isolated

        model = self.model
        if not hasattr(self, "trees"):  # while it is fitted, on rows whose codes there are
            self.trees = [laid_out(forest) for forest in model.iForest_lst]
            self.expected = [path_lengths([forest.max_samples_])[0] for forest in model.iForest_lst]
            codes = model.x_reduced_lst
        else:
            scaled = model.minmax_scaler.transform(X)
            codes = [self.represent(network, scaled) for network in model.net_lst]
        scores = np.zeros(len(X))
        for each, trees, expected in zip(codes, self.trees, self.expected, strict=True):
            depths, distances = isolated(each, *trees)
            scores += 2 ** (-depths / (model.n_estimators * expected)) * distances
        return scores / (model.n_estimators * model.n_ensemble)


def standardised(X: Values) -> Values:
    """`sklearn.preprocessing.StandardScaler`, in a tenth of its time on few rows."""
    mean, variance = X.mean(axis=0, dtype=float), X.var(axis=0, dtype=float)
    eps = np.finfo(float).eps
    constant = variance <= len(X) * eps * variance + (len(X) * mean * eps) ** 2
    X -= mean
    X /= np.sqrt(np.where(constant, 1, variance))
    return X


def path_lengths(rows: Any) -> Floats:
    from pyod.models.dif import _average_path_length

    found: Floats = _average_path_length(rows)
    return found


def laid_out(forest: Any) -> tuple[Indices, Indices, Floats, Indices, Floats]:
    """The trees of an isolation forest as `isolated` walks through them, but for those of a single node."""
    trees = [each.tree_ for each in forest.estimators_ if each.tree_.node_count > 1]
    roots = np.cumsum([0, *(tree.node_count for tree in trees)])[:-1]
    children = [
        np.column_stack([tree.children_left, tree.children_right])
        + (root * (tree.children_left >= 0))[:, None]
        for tree, root in zip(trees, roots, strict=True)
    ]
    return (
        roots,
        joined([tree.feature for tree in trees], np.intp),
        joined([tree.threshold for tree in trees], float),
        joined(children, np.intp).reshape(-1, 2),
        joined([path_lengths(tree.n_node_samples) for tree in trees], float),
    )


def joined(parts: list[Any], dtype: type) -> Any:
    return np.concatenate([np.empty(0), *map(np.ravel, parts)]).astype(dtype)
