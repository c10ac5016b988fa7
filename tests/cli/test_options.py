from __future__ import annotations

import pytest

from bench.api._parsing import parse_duration, parse_memory, parse_seeds
from bench.engine.machine import fair_memory
from bench.errors import BenchError


@pytest.mark.parametrize(
    ("text", "seeds"),
    [("1", (0,)), ("3", (0, 1, 2)), ("0,3", (0, 3)), ("10-12", (10, 11, 12)), ("5,1-3,2", (5, 1, 2, 3))],
)
def test_seeds_are_a_number_a_list_or_a_range(text, seeds):
    assert parse_seeds(text) == seeds


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("10m", 600), ("2h", 7200), ("1.5", 1.5)])
def test_a_length_of_time_has_a_unit(text, seconds):
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(("text", "size"), [("500M", 500 * 2**20), ("4G", 4 * 2**30), ("1.5gib", 3 * 2**29)])
def test_an_amount_of_memory_has_a_unit(text, size):
    assert parse_memory(text) == size


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (parse_seeds, "0"),
        (parse_seeds, "a"),
        (parse_seeds, "5-3"),
        (parse_duration, "ten"),
        (parse_memory, "4"),
    ],
)
def test_what_cannot_be_read_is_said_with_the_mend(parse, text):
    with pytest.raises(BenchError, match="write '"):
        parse(text)


def test_more_workers_than_the_memory_is_for_are_refused():
    with pytest.raises(
        BenchError, match=r"--jobs 1000000 leaves each worker 0 MiB .*; use at most (\d+)$"
    ) as found:
        fair_memory(10**6)
    most = int(str(found.value).split()[-1])
    assert fair_memory(most) >= 128 * 2**20
    with pytest.raises(BenchError):
        fair_memory(most + most // 10 + 1)
