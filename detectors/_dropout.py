"""Dropout's factors as torch draws them, many at a time.

Torch's generator on the CPU (Mersenne Twister; Matsumoto and Nishimura, 1998) goes on number by number. Here
the same numbers are made by vector instructions.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import ceil

import numpy as np
import torch
from numba import njit
from numpy.typing import NDArray

Values = NDArray[np.float32]
Words = NDArray[np.uint32]
Numbers = NDArray[np.uint64]

WORDS, AHEAD = 624, 397  # of the generator's state
BITS = 53  # of a uniform number in double precision, which torch makes of two words
# Where in a copy of torch's state, in units of eight bytes, are: how many words there are until new ones are
# made, and one; which is the next; and the words themselves.
LEFT, NEXT, FIRST = 1, 2, 3
LOW = np.uint64(0xFFFFFFFF)
AT_ONCE = 1024  # factors


class Dropout:
    """Dropout's factors of several tensors, one after the other in one vector: 1 / keep or 0.

    Parameters
    ----------
    sizes : sequence of int
        Of the tensors, in the order in which torch draws for them.
    keep : float
        The probability of being kept, above 0; of 1 nothing is drawn.
    """

    def __init__(self, sizes: Sequence[int], keep: float) -> None:
        self.keep = keep
        self.factors = np.empty(sum(sizes), np.float32)
        self.tensors = torch.from_numpy(self.factors).split(list(sizes))

    def draw(self) -> Values:
        """The next factors, in place of the last."""
        if self.keep == 1:
            self.factors.fill(1)
        elif dropout_is_known():
            draw_dropout(self.factors, self.keep)
        else:
            for tensor in self.tensors:
                tensor.bernoulli_(self.keep)
            self.factors /= self.keep
        return self.factors


def draw_dropout(factors: Values, keep: float) -> None:
    """Fill a vector with 1 / keep with probability ``keep``, else 0, as several calls of `bernoulli_` would.

    ``keep`` is above 0 and below 1.
    """
    state = torch.get_rng_state()
    _draw(state.numpy().view(np.uint64), ceil(keep * 2**BITS), 1 / keep, factors)
    torch.set_rng_state(state)


@cache
def dropout_is_known() -> bool:
    """Whether torch's generator, and what dropout makes of it, are as is thought here."""
    before = torch.get_rng_state()
    try:
        if len(before) != 8 * (FIRST + WORDS + 5):
            return False
        torch.manual_seed(0)
        wanted = [torch.empty(size).bernoulli_(0.7) for size in (1, 700, 33)]
        wanted.append(torch.rand(9))
        torch.manual_seed(0)
        found = np.empty(734, np.float32)
        draw_dropout(found, 0.7)
        same = (torch.cat(wanted[:-1]).numpy() > 0) == (found > 0)
        return bool(same.all()) and torch.equal(torch.rand(9), wanted[-1])
    finally:
        torch.set_rng_state(before)


@njit(cache=True)
def _draw(state: Numbers, limit: int, factor: float, out: Values) -> None:
    words = np.empty(WORDS, np.uint32)
    for i in range(WORDS):
        words[i] = np.uint32(state[FIRST + i])
    used = WORDS + 1 - int(state[LEFT] & LOW)
    raw = np.empty(2 * AT_ONCE, np.uint32)
    pairs = raw.view(np.uint64)
    zero, kept = np.float32(0), np.float32(factor)
    low, high, top = np.uint64((1 << (BITS - 32)) - 1), np.uint64(32), np.uint64(limit)
    for start in range(0, len(out), AT_ONCE):
        part = out[start : start + AT_ONCE]
        used = _words(words, used, raw[: 2 * len(part)])
        for i in range(len(part)):
            # The first word is the higher; of the two together the lowest bits count.
            number = ((pairs[i] & low) << high) | (pairs[i] >> high)
            part[i] = kept if number < top else zero
    for i in range(WORDS):
        state[FIRST + i] = words[i]
    state[LEFT] = (state[LEFT] & ~LOW) | np.uint64(WORDS + 1 - used)
    state[NEXT] = np.uint64(used)


@njit(cache=True)
def _words(words: Words, used: int, out: Words) -> int:
    """Fill ``out`` with the next of the generator's words; returns how many of the state's are used then."""
    filled = 0
    while filled < len(out):
        if used == WORDS:
            _twist(words)
            used = 0
        n = min(WORDS - used, len(out) - filled)
        given, made = words[used : used + n], out[filled : filled + n]
        for i in range(n):
            word = given[i]
            word ^= word >> np.uint32(11)
            word ^= (word << np.uint32(7)) & np.uint32(0x9D2C5680)
            word ^= (word << np.uint32(15)) & np.uint32(0xEFC60000)
            word ^= word >> np.uint32(18)
            made[i] = word
        used += n
        filled += n
    return used


@njit(cache=True)
def _twist(words: Words) -> None:
    for i in range(WORDS - AHEAD):
        words[i] = words[i + AHEAD] ^ _mixed(words[i], words[i + 1])
    for i in range(WORDS - AHEAD, WORDS - 1):
        words[i] = words[i + AHEAD - WORDS] ^ _mixed(words[i], words[i + 1])
    words[-1] = words[AHEAD - 1] ^ _mixed(words[-1], words[0])


@njit(cache=True)
def _mixed(word: np.uint32, following: np.uint32) -> np.uint32:
    top = (word & np.uint32(0x80000000)) | (following & np.uint32(0x7FFFFFFF))
    return (top >> np.uint32(1)) ^ ((following & np.uint32(1)) * np.uint32(0x9908B0DF))
