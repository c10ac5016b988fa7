from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from timing_cells import cells_of, fake

from bench.timing import tables
from bench.timing.growth import speed_ups
from bench.trials.environment import describe


def test_the_gpu_is_compared_with_the_cpu_where_it_was_used(with_try_out):
    here, there = cells_of(with_try_out, "says_where", devices=("cpu", "cuda"))
    scores = np.array([0.1, 0.2, 0.3, 0.4])
    cpu = fake(here, fit=6.0, score=10.0, scores=scores, ran_on="cpu")
    gpu = fake(there, fit=2.0, score=2.0, scores=scores[[0, 2, 1, 3]], ran_on="Some GPU")
    [found] = speed_ups([cpu, gpu])
    assert (found.fit, found.score, found.agreement) == pytest.approx((3.0, 5.0, 0.8))
    text = tables.markdown([cpu, gpu], describe("0", 1))
    assert "0.8000" in text
    assert tables.CPU_ONLY not in text
    assert tables.CPU_ONLY in tables.markdown([cpu], describe("0", 1))
    fell_back = dataclasses.replace(gpu, ran_on="cpu")
    assert speed_ups([cpu, fell_back]) == []
    assert "cuda (ran on cpu)" in tables.markdown([cpu, fell_back], describe("0", 1))
