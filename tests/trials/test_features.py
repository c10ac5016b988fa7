"""A function is registered as features, and what becomes of one that breaks its contract."""

from __future__ import annotations

import pytest

from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.plugins.registry import load_registry
from bench.trials.runner import TrialRunner

MINE = '''
    from bench import detector, features

    @features(modalities=("image",))
    def sides(X, shape):
        """Mean of each column of pixels."""
        return X.reshape(len(X), *shape).mean(axis=1)

    @features(requires=("no_such_thing",))
    def needy(X, shape):
        """Of a package that is not there."""

    @detector
    class First:
        """The first column, to a power."""
        def __init__(self, power: float = 1): ...
        def fit(self, train): ...
        def score(self, X): return X[:, 0]
'''


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


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("power: float", "features: float", "the parameter 'features' is the harness's; choose another name"),
        (
            "def sides(X, shape)",
            "def sides(X, shape, k=2)",
            "'sides': a function of X and shape, and of nothing else",
        ),
        (
            '"image"',
            '"picture"',
            "features 'sides': unknown modality 'picture'; did you mean 'curve'?",
        ),
    ],
)
def test_a_declaration_that_cannot_be_is_refused_when_loading(write_plugin, old, new, why):
    registry = load_registry([write_plugin("mine", MINE.replace(old, new))], installed=False)
    assert why in registry.broken[-1].why
    assert "needy" not in registry.features


def test_unknown_features_are_one_clear_sentence(cli):
    process = cli("run", "--suite", "quick", "--detectors", "knn:features=hgo")
    assert process.returncode == 2
    assert process.stderr.splitlines()[-1] == "error: unknown features 'hgo'; did you mean 'hog'?"


def test_features_are_listed_with_what_they_need(cli, write_plugin):
    write_plugin("mine", MINE)
    process = cli("list", "features", "--plugins", "plugins")
    lines = {line.split()[0]: " ".join(line.split()) for line in process.stdout.splitlines() if line.split()}
    assert lines["sides"] == "sides image yes Mean of each column of pixels."
    assert "pip install no_such_thing" in lines["needy"]
    assert "hog" in cli("list").stdout
