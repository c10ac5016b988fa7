"""Random inputs: so many in the tests, and many more where BENCH_FUZZ says by how much (`make fuzz`)."""

from __future__ import annotations

import os
import warnings
from contextlib import contextmanager

from hypothesis import HealthCheck, settings

from bench.errors import BenchError

TIMES = int(os.environ.get("BENCH_FUZZ", "1"))


def fuzzed(examples):
    """Settings of a test that gets so many random inputs: always the same ones, but for `make fuzz`."""
    return settings(
        max_examples=examples * TIMES,
        derandomize=TIMES == 1,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )


@contextmanager
def works_or_one_sentence():
    """What is inside works or raises BenchError with one line; any other exception is a fault."""
    said = "one line"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except BenchError as error:
        said = str(error)
    assert said.strip()
    assert len(said.splitlines()) == 1, said
