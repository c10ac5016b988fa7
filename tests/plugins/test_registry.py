from __future__ import annotations

import subprocess
import sys
from importlib.metadata import EntryPoint, EntryPoints
from textwrap import dedent

import numpy as np
import pytest

from bench import estimator
from bench.errors import BenchError
from bench.plugins.contract import Train
from bench.plugins.metadata import DetectorPlugin
from bench.plugins.registry import (
    dataset_label,
    detector_label,
    load_registry,
    missing_packages,
    parameter_defaults,
)
from bench.spec import Spec

# All that it takes to add a detector.
MINE = '''\
from bench import detector


@detector
class FarFromMean:
    """Distance to the mean (nobody, 2020)."""

    def __init__(self, power: float = 2.0) -> None:
        self.power = power

    def fit(self, train):
        self.mean = train.X.mean(axis=0)

    def score(self, X):
        return (abs(X - self.mean) ** self.power).sum(axis=1)
'''
TINY = '''
from bench import detector

@detector
class {name}:
    """Tiny."""
    def fit(self, train): ...
    def score(self, X): return X[:, 0]
'''


def load(*folders):
    return load_registry(folders, installed=False)


def new_in(registry, builtin):
    """Names that are not built in, by kind."""
    return set(registry.detectors) - set(builtin.detectors), set(registry.datasets) - set(builtin.datasets)


def test_the_builtin_plugins_load(registry):
    assert registry.broken == []
    assert {"knn", "isolation_forest", "one_class_svm", "autoencoder", "random_score"} <= set(
        registry.detectors
    )
    assert {"bumps", "breast_cancer", "digits", "adbench"} <= set(registry.datasets)
    for plugin in (*registry.detectors.values(), *registry.datasets.values()):
        assert plugin.summary, plugin.name
        assert plugin.source, plugin.name


def test_a_new_detector_is_one_file_of_fifteen_lines(write_plugin, registry):
    assert len(MINE.splitlines()) <= 15
    mine = load(write_plugin("mine", MINE))
    assert new_in(mine, registry) == ({"far_from_mean"}, set())
    plugin, params = mine.detector(Spec.parse("far_from_mean:power=1"))
    fitted = plugin.build(**params)
    fitted.fit(Train(np.array([[0.0, 0.0], [2.0, 2.0]]), 0))
    assert fitted.score(np.array([[1.0, 1.0], [4.0, 1.0]])).tolist() == [0, 3]
    assert (plugin.summary, plugin.path.endswith("mine.py")) == ("Distance to the mean (nobody, 2020).", True)


def test_several_folders_may_hold_files_of_one_name(write_plugin, registry):
    one = write_plugin("mine", TINY.format(name="First"), "one")
    two = write_plugin("mine", TINY.format(name="Second"), "two")
    assert new_in(load(one, two), registry)[0] == {"first", "second"}


def test_a_dataset_is_found_by_the_same_loader(write_plugin, registry):
    folder = write_plugin(
        "waves",
        '''
        from bench import dataset

        @dataset
        def waves(rng, *, rows: int = 10):
            """Waves."""
        ''',
    )
    assert new_in(load(folder), registry) == (set(), {"waves"})


def test_files_that_begin_with_an_underscore_are_helpers(write_plugin, registry):
    write_plugin("_helper", TINY.format(name="Hidden"))
    folder = write_plugin("mine", "from ._helper import Hidden" + TINY.format(name="Seen"))
    found = load(folder)
    assert found.broken == []
    assert new_in(found, registry)[0] == {"seen"}


def test_a_class_belongs_to_the_file_that_defines_it_and_not_to_one_that_imports_it(write_plugin, registry):
    write_plugin("one", "from .two import Shared")
    folder = write_plugin("two", TINY.format(name="Shared"))
    found = load(folder)
    assert found.broken == []
    assert found.detectors["shared"].path.endswith("two.py")


ALIASES = {
    "one.py": {
        "one": "from .two import shared",
        "two": 'from bench import estimator\nshared = estimator("a.B", "x")',
    },
    "same file": {"one": TINY.format(name="Shared") + "Alias = Shared"},
}


@pytest.mark.parametrize("files", ALIASES.values(), ids=ALIASES)
def test_a_second_variable_for_a_plugin_is_no_second_plugin(write_plugin, registry, files):
    for name, text in files.items():
        folder = write_plugin(name, text)
    found = load(folder)
    assert found.broken == []
    assert new_in(found, registry)[0] == {"shared"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\ndef f(:\n    pass\n", "line 2: SyntaxError: "),
        ("x = 1\n\ny = undefined_name\n", "line 3: NameError: name 'undefined_name' is not defined"),
        ("\nraise SystemExit(3)\n", "line 2: SystemExit: 3"),
        ("import no_such_package\n", "line 1: ModuleNotFoundError: No module named 'no_such_package'"),
        ("from ._gone import x\n", "line 1: ModuleNotFoundError: "),
        ("def f():\n    raise ValueError('in f')\n\nf()\n", "line 2: ValueError: in f"),
        (
            "from bench import detector\n\n@detector(regimes=('supervized',))\nclass A: ...\n",
            "line 3: TypeError: detector 'a': unknown regime 'supervized'",
        ),
        (
            TINY.format(name="Good") + "\n@detector\nclass Bad: ...\n",
            "line 10: TypeError: detector 'bad' has no method fit",
        ),
    ],
)
def test_a_broken_file_leaves_the_rest_working(write_plugin, registry, text, message):
    write_plugin("broken", text)
    folder = write_plugin("works", TINY.format(name="Works"))
    found = load(folder)
    [broken] = found.broken
    assert f"broken.py: {message}" in str(broken)
    assert str(broken).startswith("plugin left out: ")
    assert "\n" not in str(broken)
    assert new_in(found, registry)[0] == {"works"}


def test_an_error_in_a_helper_names_the_helper(write_plugin):
    write_plugin("_helper", "\n\n\ndef f(:\n")
    folder = write_plugin("mine", "from ._helper import f\n")
    [broken] = load(folder).broken
    assert "_helper.py" in str(broken)


def test_stopping_by_keyboard_is_not_taken_for_a_broken_file(write_plugin):
    with pytest.raises(KeyboardInterrupt):
        load(write_plugin("stops", "raise KeyboardInterrupt"))


def test_a_name_that_is_taken_stays_with_the_first(write_plugin, registry):
    found = load(write_plugin("mine", TINY.format(name="KNN")))
    [broken] = found.broken
    assert "mine.py: the name 'knn' is taken by " in str(broken)
    assert "choose another" in str(broken)
    assert found.detectors["knn"].path == registry.detectors["knn"].path


def test_a_folder_that_is_not_there_is_said_so(tmp_path):
    with pytest.raises(BenchError, match=r"plugin folder '.*nowhere' does not exist or is not a folder"):
        load(tmp_path / "nowhere")


@pytest.fixture
def installed(monkeypatch, tmp_path):
    """Pretend that a package is installed: a module and the entry points that name it."""

    def install(module, text, *points):
        (tmp_path / f"{module}.py").write_text(dedent(text))
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, module, raising=False)
        found = [EntryPoint(name, value, group) for group, name, value in points]
        monkeypatch.setattr(
            "bench.plugins.registry.entry_points",
            lambda: EntryPoints(found),
        )
        return load_registry()

    return install


def test_an_installed_package_brings_a_module_of_plugins(installed, registry):
    text = TINY.format(name="FromModule") + '\nother = estimator("a.B", "Other.")\n'
    found = installed(
        "package_of_many",
        "from bench import estimator\n" + text,
        ("bench.detectors", "any", "package_of_many"),
    )
    assert found.broken == []
    assert new_in(found, registry)[0] == {"from_module", "other"}
    assert found.detectors["from_module"].path.endswith("package_of_many.py")
    assert found.detectors["from_module"].source


@pytest.mark.parametrize(
    ("text", "value", "name"),
    [
        (TINY.format(name="Single") + TINY.format(name="Unnamed"), "package_of_one:Single", "single"),
        ('from bench import estimator\nx = estimator("a.B", "X.")', "package_of_one:x", "point"),
    ],
)
def test_an_installed_package_brings_a_single_plugin(installed, registry, text, value, name):
    found = installed("package_of_one", text, ("bench.detectors", "point", value))
    assert found.broken == []
    assert new_in(found, registry)[0] == {name}


def test_an_installed_dataset_is_found(installed, registry):
    text = '''
    from bench import dataset

    @dataset
    def waves(rng):
        """Waves."""
    '''
    found = installed("package_of_data", text, ("bench.datasets", "waves", "package_of_data:waves"))
    assert new_in(found, registry) == (set(), {"waves"})


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("package_broken:answer", "TypeError: it is neither a module nor a registered detector or dataset"),
        ("package_broken:nothing", "AttributeError: "),
        ("package_gone", "ModuleNotFoundError: No module named 'package_gone'"),
    ],
)
def test_an_installed_package_that_is_broken_leaves_the_rest_working(installed, registry, value, message):
    found = installed("package_broken", "answer = 42", ("bench.detectors", "point", value))
    [broken] = found.broken
    assert f"installed package, entry point 'point' = '{value}': {message}" in str(broken)
    assert new_in(found, registry) == (set(), set())


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("detector", "iforst", "unknown detector 'iforst'; did you mean 'iforest'?"),
        ("detector", "zzzzzz", "unknown detector 'zzzzzz'; there are: "),
        (
            "detector",
            "knn:n_neighbour=3",
            "unknown parameter of detector 'knn': 'n_neighbour'; did you mean 'n_n",
        ),
        (
            "detector",
            "random_forest:trees=3",
            "unknown parameter of detector 'random_forest': 'trees'; there are",
        ),
        (
            "detector",
            "constant_score:k=3",
            "unknown parameter of detector 'constant_score': 'k'; there are none",
        ),
        ("detector", "knn:5", "detector 'knn': write PARAM=VALUE instead of '5'"),
        ("dataset", "bump", "unknown dataset 'bump'; did you mean 'bumps'?"),
        ("dataset", "bumps:nose=1", "unknown parameter of dataset 'bumps': 'nose'; did you mean 'noise'?"),
        ("dataset", "bumps:5", "dataset 'bumps': write PARAM=VALUE instead of '5'"),
        ("dataset", "adbench", "dataset 'adbench' needs a value: adbench:FILE"),
        (
            "dataset",
            "adbench:6_cardio,tset=0.5",
            "unknown parameter of dataset 'adbench': 'tset'; did you mean",
        ),
    ],
)
def test_what_is_not_there_is_answered_with_what_is(registry, kind, text, message):
    with pytest.raises(BenchError) as caught:
        getattr(registry, kind)(Spec.parse(text))
    assert str(caught.value).startswith(message)


def test_parameters_are_completed_by_the_defaults(registry):
    _, params = registry.detector(Spec.parse("isolation_forest:n_estimators=7"))
    assert params == {**registry.detectors["isolation_forest"].defaults, "n_estimators": 7}
    _, params = registry.dataset(Spec.parse("adbench:6_cardio,test=0.5"))
    assert params == {**registry.datasets["adbench"].defaults, "file": "6_cardio", "test": 0.5}


@pytest.mark.parametrize("text", ["isolation_forest", "isolation_forest:n_estimators=7", "knn:n_neighbors=9"])
def test_a_detector_is_labelled_as_a_person_would_write_it(registry, text):
    plugin, params = registry.detector(Spec.parse(text))
    assert detector_label(plugin, params) == text


@pytest.mark.parametrize("text", ["bumps", "bumps:noise=0.1,points=64", "adbench:6_cardio,test=0.5"])
def test_a_dataset_is_labelled_as_a_person_would_write_it(registry, text):
    plugin, params = registry.dataset(Spec.parse(text))
    assert dataset_label(plugin, params) == text


def test_the_parameters_of_a_wrapped_class_are_listed_with_its_defaults(registry):
    defaults = parameter_defaults(registry.detectors["one_class_svm"])
    assert (defaults["kernel"], defaults["gamma"]) == ("rbf", "scale")
    assert defaults["nu"] == pytest.approx(200 / 2200)


@pytest.mark.parametrize(
    ("requires", "missing"),
    [
        ((), []),
        (("numpy", "sklearn"), []),
        (("numpy", "no_such_package"), ["no_such_package"]),
        pytest.param(
            ("no_such_package.part",),
            ["no_such_package.part"],
        ),
    ],
)
def test_missing_packages_are_listed(requires, missing):
    plugin = DetectorPlugin(name="a", doc="", defaults={}, build=object, requires=requires)
    assert missing_packages(plugin) == missing


def test_a_missing_package_is_called_what_pip_calls_it(monkeypatch):
    monkeypatch.setattr("bench.plugins.registry._importable", lambda name: False)
    plugin = estimator("sklearn.svm.OneClassSVM", "", requires=("skimage", "pywt", "xgboost"))
    assert missing_packages(plugin) == ["scikit-learn", "scikit-image", "PyWavelets", "xgboost"]


def test_a_detector_whose_package_is_missing_is_listed_all_the_same(write_plugin):
    text = 'from bench import estimator\nabsent = estimator("no_such_package.A", "Absent.")'
    found = load(write_plugin("mine", text))
    assert found.broken == []
    assert missing_packages(found.detectors["absent"]) == ["no_such_package"]


FILES = {
    "mine": "from ._near import x\nfrom . import _also" + TINY.format(name="Mine"),
    "_near": "from ._far import x",
    "_far": "x = 1",
    "_also": "y = 1",
    "_stranger": "z = 1",
}


@pytest.mark.parametrize(
    ("changed", "differs"),
    [(None, False), ("mine", True), ("_near", True), ("_far", True), ("_also", True), ("_stranger", False)],
)
def test_the_source_hash_covers_a_file_and_what_it_imports_from_beside_it(write_plugin, changed, differs):
    sources = []
    for folder in ("before", "after"):
        for name, text in FILES.items():
            edited = folder == "after" and name == changed
            place = write_plugin(name, text + ("\n# edited" if edited else ""), folder)
        sources.append(load(place).detectors["mine"].source)
    assert (sources[0] != sources[1]) == differs


def test_loading_takes_no_public_module_name_and_no_heavy_library(bench_environment, tmp_path):
    code = """
    import sys
    from bench.plugins.registry import load_registry
    assert len(load_registry().detectors) > 10
    print(sorted({name.partition(".")[0] for name in sys.modules}))
    """
    done = subprocess.run(
        [sys.executable, "-c", dedent(code)],
        cwd=tmp_path, env=bench_environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "'numpy'" in done.stdout
    for name in ("datasets", "detectors", "sklearn", "pyod", "torch", "pandas", "scipy"):
        assert f"'{name}'" not in done.stdout, name


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("nul", "x = '\0'", "nul.py: SyntaxError"),
        ("a.b", "", "may not hold a dot; rename it to a_b.py"),
    ],
)
def test_an_odd_file_is_one_clear_sentence(write_plugin, name, content, words):
    [broken] = load(write_plugin(name, content)).broken
    assert words in str(broken)
    assert "None" not in str(broken)


def test_parameters_of_a_library_that_is_missing_are_not_called_unknown(write_plugin):
    text = 'from bench import estimator\nabsent = estimator("no_such_package.A", "Absent.")'
    plugin, params = load(write_plugin("mine", text)).detector(Spec.parse("absent:k=1"))
    assert (missing_packages(plugin), params) == (["no_such_package"], {"k": 1})


def test_a_value_that_is_given_twice_is_refused(registry):
    with pytest.raises(BenchError, match="'file' is given twice"):
        registry.dataset(Spec.parse("adbench:a,file=b"))
