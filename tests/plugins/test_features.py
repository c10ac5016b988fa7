"""Functions that are registered as features, and declarations that are refused."""

from __future__ import annotations

import pytest

from bench.plugins.registry import load_registry

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
def test_a_wrong_declaration_is_refused_when_loading(write_plugin, old, new, why):
    registry = load_registry([write_plugin("mine", MINE.replace(old, new))], installed=False)
    assert why in registry.broken[-1].why
    assert "needy" not in registry.features
