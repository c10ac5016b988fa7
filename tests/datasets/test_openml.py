from __future__ import annotations

import hashlib
import io
import json
from email.message import Message
from urllib.error import URLError
from urllib.request import HTTPSHandler, build_opener, install_opener
from urllib.response import addinfourl

import numpy as np
import pytest

from bench.data import openml
from bench.data.fetch import UnreachableError
from bench.data.listing import entries
from bench.errors import BenchError, DataError
from bench.trials.split_cache import make_split

API = "https://www.openml.org/api/v1/json/data"
ROWS = 60


def arff():
    """A table of a number, a colour, a column with gaps, and classes of which 3 is the rarest."""
    rng = np.random.default_rng(0)
    rows = [
        f"{rng.normal():.6f},{rng.choice(['red', 'green'])},{'?' if i % 7 == 0 else i},"
        f"{1 if i < 30 else 2 if i < 50 else 3}"
        for i in range(ROWS)
    ]
    head = "@relation toy\n@attribute size numeric\n@attribute colour {red,green}\n@attribute gaps numeric\n"
    return (f"{head}@attribute kind {{1,2,3}}\n@data\n" + "\n".join(rows) + "\n").encode()


@pytest.fixture(autouse=True)
def site(tmp_path, monkeypatch):
    """What OpenML answers, by address; anything else is out of reach. The cache is empty."""
    monkeypatch.setenv("BENCH_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr("time.sleep", lambda _: None)  # scikit-learn waits before it tries again
    content = arff()
    file = "https://www.openml.org/data/v1/download/1/toy.arff"
    description = {
        "id": "1466", "description": "", "name": "toy", "version": "2", "format": "ARFF",
        "licence": "CC0", "file_id": "1",
        "default_target_attribute": "kind", "status": "active", "url": file,
        "md5_checksum": hashlib.md5(content).hexdigest(),
    }  # fmt: skip
    nominal = {"colour": ["red", "green"], "kind": ["1", "2", "3"]}
    features = [
        {
            "index": str(i), "name": name, "is_target": str(name == "kind").lower(), "is_ignore": "false",
            "is_row_identifier": "false", "number_of_missing_values": "0",
            "data_type": "nominal" if name in nominal else "numeric", "nominal_value": nominal.get(name, []),
        }
        for i, name in enumerate(["size", "colour", "gaps", "kind"])
    ]  # fmt: skip
    answers = {
        f"{API}/1466": {"data_set_description": description},
        f"{API}/features/1466": {"data_features": {"feature": features}},
        f"{API}/qualities/1466": {
            "data_qualities": {"quality": [{"name": "NumberOfInstances", "value": str(ROWS)}]}
        },
        f"{API}/list/data_name/toy/limit/2/data_version/2": {"data": {"dataset": [{"did": 1466}]}},
    }
    pages = {url: json.dumps(answer).encode() for url, answer in answers.items()} | {file: content}

    class Answering(HTTPSHandler):
        def https_open(self, request):
            if not pages:
                raise URLError("no network")
            found = pages.get(request.full_url)
            status = 200 if found is not None else 412  # what OpenML says for what it does not have
            response = addinfourl(io.BytesIO(found or b"{}"), Message(), request.full_url, status)
            response.msg = "OK" if found is not None else "Precondition Failed"
            return response

    install_opener(build_opener(Answering))
    yield pages
    install_opener(None)


@pytest.fixture
def make(registry):
    def make(name="openml", **params):
        return make_split(registry.datasets[name], params, 0)

    return make


@pytest.mark.parametrize(
    ("name", "id", "key"), [("openml", "1466", "1466"), ("openml", "toy:2", "toy:2"), ("uci", "193", "1466")]
)
def test_a_table_that_was_fetched_is_a_dataset(make, registry, site, name, id, key):
    plugin = registry.datasets[name]
    assert list(plugin.variants()) == []
    found = openml.fetch(key)
    assert (found.name, found.version, found.licence, found.rows, found.columns) == (
        "toy",
        "2",
        "CC0",
        ROWS,
        3,
    )
    assert list(plugin.variants()) == [{"id": id}]
    site.clear()
    openml.fetch(key)  # what is here needs no network
    split = make(name, id=id)
    assert [len(part.y) for part in (split.train, split.calibration, split.test)] == [30, 12, 18]
    assert sum(part.y.sum() for part in (split.train, split.calibration, split.test)) == 10
    assert split.X_train.shape[1] == 4  # a column for each colour
    assert found.md5 in plugin.fingerprint(id=id)


def test_the_list_of_data_shows_what_was_fetched_and_what_it_is_related_to():
    openml.fetch("1466")
    [entry] = [entry for entry in entries() if entry.label == "openml:1466"]
    assert (entry.rows, entry.columns, entry.here, entry.licence) == (ROWS, 3, "cache", "CC0")
    assert {"6_cardio", "7_Cardiotocography"} == set(entry.related)


@pytest.mark.parametrize(
    ("params", "anomalies"),
    [
        ({}, 10),
        ({"anomaly": 2}, 20),
        ({"anomaly": "2"}, 20),
        ({"anomaly": [2, 3]}, 30),
        ({"target": "colour", "anomaly": "red"}, None),
    ],
)
def test_the_anomalous_classes_can_be_chosen(make, params, anomalies):
    openml.fetch("1466")
    split = make(id="1466", **params)
    if anomalies is None:
        anomalies = arff().count(b",red,")
    assert sum(part.y.sum() for part in (split.train, split.calibration, split.test)) == anomalies


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"anomaly": 4}, "unknown value of 'kind' '4'; there are: 1, 2, 3"),
        ({"target": "kynd"}, "unknown target 'kynd'; did you mean 'kind'?"),
        (
            {"target": "size"},
            "60 values of 'size' are equally rare; say which are anomalous with anomaly=VALUE",
        ),
    ],
)
def test_a_choice_that_cannot_be_meant_is_refused(make, params, message):
    openml.fetch("1466")
    with pytest.raises(DataError) as raised:
        make(id="1466", **params)
    assert message in str(raised.value)


def test_a_table_that_is_not_here_names_the_command_that_fetches_it(registry):
    for name, id in (("openml", "1466"), ("uci", "193")):
        with pytest.raises(
            BenchError, match="not here yet; fetch it with: python -m bench data pull openml:1466"
        ):
            registry.datasets[name].fingerprint(id=id)


def test_what_openml_does_not_give_is_one_sentence_and_leaves_nothing(site, tmp_path):
    with pytest.raises(BenchError, match="OpenML does not give '7'"):
        openml.fetch("7")
    with pytest.raises(BenchError, match="OpenML does not give 'gone:1'"):
        openml.fetch("gone")
    file = next(url for url in site if url.endswith(".arff"))
    site[file] += b"0,red,1,1\n"
    with pytest.raises(
        BenchError, match=r"OpenML does not give '1466': The md5 checksum of .* does not match"
    ):
        openml.fetch("1466")
    site.clear()
    with pytest.raises(UnreachableError, match=r"www\.openml\.org cannot be reached"):
        openml.fetch("1466")
    assert openml.kept_openml() == []
    assert not list(tmp_path.glob("cache/**/*.*"))


def test_a_cache_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(
        BenchError, match=r"cannot write to the cache folder .*; set BENCH_CACHE_DIR to another"
    ):
        openml.fetch("1466")


@pytest.mark.parametrize("key", ["../31", "a/b", "toy:", "31:2", "", "a b", "..:1", "toy:x"])
def test_what_is_no_key_of_openml_is_refused(key):
    with pytest.raises(BenchError, match="is no OpenML data set; write its number or NAME:VERSION"):
        openml.fetch(key)


def test_uci_tables_without_a_mirror_are_refused():
    with pytest.raises(BenchError, match=r"unknown UCI identifier '18'; .*www\.openml\.org"):
        openml.key_of_uci("18")
