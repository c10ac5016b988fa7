"""What counts as a change of the harness, and what libraries do to themselves."""

from __future__ import annotations

import functools
import time
from types import FunctionType

import pytest
import torch

from bench.plugins.integrity import Integrity


def made_in(module):
    """A stand-in for torch.manual_seed that is made in a module, with the original's name."""
    made = FunctionType((lambda seed: None).__code__, {"__name__": module})
    return functools.wraps(torch.manual_seed)(made)


@pytest.mark.parametrize(("module", "changed"), [("torch._compile", []), ("mine", ["torch.manual_seed"])])
def test_a_library_may_replace_what_is_its_own_and_nobody_else_may(monkeypatch, module, changed):
    """torch puts another manual_seed in place once something compiles: the trial is not to blame."""
    monkeypatch.setattr(torch, "manual_seed", torch.manual_seed)
    integrity = Integrity()
    torch.manual_seed = made_in(module)
    assert integrity.changed() == changed
    assert integrity.changed() == []


def test_a_clock_that_is_replaced_is_put_back():
    clock, integrity = time.perf_counter, Integrity()
    time.perf_counter = lambda: 0.0
    assert integrity.changed() == ["time.perf_counter"]
    assert time.perf_counter is clock
