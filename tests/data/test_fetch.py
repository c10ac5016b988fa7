from __future__ import annotations

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from file_server import serving
from filelock import FileLock
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.data.fetch import PIECE, UnreachableError, fetch
from bench.errors import BenchError

CONTENT = np.random.default_rng(0).bytes(20 * PIECE)
CUT = 8 * PIECE + 100


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def server():
    with serving() as served:
        served.files["/a.npz"] = CONTENT
        yield served


@pytest.fixture
def place(tmp_path):
    return tmp_path / "cache" / "a.npz"


def get(server, place, seen=lambda _: None):
    fetch(
        f"{server.url}/a.npz",
        place,
        size=len(CONTENT),
        sha256=hashlib.sha256(CONTENT).hexdigest(),
        seen=seen,
    )


def left(place):
    """What lies in the cache, but for the file that keeps others out."""
    return {file.name for file in place.parent.iterdir()} - {".lock"}


def test_a_file_is_fetched_once(server, place):
    get(server, place)
    assert place.read_bytes() == CONTENT
    assert left(place) == {"a.npz"}
    get(server, place)
    assert len(server.requests) == 1


def test_a_connection_that_drops_is_taken_up_where_it_dropped(server, place):
    server.cuts = [CUT, CUT]
    sizes = []
    get(server, place, sizes.append)
    assert place.read_bytes() == CONTENT
    first, second, third = (wanted for _, wanted in server.requests)
    assert first is None
    assert second == f"bytes={8 * PIECE}-"
    assert third == f"bytes={16 * PIECE}-"
    assert sizes == sorted(sizes)
    assert sizes[-1] == len(CONTENT)
    assert left(place) == {"a.npz"}


def test_a_download_that_broke_off_is_continued_by_the_next_call(server, place):
    server.cuts = [CUT, 0]
    with pytest.raises(
        BenchError, match=rf"broke off after {8 * PIECE} of {len(CONTENT)} bytes; run it again"
    ):
        get(server, place)
    assert left(place) == {"a.npz.part"}
    get(server, place)
    assert server.requests[-1][1] == f"bytes={8 * PIECE}-"
    assert place.read_bytes() == CONTENT
    assert left(place) == {"a.npz"}


@given(cuts=st.lists(st.integers(0, len(CONTENT) - 1), max_size=6), ranges=st.booleans())
@settings(max_examples=25)
def test_however_often_connections_drop_there_is_never_a_wrong_file(cuts, ranges):
    with serving() as server, TemporaryDirectory() as folder:
        place = Path(folder) / "a.npz"
        server.files["/a.npz"], server.cuts, server.ranges = CONTENT, list(cuts), ranges
        while True:  # each failed call uses up a cut at least
            remaining = len(server.cuts)
            try:
                get(server, place)
            except BenchError:
                assert not place.exists()
                assert len(server.cuts) < remaining
            else:
                break
        assert place.read_bytes() == CONTENT


def test_a_server_without_ranges_is_asked_for_the_whole_file_again(server, place):
    server.ranges = False
    server.cuts = [CUT]
    get(server, place)
    assert place.read_bytes() == CONTENT


def test_a_server_that_always_drops_the_connection_is_given_up(server, place):
    server.ranges = False
    server.cuts = [CUT] * 100
    with pytest.raises(BenchError, match="broke off"):
        get(server, place)
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "content",
    [CONTENT[:-1] + b"?", CONTENT + b"more", b"?" * len(CONTENT)],
    ids=["last byte", "longer", "other"],
)
def test_what_has_the_wrong_checksum_is_deleted(server, place, content):
    server.files["/a.npz"] = content
    with pytest.raises(BenchError, match=r"a\.npz from 127.* has the wrong checksum and was deleted"):
        get(server, place)
    assert left(place) == set()
    server.files["/a.npz"] = CONTENT
    get(server, place)
    assert place.read_bytes() == CONTENT


def test_a_spoilt_part_is_deleted_too(server, place):
    place.parent.mkdir()
    place.with_name("a.npz.part").write_bytes(b"?" * CUT)
    with pytest.raises(BenchError, match="wrong checksum"):
        get(server, place)
    get(server, place)
    assert place.read_bytes() == CONTENT


def test_a_file_that_was_spoilt_since_is_fetched_again(server, place):
    get(server, place)
    place.write_bytes(b"?")
    get(server, place)
    assert place.read_bytes() == CONTENT


def test_a_file_stays_while_its_replacement_cannot_be_fetched(server, place):
    place.parent.mkdir()
    place.write_bytes(b"older")
    server.files["/a.npz"] = b"?" * len(CONTENT)
    with pytest.raises(BenchError, match="wrong checksum"):
        get(server, place)
    assert place.read_bytes() == b"older"


def test_without_a_network_it_says_so_and_keeps_what_is_here(server, place, monkeypatch):
    server.cuts = [CUT, 0]
    with pytest.raises(BenchError, match="broke off"):
        get(server, place)
    with serving() as gone:
        pass
    with pytest.raises(
        UnreachableError, match=r"127.* cannot be reached; connect to the network .* --data-dir"
    ):
        get(gone, place)
    get(server, place)
    assert server.requests[-1][1] == f"bytes={8 * PIECE}-"
    get(gone, place)  # what is here needs no network


@pytest.mark.parametrize(("status", "reason"), [(404, "Not Found"), (503, "Service Unavailable")])
def test_an_answer_that_is_no_file_is_named(server, place, status, reason):
    server.status = status
    if status == 404:
        server.files.clear()
    with pytest.raises(BenchError, match=rf"/a\.npz cannot be fetched: {status} {reason}; .*BENCH_DATA_URL"):
        get(server, place)
    assert left(place) == set()


def test_two_do_not_fetch_into_one_folder(server, place):
    place.parent.mkdir()
    with FileLock(place.parent / ".lock"), pytest.raises(BenchError, match="another process is fetching"):
        get(server, place)


def test_a_cache_folder_that_cannot_be_written_is_named(server, place):
    place.parent.write_text("a file")
    with pytest.raises(
        BenchError, match=r"cannot write to the cache folder .*: File exists; set BENCH_CACHE_DIR"
    ):
        get(server, place)
