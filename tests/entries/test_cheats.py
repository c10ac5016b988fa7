"""Planted cheats: each is found, by the check that it is a matter of."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from entries import LEAN, Opened, judged, make_entry, make_run, mismatches, said, write_plugin

from bench.entries.again import choose_again
from bench.entries.verdict import opened
from bench.errors import BenchWarning
from bench.evaluation.decisions import Decisions, f1
from bench.evaluation.metrics import METRICS
from bench.evaluation.ranking import Ranking
from bench.plans.selection import choose_trial
from bench.plugins.registry import load_registry
from bench.trials.environment import Environment, identify
from bench.trials.runner import TrialRunner

# Trials in processes of their own take a slow machine its time.
pytestmark = pytest.mark.timeout(1800)


@pytest.fixture(scope="module")
def honest(tmp_path_factory):
    """An entry of two detectors that are built in and of one that is not."""
    folder = tmp_path_factory.mktemp("honest")
    plugins = write_plugin(folder / "plugins", LEAN)
    run, registry = make_run(folder, plugins=plugins, detectors=("knn", "hbos", "lean"))
    return make_entry(folder / "mine.zip", run, registry)


@pytest.fixture
def cheat(honest, tmp_path):
    """The parts of that entry, and where the cheat's is to be written."""
    return Opened(honest), tmp_path / "cheat.zip"


def of(parts, detector):
    return [record for record in parts.records if record["detector"]["name"] == detector]


def test_the_entry_that_the_cheats_start_from_is_verified(honest):
    found = judged(honest, rerun=0.05)
    assert mismatches(found) == []
    assert set(found.detectors.values()) == {"verified"}, found.findings


def test_an_edited_metric(cheat):
    parts, file = cheat
    record = of(parts, "lean")[1]
    record["metrics"]["ranking"]["roc_auc"] = 0.99
    found = judged(parts.write(file))
    assert mismatches(found) == ["figures"]
    assert "ranking.roc_auc" in said(found, "figures")
    assert "stated as 0.99" in said(found, "figures")
    assert {name for name, verdict in found.detectors.items() if verdict == "refused"} == {"lean"}


def test_a_threshold_that_was_moved_to_make_decisions_look_better(cheat):
    parts, file = cheat
    record = of(parts, "lean")[0]
    record["metrics"]["native"] = dict(record["metrics"]["oracle"])
    assert mismatches(judged(parts.write(file))) == ["figures"]


def test_an_edited_score(cheat):
    parts, file = cheat
    record = of(parts, "knn")[0]
    scores, labels = parts.of(record)
    anomaly = scores.start + int(np.flatnonzero(parts.labels[labels] == 1)[-1])
    parts.scores[anomaly] = parts.scores[scores].max() + 1
    assert mismatches(judged(parts.write(file))) == ["figures"]


def test_edited_scores_whose_metrics_were_made_to_follow(cheat):
    parts, file = cheat
    for record in of(parts, "knn"):
        scores, labels = parts.of(record)
        parts.scores[scores] += parts.labels[labels] * 0.1 * np.ptp(parts.scores[scores])
        parts.judge_again(record)
    assert mismatches(judged(parts.write(file))) == []  # it agrees with itself
    found = judged(file, rerun=0.05)
    assert mismatches(found) == ["again"]
    assert found.detectors["knn"] == "refused"
    assert found.detectors["hbos"] == "verified"


def test_a_threshold_that_the_code_does_not_give(cheat):
    """Native is moved to where F1 is best on the test rows, and its metrics follow."""
    parts, file = cheat
    for record in of(parts, "lean"):
        record["thresholds"]["native"] = record["thresholds"]["oracle"]
        parts.judge_again(record)
    assert mismatches(judged(parts.write(file))) == []
    found = judged(file, rerun=0.05)
    assert "again" in mismatches(found)
    assert "its threshold native is" in said(found, "again")


@pytest.mark.parametrize("name", ["knn", "lean"])
def test_edited_scores_under_the_name_of_another_processor(cheat, name):
    """Another processor rounds otherwise, and gives no other order."""
    parts, file = cheat
    [environment] = parts.info["environments"].values()
    changed = environment | {"cpu": "another processor"}
    new = identify(msgspec.convert(changed, Environment))
    parts.info["environments"] = {new: changed}
    for record in parts.records:
        record["environment"] = new
    for record in of(parts, name):
        scores, labels = parts.of(record)
        parts.scores[scores] += parts.labels[labels] * np.ptp(parts.scores[scores])
        parts.judge_again(record)
    found = judged(parts.write(file), rerun=0.05)
    assert "again" in mismatches(found)
    assert {label for label, verdict in found.detectors.items() if verdict == "refused"} == {name}


def test_scores_from_training_on_test_rows(cheat):
    """A nearest neighbour that has the test rows with their labels."""
    from sklearn.neighbors import KNeighborsClassifier

    parts, file = cheat
    runner = TrialRunner(load_registry(installed=False))
    for record in of(parts, "lean"):
        trial = choose_trial("knn", record["dataset"]["label"], record["seed"], runner.registry)
        test = runner.view(trial).test
        scores, _ = parts.of(record)
        model = KNeighborsClassifier(5).fit(test.X, test.y)
        parts.scores[scores] = model.predict_proba(test.X)[:, 1]
        parts.judge_again(record)
    found = judged(parts.write(file), rerun=0.05)
    assert "again" in mismatches(found)
    assert {name for name, verdict in found.detectors.items() if verdict == "refused"} == {"lean"}


# The same detector, but that for seeds of the suite the direction is one that suits the test rows.
TUNED = LEAN.replace(
    "self.direction = draw", "self.direction = BEST.get((train.seed, train.X.shape[1])) or draw"
)


def _quality(view, direction):
    """Adjusted AP and F1 of a direction on the test rows."""
    scores = view.test.X @ direction
    decisions = Decisions.of(scores > np.quantile(view.X @ direction, 0.9), view.test.y)
    return METRICS["adjusted_ap"].function(Ranking(scores, view.test.y)) + f1(decisions)


def _tuned(view):
    """A direction that was changed by chance, and kept where it got better on the test rows."""
    draw = np.random.default_rng(0)
    best = max(draw.normal(size=(200, view.X.shape[1])), key=lambda each: _quality(view, each))
    for _ in range(200):
        best = max(best, best + 0.3 * draw.normal(size=best.shape), key=lambda each: _quality(view, each))
    return best.tolist()


def test_a_detector_that_was_tuned_on_the_test_labels(tmp_path):
    runner, table = TrialRunner(load_registry(installed=False)), {}
    for dataset in ("bumps:normals=500,anomalies=50", "breast_cancer", "digits"):
        trial = choose_trial("knn", dataset, 0, runner.registry)
        view = runner.view(trial)
        table[runner.train(trial, view, None).seed, view.X.shape[1]] = _tuned(view)
    text = TUNED.replace("import numpy as np", f"import numpy as np\n    BEST = {table}")
    plugins = write_plugin(tmp_path / "plugins", text)
    run, registry = make_run(tmp_path, plugins=plugins, detectors=("lean",))
    found = judged(make_entry(tmp_path / "tuned.zip", run, registry), rerun=0.01)
    assert said(found, "again") == ""  # what is run again comes out as it was
    assert mismatches(found) == ["other-seeds"], said(found, "other-seeds")
    assert "tuned on the test rows" in said(found, "other-seeds")


def test_shuffled_labels(cheat):
    parts, file = cheat
    np.random.default_rng(0).shuffle(parts.labels[parts.of(parts.records[0])[1]])
    for record in parts.records:
        parts.judge_again(record)
    found = judged(parts.write(file))
    assert mismatches(found) == ["data"]
    assert "its labels are not those of the test rows" in said(found, "data")


@pytest.mark.parametrize("part", ["dataset", "data"])
def test_another_version_of_a_dataset(cheat, part):
    parts, file = cheat
    for record in parts.records:
        if record["dataset"]["name"] == "digits":
            record["code"][part] = "0123456789abcdef"
    parts.give_keys()
    found = judged(parts.write(file))
    assert mismatches(found) == ["keys"]
    assert "digits is another version than here" in said(found, "keys")


def test_a_version_that_was_edited_leaves_another_key(cheat):
    parts, file = cheat
    parts.records[0]["code"]["libraries"]["numpy"] = "1.0"
    found = judged(parts.write(file))
    assert "its key is not that of its trial" in said(found, "keys")


def test_dropped_failures(cheat):
    parts, file = cheat
    parts.records.remove(of(parts, "lean")[2])
    found = judged(parts.write(file))
    assert mismatches(found) == ["complete"]
    assert "1 of its planned trials have no record" in said(found, "complete")


@pytest.mark.parametrize("detector", ["hbos", "lean"])
def test_a_dataset_that_was_left_out_of_the_plan_as_well(cheat, detector):
    """Which datasets suit a detector that is not built in is known once its code has been loaded."""
    parts, file = cheat
    parts.records.remove(next(r for r in of(parts, detector) if r["dataset"]["name"] == "digits"))
    for plan in parts.info["plans"]:
        for cell in plan["cells"]:
            if cell["dataset"] == "digits":
                cell["detectors"].remove(detector)
    found = judged(parts.write(file), rerun=0.05 if detector == "lean" else None)
    assert mismatches(found) == ["suite"]
    assert "it was not run on digits, which the suite has" in said(found, "suite")


def test_seeds_that_were_picked(tmp_path):
    run, registry = make_run(tmp_path, detectors=("hbos",), seeds=(3,))
    found = judged(make_entry(tmp_path / "picked.zip", run, registry))
    assert mismatches(found) == ["suite"]
    assert "its seeds are 3; those of the suite begin with 0" in said(found, "suite")


def test_parameters_under_the_name_of_the_defaults(cheat):
    parts, file = cheat
    for record in of(parts, "knn"):
        record["detector"]["params"]["n_neighbors"] = 50
    parts.give_keys()
    found = judged(parts.write(file))
    assert mismatches(found) == ["keys"]
    assert "'knn' is not run with its parameters" in said(found, "keys")


def test_labels_that_were_read_where_the_regime_hides_them(cheat):
    parts, file = cheat
    of(parts, "knn")[0]["labels_used"] = 10
    found = judged(parts.write(file))
    assert mismatches(found) == ["data"]


def test_a_machine_that_was_edited(cheat):
    parts, file = cheat
    [environment] = parts.info["environments"].values()
    environment["cpu"] = "a faster one"
    assert mismatches(judged(parts.write(file))) == ["contents"]


def test_the_draw_of_trials_follows_the_archive_and_the_seed(honest, registry):
    def drawn(salt):
        with opened(honest, registry, 1) as entry:
            _, asked = choose_again(entry, 0.05, salt)
        return asked

    assert drawn("a") == drawn("a")
    assert drawn("a") != drawn("b")
    own = [each for each in drawn("a") if each.detector == "lean"]
    assert len(own) > len([each for each in drawn("a") if each.detector == "knn"]) == 1
    assert {each.seed for each in own} > {0}


def test_scores_that_two_records_share(cheat):
    parts, file = cheat
    parts.records[1]["scores"] = dict(parts.records[0]["scores"])
    parts.scores = parts.scores[: -parts.records[1]["scores"]["count"]]
    found = judged(parts.write(file))
    assert "contents" in mismatches(found)
    assert "some records share their scores" in said(found, "contents")


def test_labels_of_another_number_than_the_scores(cheat):
    parts, file = cheat
    parts.records[0]["labels"]["count"] -= 1
    found = judged(parts.write(file))
    assert "figures" in mismatches(found)
    assert "data" in mismatches(found)


def test_lines_that_cannot_be_read(cheat):
    parts, file = cheat
    parts.records[0]["metrics"]["ranking"]["roc_auc"] = 8
    with pytest.warns(BenchWarning, match="cannot be read"):
        found = judged(parts.write(file))
    assert mismatches(found)[0] == "contents"
    assert "1 lines of its records cannot be read" in said(found, "contents")
