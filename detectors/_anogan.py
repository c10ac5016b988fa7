"""PyOD's AnoGAN (Schlegl et al., 2017) trained without a graph of operations.

The random numbers are those that the library draws, in its order, so that what is learnt is the same up to
rounding.
"""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import torch

from bench import Floats

from ._quick_training import drawn_number, shuffled
from ._small_perceptrons import Adam, Masks, Perceptron, Values, share, sigmoid

REAL = np.float32(0.9)  # what the discriminator is to answer on rows


class Game:
    """A generator and a discriminator, the library's, that learn from each other.

    Their weights, and those of the layer that searches for codes, are slices of one vector.
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        networks = [model.generator, model.discriminator]
        sizes = [sum(p.numel() for p in network.parameters()) for network in networks]
        code = model.latent_dim_G
        self.parameters = np.zeros(sum(sizes) + code * (code + 1), np.float32)
        self.gradients = np.zeros_like(self.parameters)
        ends = [0, *accumulate(sizes)]
        self.slices = [slice(*each) for each in pairwise(ends)]
        self.search = slice(ends[-1], None)
        self.generator, self.discriminator = (
            Perceptron(network, self.parameters[each], self.gradients[each])
            for network, each in zip(networks, self.slices, strict=True)
        )

    def train(self, X: Values) -> None:
        """Learn from batches of rows, ``epochs`` times through all."""
        rate = self.model.dropout_rate
        steps = [Adam(self.parameters[s], self.gradients[s], self.model.learning_rate) for s in self.slices]
        masks = {
            size: [Masks(self.generator.sizes, size, 1, rate)]
            + [Masks(self.discriminator.sizes, size, parts, rate) for parts in (2, 1)]
            for size in {min(self.model.batch_size, len(X)), len(X) % self.model.batch_size}
        }
        for _ in range(self.model.epochs):
            drawn_number()
            for batch in shuffled(len(X)).split(self.model.batch_size):
                self.play(X[batch.numpy()], masks[len(batch)], *steps)

    def play(self, rows: Values, masks: list[Masks], generate: Adam, discriminate: Adam) -> None:
        """One step of each network, on as many made-up rows as rows."""
        of_generator, of_both, of_made = masks
        codes = torch.rand(len(rows), self.model.latent_dim_G).numpy()
        made = self.generator.forward(codes, of_generator.draw())
        answers = self.discriminator.forward(np.concatenate([rows, made]), of_both.draw())
        aims = np.zeros_like(answers)
        aims[: len(rows)] = REAL
        self.discriminator.backward(cross_entropy_gradient(answers, aims) / np.float32(len(rows)))
        discriminate.step()
        answers = self.discriminator.forward(made, of_made.draw())
        gradient = cross_entropy_gradient(answers, np.ones_like(answers)) / np.float32(len(rows))
        self.generator.backward(self.discriminator.backward(gradient, learns=False))
        generate.step()

    def query(self, X: Values, layer: torch.nn.Linear) -> Floats:
        """How far each row is from what is made of a code searched for it; the bias of ``layer`` is the code.

        As in the library the search goes on from one row to the next, and moves all weights.
        """
        code = share([layer.weight, layer.bias], self.parameters[self.search])[1]
        gradient_of_code = self.gradients[self.search][-len(code) :]
        step = Adam(self.parameters, self.gradients, self.model.learning_rate_query).step
        rate = self.model.dropout_rate
        of_generator = Masks(self.generator.sizes, 1, 1, rate)
        of_both = Masks(self.discriminator.sizes, 1, 2, rate)
        share_of_column = np.float32(1 / X.shape[1])
        gradient = np.zeros((2, 1), np.float32)
        distances = np.empty(len(X))
        for i, row in enumerate(X):
            for _ in range(self.model.epochs_query):
                made = self.generator.forward(code[None], of_generator.draw())
                answers = sigmoid(
                    self.discriminator.forward(np.concatenate([made, row[None]]), of_both.draw())
                )
                rest = made - row
                answer, wanted = answers[0, 0], answers[1, 0]
                # Only the answer on what is made is learnt from.
                gradient[0] = np.sign(answer - wanted) * answer * (1 - answer)
                back = self.discriminator.backward(gradient)[:1]
                back += np.sign(rest) * share_of_column
                gradient_of_code[:] = self.generator.backward(back)[0]
                step()
            distances[i] = np.abs(rest).mean() + abs(answer - wanted)
        return distances


def cross_entropy_gradient(x: Values, aims: Values) -> Values:
    """Of the binary cross-entropy of sigmoids, by what they are of; limited as in torch near 0 and 1."""
    answers = sigmoid(x)
    slope = answers * (1 - answers)
    found: Values = (answers - aims) / np.maximum(slope, np.float32(1e-12)) * slope
    return found
