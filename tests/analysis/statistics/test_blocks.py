from __future__ import annotations

import pytest
from made_up_results import on, suite_results

from bench.analysis.statistics.blocks import all_blocks


def test_related_datasets_and_variants_are_one_block():
    names = ["adbench:6_cardio", "adbench:7_Cardiotocography", "bumps", "bumps:noise=0.1", "wine", "glass",
             "adbench:47_yeast"]  # fmt: skip
    [blocks] = all_blocks(suite_results(on(names)), "unsupervised")
    assert (blocks.unit, len(blocks.values)) == ("dataset", 5)
    assert blocks.values.loc["cardiotocography", "C4.5"] == pytest.approx((0.763 + 0.599) / 2)
    assert blocks.values.loc["bumps", "C4.5"] == pytest.approx((0.954 + 0.628) / 2)
