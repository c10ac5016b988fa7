from __future__ import annotations

import json
import lzma
import shutil
from pathlib import Path

import numpy as np
import pytest
from msgspec import structs

from bench.analysis.results import load_suite_results
from bench.errors import BenchError
from bench.evaluation.thresholders import BY_ORDER, METHODS, QUICK, THRESHOLDERS
from bench.runs.judging import Judge, LimitExceededError, predictions
from bench.runs.reading import Run
from bench.runs.rejudging import choose_methods, flagged_clean, judge_run

pytest.importorskip("pythresh", reason="threshold methods need pythresh")
REFERENCE = Path(__file__).parents[2] / "results"
NAME = "reference-article"


def two_groups() -> np.ndarray:
    rng = np.random.default_rng(0)
    return np.concatenate([rng.normal(size=400), rng.normal(9, 1, size=40)])


@pytest.fixture
def results(tmp_path) -> Path:
    shutil.copytree(REFERENCE / "runs" / NAME, tmp_path / "runs" / NAME)
    return tmp_path


def judge(results: Path, methods: list[str]):
    return judge_run(results, NAME, [THRESHOLDERS[method] for method in methods], lambda: None)


def predicted(method: str, scores: np.ndarray):
    return predictions(THRESHOLDERS[method], scores)


@pytest.mark.parametrize("method", QUICK)
def test_a_quick_method_predicts_more_of_the_high_group_than_of_the_other(method):
    scores = two_groups()
    decided = predicted(method, scores)
    assert decided.shape == scores.shape
    assert decided[400:].mean() > decided[:400].mean()


@pytest.mark.parametrize("method", QUICK)
def test_the_same_scores_are_judged_the_same(method):
    assert (predicted(method, two_groups()) == predicted(method, two_groups())).all()


def is_changed(method, rows):
    """Whether decisions change when the same scores come in another order, with scores of one law after the
    other.
    """
    rng = np.random.default_rng(0)
    for scores in (np.abs(rng.normal(size=rows)), rng.lognormal(size=rows), rng.uniform(size=rows)):
        order = rng.permutation(rows)
        yield (predicted(method, scores[order]) != predicted(method, scores)[order]).any()


@pytest.mark.parametrize("method", QUICK)
def test_the_defaults_heed_no_order_of_the_rows(method):
    assert not THRESHOLDERS[method].order_matters
    assert not any(is_changed(method, 300))


# Of vae, which takes a minute and more, 11 of 200 decisions changed.
@pytest.mark.parametrize("method", sorted(set(BY_ORDER) - {"vae"}))
def test_a_method_that_answers_by_the_order_of_the_rows_says_so(method):
    assert THRESHOLDERS[method].order_matters
    assert any(is_changed(method, 1000))
    assert THRESHOLDERS[method] not in choose_methods(None)


def test_what_is_flagged_of_scores_without_an_anomaly():
    found = flagged_clean([THRESHOLDERS[method] for method in ("zscore", "hist", "mad")])
    zscore, hist, mad = (np.array(found[f"pythresh-{method}"]) for method in ("zscore", "hist", "mad"))
    assert len(zscore) == 5
    assert zscore.mean() == pytest.approx(0.157, abs=0.01)
    assert hist[0] == pytest.approx(0.39, abs=0.01)
    assert mad.max() < 0.01


def test_a_method_that_takes_too_long_is_ended_and_the_next_answers():
    scores = two_groups()
    with Judge(limit=60) as judge:
        judge.ask(THRESHOLDERS["boot"], scores[:50])
        judge.limit = 0.0001  # it takes a tenth of a second or more
        with pytest.raises(LimitExceededError):
            judge.ask(THRESHOLDERS["boot"], np.tile(scores, 5))
        judge.limit = 60
        assert (judge.ask(THRESHOLDERS["iqr"], scores) == predicted("iqr", scores)).all()
        assert judge.ask(THRESHOLDERS["karch"], np.array([])) is None


def test_a_method_that_took_too_long_is_not_asked_about_the_same_detector_again(results):
    asked = []

    def ask(policy, scores):
        asked.append(policy.name)
        if policy.name == "pythresh-mad":
            raise LimitExceededError
        return predictions(policy, scores)

    policies = [THRESHOLDERS["iqr"], THRESHOLDERS["mad"]]
    judged = judge_run(results, NAME, policies, lambda: None, ask)
    detectors = {record.detector.label for record in Run(results / "runs" / NAME).records()}
    assert set(judged.exceeded["pythresh-mad"]) == detectors
    assert asked.count("pythresh-mad") == len(detectors)
    assert asked.count("pythresh-iqr") == judged.trials > len(detectors)


def test_a_method_that_fails_on_scores_has_no_answer():
    assert predicted("karch", np.array([])) is None


def test_methods_are_chosen_by_globs_in_the_order_given():
    assert [policy.name for policy in choose_methods("mad,i*")] == ["pythresh-mad", "pythresh-iqr"]
    assert choose_methods("*") == [THRESHOLDERS[method] for method in METHODS]
    with pytest.raises(BenchError, match="unknown threshold method 'irq'; did you mean 'iqr'"):
        choose_methods("irq")


def test_judging_adds_what_the_scores_give_and_changes_nothing_else(results):
    run = Run(results / "runs" / NAME)
    before = list(run.records())
    ok = [record for record in before if record.status == "ok"]
    assert judge(results, ["iqr", "mad"]).trials == len(ok)
    after = list(Run(run.folder).records())
    for old, new in zip(before, after, strict=True):
        metrics = dict(new.metrics)
        added = {name: metrics.pop(name) for name in ("pythresh-iqr", "pythresh-mad") if metrics}
        assert structs.replace(new, metrics=metrics) == old
        if added:
            scores, y = run.scores(old), run.labels(old)
            decided = predicted("iqr", scores)
            found = (decided & (y == 1)).sum()
            assert added["pythresh-iqr"]["recall"] == pytest.approx(found / (y == 1).sum(), abs=1e-6)
    assert Run(run.folder).info.policies.keys() == {"pythresh-iqr", "pythresh-mad"}
    assert (run.folder / "trials.jsonl.xz").exists()


def test_what_has_been_judged_is_not_judged_again(results):
    judge(results, ["iqr"])
    once = (results / "runs" / NAME / "trials.jsonl.xz").read_bytes()
    assert judge(results, ["iqr"]).trials == 0
    assert (results / "runs" / NAME / "trials.jsonl.xz").read_bytes() == once


def test_results_have_the_added_policies_as_columns(results):
    judge(results, ["iqr"])
    [found] = load_suite_results(results)
    assert found.frame["pythresh-iqr.f1"].between(0, 1).all()


def test_a_run_without_raw_scores_is_left_as_it_is(results):
    folder = results / "runs" / NAME
    for file in ("scores.f64.xz", "labels.i8.xz"):
        (folder / file).unlink()
    shutil.copytree(REFERENCE / "runs" / "reference-regimes", folder, dirs_exist_ok=True)
    before = (folder / "trials.jsonl.xz").read_bytes()
    with pytest.raises(BenchError, match="were dropped"):
        judge(results, ["iqr"])
    assert (folder / "trials.jsonl.xz").read_bytes() == before


def test_judging_keeps_what_a_newer_version_has_written(results):
    file = results / "runs" / NAME / "trials.jsonl.xz"
    lines = [json.loads(line) for line in lzma.decompress(file.read_bytes()).splitlines()]
    for line in lines:
        line |= {"of_tomorrow": 1, "costs": {**line["costs"], "joules": 5}}
    file.write_bytes(lzma.compress("".join(f"{json.dumps(line)}\n" for line in lines).encode()))
    assert judge(results, ["iqr"]).trials == len(lines)
    after = [json.loads(line) for line in lzma.decompress(file.read_bytes()).splitlines()]
    for line in after:
        assert line["metrics"].pop("pythresh-iqr")
    assert after == lines
