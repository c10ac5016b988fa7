"""Each check finds a detector that breaks it, and nothing else in one that does not."""

from __future__ import annotations

from textwrap import dedent, indent

import pytest

from bench.kit import rows
from bench.kit.checking import check_detector
from bench.kit.contract import CHECKS
from bench.plugins.contract import FLAWS
from bench.plugins.registry import load_registry
from bench.spec import Spec
from bench.trials.trial import Named

GOOD = """
    import random
    import zlib
    import numpy as np
    from bench import Stage, detector
    from bench.errors import NotApplicableError

    class Unpicklable(Stage):
        def fit(self, train):
            self.function = lambda X: X

    class Distance:
        def __init__(self, power: float = 2.0):
            self.power = power

        def fit(self, train):
            self.centre = train.X.mean(axis=0)
            self.threshold = 10.0

        def score(self, X):
            return (np.abs(np.float64(X) - self.centre) ** self.power).sum(axis=1)
"""


@pytest.fixture
def check(write_plugin, monkeypatch):
    """Check a detector that differs from a good one by its declaration and some methods."""
    monkeypatch.setattr("bench.plugins.registry.builtin_folders", lambda: ())

    def run(body: str = "pass", declaration: str = "", spec: str = "mine"):
        body = indent(dedent(body).strip(), "    ")
        text = (
            dedent(GOOD) + f'\n\n@detector({declaration})\nclass Mine(Distance):\n    """Mine."""\n{body}\n'
        )
        registry = load_registry([write_plugin("mine", text)], installed=False)
        assert not registry.broken
        return check_one(spec, registry)

    return run


def check_one(text, registry):
    spec = Spec.parse(text)
    _, params = registry.detector(spec)
    return check_detector(Named(spec.name, text, params), registry)


def fit(line):
    return f"def fit(self, train):\n    super().fit(train)\n    {line}"


def score(line):
    return f"def score(self, X):\n    scores = super().score(X)\n    {line}\n    return scores"


REFUSE = "raise ValueError('not so')"
BAD = [
    # what is wrong, declaration, the checks that fail, and words of their reasons
    (score("scores = scores[1:]"), "", {"runs"}, "shape (59,) for 60 rows"),
    (score("scores[3] = np.nan"), "", {"runs"}, "NaN or infinite for 1 of 60 rows"),
    (score("scores = list(scores)"), "", {"runs"}, "returned list"),
    (score("scores = scores.astype(int)"), "", {"runs"}, "returned int64"),
    (fit(REFUSE), "", {"runs"}, "ValueError: not so (mine.py, line"),
    (fit("raise SystemExit"), "", {"runs"}, "SystemExit"),
    (fit("raise NotApplicableError('never')"), "", {"runs"}, "never"),
    (fit("train.y"), "", {"runs"}, "UndeclaredError: detector 'mine' reads train.y"),
    (fit("train.calibration"), "", {"runs"}, "@detector(calibration=True)"),
    (fit("self.threshold = np.nan"), "", {"runs"}, "threshold must be a finite number"),
    (score("scores = -scores"), "", {"direction"}, "ROC AUC 0.00"),
    (score("scores[:] = 1"), "", {"direction"}, "ROC AUC 0.50"),
    (fit("self.centre += random.SystemRandom().random()"), "", {"seed"}, "two fits with one seed"),
    (
        fit("self.centre += np.random.default_rng(train.seed).random()"),
        "deterministic=True", {"deterministic", "mirror"}, "its seed matters",
    ),
    (score("self.power = self.power * 1.01"), "", {"repeat", "parameters"}, "scored again, got other scores"),
    (score("scores /= X.std()"), "", {"batch"}, "20 rows scored with 40 others got other scores than alone"),
    (score("scores += np.arange(len(X))"), "", {"batch"}, "of their spread"),
    (score(f"if len(X) == 1: {REFUSE}"), "", {"one-row"}, "ValueError: not so"),
    (fit(f"if train.shape == (1,): {REFUSE}"), "", {"one-column"}, "ValueError: not so"),
    (
        "def score(self, X):\n    return super().score((X - self.centre) / self.deviation)\n"
        + fit("self.deviation = train.X.std(axis=0)"),
        "", {"constant-column"}, "NaN or infinite for",
    ),
    (
        fit(f"if len(np.unique(train.X, axis=0)) < len(train.X) / 2: {REFUSE}"),
        "", {"duplicates"}, "ValueError: not so",
    ),
    (fit(f"if len(train.X) < 20: {REFUSE}"), "", {"few-rows", "wide"}, "ValueError: not so"),
    (fit(f"if train.X.shape[1] > len(train.X): {REFUSE}"), "", {"wide"}, "ValueError: not so"),
    (score(f"if X.dtype == np.float32: {REFUSE}"), "", {"float32"}, "ValueError: not so"),
    (score("scores += [zlib.crc32(row.tobytes()) for row in X]"), "", {"float32", "direction"}, "in float64"),
    (fit("train.X[:] = 0"), "", {"inputs"}, "it overwrote train.X"),
    (score("X -= 1"), "", {"inputs"}, "it overwrote X in score(X)"),
    (fit("train.y[train.y == 0] = -1"), "labels=True", {"inputs"}, "it overwrote train.y"),
    (
        fit("train.calibration.X[:] = 0"),
        "labels=True, calibration=True, regimes=('supervised',)", {"inputs"}, "train.calibration.X",
    ),
    (fit("print('fitting ...')"), "", {"prints"}, "it wrote to standard output ('fitting ...')"),
    (
        "def __init__(self, power: float = 2.0):\n    self.power = power + 1",
        "", {"parameters"}, "power: changed or not kept in __init__",
    ),
    (fit("self.power = 3.0"), "", {"parameters"}, "power: changed or not kept in fit"),
    (
        "def __init__(self, power: float = 2.0, columns=frozenset()):\n"
        "    self.power, self.columns = power, columns",
        "", {"parameters", "non-finite"}, "not JSON serializable",
    ),
    (score("scores += X[:, 0]"), "deterministic=True", {"mirror"}, "negated rows got other scores"),
    (fit("np.random.random()"), "", {"global-random-state"}, "numpy.random; use train.seed"),
    (score("random.random()"), "", {"global-random-state"}, "random; use train.seed"),
    ("def stage(self):\n    return Unpicklable()", "", {"stage"}, "pickle"),
    (
        fit("self.own = self.score(train.X)") + "\ndef leave_one_out(self):\n    return self.own",
        "", {"leave-one-out"}, "training rows got other scores after fits without them",
    ),
    ("def leave_one_out(self):\n    return np.zeros(3)", "", {"leave-one-out"}, "shape (3,)"),
]  # fmt: skip


LEFT_OUT = """
def leave_one_out(self):
    others = (self.rows.sum(axis=0) - self.rows) / (len(self.rows) - 1)
    return (np.abs(self.rows - others) ** self.power).sum(axis=1)
"""


def test_a_good_detector_passes_every_check(check):
    findings = check().findings
    assert findings.keys() == CHECKS.keys()
    not_ok = {name: found.verdict for name, found in findings.items() if found.verdict != "ok"}
    assert not_ok == {"deterministic": "-", "leave-one-out": "-", "mirror": "-", "stage": "-"}


@pytest.mark.parametrize(("body", "declaration", "failing", "words"), BAD)
def test_a_check_catches_what_it_is_for(check, body, declaration, failing, words):
    report = check(body, declaration)
    assert set(report.failures) == failing
    assert any(words in reason for reason in report.failures.values()), report.failures
    if failing == {"runs"}:
        assert {found.verdict for name, found in report.findings.items() if name != "runs"} == {"-"}


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_declared_flaw_is_expected_and_one_that_is_gone_is_a_failure(check, flaw):
    bodies = {
        next(iter(failing)): body for body, declared, failing, _ in BAD if len(failing) == 1 and not declared
    }
    bodies["few-rows"] = fit(f"if 12 < len(train.X) < 20 and train.shape == (6,): {REFUSE}")
    bodies["mirror"] = score("scores += X[:, 0]")
    bodies["repeat"] = score("self.calls = getattr(self, 'calls', 0) + 1\n    scores *= self.calls")
    declared = check(bodies[flaw], f"flaws=({flaw!r},)")
    assert declared.findings[flaw].verdict == "declared"
    assert not declared.failures
    # Where there is nothing to be flawed, that is said instead.
    good = {"leave-one-out": fit("self.rows = train.X.copy()") + LEFT_OUT}
    gone = check(good.get(flaw, "pass"), f"flaws=({flaw!r},)")
    assert gone.failures == {flaw: f"the declared flaw {flaw!r} was not seen: remove it from flaws"}


def test_whatever_can_be_declared_is_checked():
    assert FLAWS.keys() <= CHECKS.keys()
    assert all(check.__doc__ for check in CHECKS.values())


def test_another_seed_hides_the_same_labels(check):
    body = fit("self.centre = train.X[train.y != 1].mean(axis=0)")
    assert not check(body, "labels=True, regimes=('semi-supervised',), deterministic=True").failures


def test_a_baseline_need_not_tell_anomalies_apart(check):
    assert not check(score("scores = -scores"), "family='baseline'").failures


def test_parameters_are_those_of_the_check(check):
    report = check(fit(f"if self.power > 2: {REFUSE}"), spec="mine:power=3")
    assert report.detector == "mine:power=3"
    assert set(report.failures) == {"runs"}


def test_a_refusal_as_not_applicable_is_no_failure(check):
    report = check(fit("if train.shape == (1,): raise NotApplicableError('one column says nothing')"))
    assert not report.failures
    assert report.findings["one-column"] == ("-", "one column says nothing")


def test_the_harness_must_refuse_rows_that_are_not_finite(check, monkeypatch):
    monkeypatch.setattr(rows, "with_value", lambda split, value: split)
    assert "ended as 'ok'" in check().failures["non-finite"]


@pytest.mark.parametrize(
    ("declaration", "shape"), [("modalities=('curve',)", (32,)), ("modalities=('image',)", (8, 8))]
)
def test_rows_are_of_a_modality_that_is_declared(check, declaration, shape):
    report = check(fit(f"if len(train.shape) != {len(shape)} or train.shape[0] < 8: {REFUSE}"), declaration)
    assert not report.failures
    assert report.findings["one-column"].verdict == "-"


SERIES = "modalities=('series',)"
MOVING = score("scores = np.abs(X[:, 0]) + np.abs(np.append(X[1:, 0], 0))")


def test_what_a_point_of_a_series_scores_may_rest_on_those_around_it(check):
    assert set(check(MOVING).failures) == {"batch"}
    report = check(MOVING, SERIES)
    assert not report.failures
    assert {report.findings[name].verdict for name in ("batch", "leave-one-out")} == {"-"}


def test_a_series_comes_in_stretches_of_many_points(check):
    """The anomalous ranges of training are left out, and leave gaps."""
    assert not check(fit(f"if len(train.segments) != 3: {REFUSE}"), SERIES).failures


def test_a_series_that_is_constant_or_short_is_tried(check):
    assert set(check(fit(f"if not train.X.std(): {REFUSE}"), SERIES).failures) == {"constant-column"}
    assert set(check(fit(f"if len(train.X) < 100: {REFUSE}"), SERIES).failures) == {"few-rows", "wide"}


def test_windows_that_the_harness_gives_are_checked_on_series(registry):
    report = check_one("hbos:window=20,normalize=true", registry)
    assert not report.failures
    assert report.findings["batch"].verdict == "-"
