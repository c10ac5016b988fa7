from __future__ import annotations

import pytest

from bench import dataset, detector, features
from bench.modalities import MODALITIES
from bench.plugins.decorators import plugin_of, snake_case


def make_class(name="Mine", base=object, **members):
    methods = {"fit": lambda self, train: None, "score": lambda self, X: X[:, 0]}
    return type(name, (base,), {"__doc__": "Mine.", "__module__": __name__, **methods, **members})


@pytest.mark.parametrize(
    ("class_name", "name"),
    [
        ("IsolationForest", "isolation_forest"),
        ("OneClassSVM", "one_class_svm"),
        ("KNN", "knn"),
        ("DeepSVDD", "deep_svdd"),
        ("LOFWithMargin", "lof_with_margin"),
        ("Autoencoder2", "autoencoder2"),
        ("already_snake", "already_snake"),
    ],
)
def test_a_detector_is_named_after_its_class_in_snake_case(class_name, name):
    assert snake_case(class_name) == name
    assert plugin_of(detector(make_class(class_name))).name == name


def test_a_bare_decorator_declares_nothing_and_takes_the_defaults_of_init():
    @detector
    class Mine:
        """Nearest something (Somebody, 2020).

        More words.
        """

        def __init__(self, k: int = 5, metric: str = "cosine") -> None: ...

        def fit(self, train): ...

        def score(self, X): ...

    plugin = plugin_of(Mine)
    assert plugin.summary == "Nearest something (Somebody, 2020)."
    assert plugin.defaults == {"k": 5, "metric": "cosine"}
    assert plugin.declared == frozenset()
    assert plugin.regimes == ("unsupervised", "one-class")
    assert plugin.modalities == tuple(MODALITIES)
    assert (plugin.requires, plugin.flaws, plugin.staged) == ((), (), False)
    assert plugin.build is Mine


def test_what_is_declared_is_noted_down():
    cls = make_class(stage=lambda self: None)
    plugin = plugin_of(
        detector(
            name="other", labels=True, calibration=True, modalities=("curve",), requires=("xgboost",),
            gpu=True, deterministic=True, cost=9, flaws=("prints",),
        )(cls)
    )  # fmt: skip
    assert plugin.name == "other"
    assert plugin.declared == {"labels", "calibration"}
    assert plugin.regimes == ("semi-supervised", "supervised")
    assert (plugin.modalities, plugin.requires) == (("curve",), ("xgboost",))
    assert (plugin.gpu, plugin.deterministic, plugin.cost, plugin.flaws) == (True, True, 9, ("prints",))
    assert plugin.staged


def test_the_regimes_can_be_chosen():
    assert plugin_of(detector(labels=True, regimes=("supervised",))(make_class())).regimes == ("supervised",)


def test_a_class_without_init_has_no_parameters():
    assert plugin_of(detector(make_class())).defaults == {}


def test_a_subclass_of_a_detector_is_no_detector_until_it_is_declared_itself():
    base = detector(make_class("Base"))
    derived = make_class("Derived", base)
    assert plugin_of(derived) is None
    assert plugin_of(detector(derived)).name == "derived"
    assert plugin_of(base).name == "base"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"regimes": ("supervized",)},
            "detector 'mine': unknown regime 'supervized'; did you mean 'supervised'",
        ),
        ({"modalities": ("tabular",)}, "detector 'mine': unknown modality 'tabular'; did you mean 'table'"),
        ({"flaws": ("noisy",)}, "detector 'mine': unknown flaw 'noisy'; there are: batch, "),
        ({"regimes": "supervised"}, "detector 'mine': regimes must be a tuple"),
    ],
)
def test_a_misspelt_word_is_refused_when_the_file_is_loaded(options, message):
    with pytest.raises(TypeError, match=message):
        detector(**options)(make_class())


@pytest.mark.parametrize("method", ["fit", "score"])
def test_a_detector_needs_both_of_its_methods(method):
    with pytest.raises(TypeError, match=rf"detector 'mine' has no method {method}\(\)"):
        detector(make_class(**{method: None}))


def test_a_detector_parameter_needs_a_default():
    def init(self, k):
        self.k = k

    with pytest.raises(TypeError, match="k"):
        detector(make_class(__init__=init))


def test_one_required_package_may_not_be_written_without_its_tuple():
    with pytest.raises(TypeError, match="requires"):
        detector(requires="xgboost")(make_class())


def test_a_dataset_is_named_after_its_function_and_takes_its_defaults():
    @dataset
    def waves(rng, *, rows: int = 10, noise: float = 0.1):
        """Waves (Somebody, 2020)."""

    plugin = plugin_of(waves)
    assert (plugin.name, plugin.summary, plugin.modality) == ("waves", "Waves (Somebody, 2020).", "table")
    assert plugin.defaults == {"rows": 10, "noise": 0.1}
    assert plugin.required is None
    assert list(plugin.variants()) == [{}]
    assert plugin.fingerprint(rows=10) == ""
    assert plugin.make is waves


def test_one_parameter_without_a_default_is_what_a_variant_is_named_by():
    def files():
        return [{"file": "a"}, {"file": "b"}]

    @dataset(
        name="tables",
        modality="image",
        variants=files,
        fingerprint=lambda file, **_: file * 2,
        hint="get some",
    )
    def other(rng, file, *, test: float = 0.3):
        """Tables."""

    plugin = plugin_of(other)
    assert (plugin.name, plugin.modality, plugin.required) == ("tables", "image", "file")
    assert plugin.defaults == {"test": 0.3}
    assert list(plugin.variants()) == files()
    assert plugin.fingerprint(file="ab", test=1) == "abab"
    assert plugin.hint == "get some"


@pytest.mark.parametrize("options", [{}, {"variants": lambda: []}])
def test_a_dataset_with_two_parameters_without_defaults_is_refused(options):
    def waves(rng, rows, columns, *, noise=0): ...

    with pytest.raises(TypeError, match="dataset 'waves': parameters need defaults: rows, columns"):
        dataset(**options)(waves)


def test_a_dataset_parameter_without_a_default_needs_a_list_of_variants():
    def waves(rng, rows): ...

    with pytest.raises(TypeError, match="dataset 'waves': parameters need defaults: rows"):
        dataset(waves)


def test_a_misspelt_modality_of_a_dataset_is_refused():
    def waves(rng): ...

    with pytest.raises(TypeError, match="dataset 'waves': unknown modality 'curves'; did you mean 'curve'"):
        dataset(modality="curves")(waves)


@pytest.mark.parametrize("value", [3, "text", None, object, make_class("Plain")])
def test_other_values_of_a_module_are_no_plugins(value):
    assert plugin_of(value) is None


def test_each_decorator_works_with_and_without_arguments_and_returns_what_it_was_given():
    def rows(rng):
        """Rows."""

    def slopes(X, shape):
        """Slopes."""

    for decorate, given, name in (
        (detector, make_class(), "mine"),
        (detector(deterministic=True), make_class(), "mine"),
        (dataset, rows, "rows"),
        (dataset(modality="table"), rows, "rows"),
        (features, slopes, "slopes"),
        (features(modalities=("curve",)), slopes, "slopes"),
    ):
        assert decorate(given) is given
        assert plugin_of(given).name == name
