"""Normal rows and anomalies have streams of their own, in every synthetic family that there is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.plugins.registry import load_registry
from bench.spec import Spec
from bench.trials.split_cache import make_split

REGISTRY = load_registry(installed=False)
PARTS = ("train", "calibration", "test")
SIZES = {"normals", "anomalies", "test_normals", "test_anomalies", "calibration"}
FAMILIES = sorted(name for name, plugin in REGISTRY.datasets.items() if "anomalies" in plugin.defaults)
VARIANTS = [
    *FAMILIES,
    "realistic:anomaly=global",
    "realistic:anomaly=dependency",
    "realistic:anomaly=cluster",
    "realistic:table=breast_cancer",
    "blobs:anomaly=between",
    "moons:anomaly=between",
    "rings:anomaly=between",
    "subspace:subset=own",
]

few = st.integers(1, 9)


def rows(variant, seed, label, **sizes):
    """The rows of a class by part, whatever their order."""
    plugin, params = REGISTRY.dataset(Spec.parse(variant))
    split = make_split(plugin, {**params, "calibration": 0.25, **sizes}, seed)
    parts = [part for part in (getattr(split, name) for name in PARTS) if part is not None]
    return [sorted(row.tobytes() for row in part.X[part.y == label]) for part in parts]


@pytest.mark.parametrize("family", FAMILIES)
def test_each_synthetic_family_has_the_parameters_of_all(family):
    assert REGISTRY.datasets[family].defaults.keys() >= SIZES


@pytest.mark.parametrize("variant", VARIANTS)
@settings(max_examples=8)
@given(seed=st.integers(0, 99), anomalies=st.tuples(few, few), test_anomalies=st.tuples(few, few))
def test_the_number_of_anomalies_leaves_the_normal_rows_as_they_are(variant, seed, anomalies, test_anomalies):
    one, other = (
        rows(variant, seed, 0, normals=8, test_normals=5, anomalies=few, test_anomalies=few_tested)
        for few, few_tested in zip(anomalies, test_anomalies, strict=True)
    )
    assert one == other


@pytest.mark.parametrize("variant", VARIANTS)
@settings(max_examples=8)
@given(seed=st.integers(0, 99), normals=st.tuples(few, few), test_normals=st.tuples(few, few))
def test_the_number_of_normal_rows_leaves_the_anomalies_as_they_are(variant, seed, normals, test_normals):
    one, other = (
        rows(variant, seed, 1, anomalies=8, test_anomalies=5, normals=few, test_normals=few_tested)
        for few, few_tested in zip(normals, test_normals, strict=True)
    )
    assert one == other


@pytest.mark.parametrize("family", FAMILIES)
def test_another_seed_is_other_rows(family):
    small = {"normals": 8, "anomalies": 8, "test_normals": 5, "test_anomalies": 5}
    for label in (0, 1):
        assert rows(family, 1, label, **small) == rows(family, 1, label, **small)
        assert rows(family, 1, label, **small) != rows(family, 2, label, **small)
