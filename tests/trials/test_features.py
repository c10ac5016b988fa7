"""Features that a trial extracts, and extractors that break their contract."""

from __future__ import annotations

import pytest

from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.plugins.registry import load_registry
from bench.trials.runner import TrialRunner


@pytest.mark.parametrize(
    ("returned", "why"),
    [
        ("X[:, 0]", "it returned shape (569,) for 569 rows; it must be (569, k)"),
        ("X[:-1] if len(X) > 1 else X", "it returned shape (568, 30) for 569 rows"),
        ("X / 0", "NaN or infinite values for 569 of 569 rows"),
        ("X.no_such_method()", "AttributeError: 'numpy.ndarray' object has no attribute"),
    ],
)
def test_an_extractor_that_breaks_its_contract_fails_the_trial(write_plugin, returned, why):
    text = f'''
        from bench import features

        @features()
        def bad(X, shape):
            """Bad."""
            return {returned}
    '''
    registry = load_registry([write_plugin("mine", text)], installed=False)
    chosen = Selection(("knn:features=bad",), ("breast_cancer",))
    [trial] = make_plan(load_suite("quick"), registry, chosen)
    record = TrialRunner(registry).run(trial).record
    assert record.status == "failed"
    assert record.reason.startswith(f"features 'bad': {why}")
