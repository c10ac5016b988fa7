"""PyOD's ALAD (Zenati et al., 2018) trained without a graph of operations.

The random numbers are those that the library draws, in its order, so that what is learnt is the same up to
rounding. Losses are not recorded.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from bench import Floats

from ._dropout import Dropout
from ._learning import Adam, Learnt
from ._slices import Values, cut

NOISE = 0.1  # on the rows


class Network:
    """Linear layers with dropout and then tanh between them."""

    def __init__(self, learnt: Learnt, network: torch.nn.Module) -> None:
        layers = [layer for layer in network.modules() if isinstance(layer, torch.nn.Linear)]
        self.weights, self.weight_gradients = zip(*(learnt[layer.weight] for layer in layers), strict=True)
        self.biases, self.bias_gradients = zip(*(learnt[layer.bias] for layer in layers), strict=True)
        self.sizes = [len(bias) for bias in self.biases[:-1]]

    def forward(self, x: Values, masks: Sequence[Values]) -> Values:
        """Rows (n, in) to what the last layer makes of them; ``masks`` are dropout's factors, by layer."""
        self.masks = masks
        self.inputs = [x]
        for mask, weight, bias in zip(masks, self.weights, self.biases, strict=False):
            x = x @ weight.T
            x += bias
            x *= mask
            np.tanh(x, out=x)
            self.inputs.append(x)
        x = x @ self.weights[-1].T
        x += self.biases[-1]
        return x

    def backward(self, gradient: Values, learns: bool = True, through: bool = True) -> Values:
        """From the gradient of what `forward` last returned to that of its input, if it goes ``through``.

        Sets the gradients of weights and biases if it ``learns``.
        """
        for i in range(len(self.weights) - 1, -1, -1):
            if learns:
                np.matmul(gradient.T, self.inputs[i], out=self.weight_gradients[i])
                gradient.sum(axis=0, out=self.bias_gradients[i])
            if i or through:
                gradient = gradient @ self.weights[i]
            if i:
                slope = self.inputs[i] * self.inputs[i]
                np.subtract(1, slope, out=slope)
                slope *= self.masks[i - 1]
                gradient *= slope
        return gradient


class Group:
    """Networks whose weights learn by one optimizer, as slices of one vector."""

    def __init__(self, networks: Sequence[torch.nn.Module], rate: float) -> None:
        learnt = Learnt(p for network in networks for p in network.parameters())
        self.networks = [Network(learnt, network) for network in networks]
        self.step = Adam(learnt, rate, 0).step


class Masks:
    """Dropout's factors of several parts of a batch, one below the other, drawn part by part."""

    def __init__(self, sizes: Sequence[int], rows: int, parts: int, rate: float) -> None:
        self.shapes = [(rows, size) for size in sizes]
        self.parts = [Dropout([rows * size for size in sizes], 1 - rate) for _ in range(parts)]

    def draw(self) -> list[Values]:
        """By layer."""
        drawn = [cut(part.draw(), self.shapes) for part in self.parts]
        return [np.concatenate(parts) for parts in zip(*drawn, strict=True)]


class Game:
    """An encoder and a decoder, and discriminators of pairs of rows and codes, that learn from each other.

    Parameters
    ----------
    model : object
        The library's, whose networks follow.
    rows : int
        Of a batch.
    """

    def __init__(self, model: Any, rows: int) -> None:
        judges = [model.disc_xz, model.disc_xx] + [model.disc_zz] * model.add_disc_zz_loss
        self.makers = Group([model.dec, model.enc], model.learning_rate_gen)
        self.judges = Group(judges, model.learning_rate_disc)
        self.masks = [
            Masks(network.sizes, rows, parts, model.dropout_rate)
            for group, parts in ((self.makers, 1), (self.judges, 2))
            for network in group.networks
        ]

    def play(self, x: Values, z: Values) -> None:
        """A step of the discriminators, and one of the encoder and the decoder; x: (n, d), z: (n, code)."""
        n = len(x)
        pairs, masks = self.pairs(x, z)
        truth = np.repeat(np.array([[1], [0]], np.float32), n, axis=0)
        for judge, (true, made), mask in zip(self.judges.networks, pairs, masks, strict=True):
            answers = judge.forward(np.concatenate([true, made]), mask)
            judge.backward(cross_entropy_gradient(answers, truth) / np.float32(n), through=False)
        self.judges.step()
        pairs, masks = self.pairs(x, z)
        of_x, of_z = np.zeros_like(x), np.zeros_like(z)
        for i, (judge, (true, made), mask) in enumerate(zip(self.judges.networks, pairs, masks, strict=True)):
            # Rows and codes that nothing was made for teach nothing to what makes them.
            first = 0 if i == 0 else n
            answers = judge.forward(np.concatenate([true, made])[first:], [each[first:] for each in mask])
            gradient = cross_entropy_gradient(answers, 1 - truth[first:]) / np.float32(n)
            back = judge.backward(gradient, learns=False)
            if i == 0:
                of_z += back[:n, x.shape[1] :]
                of_x += back[n:, : x.shape[1]]
            elif i == 1:
                of_x += back[:, x.shape[1] :]
            else:
                of_z += back[:, z.shape[1] :]
        for maker, gradient in zip(self.makers.networks, (of_x, of_z), strict=True):
            maker.backward(gradient, through=False)
        self.makers.step()

    def pairs(self, x: Values, z: Values) -> tuple[list[tuple[Values, Values]], list[list[Values]]]:
        """What each discriminator is to tell apart, true and made, with dropout drawn anew for all."""
        of_decoder, of_encoder, *of_judges = [masks.draw() for masks in self.masks]
        decoder, encoder = self.makers.networks
        made, code = decoder.forward(z, of_decoder), encoder.forward(x, of_encoder)
        pairs = [((x, code), (made, z)), ((x, x), (x, made)), ((z, z), (z, code))]
        joined = [(np.hstack(true), np.hstack(false)) for true, false in pairs[: len(of_judges)]]
        return joined, of_judges


def train(model: Any, X: Floats) -> None:
    """Let the networks of ``model`` learn from batches of rows with noise."""
    order = np.arange(len(X))
    size = min(model.batch_size, len(X))
    game = Game(model, size)
    for _ in range(model.epochs):
        np.random.shuffle(order)
        x = X[order[:size]].astype(np.float32)
        z = np.random.normal(0, 1, (size, model.latent_dim)).astype(np.float32)
        x += np.random.normal(0, NOISE, size=x.shape)
        game.play(x, z)


def cross_entropy_gradient(x: Values, aims: Values) -> Values:
    """Of the binary cross-entropy of sigmoids, by what they are of; limited as in torch near 0 and 1."""
    answers = torch.from_numpy(x).sigmoid_().numpy()
    slope = answers * (1 - answers)
    found: Values = (answers - aims) / np.maximum(slope, np.float32(1e-12)) * slope
    return found
