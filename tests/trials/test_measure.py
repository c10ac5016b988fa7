from __future__ import annotations

import sys

import numpy as np
import pytest

from bench.trials.environment import Environment, describe, identify, library_versions
from bench.trials.measure import PeakMemory, timed


def test_peak_memory_is_the_highest_point_and_not_what_is_left():
    with PeakMemory() as first:
        big = np.ones(40 * 2**20, dtype=np.uint8)
        del big
    if first.bytes is None:
        pytest.skip("this system does not let a process reset its peak memory")
    with PeakMemory() as second:
        pass
    assert first.bytes >= 38 * 2**20
    assert second.bytes < 8 * 2**20


def test_what_earlier_work_freed_does_not_hide_what_a_block_takes():
    # Blocks of this size come from glibc's heap once some were freed, and are not given back while something
    # lies above them.
    for _ in range(3):
        np.ones(31 * 2**20, dtype=np.uint8)
    earlier = [np.ones(31 * 2**20, dtype=np.uint8) for _ in range(4)]
    above = np.ones(100_000, dtype=np.uint8)
    del earlier
    with PeakMemory() as memory:
        np.ones(40 * 2**20, dtype=np.uint8)
    if memory.bytes is None:
        pytest.skip("this system does not let a process reset its peak memory")
    assert memory.bytes >= 38 * 2**20
    assert len(above) == 100_000


def test_the_device_is_the_cpu_unless_a_gpu_was_used():
    with PeakMemory() as memory:
        np.ones(10)
    assert (memory.device, memory.device_bytes) == ("cpu", None)


def test_a_block_that_raises_is_not_timed_as_if_it_had_ended():
    with pytest.raises(ValueError, match="stop"), timed() as cost:
        raise ValueError("stop")
    assert cost.seconds == 0.0


def test_versions_are_those_of_the_loaded_libraries():
    import sklearn

    assert library_versions(["sklearn", "numpy", "no_such_library"]) == {
        "numpy": np.__version__,
        "sklearn": sklearn.__version__,
    }


def test_an_environment_names_no_person_and_no_host():
    import getpass
    import platform

    described = describe("1.2", 1)
    assert described.python == ".".join(map(str, sys.version_info[:3]))
    for private in (platform.node(), f"/home/{getpass.getuser()}"):
        assert private not in str(described)


def test_equal_environments_have_the_same_short_name():
    assert identify(Environment(cores=1)) == identify(Environment(cores=1)) != identify(Environment(cores=2))
