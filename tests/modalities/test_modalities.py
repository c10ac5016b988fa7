from __future__ import annotations

import subprocess
import sys

import pytest

from bench.modalities import DEFAULT, MODALITIES


def test_tables_come_first_and_are_what_anything_can_be_drawn_as():
    assert list(MODALITIES) == ["table", "curve", "image", "series"]
    assert DEFAULT in MODALITIES
    orders = [each.order for each in MODALITIES.values()]
    assert len(set(orders)) == len(orders)


@pytest.mark.parametrize(("name", "shape", "fits"), [("image", (8, 8), True), ("image", (64,), False)])
def test_rows_of_another_number_of_axes_are_not_drawn_as_the_modality(name, shape, fits):
    assert MODALITIES[name].fits(shape) is fits


def test_listing_modalities_loads_no_numerical_library():
    code = "import sys, bench.modalities; print(*{'numpy', 'matplotlib', 'pandas'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""
