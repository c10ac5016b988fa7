"""Detectors that behave in whatever way: a trial always leaves a record that can be stored and read."""

from __future__ import annotations

import math
from types import SimpleNamespace

import msgspec
import numpy as np
from fuzzing import fuzzed
from hypothesis import given
from hypothesis import strategies as st

from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.plugins.metadata import DetectorPlugin
from bench.plugins.registry import Registry, load_registry
from bench.runs.documents import encode
from bench.trials.record import Record
from bench.trials.runner import TrialRunner


class _UnprintableError(Exception):
    def __str__(self):
        raise RuntimeError("not even this")


class _OddArray:
    def __init__(self, rows):
        self.rows = rows

    def __array__(self, dtype=None, copy=None):
        raise ValueError("no array \udc80")

    def __len__(self):
        return self.rows


def _raise(error):
    def raises(*_):
        raise error

    return raises


TEXT = st.text(max_size=20)
EXCEPTIONS = st.one_of(
    st.builds(ValueError, TEXT),
    st.builds(KeyError, TEXT),
    st.builds(SystemExit, st.one_of(st.none(), st.integers(), TEXT)),
    st.builds(MemoryError),
    st.builds(RecursionError, TEXT),
    st.builds(StopIteration, TEXT),
    st.builds(_UnprintableError),
    st.builds(lambda text: UnicodeDecodeError("utf-8", b"\xff", 0, 1, text), TEXT),
    st.builds(lambda text: ExceptionGroup("several", [ValueError(text), OSError(28, text)]), TEXT),
    st.builds(OSError, st.integers(0, 200), TEXT),
)
NUMBERS = st.one_of(st.floats(), st.integers(), st.booleans(), st.complex_numbers(), TEXT, st.none())
SCORES = st.one_of(
    st.builds(lambda number: lambda X: np.full(len(X), number), NUMBERS),
    st.builds(lambda number: lambda X: [number] * len(X), NUMBERS),
    st.builds(lambda number: lambda X: np.where(np.arange(len(X)) % 3, X[:, 0], number), st.floats()),
    st.builds(lambda scale: lambda X: X[:, 0] * scale, st.floats()),
    st.builds(
        lambda kind: lambda X: np.abs(X[:, 0]).astype(kind),
        st.sampled_from(["f2", "f4", "f8", "g", "i1", "u8", "?", "O", "U5", "S3", "M8[s]", "m8[s]", "c16"]),
    ),
    st.builds(lambda shape: lambda X: np.ones(shape), st.sampled_from([(), (0,), (1,), (3, 2), (1, 1, 1)])),
    st.builds(lambda change: lambda X: X[: max(0, len(X) + change), 0], st.integers(-3, 3)),
    st.sampled_from(
        [
            lambda X: X,
            lambda X: None,
            lambda X: iter(X[:, 0]),
            lambda X: {},
            lambda X: "scores",
            lambda X: object(),
            lambda X: np.ma.masked_array(X[:, 0], X[:, 0] > 0),
            lambda X: memoryview(np.ascontiguousarray(X[:, 0])),
            lambda X: X[:, :1],
            lambda X: X[::-1, 0],
            lambda X: np.asfortranarray(X)[:, 0],
            lambda X: X.sort(0),
            lambda X: _OddArray(len(X)),
            lambda X: np.lib.stride_tricks.as_strided(X[:1, 0], (len(X),), (0,)),
        ]
    ),
    st.builds(_raise, EXCEPTIONS),
)
FITS = st.one_of(
    st.just(lambda train: None),
    st.just(lambda train: "self"),
    st.builds(_raise, EXCEPTIONS),
    st.just(lambda train: train.X.fill(0)),
    st.just(lambda train: train.y),
    st.just(lambda train: print(1)),
)
THRESHOLDS = st.one_of(
    st.just("absent"),
    st.floats(),
    st.integers(),
    TEXT,
    st.none(),
    st.just(np.ones(3)),
    st.just(np.float32(1)),
)
CHOSEN = SimpleNamespace()


def _build():
    if CHOSEN.construct is not None:
        raise CHOSEN.construct
    detector = SimpleNamespace(fit=CHOSEN.fit, score=CHOSEN.score)
    if not (isinstance(CHOSEN.threshold, str) and CHOSEN.threshold == "absent"):
        detector.threshold = CHOSEN.threshold
    return detector


def _trial():
    built_in = load_registry(installed=False)
    plugin = DetectorPlugin(name="odd", doc="Odd.", defaults={}, build=_build, path="odd.py")
    registry = Registry(detectors={"odd": plugin}, datasets=built_in.datasets)
    small = "moons:normals=40,anomalies=8,test_normals=20,test_anomalies=8"
    selection = Selection(("odd",), (small,), ("unsupervised",), (0,))
    return registry, next(iter(make_plan(load_suite("core"), registry, selection)))


REGISTRY, TRIAL = _trial()


@fuzzed(80)
@given(st.one_of(st.none(), st.none(), st.none(), EXCEPTIONS), FITS, SCORES, THRESHOLDS)
def test_a_trial_of_any_detector_leaves_a_record(construct, fit, score, threshold):
    CHOSEN.__dict__.update(construct=construct, fit=fit, score=score, threshold=threshold)
    record = TrialRunner(REGISTRY).run(TRIAL).record
    read = msgspec.json.decode(encode(record), type=Record)
    assert read.status == record.status
    assert (record.status == "ok") == bool(record.metrics)
    assert bool(record.reason) == (record.status != "ok")
    assert "\n" not in record.reason
    figures = [value for metrics in record.metrics.values() for value in metrics.values()]
    assert all(math.isfinite(value) for value in figures)
