"""PyOD's AnoGAN (Schlegl et al., 2017) trained without a graph of operations.

The random numbers are those that the library draws, in its order, so that what is learnt is the same up to
rounding.
"""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import torch
from numba import njit

from bench import Floats

from ._dropout import Dropout
from ._learning import ONE, REORDERED, ZERO, adam_step
from ._quick_training import drawn_number, shuffled
from ._slices import share
from ._tanh_perceptrons import (
    Network,
    Values,
    backward,
    backward_row,
    before,
    dropped,
    forward,
    forward_row,
    give,
    new_pass,
    sizes_of,
)  # fmt: skip

REAL = np.float32(0.9)  # what the discriminator is to answer on rows


class Game:
    """A generator and a discriminator, the library's, that learn from each other.

    Their weights, and those of the layer that searches for codes, are slices of one vector.
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        networks = [model.generator, model.discriminator]
        counts = [sum(p.numel() for p in network.parameters()) for network in networks]
        code = model.latent_dim_G
        self.values = np.zeros(sum(counts) + code * (code + 1), np.float32)
        self.gradients = np.zeros_like(self.values)
        ends = list(accumulate(counts, initial=0))
        self.generator, self.discriminator = (
            (sizes_of(network), self.values[a:b], self.gradients[a:b])
            for network, (a, b) in zip(networks, pairwise(ends), strict=True)
        )
        for network, (_, values, _) in zip(networks, (self.generator, self.discriminator), strict=True):
            share(list(network.parameters()), values)
        self.search = slice(ends[-1], None)

    def train(self, X: Values) -> None:
        """Learn from batches of rows, ``epochs`` times through all."""
        model, networks = self.model, (self.generator, self.discriminator)
        # The discriminator is asked about rows, and twice about what is made.
        units = dropped(self.generator[0]) + 3 * dropped(self.discriminator[0])
        draws = {
            n: Dropout([n * each for each in units], 1 - model.dropout_rate)
            for n in {min(model.batch_size, len(X)), len(X) % model.batch_size}
        }
        first, second = (np.zeros((2, len(values)), np.float32) for _, values, _ in networks)
        all_rows, codes = torch.from_numpy(X), torch.empty(model.batch_size, model.latent_dim_G)
        rows, rate, steps = torch.empty_like(all_rows), float(model.learning_rate), 0
        for _ in range(model.epochs):
            drawn_number()
            torch.index_select(all_rows, 0, shuffled(len(X)), out=rows)
            for batch in rows.split(model.batch_size):
                steps += 1
                given = codes[: len(batch)].uniform_()
                factors = draws[len(batch)].draw()
                _play(batch.numpy(), given.numpy(), factors, *networks, first, second, rate, steps)

    def query(self, X: Values, layer: torch.nn.Linear) -> Floats:
        """How far each row is from what is made of a code searched for it; the bias of ``layer`` is the code.

        As in the library the search goes on from one row to the next, and moves all weights.
        """
        model, epochs = self.model, self.model.epochs_query
        _, code = share([layer.weight, layer.bias], self.values[self.search])
        of_code = self.gradients[self.search][-len(code) :]
        # The discriminator is asked about what is made, and about the row.
        units = dropped(self.generator[0]) + 2 * dropped(self.discriminator[0])
        draws = Dropout(units * epochs, 1 - model.dropout_rate)
        everything = self.values, self.gradients, np.zeros((2, len(self.values)), np.float32)
        networks, rate = (self.generator, self.discriminator), float(model.learning_rate_query)
        distances = np.empty(len(X))
        for i, row in enumerate(X):
            factors = draws.draw().reshape(epochs, -1)
            distances[i] = _search(row, factors, code, of_code, *networks, *everything, rate, i * epochs)
        return distances


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def _play(
    rows: Values, codes: Values, factors: Values, generator: Network, discriminator: Network,
    generator_moments: Values, discriminator_moments: Values, rate: float, steps: int,
) -> None:  # fmt: skip
    """One step of each network, their ``steps``-th, on as many made-up rows as rows."""
    n, size = len(rows), rows.size
    share = ONE / np.float32(n)
    units = n * discriminator[0][:-2].sum()
    making = new_pass(n, generator, factors[: -3 * units])
    give(codes, making[0], making[1])
    made = forward(n, n, generator, making)

    run = new_pass(2 * n, discriminator, factors[-3 * units : -units])
    give(rows, run[0], run[1])
    give(made, run[0][units:], run[1][size:])
    answers = forward(2 * n, n, discriminator, run)
    for i in range(2 * n):
        answers[i, 0] = share * _cross_entropy_gradient(answers[i, 0], REAL if i < n else ZERO)
    backward(answers, n, discriminator, run)
    _learn(discriminator[1], discriminator[2], discriminator_moments, rate, steps)

    run = new_pass(n, discriminator, factors[-units:])
    give(made, run[0], run[1])
    answers = forward(n, n, discriminator, run)
    for i in range(n):
        answers[i, 0] = share * _cross_entropy_gradient(answers[i, 0], ONE)
    judge = discriminator[0], discriminator[1], discriminator[2][:0]  # which does not learn from this
    above = backward(answers, n, judge, run)
    backward(before(above, discriminator, run), n, generator, making)
    _learn(generator[1], generator[2], generator_moments, rate, steps)


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def _search(
    row: Values, factors: Values, code: Values, of_code: Values, generator: Network, discriminator: Network,
    values: Values, gradients: Values, moments: Values, rate: float, steps: int,
) -> float:  # fmt: skip
    """Search a row's code, in as many steps as there are ``factors``, and return the distance that is left.

    It goes on from where the last search ended, after ``steps`` in all.
    """
    a, b = generator[0][:-2].sum(), discriminator[0][:-2].sum()
    made, back = np.empty_like(row), np.empty_like(row)
    answer, wanted, gradient = np.empty(1, np.float32), np.empty(1, np.float32), np.empty(1, np.float32)
    share, distance = ONE / np.float32(len(row)), 0.0
    for i in range(len(factors)):
        making = new_pass(1, generator, factors[i, :a])
        judging = new_pass(1, discriminator, factors[i, a + b :])
        forward_row(code, generator, making, made)
        forward_row(row, discriminator, judging, wanted)
        judging = factors[i, a : a + b], judging[1], judging[2]
        forward_row(made, discriminator, judging, answer)
        y = _sigmoid(answer[0])
        rest = y - _sigmoid(wanted[0])
        # Only the answer on what is made is learnt from.
        gradient[0] = _sign(rest) * y * (ONE - y)
        backward_row(gradient, discriminator, judging, back)
        distance = float(abs(rest))
        for j in range(len(row)):
            rest = made[j] - row[j]
            distance += float(abs(rest) * share)
            back[j] += _sign(rest) * share
        backward_row(back, generator, making, of_code)
        _learn(values, gradients, moments, rate, steps + i + 1)
    return distance


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def _learn(values: Values, gradients: Values, moments: Values, rate: float, steps: int) -> None:
    root = (1 - 0.999**steps) ** 0.5
    adam_step(values, gradients, moments[0], moments[1], rate / (1 - 0.9**steps), root, 0.0)


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def _sign(x: np.float32) -> np.float32:
    return ONE if x > ZERO else -ONE if x < ZERO else x


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def _sigmoid(x: np.float32) -> np.float32:
    return ONE / (ONE + np.exp(-x))


@njit(cache=True, error_model="numpy", fastmath=REORDERED)
def _cross_entropy_gradient(x: np.float32, aim: np.float32) -> np.float32:
    """Of the binary cross-entropy of a sigmoid, by what it is of; limited as in torch near 0 and 1."""
    answer = _sigmoid(x)
    slope = answer * (ONE - answer)
    return (answer - aim) / max(slope, np.float32(1e-12)) * slope
