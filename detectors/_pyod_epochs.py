"""Training loops of PyOD's networks, with the gradients of `._layers`.

The random numbers are those that the library draws, in its order, so that what is learnt is the same up to
rounding.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from bench import Floats

from ._layers import Linear, backward, backward_to_rows, forward, layers_of, squared_error
from ._learning import Adam, Learnt, pull
from ._quick_training import drawn_number, shuffled
from ._slices import Values

SCORED_AT_ONCE = 4096  # rows


def standardised(dataset: Any) -> Values:
    """All rows of a pyod.utils.torch_utility.TorchDataset."""
    X = dataset.X
    if dataset.mean is not None and dataset.std is not None:
        X = (X - dataset.mean) / (dataset.std + dataset.eps)
    return np.array(X, np.float32)


def scored(rows: Values, score: Callable[[torch.Tensor], Any]) -> Floats:
    """Scores of all rows by those of so many that they need little memory."""
    with torch.no_grad():
        found: Floats = np.concatenate([score(part) for part in torch.from_numpy(rows).split(SCORED_AT_ONCE)])
    return found


def batches(rows: Values, size: int, drop_last: bool = False) -> Iterator[Values]:
    """Those of one epoch."""
    drawn_number()  # which the library draws for processes that it does not start
    shuffled_rows = rows[shuffled(len(rows)).numpy()]
    used = len(rows) // size * size if drop_last else len(rows)
    for start in range(0, used, size):
        yield shuffled_rows[start : start + size]


def train_deep_svdd(model: Any, rows: Values) -> None:
    """pyod.models.deep_svdd.DeepSVDD: bring all rows near its centre, and keep the best of the epochs."""
    network, aims = model.model_.train(), np.tile(model.c_.numpy(), (model.batch_size, 1))
    learnt = Learnt(network.parameters())
    layers = layers_of(learnt, network.model)
    weights = [tuple(part.ravel() for part in learnt[weight]) for weight in network.parameters()]
    adam = Adam(learnt, model.learning_rate, model.l2_regularizer)
    least, best = float("inf"), None
    for _ in range(model.epochs):
        loss = 0.0
        for x in batches(rows, model.batch_size):
            error, gradient = squared_error(forward(layers, x), aims[: len(x)], 1 / len(x))
            loss += error
            backward(layers, gradient)
            for weight, of_weight in weights:
                loss += 1e-6 * pull(weight, of_weight, 1e-6)
            adam.step()
        if loss < least:
            least, best = loss, learnt.values.copy()
    if best is not None:
        learnt.values[:] = best
        model.best_model_dict = copy.deepcopy(network.state_dict())


def train_autoencoder(model: Any, rows: Values) -> None:
    """pyod.models.auto_encoder.AutoEncoder."""
    learnt = Learnt(model.model.parameters())
    layers = layers_of(learnt, model.model)
    adam = Adam(learnt, model.lr, model.optimizer_params.get("weight_decay", 0))
    for _ in range(model.epoch_num):
        for x in batches(rows, model.batch_size, drop_last=True):
            _, gradient = squared_error(forward(layers, x), x, 1 / x.size)
            backward(layers, gradient)
            adam.step()


def train_vae(model: Any, rows: Values) -> None:
    """pyod.models.vae.VAE with no capacity: only what is rebuilt is learnt from, not how codes are spread."""
    network = model.model
    learnt = Learnt(network.parameters())
    encoder, decoder = layers_of(learnt, network.encoder), layers_of(learnt, network.decoder)
    code = RandomCode(learnt, network, model.batch_size)
    adam = Adam(learnt, model.lr, model.optimizer_params.get("weight_decay", 0))
    for _ in range(model.epoch_num):
        for x in batches(rows, model.batch_size, drop_last=True):
            rebuilt = forward(decoder, code.forward(forward(encoder, x)))
            _, gradient = squared_error(rebuilt, x, 1 / x.size)
            backward(encoder, code.backward(backward_to_rows(decoder, gradient)))
            adam.step()


def train_ae1svm(model: Any, rows: Values) -> None:
    """pyod.models.ae1svm.AE1SVM: rebuild rows, and keep waves of their codes on one side of a plane."""
    network = model.model
    learnt = Learnt(network.parameters())
    encoder, decoder = layers_of(learnt, network.encoder), layers_of(learnt, network.decoder)
    machine = OneClassMachine(learnt, network, model.batch_size)
    adam = Adam(learnt, model.learning_rate, model.weight_decay)
    model.best_loss, model.best_model_dict = float("inf"), None
    for _ in range(model.epochs):
        losses = []
        for x in batches(rows, model.batch_size):
            codes = forward(encoder, x)
            error, gradient = squared_error(forward(decoder, codes), x, model.alpha / x.size)
            losses.append(error + machine.loss(codes))
            backward(encoder, backward_to_rows(decoder, gradient) + machine.backward(codes))
            adam.step()
        loss = np.mean(losses)
        if loss < model.best_loss:
            # As in the library these go on, so that the last is what is kept.
            model.best_loss, model.best_model_dict = loss, network.state_dict()


class RandomCode:
    """Codes drawn from normal distributions, of whose means and log-variances linear layers tell."""

    def __init__(self, learnt: Learnt, network: Any, rows: int) -> None:
        self.mean, self.spread = Linear(learnt, network.encoder_mu), Linear(learnt, network.encoder_logvar)
        self.limits: tuple[float, float] = network.logvar_clip or (-np.inf, np.inf)
        self.drawn = torch.empty(rows, network.latent_dim)

    def forward(self, hidden: Values) -> Values:
        mean, log_variance = self.mean.forward(hidden), self.spread.forward(hidden)
        lowest, highest = self.limits
        self.beyond = (log_variance < lowest) | (log_variance > highest)
        np.maximum(log_variance, lowest, out=log_variance)
        np.minimum(log_variance, highest, out=log_variance)
        log_variance /= 2
        self.noise = np.exp(log_variance, out=log_variance)
        self.noise *= self.drawn.normal_().numpy()
        mean += self.noise
        return mean

    def backward(self, gradient: Values) -> Values:
        """From the gradient of the codes to that of ``hidden``; sets those of what is learnt."""
        self.noise *= gradient
        self.noise /= 2
        self.noise[self.beyond] = 0
        self.mean.backward(gradient)
        self.spread.backward(self.noise)
        found = self.mean.before(gradient)
        found += self.spread.before(self.noise)
        return found


class OneClassMachine:
    """A linear machine on cosines of codes, all of which is learnt: mean of max(0, 1 - score)."""

    def __init__(self, learnt: Learnt, network: Any, rows: int) -> None:
        self.waves, self.of_waves = learnt[network.rff.weights]
        self.phases, self.of_phases = learnt[network.rff.bias]
        self.weights, self.of_weights = learnt[network.svm_weights]
        self.bias, self.of_bias = learnt[network.svm_bias]
        # Kept from batch to batch, since to ask the system for so much takes as long as to fill it.
        self.room = np.empty((2, rows, len(self.phases)), np.float32)

    def loss(self, codes: Values) -> float:
        self.angles, self.cosines = self.room[:, : len(codes)]
        np.matmul(codes, self.waves, out=self.angles)
        self.angles += self.phases
        np.cos(self.angles, out=self.cosines)
        lack = 1 - (self.cosines @ self.weights + self.bias)
        self.within = np.flatnonzero(lack >= 0)  # the others are not learnt from
        return float(np.add.reduce(np.maximum(lack, 0))) / len(lack)

    def backward(self, codes: Values) -> Values:
        """The gradient of the loss by codes; sets those of what is learnt."""
        part = np.float32(1 / len(codes))
        self.of_bias[0] = -part * len(self.within)
        np.add.reduce(self.cosines[self.within], out=self.of_weights)
        self.of_weights *= -part
        of_angles = np.sin(self.angles[self.within])
        of_angles *= self.weights * part
        np.add.reduce(of_angles, out=self.of_phases)
        np.matmul(codes[self.within].T, of_angles, out=self.of_waves)
        found = np.zeros_like(codes)
        found[self.within] = of_angles @ self.waves.T
        return found
