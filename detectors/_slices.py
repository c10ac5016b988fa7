"""A network's parameters as slices of one vector."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import prod

import numpy as np
import torch
from numpy.typing import NDArray

Values = NDArray[np.float32]


def cut(values: Values, shapes: Sequence[tuple[int, ...]]) -> list[Values]:
    """A vector as arrays of the given shapes, one after the other; they share its memory."""
    ends = [0, *accumulate(prod(shape) for shape in shapes)]
    return [values[a:b].reshape(shape) for (a, b), shape in zip(pairwise(ends), shapes, strict=True)]


def share(parameters: Sequence[torch.Tensor], values: Values) -> list[Values]:
    """Move a network's parameters into a vector, whose changes they then follow; returns them as arrays."""
    views = cut(values, [tuple(parameter.shape) for parameter in parameters])
    for parameter, view in zip(parameters, views, strict=True):
        view[...] = parameter.detach().numpy()
        parameter.data = torch.from_numpy(view)
    return views
