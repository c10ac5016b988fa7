"""A sample of the fault campaigns, all of which `make faults` runs."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

# How many cases of each, by module and function.
SAMPLE = {
    ("kills", "driver_kills"): 2,
    ("kills", "worker_kills"): 2,
    ("inputs", "suites"): 3,
    ("inputs", "label_files"): 3,
    ("inputs", "stores"): 4,
    ("detectors", "detectors"): 5,
    ("disk", "full_disk"): 1,
}


@pytest.mark.parametrize(("module", "name"), SAMPLE)
def test_nothing_is_lost_or_left(module, name, monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    campaign = getattr(importlib.import_module(f"faults.{module}"), name)(SAMPLE[module, name])
    if campaign.skipped and not campaign.cases:
        pytest.skip(campaign.skipped)
    assert campaign.cases
    assert not campaign.failed, "\n".join(campaign.notes)
