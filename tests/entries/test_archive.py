"""Archives: the same run gives the same bytes, and a hostile one writes and runs nothing."""

from __future__ import annotations

import io
import stat
import zipfile

import numpy as np
import pytest
from entries import LEAN, write_plugin

from bench.entries.opening import MOST_BYTES, unpack_entry
from bench.entries.submission import entry_of
from bench.errors import BenchError
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.plugins.registry import load_registry
from bench.runs.reading import Run
from bench.runs.rewriting import pack_run
from bench.runs.writing import RunWriter
from bench.trials.environment import Environment
from bench.trials.record import Outcome, Record

SCORES, LABELS = np.array([0.5, 1.5, -2.0]), np.array([0, 1, 0], dtype=np.int8)


def write_run(results, registry, detectors=("knn", "lof"), name="mine"):
    """A run whose scores are made up."""
    plan = make_plan(load_suite("quick"), registry, Selection(detectors=detectors, regimes=("unsupervised",)))
    with RunWriter(results, plan, Environment(cpu="made up"), name) as writer:
        for n, trial in enumerate(plan):
            status = "failed" if n == 2 else "ok"
            scored = (SCORES + n, LABELS) if status == "ok" else ()
            writer.write(Outcome(Record.of(trial, status, "" if scored else "a reason"), *scored))
    return writer.run


@pytest.fixture
def run(tmp_path, registry):
    return write_run(tmp_path, registry)


def test_the_same_run_gives_the_same_bytes_packed_or_not(tmp_path, run, registry):
    plain = entry_of(run, registry)
    assert entry_of(run, registry) == plain
    pack_run(tmp_path, "mine")
    assert not (run.folder / "trials.jsonl").exists()
    assert entry_of(Run(run.folder), registry) == plain


def test_what_is_submitted_comes_out_as_it_was(tmp_path, run, registry):
    (tmp_path / "mine.zip").write_bytes(entry_of(run, registry))
    (tmp_path / "out").mkdir()
    unpack_entry(tmp_path / "mine.zip", tmp_path / "out")
    there = Run(tmp_path / "out")
    assert there.info == run.info
    before, after = list(run.records()), list(there.records())
    assert [record.key for record in after] == [record.key for record in before]
    for old, new in zip(before, after, strict=True):
        assert (new.status, new.reason, new.metrics) == (old.status, old.reason, old.metrics)
        if old.scores is not None:
            assert there.scores(new).tolist() == run.scores(old).tolist()
            assert there.labels(new).tolist() == LABELS.tolist()


def test_of_a_trial_that_was_run_twice_the_last_record_is_taken(tmp_path, run, registry):
    plan = make_plan(load_suite("quick"), registry, Selection(("knn", "lof"), regimes=("unsupervised",)))
    trial = next(iter(plan))
    with RunWriter(tmp_path, plan, Environment(cpu="made up"), "mine") as writer:
        writer.write(Outcome(Record.of(trial, "ok"), SCORES * 7, LABELS))
    (tmp_path / "mine.zip").write_bytes(entry_of(run, registry))
    (tmp_path / "out").mkdir()
    unpack_entry(tmp_path / "mine.zip", tmp_path / "out")
    there = Run(tmp_path / "out")
    [record] = [record for record in there.records() if record.key == trial.key]
    assert there.scores(record).tolist() == (SCORES * 7).tolist()


def test_plugin_files_come_with_what_they_import_from_beside_them(tmp_path):
    plugins = write_plugin(
        tmp_path / "plugins", LEAN.replace("import numpy", "from ._own import NAME\n    import numpy")
    )
    write_plugin(plugins, "NAME = 1", name="_own")
    write_plugin(plugins, "print('not asked for')", name="other")
    registry = load_registry([plugins], installed=False)
    run = write_run(tmp_path, registry, ("lean", "knn"))
    with zipfile.ZipFile(io.BytesIO(entry_of(run, registry))) as archive:
        held = [name for name in archive.namelist() if name.startswith("plugins/")]
        assert held == ["plugins/_own.py", "plugins/lean.py"]
        assert archive.read("plugins/lean.py") == (plugins / "lean.py").read_bytes()


def test_a_plugin_that_has_changed_since_or_is_not_there_cannot_be_submitted(tmp_path):
    plugins = write_plugin(tmp_path / "plugins", LEAN)
    run = write_run(tmp_path, load_registry([plugins], installed=False), ("lean", "knn"))
    with pytest.raises(BenchError, match=r"unknown detector .lean.*--plugins"):
        entry_of(run, load_registry(installed=False))
    write_plugin(plugins, LEAN + "\n    # better\n")
    with pytest.raises(BenchError, match="'lean' has changed since the run"):
        entry_of(run, load_registry([plugins], installed=False))


def hostile(content, changes):
    """An archive with further members, or others in place of those that it has."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w") as new:
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name), zipfile.ZIP_DEFLATED)
        for name, value in changes.items():
            if value is not None:
                new.writestr(name, value, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def a_link(name):
    member = zipfile.ZipInfo(name)
    member.create_system, member.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return member


BAD = {
    "a path that leads out": ({"../evil.py": b"x"}, "it holds '../evil.py'"),
    "a path that leads out of plugins": ({"plugins/../../evil.py": b"x"}, "which no entry has"),
    "an absolute path": ({"/tmp/evil.py": b"x"}, "which no entry has"),
    "a path of Windows": ({"plugins\\evil.py": b"x"}, "which no entry has"),
    "a folder": ({"plugins/": b""}, "which no entry has"),
    "a plugin with a dot": ({"plugins/a.b.py": b"x"}, "which no entry has"),
    "a pickle": ({"plugins/model.pkl": b"x"}, "which no entry has"),
    "a verdict of its own": ({"verdict.json": b"{}"}, "it holds 'verdict.json'"),
    "a packed file": ({"scores.f64.xz": b"x"}, "which no entry has"),
    "too much in one file": ({"entry.json": b" " * (MOST_BYTES["entry.json"] + 1)}, "is larger than"),
    "too many files": ({f"plugins/p{n}.py": b"" for n in range(200)}, "it holds 20"),
    "no records": ({"trials.jsonl": None}, "it lacks trials.jsonl"),
    "no manifest": ({"entry.json": None}, "it lacks entry.json"),
    "a manifest of another kind": ({"entry.json": b"[]"}, "entry.json"),
    "a manifest of another format": ({"entry.json": b'{"format": 99, "bench": ""}'}, "format 99"),
    "brackets without end": ({"entry.json": b"[" * 100_000}, "entry.json"),
}


@pytest.mark.parametrize("name", BAD)
def test_an_archive_that_holds_anything_else_is_refused(name, tmp_path, run, registry):
    changes, message = BAD[name]
    (tmp_path / "bad.zip").write_bytes(hostile(entry_of(run, registry), changes))
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(BenchError) as error:
        unpack_entry(tmp_path / "bad.zip", inside)
    assert message in str(error.value)
    written = set(tmp_path.rglob("*")) - set(before)
    assert all(file.parent == inside for file in written)
    assert not any("evil" in file.name for file in written)


def test_a_link_in_an_archive_is_refused(tmp_path, run, registry):
    content = io.BytesIO(hostile(entry_of(run, registry), {"run.json": None}))
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr(a_link("run.json"), "/etc/passwd")
    (tmp_path / "bad.zip").write_bytes(content.getvalue())
    (tmp_path / "out").mkdir()
    with pytest.raises(BenchError, match="is a link"):
        unpack_entry(tmp_path / "bad.zip", tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_file_that_is_longer_than_the_archive_says_is_not_unpacked_further(tmp_path, run, registry):
    """What stands of the size in an archive is a number that its sender wrote."""
    content = entry_of(run, registry)
    big = hostile(content, {"entry.json": b" " * (3 * MOST_BYTES["entry.json"])})
    size = (3 * MOST_BYTES["entry.json"]).to_bytes(4, "little")
    assert size in big
    (tmp_path / "bad.zip").write_bytes(big.replace(size, (100).to_bytes(4, "little")))
    (tmp_path / "out").mkdir()
    with pytest.raises(BenchError):
        unpack_entry(tmp_path / "bad.zip", tmp_path / "out")
    assert not (tmp_path / "out" / "entry.json").exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a zip file" * 100])
def test_what_is_no_archive_is_said_in_one_sentence(tmp_path, content):
    (tmp_path / "bad.zip").write_bytes(content)
    with pytest.raises(BenchError, match=r"'.*bad\.zip' is no entry"):
        unpack_entry(tmp_path / "bad.zip", tmp_path)


def test_an_archive_cut_anywhere_is_refused_or_read_whole(tmp_path, run, registry):
    content = entry_of(run, registry)
    for number, cut in enumerate(np.linspace(1, len(content) - 1, 40).astype(int)):
        (tmp_path / "cut.zip").write_bytes(content[:cut])
        out = tmp_path / f"out{number}"
        out.mkdir()
        with pytest.raises(BenchError):
            unpack_entry(tmp_path / "cut.zip", out)
