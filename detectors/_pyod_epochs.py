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

from ._layers import Adam, Learnt, Linear, backward, backward_to_rows, forward, layers_of
from ._quick_training import drawn_number, shuffled
from ._small_perceptrons import Values

SCORED_AT_ONCE = 4096  # rows
TINY = float(np.finfo(np.float32).tiny)


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
    network, centre = model.model_, model.c_.numpy()
    network.train()
    learnt = Learnt(network.parameters())
    layers = layers_of(learnt, network.model)
    adam = Adam(learnt, model.learning_rate, model.l2_regularizer)
    least, best = float("inf"), None
    for _ in range(model.epochs):
        loss = 0.0
        for x in batches(rows, model.batch_size):
            gradient = forward(layers, x) - centre
            loss += float(np.vdot(gradient, gradient)) / len(x)
            gradient *= 2 / len(x)
            backward(layers, gradient)
            for value, of_value in learnt.pairs:
                norm = float(np.vdot(value, value)) ** 0.5
                of_value += value * (1e-6 / max(norm, TINY))
                loss += 1e-6 * norm
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
            gradient = forward(layers, x) - x
            gradient *= 2 / x.size
            backward(layers, gradient)
            adam.step()


def train_vae(model: Any, rows: Values) -> None:
    """pyod.models.vae.VAE with no capacity: only what is rebuilt is learnt from, not how codes are spread."""
    network, limits = model.model, model.logvar_clip_ or (-np.inf, np.inf)
    learnt = Learnt(network.parameters())
    encoder, decoder = layers_of(learnt, network.encoder), layers_of(learnt, network.decoder)
    to_mean, to_spread = Linear(learnt, network.encoder_mu), Linear(learnt, network.encoder_logvar)
    adam = Adam(learnt, model.lr, model.optimizer_params.get("weight_decay", 0))
    draws = torch.empty(model.batch_size, model.latent_dim)
    noise = draws.numpy()
    for _ in range(model.epoch_num):
        for x in batches(rows, model.batch_size, drop_last=True):
            hidden = forward(encoder, x)
            mean, spread = to_mean.forward(hidden), to_spread.forward(hidden)  # of a code's logarithm
            deviation = np.exp(spread.clip(*limits) / 2)
            draws.normal_()
            deviation *= noise
            gradient = forward(decoder, mean + deviation) - x
            gradient *= 2 / x.size
            of_mean = backward_to_rows(decoder, gradient)
            of_spread = of_mean * deviation / 2
            of_spread[(spread < limits[0]) | (spread > limits[1])] = 0
            to_mean.backward(of_mean)
            to_spread.backward(of_spread)
            backward(encoder, to_mean.before(of_mean) + to_spread.before(of_spread))
            adam.step()


def train_ae1svm(model: Any, rows: Values) -> None:
    """pyod.models.ae1svm.AE1SVM: rebuild rows, and keep waves of their codes on one side of a plane."""
    network = model.model
    learnt = Learnt(network.parameters())
    encoder, decoder = layers_of(learnt, network.encoder), layers_of(learnt, network.decoder)
    machine = OneClassMachine(learnt, network)
    adam = Adam(learnt, model.learning_rate, model.weight_decay)
    model.best_loss, model.best_model_dict = float("inf"), None
    for _ in range(model.epochs):
        losses = []
        for x in batches(rows, model.batch_size):
            codes = forward(encoder, x)
            error = forward(decoder, codes) - x
            losses.append(model.alpha * float(np.vdot(error, error)) / x.size + machine.loss(codes))
            error *= 2 * model.alpha / x.size
            backward(encoder, backward_to_rows(decoder, error) + machine.backward(codes))
            adam.step()
        loss = np.mean(losses)
        if loss < model.best_loss:
            # As in the library these go on, so that the last is what is kept.
            model.best_loss, model.best_model_dict = loss, network.state_dict()


class OneClassMachine:
    """A linear machine on cosines of codes, all of which is learnt: mean of max(0, 1 - score)."""

    def __init__(self, learnt: Learnt, network: Any) -> None:
        self.waves, self.of_waves = learnt[network.rff.weights]
        self.phases, self.of_phases = learnt[network.rff.bias]
        self.weights, self.of_weights = learnt[network.svm_weights]
        self.bias, self.of_bias = learnt[network.svm_bias]

    def loss(self, codes: Values) -> float:
        self.angles = codes @ self.waves
        self.angles += self.phases
        self.cosines = np.cos(self.angles)
        lack = 1 - (self.cosines @ self.weights + self.bias)
        self.within = lack >= 0  # the others are not learnt from
        return float(np.maximum(lack, 0).mean())

    def backward(self, codes: Values) -> Values:
        """The gradient of the loss by codes; sets those of what is learnt."""
        part = np.float32(1 / len(codes))
        self.of_bias[0] = -part * np.count_nonzero(self.within)
        np.add.reduce(self.cosines[self.within], out=self.of_weights)
        self.of_weights *= -part
        of_angles = np.sin(self.angles[self.within])
        of_angles *= self.weights * part
        np.add.reduce(of_angles, out=self.of_phases)
        np.matmul(codes[self.within].T, of_angles, out=self.of_waves)
        found = np.zeros_like(codes)
        found[self.within] = of_angles @ self.waves.T
        return found
