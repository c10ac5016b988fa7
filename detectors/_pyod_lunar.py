"""Adapter for PyOD's LUNAR, which is trained here with the same random numbers in less time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bench import Floats

from ._fast import Fast
from ._pyod import AloneInTorch

if TYPE_CHECKING:
    import torch


class QuickLUNAR(Fast, AloneInTorch):
    """LUNAR scores its training rows before each epoch; nothing but what it may print depends on that."""

    def fit_model(self, X: Floats) -> None:
        self.rows = X
        super().fit_model(X)

    def leave_one_out(self) -> Floats:
        """By the distances to other rows than the row itself and its copies.

        The network has learnt from the row. After a further fit it would score on another scale: training
        ends in one of several states, between which the scores of the same rows differ by more than rows do.
        """
        model, rows = self.model, self.scaled(self.rows)
        distances, nearest = model.neigh.kneighbors(rows, model.n_neighbours + 1)
        # What was held out to validate the network is not among those that rows are compared with.
        is_itself = (model.neigh._fit_X[nearest[:, 0]] == rows).all(axis=1)
        distances = np.where(is_itself[:, None], distances[:, 1:], distances[:, :-1])
        return self.sign * self.answers(distances).astype(float)

    def scaled(self, X: Floats) -> Floats:
        rows, scaler = X.astype("float32"), self.model.scaler_
        return rows if scaler is None else scaler.transform(rows)

    def answers(self, distances: Floats) -> Floats:
        """What the network says of distances to neighbours."""
        import torch

        network, device = self.model.network.eval(), self.model.device
        with torch.no_grad():
            found: Floats = network(torch.tensor(distances, dtype=torch.float32, device=device)).cpu().numpy()
        return found

    def speed_up(self) -> None:
        import torch

        model = self.model
        if not model.verbose:
            by_weights = model.model_type == "WEIGHT" and torch.device(model.device).type == "cpu"
            self.slow_fit = model.fit
            model.fit = self.train_weights if by_weights else self.without_training_scores

    def train_weights(self, X: Floats) -> None:
        """All by the library but the epochs of training."""
        from pyod.models.lunar import generate_negative_samples
        from sklearn.model_selection import train_test_split
        from sklearn.neighbors import NearestNeighbors
        from sklearn.utils import check_random_state

        from ._distance_training import train

        model, k = self.model, self.model.n_neighbours
        model._set_n_classes(None)
        rng = check_random_state(model.random_state)
        parts = train_test_split(X.astype(np.float32), test_size=model.val_size, random_state=rng)
        model.scaler_ = model._resolve_scaler()
        if model.scaler_ is not None:
            model.scaler_.fit(parts[0])
            parts = [model.scaler_.transform(part) for part in parts]
        how = model.negative_sampling, model.proportion, model.epsilon
        (rows, made), held_out = (
            (part, generate_negative_samples(part, *how, random_state=rng)[0]) for part in parts
        )
        passed = ("algorithm", "leaf_size", "metric", "p", "metric_params", "n_jobs")
        model.neigh = NearestNeighbors(n_neighbors=k + 1, **{name: getattr(model, name) for name in passed})
        model.neigh.fit(np.vstack([rows, made]))
        # A row is not a neighbour of itself.
        near = [model.neigh.kneighbors(rows)[0][:, 1:], model.neigh.kneighbors(made, k)[0]]
        labels, held_labels = (
            np.repeat(np.array([0, 1], np.float32), [len(a), len(b)]) for a, b in ((rows, made), held_out)
        )
        near_held_out = model.neigh.kneighbors(np.vstack(held_out), k)[0]
        train(model, np.vstack(near), labels, near_held_out, held_labels)
        model.decision_scores_ = self.answers(model.neigh.kneighbors(self.scaled(X), k)[0])
        model._process_decision_scores()

    def without_training_scores(self, X: Floats) -> None:
        from unittest.mock import patch

        import torch
        from pyod.models import lunar

        network, unread = self.model.network, torch.zeros(0)
        forward, area = network.forward, lunar.roc_auc_score
        training: list[torch.Tensor] = []  # what the network is first asked to score

        def forward_unless_unread(rows: torch.Tensor) -> torch.Tensor:
            if not network.training:
                training[:] = training or [rows]
                if rows is training[0]:
                    return unread
            return forward(rows)

        def area_unless_unread(labels: Any, scores: Any) -> float:
            return float("nan") if scores is unread else area(labels, scores)

        with (
            patch.object(network, "forward", forward_unless_unread),
            patch.object(lunar, "roc_auc_score", area_unless_unread),
        ):
            self.slow_fit(X)
