"""Synthetic tables: what their anomalies are, that their optimum is one, and what is refused."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.special import expit, ive, logsumexp
from scipy.stats import ks_2samp
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import roc_auc_score

from bench.errors import BenchError, DataError
from bench.plans.selection import make_plan
from bench.plans.suite import load_suite
from bench.plugins.contract import Train
from bench.spec import Spec
from bench.trials.regimes import apply_regime, view_of
from bench.trials.split_cache import make_split

FAMILIES = [
    "realistic",
    "realistic:anomaly=global",
    "realistic:anomaly=dependency",
    "realistic:anomaly=cluster",
    "blobs",
    "moons",
    "rings",
    "subspace:columns=20",
    "subspace:columns=20,anomaly=shift",
]
VARIANTS = [
    *FAMILIES,
    "realistic:components=1",
    "realistic:anomaly=global,strength=0.5",
    "realistic:anomaly=dependency,strength=0.4",
    "realistic:anomaly=cluster,strength=1.1",
    "blobs:centres=1",
    "blobs:anomaly=between,columns=3",
    "moons:anomaly=between",
    "rings:anomaly=between,rings=1",
    "subspace:columns=20,subset=own",
    "subspace:columns=20,anomaly=shift,subset=own",
]
SUITES = [
    *("local", "global", "dependency", "cluster"),
    *("shapes", "subspace", "relevant"),
    *("contamination", "duplicates", "irrelevant", "label-errors", "labels"),
    *("missing", "tails", "prevalence"),
]
DETECTORS = {
    "unsupervised": ["knn", "lof", "ecod", "pca", "isolation_forest:n_estimators=10"],
    "supervised": ["random_forest:n_estimators=10"],
}
SMALL = {"normals": 120, "anomalies": 30, "test_normals": 100, "test_anomalies": 50, "calibration": 0.0}


@pytest.fixture(scope="module")
def made(registry):
    """The split of a variant for a seed, small unless said otherwise."""

    def make(text, seed=0, **params):
        plugin, given = registry.dataset(Spec.parse(text))
        return make_split(plugin, {**given, **SMALL, **params}, seed)

    return make


@pytest.fixture
def data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("BENCH_DATA_DIR", str(tmp_path))
    return tmp_path


def write_table(folder, X, name="table"):
    """A table of normal rows, and of as many anomalies as it takes to be one."""
    rows = np.concatenate([X, X[:20] + 1])
    np.savez(folder / f"{name}.npz", X=rows, y=np.repeat([0, 1], [len(X), 20]))


def rows_of(split, label):
    return np.concatenate([part.X[part.y == label] for part in (split.train, split.test)])


@pytest.fixture(scope="module")
def area(registry):
    """The area under the curve that a detector reaches on a split."""

    def of(text, split, regime, seed):
        plugin, params = registry.detector(Spec.parse(text))
        view = view_of(split, apply_regime(split, regime, np.random.default_rng(seed)))
        detector = plugin.create(params)
        detector.fit(Train(view.X, seed, y=view.y, declared=plugin.declared))
        return roc_auc_score(view.test.y, detector.score(view.test.X))

    return of


@pytest.mark.parametrize("family", FAMILIES)
def test_no_quick_detector_beats_the_optimum(made, area, family):
    splits = [made(family, seed) for seed in range(20)]
    best = np.mean([roc_auc_score(split.y_test, split.optimum(split.X_test)) for split in splits])
    for regime, detectors in DETECTORS.items():
        for detector in detectors:
            reached = np.mean([area(detector, split, regime, seed) for seed, split in enumerate(splits)])
            assert best > reached, detector


# With as many anomalies as normal rows, expit of the ratio is the probability that a row is anomalous. Its
# mean over normal rows is that of its complement over anomalies, in whatever part of space; and so only for
# the true ratio of the two densities that the rows came from.


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_optimum_gives_the_true_probability_of_an_anomaly(made, variant):
    split = made(variant, 3, test_normals=6000, test_anomalies=6000)
    X, y = split.test
    probability = expit(split.optimum(X))
    surprise = np.where(y == 1, 1 - probability, -probability)
    bins = np.digitize(probability, [0.1, 0.3, 0.5, 0.7, 0.9])
    halves = X[:, :3] > np.median(X[:, :3], axis=0)
    for place in (np.ones(len(X)), *halves.T, *(bins == each for each in np.unique(bins))):
        deviation = np.sqrt(np.sum(place * probability * (1 - probability))) + 1
        assert abs(np.sum(place * surprise)) < 4 * deviation


@pytest.mark.parametrize(
    "variant",
    [
        "realistic:strength=1.2",
        "realistic:anomaly=global,components=1,columns=2,strength=0.2",
        "realistic:anomaly=dependency,columns=2",
        "realistic:anomaly=cluster,strength=1.05",
        "blobs:jitter=0.5,anomaly=between",
        "subspace:columns=20,relevant=5,anomaly=shift,strength=0.5",
        "subspace:columns=20,relevant=5,strength=0.2,subset=own",
    ],
)
def test_the_likelihood_ratio_of_normal_rows_is_one_on_average(made, variant):
    split = made(variant, test_normals=20_000)
    assert np.exp(split.optimum(split.X_test[split.y_test == 0])).mean() == pytest.approx(1, abs=0.05)


def test_the_optimum_is_finite_even_where_no_anomaly_can_be(made):
    split = made("rings")
    assert np.isfinite(split.optimum(np.array([[5.0, 5.0], [0.0, 1.0]]))).all()


def test_the_density_about_rings_is_the_known_one(made):
    split = made("rings:rings=3,jitter=0.04")
    X = np.random.default_rng(0).uniform(-1.4, 1.4, (500, 2))
    radius, variance = np.hypot(*X.T)[:, None], 0.04**2
    ring = np.array([1, 2, 3]) / 3
    bessel = np.log(ive(0, radius * ring / variance)) - (radius - ring) ** 2 / (2 * variance)
    normal = logsumexp(bessel, axis=1) - np.log(3 * 2 * np.pi * variance)
    assert np.allclose(split.optimum(X), -np.log(9) - normal)


@pytest.mark.parametrize(
    ("family", "circles"),
    [("moons", [((0, 0), 1), ((1, 0.5), 1)]), ("rings", [((0, 0), 0.5), ((0, 0), 1)])],
)
def test_rows_lie_about_their_shape_as_far_as_the_jitter_says(made, family, circles):
    X = rows_of(made(family, jitter=0.02, normals=3000), 0)
    each = np.column_stack([np.hypot(*(X - centre).T) - radius for centre, radius in circles])
    nearest = each[np.arange(len(X)), np.abs(each).argmin(axis=1)]
    assert nearest.std() == pytest.approx(0.02, rel=0.05)


def test_the_density_about_moons_adds_up_to_one(made):
    x, y = np.linspace(-1.7, 2.7, 200), np.linspace(-0.87, 1.37, 100)
    X = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    box = 4.5 * 2.25
    density = np.exp(-made("moons").optimum(X)) / box
    assert density.sum() * (x[1] - x[0]) * (y[1] - y[0]) == pytest.approx(1, abs=0.01)


def test_a_subspace_of_its_own_is_marginalised_over_all_there_could_be(made):
    split = made("subspace:columns=6,relevant=2,group=1,anomaly=shift,subset=own,strength=2")
    X = split.X_test
    each = [np.sum(2 * X[:, pair] - 2, axis=1) for pair in combinations(range(6), 2)]
    assert np.allclose(split.optimum(X), logsumexp(each, axis=0) - np.log(15))


def test_local_anomalies_lie_about_the_same_centres_but_farther(made):
    split = made("realistic:components=1,strength=4", normals=2000, anomalies=2000)
    normal, anomalous = rows_of(split, 0), rows_of(split, 1)
    assert np.allclose(normal.mean(axis=0), anomalous.mean(axis=0), atol=0.2)
    assert np.allclose(anomalous.var(axis=0) / normal.var(axis=0), 4, rtol=0.2)


def test_dependency_anomalies_have_the_same_columns_but_not_together(made):
    split = made("realistic:anomaly=dependency", 1, normals=2000, anomalies=2000)
    normal, anomalous = rows_of(split, 0), rows_of(split, 1)
    assert all(ks_2samp(*pair).pvalue > 0.001 for pair in zip(normal.T, anomalous.T, strict=True))
    above = np.triu_indices(5, k=1)
    assert np.abs(np.corrcoef(anomalous.T)[above]).max() < 0.1 < np.abs(np.corrcoef(normal.T)[above]).max()


def test_of_dependency_anomalies_a_share_of_the_columns_may_keep_theirs(made):
    whole = made("realistic:anomaly=dependency,strength=0.4", 1, normals=2000, anomalies=2000)
    normal, anomalous = (np.corrcoef(rows_of(whole, label).T) for label in (0, 1))
    assert np.allclose(normal[2:, 2:], anomalous[2:, 2:], atol=0.12)
    assert np.abs(anomalous[:2, 2:]).max() < 0.1


@pytest.mark.parametrize("kind", ["global", "cluster"])
def test_anomalies_are_about_the_data_where_the_data_are_far_from_the_origin(made, data_folder, kind):
    rng = np.random.default_rng(0)
    X = np.array([1000.0, -3000.0]) + 3 * rng.choice([-1, 1], (400, 1)) + rng.standard_normal((400, 2))
    write_table(data_folder, X)
    split = made(f"realistic:table=table,anomaly={kind},strength=2", anomalies=2000)
    anomalous = rows_of(split, 1)
    middle, width = (X.max(axis=0) + X.min(axis=0)) / 2, np.ptp(X, axis=0)
    assert np.allclose(anomalous.mean(axis=0), X.mean(axis=0), atol=0.1 * width.max())
    assert (np.abs(anomalous - middle) <= width * (1.0 if kind == "global" else 1.5)).all()
    assert (np.ptp(anomalous, axis=0) > 1.4 * width).all()


def test_normal_rows_and_anomalies_are_drawn_apart(made):
    split = made("realistic:components=1,strength=4", normals=20, anomalies=20)
    # Drawn from one stream, each anomaly would be a normal row that is moved away from the centre by half.
    differences = [
        rows[:, None] - rows[None] for rows in (rows_of(split, 0)[:30], rows_of(split, 1)[:30] / 2)
    ]
    normal, anomalous = (each[~np.eye(len(each), dtype=bool)] for each in differences)
    assert np.abs(normal[:, None] - anomalous[None]).max(axis=2).min() > 1e-6


def test_each_seed_has_a_mixture_of_its_own_and_its_parts_share_one(made):
    splits = [made("realistic", seed, normals=1000, test_normals=1000) for seed in range(2)]
    means = [[part.X[part.y == 0].mean(axis=0) for part in (s.train, s.test)] for s in splits]
    assert np.allclose(*means[0], atol=0.4)
    assert not np.allclose(means[0], means[1], atol=0.4)


def test_the_normal_rows_of_a_table_are_those_of_a_mixture_fitted_to_it(made):
    split = made("realistic:table=breast_cancer", normals=2000)
    data = load_breast_cancer()
    benign = data.data[data.target == 1]
    normal = rows_of(split, 0)
    assert np.allclose(normal.mean(axis=0), benign.mean(axis=0), rtol=0.05)
    assert np.allclose(normal.std(axis=0), benign.std(axis=0), rtol=0.15)
    assert np.allclose(np.corrcoef(normal.T), np.corrcoef(benign.T), atol=0.15)


def test_a_table_gets_as_many_components_as_it_has_clusters(made, data_folder):
    centres = np.array([[0.0, 0.0], [50.0, 0.0], [0.0, 50.0]])
    X = np.repeat(centres, 100, axis=0) + np.random.default_rng(0).standard_normal((300, 2))
    write_table(data_folder, X)
    normal = rows_of(made("realistic:table=table"), 0)
    nearest = np.linalg.norm(normal[:, None] - centres, axis=2)
    assert (np.bincount(nearest.argmin(axis=1)) > 50).all()
    assert nearest.min(axis=1).max() < 5


def test_constant_columns_of_a_table_are_left_out(made, data_folder):
    X = np.random.default_rng(0).standard_normal((60, 3))
    X[:, 1] = 0.1
    write_table(data_folder, X)
    assert made("realistic:table=table,anomaly=global").X_train.shape[1] == 2


def test_a_table_that_changes_is_another_variant(registry, made, data_folder):
    fingerprint, found = registry.datasets["realistic"].fingerprint, []
    for seed in range(2):
        write_table(data_folder, np.random.default_rng(seed).standard_normal((60, 3)))
        found.append((fingerprint(table="table"), rows_of(made("realistic:table=table"), 0).mean()))
    assert found[0][0] != found[1][0]
    assert found[0][1] != found[1][1]
    assert fingerprint(table="") == ""


def test_subspace_anomalies_differ_in_the_relevant_columns_only(made):
    split = made("subspace:columns=20,relevant=10,anomaly=shift,strength=3", normals=400, anomalies=400)
    shifts = rows_of(split, 1).mean(axis=0) - rows_of(split, 0).mean(axis=0)
    assert np.allclose(np.sort(shifts), np.repeat([0, 3], 10), atol=0.3)
    own = made("subspace:columns=20,relevant=10,anomaly=shift,strength=3,subset=own", anomalies=400)
    shifts = rows_of(own, 1).mean(axis=0) - rows_of(own, 0).mean(axis=0)
    assert np.allclose(shifts, 1.5, atol=0.6)


@pytest.mark.parametrize("family", ["blobs", "moons", "rings"])
def test_less_jitter_is_easier(made, family):
    areas = []
    for jitter in (0.05, 0.1, 0.3):
        split = made(family, jitter=jitter, test_normals=500, test_anomalies=500)
        areas.append(roc_auc_score(split.y_test, split.optimum(split.X_test)))
    assert areas == sorted(areas, reverse=True)


@pytest.mark.parametrize(
    ("variant", "message"),
    [
        ("realistic:anomaly=odd", "unknown anomaly 'odd'; there are: cluster, dependency, global, local"),
        ("realistic:strength=0", "the strength of anomalies must be above 0, not 0"),
        ("realistic:columns=0", "a mixture needs at least one column and one component"),
        ("realistic:anomaly=cluster,components=1", "a cluster anomaly needs two or more components"),
        ("realistic:anomaly=dependency,columns=1", "a dependency anomaly needs two or more columns"),
        ("realistic:anomaly=dependency,strength=2", "a strength of at most 1"),
        ("realistic:table=gone", "there is no file 'gone.npz'"),
        ("blobs:anomaly=odd", "unknown anomaly 'odd'; there are: around, between"),
        ("blobs:anomaly=between,centres=1", "two centres to lie between"),
        ("moons:jitter=0", "'jitter' must be above 0, not 0"),
        ("rings:rings=0", "'rings' must be 1 or more"),
        ("subspace:columns=12", "'columns' and 'relevant' must be multiples of 'group', which is 5"),
        ("subspace:relevant=200", "'relevant' from 5 to 'columns'; not 100 and 200"),
        ("subspace:correlation=1", "'correlation' must be at least 0 and below 1, not 1"),
        ("subspace:group=1", "needs groups of two or more columns"),
        ("subspace:subset=odd", "unknown subset 'odd'; there are: own, shared"),
    ],
)
def test_tables_that_cannot_be_drawn_say_why(made, data_folder, variant, message):
    with pytest.raises((DataError, BenchError), match=message):
        made(variant)


@pytest.mark.parametrize("name", SUITES)
def test_each_sweep_draws_what_it_names(registry, name):
    plan = make_plan(load_suite(f"sweep-{name}"), registry)
    drawn = {trial.dataset.label: trial for trial in plan if trial.seed == 0}
    assert len(drawn) >= 5
    for trial in drawn.values():
        make_split(registry.datasets[trial.dataset.name], trial.dataset.params, 0)
