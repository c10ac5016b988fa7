"""What the training loops of PyOD's networks spend most of their time on besides arithmetic, done quicker.

Its data loaders fetch and stack single rows anew in each epoch, and its optimizers update one tensor at a
time in a dozen steps. Both are replaced while the library's own loop runs; the random numbers are the same,
and what is learnt, up to rounding.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import partial
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
        order = shuffled(self.rows) if self.shuffle else torch.arange(self.rows)
        for batch in order[: self.used].split(self.batch_size):
            if isinstance(self.whole, torch.Tensor):
                yield self.whole[batch]
            else:
                yield [part[batch] for part in self.whole]


def drawn_number() -> int:
    import torch

    return int(torch.empty((), dtype=torch.int64).random_())


def shuffled(rows: int) -> torch.Tensor:
    """The order that `torch.utils.data.RandomSampler` gives from the same state of the generator."""
    import torch

    return torch.randperm(rows, generator=torch.Generator().manual_seed(drawn_number()))


@contextlib.contextmanager
def quick_training() -> Iterator[None]:
    """Let loops that look these up in torch find the quick ones."""
    from torch import optim
    from torch.utils import data

    with (
        patch.object(data, "DataLoader", Batches),
        patch.object(optim, "Adam", partial(optim.Adam, fused=True)),
        patch.object(optim, "SGD", partial(optim.SGD, fused=True)),
    ):
        yield
