"""What the training loops of PyOD's networks spend most of their time on besides arithmetic, done quicker.

Its data loaders fetch and stack single rows anew in each epoch, and its optimizers update one tensor at a
time in a dozen steps. Both are replaced while the library's own loop runs; the random numbers are the same,
and what is learnt, up to rounding.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

if TYPE_CHECKING:
    import torch


class Batches:
    """Stands for `torch.utils.data.DataLoader`: the same batches, cut from whole tensors."""

    def __init__(
        self, dataset: Any, batch_size: int, shuffle: bool = False, drop_last: bool = False, **_: Any
    ) -> None:
        from torch.utils.data import default_collate

        self.rows, self.batch_size, self.shuffle = len(dataset), batch_size, shuffle
        self.used = self.rows // batch_size * batch_size if drop_last else self.rows
        self.whole = default_collate([dataset[i] for i in range(self.rows)])

    def __iter__(self) -> Iterator[Any]:
        import torch

        drawn_number()  # which the library draws for processes that it does not start
        whole = [self.whole] if isinstance(self.whole, torch.Tensor) else self.whole
        if self.shuffle:
            order = shuffled(self.rows)
            whole = [part[order] for part in whole]
        batches = zip(*(part[: self.used].split(self.batch_size) for part in whole), strict=True)
        return (batch[0] for batch in batches) if isinstance(self.whole, torch.Tensor) else map(list, batches)


def drawn_number() -> int:
    import torch

    return int(torch.empty((), dtype=torch.int64).random_())


def shuffled(rows: int) -> torch.Tensor:
    """The order that `torch.utils.data.RandomSampler` gives from the same state of the generator."""
    import torch

    return torch.randperm(rows, generator=torch.Generator().manual_seed(drawn_number()))


class Adam:
    """Stands for `torch.optim.Adam`: one step for all tensors."""

    def __init__(
        self, parameters: Iterable[torch.Tensor], lr: float = 1e-3, weight_decay: float = 0, eps: float = 1e-8
    ) -> None:
        import torch

        self.parameters = list(parameters)
        self.means, self.squares = ([torch.zeros_like(p) for p in self.parameters] for _ in range(2))
        self.steps = [torch.zeros((), dtype=torch.float32) for _ in self.parameters]
        self.options: Any = {"lr": lr, "weight_decay": weight_decay, "eps": eps}

    def zero_grad(self) -> None:
        for parameter in self.parameters:
            parameter.grad = None

    def step(self) -> None:
        import torch
        from torch.optim.adam import adam

        state = zip(self.parameters, self.means, self.squares, self.steps, strict=True)
        learning = [(p, p.grad, *rest) for p, *rest in state if p.grad is not None]
        parameters, gradients, means, squares, steps = map(list, zip(*learning, strict=True))
        with torch.no_grad():
            adam(
                parameters,
                gradients,
                means,
                squares,
                [],
                steps,
                fused=True,
                amsgrad=False,
                beta1=0.9,
                beta2=0.999,
                maximize=False,
                **self.options,
            )


@contextlib.contextmanager
def quick_training(name: str) -> Iterator[None]:
    """Let the loops of a module of the library find the quick ones, in it and in torch.

    Parameters
    ----------
    name : str
        Of the module, that of the detector's class.
    """
    from torch import optim
    from torch.utils import data

    module = sys.modules[name]
    with contextlib.ExitStack() as stack:
        stack.enter_context(patch.object(data, "DataLoader", Batches))
        stack.enter_context(patch.object(optim, "Adam", Adam))
        if hasattr(module, "DataLoader"):
            stack.enter_context(patch.object(module, "DataLoader", Batches))
        if hasattr(module, "optimizer_dict"):
            stack.enter_context(patch.dict(module.optimizer_dict, adam=Adam))
        yield
