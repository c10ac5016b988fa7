"""Perceptrons one after the other, trained by gradients written out: to record a graph of operations takes
longer than small networks compute.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch.optim.adam import adam

from ._autoencoders import SLOPE
from ._networks import Perceptrons


class Chain:
    """Networks of one model, without biases, that learn by Adam; each is given what the last one makes.

    Parameters
    ----------
    networks : sequence of Perceptrons
        Their weights become parts of one vector.
    rate, decay : float
        Of learning, and of weights.
    """

    def __init__(self, networks: Sequence[Perceptrons], rate: float, decay: float) -> None:
        weights = [weight.detach() for network in networks for weight in network.weights]
        self.values = torch.cat([weight.flatten() for weight in weights])
        self.gradients, self.means, self.squares = (torch.zeros_like(self.values) for _ in range(3))
        self.weights, self.of_weights = (
            [part.view(weight.shape[1:]) for part, weight in zip(parts, weights, strict=True)]
            for parts in (each.split([w.numel() for w in weights]) for each in (self.values, self.gradients))
        )
        left = iter(self.weights)
        for network in networks:
            network.weights = [next(left)[None] for _ in network.weights]
        # There is no LeakyReLU after a network's last layer.
        self.bent = [
            i < len(network.weights) - 1 for network in networks for i in range(len(network.weights))
        ]
        self.steps = torch.zeros((), device=self.values.device)
        self.rate, self.decay = rate, decay

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Rows (n, in) to what the last network makes of them."""
        self.inputs = [x]
        for weight, bent in zip(self.weights, self.bent, strict=True):
            x = torch.mm(x, weight)
            if bent:
                torch.nn.functional.leaky_relu_(x, SLOPE)
            self.inputs.append(x)
        return x

    def step(self, gradient: torch.Tensor) -> None:
        """Learn from the gradient of a loss by what `forward` last returned."""
        for i in range(len(self.weights) - 1, -1, -1):
            if self.bent[i]:
                gradient = torch.ops.aten.leaky_relu_backward(gradient, self.inputs[i + 1], SLOPE, True)
            torch.mm(self.inputs[i].T, gradient, out=self.of_weights[i])
            if i > 0:
                gradient = torch.mm(gradient, self.weights[i].T)
        adam(
            [self.values], [self.gradients], [self.means], [self.squares], [], [self.steps], fused=True,
            amsgrad=False, beta1=0.9, beta2=0.999, lr=self.rate, weight_decay=self.decay, eps=1e-8,
            maximize=False,
        )  # fmt: skip
