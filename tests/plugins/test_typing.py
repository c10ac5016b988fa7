"""What a type checker says of a user's plugin file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from mypy import api

import bench

GOOD = '''
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench import Floats, Rows, Split, Train, dataset, detector, estimator, features


@detector
class Centre:
    """Distance from the mean."""

    def fit(self, train: Train) -> None:
        self.centre = train.X.mean(axis=0)

    def score(self, X: Floats) -> Floats:
        return np.asarray(abs(X - self.centre).sum(axis=1))


@detector(labels=True, family="neighbours", requires=("sklearn",))
@dataclass
class Nearest:
    """Distance to the nearest normal row. Its argument has a name of its own, and the arrays are plain."""

    k: int = 5

    def fit(self, train: Train) -> Nearest:
        self.rows: Rows = Rows(train.X_normal, train.y)
        return self

    def score(self, rows: np.ndarray) -> np.ndarray:
        return rows[:, 0]


@detector(deterministic=True)
class Unannotated:
    """As quickly as it can be written."""

    def fit(self, train):  # type: ignore[no-untyped-def]
        self.scale = 2.0

    def score(self, X):  # type: ignore[no-untyped-def]
        return self.scale * X[:, 0]


@dataset(modality="table", optimum=True)
def cloud(rng: np.random.Generator, *, rows: int = 100, shift: float = 3.0) -> Split:
    """A cloud."""
    return Split.stratified(rng.normal(size=(rows, 2)), [0] * rows, rng)


@features(modalities=("curve",))
def slopes(X: Floats, shape: tuple[int, ...]) -> Floats:
    """Differences of neighbours."""
    return X[:, 1:] - X[:, :-1]


knn = estimator("pyod.models.knn.KNN", "Distance to the k-th neighbour.", family="neighbours", cost=0.3)

reveal_type(Centre())
reveal_type(detector(Centre))
reveal_type(detector(labels=True)(Nearest))
reveal_type(Nearest(k=3).k)
reveal_type(cloud)
reveal_type(slopes)
'''

# What is blamed, and the file.
WRONG = {
    "no_score": (
        'variable "DetectorClass" of "detector" cannot be "type[NoScore]"',
        """
@detector
class NoScore:
    def fit(self, train: Train) -> None: ...
""",
    ),
    "no_default": (
        'variable "DetectorClass" of function cannot be "type[NoDefault]"',
        """
@detector(labels=True)
class NoDefault:
    def __init__(self, k: int) -> None:
        self.k = k

    def fit(self, train: Train) -> None: ...

    def score(self, X: Floats) -> Floats:
        return X[:, self.k]
""",
    ),
    "as_in_scikit_learn": (
        'cannot be "type[AsInScikitLearn]"',
        """
@detector
class AsInScikitLearn:
    def fit(self, X: Floats, y: Floats) -> None: ...

    def score(self, X: Floats) -> Floats:
        return X[:, 0]
""",
    ),
    "misspelt": (
        'did you mean "labels"?',
        """
@detector(lables=True)
class Misspelt:
    def fit(self, train: Train) -> None: ...

    def score(self, X: Floats) -> Floats:
        return X[:, 0]
""",
    ),
    "no_split": (
        'variable "DatasetFunction" of "dataset" cannot be',
        """
@dataset
def no_split(rng: np.random.Generator, *, rows: int = 10) -> Floats:
    return rng.normal(size=(rows, 2))
""",
    ),
    "no_generator": (
        'variable "DatasetFunction" of function cannot be "Callable[[int], Split]"',
        """
@dataset(modality="curve")
def no_generator(seed: int) -> Split:
    return Split.stratified([[1.0]], [0], np.random.default_rng(seed))
""",
    ),
    "no_shape": (
        'variable "FeaturesFunction" of function cannot be',
        """
@features(modalities=("curve",))
def no_shape(X: Floats) -> Floats:
    return X
""",
    ),
    "no_name": (
        'Module "bench" has no attribute "detectr"',
        """
from bench import detectr
""",
    ),
}
HEAD = """
from __future__ import annotations

import numpy as np

from bench import Floats, Split, Train, dataset, detector, features
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> dict[str, str]:
    """What mypy says under --strict of each file, all of them checked at once."""
    folder = tmp_path_factory.mktemp("plugins")
    templates = Path(bench.__file__).parent / "kit" / "templates"
    new = {f"new_{kind}": (templates / f"{kind}.txt").read_text() for kind in ("detector", "dataset")}
    new = {name: text.replace("$name", "mine").replace("$class_name", "Mine") for name, text in new.items()}
    files = {"good": GOOD, **new, **{name: HEAD + text for name, (_, text) in WRONG.items()}}
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MYPYPATH", str(Path(bench.__file__).parents[1]))
        # Of scikit-learn, which has no types, a user's own mypy says so or not, as it is told.
        options = [
            "--strict",
            "--disable-error-code=import-untyped",
            "--config-file=",
            f"--cache-dir={pytestconfig.cache.mkdir('mypy')}",
            "--follow-imports=silent",
        ]
        output, problems, _ = api.run([*options, *(str(folder / f"{name}.py") for name in files)])
    assert not problems
    return {
        name: "\n".join(re.findall(rf"^.*\b{name}\.py:\d+: (.*)$", output, re.MULTILINE)) for name in files
    }


def test_a_good_plugin_file_passes_and_its_own_types_stay(said: dict[str, str]) -> None:
    assert "error" not in said["good"], said["good"]
    revealed = re.findall(r'Revealed type is "(.*)"', said["good"])
    array = "numpy.ndarray[tuple[Any, ...], numpy.dtype[numpy.float64]]"
    assert [each.replace("typing.", "").replace("builtins.", "") for each in revealed] == [
        "good.Centre",
        "def () -> good.Centre",
        "def (k: int =) -> good.Nearest",
        "int",
        "def (rng: numpy.random._generator.Generator, *, rows: int =, shift: float =) -> "
        "bench.splits.split.Split",
        f"def (X: {array}, shape: tuple[int, ...]) -> {array}",
    ]


@pytest.mark.parametrize("name", ["new_detector", "new_dataset"])
def test_what_new_writes_passes(said: dict[str, str], name: str) -> None:
    assert said[name] == ""


@pytest.mark.parametrize(("name", "blamed"), [(name, blamed) for name, (blamed, _) in WRONG.items()])
def test_a_wrong_plugin_is_a_type_error_that_names_what_is_wrong(
    said: dict[str, str], name: str, blamed: str
) -> None:
    assert said[name].count("error:") == 1, said[name]
    assert blamed in said[name]


def test_the_package_says_that_it_has_types() -> None:
    assert (Path(bench.__file__).parent / "py.typed").is_file()
