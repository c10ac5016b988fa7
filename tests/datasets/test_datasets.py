from __future__ import annotations

import io

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.model_selection import train_test_split

from bench.errors import BenchError, DataError
from bench.trials.split_cache import make_split

PARTS = ("train", "calibration", "test")
SMALL = {"normals": 40, "anomalies": 10, "test_normals": 8, "test_anomalies": 6, "points": 32}


@pytest.fixture
def bumps(registry):
    """A split of small bumps for some parameters."""
    plugin = registry.datasets["bumps"]
    return lambda seed=0, **params: make_split(plugin, {**plugin.defaults, **SMALL, **params}, seed)


def arrays(split):
    return [array for name in PARTS for array in getattr(split, name)]


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(arrays(one), arrays(other), strict=True))


def rows_of(split, label):
    """The rows of a class by part, whatever their order."""
    chosen = [part.X[part.y == label] for part in (getattr(split, name) for name in PARTS)]
    return [sorted(row.tobytes() for row in rows) for rows in chosen]


# The article's own functions, row by row, to hold the vectorised generator against.


def gen_normal_distribution(mu, sigma, size, max_val):
    bins = np.linspace(0, 1, size)
    result = 1 / (sigma * np.sqrt(2 * np.pi)) * np.exp(-((bins - mu) ** 2) / (2 * sigma**2))
    result *= max_val / result.max()
    return result


def generate_in_samples(state, size, sample_size):
    in_samples = np.zeros((size, sample_size))
    in_mus = state.uniform(0.1, 0.9, size)
    in_sigmas = state.uniform(0.05, 0.5, size)
    for i in range(size):
        in_samples[i] = gen_normal_distribution(in_mus[i], in_sigmas[i], sample_size, max_val=1)
    return in_samples


def generate_out_samples(state, size, sample_size):
    out_samples = generate_in_samples(state, size, sample_size)
    out_additional_mus = state.uniform(0.1, 0.9, size)
    out_additional_sigmas = state.uniform(0.01, 0.05, size)
    for i in range(size):
        out_samples[i] += gen_normal_distribution(
            out_additional_mus[i], out_additional_sigmas[i], sample_size, max_val=0.12
        )
    return out_samples


def test_the_article_protocol_draws_what_the_article_draws(registry):
    state = np.random.RandomState(seed=42)
    in_samples = generate_in_samples(state, 2000, 256)
    out_samples = generate_out_samples(state, 200, 256)
    x = np.concatenate((in_samples, out_samples))
    y = np.concatenate((np.zeros(2000), np.ones(200)))
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.2, shuffle=True, random_state=42)
    x_val_out = generate_out_samples(state, 100, 256)
    x_val_in = generate_in_samples(state, 100, 256)

    plugin = registry.datasets["bumps"]
    split = make_split(plugin, {**plugin.defaults, "protocol": "article"}, 5)
    for part, X, labels in (
        (split.train, x_train, y_train),
        (split.calibration, x_test, y_test),
        (split.test, np.concatenate((x_val_out, x_val_in)), np.repeat([1, 0], 100)),
    ):
        assert np.allclose(part.X, X, rtol=0, atol=1e-12)
        assert np.array_equal(part.y, labels)
    assert split.scaling == "none"


def test_the_seed_of_a_trial_moves_seeded_bumps_and_not_those_of_the_article(bumps):
    assert same(bumps(1), bumps(1))
    assert not same(bumps(1), bumps(2))
    assert same(bumps(1, protocol="article"), bumps(2, protocol="article"))


CHANGES = {
    "normals": 41,
    "anomalies": 11,
    "test_normals": 9,
    "test_anomalies": 7,
    "calibration": 0.5,
    "points": 33,
    "shape": "lorentzian",
    "height": 2.0,
    "mu_low": 0.2,
    "mu_high": 0.8,
    "sigma_low": 0.1,
    "sigma_high": 0.4,
    "anomaly_height": 0.2,
    "anomaly_mu_low": 0.2,
    "anomaly_mu_high": 0.8,
    "anomaly_sigma_low": 0.02,
    "anomaly_sigma_high": 0.04,
    "noise": 0.1,
    "protocol": "article",
}


def test_each_parameter_of_bumps_is_tried_here(registry):
    assert CHANGES.keys() | {"article_seed"} == registry.datasets["bumps"].defaults.keys()


@pytest.mark.parametrize("name", CHANGES)
def test_each_parameter_of_bumps_has_an_effect(bumps, name):
    assert not same(bumps(), bumps(**{name: CHANGES[name]}))


@pytest.mark.parametrize(
    "name",
    [
        "article_seed",
        *(pytest.param(name) if name == "noise" else name for name in CHANGES if name != "protocol"),
    ],
)
def test_each_parameter_of_bumps_has_an_effect_under_the_article_protocol(bumps, name):
    changed = {**CHANGES, "article_seed": 43}[name]
    assert not same(bumps(protocol="article"), bumps(protocol="article", **{name: changed}))


def test_bumps_have_the_sizes_that_are_asked_for(bumps):
    split = bumps(calibration=0.25)
    counts = {name: np.bincount(getattr(split, name).y).tolist() for name in PARTS}
    assert counts == {"train": [30, 8], "calibration": [10, 2], "test": [8, 6]}
    assert split.X_train.shape[1] == 32
    assert bumps(calibration=0).calibration is None


@pytest.mark.parametrize("shape", ["gaussian", "lorentzian"])
def test_a_normal_curve_has_one_bump_of_its_height_and_an_anomaly_a_second(bumps, shape):
    X, y = bumps(shape=shape, height=2.0).train
    assert np.allclose(X[y == 0].max(axis=1), 2)
    second = bumps(shape=shape, height=0.0, anomaly_height=0.5).train
    assert np.allclose(second.X[y == 1].max(axis=1), 0.5)
    rises = np.diff(X[y == 0], axis=1) > 0
    assert (np.diff(rises.astype(int), axis=1) <= 0).all()  # up to the top, then down


@pytest.mark.parametrize("noise", [0.0, 0.05])
@pytest.mark.parametrize(
    "name", ["anomalies", "test_anomalies", *(n for n in CHANGES if n.startswith("anomaly_"))]
)
def test_other_anomalies_leave_the_normal_rows_as_they_are(bumps, name, noise):
    one, other = bumps(noise=noise), bumps(noise=noise, **{name: CHANGES[name]})
    assert not same(one, other)
    assert rows_of(one, 0) == rows_of(other, 0)


@pytest.mark.parametrize("noise", [0.0, 0.05])
@pytest.mark.parametrize("name", ["normals", "test_normals"])
def test_more_normal_rows_leave_the_anomalies_as_they_are(bumps, name, noise):
    one, other = bumps(noise=noise), bumps(noise=noise, **{name: CHANGES[name]})
    assert not same(one, other)
    assert rows_of(one, 1) == rows_of(other, 1)


def test_noise_is_added_to_curves_that_stay_where_they_are(bumps):
    none, some, twice = (bumps(noise=noise) for noise in (0.0, 0.1, 0.2))
    for name in PARTS:
        curves, once, more = (getattr(split, name).X for split in (none, some, twice))
        assert np.allclose(more - curves, 2 * (once - curves))
        assert (once - curves).std() == pytest.approx(0.1, rel=0.2)


def test_finer_points_are_the_same_curves(bumps):
    coarse, fine = bumps(points=33), bumps(points=65)
    assert np.array_equal(coarse.y_train, fine.y_train)
    normal = coarse.y_train == 0
    assert np.allclose(fine.X_train[normal, ::2], coarse.X_train[normal], atol=0.05)


@pytest.mark.filterwarnings("ignore:.*encountered in divide:RuntimeWarning")
@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"shape": "square"}, "unknown shape 'square'; there are: gaussian, lorentzian"),
        ({"protocol": "artcle"}, "unknown protocol 'artcle'; did you mean 'article'?"),
        ({"test_anomalies": 0}, "the test part has no anomalies"),
        ({"sigma_low": 0.0, "sigma_high": 0.0}, "the train rows hold NaN"),
    ],
)
def test_bumps_that_cannot_be_drawn_say_why(bumps, params, message):
    with pytest.raises(DataError, match=message):
        bumps(**params)


def whole(split):
    """All rows and labels of a split."""
    parts = [part for part in (getattr(split, name) for name in PARTS) if part is not None]
    return np.concatenate([part.X for part in parts]), np.concatenate([part.y for part in parts])


def row_set(X):
    return sorted(map(tuple, X))


def test_breast_cancer_is_the_whole_table_with_malignant_tumours_as_anomalies(registry):
    split = make_split(registry.datasets["breast_cancer"], {}, 0)
    X, y = whole(split)
    data = load_breast_cancer()
    assert X.shape == (569, 30)
    assert y.sum() == 212
    assert row_set(X[y == 1]) == row_set(data.data[data.target_names[data.target] == "malignant"])
    assert split.scaling == "standard"


@pytest.mark.parametrize("anomaly", [0, 8])
def test_digits_hold_one_digit_against_the_others(registry, anomaly):
    split = make_split(registry.datasets["digits"], {"anomaly": anomaly}, 0)
    X, y = whole(split)
    data = load_digits()
    assert X.shape == (1797, 64)
    assert (X.min(), X.max()) == (0, 1)
    assert row_set(X[y == 1] * 16) == row_set(data.data[data.target == anomaly])


@pytest.mark.parametrize("name", ["breast_cancer", "digits"])
def test_a_table_is_split_at_random_with_one_prevalence(registry, name):
    plugin = registry.datasets[name]
    split = make_split(plugin, {"test": 0.4, "calibration": 0.1}, 0)
    X, y = whole(split)
    assert len(split.y_test) == pytest.approx(0.4 * len(y), abs=1)
    assert len(split.y_calibration) == pytest.approx(0.1 * len(y), abs=1)
    for part in PARTS:
        assert getattr(split, part).y.mean() == pytest.approx(y.mean(), abs=0.01)
    other = make_split(plugin, {"test": 0.4, "calibration": 0.1}, 1)
    assert row_set(other.X_test) != row_set(split.X_test)
    assert row_set(whole(other)[0]) == row_set(X)


@pytest.mark.parametrize("anomaly", [10, -1, "three"])
def test_a_digit_that_is_none_is_refused(registry, anomaly):
    with pytest.raises(DataError, match=f"'anomaly' must be a digit from 0 to 9, not {anomaly!r}"):
        make_split(registry.datasets["digits"], {"anomaly": anomaly}, 0)


ROWS = np.arange(60.0).reshape(30, 2)
LABELS = np.repeat([0, 1], [20, 10])


@pytest.fixture
def data_folder(tmp_path, monkeypatch):
    folder = tmp_path / "tables"
    folder.mkdir()
    monkeypatch.setenv("BENCH_DATA_DIR", str(folder))
    return folder


@pytest.fixture
def adbench(registry):
    return registry.datasets["adbench"]


def npy():
    """The bytes of an npy file, which numpy reads whatever it is called."""
    file = io.BytesIO()
    np.save(file, ROWS)
    return file.getvalue()


def spoilt_npz():
    """The bytes of a compressed npz file, some of which have changed since."""
    file = io.BytesIO()
    np.savez_compressed(file, X=np.random.default_rng(0).random((50, 4)), y=np.arange(50) % 2)
    content = bytearray(file.getvalue())
    content[200:220] = b"?" * 20
    return bytes(content)


def test_an_npz_file_is_a_dataset(adbench, data_folder):
    np.savez(data_folder / "1_tiny.npz", X=ROWS.astype(np.float32), y=LABELS[:, None].astype(float))
    split = make_split(adbench, {"file": "1_tiny", "test": 0.4, "calibration": 0.1}, 0)
    X, y = whole(split)
    assert row_set(X) == row_set(ROWS)
    assert row_set(X[y == 1]) == row_set(ROWS[LABELS == 1])
    assert [np.bincount(getattr(split, part).y).tolist() for part in PARTS] == [[10, 5], [2, 1], [8, 4]]
    assert split.scaling == "standard"
    assert make_split(adbench, {"file": "1_tiny", "scaling": "none"}, 0).scaling == "none"


def test_the_files_of_the_data_folder_are_listed_by_name(adbench, data_folder):
    for name in ("b.npz", "a.npz", "notes.txt"):
        (data_folder / name).write_bytes(b"")
    assert list(adbench.variants()) == [{"file": "a"}, {"file": "b"}]


def test_without_a_data_folder_there_are_no_files_and_an_error_says_how_to_give_one(adbench, monkeypatch):
    monkeypatch.delenv("BENCH_DATA_DIR", raising=False)
    assert list(adbench.variants()) == []
    with pytest.raises(BenchError, match=r"there is no file 'a\.npz'; give the folder .* --data-dir"):
        adbench.fingerprint(file="a")


def test_the_fingerprint_is_that_of_the_bytes(adbench, data_folder):
    found = []
    for content in (b"one", b"one", b"two"):
        (data_folder / "a.npz").write_bytes(content)
        found.append(adbench.fingerprint(file="a", test=0.3))
    assert found[0] == found[1] != found[2]


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("gone", r"there is no file 'gone\.npz' in the data folder"),
        ("6_cardoi", "did you mean '6_cardio'?"),
        ("../tables/a", "is no name of a data file"),
        ("..\\tables\\a", "is no name of a data file"),
        ("/etc/a", "is no name of a data file"),
        ("6_cardio", "is not here yet; fetch it with: python -m bench data pull adbench:6_cardio"),
    ],
)
def test_only_files_of_the_data_folder_are_found(adbench, data_folder, file, message):
    (data_folder / "a.npz").write_bytes(b"")
    with pytest.raises(BenchError, match=message):
        adbench.fingerprint(file=file)


def test_a_file_of_the_data_folder_goes_before_one_that_was_fetched(adbench, data_folder, monkeypatch):
    monkeypatch.setenv("BENCH_CACHE_DIR", str(data_folder.parent))
    fetched = data_folder.parent / "adbench"
    fetched.mkdir()
    (fetched / "a.npz").write_bytes(b"fetched")
    first = adbench.fingerprint(file="a")
    assert list(adbench.variants()) == []  # patterns mean the data folder where there is one
    (data_folder / "a.npz").write_bytes(b"own")
    assert adbench.fingerprint(file="a") != first
    monkeypatch.delenv("BENCH_DATA_DIR")
    assert adbench.fingerprint(file="a") == first
    assert list(adbench.variants()) == [{"file": "a"}]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"X": ROWS}, "a.npz has no array y"),
        ({"data": ROWS}, "a.npz has no array X and no array y"),
        (
            {"X": ROWS.astype(object), "y": LABELS},
            "a.npz cannot be read as an npz file without pickled objects",
        ),
        (
            {"X": ROWS, "y": LABELS.astype(object)},
            "a.npz cannot be read as an npz file without pickled objects",
        ),
        ({"X": ROWS, "y": LABELS + 1}, "the dataset labels must be 0 .* but there are: 2"),
        ({"X": ROWS, "y": LABELS[:7]}, r"the dataset part has 30 rows but labels of shape \(7,\)"),
        (
            {"X": np.where(ROWS == 7, np.nan, ROWS), "y": LABELS},
            "the dataset rows hold NaN .* row 3, column 1",
        ),
        (
            {"X": np.where(ROWS == 7, 1e300, ROWS), "y": LABELS},
            "the dataset rows hold values that are too large to compute with .* row 3, column 1.*; scale",
        ),
        ({"X": ROWS + 0j, "y": LABELS}, "the dataset rows are complex numbers"),
        ({"X": ROWS, "y": LABELS.astype(str)}, "must be 0 .* but there are: '0', '1'"),
        ({"X": ROWS[:, 0], "y": LABELS}, r"the dataset rows have the shape \(30,\)"),
        ({"X": np.full((30, 2), "text"), "y": LABELS}, "the dataset rows are not numbers"),
        ({"X": ROWS, "y": LABELS * 0}, "the test part has no anomalies"),
    ],
)
def test_what_is_wrong_with_an_npz_file_is_said(adbench, data_folder, given, message):
    np.savez(data_folder / "a.npz", **given)
    with pytest.raises(DataError, match=message):
        make_split(adbench, {"file": "a"}, 0)


@pytest.mark.parametrize(
    "content",
    [
        b"text",
        b"PK\x03\x04 the beginning of a zip file",
        pytest.param(spoilt_npz(), id="spoilt"),
        *(pytest.param(content) for content in (b"", npy())),
    ],
)
def test_a_file_that_is_no_npz_file_is_named(adbench, data_folder, content):
    (data_folder / "a.npz").write_bytes(content)
    with pytest.raises(DataError, match=r"a\.npz cannot be read as an npz file"):
        make_split(adbench, {"file": "a"}, 0)
